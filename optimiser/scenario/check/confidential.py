"""Confidential places lead somewhere; a shared copy, which lacks them, is not solved."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.errors import PointerError
from optimiser.findings import Finding
from optimiser.scenario import confidential
from optimiser.scenario.pointer import split
from optimiser.scenario.scenario import Scenario


def confidential_places(s: Scenario) -> Iterator[Finding]:
    """Every confidential place is one, and not the whole scenario."""
    if not s.confidential:
        return
    document = s.model_dump(mode="json", by_alias=True)
    for n, pattern in enumerate(s.confidential):
        place = f"/confidential/{n}"
        try:
            parts = split(pattern)
        except PointerError as error:
            yield Finding("error", "pointer-leads-nowhere", place, {"reason": error.where})
            continue
        if not parts or parts == [confidential.ANY]:
            yield Finding("error", "confidential-whole", place)
        elif not confidential.places(document, parts):
            yield Finding("error", "confidential-nowhere", place, {"pointer": pattern[:200]})


def left_out(s: Scenario) -> Iterator[Finding]:
    """What was left out of a shared copy is not guessed."""
    if s.left_out:
        yield Finding("error", "left-out", "/left_out", {"count": len(s.left_out), "first": s.left_out[:5]})


CHECKS = (confidential_places,)
EVEN_IN_PARTS = (left_out,)
"""Checks that mean something on a document that lacks parts, too."""
