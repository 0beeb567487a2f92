"""Shares and fairness, worked by hand: pro-rata, share-by-key, max-min."""

from __future__ import annotations

import pytest
from strategy_cases import chosen, codes, four, reason, scenario, site, strategy


def test_pro_rata_gives_all_the_same_share_and_names_what_that_breaks():
    """180 are asked and 100 are there: five ninths each, and no site is built whole."""
    result, row, _ = strategy(four(), "pro-rata")
    share = pytest.approx(100 / 180, rel=1e-8)
    assert chosen(result) == dict.fromkeys("abcd", share)
    assert {c.id: sum(c.money.values()) for c in result.candidates} == {
        "a": pytest.approx(60 * 5 / 9, abs=2e-6),
        "b": pytest.approx(50 * 5 / 9, abs=2e-6),
        "c": pytest.approx(40 * 5 / 9, abs=2e-6),
        "d": pytest.approx(30 * 5 / 9, abs=2e-6),
    }
    assert row.allowed is False and row.broken == ["Y1 fund"] and row.given_up is None
    assert "pro-rata-share" in codes(result) and reason(result, "a") == "share-of-ask"


def test_pro_rata_can_be_carried_out_where_sites_are_divisible():
    document = four()
    for c in document["candidates"]:
        c["divisible"] = True
    _result, row, _ = strategy(document, "pro-rata")
    assert row.allowed and row.objective == pytest.approx(155 * 100 / 180, rel=1e-7)
    assert row.given_up is not None and row.given_up > 0


def test_pro_rata_pays_everyone_in_full_where_there_is_enough():
    result, row, _ = strategy(four(size=200), "pro-rata")
    assert chosen(result) == dict.fromkeys("abcd", 1.0) and row.allowed and row.given_up == 0


def test_pro_rata_leaves_out_who_cannot_be_paid_at_all():
    """The tier may pay half of a site's cost, and only a and b pledge the rest: 40 and 60 pay 100 of 110."""
    document = four(size=40)
    document["fund"]["tiers"][0]["max_share_of_cost"] = 0.5
    for c in document["candidates"][:2]:
        c["private_pledge"] = 30
    document["candidates"][3]["locked"] = "out"
    result, _, _ = strategy(document, "pro-rata")
    assert chosen(result) == dict.fromkeys("ab", pytest.approx(100 / 110, rel=1e-8))
    assert reason(result, "c") == reason(result, "d") == "share-none"


def test_pro_rata_breaks_counts_and_says_so():
    rule = {"id": "two", "kind": "count", "at_most": 2}
    _, row, _ = strategy(four(constraints=[rule]), "pro-rata")
    assert row.broken == ["N1 two", "Y1 fund"]


def test_pro_rata_asks_nobody_about_what_is_decided_and_names_what_that_breaks():
    document = four()
    document["candidates"][0]["phases"] = [
        {"id": "main", "cost": document["candidates"][0].pop("cost"), "committed": {"eu": {"2027": 60}}}
    ]
    result, row, _ = strategy(document, "pro-rata")
    assert chosen(result) == dict.fromkeys("abcd", pytest.approx(100 / 180, rel=1e-8))
    assert row.broken == ["L3 fund", "Y1 fund"]


FIGURES = {"PT": {"gdp": 300, "population": 10}, "ES": {"gdp": 700, "population": 10}}


def test_envelopes_by_gdp_leave_portugal_without_a_site():
    """30 for PT, where the cheapest costs 50; 70 for ES, which pays c and d."""
    result, row, _ = strategy(four(countries=FIGURES), "share-by-key")
    assert chosen(result) == {"c": 1, "d": 1} and row.allowed and row.objective == 60
    assert reason(result, "a") == "key-no-money" and reason(result, "c") == "key-taken"
    assert "PT 30, ES 70" in next(f["message"] for f in result.findings if f["code"] == "key-envelopes")


@pytest.mark.parametrize("key", ["population", {"PT": 2, "ES": 2}])
def test_envelopes_of_50_each_take_the_best_that_fits(key):
    """PT: a (60) does not fit, b does; ES: c, then d would make 70."""
    asked = {"strategy": "share-by-key", "key": key}
    assert chosen(strategy(four(countries=FIGURES), asked)[0]) == {"b": 1, "c": 1}
    asked["order"] = "cheapest"
    assert chosen(strategy(four(countries=FIGURES), asked)[0]) == {"b": 1, "d": 1}


def test_an_envelope_is_raised_to_what_is_decided_beforehand():
    """PT has 30, and a is locked in for 60; ES keeps its 70, of which 40 are left to pay: c, locked in too."""
    document = four(countries=FIGURES)
    document["candidates"][0]["locked"] = document["candidates"][2]["locked"] = "in"
    result, row, _ = strategy(document, "share-by-key")
    assert chosen(result) == {"a": 1, "c": 1} and row.allowed
    assert "PT 60" in next(f["message"] for f in result.findings if f["code"] == "key-envelopes-raised")


def test_without_a_score_the_cheapest_come_first():
    document = four(countries=FIGURES)
    del document["score"]
    assert chosen(strategy(document, "share-by-key:key=population")[0]) == {"b": 1, "d": 1}


def test_a_joint_bid_counts_in_every_envelope_of_its_countries():
    sites = [
        site("joint", 40, 1, 9, None, countries=["PT", "ES"]),
        site("p", 20, 1, 8, "PT"),
        site("e", 20, 1, 7, "ES"),
    ]
    result, _, _ = strategy(scenario(sites, countries=FIGURES), "share-by-key:key=population")
    # 50 each: p and e are the cheapest; the joint bid would make 60 in both.
    assert chosen(result) == {"p": 1, "e": 1}


def uneven(**keys):
    """Two sites can be paid: p1 and p2 bring most, and leave Spain with nothing."""
    sites = [site("p1", 50, 60, 0, "PT"), site("p2", 50, 50, 0, "PT"), site("e1", 50, 20, 0, "ES")]
    figures = {"PT": {"population": 10}, "ES": {"population": 50}, "FR": {"population": 60}}
    return scenario(sites, countries=figures, **keys)


def test_max_min_lifts_the_worst_served_and_the_price_of_fairness_is_counted():
    """Spain is served 20/50 a head; 80 instead of 110."""
    result, row, found = strategy(uneven(), "max-min")
    assert chosen(result) == {"p1": 1, "e1": 1}
    assert (row.least_served, row.countries_served) == (pytest.approx(0.4), 2)
    price = found.comparison.price_of_fairness
    assert price is not None and price.price == pytest.approx(30 / 110)
    assert (price.measure, price.before, price.after) == ("least_served", 0, pytest.approx(0.4))


def test_where_somebody_must_go_without_as_many_countries_as_can_be_are_served():
    document = uneven()
    document["candidates"].append(site("f1", 50, 5, 0, "FR"))
    result, row, found = strategy(document, "max-min")
    assert chosen(result) == {"p1": 1, "e1": 1} and row.least_served == 0
    assert "max-min-nothing" in codes(result)
    price = found.comparison.price_of_fairness
    assert price is not None and (price.measure, price.before, price.after) == ("countries_served", 1, 2)


def test_max_min_may_ask_for_another_measure():
    document = uneven()
    document["candidates"][2]["attributes"]["jobs"] = 7
    document["candidates"][1]["attributes"]["jobs"] = 3
    result, _, _ = strategy(document, {"strategy": "max-min", "attribute": "jobs", "per": "none"})
    assert chosen(result) == {"p2": 1, "e1": 1}  # the least has 3 jobs; with p1 it would have none
