"""One text for one meaning: canonical JSON (RFC 8785) of a scenario and its SHA-256.

Taken after defaults and without names, descriptions, sources, assumptions, places on the map and what
is confidential, which change no answer: the same question has the same hash, however it was written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
import rfc8785

from optimiser.scenario.scenario import Scenario

_WORDS = frozenset(
    {"name", "description", "sources", "assumptions", "location", "programme", "confidential", "left_out"}
)

_BY_NAME = frozenset(
    {"attributes", "countries", "committed", "return_if_success", "weights", "thresholds", "points", "ranges", "plan"}
)
"""Objects whose keys are the user's own words: an attribute may well be called ``name``."""

_LEAST, _MOST = 1e-4, 2.0**53
"""Sizes between which every way of writing a double as JSON is the same, a whole one as an int."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A scenario's document, words left out. plain: whether any JSON with sorted keys is canonical."""

    document: dict[str, Any]
    plain: bool

    def as_bytes(self) -> bytes:
        """RFC 8785: the same from orjson, in a tenth of the time, but for odd sizes and keys beyond ASCII."""
        if self.plain:
            return orjson.dumps(self.document, option=orjson.OPT_SORT_KEYS)
        return rfc8785.dumps(self.document)

    def sha256(self) -> str:
        """SHA-256 of the bytes, as 64 hexadecimal digits."""
        return hashlib.sha256(self.as_bytes()).hexdigest()


def canonical_of(scenario: Scenario) -> Canonical:
    """The scenario with defaults written out and words left out."""
    odd: list[Any] = []
    dumped = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    return Canonical(_object(dumped, False, odd), not odd)


def canonical_part(scenario: Scenario, name: str) -> tuple[dict[str, Any], bool]:
    """One part of ``canonical_of``: what it writes (nothing where there is none), and whether it is plain."""
    odd: list[Any] = []
    dumped = scenario.model_dump(mode="json", by_alias=True, exclude_none=True, include={name})
    return _object(dumped, False, odd), not odd


def canonical_json(scenario: Scenario) -> bytes:
    """The scenario as RFC 8785 bytes."""
    return canonical_of(scenario).as_bytes()


def scenario_sha256(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return canonical_of(scenario).sha256()


def _object(value: dict[str, Any], named_by_user: bool, odd: list[Any]) -> dict[str, Any]:
    found = {}
    for name, inner in value.items():
        if named_by_user or name not in _WORDS:
            if not name.isascii():
                odd.append(name)
            found[name] = _value(inner, name in _BY_NAME, odd)
    return found


def _value(value: Any, named_by_user: bool, odd: list[Any]) -> Any:
    """The value with its doubles as they are written; what is no plain JSON is put into ``odd``."""
    if isinstance(value, dict):
        return _object(value, named_by_user, odd)
    if isinstance(value, list):
        return [_value(inner, named_by_user, odd) for inner in value]
    if isinstance(value, float):
        if not value % 1 and -_MOST < value < _MOST:
            return int(value)
        if not _LEAST <= abs(value) < _MOST:
            odd.append(value)
    elif isinstance(value, int) and abs(value) > _MOST:
        odd.append(value)
        return float(value)
    return value
