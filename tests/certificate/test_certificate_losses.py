"""R1 to R3, and how losses are counted (W1): a point inside and a point outside, worked by hand.

Sites cost 100; losses are a table of draws, as likely as each other unless told otherwise. What the plan does not give
to ``first``, which loses first, or to another tier, the ``senior`` tier gives.
"""

from __future__ import annotations

import pytest
from certificate_cases import EURO, M, assert_inside, assert_outside, broken, lines, phase, plan, scenario, site, tier

from optimiser.certificate import certify
from optimiser.risk.draws import draws_of

QUARTERS = [0, 0, 0.5, 1]


def first(**keys):
    return tier("first", instrument="equity", **{"seniority": 0, **keys})


def senior(**keys):
    return tier("senior", instrument="loan", public=False, **{"seniority": 1, **keys})


def own(name="x", **keys):
    return tier(name, instrument="equity", **keys)


def middle(**keys):
    return tier("middle", instrument="quasi_equity", seniority=1, **keys)


def mean(at_most):
    return {"limits": {"expected_loss": {"at_most": at_most}}}


def tail(at_most, alpha=0.5, **keys):
    return {"limits": {"cvar": {"level": alpha, "at_most": at_most, **keys}}}


def fund(tiers, probabilities=None, sharing="waterfall", candidates=None, **losses):
    """A scenario of one site for each list of losses."""
    given = {} if probabilities is None else {"probabilities": probabilities}
    return scenario(
        [site(c) for c in losses] if candidates is None else candidates,
        tiers,
        fund={"loss_sharing": sharing},
        risk={"model": "table", "losses": losses, **given},
    )


def given(of, **amounts):
    """The plan that gives these amounts [EUR million] by tier to ``a``, and with ``c__tier`` to another candidate."""
    money = {}
    for name, amount in amounts.items():
        candidate, _, k = name.rpartition("__")
        money[f"{k}/{candidate or 'a'}/main/2027"] = round(amount * M)
    return plan(of, money)


HURDLE = {"return_if_success": 0.25, "hurdle": 0.125, "holding_years": 1}


