"""Q1, N1, L1 to L3, Y1: a point inside and a point outside, worked by hand."""

from __future__ import annotations

from dataclasses import replace
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
)

from optimiser.certificate import certify

HALF = Fraction(1, 2)
TWO_PHASES = [phase("phase-1"), phase("phase-2")]


def count(**keys):
    return {"id": "sites", "kind": "count", **keys}


class TestQ1:
    def test_a_later_phase_needs_the_earlier(self):
        s = scenario([site("sines", phases=[*TWO_PHASES, phase("phase-3")]), site("evora")])
        inside = plan(s, fraction={"sines/phase-1": 1, "sines/phase-2": 1})
        assert assert_inside(s, inside, "Q1", "fund").checked == 2
        outside = plan(s, fraction={"sines/phase-1": 1, "sines/phase-3": 1})
        assert assert_outside(s, outside, "Q1", "fund", "sines/phase-3", 1.0).allowance == 0.0

    def test_fractions(self):
        s = scenario([site("sines", phases=TWO_PHASES, divisible=True)])
        assert_inside(s, plan(s, fraction={"sines/phase-1": HALF, "sines/phase-2": HALF}), "Q1", "fund")
        outside = plan(s, fraction={"sines/phase-1": HALF, "sines/phase-2": Fraction(3, 4)})
        assert_outside(s, outside, "Q1", "fund", "sines/phase-2", 0.25)

    def test_fractions_hold_to_one_part_in_a_billion(self):
        s = scenario([site("sines", phases=TWO_PHASES, divisible=True)])
        for beyond, holds in ((5e-10, True), (6e-10, False)):
            later = HALF + Fraction(str(beyond))
            certificate = certify(s, plan(s, fraction={"sines/phase-1": HALF, "sines/phase-2": later}))
            assert certificate.holds is holds
            assert lines(certificate, "Q1")["fund"].violation == beyond

    def test_single_phases_have_no_order(self):
        s = scenario([site("sines"), site("evora")])
        assert lines(certify(s, plan(s)), "Q1") == {}


TWO_LOTS = [site("sines", tags=["lot-1"], phases=TWO_PHASES), site("evora", tags=["lot-1"]), site("beja")]


class TestN1:
    def test_first_phases_in_all(self):
        s = scenario(TWO_LOTS, constraints=[count(at_least=2, at_most=2)])
        two = {"sines/phase-1": 1, "sines/phase-2": 1, "beja/main": 1}
        check = assert_inside(s, plan(s, fraction=two), "N1", "sites")
        assert (check.unit, check.allowance) == ("count", 0.0)
        assert_outside(s, plan(s), "N1", "sites", "", 1.0)
        assert_outside(s, plan(s, fraction={}), "N1", "sites", "", 2.0)

    def test_in_a_group(self):
        s = scenario(TWO_LOTS, constraints=[count(of={"tags": ["lot-1"]}, at_most=1)])
        assert_inside(s, plan(s, fraction={"evora/main": 1, "beja/main": 1}), "N1", "sites")
        assert_outside(s, plan(s), "N1", "sites", "", 1.0)

    def test_a_named_phase_counts_only_where_there_is_one(self):
        s = scenario(TWO_LOTS, constraints=[count(phase="phase-2", at_least=1)])
        assert_inside(s, plan(s), "N1", "sites")
        without = plan(s, fraction={"sines/phase-1": 1, "evora/main": 1, "beja/main": 1})
        assert_outside(s, without, "N1", "sites", "", 1.0)

    def test_the_country_of_the_phase_that_counts(self):
        phases = [phase("phase-1"), phase("phase-2", country="ES")]
        rule = count(phase="phase-2", of={"countries": ["ES"]}, at_most=0)
        s = scenario([site("sines", phases=phases)], constraints=[rule])
        assert_inside(s, plan(s, fraction={"sines/phase-1": 1}), "N1", "sites")
        assert_outside(s, plan(s), "N1", "sites", "", 1.0)

    def test_fractions_count_as_fractions(self):
        candidates = [site("sines", divisible=True), site("evora", divisible=True)]
        s = scenario(candidates, constraints=[count(at_most=1)])
        assert_inside(s, plan(s, fraction={"sines/main": HALF, "evora/main": HALF}), "N1", "sites")
        outside = plan(s, fraction={"sines/main": HALF, "evora/main": Fraction(3, 4)})
        assert_outside(s, outside, "N1", "sites", "", 0.25)

    def test_fractions_hold_to_one_part_in_a_billion(self):
        # A sum of 2 within 2·10^-9: 2·10^-9 off is within, 3·10^-9 is not, on either side.
        s = scenario([site(name, divisible=True) for name in "abcd"], constraints=[count(at_least=2, at_most=2)])
        for off, holds in ((2e-9, True), (3e-9, False)):
            for fourth in (HALF + Fraction(str(off)), HALF - Fraction(str(off))):
                y = {"a/main": HALF, "b/main": HALF, "c/main": HALF, "d/main": fourth}
                check = lines(certify(s, plan(s, fraction=y)), "N1")["sites"]
                assert check.violation == off
                assert (check.violation <= check.allowance) is holds

    def test_a_candidate_with_a_least_fraction_counts_whole(self):
        candidates = [site("sines", divisible=True, least_fraction=0.25), site("evora", divisible=True)]
        s = scenario(candidates, constraints=[count(at_most=1)])
        assert_inside(s, plan(s, fraction={"sines/main": HALF}), "N1", "sites")
        outside = plan(s, fraction={"sines/main": HALF, "evora/main": HALF})
        assert_outside(s, outside, "N1", "sites", "", 0.5)
        assert_inside(s, plan(s, fraction={"evora/main": 1}), "N1", "sites")


