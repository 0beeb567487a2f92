"""Attributes of candidates: on the candidate they count once, with the first phase; on a phase, with that phase."""

from __future__ import annotations

from optimiser.plan import exact
from optimiser.scenario.candidate import Candidate, Phase


def value_with(c: Candidate, p: Phase, attribute: str) -> float:
    """What funding this phase adds to the attribute's total, 0 where it has none."""
    own = c.attributes.get(attribute, 0.0) if p.id == c.all_phases[0].id else 0.0
    return own + p.attributes.get(attribute, 0.0)


def value_up_to(c: Candidate, attribute: str, phase: str | None) -> float | None:
    """The attribute summed over the phases up to and including ``phase`` (all if None).

    None where the candidate has neither the attribute nor the phase.
    """
    phases = c.all_phases
    if phase is not None:
        ids = [p.id for p in phases]
        if phase not in ids:
            return None
        phases = phases[: ids.index(phase) + 1]
    if attribute in c.attributes:
        return c.attributes[attribute]
    if not any(attribute in p.attributes for p in c.all_phases):
        return None
    return float(sum(exact(p.attributes.get(attribute, 0.0)) for p in phases))
