"""What every answer of the library can do: be JSON, and be tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd


class Answer(Protocol):
    """A result, a comparison …: the same bytes for the command and the service, the same tables for files."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables; the first is what a single CSV file holds."""
        ...

    def to_json(self) -> bytes:
        """The answer as JSON (UTF-8)."""
        ...

    def frame(self, table: Any) -> pd.DataFrame:
        """One of its tables.

        Errors: KeyError for a table it does not have.
        """
        ...