RIVALS = {"id": "one-iberian", "kind": "exclusive", "candidates": ["sines", "evora"], "at_most": 1}


class TestL1:
    def test_rivals(self):
        s = scenario([site("sines", phases=TWO_PHASES), site("evora"), site("beja")], constraints=[RIVALS])
        one = {"sines/phase-1": 1, "sines/phase-2": 1, "beja/main": 1}
        assert assert_inside(s, plan(s, fraction=one), "L1", "one-iberian").unit == "count"
        assert_outside(s, plan(s), "L1", "one-iberian", "", 1.0)

    def test_a_least_fraction_counts_whole(self):
        s = scenario([site("sines", divisible=True, least_fraction=0.25), site("evora")], constraints=[RIVALS])
        assert_inside(s, plan(s, fraction={"sines/main": HALF}), "L1", "one-iberian")
        outside = plan(s, fraction={"sines/main": HALF, "evora/main": 1})
        assert assert_outside(s, outside, "L1", "one-iberian", "", 1.0).allowance == 0.0

    def test_fractions_hold_to_one_part_in_a_billion(self):
        s = scenario([site("sines", divisible=True), site("evora", divisible=True)], constraints=[RIVALS])
        for off, holds in ((1e-9, True), (2e-9, False)):
            y = {"sines/main": HALF, "evora/main": HALF + Fraction(str(off))}
            assert certify(s, plan(s, fraction=y)).holds is holds


PAIR = {"id": "pair", "kind": "requires", "candidate": "sines", "needs": ["evora", "beja"]}


class TestL2:
    def test_all_that_it_needs(self):
        s = scenario([site("sines"), site("evora"), site("beja")], constraints=[PAIR])
        assert assert_inside(s, plan(s), "L2", "pair").checked == 2
        assert_inside(s, plan(s, fraction={"evora/main": 1}), "L2", "pair")
        outside = plan(s, fraction={"sines/main": 1, "evora/main": 1})
        assert assert_outside(s, outside, "L2", "pair", "beja", 1.0).allowance == 0.0

    def test_fractions_and_least_fractions(self):
        # sines takes part (v = 1) with a quarter; evora's half is a half, beja's half is v = 1.
        candidates = [
            site("sines", divisible=True, least_fraction=0.25),
            site("evora", divisible=True),
            site("beja", divisible=True, least_fraction=0.25),
        ]
        s = scenario(candidates, constraints=[PAIR])
        y = {"sines/main": Fraction(1, 4), "evora/main": 1, "beja/main": HALF}
        assert_inside(s, plan(s, fraction=y), "L2", "pair")
        assert_outside(s, plan(s, fraction={**y, "evora/main": HALF}), "L2", "pair", "evora", 0.5)


