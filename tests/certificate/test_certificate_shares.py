"""S1 to S7: a point inside and a point outside, worked by hand."""

from __future__ import annotations

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

TWO_PHASES = [phase("phase-1", {"2027": 100}), phase("phase-2", {"2028": 200, "2029": 200})]


def award(**keys):
    return {"id": "award", "kind": "award", **keys}


class TestS1:
    def test_over_the_years_of_each_phase(self):
        # 17 % of 100 is 17; of 400 it is 68, all of which may come in one year.
        s = scenario([site("sines", phases=TWO_PHASES)], [tier(max_share_of_cost=0.17)])
        money = {"union/sines/phase-1/2027": 17 * M, "union/sines/phase-2/2029": 68 * M}
        assert assert_inside(s, plan(s, money), "S1", "union").checked == 2
        money = {"union/sines/phase-1/2027": 20 * M, "union/sines/phase-2/2029": 60 * M}
        assert_outside(s, plan(s, money), "S1", "union", "sines/phase-1", 3.0)

    def test_one_euro_a_cell_is_allowed_and_two_beyond_are_not(self):
        s = scenario([site("sines", {"2027": 100, "2028": 100})], [tier(max_share_of_cost=0.17)])
        money = {"union/sines/main/2027": 17 * M + 1, "union/sines/main/2028": 17 * M + 1}
        assert_allowed(s, plan(s, money), "S1", "union", 2 / M, 2 / M)
        money["union/sines/main/2028"] += 2
        assert_outside(s, plan(s, money), "S1", "union", "sines/main", 4 / M)

    def test_a_fraction_has_its_share_of_the_cost(self):
        # 17 % of 100 · 3/4 is 12.75.
        s = scenario([site("sines", divisible=True)], [tier(max_share_of_cost=0.17)])
        y = {"sines/main": Fraction(3, 4)}
        assert_inside(s, plan(s, {"union/sines/main/2027": 12_750_000}, y), "S1", "union")
        assert_outside(s, plan(s, {"union/sines/main/2027": 13 * M}, y), "S1", "union", "sines/main", 0.25)

    def test_the_share_is_the_decimal_that_is_written(self):
        # As a double 0.07 · 100 is 7.000000000000001; as written it is 7.
        s = scenario([site("sines")], [tier(max_share_of_cost=0.07)])
        assert_inside(s, plan(s, {"union/sines/main/2027": 7 * M}), "S1", "union")

    def test_all_of_the_cost_is_no_rule(self):
        s = scenario([site("sines")])
        assert lines(certify(s, plan(s)), "S1") == {}


PUBLIC_AND_PRIVATE = [tier("union"), tier("state"), tier("bank", public=False)]


class TestS2:
    def test_all_public_tiers_together(self):
        # At most 35 of 100: union 20 + state 15; the bank's money is private.
        s = scenario([site("sines")], PUBLIC_AND_PRIVATE, fund={"max_public_share": 0.35})
        money = {"union/sines/main/2027": 20 * M, "state/sines/main/2027": 15 * M, "bank/sines/main/2027": 60 * M}
        assert_inside(s, plan(s, money), "S2", "fund")
        money["state/sines/main/2027"] = 17 * M
        assert_outside(s, plan(s, money), "S2", "fund", "sines/main", 2.0)

    def test_the_candidates_own_share_replaces_the_funds(self):
        candidates = [site("sines", max_public_share=0.5), site("evora"), site("beja", max_public_share="unlimited")]
        s = scenario(candidates, PUBLIC_AND_PRIVATE, fund={"max_public_share": 0.35})
        money = {"union/sines/main/2027": 50 * M, "union/evora/main/2027": 35 * M, "union/beja/main/2027": 100 * M}
        assert assert_inside(s, plan(s, money), "S2", "fund").checked == 2
        money["union/evora/main/2027"] = 36 * M
        assert_outside(s, plan(s, money), "S2", "fund", "evora/main", 1.0)

    def test_one_euro_a_cell_is_allowed_and_two_beyond_are_not(self):
        s = scenario([site("sines")], PUBLIC_AND_PRIVATE, fund={"max_public_share": 0.35})
        assert_allowed(s, plan(s, {"union/sines/main/2027": 35 * M + 1}), "S2", "fund", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 35 * M + 2}), "S2", "fund", "sines/main", 2 / M)


