"""Who belongs to a group (``of``, ``eligible``): keys intersect, entries in a list are alternatives."""

from __future__ import annotations

from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.fund import Group


def countries_of(candidate: Candidate, phase: Phase | None = None) -> list[str]:
    """Where the phase stands: its own country, else all countries of the candidate."""
    if phase is not None and phase.country is not None:
        return [phase.country]
    return candidate.all_countries


def belongs(group: Group | None, candidate: Candidate, phase: Phase | None = None) -> bool:
    """Whether the candidate (with this phase's country, if one is given) belongs to the group."""
    if group is None:
        return True
    if group.candidates is not None and candidate.id not in group.candidates:
        return False
    if group.tags is not None and not set(group.tags) & set(candidate.tags):
        return False
    return group.countries is None or bool(set(group.countries) & set(countries_of(candidate, phase)))
