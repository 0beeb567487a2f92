"""One catalogue for every text a person reads: findings, cures, reasons.

A text is found by its code and filled with parameters; code elsewhere never writes a sentence of
its own. A language is a package here, with one module a subject: ``findings``, ``service``, ``answers``,
``explanations``, ``commands``, ``page``, ``desk``; every language has the same codes and parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

LANGUAGES = ("en", "fr")


def catalogue(lang: str = "en") -> Mapping[str, str]:
    """The texts of a language by code.

    Errors: KeyError for a language without a catalogue.
    """
    if lang not in LANGUAGES:
        raise KeyError(f"no catalogue for language {lang!r}; there are: {', '.join(LANGUAGES)}")
    return _texts(lang)


def text(code: str, params: Mapping[str, Any], lang: str = "en") -> str:
    """The text of ``code`` in ``lang``, with ``params`` filled in (numbers without float noise)."""
    return catalogue(lang)[code].format_map({k: _shown(v, lang) for k, v in params.items()})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A parameter that is words: ``phrase.{code}`` of the catalogue, put into the language of the text around it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said("en")

    def said(self, lang: str) -> str:
        """The words in a language."""
        return text(f"phrase.{self.code}", self.params, lang)


def type_of(value: Any) -> Phrase | str:
    """What kind of JSON value this is, in words."""
    name = type(value).__name__
    return Phrase(f"type.{name}") if f"phrase.type.{name}" in catalogue() else name


def joined(parts: Iterable[str], lang: str) -> str:
    """Parts of a sentence one after the other, with a semicolon between them."""
    return text("phrase.joint", {}, lang).join(parts)


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after the other; with a semicolon between them where a name has a comma in it."""
    known = list(names)
    return joined(known, lang) if any("," in name for name in known) else ", ".join(known)


def digits(shown: str, lang: str) -> str:
    """A number formatted as in English, with the marks of a language: 1,234.5 % is 1 234,5 % in French."""
    marks: Mapping[str, str] = _module(lang).MARKS
    return "".join(marks.get(c, c) for c in shown)


def decimal_mark(lang: str) -> str:
    """What stands between a whole number and its decimals."""
    return digits(".", lang)


def unit_words(unit: str, lang: str) -> str:
    """A unit of the model ("EUR million", "share") in words; a unit that is the scenario's own stays as it is."""
    return catalogue(lang).get(f"unit.{unit}", unit)


@cache
def _texts(lang: str) -> Mapping[str, str]:
    """Every text of a language, typeset. A finding has a message (what disagrees) and a cure (what to do)."""
    answers, service, desk = (_module(lang, subject) for subject in ("answers", "service", "desk"))
    findings = _module(lang, "findings").FINDINGS | service.SERVICE | desk.FINDINGS
    texts = {f"finding.{code}": message for code, (message, _) in findings.items()}
    texts |= {f"cure.{code}": cure for code, (_, cure) in findings.items()}
    for code, (title, detail, cure) in (service.PROBLEMS | desk.PROBLEMS).items():
        texts |= {f"problem.{code}": title, f"problem.{code}.detail": detail, f"problem.{code}.cure": cure}
    for prefix, words in {
        "reason": answers.REASONS,
        "label": answers.LABELS,
        "phrase": answers.PHRASES,
        "unit": answers.UNITS,
        "verdict": answers.VERDICTS,
        "cli": _module(lang, "commands").CLI,
        "page": _module(lang, "page").PAGE,
        "desk": desk.DESK,
    }.items():
        texts |= {f"{prefix}.{code}": said for code, said in words.items()}
    texts |= _module(lang, "explanations").EXPLAIN
    typeset = _module(lang).typeset
    return {code: typeset(words) for code, words in texts.items()}


def _module(lang: str, subject: str = "") -> Any:
    return import_module(".".join(["optimiser.messages", lang, *filter(None, [subject])]))


def _shown(value: Any, lang: str) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return digits(f"{value:.10g}", lang)
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
