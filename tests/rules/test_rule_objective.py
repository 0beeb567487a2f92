"""The terms of the objective, and their modes. Optima worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import GIVE, LEVER, SAVE, VALUE, chosen, funded, loan, paid, phase, pledged, scenario, site, solve, tier

from optimiser import allocate

IN = {"locked": "in", "pledge": "unlimited"}
"""A site that is funded in any case, whose consortium pays what nobody else does."""


def values(result):
    return [pytest.approx(term.value, rel=1e-9, abs=1e-9) for term in result.objective.terms]


class TestAttribute:
    def test_attribute_of_candidates_and_phases(self):
        # 3 with the first phase of a, 4 with its second, 2 with b: 250 pays all but b (9 − 2).
        a = site("a", value=None, phases=[phase("p1", attributes={"value": 3}), phase("p2", attributes={"value": 4})])
        assert values(solve(scenario([a, site("b", 100, 2)], [tier(size=250)]), 7)) == [7]

    def test_attribute_minimised(self):
        # One of the two must be: the one with less.
        sites = [site("a", value=3), site("b", value=2)]
        rule = {"kind": "count", "at_least": 1}
        assert chosen(solve(scenario(sites, rules=[rule], terms=[{**VALUE, "sense": "minimise"}]), -2)) == {"b"}

    def test_attribute_below_zero_is_not_wanted(self):
        assert chosen(solve(scenario([site("a", value=-1), site("b", value=2)]), 2)) == {"b"}


def years(**keys):
    return {"term": "discounted_attribute", "attribute": "value", **keys}


class TestDiscountedAttribute:
    HORIZON = {"first_year": 2026, "last_year": 2030}  # noqa: RUF012 - never changed

    def of(self, sites, term, value, rate=0.1, **keys):
        return solve(scenario(sites, terms=[term], discount_rate=rate, horizon=self.HORIZON, **keys), value)

    def test_discounted_attribute_over_its_life(self):
        # Cost ends in 2027, so service starts in 2028, two years after 2026: 10 · (1.1^−2 + 1.1^−3).
        self.of([site("a", value=10)], years(life_years=2), 10 * (1.1**-2 + 1.1**-3))

    def test_discounted_attribute_after_a_lag(self):
        self.of([site("a", value=10)], years(life_years=1, service_lag_years=0), 10 * 1.1**-1)
        self.of([site("a", value=10)], years(life_years=1, service_lag_years=3), 10 * 1.1**-4)

    def test_discounted_attribute_from_the_last_year_with_a_cost(self):
        self.of([site("a", {"2026": 10, "2028": 10, "2029": 0}, value=10)], years(life_years=1), 10 * 1.1**-3)

    def test_discounted_attribute_of_a_phase_without_cost(self):
        # From the first year of the horizon plus the lag.
        self.of([site("a", {}, value=10)], years(life_years=1), 10 * 1.1**-1)

    def test_discounted_attribute_phase_by_phase(self):
        phases = [phase("p1", attributes={"value": 1}), phase("p2", {"2029": 5}, attributes={"value": 10})]
        self.of([site("a", value=None, phases=phases)], years(life_years=1), 1.1**-2 + 10 * 1.1**-4)

    def test_discounted_attribute_without_a_rate(self):
        self.of([site("a", value=10)], years(life_years=7), 70, rate=0)

    def test_discounted_attribute_prefers_the_earlier(self):
        # b is worth more, but later by two years: 10 · 1.1^2 = 12.1 > 12.
        sites = [site("a", 100, 10), site("b", {"2029": 100}, 12)]
        assert chosen(self.of(sites, years(life_years=5), None, fund={"tiers": [tier(size=100)]})) == {"a"}

    def test_discounted_attribute_of_a_fraction(self):
        a = site("a", value=10, divisible=True)
        self.of([a], years(life_years=1), 5 * 1.1**-2, fund={"tiers": [tier(size=50)]})


class TestMoney:
    def test_private_money_of_consortia_and_private_tiers(self):
        # The union must give 30: 70 are private, 20 of them the bank's at most.
        tiers = [tier(), loan("bank", 20)]
        result = solve(scenario([site("a", **IN)], tiers, terms=[LEVER], fund={"least_public_share": 0.3}), 70)
        assert values(result) == [70]

    def test_private_money_of_one_tier(self):
        # Consortium money does not count, nor does the other bank's.
        tiers = [loan("bank", 20), loan("fund", 50)]
        result = solve(scenario([site("a", **IN)], tiers, terms=[{**LEVER, "tier": "bank"}]), 20)
        assert paid(result, tier="bank") == 20

    def test_private_money_minimised(self):
        result = solve(scenario([site("a", **IN)], [tier(size=60)], terms=[{**LEVER, "sense": "minimise"}]), -40)
        assert pledged(result) == 40

    def test_public_money_minimised_by_default(self):
        solve(scenario([site("a", locked="in", pledge=35)], terms=[SAVE]), -65)

    def test_public_money_maximised(self):
        solve(scenario([site("a", pledge=100)], [tier(size=70)], terms=[GIVE]), 70)

    def test_public_money_of_one_tier(self):
        # The state pays all that it can (60), so that the union pays 40.
        tiers = [tier("union"), tier("state", 60)]
        result = solve(scenario([site("a", locked="in")], tiers, terms=[{**SAVE, "tier": "union"}]), -40)
        assert paid(result, tier="state") == 60

    def test_public_money_of_private_tiers_does_not_count(self):
        solve(scenario([site("a", locked="in")], [tier(), loan("bank", 30)], terms=[SAVE]), -70)


RETURN = {"term": "expected_return"}


class TestExpectedReturn:
    def test_expected_return_of_the_pool(self):
        # a fails with 0.1: 0.9 · (1.05^10 − 1) − 0.1 · 1 on each of 60; the grant's 40 returns nothing.
        a = site("a", locked="in", failure_probability=0.1)
        tiers = [tier(size=40), loan("bank", 60, return_if_success=0.05)]
        solve(scenario([a], tiers, terms=[RETURN]), 60 * (0.9 * (1.05**10 - 1) - 0.1))

    def test_expected_return_over_the_holding_years_and_less_what_is_lost(self):
        a = site("a", locked="in", failure_probability=0.5)
        bank = loan(return_if_success=0.2, holding_years=2, loss_given_failure=0.4)
        solve(scenario([a], [bank], terms=[RETURN]), 100 * (0.5 * 0.44 - 0.5 * 0.4))

    def test_expected_return_where_nothing_is_said(self):
        # No failure, no return: worth nothing, lost nothing.
        solve(scenario([site("a", locked="in")], [loan()], terms=[RETURN]), 0)

    def test_expected_return_of_the_candidate_replaces_the_tiers(self):
        # The bank's 100 go to b (8 %), not to a (the tier's 5 %).
        sites = [site("a"), site("b", return_if_success={"bank": 0.08})]
        bank = loan("bank", 100, return_if_success=0.05, holding_years=1)
        assert chosen(solve(scenario(sites, [bank], terms=[RETURN]), 8)) == {"b"}

    def test_expected_return_of_one_tier(self):
        tiers = [loan("bank", 60, return_if_success=0.1, holding_years=1), loan("fund", 60, return_if_success=0.5)]
        solve(scenario([site("a")], tiers, terms=[{**RETURN, "tier": "bank"}]), 6)

    def test_expected_return_of_public_equity_counts(self):
        equity = {"id": "eib", "instrument": "equity", "size": 100, "return_if_success": 0.1, "holding_years": 1}
        solve(scenario([site("a")], [equity], terms=[RETURN]), 10)

    def test_expected_return_below_zero_is_not_wanted(self):
        a = site("a", failure_probability=1)
        assert chosen(solve(scenario([a], [loan(return_if_success=0.1)], terms=[RETURN]), 0)) == set()


def served(group_by, **keys):
    return {"term": "least_served", "group_by": group_by, **keys}


class TestLeastServed:
    def test_least_served_candidate_by_money(self):
        # 100 among two, split evenly; the sum alone would not mind.
        result = solve(scenario([site(c, **IN) for c in "ab"], [tier(size=100)], terms=[served("candidate")]), 50)
        assert [paid(result, candidate=c) for c in "ab"] == [50, 50]

    def test_least_served_country_by_attribute(self):
        # 200 pays two sites: one in each country (2 and 1), not both of PT (2 + 5 and 0).
        sites = [site("a", value=2, country="PT"), site("b", value=5, country="PT"), site("c", value=1, country="ES")]
        result = solve(
            scenario(sites, [tier(size=200)], terms=[served("country", attribute="value"), {**VALUE, "weight": 0.01}])
        )
        assert chosen(result) == {"b", "c"}
        assert values(result) == [1, 6]

    def test_least_served_country_a_joint_bid_counts_in_each(self):
        sites = [site("a", value=2, country="PT", countries=["PT", "ES"]), site("b", value=5, country="PT")]
        sites += [site("c", value=1, country="ES")]
        assert chosen(solve(scenario(sites, [tier(size=100)], terms=[served("country", attribute="value")]), 2)) == {
            "a"
        }

    def test_least_served_country_of_the_phase(self):
        # Phase 2 serves ES.
        phases = [phase("p1", attributes={"value": 4}), phase("p2", country="ES", attributes={"value": 3})]
        a = site("a", value=None, country="PT", phases=phases)
        solve(scenario([a], terms=[served("country", attribute="value")]), 3)

    def test_least_served_tag(self):
        # Both tags are served by b; a serves x only.
        sites = [site("a", value=9, tags=["x"]), site("b", value=2, tags=["x", "y"]), site("c", value=1)]
        assert chosen(solve(scenario(sites, [tier(size=100)], terms=[served("tag", attribute="value")]), 2)) == {"b"}

    def test_least_served_by_one_tiers_money(self):
        # The union's 60 are split, the state's do not count.
        tiers = [tier("union", 60), tier("state", eligible={"candidates": ["a"]})]
        result = solve(scenario([site(c, **IN) for c in "ab"], tiers, terms=[served("candidate", tier="union")]), 30)
        assert [paid(result, tier="union", candidate=c) for c in "ab"] == [30, 30]

    def test_least_served_by_public_money_only(self):
        # The bank's money serves nobody: 50 of the union each.
        tiers = [tier("union", 100), loan()]
        solve(scenario([site(c, **IN) for c in "ab"], tiers, terms=[served("candidate")]), 50)

    def test_least_served_per_population(self):
        # 30 per 2 million and 1 million: 20 and 10, which is 10 per million.
        sites = [site("a", country="PT", **IN), site("b", country="ES", **IN)]
        countries = {"PT": {"population": 2}, "ES": {"population": 1}}
        result = solve(
            scenario(sites, [tier(size=30)], terms=[served("country", per="population")], countries=countries), 10
        )
        assert [paid(result, candidate=c) for c in "ab"] == [20, 10]

    def test_least_served_nobody(self):
        # One candidate is out: the least served has nothing, whatever the others get.
        sites = [site("a", **IN), site("b", locked="out")]
        solve(scenario(sites, terms=[served("candidate")]), 0)

    def test_least_served_may_be_below_zero(self):
        # a is in and takes 1 away: the least served has −1, which is an answer.
        solve(scenario([site("a", value=-1, locked="in")], terms=[served("candidate", attribute="value")]), -1)

    def test_least_served_of_fractions(self):
        # a takes 2 y, b 1 z: y = z / 2 with 100 (y + z) = 90: z = 0.6.
        sites = [site("a", value=2, divisible=True), site("b", value=1, divisible=True)]
        result = solve(scenario(sites, [tier(size=90)], terms=[served("candidate", attribute="value")]), 0.6)
        assert funded(result) == {"a": 0.3, "b": 0.6}


class TestModes:
    def test_weighted_sum(self):
        # A point is worth 20 of public money: b (1 for 15) yes, a (2 for 50) no.
        sites = [site("a", 50, 2), site("b", 15, 1)]
        terms = [{**VALUE, "weight": 20}, SAVE]
        assert chosen(solve(scenario(sites, terms=terms), 5)) == {"b"}
        assert chosen(solve(scenario(sites, terms=[{**VALUE, "weight": 30}, SAVE]), 25)) == {"a", "b"}

    def lexicographic(self, terms):
        return {"objective": {"mode": "lexicographic", "terms": terms}}

    def test_lexicographic_the_first_decides(self):
        # 2 points whatever they cost; among those the cheapest: b and c (70), not a (100).
        sites = [site("a", 100, 2), site("b", 40, 1), site("c", 30, 1)]
        result = solve(
            scenario(
                sites,
                rules=[{"kind": "attribute", "attribute": "value", "at_most": 2}],
                **self.lexicographic([VALUE, SAVE]),
            ),
            2,
        )
        assert chosen(result) == {"b", "c"}
        assert values(result) == [2, 70]

    def test_lexicographic_the_order_matters(self):
        sites = [site("a", 100, 2)]
        assert chosen(solve(scenario(sites, **self.lexicographic([SAVE, VALUE])), 0)) == set()
        assert chosen(solve(scenario(sites, **self.lexicographic([VALUE, SAVE])), 2)) == {"a"}

    def test_lexicographic_weights_do_not_count(self):
        sites = [site("a", 100, 2)]
        terms = [{**VALUE, "weight": 0.001}, {**SAVE, "weight": 1000}]
        assert chosen(solve(scenario(sites, **self.lexicographic(terms)), 2)) == {"a"}

    @pytest.mark.parametrize("tolerance, taken, value", [(0, {"a"}, 10), (0.09, {"a"}, 10), (0.1, {"b"}, 9)])
    def test_lexicographic_tolerance_of_whole_sites(self, tolerance, taken, value):
        # b gives 9 of 10 points for 20 instead of 100: allowed from 10 % on.
        sites = [site("a", 100, 10), site("b", 20, 9)]
        rule = {"kind": "count", "at_most": 1}
        terms = [{**VALUE, "tolerance": tolerance}, SAVE]
        result = solve_staged(scenario(sites, rules=[rule], **self.lexicographic(terms)))
        assert chosen(result) == taken
        assert values(result)[0] == value

    def test_lexicographic_tolerance_of_fractions(self):
        # 10 points would cost 100; a fifth of them may be given up to save money.
        terms = [{**VALUE, "tolerance": 0.2}, SAVE]
        result = solve_staged(scenario([site("a", 100, 10, divisible=True)], **self.lexicographic(terms)))
        assert values(result) == [8, 80]

    def test_lexicographic_a_stage_of_fractions_leaves_room_for_the_next(self):
        # All 19 points, for 30 that union and state pay between them; b stays whole while d is decided as a whole.
        phases = [phase("p1", 15, attributes={"value": 10}), phase("p2", {"2029": 15}, attributes={"value": 9})]
        sites = [site("b", value=None, phases=phases, divisible=True), site("d", {"2029": 65}, value=None)]
        tiers = [tier("union", 26), tier("state", 26, max_share_of_cost=0.5)]
        result = solve(scenario(sites, tiers, **self.lexicographic([VALUE, LEVER])), 19)
        assert values(result) == [19, 0]
        assert funded(result) == {"b/p1": 1, "b/p2": 1}

    def test_lexicographic_three_stages(self):
        # Among the plans with 2 points and 100 of public money, the one with most private money.
        sites = [site("a", 100, 2, pledge=0), site("b", 150, 2, pledge=50), site("c", 180, 2, pledge=79)]
        rule = {"kind": "count", "at_most": 1}
        result = solve(scenario(sites, rules=[rule], **self.lexicographic([VALUE, SAVE, LEVER])), 2)
        assert chosen(result) == {"b"}
        assert values(result) == [2, 100, 50]
        assert [stage.value for stage in result.objective.stages] == [2, -100, 50]


def solve_staged(document):
    """As ``solve``, where a tolerance lets the first term end below its optimum, the bound."""
    result = allocate(document)
    assert result.termination == "optimal"
    assert result.certificate is not None and result.certificate.holds
    return result
