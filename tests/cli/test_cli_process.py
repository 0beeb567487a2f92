"""The command as a process of its own: what it loads, what reaches a pipe, how it ends when interrupted."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from optimiser.solve.external import available_solvers

HEAVY = {"pandas", "numpy", "pulp", "highspy", "pydantic", "fastapi", "starlette", "uvicorn", "scipy", "yaml", "orjson"}

LOADED = """
import sys
from optimiser.cli import main
sys.argv = ["investai", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print("LOADED", *sys.modules)
"""


# Newer typers take pydantic themselves to read the options of a command; it is not loaded before that.
@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], HEAVY),
        (["--version"], HEAVY),
        (["allocate", "--help"], HEAVY - {"pydantic"}),
        (["serve", "--help"], HEAVY - {"pydantic"}),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], heavy: set[str]) -> None:
    root = Path(__file__).parents[2]
    answer = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    shown, _, loaded = answer.stdout.partition("LOADED ")
    assert "investai" in shown
    assert {m.partition(".")[0] for m in loaded.split()} & heavy == set()


def test_json_is_all_that_reaches_standard_output(process: Any, primavera: Path) -> None:
    answer = process("allocate", primavera, "--json")
    assert answer.returncode == 0
    assert answer.stderr == b""
    assert answer.stdout.startswith(b"{") and answer.stdout.endswith(b"}\n") and answer.stdout.count(b"\n") == 1
    assert json.loads(answer.stdout)["objective"]["value"] == 1000


@pytest.mark.parametrize("solver", available_solvers())
def test_other_solvers_keep_standard_output_clean_too(process: Any, reference: Any, solver: str) -> None:
    answer = process("allocate", reference("lorie-savage-integer"), "--json", "--solver", solver)
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["objective"]["value"] == 70


def test_export_keeps_standard_output_clean(process: Any, primavera: Path, tmp_path: Path) -> None:
    answer = process("export", primavera, "--lp", tmp_path / "a.lp", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["written"]


def test_a_pipe_gets_no_colours_and_80_columns(process: Any) -> None:
    answer = process("allocate", "investai-2025", FORCE_COLOR="1")
    assert answer.returncode == 0
    assert b"\x1b" not in answer.stdout
    assert max(len(line) for line in answer.stdout.decode().splitlines()) <= 80


def test_a_terminal_that_lacks_the_letters_gets_others(process: Any) -> None:
    answer = process("allocate", "investai-2025", PYTHONIOENCODING="ascii")
    assert answer.returncode == 0
    assert answer.stdout.isascii()


def test_json_is_utf8_whatever_the_terminal_speaks(process: Any) -> None:
    answer = process("allocate", "investai-2025", "--json", PYTHONIOENCODING="ascii")
    assert "Móra la Nova" in answer.stdout.decode("utf-8")


def test_standard_input_of_a_process(process: Any, primavera: Path) -> None:
    answer = process("validate", "-", "--json", stdin=primavera.read_bytes())
    assert (answer.returncode, json.loads(answer.stdout)["valid"]) == (0, True)


def test_an_error_shows_no_traceback(process: Any, tmp_path: Path) -> None:
    answer = process("allocate", tmp_path)
    assert answer.returncode == 3
    assert b"Traceback" not in answer.stderr


@pytest.mark.parametrize("arguments", [["scenarios"], ["schema"], ["allocate", "investai-2025"], ["--help"]])
def test_a_reader_who_leaves_early_is_no_error(start: Any, arguments: list[str]) -> None:
    with start(arguments) as running:
        running.stdout.close()
        errors = running.stderr.read()
        running.wait(60)
    assert errors == b""


def test_a_full_disk_behind_standard_output_is_one_line(primavera: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "optimiser.cli", "allocate", str(primavera)],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=False,
        )
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1


def test_an_interrupt_is_heard_while_the_solver_is_busy(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "endless.json"
    path.write_text(json.dumps(endless()))
    with start(["allocate", path, "--json", "--time-limit", "300"]) as running:
        time.sleep(4)
        running.send_signal(signal.SIGINT)
        sent = time.monotonic()
        output, errors = running.communicate(timeout=120)
        waited = time.monotonic() - sent
    assert running.returncode == 130
    assert output == b""
    assert len(errors.splitlines()) <= 1
    # The solver itself would have gone on for minutes.
    assert waited < 60


def endless() -> dict[str, Any]:
    """A knapsack of 250 candidates under 30 limits: no machine proves its optimum in minutes."""
    draw = random.Random(4)
    use = [[draw.randint(1, 1000) for _ in range(250)] for _ in range(30)]
    return {
        "fund": {"tiers": []},
        "candidates": [
            {
                "id": f"c{j}",
                "attributes": {"worth": 500 + draw.randint(0, 500), **{f"r{i}": use[i][j] for i in range(30)}},
            }
            for j in range(250)
        ],
        "constraints": [
            {"id": f"r{i}", "kind": "attribute", "attribute": f"r{i}", "at_most": sum(use[i]) // 2} for i in range(30)
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "worth"}]},
    }
