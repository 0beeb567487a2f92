"""A page: what is shown to people, before anyone knows how wide the screen is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimiser.messages import EUR_MILLION, digits, joined, rule_named, text, unit_words
from optimiser.report import numbers


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue's ``cli.`` texts in one language, ``say("title.funded")``, and numbers as it writes them.

    decimals: of every amount of money; None for as many as the amounts need, up to two.
    """

    lang: str
    decimals: int | None = None

    def __call__(self, code: str, /, **params: Any) -> str:
        return text(f"cli.{code}", params, self.lang)

    def amounts(self, values: Iterable[float | None]) -> list[str]:
        return numbers.amounts(values, self.lang, self.decimals)

    def grid(self, columns: Sequence[Sequence[float]]) -> list[list[str]]:
        return numbers.grid(columns, self.lang, self.decimals)

    def value(self, value: float, unit: str) -> str:
        """Any number with its unit known: money as money, nothing as 0."""
        return (
            self.amounts([value])[0].replace(numbers.NOTHING, "0")
            if unit == EUR_MILLION and value >= 0
            else self.number(value)
        )

    def number(self, value: float) -> str:
        return numbers.number(value, self.lang)

    def share(self, value: float) -> str:
        return numbers.share(value, self.lang)

    def digits(self, shown: str) -> str:
        """A number formatted as in English."""
        return digits(shown, self.lang)

    def joined(self, parts: Iterable[str]) -> str:
        """Parts of a sentence with a semicolon between them."""
        return joined(parts, self.lang)

    def rule(self, label: str, rule: str) -> str:
        """What a rule goes by, in words."""
        named = rule_named(label, rule)
        return named if isinstance(named, str) else named.said(self.lang)

    def unit(self, unit: str) -> str:
        """A unit of the model in words; one of the scenario as it is written there."""
        return unit_words(unit, self.lang)


def words(lang: str, decimals: int | None = None) -> Words:
    """The words for pages in a language. decimals: of every amount, where documents ask for the same everywhere."""
    return Words(lang, decimals)


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
