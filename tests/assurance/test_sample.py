"""The share of mutants noticed: how sure a random sample makes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "assurance"))

import sample  # noqa: E402


@pytest.mark.parametrize(
    "hits, tries, low, high", [(9, 10, 0.5958, 0.9821), (0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662)]
)
def test_wilsons_interval_of_a_share(hits, tries, low, high):
    # The last is the table of Newcombe 1998 (doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E).
    assert sample.wilson(hits, tries) == pytest.approx((low, high), abs=1e-4)


def test_what_mutants_ended_with_is_read_from_every_file_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, ended in (("solve/a.py.meta", {"a__1": 1, "a__2": None}), ("solve/deep/b.py.meta", {"b__1": 0})):
        path = tmp_path / "mutants" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"exit_code_by_key": ended}))
    assert sample.results(Path("solve")) == {"a__1": 1, "a__2": None, "b__1": 0}