class TestR1:
    def test_what_is_gained_pays_for_what_is_lost(self):
        # A senior euro gains 0.875 · 0.25 − 0.125 = 0.09375; 0.25 (50 − f) is lost. At f = 20 both are 7.5; at 10
        # 8.4375 and 10.
        s = fund([first(), senior(**HURDLE)], a=[0, 0, 0, 0.5])
        assert_inside(s, given(s, first=20, senior=80), "R1", "level 1")
        assert_outside(s, given(s, first=10, senior=90), "R1", "level 1", "level 1", 1.5625)

    def test_consortium_money_bears_no_loss_of_the_pool(self):
        # Of 90 half are lost, 45: 0.25 (45 − 10) = 8.75 against 0.09375 · 80 = 7.5.
        s = fund([first(), senior(**HURDLE)], a=[0, 0, 0, 0.5])
        assert_outside(s, given(s, first=10, senior=80), "R1", "level 1", "level 1", 1.25)

    def test_rates_are_compounded_over_the_holding_years(self):
        # Two years: 0.5625 · 0.875 − 0.265625 = 0.2265625 for each of 100, against 0.25 · 50.
        s = fund([senior(**HURDLE | {"holding_years": 2})], a=[0, 0, 0, 0.5])
        assert_inside(s, given(s, senior=100), "R1", "level 1")
        s = fund([senior(**HURDLE)], a=[0, 0, 0, 0.5])
        assert_outside(s, given(s, senior=100), "R1", "level 1", "level 1", 3.125)

    def test_money_is_held_ten_years_unless_told(self):
        # 10 held ten years at 10 % gain 15.937; a euro that owes 1 within a year takes it.
        long = senior(hurdle=0, return_if_success=0.1)
        short = tier("short", instrument="loan", seniority=1, hurdle=1, holding_years=1)
        s = fund([long, short], a=[0, 0])
        assert_inside(s, given(s, senior=10, short=15.9), "R1", "level 1")
        beyond = pytest.approx(16 - 10 * (1.1**10 - 1), abs=1e-9)
        assert_outside(s, given(s, senior=10, short=16), "R1", "level 1", "level 1", beyond)

    def test_a_candidates_own_return_replaces_the_tiers(self):
        # Losing nothing: the tier's 0.25 is 0.125 above the hurdle, b's own 0 is 0.125 below.
        candidates = [site("a"), site("b", return_if_success={"senior": 0})]
        s = fund([senior(**HURDLE)], candidates=candidates, a=[0, 0], b=[0, 0])
        assert_inside(s, given(s, senior=40, b__senior=40), "R1", "level 1")
        assert_outside(s, given(s, senior=40, b__senior=50), "R1", "level 1", "level 1", 1.25)

    def test_a_level_without_a_hurdle_has_no_line(self):
        s = fund([first(), senior(return_if_success=0.1)], a=[1, 1])
        assert lines(certify(s, given(s, senior=100)), "R1") == {}

    def test_a_hurdle_of_zero_is_one(self):
        s = fund([first(), senior(hurdle=0)], a=[0, 0.5])
        assert_inside(s, given(s, first=50, senior=50), "R1", "level 1")
        assert_outside(s, given(s, first=40, senior=60), "R1", "level 1", "level 1", 5.0)

    def test_a_level_below_is_charged_all_that_reaches_it(self):
        # The pool loses 25 on average, the first level gains 0.5 · 0.75 of its own.
        s = fund([first(hurdle=0, return_if_success=0.5, holding_years=1), senior()], a=[0, 0, 0, 1])
        assert_inside(s, given(s, first=70, senior=30), "R1", "level 0")
        assert_outside(s, given(s, first=60, senior=40), "R1", "level 0", "level 0", 2.5)

    def test_pari_passu_a_tier_is_charged_its_own_losses(self):
        # x, losing half: 0.75 · 0.5 − 0.125 − 0.25 · 0.5 = 0.125 in a; in b, lost in half of the draws,
        # 0.5 · 0.5 − 0.125 − 0.25 = −0.125. y has no hurdle.
        x = own(hurdle=0.125, return_if_success=0.5, holding_years=1, loss_given_failure=0.5)
        s = fund([x, own("y")], sharing="pari_passu", a=[0, 0, 0, 1], b=[0, 0, 1, 1])
        assert_inside(s, given(s, x=40, b__x=40, b__y=60), "R1", "x")
        assert_outside(s, given(s, x=40, b__x=60, b__y=40), "R1", "x", "x", 2.5)

    def test_a_few_euros_for_each_cell_are_allowed(self):
        # Rates are compounded: ten euros a cell, four cells here, and the noise of doubles on 200 of pool.
        s = fund([first(), senior(hurdle=0)], a=[0, 0.5], b=[0, 0.5])
        p = given(s, first=50, senior=50, b__first=50 - 60 / M, b__senior=50 + 60 / M)
        check = lines(certify(s, p), "R1")["level 1"]
        assert check.violation == pytest.approx(30 * EURO, rel=1e-6)
        assert check.allowance == pytest.approx(40 * EURO + 1e-9 * 200)
        assert certify(s, p).holds
        p = given(s, first=50, senior=50, b__first=50 - 100 / M, b__senior=50 + 100 / M)
        assert broken(certify(s, p)) == {("R1", "level 1")}


