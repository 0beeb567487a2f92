"""Stresses: what each kind makes of a scenario, by hand; the most a tier can book, against a linear programme."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimiser import load_document
from optimiser.risk.draws import asset_correlation, draws_of
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.fund import Tier
from optimiser.scenario.load import with_stress
from optimiser.scenario.scenario import Scenario, Stress
from optimiser.scenario.stress import bookable_before

Document = dict[str, Any]

FUND: Document = {
    "fund": {
        "tiers": [
            {"id": "union", "instrument": "grant", "size": 100},
            {"id": "base", "instrument": "equity", "size": 50, "seniority": 0},
            {
                "id": "bank",
                "instrument": "loan",
                "size": 90,
                "public": False,
                "seniority": 1,
                "loss_given_failure": 0.5,
            },
        ],
    },
    "candidates": [
        {
            "id": "a",
            "country": "ES",
            "countries": ["PT"],
            "failure_probability": 0.1,
            "phases": [{"id": "p1", "cost": {"2027": 60, "2028": 40}, "committed": {"union": {"2027": 10}}}],
        },
        {"id": "b", "country": "FR", "failure_probability": 0.2, "cost": {"2029": 50}},
        {"id": "c", "country": "DE", "cost": {"2029": 50}},
    ],
    "risk": {"horizon_years": 10, "draws": 500},
    "objective": {"terms": [{"term": "public_money"}]},
}


def scenario(document: Document = FUND, **union: Any) -> Scenario:
    changed = copy.deepcopy(document)
    changed["fund"]["tiers"][0] |= union
    return load_document(changed).expect()


def stressed(of: Scenario, **stress: Any) -> Scenario:
    return with_stress(of, Stress.model_validate({"id": "s", **stress})).expect()


def correlation(of: Scenario) -> Any:
    assert of.risk is not None
    return asset_correlation(np.array([c.failure_probability or 0.0 for c in of.candidates]), of.risk)


def test_a_fall_of_chip_prices_takes_its_share_of_what_is_recovered() -> None:
    there = stressed(scenario(), kind="chip_price_fall", share=0.4)
    # 50 % recovered become 30 %; nothing recovered stays nothing; a grant has no loss given failure.
    assert [t.loss_given_failure for t in there.fund.tiers] == [None, 1.0, pytest.approx(0.7)]
    assert stressed(scenario(), kind="chip_price_fall", share=1.0).fund.tiers[2].loss_given_failure == 1.0
    assert stressed(scenario(), kind="chip_price_fall", share=0.0).fund.tiers[2].loss_given_failure == 0.5


def test_a_delay_moves_costs_commitments_and_the_time_at_risk() -> None:
    before = scenario()
    there = stressed(before, kind="delay", years=5)
    a, b, c = there.candidates
    assert a.all_phases[0].cost == {2032: 60, 2033: 40}
    assert a.all_phases[0].committed == {"union": {2032: 10}}
    assert b.all_phases[0].cost == {2034: 50}
    # From 2027, to which is discounted, to 2029 and five years more.
    assert there.horizon is not None and (there.horizon.first_year, there.horizon.last_year) == (2027, 2034)
    # 0.9 over ten years is 0.9^1.5 over fifteen.
    assert a.failure_probability == pytest.approx(1 - 0.9**1.5)
    assert b.failure_probability == pytest.approx(1 - 0.8**1.5)
    assert c.failure_probability is None
    assert there.risk is not None and there.risk.horizon_years == 15
    # The yearly probability, and with it the Basel correlation, stays.
    assert correlation(there) == pytest.approx(correlation(before))


def test_a_delay_knows_the_horizon_that_is_absent_and_the_site_that_is_sure_to_fail() -> None:
    document = copy.deepcopy(FUND)
    document["risk"] = {}
    document["candidates"][1]["failure_probability"] = 1
    there = stressed(scenario(document), kind="delay", years=10)
    assert there.candidates[0].failure_probability == pytest.approx(0.19)
    assert there.candidates[1].failure_probability == 1


@pytest.mark.parametrize(("country", "failing"), [("ES", {"a"}), ("PT", {"a"}), ("FR", {"b"})])
def test_a_country_fails_in_every_draw_and_the_others_as_before(country: str, failing: set[str]) -> None:
    before = scenario()
    drawn, there = draws_of(before), draws_of(stressed(before, kind="country_failure", country=country))
    for n, candidate in enumerate(drawn.candidates):
        expected = np.ones(500, dtype=bool) if candidate in failing else drawn.losses[:, n]
        assert (there.losses[:, n] == expected).all()


def test_a_country_fails_in_a_table_that_does_not_name_its_sites() -> None:
    document = copy.deepcopy(FUND)
    document["risk"] = {"model": "table", "losses": {"b": [0, 0.5]}}
    for candidate in document["candidates"]:
        candidate.pop("failure_probability", None)
    there = draws_of(stressed(scenario(document), kind="country_failure", country="ES"))
    assert there.losses.tolist() == [[1, 0, 0], [1, 0.5, 0]]


def test_a_phase_in_the_country_is_enough() -> None:
    document = copy.deepcopy(FUND)
    document["candidates"][0]["phases"][0]["country"] = "IT"
    there = stressed(scenario(document), kind="country_failure", country="IT")
    assert [c.failure_probability for c in there.candidates] == [1.0, 0.2, None]


SPANS = [{"from": 2026, "to": 2027, "at_most": 30}, {"from": 2028, "to": 2031, "at_most": 70}]


def test_a_refused_budget_ends_ceilings_and_lowers_the_size() -> None:
    there = stressed(scenario(ceilings=SPANS), kind="budget_refused", **{"from": 2028})
    union, base, bank = there.fund.tiers
    assert [(x.from_, x.to, x.at_most) for x in union.ceilings] == [(2026, 2027, 30), (2028, 2031, 0)]
    assert union.size.at_most == 30
    # No ceiling says how much of the base could be spent before: its size stays, its years end.
    assert base.size.at_most == 50 and [(x.from_, x.to, x.at_most) for x in base.ceilings] == [(2028, 2031, 0)]
    assert bank.ceilings == [] and bank.size.at_most == 90


def test_a_span_across_the_year_keeps_its_first_part_and_a_least_size_gives_way() -> None:
    span = [{"from": 2026, "to": 2031, "at_most": 40}]
    of = scenario(ceilings=span, size={"at_least": 45, "at_most": 100})
    union, base, _ = stressed(of, kind="budget_refused", tiers=["union"], **{"from": 2028}).fund.tiers
    assert [(x.from_, x.to, x.at_most) for x in union.ceilings] == [(2026, 2027, 40), (2028, 2031, 0)]
    assert (union.size.at_least, union.size.at_most) == (40, 40)
    assert base.ceilings == []


def test_yearly_ceilings_end_too() -> None:
    of = scenario(annual_ceiling={"2027": 10, "2028": 60, "2029": 30})
    union = stressed(of, kind="budget_refused", **{"from": 2028}).fund.tiers[0]
    assert union.annual_ceiling == {2027: 10} and union.size.at_most == 10
    none = stressed(of, kind="budget_refused", **{"from": 2027}).fund.tiers[0]
    assert none.annual_ceiling == {} and none.size.at_most == 0


@settings(derandomize=True, deadline=None, max_examples=150)
@given(data=st.data())
def test_the_most_that_can_be_booked_is_the_optimum_of_a_linear_programme(data: st.DataObject) -> None:
    years = range(2026, 2026 + data.draw(st.integers(1, 6)))
    first = data.draw(st.integers(years[0], years[-1] + 1))
    amount = st.integers(0, 20)
    spans = [
        {"from": a, "to": b, "at_most": data.draw(amount)}
        for a, b in data.draw(st.lists(st.tuples(*[st.integers(2025, 2033)] * 2), max_size=4))
        if a <= b
    ]
    document: Document = {"id": "t", "instrument": "grant", "size": "unlimited", "ceilings": spans}
    if data.draw(st.booleans()):
        document["annual_ceiling"] = {str(t): data.draw(amount) for t in years if data.draw(st.booleans())}
        document["carry_over"] = data.draw(st.booleans())
    tier = Tier.model_validate(document)
    left = [t for t in years if t < first]
    rows, most = [[0.0] * len(left)], [0.0]
    for x in tier.ceilings:
        rows.append([float(x.from_ <= t <= x.to) for t in left])
        most.append(x.at_most)
    for n, t in enumerate(left if tier.annual_ceiling is not None else []):
        rows.append([float(m <= n if tier.carry_over else m == n) for m in range(len(left))])
        known = tier.annual_ceiling or {}
        most.append(sum(known.get(u, 0.0) for u in (left[: n + 1] if tier.carry_over else [t])))
    if not left:
        assert bookable_before(tier, years, first) == 0
        return
    solved = linprog([-1.0] * len(left), A_ub=rows, b_ub=most, method="highs", options={"presolve": False})
    expected = np.inf if solved.status == 3 else -solved.fun
    assert bookable_before(tier, years, first) == pytest.approx(expected, abs=1e-9)


def test_a_patch_is_a_stress_too() -> None:
    there = stressed(scenario(), patch={"/candidates/a/failure_probability": 0.3})
    assert there.candidates[0].failure_probability == 0.3


def test_a_stress_is_part_of_the_question_and_its_words_are_not() -> None:
    def hashed(**stress: Any) -> str:
        document = copy.deepcopy(FUND)
        document["risk"]["stresses"] = [{"id": "s", "kind": "delay", "years": 1, **stress}]
        return scenario_sha256(load_document(document).expect())

    assert hashed() != hashed(years=2)
    assert hashed() == hashed(name="Late", description="…", assumptions=["one year"])
    assert hashed() != scenario_sha256(scenario())
