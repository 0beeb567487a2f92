"""A programme: labelled rows over numbered columns, kept as plain numbers or stated in PuLP.

Rules write columns by number, as pairs (column, coefficient); every row carries the label of its
equation and the user's rule it comes from, which is the key of everything said about it later.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from optimiser.model import pulp_port
from optimiser.model.pulp_port import AT_LEAST, AT_MOST, EQUAL
from optimiser.scenario.fund import Soft

Pairs = Iterable[tuple[int, float]]
Bound = Literal["at_least", "at_most", "equal"]


class Row(NamedTuple):
    """What a row is: the label of its equation, the user's rule, the place it speaks of, and which bound.

    own_bound: whether the row's right side is a number the user wrote (else the row compares two sums).
    """

    label: str
    rule: str
    at: str
    bound: Bound
    own_bound: bool


class Slack(NamedTuple):
    """By how much a soft row is broken: its column, what divides it in a sum, and its rank (1 is broken last)."""

    column: int
    scale: float
    priority: int


Stated = tuple[list[int], list[float], int, float]
"""A row as it stands: its columns, their coefficients, sense, bound."""


class RowArrays(NamedTuple):
    """Rows as arrays: how many coefficients each has, their columns and values; lower ≤ row ≤ upper."""

    sizes: NDArray[np.int32]
    columns: NDArray[np.int32]
    coefficients: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


class Block:
    """Rows one after the other that may be taken over as they stand."""

    def __init__(self, rows: Iterable[Stated]) -> None:
        self.rows = list(rows)

    @cached_property
    def arrays(self) -> RowArrays:
        """The rows as arrays, made once."""
        sizes, index, value, lower, upper = [], [], [], [], []
        for columns, coefficients, sense, bound in self.rows:
            sizes.append(len(columns))
            index += columns
            value += coefficients
            lower.append(-math.inf if sense == AT_MOST else bound)
            upper.append(math.inf if sense == AT_LEAST else bound)
        return RowArrays(
            np.array(sizes, dtype=np.int32),
            np.array(index, dtype=np.int32),
            np.array(value, dtype=float),
            np.array(lower, dtype=float),
            np.array(upper, dtype=float),
        )


class Port(Protocol):
    """Where columns, rows and objective are stated, and taken out again in the order they were stated."""

    def add_column(self, name: str, lower: float, upper: float, integer: bool) -> None:
        """The next column."""

    def add_row(self, number: int, row: Row, terms: dict[int, float], sense: int, bound: float) -> None:
        """The next row; ``number`` counts those that say something."""

    def set_objective(self, terms: dict[int, float]) -> None:
        """The sum to maximise."""

    def rows(self) -> Iterator[Stated]:
        """The rows as they stand."""

    def objective_terms(self) -> tuple[list[int], list[float]]:
        """Columns and coefficients of the objective."""


class PulpPort:
    """A PuLP problem, named and readable: for files, and for whoever goes on with it in PuLP."""

    def __init__(self, name: str):
        self.problem = pulp_port.new_problem(name_for_solver(name) or "scenario")
        self.variables: list[Any] = []

    def add_column(self, name: str, lower: float, upper: float, integer: bool) -> None:
        """A variable."""
        self.variables.append(pulp_port.add_variable(self.problem, name, lower, upper, integer))

    def add_row(self, number: int, row: Row, terms: dict[int, float], sense: int, bound: float) -> None:
        """A constraint, named by label, number, rule and place."""
        name = f"{row.label}.{number}.{name_for_solver(row.rule)[:40]}.{name_for_solver(row.at)[:80]}"
        stated = [(self.variables[i], a) for i, a in terms.items()]
        pulp_port.add_row(self.problem, name, stated, sense, bound)

    def set_objective(self, terms: dict[int, float]) -> None:
        """The objective."""
        pulp_port.set_objective(self.problem, [(self.variables[i], a) for i, a in terms.items()])

    def rows(self) -> Iterator[Stated]:
        """The constraints, taken out of PuLP."""
        return pulp_port.rows(self.problem, self.variables)

    def objective_terms(self) -> tuple[list[int], list[float]]:
        """The objective, taken out of PuLP."""
        return pulp_port.objective_terms(self.problem, self.variables)


class PlainPort:
    """Numbers and nothing else, for HiGHS in process: a third of the time that a PuLP problem takes to state and to be
    taken out again; blocks of rows may be taken over from a neighbour."""

    def __init__(self) -> None:
        self._closed: list[Block] = []
        self._open: list[Stated] = []
        self._objective: dict[int, float] = {}

    def add_column(self, name: str, lower: float, upper: float, integer: bool) -> None:
        """Bounds and kind stand in the programme, and nobody asks for the name."""

    def add_row(self, number: int, row: Row, terms: dict[int, float], sense: int, bound: float) -> None:
        """The numbers of a row."""
        self._open.append((list(terms), list(terms.values()), sense, bound))

    def take_over(self, block: Block) -> None:
        """Rows that were stated before."""
        self.close_block()
        self._closed.append(block)

    def close_block(self) -> Block:
        """The rows since the last block."""
        self._closed.append(Block(self._open))
        self._open = []
        return self._closed[-1]

    def blocks(self) -> list[Block]:
        """All rows."""
        self.close_block()
        return self._closed

    def set_objective(self, terms: dict[int, float]) -> None:
        """The numbers of the objective."""
        self._objective = terms

    def rows(self) -> Iterator[Stated]:
        """The rows as they were given."""
        yield from (row for block in self.blocks() for row in block.rows)

    def objective_terms(self) -> tuple[list[int], list[float]]:
        """The objective as it was given."""
        return list(self._objective), list(self._objective.values())


class Programme:
    """Rows and columns of one linear or mixed-integer programme, which is maximised."""

    def __init__(self, port: Port):
        self.port = port
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.rows: list[Row] = []
        self.slacks: list[Slack] = []

    @property
    def width(self) -> int:
        """How many columns there are, and the number of the next."""
        return len(self.lower)

    def column(self, name: str, upper: float = math.inf, integer: bool = False, lower: float = 0.0) -> int:
        """A new column, lower ≤ column ≤ upper; its number."""
        self.port.add_column(name, lower, upper, integer)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.lower) - 1

    def at_most(
        self,
        label: str,
        rule: str,
        at: str,
        pairs: Pairs,
        bound: float,
        soft: Soft | None = None,
        scale: float | None = None,
    ) -> None:
        """Σ coefficient·column ≤ bound; nothing is stated for an infinite bound or an empty sum.

        soft: Σ coefficient·column ≤ bound + v with v ≥ 0 instead, for a rule that may be broken.
        scale: what divides v where violations are summed; the bound if absent, 1 where that is 0.
        """
        if not math.isinf(bound):
            left = self._softened(pairs, -1.0, soft, bound if scale is None else scale)
            self._add(Row(label, rule, at, "at_most", bound != 0), left, AT_MOST, bound)

    def at_least(
        self,
        label: str,
        rule: str,
        at: str,
        pairs: Pairs,
        bound: float,
        soft: Soft | None = None,
        scale: float | None = None,
    ) -> None:
        """Σ coefficient·column ≥ bound, or ≥ bound − v where soft; nothing is stated for an infinite bound."""
        if not math.isinf(bound):
            left = self._softened(pairs, 1.0, soft, bound if scale is None else scale)
            self._add(Row(label, rule, at, "at_least", bound != 0), left, AT_LEAST, bound)

    def equal(self, label: str, rule: str, at: str, pairs: Pairs, bound: float) -> None:
        """Σ coefficient·column = bound."""
        self._add(Row(label, rule, at, "equal", bound != 0), pairs, EQUAL, bound)

    def maximise(self, pairs: Pairs) -> None:
        """State the objective."""
        self.port.set_objective(merged(pairs))

    def _softened(self, pairs: Pairs, sign: float, soft: Soft | None, scale: float) -> Pairs:
        if soft is None:
            return pairs
        v = self.column(f"soft.{self.width}")
        self.slacks.append(Slack(v, abs(scale) or 1.0, soft.priority))
        return [*pairs, (v, sign)]

    def _add(self, row: Row, pairs: Pairs, sense: int, bound: float) -> None:
        terms = merged(pairs)
        if not terms and _holds_empty(sense, bound):
            return
        self.port.add_row(len(self.rows), row, terms or {0: 0.0}, sense, bound)
        self.rows.append(row)


def merged(pairs: Pairs) -> dict[int, float]:
    """One coefficient a column, in order of first mention; zeros left out."""
    pairs = list(pairs)
    found = dict(pairs)
    if len(found) < len(pairs):
        found = dict.fromkeys(found, 0.0)
        for column, coefficient in pairs:
            found[column] += coefficient
    return {i: a for i, a in found.items() if a != 0} if 0 in found.values() else found


def name_for_solver(text: str) -> str:
    """The text with only what LP and MPS files allow in a name."""
    return _NOT_ALLOWED.sub("_", text)


def _holds_empty(sense: int, bound: float) -> bool:
    return (sense == AT_MOST and bound >= 0) or (sense == AT_LEAST and bound <= 0) or bound == 0


_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_]")
