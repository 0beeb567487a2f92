"""From a workbook to the document it states, with the cell of every value, so that findings can name it.

Formulas are read by the value the spreadsheet stored with them; macros and links are never followed. A sheet or a
column whose name begins with # is the user's own and is not read.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.errors import PointerError
from optimiser.findings import Finding
from optimiser.scenario.pointer import member, split
from optimiser.scenario.workbook.cells import NotReadable, read
from optimiser.scenario.workbook.layout import (
    LISTS,
    READ_ME,
    SCENARIO,
    Column,
    Place,
    Sheet,
    bare,
    is_brace,
    sheets,
)

GREATEST_UNPACKED = 200_000_000
"""Bytes of all parts of a workbook together; what a file of 50 MB has is far below."""

GREATEST_RATIO = 200
"""Of unpacked to packed bytes. Sheets shrink to a tenth or a fiftieth; a bomb to a thousandth."""

SMALL = 1_000_000
"""Bytes below which the ratio means nothing: an empty sheet shrinks well."""

GREATEST_CELLS = 5_000_000
"""Of a sheet, from A1 to its last cell."""

Path = tuple[str | int, ...]


@dataclass
class Book:
    """What a workbook states. cells: the place of every value and row, by its keys and positions."""

    document: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)
    cells: dict[Path, str] = field(default_factory=dict)

    def placed(self, finding: Finding, settings: Mapping[str, Any]) -> Finding:
        """The finding with the cell it speaks of: of the value, or of the row or object around it.

        settings: values put in by pointer afterwards; no cell is to blame for these.
        """
        if finding.cell or any(finding.pointer.startswith(pointer) for pointer in settings):
            return finding
        way = self._way(finding.pointer)
        if finding.code == "duplicate-id":
            # It speaks of a list; the row to look at is the last one of that id.
            listed: Any = self.document
            for step in way:
                listed = listed[step]
            rows = [n for n, row in enumerate(listed) if row.get("id") == finding.params["id"]]
            way = (*way, *rows[-1:])
        while way and way not in self.cells:
            way = way[:-1]
        return replace(finding, cell=self.cells[way]) if way else finding

    def _way(self, pointer: str) -> Path:
        """The keys and positions of a pointer, as far as the document goes."""
        here: Any = self.document
        way: list[str | int] = []
        try:
            parts = split(pointer)
        except PointerError:
            return ()
        for part in parts:
            step: str | int | None = member(here, part) if isinstance(here, list) else part
            if step is None or not isinstance(here, dict | list):
                break
            way.append(step)
            here = here[step] if isinstance(here, list) else here.get(part)  # type: ignore[index]
        return tuple(way)


def read_workbook(content: bytes) -> Book:
    """The document in the bytes of a workbook; everything found, at once."""
    refused = _refused(content)
    if refused is not None:
        return Book(findings=[refused])
    try:
        from openpyxl import load_workbook
    except ImportError:
        return Book(findings=[_error("workbook-needs-library")])
    try:
        with warnings.catch_warnings():
            # It warns of what it leaves out: extensions, styles; none of them says anything about the scenario.
            warnings.simplefilter("ignore")
            stored = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
            formulas = load_workbook(io.BytesIO(content), keep_links=False)
    except Exception as error:
        # A damaged part ends in any error there is, from KeyError to those of XML.
        return Book(findings=[_error("not-xlsx", reason=str(error)[:200] or type(error).__name__)])
    return _Reader().book(stored, formulas)


def _refused(content: bytes) -> Finding | None:
    """What is refused before anything is unpacked: no workbook, a bomb, declarations of entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            worst = max((p.file_size / max(p.compress_size, 1) for p in parts if p.file_size > SMALL), default=0.0)
            if size > GREATEST_UNPACKED:
                return _error("workbook-unpacked", size=size, limit=GREATEST_UNPACKED)
            if worst > GREATEST_RATIO:
                return _error("workbook-packed", ratio=round(worst), limit=GREATEST_RATIO)
            for part in parts:
                # Reading stops at the size the part states, so that it cannot unpack to more.
                if re.search(rb"<!(DOCTYPE|ENTITY)", archive.read(part)):
                    return _error("not-xlsx", reason=f"{part.filename} declares entities")
    except Exception as error:
        # Encrypted, damaged, of a packing that is not known: zipfile, zlib and lzma have errors of their own.
        return _error("not-xlsx", reason=str(error)[:200] or type(error).__name__)
    return None


