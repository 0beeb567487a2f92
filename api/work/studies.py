"""Studies: questions about a scenario that solve many versions of it, within one time limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.problems import Answer
from api.work.job import Job, invalid, studied
from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.scenario.load import Loaded
from optimiser.solve.options import SolveOptions
from optimiser.study.asked import check_numbers, flag
from optimiser.study.curves import budget_curve
from optimiser.study.frontiers import frontier
from optimiser.study.inputs import deciding_inputs
from optimiser.study.report import Report
from optimiser.study.robustness import robustness
from optimiser.study.two_stages import two_stage


def draw_frontier(job: Job) -> Answer:
    """The frontier between two terms of the scenario in the body, or the objective by the size of a tier."""

    def drawn(loaded: Loaded, body: Mapping[str, Any], options: SolveOptions) -> Report:
        if "budget" in body:
            _alone("budget", body, ("from", "to", "steps", "tolerance"))
            low, high, tolerance = (body.get(key) for key in ("from", "to", "tolerance"))
            return budget_curve(loaded, body["budget"], low, high, body.get("steps", 11), tolerance, options, job.lang)
        _alone("terms", body, ("terms", "points", "complete"))
        return frontier(
            loaded, body.get("terms"), body.get("points", 11), body.get("complete", False), options, job.lang
        )

    return _answered(job, ("terms", "points", "complete", "budget", "from", "to", "steps", "tolerance"), drawn)


def ask_robustness(job: Job) -> Answer:
    """Whether the list of the scenario in the body holds, or another question of that kind."""

    def asked(loaded: Loaded, body: Mapping[str, Any], options: SolveOptions) -> Report:
        check_numbers(*(flag(f"/{key}", body.get(key, False)) for key in ("two_stage", "inputs")))
        if body.get("two_stage"):
            _alone("two_stage", body, ())
            return two_stage(loaded, options, job.lang)
        if body.get("inputs"):
            _alone("inputs", body, ("bound",))
            return deciding_inputs(loaded, body.get("bound", 0.5), options, job.lang)
        _alone("draws", body, ("draws", "seed", "weights", "weights_of", "weight_range", "two_stage", "inputs"))
        return robustness(
            loaded,
            body.get("draws", 200),
            body.get("seed", 7),
            body.get("weights", 0),
            body.get("weights_of", "objective"),
            body.get("weight_range", 0.5),
            options,
            job.lang,
        )

    keys = ("draws", "seed", "weights", "weights_of", "weight_range", "two_stage", "inputs", "bound")
    return _answered(job, keys, asked)


def _alone(question: str, body: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    """Refuses what belongs to another question of the same address: nothing is silently ignored."""
    known = ["scenario", question, *(key for key in keys if key != question)]
    check_numbers(
        *(
            Finding("error", "unknown-key-of-request", f"/{key}", {"key": key, "known": known})
            for key in body
            if key not in known
        )
    )


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
