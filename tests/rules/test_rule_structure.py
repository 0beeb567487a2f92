"""Y1, Q1, N1, L1–L3: fractions, phases in order, numbers, exclusions, requirements, locks. Optima worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import GIVE, SAVE, chosen, funded, paid, phase, scenario, site, solve, solve_infeasible, tier


class TestY1Fraction:
    def test_Y1_all_or_nothing(self):
        # 150 pays a (ratio 0.1) or b and no part of the other.
        sites = [site("a", 100, 10), site("b", 100, 9)]
        assert funded(solve(scenario(sites, [tier(size=150)]), 10)) == {"a": 1}

    def test_Y1_divisible(self):
        sites = [site("a", 100, 10, divisible=True), site("b", 100, 9, divisible=True)]
        assert funded(solve(scenario(sites, [tier(size=150)]), 14.5)) == {"a": 1, "b": 0.5}

    def test_Y1_at_most_one(self):
        assert funded(solve(scenario([site("a", value=10, divisible=True)]), 10)) == {"a": 1}

    @pytest.mark.parametrize("least, a, b", [(0.5, 1, 0.5), (0.6, 0.9, 0.6), (1, 0.5, 1)])
    def test_Y1_at_least_the_least_fraction(self, least, a, b):
        # 150 pays a and half of b, if half may be; else b's least fraction and what is left of a.
        sites = [site("a", 100, 10, divisible=True), site("b", 100, 9, divisible=True, least_fraction=least)]
        assert funded(solve(scenario(sites, [tier(size=150)]), 10 * a + 9 * b)) == {"a": a, "b": b}

    def test_Y1_or_nothing(self):
        # 30 buys neither 0.4 of a nor of b.
        sites = [
            site("a", value=10, divisible=True, least_fraction=0.4),
            site("b", 100, divisible=True, least_fraction=0.4),
        ]
        assert funded(solve(scenario(sites, [tier(size=30)]), 0)) == {}

    def test_Y1_the_least_fraction_is_of_the_first_phase(self):
        # Phase 1 in full (100), phase 2 with what is left: 0.2, below the least fraction.
        phases = [phase("p1", attributes={"value": 10}), phase("p2", attributes={"value": 5})]
        a = site("a", value=None, divisible=True, least_fraction=0.5, phases=phases)
        assert funded(solve(scenario([a], [tier(size=120)]), 11)) == {"a/p1": 1, "a/p2": 0.2}

    def test_Y1_fractions_of_phases_and_whole_sites_together(self):
        # b (60, all or nothing) and 0.4 of a.
        sites = [site("a", value=10, divisible=True), site("b", 60, 8)]
        assert funded(solve(scenario(sites, [tier(size=100)]), 12)) == {"a": 0.4, "b": 1}


def later(name, first, second, **keys):
    """A site whose second phase brings the points."""
    return site(name, value=None, phases=[phase("p1", first), phase("p2", second, attributes={"value": 10})], **keys)


class TestQ1PhasesInOrder:
    def test_Q1_the_second_needs_the_first(self):
        # Phase 2 alone costs 50; with phase 1 it is 150.
        solve(scenario([later("a", 100, 50)], [tier(size=149)]), 0)
        assert funded(solve(scenario([later("a", 100, 50)], [tier(size=150)]), 10)) == {"a/p1": 1, "a/p2": 1}

    def test_Q1_every_phase_needs_the_one_before(self):
        phases = [phase("p1", 10), phase("p2", 10), phase("p3", 10, attributes={"value": 1})]
        a = site("a", value=None, phases=phases)
        solve(scenario([a], [tier(size=29)]), 0)
        solve(scenario([a], [tier(size=30)]), 1)

    def test_Q1_the_first_does_not_need_the_second(self):
        a = site("a", phases=[phase("p1"), phase("p2")])
        assert funded(solve(scenario([a], [tier(size=100)]), 1)) == {"a/p1": 1}

    def test_Q1_of_fractions(self):
        # Each euro of phase 2 takes one of phase 1: 0.6 of both.
        result = solve(scenario([later("a", 100, 100, divisible=True)], [tier(size=120)]), 6)
        assert funded(result) == {"a/p1": 0.6, "a/p2": 0.6}


def count(**keys):
    return {"kind": "count", **keys}


class TestN1Counts:
    def test_N1_at_most(self):
        sites = [site("a", 1, 3), site("b", 1, 2), site("c", 1, 1)]
        assert chosen(solve(scenario(sites, rules=[count(at_most=2)]), 5)) == {"a", "b"}

    def test_N1_at_least(self):
        # One must be built although every site is a cost: the cheapest.
        sites = [site("a", 30), site("b", 20), site("c", 10)]
        assert chosen(solve(scenario(sites, rules=[count(at_least=2)], terms=[SAVE]), -30)) == {"b", "c"}

    def test_N1_at_least_more_than_there_are(self):
        solve_infeasible(scenario([site("a"), site("b")], rules=[count(at_least=3)]))

    def test_N1_none(self):
        solve(scenario([site("a")], rules=[count(at_most=0)]), 0)

    def test_N1_of_a_group(self):
        sites = [site("a", 1, 5, tags=["x"]), site("b", 1, 4, tags=["x"]), site("c", 1, 1)]
        assert chosen(solve(scenario(sites, rules=[count(at_most=1, of={"tags": ["x"]})]), 6)) == {"a", "c"}

    def test_N1_first_phases_count(self):
        # Two sites at most, with all their phases.
        sites = [site(c, phases=[phase("p1"), phase("p2", attributes={"extra": 1})]) for c in "abc"]
        extra = {"term": "attribute", "attribute": "extra"}
        solve(scenario(sites, rules=[count(at_most=2)], terms=[extra]), 2)

    def test_N1_a_named_phase_counts_and_sites_without_it_do_not(self):
        # Only second phases are few: one of a, b; c has none and is free.
        phases = [phase("p1"), phase("p2", attributes={"extra": 1})]
        sites = [site("a", phases=phases), site("b", phases=phases), site("c", 1)]
        terms = [{"term": "attribute", "attribute": x} for x in ("value", "extra")]
        result = solve(scenario(sites, rules=[count(at_most=1, phase="p2")], terms=terms), 4)
        assert chosen(result) == {"a", "b", "c"}

    def test_N1_at_least_of_a_named_phase(self):
        phases = [phase("p1", 10), phase("p2", 5)]
        sites = [site("a", phases=phases), site("b", 1)]
        assert paid(solve(scenario(sites, rules=[count(at_least=1, phase="p2")], terms=[SAVE]), -15)) == 15

    def test_N1_the_group_by_the_country_of_the_phase_that_counts(self):
        # Phase 2 of a stands in ES, as does b: one of them.
        a = site(
            "a", value=None, country="PT", phases=[phase("p1"), phase("p2", country="ES", attributes={"value": 5})]
        )
        b = site(
            "b", value=None, country="PT", phases=[phase("p1"), phase("p2", country="ES", attributes={"value": 4})]
        )
        c = site("c", value=None, country="PT", phases=[phase("p1"), phase("p2", attributes={"value": 1})])
        rule = count(at_most=1, phase="p2", of={"countries": ["ES"]})
        solve(scenario([a, b, c], rules=[rule]), 6)

    def test_N1_fractions_add_up(self):
        # 150 pays one and a half: 1 in all. At least one is no rule here.
        sites = [site("a", value=10, divisible=True), site("b", value=9, divisible=True)]
        solve(scenario(sites, [tier(size=150)], [count(at_most=1)]), 10)
        result = solve(scenario(sites, [tier(size=150)], [count(at_least=1)]), 14.5)
        assert funded(result) == {"a": 1, "b": 0.5}

    def test_N1_with_a_least_fraction_taking_part_counts_not_the_fraction(self):
        # 0.5 of each would be one in sum, but two take part: only one may.
        sites = [site(c, value=v, divisible=True, least_fraction=0.1) for c, v in (("a", 10), ("b", 9))]
        result = solve(scenario(sites, [tier(size=150)], [count(at_most=1)]), 10)
        assert chosen(result) == {"a"}
        # And half a site is one that takes part.
        result = solve(scenario(sites, [tier(size=50)], [count(at_least=1)], [SAVE]), -10)
        assert paid(result) == 10


def exclusive(candidates, **keys):
    return {"kind": "exclusive", "candidates": list(candidates), **keys}


class TestL1Exclusive:
    def test_L1_one_of_two(self):
        sites = [site("a", value=3), site("b", value=2), site("c", value=1)]
        assert chosen(solve(scenario(sites, rules=[exclusive("ab")]), 4)) == {"a", "c"}

    def test_L1_at_most_so_many(self):
        sites = [site("a", value=3), site("b", value=2), site("c", value=1)]
        assert chosen(solve(scenario(sites, rules=[exclusive("abc", at_most=2)]), 5)) == {"a", "b"}
        assert chosen(solve(scenario(sites, rules=[exclusive("ab", at_most=0)]), 1)) == {"c"}

    def test_L1_of_fractions(self):
        sites = [site("a", 100, 10, divisible=True), site("b", 50, 9, divisible=True)]
        solve(scenario(sites, [tier(size=75)], [exclusive("ab")]), 0.5 * 10 + 0.5 * 9)

    def test_L1_with_a_least_fraction_taking_part_counts(self):
        sites = [site(c, cost, v, divisible=True, least_fraction=0.1) for c, cost, v in (("a", 100, 10), ("b", 50, 9))]
        assert chosen(solve(scenario(sites, [tier(size=75)], [exclusive("ab")]), 9)) == {"b"}


def requires(candidate, *needs):
    return {"kind": "requires", "candidate": candidate, "needs": list(needs)}


class TestL2Requires:
    def test_L2_a_needs_b(self):
        # b is worth nothing and makes a too dear.
        sites = [site("a", 100, 5), site("b", 100, 0), site("c", 100, 1)]
        assert chosen(solve(scenario(sites, [tier(size=199)], [requires("a", "b")]), 1)) == {"c"}
        assert chosen(solve(scenario(sites, [tier(size=200)], [requires("a", "b")]), 5)) == {"a", "b"}

    def test_L2_b_does_not_need_a(self):
        sites = [site("a", 100, 1), site("b", 100, 5)]
        assert chosen(solve(scenario(sites, [tier(size=100)], [requires("a", "b")]), 5)) == {"b"}

    def test_L2_all_that_are_named(self):
        sites = [site("a", 10, 5), site("b", 10, 0), site("c", 10, 0)]
        solve(scenario(sites, [tier(size=29)], [requires("a", "b", "c")]), 0)
        solve(scenario(sites, [tier(size=30)], [requires("a", "b", "c")]), 5)

    def test_L2_a_cycle_means_both_or_none(self):
        sites = [site("a", 100, 5), site("b", 100, 5), site("c", 100, 6)]
        rules = [requires("a", "b"), requires("b", "a")]
        assert chosen(solve(scenario(sites, [tier(size=199)], rules), 6)) == {"c"}
        assert chosen(solve(scenario(sites, [tier(size=200)], rules), 10)) == {"a", "b"}

    def test_L2_of_fractions(self):
        # a goes no further than b: half of both.
        sites = [site("a", 100, 5, divisible=True), site("b", 100, 0, divisible=True)]
        assert funded(solve(scenario(sites, [tier(size=100)], [requires("a", "b")]), 2.5)) == {"a": 0.5, "b": 0.5}

    def test_L2_with_a_least_fraction_taking_part_is_enough(self):
        # b takes part with 0.2 of it, so a may be whole; and a, taking part, needs b to take part.
        b = site("b", 100, 0, divisible=True, least_fraction=0.2)
        assert funded(solve(scenario([site("a", 100, 5), b], [tier(size=120)], [requires("a", "b")]), 5)) == {
            "a": 1,
            "b": 0.2,
        }
        a = site("a", 100, 5, divisible=True, least_fraction=0.2)
        assert funded(solve(scenario([a, b], [tier(size=110)], [requires("a", "b")]), 4.5)) == {"a": 0.9, "b": 0.2}


def committed(amounts, **keys):
    return site("a", pledge="unlimited", phases=[phase("p1", {"2027": 90, "2028": 30}, committed=amounts)], **keys)


class TestL3Locks:
    def test_L3_candidate_in(self):
        # a is dear and worth little, and in all the same: nothing is left for b.
        sites = [site("a", value=1, locked="in"), site("b", value=5)]
        assert chosen(solve(scenario(sites, [tier(size=100)]), 1)) == {"a"}

    def test_L3_candidate_in_is_the_first_phase(self):
        a = site("a", locked="in", phases=[phase("p1"), phase("p2")])
        assert funded(solve(scenario([a], terms=[SAVE]), -100)) == {"a/p1": 1}

    def test_L3_candidate_in_is_funded_in_full(self):
        sites = [site("a", divisible=True, locked="in"), site("b", value=5, divisible=True)]
        assert funded(solve(scenario(sites, [tier(size=120)]), 2)) == {"a": 1, "b": 0.2}

    def test_L3_candidate_in_may_leave_no_plan(self):
        solve_infeasible(scenario([site("a", locked="in")], [tier(size=99)]))

    def test_L3_candidate_out_is_every_phase(self):
        a = site("a", value=None, locked="out", phases=[phase("p1", attributes={"value": 5}), phase("p2")])
        assert chosen(solve(scenario([a, site("b")]), 1)) == {"b"}

    def test_L3_phase_in_brings_the_earlier_one(self):
        a = site("a", phases=[phase("p1", 10), phase("p2", 20, locked="in"), phase("p3", 40)])
        assert funded(solve(scenario([a], terms=[SAVE]), -30)) == {"a/p1": 1, "a/p2": 1}

    def test_L3_phase_out_keeps_the_later_one_out(self):
        phases = [phase("p1"), phase("p2", locked="out"), phase("p3", attributes={"extra": 1})]
        terms = [{"term": "attribute", "attribute": "extra"}, {"term": "attribute", "attribute": "value"}]
        assert funded(solve(scenario([site("a", phases=phases)], terms=terms), 1)) == {"a/p1": 1}

    def test_L3_committed_amounts_are_paid(self):
        # 70 of the union in 2027, and the phase in full; saving union money, no more than that.
        a = committed({"union": {"2027": 70}})
        result = solve(scenario([a], terms=[SAVE]), -70)
        assert paid(result, tier="union", year=2027) == 70
        assert funded(result) == {"a/p1": 1}

    def test_L3_committed_amounts_of_several_tiers_and_years(self):
        a = committed({"union": {"2027": 20, "2028": 5}, "state": {"2028": 10}})
        solve(scenario([a], [tier("union"), tier("state")], terms=[SAVE]), -35)

    def test_L3_committed_money_is_in_the_envelope_and_the_ceilings(self):
        a = committed({"union": {"2027": 70}})
        solve_infeasible(scenario([a], [tier(size=69)]))
        solve_infeasible(scenario([a], [tier(annual_ceiling={"2027": 69, "2028": 500})]))
        # 30 are left for b.
        assert paid(solve(scenario([a, site("b", pledge="unlimited")], [tier(size=100)], terms=[GIVE]), 100)) == 100

    def test_L3_committed_means_in_even_for_nothing(self):
        a = committed({"union": {"2027": 0}}, divisible=True)
        assert funded(solve(scenario([a], terms=[{"term": "private_money", "sense": "minimise"}]), 0)) == {"a/p1": 1}
