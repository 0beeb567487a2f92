"""From a scenario to a workbook: a sheet a table, units in the headers, lists of choices, a page on how to read it.

The template is the same workbook without values and with every column.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from optimiser.errors import ScenarioError
from optimiser.findings import Finding
from optimiser.messages import text
from optimiser.scenario.countries import carried_figures
from optimiser.scenario.load import document_of
from optimiser.scenario.scenario import Scenario
from optimiser.scenario.workbook.cells import Cell, too_long, written
from optimiser.scenario.workbook.layout import (
    LISTS,
    READ_ME,
    SCENARIO,
    Column,
    Parts,
    Sheet,
    braces,
    place_of,
    sheets,
)

GREATEST_ROWS = 1_048_575
"""Rows of a sheet below its header."""

TEMPLATE_ROWS = 1_000
"""Rows for which a list of choices is offered beyond those filled."""

Row = dict[str, Cell]
Tables = dict[str, list[Row]]


def scenario_workbook(scenario: Scenario, lang: str = "en") -> bytes:
    """The scenario as a workbook (XLSX). Reading it gives the same scenario.

    Errors: ScenarioError where a cell or a sheet would hold more than a workbook can; ImportError without openpyxl.
    """
    return document_workbook(document_of(scenario), lang)


def document_workbook(document: Mapping[str, Any], lang: str = "en") -> bytes:
    """A document of the shape of a scenario as a workbook, whatever its values. Errors: as ``scenario_workbook``."""
    tables = tables_of(document)
    _check(tables)
    return _workbook(tables, False, lang)


def template_workbook(lang: str = "en") -> bytes:
    """A workbook to be filled in: every sheet and column, and no value. Errors: ImportError without openpyxl."""
    return _workbook({name: [] for name in sheets()}, True, lang)


def tables_of(document: Mapping[str, Any]) -> Tables:
    """The rows of every sheet, by the names of their columns."""
    tables: Tables = {name: [] for name in sheets()}
    row = dict(_cells(tables, sheets()[SCENARIO], document, (), (), {}))
    tables[SCENARIO] = [row]
    return tables


def _cells(
    tables: Tables, sheet: Sheet, value: Mapping[str, Any], parts: Parts, path: Parts, keys: Mapping[str, str]
) -> Iterator[tuple[str, Cell]]:
    """The cells of an object, and the rows of the tables below it. parts: its place; path: from its row's object."""
    known = {column.path: column for column in sheet.columns}
    for key, inner in value.items():
        here, column = (*path, key), known[(*path, key)]
        if inner is None:
            continue
        if (*parts, key) in braces() and _has_rows(inner, (*parts, key)):
            _rows(tables, inner, (*parts, key), keys)
            continue
        if isinstance(inner, dict) and any(c.path[:-1] == here for c in sheet.columns):
            cells = dict(_cells(tables, sheet, inner, (*parts, key), here, keys))
            if cells or _covered(inner, (*parts, key)):
                yield from cells.items()
                continue
        yield column.name, written(inner, column)


def _covered(value: Mapping[str, Any], parts: Parts) -> bool:
    """Whether some rows stand for the object, so that it needs no cell."""
    for key, inner in value.items():
        here = (*parts, key)
        if here in braces():
            if inner is not None and _has_rows(inner, here):
                return True
        elif isinstance(inner, dict) and _covered(inner, here):
            return True
    return False


def _has_rows(value: Any, parts: Parts) -> bool:
    """Whether rows can say all of a list or an object: neither it nor a member without a key of its own is empty."""
    members = list(value.values()) if isinstance(value, dict) else value
    below = (*parts, braces()[parts])
    if not members or any(m is None for m in members):
        return False
    if below not in place_of():
        return all(_has_rows(m, below) for m in members)
    _, place = place_of()[below]
    if not place.is_list or place.single:
        return True
    return all(isinstance(m, dict) and any(v is not None for v in m.values()) for m in members)


def _rows(tables: Tables, value: Any, parts: Parts, keys: Mapping[str, str]) -> None:
    """A row for each member of a list or an object."""
    brace = braces()[parts]
    below = (*parts, brace)
    for key, member in value.items() if isinstance(value, dict) else [(None, m) for m in value]:
        name = key if key is not None else member.get("id") if isinstance(member, dict) else None
        named = {**keys, brace.strip("{}"): name} if name is not None else dict(keys)
        if below not in place_of():
            _rows(tables, member, below, named)
            continue
        sheet, place = place_of()[below]
        # Text for an id and a number for a year, as the columns of keys have it.
        row = {c.name: _key(named[c.name], c) for c in sheet.keys if c.name in place.keys}
        # Before the rows below it, so that sheets keep the order of the scenario.
        tables[sheet.name].append(row)
        if place.single:
            column = sheet.columns[0]
            row[column.name] = written(member, column)
        else:
            row |= dict(_cells(tables, sheet, member, below, (), named))


