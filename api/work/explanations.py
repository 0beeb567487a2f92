"""Explanations and repairs: many solves within the time limit of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.problems import Answer
from api.work.job import Job, invalid, studied
from optimiser.errors import QuestionError
from optimiser.explain.explanations import WITHIN, explain_candidate, explain_country
from optimiser.explain.repairs import repair
from optimiser.findings import Finding
from optimiser.messages import Phrase, type_of
from optimiser.scenario.load import Loaded
from optimiser.solve.options import SolveOptions

MOST_ALTERNATIVES = 100


def explain_answer(job: Job) -> Answer:
    """The question of the body about the scenario's answer."""

    def study(loaded: Loaded, document: Mapping[str, Any], options: SolveOptions) -> Answer:
        wrong = list(_wrong(document))
        if wrong:
            return invalid("invalid-request", wrong, job)
        try:
            if document.get("country") is not None:
                return Answer(200, explain_country(loaded, document["country"], options, job.lang).to_json())
            within, count = document.get("within", WITHIN), document.get("alternatives", 0)
            answer = explain_candidate(loaded, document.get("candidate"), options, job.lang, within, count)
            return Answer(200, answer.to_json())
        except QuestionError as error:
            return invalid("invalid-request", error.findings, job)

    return studied(job, (), ("candidate", "country", "alternatives", "within"), study)


def repair_scenario(job: Job) -> Answer:
    """The rules of the scenario that clash, and the cheapest repairs."""
    return studied(job, (), (), lambda loaded, _, options: Answer(200, repair(loaded, options, job.lang).to_json()))


def _wrong(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What of the question has the wrong type or range, or asks two questions at once."""
    for key in ("candidate", "country"):
        value = document.get(key)
        if value is not None and not isinstance(value, str):
            yield _type(key, value, Phrase("a-text"))
    count, within = document.get("alternatives", 0), document.get("within", WITHIN)
    if not isinstance(count, int) or isinstance(count, bool):
        yield _type("alternatives", count, Phrase("a-whole-number"))
    elif not 0 <= count <= MOST_ALTERNATIVES:
        yield _range("alternatives", count, 0, MOST_ALTERNATIVES)
    if not isinstance(within, int | float) or isinstance(within, bool):
        yield _type("within", within, Phrase("a-number"))
    elif not 0 <= within <= 1:
        yield _range("within", within, 0, 1)
    if document.get("country") is not None:
        for key in ("candidate", "alternatives", "within"):
            if document.get(key) is not None:
                yield Finding("error", "two-questions", f"/{key}", {"key": key})


def _type(key: str, value: Any, expected: Phrase) -> Finding:
    return Finding("error", "wrong-type", f"/{key}", {"found": type_of(value), "expected": expected})


def _range(key: str, value: float, least: float, most: float) -> Finding:
    if value < least:
        return Finding("error", "below-least", f"/{key}", {"found": value, "bound": least})
    return Finding("error", "above-greatest", f"/{key}", {"found": value, "bound": most})
