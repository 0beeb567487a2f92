"""The answer taken anew from what stands at its bounds, so that the way it was found leaves no trace.

A plan is a vertex: columns and rows at their bounds, and all else follows from them. Where more of them meet than
are needed (degeneracy), several bases belong to it, with prices and ranges of their own. One is named: that of the
least prices of rules in sum, and among its bases the one that stays best when every bound that is met gets a little
dearer. Sizes and dearness differ a little from bound to bound, so that no two bases are as good. It is found by moving
away from the plan as far as its bounds would let it, were each of them about w away, those of columns far nearer:

    max (c + ε·ρ)·d  with  −w ≤ d[j] or d[j] ≤ w where column j is at its bound, the same of rows A d, all else free

with ρ = Aᵀu in the cone of the bounds that are met, so that no other plan comes in. From the basis the numbers are
computed once more by a solver that knows nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.options import SEED
from optimiser.solve.session import Run, Session

MET = 1e-7
"""Relative distance at which a bound counts as met [EUR million: a tenth of a euro]."""

DEARER = 1e-8
"""ε of the module's formula, as a share of the largest coefficient: far above the solver's noise on a price, far below
any price."""

SPREAD = 0.01
"""By how much the sizes w differ; u differs by as much as it is, or some of its differences would be noise."""

ROOM_OF_ROWS, ROOM_OF_COLUMNS = 1e3, 1e-3
"""The sizes w: what a rule has no part in shall have its price in the bounds of columns (a fraction is at most 1)."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """The numbers of a plan's own basis.

    row_range: from where to where each row's bound may move while its price holds;
    None where HiGHS has none, or was not asked.
    exact: whether they are the plan's beyond doubt: the basis was optimal as it stood.
    """

    values: Floats
    row_dual: Floats
    row_range: tuple[Floats, Floats] | None
    exact: bool


@dataclass(frozen=True, slots=True)
class _Met:
    """Which bounds a plan meets: below and above, of columns or of rows."""

    below: NDArray[np.bool_]
    above: NDArray[np.bool_]

    def room(self, size_of: float) -> tuple[Floats, Floats]:
        """Bounds of a direction: about as far away where a bound is met, none elsewhere."""
        size = size_of * _sizes(len(self.below))
        return np.where(self.below, -size, -np.inf), np.where(self.above, size, np.inf)

    def outwards(self) -> Floats:
        """1 to 2 towards the bound that is met, the upper one of two; 0 where none is."""
        towards: Floats = _dearness(len(self.below)) * np.where(self.above, 1.0, -self.below.astype(float))
        return towards


@dataclass(frozen=True, slots=True)
class Away:
    """The programme of the module's formula: its prices, and how far each column and row may move."""

    cost: Floats
    columns: tuple[Floats, Floats]
    rows: tuple[Floats, Floats]


def away_from(arrays: Arrays, values: Floats, cost: Floats) -> Away:
    """The way away from a plan."""
    columns, rows = _met_by(arrays, values)
    outwards = columns.outwards() + arrays.transposed(rows.outwards() / np.maximum(arrays.largest_of_row(), 1e-300))
    dearer = DEARER * (float(np.abs(cost).max(initial=0.0)) or 1.0)
    return Away(cost + dearer * outwards, columns.room(ROOM_OF_COLUMNS), rows.room(ROOM_OF_ROWS))


def vertex_of(
    session: Session, values: Floats, cost: Floats, run: Callable[[], Run], threads: int, with_ranges: bool = True
) -> Vertex | None:
    """The vertex a plan stands for, with the prices of ``cost``; None where the time did not suffice.

    session: with the model, its bounds free to be changed. run: solves what stands in the session. with_ranges:
    whether it is asked where the prices hold.
    """
    away = away_from(session.arrays, values, cost)
    session.maximise(away.cost)
    if not _moved_away(session, away.columns, away.rows, run):
        return None
    anew = Session(session.arrays, threads)
    vertex = of_basis(anew, values, cost, session.basis(), with_ranges)
    session.seconds += anew.seconds
    return vertex


def of_basis(session: Session, values: Floats, cost: Floats, basis: Any, with_ranges: bool = True) -> Vertex | None:
    """What a plan's own basis says, by a solver that knows nothing else.

    session: with the model as it is stated, new or changed back to it.
    """
    session.forget()
    session.maximise(cost)
    session.start_from(basis)
    found = session.run(np.inf)
    if found.ending != "optimal" or found.values is None or found.row_dual is None:
        return None
    exact = session.iterations == 0 and bool(np.all(np.abs(found.values - values) <= 10 * MET * _scale(values)))
    return Vertex(found.values, found.row_dual, session.bound_ranges() if with_ranges else None, exact)


def least_prices(session: Session, arrays: Arrays, values: Floats, run: Callable[[], Run]) -> Floats | None:
    """The prices of the session's objective with the least sum, over its rows as ``arrays`` states them."""
    columns, rows = _met_by(arrays, values)
    found = _moved_away(session, columns.room(ROOM_OF_COLUMNS), rows.room(ROOM_OF_ROWS), run)
    return found.row_dual if found else None


def _moved_away(
    session: Session, columns: tuple[Floats, Floats], rows: tuple[Floats, Floats], run: Callable[[], Run]
) -> Run | None:
    session.bound_columns(np.arange(len(columns[0])), *columns)
    session.bound_rows(np.arange(len(rows[0])), *rows)
    found = run()
    return found if found.ending == "optimal" else None


def _met_by(arrays: Arrays, values: Floats) -> tuple[_Met, _Met]:
    activity = arrays.activity(values)
    return _met(values, arrays.lower, arrays.upper), _met(activity, arrays.row_lower, arrays.row_upper)


def _met(values: Floats, lower: Floats, upper: Floats) -> _Met:
    return _Met(values <= lower + MET * _scale(lower), values >= upper - MET * _scale(upper))


def _scale(bound: Floats) -> Floats:
    return np.maximum(1.0, np.where(np.isfinite(bound), np.abs(bound), 1.0))


@cache
def _dearness(count: int) -> Floats:
    """Numbers between 1 and 2, no two alike, the same on every machine."""
    return 1.0 + np.random.Generator(np.random.PCG64(SEED + 1)).random(count)


@cache
def _sizes(count: int) -> Floats:
    """Numbers just above 1, no two alike, the same on every machine."""
    return 1.0 + SPREAD * np.random.Generator(np.random.PCG64(SEED)).random(count)
