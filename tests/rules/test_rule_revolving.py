"""B3: what is repaid to a revolving tier can be spent again, from the year after. Optima worked by hand.

Sites cost 100 in one year each, and are worth 1; ``bank`` is a lender of 100 whose money comes back in one part unless
told otherwise.
"""

from __future__ import annotations

import pytest
from rule_cases import (
    EURO,
    VALUE,
    chosen,
    funded,
    loan,
    paid,
    phase,
    price,
    scenario,
    site,
    solve,
    solve_infeasible,
    tier,
)

from optimiser.report.pages import result_page
from optimiser.report.screen import rendered

HORIZON = {"first_year": 2027, "last_year": 2032}


def bank(size=100, years=1, grace_years=0, **keys):
    return loan("bank", size, revolving={"years": years, "grace_years": grace_years}, **keys)


def fund(sites, *tiers, rules=None, terms=None, **keys):
    return scenario(sites, list(tiers or (bank(),)), rules, terms, **{"horizon": HORIZON, **keys})


def at(name, year, cost=100, **keys):
    return site(name, {str(year): cost}, **keys)


class TestB3Size:
    @pytest.mark.parametrize("year, both", [(2028, False), (2029, True), (2030, True)])
    def test_B3_the_second_site_is_paid_with_what_the_first_repays(self, year, both):
        # 100 are paid in 2027, come back in 2028 and can be spent from 2029 on.
        result = solve(fund([at("a", 2027, value=2), at("b", year)]), 3 if both else 2)
        assert chosen(result) == ({"a", "b"} if both else {"a"})
        assert paid(result, tier="bank") == (200 if both else 100)

    @pytest.mark.parametrize("grace, year", [(0, 2029), (1, 2030), (2, 2031)])
    def test_B3_after_the_grace(self, grace, year):
        sites = [at("a", 2027, value=2), at("b", year - 1), at("c", year)]
        assert chosen(solve(fund(sites, bank(grace_years=grace)), 3)) == {"a", "c"}

    def test_B3_in_equal_parts(self):
        # A quarter of 100 a year from 2028 on: 25 can be spent from 2029, 50 from 2030, 75 from 2031.
        sites = [at("a", 2027, locked="in"), at("b", 2031, divisible=True)]
        assert funded(solve(fund(sites, bank(years=4)))) == {"a": 1, "b": 0.75}
        sites[1] = at("b", 2029, divisible=True)
        assert funded(solve(fund(sites, bank(years=4)))) == {"a": 1, "b": 0.25}

    def test_B3_what_is_spent_again_is_repaid_again(self):
        sites = [at(c, year) for c, year in zip("abc", (2027, 2029, 2031), strict=True)]
        assert paid(solve(fund(sites), 3), tier="bank") == 300
        solve(fund([*sites, at("d", 2030)]), 3)

    def test_B3_no_more_than_the_size_is_ever_out(self):
        # 60 in 2027 and 40 in 2028 are all of it; 60 are free again in 2029, and 40 more in 2030.
        first = [at("a", 2027, 60, locked="in"), at("b", 2028, 40, locked="in")]
        solve(fund([*first, at("c", 2029, 60), at("d", 2030, 40)]), 4)
        solve(fund([*first, at("c", 2029, 61)]), 2)

    def test_B3_a_later_year_does_not_lend_to_an_earlier_one(self):
        # In 2029 all of 2027 is back; in 2027 the size is 100 all the same.
        solve(fund([at("a", 2027, 60), at("b", 2027, 60), at("c", 2030)]), 2)

    def test_B3_years_between_and_phases(self):
        # 50 a year for four years: 50 and 50 are out when the first 50 can be spent again.
        a = site("a", phases=[phase("p1", {"2027": 50, "2028": 50}), phase("p2", {"2029": 50, "2030": 50})])
        assert paid(solve(fund([a]), 1), tier="bank") == 200
        solve_infeasible(fund([{**a, "locked": "in"}], bank(99)))

    def test_B1_at_least_is_of_all_that_is_spent(self):
        # 200 can be paid though no more than 100 is ever out.
        sites = [at("a", 2027, pledge="unlimited"), at("b", 2029, pledge="unlimited")]
        spare = [VALUE, {"term": "private_money", "tier": "bank", "sense": "minimise", "weight": 0.001}]
        assert paid(solve(fund(sites, bank({"at_least": 90, "at_most": 100}), terms=spare)), tier="bank") == 90
        assert paid(solve(fund(sites, bank({"at_least": 200, "at_most": 100}), terms=spare)), tier="bank") == 200
        solve_infeasible(fund(sites, bank({"at_least": 201, "at_most": 100}), terms=spare))

    def test_B3_failures_do_not_come_back(self):
        # A quarter of a is lost on average: 75 can be spent again.
        risk = {"model": "table", "losses": {"a": [0, 0, 0, 1], "b": [0, 0, 0, 0]}}
        sites = [at("a", 2027, locked="in"), at("b", 2029, divisible=True)]
        result = solve(fund(sites, bank(seniority=0), risk=risk))
        assert funded(result) == {"a": 1, "b": 0.75}
        assert result.indicators.repaid == {"bank": {"2028": 75, "2030": 75}}

    def test_B3_a_gain_brings_back_the_principal_alone(self):
        risk = {"model": "table", "losses": {"a": [-0.5], "b": [0]}}
        sites = [at("a", 2027, locked="in"), at("b", 2029, 110, divisible=True)]
        result = solve(fund(sites, bank(), risk=risk, fund={"loss_sharing": "pari_passu"}))
        assert paid(result, candidate="b") == 100

    def test_B3_a_failure_probability_without_a_risk_model_changes_nothing(self):
        solve(fund([at("a", 2027, failure_probability=0.5), at("b", 2029)]), 2)

    def test_B3_has_a_price(self):
        # A euro more in the size is a hundredth of a site in 2029, where all that is back is spent.
        sites = [at("a", 2027, locked="in"), at("b", 2029, 200, divisible=True)]
        result = solve(fund(sites))
        assert price(result, "B3", "bank", "at_most", "size/2029") == 1 / 200

    def test_S4_a_ticket_over_the_years_may_exceed_the_size(self):
        # 50 in 2027 and again in 2029 and 2031: 150 to one candidate, of a tier of 50.
        a = site("a", {"2027": 50, "2029": 50, "2031": 50})
        assert paid(solve(fund([a], bank(50, min_ticket=20)), 1), tier="bank") == 150

    def test_an_unlimited_tier_has_no_row(self):
        solve(fund([at("a", 2027), at("b", 2027)], bank("unlimited")), 2)


