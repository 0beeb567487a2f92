"""The benchmarks run, and whoever does the same work comes to the same values; times are not looked at."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPARE = ROOT / "benchmarks" / "compare.py"
HERE = ("investai_whole", "investai_solve", "raw_highs", "pulp_cbc")
"""Peers that need nothing beyond the project's own packages; those of `make bench` are compared when it runs."""

sys.path.append(str(COMPARE.parent))
import compare  # noqa: E402  (a script, not a package)
from jobs import JOBS  # noqa: E402


def test_every_job_in_small_gives_the_same_values_and_as_many():
    command = [sys.executable, str(COMPARE), "--smoke", "--peers", *HERE]
    jobs = [job.name for job in JOBS if job.name != "round_trip"]
    done = subprocess.run([*command, "--only", *jobs], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "every optimal value agrees" in done.stderr
    assert len(re.findall(r"^\| \*\*InvestAI Optimiser, whole answer", done.stdout, re.MULTILINE)) == len(jobs)
    assert len(re.findall(r"^\| HiGHS on prepared arrays", done.stdout, re.MULTILINE)) == len(jobs)
    # Batch and frontier: five values from each.
    assert len(re.findall(r"\| 5 values, sum", done.stdout)) >= 5


def test_the_service_gives_the_same_value():
    command = [sys.executable, str(COMPARE), "--smoke", "--only", "round_trip"]
    done = subprocess.run(
        [*command, "--peers", "investai_service", "investai_minimal"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"\| \*\*InvestAI Optimiser, service\*\* .*\| 568,000 \|", done.stdout)
    assert re.search(r"\| \*\*InvestAI Optimiser, service, plan alone\*\* .*\| 568,000 \|", done.stdout)


def test_the_steps_of_one_allocation_are_told():
    command = [sys.executable, str(COMPARE.parent / "run.py"), "--sites", "3", "--runs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    steps = dict(re.findall(r"^  (\S.*?) +(\d+\.\d+)  ", done.stdout, re.MULTILINE))
    assert {"load", "state the model", "search, all stages", "write up", "JSON", "HiGHS"} <= steps.keys()
    assert all(float(seconds) >= 0 for seconds in steps.values())


def laps(*values: float) -> compare.Laps:
    return compare.Laps([1.0], list(values))


def test_another_value_and_another_number_of_values_are_told():
    agree = {("a", 1): {"x": laps(1e6, 2.0), "y": laps(1e6 + 0.5, 2.0)}}
    assert list(compare.differences(agree)) == []
    (told,) = compare.differences({("a", 1): {"x": laps(1e6), "y": laps(1e6 + 2)}})
    assert told == "a 1: value 0 is 1000002.0 for y, 1000000.0 for x"
    (told,) = compare.differences({("a", 1): {"x": laps(1.0, 2.0), "y": laps(1.0)}})
    assert told == "a 1: y gives 1 values, x 2"
    (told,) = compare.differences({("a", 1): {"x": laps(1.0), "y": compare.Laps(failed="ValueError: no")}})
    assert told == "a 1: y failed: ValueError: no"
    (told,) = compare.differences({("a", 1): {"x": compare.Laps(late=True)}})
    assert told == "a 1: nobody did it"


def test_the_exponent_of_a_power_is_found():
    assert compare.exponent([(n, 0.3 * n**1.5) for n in (10, 20, 40, 80)]) == pytest.approx(1.5)
    assert compare.exponent([(10, 1.0), (20, 2.0)]) is None


def test_the_tables_stand_between_their_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{compare.BEGIN}\nold\n{compare.END}\nafter\n")
    compare.write(page, ["new"])
    assert page.read_text() == f"before\n{compare.BEGIN}\n\nnew\n\n{compare.END}\nafter\n"
    assert (ROOT / "docs" / "benchmarks.md").read_text().count(compare.BEGIN) == 1


def test_every_peer_is_pinned():
    pins = [line for line in (COMPARE.parent / "peers" / "requirements.txt").read_text().splitlines() if line[0] != "#"]
    assert pins and all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)
    assert set(compare.PEERS) == {
        path.stem
        for path in (COMPARE.parent / "peers").glob("*.py")
        if path.stem not in ("__init__", "reading", "served")
    }
