"""Values as cells, and back. What a cell cannot hold as it is, it holds as JSON text.

Lists of ids are written with commas, sentences one a line. A number of more than 16 digits is written as text, since a
workbook keeps no more. Text that begins with a quotation mark is JSON: an empty text, outer blanks, control characters.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from optimiser.findings import Finding
from optimiser.scenario.read import read_value
from optimiser.scenario.workbook.layout import Column

LONGEST = 32_767
"""Characters of a cell."""

Cell = str | int | float | bool

_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile("x[0-9A-Fa-f]{4}_")
"""What XML cannot hold, and what a workbook takes for an escape."""

_BLANKS = re.compile("[\\s'’\u00a0\u2009\u202f]")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

_TRUTHS = {"true": True, "yes": True, "vrai": True, "oui": True} | {
    "false": False,
    "no": False,
    "faux": False,
    "non": False,
}


class NotReadable(Exception):
    """A cell cannot be read; the finding has no place yet."""

    def __init__(self, code: str, **params: Any):
        self.code, self.params = code, params


def written(value: Any, column: Column) -> Cell:
    """The cell of a value."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and column.kind == "number":
        return value if float(f"{value:.16g}") == value and abs(value) < 2**53 else repr(value)
    if isinstance(value, str) and column.kind == "text":
        plain = value != "" and value == value.strip() and not value.startswith('"')
        return value if plain and _kept(value) else _json(value)
    if isinstance(value, str) and column.kind == "number" and _kept(value):
        return value
    if column.kind in ("ids", "texts") and isinstance(value, list) and value:
        comma = "," if column.kind == "ids" else "\n"
        plain = all(isinstance(v, str) and v and v == v.strip() and comma not in v for v in value)
        if plain and value[0][0] not in '[{"' and all(_kept(v) for v in value):
            return (", " if column.kind == "ids" else "\n").join(value)
    return _json(value)


def read(value: Any, column: Column) -> Any:
    """The value of a cell that is not empty.

    Errors: NotReadable. What has the wrong type is passed on: the schema says so, with the place.
    """
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        raise NotReadable("workbook-date", found=value if isinstance(value, datetime.date) else str(value))
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _from_number(value, column)
    text = str(value).strip()
    if text.startswith('"') or ((column.structured or column.kind == "json") and text[:1] in ("[", "{")):
        return _from_json(text)
    if column.kind == "number":
        return number(text)
    if column.kind == "truth":
        return _TRUTHS.get(text.lower(), text)
    if column.kind == "ids":
        return [part.strip() for part in text.split(",")]
    if column.kind == "texts":
        return [line.strip() for line in re.split("\r?\n", text) if line.strip()]
    return _from_json(text) if column.kind == "json" else text


def number(text: str) -> Any:
    """A number stored as text, with blanks between thousands, a decimal comma or a percent sign; else the text.

    Errors: NotReadable where a comma or point may be a decimal one or stand between thousands.
    """
    digits = _BLANKS.sub("", text)
    share = digits.endswith("%")
    digits = digits.removesuffix("%")
    if _GROUPED.fullmatch(digits):
        raise NotReadable("workbook-number", found=text[:60])
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(",") < digits.rindex(".") else "."
        digits = digits.replace(thousands, "")
    digits = digits.replace(",", ".")
    if not _DECIMAL.fullmatch(digits):
        return text
    if share:
        return float(f"{digits}e-2") if "e" not in digits.lower() else text
    return _whole(float(digits)) if re.search("[.eE]", digits) else int(digits[:400])


def _from_number(value: int | float, column: Column) -> Any:
    whole = _whole(value)
    if column.kind == "text":
        return str(whole)
    if column.kind in ("ids", "texts"):
        return [str(whole)]
    return whole


def _whole(value: int | float) -> int | float:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _from_json(text: str) -> Any:
    value, findings = read_value(text)
    if findings:
        raise NotReadable("workbook-json", reason=findings[0].message())
    return value


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if not _kept(text):
        text = json.dumps(value)
        # An underscore stands in names and texts alone, where it may be written by its number.
        text = _ESCAPED.sub(lambda found: found.group()[:-1] + "\\u005f", text)
    return text


def _kept(text: str) -> bool:
    """Whether a workbook gives the text back as it is."""
    return not _ILLEGAL.search(text) and not _ESCAPED.search(text)


def too_long(value: Cell, place: str) -> Finding | None:
    """The finding of a cell that no workbook holds."""
    if not isinstance(value, str) or len(value) <= LONGEST:
        return None
    return Finding("error", "workbook-too-long", "", {"place": place, "length": len(value), "limit": LONGEST})
