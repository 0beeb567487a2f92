"""Strategies compared on the scenario of a body, and two scenarios compared with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.problems import Answer
from api.work.job import Job, invalid, studied, too_large, under
from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.messages import type_of
from optimiser.scenario.load import Loaded, load_document
from optimiser.solve.options import SolveOptions
from optimiser.strategies.comparison import compare
from optimiser.study.differences import difference


def compare_strategies(job: Job) -> Answer:
    """The strategies named in the body (all that apply, if none are) on its scenario."""

    def compared(loaded: Loaded, body: Mapping[str, Any], options: SolveOptions) -> Answer:
        wanted = body.get("strategies")
        if wanted is not None and not isinstance(wanted, list):
            params = {"found": type_of(wanted)}
            return invalid("invalid-request", [Finding("error", "strategies-not-a-list", "/strategies", params)], job)
        try:
            return Answer(200, compare(loaded, wanted, options, job.lang).to_json())
        except QuestionError as error:
            return invalid("invalid-request", error.findings, job)

    return studied(job, (), ("strategies",), compared)


def differ(job: Job) -> Answer:
    """What differs between the scenario and the other one of the body."""

    def differing(loaded: Loaded, body: Mapping[str, Any], options: SolveOptions) -> Answer:
        other = load_document(body["other"])
        if other.scenario is None:
            return invalid("invalid-scenario", under("/other", other.findings), job)
        if (problem := too_large(other.scenario, job)) is not None:
            return problem
        return Answer(200, difference(loaded, other, options, job.lang).to_json())

    return studied(job, ("other",), (), differing)
