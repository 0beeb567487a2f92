"""Allocation and validation: the body is the scenario itself."""

from __future__ import annotations

from dataclasses import replace

from api.preferences import MINIMAL
from api.problems import Answer, Problem, json_bytes
from api.work.job import Job, hard_stop_s, invalid, killed_after, options_within, shown, too_large
from api.work.jobs import read_job
from optimiser.allocation import allocate
from optimiser.batch.job import NewJob
from optimiser.errors import SolverError
from optimiser.result.minimal import minimal
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import Loaded, load_bytes


def allocate_scenario(job: Job) -> Answer | NewJob:
    """The best allocation of the scenario in the body, infeasible included; or why it cannot be used.

    A scenario too large for its client to wait is a job to be queued.
    """
    return _allocated(job, briefly=False)


def allocate_briefly(job: Job) -> Answer | NewJob:
    """The same without what takes further solves: the plan and its certificate alone."""
    return _allocated(job, briefly=True)


def _allocated(job: Job, briefly: bool) -> Answer | NewJob:
    with killed_after(job.settings.max_reading_s):
        loaded = load_bytes(job.body)
    if loaded.scenario is None:
        return invalid("invalid-scenario", loaded.findings, job)
    if too_large(loaded.scenario, job) is not None:
        return read_job(job)
    options, capped = options_within(loaded.scenario, job.settings)
    if briefly:
        options = replace(options, unspent=False, prices=False)
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            result = allocate(Loaded(loaded.scenario, (*loaded.findings, *capped)), options, job.lang)
    except SolverError as error:
        return Problem("solver-refused", {"reason": str(error)}).answer(job.lang, job.instance)
    if briefly:
        return Answer(200, minimal(result).to_json(), headers=(("Preference-Applied", MINIMAL),))
    return Answer(200, result.to_json())


def validate_scenario(job: Job) -> Answer:
    """Every finding of the scenario in the body, and its hash where it has no errors."""
    with killed_after(job.settings.max_reading_s):
        loaded = load_bytes(job.body)
        document = {
            "valid": loaded.scenario is not None,
            "findings": shown(loaded.findings, job.lang),
            "sha256": scenario_sha256(loaded.scenario) if loaded.scenario is not None else None,
        }
        return Answer(200, json_bytes(document))
