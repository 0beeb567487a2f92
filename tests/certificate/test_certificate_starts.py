"""T1 and what follows from a start: inside and outside, on plans made by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from certificate_cases import M, assert_inside, assert_outside, broken, lines, phase, scenario, site, tier

from optimiser.certificate import certify
from optimiser.plan import Plan

P1, P2 = ("sines", "p1"), ("sines", "p2")
HORIZON = {"horizon": {"first_year": 2027, "last_year": 2032}}


def decided(name, since, earliest, latest, **keys):
    window = {"earliest": earliest, "latest": latest}
    return {"id": name, "cost_since_start": since, "start": window, **keys}


def sines(*phases, **keys):
    return scenario([site("sines", phases=list(phases), **keys)], **HORIZON)


def started(private, start, fraction=(P1,)):
    """Phases in full, paid by the consortium: (phase, year) to EUR million."""
    y = {key: Fraction(1) for key in fraction}
    return Plan(y, {}, {("sines", p, t): amount * M for (p, t), amount in private.items()}, start)


WINDOW = decided("p1", {"0": 60, "1": 40}, 2028, 2030)


class TestT1Window:
    @pytest.mark.parametrize("start", [2028, 2029, 2030])
    def test_inside(self, start):
        paid = {("p1", start): 60, ("p1", start + 1): 40}
        assert_inside(sines(WINDOW), started(paid, {P1: start}), "T1", "fund")

    @pytest.mark.parametrize("start, years", [(2027, 1), (2031, 1), (2026, 2)])
    def test_outside(self, start, years):
        paid = {("p1", start): 60, ("p1", start + 1): 40}
        assert_outside(sines(WINDOW), started(paid, {P1: start}), "T1", "fund", "sines/p1", years)

    def test_a_funded_phase_without_a_start(self):
        # Without a start no year has a cost: what is paid has no use either.
        found = certify(sines(WINDOW), started({("p1", 2028): 60, ("p1", 2029): 40}, {}))
        assert broken(found) == {("T1", "fund"), ("F1", "fund")}
        assert lines(found, "T1")["fund"].violation == 1
        assert lines(found, "F1")["fund"].violation == 60

    def test_what_is_not_funded_starts_nowhere(self):
        assert_inside(sines(WINDOW), Plan({}, {}, {}), "T1", "fund")

    def test_a_start_of_a_phase_with_fixed_years(self):
        of = sines(phase("p1", {"2028": 100}))
        assert_outside(of, started({("p1", 2028): 100}, {P1: 2028}), "T1", "fund", "sines/p1", 1)

    def test_a_start_of_a_phase_there_is_not(self):
        paid = started({("p1", 2028): 60, ("p1", 2029): 40}, {P1: 2028, ("evora", "p1"): 2028})
        assert_outside(sines(WINDOW), paid, "T1", "fund", "evora/p1", 1)

    def test_no_line_where_nothing_is_decided(self):
        assert lines(certify(sines(phase("p1")), started({("p1", 2027): 100}, {})), "T1") == {}


class TestT1AfterYears:
    @pytest.mark.parametrize("second, violation", [(2029, 1), (2028, 2)])
    def test_both_decided(self, second, violation):
        of = sines(decided("p1", {"0": 10}, 2028, 2029), decided("p2", {"0": 10}, 2028, 2032, after_years=2))
        inside = started({("p1", 2028): 10, ("p2", 2030): 10}, {P1: 2028, P2: 2030}, (P1, P2))
        assert_inside(of, inside, "T1", "fund")
        outside = started({("p1", 2028): 10, ("p2", second): 10}, {P1: 2028, P2: second}, (P1, P2))
        assert_outside(of, outside, "T1", "fund", "sines/p2", violation)

    def test_from_the_first_year_with_a_cost(self):
        of = sines(
            phase("p1", {"2027": 0, "2028": 10, "2029": 10}), decided("p2", {"1": 10}, 2027, 2031, after_years=1)
        )
        paid = {("p1", 2028): 10, ("p1", 2029): 10}
        assert_inside(of, started(paid | {("p2", 2030): 10}, {P2: 2029}, (P1, P2)), "T1", "fund")
        outside = started(paid | {("p2", 2029): 10}, {P2: 2028}, (P1, P2))
        assert_outside(of, outside, "T1", "fund", "sines/p2", 1)

    def test_between_fixed_years(self):
        of = sines(phase("p1", {"2028": 10}), phase("p2", {"2029": 10}, after_years=2))
        paid = {("p1", 2028): 10, ("p2", 2029): 10}
        assert_outside(of, started(paid, {}, (P1, P2)), "T1", "fund", "sines/p2", 1)
        assert certify(of, started({("p1", 2028): 10}, {})).holds

    def test_the_years_of_a_phase_without_a_cost(self):
        # It starts with the horizon, in 2027.
        of = sines(phase("p1", {}), decided("p2", {"0": 10}, 2028, 2030, after_years=2))
        assert_inside(of, started({("p2", 2029): 10}, {P2: 2029}, (P1, P2)), "T1", "fund")
        assert_outside(of, started({("p2", 2028): 10}, {P2: 2028}, (P1, P2)), "T1", "fund", "sines/p2", 1)

    def test_a_phase_before_its_turn_is_not_a_matter_of_years(self):
        of = sines(decided("p1", {"0": 10}, 2028, 2029), decided("p2", {"0": 10}, 2028, 2030, after_years=1))
        assert_outside(of, started({("p2", 2030): 10}, {P2: 2030}, (P2,)), "Q1", "fund", "sines/p2", 1)


class TestF1AndB2FollowTheStart:
    def test_F1_money_in_the_years_of_another_start(self):
        paid = started({("p1", 2028): 60, ("p1", 2029): 40}, {P1: 2029})
        found = assert_outside(sines(WINDOW), paid, "F1", "fund", "sines/p1/2028", 60)
        assert found.checked == 3

    def test_F1_a_fraction_of_the_cost_of_each_year(self):
        of = sines(WINDOW, divisible=True)
        half = replace(started({("p1", 2029): 30, ("p1", 2030): 20}, {P1: 2029}), fraction={P1: Fraction(1, 2)})
        assert_inside(of, half, "F1", "fund")

    @pytest.mark.parametrize("basis, booked", [("payments", 2029), ("commitments", 2028)])
    def test_B2_commitments_are_booked_with_the_start(self, basis, booked):
        # All of the 100 of the union in 2029 as paid, or in 2028, the first year of the start with a cost.
        since = {"0": 0, "1": 1, "2": 100}
        union = tier(ceiling_basis=basis, ceilings=[{"from": booked, "to": booked, "at_most": 99}])
        of = scenario([site("sines", phases=[decided("p1", since, 2027, 2030)])], [union], **HORIZON)
        plan = Plan({P1: Fraction(1)}, {("union", *P1, 2029): 100 * M}, {(*P1, 2028): 1 * M}, {P1: 2027})
        assert_outside(of, plan, "B2", "union", f"{booked}-{booked}", 1)
        later = Plan({P1: Fraction(1)}, {("union", *P1, 2032): 100 * M}, {(*P1, 2031): 1 * M}, {P1: 2030})
        assert_inside(of, later, "B2", "union")

    def test_S1_is_of_the_whole_cost_whatever_the_start(self):
        of = scenario([site("sines", phases=[WINDOW])], [tier(max_share_of_cost=0.3)], **HORIZON)
        for euros, holds in ((30 * M, True), (30 * M + 2, False)):
            private = {(*P1, 2029): 60 * M - euros, (*P1, 2030): 40 * M}
            plan = Plan({P1: Fraction(1)}, {("union", *P1, 2029): euros}, private, {P1: 2029})
            assert certify(of, plan).holds == holds
