"""Soft rules in the certificate: counted once more, never a reason to fail unless what is stated of them is not so."""

from __future__ import annotations

import pytest
from certificate_cases import EURO, M, lines, plan, scenario, site, tier

from optimiser.certificate import certify
from optimiser.result.result import SoftBound

SOFT = {"priority": 1}


def stated(label, violation, unit, rule="r", at=""):
    return SoftBound(rule, label, 1, at, "at_most", 0.0, 0.0, violation, violation, unit)


def rule(kind, **keys):
    return {"id": "r", "kind": kind, "soft": SOFT, **keys}


AB = [site("a", attributes={"mw": 60, "pue": 1.5}), site("b", attributes={"mw": 90, "pue": 1.2})]
PAID = {"union/a/main/2027": 20 * M, "union/b/main/2027": 50 * M}

BROKEN = {
    # label: rule, violation, unit, worked by hand; both sites are funded, with 20 and 50 of the union
    "N1": (rule("count", at_most=0), 2, "count"),
    "G1": (rule("money", at_least=100), 30, "EUR million"),
    "A1": (rule("attribute", attribute="mw", at_most=100), 50, "1"),
    # (1.5 − 1.1) · 60 + (1.2 − 1.1) · 90
    "A1 average": (rule("attribute", attribute="pue", average_by="mw", at_most=1.1), 33, "1"),
    # 80 − 60 for a; b has 90
    "A2": (rule("floor", attribute="mw", at_least=80), 20, "1"),
    # 5 beyond for a and 35 for b, the stricter of 20 % of 100 and 15
    "S7": (rule("award", at_most=15, at_most_share=0.2), 40, "EUR million"),
    "S7 least": (rule("award", at_least=30, at_least_share=0.4), 20, "EUR million"),
    "L1": (rule("exclusive", candidates=["a", "b"]), 1, "count"),
    "T2": (rule("stay_close", plan={"a": ["main"]}, at_most_changes=0), 1, "count"),
}


class TestSoft:
    @pytest.mark.parametrize("case", BROKEN)
    def test_the_violation_is_summed_and_breaks_nothing(self, case):
        constraint, violation, unit = BROKEN[case]
        label = case.split()[0]
        s = scenario(AB, constraints=[constraint])
        p = plan(s, PAID)
        certificate = certify(s, p, soft=[stated(label, violation, unit)])
        line = lines(certificate, label)["r"]
        assert (line.soft, line.violation, line.stated, line.unit) == (True, violation, violation, unit)
        assert certificate.holds
        assert certificate.largest_violation == 0
        hard = scenario(AB, constraints=[{key: value for key, value in constraint.items() if key != "soft"}])
        assert not certify(hard, p).holds

    @pytest.mark.parametrize("case", BROKEN)
    @pytest.mark.parametrize("off", [-0.5, 1e-6, 3])
    def test_what_is_stated_must_be_so(self, case, off):
        constraint, violation, unit = BROKEN[case]
        s = scenario(AB, constraints=[constraint])
        certificate = certify(s, plan(s, PAID), soft=[stated(case.split()[0], violation + off, unit)])
        assert not certificate.holds
        assert [c.label for c in certificate.rules if not c.holds] == [case.split()[0]]
        assert not certify(s, plan(s, PAID), soft=[]).holds  # said to be kept
        assert certify(s, plan(s, PAID)).holds  # nothing said

    def test_what_is_stated_is_summed(self):
        constraint, *_ = BROKEN["S7"]
        s = scenario(AB, constraints=[constraint])
        parts = [stated("S7", 5, "EUR million", at="a/main"), stated("S7", 35, "EUR million", at="b/main")]
        assert certify(s, plan(s, PAID), soft=parts).holds
        assert not certify(s, plan(s, PAID), soft=parts[:1]).holds

    def test_matching(self):
        match = {"id": "match", "tiers": ["state"], "of": ["union"], "at_least": 0.5, "soft": SOFT}
        s = scenario(AB, [tier(), tier("state")], fund={"matching": [match]})
        said = [stated("S3", 35, "EUR million", "match")]
        certificate = certify(s, plan(s, PAID), soft=said)
        assert lines(certificate, "S3")["match"].violation == 35
        assert certificate.holds

    def test_needs_named_twice_are_one_row(self):
        constraint = rule("requires", candidate="a", needs=["b", "b"])
        s = scenario(AB, constraints=[constraint])
        certificate = certify(s, plan(s, fraction={"a/main": 1}), soft=[stated("L2", 1, "count")])
        assert certificate.holds

    def test_a_hard_rule_still_fails_beside_a_soft_one(self):
        s = scenario(AB, [tier(size=60)], constraints=[BROKEN["N1"][0]])
        certificate = certify(s, plan(s, PAID), soft=[stated("N1", 2, "count")])
        assert not certificate.holds
        assert certificate.largest_violation == 10

    def test_a_soft_rule_that_is_kept(self):
        s = scenario(AB, constraints=[rule("money", at_most=70)])
        line = lines(certify(s, plan(s, PAID), soft=[]), "G1")["r"]
        assert (line.soft, line.violation, line.stated, line.allowance, line.at) == (True, 0, 0, 2 * EURO, "")
        assert certify(s, plan(s, PAID)).holds
