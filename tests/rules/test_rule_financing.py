"""F1–F3: sources equal uses, what consortia give, what the public gives. Optima worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import (
    GIVE,
    LEVER,
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


class TestF1SourcesEqualUses:
    def test_F1_every_euro_of_cost_is_paid_in_its_year(self):
        # 60 in 2027 and 40 in 2028, of which the consortium has 30: the union pays 70.
        result = solve(scenario([site("a", {"2027": 60, "2028": 40}, pledge=30)], [tier(size=80)]), 1)
        assert paid(result) == 70
        assert pledged(result) == 30
        for year, cost in ((2027, 60), (2028, 40)):
            of_tier = sum(cell.amount for cell in result.money if cell.year == year)
            assert pledged(result, year=year) == cost - of_tier

    def test_F1_money_of_one_year_does_not_pay_the_next(self):
        # The consortium could pay the whole, the union only 2027: maximise its money. It pays 2027's 60, not 80.
        a = site("a", {"2027": 60, "2028": 40}, pledge=100)
        result = solve(scenario([a], [tier(size=80, annual_ceiling={"2027": 80, "2028": 0})], terms=[GIVE]), 60)
        assert pledged(result, year=2028) == 40

    def test_F1_a_fraction_costs_a_fraction(self):
        # 30 of 100 buys 0.3 of 10 points.
        result = solve(scenario([site("a", value=10, divisible=True)], [tier(size=30)]), 3)
        assert funded(result) == {"a": 0.3}
        assert paid(result) == 30

    def test_F1_sources_do_not_exceed_uses(self):
        # Maximising money paid cannot pay more than the cost.
        assert paid(solve(scenario([site("a", 100)], terms=[GIVE]), 100)) == 100

    def test_F1_nobody_pays_so_nobody_is_funded(self):
        solve_infeasible(scenario([site("a", locked="in")], [tier(size=99)]))

    def test_F1_no_cost_needs_no_money(self):
        result = solve(scenario([site("a", {}), site("b", 0)], []), 2)
        assert chosen(result) == {"a", "b"}

    def test_F1_several_tiers_share_one_candidate(self):
        # 60 + 30 + 10 pays 100 exactly; each is needed.
        tiers = [tier("union", 60), tier("state", 30), loan("bank", 10)]
        result = solve(scenario([site("a"), site("b", 1, value=0.5)], tiers), 1)
        assert [paid(result, tier=name) for name in ("union", "state", "bank")] == [60, 30, 10]

    def test_F1_costs_finer_than_a_euro_are_rounded(self):
        # 0.7 euros beyond 100 million: either whole number of euros is within the allowance, which is below one euro.
        result = solve(scenario([site("a", 100.0000007)]), 1)
        assert result.certificate is not None
        line = next(check for check in result.certificate.rules if check.label == "F1")
        assert line.violation <= line.allowance < 1e-6

    def test_F1_thirds_are_paid_in_whole_euros(self):
        # 10 over 30 is a third of each year's 10; every cell is whole and the envelope is met to the euro.
        a = site("a", {"2027": 10, "2028": 10, "2029": 10}, divisible=True)
        result = solve(scenario([a], [tier(size=10)]), 1 / 3)
        assert sorted(round(cell.amount * 1e6) for cell in result.money) == [3333333, 3333333, 3333334]


class TestF2ConsortiumMoney:
    @pytest.mark.parametrize("pledge, taken", [(50, {"a"}), (49, set())])
    def test_F2_at_most_the_pledge(self, pledge, taken):
        # The union has 50 of 100.
        assert chosen(solve(scenario([site("a", pledge=pledge)], [tier(size=50)]))) == taken

    def test_F2_one_pledge_for_all_phases(self):
        # 120 pays phase 1 and 20 of phase 2; the union's 70 is 10 short of the other 80.
        a = site("a", value=None, pledge=120, phases=[phase(f"p{n}", attributes={"value": n}) for n in (1, 2)])
        assert funded(solve(scenario([a], [tier(size=70)]), 1)) == {"a/p1": 1}
        assert funded(solve(scenario([a], [tier(size=80)]), 3)) == {"a/p1": 1, "a/p2": 1}

    def test_F2_at_least_the_funds_share(self):
        # A quarter of 100 must be the consortium's, however much the union wants to pay.
        assert (
            pledged(solve(scenario([site("a", pledge=100)], terms=[GIVE], fund={"least_private_share": 0.25}), 75))
            == 25
        )

    def test_F2_at_least_phase_by_phase(self):
        # All of the 50 must not go to phase 1: a quarter of each phase. The union cannot pay 2028 at all, so phase 2 is
        # the consortium's 100, and phase 1 gets its 25: maximise union money.
        a = site("a", pledge=130, phases=[phase("p1", 100, locked="in"), phase("p2", {"2028": 100}, locked="in")])
        union = tier(annual_ceiling={"2027": 100, "2028": 0})
        result = solve(scenario([a], [union], terms=[GIVE], fund={"least_private_share": 0.25}), 75)
        assert pledged(result, phase="p1") == 25

    def test_F2_private_tiers_are_no_consortium(self):
        # The bank could pay all; a fifth must be pledged, and nothing is.
        solve(scenario([site("a")], [loan()], fund={"least_private_share": 0.2}), 0)
        solve(scenario([site("a")], [loan()]), 1)

    def test_F2_the_candidates_own_share_replaces_the_funds(self):
        # a gives 10 % although the fund asks 50 %, b 50 %, c 80 %.
        sites = [
            site("a", pledge=100, least_private_share=0.1),
            site("b", pledge=100),
            site("c", pledge=100, least_private_share=0.8),
        ]
        result = solve(scenario(sites, terms=[GIVE], fund={"least_private_share": 0.5}), 90 + 50 + 20)
        assert [pledged(result, candidate=c) for c in "abc"] == [10, 50, 80]

    def test_F2_of_a_fraction(self):
        # Half of a is what 45 union + at least 10 % consortium can pay: y with 0.9 · 100 y = 45.
        a = site("a", value=10, pledge=5, divisible=True)
        result = solve(scenario([a], [tier(size=60)], fund={"least_private_share": 0.1}), 5)
        assert funded(result) == {"a": 0.5}


class TestF3FundingGap:
    def test_F3_at_least_the_funds_share(self):
        # The consortium would pay all; 30 % must be public.
        result = solve(scenario([site("a", pledge="unlimited")], terms=[LEVER], fund={"least_public_share": 0.3}), 70)
        assert paid(result) == 30

    def test_F3_private_tiers_are_not_public(self):
        # The bank pays 70 at most, the consortium nothing: the union pays 30, not 0.
        result = solve(scenario([site("a")], [tier(), loan()], terms=[LEVER], fund={"least_public_share": 0.3}), 70)
        assert paid(result, tier="union") == 30
        assert paid(result, tier="bank") == 70

    def test_F3_public_tiers_count_together(self):
        # 20 + 10 makes 30; with 9 the gap stays open and nothing is funded.
        fund = {"least_public_share": 0.3}
        a = site("a", pledge="unlimited")
        solve(scenario([a], [tier("union", 20), tier("state", 10)], fund=fund), 1)
        solve(scenario([a], [tier("union", 20), tier("state", 9)], fund=fund), 0)

    def test_F3_the_candidates_own_share_replaces_the_funds(self):
        # 0 of a, 30 of b, 60 of c.
        sites = [site(c, pledge="unlimited") for c in "abc"]
        sites[0]["least_public_share"] = 0
        sites[2]["least_public_share"] = 0.6
        result = solve(scenario(sites, terms=[LEVER], fund={"least_public_share": 0.3}), 100 + 70 + 40)
        assert [paid(result, candidate=c) for c in "abc"] == [0, 30, 60]

    def test_F3_phase_by_phase(self):
        # The union pays 2027 only: phase 2 in 2028 would be without public money.
        phases = [phase("p1", attributes={"value": 1}), phase("p2", {"2028": 100}, attributes={"value": 1})]
        a = site("a", value=None, pledge="unlimited", phases=phases)
        union = tier(annual_ceiling={"2027": 500, "2028": 0})
        assert funded(solve(scenario([a], [union], fund={"least_public_share": 0.3}), 1)) == {"a/p1": 1}

    def test_F3_of_a_fraction(self):
        # 15 of public money is 30 % of half of a.
        a = site("a", value=10, pledge="unlimited", divisible=True)
        assert funded(solve(scenario([a], [tier(size=15)], fund={"least_public_share": 0.3}), 5)) == {"a": 0.5}
