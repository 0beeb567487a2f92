"""Who loses what: the pool's losses draw by draw for one plan, exactly, by level and by tier.

The model bounds losses by rows; here they are counted again from the plan and the draws by plain arithmetic, and
each level's own loss stands beside the loss that the model bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.findings import Finding
from optimiser.messages import Phrase, percentage
from optimiser.plan import Plan
from optimiser.result.result import FlipPoint, LevelRisk, LimitCheck, LossSummary, Quantile, RiskReport, TierRisk
from optimiser.risk import measures, pool, terms
from optimiser.risk.draws import DEFAULT_SEED, Draws
from optimiser.scenario.fund import Tier
from optimiser.scenario.scenario import Scenario

Array = NDArray[np.float64]

LEVELS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999)
"""Where the distribution of a tier's losses is told: denser where losses are large and rare."""


@dataclass(frozen=True, slots=True, eq=False)
class LossBook:
    """Losses of one plan under the draws (S draws, C candidates, K tiers that bear losses, J levels; EUR million).

    tiers: the pool's, and guarantees. exposure: e[c,k] (C, K), of a guarantee its amount. pool_loss: L[s] (S,).
    by_tier: each tier's own loss (S, K). levels: None with pari passu.
    """

    scenario: Scenario
    draws: Draws
    tiers: tuple[Tier, ...]
    exposure: Array
    lgd: Array
    pool_loss: Array
    by_tier: Array
    levels: pool.Levels | None

    def reaching(self, level: int) -> Array:
        """z[j,s] = max(L[s] − A[j], 0) of a level, by index (S,); with pari passu the tier's own loss."""
        if self.levels is None:
            own: Array = self.by_tier[:, level]
            return own
        attachment = self.levels.attachment(self.exposure.sum(axis=0))
        reaches: Array = np.maximum(self.pool_loss - attachment[level], 0.0)
        return reaches

    def level_index(self, seniority: int) -> int:
        """Index of the level of a seniority."""
        assert self.levels is not None
        return self.levels.seniorities.index(seniority)


def loss_book(scenario: Scenario, plan: Plan, draws: Draws) -> LossBook:
    """Every loss of the plan, draw by draw."""
    tiers = tuple(terms.bearing_tiers(scenario.fund))
    exposure = terms.exposure_of(scenario, plan, tiers)
    lgd = terms.loss_given_failure(tiers)
    lost = pool.pool_loss(draws, exposure, lgd)
    if scenario.fund.loss_sharing == "pari_passu":
        return LossBook(scenario, draws, tiers, exposure, lgd, lost, pool.pari_passu_losses(draws, exposure, lgd), None)
    levels = pool.levels_of(tiers)
    by_tier = pool.waterfall_losses(draws, levels, exposure, lgd)
    return LossBook(scenario, draws, tiers, exposure, lgd, lost, by_tier, levels)


def risk_report(book: LossBook) -> RiskReport:
    """Losses by level and tier, with the limits and hurdles beside them."""
    risk = book.scenario.risk
    assert risk is not None
    exposed = book.exposure.sum(axis=0)
    public = np.array([t.public for t in book.tiers], dtype=bool)
    in_pool = np.array([t.in_pool for t in book.tiers], dtype=bool)
    private = float(exposed[~public & in_pool].sum())
    first = measures.first_loss(book.levels, exposed, public) if book.levels is not None else None
    return RiskReport(
        model=risk.model,
        draws=book.draws.count,
        seed=None if risk.model == "table" else (DEFAULT_SEED if risk.seed is None else risk.seed),
        loss_sharing="waterfall" if book.levels is not None else "pari_passu",
        pool=_summary(book.pool_loss, book.draws.probability, float(exposed[in_pool].sum())),
        first_loss=first,
        private_per_first_loss=measures.mobilised(private, first) if first is not None else None,
        levels=[_level(book, n) for n in range(len(book.levels.seniorities))] if book.levels is not None else [],
        tiers=[_tier(book, n) for n in range(len(book.tiers))],
    )


def own_loss_findings(report: RiskReport | None) -> list[Finding]:
    """Levels that lose more than their limit says, though it holds: it was set on them and all above together."""
    found = []
    for level in report.levels if report is not None else []:
        for limit in level.limits:
            if limit.own_share is not None and limit.own_share > limit.at_most * (1 + 1e-6):
                params = {
                    "tiers": level.tiers,
                    "kind": _kind(limit),
                    "own": percentage(limit.own_share),
                    "at_most": percentage(limit.at_most),
                }
                found.append(Finding("warning", "level-loses-more", f"/fund/tiers/{level.tiers[0]}/limits", params))
    return found


def call_findings(report: RiskReport | None) -> list[Finding]:
    """Guarantees that are called for more than is set aside for them, on average or else in the worst 1 % of cases."""
    found = []
    for tier in report.tiers if report is not None else []:
        if tier.provision is None:
            continue
        enough = tier.provision + measures.HALF_A_EURO
        mean, worst = tier.losses.expected_loss, tier.losses.cvar_99
        if worst > enough:
            code = "calls-beyond-provision" if mean > enough else "worst-calls-beyond-provision"
            params = {"tier": tier.tier, "mean": round(mean, 6), "worst": round(worst, 6), "provision": tier.provision}
            found.append(Finding("warning", code, f"/fund/tiers/{tier.tier}/provision_rate", params))
    return found


