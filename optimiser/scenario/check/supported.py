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


def _places(s: Scenario) -> Iterator[tuple[str | int, ...]]:
    if s.decisions is not None:
        yield ("decisions",)
    if s.uncertain:
        yield ("uncertain",)


CHECKS = (not_honoured,)
