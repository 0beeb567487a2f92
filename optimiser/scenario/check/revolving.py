"""Revolving tiers: what they do not go together with, and what their repayments assume (B3)."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.findings import Finding
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import belongs
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Scenario


def exposure_in_time(s: Scenario) -> Iterator[Finding]:
    """Limits, hurdles and terms on losses take exposure as one number; that of a revolving tier changes by year."""
    places: list[tuple[str | int, ...]] = []
    for t in s.fund.tiers:
        places += [("fund", "tiers", t.id, key) for key in ("hurdle", "limits") if getattr(t, key) is not None]
    places += [
        ("objective", "terms", n) for n, t in enumerate(s.objective.terms) if t.term in ("expected_loss", "cvar")
    ]
    for tier in _revolving(s):
        for place in places:
            yield Finding("error", "revolving-with-losses", join(place), {"tier": tier.id})


def repayments(s: Scenario) -> Iterator[Finding]:
    """What repayments assume of failures, and whether any of them can be spent again."""
    for t in _revolving(s):
        here = join(("fund", "tiers", t.id, "revolving"))
        code = "repaid-in-full" if s.risk is None else "exposed-at-once"
        yield Finding("note", code, here, {"tier": t.id})
        paid = [
            year
            for c in s.candidates
            for p in c.all_phases
            if belongs(t.eligible, c, p)
            for cost in p.schedules().values()
            for year in cost
        ]
        assert t.revolving is not None
        back = min(paid, default=0) + t.revolving.grace_years + 2
        if paid and back > max(paid):
            yield Finding("warning", "repaid-too-late", here, {"tier": t.id, "year": back, "last": max(paid)})


def _revolving(s: Scenario) -> list[Tier]:
    return [t for t in s.fund.tiers if t.revolving is not None]


CHECKS = (exposure_in_time, repayments)