class TestB3Ceilings:
    def test_B3_a_year_has_its_ceiling_and_what_came_back_the_year_before(self):
        # 2027: 100. 2029: a ceiling of 20 and the 100 that came back in 2028.
        sites = [at("a", 2027), at("b", 2029, 120), at("c", 2029, 1)]
        ceilings = {"annual_ceiling": {"2027": 100, "2029": 20}}
        solve(fund(sites, bank(500, **ceilings)), 2)
        solve(fund(sites[:2], bank(500, **ceilings)), 2)

    def test_B3_without_carry_over_what_came_back_is_for_one_year(self):
        # Back in 2028, for 2029; in 2030 nothing is left of it.
        ceilings = {"annual_ceiling": {"2027": 100}}
        sites = [at("a", 2027, locked="in"), at("b", 2030)]
        solve(fund(sites, bank(500, **ceilings)), 1)
        solve(fund(sites, bank(500, carry_over=True, **ceilings)), 2)

    def test_B3_carry_over_cumulates_ceilings_and_repayments(self):
        # 60 + 0 + 40 and 60 back in 2028: 100 in 2029 beside the 60 of 2027, not 101.
        ceilings = {"annual_ceiling": {"2027": 60, "2029": 40}, "carry_over": True}
        first = at("a", 2027, 60, locked="in")
        solve(fund([first, at("b", 2029, 100)], bank(500, **ceilings)), 2)
        solve(fund([first, at("b", 2029, 101)], bank(500, **ceilings)), 1)

    def test_B3_a_span_counts_what_is_out_in_each_of_its_years(self):
        # 100 from 2027 to 2032: b is paid with what a repays. Two at once are one too many.
        span = [{"from": 2027, "to": 2032, "at_most": 100}]
        solve(fund([at("a", 2027), at("b", 2029)], bank(500, ceilings=span)), 2)
        solve(fund([at("a", 2027), at("b", 2028)], bank(500, ceilings=span)), 1)
        solve(fund([at("a", 2027), at("c", 2027), at("b", 2032)], bank(500, ceilings=span)), 2)

    @pytest.mark.parametrize("year, both", [(2029, True), (2030, False)])
    def test_B3_a_span_takes_what_came_back_from_the_year_before_it_on(self, year, both):
        # Back in 2028, to be spent from 2029: a span that starts in 2029 has it, one that starts in 2030 does not.
        spans = [{"from": year, "to": 2032, "at_most": 0}]
        sites = [at("a", 2027, locked="in"), at("b", year)]
        solve(fund(sites, bank(500, ceilings=spans)), 2 if both else 1)

    @pytest.mark.parametrize("basis, value", [("payments", 1), ("commitments", 0)])
    def test_B3_commitments_are_booked_at_once_and_repaid_as_paid(self, basis, value):
        # 50 in 2027 and in 2029, a ceiling of 50: the second is paid with the first. Committed, 100 are booked in 2027.
        ceilings = {"annual_ceiling": {"2027": 50}, "ceiling_basis": basis}
        solve(fund([site("a", {"2027": 50, "2029": 50})], bank(500, **ceilings)), value)

    def test_B3_what_is_committed_comes_back_when_it_was_paid(self):
        # b (2028) is committed 50 in its first year and pays in 2028 and 2030; its 50 of 2028 come back in 2029.
        ceilings = {"ceilings": [{"from": 2027, "to": 2032, "at_most": 100}], "ceiling_basis": "commitments"}
        b = site("b", {"2028": 50, "2030": 50}, locked="in")
        assert chosen(solve(fund([b, at("c", 2030, 50)], bank(500, **ceilings)), 2)) == {"b", "c"}
        assert chosen(solve(fund([b, at("c", 2030, 51)], bank(500, **ceilings)), 1)) == {"b"}

    def test_B3_a_start_is_decided_for_what_comes_back(self):
        # b could start in 2028, when 100 are out; it waits for 2029, with payments and with commitments.
        window = {"cost_since_start": {"0": 100}, "start": {"earliest": 2028, "latest": 2031}}
        b = site("b", phases=[{"id": "p1", **window}], locked="in")
        spans = [{"from": 2027, "to": 2032, "at_most": 100}]
        for keys in ({}, {"ceilings": spans}, {"ceilings": spans, "ceiling_basis": "commitments"}):
            result = solve(fund([at("a", 2027, locked="in"), b], bank(100 if not keys else 500, **keys)), 2)
            assert {(c.candidate, c.year) for c in result.money} == {("a", 2027), ("b", 2029)}


