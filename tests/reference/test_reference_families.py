"""Families: whatever was solved before, an answer is the one ``allocate`` gives, to the letter."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import numpy as np
import pytest
from random_scenarios import neighbour, random_scenario

from optimiser.allocation import allocate
from optimiser.batch.family import Family
from optimiser.library import library_files
from optimiser.model.build import Model, build_model
from optimiser.model.family import StatedFamily
from optimiser.model.programme import PulpPort
from optimiser.result.result import Result
from optimiser.scenario.canonical import canonical_of
from optimiser.scenario.load import load_document, load_file
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import arrays_of

Document = dict[str, Any]


def but_for_times(result: Result) -> Document:
    document: Document = json.loads(result.to_json())
    for key in ("seconds", "solver_seconds", "created"):
        del document["provenance"][key]
    return document


def assert_same(family: Family, scenario: Document) -> None:
    loaded = load_document(scenario)
    assert but_for_times(family.allocate(loaded)) == but_for_times(allocate(loaded))


def usable_family(seed: int, count: int, divisible: float = 1.0) -> list[Document]:
    """Neighbours of one random scenario, those with errors left out; a linear one where all is divisible."""
    rng = Random(seed)
    document = random_scenario(rng, divisible, 7, rng.choice(("points", "any", "lexicographic")))
    if divisible == 1:
        for candidate in document["candidates"]:
            candidate.pop("least_fraction", None)
        for tier in document["fund"]["tiers"]:
            tier.pop("min_ticket", None)
    documents = [document]
    for _ in range(count - 1):
        documents.append(neighbour(rng, documents[-1]))
    return [d for d in documents if load_document(d).scenario is not None]


@pytest.mark.parametrize("seed", range(80))
def test_neighbours_at_random(seed: int) -> None:
    family = Family()
    for document in usable_family(seed, 6):
        assert_same(family, document)


def test_neighbours_at_random_are_found_from_one_another() -> None:
    family = Family()
    documents = [d for seed in range(12) for d in usable_family(seed, 6)]
    for document in documents:
        family.allocate(load_document(document))
    assert family.start.hot >= 25


@pytest.mark.parametrize("seed", range(100, 106))
def test_whole_decisions_are_searched_from_nothing(seed: int) -> None:
    family = Family()
    for document in usable_family(seed, 4, divisible=0.0):
        assert_same(family, document)
    assert family.start.hot == 0


def test_scenarios_that_have_nothing_in_common() -> None:
    family = Family()
    for seed in range(200, 215):
        for document in usable_family(seed, 1, divisible=0.8):
            assert_same(family, document)


def test_the_library_in_part_one_after_the_other() -> None:
    """Every scenario of the library, its sites divisible, as a linear programme."""
    family = Family()
    for path in library_files().values():
        document = json.loads(path.read_bytes())
        for candidate in document["candidates"]:
            candidate["divisible"] = True
        assert_same(family, document)


def assert_same_model(one: Model, other: Model) -> None:
    assert one.programme.rows == other.programme.rows
    assert one.goals == other.goals and one.tier_order == other.tier_order
    assert one.columns == other.columns
    a, b = arrays_of(one.programme), arrays_of(other.programme)
    for name in ("cost", "lower", "upper", "integer", "row_lower", "row_upper", "start", "index", "value"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name


def stated_alike(family: StatedFamily, scenario: Scenario) -> None:
    in_pulp = build_model(scenario, port=PulpPort(scenario.name))
    assert_same_model(build_model(scenario), in_pulp)
    assert_same_model(family.model_of(scenario, canonical_of(scenario).document), in_pulp)


@pytest.mark.parametrize("seed", range(60))
def test_every_port_states_the_same(seed: int) -> None:
    family = StatedFamily()
    for document in usable_family(seed, 8, divisible=Random(seed).choice((0.0, 0.5, 1.0))):
        stated_alike(family, load_document(document).expect())


@pytest.mark.parametrize("name", sorted(library_files()))
def test_every_port_states_the_library(name: str) -> None:
    stated_alike(StatedFamily(), load_file(library_files()[name]).expect())
