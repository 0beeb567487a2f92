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
from dataclasses import replace

import numpy as np

from optimiser.model.build import Model
from optimiser.model.objective import Goal
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.external import ExternalSession
from optimiser.solve.goals import absolute_gap, cost_of
from optimiser.solve.losses import LossSession
from optimiser.solve.money import LARGE, Linear, settled_money, taken_anew
from optimiser.solve.neighbour import PRICES, Question
from optimiser.solve.options import SolveOptions
from optimiser.solve.outcome import Outcome, StageOutcome, Termination, Uniqueness
from optimiser.solve.search import Search
from optimiser.solve.session import Ending, Session
from optimiser.solve.start import Built, Start, Unsettled
from optimiser.solve.tie_break import tie_break_goals
from optimiser.solve.unspent import kept_by, tiers_with_money_left
from optimiser.solve.whole_decisions import whole_decisions
from optimiser.solve.written_out import with_plain_losses

MOST_CUTS = 20
"""How many whole plans that fail when made exact are excluded before giving up."""


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
            search.exclude(values)
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
        run, uniqueness, reached = whole_decisions(model, search, over_decisions)
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
    linear = settled_money(model, search, ties, reached)
    if linear.values is None:
        if values is None:
            return _none(linear.ending, model, search, 0.0)
        if linear.ending == "infeasible":
            return values
        # No time to make the plan exact: it is kept as the search found it, and the certificate tells.
        linear = Linear(linear.ending, values)
    if search.anew and linear.ending == "optimal":
        linear = taken_anew(search, model.stages, linear)
    if linear.another_optimum == "exists" or uniqueness == "none":
        uniqueness = linear.another_optimum
    proven = all(stage.proven for stage in search.stages)
    return Outcome(
        termination="optimal" if proven else "time_limit",
        values=linear.values,
        row_dual=linear.row_dual,
        stages=tuple(search.stages),
        absolute_gap=absolute_gap(search.cost(model.goals[0])),
        another_optimum=uniqueness if proven else "unknown",
        integers_fixed=whole,
        row_range=linear.row_range,
        solver_seconds=0.0,
        soft_stages=len(model.soft),
    )


def _starts_are_decided(model: Model) -> bool:
    return any(p.start_is_decided for p in model.data.phases)


def _none(ending: Ending, model: Model, search: Search, seconds: float) -> Outcome:
    termination: Termination = "time_limit" if ending == "node_limit" else ending
    first = model.stages[0]
    bound = search.stages[0].bound if search.stages else None
    return Outcome(
        termination=termination,
        values=None,
        row_dual=None,
        stages=(StageOutcome(first.name, None, bound, False, absolute_gap(search.cost(first))),),
        absolute_gap=absolute_gap(search.cost(model.goals[0])),
        another_optimum="unknown",
        integers_fixed=False,
        row_range=None,
        solver_seconds=seconds,
        notes=tuple(search.notes),
        soft_stages=len(model.soft),
    )
