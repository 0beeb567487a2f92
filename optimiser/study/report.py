"""What the answers of all studies share: their JSON, their tables, and how far the work has come."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from optimiser.findings import Finding
from optimiser.result.result import Result

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
"""Called with what is done and of how many; of 0 where that is not known beforehand."""


def silent(done: int, of: int) -> None:
    """Says nothing of how far the work has come."""


class Report(ABC):
    """An answer made of dataclasses, whose field names are the names of its JSON (``from_`` is written "from")."""

    __slots__ = ()
    TABLES: ClassVar[tuple[str, ...]]

    @abstractmethod
    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table, each by column."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables; the first is what a single CSV file holds."""
        return self.TABLES

    def as_dict(self) -> dict[str, Any]:
        """The answer by the names of its JSON."""
        document: dict[str, Any] = _written(self)
        return document

    def to_json(self) -> bytes:
        """The answer as JSON (UTF-8), as the command and the service give it."""
        return orjson.dumps(self.as_dict(), option=orjson.OPT_NON_STR_KEYS)

    def frame(self, table: str) -> pd.DataFrame:
        """One table as a pandas DataFrame.

        Errors: KeyError for a table it does not have.
        """
        import pandas as pd

        if table not in self.TABLES:
            raise KeyError(f"no table {table!r}; there are: {', '.join(self.TABLES)}")
        return pd.DataFrame(self.rows(table))


def _written(value: Any) -> Any:
    if isinstance(value, Result):
        return value.as_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name.rstrip("_"): _written(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    return value


def asides_dropped(findings: Iterable[Finding]) -> list[Finding]:
    """The scenario's findings without those that send the reader to the study that is being made."""
    return [f for f in findings if f.code != "set-aside"]
