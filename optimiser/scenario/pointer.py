"""Pointers: one syntax for places in a scenario, in findings, ``--set``, patches and sweeps.

``/fund/tiers/union/size``: keys and list members joined by slashes; a list member is named by its id, or
by its position where it has none. ``~1`` stands for a slash and ``~0`` for a tilde inside a name (RFC 6901).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from optimiser.errors import PointerError
from optimiser.messages import Phrase


def join(parts: Iterable[str | int]) -> str:
    """The pointer of these keys, ids and positions."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def split(pointer: str) -> list[str]:
    """The parts of a pointer.

    Errors: PointerError if it is not empty and does not start with a slash.
    """
    if pointer in ("", "/"):
        return []
    if not pointer.startswith("/"):
        raise PointerError(Phrase("pointer.no-slash", {"pointer": repr(pointer)}))
    return [p.replace("~1", "/").replace("~0", "~") for p in pointer[1:].split("/")]


def member(items: Sequence[Any], name: str) -> int | None:
    """Position of the list member called ``name``: by id, else by position."""
    for position, item in enumerate(items):
        if isinstance(item, dict) and item.get("id") == name:
            return position
    if name.isascii() and name.isdigit() and int(name) < len(items):
        return int(name)
    return None


def name_of(items: Sequence[Any], position: int) -> str | int:
    """The name by which a pointer addresses a list member: its id if that is unique, else its position."""
    item = items[position] if position < len(items) else None
    if isinstance(item, dict) and isinstance(item.get("id"), str):
        name: str = item["id"]
        if sum(isinstance(i, dict) and i.get("id") == name for i in items) == 1:
            return name
    return position


def place(document: Any, parts: Sequence[str], missing: Any = ...) -> Any:
    """What stands at these parts of a document of dicts and lists; ``missing`` where nothing does, if it is given.

    Errors: PointerError where the way leads nowhere and nothing is given for that.
    """
    here = document
    for depth, part in enumerate(parts):
        try:
            here = _step(here, part, list(parts[: depth + 1]))
        except PointerError:
            if missing is ...:
                raise
            return missing
    return here


def value_at(document: Any, pointer: str) -> Any:
    """What stands at ``pointer``.

    Errors: PointerError where the way leads nowhere, saying which part.
    """
    return place(document, split(pointer))


def set_value(document: Any, pointer: str | Sequence[str], value: Any) -> None:
    """Put ``value`` at ``pointer`` (or its parts) into a document of dicts and lists, in place.

    The last key may be new; everything before it must exist.
    Errors: PointerError where the way leads nowhere, saying which part.
    """
    parts = split(pointer) if isinstance(pointer, str) else list(pointer)
    if not parts:
        raise PointerError(Phrase("pointer.whole"))
    here = place(document, parts[:-1])
    last = parts[-1]
    if isinstance(here, dict):
        here[last] = value
    elif isinstance(here, list):
        here[_position(here, last, parts)] = value
    else:
        raise PointerError(Phrase("pointer.value", {"place": join(parts[:-1]), "name": repr(last)}))


def keys_to(document: Any, pointer: str) -> tuple[str | int, ...]:
    """The keys and positions by which ``pointer`` leads to its place, for documents of one shape.

    Errors: PointerError where the way to the last part leads nowhere.
    """
    parts, here = split(pointer), document
    keys: list[str | int] = []
    for depth, part in enumerate(parts):
        keys.append(_position(here, part, parts[: depth + 1]) if isinstance(here, list) else part)
        if depth + 1 < len(parts):
            here = _step(here, part, parts[: depth + 1])
    return tuple(keys)


def _step(here: Any, part: str, way: list[str]) -> Any:
    if isinstance(here, dict):
        if part not in here:
            raise PointerError(Phrase("pointer.not-there", {"place": join(way), "known": _some(here)}))
        return here[part]
    if isinstance(here, list):
        return here[_position(here, part, way)]
    raise PointerError(Phrase("pointer.value", {"place": join(way[:-1]), "name": repr(part)}))


def _position(items: list[Any], part: str, way: list[str]) -> int:
    position = member(items, part)
    if position is None:
        names = [i["id"] for i in items if isinstance(i, dict) and isinstance(i.get("id"), str)]
        known = _some(names) or Phrase("pointer.positions", {"last": len(items) - 1})
        raise PointerError(Phrase("pointer.not-there", {"place": join(way), "known": known}))
    return position


def _some(names: Iterable[str], most: int = 12) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
