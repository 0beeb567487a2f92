"""The search, stage by stage: soft rules, objective, O1, tie-break; first over whole decisions, then over money.

1. Where there are whole decisions (integer columns), each stage is a mixed-integer programme; later stages
   keep what earlier ones reached.
2. The integers are then fixed at exactly 0 and 1 and the linear programme is solved again, stage by stage.
   After each stage the search stays on its optimal face: columns and rows with a reduced cost or dual are
   fixed where they stand, so later stages can give up nothing at all.
3. Where there are no whole decisions the plan is then taken anew from what stands at its bounds (``vertex``), with
   its prices: the answer does not depend on the way, so that it may be found from a neighbour's (``neighbour``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from optimiser.errors import SolverError
from optimiser.model.build import Model
from optimiser.model.objective import Goal
from optimiser.model.programme import merged
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.external import ExternalSession
from optimiser.solve.goals import NOTHING, absolute_gap, cost_of, priced
from optimiser.solve.losses import LossSession, with_plain_losses
from optimiser.solve.neighbour import PRICES, Question
from optimiser.solve.options import FEASIBILITY_TOLERANCE, HUGE, TIE_BREAK_NODES, SolveOptions
from optimiser.solve.outcome import Outcome, StageOutcome, Termination, Uniqueness
from optimiser.solve.session import Ending, Method, Run, Session
from optimiser.solve.start import Built, Start, Unsettled
from optimiser.solve.strengthening import strengthen
from optimiser.solve.tie_break import tie_break_goals
from optimiser.solve.unspent import kept_by, tiers_with_money_left
from optimiser.solve.vertex import vertex_of

MOST_CUTS = 20
"""How many whole plans that fail when made exact are excluded before giving up."""

HOLD_SLACK = 1e-7
"""Relative slack of a stage that later integer stages keep, and never more than a thousandth of its least coefficient:
presolve calls tighter rows with fractions in them infeasible. What is held while money is settled is held exactly."""

MONEY_SLACK = 1e-12
"""The same where money is settled and no face can be held: a double's noise on the sum."""

FACE_SLACK = 1e-7
"""How far what is held may give where a later stage finds no plan at all [EUR million: a tenth of a euro]. Losses are
exact to a share of the exposure, so that a plan may miss what was held by more than the solver's tolerance."""

LARGE = 10_000
"""Columns from which the last tie-break stage goes to the interior point method (measured: a third of the time)."""

POLISH_SHARE = 0.05
"""Share of the time limit kept for making a plan exact after the search was stopped."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a stage holds for those after it: columns at values, rows between bounds."""

    columns: NDArray[np.intp]
    values: Floats
    rows: NDArray[np.intp]
    least: Floats
    most: Floats


