"""Confidential places: figures that are left out of what is shared, such as the terms of a bid.

A place is a pointer in which ``*`` stands for every key or member: ``/candidates/*/private_pledge``. Variants, stresses
by patch, decisions and uncertain numbers may state the same figures again; they are left out with them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optimiser.errors import PointerError
from optimiser.scenario.pointer import join, member, name_of, split

ANY = "*"

RETOLD = (
    ("variants",),
    ("decisions",),
    ("uncertain",),
    ("risk", "stresses", ANY, "patch"),
)
"""Where a figure may be stated a second time."""

Found = tuple[Any, str | int, tuple[str | int, ...]]
"""What holds a place, its key or position there, and the parts of its pointer."""


def places(document: Any, parts: Sequence[str]) -> list[Found]:
    """Every place of the document that the parts lead to.

    Where a value is written in a shorter way than the parts go, as a size that is one number, it is the place.
    """
    return list(_places(document, parts, ()))


def _places(here: Any, parts: Sequence[str], way: tuple[str | int, ...]) -> Iterator[Found]:
    part, *rest = parts
    steps: list[str | int]
    if isinstance(here, dict):
        steps = list(here) if part == ANY else [part] if part in here else []
    else:
        position = member(here, part)
        steps = list(range(len(here))) if part == ANY else [] if position is None else [position]
    for step in steps:
        name = name_of(here, step) if isinstance(here, list) and isinstance(step, int) else step
        if rest and isinstance(here[step], dict | list):
            yield from _places(here[step], rest, (*way, name))
        elif here[step] is not None:
            yield here, step, (*way, name)


def shared(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without its confidential places. What it lacks stands in ``left_out``, so that it is not solved."""
    stated = document.get("confidential")
    patterns = [pointer for pointer in stated if isinstance(pointer, str)] if isinstance(stated, list) else []
    copied: dict[str, Any] = {key: copy.deepcopy(value) for key, value in document.items() if key != "confidential"}
    if not patterns:
        return copied
    found = [place for pattern in patterns for place in places(copied, _parts(pattern))]
    found += [place for parts in RETOLD for place in places(copied, parts)]
    pointers = dict.fromkeys([join(way) for _, _, way in found])
    for holder, step, _ in found:
        # A list keeps its length until all are found: others of its members are known by their position.
        if isinstance(holder, dict):
            holder.pop(step, None)
        else:
            holder[step] = _Gone
    _sweep(copied)
    return copied | {"left_out": sorted({*pointers, *copied.get("left_out", [])})}


def _parts(pattern: str) -> list[str]:
    try:
        return split(pattern) or [ANY]
    except PointerError:
        return [pattern]


class _Gone:
    """Mark of a list member that was left out."""


def _sweep(value: Any) -> None:
    if isinstance(value, list):
        value[:] = [inner for inner in value if inner is not _Gone]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _sweep(inner)
