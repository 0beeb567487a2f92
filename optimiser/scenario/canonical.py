"""One text for one meaning: canonical JSON (RFC 8785) of a scenario and its SHA-256.

Taken after defaults and without names, descriptions, sources, assumptions and places on the map, which
change no answer: the same question has the same hash, however it was written.
"""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from optimiser.scenario.scenario import Scenario

_WORDS = frozenset({"name", "description", "sources", "assumptions", "location", "programme"})


def canonical_json(scenario: Scenario) -> bytes:
    """The scenario as RFC 8785 bytes, defaults written out, words left out."""
    return rfc8785.dumps(_without_words(scenario.model_dump(mode="json", by_alias=True, exclude_none=True), ()))


def scenario_sha256(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(scenario)).hexdigest()


_BY_NAME = frozenset(
    {"attributes", "countries", "committed", "return_if_success", "weights", "thresholds", "points", "ranges", "plan"}
)
"""Objects whose keys are the user's own words: an attribute may well be called ``name``."""


def _without_words(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        named_by_user = bool(path) and path[-1] in _BY_NAME
        return {k: _without_words(v, (*path, k)) for k, v in value.items() if named_by_user or k not in _WORDS}
    if isinstance(value, list):
        return [_without_words(v, path) for v in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 else value
