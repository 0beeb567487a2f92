"""What differs between two scenarios, or two results: first the inputs, then the decisions, then the money."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from optimiser.allocation import Source, loaded_from, options_of, solve_scenario, write_up
from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.plan import EUROS_PER_MILLION, million
from optimiser.result.result import Result
from optimiser.scenario.canonical import canonical_json
from optimiser.scenario.load import Loaded
from optimiser.scenario.pointer import join, name_of
from optimiser.scenario.scenario import Scenario
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("inputs", "decisions", "money")

Kind = Literal["added", "removed", "changed"]
Change = Literal["enters", "leaves", "gains", "loses", "shifts"]

CONSORTIUM = "consortium"


@dataclass(frozen=True, slots=True)
class InputChange:
    """One place of the scenario that differs, after defaults; null stands for what is not there."""

    pointer: str
    kind: Kind
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Decision:
    """One candidate that fares differently. Money of tiers and of its consortium apart [EUR million].

    change: enters or leaves (no phase before, or after); gains or loses (more or fewer phases, else more or less money
    of tiers); shifts: as much, from others or in other years.
    """

    id: str
    name: str
    change: Change
    funded_before: float
    funded_after: float
    phases_before: float
    phases_after: float
    money_before: float
    money_after: float
    money_change: float
    private_money_change: float


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """Money that differs, by tier, site or year [EUR million]. by: "tier", "site" or "year"."""

    by: str
    of: str
    before: float
    after: float
    change: float


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the scenario, how it ended and what it reached."""

    name: str
    sha256: str
    strategy: str
    termination: str
    has_allocation: bool
    objective: float | None
    sites: int
    public_money: float | None
    private_money: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The answer to ``difference``. inputs: null where a side is a result, which does not carry its scenario."""

    before: Side
    after: Side
    inputs: list[InputChange] | None
    decisions: list[Decision]
    money: list[MoneyChange]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The difference by the names of its JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def to_json(self) -> bytes:
        """The difference as JSON (UTF-8), as the command and the service give it."""
        return orjson.dumps(self.as_dict(), option=orjson.OPT_NON_STR_KEYS)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        return TABLES

    def frame(self, table: Any) -> pd.DataFrame:
        """One of its tables: a row a place, a candidate or a sum that differs.

        Errors: KeyError for a table it does not have.
        """
        import pandas as pd

        if table not in TABLES:
            raise KeyError(f"no table {table!r}; there are: {', '.join(TABLES)}")
        columns = {"inputs": InputChange, "decisions": Decision, "money": MoneyChange}[table]
        rows = [asdict(row) for row in getattr(self, table) or []]
        return pd.DataFrame(rows, columns=[f.name for f in fields(columns)])


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Award(_Read):
    id: str
    name: str = ""
    funded: float
    phases: dict[str, float]
    private_money: float


class _Cell(_Read):
    tier: str
    candidate: str
    year: int
    amount: float


class _PrivateCell(_Read):
    candidate: str
    year: int
    amount: float


class _Scenario(_Read):
    name: str
    sha256: str


class _Objective(_Read):
    value: float | None


class _Indicators(_Read):
    public_money: float
    private_money: float


class _Answer(_Read):
    """What is read of a result."""

    scenario: _Scenario
    strategy: str
    termination: str
    has_allocation: bool
    objective: _Objective
    candidates: list[_Award]
    money: list[_Cell]
    private_money: list[_PrivateCell]
    indicators: _Indicators | None


def difference(before: Source, after: Source, options: SolveOptions | None = None, lang: str = "en") -> Difference:
    """What differs between two scenarios (each is solved), two results, or one and the other.

    before, after: anything ``allocate`` takes, or a result as its JSON, a mapping or a file.
    options: the time limit is for both; by default that of the first scenario.
    Errors: ScenarioError where a scenario has errors; QuestionError where a result cannot be read.
    """
    started = time.perf_counter()
    sides = [_opened(side) for side in (before, after)]
    scenarios = [side.expect() for side in sides if isinstance(side, Loaded)]
    clock = Clock(options or (options_of(scenarios[0]) if scenarios else SolveOptions()), started)
    answers = []
    for n, side in enumerate(sides):
        answers.append(side if isinstance(side, _Answer) else _solved(side, clock, lang, left=2 - n))
    inputs = list(input_changes(*scenarios)) if len(scenarios) == 2 else None
    one, other = answers
    return Difference(
        before=_side(one),
        after=_side(other),
        inputs=inputs,
        decisions=_decisions(one, other),
        money=_money(one, other),
        seconds=round(time.perf_counter() - started, 6),
    )


def input_changes(before: Scenario, after: Scenario) -> Iterator[InputChange]:
    """Every place where two scenarios differ after defaults; names, descriptions and sources are no inputs."""
    one, other = (json.loads(canonical_json(s)) for s in (before, after))
    yield from _compared(one, other, ())


def document_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[InputChange]:
    """Every place where two documents differ as they were written, names and sources included."""
    yield from _compared(before, after, ())


def is_result(document: Any) -> bool:
    """Whether a document is a result, not a scenario."""
    return isinstance(document, Mapping) and "termination" in document and "has_allocation" in document


def read_result(document: Mapping[str, Any]) -> _Answer:
    """What is compared of a result.

    Errors: QuestionError with every place that cannot be read.
    """
    try:
        return TypeAdapter(_Answer).validate_python(document)
    except ValidationError as error:
        found = [
            Finding("error", "result-unreadable", join(e["loc"]), {"reason": e["msg"].rstrip(".")})
            for e in error.errors()[:20]
        ]
        raise QuestionError(found) from None


def _opened(side: Source | Result | _Answer) -> Loaded | _Answer:
    if isinstance(side, _Answer):
        return side
    if isinstance(side, Result):
        return read_result(orjson.loads(side.to_json()))
    if isinstance(side, Mapping) and is_result(side):
        return read_result(side)
    if isinstance(side, str | Path):
        from optimiser.scenario.read import read_file

        document, _ = read_file(Path(side))
        if is_result(document):
            return read_result(document)
    loaded = loaded_from(side)
    loaded.expect()
    return loaded


def _solved(loaded: Loaded, clock: Clock, lang: str, left: int) -> _Answer:
    started = time.perf_counter()
    part = Clock(SolveOptions(**{**asdict(clock.options), "time_limit_s": max(clock.remaining_s / left, 0.01)}))
    optimum = solve_scenario(loaded.expect(), part.next())
    return read_result(orjson.loads(write_up(loaded, optimum, lang, started).to_json()))


def _side(a: _Answer) -> Side:
    i = a.indicators
    return Side(
        name=a.scenario.name,
        sha256=a.scenario.sha256,
        strategy=a.strategy,
        termination=a.termination,
        has_allocation=a.has_allocation,
        objective=a.objective.value,
        sites=sum(any(c.phases.values()) for c in a.candidates),
        public_money=None if i is None else i.public_money,
        private_money=None if i is None else i.private_money,
    )


def _decisions(one: _Answer, other: _Answer) -> list[Decision]:
    """Who enters, leaves, gains and loses, in this order, the largest amounts first."""
    if not (one.has_allocation and other.has_allocation):
        return []
    before, after = ({c.id: c for c in a.candidates} for a in (one, other))
    cells = [_cells_by_candidate(a) for a in (one, other)]
    found = []
    for c in dict.fromkeys([*before, *after]):
        sides = [side.get(c) for side in (before, after)]
        phases = [sum(s.phases.values()) if s is not None else 0.0 for s in sides]
        euros = [sum(n for (k, *_), n in side[c].items() if k != CONSORTIUM) for side in cells]
        own = [sum(n for (k, *_), n in side[c].items() if k == CONSORTIUM) for side in cells]
        change = _change(phases, euros, cells[0][c] != cells[1][c])
        if change is not None:
            funded = [s.funded if s is not None else 0.0 for s in sides]
            name = next((s.name for s in reversed(sides) if s is not None), "")
            paid = [million(n) for n in (*euros, euros[1] - euros[0], own[1] - own[0])]
            found.append(Decision(c, name, change, *funded, *phases, *paid))
    order = ("enters", "leaves", "gains", "loses", "shifts")
    return sorted(found, key=lambda d: (order.index(d.change), -abs(d.money_change)))


def _change(phases: list[float], euros: list[int], cells_differ: bool) -> Change | None:
    more = phases[1] - phases[0] or euros[1] - euros[0]
    if not phases[0] and phases[1]:
        return "enters"
    if phases[0] and not phases[1]:
        return "leaves"
    if more:
        return "gains" if more > 0 else "loses"
    return "shifts" if cells_differ else None


def _money(one: _Answer, other: _Answer) -> list[MoneyChange]:
    """Sums that differ: by tier, by site, by year."""
    if not (one.has_allocation and other.has_allocation):
        return []
    found = []
    for by in ("tier", "site", "year"):
        before, after = (_sums(a, by) for a in (one, other))
        keys: list[Hashable] = list(dict.fromkeys([*before, *after]))
        for key in sorted(keys) if by == "year" else keys:  # type: ignore[type-var]
            euros = before.get(key, 0), after.get(key, 0)
            if euros[0] != euros[1]:
                found.append(MoneyChange(by, str(key), *(million(n) for n in (*euros, euros[1] - euros[0]))))
    return found


def _sums(a: _Answer, by: str) -> dict[Hashable, int]:
    sums: dict[Hashable, int] = defaultdict(int)
    for c, cells in _cells_by_candidate(a).items():
        for (k, t), euros in cells.items():
            sums[{"tier": k, "site": c, "year": t}[by]] += euros
    return sums


def _cells_by_candidate(a: _Answer) -> dict[str, dict[tuple[str, int], int]]:
    """Euros by candidate, then by (tier, year); the consortium's own money like a tier's."""
    cells: dict[str, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    for x in a.money:
        cells[x.candidate][x.tier, x.year] += round(x.amount * EUROS_PER_MILLION)
    for m in a.private_money:
        cells[m.candidate][CONSORTIUM, m.year] += round(m.amount * EUROS_PER_MILLION)
    return cells


def _compared(before: Any, after: Any, place: tuple[str | int, ...]) -> Iterator[InputChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _compared(before.get(key), after.get(key), (*place, key))
    elif _are_members(before) and _are_members(after):
        named = [{name_of(items, n): item for n, item in enumerate(items)} for items in (before, after)]
        for name in dict.fromkeys([*named[0], *named[1]]):
            yield from _compared(named[0].get(name), named[1].get(name), (*place, name))
    elif before != after:
        kind: Kind = "added" if before is None else "removed" if after is None else "changed"
        yield InputChange(join(place), kind, before, after)


def _are_members(value: Any) -> bool:
    """Whether a list's members are objects, which are compared one by one; a list of names is compared whole."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
