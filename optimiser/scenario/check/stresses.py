"""Stress tests: one kind or one patch each, with the keys it needs and no others."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Scenario, Stress

_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "chip_price_fall": (("share",), ()),
    "delay": (("years",), ()),
    "country_failure": (("country",), ()),
    "budget_refused": (("from",), ("tiers",)),
    "patch": ((), ()),
}
"""Keys a kind of stress needs, and further keys it may have."""


def stresses(s: Scenario) -> Iterator[Finding]:
    """Each stress says one thing, in full, that means something in this scenario."""
    for stress in s.risk.stresses if s.risk is not None else ():
        if (stress.kind is None) == (stress.patch is None):
            found = Phrase("both" if stress.kind is not None else "neither")
            yield _finding(stress, "stress-kind-or-patch", found=found)
            continue
        lacking = list(_keys(stress))
        yield from lacking
        if not lacking:
            yield from _meaning(s, stress)


def _keys(stress: Stress) -> Iterator[Finding]:
    kind = stress.kind or "patch"
    needs, may = _KEYS[kind]
    for key in ("share", "years", "country", "from", "tiers"):
        given = getattr(stress, "from_" if key == "from" else key) is not None
        if key in needs and not given:
            yield _finding(stress, "stress-needs-key", kind=kind, key=key)
        elif given and key not in needs and key not in may:
            yield _finding(stress, "stress-has-no-key", key, kind=kind, key=key)


def _meaning(s: Scenario, stress: Stress) -> Iterator[Finding]:
    assert s.risk is not None
    public = {t.id: t.public for t in s.fund.tiers}
    for tier in stress.tiers or ():
        if not public.get(tier, True):
            yield _finding(stress, "stress-not-public", "tiers", tier=tier)
    if stress.from_ is not None and s.years and stress.from_ not in s.years:
        yield _finding(stress, "year-outside-horizon", "from", year=stress.from_, first=s.years[0], last=s.years[-1])
    if stress.kind == "chip_price_fall" and any(min(d, default=0) < 0 for d in (s.risk.losses or {}).values()):
        yield _finding(stress, "stress-with-gains")
    if stress.kind == "delay" and s.risk.model == "table":
        yield Finding("note", "delay-keeps-table", join(("risk", "stresses", stress.id)))


def _finding(stress: Stress, code: str, *key: str, **params: object) -> Finding:
    return Finding("error", code, join(("risk", "stresses", stress.id, *key)), params)


CHECKS = (stresses,)
