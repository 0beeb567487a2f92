"""Which sheet and column holds which key: derived from the schema, so that a new key has its column at once.

A place is a path of keys; a name in braces stands for the members of a list (by id) or of an object (by key). Whatever
no sheet covers is a column of the sheet above it, and holds JSON where it is no single value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from optimiser.scenario.schema import scenario_schema

Parts = tuple[str, ...]
Kind = Literal["text", "number", "truth", "ids", "texts", "json"]

SCENARIO = "Scenario"
"""The sheet of keys and values: all that is no table."""

READ_ME = "Read me"
LISTS = "Lists"

PLACES: dict[str, tuple[str, ...]] = {
    "Sources": ("sources/{source}",),
    "Attributes": ("attributes/{attribute}",),
    "Countries": ("countries/{country}",),
    "Tiers": ("fund/tiers/{tier}",),
    "Ceilings": ("fund/tiers/{tier}/ceilings/{ceiling}",),
    "Annual ceilings": ("fund/tiers/{tier}/annual_ceiling/{year}",),
    "Matching": ("fund/matching/{rule}",),
    "Candidates": ("candidates/{candidate}",),
    "Phases": ("candidates/{candidate}/phases/{phase}",),
    "Costs": ("candidates/{candidate}/cost/{year}", "candidates/{candidate}/phases/{phase}/cost/{year}"),
    "Costs since start": ("candidates/{candidate}/phases/{phase}/cost_since_start/{years_since_start}",),
    "Committed": ("candidates/{candidate}/phases/{phase}/committed/{tier}/{year}",),
    "Candidate attributes": (
        "candidates/{candidate}/attributes/{attribute}",
        "candidates/{candidate}/phases/{phase}/attributes/{attribute}",
    ),
    "Returns": ("candidates/{candidate}/return_if_success/{tier}",),
    "Constraints": ("constraints/{rule}",),
    "Plans": ("constraints/{rule}/plan/{candidate}",),
    "Planned money": ("constraints/{rule}/plan_money/{cell}",),
    "Objective terms": ("objective/terms/{term}",),
    "Score weights": ("score/weights/{attribute}",),
    "Score thresholds": ("score/thresholds/{attribute}",),
    "Quotas": ("score/quotas/{quota}",),
    "Swing points": ("score/elicitation/points/{attribute}",),
    "Swing ranges": ("score/elicitation/ranges/{attribute}",),
    "Judgements": ("score/elicitation/judgements/{judgement}",),
    "Stresses": ("risk/stresses/{stress}",),
    "Losses": ("risk/losses/{candidate}/{draw}",),
    "Probabilities": ("risk/probabilities/{draw}",),
    "Variants": ("variants/{variant}",),
    "Uncertain": ("uncertain/{number}",),
}
"""The tables. Two places in one sheet differ in the keys their rows fill: a cost without a phase is the candidate's."""

VALUES = {
    "Annual ceilings": "amount",
    "Costs": "amount",
    "Costs since start": "amount",
    "Committed": "amount",
    "Returns": "return",
    "Plans": "phases",
    "Score weights": "weight",
    "Score thresholds": "at_least",
    "Swing points": "points",
    "Losses": "share",
    "Probabilities": "probability",
}
"""The column of the value where a row holds a single one ("value" elsewhere)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column (of the sheet Scenario: a row).

    path: keys from the row's object to the value; one name for keys of the row itself and single values.
    structured: whether the format has an object or a list here, written as JSON. choices: the values there are.
    """

    path: Parts
    kind: Kind
    unit: str = ""
    meaning: str = ""
    structured: bool = False
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, as the header has it before the unit."""
        return ".".join(self.path)

    @property
    def header(self) -> str:
        """Name and unit."""
        unit = "JSON" if self.kind == "json" else self.unit
        return f"{self.name} [{unit}]" if unit else self.name


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a sheet stand in the document.

    parts: keys and names in braces. lists: those of the braces that are members of a list.
    keys: the columns that say which one: names of the braces, but for the rows of a list. single: rows hold one value.
    """

    parts: Parts
    lists: frozenset[int]
    keys: Parts
    single: bool

    @property
    def is_list(self) -> bool:
        """Whether a row is a member of a list."""
        return len(self.parts) - 1 in self.lists


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its places, the columns of its keys, the columns of its values."""

    name: str
    places: tuple[Place, ...]
    keys: tuple[Column, ...]
    columns: tuple[Column, ...]


@cache
def sheets() -> dict[str, Sheet]:
    """Every sheet by its name; Scenario, which has no place of its own, first."""
    root = tuple(_options(scenario_schema()))
    found = {SCENARIO: Sheet(SCENARIO, (), (), tuple(_columns(root, ())))}
    for name, places in PLACES.items():
        stated = tuple(_place(tuple(place.split("/"))) for place in places)
        keys = dict.fromkeys(key for place in stated for key in place.keys)
        # Candidate before phase before year, whichever place names them.
        longest = max(stated, key=lambda place: len(place.keys)).keys
        ordered = sorted(keys, key=lambda key: longest.index(key) if key in longest else len(longest))
        nodes = _at(stated[0].parts)
        if stated[0].single:
            # The unit of one amount, where the whole is described "by year".
            described = [re.sub(r" by [^\]]*\]$", "]", text) for text in _described(stated[0].parts)]
            columns = [_column((VALUES.get(name, "value"),), nodes, described)]
        else:
            columns = list(_columns(nodes, ()))
        found[name] = Sheet(name, stated, tuple(_key_column(key) for key in ordered), tuple(columns))
    return found


@cache
def place_of() -> dict[Parts, tuple[Sheet, Place]]:
    """Sheet and place by the parts of the place."""
    return {place.parts: (sheet, place) for sheet in sheets().values() for place in sheet.places}


@cache
def braces() -> dict[Parts, str]:
    """What stands below these parts in braces, where tables go through them."""
    return {p[:n]: p[n] for p in place_of() for n in range(len(p)) if is_brace(p[n])}


def is_brace(part: str) -> bool:
    """Whether a part stands for all members."""
    return part.startswith("{")


def bare(part: str) -> str:
    """The name within the braces."""
    return part.strip("{}")


def _key_column(name: str) -> Column:
    unit = {"year": "year", "years_since_start": "years", "country": "country code"}.get(name, "id")
    return Column((name,), "number" if unit.startswith("year") else "text", unit)


def _place(parts: Parts) -> Place:
    lists = frozenset(n for n, part in enumerate(parts) if is_brace(part) and any("items" in o for o in _at(parts[:n])))
    last = len(parts) - 1
    keys = tuple(bare(p) for n, p in enumerate(parts) if is_brace(p) and not (n == last and n in lists))
    return Place(parts, lists, keys, not any("properties" in option for option in _at(parts)))


def _options(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The forms a value may take: references followed, alternatives one by one, null left out."""
    several = node.get("anyOf") or node.get("oneOf")
    if "$ref" in node:
        yield from _options(scenario_schema_cached()["$defs"][node["$ref"].rsplit("/", 1)[1]])
    elif several:
        for option in several:
            yield from _options(option)
    elif node.get("type") != "null":
        yield node


