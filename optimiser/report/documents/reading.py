"""Answers read back from their JSON, as ``--out`` saved them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from optimiser.errors import AnswerError
from optimiser.explain.answer import Explanation, Repair
from optimiser.findings import Finding
from optimiser.result.result import Result
from optimiser.strategies.comparison import Comparison
from optimiser.study.curves import BudgetCurve
from optimiser.study.frontiers import Frontier
from optimiser.study.inputs import DecidingInputs
from optimiser.study.robustness import Robustness
from optimiser.study.two_stages import TwoStages

AnyAnswer = (
    Result | Comparison | Frontier | BudgetCurve | Robustness | TwoStages | DecidingInputs | Explanation | Repair
)

KINDS: tuple[tuple[str, type[AnyAnswer]], ...] = (
    ("certificate", Result),
    ("comparison", Comparison),
    ("pieces", BudgetCurve),
    ("complete", Frontier),
    ("certainty", Robustness),
    ("evpi", TwoStages),
    ("not_reached", DecidingInputs),
    ("reserve", Explanation),
    ("repairs", Repair),
)
"""A key that only answers of this kind have at their top."""

MOST_FINDINGS = 20


def answer_of(document: Any) -> AnyAnswer:
    """The answer a JSON document holds.

    Errors: AnswerError where it is none, or was changed so that it is none any more.
    """
    if not isinstance(document, Mapping):
        raise AnswerError([Finding("error", "not-an-answer", "", {})])
    kind = next((kind for key, kind in KINDS if key in document), None)
    if kind is None:
        raise AnswerError([Finding("error", "not-an-answer", "", {})])
    try:
        found: AnyAnswer = TypeAdapter(kind).validate_python(document)
    except ValidationError as error:
        places = [error["loc"] for error in error.errors(include_url=False, include_input=False)]
        raise AnswerError(
            [
                Finding("error", "answer-changed", "".join(f"/{part}" for part in place), {"kind": kind.__name__})
                for place in places[:MOST_FINDINGS]
            ]
        ) from None
    return found
