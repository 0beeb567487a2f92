"""What the desk has done in a worker: reading uploads, changing documents, solving what is to be decided."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import orjson

from api.page.levers import without
from api.problems import Answer, refuse
from api.work.job import Job, hard_stop_s, invalid, killed_after, options_within, too_large
from optimiser.allocation import allocate
from optimiser.desk.decisions import kept_result
from optimiser.desk.scenarios import Written, written
from optimiser.dossier.decisions import Headline, headline_of
from optimiser.errors import PointerError, ScenarioError, SolverError
from optimiser.findings import Finding, has_errors
from optimiser.scenario.load import Loaded, load_document, load_read
from optimiser.scenario.pointer import set_value
from optimiser.scenario.read import read_json, read_yaml
from optimiser.study.differences import InputChange, document_changes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: a scenario that can be saved, or None and why not; every finding in words.

    changes: what differs from the document that was changed.
    """

    written: Written | None
    findings: tuple[dict[str, Any], ...]
    changes: tuple[InputChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan to be decided about: the result as a decision keeps it, its hash, and what it amounts to."""

    result: bytes
    sha256: str
    headline: Headline
    has_allocation: bool


def read_document(content: bytes, name: str) -> tuple[Any, list[Finding], Any]:
    """The document in an uploaded file, by the ending of its name; findings; for a workbook, what places them."""
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsx":
        from optimiser.scenario.workbook.reading import read_workbook

        book = read_workbook(content)
        return book.document, list(book.findings), lambda f: book.placed(f, {})
    if ending in (".yaml", ".yml"):
        return *read_yaml(content), None
    if ending in (".json", ""):
        return *read_json(content), None
    return None, [Finding("error", "format-not-read", "", {"suffix": ending[:20]})], None


def read_upload(job: Job, name: str) -> Reading:
    """The scenario in an uploaded file."""
    with killed_after(job.settings.max_reading_s):
        document, found, placed = read_document(job.body, name)
        loaded = load_read(document, found)
        findings = loaded.findings if placed is None else tuple(placed(f) for f in loaded.findings)
        return _reading(document, loaded, findings, job.lang)


def change_document(job: Job) -> Reading:
    """The scenario of a body ``{"document", "edits", "off"}``: figures put in by pointer, rules left out."""
    with killed_after(job.settings.max_reading_s):
        body = orjson.loads(job.body)
        document = without(copy.deepcopy(body["document"]), body["off"])
        found = []
        for pointer, value in body["edits"].items():
            try:
                set_value(document, pointer, value)
            except PointerError as error:
                found.append(Finding("error", "pointer-leads-nowhere", pointer, {"reason": error.where}))
        loaded = load_document(document)
        findings = (*found, *loaded.findings)
        reading = _reading(document, replace(loaded, scenario=None) if found else loaded, findings, job.lang)
        return replace(reading, changes=tuple(document_changes(body["document"], document)))


def _reading(document: Any, loaded: Loaded, findings: Iterable[Finding], lang: str) -> Reading:
    shown = tuple(f.as_dict(lang) for f in findings)
    return Reading(None if loaded.scenario is None else written(document), shown)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep that was read, or None and why not."""

    document: dict[str, Any] | None
    findings: tuple[dict[str, Any], ...]


def read_sweep(job: Job, name: str) -> Sweep:
    """The sweep in an uploaded file (JSON or YAML); whether it is a sound one is seen when its batch is made."""
    with killed_after(job.settings.max_reading_s):
        ending = PurePath(name).suffix.lower()
        if ending == ".xlsx":
            findings = [Finding("error", "sweep-not-a-table", "", {})]
            return Sweep(None, tuple(f.as_dict(job.lang) for f in findings))
        document, findings, _ = read_document(job.body, name)
        shown = tuple(f.as_dict(job.lang) for f in findings)
        return Sweep(None if has_errors(findings) else document, shown)


def make_workbook(job: Job) -> Answer:
    """The document in the body as a workbook; an empty body: the template."""
    from optimiser.scenario.workbook.writing import document_workbook, template_workbook

    with killed_after(job.settings.max_reading_s):
        try:
            content = document_workbook(orjson.loads(job.body), job.lang) if job.body else template_workbook(job.lang)
        except ScenarioError as error:
            return invalid("invalid-scenario", error.findings, job)
        except ImportError:
            raise refuse("workbooks-not-installed") from None
        return Answer(200, content, XLSX)


def solve_for_decision(job: Job) -> Answer | Solution:
    """The plan of the scenario in the body; or why there can be no decision about it."""
    with killed_after(job.settings.max_reading_s):
        loaded = load_document(orjson.loads(job.body))
    if loaded.scenario is None:
        return invalid("invalid-scenario", loaded.findings, job)
    if (problem := too_large(loaded.scenario, job)) is not None:
        return problem
    options, capped = options_within(loaded.scenario, job.settings)
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            result = allocate(replace(loaded, findings=(*loaded.findings, *capped)), options, job.lang)
    except SolverError as error:
        raise refuse("solver-refused", reason=str(error)) from None
    kept = kept_result(result)
    return Solution(kept, hashlib.sha256(kept).hexdigest(), headline_of(result), result.has_allocation)
