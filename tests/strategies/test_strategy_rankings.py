"""Rankings, worked by hand: who is taken, who is passed over, and why."""

from __future__ import annotations

import pytest
from strategy_cases import S, chosen, codes, four, reason, scenario, site, strategy


def test_the_list_goes_down_and_passes_over_what_no_longer_fits():
    """a (60), b would make 110, c makes 100, d would make 130: 90 of value, where 105 could be had."""
    result, row, _ = strategy(four(), "rank-and-cut")
    assert chosen(result) == {"a": 1, "c": 1}
    assert (row.objective, row.given_up, row.allowed) == (90, 15, True)
    assert row.given_up_share == pytest.approx(15 / 105)
    assert [reason(result, c) for c in "abcd"] == ["list-taken", "list-no-money", "list-taken", "list-no-money"]


def test_without_skipping_the_list_ends_at_the_first_that_does_not_fit():
    result, _, _ = strategy(four(), "rank-and-cut:skip=false")
    assert chosen(result) == {"a": 1}
    assert [reason(result, c) for c in "bcd"] == ["list-no-money", "list-after-cut", "list-after-cut"]


def test_the_score_says_whether_to_skip_unless_the_strategy_does():
    document = four(score={**S, "skip": False})
    assert chosen(strategy(document, "rank-and-cut")[0]) == {"a": 1}
    assert chosen(strategy(document, {"strategy": "rank-and-cut", "skip": True})[0]) == {"a": 1, "c": 1}


def test_by_score_per_euro_the_cheap_come_first():
    """90/60, 80/50, 70/40, 60/30: d and c for 70, then neither b (120) nor a (130)."""
    result, row, _ = strategy(four(), "score-per-euro")
    assert chosen(result) == {"c": 1, "d": 1}
    assert row.objective == 60


def test_the_euro_of_score_per_euro_is_the_least_public_one():
    """a pays 40 of its 60 itself, so that 90 points cost 20 public euros: 4.5, before all others."""
    document = four()
    document["candidates"][0]["private_pledge"] = 40
    result, _, _ = strategy(document, "score-per-euro")
    assert chosen(result) == {"a": 1, "c": 1, "d": 1}  # 20 + 30 + 40; b would make 140


def test_who_needs_no_public_money_comes_first():
    document = four(size=50)
    document["candidates"][3]["private_pledge"] = 30
    assert chosen(strategy(document, "score-per-euro")[0]) == {"d": 1, "c": 1}


def test_ties_go_by_id():
    sites = [site(name, 60, 1, 5) for name in ("z", "m", "b")]
    assert chosen(strategy(scenario(sites, score=S), "rank-and-cut")[0]) == {"b": 1}


def test_thresholds_and_the_least_total_keep_off_the_list():
    score = {"weights": {"s": 1}, "thresholds": {"value": 45}, "total_at_least": 75}
    result, _, _ = strategy(four(score=score), "rank-and-cut")
    assert chosen(result) == {"b": 1}
    assert [reason(result, c) for c in "acd"] == ["list-below-threshold", "list-below-total", "list-below-threshold"]


def test_a_quota_reserves_and_another_bars():
    """One place for Spain first (c, 40), then a (60); with at most none from Portugal c and d."""
    reserved = {**S, "quotas": [{"of": {"countries": ["ES"]}, "at_least": 1}]}
    barred = {**S, "quotas": [{"of": {"countries": ["PT"]}, "at_most": 0}]}
    assert chosen(strategy(four(score=reserved), "rank-and-cut")[0]) == {"a": 1, "c": 1}
    two = {**S, "quotas": [{"of": {"countries": ["ES"]}, "at_least": 2}]}
    assert chosen(strategy(four(score=two), "rank-and-cut")[0]) == {"c": 1, "d": 1}
    result, _, _ = strategy(four(score=barred), "rank-and-cut")
    assert chosen(result) == {"c": 1, "d": 1} and reason(result, "a") == "list-quota"


def test_a_quota_that_is_not_reached_is_said():
    score = {**S, "thresholds": {"s": 75}, "quotas": [{"of": {"countries": ["ES"]}, "at_least": 1}]}
    assert "quota-missed" in codes(strategy(four(score=score), "rank-and-cut")[0])


def test_a_divisible_site_is_cut_to_what_can_be_paid():
    document = four()
    document["candidates"][1]["divisible"] = True  # 40 of its 50
    result, _, _ = strategy(document, "rank-and-cut")
    assert chosen(result) == {"a": 1, "b": pytest.approx(0.8, rel=1e-8)}


