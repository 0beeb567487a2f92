"""A plan made elsewhere, checked against its scenario and scored."""

from __future__ import annotations

from api.problems import Answer
from api.work.job import Job, invalid, killed_after, read_envelope, under
from optimiser.errors import PlanError
from optimiser.evaluation import evaluate
from optimiser.scenario.load import load_document


def evaluate_plan(job: Job) -> Answer:
    """The plan in the body, checked against its scenario and scored."""
    with killed_after(job.settings.max_reading_s):
        document, findings = read_envelope(job, ("scenario", "plan"))
        if document is None:
            return invalid("invalid-request", findings, job)
        loaded = load_document(document["scenario"])
        if loaded.scenario is None:
            return invalid("invalid-scenario", under("/scenario", loaded.findings), job)
        try:
            result = evaluate(loaded, document["plan"], job.lang)
        except PlanError as error:
            return invalid("invalid-plan", under("/plan", error.findings), job)
        return Answer(200, result.to_json())
