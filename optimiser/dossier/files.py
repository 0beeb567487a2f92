"""The dossier: one ZIP with everything needed to redo an answer in five years, and to see that nothing was changed."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from optimiser.allocation import Source, loaded_from
from optimiser.errors import DossierError
from optimiser.messages import text
from optimiser.result.result import Result
from optimiser.scenario.canonical import canonical_json
from optimiser.scenario.load import document_of
from optimiser.solve.export import export_model

NAMES = ("README.txt", "scenario.json", "canonical.json", "result.json", "model.mps")
"""What a dossier holds, in this order; ``SHA256SUMS`` over all of them stands last."""

GREATEST = 500_000_000
"""Bytes of a file of a dossier, unpacked: beyond it nothing is read."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in it, so that the same answer gives the same bytes."""


def dossier_bytes(source: Source, result: Result, lang: str = "en") -> bytes:
    """The dossier of a result, as the bytes of a ZIP file.

    It holds the scenario as written, the same canonically (whose SHA-256 names it), the result with its certificate
    and provenance, the model as MPS for any other solver, and how to redo it. The same answer gives the same bytes.
    """
    scenario = loaded_from(source).expect()
    params = {"name": scenario.name or "-", "sha256": result.scenario.sha256, **_versions(result)}
    contents = {
        "README.txt": text("cli.dossier.readme", params, lang).encode(),
        "scenario.json": orjson.dumps(document_of(scenario), option=orjson.OPT_INDENT_2),
        "canonical.json": canonical_json(scenario),
        "result.json": result.to_json(),
        "model.mps": _model(scenario),
    }
    sums = "".join(f"{hashlib.sha256(contents[name]).hexdigest()}  {name}\n" for name in NAMES)
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
            contents = {name: archive.read(name) for name in (*NAMES, "SHA256SUMS")}
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DossierError(f"{path.name} is no dossier: {error}") from error
    pairs = (line.partition("  ") for line in contents["SHA256SUMS"].decode(errors="replace").splitlines())
    stated = {name: digest for digest, _, name in pairs}
    changed = [name for name in NAMES if hashlib.sha256(contents[name]).hexdigest() != stated.get(name)]
    if changed:
        raise DossierError(f"{path.name} was changed after it was written: {', '.join(changed)}")
    return json.loads(contents["scenario.json"]), json.loads(contents["result.json"])


def _versions(result: Result) -> dict[str, Any]:
    versions = ", ".join(f"{name} {version}" for name, version in result.provenance.versions.items())
    return {"versions": versions, "created": result.provenance.created}


def _model(scenario: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mps"
        export_model(scenario, path)
        return path.read_bytes()
