"""A report in the format a file's ending asks for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import PurePath

from optimiser.errors import AnswerError
from optimiser.findings import Finding
from optimiser.report.documents.reading import AnyAnswer
from optimiser.result.result import Result
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.scenario import Scenario
from optimiser.strategies.comparison import Comparison

NEEDS = {
    ".html": ("altair", "jinja2", "vl_convert"),
    ".md": ("altair", "vl_convert", "jinja2"),
    ".docx": ("altair", "docx", "vl_convert"),
    ".xlsx": ("openpyxl",),
}
"""Modules of the extra ``report`` that each format is made with."""


def lacking(ending: str) -> list[str]:
    """Modules a format needs that are not installed.

    Errors: KeyError for an ending that is no format.
    """
    return [module for module in NEEDS[ending] if find_spec(module) is None]


def report_bytes(answers: Sequence[AnyAnswer], file: str, lang: str = "en", scenario: Scenario | None = None) -> bytes:
    """The bytes of a report named ``file``, whose ending is its format: .html, .docx, .md or .xlsx.

    scenario: the one the answers are of, for the names of its tiers, its sources and assumptions.
    Errors: AnswerError where an answer is of another scenario, or there is none; KeyError for another ending;
    ImportError without the extra ``report``.
    """
    if not answers:
        raise AnswerError([Finding("error", "no-answers", "", {})])
    if scenario is not None:
        _expect_same(answers, scenario_sha256(scenario))
    from optimiser.report.documents.contents import contents_of
    from optimiser.report.names import tier_names

    contents = contents_of(answers, lang, scenario)
    ending = PurePath(file).suffix.lower()
    if ending == ".html":
        from optimiser.report.documents.html import html_of

        return html_of(contents)
    if ending == ".md":
        from optimiser.report.documents.markdown import markdown_of

        return markdown_of(contents)
    if ending == ".docx":
        from optimiser.report.documents.word import word_of

        return word_of(contents)
    if ending == ".xlsx":
        from optimiser.report.documents.sheets import sheets_of

        return sheets_of(contents, answers, tier_names(scenario) if scenario is not None else {})
    raise KeyError(ending)


def _expect_same(answers: Sequence[AnyAnswer], sha256: str) -> None:
    """Every answer is of the scenario with this hash."""
    found = []
    for n, answer in enumerate(answers, 1):
        results: Sequence[Result] = answer.results if isinstance(answer, Comparison) else ()
        of = (
            results[0].scenario.sha256
            if results
            else sha256
            if isinstance(answer, Comparison)
            else answer.scenario.sha256
        )
        if of != sha256:
            found.append(Finding("error", "answer-of-another", "", {"n": n, "of": of, "scenario": sha256}))
    if found:
        raise AnswerError(found)
