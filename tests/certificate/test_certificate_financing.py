"""F1 to F3: a point inside and a point outside, worked by hand."""

from __future__ import annotations

import gc
from dataclasses import replace
from fractions import Fraction

import pytest
from certificate_cases import (
    EURO,
    M,
    assert_allowed,
    assert_inside,
    assert_outside,
    broken,
    lines,
    phase,
    plan,
    scenario,
    site,
    tier,
)

from optimiser.certificate import certify
from optimiser.certificate.ledger import _known
from optimiser.plan import Plan

SINES_2027 = ("sines", "main", 2027)


class TestF1:
    def test_costs_are_those_of_this_scenario(self):
        # What a phase costs is worked out once for each phase, not for each name; and forgotten with it.
        gc.collect()
        known = len(_known)
        dear, cheap = scenario([site("sines", {"2027": 100})]), scenario([site("sines", {"2027": 90})])
        paid = plan(dear)
        for s, violation in ((dear, 0.0), (cheap, 10.0), (dear, 0.0)):
            assert lines(certify(s, paid), "F1")["fund"].violation == violation
        assert len(_known) == known + 2
        del dear, cheap, s
        assert len(_known) == known

    def test_inside(self):
        s = scenario([site("sines", {"2027": 100, "2028": 50}), site("evora")])
        check = assert_inside(s, plan(s, {"union/sines/main/2027": 40 * M}), "F1", "fund")
        assert (check.unit, check.checked, check.allowance) == ("EUR million", 3, 0.0)

    @pytest.mark.parametrize("paid, violation", [(60 * M - 1, EURO), (60 * M + 1, EURO), (50 * M, 10.0)])
    def test_sources_off_by_a_euro_or_more(self, paid, violation):
        # 40 of the union + m = cost 100 asks for m = 60.
        s = scenario([site("sines")])
        p = replace(plan(s, {"union/sines/main/2027": 40 * M}), private_money={SINES_2027: paid})
        assert_outside(s, p, "F1", "fund", "sines/main/2027", violation)

    def test_nothing_funded_costs_nothing(self):
        s = scenario([site("sines")])
        assert_inside(s, plan(s, fraction={}), "F1", "fund")

    def test_money_without_a_funded_phase(self):
        s = scenario([site("sines")])
        p = plan(s, {"union/sines/main/2027": 7}, fraction={})
        assert_outside(s, p, "F1", "fund", "sines/main/2027", 7 / M)

    def test_money_in_a_year_without_a_cost(self):
        s = scenario([site("sines", {"2027": 100, "2028": 0})])
        p = plan(s, {"union/sines/main/2028": 2 * M})
        assert_outside(s, p, "F1", "fund", "sines/main/2028", 2.0)

    @pytest.mark.parametrize("place", ["union/nowhere/main/2027", "union/sines/phase-9/2027", "union/sines/main/1999"])
    def test_money_for_what_the_scenario_does_not_have(self, place):
        s = scenario([site("sines")])
        assert_outside(s, plan(s, {place: 3 * M}), "F1", "fund", place.removeprefix("union/"), 3.0)

    def test_consortium_money_for_an_unknown_candidate(self):
        s = scenario([site("sines")])
        p = plan(s)
        p = replace(p, private_money={**p.private_money, ("nowhere", "main", 2027): M})
        assert_outside(s, p, "F1", "fund", "nowhere/main/2027", 1.0)

    def test_a_negative_cell_is_refused_even_where_the_sum_is_right(self):
        # 110 - 10 = 100 pays the cost, but nobody pays -10.
        s = scenario([site("sines"), site("evora")], tiers=[tier("union"), tier("state")])
        money = {"union/sines/main/2027": 110 * M, "state/sines/main/2027": -10 * M, "state/evora/main/2027": 20 * M}
        assert_outside(s, plan(s, money), "F1", "fund", "sines/main/2027", 10.0)

    def test_negative_consortium_money(self):
        s = scenario([site("sines")])
        p = replace(plan(s, {"union/sines/main/2027": 110 * M}), private_money={SINES_2027: -10 * M})
        assert_outside(s, p, "F1", "fund", "sines/main/2027", 10.0)

    def test_money_that_does_not_pay_costs_is_no_source(self):
        # The loan pays half of the cost, and is covered in full.
        cover = {"id": "cover", "instrument": "guarantee", "size": 500, "covers": ["bank"], "cover_share": 1}
        s = scenario([site("sines")], tiers=[tier("bank", instrument="loan"), cover])
        money = {("bank", "sines", "main", 2027): 50 * M, ("cover", "sines", "main", 2027): 50 * M}
        p = Plan({("sines", "main"): Fraction(1)}, money, {})
        assert_outside(s, p, "F1", "fund", "sines/main/2027", 50.0)

    @pytest.mark.parametrize("paid, violation", [(33_333_333, 1 / 3), (33_333_334, 2 / 3)])
    def test_a_fraction_of_a_cost_is_paid_to_a_whole_euro_beside_it(self, paid, violation):
        # cost 100 · y 1/3 = 33,333,333.33 euros: either whole number beside it will do, the farther is 2/3 away.
        s = scenario([site("sines", divisible=True)])
        p = Plan({("sines", "main"): Fraction(1, 3)}, {}, {SINES_2027: paid})
        check = lines(certify(s, p), "F1")["fund"]
        assert check.violation == pytest.approx(violation / M, rel=1e-12)
        assert check.allowance == pytest.approx(2 / 3 / M, rel=1e-12)
        assert certify(s, p).holds

    @pytest.mark.parametrize("paid, violation", [(33_333_332, 4 / 3), (33_333_335, 5 / 3)])
    def test_but_not_to_one_further_away(self, paid, violation):
        s = scenario([site("sines", divisible=True)])
        p = Plan({("sines", "main"): Fraction(1, 3)}, {}, {SINES_2027: paid})
        assert broken(certify(s, p)) == {("F1", "fund")}
        assert lines(certify(s, p), "F1")["fund"].violation == pytest.approx(violation / M, rel=1e-12)

    def test_a_cost_of_parts_of_a_euro_leaves_whole_costs_exact(self):
        # 0.1234567 million is 123,456.7 euros, paid with 123,457; beside it one euro of a whole cost is missing.
        s = scenario([site("sines", {"2027": 0.1234567, "2028": 100})])
        p = Plan({("sines", "main"): Fraction(1)}, {}, {SINES_2027: 123_457, ("sines", "main", 2028): 100 * M})
        assert_allowed(s, p, "F1", "fund", 0.3 / M, 0.7 / M)
        p = replace(p, private_money={**p.private_money, ("sines", "main", 2028): 100 * M - 1})
        assert_outside(s, p, "F1", "fund", "sines/main/2028", EURO)


