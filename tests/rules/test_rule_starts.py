"""T1: start years decided inside a window, and what depends on them. Optima worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import VALUE, Document, funded, paid, phase, pledged, scenario, site, solve, solve_infeasible, tier

from optimiser import Result
from optimiser.model.build import build_model
from optimiser.scenario.scenario import Scenario

YEARS = {"horizon": {"first_year": 2027, "last_year": 2032}}


def decided(name: str, since: Document | float, earliest: int, latest: int, **keys) -> Document:
    """A phase whose start is decided; a number is paid in the year it starts."""
    cost = since if isinstance(since, dict) else {"0": since}
    window = {"earliest": earliest, "latest": latest}
    return {"id": name, "cost_since_start": cost, "start": window, **keys}


def movable(
    name: str, since: Document | float, earliest: int, latest: int, value: float | None = 1, **keys
) -> Document:
    """A site of one phase whose start is decided."""
    return site(name, value=value, phases=[decided("main", since, earliest, latest)], **keys)


def two_phases(first: Document, second: Document, **keys) -> Document:
    """A site whose first phase brings 1 point and whose second brings 10."""
    return site(
        "a", value=None, phases=[{**first, "attributes": {"value": 1}}, {**second, "attributes": {"value": 10}}], **keys
    )


def by_year(*amounts: float, **keys) -> Document:
    """A tier that may pay so much in 2027, 2028 …"""
    return tier(annual_ceiling={str(2027 + n): a for n, a in enumerate(amounts)}, **keys)


def starts(result: Result) -> dict[str, int]:
    return {
        f"{c.id}/{p}" if len(c.phases) > 1 else c.id: year for c in result.candidates for p, year in c.starts.items()
    }


class TestT1Window:
    def test_T1_a_later_start_makes_both_affordable(self):
        # 100 a year: with both in 2027 one is funded, one after the other both are.
        fixed = [site("a"), site("b")]
        assert funded(solve(scenario(fixed, [by_year(100, 100)], **YEARS), 1)) == {"a": 1}
        sites = [movable("a", 100, 2027, 2028), movable("b", 100, 2027, 2028)]
        result = solve(scenario(sites, [by_year(100, 100)], **YEARS), 2)
        assert starts(result) == {"a": 2027, "b": 2028}
        assert (paid(result, year=2027), paid(result, year=2028)) == (100, 100)

    def test_T1_costs_move_with_the_start(self):
        # 60 + 40 from 2027 and 60 + 40 from 2028 fill 60, 100, 40 to the euro; no other pair of starts fits.
        sites = [movable("a", {"0": 60, "1": 40}, 2027, 2030), movable("b", {"0": 60, "1": 40}, 2027, 2030)]
        result = solve(scenario(sites, [by_year(60, 100, 40)], **YEARS), 2)
        assert starts(result) == {"a": 2027, "b": 2028}
        assert [paid(result, candidate="b", year=t) for t in (2027, 2028, 2029)] == [0, 60, 40]

    def test_T1_not_outside_the_window(self):
        # Money comes in 2029, after the last start; or in 2027, before the first.
        late, early = by_year(0, 0, 100), by_year(100, carry_over=False)
        assert funded(solve(scenario([movable("a", 100, 2027, 2028)], [late], **YEARS), 0)) == {}
        assert funded(solve(scenario([movable("a", 100, 2027, 2029)], [late], **YEARS), 1)) == {"a": 1}
        assert funded(solve(scenario([movable("a", 100, 2028, 2029)], [early], **YEARS), 0)) == {}

    def test_T1_one_start_for_a_phase(self):
        # 60 a year: 60 % in one year and 40 % in the next would be all of it.
        a = movable("a", 100, 2027, 2028, divisible=True)
        assert funded(solve(scenario([a], [by_year(60, 60)], **YEARS), 0.6)) == {"a": 0.6}

    def test_T1_a_fraction_starts_where_more_of_it_fits(self):
        a = movable("a", 100, 2027, 2029, divisible=True)
        result = solve(scenario([a], [by_year(30, 70, 50)], **YEARS), 0.7)
        assert (funded(result), starts(result)) == ({"a": 0.7}, {"a": 2028})

    def test_T1_nothing_before_the_start_has_a_cost(self):
        # "1" is the year after the start: a start in 2027 pays in 2028.
        result = solve(scenario([movable("a", {"1": 100}, 2027, 2029)], [by_year(0, 100)], **YEARS), 1)
        assert (starts(result), paid(result, year=2028)) == ({"a": 2027}, 100)

    def test_T1_shares_are_of_the_whole_cost(self):
        # 30 % of 100 from the union whenever it starts, the rest from the consortium in the same years.
        a = movable("a", {"0": 50, "1": 50}, 2027, 2029, pledge=70)
        result = solve(scenario([a], [by_year(0, 0, 0, 30, max_share_of_cost=0.3)], **YEARS), 1)
        assert (starts(result), paid(result, year=2030)) == ({"a": 2029}, 30)
        assert (pledged(result, year=2029), pledged(result, year=2030)) == (50, 20)

    def test_T1_without_a_horizon_the_window_makes_one(self):
        result = solve(scenario([movable("a", {"0": 10, "2": 10}, 2027, 2029)], [by_year(0, 0, 10, 0, 10)]), 1)
        assert starts(result) == {"a": 2029}

    def test_T1_columns_only_where_a_start_is_decided(self):
        document = scenario([site("a"), movable("b", 100, 2027, 2028, divisible=True)], **YEARS)
        columns = build_model(Scenario.model_validate(document)).columns
        assert columns.y_from["a", "main"] == {None: columns.y["a", "main"]}
        assert set(columns.y_from["b", "main"]) == {2027, 2028}
        assert set(columns.w) == {("b", "main", 2027), ("b", "main", 2028)}


class TestT1AfterYears:
    def test_T1_both_decided(self):
        # Money from 2028 on: the first phase starts then, the second one year later.
        phases = decided("p1", 50, 2027, 2028), decided("p2", 50, 2027, 2029, after_years=1)
        result = solve(scenario([two_phases(*phases)], [by_year(0, 100, 50)], **YEARS), 11)
        assert starts(result) == {"a/p1": 2028, "a/p2": 2029}

    def test_T1_too_late_for_the_second(self):
        phases = decided("p1", 50, 2027, 2028), decided("p2", 50, 2027, 2028, after_years=1)
        assert starts(solve(scenario([two_phases(*phases)], [by_year(0, 100, 50)], **YEARS), 1)) == {"a/p1": 2028}

    def test_T1_after_fixed_years(self):
        # The first phase starts in its first year with a cost, 2028, not in the first it names.
        first = phase("p1", {"2027": 0, "2028": 10, "2029": 10})
        result = solve(scenario([two_phases(first, decided("p2", 50, 2027, 2031, after_years=2))], **YEARS), 11)
        assert starts(result) == {"a/p2": 2030}

    @pytest.mark.parametrize("ceilings, value", [((50, 50), 11), ((0, 100), 1)])
    def test_T1_before_fixed_years(self, ceilings, value):
        # The second phase stands in 2028: the first must start in 2027, or there is no second.
        phases = decided("p1", 50, 2027, 2028), phase("p2", {"2028": 50}, after_years=1)
        solve(scenario([two_phases(*phases)], [by_year(*ceilings)], **YEARS), value)

    @pytest.mark.parametrize("years, value", [(1, 11), (2, 1)])
    def test_T1_between_fixed_years(self, years, value):
        phases = phase("p1", {"2027": 50}), phase("p2", {"2028": 50}, after_years=years)
        solve(scenario([two_phases(*phases)], **YEARS), value)

    def test_T1_counts_from_the_start_not_from_the_first_payment(self):
        # p1 starts in 2027 and pays in 2029; p2 may start in 2028 all the same.
        phases = decided("p1", {"2": 50}, 2027, 2027), decided("p2", 50, 2027, 2028, after_years=1)
        assert starts(solve(scenario([two_phases(*phases)], **YEARS), 11)) == {"a/p1": 2027, "a/p2": 2028}

    def test_T1_zero_is_not_before_and_absent_is_any_order(self):
        money = [by_year(50, 50, carry_over=False)]
        first, second = decided("p1", 50, 2028, 2028), decided("p2", 50, 2027, 2027)
        assert starts(solve(scenario([two_phases(first, second)], money, **YEARS), 11)) == {"a/p1": 2028, "a/p2": 2027}
        solve(scenario([two_phases(first, {**second, "after_years": 0})], money, **YEARS), 1)

    def test_T1_every_phase_after_the_one_before(self):
        phases = [decided(f"p{n}", 10, 2027, 2031, after_years=n or None) for n in range(3)]
        result = solve(
            scenario([site("a", value=None, phases=[*phases[:2], {**phases[2], "attributes": {"value": 1}}])], **YEARS),
            1,
        )
        assert starts(result) == {"a/p0": 2027, "a/p1": 2028, "a/p2": 2030}

    def test_T1_of_fractions(self):
        # In 2028 40 % of p1, then 40 % of p2 in 2029, worth 4.4; or 100 % of p1 alone in 2029, worth 1.
        phases = decided("p1", 100, 2028, 2029), decided("p2", 100, 2028, 2029, after_years=1)
        a = two_phases(*phases, divisible=True)
        result = solve(scenario([a], [by_year(0, 40, 100, carry_over=False)], **YEARS), 4.4)
        assert funded(result) == {"a/p1": 0.4, "a/p2": 0.4}
        assert starts(result) == {"a/p1": 2028, "a/p2": 2029}


class TestB2Commitments:
    SINCE = {"0": 50, "1": 50}  # noqa: RUF012

    def money(self, *amounts: float) -> Document:
        return by_year(*amounts, ceiling_basis="commitments", carry_over=False)

    @pytest.mark.parametrize("basis, start", [("payments", 2027), ("commitments", 2028)])
    def test_B2_all_of_it_is_booked_with_the_start(self, basis, start):
        money = by_year(60, 100, 100, ceiling_basis=basis, carry_over=False)
        assert starts(solve(scenario([movable("a", self.SINCE, 2027, 2029)], [money], **YEARS), 1)) == {"a": start}

    def test_B2_in_the_first_year_with_a_cost(self):
        a = movable("a", {"1": 50, "2": 50}, 2027, 2028)
        assert starts(solve(scenario([a], [self.money(100, 0, 100)], **YEARS), 1)) == {"a": 2028}
        solve(scenario([a], [self.money(100, 60, 60)], **YEARS), 0)

    def test_B2_of_a_fraction(self):
        # Booked in 2027 there is room for 60, in 2028 for 90; never in both.
        a = movable("a", self.SINCE, 2027, 2028, divisible=True)
        result = solve(scenario([a], [self.money(60, 90)], **YEARS), 0.9)
        assert (starts(result), paid(result, year=2028), paid(result, year=2029)) == ({"a": 2028}, 45, 45)

    def test_B2_beside_fixed_years(self):
        # b books its 100 in 2027; a, with room for 50 there, waits for 2028.
        sites = [movable("a", self.SINCE, 2027, 2028), site("b", {"2027": 20, "2028": 80})]
        assert starts(solve(scenario(sites, [self.money(150, 100)], **YEARS), 2)) == {"a": 2028}

    def test_B2_over_a_span(self):
        money = tier(ceilings=[{"from": 2027, "to": 2028, "at_most": 99}], ceiling_basis="commitments")
        assert starts(solve(scenario([movable("a", self.SINCE, 2027, 2029)], [money], **YEARS), 1)) == {"a": 2029}


class TestT1WithOtherRules:
    def test_T1_committed_money_leaves_the_starts_with_a_cost_there(self):
        # 80 are committed in 2029; only the start in 2028 costs so much in that year.
        a = site("a", phases=[decided("p1", {"0": 20, "1": 80}, 2027, 2030, committed={"union": {"2029": 80}})])
        result = solve(scenario([a], **YEARS), 1)
        assert (starts(result), paid(result, year=2028), paid(result, year=2029)) == ({"a": 2028}, 20, 80)

    def test_T1_locked_in_and_no_start_can_be_paid(self):
        a = site("a", locked="in", phases=[decided("p1", 100, 2028, 2029)])
        solve_infeasible(scenario([a], [by_year(100, carry_over=False)], **YEARS))
        assert starts(solve(scenario([a], [by_year(0, 0, 100)], **YEARS), 1)) == {"a": 2029}

    def test_T1_discounting_decides_who_starts_first(self):
        # Served one year from the year after the start, 10 % a year: b first, 20/1.1 + 10/1.21 = 26.446.
        sites = [movable("a", 100, 2027, 2028, 10), movable("b", 100, 2027, 2028, 20)]
        served = {"term": "discounted_attribute", "attribute": "value", "life_years": 1}
        result = solve(
            scenario(sites, [by_year(100, 100)], terms=[served], discount_rate=0.1, **YEARS), 20 / 1.1 + 10 / 1.21
        )
        assert starts(result) == {"a": 2028, "b": 2027}
        assert result.objective.another_optimum == "none"

    def test_T1_service_follows_the_last_cost_of_the_start(self):
        # 2028 start, last cost 2029, serves 2030 and 2031: three and four years after 2027.
        served = {"term": "discounted_attribute", "attribute": "value", "life_years": 2}
        a = movable("a", {"0": 50, "1": 50, "2": 0}, 2028, 2028, 10)
        solve(scenario([a], terms=[served], discount_rate=0.1, **YEARS), 10 / 1.1**3 + 10 / 1.1**4)

    def test_T1_without_a_cost_it_serves_from_its_start(self):
        served = {"term": "discounted_attribute", "attribute": "value", "life_years": 1, "service_lag_years": 0}
        free, costly = decided("p1", {}, 2028, 2030), decided("p2", 10, 2027, 2032, after_years=0)
        result = solve(scenario([two_phases(free, costly)], terms=[served], discount_rate=0.1, **YEARS), 11 / 1.1)
        assert starts(result) == {"a/p1": 2028, "a/p2": 2028}

    def test_T1_later_may_be_better(self):
        # What must be built and is minimised, discounted, is built last.
        served = {"term": "discounted_attribute", "attribute": "value", "life_years": 1, "sense": "minimise"}
        a = movable("a", 100, 2027, 2029, 10)
        result = solve(
            scenario([a], rules=[{"kind": "count", "at_least": 1}], terms=[served], discount_rate=0.1, **YEARS),
            -10 / 1.1**3,
        )
        assert starts(result) == {"a": 2029}


class TestT1AmongEquals:
    def test_T1_the_earliest_start(self):
        result = solve(scenario([movable("a", 100, 2028, 2031)], **YEARS), 1)
        assert (starts(result), result.objective.another_optimum) == ({"a": 2028}, "exists")

    def test_T1_the_first_by_id_starts_first_whatever_the_order_of_the_file(self):
        sites = [movable(name, 100, 2027, 2029) for name in "abc"]
        for turned in (sites, sites[::-1]):
            assert starts(solve(scenario(turned, [by_year(100, 100, 100)], **YEARS), 3)) == {
                "a": 2027,
                "b": 2028,
                "c": 2029,
            }

    def test_T1_the_fewest_years_of_delay_in_all(self):
        # 120 in 2027: a (100) alone leaves b and c for 2028; b and c (60 each) leave a: one year of delay, not two.
        sites = [movable("a", 100, 2027, 2028), movable("b", 60, 2027, 2028), movable("c", 60, 2027, 2028)]
        result = solve(scenario(sites, [by_year(120, 120, carry_over=False)], **YEARS), 3)
        assert starts(result) == {"a": 2028, "b": 2027, "c": 2027}

    def test_T1_public_money_comes_before_haste(self):
        # A private tier may pay 2028 in full; 2027 would take public money.
        late = tier("late", public=False, instrument="loan", annual_ceiling={"2028": 100})
        result = solve(scenario([movable("a", 100, 2027, 2028)], [tier(), late], **YEARS), 1)
        assert (starts(result), paid(result, tier="late")) == ({"a": 2028}, 100)

    def test_T1_the_only_start_there_is(self):
        result = solve(scenario([movable("a", 100, 2027, 2030)], [by_year(0, 100, carry_over=False)], **YEARS), 1)
        assert (starts(result), result.objective.another_optimum) == ({"a": 2028}, "none")

    @pytest.mark.parametrize("names", ["a", "ab"])
    def test_T1_the_start_of_what_is_not_funded_is_no_other_plan(self, names):
        # No money at all: nothing can be funded of divisible sites, whatever start is thought of.
        sites = [movable(name, 100, 2027, 2029, divisible=True) for name in names]
        result = solve(scenario(sites, [tier(size=0)], **YEARS), 0)
        assert (funded(result), starts(result), result.objective.another_optimum) == ({}, {}, "none")

    def test_T1_a_part_that_could_be_funded_is_another_plan(self):
        # b brings nothing and takes no public money: funding some of it is as good.
        sites = [movable("a", 100, 2027, 2027, divisible=True), movable("b", 100, 2028, 2028, 0, divisible=True)]
        result = solve(scenario(sites, [tier(size=100), tier("own", public=False, instrument="loan")], **YEARS), 1)
        assert result.objective.another_optimum == "exists"

    def test_T1_a_lexicographic_objective(self):
        stages = {"mode": "lexicographic", "terms": [VALUE, {"term": "public_money"}]}
        late = tier("late", public=False, instrument="loan", annual_ceiling={"2029": 100})
        document = scenario([movable("a", 100, 2027, 2029)], [tier(), late], objective=stages, **YEARS)
        assert starts(solve(document, 1)) == {"a": 2029}