UNION_AND_STATES = [
    tier("union"),
    tier("state-pt", eligible={"countries": ["PT"]}),
    tier("state-es", eligible={"countries": ["ES"]}),
]


class TestS3:
    def scenario(self, candidates, **keys):
        rule = {"id": "match", "tiers": ["state-pt", "state-es"], "of": ["union"], "at_least": 1, **keys}
        return scenario(candidates, UNION_AND_STATES, fund={"matching": [rule]})

    def test_by_phase(self):
        s = self.scenario([site("sines", phases=TWO_PHASES)])
        money = {"union/sines/phase-1/2027": 20 * M, "state-pt/sines/phase-1/2027": 20 * M}
        money |= {"union/sines/phase-2/2028": 30 * M, "state-pt/sines/phase-2/2029": 30 * M}
        assert assert_inside(s, plan(s, money), "S3", "match").checked == 2
        money |= {"state-pt/sines/phase-1/2027": 15 * M, "state-pt/sines/phase-2/2029": 35 * M}
        assert_outside(s, plan(s, money), "S3", "match", "sines/phase-1", 5.0)

    def test_by_candidate(self):
        # The same 15 and 35 against 20 and 30: 50 against 50.
        s = self.scenario([site("sines", phases=TWO_PHASES)], by="candidate")
        money = {"union/sines/phase-1/2027": 20 * M, "state-pt/sines/phase-1/2027": 15 * M}
        money |= {"union/sines/phase-2/2028": 30 * M, "state-pt/sines/phase-2/2029": 35 * M}
        assert assert_inside(s, plan(s, money), "S3", "match").checked == 1
        money["state-pt/sines/phase-2/2029"] = 34 * M
        assert_outside(s, plan(s, money), "S3", "match", "sines", 1.0)

    def test_where_no_state_may_pay_the_union_may_not_either(self):
        # In France neither state may pay, so both count as 0 and the union's 20 lack 20.
        s = self.scenario([site("lyon", country="FR"), site("sines")])
        money = {"union/sines/main/2027": 10 * M, "state-pt/sines/main/2027": 10 * M}
        assert_inside(s, plan(s, money), "S3", "match")
        money["union/lyon/main/2027"] = 20 * M
        assert_outside(s, plan(s, money), "S3", "match", "lyon/main", 20.0)

    def test_the_ratio(self):
        # Half a euro of the state for each of the union: 10 for 20.
        s = self.scenario([site("sines")], at_least=0.5)
        money = {"union/sines/main/2027": 20 * M, "state-pt/sines/main/2027": 10 * M}
        assert_inside(s, plan(s, money), "S3", "match")
        money["state-pt/sines/main/2027"] = 9 * M
        assert_outside(s, plan(s, money), "S3", "match", "sines/main", 1.0)

    def test_one_euro_a_cell_is_allowed_weighted_by_the_ratio(self):
        # Two for one: a cell of the state (1 euro) and one of the union (2 euros) make an allowance of 3 euros.
        s = self.scenario([site("sines")], at_least=2)
        money = {"union/sines/main/2027": 10 * M, "state-pt/sines/main/2027": 20 * M - 3}
        assert_allowed(s, plan(s, money), "S3", "match", 3 / M, 3 / M)
        money["state-pt/sines/main/2027"] -= 2
        assert_outside(s, plan(s, money), "S3", "match", "sines/main", 5 / M)

    def test_a_ratio_below_one_takes_nothing_from_the_allowance(self):
        s = self.scenario([site("sines")], at_least=0.5)
        money = {"union/sines/main/2027": 20 * M, "state-pt/sines/main/2027": 10 * M - 2}
        assert_allowed(s, plan(s, money), "S3", "match", 2 / M, 2 / M)

    def test_no_cell_no_allowance(self):
        # One euro of the union, none of the state: the union's cell alone makes the allowance.
        s = self.scenario([site("sines")])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 1}), "S3", "match", EURO, EURO)


