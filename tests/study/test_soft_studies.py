"""Soft rules in the studies: they come before the objective, and measures that would mix the two are not given."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import allocate, budget_curve, frontier, robustness, two_stage

Document = dict[str, Any]

ONE_SITE = {"id": "one", "kind": "count", "at_most": 1, "soft": {"priority": 1}}


def fund(budget: float, sites: list[tuple[float, float, float]], rules: list[Document], **keys: Any) -> Document:
    """Sites a, b, c … (cost, chips, jobs); both attributes are maximised."""
    return {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": budget}]},
        "candidates": [
            {"id": chr(97 + n), "cost": {"2027": cost}, "attributes": {"chips": chips, "jobs": jobs}}
            for n, (cost, chips, jobs) in enumerate(sites)
        ],
        "constraints": rules,
        "objective": {
            "terms": [{"term": "attribute", "attribute": "chips"}, {"term": "attribute", "attribute": "jobs"}]
        },
        **keys,
    }


SITES = [(100.0, 10.0, 1.0), (100.0, 6.0, 4.0), (100.0, 1.0, 9.0)]


def test_a_curve_is_of_the_objective_and_not_of_violations():
    document = fund(250, SITES, [ONE_SITE])
    curve = budget_curve(document, "union", 50, 350)
    # One site at most, whatever the money: a with 11 points from 100 on.
    assert curve.value == allocate(document).objective.value == 11
    assert {(p.size >= 100, p.value) for p in curve.points} == {(False, 0), (True, 11)}


def test_a_curve_may_fall_where_money_keeps_a_soft_rule():
    # b and c must both be funded, softly: with 200 they are, at the cost of a; with 300 all three are.
    asked = {"id": "both", "kind": "attribute", "attribute": "jobs", "at_least": 13, "soft": {"priority": 1}}
    curve = budget_curve(fund(200, SITES, [asked]), "union", 100, 300, steps=3)
    values = {p.size: p.value for p in curve.points}
    # With 100 c alone comes nearest to 13 jobs: 1 chip and 9 jobs.
    assert (values[100], values[200], values[300]) == (10, 20, 31)
    divisible = fund(200, SITES, [asked])
    for candidate in divisible["candidates"]:
        candidate["divisible"] = True
    assert budget_curve(divisible, "union", 100, 300).method == "bisection"


def test_a_frontier_does_not_trade_soft_rules_away():
    answer = frontier(fund(250, SITES, [ONE_SITE]), complete=True)
    assert [p.values for p in answer.points] == [(10, 1), (6, 4), (1, 9)] and answer.complete
    # What cannot be kept is broken as little as can be: two of three sites where all are asked.
    everyone = {"id": "all", "kind": "count", "at_least": 3, "soft": {"priority": 1}}
    answer = frontier(fund(250, SITES, [everyone]), complete=True)
    assert [p.values for p in answer.points] == [(16, 5), (11, 10), (7, 13)] and answer.complete
    assert all(p.proven for p in answer.points)
    assert frontier(fund(250, SITES, [everyone]), points=9).points[0].values == (16, 5)


def in_two_stages(rules: list[Document], now: list[str], budgets: tuple[float, float], **patch: Any) -> Document:
    document = fund(budgets[0], SITES[:2], rules)
    document["variants"] = [
        {"id": "v0", "probability": 0.5, "patch": {"/fund/tiers/union/size": budgets[0]}},
        {"id": "v1", "probability": 0.5, "patch": {"/fund/tiers/union/size": budgets[1], **patch}},
    ]
    document["decisions"] = {"now": [f"{i}/main" for i in now]}
    return document


def test_two_stages_keep_soft_rules_first():
    # Without the rule a and b would both be funded now: money is there for both in both variants.
    answer = two_stage(in_two_stages([ONE_SITE], ["a", "b"], (250, 200)))
    assert answer.now == {"a/main": 1.0, "b/main": 0.0} and answer.proven
    assert (answer.recourse, answer.wait_and_see, answer.evpi) == (11, 11, 0)
    # Made hard, the rule gives the same.
    hard = {k: v for k, v in ONE_SITE.items() if k != "soft"}
    assert two_stage(in_two_stages([hard], ["a", "b"], (250, 200))).recourse == 11


def test_a_measure_that_would_buy_objective_with_violations_is_not_given():
    # v0 asks softly that a is funded, v1 that it is not (weighed alike); a is decided now, so one is broken.
    rules = [{"id": "a-in", "kind": "count", "of": {"candidates": ["a"]}, "at_least": 1, "soft": {"priority": 1}}]
    document = in_two_stages(rules, ["a"], (100, 100))
    document["variants"][1]["patch"] = {"constraints": {"a-in": {"at_least": 0, "at_most": 0}}}
    document["variants"][1]["probability"] = 0.6
    document["variants"][0]["probability"] = 0.4
    answer = two_stage(document)
    # v1 weighs more: a is not funded now, and b (10 points) follows in both; had it been known, v0 would fund a (11).
    assert answer.now == {"a/main": 0.0}
    assert answer.recourse == pytest.approx(10) and answer.wait_and_see == pytest.approx(0.4 * 11 + 0.6 * 10)
    assert answer.evpi is None
    assert "soft-broken-further" in {f["code"] for f in answer.findings}


def test_the_price_is_not_given_where_a_soft_rule_pays_it():
    # As it stands a is asked softly and funded; the variant locks it out, so that the common list breaks the rule.
    rules = [{"id": "a-in", "kind": "count", "of": {"candidates": ["a"]}, "at_least": 1, "soft": {"priority": 1}}]
    document = fund(100, SITES[:2], rules, variants=[{"id": "out", "patch": {"candidates": {"a": {"locked": "out"}}}}])
    answer = robustness(document)
    assert answer.price.common == 10 and answer.price.best == 11 and answer.price.price is None
    assert answer.termination == "optimal"
    assert "soft-broken-further" in {f["code"] for f in answer.findings}
    # A soft rule of the scenario that the common list keeps leaves the price as it is.
    document["constraints"] = [{**ONE_SITE}]
    assert robustness(document).price.price == 1
