"""What one more euro in a tier is worth, and for how long: the objective as a function V(b) of the tier's size b.

- Linear programmes: V is concave and piecewise linear. Its supporting lines at two sizes (value, and the duals times
  how the bounds move with b) meet in a point; where V reaches it, it is a breakpoint, else V is asked there and on
  either side again (Eisner and Severance 1976, doi 10.1145/321978.321982). The pieces found are exact. At a breakpoint
  the dual is not unique: the prices below and above differ, and both are given.
- Whole decisions: V never falls, and rises in steps and between them with the money. Where the list of funded phases
  differs between two sizes the change is found by bisection, to a stated tolerance. A list that comes and goes between
  two sizes with the same list is not seen; between two sizes with the same value nothing better lies.
- Soft rules come before the objective: a further euro may go into keeping one, at the objective's cost. Then V may
  fall, and bisection is the method whether decisions are whole or not.

V is the objective, maximised; of a lexicographic one its first term.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from optimiser.allocation import Source, loaded_from, options_of, provenance
from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.result.result import Provenance, ScenarioId, Termination
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import Loaded, alone
from optimiser.scenario.patch import with_values
from optimiser.scenario.pointer import join, keys_to
from optimiser.scenario.scenario import Scenario
from optimiser.scenario.types import GREATEST_AMOUNT
from optimiser.solve.arrays import Floats
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.study.asked import check_numbers, number, whole
from optimiser.study.report import Progress, Report, silent
from optimiser.study.two_stages import Stated, stated
from optimiser.study.versions import SessionUse, Versions

MOST_STEPS = 1000

LEVEL = 1e-8
"""Relative: two values nearer than this are one, by the solver's tolerances."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One size and what it allows. value is null where no plan keeps every rule. proven: whether the value is best."""

    size: float
    value: float | None
    proven: bool
    funded: dict[str, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Sizes between which one more euro is worth ``price``; exact, of a linear programme."""

    from_: Annotated[float, Field(validation_alias="from")]
    to: float
    price: float


@dataclass(frozen=True, slots=True)
class Step:
    """Two sizes, no farther apart than the tolerance, between which the list of funded phases changes.

    gain: of the objective from the one to the other. entering, leaving: phases.
    """

    from_: Annotated[float, Field(validation_alias="from")]
    to: float
    gain: float | None
    entering: list[str]
    leaving: list[str]


@dataclass(frozen=True, slots=True)
class OpenSizes:
    """Sizes between which the time limit left open what happens."""

    from_: Annotated[float, Field(validation_alias="from")]
    to: float


@dataclass(frozen=True, slots=True)
class BudgetCurve(Report):
    """The objective by the size of one tier.

    size, value: as the scenario stands; null size is unlimited. method: "exact" (linear), or "bisection" to
    ``tolerance``. session: how often the solver began anew for the sizes asked, and why.
    price_below, price_above: what the last and the next euro are worth at that size; unique: whether they agree. Null
    with whole decisions, or where the size lies at the end of the range.
    """

    schema_version: str
    scenario: ScenarioId
    termination: Termination
    tier: str
    method: Literal["exact", "bisection"]
    tolerance: float
    size: float | None
    value: float | None
    price_below: float | None
    price_above: float | None
    unique: bool | None
    points: list[CurvePoint]
    pieces: list[Piece]
    steps: list[Step]
    open: list[OpenSizes]
    session: SessionUse
    findings: list[dict[str, str]]
    provenance: Provenance

    TABLES = ("points", "pieces", "steps", "open")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        if table == "points":
            return [
                {"size": p.size, "value": p.value, "proven": p.proven, "funded": list(p.funded)} for p in self.points
            ]
        if table == "pieces":
            return [{"from": p.from_, "to": p.to, "price": p.price} for p in self.pieces]
        if table == "open":
            return [{"from": o.from_, "to": o.to} for o in self.open]
        return [
            {"from": s.from_, "to": s.to, "gain": s.gain, "entering": s.entering, "leaving": s.leaving}
            for s in self.steps
        ]


def budget_curve(
    source: Source,
    tier: str,
    low: float | None = None,
    high: float | None = None,
    steps: int = 11,
    tolerance: float | None = None,
    options: SolveOptions | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> BudgetCurve:
    """The objective for sizes of a tier from ``low`` to ``high`` (half and one and a half times its size if absent).

    steps: sizes asked first with whole decisions, evenly, before bisection (2 to 1000). tolerance: how near to a change
    bisection goes [EUR million]; a thousandth of the range if absent. options: time limit for the whole curve.
    Errors: ScenarioError where the scenario has errors; QuestionError for a tier, range or tolerance that cannot be
    used; SolverError where the solver refuses.
    """
    loaded = loaded_from(source)
    scenario = loaded.expect()
    low, high = _range(scenario, tier, low, high)
    check_numbers(whole("/steps", steps, 2, MOST_STEPS))
    if tolerance is None:
        tolerance = (high - low) / 1000
    check_numbers(number("/tolerance", tolerance, 1e-6, GREATEST_AMOUNT))
    clock = Clock(replace(options or options_of(scenario), settle_money=False, unspent=False))
    return _Study(loaded, tier, clock, lang, progress, tolerance).curve(low, high, steps)


def _range(scenario: Scenario, tier: Any, low: Any, high: Any) -> tuple[float, float]:
    tiers = {t.id: t for t in scenario.fund.tiers}
    if not isinstance(tier, str) or tier not in tiers:
        params = {"id": str(tier)[:80], "known": list(tiers)}
        raise QuestionError([Finding("error", "unknown-tier", "/budget", params)])
    size = tiers[tier].size
    if (low is None or high is None) and math.isinf(size.at_most):
        raise QuestionError([Finding("error", "budget-needs-range", "/from", {"tier": tier})])
    low = max(0.5 * size.at_most, size.at_least) if low is None else low
    high = 1.5 * size.at_most if high is None else high
    check_numbers(
        number("/from", low, size.at_least, GREATEST_AMOUNT),
        number("/to", high, size.at_least, GREATEST_AMOUNT),
    )
    if not low < high:
        raise QuestionError([Finding("error", "bounds-crossed", "/to", {"at_least": low, "at_most": high})])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class _At:
    """V at one size. slope: of a supporting line, by the duals; None without."""

    size: float
    value: float | None
    proven: bool
    slope: float | None
    funded: dict[str, float]
    termination: Termination


@dataclass(slots=True)
class _Study:
    """One curve under way."""

    loaded: Loaded
    tier: str
    clock: Clock
    lang: str
    progress: Progress
    tolerance: float
    asked: dict[float, _At] = field(default_factory=dict)
    open: list[OpenSizes] = field(default_factory=list)
    rate: Floats | None = None
    versions: Versions = field(default_factory=Versions)
    solver_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    def curve(self, low: float, high: float, steps: int) -> BudgetCurve:
        first, last = (stated("", 1.0, self._of_size(size)) for size in (low, high))
        # With soft rules V may fall where money lets a rule be kept, so that lines tell nothing of what lies between.
        linear = not any(s.arrays.integer.any() or s.model.soft for s in (first, last))
        self.rate = _rate(first, last, high - low)
        exact = linear and self.rate is not None
        here = self.loaded.expect()
        size = next(t.size.at_most for t in here.fund.tiers if t.id == self.tier)
        finite = None if math.isinf(size) else size
        at_low, at_high = self._at(low), self._at(high)
        if at_high.value is None:
            return self._answer(at_high.termination, exact, finite)
        if at_low.value is None and at_low.termination == "infeasible":
            at_low = self._least_feasible(at_low, at_high)
        if at_low.value is None:
            return self._answer(at_low.termination, exact, finite)
        if exact:
            self._between_lines(at_low, at_high)
        else:
            self._between_steps(at_low, at_high, steps)
        if finite is not None and at_low.size <= finite <= high and not self.clock.over:
            self._at(finite)
        closed = not self.open and all(a.proven for a in self.asked.values())
        return self._answer("optimal" if closed else "time_limit", exact, finite)

    def _of_size(self, size: float) -> Loaded:
        scenario = self.loaded.expect()
        least = next(t.size.at_least for t in scenario.fund.tiers if t.id == self.tier)
        bounds = {"at_least": least, "at_most": size}
        document = alone(scenario)
        at = (*keys_to(document, join(("fund", "tiers", self.tier))), "size")
        return self.versions.load(with_values(document, [at], [bounds]))

    def _at(self, size: float) -> _At:
        if size in self.asked:
            return self.asked[size]
        optimum = self.versions.solved(self._of_size(size).expect(), self.clock.next())
        outcome, plan = optimum.outcome, optimum.plan
        self.solver_seconds += outcome.solver_seconds
        slope = None
        if self.rate is not None and outcome.row_dual is not None and not outcome.integers_fixed:
            slope = float(outcome.row_dual[: len(self.rate)] @ self.rate)
        funded = {f"{c}/{p}": float(y) for (c, p), y in sorted(plan.fraction.items()) if y} if plan else {}
        value = outcome.objective.value if plan is not None and outcome.objective is not None else None
        found = _At(size, value, optimum.proven, slope, funded, outcome.termination)
        self.asked[size] = found
        self.progress(len(self.asked), 0)
        return found

    def _least_feasible(self, without: _At, with_plan: _At) -> _At:
        """The least size with a plan, to the tolerance."""
        while with_plan.size - without.size > self.tolerance and not self.clock.over:
            middle = self._at((without.size + with_plan.size) / 2)
            if middle.value is None:
                without = middle
            else:
                with_plan = middle
        return with_plan

    def _between_lines(self, a: _At, b: _At) -> None:
        """Breakpoints between two sizes: where their supporting lines meet, if V gets there."""
        if a.value is None or b.value is None or a.slope is None or b.slope is None or self.clock.over:
            self.open.append(OpenSizes(a.size, b.size))
            return
        noise = LEVEL * max(abs(a.value), abs(b.value), 1.0)
        if b.value >= a.value + a.slope * (b.size - a.size) - noise or a.slope <= b.slope:
            return
        meet = (b.value - a.value + a.slope * a.size - b.slope * b.size) / (a.slope - b.slope)
        if not a.size + 1e-6 < meet < b.size - 1e-6:
            return
        between = self._at(meet)
        if between.value is not None and between.value >= a.value + a.slope * (meet - a.size) - noise:
            return
        self._between_lines(a, between)
        self._between_lines(between, b)

    def _between_steps(self, a: _At, b: _At, steps: int) -> None:
        sizes = [float(s) for s in np.linspace(a.size, b.size, steps)]
        sizes[-1] = b.size
        before = a
        for size in sizes[1:]:
            if self.clock.over:
                self.open.append(OpenSizes(before.size, b.size))
                return
            after = self._at(size)
            if after.value is None:
                self.open.append(OpenSizes(before.size, b.size))
                return
            before = after
        for low, high in pairwise(sizes):
            self._bisected(self.asked[low], self.asked[high])

    def _bisected(self, a: _At, b: _At) -> None:
        """Ask halfway between two sizes with different lists, until they are no farther apart than the tolerance."""
        if a.funded == b.funded or b.size - a.size <= self.tolerance:
            return
        if self.clock.over:
            self.open.append(OpenSizes(a.size, b.size))
            return
        middle = self._at((a.size + b.size) / 2)
        if middle.value is None:
            self.open.append(OpenSizes(a.size, b.size))
            return
        self._bisected(a, middle)
        self._bisected(middle, b)

    def _answer(self, termination: Termination, exact: bool, size: float | None) -> BudgetCurve:
        found = [self.asked[s] for s in sorted(self.asked)]
        known = [a for a in found if a.value is not None]
        pieces = _pieces(known) if exact else []
        below = next((p.price for p in pieces if size is not None and p.from_ < size <= p.to), None)
        above = next((p.price for p in pieces if size is not None and p.from_ <= size < p.to), None)
        both = below is not None and above is not None
        scenario = self.loaded.expect()
        params = {"seconds": self.clock.options.time_limit_s, "done": len(known), "all": len(known) + len(self.open)}
        late = [Finding("warning", "study-open", "/solver/time_limit_s", params)] if termination == "time_limit" else []
        return BudgetCurve(
            schema_version="1",
            scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
            termination=termination,
            tier=self.tier,
            method="exact" if exact else "bisection",
            tolerance=self.tolerance,
            size=size,
            value=self.asked[size].value if size is not None and size in self.asked else None,
            price_below=below,
            price_above=above,
            unique=(abs((below or 0.0) - (above or 0.0)) <= LEVEL * max(abs(below or 0.0), 1.0)) if both else None,
            points=[CurvePoint(a.size, a.value, a.proven, a.funded) for a in found],
            pieces=pieces,
            steps=[] if exact else _steps(known),
            open=self.open,
            session=self.versions.use,
            findings=[f.as_dict(self.lang) for f in (*self.loaded.findings, *late)],
            provenance=provenance(self.clock.options.solver, self.started, self.solver_seconds),
        )


def _rate(first: Stated, last: Stated, width: float) -> Floats | None:
    """How much each row's bound moves per EUR million of size; None where the two models differ in more than bounds."""
    a, b = first.arrays, last.arrays
    same = all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("cost", "lower", "upper", "integer", "start", "index", "value")
    )
    if not same:
        return None
    bounds = [np.where(np.isfinite(x.row_lower), x.row_lower, x.row_upper) for x in (a, b)]
    rate: Floats = (bounds[1] - bounds[0]) / width
    return rate


def _pieces(known: Sequence[_At]) -> list[Piece]:
    """The straight pieces through the sizes asked, neighbours with the same price joined."""
    pieces: list[Piece] = []
    for a, b in pairwise(known):
        assert a.value is not None and b.value is not None
        if b.size - a.size <= 1e-6:
            continue
        price = (b.value - a.value) / (b.size - a.size)
        price = 0.0 if abs(price) <= LEVEL * max(abs(b.value), 1.0) / (b.size - a.size) else price
        if pieces and abs(pieces[-1].price - price) <= 1e-6 * max(abs(price), abs(pieces[-1].price)):
            pieces[-1] = Piece(pieces[-1].from_, b.size, pieces[-1].price)
        else:
            pieces.append(Piece(a.size, b.size, price))
    return pieces


def _steps(known: Sequence[_At]) -> list[Step]:
    steps = []
    for a, b in pairwise(known):
        if a.funded != b.funded:
            gain = b.value - a.value if a.value is not None and b.value is not None else None
            entering, leaving = (
                [name for name, y in here.items() if there.get(name, 0.0) < y]
                for here, there in ((b.funded, a.funded), (a.funded, b.funded))
            )
            steps.append(Step(a.size, b.size, gain, entering, leaving))
    return steps
