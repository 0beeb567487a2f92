"""Certainty of selection, core index, price of robustness: closed forms and hand-worked funds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimiser import QuestionError, load_document, robustness
from optimiser.solve.options import SolveOptions
from optimiser.study.robustness import inputs_of, wilson

Document = dict[str, Any]


def fund(sites: dict[str, tuple[float, float, float]], budget: float = 100, **keys: Any) -> Document:
    """Sites (cost, chips, jobs); chips count once, jobs too, with weights of 1."""
    return {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": budget}]},
        "candidates": [
            {"id": i, "cost": {"2027": cost}, "attributes": {"chips": chips, "jobs": jobs}}
            for i, (cost, chips, jobs) in sites.items()
        ],
        "objective": {
            "terms": [{"term": "attribute", "attribute": "chips"}, {"term": "attribute", "attribute": "jobs"}]
        },
        **keys,
    }


RIVALS = {"a": (100, 10, 0), "b": (100, 8, 0)}
"""Money for one of the two; a is worth more as it stands."""

CHIPS_OF_A = "/candidates/a/attributes/chips"


def shares(answer: Any) -> dict[str, float]:
    return {c.candidate: c.share for c in answer.certainty}


def test_certainty_is_the_probability_by_which_a_site_leads():
    # chips of a uniform on [4, 14]: above b's 8 with probability 0.6.
    document = fund(RIVALS, uncertain=[{"pointer": CHIPS_OF_A, "low": 4, "high": 14}])
    answer = robustness(document, draws=200)
    # A Halton sequence is even: 200 points miss a share by no more than a few of them.
    assert shares(answer)["a"] == pytest.approx(0.6, abs=0.015)
    assert shares(answer)["a"] + shares(answer)["b"] == 1
    d = answer.draws
    assert (d.asked, d.solved, d.infeasible, d.unproven, d.lists) == (200, 200, 0, 0, 2)
    assert d.same_list == round(200 * shares(answer)["a"])
    assert answer.termination == "optimal" and answer.objective.stated == 10
    # max(a, 8): 8 with 0.4, else uniform on [8, 14].
    assert answer.objective.mean == pytest.approx(0.4 * 8 + 0.6 * 11, abs=0.05)
    assert [(c.in_plan, c.low < c.share < c.high) for c in answer.certainty] == [(True, True), (False, True)]


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        # P(a > 8) on [4, 14]: triangular with its peak at 10: 1 − (8−4)²/((14−4)(10−4)); normal, mean 9, sd 2.5, cut.
        ("triangular", 1 - 16 / 60),
        ("normal", 0.5 + (0.65542 - 0.5) / 0.9545),
    ],
)
def test_distributions(distribution, expected):
    document = fund(RIVALS, uncertain=[{"pointer": CHIPS_OF_A, "low": 4, "high": 14, "distribution": distribution}])
    assert shares(robustness(document, draws=300))["a"] == pytest.approx(expected, abs=0.012)


def test_quantiles_by_hand():
    uncertain = [
        {"pointer": CHIPS_OF_A, "low": 4, "high": 14, "distribution": "triangular"},
        {"pointer": "/candidates/b/attributes/chips", "low": 6, "high": 10, "distribution": "normal"},
        {"pointer": "/fund/tiers/union/size", "low": 100, "high": 100},
    ]
    peaked, normal, fixed = inputs_of(load_document(fund(RIVALS, uncertain=uncertain)).expect())
    ends = np.array([1e-12, 0.5, 1 - 1e-12])
    assert peaked.at(ends)[[0, 2]] == pytest.approx([4, 14], abs=1e-4)
    assert peaked.at(np.array([0.6]))[0] == pytest.approx(10)
    assert normal.at(ends) == pytest.approx([6, 8, 10], abs=1e-6)
    # 0.8413 of a normal lies below one standard deviation; cut off at two, (0.8413 − 0.0228) / 0.9545 does.
    assert normal.at(np.array([(0.841345 - 0.022750) / 0.954500]))[0] == pytest.approx(9, abs=1e-4)
    assert fixed.at(ends).tolist() == [100, 100, 100]


def test_the_same_seed_gives_the_same_draws_and_another_others():
    document = fund(RIVALS, uncertain=[{"pointer": CHIPS_OF_A, "low": 4, "high": 14}])
    first, again, other = (robustness(document, draws=20, seed=s) for s in (7, 7, 8))
    assert first.objective == again.objective != other.objective


def test_whole_numbers_stay_whole():
    document = fund(RIVALS, budget=200, constraints=[{"id": "n", "kind": "count", "at_most": 2}])
    document["uncertain"] = [{"pointer": "/constraints/n/at_most", "low": 0, "high": 2}]
    answer = robustness(document, draws=100)
    # Rounded: 0 and 2 have half the share of 1.
    assert shares(answer)["a"] == pytest.approx(0.75, abs=0.03)
    assert shares(answer)["b"] == pytest.approx(0.25, abs=0.03)


def test_infeasible_draws_are_counted():
    document = fund(RIVALS, constraints=[{"id": "n", "kind": "count", "at_least": 1}])
    document["uncertain"] = [{"pointer": "/fund/tiers/union/size", "low": 50, "high": 150}]
    d = robustness(document, draws=100).draws
    assert d.infeasible == pytest.approx(50, abs=2) and d.solved + d.infeasible == 100


def test_what_time_left_open_is_said():
    document = fund(RIVALS, uncertain=[{"pointer": CHIPS_OF_A, "low": 4, "high": 14}])
    answer = robustness(document, draws=100_000, options=SolveOptions(time_limit_s=1.0))
    assert answer.termination == "time_limit" and 0 < answer.draws.solved < 100_000
    assert "study-open" in {f["code"] for f in answer.findings}


def test_core_index_over_the_weights_of_the_objective():
    # Money for two: a (10, 1), b (2, 2), c (1, 10), d (1, 1). With weights in [0.5, 1.5] the best pair is a+c
    # (11w + 11v), never a+b (12w + 3v): both are core, b and d exterior.
    sites = {"a": (100, 10, 1), "b": (100, 2, 2), "c": (100, 1, 10), "d": (100, 1, 1)}
    core = robustness(fund(sites, 200), weights=50).core
    assert {i.candidate: i.kind for i in core.phases} == {"a": "core", "b": "exterior", "c": "core", "d": "exterior"}
    assert (core.portfolios, core.done, core.asked) == (1, 50, 50)
    # With room for one, a leads where w > v and c where v > w: two lists, each in half of the weights.
    core = robustness(fund(sites, 100), weights=200).core
    found = {i.candidate: (i.core_index, round(i.share, 1), i.kind) for i in core.phases}
    assert found["a"] == found["c"] == (0.5, 0.5, "borderline")
    # Weights that may not move leave one list.
    core = robustness(fund({"a": (100, 5, 5), "b": (100, 4, 4)}), weights=5, weight_range=0).core
    assert core.portfolios == 1


def test_core_index_over_the_weights_of_the_score():
    document = fund({"a": (100, 10, 1), "c": (100, 1, 10)}, score={"weights": {"chips": 1.0, "jobs": 1.0}})
    del document["objective"]["terms"][1]
    core = robustness(document, weights=100, weights_of="score").core
    assert core.weights_of == "score" and core.portfolios == 2


def test_stages_without_weights_count_alike():
    document = fund({"a": (100, 1000, 1), "c": (100, 100, 10)})
    document["objective"]["mode"] = "lexicographic"
    # As it stands a: 1000 chips and 1 job, each worth 1; so c is worth 0.1 + 10 and leads for nearly all weights.
    core = robustness(document, weights=40).core
    assert {i.candidate: i.kind for i in core.phases}["c"] == "core"


def test_price_of_robustness_by_hand():
    # As it stands a (200) is best; in the variant only 100 are there: the common list is b, 3 less.
    document = fund(
        {"a": (200, 7, 0), "b": (100, 4, 0)}, 200, variants=[{"id": "less", "patch": {"/fund/tiers/union/size": 100}}]
    )
    price = robustness(document).price
    assert (price.best, price.common, price.price, price.proven) == (7, 4, 3, True)
    assert price.funded == {"b/main": 1.0} and price.by_variant == {"less": 4}
    document["variants"].append({"id": "lock", "patch": {"candidates": {"a": {"locked": "in"}}}})
    price = robustness(document).price
    assert (price.best, price.common, price.price, price.proven) == (7, None, None, True)


@pytest.mark.parametrize(
    ("keys", "code", "pointer"),
    [
        ({"draws": 0}, "not-whole-in-range", "/draws"),
        ({"seed": -1}, "not-whole-in-range", "/seed"),
        ({"weights": 1.5}, "not-whole-in-range", "/weights"),
        ({"weight_range": 2}, "not-in-range", "/weight_range"),
        ({"weights_of": "nothing"}, "not-a-choice", "/weights_of"),
        ({"weights": 5, "weights_of": "score"}, "weights-nothing", "/weights_of"),
        ({}, "robustness-nothing", "/scenario"),
    ],
)
def test_what_cannot_be_asked(keys, code, pointer):
    with pytest.raises(QuestionError) as error:
        robustness(fund(RIVALS), **keys)
    assert [(f.code, f.pointer) for f in error.value.findings] == [(code, pointer)]


def test_one_term_has_no_weights():
    document = fund(RIVALS)
    del document["objective"]["terms"][1]
    with pytest.raises(QuestionError) as error:
        robustness(document, weights=5)
    assert [f.code for f in error.value.findings] == ["weights-one-term"]


def test_a_range_with_impossible_values():
    document = fund(RIVALS, uncertain=[{"pointer": "/candidates/a/cost/2027", "low": -50, "high": 200}])
    with pytest.raises(QuestionError) as error:
        robustness(document)
    assert [(f.code, f.pointer) for f in error.value.findings] == [("uncertain-impossible", "/scenario/uncertain/0")]


def test_wilson():
    # 10 of 10: from 10 / (10 + 1.96²) on.
    assert wilson(10, 10) == (pytest.approx(10 / (10 + 1.959964**2)), 1.0)
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(50, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-4), pytest.approx(0.5962, abs=1e-4))
