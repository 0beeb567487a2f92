"""Grant equivalents: what public money amounts to if it were all given away, by award."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from quicktions import Fraction

from optimiser.plan import EUROS_PER_MILLION, Plan, million
from optimiser.result.measures import funded_phases
from optimiser.result.result import CandidateAid, GrantEquivalents, NotCounted
from optimiser.risk import measures, terms
from optimiser.risk.draws import Draws
from optimiser.scenario.fund import SPENT_INSTRUMENTS, Tier
from optimiser.scenario.scenario import Scenario

FORMULA = "max(0, e − e·(1 − D̄·LGD + (1 − D̄)·((1 + return)^years − 1)) / (1 + reference_rate)^years)"
"""Of an award e that is repaid in one sum after the tier's holding years; D̄ the mean share lost."""


def grant_equivalents(scenario: Scenario, plan: Plan, draws: Draws | None) -> GrantEquivalents:
    """The grant equivalent of every award of a public tier, to the euro, each from the year it is paid.

    draws: of the scenario's risk model; without one, D̄ is the failure probability (0 where none is stated).
    """
    stated = scenario.fund.reference_rate
    rate = None if stated is None else stated.rate
    public = [t for t in scenario.fund.tiers if t.public]
    paid = _paid(plan, {t.id for t in public})
    given = {t.id: _given(scenario, t, paid, draws, rate) for t in public}
    due: dict[str, int | Fraction] = defaultdict(int)
    for c, p, y in funded_phases(scenario, plan):
        due[c.id] += p.total_euros if y == 1 else p.total_euros * y
    candidates = []
    for c in scenario.candidates:
        by_tier = {k: by[c.id] for k, by in given.items() if by is not None and c.id in by}
        cost = due.get(c.id, 0)
        if cost or by_tier:
            given_to = sum(by_tier.values())
            share = float(given_to / cost) if cost else None  # of integers correctly rounded, of fractions exact
            aid = {k: million(e) for k, e in by_tier.items()}
            candidates.append(CandidateAid(c.id, aid, million(given_to), million(cost), share))
    return GrantEquivalents(
        reference_rate=rate,
        formula=FORMULA,
        total=million(sum(sum(by.values()) for by in given.values() if by is not None)),
        candidates=candidates,
        not_counted=[
            NotCounted(k.id, "guarantee" if k.instrument == "guarantee" else "no-reference-rate")
            for k in public
            if given[k.id] is None
        ],
    )


def _paid(plan: Plan, tiers: set[str]) -> dict[tuple[str, str], int]:
    """Money by (tier, candidate) [euros]."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for (k, c, _, _), euros in plan.money.items():
        if k in tiers:
            paid[k, c] += euros
    return paid


def _given(
    scenario: Scenario, tier: Tier, paid: dict[tuple[str, str], int], draws: Draws | None, rate: float | None
) -> dict[str, int] | None:
    """The tier's grant equivalents by candidate [euros]; None where there is no way to count them."""
    awards = {c.id: paid[tier.id, c.id] for c in scenario.candidates if (tier.id, c.id) in paid}
    if tier.instrument in SPENT_INSTRUMENTS:
        return awards
    if rate is None or not tier.in_pool:
        return None
    nominal = np.array([million(awards.get(c.id, 0)) for c in scenario.candidates])
    repaid = measures.expected_repayment(
        nominal,
        _mean_loss(scenario, draws),
        terms.loss_given_failure((tier,)),
        terms.total_returns(scenario, (tier,))[:, 0],
    )
    aid = measures.grant_equivalent(nominal, repaid, rate, terms.holding_years((tier,)))
    by_candidate = dict(zip((c.id for c in scenario.candidates), aid.tolist(), strict=True))
    return {c: round(by_candidate[c] * EUROS_PER_MILLION) for c in awards}


def _mean_loss(scenario: Scenario, draws: Draws | None) -> NDArray[np.float64]:
    if draws is not None:
        return draws.mean()
    return np.array([c.failure_probability or 0.0 for c in scenario.candidates])
