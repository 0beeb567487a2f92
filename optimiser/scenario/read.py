"""From bytes to plain dicts and lists: JSON, YAML or a workbook, strict, with every refusal a finding.

Keys that stand twice, numbers beyond a double and documents nested too deeply are refused here; NaN
and infinity pass through to the schema, which knows where they stand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from optimiser.findings import Finding
from optimiser.messages import type_of

GREATEST_DEPTH = 60
"""Levels of nesting; the format needs ten."""

GREATEST_FILE = 50_000_000
"""Bytes. A scenario of 10,000 sites has about 15 MB."""


def read_file(path: Path) -> tuple[Any, list[Finding]]:
    """The document in a file (``.json``, ``.yaml``, ``.yml``, ``.xlsx``), or findings that say why there is none."""
    content, refused = file_content(path)
    if refused is not None:
        return None, [refused]
    if path.suffix.lower() in (".yaml", ".yml"):
        return read_yaml(content)
    if path.suffix.lower() == ".xlsx":
        from optimiser.scenario.workbook.reading import read_workbook

        book = read_workbook(content)
        return book.document, list(book.findings)
    if path.suffix.lower() in (".xlsm", ".xlsb", ".xls", ".ods", ".csv"):
        return None, [_error("format-not-read", suffix=path.suffix)]
    return read_json(content)


def file_content(path: Path) -> tuple[bytes, Finding | None]:
    """The bytes of a file, or the finding that says why they are not read."""
    try:
        size = path.stat().st_size
        if size > GREATEST_FILE:
            return b"", _error("file-too-large", size=size, limit=GREATEST_FILE)
        return path.read_bytes(), None
    except OSError as error:
        return b"", _error("cannot-read", file=path.name, reason=error.strerror or type_of(error))


def read_json(content: bytes) -> tuple[Any, list[Finding]]:
    """The document in JSON bytes (UTF-8, a byte order mark is accepted)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_error("not-utf8", position=error.start)]
    document, findings = read_value(text)
    if document is None and findings:
        return None, findings
    if not isinstance(document, dict):
        return None, [_error("not-an-object", found=type(document).__name__)]
    return document, findings


def read_value(text: str) -> tuple[Any, list[Finding]]:
    """Any value in JSON text: keys that stand twice are found, and what is nested too deeply is none."""
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            seen: set[str] = set()
            twice.extend(k for k, _ in items if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        return found

    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_int=_integer)
    except json.JSONDecodeError as error:
        return None, [_error("not-json", line=error.lineno, column=error.colno, reason=error.msg)]
    except RecursionError:
        return None, [_error("too-deep", limit=GREATEST_DEPTH)]
    if _deeper_than(document, GREATEST_DEPTH):
        return None, [_error("too-deep", limit=GREATEST_DEPTH)]
    return document, [_error("key-twice", key=key[:80]) for key in dict.fromkeys(twice)]


def read_yaml(content: bytes) -> tuple[Any, list[Finding]]:
    """The document in YAML bytes. Aliases are refused: a few lines of them can stand for billions of values."""
    import yaml

    twice: list[str] = []

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Safe YAML; repeated keys are noted, numbers as keys become text, as in JSON."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = self.construct_object(key_node, deep=True)
                key = key if isinstance(key, str) else str(key)
                if key in found:
                    twice.append(key)
                found[key] = self.construct_object(value_node, deep=True)
            return found

    Loader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node, deep=True))
    try:
        refused = _refused_yaml(yaml.parse(content, Loader))
        if refused is not None:
            return None, [refused]
        document = yaml.load(content, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [_error("not-yaml", line=line, column=column, reason=error.problem or "")]
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        return None, [_error("not-yaml", line=1, column=1, reason=str(error).splitlines()[0])]
    except RecursionError:
        return None, [_error("too-deep", limit=GREATEST_DEPTH)]
    return _accepted(document, twice)


def _refused_yaml(events: Iterable[Any]) -> Finding | None:
    """What is refused before anything is built: aliases, and nesting no scenario has."""
    depth = 0
    for event in events:
        kind = type(event).__name__
        if kind == "AliasEvent":
            return _error("yaml-alias", line=event.start_mark.line + 1)
        depth += kind in ("MappingStartEvent", "SequenceStartEvent")
        depth -= kind in ("MappingEndEvent", "SequenceEndEvent")
        if depth > GREATEST_DEPTH:
            return _error("too-deep", limit=GREATEST_DEPTH)
    return None


def _accepted(document: Any, twice: list[str]) -> tuple[Any, list[Finding]]:
    if _deeper_than(document, GREATEST_DEPTH):
        return None, [_error("too-deep", limit=GREATEST_DEPTH)]
    if not isinstance(document, dict):
        return None, [_error("not-an-object", found=type_of(document))]
    return document, [_error("key-twice", key=key[:80]) for key in dict.fromkeys(twice)]


def _integer(digits: str) -> int | float:
    # Python refuses to convert thousands of digits; as infinity the schema says where they stand.
    return int(digits) if len(digits) < 400 else math.inf


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _error(code: str, **params: Any) -> Finding:
    return Finding("error", code, "", params)
