"""What a batch consists of: files, folders, globs, JSON Lines, sweeps; each item with a name of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batch_cases import small

from optimiser.batch.items import items_of


def names(*paths: object) -> list[str]:
    return [item.name for item in items_of([str(p) for p in paths])]


def codes(*paths: object) -> list[list[str]]:
    return [[f.code for f in item.load({}).findings] for item in items_of([str(p) for p in paths])]


def test_a_folder_with_those_below_it(tmp_path: Path, write: Any) -> None:
    for name in ("b.json", "a.yaml", "deep/er/c.json", "notes.txt", "deep/picture.png"):
        write(name, small())
    assert names(tmp_path) == ["a", "b", "deep/er/c"]


def test_globs_and_carried_scenarios(tmp_path: Path, write: Any) -> None:
    write("x/a.json", small())
    write("y/a.json", small())
    assert names(tmp_path / "*/a.json", "investai-2025") == ["a", "a-2", "investai-2025"]


def test_lines(tmp_path: Path, write: Any) -> None:
    line = json.dumps(small()).encode()
    path = write("many.jsonl", line + b"\n\n" + b"{broken\r\n" + line)
    items = items_of([str(path)])
    assert [item.name for item in items] == ["many/1", "many/3", "many/4"]
    assert [item.load({}).scenario is not None for item in items] == [True, False, True]
    assert items[0].content().strip() == line


def test_a_sweep_in_a_line_is_refused(write: Any) -> None:
    path = write("many.jsonl", json.dumps({"base": "investai-2025", "grid": {"/a": [1]}}).encode())
    assert codes(path) == [["sweep-in-lines"]]


def test_a_sweep(write: Any) -> None:
    path = write("s.json", {"base": small(), "grid": {"/candidates/a/cost/2027": [6, 12]}})
    items = items_of([str(path)])
    assert [item.name for item in items] == ["s/0", "s/1"]
    assert [item.load({}).expect().candidates[0].all_phases[0].cost[2027] for item in items] == [6, 12]


def test_a_sweep_whose_patch_leads_nowhere_fails_alone(write: Any) -> None:
    document = {
        "base": small(),
        "variants": [{"id": "a", "patch": {"/fund/tiers/us/size": 1}}, {"id": "b", "patch": {}}],
    }
    assert codes(write("s.json", document)) == [["patch-leads-nowhere"], []]


def test_a_broken_sweep_is_one_failed_item(write: Any) -> None:
    assert codes(write("s.json", {"base": "nobody", "grid": {"/a": [1]}})) == [["sweep-base"]]


def test_what_is_not_there(tmp_path: Path) -> None:
    assert codes(tmp_path / "nothing.json") == [["cannot-read"]]
    assert names(tmp_path / "*.json") == []


def test_settings_hold_for_every_item(write: Any) -> None:
    items = items_of([str(write("s.json", {"base": small(), "grid": {"/discount_rate": [0.1]}}))])
    items += items_of([str(write("a.json", small()))])
    found = [item.load({"/fund/tiers/eu/size": 3}).expect().fund.tiers[0].size.at_most for item in items]
    assert found == [3, 3]


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "_/_/etc/passwd"), ("a:b*c", "a_b_c"), ("..", "_"), ("é è", "é è"), ("x" * 500, "x" * 120)],
)
def test_names_stay_below_their_folder(name: str, safe: str, write: Any) -> None:
    document = {"base": small(), "variants": [{"id": name, "patch": {}}]}
    assert names(write("s.json", document)) == [f"s/{safe}"]


def test_names_that_differ_in_case_alone_are_told_apart(write: Any) -> None:
    document = {"base": small(), "variants": [{"id": "A", "patch": {}}, {"id": "a", "patch": {}}]}
    assert names(write("s.json", document)) == ["s/A", "s/a-2"]
