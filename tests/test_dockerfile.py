"""The image's recipe: what it copies exists and may be copied, it is not root, it is probed, and hadolint agrees."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = ROOT / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) in order, continued lines joined, comments left out."""
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    split = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(name.upper(), rest.strip()) for name, rest in split]


def final_stage() -> list[tuple[str, str]]:
    every = instructions()
    last_from = max(index for index, (name, _) in enumerate(every) if name == "FROM")
    return every[last_from:]


def last(name: str) -> str:
    found = [rest for instruction, rest in final_stage() if instruction == name]
    assert found, f"the final stage has no {name}"
    return found[-1]


def copied_from_the_tree() -> list[str]:
    copies = [rest.split() for name, rest in instructions() if name in ("COPY", "ADD")]
    return [
        source
        for words in copies
        if not any(word.startswith("--from=") for word in words)
        for source in [word for word in words if not word.startswith("--")][:-1]
    ]


def test_every_copied_path_exists() -> None:
    sources = copied_from_the_tree()
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_every_copied_path_reaches_the_builder() -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in rules
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert set(copied_from_the_tree()) == allowed


def test_not_root() -> None:
    assert last("USER").partition(":")[0] not in ("", "0", "root")


def test_healthcheck_probes_readiness_with_python_alone() -> None:
    interpreter, flag, program = json.loads(last("HEALTHCHECK").partition("CMD")[2])
    assert (interpreter, flag) == ("python", "-c")
    compile(program, "HEALTHCHECK", "exec")
    assert "/health/ready" in program


def test_command_is_the_declared_one_on_the_exposed_port() -> None:
    command, *arguments = json.loads(last("CMD"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert command in scripts
    assert arguments[0] == "serve"
    assert arguments[arguments.index("--port") + 1] == last("EXPOSE")


def test_hadolint() -> None:
    beside_python = str(Path(sys.executable).parent)
    hadolint = shutil.which("hadolint", path=os.pathsep.join([beside_python, os.environ.get("PATH", "")]))
    if hadolint is None:
        pytest.fail("hadolint is missing: it is part of the extra `dev`")
    answer = subprocess.run(
        [hadolint, "--no-color", "--failure-threshold", "style", str(DOCKERFILE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")
