"""The results of a batch as tidy tables, one a kind: the tables of single results with the scenario's name in front.

Written a few hundred scenarios at a time, so that a batch may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import orjson

from optimiser.report.files import CsvFormat, csv_bytes, csv_rows, replacing

TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "indicators": (
        ("scenario", "text"),
        ("termination", "text"),
        ("objective", "number"),
        ("bound", "number"),
        ("gap", "number"),
        ("sites", "count"),
        ("public_money", "number"),
        ("private_money", "number"),
        ("total_cost", "number"),
        ("private_per_public", "number"),
        ("multiplier", "number"),
    ),
    "candidates": (
        ("scenario", "text"),
        ("candidate", "text"),
        ("name", "text"),
        ("country", "text"),
        ("funded", "number"),
        ("private_money", "number"),
        ("reason", "text"),
    ),
    "money": (
        ("scenario", "text"),
        ("tier", "text"),
        ("candidate", "text"),
        ("phase", "text"),
        ("year", "count"),
        ("amount", "number"),
    ),
    "private_money": (
        ("scenario", "text"),
        ("candidate", "text"),
        ("phase", "text"),
        ("year", "count"),
        ("amount", "number"),
    ),
    "unspent": (
        ("scenario", "text"),
        ("tier", "text"),
        ("amount", "number"),
        ("kept_by", "text"),
        ("proven", "flag"),
    ),
    "binding": (
        ("scenario", "text"),
        ("label", "text"),
        ("rule", "text"),
        ("at", "text"),
        ("bound", "text"),
        ("shadow_price", "number"),
        ("integers_fixed", "flag"),
    ),
    "findings": (
        ("scenario", "text"),
        ("severity", "text"),
        ("code", "text"),
        ("pointer", "text"),
        ("message", "text"),
        ("cure", "text"),
    ),
}
"""Columns of each table and what they hold. Amounts in EUR million, shares 0..1."""

PART = 200
"""Scenarios held in memory at once."""


def rows_of(name: str, document: Mapping[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table for one result (its JSON)."""
    found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    found["indicators"].append((name, *_headline(document)))
    for award in document["candidates"]:
        row = (award["id"], award["name"], award["country"], award["funded"], award["private_money"])
        found["candidates"].append((name, *row, award["reason"]["code"]))
    for table in ("money", "private_money", "unspent", "binding", "findings"):
        columns = [column for column, _ in TABLES[table][1:]]
        found[table] = [(name, *(_cell(row.get(column)) for column in columns)) for row in document[table]]
    return found


def _headline(document: Mapping[str, Any]) -> Iterable[Any]:
    objective, indicators = document["objective"], document["indicators"] or {}
    yield document["termination"]
    yield from (objective[key] for key in ("value", "bound", "gap"))
    yield from (indicators.get(column) for column, _ in TABLES["indicators"][5:])


def _cell(value: Any) -> Any:
    return " ".join(str(part) for part in value) if isinstance(value, list) else value


def write_tables(folder: Path, bodies: Iterable[tuple[str, bytes]], csv_format: CsvFormat = "en") -> tuple[str, ...]:
    """Write every table as CSV, and as Parquet where pyarrow is installed; the endings written.

    bodies: name and JSON of each result. Each file is written whole or not at all. Errors: OSError.
    """
    writers: list[type[_Writer]] = [_Csv, _Parquet] if has_parquet() else [_Csv]
    with ExitStack() as stack:
        opened: dict[str, list[_Writer]] = {
            table: [stack.enter_context(writer.opened(folder, table, csv_format)) for writer in writers]
            for table in TABLES
        }
        for part in _parts(bodies):
            for table, rows in part.items():
                for writer in opened[table]:
                    writer.write(rows)
    return tuple(writer.ending for writer in writers)


def has_parquet() -> bool:
    """Whether Parquet can be written here: it needs the extra ``parquet``."""
    return find_spec("pyarrow") is not None


def _parts(bodies: Iterable[tuple[str, bytes]]) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The rows of some hundred results at a time."""
    for part in _batched(bodies, PART):
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
        for name, body in part:
            for table, found in rows_of(name, orjson.loads(body)).items():
                rows[table] += found
        yield rows


def _batched(bodies: Iterable[tuple[str, bytes]], size: int) -> Iterator[list[tuple[str, bytes]]]:
    # itertools.batched came with Python 3.12.
    iterator = iter(bodies)
    while part := list(islice(iterator, size)):
        yield part


class _Writer(Protocol):
    """One table being written, in one format."""

    ending: str

    @classmethod
    def opened(cls, folder: Path, table: str, csv_format: CsvFormat) -> AbstractContextManager[_Writer]:
        """The table's file, which takes its place when the block ends well."""
        ...

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Put rows below those that are there."""
        ...


class _Csv(_Writer):
    """One table as CSV."""

    ending = "csv"

    def __init__(self, file: Any, csv_format: CsvFormat):
        self.file, self.csv_format = file, csv_format

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, table: str, csv_format: CsvFormat) -> Iterator[_Csv]:
        with replacing(folder / f"{table}.csv") as temporary, temporary.open("wb") as file:
            file.write(csv_bytes([column for column, _ in TABLES[table]], [], csv_format))
            yield cls(file, csv_format)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        self.file.write(csv_rows(rows, self.csv_format))


class _Parquet(_Writer):
    """One table as Parquet, with the types of its columns."""

    ending = "parquet"

    def __init__(self, writer: Any, schema: Any):
        self.writer, self.schema = writer, schema

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, table: str, csv_format: CsvFormat) -> Iterator[_Parquet]:
        import pyarrow as pa
        from pyarrow import parquet

        types = {"text": pa.string(), "number": pa.float64(), "count": pa.int64(), "flag": pa.bool_()}
        schema = pa.schema([(column, types[kind]) for column, kind in TABLES[table]])
        with replacing(folder / f"{table}.parquet") as temporary, parquet.ParquetWriter(temporary, schema) as writer:
            yield cls(writer, schema)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        import pyarrow as pa

        if rows:
            columns = zip(zip(*rows, strict=True), self.schema, strict=True)
            arrays = [pa.array(column, type=field.type) for column, field in columns]
            self.writer.write_table(pa.table(arrays, schema=self.schema))
