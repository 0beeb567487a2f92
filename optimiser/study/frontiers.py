"""The frontier between two terms of the objective: plans of which neither term can be raised without the other falling.

Every point is found by the ε-constraint with a second stage (Haimes, Lasdon and Wismer 1971; augmented as by Mavrotas
2009, doi 10.1016/j.amc.2009.03.037): the first term is maximised while the second keeps a floor (E1), then the second
while the first keeps its optimum, so that no point found is dominated.

- points: n floors evenly between the two ends of the frontier.
- complete, on whole numbers: each next floor is one step above the last value, until none is left: every
  non-dominated pair of values.
- complete, on a linear programme: its breakpoints, by weighted sums (Aneja and Nair 1979, doi 10.1287/mnsc.25.1.73);
  between two neighbours the frontier is a straight line.

Soft rules are broken as little as they can be, as in the best plan: a frontier does not trade them away.
Minimised terms count with their sign turned ("goodness"). What the time limit left open is listed, never lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field
from quicktions import Fraction

from optimiser.allocation import Optimum, Source, collector_paused, loaded_from, options_of, provenance, solve_stated
from optimiser.errors import QuestionError
from optimiser.evaluation import scored
from optimiser.findings import Finding
from optimiser.model.build import Model, build_model
from optimiser.model.objective import Goal, stage_name
from optimiser.plan import EUROS_PER_MILLION, Plan
from optimiser.result.losses import loss_book
from optimiser.result.measures import MEASURES, unit_of
from optimiser.result.result import Provenance, Result, ScenarioId, Termination
from optimiser.scenario.load import Loaded
from optimiser.scenario.objective import Objective, Term
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats, arrays_of
from optimiser.solve.clock import Clock
from optimiser.solve.goals import cost_of, priced
from optimiser.solve.options import SolveOptions
from optimiser.solve.start import Start
from optimiser.study.asked import check_numbers, flag, whole
from optimiser.study.report import Progress, Report, silent
from optimiser.study.terms import two_terms, unit_of_steps
from optimiser.study.versions import SessionUse, use_of

Method = Literal["points", "steps", "breakpoints"]

MOST_POINTS = 1000
"""Floors that may be asked for."""

SOFTER = 1e-7
"""Relative: less than this is no further violation of soft rules."""

TOGETHER = "weighted"
"""Name of a goal that stands for both terms."""

DOUBLES = 1e-13
"""Relative: what sums of a few thousand doubles tell apart."""

COLLINEAR = 1e-7
"""Relative: how far above the line between its neighbours a breakpoint must stand."""


@dataclass(frozen=True, slots=True)
class FrontierTerm:
    """One of the two terms. step: every value is a whole multiple of it; null where that is not so."""

    term: str
    sense: str
    unit: str
    attribute: str | None
    tier: str | None
    step: float | None


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One plan of the frontier.

    values: of the two terms, each in its own unit. proven: whether no plan is better in one and as good in the other.
    given_up: of the first term, per unit of the second that is gained against the point before.
    funded: candidate/phase, with its fraction where it is a part. result: place of the plan in ``results``.
    """

    values: tuple[float, float]
    proven: bool
    given_up: float | None
    funded: dict[str, float]
    result: int


@dataclass(frozen=True, slots=True)
class OpenInterval:
    """Values of a term (its place in ``terms``) between which further points may lie, since the time limit came first.

    The second term, but for a complete frontier in whole steps of the first alone.
    """

    term: int
    from_: Annotated[float, Field(validation_alias="from")]
    to: float


@dataclass(frozen=True, slots=True)
class Frontier(Report):
    """The frontier. Points go from the best of the first term to the best of the second.

    method: "points" at even floors, "steps" over whole numbers, "breakpoints" of a linear programme.
    complete: whether these are all (breakpoints: with the straight lines between them), proven.
    session: how often the solver began anew, and why.
    """

    schema_version: str
    scenario: ScenarioId
    method: Method
    termination: Termination
    complete: bool
    terms: list[FrontierTerm]
    points: list[FrontierPoint]
    open: list[OpenInterval]
    results: list[Result]
    session: SessionUse
    findings: list[dict[str, str]]
    provenance: Provenance

    TABLES = ("points", "open")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        if table == "open":
            return [{"term": column_names(self.terms)[o.term], "from": o.from_, "to": o.to} for o in self.open]
        first, second = column_names(self.terms)
        return [
            {
                first: p.values[0],
                second: p.values[1],
                "proven": p.proven,
                "given_up": p.given_up,
                "sites": self.results[p.result].indicators.sites,  # type: ignore[union-attr]
                "funded": [name for name, y in p.funded.items() if y > 0],
            }
            for p in self.points
        ]


