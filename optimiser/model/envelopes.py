"""Envelopes: how much each tier spends in all, and when (B1, B2)."""

from __future__ import annotations

import math

from optimiser.model.columns import Columns
from optimiser.model.data import Data
from optimiser.model.programme import Programme
from optimiser.plan import EUROS_PER_MILLION
from optimiser.scenario.fund import Tier


def tier_envelope(programme: Programme, data: Data, columns: Columns) -> None:
    """B1  at_least[k] ≤ budget_rate[k] · Σ_{c,p,t} x[c,p,k,t] ≤ size[k].  [EUR million]

    budget_rate is 1, and a guarantee's provision_rate: its size bounds what is set aside for it. The greatest size of a
    revolving tier stands in B3.
    Dual: objective gained per extra EUR million in tier k (≥ 0); lost per EUR million it must spend (≤ 0).
    """
    for tier in data.tiers.values():
        rate = tier.budget_rate
        spent = [(i, rate) for i in columns.x_of_tier[tier.id]]
        if tier.revolving is None:
            programme.at_most("B1", tier.id, "", spent, whole_euros(tier.size.at_most))
        if tier.size.at_least > 0:
            programme.at_least("B1", tier.id, "", spent, tier.size.at_least)


def ceilings(programme: Programme, data: Data, columns: Columns) -> None:
    """B2  Σ over the span of what tier k books ≤ at_most; yearly ceilings cumulate with carry-over.  [EUR million]

    Booked are payments in their year, or all of a phase's money in its first year with a cost; of a guarantee, what is
    set aside for it, budget_rate · x. Where its start is decided, money is booked by start:
    Σ_{t0} b[c,p,k,t0] = Σ_t x[c,p,k,t], b[c,p,k,t0] ≤ Σ_t cost · y[c,p,t0]. Those of a revolving tier stand in B3.
    Dual: objective gained per EUR million by which the ceiling is raised (≥ 0).
    """
    booked_by_start(programme, data, columns)
    for tier in data.tiers.values():
        if tier.revolving is not None:
            continue
        booked = columns.x_booked[tier.id]
        if tier.annual_ceiling is not None:
            cumulated = 0.0
            for t in data.years:
                cumulated += tier.annual_ceiling.get(t, 0.0)
                first = data.years[0] if tier.carry_over else t
                ceiling = cumulated if tier.carry_over else tier.annual_ceiling.get(t, 0.0)
                if booked.get(t):  # a year in which nothing can be booked adds no rule
                    spent = [(i, tier.budget_rate) for year in range(first, t + 1) for i in booked.get(year, ())]
                    programme.at_most("B2", tier.id, str(t), spent, whole_euros(ceiling))
        for span in tier.ceilings:
            spent = [(i, tier.budget_rate) for year in range(span.from_, span.to + 1) for i in booked.get(year, ())]
            programme.at_most("B2", tier.id, f"{span.from_}-{span.to}", spent, whole_euros(span.at_most))


def booked_by_start(programme: Programme, data: Data, columns: Columns) -> None:
    """All money of a tier to a phase whose start is decided belongs to the start it has."""
    for p in data.phases:
        for k, xs in columns.x_of_phase[p.key].items():
            if (k, *p.key) in columns.b:
                of_start = columns.b[k, *p.key]
                paid = [(i, -1.0) for i in xs]
                programme.equal("B2", k, "total", [*((b, 1.0) for b in of_start.values()), *paid], 0)
                for start, b in of_start.items():
                    programme.at_most("B2", k, "total", [(b, 1.0), (columns.y_from[p.key][start], -p.total_cost)], 0)


def most_of_budget(tier: Tier, amount: float) -> float:
    """The most of the tier's money (of a guarantee, amount guaranteed) that uses no more budget than this."""
    return amount / tier.budget_rate if tier.budget_rate > 0 else math.inf


def whole_euros(amount: float) -> float:
    """The amount without what is finer than a euro: plans are in whole euros, so none is lost."""
    if math.isinf(amount):
        return amount
    # A hundredth of a euro of grace: a sum of yearly ceilings is a double, and may lie a trace below its whole euro.
    return math.floor(amount * EUROS_PER_MILLION + 0.01) / EUROS_PER_MILLION
