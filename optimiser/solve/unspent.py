"""Why money is left over: for each tier, the most any plan could spend, and the rules that hold it there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from optimiser.model.build import Model
from optimiser.model.columns import may_pay
from optimiser.model.programme import merged
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.options import HUGE
from optimiser.solve.session import Method, Run, Session
from optimiser.solve.vertex import least_prices

EURO = 1e-6
"""One euro in EUR million: less is not more money."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Labels of the rules that keep a tier from spending more, and whether no plan could without another
    tier spending less."""

    labels: tuple[str, ...]
    proven: bool


MOST_ROUNDS = 20
"""Rounds of learning what losses hide, for one tier. On 60 funds of 12 to 76 sites each proof took fewer than 15; where
a tier's spending is flat over many plans, one that hides nothing took up to 1,600, and proves that there is no proof:
the answer is that of this plan's sites, with or without it."""

Solve = Callable[[str, float, Method], Run]
"""Solve what stands in the session: a name for it, seconds, method."""


def kept_by(
    model: Model, session: Session, values: Floats, solve: Solve, time_limit_s: float, anew: bool
) -> dict[str, Kept]:
    """For each tier with money left: max Σ x of the tier while no other tier spends less than it does in the plan,
    and no soft rule is broken further.

    First over every plan, whole decisions relaxed: where the tier cannot spend more, the dual names the rules that
    keep it so, and that is a proof. Else over this plan's sites alone; and "objective" says that other sites, or
    more money for these, would be worth less or no more. Starts from the session's last basis, every bound of the
    model put back. A tier is missing where the time did not suffice; ``MOST_ROUNDS`` ends a proof, not the answer.

    anew: whether the rules are those of the least prices, which do not depend on the way.
    """
    tiers = tiers_with_money_left(model, values)
    if not tiers:
        return {}
    session.most_rounds = MOST_ROUNDS
    asked = _Question(model, session, solve, time.perf_counter() + time_limit_s, anew)
    arrays = session.arrays
    spent = _spent(model, values)
    asked.put_back(arrays)
    rows = []
    for k, amount in spent.items():
        numbers = model.columns.x_of_tier[k]
        rows.append((numbers, amount - EURO))
        session.add_row(numbers, np.ones(len(numbers)), amount - EURO, np.inf)
    asked.stated = arrays.with_sums(rows)
    kept: dict[str, Kept] = {}
    for goal in model.soft:
        terms = merged(goal.pairs)
        reached = sum(a * float(values[i]) for i, a in terms.items())
        slack = EURO * min(abs(a) for a in terms.values())
        session.add_row(list(terms), np.array(list(terms.values())), reached - slack, np.inf)
    for k in tiers:
        labels = _binding_labels(asked, k, spent)
        if labels is not None:
            kept[k] = Kept(labels, True)
    still_open = [k for k in tiers if k not in kept]
    whole = np.flatnonzero(arrays.integer)
    if still_open and len(whole):
        fixed = np.round(values[whole])
        session.bound_columns(whole, fixed, fixed)
        for k in still_open:
            labels = _binding_labels(asked, k, spent)
            kept[k] = Kept((*(labels or ()), "objective"), False)
    return kept | {k: Kept(("objective",), False) for k in still_open if k not in kept}


def tiers_with_money_left(model: Model, values: Floats) -> list[str]:
    """Tiers that could spend more for all their size says; a revolving one has no total to compare."""
    spent = _spent(model, values)
    return [
        k
        for k, t in model.data.tiers.items()
        if t.revolving is not None or t.budget_rate * spent.get(k, 0.0) < t.size.at_most - EURO
    ]


def _spent(model: Model, values: Floats) -> dict[str, float]:
    return {k: float(values[numbers].sum()) for k, numbers in model.columns.x_of_tier.items() if numbers}


@dataclass(slots=True)
class _Question:
    """What is asked of one session. stated: the model with the rows added to it."""

    model: Model
    session: Session
    solve: Solve
    deadline: float
    anew: bool
    stated: Arrays | None = None

    def put_back(self, arrays: Arrays) -> None:
        """Every bound of these columns and rows as it is stated."""
        self.session.bound_columns(np.arange(len(arrays.cost)), arrays.lower, arrays.upper)
        self.session.bound_rows(np.arange(len(arrays.row_lower)), arrays.row_lower, arrays.row_upper)

    def run(self, name: str, method: Method) -> Run:
        """Solve what stands."""
        return self.solve(name, max(self.deadline - time.perf_counter(), 0.0), method)


def _binding_labels(asked: _Question, tier: str, spent: dict[str, float]) -> tuple[str, ...] | None:
    """Labels with a price where the tier cannot spend more than it does; None where it could, or time ran out."""
    model, session, stated = asked.model, asked.session, asked.stated
    assert stated is not None
    columns = model.columns.x_of_tier[tier]
    if not columns:
        may_pay_someone = any(may_pay(model.data.tiers[tier], p) for p in model.data.phases)
        return ("F1",) if may_pay_someone else ("S6",)
    cost = np.zeros(len(session.arrays.cost))
    cost[columns] = 1.0
    session.maximise(cost)
    run = asked.run(f"unspent {tier}", "interior" if len(session.arrays.cost) > HUGE else "primal")
    if run.values is None or run.row_dual is None or float(cost @ run.values) > spent[tier] + 10 * EURO:
        return None
    prices: Floats | None = run.row_dual
    if asked.anew:
        prices = least_prices(session, stated, run.values, partial(asked.run, f"unspent {tier}: prices", "dual"))
        asked.put_back(stated)
    if prices is None:
        return None
    rows = model.programme.rows
    priced = np.flatnonzero(np.abs(prices[: len(rows)]) > 1e-9)
    return tuple(sorted({rows[i].label for i in priced} - {"W1"}))  # how losses are counted keeps nothing