class TestF2:
    def test_pledge(self):
        # Both phases together: 60 + 40 = 100 of a pledge of 100, then of 99.
        phases = [phase("phase-1", {"2027": 60}), phase("phase-2", {"2028": 40})]
        s = scenario([site("sines", phases=phases, private_pledge=100)])
        assert_inside(s, plan(s), "F2", "fund")
        s = scenario([site("sines", phases=phases, private_pledge=99)])
        assert_outside(s, plan(s), "F2", "fund", "sines", 1.0)

    def test_a_pledge_holds_to_one_euro_a_cell(self):
        s = scenario([site("sines", private_pledge=60)])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 40 * M - 1}), "F2", "fund", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 40 * M - 2}), "F2", "fund", "sines", 2 / M)

    def test_share_holds_phase_by_phase(self):
        # Of costs 60 and 40, a quarter is 15 and 10. The union leaves 15 and 10, then 16 and 9.
        phases = [phase("phase-1", {"2027": 60}), phase("phase-2", {"2028": 40})]
        s = scenario([site("sines", phases=phases)], fund={"least_private_share": 0.25})
        inside = plan(s, {"union/sines/phase-1/2027": 45 * M, "union/sines/phase-2/2028": 30 * M})
        assert_inside(s, inside, "F2", "fund")
        outside = plan(s, {"union/sines/phase-1/2027": 44 * M, "union/sines/phase-2/2028": 31 * M})
        assert_outside(s, outside, "F2", "fund", "sines/phase-2", 1.0)

    def test_the_candidates_own_share_replaces_the_funds(self):
        # The union pays 90: the fund asks for 25 of the consortium, sines itself for 10, evora for 11.
        s = scenario([site("sines", least_private_share=0.1)], fund={"least_private_share": 0.25})
        assert_inside(s, plan(s, {"union/sines/main/2027": 90 * M}), "F2", "fund")
        s = scenario([site("evora", least_private_share=0.11)])
        assert_outside(s, plan(s, {"union/evora/main/2027": 90 * M}), "F2", "fund", "evora/main", 1.0)

    def test_private_tiers_are_not_the_consortium(self):
        s = scenario([site("sines")], tiers=[tier("bank", public=False)], fund={"least_private_share": 0.25})
        assert_outside(s, plan(s, {"bank/sines/main/2027": 80 * M}), "F2", "fund", "sines/main", 5.0)

    def test_one_euro_a_cell_is_allowed_and_two_are_not(self):
        s = scenario([site("sines", least_private_share=0.25)])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 75 * M + 1}), "F2", "fund", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 75 * M + 2}), "F2", "fund", "sines/main", 2 / M)

    def test_no_pledge_and_no_share_is_no_rule(self):
        s = scenario([site("sines")])
        assert lines(certify(s, plan(s)), "F2") == {}


