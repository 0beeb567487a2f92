"""Jobs: read when they are submitted, solved under the eye of who may cancel them, written out as models."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from api.problems import Answer, Problem, json_bytes
from api.settings import Settings
from api.work.job import (
    Job,
    hard_stop_s,
    invalid,
    killed_after,
    options_within,
    read_envelope,
    too_large,
    under,
)
from optimiser.allocation import allocate
from optimiser.batch.family import Family
from optimiser.batch.job import Ending, NewJob, State
from optimiser.batch.solving import Prepared, Solved, answer_key, failed, version
from optimiser.batch.sweep import sweep_of
from optimiser.errors import PointerError, SolverError
from optimiser.findings import Finding
from optimiser.result.result import Result
from optimiser.scenario.canonical import canonical_of, scenario_sha256
from optimiser.scenario.load import Loaded, load_bytes, load_document
from optimiser.scenario.patch import patched
from optimiser.scenario.scenario import Scenario
from optimiser.solve.export import export_model
from optimiser.solve.watch import Progress, Watch


@dataclass(frozen=True, slots=True)
class Control:
    """Two files by which a worker and its service speak while the solver runs."""

    stop: Path
    progress: Path


@dataclass(frozen=True, slots=True)
class JobWork:
    """A job's work. base: what the content changes; None where the content is a whole scenario."""

    id: str
    content: bytes
    base: bytes | None
    lang: str
    settings: Settings
    control: Control


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to be: its children, and what they change where they are points of a sweep."""

    children: tuple[NewJob, ...]
    base: bytes | None


def read_job(job: Job) -> Answer | NewJob:
    """The scenario in the body as a job to be queued; or why it cannot be used. Its settings are those of jobs."""
    job = replace(job, settings=job.settings.for_jobs())
    with killed_after(job.settings.max_reading_s):
        loaded = load_bytes(job.body)
        if loaded.scenario is None:
            return invalid("invalid-scenario", loaded.findings, job)
        if (problem := too_large(loaded.scenario, job)) is not None:
            return problem
        prepared = _prepared(loaded.scenario, job.lang, job.settings, scenario_sha256(loaded.scenario))
        return NewJob(loaded.scenario.name, job.lang, job.body, prepared)


def read_batch(job: Job) -> Answer | NewBatch:
    """The children of the batch in the body, each still unread; or why there is no such batch."""
    most = job.settings.max_batch
    with killed_after(job.settings.max_reading_s):
        document, findings = read_envelope(job, (), ("scenarios", "sweep"))
        if document is None:
            return invalid("invalid-request", findings, job)
        scenarios, sweep = document.get("scenarios"), document.get("sweep")
        if len(document) != 1 or not ((isinstance(scenarios, list) and scenarios) or isinstance(sweep, dict)):
            return invalid("invalid-request", [Finding("error", "batch-form", "")], job)
        if isinstance(sweep, dict):
            return _swept(sweep, job)
        assert isinstance(scenarios, list)
        if len(scenarios) > most:
            params = {"count": len(scenarios), "limit": most}
            return invalid("invalid-request", [Finding("error", "batch-too-large", "/scenarios", params)], job)
        return NewBatch(tuple(NewJob(_name(s, n), job.lang, _json(s)) for n, s in enumerate(scenarios)), None)


def _swept(document: Mapping[str, Any], job: Job) -> Answer | NewBatch:
    sweep, findings = sweep_of(document, None, job.settings.max_batch)
    if sweep is None:
        return invalid("invalid-request", under("/sweep", findings), job)
    children = tuple(NewJob(sweep.name(n), job.lang, _json(sweep.patch(n))) for n in range(len(sweep)))
    return NewBatch(children, _json(sweep.base))


def _name(scenario: Any, number: int) -> str:
    name = scenario.get("name") if isinstance(scenario, dict) else None
    return name if isinstance(name, str) and name else f"scenarios/{number}"


def _json(value: Any) -> bytes:
    """What was read, written so that reading it again finds the same, numbers that are none included."""
    return json.dumps(value).encode()


def content_digest(content: bytes, base: bytes | None, lang: str, settings: Settings) -> str:
    """What reading a job's content depends on, as a hash."""
    read = ["job", lang, settings.max_time_limit_s, settings.max_candidates, settings.threads, version()]
    digest = hashlib.sha256(json.dumps(read).encode() + b"\n" + content)
    digest.update(b"" if base is None else b"\n" + base)
    return digest.hexdigest()


def loaded_job(content: bytes, base: bytes | None) -> Loaded:
    """A job's scenario, with everything found in it."""
    return load_bytes(content) if base is None else _loaded_point(json.loads(base), content)


def _loaded_point(base: dict[str, Any], content: bytes, family: Family | None = None) -> Loaded:
    """The scenario of a sweep's point. family: what was read before."""
    try:
        return load_document(patched(base, json.loads(content)), family=None if family is None else family.read)
    except PointerError as error:
        return Loaded(None, (Finding("error", "patch-leads-nowhere", "", {"reason": str(error)}),))


