"""A family read one after the other: the same scenario, findings and canonical form as reading each alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from optimiser.library import library_files
from optimiser.scenario.canonical import canonical_of
from optimiser.scenario.check import CHECKS
from optimiser.scenario.family import CHECKS_THAT_READ, ReadFamily
from optimiser.scenario.fund import Tier
from optimiser.scenario.load import load_document, load_file
from optimiser.scenario.patch import patched
from optimiser.scenario.scenario import Scenario
from optimiser.scenario.types import Part

BASE: dict[str, Any] = {
    "fund": {
        "max_public_share": 0.5,
        "tiers": [
            {"id": "eu", "instrument": "grant", "size": 100, "annual_ceiling": {"2026": 60, "2027": 60}},
            {"id": "bank", "instrument": "loan", "public": False, "size": 200},
        ],
    },
    "candidates": [
        {"id": c, "country": "PT", "private_pledge": 10, "cost": {"2026": 40, "2027": 50}, "attributes": {"chips": 7}}
        for c in ("a", "b")
    ],
    "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
}

CHANGES: tuple[dict[str, Any], ...] = (
    {"/fund/tiers/eu/size": 120},
    {"/fund/tiers/eu/size": {"at_least": 50, "at_most": 20}},
    {"/fund/tiers/eu/size": 1e9},
    {"/fund/tiers/eu/size": True},
    {"/fund/tiers/eu/size": -1},
    {"/fund/tiers/eu/max_share_of_cost": 0.1},
    {"/discount_rate": 0.03},
    {"/discount_rate": "no"},
    {"/objective/terms/0/weight": 2},
    {"/objective/terms/0/attribute": "places"},
    {"/objective/terms": [{"term": "expected_loss"}]},
    {"/candidates/a/private_pledge": 0},
    {"/candidates/a/attributes/chips": 7.0},
    {"/name": "another"},
    {"/uncertain": [{"pointer": "/fund/tiers/eu/size", "low": 1, "high": 2}]},
    {"/variants": [{"id": "v", "patch": {"/fund/tiers/eu/size": -1}}]},
)


def assert_read_alike(family: ReadFamily, document: dict[str, Any]) -> None:
    alone, read = load_document(copy.deepcopy(document)), load_document(document, family=family)
    assert read.findings == alone.findings
    assert read.scenario == alone.scenario
    if read.scenario is not None and alone.scenario is not None:
        assert read.scenario.model_dump() == alone.scenario.model_dump()
        assert read.scenario.model_fields_set == alone.scenario.model_fields_set
        assert family.canonical(read.scenario) == canonical_of(alone.scenario)


@pytest.mark.parametrize("first", CHANGES, ids=str)
def test_one_change_after_another(first: dict[str, Any]) -> None:
    family = ReadFamily()
    for change in CHANGES:
        for patch in ({}, first, change, {**first, **change}):
            try:
                document = patched(BASE, patch)
            except LookupError:
                continue
            assert_read_alike(family, document)


def test_the_library_read_as_one_family() -> None:
    family = ReadFamily()
    for path in library_files().values():
        loaded = load_file(path)
        document = loaded.expect().model_dump(mode="json", by_alias=True, exclude_unset=True)
        for _ in range(2):
            assert_read_alike(family, document)


def test_parts_that_stand_as_they_stood_are_the_same_objects() -> None:
    family = ReadFamily()
    one = load_document(BASE, family=family).expect()
    other = load_document(patched(BASE, {"/fund/tiers/eu/size": 90}), family=family).expect()
    assert all(a is b for a, b in zip(one.candidates, other.candidates, strict=True))


def test_a_patch_shares_what_it_does_not_touch_and_changes_nothing() -> None:
    before = copy.deepcopy(BASE)
    changed = patched(BASE, {"/fund/tiers/eu/size": 90, "fund": {"tiers": {"bank": {"size": 5}}}})
    assert before == BASE and changed["candidates"] is BASE["candidates"]
    assert [tier["size"] for tier in changed["fund"]["tiers"]] == [90, 5]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """What is read of any scenario from now on, as ``CHECKS_THAT_READ`` names it."""
    read: set[str] = set()
    named = {(Scenario, "discount_rate"): "discount_rate", (Scenario, "solver"): "solver"}
    named |= {(Scenario, "objective"): "objective", (Tier, "size"): "fund/tiers/size"}

    def watched(self: Any, name: str) -> Any:
        if (type(self), name) in named:
            read.add(named[type(self), name])
        return object.__getattribute__(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(Part, "__getattribute__", watched)
        yield read


def test_checks_read_nothing_but_what_the_table_says(reads: set[str]) -> None:
    scenarios = [load_file(path).expect() for path in library_files().values()]
    scenarios += [s for c in CHANGES if "/uncertain" not in c and (s := load_document(patched(BASE, c)).scenario)]
    for scenario in scenarios:
        if scenario.variants or scenario.uncertain or scenario.risk is not None:
            continue
        for check in CHECKS:
            reads.clear()
            list(check(scenario))
            assert all(check in CHECKS_THAT_READ[name] for name in reads), (check.__name__, reads)
