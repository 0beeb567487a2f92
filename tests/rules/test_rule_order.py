"""O1 and the tie-break: which of several plans as good as each other is the answer. Worked by hand."""

from __future__ import annotations

import itertools

import pytest
from rule_cases import EURO, GIVE, VALUE, chosen, funded, loan, paid, phase, pledged, scenario, site, solve, tier


def by_tier(result, *names):
    return [paid(result, tier=name) for name in names]


class TestO1TierOrder:
    def test_O1_the_first_tier_pays_first(self):
        # Union and state could each pay 60 of 100; the order of the file would take the union first.
        tiers = [tier("union", 60), tier("state", 60)]
        result = solve(scenario([site("a")], tiers, fund={"tier_order": ["state", "union"]}), 1)
        assert by_tier(result, "union", "state") == [40, 60]
        result = solve(scenario([site("a")], tiers, fund={"tier_order": ["union", "state"]}), 1)
        assert by_tier(result, "union", "state") == [60, 40]

    def test_O1_then_the_next(self):
        tiers = [tier(name, 50) for name in ("one", "two", "three")]
        result = solve(scenario([site("a", 90)], tiers, fund={"tier_order": ["three", "one"]}), 1)
        assert by_tier(result, "one", "two", "three") == [40, 0, 50]

    def test_O1_comes_before_the_tie_break(self):
        # The tie-break would spare public money; the order says that the union pays what it can.
        result = solve(scenario([site("a", pledge=100)], [tier(size=70)], fund={"tier_order": ["union"]}), 1)
        assert paid(result) == 70

    def test_O1_comes_after_the_objective(self):
        # Private money counts in the objective: the union, first in the order, still pays nothing.
        result = solve(
            scenario([site("a", pledge=100)], terms=[{"term": "private_money"}], fund={"tier_order": ["union"]}), 100
        )
        assert paid(result) == 0

    def test_O1_chooses_between_sites_as_good(self):
        # a and b are worth the same and one is wanted; the union may pay b only.
        tiers = [tier("union", eligible={"candidates": ["b"]}), loan("bank")]
        rule = {"kind": "count", "at_most": 1}
        assert chosen(solve(scenario([site("a"), site("b")], tiers, [rule], fund={"tier_order": ["union"]}), 1)) == {
            "b"
        }

    def test_O1_of_fractions(self):
        tiers = [tier("union", 60), tier("state", 60)]
        a = site("a", 200, 10, divisible=True)
        result = solve(scenario([a], [*tiers, loan("bank", 20)], fund={"tier_order": ["state"]}), 7)
        assert by_tier(result, "state", "bank") == [60, 20]

    def test_O1_is_reported_as_a_stage(self):
        result = solve(
            scenario([site("a")], [tier("union", 60), tier("state", 60)], fund={"tier_order": ["state", "union"]}), 1
        )
        stages = [(stage.name, pytest.approx(stage.value, abs=EURO)) for stage in result.objective.stages[1:]]
        assert stages == [("O1 state", 60), ("O1 union", 40)]


class TestTieBreak:
    def test_tie_least_public_money_first(self):
        # Both sites are worth one and one is wanted: b takes less public money.
        sites = [site("a", pledge=50), site("b", pledge=60)]
        result = solve(scenario(sites, rules=[{"kind": "count", "at_most": 1}]), 1)
        assert chosen(result) == {"b"}
        assert paid(result) == 40
        assert result.objective.another_optimum == "exists"

    def test_tie_least_public_money_of_several_plans(self):
        # a, b and c are each worth 2 and one is wanted: a takes 100, b 90 and c 101 of public money.
        sites = [site("a", 100, 2), site("b", 140, 2, pledge=50), site("c", 180, 2, pledge=79)]
        assert chosen(solve(scenario(sites, rules=[{"kind": "count", "at_most": 1}]), 2)) == {"b"}

    def test_tie_then_the_most_phases(self):
        # Worth nothing, costing the public nothing: funded all the same, with all phases.
        a = site("a", value=0, pledge="unlimited", phases=[phase("p1"), phase("p2")])
        assert funded(solve(scenario([a, site("b")]), 1)) == {"a/p1": 1, "a/p2": 1, "b": 1}

    def test_tie_then_the_first_by_id(self):
        for order in itertools.permutations("abc"):
            result = solve(scenario([site(c) for c in order], [tier(size=200)]), 2)
            assert chosen(result) == {"a", "b"}

    def test_tie_then_earlier_tiers_and_years_and_ids_pay_first(self):
        # 100 of the union, 100 of the state, for two sites: the union, first in the file, pays a.
        tiers = [tier("union", 100), tier("state", 100)]
        result = solve(scenario([site("b"), site("a")], tiers), 2)
        assert [paid(result, tier=k, candidate=c) for k, c in (("union", "a"), ("state", "b"))] == [100, 100]
        # 50 of the union for a site of two years: the first year.
        result = solve(scenario([site("a", {"2027": 60, "2028": 60})], [tier("union", 60), loan("bank", 60)]), 1)
        assert [paid(result, tier="union", year=y) for y in (2027, 2028)] == [60, 0]
        assert [paid(result, tier="bank", year=y) for y in (2027, 2028)] == [0, 60]

    def test_tie_between_fractions(self):
        # 50 buys half a site, of whichever: a's half.
        result = solve(scenario([site("b", divisible=True), site("a", divisible=True)], [tier(size=50)]), 0.5)
        assert funded(result) == {"a": 0.5}
        assert result.objective.another_optimum == "exists"

    def test_tie_none(self):
        # Nothing to break: one plan is best, and it is proven that no other is as good.
        result = solve(scenario([site("a", value=2), site("b", value=1)], [tier(size=100)]), 2)
        assert result.objective.another_optimum == "none"

    def test_tie_years_and_ids_do_not_cancel_out(self):
        # 60 + 120 pay 180 of two sites of 100; how they are shared must not depend on the order of the file.
        sites = [site(c, {"2027": 50, "2028": 50}, divisible=True) for c in "ab"]
        tiers = [tier("union", 60), tier("state", 120)]
        one, other = solve(scenario(sites, tiers), 1.8), solve(scenario(sites[::-1], tiers), 1.8)
        cells = [{(x.tier, x.candidate, x.year, x.amount) for x in result.money} for result in (one, other)]
        assert cells[0] == cells[1]

    @pytest.mark.parametrize("divisible", [False, True])
    def test_tie_permuting_candidates_changes_nothing(self, divisible):
        # Four sites alike but for their ids, money for two and a half, two tiers to pay them.
        sites = [site(c, {"2027": 50, "2028": 50}, pledge=10, divisible=divisible) for c in "abcd"]
        tiers = [tier("union", 130), tier("state", 120)]
        answers = set()
        for order in itertools.permutations(sites):
            result = solve(scenario(list(order), tiers))
            cells = {(x.tier, x.candidate, x.year, x.amount) for x in result.money}
            answers.add(frozenset(cells | {(x.candidate, x.year, x.amount) for x in result.private_money}))
        assert len(answers) == 1

    def test_tie_the_same_twice(self):
        terms = [VALUE, {**GIVE, "weight": 0.001}]
        document = scenario([site(c, pledge=30) for c in "abc"], [tier(size=130)], terms=terms)
        first, second = solve(document), solve(document)
        assert (first.money, first.private_money) == (second.money, second.private_money)

    def test_tie_the_consortium_pays_before_the_public(self):
        # Least public money: the pledge is used up.
        assert pledged(solve(scenario([site("a", pledge=80, locked="in")]), 1)) == 80
