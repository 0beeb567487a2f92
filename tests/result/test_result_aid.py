"""Grant equivalents against present values worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import allocate
from optimiser.result.result import GrantEquivalents

Document = dict[str, Any]

LOAN = {"instrument": "loan", "seniority": 0, "holding_years": 10}


def document(*tiers: Document, rate: float | None = 0.04, **candidate: Any) -> Document:
    """One site of 100, paid by these tiers, a euro each way fixed by their sizes; half is repaid after a failure."""
    return {
        "fund": {
            "tiers": [{"size": {"at_least": t["amount"], "at_most": t["amount"]}} | t for t in tiers],
            **({} if rate is None else {"reference_rate": {"rate": rate, "assumptions": ["a rate"]}}),
        },
        "candidates": [
            {"id": "x", "cost": {"2027": 60, "2028": 40}, "locked": "in", "private_pledge": 100, **candidate}
        ],
        "objective": {"terms": [{"term": "public_money"}]},
    }


def given(*tiers: Document, **keys: Any) -> GrantEquivalents:
    scenario = document(*tiers, **keys)
    for tier in scenario["fund"]["tiers"]:
        del tier["amount"]
    found = allocate(scenario).grant_equivalents
    assert found is not None
    return found


def test_a_grant_is_given_whole_and_a_loan_at_the_reference_rate_not_at_all() -> None:
    grant = {"id": "grant", "instrument": "grant", "amount": 30}
    loan = {"id": "loan", **LOAN, "amount": 40, "return_if_success": 0.04}
    found = given(grant, loan)
    (site,) = found.candidates
    assert site.by_tier == {"grant": 30, "loan": 0}
    assert (site.total, site.cost, site.intensity, found.total) == (30, 100, 0.3, 30)
    assert found.reference_rate == 0.04 and found.not_counted == []


def test_a_loan_without_interest_by_hand() -> None:
    found = given({"id": "loan", **LOAN, "amount": 50})
    # 50 come back in ten years: worth 50 / 1.04^10 = 33.778208 today.
    assert found.candidates[0].total == pytest.approx(50 - 33.778208, abs=1e-6)
    assert found.candidates[0].intensity == pytest.approx(0.16221792, abs=1e-8)


def test_a_risky_loan_by_hand() -> None:
    loan = {
        "id": "loan",
        **LOAN,
        "amount": 50,
        "return_if_success": 0.05,
        "loss_given_failure": 0.6,
        "holding_years": 2,
    }
    found = given(loan, failure_probability=0.2)
    # Expected back: 50 · (1 − 0.2 · 0.6 + 0.8 · (1.05² − 1)) = 48.1; discounted two years: 48.1 / 1.0816 = 44.471154.
    assert found.candidates[0].total == pytest.approx(50 - 44.471154, abs=1e-6)


def test_the_mean_of_the_draws_is_what_counts_where_there_are_draws() -> None:
    loan = {"id": "loan", **LOAN, "amount": 50, "holding_years": 1}
    scenario = document(loan)
    del scenario["fund"]["tiers"][0]["amount"]
    scenario["risk"] = {"model": "table", "losses": {"x": [0, 0, 0.5, 1]}}
    found = allocate(scenario).grant_equivalents
    assert found is not None
    # 37.5 % are lost on average: 31.25 come back after a year.
    assert found.candidates[0].total == pytest.approx(50 - 31.25 / 1.04, abs=1e-6)


def test_an_award_that_pays_more_than_the_market_holds_no_aid() -> None:
    assert given({"id": "loan", **LOAN, "amount": 50, "return_if_success": 0.09}).total == 0


def test_a_candidates_own_return_counts() -> None:
    loan = {"id": "loan", **LOAN, "amount": 50, "return_if_success": 0.09}
    assert given(loan, return_if_success={"loan": 0.0}).total == pytest.approx(50 - 33.778208, abs=1e-6)


def test_private_money_is_no_aid() -> None:
    private = {"id": "bank", **LOAN, "amount": 50, "public": False}
    assert given(private).candidates[0].by_tier == {}
    assert given(private).total == 0


def test_without_a_rate_only_what_is_not_repaid_counts_and_the_rest_is_named() -> None:
    purchase = {"id": "purchase", "instrument": "purchase", "amount": 30}
    loan = {"id": "loan", **LOAN, "amount": 40}
    found = given(purchase, loan, rate=None)
    assert found.reference_rate is None and found.candidates[0].by_tier == {"purchase": 30}
    assert [(x.tier, x.why) for x in found.not_counted] == [("loan", "no-reference-rate")]


def test_the_share_is_of_what_is_built() -> None:
    scenario = document({"id": "grant", "instrument": "grant", "amount": 20})
    del scenario["fund"]["tiers"][0]["amount"]
    scenario["candidates"][0] |= {"divisible": True, "private_pledge": 30}
    del scenario["candidates"][0]["locked"]
    scenario["fund"]["max_public_share"] = 0.4
    scenario["objective"] = {"terms": [{"term": "private_money"}]}
    result = allocate(scenario)
    found = result.grant_equivalents
    assert found is not None
    # 20 and 30 build half of the site.
    assert result.candidates[0].funded == 0.5
    assert (found.candidates[0].cost, found.candidates[0].intensity) == (50, 0.4)


def test_a_site_that_is_not_built_has_no_line_and_no_plan_no_aid() -> None:
    scenario = document({"id": "grant", "instrument": "grant", "amount": 20})
    del scenario["fund"]["tiers"][0]["amount"]
    scenario["candidates"].append({"id": "y", "cost": {"2027": 10}, "locked": "out"})
    result = allocate(scenario)
    assert result.grant_equivalents is not None
    assert [x.candidate for x in result.grant_equivalents.candidates] == ["x"]
    assert result.frame("grant_equivalents").to_dict("records") == [
        {"candidate": "x", "grant": 20.0, "total": 20.0, "cost": 100.0, "intensity": 0.2}
    ]
    scenario["candidates"][0]["private_pledge"] = 0
    none = allocate(scenario)
    assert none.grant_equivalents is None and len(none.frame("grant_equivalents")) == 0
