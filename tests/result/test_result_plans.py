"""Plans fed back and plans made by hand: certified and scored by the same code."""

from __future__ import annotations

import json
from random import Random

import pytest
from result_cases import GIVE, SAVE, VALUE, loan, odd_scenario, phase, scenario, site, tier

from optimiser import PlanError, allocate, evaluate


def cell(amount, name="union", candidate="a", part="main", year=2027):
    return {"tier": name, "candidate": candidate, "phase": part, "year": year, "amount": amount}


def own(amount, candidate="a", part="main", year=2027):
    return {"candidate": candidate, "phase": part, "year": year, "amount": amount}


def broken(result):
    return {r.label: (r.rule, r.at, r.violation) for r in result.certificate.rules if r.violation > r.allowance}


ONE = scenario([site("a", pledge=60)], [tier(size=80), loan(size=50)])

HALVES = scenario([site("a", {"2027": 100, "2028": 100}, 10, 60, divisible=True)], [tier(size=500)])


class TestFedBack:
    def test_a_result_is_certified_with_the_same_numbers(self):
        count = 0
        for seed in range(40):
            document = odd_scenario(Random(f"back-{seed}"))
            result = allocate(document)
            if not result.has_allocation:
                continue
            count += 1
            again = evaluate(document, json.loads(result.to_json()))
            assert again.certificate == result.certificate
            assert (again.objective.value, again.objective.terms) == (result.objective.value, result.objective.terms)
            assert (again.money, again.private_money) == (result.money, result.private_money)
            assert again.indicators == result.indicators
            assert again.scenario == result.scenario
            assert [(c.phases, c.money) for c in again.candidates] == [(c.phases, c.money) for c in result.candidates]
        assert count > 20

    def test_it_claims_no_optimum(self):
        result = evaluate(ONE, json.loads(allocate(ONE).to_json()))
        assert (result.strategy, result.termination, result.has_allocation, result.has_duals) == (
            *("evaluate", "optimal", True, False),
        )
        assert (result.objective.bound, result.objective.gap, result.binding) == (None, None, [])
        assert [(u.tier, u.amount, u.kept_by, u.proven) for u in result.unspent] == [
            ("union", 80, [], False),
            ("bank", 0, [], False),
        ]

    def test_money_and_private_money_are_enough_for_whole_sites(self):
        document = scenario(
            [site(c, pledge=p) for c, p in (("a", 30), ("b", 70))], terms=[VALUE, {**SAVE, "weight": 0.01}]
        )
        result = json.loads(allocate(document).to_json())
        again = evaluate(document, {key: result[key] for key in ("money", "private_money")})
        assert again.certificate.holds
        assert again.objective.value == result["objective"]["value"]
        assert evaluate(document, {"money": result["money"]}).private_money == again.private_money


class TestWithoutPrivateMoney:
    def test_the_consortium_pays_what_is_missing(self):
        result = evaluate(ONE, {"money": [cell(40)]})
        assert result.certificate.holds
        assert [(c.year, c.amount) for c in result.private_money] == [(2027, 60)]

    def test_and_no_more_than_its_pledge(self):
        result = evaluate(ONE, {"money": [cell(39)]})
        assert broken(result) == {"F2": ("fund", "a", 1)}
        assert result.termination == "infeasible" and result.has_allocation

    def test_said_to_pay_nothing_it_pays_nothing(self):
        result = evaluate(ONE, {"money": [cell(40)], "private_money": []})
        assert broken(result) == {"F1": ("fund", "a/main/2027", 60)}

    def test_of_a_part(self):
        result = evaluate(HALVES, {"money": [cell(30)], "candidates": [{"id": "a", "phases": {"main": 0.4}}]})
        assert [(c.year, c.amount) for c in result.private_money] == [(2027, 10), (2028, 40)]
        assert result.certificate.holds
        assert result.objective.value == 4


