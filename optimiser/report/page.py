"""A page: what is shown to people, before anyone knows how wide the screen is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.messages import text

Words = Callable[..., str]
"""The catalogue's ``cli.`` texts in one language: ``say("title.funded")``, with parameters as keywords."""


def words(lang: str) -> Words:
    """The words for pages in a language."""

    def say(code: str, **params: Any) -> str:
        return text(f"cli.{code}", params, lang)

    return say


@dataclass(frozen=True, slots=True)
class Column:
    """A column. Numbers stand to the right and are never cut; text may run over several lines."""

    title: str
    numeric: bool = False


Cell = str | tuple[str, ...]
"""What stands in a cell: text, or several lines that stand beside the lines of the next cell."""


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table of cells.

    narrow: what to show instead where the table does not fit the screen; without it, it is shown in several parts.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    narrow: Table | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """The top of a page: its title and what it says in one or two sentences."""

    title: str
    sentences: Sequence[str] = ()
    good: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences under an optional title."""

    title: str
    sentences: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings as the result holds them (severity, code, pointer, message, cure), under a title."""

    title: str
    findings: Sequence[dict[str, Any]]
    severities: dict[str, str]
    notes: Sequence[str] = field(default=())


Block = Heading | Table | Paragraph | Findings