def test_a_site_takes_its_phases_before_the_next_one_has_its_turn():
    def phased(name, score, costs):
        phases = [{"id": f"p{n}", "cost": {"2027": cost}} for n, cost in enumerate(costs)]
        return site(name, 0, 1, score, phases=phases)

    document = scenario([phased("a", 9, (30, 40)), phased("b", 8, (20, 20)), phased("c", 7, (5, 5))], score=S)
    result, _, _ = strategy(document, "rank-and-cut")
    assert {c.id: c.phases for c in result.candidates} == {
        "a": {"p0": 1, "p1": 1},  # 70
        "b": {"p0": 1, "p1": 0},  # 90; 110 would be too much
        "c": {"p0": 1, "p1": 1},  # 100
    }


def test_a_rule_on_who_bars_without_ending_the_list():
    rule = {"id": "rivals", "kind": "exclusive", "candidates": ["a", "c"]}
    result, _, _ = strategy(four(constraints=[rule]), "rank-and-cut:skip=false")
    # a is in; b does not fit (110), and the list ends.
    assert chosen(result) == {"a": 1}
    result, _, _ = strategy(four(constraints=[rule], size=120), "rank-and-cut:skip=false")
    assert chosen(result) == {"a": 1, "b": 1}
    assert reason(result, "c") == "list-barred" and reason(result, "d") == "list-no-money"


def test_a_site_brings_along_those_it_needs():
    rule = {"id": "pair", "kind": "requires", "candidate": "a", "needs": ["d"]}
    result, _, _ = strategy(four(constraints=[rule]), "rank-and-cut")
    assert chosen(result) == {"a": 1, "d": 1}


def test_what_is_decided_beforehand_is_taken_first():
    document = four()
    document["candidates"][3]["locked"] = "in"
    result, _, _ = strategy(document, "rank-and-cut")
    assert chosen(result) == {"a": 1, "d": 1} and reason(result, "d") == "list-beforehand"


def test_what_is_decided_does_not_change_what_others_need_alone():
    """c (70/40) comes before b (80/50), d being locked in and first: 70, and neither b nor a fits."""
    document = four()
    document["candidates"][3]["phases"] = [
        {"id": "main", "cost": document["candidates"][3].pop("cost"), "committed": {"eu": {"2027": 10}}}
    ]
    result, row, _ = strategy(document, "score-per-euro")
    assert chosen(result) == {"c": 1, "d": 1} and row.allowed


def test_a_rule_the_list_cannot_keep_is_broken_and_named():
    """Three sites are asked for; the list pays two."""
    rules = [{"id": "three", "kind": "count", "at_least": 3}]
    document = four(constraints=rules)
    document["candidates"].append(site("e", 10, 1, 1))
    document["candidates"].append(site("f", 10, 1, 1, locked="out"))
    result, row, found = strategy(document, "rank-and-cut")
    assert chosen(result) == {"a": 1, "c": 1}
    assert row.allowed is False and row.broken == ["N1 three"]
    assert result.certificate is not None and not result.certificate.holds
    assert row.given_up is None and row.objective == 90
    assert "strategy-gives-up" in codes(result)
    assert list(found.frame("broken")["rule"]) == ["three"]


def test_shares_of_the_whole_are_asked_of_the_whole_list():
    """A quarter each at most, of what the tier allocates: no site alone could keep it, four together do."""
    sites = [site(name, 20, 1, n) for n, name in enumerate("abcd")]
    document = scenario(sites, score=S)
    document["fund"]["tiers"][0]["concentration"] = {"at_most": 0.25}
    result, row, _ = strategy(document, "rank-and-cut")
    assert len(chosen(result)) == 4 and row.allowed


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "attribute", "attribute": "pue", "average_by": "value", "at_most": 1.2},
        {"kind": "money", "of": {"countries": ["PT"]}, "at_most_share": 0.5},
    ],
    ids=["A1", "G1"],
)
def test_averages_and_shares_are_asked_of_the_whole_list(rule):
    """a, first in the list, is above the average and has all the money; b, after it, is as far below."""
    sites = [
        site("a", 20, 1, 2, "PT", attributes={"pue": 1.4}),
        site("b", 20, 1, 1, "ES", attributes={"pue": 1.0}),
    ]
    result, row, _ = strategy(scenario(sites, score=S, constraints=[{"id": "rule", **rule}]), "rank-and-cut")
    assert chosen(result) == {"a": 1, "b": 1} and row.allowed


def test_nothing_can_be_chosen_where_what_is_decided_cannot_be_paid():
    document = four(size=40)
    document["candidates"][0]["locked"] = "in"
    result, row, _ = strategy(document, "rank-and-cut")
    assert result.termination == "infeasible" and row.allowed is None and row.sites is None
