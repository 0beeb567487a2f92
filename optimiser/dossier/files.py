"""The dossier: one ZIP with everything needed to redo an answer in five years, and to see that nothing was changed."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from optimiser.allocation import Source, loaded_from
from optimiser.dossier.decisions import log_document, read_log
from optimiser.errors import AnswerError, DossierError
from optimiser.findings import Finding
from optimiser.messages import moment, text
from optimiser.result.answer import Answer
from optimiser.result.result import Result
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.canonical import canonical_json
from optimiser.scenario.fund import Tier
from optimiser.scenario.load import document_of
from optimiser.scenario.scenario import Scenario
from optimiser.solve.export import export_model

NAMES = ("README.txt", "scenario.json", "canonical.json", "sources.txt", "result.json", "model.lp", "model.mps")
"""What every dossier holds, in this order; ``SHA256SUMS`` over all of its files stands last."""

DECISIONS = "decisions.json"
"""The log of decisions, where one was given: it stands before the sums, and is among them."""

CONSIDERED = "considered/"
"""Where answers stand that were looked at beside the result: other plans, strategies, frontiers."""

GREATEST = 500_000_000
"""Bytes of a file of a dossier, unpacked: beyond it nothing is read."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in it, so that the same answer gives the same bytes."""


def dossier_bytes(
    source: Source,
    result: Result,
    lang: str = "en",
    decisions: Mapping[str, Any] | None = None,
    considered: Mapping[str, Answer] | None = None,
) -> bytes:
    """The dossier of a result, as the bytes of a ZIP file.

    decisions: a log of decisions as the page exports it, one of which is about this scenario. considered: answers to
    what else was asked of the scenario (other plans, strategies, a frontier), each under a name.

    It holds the scenario as written, the same canonically (whose SHA-256 names it), its sources and assumptions in
    words, the result with its certificate and provenance, the model as LP and MPS for people and any other solver, the
    alternatives considered, and how to redo it. The same answers give the same bytes.
    Errors: AnswerError where the result is of another scenario; DecisionLogError where the log was changed, or is about
    other scenarios.
    """
    scenario = loaded_from(source).expect()
    canonical = canonical_json(scenario)
    if (sha256 := hashlib.sha256(canonical).hexdigest()) != result.scenario.sha256:
        params = {"n": 1, "of": result.scenario.sha256, "scenario": sha256}
        raise AnswerError([Finding("error", "answer-of-another", "/scenario/sha256", params)])
    params = {"name": scenario.name or "-", "sha256": sha256, **_versions(result, lang)}
    contents = {
        "README.txt": text("cli.dossier.readme", params, lang).encode(),
        "scenario.json": orjson.dumps(document_of(scenario), option=orjson.OPT_INDENT_2),
        "canonical.json": canonical,
        "sources.txt": sources_text(scenario, lang).encode(),
        "result.json": result.to_json(),
        "model.lp": _model(scenario, ".lp"),
        "model.mps": _model(scenario, ".mps"),
    }
    contents |= {f"{CONSIDERED}{name}.json": answer.to_json() for name, answer in (considered or {}).items()}
    if decisions is not None:
        log = log_document(read_log(decisions, result.scenario.sha256))
        contents[DECISIONS] = orjson.dumps(log, option=orjson.OPT_INDENT_2)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*contents.items(), ("SHA256SUMS", sums.encode())]:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def read_dossier(path: Path) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The scenario and the result of a dossier.

    Errors: DossierError where it is none, or a file in it is not the one it was written with.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if any(info.file_size > GREATEST for info in archive.infolist()):
                raise DossierError(f"{path.name} unpacks to more than {GREATEST} bytes")
            names = (*NAMES, *(name for name in archive.namelist() if _is_extra(name)))
            contents = {name: archive.read(name) for name in (*names, "SHA256SUMS")}
    # The last two are how zipfile refuses what is encrypted, or packed in a way it does not know.
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DossierError(f"{path.name} is no dossier: {error}") from error
    pairs = (line.partition("  ") for line in contents["SHA256SUMS"].decode(errors="replace").splitlines())
    stated = {name: digest for digest, _, name in pairs}
    # What was taken out still stands among the sums.
    names = tuple(dict.fromkeys((*names, *(name for name in stated if _is_extra(name)))))
    changed = [name for name in names if hashlib.sha256(contents.get(name, b"")).hexdigest() != stated.get(name)]
    if changed:
        raise DossierError(f"{path.name} was changed after it was written: {', '.join(changed)}")
    return json.loads(contents["scenario.json"]), json.loads(contents["result.json"])


def _versions(result: Result, lang: str) -> dict[str, Any]:
    versions = ", ".join(f"{name} {version}" for name, version in result.provenance.versions.items())
    created = result.provenance.created
    return {"versions": versions, "created": moment(datetime.fromisoformat(created), lang) if created else "-"}


def sources_text(scenario: Scenario, lang: str) -> str:
    """Every source, then the sources and assumptions of each tier and candidate, in words."""
    lines = [text("cli.dossier.sources", {}, lang), ""]
    for s in scenario.sources:
        grade = f" [{s.grade}]" if s.grade else ""
        lines.append(f"  {s.id}{grade}: {' '.join(part for part in (s.text, s.url) if part)}")
    parts: list[Tier | Candidate] = [*scenario.fund.tiers, *scenario.candidates]
    for part in parts:
        if part.sources or part.assumptions:
            lines += ["", part.name or part.id]
            lines += [f"  {text('cli.dossier.from', {'sources': part.sources}, lang)}"] if part.sources else []
            lines += [f"  {text('cli.dossier.assumed', {'assumption': a}, lang)}" for a in part.assumptions]
    return "\n".join(lines) + "\n"


def _is_extra(name: str) -> bool:
    return name == DECISIONS or name.startswith(CONSIDERED)


def _model(scenario: Scenario, ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{ending}"
        export_model(scenario, path)
        return path.read_bytes()
