"""GU, and what a guarantee changes in B1, B2, S4, S5, S7, G1, W1 and R3. Optima worked by hand.

Amounts are EUR million. Candidate ``a`` costs 100 and is built; half of it is lost in one of ten draws, as likely as
each other. The ``senior`` lender asks for a mean of the worst tenth of at most a fifth of its money; ``cover`` stands
before it, and ``first``, where there is one, before ``cover``. The amounts are f, g and s = 100 − f.
"""

from __future__ import annotations

import pytest
from rule_cases import EURO, LEVER, SAVE, VALUE, loan, paid, phase, price, scenario, site, solve, solve_infeasible, tier

ONE_IN_TEN = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5]
IN = {"locked": "in"}


def first(**keys):
    return tier("first", instrument="equity", seniority=0, **keys)


def cover(size="unlimited", **keys):
    given = {"covers": ["senior"], "cover_share": 1, "seniority": 1, **keys}
    return tier("cover", size, instrument="guarantee", **given)


def senior(**keys):
    limits = {"cvar": {"level": 0.9, "at_most": 0.2}}
    return loan("senior", **{"seniority": 2, "limits": limits, **keys})


def fund(*tiers, candidates=None, rules=None, terms=None, losses=None, **keys):
    risk = {"model": "table", "losses": losses or {"a": ONE_IN_TEN}}
    return scenario(candidates or [site("a", **IN)], list(tiers), rules, terms or [SAVE], risk=risk, **keys)


def without_risk(*tiers, candidates=None, rules=None, terms=None, **keys):
    return scenario(candidates or [site("a", **IN)], list(tiers), rules, terms or [SAVE], **keys)


def bank(**keys):
    return loan("senior", **keys)


