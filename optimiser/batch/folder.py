"""A batch on disk: one JSON a scenario, one table a kind, and the summary, all of it rebuilt from the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from optimiser.batch.frames import write_tables
from optimiser.batch.runner import Ended
from optimiser.batch.solving import labelled
from optimiser.batch.store import Store
from optimiser.batch.summary import BatchSummary
from optimiser.report.files import CsvFormat, Target, save_answer, write_whole

RESULTS = "results"
"""Folder of the single results, below the batch's own."""


def write_results(folder: Path, ended: Sequence[Ended], store: Store) -> list[Ended]:
    """Write the result of every item that has one; those whose stored row was damaged, which must be solved again.

    A file that is there already and says the same is left alone. Errors: OSError, StoreError.
    """
    damaged = []
    for end in ended:
        if end.kept is None or end.prepared is None:
            continue
        body = store.body(end.kept.key)
        if body is None:
            damaged.append(end)
            continue
        content = labelled(body, end.prepared.names) + b"\n"
        path = result_path(folder, end.item.name)
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)
    return damaged


def write_summary(folder: Path, summary: BatchSummary, csv_format: CsvFormat = "en") -> tuple[str, ...]:
    """Write every table of the results that are on disk, and the summary; the endings written. Errors: OSError."""
    endings = write_tables(folder, _bodies(folder, summary), csv_format)
    save_answer(summary, Target(folder, "folder"), csv_format, "summary")
    return endings


def result_path(folder: Path, name: str) -> Path:
    """Where the result of an item stands."""
    return folder / RESULTS / f"{name}.json"


def _bodies(folder: Path, summary: BatchSummary) -> Iterator[tuple[str, bytes]]:
    for row in summary.scenarios:
        if row.state == "succeeded":
            yield row.name, result_path(folder, row.name).read_bytes()
