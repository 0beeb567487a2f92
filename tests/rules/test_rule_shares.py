"""S1–S7: shares of cost, matching, tickets, concentration, eligibility, awards. Optima worked by hand."""

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
    scenario,
    site,
    solve,
    solve_infeasible,
    tier,
)

IN = {"locked": "in", "pledge": "unlimited"}
"""A site that is funded in any case, whose consortium pays what nobody else does."""


class TestS1TierShareOfCost:
    def test_S1_at_most_its_share(self):
        assert paid(solve(scenario([site("a", **IN)], [tier(max_share_of_cost=0.17)], terms=[GIVE]), 17)) == 17

    def test_S1_of_private_tiers_too(self):
        # The bank may pay 40 %, the union has 50: nothing is built.
        tiers = [tier(size=50), loan(max_share_of_cost=0.4)]
        solve(scenario([site("a")], tiers), 0)
        tiers[1]["max_share_of_cost"] = 0.5
        solve(scenario([site("a")], tiers), 1)

    def test_S1_of_all_years_of_the_phase_together(self):
        # Half of 200 may all be paid in 2027: the share is of the phase, not of the year.
        union = tier(max_share_of_cost=0.5, annual_ceiling={"2027": 200, "2028": 0})
        solve(scenario([site("a", {"2027": 100, "2028": 100}, **IN)], [union], terms=[GIVE]), 100)

    def test_S1_phase_by_phase(self):
        # Nothing in 2028: half of phase 1 only, not half of the whole site.
        phases = [phase("p1", locked="in"), phase("p2", {"2028": 100}, locked="in")]
        union = tier(max_share_of_cost=0.5, annual_ceiling={"2027": 200, "2028": 0})
        solve(scenario([site("a", pledge="unlimited", phases=phases)], [union], terms=[GIVE]), 50)

    def test_S1_of_a_fraction(self):
        # 20 is 40 % of half of a; the consortium's 30 is the other 60 %.
        a = site("a", value=10, pledge=30, divisible=True)
        assert funded(solve(scenario([a], [tier(max_share_of_cost=0.4)]), 5)) == {"a": 0.5}


class TestS2PublicShareOfCost:
    def test_S2_at_most_all_public_tiers_together(self):
        # Union and state could pay 60 each: together 35. The bank is not public and pays on.
        tiers = [tier("union", 60), tier("state", 60), loan()]
        result = solve(scenario([site("a", locked="in")], tiers, terms=[GIVE], fund={"max_public_share": 0.35}), 35)
        assert paid(result, tier="bank") == 65

    def test_S2_the_candidates_own_share_replaces_the_funds(self):
        # a 35 % as the fund says, b 50 %, c 10 %, d without limit.
        sites = [site(c, **IN) for c in "abcd"]
        for c, share in (("b", 0.5), ("c", 0.1), ("d", "unlimited")):
            next(s for s in sites if s["id"] == c)["max_public_share"] = share
        result = solve(scenario(sites, terms=[GIVE], fund={"max_public_share": 0.35}), 35 + 50 + 10 + 100)
        assert [paid(result, candidate=c) for c in "abcd"] == [35, 50, 10, 100]

    def test_S2_a_candidates_own_share_without_one_of_the_fund(self):
        solve(scenario([site("a", max_public_share=0.2, **IN)], terms=[GIVE]), 20)

    def test_S2_phase_by_phase(self):
        phases = [phase("p1", locked="in"), phase("p2", {"2028": 100}, locked="in")]
        union = tier(annual_ceiling={"2027": 200, "2028": 0})
        a = site("a", pledge="unlimited", phases=phases)
        solve(scenario([a], [union], terms=[GIVE], fund={"max_public_share": 0.35}), 35)

    def test_S2_of_a_fraction(self):
        # The consortium's 13 is 65 % of a fifth of a.
        a = site("a", value=10, pledge=13, divisible=True)
        assert funded(solve(scenario([a], fund={"max_public_share": 0.35}), 2)) == {"a": 0.2}

    def test_S2_nothing_public_where_the_share_is_zero(self):
        solve(scenario([site("a", pledge=99)], fund={"max_public_share": 0}), 0)


GIVE_UNION = {"term": "public_money", "tier": "union", "sense": "maximise"}


