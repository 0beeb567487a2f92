"""Answers as workbooks (XLSX): a sheet a table, numbers as numbers, text as text whatever it begins with."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optimiser.report.files import rows_of
from optimiser.result.answer import Answer

Table = tuple[Sequence[str], Iterable[Sequence[Any]]]

LONGEST_CELL = 32_767
LONGEST_NAME = 31

_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_FORMATS = {"year": "0", "amount": "#,##0.000000", "private_money": "#,##0.000000", "funded": "0.00%"}
"""Formats of columns; other numbers are shown as they are."""


def answer_workbook(answer: Answer) -> bytes:
    """All tables of an answer, and a first sheet with what is no table: indicators, certificate, how it was made.

    Errors: ImportError without openpyxl.
    """
    document = json.loads(answer.to_json())
    single = list(_single(document, ""))
    return tables_workbook(
        {"summary": (("key", "value"), single)} | {name: rows_of(answer, name) for name in answer.tables}
    )


def tables_workbook(tables: Mapping[str, Table]) -> bytes:
    """A sheet for each table: names, then rows."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, (names, rows) in tables.items():
        add_sheet(book, name[:LONGEST_NAME], names, rows)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def add_sheet(book: Any, name: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """A sheet at the end of a workbook: names in bold that stay in sight, then rows; the sheet."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(name)
    for n, row in enumerate([names, *rows], start=1):
        for m, value in enumerate(row, start=1):
            if value is not None:
                _put(page.cell(n, m), value, "General" if n == 1 else _FORMATS.get(names[m - 1], "General"))
    page.freeze_panes = "A2"
    for m, column in enumerate(names, start=1):
        page.cell(1, m).font = Font(bold=True)
        page.column_dimensions[get_column_letter(m)].width = 40 if column in ("key", "value") else max(12, len(column))
    return page


def _single(value: Any, path: str) -> Iterable[tuple[str, Any]]:
    """Every value that stands in no list, by its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _single(inner, f"{path}.{key}" if path else key)
    elif not isinstance(value, list):
        yield path, value


def _put(cell: Any, value: Any, number_format: str) -> None:
    """A value in its cell. A number of more digits than a workbook keeps is rounded to them, as spreadsheets do."""
    if isinstance(value, bool):
        cell.value = value
    elif isinstance(value, int | float) and math.isfinite(value):
        cell.value, cell.number_format = value, number_format
    else:
        shown = " ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
        shown = _ILLEGAL.sub("\ufffd", shown)
        cell.value = shown if len(shown) <= LONGEST_CELL else f"{shown[: LONGEST_CELL - 1]}…"
        # A spreadsheet would take "=1+1" for a formula, here and when the cell is edited.
        cell.data_type = "s"
        cell.quotePrefix = shown.startswith(("=", "+", "-", "@"))
