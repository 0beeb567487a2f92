"""Patches: merged by shape or by pointer, members of lists by id, nothing else touched."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from optimiser import PointerError, load_document, load_file
from optimiser.library import library_files
from optimiser.scenario.load import document_of, with_patch
from optimiser.scenario.patch import patched
from optimiser.scenario.pointer import value_at

FUND: dict[str, Any] = {
    "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10, "annual_ceiling": {"2026": 4}}]},
    "candidates": [{"id": "a/b", "country": "PT", "cost": {"2026": 6}}, {"id": "c", "country": "ES", "cost": {}}],
    "objective": {"terms": [{"term": "public_money"}]},
    "variants": [{"id": "less", "patch": {}}],
}


@pytest.mark.parametrize(
    ("patch", "pointer", "value"),
    [
        ({"fund": {"tiers": {"eu": {"size": 5}}}}, "/fund/tiers/eu/size", 5),
        ({"/fund/tiers/eu/size": 5}, "/fund/tiers/eu/size", 5),
        ({"/fund/tiers/eu": {"size": 5}}, "/fund/tiers/eu/size", 5),
        ({"/candidates/a~1b/cost/2026": 7}, "/candidates/a~1b/cost/2026", 7),
        ({"candidates": {"a/b": {"cost": {"2027": 1}}}}, "/candidates/a~1b/cost", {"2026": 6, "2027": 1}),
        ({"fund": {"tiers": {"0": {"size": None}}}}, "/fund/tiers/eu/size", None),
        ({"candidates": [{"id": "d"}]}, "/candidates", [{"id": "d"}]),
        ({"fund": {"tiers": {"eu": {"annual_ceiling": None}}}}, "/fund/tiers/eu/annual_ceiling", None),
        ({"solver": {"threads": 1}}, "/solver/threads", 1),
        ({}, "/fund/tiers/eu/size", 10),
    ],
)
def test_what_a_patch_puts_where(patch: dict[str, Any], pointer: str, value: Any) -> None:
    before, patch_before = copy.deepcopy(FUND), copy.deepcopy(patch)
    assert value_at(patched(FUND, patch), pointer) == value
    assert (before, patch_before) == (FUND, patch)


def test_the_rest_stays() -> None:
    changed = patched(FUND, {"fund": {"tiers": {"eu": {"size": 5}}}})
    changed["fund"]["tiers"][0]["size"] = 10
    assert changed == FUND


@pytest.mark.parametrize(
    "patch",
    [
        {"fund": {"tiers": {"us": {"size": 5}}}},
        {"/fund/tiers/us/size": 5},
        {"candidates": {"c": {"country": {"of": 1}}}, "fund": {"tiers": {"2": 1}}},
        {"/": 1},
        {"/fund/size/x": 1},
    ],
)
def test_a_patch_that_leads_nowhere(patch: dict[str, Any]) -> None:
    with pytest.raises(PointerError):
        patched(FUND, patch)


def test_value_at_says_which_part_is_missing() -> None:
    with pytest.raises(PointerError, match="/fund/tiers/us does not exist; there are: eu"):
        value_at(FUND, "/fund/tiers/us/size")


@pytest.mark.parametrize("name", sorted(library_files()))
def test_a_scenario_written_down_reads_the_same(name: str) -> None:
    scenario = load_file(library_files()[name]).expect()
    assert load_document(json.loads(json.dumps(document_of(scenario)))).scenario == scenario


def test_a_patched_scenario_is_checked_and_has_no_variants() -> None:
    scenario = load_document({k: v for k, v in FUND.items() if k != "variants"}).expect()
    less = with_patch(scenario, {"fund": {"tiers": {"eu": {"size": 1}}}}).expect()
    assert less.fund.tiers[0].size.at_most == 1
    assert less.variants == []
    wrong = with_patch(scenario, {"fund": {"tiers": {"eu": {"size": -1}}}})
    assert [(f.code, f.pointer) for f in wrong.findings] == [("below-least", "/fund/tiers/eu/size")]
    nowhere = with_patch(scenario, {"fund": {"tiers": {"us": {"size": 1}}}})
    assert [f.code for f in nowhere.findings] == ["patch-leads-nowhere"]