TIERS = [tier("union"), tier("state"), tier("bank", public=False)]


class TestF3:
    def test_all_public_tiers_together(self):
        # A fifth of cost 100 over two years is 20: union 12 + state 8; the bank's 30 are not public.
        s = scenario([site("sines", {"2027": 50, "2028": 50})], TIERS, fund={"least_public_share": 0.2})
        money = {"union/sines/main/2027": 12 * M, "state/sines/main/2028": 8 * M, "bank/sines/main/2027": 30 * M}
        assert_inside(s, plan(s, money), "F3", "fund")
        assert_outside(s, plan(s, {**money, "state/sines/main/2028": 5 * M}), "F3", "fund", "sines/main", 3.0)

    def test_the_candidates_own_share_replaces_the_funds(self):
        s = scenario(
            [site("sines", least_public_share=0.1), site("evora", least_public_share=0)],
            TIERS,
            fund={"least_public_share": 0.2},
        )
        assert_inside(s, plan(s, {"union/sines/main/2027": 10 * M}), "F3", "fund")
        assert_outside(s, plan(s, {"union/sines/main/2027": 9 * M}), "F3", "fund", "sines/main", 1.0)

    def test_a_fraction_asks_for_its_share(self):
        # y = 1/2 of cost 100: a fifth is 10.
        s = scenario([site("sines", least_public_share=0.2, divisible=True)], TIERS)
        half = {"sines/main": Fraction(1, 2)}
        assert_inside(s, plan(s, {"union/sines/main/2027": 10 * M}, half), "F3", "fund")
        assert_outside(s, plan(s, {"union/sines/main/2027": 9 * M}, half), "F3", "fund", "sines/main", 1.0)

    def test_no_cell_no_allowance(self):
        # A tenth of 10 euros is one, and nobody pays it.
        s = scenario([site("sines", {"2027": 0.00001}, least_public_share=0.1)], TIERS)
        assert assert_outside(s, plan(s), "F3", "fund", "sines/main", EURO).allowance == 0.0

    def test_one_euro_a_cell_is_allowed_and_two_beyond_are_not(self):
        # Two cells: 20 million less two euros is within, less four euros is not.
        s = scenario([site("sines", least_public_share=0.2)], TIERS)
        money = {"union/sines/main/2027": 10 * M, "state/sines/main/2027": 10 * M - 2}
        assert_allowed(s, plan(s, money), "F3", "fund", 2 / M, 2 / M)
        money["union/sines/main/2027"] -= 2
        assert_outside(s, plan(s, money), "F3", "fund", "sines/main", 4 / M)
