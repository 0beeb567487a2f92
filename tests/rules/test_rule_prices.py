"""Shadow prices by label, in the user's sense: raising an at_most never loses, raising an at_least never gains.

Each price is worked by hand and, where it can be, held against solving again with the bound moved.
"""

from __future__ import annotations

import pytest
from rule_cases import GIVE, LEVER, SAVE, VALUE, loan, phase, price, scenario, site, solve, tier

IN = {"locked": "in", "pledge": "unlimited"}
TWO = [site("a", 100, 10, divisible=True), site("b", 100, 5, divisible=True)]
"""Ratios 0.1 and 0.05 points per EUR million."""


def named(kind, **keys):
    return {"kind": kind, "id": "r", **keys}


class TestOfFractions:
    """Linear programmes: one more unit of the bound, really bought."""

    def gained(self, make, bound):
        """Objective gained per unit by which the bound is raised, by solving again."""
        step = 1e-3 * max(1, abs(bound))
        return (solve(make(bound + step)).objective.value - solve(make(bound)).objective.value) / step

    def assert_price(self, make, bound, expected, *place):
        result = solve(make(bound))
        assert result.has_duals
        assert price(result, *place) == expected
        assert self.gained(make, bound) == pytest.approx(expected, abs=1e-5)

    def test_B1_at_most(self):
        # 150: a whole, half of b; one more euro goes to b.
        self.assert_price(lambda size: scenario(TWO, [tier(size=size)]), 150, 0.05, "B1", "union", "at_most")

    @pytest.mark.parametrize(
        ("size", "holds", "worth", "span"),
        [
            (60, "both_ways", 0.1, (0.0, 100.0)),
            # a is whole and b has nothing: a euro less costs 0.1, a euro more brings 0.05; both are right prices.
            (100, "upwards", 0.05, (100.0, 200.0)),
            (150, "both_ways", 0.05, (100.0, 200.0)),
        ],
    )
    def test_where_a_price_is_not_the_only_one_it_says_to_which_side_it_holds(self, size, holds, worth, span):
        [found] = [b for b in solve(scenario(TWO, [tier(size=size)])).binding if b.label == "B1"]
        assert (found.shadow_price, found.holds, found.from_, found.to) == (worth, holds, *span)

    def test_B1_at_least(self):
        # The union is made to spend 120 although each euro of it counts against.
        sites = [site(c, pledge="unlimited", divisible=True) for c in "ab"]
        terms = [{**VALUE, "weight": 1000}, SAVE]

        def make(least):
            return scenario(sites, [tier(size={"at_least": least})], terms=terms)

        self.assert_price(make, 120, -1, "B1", "union", "at_least")

    def test_B2_at_most(self):
        def make(ceiling):
            return scenario(TWO, [tier(annual_ceiling={"2027": ceiling})])

        self.assert_price(make, 150, 0.05, "B2", "union", "at_most", "2027")

    def test_B2_span_at_most(self):
        def make(ceiling):
            return scenario(TWO, [tier(ceilings=[{"from": 2027, "to": 2028, "at_most": ceiling}])])

        self.assert_price(make, 50, 0.1, "B2", "union", "at_most", "2027-2028")

    def test_F2_at_most(self):
        # One more euro of pledge pays for 0.1 points.
        def make(pledge):
            return scenario([site("a", 100, 10, pledge=pledge, divisible=True)], [tier(size=20)])

        self.assert_price(make, 50, 0.1, "F2", "fund", "at_most", "a")

    def test_S4_at_most(self):
        def make(most):
            return scenario(TWO[:1], [tier(max_ticket=most)])

        self.assert_price(make, 50, 0.1, "S4", "union", "at_most", "a")

    def test_S5_of_size_at_most(self):
        # The cap is 0.3 · size: the price is of one euro more to the candidate.
        result = solve(scenario(TWO[:1], [tier(size=100, concentration={"at_most": 0.3, "of": "size"})]), 3)
        assert price(result, "S5", "union", "at_most", "a") == 0.1

    def test_S7_per_country_at_most(self):
        sites = [site("a", 100, 10, divisible=True, country="PT")]

        def make(most):
            return scenario(sites, rules=[named("award", at_most=most, per="country")])

        self.assert_price(make, 50, 0.1, "S7", "r", "at_most", "PT")

    def test_N1_at_most(self):
        # One more place is b's.
        assert price(solve(scenario(TWO, rules=[named("count", at_most=1)]), 10), "N1", "r", "at_most") == 5

    def test_N1_at_least(self):
        result = solve(scenario(TWO, rules=[named("count", at_least=1)], terms=[{**VALUE, "sense": "minimise"}]), -5)
        assert price(result, "N1", "r", "at_least") == -5

    def test_G1_at_most(self):
        sites = [{**s, "tags": ["x"]} for s in TWO[:1]] + TWO[1:]

        def make(most):
            return scenario(sites, [tier(size=100)], [named("money", of={"tags": ["x"]}, at_most=most)])

        # One more euro for a (0.1) is one less for b (0.05).
        self.assert_price(make, 40, 0.05, "G1", "r", "at_most")

    def test_G1_at_least(self):
        sites = [*TWO[:1], {**TWO[1], "tags": ["x"]}]

        def make(least):
            return scenario(sites, [tier(size=100)], [named("money", of={"tags": ["x"]}, at_least=least)])

        self.assert_price(make, 40, -0.05, "G1", "r", "at_least")

    def test_A1_at_most(self):
        sites = [{**s, "attributes": {**s["attributes"], "mw": 50}} for s in TWO]

        def make(most):
            return scenario(sites, rules=[named("attribute", attribute="mw", at_most=most)])

        # 60 MW: a whole (50), and 10 of b's 50 at 0.1 points each.
        self.assert_price(make, 60, 0.1, "A1", "r", "at_most")

    def test_A1_at_least(self):
        sites = [{**s, "attributes": {**s["attributes"], "mw": 50}} for s in TWO]

        def make(least):
            rule = named("attribute", attribute="mw", at_least=least)
            return scenario(sites, rules=[rule], terms=[{**VALUE, "sense": "minimise"}])

        # 60 MW with fewest points: b whole, and 10 of a's 50 at 0.2 points each.
        self.assert_price(make, 60, -0.2, "A1", "r", "at_least")

    def test_L1_at_most(self):
        assert (
            price(solve(scenario(TWO, rules=[named("exclusive", candidates=["a", "b"])]), 10), "L1", "r", "at_most")
            == 5
        )

    def test_what_does_not_bind_has_no_price(self):
        result = solve(scenario(TWO, [tier(size=200)]), 15)
        assert price(result, "B1", "union", "at_most") == 0
        assert not [b for b in solve(scenario(TWO, [tier(size=500)]), 15).binding if b.label == "B1"]

    def test_prices_are_of_the_objective_not_of_the_tie_break(self):
        # The tie-break spares public money, which is no part of any price.
        result = solve(scenario([site("a", 100, 10, pledge="unlimited", divisible=True)], [tier(size=50)]), 10)
        assert not [b.shadow_price for b in result.binding if b.shadow_price]

    def test_prices_of_a_minimised_objective_keep_their_sense(self):
        # To build half of a at least: an at_least never gains.
        sites = [site("a", 100, 10, divisible=True, attributes={"mw": 1})]
        result = solve(scenario(sites, rules=[named("attribute", attribute="mw", at_least=0.5)], terms=[SAVE]), -50)
        assert price(result, "A1", "r", "at_least") == -100

    def test_signs_of_every_price(self):
        # A scenario in which much binds: no at_most below 0, no at_least above.
        worth = {"a": 9, "b": 7, "c": 5, "d": 3}
        sites = [site(c, 100, v, pledge=40, divisible=True, tags=["x" if c in "ab" else "y"]) for c, v in worth.items()]
        rules = [
            named("money", of={"tags": ["x"]}, at_most_share=0.4),
            {"kind": "count", "id": "n", "at_least": 2, "at_most": 3},
            {"kind": "award", "id": "w", "at_least_share": 0.3, "at_most": 55},
        ]
        tiers = [tier("union", 90, max_share_of_cost=0.5), loan("bank", 60, concentration={"at_most": 0.5})]
        result = solve(scenario(sites, tiers, rules, [VALUE, {**SAVE, "weight": 0.01}], {"least_private_share": 0.1}))
        priced = [b for b in result.binding if b.shadow_price]
        assert len(priced) >= 4
        assert all(b.shadow_price >= 0 for b in priced if b.bound == "at_most")
        assert all(b.shadow_price <= 0 for b in priced if b.bound == "at_least")


