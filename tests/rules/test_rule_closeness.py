"""T2: few changes to a published plan, and little money that moves. Worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import EURO, VALUE, chosen, funded, paid, phase, price, scenario, site, solve, solve_infeasible, tier


def close(plan, changes, **keys):
    return {"kind": "stay_close", "plan": {c: ["main"] for c in plan}, "at_most_changes": changes, **keys}


def near(money, most, **keys):
    """Cells by "tier/candidate/phase/year"."""
    cells = [dict(zip(("tier", "candidate", "phase"), place.split("/"), strict=False)) for place in money]
    for cell, (place, amount) in zip(cells, money.items(), strict=True):
        cell |= {"year": int(place.split("/")[3]), "amount": amount}
    return {"kind": "stay_close", "plan_money": cells, "at_most_money": most, **keys}


SITES = [site("a", value=1), site("b", value=2), site("c", value=3), site("d", value=4)]
PLAN = {"union/a/main/2027": 100}


class TestT2Changes:
    @pytest.mark.parametrize("changes, best", [(0, "ab"), (1, "abd"), (2, "abcd"), (9, "abcd")])
    def test_T2_candidates_that_come_in(self, changes, best):
        assert chosen(solve(scenario(SITES, rules=[close("ab", changes)]))) == set(best)

    @pytest.mark.parametrize("changes, best", [(2, "bd"), (3, "bd"), (4, "cd")])
    def test_T2_one_out_and_one_in_are_two_changes(self, changes, best):
        assert chosen(solve(scenario(SITES, [tier(size=200)], [close("ab", changes)]))) == set(best)

    def test_T2_of_a_plan_that_cannot_stand(self):
        rules = [close("abc", 0)]
        solve_infeasible(scenario(SITES, [tier(size=200)], rules))
        assert chosen(solve(scenario(SITES, [tier(size=200)], [close("abc", 1)]), 5)) == {"b", "c"}

    def test_T2_fewest_changes_as_a_soft_rule(self):
        # The fund was cut from 300 to 200: one site must go, and the best of the plans with one change keeps b and c.
        rules = [close("abc", 0, soft={"priority": 1})]
        result = solve(scenario(SITES, [tier(size=200)], rules), 5)
        assert chosen(result) == {"b", "c"}
        assert result.objective.stages[0].value == -1
        assert [(b.reached, b.violation, b.scaled) for b in result.soft] == [(1, 1, 1)]

    @pytest.mark.parametrize("plan, changes, best", [(["p1"], 0, 1), (["p1"], 1, 2), (["p1", "p2"], 0, 2), ([], 0, 0)])
    def test_T2_phases(self, plan, changes, best):
        a = site("a", value=None, phases=[phase(p, attributes={"value": 1}) for p in ("p1", "p2")])
        rule = {"kind": "stay_close", "plan": {"a": plan}, "at_most_changes": changes}
        solve(scenario([a], rules=[rule]), best)

    def test_T2_two_phases_are_one_change(self):
        a = site("a", value=None, phases=[phase(p, attributes={"value": 1}) for p in ("p1", "p2")])
        solve(scenario([a], rules=[{"kind": "stay_close", "plan": {}, "at_most_changes": 1}]), 2)

    @pytest.mark.parametrize("plan, changes, best", [("", 0, 0), ("", 1, 0.5), ("a", 1, 0.5), ("", 2, 0.5)])
    def test_T2_a_fraction_is_a_change(self, plan, changes, best):
        # 50 pay half of a: a change from all of it and from nothing.
        solve(scenario([site("a", divisible=True)], [tier(size=50)], [close(plan, changes)]), best)

    def test_T2_a_fraction_however_large_is_a_change(self):
        solve_infeasible(scenario([site("a", divisible=True)], [tier(size=99.999)], [close("a", 0)]))
        assert funded(solve(scenario([site("a", divisible=True)], [tier(size=100)], [close("a", 0)]), 1)) == {"a": 1}

    def test_T2_a_fraction_however_small_is_a_change(self):
        # 0.01 of a hundred would be paid, and brings next to nothing: still not allowed.
        sites = [site("a", divisible=True), site("b")]
        assert chosen(solve(scenario(sites, [tier(size=100.01)], [close("b", 0)]), 1)) == {"b"}

    def test_T2_says_only_what_is_proven_of_other_plans(self):
        # One plan is best. What counts changes may stand at 1 without one; that is no other plan.
        sites = [site("a", value=2, divisible=True), site("b", value=1, divisible=True)]
        found = solve(scenario(sites, [tier(size=100)], [close("a", 2)]), 2).objective.another_optimum
        assert found in ("none", "unknown")
        # Two sites as good, and one of them may come in.
        sites = [site("a"), site("b")]
        assert solve(scenario(sites, rules=[close("", 1)]), 1).objective.another_optimum == "exists"

    def test_T2_binds_and_keeps_money_unspent(self):
        result = solve(scenario(SITES, [tier(size=400)], [close("", 1)]), 4)
        assert ("T2", "rule-0", "", "at_most") in {(b.label, b.rule, b.at, b.bound) for b in result.binding}
        assert all(b.label != "T2" or b.at == "" for b in result.binding)
        assert "T2" in result.unspent[0].kept_by


class TestT2Money:
    def test_T2_money_that_leaves_one_and_enters_another_has_moved_once(self):
        # b is worth twice as much: 30 of a's 100 go there.
        sites = [site("a", divisible=True), site("b", value=2, divisible=True)]
        result = solve(scenario(sites, [tier(size=100)], [near(PLAN, 30)]), 1.3)
        assert [paid(result, candidate=c) for c in "ab"] == [70, 30]
        assert price(result, "T2", "rule-0", "at_most", "money") == 0.01

    def test_T2_money_that_is_only_given(self):
        sites = [site("a", divisible=True), site("b", value=2, divisible=True)]
        solve(scenario(sites, rules=[near(PLAN, 30)]), 1.6)

    def test_T2_money_that_is_only_taken(self):
        # At least 70 stay, however dear they are.
        result = solve(scenario([site("a", value=-1, divisible=True)], rules=[near(PLAN, 30)]), -0.7)
        assert paid(result) == 70
        solve_infeasible(scenario([site("a", divisible=True)], [tier(size=60)], [near(PLAN, 30)]))

    def test_T2_money_between_tiers_and_years(self):
        tiers = [tier("union", 60), tier("state")]
        a = site("a", {"2027": 50, "2028": 50}, locked="in")
        plan = {"union/a/main/2027": 50, "union/a/main/2028": 50}
        # 40 of the union's 100 must become the state's.
        solve_infeasible(scenario([a], tiers, [near(plan, 39.99)]))
        result = solve(scenario([a], tiers, [near(plan, 40)]), 1)
        assert [paid(result, tier=k) for k in ("union", "state")] == [60, 40]
        # 100 paid in 2027, where only 50 are due in each year: 50 leave 2027 and enter 2028.
        solve_infeasible(scenario([a], rules=[near({"union/a/main/2027": 100}, 49.99)]))
        solve(scenario([a], rules=[near({"union/a/main/2027": 100}, 50)]), 1)

    def test_T2_money_where_nothing_can_be_paid_any_more(self):
        # No cost in 2028: the 20 planned there are gone, and come back in 2027.
        plan = {"union/a/main/2027": 80, "union/a/main/2028": 20}
        solve_infeasible(scenario([site("a", locked="in")], rules=[near(plan, 19.99)]))
        solve(scenario([site("a", locked="in")], rules=[near(plan, 20)]), 1)
        # More than a costs: 150 planned, 100 can be paid.
        solve_infeasible(scenario([site("a")], rules=[near({"union/a/main/2027": 150}, 49)]))
        solve(scenario([site("a")], rules=[near({"union/a/main/2027": 150}, 50)]), 1)

    def test_T2_money_soft(self):
        # Cut by half: 50 must go, 30 may.
        rule = near(PLAN, 30, soft={"priority": 1})
        result = solve(scenario([site("a", divisible=True)], [tier(size=50)], [rule]), 0.5)
        (found,) = result.soft
        assert (found.asked, found.reached, found.at) == (30, 50, "money")
        assert found.scaled == pytest.approx(2 / 3, abs=EURO)

    def test_T2_both_bounds(self):
        rule = {**near(PLAN, 100), "plan": {"a": ["main"]}, "at_most_changes": 2, "soft": {"priority": 1}}
        sites = [site("a", value=1), site("b", value=2), site("c", value=3)]
        result = solve(scenario(sites, [tier(size=300)], [rule], terms=[VALUE]), 4)
        assert chosen(result) == {"a", "c"}
        checks = [(c.unit, c.violation, c.stated) for c in result.certificate.rules if c.label == "T2"]
        assert checks == [("count", 0, 0), ("EUR million", 0, 0)]
