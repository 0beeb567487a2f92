"""GU, and what a guarantee uses of its budget (B1, B2, S5): a point inside and a point outside, worked by hand.

Sites cost 100 and their consortia pay what is missing. The ``senior`` lender is covered by ``cover``.
"""

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
    tier,
)

from optimiser import evaluate
from optimiser.certificate import certify
from optimiser.plan import Plan
from optimiser.scenario.scenario import Scenario


def cover(**keys):
    return tier("cover", instrument="guarantee", **{"covers": ["senior"], "cover_share": 0.5, **keys})


def senior(**keys):
    return tier("senior", instrument="loan", public=False, **keys)


def guaranteed(of: Scenario, amounts: dict[str, int], lent: dict[str, int]) -> Plan:
    """What is guaranteed and lent, by "candidate/phase/year" [euros]; consortia pay what the lender does not."""
    p = plan(of, {f"senior/{place}": euros for place, euros in lent.items()})
    cells = {}
    for place, euros in amounts.items():
        candidate, part, year = place.split("/")
        cells["cover", candidate, part, int(year)] = euros
    return replace(p, money={**p.money, **cells})


A = "a/main/2027"
B = "b/main/2027"


class TestGU:
    def test_a_share_of_what_is_covered(self):
        s = scenario([site("a")], [cover(), senior()])
        assert_inside(s, guaranteed(s, {A: 40 * M}, {A: 80 * M}), "GU", "cover")
        assert_outside(s, guaranteed(s, {A: 41 * M}, {A: 80 * M}), "GU", "cover", "a", 1.0)

    def test_by_candidate(self):
        # 40 of 160 in all; but b lends nothing.
        s = scenario([site("a"), site("b")], [cover(), senior()])
        assert_outside(s, guaranteed(s, {B: 1 * M}, {A: 80 * M}), "GU", "cover", "b", 1.0)

    def test_over_the_tiers_it_covers(self):
        other = tier("other", instrument="equity")
        s = scenario([site("a")], [cover(covers=["senior", "other"]), senior(), other])
        p = guaranteed(s, {A: 50 * M}, {A: 60 * M})
        p = replace(p, money={**p.money, ("other", "a", "main", 2027): 40 * M}, private_money={})
        assert_inside(s, p, "GU", "cover")
        s = scenario([site("a")], [cover(), senior(), other])
        assert_outside(s, p, "GU", "cover", "a", 20.0)

    def test_a_euro_a_cell_is_allowed(self):
        s = scenario([site("a")], [cover(), senior()])
        assert_allowed(s, guaranteed(s, {A: 40 * M + 2}, {A: 80 * M}), "GU", "cover", 2 * EURO, 2 * EURO)
        assert_outside(s, guaranteed(s, {A: 40 * M + 3}, {A: 80 * M}), "GU", "cover", "a", 3 / M)

    def test_where_a_phase_is_funded(self):
        # Phase 2 is not: nothing may stand there, though a lends 80.
        s = scenario([site("a", phases=[phase("p1"), phase("p2", {"2028": 50})])], [cover(), senior()])
        p = guaranteed(s, {"a/p1/2027": 40 * M}, {"a/p1/2027": 80 * M})
        out = {key: m for key, m in p.private_money.items() if key[1] == "p1"}
        funded = {("a", "p1"): Fraction(1)}
        assert_inside(s, replace(p, fraction=funded, private_money=out), "GU", "cover")
        p = guaranteed(s, {"a/p2/2028": 40 * M}, {"a/p1/2027": 80 * M})
        assert_outside(s, replace(p, fraction=funded, private_money=out), "GU", "cover", "a/p2", 40.0)

    def test_no_more_in_a_phase_than_it_costs(self):
        s = scenario([site("a", phases=[phase("p1"), phase("p2", {"2028": 30})])], [cover(), senior()])
        lent = {"a/p1/2027": 100 * M}
        assert_inside(s, guaranteed(s, {"a/p2/2028": 30 * M, "a/p1/2027": 20 * M}, lent), "GU", "cover")
        assert_outside(s, guaranteed(s, {"a/p2/2028": 50 * M}, lent), "GU", "cover", "a/p2", 20.0)

    @pytest.mark.parametrize("place", ["a/main/2029", "a/other/2027", "nowhere/main/2027"])
    def test_nothing_in_a_year_without_a_cost(self, place):
        s = scenario([site("a")], [cover(), senior()])
        certificate = certify(s, guaranteed(s, {place: 3}, {A: 80 * M}))
        assert broken(certificate) == {("GU", "cover")}
        assert (lines(certificate, "GU")["cover"].at, lines(certificate, "GU")["cover"].violation) == (place, 3 / M)

    def test_a_scenario_without_a_guarantee_has_no_line(self):
        s = scenario([site("a")])
        assert lines(certify(s, plan(s)), "GU") == {}