def match(**keys):
    return {"matching": [{"id": "match", "tiers": ["state"], "of": ["union"], "at_least": 1, **keys}]}


class TestS3Matching:
    def test_S3_at_least_euro_for_euro(self):
        # The state has 30: the union gives no more.
        tiers = [tier("union"), tier("state", 30)]
        result = solve(scenario([site("a", **IN)], tiers, terms=[GIVE_UNION], fund=match()), 30)
        assert paid(result, tier="state") == 30

    @pytest.mark.parametrize("ratio, union", [(2, 15), (0.5, 60), (0, 70)])
    def test_S3_at_least_a_ratio(self, ratio, union):
        # 30 of the state match 30 / ratio of the union; with no ratio the cost less the state's own 30 stays.
        tiers = [tier("union"), tier("state", {"at_least": 30, "at_most": 30})]
        solve(scenario([site("a", **IN)], tiers, terms=[GIVE_UNION], fund=match(at_least=ratio)), union)

    def test_S3_more_than_the_match_is_fine(self):
        # The state may give more than the union: saving union money, it pays all.
        tiers = [tier("union"), tier("state")]
        result = solve(
            scenario([site("a")], tiers, terms=[{"term": "attribute", "attribute": "value"}, SAVE], fund=match())
        )
        assert paid(result) == 0  # a point is not worth 100 of public money
        result = solve(
            scenario([site("a", locked="in")], tiers, terms=[{"term": "public_money", "tier": "union"}], fund=match()),
            0,
        )
        assert paid(result, tier="state") == 100

    def test_S3_a_tier_that_may_not_pay_counts_as_nothing(self):
        # The state pays in PT only: in ES the union finds no match.
        tiers = [tier("union"), tier("state", eligible={"countries": ["PT"]})]
        sites = [site("a", country="PT", **IN), site("b", country="ES", **IN)]
        result = solve(scenario(sites, tiers, terms=[GIVE_UNION], fund=match()), 50)
        assert [paid(result, tier="union", candidate=c) for c in "ab"] == [50, 0]

    def test_S3_several_tiers_match_together_and_are_matched_together(self):
        # 10 + 20 match the 30 of union and facility together.
        tiers = [tier("union"), tier("facility"), tier("state-pt", 10), tier("state-es", 20)]
        fund = match(tiers=["state-pt", "state-es"], of=["union", "facility"])
        result = solve(scenario([site("a", **IN)], tiers, terms=[GIVE], fund=fund), 60)
        assert paid(result, tier="union") == 30 - paid(result, tier="facility").expected

    @pytest.mark.parametrize("by, union", [("phase", 50), ("candidate", 100)])
    def test_S3_by_phase_or_candidate(self, by, union):
        # The state pays phase 1 only. By phase: 50 + 50 there, nothing in phase 2. By candidate: the state pays all
        # 100 of phase 1, which match 100 of the union in phase 2.
        phases = [phase("p1", country="PT", locked="in"), phase("p2", country="ES", locked="in")]
        tiers = [tier("union"), tier("state", eligible={"countries": ["PT"]})]
        a = site("a", pledge="unlimited", phases=phases)
        solve(scenario([a], tiers, terms=[GIVE_UNION], fund=match(by=by)), union)

    def test_S3_candidates_do_not_match_each_other(self):
        tiers = [tier("union", eligible={"candidates": ["a"]}), tier("state", eligible={"candidates": ["b"]})]
        solve(scenario([site(c, **IN) for c in "ab"], tiers, terms=[GIVE_UNION], fund=match(by="candidate")), 0)