class _Reader:
    """One reading: the document as it grows, and where each list has its members."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {}
        self.found: list[Finding] = []
        self.cells: dict[Path, str] = {}
        self.made: set[Path] = set()
        self.positions: dict[Path, dict[str, int]] = {}

    def book(self, stored: Any, formulas: Any) -> Book:
        known = {name.lower(): name for name in (*sheets(), READ_ME, LISTS)}
        pages: dict[str, tuple[Any, Any]] = {}
        for page in stored.worksheets:
            name = known.get(page.title.strip().lower())
            if name is not None and name not in pages:
                pages[name] = (page, formulas[page.title])
            elif not page.title.startswith("#"):
                code = "workbook-sheet" if name is None else "workbook-sheet-twice"
                self.say(code, f"{page.title}!A1", sheet=page.title, known=", ".join(sheets()))
        for name, sheet in sheets().items():
            if name in pages:
                self.sheet(sheet, *pages[name])
        # The format asks for these two lists; a sheet without rows is an empty one.
        if "Candidates" in pages:
            self.document.setdefault("candidates", [])
        if "Tiers" in pages and isinstance(fund := self.document.setdefault("fund", {}), dict):
            fund.setdefault("tiers", [])
        return Book(self.document, self.found, self.cells)

    def say(self, code: str, cell: str, **params: Any) -> None:
        self.found.append(Finding("error", code, "", params, cell))

    def sheet(self, sheet: Sheet, page: Any, formulas: Any) -> None:
        size = page.max_row * page.max_column
        if size > GREATEST_CELLS:
            self.say("workbook-cells", f"{sheet.name}!A1", cells=size, limit=GREATEST_CELLS)
            return
        for merged in page.merged_cells.ranges:
            self.say("workbook-merged", f"{sheet.name}!{merged.coord.split(':')[0]}", range=merged.coord)
        rows = self.rows(sheet.name, page, formulas)
        header = next(rows, None)
        if header is None:
            return
        if sheet.name == SCENARIO:
            self.pairs(sheet, header, rows)
            return
        columns = self.header(sheet, header)
        keys = {column.name for column in sheet.keys}
        for row in rows:
            cells = {columns[n]: cell for n, cell in row.items() if n in columns}
            for n, (_, cell) in row.items():
                if n not in header:
                    self.say("workbook-no-header", cell)
            if cells:
                self.row(sheet, {c.name: v for c, v in cells.items() if c.name in keys and c in sheet.keys}, cells)

    def rows(self, name: str, page: Any, formulas: Any) -> Iterator[dict[int, tuple[Any, str]]]:
        """Rows that are not blank: value and place by column. Formulas without a stored value are found."""
        for values, written in zip(page.iter_rows(), formulas.iter_rows(), strict=False):
            row: dict[int, tuple[Any, str]] = {}
            for n, (cell, source) in enumerate(zip(values, written, strict=False)):
                value, place = cell.value, f"{name}!{cell.coordinate}"
                if source.data_type == "f" and value is None:
                    self.say("workbook-formula", place)
                elif value is not None and getattr(cell, "data_type", "") == "e":
                    self.say("workbook-error", place, found=str(value))
                elif value is not None and str(value).strip() != "":
                    row[n] = (value, place)
            if row:
                yield row

    def header(self, sheet: Sheet, header: Mapping[int, tuple[Any, str]]) -> dict[int, Column]:
        """The column of each position; what no column is called is found."""
        known = {c.name: c for c in (*sheet.columns, *sheet.keys)}
        found: dict[int, Column] = {}
        for n, (value, cell) in header.items():
            name = _name(value)
            if name.startswith("#"):
                continue
            if name not in known:
                self.say("workbook-column", cell, name=name[:80], sheet=sheet.name, known=", ".join(known))
            elif known[name] in found.values():
                self.say("workbook-column-twice", cell, name=name)
            else:
                found[n] = known[name]
        return found

    def pairs(self, sheet: Sheet, header: Mapping[int, tuple[Any, str]], rows: Iterator[Any]) -> None:
        """The sheet of keys and values; its other columns (unit, meaning) are for people."""
        places = {_name(value): n for n, (value, _) in header.items()}
        if not {"key", "value"} <= places.keys():
            self.say(
                "workbook-column", f"{sheet.name}!A1", name="", sheet=sheet.name, known="key, value, unit, meaning"
            )
            return
        known = {column.name: column for column in sheet.columns}
        seen: set[str] = set()
        for row in rows:
            key, place = row.get(places["key"], (None, ""))
            value = row.get(places["value"])
            name = _name(key) if key is not None else ""
            if key is None and value is not None:
                self.say("workbook-key", value[1], name="")
            elif key is not None and not name.startswith("#") and name not in known:
                self.say("workbook-key", place, name=name[:80])
            elif name in seen:
                self.say("workbook-twice", place, name=name)
            elif name in known and value is not None:
                seen.add(name)
                self.put(self.document, (), known[name], *value)

    def row(self, sheet: Sheet, keys: dict[str, tuple[Any, str]], cells: dict[Column, tuple[Any, str]]) -> None:
        first = next(iter(cells.values()))[1]
        own = {column.name: column for column in sheet.keys}
        named: dict[str, str] = {}
        for name, (value, cell) in keys.items():
            key = self.value(own[name], value, cell)
            if key is None:
                return
            named[name] = str(key)
        place = next((p for p in sheet.places if set(p.keys) == named.keys()), None)
        if place is None:
            asked = " | ".join(", ".join(p.keys) for p in sheet.places)
            self.say("workbook-keys", first, found=", ".join(named) or "-", asked=asked)
            return
        container, way = self.container(place, named, keys, first)
        if container is None:
            return
        values = {c: v for c, v in cells.items() if c in sheet.columns}
        if place.single:
            self.single(place, container, way, sheet, values, named, first)
            return
        member_way: Path = (*way, len(container) if isinstance(container, list) else named[place.keys[-1]])
        if member_way in self.cells:
            self.say("workbook-twice", first, name=str(member_way[-1]))
            return
        item: dict[str, Any] = {}
        self.cells[member_way] = first
        if isinstance(container, list):
            container.append(item)
        else:
            container[named[place.keys[-1]]] = item
        for column, (value, cell) in values.items():
            self.put(item, member_way, column, value, cell)
        if isinstance(container, list) and isinstance(item.get("id"), str):
            self.positions.setdefault(way, {}).setdefault(item["id"], len(container) - 1)

    def single(
        self,
        place: Place,
        container: Any,
        way: Path,
        sheet: Sheet,
        values: Mapping[Column, tuple[Any, str]],
        named: Mapping[str, str],
        first: str,
    ) -> None:
        """A row of one value: a member of a list of numbers, or the value of a key."""
        if sheet.columns[0] not in values:
            self.say("workbook-no-value", first, name=sheet.columns[0].name)
            return
        raw, cell = values[sheet.columns[0]]
        value = self.value(sheet.columns[0], raw, cell)
        step: str | int = len(container) if isinstance(container, list) else named[place.keys[-1]]
        if (*way, step) in self.cells:
            self.say("workbook-twice", first, name=str(step))
        elif value is not None:
            self.cells[(*way, step)] = cell
            if isinstance(container, list):
                container.append(value)
            else:
                container[step] = value

    def container(
        self, place: Place, named: Mapping[str, str], keys: Mapping[str, tuple[Any, str]], first: str
    ) -> tuple[Any, Path]:
        """The list or object the row belongs to, made where it is the first; None where the row belongs nowhere."""
        here: Any = self.document
        way: Path = ()
        parts = place.parts[:-1]
        for n, part in enumerate(parts):
            is_last = n == len(parts) - 1
            if n in place.lists:
                name = named[bare(part)]
                position = self.positions.get(way, {}).get(name)
                if position is None and isinstance(here, list):
                    position = next(
                        (i for i, x in enumerate(here) if isinstance(x, dict) and x.get("id") == name), None
                    )
                if position is None:
                    self.say("workbook-no-such-row", keys[bare(part)][1], column=bare(part), name=name[:80])
                    return None, ()
                here, way = here[position], (*way, position)
                continue
            key = named[bare(part)] if is_brace(part) else part
            if not isinstance(here, dict):
                self.say("workbook-twice", first, name=str(way[-1]))
                return None, ()
            if n + 1 in place.lists and not is_last:
                # Members are looked up here: a list nobody wrote has none.
                here = here.get(key, [])
            else:
                if key not in here:
                    here[key] = [] if n + 1 in place.lists else {}
                    self.made.add((*way, key))
                here = here[key]
            way = (*way, key)
            if is_last and way not in self.made:
                self.say("workbook-twice", first, name=str(key))
                return None, ()
        return here, way

    def put(self, item: dict[str, Any], way: Path, column: Column, raw: Any, cell: str) -> None:
        """Put a value where its column says, making the objects on the way."""
        value = self.value(column, raw, cell)
        if value is None:
            return
        here: Any = item
        for n, key in enumerate(column.path[:-1]):
            inner = (*way, *column.path[: n + 1])
            if key not in here:
                here[key] = {}
                self.made.add(inner)
                self.cells[inner] = cell
            if inner not in self.made:
                self.say("workbook-twice", cell, name=".".join(column.path[: n + 1]))
                return
            here = here[key]
        if column.path[-1] in here:
            self.say("workbook-twice", cell, name=column.name)
            return
        here[column.path[-1]] = value
        self.cells[(*way, *column.path)] = cell

    def value(self, column: Column, raw: Any, cell: str) -> Any:
        try:
            return read(raw, column)
        except NotReadable as error:
            self.say(error.code, cell, **error.params)
            return None


def _name(value: Any) -> str:
    """The name in a header: without the unit, blanks as underscores."""
    return re.sub(r"\s*\[[^\]]*\]\s*$", "", str(value)).strip().lower().replace(" ", "_")


def _error(code: str, **params: Any) -> Finding:
    return Finding("error", code, "", params)