class TestBudget:
    def test_B1_is_of_what_is_set_aside(self):
        s = scenario([site("a")], [cover(size=12, provision_rate=0.4), senior()])
        assert_inside(s, guaranteed(s, {A: 30 * M}, {A: 80 * M}), "B1", "cover")
        assert_outside(s, guaranteed(s, {A: 30 * M + 1}, {A: 80 * M}), "B1", "cover", "", 4e-7)

    def test_B1_at_least_is_of_what_is_set_aside(self):
        s = scenario([site("a")], [cover(size={"at_least": 12}, provision_rate=0.4), senior()])
        assert_inside(s, guaranteed(s, {A: 30 * M}, {A: 80 * M}), "B1", "cover")
        assert_outside(s, guaranteed(s, {A: 30 * M - 1}, {A: 80 * M}), "B1", "cover", "", 4e-7)

    def test_B1_at_least_what_no_whole_euro_sets_aside(self):
        # 10 euros at 0.3 lie between 33 and 34 euros guaranteed: 9.9 and 10.2. The 0.1 is not asked for.
        s = scenario([site("a")], [cover(size={"at_least": 1e-5}, provision_rate=0.3), senior()])
        assert_allowed(s, guaranteed(s, {A: 33}, {A: 80 * M}), "B1", "cover", 1e-7, 1e-7)
        assert_outside(s, guaranteed(s, {A: 32}, {A: 80 * M}), "B1", "cover", "", 4e-7)

    @pytest.mark.parametrize(
        "keys", [{"annual_ceiling": {"2027": 12}}, {"ceilings": [{"from": 2026, "to": 2027, "at_most": 12}]}]
    )
    def test_B2_is_of_what_is_set_aside(self, keys):
        s = scenario([site("a")], [cover(provision_rate=0.4, **keys), senior()])
        assert_inside(s, guaranteed(s, {A: 30 * M}, {A: 80 * M}), "B2", "cover")
        at = "2027" if "annual_ceiling" in keys else "2026-2027"
        assert_outside(s, guaranteed(s, {A: 40 * M}, {A: 80 * M}), "B2", "cover", at, 4.0)

    def test_B2_commitments(self):
        # All of a phase's guarantee is booked in 2027: 0.4 · 30.
        keys = {"annual_ceiling": {"2027": 12}, "ceiling_basis": "commitments", "provision_rate": 0.4}
        s = scenario([site("a", {"2027": 50, "2028": 50})], [cover(**keys), senior()])
        lent = {A: 50 * M, "a/main/2028": 50 * M}
        assert_inside(s, guaranteed(s, {A: 15 * M, "a/main/2028": 15 * M}, lent), "B2", "cover")
        assert_outside(s, guaranteed(s, {A: 15 * M, "a/main/2028": 20 * M}, lent), "B2", "cover", "2027", 2.0)

    def test_S5_of_size(self):
        s = scenario(
            [site("a")], [cover(size=24, provision_rate=0.4, concentration={"at_most": 0.5, "of": "size"}), senior()]
        )
        assert_inside(s, guaranteed(s, {A: 30 * M}, {A: 80 * M}), "S5", "cover")
        assert_outside(s, guaranteed(s, {A: 35 * M}, {A: 80 * M}), "S5", "cover", "a", 2.0)

    def test_S2_F3_of_public_money_that_pays(self):
        s = scenario([site("a")], [cover(), senior()], fund={"max_public_share": 0.1})
        assert_inside(s, guaranteed(s, {A: 40 * M}, {A: 80 * M}), "S2", "fund")
        s = scenario([site("a")], [cover(), senior()], fund={"least_public_share": 0.1})
        assert_outside(s, guaranteed(s, {A: 40 * M}, {A: 80 * M}), "F3", "fund", "a/main", 10.0)


