"""Sweeps: every point of a grid, in order; variants as listed; what is wrong with one, all at once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from batch_cases import small

from optimiser.batch.sweep import is_sweep, sweep_of


def swept(**document: Any) -> Any:
    sweep, findings = sweep_of({"base": small(), **document})
    assert findings == []
    return sweep


def test_a_grid_is_every_combination_the_last_pointer_fastest() -> None:
    sweep = swept(grid={"/a": [1, 2], "/b": ["x", "y", "z"]})
    points = [dict(sweep.patch(n)) for n in range(len(sweep))]
    assert points == [{"/a": a, "/b": b} for a, b in itertools.product([1, 2], ["x", "y", "z"])]
    assert [sweep.name(n) for n in range(6)] == ["0", "1", "2", "3", "4", "5"]


def test_equal_steps() -> None:
    sweep = swept(grid={"/a": {"from": 1, "to": 2, "count": 5}})
    assert [sweep.patch(n)["/a"] for n in range(5)] == [1, 1.25, 1.5, 1.75, 2]


def test_variants_as_listed() -> None:
    sweep = swept(variants=[{"id": "half", "patch": {"/a": 1}}, {"id": "none", "patch": {}}])
    assert [(sweep.name(n), sweep.patch(n)) for n in range(len(sweep))] == [("half", {"/a": 1}), ("none", {})]


def test_a_million_points_cost_nothing_until_asked_for() -> None:
    sweep = swept(grid={f"/{name}": list(range(10)) for name in "abcdef"})
    assert len(sweep) == 1_000_000
    assert sweep.patch(123_456) == dict(zip(["/a", "/b", "/c", "/d", "/e", "/f"], [1, 2, 3, 4, 5, 6], strict=True))


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"base": "nobody", "grid": {"/a": [1]}}, {("sweep-base", "/base")}),
        ({"base": 5, "grid": {"/a": [1]}}, {("sweep-base", "/base")}),
        ({"base": {}}, {("sweep-form", "")}),
        ({"base": {}, "grid": {"/a": [1]}, "variants": [{"id": "v", "patch": {}}]}, {("sweep-form", "")}),
        ({"base": {}, "grid": {}}, {("sweep-values", "/grid")}),
        ({"base": {}, "grid": {"/a": []}}, {("sweep-values", "/grid/~1a")}),
        ({"base": {}, "grid": {"a": [1]}}, {("sweep-values", "/grid/a")}),
        ({"base": {}, "grid": {"/a": {"from": 1, "to": 2}}}, {("sweep-values", "/grid/~1a")}),
        ({"base": {}, "grid": {"/a": {"from": 1, "to": True, "count": 2}}}, {("sweep-values", "/grid/~1a")}),
        ({"base": {}, "grid": {"/a": {"from": 1, "to": 2, "count": 10**12}}}, {("sweep-values", "/grid/~1a")}),
        ({"base": {}, "variants": []}, {("sweep-values", "/variants")}),
        ({"base": {}, "variants": [{"id": "v"}]}, {("sweep-variant", "/variants/0")}),
        ({"base": {}, "variants": [{"id": "v", "patch": {}}] * 2}, {("duplicate-id", "/variants/1")}),
        ({"base": {}, "grid": {f"/{n}": list(range(100)) for n in range(9)}}, {("sweep-too-large", "/grid")}),
        ({"base": {}, "gird": {"/a": [1]}}, {("unknown-key-of-sweep", "/gird"), ("sweep-form", "")}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_sweep(document: Any, found: set[tuple[str, str]]) -> None:
    sweep, findings = sweep_of(document)
    assert sweep is None
    assert {(f.code, f.pointer) for f in findings} == found
    assert all(f.message() and f.cure() and "{0" not in f.message() for f in findings)


def test_the_base_may_be_carried_or_beside_it(tmp_path: Any, write: Any) -> None:
    write("fund.json", small())
    assert sweep_of({"base": "fund.json", "grid": {"/a": [1]}}, tmp_path)[0].base == small()  # type: ignore[union-attr]
    assert sweep_of({"base": "investai-2025", "grid": {"/a": [1]}})[0] is not None
    # Where no folder is given (over HTTP) files are out of reach.
    assert sweep_of({"base": "fund.json", "grid": {"/a": [1]}})[0] is None


def test_a_scenario_is_no_sweep() -> None:
    assert not is_sweep(small())
    assert is_sweep({"base": "x"})
