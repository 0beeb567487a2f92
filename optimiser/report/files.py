"""Answers as files: JSON, CSV for a spreadsheet of either language, a folder of all tables.

A file is written whole or not at all. Every function raises OSError where the disk refuses.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from optimiser.result.answer import Answer

CsvFormat = Literal["en", "fr"]
"""en: commas between cells, decimal points. fr: semicolons, decimal commas, a byte order mark: for a French Excel."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to save: a ``.json``, ``.csv`` or ``.xlsx`` file, or a folder."""

    path: Path
    kind: Literal["json", "csv", "xlsx", "folder"]


def target_of(out: str) -> Target:
    """The target a user names: by its ending; a slash at the end, or a folder that exists, is a folder.

    Errors: ValueError for any other ending.
    """
    path = Path(out)
    if out.endswith(("/", os.sep)) or path.is_dir():
        return Target(path, "folder")
    suffix = path.suffix.lower()
    if suffix == ".json":
        return Target(path, "json")
    if suffix == ".csv":
        return Target(path, "csv")
    if suffix == ".xlsx":
        return Target(path, "xlsx")
    raise ValueError(f"{out} does not end in .json, .csv, .xlsx or /")


def save_answer(answer: Answer, target: Target, csv_format: CsvFormat = "en", name: str = "result") -> Path:
    """Save an answer as JSON, its first table as CSV, all tables as a workbook, or everything in a folder; the path.

    name: of the JSON file in a folder.
    """
    if target.kind == "json":
        write_whole(target.path, answer.to_json() + b"\n")
    elif target.kind == "csv":
        write_whole(target.path, _table(answer, answer.tables[0], csv_format))
    elif target.kind == "xlsx":
        from optimiser.report.workbook import answer_workbook

        write_whole(target.path, answer_workbook(answer))
    else:
        for table in answer.tables:
            write_whole(target.path / f"{table}.csv", _table(answer, table, csv_format))
        write_whole(target.path / f"{name}.json", answer.to_json() + b"\n")
    return target.path


def save_findings(
    body: bytes, findings: Sequence[Mapping[str, Any]], target: Target, csv_format: CsvFormat = "en"
) -> Path:
    """Save the answer of a validation: its JSON, its findings as CSV, or both in a folder; the path written."""
    names = ["severity", "code", "pointer", "message", "cure"]
    names += ["cell"] if any("cell" in f for f in findings) else []
    table = csv_bytes(names, ([f.get(name) for name in names] for f in findings), csv_format)
    if target.kind == "json":
        write_whole(target.path, body + b"\n")
    elif target.kind == "csv":
        write_whole(target.path, table)
    elif target.kind == "xlsx":
        from optimiser.report.workbook import tables_workbook

        write_whole(
            target.path, tables_workbook({"findings": (names, [[f.get(name) for name in names] for f in findings])})
        )
    else:
        write_whole(target.path / "findings.csv", table)
        write_whole(target.path / "validation.json", body + b"\n")
    return target.path


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[Any]], csv_format: CsvFormat = "en") -> bytes:
    """A table as CSV: one line of names, then the rows."""
    mark = b"\xef\xbb\xbf" if csv_format == "fr" else b""
    return mark + csv_rows([names], csv_format) + csv_rows(rows, csv_format)


def csv_rows(rows: Iterable[Sequence[Any]], csv_format: CsvFormat = "en") -> bytes:
    """Rows of a CSV table, to be put below others."""
    french = csv_format == "fr"
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";" if french else ",")
    writer.writerows([_cell(value, french) for value in row] for row in rows)
    return file.getvalue().encode()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; folders above it are made."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replacing(path: Path, ending: str = "") -> Iterator[Path]:
    """A file beside ``path`` to write to, which takes its place when all went well.

    ending: of the file to write to, for writers that go by it.
    """
    if path.exists() and not path.is_file():
        # A device or a pipe is written to; replacing it would remove it.
        yield path
        return
    real = Path(os.path.realpath(path))
    real.parent.mkdir(parents=True, exist_ok=True)
    temporary = real.with_name(f".{secrets.token_hex(6)}{ending}")
    try:
        yield temporary
        os.replace(temporary, real)
    finally:
        temporary.unlink(missing_ok=True)


def _table(answer: Answer, name: str, csv_format: CsvFormat) -> bytes:
    return csv_bytes(*rows_of(answer, name), csv_format)


def rows_of(answer: Answer, table: str) -> tuple[list[str], list[Sequence[Any]]]:
    """The names and rows of a table, None where there is no value."""
    frame = answer.frame(table)
    # As objects, so that years stay whole numbers where others of the column are missing.
    values = frame.astype(object).where(frame.notna(), None)
    return list(frame.columns), list(values.itertuples(index=False, name=None))


def _cell(value: Any, french: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = f"{Decimal(repr(float(value))):f}"
        digits = digits.removesuffix(".0")
        return digits.replace(".", ",") if french else digits
    if isinstance(value, list | tuple):
        return _text(" ".join(str(part) for part in value))
    return _text(str(value))


def _text(value: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe; a dash alone is none."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) and value != "-" else value