def empty_level_findings(report: RiskReport | None) -> list[Finding]:
    """Levels without money whose limit, a share of nothing, lets no loss reach the money above them."""
    found = []
    for level in report.levels if report is not None else []:
        above = report.pool.exposure - level.detachment if report is not None else 0.0
        if level.detachment - level.attachment < measures.HALF_A_EURO and above > measures.HALF_A_EURO:
            for limit in level.limits:
                if limit.of == "level":
                    params = {"tiers": level.tiers, "kind": _kind(limit), "attachment": level.attachment}
                    found.append(Finding("warning", "level-empty", f"/fund/tiers/{level.tiers[0]}/limits", params))
    return found


def may_be_empty_findings(scenario: Scenario) -> list[Finding]:
    """The same said where no plan exists: levels that may stay empty below others, limited by their own money."""
    if scenario.risk is None or scenario.fund.loss_sharing == "pari_passu":
        return []
    in_pool = [t for t in scenario.fund.tiers if t.in_pool]
    top = max((t.seniority or 0 for t in in_pool), default=0)
    found = []
    for t in in_pool:
        own = t.limits is not None and (
            t.limits.expected_loss is not None or (t.limits.cvar is not None and t.limits.cvar.of != "level_and_above")
        )
        together = [other for other in in_pool if other.seniority == t.seniority]
        if own and (t.seniority or 0) < top and all(other.size.at_least == 0 for other in together):
            found.append(Finding("note", "level-may-be-empty", f"/fund/tiers/{t.id}/limits", {"tier": t.id}))
    return found


def _kind(limit: LimitCheck) -> Phrase:
    """What a limit bounds, in words."""
    kind, _, alpha = limit.kind.partition(" ")
    return Phrase(f"limit.{kind}", {"worst": percentage(1 - float(alpha or 0))})


def _summary(losses: Array, probability: Array, exposure: float) -> LossSummary:
    return LossSummary(
        exposure=exposure,
        expected_loss=measures.expected_loss(losses, probability),
        probability_of_loss=measures.probability_of_loss(losses, probability),
        cvar_95=measures.cvar(losses, probability, 0.95),
        cvar_99=measures.cvar(losses, probability, 0.99),
    )


def _level(book: LossBook, n: int) -> LevelRisk:
    assert book.levels is not None
    amount = book.exposure.sum(axis=0)
    probability = book.draws.probability
    thickness = book.levels.thickness(amount)
    own = pool.level_losses(book.pool_loss, thickness)[:, n]
    attachment = float(book.levels.attachment(amount)[n])
    exposed = book.levels.exposure(amount)
    flip = measures.flip_point(attachment, float(exposed.sum()), book.pool_loss, probability, book.exposure @ book.lgd)
    here = [t for t in book.tiers if t.seniority == book.levels.seniorities[n]]
    return LevelRisk(
        seniority=book.levels.seniorities[n],
        tiers=[t.id for t in here],
        attachment=attachment,
        detachment=attachment + float(thickness[n]),
        own=_summary(own, probability, float(thickness[n])),
        reaching=_summary(book.reaching(n), probability, float(thickness[n])),
        flip_point=FlipPoint(flip.pool_loss, flip.share_of_pool, flip.probability, flip.draws, flip.fewest_failures),
        limits=_limits(here[0], book.reaching(n), own, probability, float(exposed[n]), float(exposed[n:].sum())),
    )


def _limits(
    tier: Tier, reaching: Array, own: Array, probability: Array, exposure: float, above: float
) -> list[LimitCheck]:
    """Each limit with what the model bounds (the loss that reaches the level) and the level's own loss beside it."""
    if tier.limits is None:
        return []
    found = []
    if tier.limits.expected_loss is not None:
        bound = measures.expected_loss(reaching, probability)
        exact = measures.expected_loss(own, probability)
        found.append(
            _limit("expected_loss", "level", tier.limits.expected_loss.at_most, bound, exact, exposure, exposure)
        )
    if tier.limits.cvar is not None:
        limit = tier.limits.cvar
        bound = measures.cvar(reaching, probability, limit.level)
        exact = measures.cvar(own, probability, limit.level)
        of = above if limit.of == "level_and_above" else exposure
        found.append(_limit(f"cvar {limit.level:g}", limit.of, limit.at_most, bound, exact, of, exposure))
    return found


def _limit(kind: str, whose: str, at_most: float, bounded: float, own: float, of: float, exposure: float) -> LimitCheck:
    return LimitCheck(
        kind=kind,
        of=whose,
        at_most=at_most,
        bounded_share=bounded / of if of > 0 else None,
        own_share=own / exposure if exposure > 0 else None,
    )


def _tier(book: LossBook, n: int) -> TierRisk:
    tier = book.tiers[n]
    exposure = float(book.exposure[:, n].sum())
    losses = book.by_tier[:, n]
    years = float(terms.holding_years((tier,))[0])
    returns = terms.total_returns(book.scenario, (tier,))[:, 0]
    gain = float(((1.0 - book.draws.mean()) * returns) @ book.exposure[:, n])
    net = gain - measures.expected_loss(losses, book.draws.probability)
    limits = (
        [] if book.levels is not None else _limits(tier, losses, losses, book.draws.probability, exposure, exposure)
    )
    return TierRisk(
        tier=tier.id,
        losses=_summary(losses, book.draws.probability, exposure),
        quantiles=[
            Quantile(level, loss)
            for level, loss in zip(LEVELS, measures.quantiles(losses, book.draws.probability, LEVELS), strict=True)
        ],
        expected_gain=gain,
        expected_yearly_return=terms.yearly_rate(net / exposure, years) if exposure > 0 and tier.in_pool else None,
        hurdle=tier.hurdle,
        limits=limits,
        provision=tier.budget_rate * exposure if tier.is_guarantee else None,
    )
