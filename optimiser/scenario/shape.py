"""From plain dicts to a Scenario: does the document have the shape of the format?

Every disagreement becomes a finding with the pointer a user would write. What disagrees is then taken
out and the rest is read again, so that the checks across the file (ids, references) still run and all
findings come at once.
"""

from __future__ import annotations

import copy
import difflib
from functools import cache, lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.scenario.pointer import join, name_of
from optimiser.scenario.scenario import Scenario

_MOST_ROUNDS = 6
"""How often what disagrees is taken out before the shape is given up."""

_PLACEHOLDERS: dict[tuple[str, ...], Any] = {
    ("fund",): {"tiers": []},
    ("fund", "tiers"): [],
    ("objective",): {"terms": [{"term": "private_money"}]},
    ("objective", "terms"): [{"term": "private_money"}],
    ("candidates",): [],
}
"""Stand-ins for required parts that are missing or of the wrong shape."""

_STAND_INS: dict[str, Any] = {"size": 0, "instrument": "grant"}
"""Stand-ins for required values of a tier, so that its id is still checked."""

_CODES = {
    "missing": "missing-key",
    "extra_forbidden": "unknown-key",
    "finite_number": "not-finite",
    "greater_than_equal": "below-least",
    "greater_than": "not-above",
    "less_than_equal": "above-greatest",
    "less_than": "not-below",
    "too_short": "too-short",
    "string_too_short": "text-empty",
    "string_too_long": "text-too-long",
    "literal_error": "not-a-choice",
    "union_tag_invalid": "unknown-kind",
    "union_tag_not_found": "missing-kind",
    "string_pattern_mismatch": "bad-pattern",
    "bad-year": "bad-year",
    "not-whole": "not-whole",
    "bad-id": "bad-id",
    "too-large": "too-large",
    "too-small": "too-small",
    "too-much-money": "too-much-money",
}


def shape_scenario(document: dict[str, Any]) -> tuple[Scenario | None, bool, list[Finding]]:
    """The scenario, whether it is the whole document, and findings on its shape.

    Where the shape has errors the scenario is what is left without the disagreeing parts: good for
    checks of references, never for solving.
    """
    try:
        return Scenario.model_validate(document), True, []
    except ValidationError as error:
        findings = _findings(error, document)
        rest = copy.deepcopy(document)
        _take_out(error, rest)
    for _ in range(_MOST_ROUNDS):
        try:
            return Scenario.model_validate(rest), False, findings
        except ValidationError as error:
            _take_out(error, rest)
    return None, False, findings


def _findings(error: ValidationError, document: Any) -> list[Finding]:
    found: dict[tuple[str, str], Finding] = {}
    for item in error.errors(include_url=False):
        path = _path(item["loc"], document)
        pointer = join(_named(path, document))
        code = _CODES.get(item["type"], "wrong-type")
        params = {"key": str(path[-1])[:80] if path else "", "found": _shown(item.get("input"))}
        params |= _details(code, item, path, document)
        found.setdefault((pointer, code), Finding("error", code, pointer, params))
    return list(found.values())


def _details(code: str, item: Any, path: list[str | int], document: Any) -> dict[str, Any]:
    context = item.get("ctx") or {}
    match code:
        case "missing-key":
            return {"among": ", ".join(sorted(_at(document, path[:-1]) or {}))[:200] or Phrase("nothing")}
        case "unknown-key":
            known = sorted(_known_keys(path[:-1], document))
            close = _closest(str(path[-1])[:80], tuple(known))
            hint = Phrase("did-you-mean", {"key": close[0]}) if close else Phrase("keys-here", {"keys": known})
            return {"hint": hint}
        case "below-least" | "not-above" | "above-greatest" | "not-below":
            return {"bound": next(iter(context.values()))}
        case "too-short" | "text-empty":
            return {"count": context.get("min_length", 1)}
        case "text-too-long":
            return {"limit": context.get("max_length", 0)}
        case "not-a-choice":
            first, _, last = context.get("expected", "").rpartition(" or ")
            return {"choices": Phrase("choices", {"first": first, "last": last}) if first else last}
        case "unknown-kind":
            return {"tag": str(context.get("tag"))[:80], "choices": context.get("expected_tags", "")}
        case "too-large" | "too-small" | "too-much-money":
            return {"limit": context.get("limit", 0)}
        case "wrong-type":
            return {"expected": Phrase("a-number") if path and path[-1] == "size" else _expected(item["type"])}
        case _:
            return {}


