"""The figures of the tiers that bear losses, as arrays: what they lose on failure, return, ask for and hold.

K is the number of such tiers, in the order of ``bearing_tiers``; C that of candidates, in the scenario's order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from optimiser.plan import Plan, million
from optimiser.scenario.fund import Fund, Tier
from optimiser.scenario.scenario import Scenario

DEFAULT_HOLDING_YEARS = 10.0
DEFAULT_LOSS_GIVEN_FAILURE = 1.0


def bearing_tiers(fund: Fund) -> list[Tier]:
    """Equity, quasi-equity, loans and guarantees in the order of the file; grants and purchases are spent, not lost."""
    return [tier for tier in fund.tiers if tier.in_pool or tier.instrument == "guarantee"]


def exposure_of(scenario: Scenario, plan: Plan, tiers: Sequence[Tier]) -> NDArray[np.float64]:
    """e[c,k] = Σ_{p,t} x[c,p,k,t]  (C, K)  [EUR million]; of a guarantee, the amount it guarantees.

    Summed in whole euros, then divided once.
    """
    row = {candidate.id: n for n, candidate in enumerate(scenario.candidates)}
    column = {tier.id: n for n, tier in enumerate(tiers)}
    euros: dict[tuple[int, int], int] = {}
    for (tier, candidate, _, _), amount in plan.money.items():
        if tier in column:
            cell = row[candidate], column[tier]
            euros[cell] = euros.get(cell, 0) + amount
    exposure = np.zeros((len(row), len(column)))
    for cell, total in euros.items():
        exposure[cell] = million(total)
    return exposure


def loss_given_failure(tiers: Sequence[Tier]) -> NDArray[np.float64]:
    """LGD[k], share of the exposure lost where a candidate is lost whole  (K,)  [share]; 1 if absent.

    0 for a guarantee: it brings no exposure of its own to the pool.
    """
    absent = DEFAULT_LOSS_GIVEN_FAILURE
    return np.array(
        [0.0 if not k.in_pool else absent if k.loss_given_failure is None else k.loss_given_failure for k in tiers],
        dtype=np.float64,
    )


def holding_years(tiers: Sequence[Tier]) -> NDArray[np.float64]:
    """h[k]  (K,)  [years]; 10 if absent."""
    return np.array(
        [DEFAULT_HOLDING_YEARS if k.holding_years is None else k.holding_years for k in tiers], dtype=np.float64
    )


def total_rate(rate: float, years: float) -> float:
    """(1 + rate)^years − 1: a yearly rate as the total over the years money is held.  [share of the money]"""
    total: float = (1.0 + rate) ** years - 1.0
    return total


def yearly_rate(total: float, years: float) -> float:
    """(1 + total)^(1/years) − 1, the yearly rate that makes the total; −1 where all is lost.  [rate a year]"""
    yearly: float = max(0.0, 1.0 + total) ** (1.0 / years) - 1.0
    return yearly


def total_returns(scenario: Scenario, tiers: Sequence[Tier]) -> NDArray[np.float64]:
    """r[c,k], total return over the holding years where the candidate succeeds  (C, K)  [share of the money].

    The candidate's own yearly rate replaces the tier's; 0 where neither is stated, and for a guarantee.
    """
    years = holding_years(tiers)
    returns = np.zeros((len(scenario.candidates), len(tiers)))
    for n, candidate in enumerate(scenario.candidates):
        for m, tier in enumerate(tiers):
            if tier.in_pool:
                rate = candidate.return_if_success.get(tier.id, tier.return_if_success or 0.0)
                returns[n, m] = total_rate(rate, float(years[m]))
    return returns


def total_hurdles(tiers: Sequence[Tier]) -> NDArray[np.float64]:
    """h[k], the hurdle as a total over the holding years  (K,)  [share of the money]; 0 where none is stated.

    Whether a level has a hurdle at all is ``any(tier.hurdle is not None ...)``: a hurdle of 0 asks that nothing is lost
    on average, none asks nothing.
    """
    years = holding_years(tiers)
    return np.array([total_rate(k.hurdle or 0.0, float(h)) for k, h in zip(tiers, years, strict=True)])
