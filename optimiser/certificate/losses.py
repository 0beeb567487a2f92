"""Losses: hurdles and limits of each level, recomputed draw by draw (R1, R2, R3). W1 is how they are counted.

Draws are doubles, so these sums are too: the allowance holds their noise beside the euro a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.plan import Plan, million
from optimiser.result.result import RuleCheck
from optimiser.risk.draws import Draws
from optimiser.scenario.fund import Tier
from optimiser.scenario.scenario import Scenario

NOISE = 1e-9
"""Of the pool's money: what sums of thousands of doubles may be off."""

Losses = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Level:
    """Tiers that lose together, the loss that reaches them in each draw, their money and all senior money."""

    name: str
    tiers: Sequence[Tier]
    reaches: Losses
    exposure: float
    above: float


def risk_rules(scenario: Scenario, plan: Plan, draws: Draws) -> Iterator[RuleCheck]:
    """R1, R2, R3 of every level that has a hurdle or a limit."""
    money = _money(scenario, plan, draws)
    pool = float(sum(amounts.sum() for amounts in money.values()))
    guaranteed = _guaranteed(scenario, plan)
    bearing = money.keys() | guaranteed.keys()
    cells = sum(1 for (tier, *_), euros in plan.money.items() if euros and tier in bearing)
    for level in _levels(scenario, draws, money, guaranteed):
        for label, violation, weight in _violations(scenario, draws, money, level):
            allowance = weight * cells * 1e-6 + NOISE * pool
            held = max(violation, 0.0)
            yield RuleCheck(
                label, level.name, "" if held <= allowance else level.name, held, allowance, "EUR million", 1
            )


def _money(scenario: Scenario, plan: Plan, draws: Draws) -> dict[str, Losses]:
    """Exposure of each pool tier to each candidate, in the order of the draws.  [EUR million]"""
    place = {c: n for n, c in enumerate(draws.candidates)}
    euros = {t.id: [0] * len(place) for t in scenario.fund.tiers if t.in_pool}
    for (tier, candidate, _, _), amount in plan.money.items():
        if tier in euros and candidate in place:
            euros[tier][place[candidate]] += amount
    return {tier: np.array([million(e) for e in amounts]) for tier, amounts in euros.items()}


def _guaranteed(scenario: Scenario, plan: Plan) -> dict[str, float]:
    """Amount of each guarantee.  [EUR million]"""
    euros = {t.id: 0 for t in scenario.fund.tiers if t.instrument == "guarantee"}
    for (tier, *_), amount in plan.money.items():
        if tier in euros:
            euros[tier] += amount
    return {tier: million(amount) for tier, amount in euros.items()}


def _levels(
    scenario: Scenario, draws: Draws, money: dict[str, Losses], guaranteed: dict[str, float]
) -> Iterator[_Level]:
    """W1  L[s] = Σ_c D[c,s] Σ_k LGD[k] e[c,k]; what reaches level j is max(L[s] − A[j], 0).

    A[j] is all money below, and all guarantees below.
    """
    tiers = [t for t in scenario.fund.tiers if t.in_pool]
    if scenario.fund.loss_sharing == "pari_passu":
        for t in tiers:
            total = float(money[t.id].sum())
            yield _Level(t.id, [t], draws.losses @ (money[t.id] * _lgd(t)), total, total)
        return
    lost = draws.losses @ sum((money[t.id] * _lgd(t) for t in tiers), np.zeros(len(draws.candidates)))
    below = 0.0
    whole = float(sum(money[t.id].sum() for t in tiers))
    for rank in sorted({t.seniority or 0 for t in tiers}):
        here = [t for t in tiers if (t.seniority or 0) == rank]
        own = float(sum(money[t.id].sum() for t in here))
        cover = sum(guaranteed[g.id] for g in scenario.fund.tiers if g.id in guaranteed and (g.seniority or 0) < rank)
        yield _Level(f"level {rank}", here, np.maximum(lost - below - cover, 0.0), own, whole - below)
        below += own


def _violations(
    scenario: Scenario, draws: Draws, money: dict[str, Losses], level: _Level
) -> Iterator[tuple[str, float, float]]:
    """(label, violation, weight of a euro in it) of each rule the level has.  [EUR million]"""
    mean = float(draws.probability @ level.reaches)
    if any(t.hurdle is not None for t in level.tiers):
        # R1  Σ_k Σ_c ((1 − D̄[c]) r[c,k] − h[k]) e[c,k] − Σ_s π[s] z[j,s] ≥ 0
        share = draws.probability @ draws.losses
        gained = 0.0
        for t in level.tiers:
            rates = [_total(c.return_if_success.get(t.id, t.return_if_success or 0.0), t) for c in scenario.candidates]
            gained += float(((1.0 - share) * np.array(rates) - _total(t.hurdle or 0.0, t)) @ money[t.id])
        yield "R1", mean - gained, 10.0
    limits = next((t.limits for t in level.tiers if t.limits is not None), None)
    if limits is not None and limits.expected_loss is not None:
        # R2  Σ_s π[s] z[j,s] ≤ limit · E[j]
        yield "R2", mean - limits.expected_loss.at_most * level.exposure, 1.0
    if limits is not None and limits.cvar is not None:
        # R3  mean of the worst (1 − α) share of what reaches the level ≤ limit · E[j]
        of = level.above if limits.cvar.of == "level_and_above" else level.exposure
        yield "R3", _worst(level.reaches, draws.probability, limits.cvar.level) - limits.cvar.at_most * of, 1.0


def _worst(losses: Losses, probability: Losses, alpha: float) -> float:
    """Mean of the worst (1 − α) share, the draw on the boundary counted in part."""
    left, total = 1.0 - alpha, 0.0
    for n in np.argsort(-losses, kind="stable"):
        part = min(left, float(probability[n]))
        total += part * float(losses[n])
        left -= part
        if left <= 0:
            break
    return total / (1.0 - alpha)


def _lgd(tier: Tier) -> float:
    return 1.0 if tier.loss_given_failure is None else tier.loss_given_failure


def _total(rate: float, tier: Tier) -> float:
    years = 10.0 if tier.holding_years is None else tier.holding_years
    total: float = (1.0 + rate) ** years - 1.0
    return total
