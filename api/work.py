"""What runs in a worker process: bytes in, a finished answer out.

Each function takes one Job. Whatever it raises on top of that is a bug and becomes a problem 500.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.problems import Answer, Problem, json_bytes
from api.settings import Settings
from optimiser.allocation import allocate, options_of
from optimiser.errors import PlanError, SolverError
from optimiser.evaluation import evaluate
from optimiser.findings import Finding, has_errors
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import Loaded, load_bytes, load_document
from optimiser.scenario.read import read_json
from optimiser.scenario.scenario import Scenario
from optimiser.solve.options import SolveOptions

ENVELOPE = ("scenario", "plan")
"""Keys of an evaluation's body; both are needed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One request's work. instance: the address that names this occurrence in a problem."""

    body: bytes
    lang: str
    instance: str
    settings: Settings


Work = Callable[[Job], Answer]


def hard_stop_s(time_limit_s: float) -> float:
    """When a solve is killed [s]: late enough that the solver, which ends at its limit, hands over its best plan."""
    return 1.25 * time_limit_s + 5.0


def warm_up() -> None:
    """Prepares a worker, before its first task.

    Signals end it at once: their Python handlers would wait until the solver returns.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def process_number() -> int:
    """The worker's process id: its first answer, by which it is known to be ready."""
    return os.getpid()


def allocate_scenario(job: Job) -> Answer:
    """The best allocation of the scenario in the body, infeasible included; or why it cannot be used."""
    with _killed_after(job.settings.max_reading_s):
        loaded = load_bytes(job.body)
    if loaded.scenario is None:
        return _invalid("invalid-scenario", loaded.findings, job)
    count, limit = len(loaded.scenario.candidates), job.settings.max_candidates
    if count > limit:
        return Problem("too-many-candidates", {"count": count, "limit": limit}).answer(job.lang, job.instance)
    options, capped = options_within(loaded.scenario, job.settings)
    try:
        with _killed_after(hard_stop_s(options.time_limit_s)):
            result = allocate(Loaded(loaded.scenario, (*loaded.findings, *capped)), options, job.lang)
    except SolverError as error:
        return Problem("solver-refused", {"reason": str(error)}).answer(job.lang, job.instance)
    return Answer(200, result.to_json())


def validate_scenario(job: Job) -> Answer:
    """Every finding of the scenario in the body, and its hash where it has no errors."""
    with _killed_after(job.settings.max_reading_s):
        loaded = load_bytes(job.body)
        document = {
            "valid": loaded.scenario is not None,
            "findings": [f.as_dict(job.lang) for f in loaded.findings],
            "sha256": scenario_sha256(loaded.scenario) if loaded.scenario is not None else None,
        }
        return Answer(200, json_bytes(document))


def evaluate_plan(job: Job) -> Answer:
    """The plan in the body, checked against its scenario and scored."""
    with _killed_after(job.settings.max_reading_s):
        document, findings = read_json(job.body)
        findings = _envelope_findings(document, findings)
        if has_errors(findings):
            return _invalid("invalid-request", findings, job)
        loaded = load_document(document["scenario"])
        if loaded.scenario is None:
            return _invalid("invalid-scenario", _under("/scenario", loaded.findings), job)
        try:
            result = evaluate(loaded, document["plan"], job.lang)
        except PlanError as error:
            return _invalid("invalid-plan", _under("/plan", error.findings), job)
        return Answer(200, result.to_json())


def options_within(scenario: Scenario, settings: Settings) -> tuple[SolveOptions, list[Finding]]:
    """The scenario's own solver settings as far as the service allows them, and findings where it does not."""
    own = options_of(scenario)
    findings = []
    # Only what the file states was asked for; defaults are lowered without a word.
    asked = scenario.solver.model_fields_set
    if own.time_limit_s > settings.max_time_limit_s and "time_limit_s" in asked:
        params = {"asked": own.time_limit_s, "given": settings.max_time_limit_s}
        findings.append(Finding("warning", "time-limit-capped", "/solver/time_limit_s", params))
    if own.threads != settings.threads and "threads" in asked:
        params = {"asked": own.threads, "given": settings.threads}
        findings.append(Finding("note", "threads-fixed", "/solver/threads", params))
    limit = min(own.time_limit_s, settings.max_time_limit_s)
    return SolveOptions(limit, own.mip_gap, settings.threads), findings


def _invalid(code: str, findings: Iterable[Finding], job: Job) -> Answer:
    shown = tuple(f.as_dict(job.lang) for f in findings)
    count = sum(f["severity"] == "error" for f in shown)
    return Problem(code, {"count": count}, shown).answer(job.lang, job.instance)


def _envelope_findings(document: Any, findings: list[Finding]) -> list[Finding]:
    """Findings of an evaluation's body; to what reading found, what is wrong with its keys."""
    known = {"known": list(ENVELOPE)}
    found = [
        Finding("error", "request-not-an-object", "", {**f.params, **known}) if f.code == "not-an-object" else f
        for f in findings
    ]
    if not isinstance(document, dict):
        return found
    for key in document:
        if key not in ENVELOPE:
            found.append(Finding("error", "unknown-key-of-request", f"/{key[:80]}", {"key": key[:80], **known}))
    for key in ENVELOPE:
        if key not in document:
            found.append(Finding("error", "missing-key", "", {"key": key, "among": [k[:80] for k in document][:12]}))
    return found


def _under(place: str, findings: Iterable[Finding]) -> list[Finding]:
    """Findings of a part of the body, with pointers from the whole body."""
    return [Finding(f.severity, f.code, place + f.pointer, f.params) for f in findings]


@contextmanager
def _killed_after(seconds: float) -> Iterator[None]:
    """Lets the system kill this process if the block takes longer, solver code included.

    The parent has a time limit too, but cannot know the scenario's own before it was read here. Where the
    system has no such alarm the parent's limit stands alone.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
