"""One request's work in a worker process: its body read, its limits kept."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.problems import Answer, Problem
from api.settings import Settings
from optimiser.allocation import options_of
from optimiser.errors import SolverError
from optimiser.findings import Finding, has_errors
from optimiser.scenario.load import Loaded, load_document
from optimiser.scenario.read import read_json
from optimiser.scenario.scenario import Scenario
from optimiser.solve.options import SolveOptions


@dataclass(frozen=True, slots=True)
class Job:
    """One request's work. instance: the address that names this occurrence in a problem."""

    body: bytes
    lang: str
    instance: str
    settings: Settings


Work = Callable[[Job], Answer]

MOST_FINDINGS = 1_000
"""In one answer. A body of a megabyte may have a hundred thousand odd keys, and would be answered with forty."""


def hard_stop_s(time_limit_s: float) -> float:
    """When a solve is killed [s]: late enough that the solver, which ends at its limit, hands over its best plan."""
    return 1.25 * time_limit_s + 5.0


def warm_up(niceness: int, most_bytes: int) -> None:
    """Prepares a worker, before its first task: by how much it gives way to others, and what it may take of memory.

    Signals end it at once: their Python handlers would wait until the solver returns. A worker that asks for more
    memory than it may have fails alone, before the system chooses whom to kill.
    """
    if most_bytes and sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = most_bytes if most == resource.RLIM_INFINITY else min(most, most_bytes)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def process_number() -> int:
    """The worker's process id: its first answer, by which it is known to be ready."""
    return os.getpid()


def studied(
    job: Job,
    required: Sequence[str],
    optional: Sequence[str],
    study: Callable[[Loaded, Mapping[str, Any], SolveOptions], Answer],
) -> Answer:
    """The answer to a question about the scenario of a body ``{"scenario": {…}, …}``; or why it cannot be asked.

    study: gets the scenario, the body, and options within the service's limits, whose time is for the whole question.
    """
    with killed_after(job.settings.max_reading_s):
        document, findings = read_envelope(job, ("scenario", *required), optional)
        if document is None:
            return invalid("invalid-request", findings, job)
        loaded = load_document(document["scenario"])
    if loaded.scenario is None:
        return invalid("invalid-scenario", under("/scenario", loaded.findings), job)
    if (problem := too_large(loaded.scenario, job)) is not None:
        return problem
    options, capped = options_within(loaded.scenario, job.settings)
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            return study(Loaded(loaded.scenario, (*loaded.findings, *capped)), document, options)
    except SolverError as error:
        return Problem("solver-refused", {"reason": str(error)}).answer(job.lang, job.instance)


def too_large(scenario: Scenario, job: Job) -> Answer | None:
    """The refusal of a scenario with more candidates than the service takes."""
    count, limit = len(scenario.candidates), job.settings.max_candidates
    if count <= limit:
        return None
    return Problem("too-many-candidates", {"count": count, "limit": limit}).answer(job.lang, job.instance)


def read_envelope(
    job: Job, required: Sequence[str], optional: Sequence[str] = ()
) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The body as an object with these keys and no others; None, and every finding, where it is not."""
    document, found = read_json(job.body)
    known = {"known": [*required, *optional]}
    findings = [
        Finding("error", "request-not-an-object", "", {**f.params, **known}) if f.code == "not-an-object" else f
        for f in found
    ]
    if isinstance(document, dict):
        for key in document:
            if key not in known["known"]:
                findings.append(Finding("error", "unknown-key-of-request", f"/{key[:80]}", {"key": key[:80], **known}))
        among = [k[:80] for k in document][:12]
        for key in required:
            if key not in document:
                findings.append(Finding("error", "missing-key", "", {"key": key, "among": among}))
    return (None if has_errors(findings) or not isinstance(document, dict) else document), findings


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


def invalid(code: str, findings: Iterable[Finding], job: Job) -> Answer:
    """The problem that carries these findings."""
    every = tuple(findings)
    count = sum(f.severity == "error" for f in every)
    return Problem(code, {"count": count}, tuple(shown(every, job.lang))).answer(job.lang, job.instance)


def shown(findings: Sequence[Finding], lang: str) -> list[dict[str, str]]:
    """Findings in words; where there are too many for an answer, errors first, and how many are left out."""
    if len(findings) <= MOST_FINDINGS:
        return [f.as_dict(lang) for f in findings]
    first = sorted(findings, key=lambda f: f.severity != "error")[:MOST_FINDINGS]
    more = Finding("note", "more-findings", "", {"count": len(findings) - MOST_FINDINGS})
    return [f.as_dict(lang) for f in (*first, more)]


def under(place: str, findings: Iterable[Finding]) -> list[Finding]:
    """Findings of a part of the body, with pointers from the whole body."""
    return [Finding(f.severity, f.code, place + f.pointer, f.params) for f in findings]


@contextmanager
def killed_after(seconds: float) -> Iterator[None]:
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
