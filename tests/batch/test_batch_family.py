"""Families: what is taken over from scenario to scenario, counted; and that nothing of it is seen in the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from optimiser.allocation import allocate
from optimiser.batch.family import Family
from optimiser.batch.items import items_of_sweep
from optimiser.batch.solving import Answered, BatchOptions, solve
from optimiser.batch.sweep import sweep_of
from optimiser.errors import ScenarioError
from optimiser.model.build import RULES
from optimiser.model.family import READERS
from optimiser.scenario.load import load_document

YEARS = range(2026, 2030)


def fund(sites: int = 8, **changes: Any) -> dict[str, Any]:
    """Divisible sites, each a little dearer and worth a little more than the last."""
    return {
        "horizon": {"first_year": 2026, "last_year": 2029},
        "fund": {
            "tiers": [
                {"id": "eu", "instrument": "grant", "size": 300, "max_share_of_cost": 0.5},
                {"id": "bank", "instrument": "loan", "public": False, "size": 500},
            ]
        },
        "candidates": [
            {
                "id": f"s{n}",
                "country": "PT",
                "divisible": True,
                "private_pledge": 30 + n,
                "cost": {str(t): 40 + 3 * n + t - 2026 for t in YEARS},
                "attributes": {"chips": 100 + 13 * n % 37},
            }
            for n in range(sites)
        ],
        "objective": {"terms": [{"term": "discounted_attribute", "attribute": "chips", "life_years": 5}]},
        **changes,
    }


def sized(size: float) -> dict[str, Any]:
    document = fund()
    document["fund"]["tiers"][0]["size"] = size
    return document


def but_for_times(body: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(body)
    for key in ("seconds", "solver_seconds", "created"):
        del document["provenance"][key]
    return document


def test_a_tiers_size_states_only_the_rules_that_read_it() -> None:
    family = Family()
    family.allocate(load_document(sized(300)))
    assert family.stated.restated == len(RULES)
    family.allocate(load_document(sized(310)))
    assert family.stated.restated == len(RULES) + len(READERS["fund/tiers/size"])
    # Another candidate: everything.
    family.allocate(load_document(fund(9)))
    assert family.stated.restated == 2 * len(RULES) + len(READERS["fund/tiers/size"])


def test_a_neighbour_takes_a_few_pivots_where_a_stranger_takes_a_search() -> None:
    family = Family()
    family.allocate(load_document(sized(300)))
    searched, runs = family.start.iterations, family.start.runs
    for size in (301, 302, 303):
        family.allocate(load_document(sized(size)))
    assert (family.start.cold, family.start.hot) == (1, 3)
    assert family.start.neighbour is not None and family.start.neighbour.pivots < searched / 2
    # No stage, tie-break or price is searched for: the solver is only asked why a tier has money left, in two runs.
    assert family.start.runs - runs <= 3 * 2 < runs


def test_a_worker_gives_what_allocate_gives() -> None:
    grid = {
        "/fund/tiers/eu/size": {"from": 200, "to": 400, "count": 4},
        "/discount_rate": [0.0, 0.03],
        "/fund/tiers/eu/max_share_of_cost": [0.4, 0.5],
    }
    sweep, findings = sweep_of({"base": fund(), "grid": grid})
    assert sweep is not None and not findings
    items = list(items_of_sweep(sweep, "sweep", "sweep.json"))
    for item, answer in zip(items, solve(items, BatchOptions({})), strict=True):
        assert isinstance(answer, Answered)
        alone = allocate(item.load({}))
        assert but_for_times(answer.solved.body) == but_for_times(alone.to_json())
        assert answer.solved.scenario == alone.scenario.sha256


def test_other_prices_are_found_by_the_solver_from_the_neighbours_basis() -> None:
    # Every price changes, and with it what stands at which bound: too many pivots, but no search from nothing.
    family = Family()
    for rate in (0.0, 0.25, 0.0, 0.05):
        loaded = load_document(uneven(40, rate))
        assert but_for_times(family.allocate(loaded).to_json()) == but_for_times(allocate(loaded).to_json()), rate
    assert (family.start.cold, family.start.hot) == (1, 3)
    assert family.start.neighbour is not None and family.start.neighbour.solved > 0


def uneven(sites: int, rate: float) -> dict[str, Any]:
    """Sites that begin to serve in different years, so that the discount rate changes their order."""
    document = fund(sites, discount_rate=rate, horizon={"first_year": 2026, "last_year": 2045})
    for n, site in enumerate(document["candidates"]):
        late = n * 7 % 16
        site["cost"] = {str(t + late): amount for t, amount in zip(YEARS, site["cost"].values(), strict=True)}
        site["attributes"]["chips"] = 100 + 12 * late + n
    document["fund"]["tiers"][0]["size"], document["fund"]["tiers"][1]["size"] = 1500, 1200
    return document


def test_plans_of_a_family_are_rounded_as_alone() -> None:
    # Odd sizes leave euros to round in every scenario; with the columns of another scenario, none is mixed up.
    family = Family()
    for document in (sized(300.1234567), sized(310.7654321), fund(9), sized(301.0000004)):
        result, alone = family.allocate(load_document(document)), allocate(document)
        assert but_for_times(result.to_json()) == but_for_times(alone.to_json())
        assert result.certificate is not None and result.certificate.holds


def test_what_is_infeasible_does_not_end_the_family() -> None:
    family = Family()
    impossible = fund(
        constraints=[{"id": "all", "kind": "attribute", "attribute": "chips", "at_least": 1_000_000}],
    )
    for document in (sized(300), impossible, sized(310), sized(320)):
        loaded = load_document(document)
        assert but_for_times(family.allocate(loaded).to_json()) == but_for_times(allocate(loaded).to_json())
    assert family.start.hot == 1


def test_an_error_does_not_end_the_family() -> None:
    family = Family()
    family.allocate(load_document(sized(300)))
    with pytest.raises(ScenarioError):
        family.allocate(load_document(fund(0)))
    assert family.allocate(load_document(sized(305))).termination == "optimal"
