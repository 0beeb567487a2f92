"""B1 and B2: a point inside and a point outside, worked by hand."""

from __future__ import annotations

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

SINES = site("sines", {"2026": 100, "2027": 100, "2028": 100})


def spent(*by_year):
    """Money of the union to sines in 2026, 2027, 2028 [EUR million]."""
    return {f"union/sines/main/{2026 + i}": amount * M for i, amount in enumerate(by_year)}


class TestB1:
    def test_at_most(self):
        s = scenario([SINES, site("evora")], [tier(size=50), tier("state", size=10)])
        check = assert_inside(s, plan(s, {**spent(20, 20), "union/evora/main/2027": 10 * M}), "B1", "union")
        assert (check.unit, check.allowance) == ("EUR million", 0.0)
        assert_outside(s, plan(s, {**spent(20, 20), "union/evora/main/2027": 12 * M}), "B1", "union", "", 2.0)

    def test_not_one_euro_beyond(self):
        s = scenario([SINES], [tier(size=50)])
        money = spent(50)
        money["union/sines/main/2027"] = 1
        assert_outside(s, plan(s, money), "B1", "union", "", EURO)

    def test_at_least(self):
        s = scenario([SINES], [tier(size={"at_least": 30, "at_most": "unlimited"})])
        assert_inside(s, plan(s, spent(30)), "B1", "union")
        assert_outside(s, plan(s, spent(20)), "B1", "union", "", 10.0)

    def test_a_size_that_is_not_whole_euros(self):
        # 0.0000025 million is 2.5 euros, asked for both ways: 2 euros is all that whole euros can do.
        s = scenario([SINES], [tier(size={"at_least": 0.0000025, "at_most": 0.0000025})])
        assert_allowed(s, plan(s, {"union/sines/main/2026": 2}), "B1", "union", 0.5 / M, 0.5 / M)
        assert_outside(s, plan(s, {"union/sines/main/2026": 3}), "B1", "union", "", 0.5 / M)
        assert_outside(s, plan(s, {"union/sines/main/2026": 1}), "B1", "union", "", 1.5 / M)

    def test_an_unlimited_tier_has_its_line(self):
        s = scenario([SINES])
        assert_inside(s, plan(s, spent(100, 100, 100)), "B1", "union")