class TestS4Tickets:
    def test_S4_at_least_or_nothing(self):
        # Each needs 40 of public money, the least ticket is 50: 90 pays one, not two.
        sites = [site("a", value=2, pledge=60), site("b", pledge=60)]
        result = solve(scenario(sites, [tier(size=90, min_ticket=50)]), 2)
        assert chosen(result) == {"a"}
        assert paid(result) == 50
        solve(scenario(sites, [tier(size=90)]), 3)

    def test_S4_nothing_is_no_ticket(self):
        # a pays for itself: no ticket is forced on it.
        assert paid(solve(scenario([site("a", pledge=100)], [tier(min_ticket=50)]), 1)) == 0

    def test_S4_at_least_of_all_phases_together(self):
        # 30 in each of two phases make a ticket of 60.
        a = site("a", pledge=140, phases=[phase("p1", locked="in"), phase("p2", locked="in")])
        union = tier(max_share_of_cost=0.3, min_ticket=60)
        solve(scenario([a], [union], terms=[GIVE]), 60)
        union["min_ticket"] = 61
        solve_infeasible(scenario([a], [union], terms=[GIVE]))

    def test_S4_at_least_of_a_fraction(self):
        # 40 of budget would buy 0.4; a ticket of 50 is not to be had.
        a = site("a", value=10, divisible=True)
        solve(scenario([a], [tier(size=40, min_ticket=50)]), 0)
        solve(scenario([a], [tier(size=40, min_ticket=40)]), 4)

    @pytest.mark.parametrize("least", [0, 10])
    def test_S4_at_most(self, least):
        # 40 each, whether or not a least ticket is asked for.
        union = tier(min_ticket=least, max_ticket=40)
        result = solve(scenario([site("a", **IN), site("b", 30, **IN)], [union], terms=[GIVE]), 70)
        assert [paid(result, candidate=c) for c in "ab"] == [40, 30]

    def test_S4_at_most_of_all_phases_together(self):
        a = site("a", pledge="unlimited", phases=[phase("p1", locked="in"), phase("p2", locked="in")])
        solve(scenario([a], [tier(max_ticket=140)], terms=[GIVE]), 140)

    def test_S4_each_tier_has_its_own(self):
        # The union gives 60 or more, the state 30 or less: 70 + 30 is the only way for a; b has no way.
        tiers = [tier("union", min_ticket=60, max_ticket=70), tier("state", max_ticket=30)]
        result = solve(scenario([site("a"), site("b", 101)], tiers), 1)
        assert [paid(result, tier=k) for k in ("union", "state")] == [70, 30]

    def test_S4_a_ticket_beyond_the_size_is_never_given(self):
        solve(scenario([site("a", pledge=60)], [tier(size=50, min_ticket=60)]), 0)


class TestS5Concentration:
    def test_S5_at_most_of_the_money_allocated(self):
        # e(a) ≤ half of e(a) + e(b), and e(b) ≤ 100: 100 + 100.
        union = tier(concentration={"at_most": 0.5})
        result = solve(scenario([site("a", 300, **IN), site("b", 100, **IN)], [union], terms=[GIVE]), 200)
        assert paid(result, candidate="a") == 100

    def test_S5_at_most_of_the_size(self):
        # A quarter of 400, whatever is allocated.
        union = tier(size=400, concentration={"at_most": 0.25, "of": "size"})
        result = solve(scenario([site("a", 300, **IN), site("b", 50, **IN)], [union], terms=[GIVE]), 150)
        assert paid(result, candidate="a") == 100

    def test_S5_of_a_sized_tier_means_its_greatest_size(self):
        union = tier(size={"at_least": 10, "at_most": 200}, concentration={"at_most": 0.25, "of": "size"})
        solve(scenario([site("a", 300, **IN)], [union], terms=[GIVE]), 50)

    def test_S5_a_cap_below_one_over_the_takers_allows_nothing(self):
        # Two takers of at most 40 % cannot make up the whole.
        union = tier(concentration={"at_most": 0.4})
        solve(scenario([site(c, **IN) for c in "ab"], [union], terms=[GIVE]), 0)
        solve(scenario([site(c, **IN) for c in "abc"], [union], terms=[GIVE]), 300)

    def test_S5_of_all_phases_together(self):
        # Both phases of a count: 50 + 50 at most beside the 100 of b.
        a = site("a", pledge="unlimited", phases=[phase("p1", locked="in"), phase("p2", locked="in")])
        solve(scenario([a, site("b", 100, **IN)], [tier(concentration={"at_most": 0.5})], terms=[GIVE]), 200)

    def test_S5_each_tier_by_itself(self):
        # The union is held to 50 % by nobody else taking it; the state pays all.
        tiers = [tier("union", concentration={"at_most": 0.5}, eligible={"candidates": ["a"]}), tier("state")]
        result = solve(scenario([site("a"), site("b")], tiers, terms=[GIVE]), 200)
        assert paid(result, tier="union") == 0


