"""The stages over whole decisions: each a mixed-integer programme that keeps what those before it reached."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimiser.errors import SolverError
from optimiser.model.build import Model
from optimiser.model.objective import Goal
from optimiser.solve.arrays import Floats
from optimiser.solve.goals import NOTHING, absolute_gap
from optimiser.solve.losses import LossSession
from optimiser.solve.options import FEASIBILITY_TOLERANCE, TIE_BREAK_NODES
from optimiser.solve.outcome import StageOutcome, Uniqueness
from optimiser.solve.search import Search
from optimiser.solve.session import Run
from optimiser.solve.strengthening import strengthen
from optimiser.solve.tree import Boxes


def whole_decisions(model: Model, search: Search, ties: list[Goal]) -> tuple[Run, Uniqueness, list[float]]:
    """Stages over whole decisions: the best plan, whether another is as good, and what each stage reached."""
    best: Run | None = None
    reached: list[float] = []
    among: Boxes | None = None
    if isinstance(search.session, LossSession):
        # HiGHS's own integer search finds as much by itself: there the rows cost more than they save.
        search.held += strengthen(model, search.session)
    for n, goal in enumerate(model.stages):
        search.look_at(goal)
        cost = search.cost(goal)
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
            search.keep(goal)
            among = None
        else:
            least = search.hold(goal, value)
            # Where the plans are that keep this stage, and with it all before.
            among = search.session.tied(value, least) if isinstance(search.session, LossSession) else None
    assert best is not None and best.values is not None
    if not search.options.tie_break:
        return best, "unknown", reached
    uniqueness = _another_exists(model, search, best.values, among)
    if uniqueness == "unknown" and isinstance(search.session, LossSession):
        # Its nodes are dear: where so many found no plan as good, each tie-break would spend as many again on nothing.
        search.notes.append("tie-break-unfinished")
    elif uniqueness != "none":
        best = _tie_broken(search, best, ties, among)
    return best, uniqueness, reached


def _asked(search: Search, among: Boxes | None, absolute_gap: float = 0.0) -> Run:
    """What a question over whole decisions gives within its nodes, asked among the plans tied where these are known."""
    if among is not None and isinstance(search.session, LossSession):
        return search.session.run(search.remaining(), 0.0, absolute_gap, TIE_BREAK_NODES, among=among)
    return search.session.run(search.remaining(), absolute_gap=absolute_gap, nodes=TIE_BREAK_NODES)


def _another_exists(model: Model, search: Search, values: Floats, among: Boxes | None) -> Uniqueness:
    """Whether another whole plan is as good: "exists" or "none" where proven, else "unknown".

    One that differs only in what counts changes (d) proves nothing: d may stand at 1 where nothing changed.
    The start year of a phase nothing is funded of is no decision: it is left out of the comparison, and whether
    some of such a phase could be funded is asked by itself.
    """
    idle, fractions = _idle_starts(model, values)
    row = search.exclude(values, idle)
    search.session.maximise(np.zeros(len(values)))
    run = _asked(search, among)
    search.session.bound_rows([row], np.array([-np.inf]), np.array([np.inf]))
    if run.values is None and run.ending == "infeasible" and fractions:
        some = np.zeros(len(values))
        some[fractions] = 1.0
        search.session.maximise(some)
        run = _asked(search, among)
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


def _tie_broken(search: Search, best: Run, ties: Sequence[Goal], among: Boxes | None) -> Run:
    for goal in ties:
        assert best.values is not None
        cost = search.cost(goal)
        search.session.maximise(cost)
        if isinstance(search.session, LossSession):
            search.session.suggest(best.values)
        run = _asked(search, among, absolute_gap(cost))
        if run.ending not in ("optimal", "node_limit"):
            # Stopped by the clock, which differs between machines: what it found so far is not used.
            search.notes.append("tie-break-unfinished")
            return best
        if run.ending == "node_limit":
            search.notes.append("tie-break-unfinished")
        if run.values is not None and cost @ run.values >= cost @ best.values:
            best = run
        search.hold(goal, float(cost @ best.values) if best.values is not None else 0.0)
    return best