class TestB2:
    def test_annual_ceilings(self):
        s = scenario([SINES], [tier(annual_ceiling={"2026": 40, "2027": 60, "2028": 0})])
        check = assert_inside(s, plan(s, spent(40, 60)), "B2", "union")
        assert (check.checked, check.unit, check.allowance) == (3, "EUR million", 0.0)
        assert_outside(s, plan(s, spent(40, 61)), "B2", "union", "2027", 1.0)

    def test_what_a_tier_pays_in_a_year_is_the_sum_over_sites_and_phases(self):
        phases = [phase("one", {"2026": 30}), phase("two", {"2026": 40, "2027": 50})]
        s = scenario([SINES, site("evora", phases=phases)], [tier(annual_ceiling={"2026": 60, "2027": 60})])
        money = spent(20, 30)
        money |= {"union/evora/one/2026": 15 * M, "union/evora/two/2026": 25 * M, "union/evora/two/2027": 30 * M}
        assert_inside(s, plan(s, money), "B2", "union")
        assert_outside(s, plan(s, money | {"union/evora/one/2026": 17 * M}), "B2", "union", "2026", 2.0)
        assert_outside(s, plan(s, money | spent(20, 33)), "B2", "union", "2027", 3.0)
        # As commitments all of a phase counts in its first year, over all its years and all sites: 50 + 15 + 55.
        booked = scenario(
            [SINES, site("evora", phases=phases)],
            [tier(annual_ceiling={"2026": 120}, ceiling_basis="commitments")],
        )
        assert_inside(booked, plan(booked, money), "B2", "union")
        assert_outside(booked, plan(booked, money | spent(20, 34)), "B2", "union", "2026", 4.0)

    def test_a_missing_year_is_zero(self):
        s = scenario([SINES], [tier(annual_ceiling={"2026": 40})])
        assert assert_outside(s, plan(s, spent(40, 1)), "B2", "union", "2027", 1.0).checked == 3

    def test_nothing_is_carried_over_unless_asked(self):
        s = scenario([SINES], [tier(annual_ceiling={"2026": 40, "2027": 60})])
        assert_outside(s, plan(s, spent(10, 90)), "B2", "union", "2027", 30.0)

    def test_carry_over_goes_forward_only(self):
        # Until 2027: 40 + 60 = 100. Spent 10 + 90 is within; in 2026 itself 41 is not, whatever is left for 2027.
        s = scenario([SINES], [tier(annual_ceiling={"2026": 40, "2027": 60}, carry_over=True)])
        assert_inside(s, plan(s, spent(10, 90)), "B2", "union")
        assert_inside(s, plan(s, spent(10, 20, 70)), "B2", "union")
        assert_outside(s, plan(s, spent(10, 91)), "B2", "union", "2027", 1.0)
        assert_outside(s, plan(s, spent(41, 1)), "B2", "union", "2026", 1.0)

    def test_carry_over_passes_through_years_without_money_or_ceiling(self):
        # Until 2028: 40 + 0 + 0.000001 = 40 and one euro, of which 10 are spent in 2026.
        s = scenario([SINES], [tier(annual_ceiling={"2026": 40, "2028": 0.000001}, carry_over=True)])
        money = {"union/sines/main/2026": 10 * M, "union/sines/main/2028": 30 * M + 1}
        assert_inside(s, plan(s, money), "B2", "union")
        money["union/sines/main/2028"] += 1
        assert_outside(s, plan(s, money), "B2", "union", "2028", EURO)

    def test_the_horizon_says_which_years_are_checked(self):
        s = scenario([SINES], [tier(annual_ceiling={"2026": 40})], horizon={"first_year": 2026, "last_year": 2033})
        assert assert_inside(s, plan(s, spent(40)), "B2", "union").checked == 8

    def test_spans(self):
        # 2026 and 2027 together at most 50; 2028 has room of its own.
        ceilings = [{"from": 2026, "to": 2027, "at_most": 50}, {"from": 2028, "to": 2033, "at_most": 80}]
        s = scenario([SINES], [tier(ceilings=ceilings)])
        assert_inside(s, plan(s, spent(20, 30, 80)), "B2", "union")
        assert_outside(s, plan(s, spent(20, 33, 80)), "B2", "union", "2026-2027", 3.0)
        assert_outside(s, plan(s, spent(20, 30, 84)), "B2", "union", "2028-2033", 4.0)

    def test_spans_do_not_carry_over(self):
        ceilings = [{"from": 2026, "to": 2027, "at_most": 50}, {"from": 2028, "to": 2033, "at_most": 80}]
        s = scenario([SINES], [tier(ceilings=ceilings, carry_over=True)])
        assert_outside(s, plan(s, spent(0, 0, 90)), "B2", "union", "2028-2033", 10.0)

    def test_commitments_are_booked_in_the_first_year_with_a_cost(self):
        # Phase 2 costs nothing in 2026, so all its 50, paid in 2027 and 2028, are committed in 2027.
        phases = [phase("phase-1", {"2026": 30}), phase("phase-2", {"2026": 0, "2027": 100, "2028": 100})]
        money = {"union/sines/phase-1/2026": 10 * M}
        money |= {"union/sines/phase-2/2027": 20 * M, "union/sines/phase-2/2028": 30 * M}
        sines = [site("sines", phases=phases)]
        s = scenario(sines, [tier(ceiling_basis="commitments", annual_ceiling={"2026": 10, "2027": 50})])
        assert_inside(s, plan(s, money), "B2", "union")
        s = scenario(sines, [tier(ceiling_basis="commitments", annual_ceiling={"2026": 10, "2027": 45})])
        assert_outside(s, plan(s, money), "B2", "union", "2027", 5.0)

    def test_commitments_of_a_phase_that_costs_nothing_have_no_year(self):
        s = scenario([site("sines", {})], [tier(ceiling_basis="commitments", annual_ceiling={"2026": 10})])
        assert_outside(s, plan(s, {"union/sines/main/2026": 20 * M}), "F1", "fund", "sines/main/2026", 20.0)

    def test_commitments_in_spans(self):
        spans = [{"from": 2027, "to": 2027, "at_most": 10}]
        s = scenario([site("sines", {"2026": 100, "2027": 100})], [tier(ceilings=spans, ceiling_basis="commitments")])
        assert_inside(s, plan(s, {"union/sines/main/2027": 90 * M}), "B2", "union")
        s = scenario([site("sines", {"2027": 100, "2028": 100})], [tier(ceilings=spans, ceiling_basis="commitments")])
        assert_outside(s, plan(s, {"union/sines/main/2028": 90 * M}), "B2", "union", "2027-2027", 80.0)

    def test_each_tier_has_its_own_line(self):
        tiers = [tier(annual_ceiling={"2026": 40}), tier("state", annual_ceiling={"2026": 5}), tier("eib")]
        s = scenario([SINES], tiers)
        money = {**spent(40), "state/sines/main/2026": 6 * M, "eib/sines/main/2027": 50 * M}
        assert_outside(s, plan(s, money), "B2", "state", "2026", 1.0)
        assert set(lines(certify(s, plan(s, money)), "B2")) == {"union", "state"}

    @pytest.mark.parametrize("keys", [{}, {"ceilings": [{"from": 2026, "to": 2027, "at_most": "unlimited"}]}])
    def test_no_ceiling_is_no_rule(self, keys):
        s = scenario([SINES], [tier(**keys)])
        assert lines(certify(s, plan(s, spent(100))), "B2") == {}