class TestL3:
    def test_a_candidate_locked_in_has_its_first_phase_in(self):
        s = scenario([site("sines", phases=TWO_PHASES, locked="in")])
        assert_inside(s, plan(s, fraction={"sines/phase-1": 1}), "L3", "fund")
        assert_outside(s, plan(s, fraction={}), "L3", "fund", "sines/phase-1", 1.0)

    def test_a_candidate_locked_out_has_no_phase(self):
        s = scenario([site("sines", phases=TWO_PHASES, locked="out"), site("evora")])
        assert_inside(s, plan(s, fraction={"evora/main": 1}), "L3", "fund")
        assert_outside(s, plan(s, fraction={"sines/phase-1": 1}), "L3", "fund", "sines/phase-1", 1.0)
        both = lines(certify(s, plan(s, fraction={"sines/phase-2": 1})), "L3")["fund"]
        assert (both.at, both.violation) == ("sines/phase-2", 1.0)

    def test_phases_locked(self):
        phases = [phase("phase-1", locked="in"), phase("phase-2", locked="out")]
        s = scenario([site("sines", phases=phases)])
        assert_inside(s, plan(s, fraction={"sines/phase-1": 1}), "L3", "fund")
        assert_outside(s, plan(s, fraction={}), "L3", "fund", "sines/phase-1", 1.0)
        assert_outside(s, plan(s), "L3", "fund", "sines/phase-2", 1.0)

    def test_locked_in_is_in_full_divisible_or_not(self):
        s = scenario([site("sines", divisible=True, locked="in")])
        assert_outside(s, plan(s, fraction={"sines/main": HALF}), "L3", "fund", "sines/main", 0.5)

    def test_committed_money_and_its_phase(self):
        phases = [phase("phase-1", {"2027": 100, "2028": 100}, committed={"union": {"2027": 20, "2028": 10}})]
        s = scenario([site("sines", phases=phases)])
        money = {"union/sines/phase-1/2027": 25 * M, "union/sines/phase-1/2028": 10 * M}
        certificate = certify(s, plan(s, money))
        assert certificate.holds
        # The two units have a line each: the fraction of the phase, and the two amounts.
        found = {(check.unit, check.checked) for check in certificate.rules if check.label == "L3"}
        assert found == {("fraction", 1), ("EUR million", 2)}
        short = plan(s, {**money, "union/sines/phase-1/2028": 10 * M - 1})
        amounts = [c for c in certify(s, short).rules if c.label == "L3" and c.unit == "EUR million"]
        assert [(c.at, c.violation, c.allowance) for c in amounts] == [("sines/phase-1/2028", EURO, 0.0)]
        assert broken(certify(s, short)) == {("L3", "fund")}

    def test_one_euro_committed_and_none_paid(self):
        s = scenario([site("sines", phases=[phase("phase-1", committed={"union": {"2027": 0.000001}})])])
        amounts = [c for c in certify(s, plan(s)).rules if c.label == "L3" and c.unit == "EUR million"]
        assert [(c.at, c.violation) for c in amounts] == [("sines/phase-1/2027", EURO)]

    def test_committed_money_means_funded(self):
        s = scenario([site("sines", phases=[phase("phase-1", committed={"union": {"2027": 20}})])])
        certificate = certify(s, plan(s, fraction={}))
        fractions = [check for check in certificate.rules if check.label == "L3" and check.unit == "fraction"]
        assert [(check.at, check.violation) for check in fractions] == [("sines/phase-1", 1.0)]

    def test_nothing_locked_is_no_rule(self):
        s = scenario([site("sines")])
        assert lines(certify(s, plan(s)), "L3") == {}


class TestY1:
    @pytest.mark.parametrize("y, violation", [(HALF, 0.5), (Fraction(9, 10), 0.1), (2, 1.0), (-1, 1.0)])
    def test_all_or_nothing(self, y, violation):
        s = scenario([site("sines"), site("evora")])
        assert_inside(s, plan(s, fraction={"evora/main": 1}), "Y1", "fund")
        outside = replace(plan(s), fraction={("sines", "main"): Fraction(y)}, private_money={})
        check = lines(certify(s, outside), "Y1")["fund"]
        assert (check.at, check.violation, check.unit, check.checked) == ("sines/main", violation, "fraction", 2)
        assert ("Y1", "fund") in broken(certify(s, outside))

    def test_divisible(self):
        s = scenario([site("sines", divisible=True)])
        for y in (0, Fraction(1, 1000), HALF, 1):
            assert_inside(s, plan(s, fraction={"sines/main": y}), "Y1", "fund")
        assert_outside(s, plan(s, fraction={"sines/main": Fraction(5, 4)}), "Y1", "fund", "sines/main", 0.25)
        below = lines(certify(s, plan(s, fraction={"sines/main": Fraction(-1, 4)})), "Y1")["fund"]
        assert (below.at, below.violation) == ("sines/main", 0.25)

    def test_least_fraction_of_the_first_phase(self):
        s = scenario([site("sines", phases=TWO_PHASES, divisible=True, least_fraction=0.5)])
        assert_inside(s, plan(s, fraction={}), "Y1", "fund")
        assert_inside(s, plan(s, fraction={"sines/phase-1": HALF, "sines/phase-2": Fraction(1, 8)}), "Y1", "fund")
        below = plan(s, fraction={"sines/phase-1": Fraction(3, 8)})
        assert_outside(s, below, "Y1", "fund", "sines/phase-1", 0.125)

    def test_a_least_fraction_of_more_digits_than_are_reported(self):
        s = scenario([site("sines", divisible=True, least_fraction=1 / 3)])
        y = Fraction(333_333_333_333_333, 10**15)
        assert_allowed(s, plan(s, fraction={"sines/main": y}), "Y1", "fund", 3e-16, 1e-15)

    def test_a_fraction_of_an_unknown_phase(self):
        s = scenario([site("sines")])
        p = plan(s)
        p = replace(p, fraction={**p.fraction, ("nowhere", "main"): Fraction(1)})
        assert_outside(s, p, "Y1", "fund", "nowhere/main", 1.0)
