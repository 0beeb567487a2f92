"""What the format knows and this version does not honour yet is refused, never ignored."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.findings import Finding
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Scenario


def not_honoured(s: Scenario) -> Iterator[Finding]:
    """Keys whose meaning is not built."""
    for place in _places(s):
        yield Finding("error", "not-honoured", join(place), {"key": str(place[-1])})
    for t in s.fund.tiers:
        if t.instrument == "guarantee":
            yield Finding(
                "error", "instrument-not-honoured", join(("fund", "tiers", t.id)), {"instrument": t.instrument}
            )
    for r in s.constraints:
        if r.kind == "stay_close":
            yield Finding("error", "kind-not-honoured", join(("constraints", r.id)), {"kind": r.kind})


def _places(s: Scenario) -> Iterator[tuple[str | int, ...]]:
    for t in s.fund.tiers:
        for key in ("revolving", "covers", "cover_share", "provision_rate"):
            if getattr(t, key) is not None:
                yield ("fund", "tiers", t.id, key)
    for m in s.fund.matching:
        if m.soft is not None:
            yield ("fund", "matching", m.id, "soft")
    for r in s.constraints:
        if r.soft is not None:
            yield ("constraints", r.id, "soft")


CHECKS = (not_honoured,)
