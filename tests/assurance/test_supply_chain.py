"""What is said of the packages: every one has its licence on the page, and nothing counts as audited that was not."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "assurance"))
import licences  # noqa: E402  (a script, not a package)
import vulnerabilities  # noqa: E402

PAGE = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


def test_every_package_of_the_core_has_its_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = licences.closure(project["dependencies"])
    assert {"highspy", "pulp", "pydantic-core", "starlette"} <= core.keys()
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", PAGE, re.MULTILINE))
    # Another Python may bring a package the page's does not need; those the project names are the same on all.
    named = {licences.canonicalize_name(licences.Requirement(text).name) for text in project["dependencies"]}
    assert named <= rows.keys()
    if sys.version_info[:2] == (3, 11):
        assert core.keys() <= rows.keys()
    assert "not stated" not in rows.values()


def test_every_extra_has_its_table():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(licences.EXTRAS) == extras.keys() - {"dev", "build"}
    for extra in licences.EXTRAS:
        assert f"## Extra `{extra}`" in PAGE


def report(*packages):
    return json.dumps({"dependencies": list(packages)})


def test_what_was_not_looked_up_does_not_count_as_clean():
    unknown = {"name": "a", "skip_reason": "Dependency not found on PyPI and could not be audited: a (1)"}
    clean = {"name": "b", "version": "1", "vulns": []}
    broken = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1"}]}
    assert vulnerabilities.verdict("") == (0, "NOT AUDITED: pip-audit could not reach its advisories")
    assert vulnerabilities.verdict(report(unknown))[1].startswith("NOT AUDITED: the advisories of 1 packages")
    assert vulnerabilities.verdict(report(clean)) == (0, "1 packages without a known vulnerability")
    assert vulnerabilities.verdict(report(clean, unknown))[1].endswith("; NOT AUDITED: 1")
    assert vulnerabilities.verdict(report(clean, broken, unknown)) == (1, "KNOWN VULNERABILITIES\nc 2: PYSEC-1")
