"""``investai batch``: folders in, results, tables and a summary out; skipped, resumed, stopped."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from cli_cases import ROOT, environment_of

SMALL = {
    "name": "small",
    "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10}]},
    "candidates": [{"id": "a", "country": "PT", "cost": {"2027": 6}, "attributes": {"x": 1}}],
    "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four scenarios, one of them infeasible and one broken, and a sweep of three."""
    scenarios = tmp_path / "in"
    scenarios.mkdir()
    infeasible = {**SMALL, "candidates": [{**SMALL["candidates"][0], "locked": "in", "cost": {"2027": 60}}]}  # type: ignore[index]
    sweep = {"base": SMALL, "grid": {"/candidates/a/cost/2027": [3, 12, -1]}}
    for name, document in {"good": SMALL, "infeasible": infeasible, "sweep": sweep}.items():
        (scenarios / f"{name}.json").write_text(json.dumps(document))
    (scenarios / "broken.json").write_text('{"fund"')
    return scenarios


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder(investai: Any, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = investai("batch", folder, "--out", out, "--workers", 1)
    assert answer.exit_code == 8
    assert "4 of 6 scenarios have a result; without one: 2." in answer.stdout
    summary = json.loads((out / "summary.json").read_bytes())
    assert (summary["state"], summary["total"], summary["succeeded"], summary["failed"]) == (
        "partially_failed",
        6,
        4,
        2,
    )
    ends = {row["name"]: (row["state"], row["termination"], row["exit_code"]) for row in summary["scenarios"]}
    assert ends == {
        "broken": ("failed", None, 3),
        "good": ("succeeded", "optimal", 0),
        "infeasible": ("succeeded", "infeasible", 4),
        "sweep/0": ("succeeded", "optimal", 0),
        "sweep/1": ("succeeded", "optimal", 0),
        "sweep/2": ("failed", None, 3),
    }
    assert {row["name"]: row["exit_code"] for row in rows(out / "scenarios.csv")} == {
        n: str(e[2]) for n, e in ends.items()
    }
    result = json.loads((out / "results/sweep/0.json").read_bytes())
    assert result["money"] == [{"tier": "eu", "candidate": "a", "phase": "main", "year": 2027, "amount": 3.0}]
    assert not (out / "results/broken.json").exists()


def test_tables_are_tidy_in_both_formats(investai: Any, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    investai("batch", folder, "--out", out, "--workers", 1)
    money = parquet.read_table(out / "money.parquet").to_pylist()
    assert [(row["scenario"], row["amount"]) for row in money] == [("good", 6.0), ("sweep/0", 3.0)]
    assert [(row["scenario"], float(row["amount"])) for row in rows(out / "money.csv")] == [
        ("good", 6.0),
        ("sweep/0", 3.0),
    ]
    for name in ("indicators", "candidates", "money", "private_money", "unspent", "binding", "findings"):
        table = parquet.read_table(out / f"{name}.parquet")
        assert table.column_names == (out / f"{name}.csv").read_text().splitlines()[0].split(",")
        assert table.num_rows == len(rows(out / f"{name}.csv"))
    assert [row["sites"] for row in rows(out / "indicators.csv")] == ["1", "", "1", "0"]


def test_json_is_the_summary(investai: Any, folder: Path, tmp_path: Path) -> None:
    answer = investai("batch", folder / "good.json", "--out", tmp_path / "out", "--workers", 1, "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == json.loads((tmp_path / "out/summary.json").read_bytes())


def test_again_skips_and_a_lost_file_comes_back(investai: Any, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    investai("batch", folder, "--out", out, "--workers", 1)
    before = (out / "results/good.json").read_bytes()
    (out / "results/good.json").unlink()
    answer = investai("batch", folder, "--out", out, "--workers", 1)
    assert "0 solved, 4 known before" in answer.stdout
    assert (out / "results/good.json").read_bytes() == before


def test_a_damaged_row_is_solved_again(investai: Any, folder: Path, tmp_path: Path) -> None:
    import sqlite3

    out = tmp_path / "out"
    investai("batch", folder, "--out", out, "--workers", 1)
    with closing(sqlite3.connect(out / "store.sqlite")) as connection, connection:
        connection.execute("UPDATE results SET body = x'00' WHERE termination = 'infeasible'")
    (out / "results/infeasible.json").unlink()
    answer = investai("batch", folder, "--out", out, "--workers", 1)
    assert answer.exit_code == 8
    assert "1 kept result was damaged and is solved again." in answer.stderr
    assert json.loads((out / "results/infeasible.json").read_bytes())["termination"] == "infeasible"


@pytest.mark.parametrize(
    ("lang", "one", "two"),
    [
        ("en", "The scenario has a result.", "All 2 scenarios have a result."),
        ("fr", "Le scénario a un résultat.", "Les 2 scénarios ont tous un résultat."),
    ],
)
def test_one_and_two_scenarios(investai: Any, folder: Path, tmp_path: Path, lang: str, one: str, two: str) -> None:
    for name in ("sweep", "broken", "infeasible"):
        (folder / f"{name}.json").unlink()
    answer = investai("batch", folder, "--out", tmp_path / "one", "--workers", 1, "--lang", lang)
    assert one in answer.stdout
    (folder / "other.json").write_text(json.dumps({**SMALL, "name": "other"}))
    answer = investai("batch", folder, "--out", tmp_path / "two", "--workers", 1, "--lang", lang)
    assert two in answer.stdout


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "The scenario has no result."), ("fr", "Le scénario n’a pas de résultat.")],
)
def test_one_that_fails(investai: Any, folder: Path, tmp_path: Path, lang: str, said: str) -> None:
    answer = investai("batch", folder / "broken.json", "--out", tmp_path / "out", "--workers", 1, "--lang", lang)
    assert said in answer.stdout


def test_nothing_to_do_is_a_usage_error(investai: Any, tmp_path: Path) -> None:
    assert investai("batch", tmp_path, "--out", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_store_that_cannot_be_used_is_said(investai: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_bytes(b"no database" * 200)
    answer = investai("batch", folder, "--out", tmp_path / "out", "--store", tmp_path / "s.sqlite")
    assert answer.exit_code == 1
    assert "the store cannot be used" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_that_cannot_be_written_is_said_and_the_store_keeps_the_results(
    investai: Any, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "results").write_text("a file where a folder is needed")
    answer = investai("batch", folder, "--out", out, "--workers", 1)
    assert answer.exit_code == 1
    assert "Traceback" not in answer.stderr
    (out / "results").unlink()
    again = investai("batch", folder, "--out", out, "--workers", 1)
    assert "0 solved, 4 known before" in again.stdout


def _slow_batch(tmp_path: Path, count: int) -> Path:
    """A sweep whose scenarios take half a second each: knapsacks with a time limit."""
    sites = [
        {
            "id": f"s{n}",
            "country": "PT",
            "cost": {"2027": 1000 + n * n % 97 + n},
            "attributes": {"x": 1007 + n * n % 91},
        }
        for n in range(45)
    ]
    base = {
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 23_456}]},
        "candidates": sites,
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
        "solver": {"time_limit_s": 0.5},
    }
    path = tmp_path / "slow.json"
    path.write_text(json.dumps({"base": base, "grid": {"/discount_rate": [n / 1000 for n in range(count)]}}))
    return path


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_batch_that_is_stopped_goes_on_where_it_was(tmp_path: Path, ending: signal.Signals) -> None:
    path, out = _slow_batch(tmp_path, 10), tmp_path / "out"
    command = [sys.executable, "-m", "optimiser.cli", "batch", str(path), "--out", str(out), "--workers", "2"]
    first = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment_of({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _kept(out) < 2:
        time.sleep(0.05)
    os.kill(first.pid, ending)
    _, errors = first.communicate(timeout=30)
    if ending == signal.SIGINT:
        assert first.returncode == 130
        assert b"Run the same command again" in errors
        assert json.loads((out / "summary.json").read_bytes())["state"] == "interrupted"
    else:
        # Its workers see the pipe to it close, and end.
        assert first.returncode == -signal.SIGKILL
    done = _kept(out)
    assert 2 <= done < 10
    second = subprocess.run(command, cwd=ROOT, env=environment_of({}), capture_output=True, timeout=120, check=False)
    assert second.returncode == 0, second.stderr
    summary = json.loads((out / "summary.json").read_bytes())
    assert (summary["succeeded"], summary["new"]) == (10, 10 - done)
    assert _kept(out) == 10


def _kept(out: Path) -> int:
    import sqlite3

    try:
        with closing(sqlite3.connect(f"file:{out / 'store.sqlite'}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