class TestS6Eligibility:
    def test_S6_country(self):
        sites = [site("a", country="PT"), site("b", country="ES"), site("c")]
        assert chosen(solve(scenario(sites, [tier(eligible={"countries": ["PT"]})]), 1)) == {"a"}

    def test_S6_entries_are_alternatives(self):
        sites = [site("a", country="PT"), site("b", country="ES"), site("c", country="FR")]
        assert chosen(solve(scenario(sites, [tier(eligible={"countries": ["PT", "ES"]})]), 2)) == {"a", "b"}

    def test_S6_tag(self):
        sites = [site("a", tags=["lot-1", "cohesion"]), site("b", tags=["lot-2"]), site("c")]
        assert chosen(solve(scenario(sites, [tier(eligible={"tags": ["cohesion"]})]), 1)) == {"a"}

    def test_S6_candidate(self):
        assert chosen(solve(scenario([site(c) for c in "abc"], [tier(eligible={"candidates": ["b", "c"]})]), 2)) == {
            "b",
            "c",
        }

    def test_S6_keys_intersect(self):
        sites = [site("a", country="PT", tags=["x"]), site("b", country="PT"), site("c", country="ES", tags=["x"])]
        assert chosen(solve(scenario(sites, [tier(eligible={"countries": ["PT"], "tags": ["x"]})]), 1)) == {"a"}

    def test_S6_one_country_of_a_joint_bid_is_enough(self):
        sites = [site("a", country="FR", countries=["FR", "PT"]), site("b", country="FR")]
        assert chosen(solve(scenario(sites, [tier(eligible={"countries": ["PT"]})]), 1)) == {"a"}

    def test_S6_the_country_of_a_phase_replaces_the_candidates(self):
        # Phase 2 stands in ES, where the state may not pay, and phase 1 of b in PT, where it may.
        a = site(
            "a", country="PT", phases=[phase("p1"), phase("p2", country="ES", attributes={"value": 9})], value=None
        )
        b = site("b", country="ES", phases=[phase("p1", country="PT", attributes={"value": 1})], value=None)
        result = solve(scenario([a, b], [tier(eligible={"countries": ["PT"]})]), 1)
        assert funded(result) == {"b/p1": 1}

    def test_S6_only_that_tier(self):
        # The bank pays where the union may not.
        result = solve(scenario([site("a", country="ES")], [tier(eligible={"countries": ["PT"]}), loan()]), 1)
        assert (paid(result, tier="union"), paid(result, tier="bank")) == (0, 100)


def award(**keys):
    return {"kind": "award", **keys}