@cache
def scenario_schema_cached() -> dict[str, Any]:
    """The schema, made once."""
    return scenario_schema()


def _at(parts: Parts) -> tuple[dict[str, Any], ...]:
    """The forms of what stands at a place."""
    here = list(_options(scenario_schema_cached()))
    for part in parts:
        below = [_below(option, part) for option in here]
        here = [option for node in below if node is not None for option in _options(node)]
    return tuple(here)


def _below(option: dict[str, Any], part: str) -> dict[str, Any] | None:
    if is_brace(part):
        patterns: list[Any] = list(option.get("patternProperties", {}).values())
        node = option.get("items") or next(iter(patterns), option.get("additionalProperties"))
        return node if isinstance(node, dict) else None
    found: dict[str, Any] | None = option.get("properties", {}).get(part)
    return found


def _described(parts: Parts) -> list[str]:
    """The description of the nearest key above a place that has one."""
    key = max(n for n, part in enumerate(parts) if not is_brace(part))
    nodes = (_below(option, parts[key]) for option in _at(parts[:key]))
    return [node.get("description", "") for node in nodes if node is not None]


def _columns(options: tuple[dict[str, Any], ...], above: Parts, told: tuple[str, ...] = ()) -> Iterator[Column]:
    """A column for each key, and for each key of the objects in it."""
    keys = dict.fromkeys(key for option in options for key in option.get("properties", {}))
    for key in keys:
        nodes = [option["properties"][key] for option in options if key in option.get("properties", {})]
        forms = tuple(form for node in nodes for form in _options(node))
        texts = [node["description"] for node in nodes if "description" in node] or list(told)
        yield _column((*above, key), forms, texts)
        yield from _columns(forms, (*above, key), tuple(texts))


def _column(path: Parts, forms: tuple[dict[str, Any], ...], described: list[str]) -> Column:
    units = dict.fromkeys(m.group(1) for text in described if (m := re.search(r"\[([^\]]+)\]$", text)))
    meanings = dict.fromkeys(re.sub(r"\s*\[[^\]]+\]$", "", text) for text in described)
    kinds = [_kind(form) for form in forms]
    choices: list[str] = [c for form in forms for c in (form.get("enum") or [form.get("const")]) if c is not None]
    plain = not any(kind in ("number", "ids", "texts", "json") for kind in kinds)
    return Column(
        path,
        next((kind for kind in _PREFERRED if kind in kinds), "json"),
        " or ".join(units),
        "; ".join(meanings),
        any("properties" in form or "items" in form or form.get("type") == "object" for form in forms),
        tuple(dict.fromkeys(choices)) if plain and all(isinstance(c, str) for c in choices) else (),
    )


_PREFERRED: tuple[Kind, ...] = ("number", "truth", "ids", "texts", "text", "json")


def _kind(form: dict[str, Any]) -> Kind:
    """How a form is written in a cell."""
    kind = form.get("type")
    if kind in ("number", "integer"):
        return "number"
    if kind == "boolean":
        return "truth"
    if kind == "array":
        item = form.get("items", {})
        if item.get("type") != "string":
            return "json"
        # Sentences have commas in them; ids, tags and codes rarely do.
        return "texts" if item.get("maxLength", 0) > 1000 else "ids"
    if kind == "string" or isinstance(form.get("const"), str) or "enum" in form:
        return "text"
    return "json"