class TestLosses:
    """Half is lost in one of two draws: 50 of the 100 lent."""

    def fund(self, share):
        limits = {"limits": {"cvar": {"level": 0.5, "at_most": share}}}
        tiers = [cover(cover_share=1, seniority=0), senior(seniority=1, **limits)]
        return scenario([site("a")], tiers, risk={"model": "table", "losses": {"a": [0, 0.5]}})

    def test_R3_what_a_guarantee_takes_does_not_reach_the_lender(self):
        # 50 − 30 = 20 of 100.
        s = self.fund(0.2)
        assert_inside(s, guaranteed(s, {A: 30 * M}, {A: 100 * M}), "R3", "level 1")
        assert_outside(s, guaranteed(s, {A: 29 * M}, {A: 100 * M}), "R3", "level 1", "level 1", 1.0)

    def test_R3_a_guarantee_is_no_exposure(self):
        # Against level 1 and above: 100, not 130.
        limit = {"cvar": {"level": 0.5, "at_most": 0.2, "of": "level_and_above"}}
        tiers = [cover(cover_share=1, seniority=0), senior(seniority=1, limits=limit)]
        s = scenario([site("a")], tiers, risk={"model": "table", "losses": {"a": [0, 0.5]}})
        assert_inside(s, guaranteed(s, {A: 30 * M}, {A: 100 * M}), "R3", "level 1")
        assert_outside(s, guaranteed(s, {A: 29 * M}, {A: 100 * M}), "R3", "level 1", "level 1", 1.0)

    def test_R3_a_guarantee_above_shelters_nobody_below(self):
        # first, covered by nobody, bears the first of everything: its 20 are lost, 100 %.
        limits = {"limits": {"cvar": {"level": 0.5, "at_most": 0.5}}}
        tiers = [tier("first", instrument="equity", seniority=0, **limits), cover(cover_share=1, seniority=1)]
        tiers.append(senior(seniority=2))
        s = scenario([site("a")], tiers, risk={"model": "table", "losses": {"a": [0, 0.5]}})
        p = guaranteed(s, {A: 30 * M}, {A: 80 * M})
        p = replace(p, money={**p.money, ("first", "a", "main", 2027): 20 * M}, private_money={})
        assert_outside(s, p, "R3", "level 0", "level 0", 40.0)


DOCUMENT = {
    "fund": {
        "tiers": [
            {"id": "cover", "instrument": "guarantee", "size": 12, "covers": ["senior"], "cover_share": 0.5,
             "provision_rate": 0.4, "seniority": 0},
            {"id": "senior", "instrument": "loan", "size": 100, "public": False, "seniority": 1},
        ]
    },
    "candidates": [{"id": "a", "divisible": True, "private_pledge": 100, "cost": {"2027": 100}}],
    "objective": {"terms": [{"term": "private_money"}]},
    "risk": {"model": "table", "losses": {"a": [0, 0.5]}},
}  # fmt: skip


def cell(name, amount, year=2027):
    return {"tier": name, "candidate": "a", "phase": "main", "year": year, "amount": amount}


class TestEvaluate:
    def test_a_hand_made_plan_with_a_guarantee(self):
        # Money is stated for half of the site; what is guaranteed pays none of it.
        result = evaluate(DOCUMENT, {"money": [cell("senior", 50), cell("cover", 25)], "private_money": []})
        assert result.certificate.holds
        assert result.candidates[0].funded == 0.5
        assert result.indicators.total_cost == 50
        assert result.indicators.public_money == 10
        assert {t.tier: t.losses.cvar_99 for t in result.risk.tiers} == pytest.approx({"cover": 25, "senior": 0})
        assert "calls-beyond-provision" in {f["code"] for f in result.findings}

    def test_what_is_missing_is_the_consortiums(self):
        result = evaluate(DOCUMENT, {"money": [cell("senior", 50), cell("cover", 25)]})
        assert result.certificate.holds
        assert [m.amount for m in result.private_money] == [50]

    def test_a_guarantee_beyond_its_share(self):
        result = evaluate(DOCUMENT, {"money": [cell("senior", 50), cell("cover", 26)]})
        assert [(r.label, r.at, r.violation) for r in result.certificate.rules if r.violation] == [("GU", "a", 1.0)]