def _key(name: str, column: Column) -> Cell:
    return int(name) if column.kind == "number" else written(name, column)


def _check(tables: Tables) -> None:
    """Errors: ScenarioError with every cell and sheet that is too large."""
    found: list[Finding | None] = []
    for name, rows in tables.items():
        if len(rows) > GREATEST_ROWS:
            params = {"place": name, "length": len(rows), "limit": GREATEST_ROWS}
            found.append(Finding("error", "workbook-too-long", "", params))
        found += [too_long(value, f"{name}, {key}") for row in rows for key, value in row.items()]
    if any(found):
        raise ScenarioError([f for f in found if f is not None])


def _workbook(tables: Tables, template: bool, lang: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.title = READ_ME
    _fill(page, [], [[line] for line in text("cli.workbook.read-me", {}, lang).splitlines()], [100])
    lists = _Lists(book.create_sheet(LISTS))
    for sheet in sheets().values():
        rows = tables[sheet.name]
        if sheet.name == SCENARIO:
            _scenario_page(book.create_sheet(SCENARIO), sheet, rows[0] if rows else {}, lists)
        elif rows or template:
            _table_page(book.create_sheet(sheet.name), sheet, rows, template, lists)
    book.move_sheet(LISTS, len(book.sheetnames))
    book[LISTS].sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _scenario_page(page: Any, sheet: Sheet, values: Row, lists: _Lists) -> None:
    """Keys and values: all single ones, and of the others those that are stated."""
    shown = [c for c in sheet.columns if c.name in values or (c.kind != "json" and not c.structured)]
    shown += [c for c in sheet.columns if c.structured and c.kind in ("ids", "texts") and c not in shown]
    rows = [[c.name, values.get(c.name), "JSON" if c.kind == "json" else c.unit, c.meaning] for c in shown]
    _fill(page, ["key", "value", "unit", "meaning"], rows, [34, 40, 24, 90])
    for n, column in enumerate(shown, start=2):
        lists.offer(page, column, f"B{n}")


def _table_page(page: Any, sheet: Sheet, rows: Sequence[Row], template: bool, lists: _Lists) -> None:
    """A table: its keys, then the columns in use; in a template all that hold a value."""
    from openpyxl.utils import get_column_letter

    used = {name for row in rows for name in row}
    own = [c for c in sheet.columns if c.name in used or (template and (c.kind != "json" or not c.structured))]
    columns = [*(c for c in sheet.keys if template or c.name in used), *own]
    _fill(
        page,
        [c.header for c in columns],
        [[row.get(c.name) for c in columns] for row in rows],
        [max(12, min(len(c.header) + 2, 40)) for c in columns],
    )
    for n, column in enumerate(columns, start=1):
        letter = get_column_letter(n)
        lists.offer(page, column, f"{letter}2:{letter}{len(rows) + TEMPLATE_ROWS}")


class _Lists:
    """The hidden sheet of choices, a column a list, and the validations that offer them."""

    def __init__(self, page: Any):
        self.page = page
        self.known: dict[tuple[str, ...], str] = {}

    def offer(self, page: Any, column: Column, cells: str) -> None:
        """Offer the choices of a column, if it has any."""
        from openpyxl.worksheet.datavalidation import DataValidation

        choices = column.choices
        if column.kind == "truth":
            choices = ("TRUE", "FALSE")
        elif column.unit == "country code":
            choices = tuple(sorted(carried_figures()))
        if not choices:
            return
        # Other countries may be written; other choices are refused.
        strict = column.unit != "country code"
        offered = DataValidation("list", formula1=self.range(choices), allow_blank=True, showErrorMessage=strict)
        offered.add(cells)
        page.add_data_validation(offered)

    def range(self, choices: tuple[str, ...]) -> str:
        from openpyxl.utils import get_column_letter

        if choices not in self.known:
            n = len(self.known) + 1
            for row, choice in enumerate(choices, start=1):
                self.page.cell(row, n, choice)
            letter = get_column_letter(n)
            self.known[choices] = f"{LISTS}!${letter}$1:${letter}${len(choices)}"
        return self.known[choices]


def _fill(page: Any, header: Sequence[str], rows: Iterable[Sequence[Cell | None]], widths: Sequence[int]) -> None:
    """Header and rows; the header stays in sight, and text stays text whatever it begins with."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for n, row in enumerate([header, *rows] if header else rows, start=1):
        for m, value in enumerate(row, start=1):
            if value is not None:
                _put(page.cell(n, m), value)
    for n, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(n)].width = width
    if header:
        page.freeze_panes = "A2"
        for cell in page[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _put(cell: Any, value: Cell) -> None:
    cell.value = value
    if isinstance(value, str):
        # A spreadsheet would take "=1+1" for a formula, here and when the cell is edited.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