class TestGU:
    def test_GU_a_guarantee_makes_the_senior_limit_feasible(self):
        # 50 − g reaches the lender; 50 − g ≤ 0.2 · 100 at g = 30. Without a guarantee no plan is allowed.
        solve_infeasible(fund(senior()))
        result = solve(fund(cover(), senior()), -30)
        assert paid(result, tier="cover") == 30
        assert paid(result, tier="senior") == 100

    def test_GU_beside_a_first_loss_the_dearer_is_spared(self):
        # f alone: 50 − f ≤ 0.2 (100 − f) at 37.5. g alone, 0.4 aside for each euro: 12. Both bound by cover_share 0.2:
        # 50 − f − 0.2 s ≤ 0.2 s at f = 50/3, g = 50/3, which uses 50/3 + 20/3.
        assert paid(solve(fund(first(), senior()), -37.5), tier="first") == 37.5
        solve(fund(first(), cover(provision_rate=0.4), senior()), -12)
        result = solve(fund(first(), cover(provision_rate=0.4, cover_share=0.2), senior()), -70 / 3)
        assert paid(result, tier="first") == pytest.approx(50 / 3, abs=2 * EURO)
        assert paid(result, tier="cover") == pytest.approx(50 / 3, abs=2 * EURO)

    @pytest.mark.parametrize("share, feasible", [(0.3, True), (0.29, False)])
    def test_GU_at_most_its_share_of_what_it_covers(self, share, feasible):
        document = fund(cover(cover_share=share), senior())
        if feasible:
            assert paid(solve(document, -30), tier="cover") == 30
        else:
            solve_infeasible(document)

    def test_GU_by_candidate_not_over_all(self):
        # 30 for a alone would do for both; but a is 40 % of the money, and 0.7 of its 40 is 28; so b bears 2.
        sites = [site("a", 40, **IN), site("b", 60, **IN)]
        losses = {"a": ONE_IN_TEN, "b": ONE_IN_TEN}
        eligible = {"candidates": ["a"]}
        near = fund(cover(cover_share=0.75, eligible=eligible), senior(), candidates=sites, losses=losses)
        assert paid(solve(near, -30), tier="cover", candidate="a") == 30
        far = fund(cover(cover_share=0.7, eligible=eligible), senior(), candidates=sites, losses=losses)
        solve_infeasible(far)

    def test_GU_covers_the_tiers_named_together(self):
        # Two lenders of 60 and 40, with 0.3 of both covered.
        tiers = [cover(covers=["senior", "other"], cover_share=0.3), senior(size=60), {**senior(), "id": "other"}]
        assert paid(solve(fund(*tiers), -30), tier="cover") == 30

    def test_GU_nothing_where_a_phase_is_not_funded(self):
        # All of the guarantee must be used, 80, and phase 1 lends 80 and costs no more; phase 2 is locked out.
        phases = [phase("p1", {"2027": 80}), phase("p2", {"2028": 20}, locked="out")]
        candidates = [site("a", phases=phases, **IN)]
        cells = solve(without_risk(cover({"at_least": 80}), bank(), candidates=candidates), -80).money
        assert {(c.tier, c.phase, c.year, c.amount) for c in cells} == {
            ("cover", "p1", 2027, 80), ("senior", "p1", 2027, 80)
        }  # fmt: skip
        solve_infeasible(without_risk(cover({"at_least": 81}), bank(), candidates=candidates))

    def test_GU_a_phase_holds_no_more_than_it_costs(self):
        # Phase 2 is all the guarantee may stand in: 20, though 100 are lent to the candidate.
        phases = [phase("p1", {"2027": 80}), phase("p2", {"2028": 20}, country="ES", locked="in")]
        only = {"countries": ["ES"]}
        candidates = [site("a", phases=phases, country="PT", **IN)]
        solve(without_risk(cover({"at_least": 20}, eligible=only), bank(), candidates=candidates), -20)
        solve_infeasible(without_risk(cover({"at_least": 21}, eligible=only), bank(), candidates=candidates))

    @pytest.mark.parametrize("divisible", [False, True])
    def test_GU_in_the_years_of_the_start_that_is_decided(self, divisible):
        # A window from 2027 to 2028; the lender can pay in 2028 alone. In 2027 nothing is built, nor guaranteed.
        window = {"cost_since_start": {"0": 100}, "start": {"earliest": 2027, "latest": 2028}}
        a = site("a", phases=[{"id": "p1", **window}], divisible=divisible, **IN)
        lender = bank(annual_ceiling={"2028": 100})
        keys = {"annual_ceiling": {"2027": 40, "2028": 30}}
        result = solve(without_risk(cover({"at_least": 30}, **keys), lender, candidates=[a]), -30)
        assert [(c.tier, c.year, c.amount) for c in result.money if c.tier == "cover"] == [("cover", 2028, 30)]
        solve_infeasible(without_risk(cover({"at_least": 31}, **keys), lender, candidates=[a]))

    def test_GU_a_commitment_in_a_window(self):
        window = {"cost_since_start": {"0": 100}, "start": {"earliest": 2027, "latest": 2028}}
        a = site("a", phases=[{"id": "p1", **window, "committed": {"cover": {"2028": 25}}}])
        result = solve(without_risk(cover(provision_rate=0.4), bank(), candidates=[a]), -10)
        assert {(c.tier, c.year) for c in result.money} == {("cover", 2028), ("senior", 2028)}

    def test_GU_has_a_price(self):
        # A euro more of cover spares 0.4 · (1 − …): every euro of the share is f spared, see the two rows together.
        document = fund(first(), cover(provision_rate=0.4, cover_share=0.2), senior())
        result = solve(document)
        # g one more: 50 − f − g ≤ 0.2 (100 − f) gives f by 1/0.8 less if the share did not follow; with it
        # f = (30 − b) / 0.6 for b euros beyond the share, g = 20 − 0.2 f + b: cost f + 0.4 g falls by 0.92/0.6 − 0.4.
        assert price(result, "GU", "cover", "at_most", "a") == pytest.approx(0.92 / 0.6 - 0.4, abs=1e-6)

    def test_GU_a_share_of_a_divisible_candidate(self):
        # 30 % is built, which lends 30 and may be guaranteed to 15.
        a = site("a", divisible=True, attributes={"value": 1})
        rules = [{"kind": "attribute", "attribute": "value", "at_most": 0.3}]
        terms = [{**VALUE, "weight": 1000}, {"term": "public_money", "sense": "maximise"}]
        result = solve(without_risk(cover(cover_share=0.5), bank(), candidates=[a], rules=rules, terms=terms), 315)
        assert (paid(result, tier="senior"), paid(result, tier="cover")) == (30, 15)