class TestR2:
    def test_of_the_senior_level(self):
        # ((50 − f)⁺ + (100 − f)) / 4 ≤ (100 − f) / 4 from f = 50; at 40 17.5 are lost and 15 allowed.
        s = fund([first(), senior(**mean(0.25))], a=QUARTERS)
        assert_inside(s, given(s, first=50, senior=50), "R2", "level 1")
        assert_outside(s, given(s, first=40, senior=60), "R2", "level 1", "level 1", 2.5)

    def test_with_a_share_given_failure(self):
        # L = D (20 + 40) = 0, 0, 30, 60; beyond 20: 0, 0, 10, 40: 12.5 of 80. At 36 + 64: 34, 68 beyond 36: 8 of 64.
        s = fund([first(), senior(loss_given_failure=0.5, **mean(0.125))], a=QUARTERS)
        assert_inside(s, given(s, first=36, senior=64), "R2", "level 1")
        assert_outside(s, given(s, first=20, senior=80), "R2", "level 1", "level 1", 2.5)

    def test_money_of_every_phase_and_year_is_at_risk(self):
        # 25 in each of four cells of the senior tier: 100 of it, half lost in a draw of four: 12.5, and 10 are allowed.
        phases = [phase(name, {"2027": 25, "2028": 25}) for name in ("one", "two")]
        s = fund([senior(**mean(0.1))], a=[0, 0, 0, 0.5], candidates=[site("a", phases=phases)])
        money = {f"senior/a/{p}/{t}": 25 * M for p in ("one", "two") for t in (2027, 2028)}
        assert_outside(s, plan(s, money), "R2", "level 1", "level 1", 2.5)
        wide = fund([senior(**mean(0.125))], a=[0, 0, 0, 0.5], candidates=[site("a", phases=phases)])
        assert_inside(wide, plan(wide, money), "R2", "level 1")

    def test_losses_of_candidates_add_up_by_draw(self):
        # One in a draw, the first level bears it; both in one draw of four, 100 come through: 25, and 12.5 of the 100
        # above are allowed.
        tiers = [first(), senior(**mean(0.125))]
        money = {"first": 100, "b__senior": 100}
        apart = fund(tiers, a=[1, 0, 0, 0], b=[0, 1, 0, 0])
        assert_inside(apart, given(apart, **money), "R2", "level 1")
        together = fund(tiers, a=[1, 1, 0, 0], b=[0, 1, 1, 0])
        assert_outside(together, given(together, **money), "R2", "level 1", "level 1", 12.5)

    def test_with_probabilities(self):
        # Half is lost with 1/8, all with 1/8: what the middle one of three draws weighs.
        s = fund([first(), senior(**mean(0.125))], [0.75, 0.125, 0.125], a=[0, 0.5, 1])
        assert_inside(s, given(s, first=50, senior=50), "R2", "level 1")
        assert_outside(s, given(s, first=40, senior=60), "R2", "level 1", "level 1", 1.25)

    def test_tiers_of_one_level_stand_together(self):
        # 30 + 20 above 50: 12.5 of 50. 40 + 20 above 40: 17.5, and 15.
        other = tier("other", instrument="loan", seniority=1, **mean(0.25))
        s = fund([first(), senior(**mean(0.25)), other], a=QUARTERS)
        assert_inside(s, given(s, first=50, senior=30, other=20), "R2", "level 1")
        assert_outside(s, given(s, first=40, senior=40, other=20), "R2", "level 1", "level 1", 2.5)

    def test_a_level_between_is_charged_all_that_reaches_it(self):
        # Beyond 20: 30 and 80, a mean of 27.5; the middle's own 50 are half of what it has to hold.
        tiers = [first(), middle(**mean(0.5)), senior(seniority=2)]
        s = fund(tiers, a=QUARTERS)
        assert_inside(s, given(s, first=20, middle=60, senior=20), "R2", "level 1")
        assert_outside(s, given(s, first=20, middle=50, senior=30), "R2", "level 1", "level 1", 2.5)

    def test_grants_are_spent_not_lost_and_shelter_nothing(self):
        # The pool is 60: L = 0, 0, 30, 60; beyond 40 only 20: 5 of 20. Beyond 20: 10 and 40, 12.5 of 40.
        s = fund([tier("union"), first(), senior(**mean(0.25))], a=QUARTERS)
        assert_inside(s, given(s, union=40, first=40, senior=20), "R2", "level 1")
        assert_outside(s, given(s, union=40, first=20, senior=40), "R2", "level 1", "level 1", 2.5)

    def test_pari_passu_of_its_own_losses(self):
        # x: 0.5 · 0.375 of each euro in a and 0 in b. 0.1875 · 40 = 7.5 = 0.125 · 60.
        tiers = [own(loss_given_failure=0.5, **mean(0.125)), own("y")]
        s = fund(tiers, sharing="pari_passu", a=QUARTERS, b=[0, 0, 0, 0])
        assert_inside(s, given(s, x=40, b__x=20, y=60), "R2", "x")
        assert_outside(s, given(s, x=80, b__x=20, y=20), "R2", "x", "x", 2.5)

    def test_gains_make_up_for_losses(self):
        # a loses 0.25 on average, b gains 0.125: 25 − 12.5 = 0.0625 · 200.
        s = fund([own(**mean(0.0625))], sharing="pari_passu", a=[-0.5, 1], b=[-0.125, -0.125])
        assert_inside(s, given(s, x=100, b__x=100), "R2", "x")
        assert_outside(s, given(s, x=100, b__x=60), "R2", "x", "x", 7.5)

    def test_an_empty_level_holds(self):
        s = fund([first(), senior(**mean(0.0))], a=QUARTERS)
        assert_inside(s, given(s, first=100), "R2", "level 1")

    def test_a_euro_for_each_cell_is_allowed(self):
        s = fund([first(), senior(**mean(0.25))], a=QUARTERS)
        p = given(s, first=50 - 4 / M, senior=50 + 4 / M)
        check = lines(certify(s, p), "R2")["level 1"]
        assert check.violation == pytest.approx(EURO, rel=1e-6)
        assert check.allowance == pytest.approx(2 * EURO + 1e-7)
        assert certify(s, p).holds
        p = given(s, first=50 - 12 / M, senior=50 + 12 / M)
        assert broken(certify(s, p)) == {("R2", "level 1")}


