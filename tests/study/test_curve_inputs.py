"""Budget curves and the inputs that decide: closed forms, published ranges, hand-worked funds."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from optimiser import QuestionError, budget_curve, deciding_inputs
from optimiser.solve.options import SolveOptions

Document = dict[str, Any]


def fund(sites: list[tuple[float, float]], budget: Any, divisible: bool = False, **keys: Any) -> Document:
    """Sites a, b, c … (cost, worth)."""
    return {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": budget}]},
        "candidates": [
            {"id": chr(97 + n), "cost": {"2027": cost}, "attributes": {"worth": worth}, "divisible": divisible}
            for n, (cost, worth) in enumerate(sites)
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "worth"}]},
        **keys,
    }


def test_the_fractional_knapsack_has_its_pieces():
    # By ratio: b 3 a euro up to 100, a 2 up to 300, c 0.5 up to 400, then nothing.
    curve = budget_curve(fund([(200, 400), (100, 300), (100, 50)], 300, divisible=True), "union", 0, 600)
    assert curve.method == "exact" and curve.termination == "optimal"
    pieces = [(round(p.from_, 6), round(p.to, 6), round(p.price, 6)) for p in curve.pieces]
    assert pieces == [(0, 100, 3), (100, 300, 2), (300, 400, 0.5), (400, 600, 0)]
    # 300 is a corner: the last euro was worth 2, the next one is worth a half.
    assert (curve.price_below, curve.price_above, curve.unique) == (pytest.approx(2), pytest.approx(0.5), False)
    assert curve.value == pytest.approx(700)
    inside = budget_curve(fund([(200, 400), (100, 300)], 200, divisible=True), "union", 0, 600)
    assert inside.unique and inside.price_above == pytest.approx(2)


def test_a_size_that_counts_in_two_rules():
    # At most half of the size in one site: b alone earns 3 · size / 2, a the rest at 2: 2.5 a euro up to 200.
    document = fund([(200, 400), (100, 300)], 150, divisible=True)
    document["fund"]["tiers"][0]["concentration"] = {"at_most": 0.5, "of": "size"}
    curve = budget_curve(document, "union", 0, 400)
    pieces = [(round(p.from_, 6), round(p.to, 6), round(p.price, 6)) for p in curve.pieces]
    # From 200 on b is full and half of the size goes to a, 1 a euro, until 400.
    assert curve.method == "exact" and pieces == [(0, 200, 2.5), (200, 400, 1)]


def test_steps_of_a_knapsack_are_all_found():
    draw = random.Random(5)
    sites = [(draw.randint(30, 90), draw.randint(5, 40)) for _ in range(6)]
    curve = budget_curve(fund(sites, 150), "union", 0, 300, tolerance=0.5)
    assert curve.method == "bisection" and curve.price_below is None and curve.open == []

    def value(budget: float) -> float:
        plans = itertools.chain.from_iterable(itertools.combinations(sites, n) for n in range(7))
        return max(sum(w for _, w in plan) for plan in plans if sum(c for c, _ in plan) <= budget)

    for point in curve.points:
        assert point.value == pytest.approx(value(point.size)) and point.proven
    # Costs are whole: between two whole budgets nothing happens, so every step of the value is one of these.
    rising = [b for b in range(1, 301) if value(b) > value(b - 1)]
    for b in rising:
        assert any(s.from_ < b <= s.to and s.to - s.from_ <= 0.5 for s in curve.steps), b
    gains = sum(s.gain for s in curve.steps)
    assert gains == pytest.approx(value(300) - value(0))


def test_a_curve_begins_where_a_plan_exists():
    document = fund([(100, 5), (100, 4)], 200, constraints=[{"id": "n", "kind": "count", "at_least": 1}])
    curve = budget_curve(document, "union", 0, 250, tolerance=1)
    least = min(p.size for p in curve.points if p.value is not None)
    assert 100 <= least <= 101
    document["constraints"][0]["at_least"] = 3
    assert budget_curve(document, "union", 0, 250).termination == "infeasible"


def test_what_time_left_open_is_said():
    draw = random.Random(1)
    sites = [(draw.randint(1000, 9000) / 7, draw.randint(100, 999) / 7) for _ in range(26)]
    curve = budget_curve(fund(sites, 9000), "union", options=SolveOptions(time_limit_s=0.6), tolerance=0.001)
    assert curve.termination == "time_limit" and curve.open
    assert "study-open" in {f["code"] for f in curve.findings}


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"tier": "nobody"}, "unknown-tier"),
        ({"tier": 5}, "unknown-tier"),
        ({"low": -1}, "not-in-range"),
        ({"low": 500, "high": 400}, "bounds-crossed"),
        ({"low": "x"}, "not-in-range"),
        ({"steps": 1}, "not-whole-in-range"),
        ({"tolerance": 0}, "not-in-range"),
    ],
)
def test_curves_that_cannot_be_asked(keys, code):
    with pytest.raises(QuestionError) as error:
        budget_curve(fund([(100, 5)], 100), **{"tier": "union", **keys})
    assert code in {f.code for f in error.value.findings}


def test_an_unlimited_tier_needs_a_range():
    document = fund([(100, 5)], "unlimited")
    with pytest.raises(QuestionError) as error:
        budget_curve(document, "union")
    assert [f.code for f in error.value.findings] == ["budget-needs-range"]
    curve = budget_curve(document, "union", 50, 150)
    assert curve.size is None and [s.gain for s in curve.steps] == [5]


def test_the_input_that_decides_by_hand():
    # a is worth 10, b 9; money for one. a's worth falls by 10 %, b's rises by 1/9, a's cost rises above the budget
    # of 110 by 10 % at 110 (still paid): by a little more; the budget falls by 1/11 below 100.
    document = fund([(100, 10), (100, 9)], 110)
    answer = deciding_inputs(document)
    found = {i.pointer: i for i in answer.inputs}
    assert answer.termination == "optimal" and answer.not_reached == []
    worth = found["/candidates/a/attributes/worth"]
    assert worth.move == pytest.approx(-0.1, abs=0.0011) and worth.to == pytest.approx(9, abs=0.011)
    assert (worth.entering, worth.leaving) == (["b/main"], ["a/main"])
    assert found["/candidates/b/attributes/worth"].move == pytest.approx(1 / 9, abs=0.0011)
    assert found["/candidates/a/cost"].move == pytest.approx(0.1, abs=0.0011)
    size = found["/fund/tiers/union/size"]
    assert size.move == pytest.approx(-1 / 11, abs=0.0011) and size.leaving == ["a/main"] and size.entering == []
    # Ranked: the budget (0.091), then a's worth and cost (0.1), b's worth (0.111); b's cost never pays both.
    assert answer.inputs[0].pointer == "/fund/tiers/union/size"
    assert found["/candidates/b/cost"].move is None and found["/candidates/b/cost"].reached
    assert answer.funded == ["a/main"]


def test_assumed_inputs_are_marked():
    document = fund([(100, 10), (100, 9)], 110, sources=[{"id": "paper", "text": "…", "grade": "C"}])
    document["candidates"][0] |= {"assumptions": ["cost: midpoint of a range"], "sources": ["paper"]}
    found = {i.pointer: i.standing for i in deciding_inputs(document).inputs}
    assert found["/candidates/a/cost"] == "assumed"
    assert found["/candidates/a/attributes/worth"] == "weak"
    assert found["/candidates/b/cost"] == "unsourced"


def test_values_that_may_not_move_so_far():
    # A share of 0.9 cannot rise by half: it is moved as far as the scenario stays valid.
    document = fund([(100, 10), (100, 9)], 110)
    document["fund"]["tiers"][0]["max_share_of_cost"] = 0.9
    for candidate in document["candidates"]:
        candidate["private_pledge"] = 10
    found = {i.pointer: i for i in deciding_inputs(document).inputs}
    share = found["/fund/tiers/union/max_share_of_cost"]
    # Below 0.9 the pledge of 10 does not pay the rest; above, nothing changes.
    assert share.reached and -0.0011 <= share.move < 0
    assert share.entering == [] and share.leaving == ["a/main"]


def test_inputs_not_reached_in_time_are_listed():
    answer = deciding_inputs(fund([(100, 10), (100, 9)], 110), options=SolveOptions(time_limit_s=0.02))
    assert answer.termination == "time_limit" and answer.not_reached
    assert "study-open" in {f["code"] for f in answer.findings}


def test_another_bound_is_refused():
    with pytest.raises(QuestionError):
        deciding_inputs(fund([(100, 10)], 110), bound=1.0)


def test_every_number_the_answer_may_hang_on_is_tried():
    document = fund([(100, 10), (100, 9)], 110)
    document["fund"]["tiers"][0] |= {
        "size": {"at_least": 20, "at_most": 110},
        "ceilings": [{"from": 2027, "to": 2028, "at_most": 120}, {"from": 2029, "to": 2030, "at_most": "unlimited"}],
    }
    document["fund"]["tiers"].append({"id": "late", "instrument": "equity", "size": 5, "return_if_success": 0.05})
    document["fund"]["max_public_share"] = 0.9
    for candidate in document["candidates"]:
        candidate["attributes"] = {**candidate.get("attributes", {}), "heads": 2, "unused": 3}
        candidate["private_pledge"] = 20
    tier = document["fund"]["tiers"][0]["id"]
    document["constraints"] = [
        {"id": "m", "kind": "money", "tiers": [tier], "at_most": 105},
        {"id": "n", "kind": "count", "at_most": 2},
        {"id": "h", "kind": "attribute", "attribute": "heads", "at_most": 7},
    ]
    tried = {i.pointer for i in deciding_inputs(document, bound=0.1).inputs}
    of_tier = f"/fund/tiers/{tier}"
    assert tried >= {
        "/fund/max_public_share",
        f"{of_tier}/size/at_least",
        f"{of_tier}/size/at_most",
        f"{of_tier}/ceilings/0/at_most",
        "/fund/tiers/late/return_if_success",
        "/constraints/m/at_most",
        "/constraints/h/at_most",
    }
    # A ceiling without a number, a count (no measured input), and an attribute nothing uses are not moved.
    assert not tried & {f"{of_tier}/ceilings/1/at_most", "/constraints/n/at_most"}
    assert any(p.endswith("/attributes/heads") for p in tried) and not any("unused" in p for p in tried)


def test_inputs_of_a_fund_without_a_plan_are_not_tried():
    document = fund([(100, 10)], 110, constraints=[{"id": "n", "kind": "count", "at_least": 2}])
    answer = deciding_inputs(document)
    assert (answer.termination, answer.inputs) == ("infeasible", [])


def test_an_input_that_leaves_no_plan_is_said_to():
    document = fund([(100, 10)], 110, constraints=[{"id": "n", "kind": "count", "at_least": 1}])
    found = {i.pointer: i for i in deciding_inputs(document).inputs}
    cost = next(i for p, i in found.items() if "/cost" in p)
    # 10 % more than 110 pays; nothing else is there to fund.
    assert cost.infeasible and cost.move == pytest.approx(0.1, abs=2e-3) and cost.leaving and not cost.entering