class TestBudget:
    def test_B1_a_size_bounds_what_is_set_aside(self):
        # 0.4 · 30 = 12.
        solve(fund(cover(12, provision_rate=0.4), senior()), -12)
        solve_infeasible(fund(cover(11.9, provision_rate=0.4), senior()))

    def test_B1_at_least_must_be_set_aside(self):
        # 20 set aside at a quarter: 80 guaranteed.
        result = solve(without_risk(cover({"at_least": 20}, provision_rate=0.25), bank()), -20)
        assert paid(result, tier="cover") == 80

    def test_B1_a_guarantee_that_sets_nothing_aside_is_kept_small_all_the_same(self):
        # Nothing is spent whatever it stands for; it stands for no more than is needed, and for nothing where not.
        result = solve(fund(cover(provision_rate=0), senior()), 0)
        assert paid(result, tier="cover") == 30
        assert paid(solve(without_risk(cover(provision_rate=0), bank()), 0), tier="cover") == 0

    @pytest.mark.parametrize("ceiling, guaranteed", [(12, 30), (11, None)])
    def test_B2_a_ceiling_counts_what_is_set_aside(self, ceiling, guaranteed):
        document = fund(cover(annual_ceiling={"2027": ceiling}, provision_rate=0.4), senior())
        if guaranteed is None:
            solve_infeasible(document)
        else:
            assert paid(solve(document), tier="cover") == guaranteed

    @pytest.mark.parametrize("basis, feasible", [("payments", True), ("commitments", False)])
    def test_B2_commitments_book_a_guarantee_in_the_first_year_with_a_cost(self, basis, feasible):
        # 6 a year: 15 guaranteed in each of the two years at 0.4; all booked in 2027 would be 12.
        a = site("a", {"2027": 50, "2028": 50}, **IN)
        keys = {"annual_ceiling": {"2027": 6, "2028": 6}, "ceiling_basis": basis, "provision_rate": 0.4}
        document = fund(cover(**keys), senior(), candidates=[a])
        if feasible:
            result = solve(document, -12)
            assert (paid(result, tier="cover", year=2027), paid(result, tier="cover", year=2028)) == (15, 15)
        else:
            solve_infeasible(document)

    def test_B2_carry_over_and_a_span(self):
        a = site("a", {"2027": 50, "2028": 50}, **IN)
        carried = cover(annual_ceiling={"2026": 5, "2027": 0, "2028": 7}, carry_over=True, provision_rate=0.4)
        solve(fund(carried, senior(), candidates=[a]), -12)
        spans = [{"from": 2027, "to": 2028, "at_most": 11}]
        solve_infeasible(fund(cover(ceilings=spans, provision_rate=0.4), senior(), candidates=[a]))

    def test_S4_a_ticket_is_of_the_amount_guaranteed(self):
        result = solve(fund(cover(min_ticket=40, provision_rate=0.4), senior()), -16)
        assert paid(result, tier="cover") == 40
        solve_infeasible(fund(cover(max_ticket=29, provision_rate=0.4), senior()))
        # The big M is of amounts, not of the size: 12 set aside stand for 30.
        solve(fund(cover(12, min_ticket=20, provision_rate=0.4), senior()), -12)

    def test_S5_of_size_is_of_what_is_set_aside(self):
        # Half of 24 is 12, which is 30 guaranteed.
        keys = {"provision_rate": 0.4, "concentration": {"at_most": 0.5, "of": "size"}}
        solve(fund(cover(24, **keys), senior()), -12)
        solve_infeasible(fund(cover(23, **keys), senior()))

    def test_S5_of_allocated_is_of_the_amount(self):
        # Two sites of 50, each no more than half: 15 and 15. One alone is all of it.
        sites = [site("a", 50, **IN), site("b", 50, **IN)]
        keys = {"provision_rate": 0.4, "concentration": {"at_most": 0.5}}
        losses = {"a": ONE_IN_TEN, "b": ONE_IN_TEN}
        result = solve(fund(cover(**keys), senior(), candidates=sites, losses=losses), -12)
        assert (paid(result, tier="cover", candidate="a"), paid(result, tier="cover", candidate="b")) == (15, 15)


