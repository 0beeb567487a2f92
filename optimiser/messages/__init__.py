"""One catalogue for every text a person reads: findings, cures, reasons.

A text is found by its code and filled with parameters; code elsewhere never writes a sentence of its own. English is
the source: the package ``en``, one module a subject. Every other language is a PO file of gettext's beside it
(``fr.po``), with the codes as contexts. Numbers and dates follow the customs of the language, as CLDR has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

SOURCE = "en"
LANGUAGES = (SOURCE, *sorted(file.stem for file in HERE.glob("*.po")))

LOCALES = {"en": "en_150"}
"""The locale of CLDR where it is not the language itself: English as Europe writes it, with days before months."""

EUR_MILLION = "EUR million"
"""The unit of money, as the model and the results write it."""

NARROW = "\u202f"
"""The narrow space that never ends a line: what stands before a unit."""

SEVERAL = 2
"""The number whose form stands for a text as such."""


OF_LEVELS = frozenset({"W1", "R1", "R2", "R3"})
"""Labels of the rules that speak of a level of losses, which the model names by its rank."""

COMPOSED = {" · years": "over-years", " per million inhabitants": "per-million-inhabitants"}
"""Endings of units that are made of another one."""


def catalogue(lang: str = SOURCE) -> Mapping[str, str]:
    """The texts of a language by code; where a number decides, in the form for several.

    Errors: KeyError for a language without a catalogue.
    """
    return {code: _said(code, lang) for code in _texts()}


def text(code: str, params: Mapping[str, Any], lang: str = SOURCE) -> str:
    """The text of ``code`` in ``lang``, with ``params`` filled in (numbers without float noise).

    Where a text has forms by number, ``count`` decides, by the rule of the language.
    """
    shown = {k: _shown(v, lang) for k, v in params.items()}
    if "count" not in params:
        return _said(code, lang).format_map(shown)
    count: int = params["count"]
    return _said(code, lang, count).format_map({**shown, "count": digits(f"{count:,}", lang)})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A parameter that is words: ``phrase.{code}`` of the catalogue, put into the language of the text around it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said(SOURCE)

    def said(self, lang: str) -> str:
        """The words in a language."""
        return text(f"phrase.{self.code}", self.params, lang)


def type_of(value: Any) -> Phrase | str:
    """What kind of JSON value this is, in words."""
    name = type(value).__name__
    return Phrase(f"type.{name}") if f"phrase.type.{name}" in _texts() else name


def rule_named(label: str, rule: str) -> Phrase | str:
    """What a rule goes by: a level of losses in words, every other by its id."""
    kind, _, rank = rule.partition(" ")
    return Phrase("level", {"level": rank}) if label in OF_LEVELS and kind == "level" else rule


def labelled(label: str, rule: str) -> Phrase:
    """A rule with its label before it, as lists of rules have it."""
    return Phrase("rule", {"label": label, "rule": rule_named(label, rule)})


def percentage(share: float) -> Phrase:
    """A share as a percentage, without the noise of sums."""
    return Phrase("percent", {"percent": float(f"{100 * share:.6g}")})


def joined(parts: Iterable[str], lang: str) -> str:
    """Parts of a sentence one after the other, with a semicolon between them."""
    return text("phrase.joint", {}, lang).join(parts)


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after the other; with a semicolon between them where a name has a comma in it."""
    known = list(names)
    return joined(known, lang) if any("," in name for name in known) else ", ".join(known)


def digits(shown: str, lang: str) -> str:
    """A number formatted as in English, with the marks of a language: 1,234.5 % is 1 234,5 % in French."""
    return shown.translate(_marks(lang))


def decimal_mark(lang: str) -> str:
    """What stands between a whole number and its decimals."""
    return digits(".", lang)


def day(at: date, lang: str) -> str:
    """A day as a person reads it: 4 Nov 2026."""
    from babel.dates import format_date

    return format_date(at, locale=locale_of(lang))


def moment(at: datetime, lang: str) -> str:
    """A moment as a person reads it, to the minute, with its time zone."""
    from babel.dates import format_time

    utc = at.astimezone(UTC)
    time = format_time(utc, "short", locale=locale_of(lang))
    return text("phrase.moment", {"day": day(utc.date(), lang), "time": time}, lang)


def country_name(code: str, lang: str) -> str:
    """The name of a country by its code (CLDR); what is no code stays as it is."""
    from babel import Locale

    name: str = Locale.parse(locale_of(lang)).territories.get(code, code)
    return name


def unit_words(unit: str, lang: str) -> str:
    """A unit of the model ("EUR million", "share") in words; a unit that is the scenario's own stays as it is."""
    for ending, code in COMPOSED.items():
        if unit.endswith(ending):
            return text(f"unit.{code}", {"unit": unit_words(unit.removesuffix(ending), lang)}, lang)
    return _said(f"unit.{unit}", lang) if f"unit.{unit}" in _texts() else unit


def _said(code: str, lang: str, count: int = SEVERAL) -> str:
    """The words of ``code`` in ``lang``, in their form for a number."""
    words = _texts()[code]
    if isinstance(words, str):
        return _translations(lang).pgettext(code, words)
    return _translations(lang).npgettext(code, *words, count)


@cache
def _texts() -> Mapping[str, str | tuple[str, str]]:
    """The English texts, read when the first is needed."""
    from optimiser.messages.en import TEXTS

    return TEXTS


@cache
def _translations(lang: str) -> NullTranslations:
    """What gettext knows of a language: for English, what is written in the source."""
    if lang == SOURCE:
        return NullTranslations()
    if lang not in LANGUAGES:
        raise KeyError(f"no catalogue for language {lang!r}; there are: {', '.join(LANGUAGES)}")
    # Imported here: whoever reads English does not wait for Babel.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (HERE / f"{lang}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _marks(lang: str) -> Mapping[int, str]:
    """What stands for the marks of a number as English writes it."""
    if lang == SOURCE:
        return {}
    from babel import Locale

    symbols = Locale.parse(locale_of(lang)).number_symbols["latn"]
    return str.maketrans({".": symbols["decimal"], ",": symbols["group"], " ": NARROW})


def locale_of(lang: str) -> str:
    """The locale of CLDR by which a language writes numbers and days."""
    return LOCALES.get(lang, lang)


def _shown(value: Any, lang: str) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return digits(f"{value:.10g}", lang)
    if isinstance(value, date):
        return day(value, lang)
    if value is None:
        return text("phrase.none", {}, lang)
    if isinstance(value, Phrase):
        return value.said(lang)
    if isinstance(value, list | tuple | set | frozenset):
        # A number with a decimal comma is no name.
        names = any(isinstance(v, str) and "," in v for v in value)
        parts = [str(_shown(v, lang)) for v in value]
        return (joined(parts, lang) if names else ", ".join(parts)) or text("phrase.none", {}, lang)
    return value
