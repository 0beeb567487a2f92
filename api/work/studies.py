"""Studies: questions about a scenario that solve many versions of it, within one time limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.problems import Answer
from api.work.job import Job, invalid, studied
from optimiser.errors import QuestionError
from optimiser.scenario.load import Loaded
from optimiser.solve.options import SolveOptions
from optimiser.study.frontiers import frontier
from optimiser.study.report import Report


def draw_frontier(job: Job) -> Answer:
    """The frontier between two terms of the scenario in the body."""

    def drawn(loaded: Loaded, body: Mapping[str, Any], options: SolveOptions) -> Report:
        return frontier(
            loaded, body.get("terms"), body.get("points", 11), body.get("complete", False), options, job.lang
        )

    return _answered(job, ("terms", "points", "complete"), drawn)


def _answered(
    job: Job, keys: tuple[str, ...], study: Callable[[Loaded, Mapping[str, Any], SolveOptions], Report]
) -> Answer:
    """The study's answer, or the problem of a question that does not fit its scenario."""

    def work(loaded: Loaded, body: Mapping[str, Any], options: SolveOptions) -> Answer:
        try:
            return Answer(200, study(loaded, body, options).to_json())
        except QuestionError as error:
            return invalid("invalid-request", error.findings, job)

    return studied(job, (), keys, work)