@dataclass(frozen=True, slots=True)
class _Sweep:
    """What this worker keeps of the sweep of which it solved a point last: another point is found from there."""

    base: bytes
    document: dict[str, Any]
    family: Family

    def loaded(self, content: bytes) -> Loaded:
        """The scenario of a point, as ``loaded_job`` reads it."""
        return _loaded_point(self.document, content, self.family)


_last: list[_Sweep] = []
"""Of this worker, which works on one job at a time; of one sweep alone, as the memory is shared with the next job."""


def _sweep_of(base: bytes | None) -> _Sweep | None:
    """The sweep that has this base; None for a job of its own."""
    if not _last or _last[0].base != base:
        _last[:] = [] if base is None else [_Sweep(base, json.loads(base), Family())]
    return _last[0] if _last else None


def work_on(work: JobWork) -> Ending:
    """Solve a job to its end, or until it is cancelled, which keeps the best plan so far."""
    settings = work.settings
    digest = content_digest(work.content, work.base, work.lang, settings)
    with killed_after(settings.max_reading_s):
        sweep = _sweep_of(work.base)
        loaded = loaded_job(work.content, None) if sweep is None else sweep.loaded(work.content)
        if loaded.scenario is None:
            shown = tuple(f.as_dict(work.lang) for f in loaded.findings)
            return Ending("failed", digest, Prepared(None, shown), findings=shown)
        job = Job(b"", work.lang, "", settings)
        if (problem := too_large(loaded.scenario, job)) is not None:
            return Ending("failed", findings=tuple(json.loads(problem.body)["errors"]))
        canonical = canonical_of(loaded.scenario) if sweep is None else sweep.family.read.canonical(loaded.scenario)
        prepared = _prepared(loaded.scenario, work.lang, settings, canonical.sha256())
        options, capped = options_within(loaded.scenario, settings)
    watch = Watch(work.control.stop.exists, lambda progress: _report(progress, work.control.progress))
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            loaded = Loaded(loaded.scenario, (*loaded.findings, *capped))
            options = replace(options, watch=watch)
            if sweep is None:
                result = allocate(loaded, options, work.lang)
            else:
                result = sweep.family.allocate(loaded, options, work.lang, canonical)
    except SolverError as error:
        return Ending("failed", findings=failed("solver-failed", {"reason": str(error)[:500]}, work.lang).findings)
    return _ending(work, digest, prepared, result, watch)


def _prepared(scenario: Scenario, lang: str, settings: Settings, sha256: str) -> Prepared:
    options, _ = options_within(scenario, settings)
    names = {"": scenario.name} | {c.id: c.name for c in scenario.candidates if c.name}
    return Prepared(answer_key(sha256, options, lang), names=names)


def _ending(work: JobWork, digest: str, prepared: Prepared, result: Result, watch: Watch) -> Ending:
    objective = result.objective
    progress = {"stage": "ended", "value": objective.value, "bound": objective.bound, "gap": objective.gap}
    progress["seconds"] = result.provenance.seconds
    key = prepared.key
    if watch.stopped_at is not None:
        # What a cancelled search found is this job's alone: it answers no other.
        key, digest = hashlib.sha256(f"cancelled {work.id}".encode()).hexdigest(), ""
        if not result.has_allocation:
            return Ending("cancelled", progress=progress)
    assert key is not None
    solved = Solved(
        key,
        result.scenario.sha256,
        result.termination,
        result.has_allocation,
        result.provenance.seconds,
        result.to_json(),
    )
    state: State = "succeeded" if watch.stopped_at is None else "cancelled"
    return Ending(state, digest, replace(prepared, key=key), solved, progress=progress)


def _report(progress: Progress, path: Path) -> None:
    """Leave word of the progress where the service looks for it; whole or not at all."""
    value, bound = progress.value, progress.bound
    gap = None if value is None or bound is None else max(bound - value, 0.0) / max(abs(value), 1e-12)
    beside = path.with_suffix(".new")
    try:
        beside.write_bytes(json_bytes(asdict(progress) | {"gap": gap}))
        beside.replace(path)
    except OSError:
        # Progress is a courtesy: a full disk must not end the search.
        return


@dataclass(frozen=True, slots=True)
class ModelWork:
    """A model to be written. ending: ".lp" or ".mps"."""

    content: bytes
    base: bytes | None
    ending: str
    lang: str
    instance: str
    settings: Settings


def write_model(work: ModelWork) -> Answer:
    """The model of a job, as a file that other solvers read."""
    job = Job(b"", work.lang, work.instance, work.settings)
    with killed_after(work.settings.max_reading_s + hard_stop_s(work.settings.max_time_limit_s)):
        loaded = loaded_job(work.content, work.base)
        if loaded.scenario is None:
            return invalid("invalid-scenario", loaded.findings, job)
        if (problem := too_large(loaded.scenario, job)) is not None:
            return problem
        with tempfile.TemporaryDirectory(prefix="investai-") as folder:
            path = Path(folder) / f"model{work.ending}"
            try:
                export_model(loaded.scenario, path)
            except SolverError as error:
                return Problem("solver-refused", {"reason": str(error)}).answer(work.lang, work.instance)
            return Answer(200, path.read_bytes(), "text/plain; charset=utf-8")