class TestOtherRules:
    def test_F1_F3_S2_a_guarantee_pays_nothing(self):
        # The public must pay 10 %, and at most that; the guarantee is public, and counts in neither.
        shares = {"least_public_share": 0.1, "max_public_share": 0.1}
        result = solve(without_risk(cover({"at_least": 50}), bank(), tier(), fund=shares), -60)
        assert (paid(result, tier="union"), paid(result, tier="senior"), paid(result, tier="cover")) == (10, 90, 50)

    @pytest.mark.parametrize("kind", ["money", "award"])
    def test_G1_S7_all_public_tiers_are_those_that_pay(self, kind):
        # At least 10 of public money: the union's, however much is guaranteed.
        rules = [{"kind": kind, "at_least": 10}]
        document = without_risk(cover({"at_least": 50}), bank(), tier(), rules=rules)
        assert paid(solve(document, -60), tier="union") == 10

    @pytest.mark.parametrize("kind", ["money", "award"])
    def test_G1_S7_a_guarantee_that_is_named_counts_its_amount(self, kind):
        rules = [{"kind": kind, "tiers": ["cover"], "at_least": 10}]
        assert paid(solve(without_risk(cover(provision_rate=0.5), bank(), rules=rules), -5), tier="cover") == 10

    def test_L3_a_committed_guarantee(self):
        a = site("a", phases=[phase("p1", committed={"cover": {"2027": 25}})])
        result = solve(without_risk(cover(provision_rate=0.4), bank(), candidates=[a]), -10)
        assert paid(result, tier="cover") == 25

    def test_private_money_is_no_guarantee(self):
        # A private guarantee of 30 makes the lender lend 100, and adds nothing to it.
        result = solve(fund(cover(public=False), senior(), terms=[LEVER]), 100)
        assert paid(result, tier="cover") == 30
        assert result.indicators.private_money == 100
        assert result.indicators.public_money == 0

    def test_least_served_is_served_with_money(self):
        # The union has 50 for two sites; the guarantee serves nobody.
        sites = [site("a", **IN), site("b", **IN)]
        terms = [{"term": "least_served", "group_by": "candidate"}]
        solve(without_risk(cover({"at_least": 50}), bank(), tier(size=50), candidates=sites, terms=terms), 25)