def column_names(terms: Sequence[FrontierTerm]) -> tuple[str, str]:
    """A name for each term's column, no two the same."""
    names = [t.attribute if t.term == "attribute" and t.attribute else t.term for t in terms]
    if names[0] == names[1]:
        names = [" ".join(filter(None, (t.term, t.attribute, t.tier, t.sense))) for t in terms]
    return names[0], names[1]


def frontier(
    source: Source,
    terms: Sequence[Any] | None = None,
    points: int = 11,
    complete: bool = False,
    options: SolveOptions | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> Frontier:
    """The frontier between two terms: the objective's own two, or any two named.

    terms: names as ``attribute:chips`` or ``public_money``, or objects as in a scenario.
    points: floors, evenly spaced, both ends included (2 to 1000). complete: all points instead.
    options: time limit for the whole frontier.
    Errors: ScenarioError where the scenario has errors; QuestionError where the terms cannot be used, or a complete
    frontier is asked where neither term moves in whole steps; SolverError where the solver refuses.
    """
    loaded = loaded_from(source)
    scenario = loaded.expect()
    changed, findings = two_terms(scenario, terms)
    check_numbers(whole("/points", points, 2, MOST_POINTS), flag("/complete", complete))
    own = options or options_of(scenario)
    clock = Clock(replace(own, unspent=False, prices=False))
    search = _Search(loaded, changed, clock, lang, progress)
    if complete and search.whole and search.steps == (None, None):
        raise QuestionError([Finding("error", "frontier-not-whole", "/complete")])
    return search.frontier(points, complete, findings)


@dataclass(slots=True)
class _Point:
    """One plan, by goodness. g: of the programme's own numbers. goodness: of the plan in whole euros.

    soft: what the stages for soft rules reached, which is the same all along the frontier.
    """

    plan: Plan
    g: tuple[float, float]
    goodness: tuple[Fraction, Fraction]
    proven: bool
    soft: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """The two terms in one order, stated; ``row`` is that of the second term's floor (E1), None without one.

    costs: of the two terms. start: what a point leaves to the next, which differs from it by its floor.
    """

    scenario: Scenario
    model: Model
    arrays: Arrays
    row: int | None
    costs: list[Floats]
    start: Start

    def with_floor(self, least: float) -> Arrays:
        """The arrays with another floor; a term that is 0 in every plan has none."""
        if self.row is None:
            return self.arrays
        lower = self.arrays.row_lower.copy()
        lower[self.row] = least
        return replace(self.arrays, row_lower=lower)


@dataclass(slots=True)
class _Search:
    """One frontier under way. Inside, ``order`` says which of the user's terms is first: the second has the floor."""

    loaded: Loaded
    changed: Scenario
    clock: Clock
    lang: str
    progress: Progress
    order: tuple[int, int] = (0, 1)
    steps: tuple[Fraction | None, Fraction | None] = (None, None)
    whole: bool = False
    columns: int = 0
    points: list[_Point] = field(default_factory=list)
    open: list[tuple[float, float]] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    solver_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    forward: _Side = field(init=False)

    def __post_init__(self) -> None:
        first, second = self.changed.objective.terms
        self.steps = (unit_of_steps(self.changed, first), unit_of_steps(self.changed, second))
        self.forward = self._side()
        self.whole, self.columns = bool(self.forward.arrays.integer.any()), len(self.forward.arrays.cost)

    def frontier(self, count: int, complete: bool, findings: list[Finding]) -> Frontier:
        """Both ends, then what lies between them."""
        method: Method = "points" if not complete else "steps" if self.whole else "breakpoints"
        if method == "steps" and self.steps[1] is None:
            self.order = (1, 0)
            self.forward = self._side()
        forward, backward = self.forward, self._turned(self.forward)
        self.starts = [forward.start, backward.start]
        self.progress(0, count if method == "points" else 0)
        first = self._solved(forward, forward.with_floor(-np.inf))
        if first.plan is None:
            return self._answer(method, first.outcome.termination, False, findings)
        last = self._solved(backward, backward.with_floor(-np.inf))
        if last.plan is None:
            return self._answer(method, last.outcome.termination, False, findings)
        start, end = self._point(forward, first), self._swapped(backward, last)
        self.points.append(start)
        if method == "steps":
            closed = self._steps(forward, start, end)
        elif method == "breakpoints":
            closed = self._breakpoints(forward, start, end)
        else:
            closed = self._floors(forward, start, end, count)
        self.points.append(end)
        self.points = _not_dominated(self.points, self._noise())
        closed = closed and all(p.proven for p in self.points)
        return self._answer(method, "optimal" if closed else "time_limit", closed and complete, findings)

    def _steps(self, side: _Side, start: _Point, end: _Point) -> bool:
        """Each next floor one step above the last value, less half a step for the solver's tolerances."""
        step = self.steps[self.order[1]]
        assert step is not None
        best = end.goodness[1]
        model = self._both_at_once(side, start, end)
        closed, last = True, start
        # The end is the best value of the second term only if proven; else the search goes on until nothing is left.
        while not (end.proven and last.goodness[1] >= best):
            floor = last.goodness[1] + step / 2
            upper = float(max(best, last.goodness[1] + step))
            if self.clock.over:
                self.open.append((float(last.goodness[1] + step), upper))
                return False
            optimum = self._solved(side, side.with_floor(float(floor)), model)
            if optimum.plan is None:
                if optimum.outcome.termination != "infeasible":
                    self.open.append((float(last.goodness[1] + step), upper))
                    return False
                break
            point = self._point(side, optimum)
            if _softer(point, start):
                # Beyond the end of the frontier: a floor that is kept only by breaking soft rules further.
                break
            if not point.proven:
                closed = False
                self.open.append((float(last.goodness[1] + step), float(point.goodness[1])))
            self.points.append(point)
            self.progress(len(self.points), 0)
            last = point
        return closed

    def _floors(self, side: _Side, start: _Point, end: _Point, count: int) -> bool:
        """Floors evenly between the two ends; a floor that the point before keeps anyway gives the same point."""
        low, high = start.g[1], end.g[1]
        noise = self._noise()[1]
        model = self._both_at_once(side, start, end)
        step = self.steps[self.order[1]]
        last, closed = start, start.proven and end.proven
        for n in range(1, count - 1):
            floor = low + (high - low) * n / (count - 1)
            self.progress(n, count)
            if last.g[1] >= floor - noise:
                continue
            if self.clock.over:
                self.open.append((float(last.goodness[1]), float(end.goodness[1])))
                return False
            # On whole numbers, half a step below the next value: the same plans, out of reach of tolerances.
            least = floor if step is None else float((-((-Fraction(floor)) // step)) * step - step / 2)
            optimum = self._at_floor(side, side.with_floor(least), model)
            if optimum.plan is None:
                self.open.append((float(last.goodness[1]), float(end.goodness[1])))
                return False
            last = self._point(side, optimum)
            closed = closed and last.proven
            self.points.append(last)
        self.progress(count, count)
        return closed

    def _breakpoints(self, side: _Side, start: _Point, end: _Point) -> bool:
        """Between two points, the plan farthest above the line through them; then the same on either side of it."""
        if self.clock.over:
            self.open.append((float(start.goodness[1]), float(end.goodness[1])))
            return False
        normal = (end.g[1] - start.g[1], start.g[0] - end.g[0])
        if normal[0] <= self._noise()[1] or normal[1] <= self._noise()[0]:
            return True
        goals = _goals(side.scenario, side.model)
        pairs = [(i, w * a) for w, goal in zip(normal, goals, strict=True) for i, a in goal.pairs]
        model = replace(side.model, goals=(Goal(TOGETHER, tuple(pairs)),))
        optimum = self._solved(side, side.with_floor(-np.inf), model)
        if optimum.plan is None:
            self.open.append((float(start.goodness[1]), float(end.goodness[1])))
            return False
        point = self._point(side, optimum)
        height = normal[0] * (point.g[0] - start.g[0]) + normal[1] * (point.g[1] - start.g[1])
        if height <= COLLINEAR * normal[0] * normal[1]:
            return True
        closed = self._breakpoints(side, start, point)
        self.points.append(point)
        self.progress(len(self.points), 0)
        return self._breakpoints(side, point, end) and closed

    def _both_at_once(self, side: _Side, start: _Point, end: _Point) -> Model | None:
        """The model with one goal for both terms, where one search then does for two: g₁ + δ·g₂ with δ so small that no
        plan's second term outweighs a step of the first.

        None where the first term has no steps, or where doubles would not tell plans apart in both terms.
        """
        step, reach = self.steps[self.order[0]], end.g[1] - start.g[1]
        if step is None or reach <= 0:
            return None
        weight = float(step) / (2.0 * reach)
        told_apart = self.steps[self.order[1]] or self._noise()[1]
        if DOUBLES * max(abs(start.g[0]), abs(end.g[0])) > weight * float(told_apart):
            return None
        first, second = _goals(side.scenario, side.model)
        pairs = (*first.pairs, *((i, weight * a) for i, a in second.pairs))
        return replace(side.model, goals=(Goal(TOGETHER, pairs),))

    def _side(self) -> _Side:
        """The terms in their order, with the row for the floor of the second."""
        scenario = self._of_terms(self.order)
        model = build_model(scenario, {stage_name(1, scenario.objective.terms[1]): 0.0})
        arrays = arrays_of(model.programme)
        rows = [n for n, row in enumerate(model.programme.rows) if row.label == "E1"]
        costs = [cost_of(goal, len(arrays.cost)) for goal in _goals(scenario, model)]
        return _Side(scenario, model, arrays, rows[0] if rows else None, costs, Start())

    def _turned(self, side: _Side) -> _Side:
        """The same programme with the second term first."""
        model = replace(side.model, goals=tuple(reversed(_goals(side.scenario, side.model))))
        return replace(
            side, scenario=self._of_terms(self.order[::-1]), model=model, costs=side.costs[::-1], start=Start()
        )

    def _of_terms(self, order: tuple[int, ...]) -> Scenario:
        terms = [self.changed.objective.terms[n] for n in order]
        return self.changed.model_copy(update={"objective": Objective(mode="lexicographic", terms=terms)})

    def _at_floor(self, side: _Side, arrays: Arrays, model: Model | None) -> Optimum:
        """The point at a floor; of a linear programme without a second stage where the floor has a price: every plan as
        good in the first term then stands exactly at the floor (complementary slackness), none above it."""
        if not self.whole and side.row is not None:
            first = _goals(side.scenario, side.model)[0]
            optimum = self._solved(side, arrays, replace(side.model, goals=(first,)))
            dual = optimum.outcome.row_dual
            if dual is not None and abs(dual[side.row]) > priced(side.costs[0]):
                return optimum
        return self._solved(side, arrays, model)

    def _solved(self, side: _Side, arrays: Arrays, model: Model | None = None) -> Optimum:
        # Equally good plans need not be told apart: both values of a point are the same in all of them.
        options = replace(self.clock.next(), tie_break=False, settle_money=False)
        optimum = solve_stated(side.scenario, model or side.model, arrays, options, start=side.start)
        self.solver_seconds += optimum.outcome.solver_seconds
        return optimum

    def _point(self, side: _Side, optimum: Optimum) -> _Point:
        plan, outcome = optimum.plan, optimum.outcome
        assert plan is not None and outcome.values is not None
        g = [float(cost @ outcome.values) for cost in side.costs]
        draws = side.model.draws
        book = loss_book(side.scenario, plan, draws) if draws is not None else None
        goodness = [_sign(t) * MEASURES[t.term](side.scenario, plan, t, book) for t in side.scenario.objective.terms]
        stage = outcome.objective
        assert stage is not None, "a plan has reached every stage"
        # A later stage keeps the first but for a slack, and a plan is in whole euros: proven means no more than that.
        slack = outcome.absolute_gap + 1e-9 * abs(g[0]) + self._noise()[0]
        reached = stage.name == TOGETHER or (stage.bound is not None and stage.bound - g[0] <= slack)
        proven = outcome.termination == "optimal" and reached
        soft = tuple(s.value or 0.0 for s in outcome.stages[: outcome.soft_stages])
        return _Point(plan, (g[0], g[1]), (goodness[0], goodness[1]), proven, soft)

    def _swapped(self, side: _Side, optimum: Optimum) -> _Point:
        point = self._point(side, optimum)
        return replace(point, g=point.g[::-1], goodness=point.goodness[::-1])

    def _noise(self) -> tuple[float, float]:
        """What rounding to whole euros may move in each of the two terms: one euro a cell of money, else nothing."""
        euros = self.columns / EUROS_PER_MILLION
        terms = [self.changed.objective.terms[n] for n in self.order]
        first, second = (1e-9 if t.term in ("attribute", "discounted_attribute") else euros for t in terms)
        return first, second

    def _answer(self, method: Method, termination: Termination, complete: bool, findings: list[Finding]) -> Frontier:
        back = self.order != (0, 1)
        terms = self.changed.objective.terms
        signs = [_sign(t) for t in terms]
        points = [p.goodness[::-1] if back else p.goodness for p in self.points]
        ordered = sorted(zip(points, self.points, strict=True), key=lambda item: (-item[0][0], item[0][1]))
        values = [(float(signs[0] * g[0]), float(signs[1] * g[1])) for g, _ in ordered]
        floored = signs[self.order[1]]
        own = Loaded(self.loaded.scenario, ())  # what was found in the file is said once, not in every result
        with collector_paused():
            results = [scored(own, p.plan, "frontier", self.lang) for _, p in ordered]
        return Frontier(
            schema_version="1",
            scenario=ScenarioId(self.changed.name, own.sha256),
            method=method,
            termination=termination,
            complete=complete,
            terms=[self._term(n) for n in (0, 1)],
            points=[
                FrontierPoint(
                    values=value,
                    proven=p.proven,
                    given_up=_given_up([g for g, _ in ordered], n),
                    funded=funded_phases(p.plan),
                    result=n,
                )
                for n, (value, (_, p)) in enumerate(zip(values, ordered, strict=True))
            ],
            open=[OpenInterval(self.order[1], floored * low, floored * high) for low, high in self.open],
            results=results,
            session=use_of(*self.starts),
            findings=[f.as_dict(self.lang) for f in (*self.loaded.findings, *findings, *self._time_findings())],
            provenance=provenance(self.clock.options.solver, self.started, self.solver_seconds),
        )

    def _time_findings(self) -> list[Finding]:
        if not self.open and all(p.proven for p in self.points):
            return []
        params = {"seconds": self.clock.options.time_limit_s}
        return [Finding("warning", "frontier-open", "/solver/time_limit_s", params)]

    def _term(self, n: int) -> FrontierTerm:
        term, step = self.changed.objective.terms[n], self.steps[n]
        return FrontierTerm(
            term=term.term,
            sense="maximise" if term.maximised else "minimise",
            unit=unit_of(self.changed, term),
            attribute=term.attribute,
            tier=term.tier,
            step=float(step) if step is not None else None,
        )


def _goals(scenario: Scenario, model: Model) -> list[Goal]:
    """The goals of the two terms."""
    names = [stage_name(n, term) for n, term in enumerate(scenario.objective.terms)]
    return [next(g for g in model.goals if g.name == name) for name in names]


def funded_phases(plan: Plan) -> dict[str, float]:
    """Every funded candidate/phase with its fraction, by name."""
    return {f"{c}/{p}": float(y) for (c, p), y in sorted(plan.fraction.items()) if y}


def _softer(point: _Point, start: _Point) -> bool:
    """Whether a plan breaks soft rules further than the first one."""
    return any(a < b - SOFTER * max(abs(b), 1.0) for a, b in zip(point.soft, start.soft, strict=True))


def _not_dominated(points: list[_Point], noise: tuple[float, float]) -> list[_Point]:
    """The points no other is better than, one of each pair of values (a proven one, if there is one)."""
    kept: list[_Point] = []
    order: Callable[[_Point], Any] = lambda p: (-p.goodness[0], -p.goodness[1], not p.proven)  # noqa: E731
    for p in sorted(points, key=order):
        if all(p.goodness[1] > q.goodness[1] + Fraction(noise[1]) for q in kept):
            kept.append(p)
    return kept


def _given_up(goodness: list[tuple[Fraction, Fraction]], n: int) -> float | None:
    if n == 0:
        return None
    gained = goodness[n][1] - goodness[n - 1][1]
    return float((goodness[n - 1][0] - goodness[n][0]) / gained) if gained else None


def _sign(term: Term) -> int:
    return 1 if term.maximised else -1