class TestS4:
    def test_the_least_ticket_counts_all_phases_and_years(self):
        s = scenario([site("sines", phases=TWO_PHASES), site("evora")], [tier(min_ticket=50)])
        money = {"union/sines/phase-1/2027": 20 * M, "union/sines/phase-2/2029": 30 * M}
        assert assert_inside(s, plan(s, money), "S4", "union").checked == 2
        money["union/sines/phase-2/2029"] = 20 * M
        assert_outside(s, plan(s, money), "S4", "union", "sines", 10.0)

    def test_a_stray_euro_is_a_ticket_far_too_small(self):
        s = scenario([site("sines")], [tier(min_ticket=50)])
        assert_outside(s, plan(s, {"union/sines/main/2027": 1}), "S4", "union", "sines", 49.999999)

    def test_the_greatest_ticket(self):
        s = scenario([site("sines", phases=TWO_PHASES)], [tier(max_ticket=60)])
        money = {"union/sines/phase-1/2027": 20 * M, "union/sines/phase-2/2029": 40 * M}
        assert_inside(s, plan(s, money), "S4", "union")
        money["union/sines/phase-2/2029"] = 45 * M
        assert_outside(s, plan(s, money), "S4", "union", "sines", 5.0)

    def test_one_euro_a_cell_is_allowed_and_two_beyond_are_not(self):
        s = scenario([site("sines")], [tier(min_ticket=50, max_ticket=60)])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 50 * M - 1}), "S4", "union", EURO, EURO)
        assert_allowed(s, plan(s, {"union/sines/main/2027": 60 * M + 1}), "S4", "union", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 50 * M - 3}), "S4", "union", "sines", 3 / M)


THREE_SITES = [site("sines"), site("evora"), site("beja")]


class TestS5:
    def test_of_the_money_allocated(self):
        # 40 of 100 is 40 %; 45 of 100 is 5 too many.
        s = scenario(THREE_SITES, [tier(size=500, concentration={"at_most": 0.4})])
        money = {"union/sines/main/2027": 40 * M, "union/evora/main/2027": 40 * M, "union/beja/main/2027": 20 * M}
        assert assert_inside(s, plan(s, money), "S5", "union").checked == 3
        money |= {"union/evora/main/2027": 45 * M, "union/beja/main/2027": 15 * M}
        assert_outside(s, plan(s, money), "S5", "union", "evora", 5.0)

    def test_of_the_greatest_size(self):
        # 40 % of 150 is 60, however little the tier spends.
        size = {"at_least": 10, "at_most": 150}
        s = scenario(THREE_SITES, [tier(size=size, concentration={"at_most": 0.4, "of": "size"})])
        assert_inside(s, plan(s, {"union/sines/main/2027": 60 * M}), "S5", "union")
        assert_outside(s, plan(s, {"union/sines/main/2027": 61 * M}), "S5", "union", "sines", 1.0)

    def test_one_euro_for_each_cell_of_the_sums(self):
        # Half of 80: allocated has the two cells of both candidates, size only the one of sines.
        money = {"union/sines/main/2027": 40 * M + 2, "union/evora/main/2027": 40 * M - 2}
        s = scenario(THREE_SITES, [tier(size=500, concentration={"at_most": 0.5})])
        assert_allowed(s, plan(s, money), "S5", "union", 2 / M, 2 / M)
        s = scenario(THREE_SITES, [tier(size=80, concentration={"at_most": 0.5, "of": "size"})])
        assert_outside(s, plan(s, money), "S5", "union", "sines", 2 / M)


