"""The solver's session is kept where it can be, with the answers of questions asked alone."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import allocate, budget_curve, deciding_inputs, frontier, robustness, two_stage
from optimiser.scenario.load import alone as alone_of
from optimiser.scenario.load import load_document
from optimiser.solve.session import Session
from optimiser.study.draws import Draws
from optimiser.study.robustness import inputs_of

TERMS = ["attribute:chips", "public_money"]


def fund(divisible: bool = True, **keys: Any) -> dict[str, Any]:
    """Six sites and two tiers, of which one pays a share at most."""
    return {
        "fund": {
            "tiers": [
                {"id": "union", "instrument": "grant", "size": 300, "max_share_of_cost": 0.5},
                {"id": "states", "instrument": "grant", "size": 250},
            ]
        },
        "candidates": [
            {
                "id": f"s{n}",
                "divisible": divisible,
                "private_pledge": 40,
                "cost": {"2027": 90 + 17 * n},
                "attributes": {"chips": 10 + (n * 7) % 11},
            }
            for n in range(6)
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
        **keys,
    }


@pytest.mark.parametrize(
    ("divisible", "built"),
    [(True, {"first": 2}), (False, {"whole": 12})],
    ids=["linear", "whole"],
)
def test_a_frontier_begins_anew_only_where_it_must(divisible, built):
    answer = frontier(fund(divisible), TERMS, points=12)
    # Floors that a point keeps already are not asked for.
    assert set(answer.session.built) == set(built)
    assert sum(answer.session.built.values()) == (2 if divisible else answer.session.solved) <= built.popitem()[1]
    assert 2 < answer.session.solved <= 12


def test_a_point_of_a_linear_frontier_takes_one_run_where_its_floor_has_a_price(monkeypatch):
    runs = []
    run = Session.run
    monkeypatch.setattr(
        Session, "run", lambda self, *a, **k: (runs.append(len(self.arrays.cost)), run(self, *a, **k))[1]
    )
    answer = frontier(fund(), TERMS, points=12)
    columns = max(runs)  # rounding runs small programmes of its own
    # Both ends take two stages and the way to the other end's prices; every floor between them one run.
    assert runs.count(columns) <= len(answer.points) - 2 + 5
    assert answer.terms[1].step is None and all(p.proven for p in answer.points)


WAYS = {
    "variants": [
        {"id": "cut", "probability": 0.5, "patch": {"/fund/tiers/states/size": 150}},
        {"id": "more", "probability": 0.5, "patch": {"/fund/tiers/states/size": 350}},
    ],
    "decisions": {"now": ["s0/main", "s3/main"]},
}


def test_two_stages_keep_one_session_for_each_variant():
    answer = two_stage(fund(**WAYS))
    # Each variant alone, with the decisions of now, with those of the mean; the mean; all side by side.
    assert answer.session.solved == 2 * 3 + 1 + 1
    assert answer.session.built == {"first": 2 + 1 + 1}
    anew = two_stage(fund(divisible=False, **WAYS))
    assert anew.session.built == {"first": 1, "whole": 7}
    assert answer.recourse is not None and anew.recourse is not None and answer.recourse >= anew.recourse


def test_the_price_of_robustness_says_how_often_the_solver_began_anew():
    answer = robustness(fund(**WAYS))
    assert answer.price is not None
    # As written; side by side; the decisions kept as written and in two variants.
    assert answer.session.solved == 1 + 1 + 3 and answer.session.built == {"first": 5}


SIZE, CHIPS, SHARE = (
    {"pointer": "/fund/tiers/union/size", "low": 100, "high": 400},
    {"pointer": "/candidates/s1/attributes/chips", "low": 5, "high": 30},
    {"pointer": "/fund/tiers/union/max_share_of_cost", "low": 0.1, "high": 0.9},
)


@pytest.mark.parametrize(
    ("uncertain", "built"),
    [([SIZE, CHIPS], {"first": 2}), ([SIZE, SHARE], {"first": 2, "coefficients": 19})],
    ids=["bounds and costs", "a coefficient"],
)
def test_draws_give_what_each_gives_alone(uncertain, built):
    document = fund(uncertain=uncertain)
    answer = robustness(document, draws=20)
    assert answer.session.built == built and answer.session.solved == 21
    scenario = load_document(document).expect()
    alone = [allocate(version) for version in Draws(alone_of(scenario), inputs_of(scenario), 20, 7).documents(0, 20)]
    for certainty in answer.certainty:
        times = sum(bool(next(c for c in a.candidates if c.id == certainty.candidate).phases["main"]) for a in alone)
        assert certainty.share == pytest.approx(times / 20)
    assert answer.objective is not None
    assert answer.objective.mean == pytest.approx(sum(a.objective.value for a in alone) / 20)


@pytest.mark.parametrize("divisible", [True, False], ids=["linear", "whole"])
def test_a_budget_curve_keeps_one_session_and_its_values_are_those_of_each_size_alone(divisible):
    document = fund(divisible)
    curve = budget_curve(document, "union", low=100, high=400, steps=5)
    assert curve.session.built == ({"first": 1} if divisible else {"whole": curve.session.solved})
    assert curve.session.solved == len(curve.points) >= 5
    for point in curve.points:
        document["fund"]["tiers"][0]["size"] = point.size
        assert point.value == pytest.approx(allocate(document).objective.value, rel=1e-9)


def test_inputs_are_moved_in_one_session():
    answer = deciding_inputs(fund())
    assert answer.solved == answer.session.solved > 20
    # Costs and shares are coefficients: then the basis is kept, and the session is not.
    assert set(answer.session.built) <= {"first", "size", "coefficients"} and answer.session.built["first"] == 1
    assert sum(answer.session.built.values()) < answer.session.solved