@dataclass(slots=True)
class Search:
    """One search under way: the session, the deadline, what each stage reached.

    warm: the programme that begins from the basis with which it ended in the last search: the first of all. Those after
    it begin where the one before ended.
    """

    session: Session | ExternalSession
    arrays: Arrays
    options: SolveOptions
    deadline: float
    stages: list[StageOutcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    costs: dict[str, Floats] = field(default_factory=dict)
    start: Start | None = None
    hot: bool = False
    anew: bool = False
    warm: str = ""

    def run(self, name: str, seconds: float, method: Method) -> Run:
        """A linear programme of this name; from the neighbour's basis where there is one."""
        if self.start is None or not isinstance(self.session, Session):
            return self.session.run(seconds, method=method)
        if (self.hot or name == self.warm) and name in self.start.bases:
            self.session.start_from(self.start.bases[name])
            method = self._to_new_prices(self.session, seconds) if name == self.warm else "dual"
        elif name == self.warm:
            self.start.prices = self.session.prices
        run = self.session.run(seconds, method=method)
        self.start.runs += 1
        self.start.iterations += self.session.iterations
        if run.ending == "optimal":
            self.start.bases[name] = self.session.basis()
        elif self.hot:
            raise Unsettled(f"{name}: {run.ending}")
        return run

    def _to_new_prices(self, session: Session, seconds: float) -> Method:
        """How to go on from the last search's basis: that is best at its own prices, so that the dual simplex method
        takes it to the new bounds; then the primal one takes it to the new prices, if they are others."""
        assert self.start is not None
        now, before = session.prices, self.start.prices
        self.start.prices = now
        if before is None or np.array_equal(before, now):
            return "dual"
        session.maximise(before)
        session.run(seconds, method="dual")
        session.maximise(now)
        return "primal"

    def give_way(self) -> None:
        """Let what is held give by ``FACE_SLACK``: a row by as much as its bound, a column within its own bounds."""
        for face in self.faces:
            at, columns = face.values, face.columns
            lower = np.maximum(self.arrays.lower[columns], at - FACE_SLACK)
            self.session.bound_columns(columns, lower, np.minimum(self.arrays.upper[columns], at + FACE_SLACK))
            self.session.bound_rows(face.rows, face.least - FACE_SLACK, face.most + FACE_SLACK)

    def remaining(self) -> float:
        """Seconds until the time limit."""
        return max(self._end() - time.perf_counter(), 0.0)

    def polishing(self) -> float:
        """Seconds for linear programmes after the search: what remains, and the share kept for them."""
        return max(self._end() + POLISH_SHARE * self.options.time_limit_s - time.perf_counter(), 0.0)

    def look_at(self, goal: Goal) -> None:
        """Tell who looks on what is optimised now."""
        if self.options.watch is not None:
            self.options.watch.stage = goal.name

    def stopped(self) -> bool:
        """Whether who looks on stopped the search."""
        return self.options.watch is not None and self.options.watch.stopped()

    def _end(self) -> float:
        """When the search ends: at its time limit, or earlier when it was stopped."""
        watch = self.options.watch
        if watch is None or not watch.stopped() or watch.stopped_at is None:
            return self.deadline
        return min(self.deadline, watch.stopped_at)


def solve_model(model: Model, arrays: Arrays, options: SolveOptions, start: Start | None = None) -> Outcome:
    """Solve a model: all its stages, within the time limit.

    start: what a neighbour left, from which the same answer is found sooner; it is brought up to date.
    Errors: SolverError where the solver refuses the model; SolverUnavailable where the named solver is not installed.
    """
    deadline = time.perf_counter() + options.time_limit_s
    ties_of = start.tie_break.goals if start is not None else tie_break_goals
    ties = ties_of(model, options.settle_money) if options.tie_break or options.settle_money else []
    if not ties:
        # Only the objective and who is funded are asked for.
        model = replace(model, tier_order=())
    excluded: list[Floats] = []
    seconds = 0.0
    anew = _is_taken_anew(model, arrays, options)
    if start is not None and anew and not _is_stopped(options):
        beside = _beside(model, arrays, options, start, deadline)
        if beside is not None:
            start.count(hot=True)
            return beside
    if start is not None and anew:
        start.forget()
    while True:
        why_cold = _why_cold(model, arrays, options)
        kept = start if why_cold is None else None
        if start is not None and why_cold is not None:
            start.built[why_cold] += 1
        session = kept.session(arrays, options.threads) if kept else _session(model, arrays, options)
        search = Search(session, arrays, options, deadline, anew=anew)
        # Who looks on needs a session of its own; the bases it ends with serve the next all the same.
        search.start = start if kept is not None or anew else None
        search.warm = "" if anew else model.stages[0].name
        for values in excluded:
            _exclude(search, values)
        outcome = _search(model, search, ties)
        has_plan = isinstance(outcome, Outcome) and outcome.values is not None
        if options.unspent and has_plan and isinstance(session, Session):
            assert isinstance(outcome, Outcome) and outcome.values is not None
            session.bound_rows(search.held, np.full(len(search.held), -np.inf), np.full(len(search.held), np.inf))
            kept_so = kept_by(model, session, outcome.values, search.run, search.polishing(), anew)
            outcome = replace(outcome, kept=kept_so)
        seconds += session.seconds
        if isinstance(outcome, Outcome):
            if excluded:
                search.notes.append("polish-failed")
            if search.stopped() and outcome.termination == "time_limit":
                search.notes.append("search-stopped")
            if start is not None:
                start.count(hot=False)
                if anew and outcome.termination == "optimal" and outcome.values is not None:
                    start.settle(arrays, outcome.values, ties[-1].name, PRICES)
            return replace(outcome, solver_seconds=seconds, notes=tuple(dict.fromkeys(search.notes)))
        excluded.append(outcome)
        if len(excluded) > MOST_CUTS:
            return _none("error", model, search, seconds)


def _is_stopped(options: SolveOptions) -> bool:
    return options.watch is not None and options.watch.stopped()


def _beside(model: Model, arrays: Arrays, options: SolveOptions, start: Start, deadline: float) -> Outcome | None:
    """The outcome beside the neighbour's; None where it is to be searched for."""
    if not start.has_neighbour_of(arrays):
        return None
    session = start.session(arrays, options.threads)
    fractions = [i for i in model.columns.y.values() if not arrays.integer[i]]
    width = len(arrays.cost)
    costs = [*(cost_of(goal, width) for goal in model.stages), *start.tie_break.costs(width)]
    found = start.beside(arrays, Question(costs, len(model.stages), fractions, deadline), session)
    if found is None:
        return None
    stages = []
    for goal, cost in zip(model.stages, costs[: len(model.stages)], strict=True):
        value = float(cost @ found.vertex.values)
        stages.append(StageOutcome(goal.name, value, value, True, absolute_gap(cost)))
    outcome = Outcome(
        termination="optimal",
        values=found.vertex.values,
        row_dual=found.vertex.row_dual,
        stages=tuple(stages),
        absolute_gap=stages[0].absolute_gap,
        another_optimum=found.another_optimum,
        integers_fixed=False,
        row_range=found.vertex.row_range,
        solver_seconds=session.seconds,
    )
    if not options.unspent or not tiers_with_money_left(model, found.vertex.values):
        return outcome
    search = Search(session, arrays, options, deadline, start=start, hot=True, anew=True)
    try:
        kept = kept_by(model, session, found.vertex.values, search.run, search.polishing(), anew=True)
    except Unsettled:
        return None
    return replace(outcome, kept=kept, solver_seconds=session.seconds)


def _session(model: Model, arrays: Arrays, options: SolveOptions) -> Session | ExternalSession:
    """HiGHS in process, loss functions kept exactly where there are any; or the solver named, with plain rows."""
    if options.solver != "highs":
        return ExternalSession(with_plain_losses(arrays, model.losses), options.solver, len(arrays.cost))
    if model.losses:
        return LossSession(arrays, options.threads, model.losses, options.watch)
    return Session(arrays, options.threads, options.watch)


def _why_cold(model: Model, arrays: Arrays, options: SolveOptions) -> Built | None:
    """Why the session a neighbour left is of no use; None where it is."""
    if options.solver != "highs":
        return "solver"
    if options.watch is not None:
        return "watched"
    if model.losses:
        return "losses"
    return "whole" if arrays.integer.any() else None


def _is_taken_anew(model: Model, arrays: Arrays, options: SolveOptions) -> bool:
    """Whether the answer follows from what stands at its bounds, and is found that way in little time.

    Not where a stage may give up a share of an earlier one: such a plan stands at no bound of the model. Nor where
    soft rules come first, whose prices are no money, or no tie-break makes the plan the only one.
    """
    is_linear = options.solver == "highs" and not model.losses and not arrays.integer.any()
    told_apart = options.tie_break and options.settle_money
    is_one_plan = told_apart and not model.soft and all(goal.tolerance == 0 for goal in model.stages)
    return is_linear and is_one_plan and len(arrays.cost) <= LARGE


def _search(model: Model, search: Search, ties: list[Goal]) -> Outcome | Floats:
    """The outcome; or a whole plan that holds only within tolerances and must be excluded."""
    whole = bool(search.arrays.integer.any())
    uniqueness: Uniqueness = "none"
    values: Floats | None = None
    reached: list[float] = []
    if whole:
        over_decisions = ties[:3] if _starts_are_decided(model) else ties[:2]
        run, uniqueness, reached = _whole_decisions(model, search, over_decisions)
        if run.values is None:
            return _none(run.ending, model, search, 0.0)
        values = run.values
        search.session.relax()
        # Held with a slack, these rows would let money drift by it; the faces below hold exactly.
        search.session.bound_rows(search.held, np.full(len(search.held), -np.inf), np.full(len(search.held), np.inf))
        slacks = [v.column for v in model.programme.slacks]
        search.session.bound_columns(slacks, np.zeros(len(slacks)), np.full(len(slacks), np.inf))
        fixed = np.flatnonzero(search.arrays.integer)
        at = np.round(values[fixed])
        values[fixed] = at
        search.session.bound_columns(fixed, at, at)
    linear = _money(model, search, ties, reached)
    if linear.values is None:
        if values is None:
            return _none(linear.ending, model, search, 0.0)
        if linear.ending == "infeasible":
            return values
        # No time to make the plan exact: it is kept as the search found it, and the certificate tells.
        linear = _Linear(linear.ending, values)
    if search.anew and linear.ending == "optimal":
        linear = _taken_anew(search, model.stages, linear)
    if linear.another_optimum == "exists" or uniqueness == "none":
        uniqueness = linear.another_optimum
    proven = all(stage.proven for stage in search.stages)
    return Outcome(
        termination="optimal" if proven else "time_limit",
        values=linear.values,
        row_dual=linear.row_dual,
        stages=tuple(search.stages),
        absolute_gap=absolute_gap(_cost(search, model.goals[0])),
        another_optimum=uniqueness if proven else "unknown",
        integers_fixed=whole,
        row_range=linear.row_range,
        solver_seconds=0.0,
        soft_stages=len(model.soft),
    )


def _starts_are_decided(model: Model) -> bool:
    return any(p.start_is_decided for p in model.data.phases)


def _whole_decisions(model: Model, search: Search, ties: list[Goal]) -> tuple[Run, Uniqueness, list[float]]:
    """Stages over whole decisions: the best plan, whether another is as good, and what each stage reached."""
    best: Run | None = None
    reached: list[float] = []
    if isinstance(search.session, LossSession):
        # HiGHS's own integer search finds as much by itself: there the rows cost more than they save.
        search.held += strengthen(model, search.session)
    for n, goal in enumerate(model.stages):
        search.look_at(goal)
        cost = _cost(search, goal)
        search.session.maximise(cost)
        if isinstance(search.session, LossSession) and best is not None and best.values is not None:
            search.session.suggest(best.values)
        # A gap is accepted in the objective, not in how far a rule is broken.
        gap = 0.0 if n < len(model.soft) else search.options.mip_gap
        near = absolute_gap(cost)
        run = search.session.run(search.remaining(), gap, near)
        if run.values is None and (best is None or run.ending == "unbounded"):
            return run, "unknown", reached
        if run.values is None and run.ending != "time_limit":
            raise SolverError(f"HiGHS calls {goal.name} {run.ending} over a plan it found itself")
        if run.values is None:
            # The plan of the stage before still stands; this stage only could not be searched.
            run = Run("time_limit", best.values if best else None, None, None, None, run.bound)
        best = run
        value = float(cost @ run.values) if run.values is not None else 0.0
        search.stages.append(StageOutcome(goal.name, value, run.bound, run.ending == "optimal", near))
        reached.append(value)
        if run.ending != "optimal":
            return best, "unknown", reached
        if n < len(model.soft) and -value <= FEASIBILITY_TOLERANCE * min(abs(a) for _, a in goal.pairs):
            _keep(search, goal)
        else:
            _hold(search, goal, value)
    assert best is not None and best.values is not None
    if not search.options.tie_break:
        return best, "unknown", reached
    uniqueness = _another_exists(model, search, best.values)
    if uniqueness == "unknown" and isinstance(search.session, LossSession):
        # Its nodes are dear: where so many found no plan as good, each tie-break would spend as many again on nothing.
        search.notes.append("tie-break-unfinished")
    elif uniqueness != "none":
        best = _tie_broken(search, best, ties)
    return best, uniqueness, reached


def _another_exists(model: Model, search: Search, values: Floats) -> Uniqueness:
    """Whether another whole plan is as good: "exists" or "none" where proven, else "unknown".

    One that differs only in what counts changes (d) proves nothing: d may stand at 1 where nothing changed.
    The start year of a phase nothing is funded of is no decision: it is left out of the comparison, and whether
    some of such a phase could be funded is asked by itself.
    """
    idle, fractions = _idle_starts(model, values)
    row = _exclude(search, values, idle)
    search.session.maximise(np.zeros(len(values)))
    run = search.session.run(search.remaining(), nodes=TIE_BREAK_NODES)
    search.session.bound_rows([row], np.array([-np.inf]), np.array([np.inf]))
    if run.values is None and run.ending == "infeasible" and fractions:
        some = np.zeros(len(values))
        some[fractions] = 1.0
        search.session.maximise(some)
        run = search.session.run(search.remaining(), nodes=TIE_BREAK_NODES)
        if run.values is not None and some @ run.values <= NOTHING:
            return "none" if run.ending == "optimal" else "unknown"
        if run.values is not None:
            return "exists"
    if run.values is not None:
        decided = np.setdiff1d(np.flatnonzero(search.arrays.integer), [*model.columns.d, *idle])
        return "exists" if (np.round(run.values[decided]) != np.round(values[decided])).any() else "unknown"
    return "none" if run.ending == "infeasible" else "unknown"


def _idle_starts(model: Model, values: Floats) -> tuple[list[int], list[int]]:
    """Columns w of divisible phases of which the plan funds nothing, and the fractions y of these phases."""
    nothing = {key: y for key, y in model.columns.y.items() if values[y] <= NOTHING}
    idle = [w for (c, p, _), w in model.columns.w.items() if (c, p) in nothing]
    return idle, list(dict.fromkeys(nothing[c, p] for c, p, _ in model.columns.w if (c, p) in nothing))


def _tie_broken(search: Search, best: Run, ties: Sequence[Goal]) -> Run:
    for goal in ties:
        assert best.values is not None
        cost = _cost(search, goal)
        search.session.maximise(cost)
        if isinstance(search.session, LossSession):
            search.session.suggest(best.values)
        run = search.session.run(search.remaining(), absolute_gap=absolute_gap(cost), nodes=TIE_BREAK_NODES)
        if run.ending not in ("optimal", "node_limit"):
            # Stopped by the clock, which differs between machines: what it found so far is not used.
            search.notes.append("tie-break-unfinished")
            return best
        if run.ending == "node_limit":
            search.notes.append("tie-break-unfinished")
        if run.values is not None and cost @ run.values >= cost @ best.values:
            best = run
        _hold(search, goal, float(cost @ best.values) if best.values is not None else 0.0)
    return best


@dataclass(frozen=True, slots=True)
class _Linear:
    ending: Ending
    values: Floats | None
    row_dual: Floats | None = None
    another_optimum: Uniqueness = "none"
    row_range: tuple[Floats, Floats] | None = None


def _money(model: Model, search: Search, ties: list[Goal], reached: list[float]) -> _Linear:
    """Stages over money (and fractions), whole decisions fixed: each on the optimal face of those before."""
    divisible = [i for key, i in model.columns.y.items() if not search.arrays.integer[i]]
    search.faces.clear()
    values: Floats | None = None
    row_dual: Floats | None = None
    row_range: tuple[Floats, Floats] | None = None
    another: Uniqueness = "none" if search.options.prices or not divisible else "unknown"
    goal_values: list[tuple[Goal, float]] = []
    stages, objective = len(model.stages), len(model.soft)
    less_broken = np.zeros(len(search.arrays.row_lower), dtype=bool)
    for n, goal in enumerate([*model.stages, *ties]):
        search.look_at(goal)
        if n == stages and divisible and search.options.prices:
            another = _another_fraction(search, divisible, values)
        cost = _cost(search, goal)
        search.session.maximise(cost)
        last = ties and goal is ties[-1]
        seconds = max(search.polishing(), POLISH_SHARE * search.options.time_limit_s if n == 0 else 0.0)
        run = search.run(goal.name, seconds, _method(search, first=n == 0, last=bool(last)))
        if run.ending == "infeasible" and values is not None:
            search.give_way()
            run = search.run(goal.name, seconds, "dual")
            if run.ending == "infeasible":
                search.notes.append("tie-break-unfinished")
        if n < stages:
            _report_stage(search, n, goal, float(cost @ run.values) if run.values is not None else None, run)
        if run.ending != "optimal" or run.values is None:
            if n == 0 or run.ending == "unbounded":
                return _Linear(run.ending, run.values)
            break
        if values is not None and _gives_up(goal_values, search, run.values):
            search.notes.append("tie-break-unfinished")
            break
        values = run.values
        if n < objective and run.row_dual is not None:
            less_broken |= np.abs(run.row_dual[: len(less_broken)]) > priced(cost)
        if n == objective and run.row_dual is not None:
            row_dual = np.where(less_broken, np.nan, run.row_dual[: len(less_broken)])
            is_linear = isinstance(search.session, Session) and not search.arrays.integer.any()
            if n == 0 and is_linear and not search.anew and search.options.prices:
                assert isinstance(search.session, Session)
                row_range = search.session.bound_ranges()
        if n < stages:
            goal_values.append((goal, float(cost @ values)))
        if n + 1 == len(model.stages) + len(ties) and not search.options.unspent and not search.anew:
            break  # nothing comes after
        if goal.tolerance > 0 or run.column_dual is None or run.row_dual is None:
            # What an integer stage reached may have used the slack of those before it; only a tolerance refers to it.
            held = reached[n] if goal.tolerance > 0 and n < len(reached) else float(cost @ values)
            _hold(search, goal, held, MONEY_SLACK)
        else:
            _stay_on_face(search, values, run.column_dual, run.row_dual, cost)
    else:
        return _Linear("optimal", values, row_dual, another, row_range)
    return _Linear("optimal", values, row_dual, another, row_range)


def _taken_anew(search: Search, stages: Sequence[Goal], linear: _Linear) -> _Linear:
    """The plan, its prices and what each stage reached, from what stands at its bounds."""
    assert isinstance(search.session, Session) and linear.values is not None
    run = partial(search.run, PRICES, search.polishing(), "dual")
    vertex = vertex_of(search.session, linear.values, _cost(search, stages[0]), run, search.options.threads)
    if vertex is None or not vertex.exact:
        return linear if vertex is None else replace(linear, row_dual=vertex.row_dual, row_range=vertex.row_range)
    for n, (goal, stage) in enumerate(zip(stages, search.stages, strict=True)):
        value = float(_cost(search, goal) @ vertex.values)
        is_closed = stage.bound is not None and abs(stage.bound - value) <= 1e-9 * max(abs(value), 1e-6)
        search.stages[n] = replace(stage, value=value, bound=value if is_closed else stage.bound)
    return replace(linear, values=vertex.values, row_dual=vertex.row_dual, row_range=vertex.row_range)


def _report_stage(search: Search, n: int, goal: Goal, value: float | None, run: Run) -> None:
    """What a stage reached with whole decisions fixed; where these were searched, that search gives the bound."""
    if n < len(search.stages):
        searched = search.stages[n]
        search.stages[n] = replace(searched, value=searched.value if value is None else value)
    elif not search.arrays.integer.any():
        near = absolute_gap(_cost(search, goal))
        search.stages.append(StageOutcome(goal.name, value, run.bound, run.ending == "optimal", near))


def _method(search: Search, first: bool, last: bool) -> Method:
    """Dual simplex from scratch (of the largest, interior point), primal from a basis that stays feasible, interior
    point where most money moves."""
    if first:
        return "interior" if len(search.arrays.cost) > HUGE else "dual"
    return "interior" if last and len(search.arrays.cost) > LARGE else "primal"


def _another_fraction(search: Search, divisible: list[int], values: Floats | None) -> Uniqueness:
    """Whether another split between divisible candidates is as good: both ends of a ranking over the optimal face."""
    ranking = np.zeros(len(search.arrays.cost))
    ranking[divisible] = (
        1.0 + np.arange(len(divisible)) / len(divisible) + np.sqrt(np.arange(1, len(divisible) + 1)) / 7
    )
    for direction in (1.0, -1.0):
        search.session.maximise(direction * ranking)
        run = search.run(f"another fraction {direction}", search.polishing(), "primal")
        if run.values is None or values is None:
            return "unknown"
        if np.abs(run.values[divisible] - values[divisible]).max() > NOTHING:
            return "exists"
    return "none"


def _stay_on_face(search: Search, values: Floats, column_dual: Floats, row_dual: Floats, cost: Floats) -> None:
    """Fix what has a price: every plan left is as good as this one (complementary slackness)."""
    price = priced(cost)
    columns = np.flatnonzero(np.abs(column_dual) > price)
    search.session.bound_columns(columns, values[columns], values[columns])
    rows = np.flatnonzero(np.abs(row_dual[: len(search.arrays.row_lower)]) > price)
    lower, upper = search.arrays.row_lower[rows], search.arrays.row_upper[rows]
    bound = np.where(np.isfinite(lower), lower, upper)
    search.session.bound_rows(rows, bound, bound)
    search.faces.append(Face(columns, values[columns], rows, bound, bound))


def _gives_up(goal_values: list[tuple[Goal, float]], search: Search, values: Floats) -> bool:
    """Whether a later stage lost more of an earlier one than its tolerance and rounding allow."""
    for goal, value in goal_values:
        allowed = goal.tolerance * abs(value) + 1e-8 * max(abs(value), 1.0)
        if float(_cost(search, goal) @ values) < value - allowed:
            return True
    return False


def _hold(search: Search, goal: Goal, value: float, relative: float = HOLD_SLACK) -> None:
    """Later stages keep this stage's value, less its tolerance and a slack for noise."""
    terms = merged(goal.pairs)
    if terms:
        slack = relative * max(abs(value), 1.0)
        slack = FEASIBILITY_TOLERANCE + min(slack, 1e-3 * min(abs(a) for a in terms.values()))
        least = value - goal.tolerance * abs(value) - slack
        row = search.session.add_row(list(terms), np.array(list(terms.values())), least, np.inf)
        search.held.append(row)
        none = np.array([], dtype=np.intp)
        search.faces.append(Face(none, np.array([]), np.array([row]), np.array([least]), np.array([np.inf])))


def _keep(search: Search, goal: Goal) -> None:
    """Soft rules that are kept stay kept, exactly: a slack on their sum would be worth something to the objective."""
    columns = [i for i, _ in goal.pairs]
    search.session.bound_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))