class TestR3:
    def test_of_the_senior_level(self):
        # The worst half: ((50 − f)⁺ + (100 − f)) / 2 ≤ (100 − f) / 2 from f = 50; at 40 35 are lost and 30 allowed.
        s = fund([first(), senior(**tail(0.5))], a=QUARTERS)
        assert_inside(s, given(s, first=50, senior=50), "R3", "level 1")
        assert_outside(s, given(s, first=40, senior=60), "R3", "level 1", "level 1", 5.0)

    def test_the_draw_on_the_boundary_counts_in_part(self):
        # The worst 37.5 %: 25 % of 60 and 12.5 % of 10, 16.25 / 0.375 = 43.33 where 60 % of 60, 36, are allowed.
        s = fund([first(), senior(**tail(0.6, 0.625))], a=QUARTERS)
        beyond = pytest.approx(16.25 / 0.375 - 36, abs=1e-9)
        assert_outside(s, given(s, first=40, senior=60), "R3", "level 1", "level 1", beyond)
        s = fund([first(), senior(**tail(0.73, 0.625))], a=QUARTERS)
        assert_inside(s, given(s, first=40, senior=60), "R3", "level 1")

    def test_with_probabilities(self):
        # The worst quarter: 1/8 of 60 and 1/8 of the draw of 10, which has 1/4.
        s = fund([first(), senior(**tail(0.5, 0.75))], [0.625, 0.25, 0.125], a=[0, 0.5, 1])
        assert_inside(s, given(s, first=50, senior=50), "R3", "level 1")
        assert_outside(s, given(s, first=40, senior=60), "R3", "level 1", "level 1", 5.0)

    def test_a_tail_within_one_draw_is_that_draw(self):
        # The worst tenth of four draws is the worst of them.
        s = fund([first(), senior(**tail(0.5, 0.9))], a=[0, 0, 0, 0.75])
        assert_inside(s, given(s, first=50, senior=50), "R3", "level 1")
        assert_outside(s, given(s, first=40, senior=60), "R3", "level 1", "level 1", pytest.approx(5.0, abs=1e-9))

    def test_of_the_level_or_of_all_above(self):
        # Beyond 40: 10 and 60, 35. Of the middle's 50: 25; of the 60 above 40: 30; at 50 + 10 + 40, 25 = 0.5 · 50.
        tiers = [first(), middle(**tail(0.5)), senior(seniority=2)]
        s = fund(tiers, a=QUARTERS)
        assert_outside(s, given(s, first=40, middle=50, senior=10), "R3", "level 1", "level 1", 10.0)
        assert_inside(s, given(s, first=50, middle=50), "R3", "level 1")
        tiers[1] = middle(**tail(0.5, of="level_and_above"))
        s = fund(tiers, a=QUARTERS)
        assert_outside(s, given(s, first=40, middle=50, senior=10), "R3", "level 1", "level 1", 5.0)
        assert_inside(s, given(s, first=50, middle=10, senior=40), "R3", "level 1")

    def test_losses_of_candidates_add_up_by_draw(self):
        tiers = [first(), senior(**tail(0.5))]
        money = {"first": 50, "senior": 50, "b__first": 25, "b__senior": 75}
        apart = fund(tiers, a=[1, 0], b=[0, 1])  # 100 in either draw, 25 beyond the first level
        assert_inside(apart, given(apart, **money), "R3", "level 1")
        together = fund(tiers, a=[1, 0], b=[1, 0])  # 200, 125 beyond it; 62.5 allowed
        assert_outside(together, given(together, **money), "R3", "level 1", "level 1", 62.5)

    def test_pari_passu_with_gains(self):
        # The worst half: −0.25 and 0.75 of a euro in a, a mean of 0.25, with 0.125 of gain in b beside it.
        s = fund([own(**tail(0.125)), own("y")], sharing="pari_passu", a=[-0.25, -0.25, -0.25, 0.75], b=[-0.125] * 4)
        assert_inside(s, given(s, x=40, b__x=20, y=60), "R3", "x")
        assert_outside(s, given(s, x=80, b__x=20, y=20), "R3", "x", "x", 5.0)

    def test_pari_passu_all_above_is_the_tier(self):
        tiers = [own(**tail(0.5, of="level_and_above")), own("y")]
        s = fund(tiers, sharing="pari_passu", a=[0, 1], b=[0, 0])
        assert_inside(s, given(s, x=40, b__x=40, y=60), "R3", "x")
        assert_outside(s, given(s, x=50, b__x=40, y=50), "R3", "x", "x", 5.0)

    def test_a_euro_for_each_cell_is_allowed(self):
        s = fund([first(), senior(**tail(0.5))], a=QUARTERS)
        p = given(s, first=50 - 2 / M, senior=50 + 2 / M)
        check = lines(certify(s, p), "R3")["level 1"]
        assert check.violation == pytest.approx(EURO, rel=1e-6)
        assert check.allowance == pytest.approx(2 * EURO + 1e-7)
        assert certify(s, p).holds
        p = given(s, first=50 - 6 / M, senior=50 + 6 / M)
        assert broken(certify(s, p)) == {("R3", "level 1")}


def test_every_level_and_rule_has_its_own_line():
    limits = {"expected_loss": {"at_most": 1}, "cvar": {"at_most": 1}}
    s = fund([first(hurdle=-0.5, limits=limits), senior(hurdle=-0.5, limits=limits)], a=QUARTERS)
    found = [(c.label, c.rule) for c in certify(s, given(s, first=90, senior=10)).rules if c.label.startswith("R")]
    assert found == [(label, level) for level in ("level 0", "level 1") for label in ("R1", "R2", "R3")]


def test_without_a_risk_model_there_is_no_line():
    s = scenario([site("a")], [first(), senior()])
    assert not [c for c in certify(s, plan(s)).rules if c.label.startswith("R")]


def test_draws_that_are_given_are_those_that_are_made():
    candidates = [site(c, failure_probability=0.3) for c in "ab"]
    tiers = [first(), senior(**mean(0.1), hurdle=0)]
    s = scenario(candidates, tiers, risk={"model": "gaussian_copula", "draws": 200})
    p = given(s, first=10, senior=90, b__senior=100)
    assert broken(certify(s, p)) == {("R1", "level 1"), ("R2", "level 1")}
    assert certify(s, p, draws_of(s)) == certify(s, p)
