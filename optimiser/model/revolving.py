"""Revolving tiers: what is repaid can be spent again (B3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from optimiser.model.columns import Columns
from optimiser.model.data import Data
from optimiser.model.envelopes import whole_euros
from optimiser.model.programme import Programme
from optimiser.scenario.fund import Revolving, Tier

Paid = Mapping[int, list[tuple[str, int]]]
"""By year of payment: candidate and column."""


def repayments(programme: Programme, data: Data, columns: Columns) -> None:
    """B3  Σ_{τ≤t} x[c,p,k,τ] − Σ_{τ<t} R[k,τ] ≤ size[k] for every year t; ceilings alike, for every year t of theirs.

    [EUR million]  R[k,t] = Σ_c (1 − D̄[c]) / years · Σ x[c,p,k,τ] over the τ with τ + grace < t ≤ τ + grace + years. A
    ceiling counts what is booked from its first year a to t, less what came back from a − 1 to t − 1. The ceiling of a
    year t has a = t; with carry-over a is the first year of the horizon, and ceilings cumulate.
    Dual: objective gained per EUR million by which the size or ceiling is raised (≥ 0).
    """
    for tier in data.tiers.values():
        if tier.revolving is None or not data.years:
            continue
        paid: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for (k, c, _, t), i in columns.x.items():
            if k == tier.id:
                paid[t].append((c, i))
        spent = {t: [i for _, i in cells] for t, cells in paid.items()}
        booked = columns.x_booked[tier.id]
        for at, first, last, most in _ceilings(tier, data.years):
            counted = spent if at == "size" else booked
            if counted.get(last):  # a year in which nothing can be spent only has more room
                out = [(i, 1.0) for t in range(first, last + 1) for i in counted.get(t, ())]
                back = _repaid(tier.revolving, data.mean_loss, paid, first - 1, last - 1)
                programme.at_most("B3", tier.id, f"{at}/{last}", [*out, *back], whole_euros(most))


def _ceilings(tier: Tier, years: range) -> list[tuple[str, int, int, float]]:
    """Name, first year, year up to which is counted, and the most: of the size, each year and each span."""
    found = [("size", years[0], t, tier.size.at_most) for t in years]
    if tier.annual_ceiling is not None:
        cumulated = 0.0
        for t in years:
            ceiling = tier.annual_ceiling.get(t, 0.0)
            cumulated += ceiling
            found.append(("year", years[0], t, cumulated) if tier.carry_over else ("year", t, t, ceiling))
    for span in tier.ceilings:
        found += [(f"{span.from_}-{span.to}", span.from_, t, span.at_most) for t in range(span.from_, span.to + 1)]
    return found


def _repaid(
    revolving: Revolving, mean_loss: Mapping[str, float], paid: Paid, first: int, last: int
) -> list[tuple[int, float]]:
    """What came back from ``first`` to ``last``, both included, with a minus."""
    pairs = []
    for t, cells in paid.items():
        begins = t + revolving.grace_years + 1
        parts = min(last, begins + revolving.years - 1) - max(first, begins) + 1
        if parts > 0:
            pairs += [(i, -repaid_share(mean_loss[c]) * parts / revolving.years) for c, i in cells]
    return pairs


def repaid_share(mean_loss: float) -> float:
    """1 − D̄[c], of the principal: a table's gains bring back no more than was paid."""
    return min(1.0 - mean_loss, 1.0)