class TestS6:
    @pytest.mark.parametrize(
        "eligible, may, may_not",
        [
            ({"countries": ["PT", "ES"]}, site("a"), site("b", country="FR")),
            ({"countries": ["ES"]}, site("a", country="FR", countries=["ES", "IE"]), site("b", countries=["FR"])),
            ({"tags": ["lot-1", "lot-2"]}, site("a", tags=["x", "lot-2"]), site("b", tags=["lot-3"])),
            ({"candidates": ["a"]}, site("a"), site("b")),
            (
                {"countries": ["PT"], "tags": ["lot-1"]},
                site("a", tags=["lot-1"]),
                site("b", country="ES", tags=["lot-1"]),
            ),
        ],
        ids=["country", "joint-bid", "tag", "candidate", "keys-intersect"],
    )
    def test_where_the_tier_may_pay(self, eligible, may, may_not):
        s = scenario([may, may_not], [tier(eligible=eligible)])
        assert_inside(s, plan(s, {"union/a/main/2027": 10 * M}), "S6", "union")
        money = {"union/a/main/2027": 10 * M, "union/b/main/2027": 4 * M}
        assert_outside(s, plan(s, money), "S6", "union", "b/main", 4.0)

    def test_a_phases_own_country_replaces_the_candidates(self):
        phases = [phase("phase-1"), phase("phase-2", country="ES")]
        s = scenario([site("sines", phases=phases)], [tier(eligible={"countries": ["PT"]})])
        assert_inside(s, plan(s, {"union/sines/phase-1/2027": 10 * M}), "S6", "union")
        assert_outside(s, plan(s, {"union/sines/phase-2/2027": 10 * M}), "S6", "union", "sines/phase-2", 10.0)

    def test_not_one_euro(self):
        s = scenario([site("sines")], [tier(eligible={"countries": ["ES"]})])
        assert_outside(s, plan(s, {"union/sines/main/2027": 1}), "S6", "union", "sines/main", EURO)

    def test_an_unknown_tier_may_pay_nowhere(self):
        # It is no source either: F1 lacks the 5 that the consortium leaves to it.
        s = scenario([site("sines")])
        certificate = certify(s, plan(s, {"unheard-of/sines/main/2027": 5 * M}))
        assert broken(certificate) == {("S6", "unheard-of"), ("F1", "fund")}
        check = lines(certificate, "S6")["unheard-of"]
        assert (check.at, check.violation) == ("sines/main", 5.0)