class TestResult:
    def test_what_a_tier_holds_at_the_end_is_unspent(self):
        # 100 − 100 − 50 + 50 + 50 + 25, the other 25 after the horizon.
        sites = [at("a", 2027), at("b", 2029, 50)]
        result = solve(fund(sites, bank(years=2), horizon={"first_year": 2027, "last_year": 2030}), 2)
        assert result.indicators.repaid == {"bank": {"2028": 50, "2029": 50, "2030": 25, "2031": 25}}
        assert {u.tier: u.amount for u in result.unspent} == {"bank": 75}
        assert result.indicators.by_tier == {"bank": 150}
        page = rendered(result_page(result), 100)
        assert "What comes back to revolving tiers" in page
        assert "2031     25" in page

    def test_what_keeps_a_tier_from_spending_more(self):
        # The second site could take 60 more, and only 50 are back.
        sites = [at("a", 2027, locked="in"), at("b", 2029, 110, pledge="unlimited", locked="in")]
        result = solve(fund(sites, bank(years=2), terms=[{"term": "private_money", "tier": "bank"}]), 150)
        assert [(u.kept_by, u.proven) for u in result.unspent] == [(["B3", "F1", "L3"], True)]

    def test_no_money_left_is_not_said_of_a_revolving_tier(self):
        result = solve(fund([at("a", 2027, locked="in"), at("b", 2028, 80)]), 1)
        assert {c.id: c.reason.code for c in result.candidates}["b"] == "outranked"

    @pytest.mark.parametrize("size", [100.000001, 77.777777])
    def test_whole_euros(self, size):
        # Thirds come back; the certificate holds within a euro a cell.
        sites = [at("a", 2027, 33.333333, pledge="unlimited", locked="in")]
        sites += [at(c, year, 99.999999, pledge="unlimited", locked="in") for c, year in (("b", 2029), ("c", 2031))]
        result = solve(fund(sites, bank(size, years=3), terms=[{"term": "private_money", "tier": "bank"}]))
        check = next(r for r in result.certificate.rules if r.label == "B3")
        assert check.violation <= check.allowance <= 3 * EURO

    def test_another_tier_pays_what_has_not_come_back(self):
        sites = [at("a", 2027, locked="in"), at("b", 2028, locked="in")]
        result = solve(fund(sites, bank(), tier()))
        assert (paid(result, tier="bank"), paid(result, tier="union")) == (100, 100)