class TestIntegersFixed:
    """Whole decisions fixed: what one more euro is worth to the sites chosen."""

    def test_said_so(self):
        result = solve(scenario([site("a", **IN)], [tier(size=60)], terms=[GIVE]), 60)
        assert price(result, "B1", "union", "at_most") == 1
        assert {b.integers_fixed for b in result.binding} == {True}
        assert {b.integers_fixed for b in solve(scenario(TWO, [tier(size=50)])).binding} == {False}

    def test_at_most_gains(self):
        # Another euro of the union is a euro of public money more; of private money less.
        assert (
            price(solve(scenario([site("a", **IN)], [tier(size=60)], terms=[GIVE]), 60), "B1", "union", "at_most") == 1
        )
        result = solve(scenario([site("a", locked="in", pledge=60)], terms=[LEVER]), 60)
        assert price(result, "F2", "fund", "at_most", "a") == 1

    def test_at_least_loses(self):
        a = site("a", **IN)
        result = solve(scenario([a], [tier(size={"at_least": 60})], terms=[LEVER]), 40)
        assert price(result, "B1", "union", "at_least") == -1
        result = solve(
            scenario([{**a, "tags": ["x"]}], rules=[named("money", of={"tags": ["x"]}, at_least=60)], terms=[LEVER]), 40
        )
        assert price(result, "G1", "r", "at_least") == -1
        a = site("a", pledge="unlimited", phases=[phase("p1", committed={"union": {"2027": 60}})])
        assert price(solve(scenario([a], terms=[LEVER]), 40), "L3", "fund", "at_least", "a/p1/union/2027") == -1

    def test_a_chosen_sites_points_have_no_price(self):
        # A little more money buys no more points while the choice stands.
        result = solve(scenario([site("a", 100, 2), site("b", 100, 1)], [tier(size=150)]), 2)
        assert not [b for b in result.binding if b.shadow_price]
