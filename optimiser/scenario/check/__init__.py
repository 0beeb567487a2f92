"""Checks across the file, each a function that yields findings.

``references``: every id named exists, once. ``rules``: bounds, keys and locks that contradict each other.
``starts``: windows of start years.
``risk``: the loss model, and what needs it. ``stresses``: stress tests. ``guarantees``: what they cover, and in which
order. ``revolving``: what repayments assume. ``studies``: variants, decisions and uncertain numbers.
``score``: how its weights were asked for. ``confidential``: what is left out of shared copies.
``plausible``: what cannot work or means little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from optimiser.findings import Finding
from optimiser.scenario.check import (
    confidential,
    guarantees,
    plausible,
    references,
    revolving,
    risk,
    rules,
    score,
    starts,
    stresses,
    studies,
)
from optimiser.scenario.scenario import Scenario

Check = Callable[[Scenario], Iterator[Finding]]

REFERENCE_CHECKS: tuple[Check, ...] = (*references.CHECKS, *confidential.EVEN_IN_PARTS)
"""Checks that also mean something on a document parts of which were taken out."""

CHECKS: tuple[Check, ...] = (
    *REFERENCE_CHECKS,
    *rules.CHECKS,
    *starts.CHECKS,
    *risk.CHECKS,
    *stresses.CHECKS,
    *guarantees.CHECKS,
    *revolving.CHECKS,
    *studies.CHECKS,
    *score.CHECKS,
    *confidential.CHECKS,
    *plausible.CHECKS,
)


def check_scenario(scenario: Scenario, checks: tuple[Check, ...] = CHECKS) -> list[Finding]:
    """Every finding of every check, in their order."""
    return [finding for check in checks for finding in check(scenario)]
