"""G1, A1, A2: money to groups, bounds and floors on attributes. Optima worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import (
    GIVE,
    LEVER,
    SAVE,
    chosen,
    funded,
    loan,
    paid,
    phase,
    pledged,
    scenario,
    site,
    solve,
    solve_infeasible,
    tier,
)

from optimiser import ScenarioError, allocate

IN = {"locked": "in", "pledge": "unlimited"}
"""A site that is funded in any case, whose consortium pays what nobody else does."""

X = {"tags": ["x"]}


def money(**keys):
    return {"kind": "money", "of": X, **keys}


def pair():
    """a and b, both built; a bears the tag."""
    return [site("a", tags=["x"], **IN), site("b", **IN)]


class TestG1GroupMoney:
    def test_G1_at_most(self):
        assert paid(solve(scenario(pair(), rules=[money(at_most=30)], terms=[GIVE]), 130), candidate="a") == 30

    def test_G1_at_least(self):
        assert paid(solve(scenario(pair(), rules=[money(at_least=30)], terms=[LEVER]), 170), candidate="a") == 30

    def test_G1_at_least_more_than_the_group_costs(self):
        solve_infeasible(scenario(pair(), rules=[money(at_least=101)]))

    def test_G1_at_least_a_share(self):
        # a can take 10 of the union at most, which must be a fifth of all: 50, not 110.
        sites = [site("a", 10, tags=["x"], **IN), site("b", **IN)]
        result = solve(scenario(sites, rules=[money(at_least_share=0.2)], terms=[GIVE]), 50)
        assert paid(result, candidate="b") == 40

    def test_G1_at_most_a_share(self):
        # b's 100 are at least 80 % of all: a takes 25.
        assert paid(solve(scenario(pair(), rules=[money(at_most_share=0.2)], terms=[GIVE]), 125), candidate="a") == 25

    def test_G1_a_share_of_nothing_is_met_by_nothing(self):
        solve(scenario(pair(), rules=[money(at_least_share=0.9)], terms=[SAVE]), 0)

    def test_G1_of_named_tiers(self):
        # The union is bounded, the state (30) is not, nor is it counted in the whole.
        tiers = [tier("union"), tier("state", 30)]
        solve(scenario(pair()[:1], tiers, [money(tiers=["union"], at_most=50)], [GIVE]), 80)
        result = solve(scenario(pair(), tiers, [money(tiers=["union"], at_most_share=0.2)], [GIVE]), 155)
        assert paid(result, tier="union") == 125

    def test_G1_of_all_public_tiers_where_none_is_named(self):
        # Union and state together 50; the bank is not public.
        tiers = [tier("union", 40), tier("state", 40), loan("bank", 30)]
        result = solve(scenario(pair()[:1], tiers, [money(at_most=50)], [GIVE, LEVER]), 100)
        assert paid(result, tier="union").expected + paid(result, tier="state").expected <= 50 + 1e-6

    def test_G1_of_a_private_tier_that_is_named(self):
        result = solve(scenario(pair()[:1], [tier(), loan()], [money(tiers=["bank"], at_least=45)], [GIVE]), 55)
        assert paid(result, tier="bank") == 45

    def test_G1_consortium_money_counts_if_asked(self):
        # a costs 100 whoever pays: at most 99 keeps it out; without consortium money 99 is just a bound on the union.
        a = site("a", pledge="unlimited", tags=["x"])
        solve(scenario([a], rules=[money(private=True, at_most=99)]), 0)
        solve(scenario([a], rules=[money(private=True, at_most=100)]), 1)
        solve(scenario([a], rules=[money(at_most=99)]), 1)

    def test_G1_consortium_money_counts_in_the_whole_too(self):
        # All money: 100 to a, 100 to b. Half is a's; 40 % may not be, 50 % may.
        for share, value in ((0.5, 2), (0.4, 1)):
            sites = [site("a", pledge="unlimited", tags=["x"]), site("b", **IN)]
            solve(scenario(sites, rules=[money(private=True, at_most_share=share)]), value)

    def test_G1_at_least_of_consortium_money(self):
        # 30 of public and consortium money together: the consortium's own 100 is enough.
        result = solve(scenario(pair()[:1], rules=[money(private=True, at_least=30)], terms=[SAVE]), 0)
        assert pledged(result) == 100

    def test_G1_the_group_by_the_country_of_the_phase(self):
        a = site(
            "a",
            country="PT",
            pledge="unlimited",
            phases=[phase("p1", locked="in"), phase("p2", country="ES", locked="in")],
        )
        rule = {"kind": "money", "of": {"countries": ["ES"]}, "at_most": 10}
        result = solve(scenario([a], rules=[rule], terms=[GIVE]), 110)
        assert paid(result, phase="p2") == 10

    def test_G1_of_all_candidates_where_no_group_is_given(self):
        solve(scenario(pair(), rules=[{"kind": "money", "at_most": 120}], terms=[GIVE]), 120)


def bound(**keys):
    return {"kind": "attribute", "attribute": "mw", **keys}


def power(*mw, value=None, **keys):
    """Sites a, b, … of so many MW, the first worth most."""
    return [
        site(name, value=value[n] if value else len(mw) - n, attributes={"mw": m}, **keys)
        for n, (name, m) in enumerate(zip("abcd", mw, strict=False))
    ]


class TestA1AttributeTotals:
    def test_A1_at_most(self):
        # 150 + 100 is too much: a alone is worth 3, with c 4.
        assert chosen(solve(scenario(power(150, 100, 50), rules=[bound(at_most=200)]), 4)) == {"a", "c"}

    def test_A1_at_least(self):
        # 200 MW with least money: all sites cost 100, so two of them, of the three that reach it by two.
        assert chosen(solve(scenario(power(150, 20, 50), rules=[bound(at_least=200)], terms=[SAVE]), -200)) == {
            "a",
            "c",
        }

    def test_A1_at_least_below_zero(self):
        # b saves 30: a total of −10 at least keeps b out unless a (+25) is in; money is for one only.
        sites = [site("a", value=1, attributes={"mw": 25}), site("b", value=2, attributes={"mw": -30})]
        assert chosen(solve(scenario(sites, [tier(size=100)], [bound(at_least=-10)]), 1)) == {"a"}
        assert chosen(solve(scenario(sites, [tier(size=200)], [bound(at_least=-10)]), 3)) == {"a", "b"}

    def test_A1_at_most_zero(self):
        # Nothing that brings power; c brings none.
        assert chosen(solve(scenario(power(150, 100, 0), rules=[bound(at_most=0)]), 1)) == {"c"}

    def test_A1_more_than_all_bring(self):
        solve_infeasible(scenario(power(150, 100), rules=[bound(at_least=251)]))
        solve_infeasible(scenario(power(0, 0), rules=[bound(at_least=1)]))

    def test_A1_of_a_group(self):
        sites = power(150, 100, 50)
        sites[0]["tags"] = sites[1]["tags"] = ["x"]
        assert chosen(solve(scenario(sites, rules=[bound(at_most=150, of=X)]), 4)) == {"a", "c"}

    def test_A1_on_the_candidate_it_comes_with_the_first_phase(self):
        # p1 brings the 150 MW, p2 nothing more.
        a = site("a", attributes={"mw": 150}, phases=[phase("p1"), phase("p2", attributes={"extra": 1})])
        terms = [{"term": "attribute", "attribute": x} for x in ("value", "extra")]
        solve(scenario([a], rules=[bound(at_most=150)], terms=terms), 2)
        solve(scenario([a], rules=[bound(at_most=149)], terms=terms), 0)

    def test_A1_on_phases_each_brings_its_own(self):
        a = site("a", phases=[phase("p1", attributes={"mw": 100}), phase("p2", attributes={"mw": 50, "extra": 1})])
        terms = [{"term": "attribute", "attribute": x} for x in ("value", "extra")]
        assert funded(solve(scenario([a], rules=[bound(at_most=149)], terms=terms), 1)) == {"a/p1": 1}

    def test_A1_candidates_without_it_count_nothing(self):
        sites = [*power(150), site("b")]
        solve(scenario(sites, rules=[bound(at_most=149)]), 1)

    def test_A1_of_fractions(self):
        # 100 of 150 MW.
        result = solve(scenario(power(150, divisible=True, value=[3]), rules=[bound(at_most=100)]), 2)
        assert funded(result) == {"a": 2 / 3}

    def test_A1_the_group_by_the_country_of_the_phase(self):
        # 50 of a's MW stand in ES, beside b's 100.
        phases = [phase("p1", attributes={"mw": 100}), phase("p2", country="ES", attributes={"mw": 50, "value": 1})]
        sites = [
            site("a", value=None, country="PT", phases=phases),
            site("b", country="ES", value=2, attributes={"mw": 100}),
        ]
        assert chosen(solve(scenario(sites, rules=[bound(at_most=149, of={"countries": ["ES"]})]), 2)) == {"b"}


def average(**keys):
    return {"kind": "attribute", "attribute": "pue", "average_by": "mw", **keys}


PUE = {"pue": {"additive": False}}


def halls(*pairs, **keys):
    """Sites a, b, … of (pue, MW), each worth one point."""
    return [
        site(name, attributes={"pue": pue, "mw": mw}, **keys) for name, (pue, mw) in zip("abcd", pairs, strict=False)
    ]


class TestA1Averages:
    def test_A1_average_at_most(self):
        # (1.1 · 100 + 1.4 · 40) / 140 = 1.186 ≤ 1.2; with c too, (110 + 56 + 65) / 190 = 1.216.
        sites = halls((1.1, 100), (1.4, 40), (1.3, 50))
        result = solve(scenario(sites, rules=[average(at_most=1.2)], attributes=PUE), 2)
        assert "a" in chosen(result)
        solve(scenario(sites, rules=[average(at_most=1.22)], attributes=PUE), 3)
        assert chosen(solve(scenario(sites[1:], rules=[average(at_most=1.2)], attributes=PUE), 0)) == set()

    def test_A1_average_at_least(self):
        # Both together have (10 · 100 + 4 · 50) / 150 = 8.
        sites = halls((10, 100), (4, 50))
        solve(scenario(sites, rules=[average(at_least=8)], attributes=PUE), 2)
        assert chosen(solve(scenario(sites, rules=[average(at_least=8.01)], attributes=PUE), 1)) == {"a"}

    def test_A1_average_of_a_group(self):
        sites = halls((1.1, 100), (1.5, 100), (1.5, 100))
        sites[1]["tags"] = ["x"]
        assert chosen(solve(scenario(sites, rules=[average(at_most=1.2, of=X)], attributes=PUE), 2)) == {"a", "c"}

    def test_A1_average_of_fractions(self):
        # 1.1 · 100 + 1.4 · 100 y ≤ 1.2 · (100 + 100 y): y ≤ 0.5.
        sites = halls((1.1, 100), (1.4, 100), divisible=True)
        assert funded(solve(scenario(sites, rules=[average(at_most=1.2)], attributes=PUE), 1.5)) == {"a": 1, "b": 0.5}

    def test_A1_average_on_phases(self):
        # Phase 2 spoils it: (110 + 150) / 200 = 1.3.
        extra = {"term": "attribute", "attribute": "extra"}
        phases = [
            phase("p1", attributes={"pue": 1.1, "mw": 100}),
            phase("p2", attributes={"pue": 1.5, "mw": 100, "extra": 1}),
        ]
        sites = [site("a", phases=phases)]
        solve(scenario(sites, rules=[average(at_most=1.29)], terms=[extra], attributes=PUE), 0)
        solve(scenario(sites, rules=[average(at_most=1.3)], terms=[extra], attributes=PUE), 1)

    def test_A1_average_a_value_on_the_candidate_holds_for_every_phase_that_brings_weight(self):
        # a: 1.5 with 50 + 50 MW beside b's 1.1 with 100: (75 + 110) / 150 with one phase, 1.3 with two.
        phases = [phase("p1", attributes={"mw": 50}), phase("p2", attributes={"mw": 50, "extra": 1})]
        sites = [site("a", attributes={"pue": 1.5}, phases=phases), *halls((0, 0), (1.1, 100))[1:]]
        extra = {"term": "attribute", "attribute": "extra"}
        solve(scenario(sites, rules=[average(at_most=1.29)], terms=[extra], attributes=PUE), 0)
        solve(scenario(sites, rules=[average(at_most=1.3)], terms=[extra], attributes=PUE), 1)

    def test_A1_average_of_two_values_on_the_candidate_counts_once(self):
        # a: 1.5 with 50 MW, once, though it has two phases: (75 + 110) / 150 = 1.2333.
        a = site("a", attributes={"pue": 1.5, "mw": 50}, phases=[phase("p1"), phase("p2", attributes={"extra": 1})])
        extra = {"term": "attribute", "attribute": "extra"}
        sites = [a, *halls((0, 0), (1.1, 100))[1:]]
        solve(scenario(sites, rules=[average(at_most=1.24)], terms=[extra], attributes=PUE), 1)
        solve(scenario(sites, rules=[average(at_most=1.23)], terms=[extra], attributes=PUE), 0)

    def test_A1_average_a_phase_without_weight_does_not_count(self):
        # Phase 2 has a pue of 1.5 and no MW: the average stays 1.1.
        phases = [phase("p1", attributes={"pue": 1.1, "mw": 10}), phase("p2", attributes={"pue": 1.5, "extra": 1})]
        extra = {"term": "attribute", "attribute": "extra"}
        solve(scenario([site("a", phases=phases)], rules=[average(at_most=1.2)], terms=[extra], attributes=PUE), 1)

    @pytest.mark.parametrize(
        "own, phases, code",
        [
            pytest.param(
                {"mw": 100}, [{"pue": 1.1}, {"pue": 1.5}], "average-lacks-weight", id="one weight, two values"
            ),
            pytest.param({}, [{"pue": 1.3, "mw": 10}, {"mw": 10}], "average-lacks-value", id="a weight, no value"),
        ],
    )
    def test_A1_average_of_what_cannot_be_averaged_is_refused(self, own, phases, code):
        parts = [phase(f"p{n}", attributes=values) for n, values in enumerate(phases)]
        a = site("a", attributes=own, phases=parts)
        with pytest.raises(ScenarioError) as refused:
            allocate(scenario([a], rules=[average(at_most=1.2)], attributes=PUE))
        assert [finding.code for finding in refused.value.findings] == [code]


def floor(**keys):
    return {"kind": "floor", "attribute": "mw", "at_least": 150, **keys}


class TestA2Floors:
    def test_A2_leaves_out_who_is_below(self):
        assert chosen(solve(scenario(power(149, 150, 151), rules=[floor()]), 3)) == {"b", "c"}

    def test_A2_leaves_out_every_phase(self):
        phases = [phase("p1", attributes={"mw": 80}), phase("p2", attributes={"mw": 60, "extra": 1})]
        terms = [{"term": "attribute", "attribute": x} for x in ("value", "extra")]
        solve(scenario([site("a", phases=phases), *power(0, 150)[1:]], rules=[floor()], terms=terms), 1)

    def test_A2_sums_the_phases(self):
        phases = [phase("p1", attributes={"mw": 80}), phase("p2", attributes={"mw": 70})]
        solve(scenario([site("a", phases=phases)], rules=[floor()]), 1)

    def test_A2_a_finding_leaves_nobody_out(self):
        solve(scenario(power(149), rules=[floor(effect="finding")]), 1)

    def test_A2_only_the_group(self):
        sites = power(100, 100)
        sites[0]["tags"] = ["x"]
        assert chosen(solve(scenario(sites, rules=[floor(of=X)]), 1)) == {"b"}

    def test_A2_up_to_a_named_phase_which_and_later_ones_are_left_out(self):
        # Up to p2: 100 + 40 < 150: p1 stays, p2 and p3 go, whatever p3 brings.
        phases = [phase(f"p{n}", attributes={"mw": mw, "extra": 1}) for n, mw in ((1, 100), (2, 40), (3, 90))]
        terms = [{"term": "attribute", "attribute": "extra"}]
        assert funded(solve(scenario([site("a", phases=phases)], rules=[floor(phase="p2")], terms=terms), 1)) == {
            "a/p1": 1
        }
        assert len(funded(solve(scenario([site("a", phases=phases)], rules=[floor(phase="p3")], terms=terms), 3))) == 3

    def test_A2_up_to_a_named_phase_that_brings_nothing_yet(self):
        # The 200 MW come with p2: up to p1 there are none.
        a = site("a", phases=[phase("p1"), phase("p2", attributes={"mw": 200})])
        solve(scenario([a], rules=[floor(phase="p1")]), 0)
        solve(scenario([a], rules=[floor(phase="p2")]), 1)

    @pytest.mark.parametrize("named, of_group", [("p2", "ES"), (None, "PT")])
    def test_A2_the_group_by_the_country_of_the_phase_that_counts(self, named, of_group):
        # p2 stands in ES although the candidate stands in PT; the first phase counts where none is named.
        phases = [phase("p1"), phase("p2", country="ES", attributes={"extra": 1})]
        terms = [{"term": "attribute", "attribute": x} for x in ("value", "extra")]
        rule = floor(of={"countries": [of_group]}, **({"phase": named} if named else {}))
        solve(
            scenario([site("a", country="PT", attributes={"mw": 1}, phases=phases)], rules=[rule], terms=terms),
            1 if named else 0,
        )
        other = floor(of={"countries": ["PT" if named else "ES"]}, **({"phase": named} if named else {}))
        sites = [site("a", country="PT", attributes={"mw": 1}, phases=phases)]
        solve(scenario(sites, rules=[other], terms=terms), 2)

    def test_A2_candidates_without_the_named_phase_are_not_touched(self):
        a = site("a", attributes={"mw": 1}, phases=[phase("p1"), phase("p2")])
        assert chosen(solve(scenario([a, *power(1, 1)[1:]], rules=[floor(phase="p1")]), 1)) == {"b"}

    def test_A2_a_value_on_the_candidate(self):
        a = site("a", attributes={"mw": 149}, phases=[phase("p1"), phase("p2")])
        solve(scenario([a], rules=[floor()]), 0)

    @pytest.mark.parametrize("least_mw, value", [(-5, 1), (-4, 0)])
    def test_A2_below_zero(self, least_mw, value):
        solve(scenario(power(-5), rules=[floor(at_least=least_mw)]), value)

    def test_A2_nor_a_fraction(self):
        solve(scenario(power(149, divisible=True), rules=[floor()]), 0)
