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
from optimiser.errors import DossierError
from optimiser.messages import moment, text
from optimiser.result.result import Result
from optimiser.scenario.canonical import canonical_json
from optimiser.scenario.load import document_of
from optimiser.solve.export import export_model

NAMES = ("README.txt", "scenario.json", "canonical.json", "result.json", "model.mps")
"""What a dossier holds, in this order; ``SHA256SUMS`` over all of them stands last."""

DECISIONS = "decisions.json"
"""The log of decisions, where one was given: it stands before the sums, and is among them."""

GREATEST = 500_000_000
"""Bytes of a file of a dossier, unpacked: beyond it nothing is read."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in it, so that the same answer gives the same bytes."""


def dossier_bytes(
    source: Source, result: Result, lang: str = "en", decisions: Mapping[str, Any] | None = None
) -> bytes:
    """The dossier of a result, as the bytes of a ZIP file.

    decisions: a log of decisions as the page exports it, one of which is about this scenario.

    It holds the scenario as written, the same canonically (whose SHA-256 names it), the result with its certificate
    and provenance, the model as MPS for any other solver, and how to redo it. The same answer gives the same bytes.
    Errors: DecisionLogError where the log was changed, or is about other scenarios.
    """
    scenario = loaded_from(source).expect()
    params = {"name": scenario.name or "-", "sha256": result.scenario.sha256, **_versions(result, lang)}
    contents = {
        "README.txt": text("cli.dossier.readme", params, lang).encode(),
        "scenario.json": orjson.dumps(document_of(scenario), option=orjson.OPT_INDENT_2),
        "canonical.json": canonical_json(scenario),
        "result.json": result.to_json(),
        "model.mps": _model(scenario),
    }
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
            names = (*NAMES, *(name for name in archive.namelist() if name == DECISIONS))
            contents = {name: archive.read(name) for name in (*names, "SHA256SUMS")}
    # The last two are how zipfile refuses what is encrypted, or packed in a way it does not know.
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DossierError(f"{path.name} is no dossier: {error}") from error
    pairs = (line.partition("  ") for line in contents["SHA256SUMS"].decode(errors="replace").splitlines())
    stated = {name: digest for digest, _, name in pairs}
    # A log that was taken out still stands among the sums.
    names = tuple(dict.fromkeys((*names, *(name for name in stated if name == DECISIONS))))
    changed = [name for name in names if hashlib.sha256(contents.get(name, b"")).hexdigest() != stated.get(name)]
    if changed:
        raise DossierError(f"{path.name} was changed after it was written: {', '.join(changed)}")
    return json.loads(contents["scenario.json"]), json.loads(contents["result.json"])


def _versions(result: Result, lang: str) -> dict[str, Any]:
    versions = ", ".join(f"{name} {version}" for name, version in result.provenance.versions.items())
    created = result.provenance.created
    return {"versions": versions, "created": moment(datetime.fromisoformat(created), lang) if created else "-"}


def _model(scenario: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mps"
        export_model(scenario, path)
        return path.read_bytes()