class TestIndicators:
    def test_public_money_counts_what_is_set_aside(self):
        result = solve(fund(cover(20, provision_rate=0.4), senior()), -12)
        i = result.indicators
        assert (i.public_money, i.private_money, i.total_cost) == (12, 100, 100)
        assert (i.private_per_public, i.multiplier) == pytest.approx((100 / 12, 100 / 12))
        assert i.by_tier == {"cover": 30, "senior": 100}
        assert i.by_year == {"2027": 100}
        assert (i.guarantees["cover"].amount, i.guarantees["cover"].provision) == (30, 12)
        assert result.candidates[0].money == {"cover": 30, "senior": 100}
        unspent = {u.tier: (u.amount, u.kept_by, u.proven) for u in result.unspent}
        # Up to 50 could be guaranteed, and would be worth less.
        assert unspent["cover"] == (8, ["objective"], False)

    def test_what_a_guarantee_loses(self):
        # One draw in ten loses 50: 30 of them the guarantee, 20 the lender.
        result = solve(fund(cover(provision_rate=0.4), senior()), -12)
        tiers = {t.tier: t for t in result.risk.tiers}
        assert tiers["cover"].losses.exposure == pytest.approx(30, abs=EURO)
        assert tiers["cover"].losses.expected_loss == pytest.approx(3, abs=EURO)
        assert tiers["cover"].losses.cvar_99 == pytest.approx(30, abs=EURO)
        assert tiers["cover"].provision == pytest.approx(12, abs=EURO)
        assert tiers["cover"].expected_yearly_return is None
        assert tiers["senior"].losses.expected_loss == pytest.approx(2, abs=EURO)
        assert result.risk.pool.exposure == pytest.approx(100, abs=EURO)
        assert result.risk.first_loss == pytest.approx(30, abs=EURO)
        assert result.risk.private_per_first_loss == pytest.approx(100 / 30, abs=1e-6)
        assert [(x.seniority, x.tiers, x.attachment, x.detachment) for x in result.risk.levels] == [
            (1, ["cover"], 0, pytest.approx(30, abs=EURO)),
            (2, ["senior"], pytest.approx(30, abs=EURO), pytest.approx(130, abs=EURO)),
        ]
        assert result.risk.levels[1].limits[0].bounded_share == pytest.approx(0.2, abs=1e-6)

    @pytest.mark.parametrize(
        "rate, told", [(0.05, ["calls-beyond-provision"]), (0.4, ["worst-calls-beyond-provision"]), (1, [])]
    )
    def test_calls_beyond_the_provision_are_told(self, rate, told):
        # Called for 3 on average and for 30 in the worst 1 %; set aside are 1.5, 12 and 30.
        result = solve(fund(cover(provision_rate=rate), senior()))
        assert [f["code"] for f in result.findings if "calls" in f["code"]] == told

    def test_an_unspent_guarantee_says_what_it_may_cover(self):
        terms = [{"term": "public_money", "sense": "maximise"}]
        result = solve(without_risk(cover(80, cover_share=0.5), bank(), terms=terms), 50)
        assert [(u.amount, u.kept_by, u.proven) for u in result.unspent if u.tier == "cover"] == [
            (30, ["F1", "GU"], True)
        ]


class TestWholeEuros:
    @pytest.mark.parametrize("rate", [0.3, 0.7, 1 / 3])
    @pytest.mark.parametrize("size", [10.000001, 7.123457])
    def test_B1_what_is_set_aside_never_exceeds_the_size(self, rate, size):
        # As much as the size allows, to the whole euro guaranteed below it.
        terms = [{"term": "public_money", "sense": "maximise"}]
        sites = [site(c, 33.333333, **IN) for c in "abc"]
        result = solve(without_risk(cover(size, provision_rate=rate), bank(), candidates=sites, terms=terms))
        amount = round(result.indicators.guarantees["cover"].amount * 1e6)
        assert amount == int(size * 1e6 / rate + 1e-6)
        assert {r.label: r.violation for r in result.certificate.rules}["B1"] == 0

    def test_B2_what_is_set_aside_in_a_year_never_exceeds_its_ceiling(self):
        terms = [{"term": "public_money", "sense": "maximise"}]
        sites = [site(c, {"2027": 33.333333, "2028": 66.666667}, **IN) for c in "abc"]
        guarantee = cover(annual_ceiling={"2027": 10.000001, "2028": 11.111111}, provision_rate=0.3)
        result = solve(without_risk(guarantee, bank(), candidates=sites, terms=terms))
        years = {
            t: sum(round(c.amount * 1e6) for c in result.money if c.tier == "cover" and c.year == t)
            for t in (2027, 2028)
        }
        assert years == {2027: 33_333_336, 2028: 37_037_036}
