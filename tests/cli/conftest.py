"""What the tests of the command share: a runner, reference scenarios, and the command as a real process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cli_cases import ROOT, environment_of
from typer.testing import CliRunner

REFERENCE = ROOT / "tests" / "reference" / "scenarios"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns and no colours, whatever the machine that runs the tests says."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "FORCE_TERMINAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def investai() -> Callable[..., Any]:
    """The command, in this process: ``investai("allocate", path, stdin=…)`` gives exit_code, stdout, stderr."""

    def run(*arguments: object, stdin: bytes | str | None = None) -> Any:
        from optimiser.cli.app import app

        return CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)

    return run


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """The command as users run it, in a process of its own."""

    def run(*arguments: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "optimiser.cli", *(str(a) for a in arguments)],
            input=stdin,
            capture_output=True,
            env=environment_of(environment),
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def start() -> Callable[[Sequence[object]], subprocess.Popen[bytes]]:
    """The command, started and left running."""

    def run(arguments: Sequence[object]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "optimiser.cli", *(str(a) for a in arguments)]
        return subprocess.Popen(
            command, env=environment_of({}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return run


@pytest.fixture
def reference() -> Callable[[str], Path]:
    """The file of a published example."""
    return lambda name: REFERENCE / f"{name}.json"


@pytest.fixture
def allocating() -> ModuleType:
    """The module the command solves with."""
    return import_module("optimiser.allocation")


@pytest.fixture
def primavera() -> Path:
    """One tier of 500; A costs 400 and is worth 1000."""
    return REFERENCE / "primavera.json"


@pytest.fixture
def invalid(tmp_path: Path) -> Path:
    """A scenario with errors in three places."""
    path = tmp_path / "invalid.json"
    path.write_text(
        '{"schema_version": "1", "zzz": 1, "fund": {"tiers": [{"id": "a", "instrument": "grantt", "size": -5}]},'
        ' "candidates": [{"id": "x", "cost": {"2026": 1}, "attributes": {"chips": 1}}],'
        ' "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]}}'
    )
    return path
