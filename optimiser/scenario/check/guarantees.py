"""Guarantees: what they need, what they cover, and whether anything asks for them (GU)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quicktions import Fraction

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.plan import exact
from optimiser.scenario.fund import Tier
from optimiser.scenario.pointer import join
from optimiser.scenario.rules import AwardRule, MoneyRule
from optimiser.scenario.scenario import Scenario


def _error(code: str, *place: str | int, **params: object) -> Finding:
    return Finding("error", code, join(place), params)


def guarantee_keys(s: Scenario) -> Iterator[Finding]:
    """A guarantee says what it covers and up to which share, matches nobody, and covers money of the pool."""
    tiers = {t.id: t for t in s.fund.tiers}
    for g in _guarantees(s):
        here = ("fund", "tiers", g.id)
        for key in ("covers", "cover_share"):
            if getattr(g, key) is None:
                yield _error("guarantee-needs-key", *here, tier=g.id, key=key)
        for k in dict.fromkeys(g.covers or ()):
            if k in tiers and not tiers[k].in_pool:
                yield _error("covers-no-losses", *here, "covers", tier=k, instrument=tiers[k].instrument)
        if g.size.at_least > 0 and g.budget_rate == 0:
            yield _error("provision-of-nothing", *here, "size", at_least=g.size.at_least)
    for m in s.fund.matching:
        for side in ("tiers", "of"):
            for k in dict.fromkeys(getattr(m, side)):
                if k in tiers and tiers[k].is_guarantee:
                    yield _error("guarantee-in-matching", "fund", "matching", m.id, side, tier=k)


def covered_once(s: Scenario) -> Iterator[Finding]:
    """No euro is covered twice: the shares of the guarantees that cover a tier sum to 1 at most."""
    for t in s.fund.tiers:
        covering = [g for g in _guarantees(s) if t.id in (g.covers or ())]
        total = sum((exact(g.cover_share or 0.0) for g in covering), Fraction(0))
        if total > 1:
            yield _error(
                "covered-twice",
                *("fund", "tiers", covering[-1].id, "cover_share"),
                tier=t.id,
                guarantees=[g.id for g in covering],
                share=float(total),
            )


def order_of_cover(s: Scenario) -> Iterator[Finding]:
    """In a waterfall a guarantee has its own place, and covers exactly the tiers of the pool that stand above it."""
    guarantees = _guarantees(s)
    if s.risk is None or not guarantees:
        return
    if s.fund.loss_sharing == "pari_passu":
        for g in guarantees:
            yield _error("guarantee-without-order", "fund", "tiers", g.id, tier=g.id)
        return
    for g in guarantees:
        here = ("fund", "tiers", g.id)
        if g.seniority is None:
            yield _error("seniority-missing", *here, tier=g.id)
        beside = [t.id for t in s.fund.tiers if t.in_pool and t.seniority == g.seniority is not None]
        if beside:
            yield _error("guarantee-beside-pool", *here, "seniority", seniority=g.seniority, tiers=beside)
    pairs = misplaced_cover(s.fund.tiers)
    for g in guarantees:
        wrong = [k for guarantee, k in pairs if guarantee == g.id]
        if wrong and g.covers is not None:
            above = [t.id for t in s.fund.tiers if t.in_pool and (t.seniority or 0) > (g.seniority or 0)]
            yield _error(
                "misplaced-cover", "fund", "tiers", g.id, "covers", tiers=wrong, above=above or Phrase("no-tier")
            )


def misplaced_cover(tiers: Sequence[Tier]) -> list[tuple[str, str]]:
    """(guarantee, pool tier) where the order of losses and ``covers`` disagree.

    In the waterfall a guarantee shelters every tier more senior than itself, and no other; so a tier that is more
    senior and not covered counts as safer than it is, and one that is covered and not more senior as less safe.
    """
    pairs = []
    for guarantee in tiers:
        if guarantee.in_pool or guarantee.seniority is None:
            continue
        for tier in tiers:
            if tier.in_pool and tier.seniority is not None:
                sheltered = tier.seniority > guarantee.seniority
                if sheltered != (tier.id in (guarantee.covers or [])):
                    pairs.append((guarantee.id, tier.id))
    return pairs


def needed(s: Scenario) -> Iterator[Finding]:
    """A guarantee that no limit, hurdle, term or rule asks for stays at nothing, since it costs money."""
    for g in _guarantees(s):
        if not _asked_for(s, g):
            yield Finding("warning", "guarantee-not-needed", join(("fund", "tiers", g.id)), {"tier": g.id})


def _asked_for(s: Scenario, g: Tier) -> bool:
    covered = [t for t in s.fund.tiers if t.id in (g.covers or ())]
    ranks = {t.seniority for t in covered}
    return (
        any(t.limits is not None or t.hurdle is not None for t in covered)
        or any(
            t.term in ("expected_loss", "cvar") and t.level in ranks and t.level is not None for t in s.objective.terms
        )
        or any(t.tier == g.id and t.maximised for t in s.objective.terms)
        or any(isinstance(r, MoneyRule | AwardRule) and g.id in (r.tiers or ()) for r in s.constraints)
        or any(g.id in p.committed for c in s.candidates for p in c.all_phases)
        or g.id in (s.fund.tier_order or ())
        or g.size.at_least > 0
    )


def _guarantees(s: Scenario) -> list[Tier]:
    return [t for t in s.fund.tiers if t.is_guarantee]


CHECKS = (guarantee_keys, covered_once, order_of_cover, needed)