def _expected(kind: str) -> Phrase | str:
    for start, code in (
        ("float", "a-number"),
        ("int", "a-whole-number"),
        ("bool", "a-boolean"),
        ("string", "text"),
        ("list", "a-list"),
        ("dict", "an-object"),
        ("model", "an-object"),
        ("none", "nothing"),
    ):
        if kind.startswith(start):
            return Phrase(code)
    return kind.replace("_", " ")


def _path(location: tuple[int | str, ...], document: Any) -> list[str | int]:
    """The error's place in the document: the validator's own steps (kinds, key marks) left out."""
    path: list[str | int] = []
    here = document
    for depth, part in enumerate(location):
        last = depth == len(location) - 1
        if isinstance(here, list) and isinstance(part, int):
            path.append(part)
            here = here[part] if part < len(here) else None
        elif isinstance(here, dict) and (part in here or (last and isinstance(part, str) and part != "[key]")):
            path.append(part)
            here = here.get(part)
    return path


def _named(path: list[str | int], document: Any) -> list[str | int]:
    named: list[str | int] = []
    here = document
    for part in path:
        named.append(name_of(here, part) if isinstance(here, list) and isinstance(part, int) else part)
        here = _at(here, [part])
    return named


def _at(document: Any, path: list[str | int]) -> Any:
    here = document
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return None
    return here


@cache
def _schema() -> dict[str, Any]:
    """The schema as pydantic makes it, once: it takes a tenth of a second, and a file may have a thousand odd keys."""
    return Scenario.model_json_schema()


@lru_cache(maxsize=1000)
def _closest(key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The known key that a key looks like, or none."""
    return tuple(difflib.get_close_matches(key, known, n=1))


def _known_keys(path: list[str | int], document: Any) -> set[str]:
    """Keys the format knows where ``path`` leads."""
    schema = _schema()
    here: list[dict[str, Any]] = [schema]
    for part in path:
        following: list[dict[str, Any]] = []
        for node in here:
            for option in _options(node, schema):
                if isinstance(part, int):
                    following.append(option.get("items", {}))
                else:
                    known = option.get("properties", {})
                    deeper = known.get(part) or option.get("additionalProperties") or {}
                    following.append(deeper if isinstance(deeper, dict) else {})
        here = following
    kind = (_at(document, path) or {}).get("kind")
    keys: set[str] = set()
    for node in here:
        for option in _options(node, schema):
            properties = option.get("properties", {})
            if kind is None or properties.get("kind", {}).get("const", kind) == kind:
                keys |= properties.keys()
    return keys


def _options(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _options(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
    several = node.get("anyOf") or node.get("oneOf")
    if several:
        return [o for s in several for o in _options(s, schema)]
    return [node]


def _take_out(error: ValidationError, document: dict[str, Any]) -> None:
    """Take what disagrees out of the document, or put a stand-in where the part is required."""
    for item in reversed(error.errors(include_url=False, include_input=False)):
        path = _path(item["loc"], document)
        # The deepest errors come last; a required value that is missing takes its whole part along.
        while path:
            stand_in = _PLACEHOLDERS.get(tuple(str(p) for p in path))
            parent = _at(document, path[:-1])
            if stand_in is not None and isinstance(parent, dict):
                parent[path[-1]] = copy.deepcopy(stand_in)
                break
            if item["type"] == "missing" and path[-1] in _STAND_INS and isinstance(parent, dict):
                parent[path[-1]] = _STAND_INS[str(path[-1])]
                break
            if item["type"] == "missing" and len(path) > 1 and isinstance(parent, dict) and path[-1] not in parent:
                path = path[:-1]
                item = {**item, "type": "gone"}
                continue
            if isinstance(parent, dict) and path[-1] in parent:
                if path[-1] == "id" and item["type"] != "extra_forbidden":
                    path = path[:-1]
                    continue
                del parent[path[-1]]
                break
            if isinstance(parent, list) and isinstance(path[-1], int) and path[-1] < len(parent):
                # Later members keep their position: earlier errors of this round still point at them.
                parent[path[-1]] = _Gone
                break
            break
    _sweep(document)


class _Gone:
    """Mark of a list member that was taken out."""


def _sweep(value: Any) -> None:
    if isinstance(value, dict):
        for child in value.values():
            _sweep(child)
    elif isinstance(value, list):
        value[:] = [v for v in value if v is not _Gone]
        for child in value:
            _sweep(child)


def _shown(value: Any) -> Phrase | str:
    if isinstance(value, dict | list | BaseModel):
        return Phrase("a-list" if isinstance(value, list) else "an-object")
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if value is True or value is False or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:.10g}" if isinstance(value, float) else str(value)[:60]