def _exclude(search: Search, values: Floats, apart_from: Sequence[int] = ()) -> int:
    """A row that excludes one whole plan: Σ_{z=1} (1 − z) + Σ_{z=0} z ≥ 1. Its number."""
    columns = np.setdiff1d(np.flatnonzero(search.arrays.integer), np.array(apart_from, dtype=np.intp))
    ones = np.round(values[columns]) == 1
    return search.session.add_row(columns, np.where(ones, -1.0, 1.0), 1.0 - float(ones.sum()), np.inf)


def _cost(search: Search, goal: Goal) -> Floats:
    """The goal's sum as a vector over the columns, made once."""
    if goal.name not in search.costs:
        search.costs[goal.name] = cost_of(goal, len(search.arrays.cost))
    return search.costs[goal.name]


def _none(ending: Ending, model: Model, search: Search, seconds: float) -> Outcome:
    termination: Termination = "time_limit" if ending == "node_limit" else ending
    first = model.stages[0]
    bound = search.stages[0].bound if search.stages else None
    return Outcome(
        termination=termination,
        values=None,
        row_dual=None,
        stages=(StageOutcome(first.name, None, bound, False, absolute_gap(_cost(search, first))),),
        absolute_gap=absolute_gap(_cost(search, model.goals[0])),
        another_optimum="unknown",
        integers_fixed=False,
        row_range=None,
        solver_seconds=seconds,
        notes=tuple(search.notes),
        soft_stages=len(model.soft),
    )
