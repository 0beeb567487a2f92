"""Draws solved one from the other, in this process or in others: the lists are those of solving each from nothing."""

from __future__ import annotations

import copy
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from random_scenarios import random_scenario

from optimiser import QuestionError, load_document, robustness
from optimiser.allocation import options_of, solve_scenario
from optimiser.scenario.load import alone
from optimiser.scenario.patch import patched, with_values
from optimiser.scenario.pointer import keys_to
from optimiser.solve.clock import Clock
from optimiser.study.draws import Draws, chosen_of, solve_draws, solve_part
from optimiser.study.robustness import inputs_of
from optimiser.study.versions import Versions


def site(n: int, divisible: bool) -> dict[str, Any]:
    """Sites of two phases, whose costs and worth all differ."""
    return {
        "id": f"s{n}",
        "divisible": divisible,
        "private_pledge": 20 + 3 * n,
        "phases": [
            {"id": "one", "cost": {"2026": 40 + 7 * n, "2027": 20}, "attributes": {"chips": 50 + 11 * (n * 3 % 7)}},
            {"id": "two", "cost": {"2027": 30 + 5 * n}, "attributes": {"chips": 20 + 9 * (n * 5 % 7)}},
        ],
    }


def fund(divisible: bool = True) -> dict[str, Any]:
    """Eight sites for which there is money for about half, with costs, a size and a bound that may differ."""
    return {
        "fund": {
            "tiers": [
                {"id": "eu", "instrument": "grant", "size": 250, "max_share_of_cost": 0.6},
                {"id": "bank", "instrument": "loan", "public": False, "size": 120, "max_share_of_cost": 0.5},
            ]
        },
        "candidates": [site(n, divisible) for n in range(8)],
        "constraints": [{"id": "places", "kind": "count", "at_most": 6}],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
        "uncertain": [
            {"pointer": "/fund/tiers/eu/size", "low": 120, "high": 400},
            {"pointer": "/constraints/places/at_most", "low": 0, "high": 7},
            *({"pointer": f"/candidates/s{n}/phases/one/cost/2026", "low": 10, "high": 90} for n in range(0, 8, 2)),
        ],
    }


@pytest.mark.parametrize("divisible", [True, False])
def test_every_list_is_the_one_of_solving_from_nothing(divisible: bool) -> None:
    scenario = load_document(fund(divisible)).expect()
    draws = Draws(alone(scenario), inputs_of(scenario), 30, 7)
    options = replace(options_of(scenario), settle_money=False, unspent=False, prices=False)
    found = list(solve_draws(draws, 0, 30, options, Clock(options), Versions()))
    assert len(found) == 30
    for document, drawn in zip(draws.documents(0, 30), found, strict=True):
        cold = solve_scenario(load_document(document).expect())
        assert cold.plan is not None and drawn.value == pytest.approx(cold.value, rel=1e-9)
        assert drawn.chosen == chosen_of(cold.plan)
    assert len({d.chosen for d in found}) > 10


@pytest.mark.parametrize("seed", range(12))
def test_random_scenarios_too(seed: int) -> None:
    document = random_scenario(random.Random(seed), seed % 3 / 2, 6, ("points", "any", "lexicographic")[seed % 3])
    loaded = load_document(document)
    assert loaded.scenario is not None
    solver = Versions()
    for factor in (1.0, 1.2, 0.7, 1.0):
        changed = copy.deepcopy(alone(loaded.scenario))
        for candidate in changed["candidates"]:
            for part in (candidate, *candidate.get("phases", ())):
                if "cost" in part:
                    part["cost"] = {year: round(cost * factor, 3) for year, cost in part["cost"].items()}
        version = solver.load(changed)
        if version.scenario is None:
            continue
        warm, cold = solver.solved(version.scenario, options_of(version.scenario)), solve_scenario(version.scenario)
        assert (warm.plan is None) == (cold.plan is None)
        if cold.plan is not None and warm.plan is not None:
            assert warm.value == pytest.approx(cold.value, rel=1e-7, abs=1e-6)


def test_workers_find_the_same() -> None:
    by_itself = robustness(fund(), draws=70)
    with ThreadPoolExecutor(2) as workers:
        together = robustness(fund(), draws=70, workers=workers)
    assert (together.draws, together.certainty) == (by_itself.draws, by_itself.certainty)
    assert together.objective == by_itself.objective


def test_a_part_ends_with_the_time_and_with_what_is_no_scenario() -> None:
    scenario = load_document(fund()).expect()
    draws = Draws(alone(scenario), inputs_of(scenario), 10, 7)
    late = solve_part(draws, 0, 10, options_of(scenario), 0.0)
    assert (late.solved, late.whole) == ([], False)
    # Each bound is valid all over its range; together they cross.
    crossed = fund()
    crossed["constraints"][0]["at_least"] = 1
    crossed["uncertain"] = [
        {"pointer": "/constraints/places/at_most", "low": 1, "high": 6},
        {"pointer": "/constraints/places/at_least", "low": 1, "high": 6},
    ]
    with ThreadPoolExecutor(2) as workers, pytest.raises(QuestionError) as told:
        robustness(crossed, draws=40, workers=workers)
    assert told.value.findings[0].code == "uncertain-impossible"
    with pytest.raises(QuestionError):
        robustness(crossed, draws=40)


def test_values_are_put_where_a_patch_would() -> None:
    document = fund()
    kept = copy.deepcopy(document)
    pointers = [
        "/fund/tiers/bank/size",
        "/candidates/s3/phases/two/cost/2027",
        "/candidates/s3/private_pledge",
        "/discount_rate",
    ]
    places = [keys_to(document, pointer) for pointer in pointers]
    assert places[0] == ("fund", "tiers", 1, "size")
    changed = with_values(document, places, [1, 2, 3, 0.5])
    assert changed == patched(document, dict(zip(pointers, [1, 2, 3, 0.5], strict=True)))
    assert document == kept
    assert changed["candidates"][0] is document["candidates"][0]
