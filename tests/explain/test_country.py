"""Why nothing for this country: every answer there is, worked by hand, and the letter."""

from __future__ import annotations

import pytest
from explain_cases import scenario, site, tier

from optimiser import QuestionError, explain_country


def two_sites(**keys):
    sites = [site("a", 100, 10, country="PT", name="Alpha"), site("b", 100, 7, country="ES", name="Beta")]
    return scenario(sites, [tier(size=100, **keys)])


def letter(answer):
    return "\n".join(answer.country.letter)


def test_outranked_with_its_price():
    answer = explain_country(two_sites(), "ES")
    assert answer.country.answer == "outranked" and answer.country.cheapest == "b"
    assert answer.candidates[0].forced.terms[0].lost == 3
    assert "value from 10 1 to 7 1" not in letter(answer)
    assert "value from 10 to 7 (worse by 30 %)" in letter(answer)
    assert "give up Alpha" in letter(answer)


def test_as_good():
    document = scenario([site("a", country="PT"), site("b", country="ES", name="Beta")], [tier(size=100)])
    answer = explain_country(document, "ES")
    assert answer.country.answer == "outranked" and "exactly as good" in letter(answer)


def test_funded():
    answer = explain_country(two_sites(), "PT")
    assert answer.country.answer == "funded"
    assert "Alpha is funded with 100 EUR million" in letter(answer) and "would fund Beta instead" in letter(answer)


def test_no_candidate_names_whom_to_beat():
    answer = explain_country(two_sites(), "HU")
    assert answer.country.answer == "no-candidate" and answer.candidates == []
    assert "No site in HU was proposed" in letter(answer) and "more than Alpha" in letter(answer)


def test_no_tier_may_pay():
    answer = explain_country(two_sites(eligible={"countries": ["PT"]}), "ES")
    assert answer.country.answer == "no-tier"
    assert answer.country.tiers_closed == ["union"] and answer.country.tiers_open == []
    assert "None of the fund's tiers may pay a site in ES" in letter(answer)
    nobody = explain_country(two_sites(eligible={"countries": ["PT"]}), "HU")
    assert "no tier may pay one" in letter(nobody) and "more than" not in letter(nobody)


def test_rules_stand_against_it():
    document = two_sites()
    document["constraints"] = [{"id": "pt", "kind": "money", "of": {"countries": ["PT"]}, "at_least": 100}]
    document["constraints"][0]["description"] = "agreed in Lisbon"
    answer = explain_country(document, "ES")
    assert answer.country.answer == "forced-out" and answer.country.cheapest is None
    assert "agreed in Lisbon" in letter(answer) and "the tier union has 100 EUR million" in letter(answer)


def test_a_joint_bid_counts_for_each_country():
    document = scenario([site("a", country="PL", countries=["LT"])], [tier(size=100)])
    assert explain_country(document, "LT").country.answer == "funded"


def test_no_plan_is_repaired_instead():
    document = two_sites()
    document["constraints"] = [{"id": "both", "kind": "count", "at_least": 2}]
    answer = explain_country(document, "ES")
    assert answer.country is None and answer.repair.repairs


@pytest.mark.parametrize("code", ["hu", "HUN", "", "H1"])
def test_what_is_no_country_code_is_refused(code):
    with pytest.raises(QuestionError) as error:
        explain_country(two_sites(), code)
    assert error.value.findings[0].pointer == "/country"
