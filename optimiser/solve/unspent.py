"""Why money is left over: for each tier, the most any plan could spend, and the rules that hold it there."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from optimiser.model.build import Model
from optimiser.model.columns import may_pay
from optimiser.model.programme import merged
from optimiser.solve.arrays import Floats
from optimiser.solve.session import Session

EURO = 1e-6
"""One euro in EUR million: less is not more money."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Labels of the rules that keep a tier from spending more, and whether no plan could without another
    tier spending less."""

    labels: tuple[str, ...]
    proven: bool


def kept_by(model: Model, session: Session, values: Floats, time_limit_s: float) -> dict[str, Kept]:
    """For each tier with money left: max Σ x of the tier while no other tier spends less than it does in the plan,
    and no soft rule is broken further.

    First over every plan, whole decisions relaxed: where the tier cannot spend more, the dual names the rules that
    keep it so, and that is a proof. Else over this plan's sites alone; and "objective" says that other sites, or
    more money for these, would be worth less or no more. Starts from the session's last basis, every bound of the
    model put back. A tier is missing where the time did not suffice.
    """
    arrays = session.arrays
    deadline = time.perf_counter() + time_limit_s
    spent = {k: float(values[numbers].sum()) for k, numbers in model.columns.x_of_tier.items() if numbers}
    data = model.data
    tiers = [
        k
        for k, t in data.tiers.items()
        if t.revolving is not None or t.budget_rate * spent.get(k, 0.0) < t.size.at_most - EURO
    ]
    session.bound_columns(np.arange(len(arrays.cost)), arrays.lower, arrays.upper)
    session.bound_rows(np.arange(len(arrays.row_lower)), arrays.row_lower, arrays.row_upper)
    for k, amount in spent.items():
        numbers = model.columns.x_of_tier[k]
        session.add_row(numbers, np.ones(len(numbers)), amount - EURO, np.inf)
    kept: dict[str, Kept] = {}
    for goal in model.soft:
        terms = merged(goal.pairs)
        reached = sum(a * float(values[i]) for i, a in terms.items())
        slack = EURO * min(abs(a) for a in terms.values())
        session.add_row(list(terms), np.array(list(terms.values())), reached - slack, np.inf)
    for k in tiers:
        labels = _binding_labels(model, session, k, spent, deadline)
        if labels is not None:
            kept[k] = Kept(labels, True)
    still_open = [k for k in tiers if k not in kept]
    whole = np.flatnonzero(arrays.integer)
    if still_open and len(whole):
        fixed = np.round(values[whole])
        session.bound_columns(whole, fixed, fixed)
        for k in still_open:
            labels = _binding_labels(model, session, k, spent, deadline)
            kept[k] = Kept((*(labels or ()), "objective"), False)
    return kept | {k: Kept(("objective",), False) for k in still_open if k not in kept}


def _binding_labels(
    model: Model, session: Session, tier: str, spent: dict[str, float], deadline: float
) -> tuple[str, ...] | None:
    """Labels with a price where the tier cannot spend more than it does; None where it could, or time ran out."""
    columns = model.columns.x_of_tier[tier]
    if not columns:
        may_pay_someone = any(may_pay(model.data.tiers[tier], p) for p in model.data.phases)
        return ("F1",) if may_pay_someone else ("S6",)
    cost = np.zeros(len(session.arrays.cost))
    cost[columns] = 1.0
    session.maximise(cost)
    run = session.run(max(deadline - time.perf_counter(), 0.0), method="primal")
    if run.values is None or run.row_dual is None or float(cost @ run.values) > spent[tier] + 10 * EURO:
        return None
    rows = model.programme.rows
    priced = np.flatnonzero(np.abs(run.row_dual[: len(rows)]) > 1e-9)
    return tuple(sorted({rows[i].label for i in priced} - {"W1"}))  # how losses are counted keeps nothing
