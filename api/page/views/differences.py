"""What differs between two scenarios: inputs, decisions, money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.page.views.drawing import Context, Drawing, Question
from optimiser.errors import QuestionError
from optimiser.report.comparisons import difference_page
from optimiser.report.page import Heading
from optimiser.scenario.load import Loaded, load_document
from optimiser.scenario.scenario import Scenario
from optimiser.study.differences import difference


def asked(view: Any, written: Scenario | None, loaded: Loaded, lang: str) -> Context:
    """Two scenarios to choose."""
    return {"a": view.one("a"), "b": view.one("b")}


def answered(q: Question) -> Context:
    """The difference from the first scenario to the second one with the edits of the link.

    Errors: QuestionError with the findings of the first scenario where it cannot be used.
    """
    other = load_document(q.view.other)
    if other.scenario is None:
        raise QuestionError([f for f in other.findings if f.severity == "error"])
    answer = difference(other, q.loaded, q.options, q.lang)
    blocks = difference_page(answer, q.lang)
    heading = blocks[0]
    assert isinstance(heading, Heading)
    return {"blocks": [replace(heading, title=""), *blocks[1:]]}


DRAWING = Drawing(asked, answered)
