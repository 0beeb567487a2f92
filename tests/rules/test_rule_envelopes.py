"""B1, B2: how much each tier spends in all, and when. Optima worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import GIVE, SAVE, chosen, funded, paid, phase, scenario, site, solve, solve_infeasible, tier


class TestB1TierEnvelope:
    def test_B1_at_most_the_size(self):
        # 400 + 300 + 200 do not fit in 500: a alone is worth 10, b and c together 8.
        sites = [site("a", 400, 10), site("b", 300, 4), site("c", 200, 4)]
        assert chosen(solve(scenario(sites, [tier(size=500)]), 10)) == {"a"}
        assert chosen(solve(scenario(sites, [tier(size=900)]), 18)) == {"a", "b", "c"}

    def test_B1_each_tier_has_its_own(self):
        # a can only be the union's (60 left over), b only the state's.
        sites = [site("a", 100, country="PT"), site("b", 100, country="ES")]
        tiers = [tier("union", 160, eligible={"countries": ["PT"]}), tier("state", 99, eligible={"countries": ["ES"]})]
        assert chosen(solve(scenario(sites, tiers), 1)) == {"a"}

    def test_B1_unlimited_has_no_envelope(self):
        assert paid(solve(scenario([site("a", 1e6), site("b", 1e6)]), 2)) == 2e6

    def test_B1_at_least_must_be_spent(self):
        # Saving public money would spend none; the bounds ask for 60.
        a = site("a", pledge="unlimited", locked="in")
        assert paid(solve(scenario([a], [tier(size={"at_least": 60, "at_most": 90})], terms=[SAVE]), -60)) == 60

    def test_B1_at_least_chooses_the_costlier_site(self):
        # Both sites are worth 1 and only one is wanted; only b can take 150.
        sites = [site("a", 100, 5), site("b", 200, 1)]
        rule = {"kind": "count", "at_most": 1}
        assert chosen(solve(scenario(sites, [tier(size={"at_least": 150})], [rule]), 1)) == {"b"}

    def test_B1_at_least_more_than_anybody_can_take(self):
        solve_infeasible(scenario([site("a", 100)], [tier(size={"at_least": 101, "at_most": 200})]))

    def test_B1_a_size_of_zero_pays_nothing(self):
        solve(scenario([site("a")], [tier(size=0)]), 0)


PT_2028 = {"2028": 100}
THREE = [site("a", 100, 4), site("b", PT_2028, 2), site("c", PT_2028, 1)]


class TestB2Ceilings:
    def test_B2_carry_over_no(self):
        # 200 in 2027 and 100 in 2028: what 2027 leaves is lost, so 2028 pays b only.
        union = tier(size=300, annual_ceiling={"2027": 200, "2028": 100})
        assert chosen(solve(scenario(THREE, [union]), 6)) == {"a", "b"}

    def test_B2_carry_over_yes(self):
        # What 2027 leaves (100) pays c in 2028.
        union = tier(size=300, annual_ceiling={"2027": 200, "2028": 100}, carry_over=True)
        assert chosen(solve(scenario(THREE, [union]), 7)) == {"a", "b", "c"}

    def test_B2_carry_over_cumulates_and_stops_at_the_sum(self):
        # 250 by 2028: a and one of b, c; not both.
        union = tier(annual_ceiling={"2027": 150, "2028": 100}, carry_over=True)
        assert chosen(solve(scenario(THREE, [union]), 6)) == {"a", "b"}

    def test_B2_carry_over_lends_nothing_from_later_years(self):
        # 50 in 2027 cannot pay a, however much 2028 has.
        union = tier(annual_ceiling={"2027": 50, "2028": 1000}, carry_over=True)
        assert chosen(solve(scenario(THREE, [union]), 3)) == {"b", "c"}

    def test_B2_carry_over_reaches_across_years_without_a_cost(self):
        # 40 a year from 2025 on makes 120 by 2027, and 160 by 2028: a (100) leaves 60, too little for b.
        union = tier(annual_ceiling={"2025": 40, "2026": 40, "2027": 40, "2028": 40}, carry_over=True)
        horizon = {"first_year": 2025, "last_year": 2028}
        assert chosen(solve(scenario(THREE, [union], horizon=horizon), 4)) == {"a"}

    @pytest.mark.parametrize("carry_over", [False, True])
    def test_B2_a_missing_year_is_zero(self, carry_over):
        # 2027 is missing: nothing for a. 2028 has 100: b.
        union = tier(annual_ceiling={"2028": 100}, carry_over=carry_over)
        assert chosen(solve(scenario(THREE, [union]), 2)) == {"b"}

    def test_B2_span(self):
        # 100 over 2027 and 2028: a, the best of three. d in 2029 stands outside.
        sites = [*THREE, site("d", {"2029": 100}, 1)]
        union = tier(ceilings=[{"from": 2027, "to": 2028, "at_most": 100}])
        assert chosen(solve(scenario(sites, [union]), 5)) == {"a", "d"}

    def test_B2_spans_do_not_carry_over(self):
        # 300 in 2027 and 100 from 2028 to 2029, with carry_over said: spans do not cumulate, so b only of 2028.
        spans = [{"from": 2027, "to": 2027, "at_most": 300}, {"from": 2028, "to": 2029, "at_most": 100}]
        assert chosen(solve(scenario(THREE, [tier(ceilings=spans, carry_over=True)]), 6)) == {"a", "b"}

    def test_B2_span_and_year_both_hold(self):
        # The years would allow all three, the span two of them.
        union = tier(annual_ceiling={"2027": 100, "2028": 200}, ceilings=[{"from": 2027, "to": 2028, "at_most": 200}])
        assert chosen(solve(scenario(THREE, [union]), 6)) == {"a", "b"}

    def test_B2_a_span_without_limit_is_no_rule(self):
        union = tier(ceilings=[{"from": 2027, "to": 2028, "at_most": "unlimited"}])
        solve(scenario(THREE, [union]), 7)

    @pytest.mark.parametrize("basis, value", [("payments", 1), ("commitments", 0)])
    def test_B2_basis_by_year(self, basis, value):
        # 50 + 50 in the years of payment fit 60 a year; committed, all 100 are booked in 2027.
        union = tier(annual_ceiling={"2027": 60, "2028": 60}, ceiling_basis=basis)
        solve(scenario([site("a", {"2027": 50, "2028": 50})], [union]), value)

    @pytest.mark.parametrize("basis, value", [("payments", 0), ("commitments", 1)])
    def test_B2_basis_by_span(self, basis, value):
        # Nothing may be booked in 2028: committed, its 50 are booked in 2027, the first year with a cost above 0.
        union = tier(ceilings=[{"from": 2028, "to": 2028, "at_most": 0}, {"from": 2026, "to": 2026, "at_most": 0}])
        union["ceiling_basis"] = basis
        solve(scenario([site("a", {"2026": 0, "2027": 50, "2028": 50})], [union]), value)

    def test_B2_each_phase_is_committed_by_itself(self):
        # Phase 1 is booked in 2027, phase 2 in 2028: 100 each, although both are paid in 2028 in part.
        phases = [phase("p1", {"2027": 50, "2028": 50}), phase("p2", {"2028": 50, "2029": 50}, attributes={"extra": 1})]
        union = tier(annual_ceiling={"2027": 100, "2028": 100}, ceiling_basis="commitments")
        terms = [{"term": "attribute", "attribute": "extra"}]
        solve(scenario([site("a", phases=phases)], [union], terms=terms), 1)
        union["annual_ceiling"] = {"2027": 100, "2028": 99}
        solve(scenario([site("a", phases=phases)], [union], terms=terms), 0)

    def test_B2_carry_over_of_commitments(self):
        # 100 of 150 are booked in 2027; 50 carry over to 2028, where 100 are booked.
        sites = [site("a", {"2027": 50, "2028": 50}), site("b", {"2028": 10, "2029": 90})]
        union = tier(annual_ceiling={"2027": 150, "2028": 50}, ceiling_basis="commitments", carry_over=True)
        solve(scenario(sites, [union]), 2)
        union["carry_over"] = False
        solve(scenario(sites, [union]), 1)

    def test_B2_of_fractions(self):
        # 30 in 2027 and 60 in 2028: 0.3 of a; of b then 0.6. Points 3 + 6.
        sites = [site("a", 100, 10, divisible=True), site("b", PT_2028, 10, divisible=True)]
        result = solve(scenario(sites, [tier(annual_ceiling={"2027": 30, "2028": 60})]), 9)
        assert funded(result) == {"a": 0.3, "b": 0.6}

    def test_B2_others_pay_what_a_ceiling_keeps_back(self):
        # The union may pay 30 a year; the consortium pays the rest.
        a = site("a", {"2027": 50, "2028": 50}, pledge="unlimited")
        assert paid(solve(scenario([a], [tier(annual_ceiling={"2027": 30, "2028": 30})], terms=[GIVE]), 60)) == 60
