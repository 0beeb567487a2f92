"""G1, A1, A2: a point inside and a point outside, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from certificate_cases import (
    EURO,
    M,
    assert_allowed,
    assert_inside,
    assert_outside,
    lines,
    phase,
    plan,
    scenario,
    site,
    tier,
)

from optimiser.certificate import certify


def money_rule(**keys):
    return {"id": "cohesion", "kind": "money", "of": {"tags": ["cohesion"]}, **keys}


def attribute_rule(**keys):
    return {"id": "bound", "kind": "attribute", "attribute": "mw", **keys}


def floor(**keys):
    return {"id": "power-floor", "kind": "floor", "attribute": "mw", "at_least": 150, **keys}


TWO_COUNTRIES = [site("sines", tags=["cohesion"]), site("lyon", country="FR")]


class TestG1:
    def test_absolute_bounds(self):
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_least=20, at_most=40)])
        lyon = {"union/lyon/main/2027": 90 * M}
        for inside in (20, 40):
            assert_inside(s, plan(s, {**lyon, "union/sines/main/2027": inside * M}), "G1", "cohesion")
        assert_outside(s, plan(s, {**lyon, "union/sines/main/2027": 17 * M}), "G1", "cohesion", "", 3.0)
        assert_outside(s, plan(s, {**lyon, "union/sines/main/2027": 44 * M}), "G1", "cohesion", "", 4.0)

    def test_shares_of_what_those_tiers_allocate(self):
        # A quarter of 80 is 20, half is 40; the state's money is no part of it.
        s = scenario(
            TWO_COUNTRIES,
            [tier("union"), tier("state")],
            [money_rule(tiers=["union"], at_least_share=0.25, at_most_share=0.5)],
        )
        state = {"state/sines/main/2027": 30 * M}
        money = {**state, "union/sines/main/2027": 20 * M, "union/lyon/main/2027": 60 * M}
        assert_inside(s, plan(s, money), "G1", "cohesion")
        # 19 + 61: 1 below a quarter of 80. 45 + 35: 5 above half of 80.
        less = {**state, "union/sines/main/2027": 19 * M, "union/lyon/main/2027": 61 * M}
        assert_outside(s, plan(s, less), "G1", "cohesion", "", 1.0)
        more = {**state, "union/sines/main/2027": 45 * M, "union/lyon/main/2027": 35 * M}
        assert_outside(s, plan(s, more), "G1", "cohesion", "", 5.0)

    def test_consortium_money_counts_only_if_asked(self):
        # The union gives sines 10, the consortium 90.
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_most=10)])
        assert_inside(s, plan(s, {"union/sines/main/2027": 10 * M}), "G1", "cohesion")
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_most=10, private=True)])
        assert_outside(s, plan(s, {"union/sines/main/2027": 10 * M}), "G1", "cohesion", "", 90.0)

    def test_without_tiers_all_public_ones(self):
        s = scenario(TWO_COUNTRIES, [tier("union"), tier("bank", public=False)], [money_rule(at_least=20)])
        assert_inside(s, plan(s, {"union/sines/main/2027": 20 * M}), "G1", "cohesion")
        money = {"union/sines/main/2027": 5 * M, "bank/sines/main/2027": 90 * M}
        assert_outside(s, plan(s, money), "G1", "cohesion", "", 15.0)

    def test_a_phases_own_country_decides_for_its_money(self):
        phases = [phase("phase-1"), phase("phase-2", country="ES")]
        rule = {"id": "spain", "kind": "money", "of": {"countries": ["ES"]}, "at_most": 10}
        s = scenario([site("sines", phases=phases)], constraints=[rule])
        money = {"union/sines/phase-1/2027": 80 * M, "union/sines/phase-2/2027": 10 * M}
        assert_inside(s, plan(s, money), "G1", "spain")
        assert_outside(s, plan(s, {**money, "union/sines/phase-2/2027": 15 * M}), "G1", "spain", "", 5.0)

    def test_one_euro_a_cell_is_allowed_and_two_beyond_are_not(self):
        # A bound has the group's one cell, a share the two cells of all.
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_most=20)])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 20 * M + 1}), "G1", "cohesion", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 20 * M + 2}), "G1", "cohesion", "", 2 / M)
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_most_share=0.5)])
        money = {"union/sines/main/2027": 20 * M + 2, "union/lyon/main/2027": 20 * M - 2}
        assert_allowed(s, plan(s, money), "G1", "cohesion", 2 / M, 2 / M)

    def test_least_money_holds_to_one_euro_a_cell_too(self):
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_least=20)])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 20 * M - 1}), "G1", "cohesion", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 20 * M - 2}), "G1", "cohesion", "", 2 / M)
        s = scenario(TWO_COUNTRIES, constraints=[money_rule(at_least_share=0.5)])
        money = {"union/sines/main/2027": 20 * M - 2, "union/lyon/main/2027": 20 * M + 2}
        assert_allowed(s, plan(s, money), "G1", "cohesion", 2 / M, 2 / M)

    def test_no_bound_is_no_rule(self):
        s = scenario(TWO_COUNTRIES, constraints=[money_rule()])
        assert lines(certify(s, plan(s)), "G1") == {}


class TestA1Total:
    def test_candidate_and_phase_attributes(self):
        # 150 of sines (on the candidate, once) + 30 + 40 of evora's phases + 0 of beja, which has none.
        candidates = [
            site("sines", attributes={"mw": 150}, phases=[phase("phase-1"), phase("phase-2")]),
            site("evora", phases=[phase("phase-1", attributes={"mw": 30}), phase("phase-2", attributes={"mw": 40})]),
            site("beja"),
        ]
        units = {"mw": {"unit": "MW"}}
        s = scenario(candidates, constraints=[attribute_rule(at_least=220, at_most=220)], attributes=units)
        assert assert_inside(s, plan(s), "A1", "bound").unit == "MW"
        s = scenario(candidates, constraints=[attribute_rule(at_most=218)])
        assert_outside(s, plan(s), "A1", "bound", "", 2.0)
        s = scenario(candidates, constraints=[attribute_rule(at_least=225)])
        assert_outside(s, plan(s), "A1", "bound", "", 5.0)

    def test_only_what_is_funded(self):
        phases = [phase("phase-1", attributes={"mw": 30}), phase("phase-2", attributes={"mw": 40})]
        s = scenario([site("evora", phases=phases)], constraints=[attribute_rule(at_most=30)])
        assert_inside(s, plan(s, fraction={"evora/phase-1": 1}), "A1", "bound")
        assert_outside(s, plan(s), "A1", "bound", "", 40.0)

    def test_a_group_by_the_phases_country(self):
        # phase-2 stands in ES: PT has the 30 of phase-1, ES the 40; the candidate's water goes with phase-1, to PT.
        phases = [phase("phase-1", attributes={"mw": 30}), phase("phase-2", country="ES", attributes={"mw": 40})]
        candidates = [site("evora", phases=phases, attributes={"water": 5})]
        s = scenario(candidates, constraints=[attribute_rule(of={"countries": ["PT"]}, at_most=30)])
        assert_inside(s, plan(s), "A1", "bound")
        s = scenario(candidates, constraints=[attribute_rule(of={"countries": ["ES"]}, at_most=30)])
        assert_outside(s, plan(s), "A1", "bound", "", 10.0)
        s = scenario(candidates, constraints=[attribute_rule(attribute="water", of={"countries": ["ES"]}, at_least=1)])
        assert_outside(s, plan(s), "A1", "bound", "", 1.0)

    def test_no_bound_is_no_rule(self):
        s = scenario([site("sines", attributes={"mw": 150})], constraints=[attribute_rule()])
        assert lines(certify(s, plan(s)), "A1") == {}

    def test_decimals_are_exact(self):
        # 0.1 + 0.2 is 0.3 as written, whatever doubles make of it.
        candidates = [site("sines", attributes={"mw": 0.1}), site("evora", attributes={"mw": 0.2})]
        s = scenario(candidates, constraints=[attribute_rule(at_least=0.3, at_most=0.3)])
        assert_inside(s, plan(s), "A1", "bound")

    def test_whole_decisions_have_no_allowance(self):
        s = scenario([site("sines", attributes={"mw": 1.0000000001})], constraints=[attribute_rule(at_most=1)])
        assert assert_outside(s, plan(s), "A1", "bound", "", 1e-10).allowance == 0.0

    def test_fractions_hold_to_their_digits(self):
        # 1/3 with 15 digits times 300 misses 100 by 10^-13; 1/3 - 10^-8 misses it by 3·10^-6.
        sines = site("sines", divisible=True, attributes={"mw": 300})
        s = scenario([sines], constraints=[attribute_rule(at_least=100)])
        third = Fraction(333_333_333_333_333, 10**15)
        assert_allowed(s, plan(s, fraction={"sines/main": third}), "A1", "bound", 1e-13, 1e-7)
        less = plan(s, fraction={"sines/main": Fraction(1, 3) - Fraction(1, 10**8)})
        assert_outside(s, less, "A1", "bound", "", 3e-6)


class TestA1Average:
    def scenario(self, candidates, **keys):
        rule = {"id": "efficient", "kind": "attribute", "attribute": "pue", "average_by": "mw", **keys}
        units = {"pue": {"unit": "1", "additive": False}, "mw": {"unit": "MW"}}
        return scenario(candidates, constraints=[rule], attributes=units)

    def test_at_most(self):
        # (1.1 - 1.2)·200 + (1.4 - 1.2)·100 = -20 + 20 = 0; with 110 MW it is 2 too much.
        sines = site("sines", attributes={"pue": 1.1, "mw": 200})
        s = self.scenario([sines, site("evora", attributes={"pue": 1.4, "mw": 100})], at_most=1.2)
        assert assert_inside(s, plan(s), "A1", "efficient").unit == "MW"
        s = self.scenario([sines, site("evora", attributes={"pue": 1.4, "mw": 110})], at_most=1.2)
        assert_outside(s, plan(s), "A1", "efficient", "", 2.0)

    def test_at_least(self):
        # (1.1 - 1.2)·200 + (1.4 - 1.2)·90 = -20 + 18: 2 short.
        sines = site("sines", attributes={"pue": 1.1, "mw": 200})
        candidates = [sines, site("evora", attributes={"pue": 1.4, "mw": 90})]
        s = self.scenario(candidates, at_least=1.2)
        assert_outside(s, plan(s), "A1", "efficient", "", 2.0)
        s = self.scenario(candidates, at_least=1.1)
        assert_inside(s, plan(s), "A1", "efficient")

    def test_nothing_funded_has_no_average(self):
        s = self.scenario([site("sines", attributes={"pue": 9, "mw": 200})], at_most=1.2)
        assert_inside(s, plan(s, fraction={}), "A1", "efficient")

    def test_on_the_candidate_both_count_once(self):
        # (1.3 - 1.2)·100 = 10, not 20, for two phases; and none for the second alone.
        phases = [phase("phase-1"), phase("phase-2")]
        s = self.scenario([site("sines", phases=phases, attributes={"pue": 1.3, "mw": 100})], at_most=1.2)
        assert_outside(s, plan(s), "A1", "efficient", "", 10.0)

    def test_an_attribute_of_the_candidate_with_weights_of_its_phases(self):
        # (1.3 - 1.2)·(100 + 50) = 15.
        phases = [phase("phase-1", attributes={"mw": 100}), phase("phase-2", attributes={"mw": 50})]
        s = self.scenario([site("sines", phases=phases, attributes={"pue": 1.3})], at_most=1.2)
        assert_outside(s, plan(s), "A1", "efficient", "", 15.0)

    def test_a_phase_that_lacks_one_of_the_two_is_no_part_of_it(self):
        # (1.3 - 1.2)·100 = 10; phase 2 has a weight and nothing to weigh.
        phases = [phase("phase-1", attributes={"pue": 1.3, "mw": 100}), phase("phase-2", attributes={"mw": 50})]
        s = self.scenario([site("sines", phases=phases)], at_most=1.2)
        assert_outside(s, plan(s), "A1", "efficient", "", 10.0)

    def test_attributes_of_phases(self):
        # (1.1 - 1.2)·100 + (1.4 - 1.2)·60 = -10 + 12 = 2, and only -10 without phase 2.
        phases = [
            phase("phase-1", attributes={"mw": 100, "pue": 1.1}),
            phase("phase-2", attributes={"mw": 60, "pue": 1.4}),
        ]
        s = self.scenario([site("sines", phases=phases)], at_most=1.2)
        assert_outside(s, plan(s), "A1", "efficient", "", 2.0)
        assert_inside(s, plan(s, fraction={"sines/phase-1": 1}), "A1", "efficient")


class TestA2:
    def test_below_the_floor_is_left_out(self):
        candidates = [site("sines", attributes={"mw": 150}), site("evora", attributes={"mw": 149})]
        s = scenario(candidates, constraints=[floor()])
        check = assert_inside(s, plan(s, fraction={"sines/main": 1}), "A2", "power-floor")
        assert (check.checked, check.unit) == (2, "fraction")
        assert_outside(s, plan(s), "A2", "power-floor", "evora/main", 1.0)

    def test_the_sum_over_all_phases(self):
        phases = [phase("phase-1", attributes={"mw": 100}), phase("phase-2", attributes={"mw": 50})]
        s = scenario([site("sines", phases=phases)], constraints=[floor()])
        assert_inside(s, plan(s, fraction={"sines/phase-1": 1}), "A2", "power-floor")
        s = scenario([site("sines", phases=phases)], constraints=[floor(at_least=151)])
        assert_outside(s, plan(s, fraction={"sines/phase-1": 1}), "A2", "power-floor", "sines/phase-1", 1.0)

    def test_a_named_phase_leaves_out_that_phase_and_later_ones(self):
        # Up to phase-2: 100 + 40 < 150, so phases 2 and 3 are left out and phase 1 is not, whatever phase 3 adds.
        phases = [phase(f"phase-{i}", attributes={"mw": mw}) for i, mw in ((1, 100), (2, 40), (3, 90))]
        candidates = [site("sines", phases=phases), site("evora", attributes={"mw": 1})]
        s = scenario(candidates, constraints=[floor(phase="phase-2")])
        inside = plan(s, fraction={"sines/phase-1": 1, "evora/main": 1})
        assert assert_inside(s, inside, "A2", "power-floor").checked == 2
        outside = plan(s, fraction={"sines/phase-1": 1, "sines/phase-2": 1})
        assert_outside(s, outside, "A2", "power-floor", "sines/phase-2", 1.0)
        later = replace(outside, fraction={**outside.fraction, ("sines", "phase-2"): Fraction(0)})
        later_only = replace(later, fraction={**later.fraction, ("sines", "phase-3"): Fraction(1)})
        assert lines(certify(s, later_only), "A2")["power-floor"].at == "sines/phase-3"

    def test_the_named_phase_counts_towards_its_own_floor(self):
        phases = [phase("phase-1", attributes={"mw": 100}), phase("phase-2", attributes={"mw": 50})]
        s = scenario([site("sines", phases=phases)], constraints=[floor(phase="phase-2")])
        assert_inside(s, plan(s), "A2", "power-floor")

    def test_only_the_group(self):
        candidates = [site("sines", attributes={"mw": 1}), site("lyon", country="FR", attributes={"mw": 1})]
        s = scenario(candidates, constraints=[floor(of={"countries": ["PT"]})])
        assert_inside(s, plan(s, fraction={"lyon/main": 1}), "A2", "power-floor")
        assert_outside(s, plan(s), "A2", "power-floor", "sines/main", 1.0)

    @pytest.mark.parametrize("fraction, violation", [(Fraction(1, 4), 0.25), (1, 1.0)])
    def test_a_fraction_is_too_much(self, fraction, violation):
        s = scenario([site("sines", divisible=True, attributes={"mw": 1})], constraints=[floor()])
        outside = plan(s, fraction={"sines/main": fraction})
        assert_outside(s, outside, "A2", "power-floor", "sines/main", violation)

    def test_a_finding_is_no_rule(self):
        s = scenario([site("sines", attributes={"mw": 1})], constraints=[floor(effect="finding")])
        assert certify(s, plan(s)).holds
        assert lines(certify(s, plan(s)), "A2") == {}


def test_a_rule_of_one_kind_never_hides_those_after_it():
    # A count, an attribute without a bound that says anything, and a finding stand before rules that are broken.
    sines = site("sines", attributes={"mw": 100}, tags=["cohesion"])
    idle = site("lyon", attributes={"mw": 10})
    s = scenario(
        [sines, idle],
        constraints=[
            {"id": "many", "kind": "count", "at_most": 5},
            attribute_rule(id="open", at_most="unlimited", at_least="unlimited"),
            floor(id="noted", effect="finding"),
            floor(id="elsewhere", of={"countries": ["FR"]}, effect="exclude"),
            money_rule(id="share", at_most=10),
            attribute_rule(id="power", at_most=50),
            floor(effect="exclude"),
        ],
    )
    given = plan(s, {"union/sines/main/2027": 20 * M}, {"sines/main": 1})
    certificate = certify(s, given)
    found = {(c.label, c.rule, c.violation) for c in certificate.rules if not c.holds}
    assert found == {("G1", "share", 10.0), ("A1", "power", 50.0), ("A2", "power-floor", 1.0)}
