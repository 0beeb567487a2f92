"""Other plans as good, or nearly: each as far as possible from those before it, within a stated loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimiser.explain.answer import Alternative
from optimiser.explain.inquiry import Inquiry, Standing, forced
from optimiser.model.build import Model
from optimiser.model.objective import Goal
from optimiser.model.programme import merged
from optimiser.solve.options import FEASIBILITY_TOLERANCE


def alternatives(inquiry: Inquiry, count: int, within: float) -> tuple[list[Alternative], bool]:
    """Up to ``count`` plans of which no stage of the objective loses more than the share ``within``, and whether the
    search came to its end.

    Each maximises the number of candidates in which it differs from all plans before it, added up; among those as far,
    the objective. A plan found before is excluded. Divisible candidates do not count: a fraction is no other plan.
    """
    found: list[Alternative] = []
    plans: list[Standing] = [inquiry.base]
    for _ in range(count):
        known = [set(p.funded) for p in plans]
        standing = inquiry.best(also=lambda model, known=known: _apart(model, inquiry, known, within))  # type: ignore[misc]
        if standing is None or standing.possible is None:
            return found, False
        if not standing.possible:
            return found, True
        plans.append(standing)
        found.append(_alternative(inquiry, standing))
    return found, True


def _apart(model: Model, inquiry: Inquiry, known: Sequence[set[str]], within: float) -> Model:
    """The model that keeps the objective but for ``within``, differs from every plan known, and by as much as it can.

    Σ_{c in the plan} (1 − y[c,1]) + Σ_{c not in it} y[c,1] ≥ 1 for each; their sum is the first goal.
    """
    for goal, value in zip(model.goals, inquiry.base.stages[-len(model.goals) :], strict=True):
        terms = merged(goal.pairs)
        if terms:
            least = value - within * abs(value) - max(FEASIBILITY_TOLERANCE, 1e-9 * abs(value))
            model.programme.at_least("forced", "objective", goal.name, terms.items(), least)
    firsts = {c: model.columns.y[phases[0].key] for c, phases in model.data.phases_of.items()}
    whole = {c: y for c, y in firsts.items() if model.programme.integer[y]}
    apart: list[tuple[int, float]] = []
    for n, plan in enumerate(known):
        distance = [(y, -1.0 if c in plan else 1.0) for c, y in whole.items()]
        in_plan = sum(c in plan for c in whole)
        model.programme.at_least("forced", "apart", str(n), distance, 1.0 - in_plan)
        apart += distance
    if not whole:  # nothing is decided as a whole: there is no other plan
        return forced(model, (), list(firsts))
    goals = (Goal("apart", tuple(merged(apart).items())), *model.goals)
    model.programme.maximise(goals[0].pairs)
    return replace(model, goals=goals)


def _alternative(inquiry: Inquiry, standing: Standing) -> Alternative:
    comes_in = [c for c in standing.funded if c not in inquiry.funded]
    drops_out = [c for c in inquiry.funded if c not in standing.funded]
    changes = len(comes_in) + len(drops_out)
    return Alternative(list(standing.funded), comes_in, drops_out, changes, inquiry.changes(standing), standing.proven)