class TestS7:
    def test_at_most_for_each_listed_phase_of_the_group(self):
        s = scenario(
            [site("sines", phases=TWO_PHASES, tags=["lot-1"]), site("evora", phases=TWO_PHASES)],
            constraints=[award(of={"tags": ["lot-1"]}, phases=["phase-1"], at_most=30)],
        )
        free = {"union/sines/phase-2/2028": 90 * M, "union/evora/phase-1/2027": 90 * M}
        assert assert_inside(s, plan(s, {**free, "union/sines/phase-1/2027": 30 * M}), "S7", "award").checked == 1
        outside = plan(s, {**free, "union/sines/phase-1/2027": 32 * M})
        assert_outside(s, outside, "S7", "award", "sines/phase-1", 2.0)

    def test_at_least_where_funded(self):
        s = scenario([site("sines"), site("evora")], constraints=[award(at_least=10)])
        money = {"union/sines/main/2027": 10 * M}
        assert_inside(s, plan(s, money, {"sines/main": 1}), "S7", "award")
        assert_outside(s, plan(s, money), "S7", "award", "evora/main", 10.0)

    def test_at_least_also_where_the_tier_may_not_pay(self):
        s = scenario(
            [site("sines"), site("lyon", country="FR")],
            [tier("union"), tier("state", eligible={"countries": ["PT"]})],
            [award(tiers=["state"], at_least=10)],
        )
        money = {"state/sines/main/2027": 10 * M, "union/lyon/main/2027": 10 * M}
        assert_outside(s, plan(s, money), "S7", "award", "lyon/main", 10.0)

    def test_limits_scale_with_the_fraction(self):
        # At most 30 of a whole phase: 15 of half of it.
        s = scenario([site("sines", divisible=True)], constraints=[award(at_least=10, at_most=30)])
        half = {"sines/main": Fraction(1, 2)}
        assert_inside(s, plan(s, {"union/sines/main/2027": 15 * M}, half), "S7", "award")
        assert_inside(s, plan(s, {"union/sines/main/2027": 5 * M}, half), "S7", "award")
        assert_outside(s, plan(s, {"union/sines/main/2027": 16 * M}, half), "S7", "award", "sines/main", 1.0)
        assert_outside(s, plan(s, {"union/sines/main/2027": 4 * M}, half), "S7", "award", "sines/main", 1.0)

    def test_shares_of_the_phases_cost(self):
        # Of cost 400 (phase 2), 10 % is 40 and 20 % is 80; of cost 100 (phase 1) 10 and 20.
        s = scenario([site("sines", phases=TWO_PHASES)], constraints=[award(at_least_share=0.1, at_most_share=0.2)])
        inside = {"union/sines/phase-1/2027": 10 * M}
        inside |= {"union/sines/phase-2/2028": 50 * M, "union/sines/phase-2/2029": 30 * M}
        assert_inside(s, plan(s, inside), "S7", "award")
        more = {**inside, "union/sines/phase-1/2027": 21 * M}
        assert_outside(s, plan(s, more), "S7", "award", "sines/phase-1", 1.0)
        less = {**inside, "union/sines/phase-2/2028": 7 * M}
        assert_outside(s, plan(s, less), "S7", "award", "sines/phase-2", 3.0)

    def test_without_tiers_all_public_ones(self):
        s = scenario([site("sines")], [tier("union"), tier("state"), tier("bank", public=False)], [award(at_most=30)])
        money = {"union/sines/main/2027": 20 * M, "state/sines/main/2027": 10 * M, "bank/sines/main/2027": 50 * M}
        assert_inside(s, plan(s, money), "S7", "award")
        assert_outside(s, plan(s, {**money, "union/sines/main/2027": 25 * M}), "S7", "award", "sines/main", 5.0)

    def test_a_phase_that_stands_elsewhere_is_outside_the_group(self):
        phases = [phase("phase-1"), phase("phase-2", country="ES")]
        s = scenario([site("sines", phases=phases)], constraints=[award(of={"countries": ["ES"]}, at_most=30)])
        assert_inside(s, plan(s, {"union/sines/phase-1/2027": 90 * M}), "S7", "award")
        outside = plan(s, {"union/sines/phase-2/2027": 31 * M})
        assert_outside(s, outside, "S7", "award", "sines/phase-2", 1.0)

    def test_per_country_a_joint_bid_counts_in_full_in_each(self):
        # ES: 20 of seville + 25 of the joint bid = 45; PT: 15 of sines + 25 = 40; FR: phase 2 of seville alone.
        candidates = [
            site("sines"),
            site("seville", country="ES", phases=[phase("phase-1"), phase("phase-2", country="FR")]),
            site("joint", countries=["ES", "PT"]),
        ]
        money = {"union/sines/main/2027": 15 * M, "union/joint/main/2027": 25 * M}
        money |= {"union/seville/phase-1/2027": 20 * M, "union/seville/phase-2/2027": 45 * M}
        s = scenario(candidates, constraints=[award(per="country", at_most=45)])
        assert assert_inside(s, plan(s, money), "S7", "award").checked == 3
        money["union/seville/phase-1/2027"] = 27 * M
        assert_outside(s, plan(s, money), "S7", "award", "ES", 7.0)
        money["union/seville/phase-1/2027"] = 20 * M + 2
        assert_allowed(s, plan(s, money), "S7", "award", 2 / M, 2 / M)

    def test_one_euro_a_cell_is_allowed_and_two_beyond_are_not(self):
        s = scenario([site("sines")], constraints=[award(at_most_share=0.2)])
        assert_allowed(s, plan(s, {"union/sines/main/2027": 20 * M + 1}), "S7", "award", EURO, EURO)
        assert_outside(s, plan(s, {"union/sines/main/2027": 20 * M + 2}), "S7", "award", "sines/main", 2 / M)
