"""What came of a batch: a row an item, and how many ended in which way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson

from optimiser.batch.runner import Ended
from optimiser.result.exit_codes import Exit

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Row:
    """One item: how it ended. state: "unfinished" where the batch was stopped before it.

    seconds: of its solve, also where that was earlier (``skipped``). key: of its result in the store.
    """

    name: str
    source: str
    state: str
    termination: str | None
    has_allocation: bool
    exit_code: int | None
    seconds: float | None
    skipped: bool
    key: str | None
    findings: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """A batch: counts, and a row an item. seconds: of the whole batch. new: solved now, not known before."""

    schema_version: str
    state: str
    total: int
    succeeded: int
    failed: int
    unfinished: int
    new: int
    seconds: float
    terminations: dict[str, int]
    scenarios: list[Row]

    @property
    def exit_code(self) -> Exit:
        """0 where every scenario has a result; 8 where some have none; 3 where none has; 130 where it was stopped."""
        if self.state == "interrupted":
            return Exit.INTERRUPTED
        if self.failed:
            return Exit.PART_FAILED
        return Exit.OPTIMAL

    @property
    def tables(self) -> tuple[str, ...]:
        """Its only table."""
        return ("scenarios",)

    def to_json(self) -> bytes:
        """The summary as JSON (UTF-8)."""
        return orjson.dumps(self)

    def frame(self, table: str = "scenarios") -> pd.DataFrame:
        """A row an item, findings by their codes.

        Errors: KeyError for another table.
        """
        import pandas as pd

        if table not in self.tables:
            raise KeyError(f"no table {table!r}; there are: {', '.join(self.tables)}")
        rows = [asdict(row) | {"findings": " ".join(f["code"] for f in row.findings)} for row in self.scenarios]
        return pd.DataFrame(rows, columns=list(Row.__dataclass_fields__))


def summary_of(names: Sequence[tuple[str, str]], ended: dict[str, Ended], seconds: float) -> BatchSummary:
    """The summary of items (name and source), in their order; what has not ended is unfinished."""
    rows = [_row(name, source, ended.get(name)) for name, source in names]
    states = Counter(row.state for row in rows)
    state = "interrupted" if states["unfinished"] else "partially_failed" if states["failed"] else "succeeded"
    if states["failed"] == len(rows):
        state = "failed"
    return BatchSummary(
        schema_version="1",
        state=state,
        total=len(rows),
        succeeded=states["succeeded"],
        failed=states["failed"],
        unfinished=states["unfinished"],
        new=sum(row.state == "succeeded" and not row.skipped for row in rows),
        seconds=round(seconds, 3),
        terminations=dict(sorted(Counter(row.termination for row in rows if row.termination).items())),
        scenarios=rows,
    )


def _row(name: str, source: str, end: Ended | None) -> Row:
    if end is None:
        return Row(name, source, "unfinished", None, False, None, None, False, None, [])
    kept = end.kept
    return Row(
        name,
        source,
        end.state,
        kept.termination if kept is not None else None,
        kept.has_allocation if kept is not None else False,
        int(end.exit_code),
        kept.seconds if kept is not None else None,
        end.skipped,
        kept.key if kept is not None else None,
        list(end.findings),
    )
