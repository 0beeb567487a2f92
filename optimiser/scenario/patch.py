"""Patches: what a variant, a stress or a sweep changes in a scenario.

A patch has the shape of the part it changes; a member of a list is named by its id, as in a pointer:
``{"fund": {"tiers": {"union": {"size": 1000}}}}``. A key that starts with a slash is a pointer:
``{"/fund/tiers/union/size": 1000}``. Objects are merged; everything else, lists included, replaces what
stood there, and null sets null. A key of an object may be new; a list member must exist.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from optimiser.scenario.pointer import place, set_value, split


def patched(document: Any, patch: Mapping[str, Any]) -> Any:
    """The document with the patch in it; neither is changed. What the patch does not touch is shared, not copied.

    Errors: PointerError where the patch leads nowhere, saying which part.
    """
    changed = copy.copy(document)
    for key, value in patch.items():
        parts = tuple(split(key)) if key.startswith("/") else (key,)
        _put(changed, parts, copy.deepcopy(value))
    return changed


def with_values(document: Any, places: Sequence[tuple[str | int, ...]], values: Sequence[Any]) -> Any:
    """The document with these values at these places (``keys_to``); what no place leads through is shared."""
    changed = copy.copy(document)
    own: dict[tuple[str | int, ...], Any] = {(): changed}
    for keys, value in zip(places, values, strict=True):
        for depth in range(1, len(keys)):
            way = keys[:depth]
            if way not in own:
                above = own[way[:-1]]
                own[way] = above[way[-1]] = copy.copy(above[way[-1]])
        own[keys[:-1]][keys[-1]] = value
    return changed


def _put(document: Any, parts: tuple[str, ...], value: Any) -> None:
    """Merge ``value`` into what stands at ``parts``, or set it there."""
    here = place(document, parts, missing=None)
    if isinstance(value, Mapping) and isinstance(here, Mapping | list):
        for key, part in value.items():
            _put(document, (*parts, str(key)), part)
    else:
        _own(document, parts[:-1])
        set_value(document, parts, value)


def _own(document: Any, parts: tuple[str, ...]) -> None:
    """Put copies in place of the objects and lists on the way, as far as it leads."""
    for n in range(1, len(parts) + 1):
        here = place(document, parts[:n], missing=None)
        if not isinstance(here, dict | list):
            return
        set_value(document, parts[:n], copy.copy(here))
