"""Loading: file or document → Scenario, with all findings at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from optimiser.errors import PointerError, ScenarioError
from optimiser.findings import Finding, has_errors
from optimiser.messages import type_of
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.check import REFERENCE_CHECKS, check_scenario
from optimiser.scenario.check.references import UNKNOWN_CODES
from optimiser.scenario.family import ReadFamily
from optimiser.scenario.patch import patched
from optimiser.scenario.pointer import join, set_value
from optimiser.scenario.read import file_content, read_file, read_json
from optimiser.scenario.scenario import Scenario, Stress
from optimiser.scenario.shape import shape_scenario
from optimiser.scenario.stress import changed_question, stressed_document


@dataclass(frozen=True)
class Loaded:
    """What loading found. ``scenario`` is None when any finding is an error."""

    scenario: Scenario | None
    findings: tuple[Finding, ...]

    def expect(self) -> Scenario:
        """The scenario.

        Errors: ScenarioError with every finding where there is none.
        """
        if self.scenario is None:
            raise ScenarioError(self.findings)
        return self.scenario

    @cached_property
    def sha256(self) -> str:
        """The scenario's hash, calculated once for all answers about it. Errors: ScenarioError."""
        return scenario_sha256(self.expect())


def load_document(document: Any, settings: Mapping[str, Any] | None = None, family: ReadFamily | None = None) -> Loaded:
    """A scenario from dicts and lists, as JSON gives them.

    settings: values by pointer, put into the document first; ``document`` itself stays as it is.
    family: what was read before, of which unchanged parts are taken over; the document may not be changed after.
    """
    return _loaded(document, [], settings or {}, family)


def load_bytes(content: bytes, settings: Mapping[str, Any] | None = None) -> Loaded:
    """A scenario from JSON bytes."""
    document, findings = read_json(content)
    return _loaded(document, findings, settings or {})


def load_read(document: Any, findings: Sequence[Finding], settings: Mapping[str, Any] | None = None) -> Loaded:
    """A scenario from a document that was read already, with what reading found."""
    return _loaded(document, findings, settings or {})


def load_file(path: Path | str, settings: Mapping[str, Any] | None = None) -> Loaded:
    """A scenario from a JSON or YAML file, or from a workbook, whose findings name sheet and cell."""
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        return _load_workbook(path, settings or {})
    document, findings = read_file(path)
    return _loaded(document, findings, settings or {})


def _load_workbook(path: Path, settings: Mapping[str, Any]) -> Loaded:
    from optimiser.scenario.workbook.reading import read_workbook

    content, refused = file_content(path)
    if refused is not None:
        return Loaded(None, (refused,))
    book = read_workbook(content)
    loaded = _loaded(book.document, book.findings, settings)
    return replace(loaded, findings=tuple(book.placed(f, settings) for f in loaded.findings))


def document_of(scenario: Scenario) -> dict[str, Any]:
    """The document a scenario was read from: what it states, without defaults. Reading it gives the same scenario."""
    document: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return document


def alone(scenario: Scenario) -> dict[str, Any]:
    """The document of the scenario without what speaks of other versions of it."""
    document = document_of(scenario)
    for key in ("variants", "decisions", "uncertain"):
        document.pop(key, None)
    if isinstance(document.get("risk"), dict):
        document["risk"].pop("stresses", None)
    return document


def with_patch(scenario: Scenario, patch: Mapping[str, Any]) -> Loaded:
    """The scenario as a variant, a stress or a sweep changes it, with everything found in it.

    It has no variants, stresses, decisions or uncertain numbers of its own: these belong to the scenario patched.
    """
    try:
        return load_document(patched(alone(scenario), patch))
    except PointerError as error:
        return Loaded(None, (Finding("error", "patch-leads-nowhere", "", {"reason": error.where}),))


def with_stress(scenario: Scenario, stress: Stress) -> Loaded:
    """The scenario as a stress changes it, with everything found in it; it has none of other versions (`alone`).

    A stress that would leave nothing to hold a plan against (another set of candidates, another objective …) is an
    error. A delay moves costs and committed money; the plan's own money is moved by ``optimiser.result.stresses``.
    """
    if stress.patch is None:
        return load_document(stressed_document(alone(scenario), scenario, stress))
    loaded = with_patch(scenario, stress.patch)
    if loaded.scenario is None:
        return loaded
    changed = changed_question(scenario, loaded.scenario)
    if not changed:
        return loaded
    return Loaded(None, (*loaded.findings, Finding("error", "stress-changes-question", "", {"what": changed})))


def _loaded(
    document: Any, findings: Sequence[Finding], settings: Mapping[str, Any], family: ReadFamily | None = None
) -> Loaded:
    found = list(findings)
    if not isinstance(document, dict):
        return Loaded(None, tuple(found or [Finding("error", "not-an-object", "", {"found": type_of(document)})]))
    if "provenance" in document:
        # Every answer has it, and no scenario: one finding for the hundred that its other keys would give.
        return Loaded(None, (*found, Finding("error", "answer-not-scenario", "")))
    if settings:
        document = _copied(document)
        for pointer, value in settings.items():
            try:
                set_value(document, pointer, value)
            except PointerError as error:
                found.append(Finding("error", "pointer-leads-nowhere", pointer, {"reason": error.where}))
    scenario, whole, shape_findings = family.shape(document) if family else shape_scenario(document)
    found += shape_findings
    if scenario is not None and whole:
        found += family.check(scenario) if family else check_scenario(scenario)
        found += [] if has_errors(found) else _patch_findings(scenario)
    elif scenario is not None:
        ids = _ids(document)
        found += [
            f
            for f in check_scenario(scenario, REFERENCE_CHECKS)
            # What was taken out for its shape still counts as named: no false alarm about its id.
            if not (f.code in UNKNOWN_CODES and f.params["id"] in ids) and f.code != "no-candidates"
        ]
    found.sort(key=lambda f: ("error", "warning", "note").index(f.severity))
    return Loaded(None if has_errors(found) else scenario, tuple(found))


def _patch_findings(scenario: Scenario) -> Iterator[Finding]:
    """Errors of the scenario as each variant and stress changes it: at the patch, then the place in the scenario."""
    changed = [(("variants", v.id, "patch"), with_patch(scenario, v.patch)) for v in scenario.variants]
    for stress in scenario.risk.stresses if scenario.risk is not None else ():
        place = ("risk", "stresses", stress.id, *(("patch",) if stress.patch is not None else ()))
        changed.append((place, with_stress(scenario, stress)))
    for place, loaded in changed:
        for f in loaded.findings:
            if f.severity == "error":
                yield replace(f, pointer=join(place) + f.pointer)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copied(v) for k, v in value.items()}
    return [_copied(v) for v in value] if isinstance(value, list) else value


def _ids(value: Any, key: str = "") -> set[str]:
    """Every id, tag and key the document names anywhere: what may exist behind a wrong shape."""
    if isinstance(value, dict):
        own = {k for k in value if isinstance(k, str)} | {
            v for k, v in value.items() if k == "id" and isinstance(v, str)
        }
        return own.union(*(_ids(v, k) for k, v in value.items()))
    if isinstance(value, list):
        tags = {v for v in value if isinstance(v, str)} if key == "tags" else set()
        return tags.union(*(_ids(v) for v in value))
    return set()