class TestS7Awards:
    def test_S7_at_most_of_each_candidate(self):
        rule = award(at_most=40)
        result = solve(scenario([site("a", **IN), site("b", 30, **IN)], [tier()], [rule], [GIVE]), 70)
        assert [paid(result, candidate=c) for c in "ab"] == [40, 30]

    def test_S7_at_most_a_share_of_cost(self):
        result = solve(
            scenario([site("a", **IN), site("b", 30, **IN)], [tier()], [award(at_most_share=0.2)], [GIVE]), 26
        )
        assert [paid(result, candidate=c) for c in "ab"] == [20, 6]

    def test_S7_the_tighter_of_two_bounds(self):
        # a: min(15, 20); b: min(15, 6).
        rule = award(at_most=15, at_most_share=0.2)
        solve(scenario([site("a", **IN), site("b", 30, **IN)], [tier()], [rule], [GIVE]), 21)

    def test_S7_at_least_where_funded(self):
        # Saving public money, a takes 40, and b, which is not funded, nothing.
        sites = [site("a", pledge="unlimited"), site("b", pledge="unlimited", locked="out")]
        result = solve(scenario(sites, [tier()], [award(at_least=40)]), 1)
        assert paid(result) == 40

    def test_S7_at_least_a_share_of_cost(self):
        result = solve(
            scenario([site("a", **IN), site("b", 30, **IN)], [tier()], [award(at_least_share=0.2)], [LEVER]), 104
        )
        assert [paid(result, candidate=c) for c in "ab"] == [20, 6]

    def test_S7_at_least_the_larger_of_two_bounds(self):
        # a: max(15, 20); b: max(15, 6).
        rule = award(at_least=15, at_least_share=0.2)
        solve(scenario([site("a", **IN), site("b", 30, **IN)], [tier()], [rule], [LEVER]), 80 + 15)

    def test_S7_at_least_keeps_out_where_the_tier_may_not_pay(self):
        # Nobody may give b the least award.
        sites = [site("a", country="PT", pledge="unlimited"), site("b", country="ES", pledge="unlimited")]
        union = tier(eligible={"countries": ["PT"]})
        assert chosen(solve(scenario(sites, [union], [award(at_least=1)]), 1)) == {"a"}

    def test_S7_named_tiers(self):
        # Only the union's money is limited; absent, all public tiers' together, and no private tier's.
        tiers = [tier("union"), tier("state", 30), loan("bank", 10)]
        a = site("a", **IN)
        solve(scenario([a], tiers, [award(tiers=["union"], at_most=40)], [GIVE]), 70)
        solve(scenario([a], tiers, [award(at_most=40)], [GIVE]), 40)
        solve(scenario([a], tiers, [award(tiers=["bank"], at_most=4)], [LEVER, GIVE]), 100)
        give_bank = {"term": "private_money", "tier": "bank"}
        solve(scenario([a], tiers, [award(tiers=["bank"], at_most=4)], [give_bank]), 4)

    def test_S7_listed_phases(self):
        phases = [phase("p1", locked="in"), phase("p2", locked="in")]
        a = site("a", pledge="unlimited", phases=phases)
        solve(scenario([a], [tier()], [award(at_most=40, phases=["p1"])], [GIVE]), 140)
        solve(scenario([a], [tier()], [award(at_most=40)], [GIVE]), 80)
        solve(scenario([a, site("b", **IN)], [tier()], [award(at_most=40, phases=["p1", "main"])], [GIVE]), 180)

    def test_S7_only_the_group(self):
        sites = [site("a", tags=["lot-1"], **IN), site("b", **IN)]
        solve(scenario(sites, [tier()], [award(at_most=40, of={"tags": ["lot-1"]})], [GIVE]), 140)

    def test_S7_the_group_by_the_country_of_the_phase(self):
        phases = [phase("p1", country="ES", locked="in"), phase("p2", locked="in")]
        a = site("a", country="PT", pledge="unlimited", phases=phases)
        solve(scenario([a], [tier()], [award(at_most=40, of={"countries": ["ES"]})], [GIVE]), 140)

    def test_S7_of_a_fraction(self):
        # 13 of pledge is what a limit of 87 y leaves to pay of 100 y: all of it.
        a = site("a", value=10, pledge=6.5, divisible=True)
        result = solve(scenario([a], [tier()], [award(at_most=87)]), 5)
        assert funded(result) == {"a": 0.5}

    def test_S7_at_least_of_a_fraction(self):
        # The union's 20 is the least award, 40 y, of half.
        a = site("a", value=10, pledge="unlimited", divisible=True)
        assert funded(solve(scenario([a], [tier(size=20)], [award(at_least=40)]), 5)) == {"a": 0.5}

    def test_S7_per_country(self):
        # a and b share PT's 120; c has ES's own.
        sites = [site("a", country="PT", **IN), site("b", country="PT", **IN), site("c", country="ES", **IN)]
        solve(scenario(sites, [tier()], [award(at_most=120, per="country")], [GIVE]), 220)

    def test_S7_per_country_a_joint_bid_counts_in_full_in_each(self):
        # a's 100 leaves 20 for b in PT and 20 for c in ES; without a 100 + 100 would do: a takes 20.
        sites = [site("a", country="PT", countries=["PT", "ES"], **IN)]
        sites += [site("b", country="PT", **IN), site("c", country="ES", **IN)]
        result = solve(scenario(sites, [tier()], [award(at_most=120, per="country")], [GIVE]), 220)
        assert [paid(result, candidate=c) for c in "abc"] == [20, 100, 100]

    def test_S7_per_country_by_the_country_of_the_phase(self):
        # Phase 2 stands in ES, beside b.
        phases = [phase("p1", locked="in"), phase("p2", country="ES", locked="in")]
        sites = [site("a", country="PT", pledge="unlimited", phases=phases), site("b", country="ES", **IN)]
        solve(scenario(sites, [tier()], [award(at_most=120, per="country")], [GIVE]), 220)
        solve(scenario(sites, [tier()], [award(at_most=120, per="country", phases=["p2"])], [GIVE]), 300)