class TestFractions:
    def test_as_stated(self):
        plan = {"money": [cell(50), cell(50, year=2028)], "candidates": [{"id": "a", "phases": {"main": 0.5}}]}
        result = evaluate(HALVES, {**plan, "private_money": []})
        assert result.certificate.holds
        assert (result.objective.value, result.candidates[0].funded) == (5, 0.5)

    def test_as_paid(self):
        # 40 of 200 paid, 20 in each year.
        plan = {"money": [cell(15), cell(20, year=2028)], "private_money": [own(5)]}
        result = evaluate(HALVES, plan)
        assert result.certificate.holds
        assert (result.objective.value, result.candidates[0].funded) == (2, 0.2)

    def test_paid_unevenly_over_the_years(self):
        result = evaluate(HALVES, {"money": [cell(40)], "private_money": []})
        assert broken(result).keys() == {"F1"}

    def test_of_a_site_that_has_none(self):
        plan = {"money": [cell(50)], "private_money": [], "candidates": [{"id": "a", "phases": {"main": 0.5}}]}
        assert broken(evaluate(ONE, plan)) == {"Y1": ("fund", "a/main", 0.5)}

    def test_a_phase_before_its_turn(self):
        document = scenario([site("a", phases=[phase("p1"), phase("p2")])])
        result = evaluate(document, {"money": [cell(100, part="p2")]})
        assert broken(result) == {"Q1": ("fund", "a/p2", 1)}


class TestAgainstTheRules:
    def test_too_much_money_for_the_tier(self):
        assert broken(evaluate(ONE, {"money": [cell(81)]})) == {"B1": ("union", "", 1)}

    def test_too_much_money_for_the_cost(self):
        assert broken(evaluate(ONE, {"money": [cell(70), cell(40, "bank")]})) == {"F1": ("fund", "a/main/2027", 10)}

    def test_too_much_in_one_year(self):
        document = scenario([site("a", pledge=60)], [tier(size=500, annual_ceiling={"2027": 30})])
        assert broken(evaluate(document, {"money": [cell(50)]})) == {"B2": ("union", "2027", 20)}

    def test_money_to_a_site_that_is_not_eligible(self):
        document = scenario([site("a", pledge=60, country="PT")], [tier(eligible={"countries": ["ES"]})])
        assert broken(evaluate(document, {"money": [cell(50)]})) == {"S6": ("union", "a/main", 50)}

    def test_several_at_once(self):
        rules = [{"kind": "count", "id": "places", "at_most": 1}]
        document = scenario([site("a"), site("b", locked="out")], [tier(size=150)], rules)
        result = evaluate(document, {"money": [cell(100), cell(100, candidate="b")]})
        assert broken(result) == {
            "B1": ("union", "", 50),
            "N1": ("places", "", 1),
            "L3": ("fund", "b/main", 1),
        }
        assert result.certificate.largest_violation == 50

    def test_a_better_plan_that_is_not_allowed_scores_better(self):
        result = evaluate({**ONE, "objective": {"terms": [GIVE]}}, {"money": [cell(100)]})
        assert result.objective.value == 100 > allocate({**ONE, "objective": {"terms": [GIVE]}}).objective.value == 80
        assert not result.certificate.holds

    @pytest.mark.parametrize(
        "plan, code",
        [
            ([], "plan-not-an-object"),
            ({"money": [cell(1, "nobody")]}, "plan-unknown"),
            ({"money": [cell(1, candidate="z")]}, "plan-unknown"),
            ({"money": [cell(1, part="p9")]}, "plan-unknown"),
            ({"money": [cell(1, year=2031)]}, "plan-no-cost"),
            ({"money": [cell(-1)]}, "plan-negative"),
            ({"money": [cell(1), cell(2)]}, "plan-cell-twice"),
            ({"money": [cell("1")]}, "wrong-type"),
            ({"candidates": [{"id": "a", "phases": {"main": 2}}]}, "plan-fraction"),
        ],
    )
    def test_what_no_plan_can_say(self, plan, code):
        with pytest.raises(PlanError) as raised:
            evaluate(ONE, plan)
        assert [f.code for f in raised.value.findings] == [code]
