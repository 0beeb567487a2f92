"""The lock file: complete, current, every package pinned and hashed, and no address of any index in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked() -> list[tuple[Requirement, str]]:
    """Every entry of the lock: the requirement, and the options that follow it."""
    without_comments = "\n".join(line for line in LOCK.splitlines() if not line.lstrip().startswith("#"))
    entries = without_comments.replace("\\\n", " ").splitlines()
    return [(Requirement(entry.split("--")[0]), entry) for entry in entries if entry.strip()]


def direct() -> list[Requirement]:
    """Every dependency the project itself names: its own, its extras', its build backend's."""
    project = PYPROJECT["project"]
    named = [project["dependencies"], *project["optional-dependencies"].values(), PYPROJECT["build-system"]["requires"]]
    return [Requirement(text) for group in named for text in group]


def pins(name: str, python: str) -> list[str]:
    """The versions that the lock gives ``name`` under a Python."""
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    return [
        next(iter(requirement.specifier)).version
        for requirement, _ in locked()
        if canonicalize_name(requirement.name) == canonicalize_name(name)
        and (requirement.marker is None or requirement.marker.evaluate(environment))
    ]


@pytest.mark.parametrize(
    "trace", ["://", "file:", "-index", "-i ", "--find-links", "-f ", "--trusted-host", "-e ", " @ ", "\n-r "]
)
def test_no_address(trace: str) -> None:
    # The comments ("# via ...") count too: no line may say where a package was found.
    assert trace not in LOCK


def test_every_entry_is_one_version_with_its_hashes() -> None:
    entries = locked()
    assert entries
    for requirement, entry in entries:
        (pin,) = requirement.specifier
        assert pin.operator == "==", entry
        assert SHA256.search(entry), f"{requirement.name} has no hash"
        assert " --" not in SHA256.sub("", entry), f"{requirement.name} has an option that is no hash"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_direct_dependency_is_locked_to_one_version_that_fits(python: str) -> None:
    requirements = direct()
    assert len(requirements) > 20
    for requirement in requirements:
        found = pins(requirement.name, python)
        assert len(found) == 1, f"{requirement.name} on Python {python}: {found or 'missing'}; run `make lock`"
        assert found[0] in requirement.specifier, f"{requirement} on Python {python}: {found[0]}; run `make lock`"


@pytest.mark.parametrize(("python", "major"), [("3.11", "3"), ("3.12", "4"), ("3.13", "4")])
def test_pulp_by_python(python: str, major: str) -> None:
    assert [version.split(".")[0] for version in pins("pulp", python)] == [major]


def test_the_build_extra_is_the_build_backend() -> None:
    # An installation without build isolation finds its backend in the lock only if both lists agree.
    backend = PYPROJECT["build-system"]["requires"]
    assert sorted(PYPROJECT["project"]["optional-dependencies"]["build"]) == sorted(backend)
