"""W1, R1 to R3 and the terms on losses: small funds under a table of losses, worked by hand.

Amounts are EUR million. Candidate ``a`` costs 100 unless told otherwise; ``first`` loses first, ``senior`` last.
Saving the money of ``first`` finds how thick the first loss must be: that amount is f in the comments.
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
    scenario,
    site,
    solve,
    solve_infeasible,
    tier,
)

from optimiser import allocate

IN = {"locked": "in"}
THIN = {"term": "public_money", "tier": "first"}
TENTHS = [0, 0, 0, 0, 0, 0, 0, 0, 0.5, 1]
"""Ten draws: half is lost in one of them, everything in another."""


def first(size="unlimited", **keys):
    return tier("first", size, instrument="equity", **{"seniority": 0, **keys})


def senior(size="unlimited", **keys):
    return loan("senior", size, **{"seniority": 1, **keys})


def own(name="x", size="unlimited", **keys):
    """A tier that shares losses pari passu: it needs no place in an order."""
    return tier(name, size, instrument="equity", **keys)


def table(probabilities=None, **losses):
    given = {} if probabilities is None else {"probabilities": probabilities}
    return {"model": "table", "losses": losses, **given}


def expected_loss_at_most(share):
    return {"limits": {"expected_loss": {"at_most": share}}}


def cvar_at_most(share, alpha, **keys):
    return {"limits": {"cvar": {"level": alpha, "at_most": share, **keys}}}


def single(tiers, losses, terms, **keys):
    """The fund of one candidate that is built in any case."""
    return scenario([site("a", **IN)], tiers, terms=terms, risk=table(a=losses), **keys)


def pari_passu(candidates, tiers, terms, probabilities=None, rules=None, **losses):
    fund = {"loss_sharing": "pari_passu"}
    return scenario(candidates, tiers, rules, terms, fund, risk=table(probabilities, **losses))


def shared(document, value=None):
    """The proven optimum; every number of its risk report is the one counted here, draw by draw, from its money."""
    result = solve(document, value)
    check_report(document, result)
    return result


def worst_mean(losses, probability, alpha):
    """Mean of the worst (1 − α) share, the draw on the boundary counted in part."""
    left, total = 1 - alpha, 0.0
    for loss, weight in sorted(zip(losses, probability, strict=True), reverse=True):
        part = min(left, weight)
        total, left = total + part * loss, left - part
    return total / (1 - alpha)


def lost_by_draw(document, result, tiers):
    """Σ_c D[c,s] Σ_k LGD[k]·e[c,k] of these tiers, for every draw."""
    losses = document["risk"]["losses"]
    share = {t["id"]: t.get("loss_given_failure", 1) for t in tiers}
    cells = [(losses[cell.candidate], share[cell.tier] * cell.amount) for cell in result.money if cell.tier in share]
    return [sum(by_draw[s] * amount for by_draw, amount in cells) for s in range(len(losses["a"]))]


def check_report(document, result):
    draws = len(document["risk"]["losses"]["a"])
    probability = document["risk"].get("probabilities") or [1 / draws] * draws
    tiers = [t for t in document["fund"]["tiers"] if t["instrument"] != "grant"]
    money = {t["id"]: sum(cell.amount for cell in result.money if cell.tier == t["id"]) for t in tiers}
    lost = lost_by_draw(document, result, tiers)
    assert result.risk.draws == draws
    check_summary(result.risk.pool, lost, probability, sum(money.values()))
    if document["fund"].get("loss_sharing") == "pari_passu":
        assert result.risk.levels == []
        for t, found in zip(tiers, result.risk.tiers, strict=True):
            losses = lost_by_draw(document, result, [t])
            check_summary(found.losses, losses, probability, money[t["id"]])
            check_limits(found.limits, t, losses, losses, probability, money[t["id"]], money[t["id"]])
        return
    below, of_tier = 0.0, {}
    for rank, found in zip(sorted({t["seniority"] for t in tiers}), result.risk.levels, strict=True):
        here = [t for t in tiers if t["seniority"] == rank]
        size = sum(money[t["id"]] for t in here)
        reaching = [max(loss - below, 0.0) for loss in lost]
        borne = [min(loss, size) for loss in reaching]
        assert (found.seniority, found.tiers) == (rank, [t["id"] for t in here])
        assert (found.attachment, found.detachment) == pytest.approx((below, below + size), abs=EURO)
        check_summary(found.own, borne, probability, size)
        check_summary(found.reaching, reaching, probability, size)
        check_limits(found.limits, here[0], reaching, borne, probability, size, sum(money.values()) - below)
        of_tier |= {t["id"]: [loss * money[t["id"]] / size if size else 0.0 for loss in borne] for t in here}
        below += size
    for t, found in zip(tiers, result.risk.tiers, strict=True):
        check_summary(found.losses, of_tier[t["id"]], probability, money[t["id"]])


def check_summary(found, losses, probability, exposure):
    mean = sum(p * loss for p, loss in zip(probability, losses, strict=True))
    tails = [worst_mean(losses, probability, alpha) for alpha in (0.95, 0.99)]
    assert found.exposure == pytest.approx(exposure, abs=EURO)
    assert [found.expected_loss, found.cvar_95, found.cvar_99] == pytest.approx([mean, *tails], abs=EURO)


def check_limits(found, stated, reaching, borne, probability, size, above):
    """Each limit of the level with its share; no share is beyond its limit by more than some euros of rounding."""
    limits = stated.get("limits", {})
    ways = []
    if "expected_loss" in limits:
        ways.append((limits["expected_loss"], 0.0, size))
    if "cvar" in limits:
        limit = limits["cvar"]
        ways.append((limit, limit["level"], above if limit.get("of") == "level_and_above" else size))
    for check, (limit, alpha, of) in zip(found, ways, strict=True):
        assert check.at_most == limit["at_most"]
        if of > 0:
            assert check.bounded_share == pytest.approx(worst_mean(reaching, probability, alpha) / of, abs=1e-9)
            assert check.bounded_share <= check.at_most + 20 * EURO / of
        if size > 0:
            assert check.own_share == pytest.approx(worst_mean(borne, probability, alpha) / size, abs=1e-9)


def reaching_senior(**keys):
    return {"term": "expected_loss", "level": 1, **keys}


class TestW1Losses:
    def test_W1_a_loss_reaches_a_level_beyond_the_money_below(self):
        # L = 0, 50, 100 and 40 lie below: 0, 10, 60 reach the senior level.
        shared(single([first(40), senior()], [0, 0.5, 1], [reaching_senior()]), -70 / 3)

    @pytest.mark.parametrize("level, mean", [(0, 50), (1, 110 / 3), (2, 50 / 3), (None, 50)])
    def test_W1_all_money_below_stands_before_a_level(self, level, mean):
        # 20 first, 30 in the middle: A = 0, 20, 50. Of 0, 50, 100 there reach level 1: 0, 30, 80; level 2: 0, 0, 50.
        middle = loan("middle", {"at_least": 30, "at_most": 30}, seniority=1)
        tiers = [first({"at_least": 20, "at_most": 20}), middle, senior(seniority=2)]
        term = {"term": "expected_loss"} | ({} if level is None else {"level": level})
        shared(single(tiers, [0, 0.5, 1], [term]), -mean)

    def test_W1_a_tier_loses_its_share_given_failure(self):
        # L = D (40 + 0.5 · 60) = 0, 35, 70; beyond 40: 0, 0, 30.
        shared(single([first(40), senior(loss_given_failure=0.5)], [0, 0.5, 1], [reaching_senior()]), -10)

    def test_W1_tiers_of_equal_seniority_are_one_level(self):
        # 10 + 30 lose first and share what they lose, min(L, 40) = 0, 40, 40, as 1 to 3.
        tiers = [first(10), tier("second", 30, instrument="quasi_equity", seniority=0), senior()]
        result = shared(single(tiers, [0, 0.5, 1], [reaching_senior()]), -70 / 3)
        assert [t.losses.expected_loss for t in result.risk.tiers] == pytest.approx([20 / 3, 20, 70 / 3], abs=EURO)

    def test_W1_gaps_in_the_order_mean_nothing(self):
        tiers = [first(40, seniority=3), senior(seniority=50)]
        shared(single(tiers, [0, 0.5, 1], [{"term": "expected_loss", "level": 50}]), -70 / 3)

    def test_W1_money_allocated_counts_not_size(self):
        # Of its 40 the first loss may only give a fifth of the cost: 20 lie below, 0, 30, 80 reach the senior level.
        shared(single([first(40, max_share_of_cost=0.2), senior()], [0, 0.5, 1], [reaching_senior()]), -110 / 3)

    def test_W1_grants_and_consortia_are_not_lost(self):
        # A grant of 20 and a consortium's 10 leave a pool of 70: L = 0, 35, 70; beyond 40: 0, 0, 30.
        tiers = [tier("union", 20), first(40), senior()]
        a = site("a", pledge=10, **IN)
        shared(scenario([a], tiers, terms=[reaching_senior()], risk=table(a=[0, 0.5, 1])), -10)

    def test_W1_losses_of_candidates_add_up_by_draw(self):
        # L = 0, 100, 100, 200: only both together are beyond the 100 below.
        losses = table([0.5, 0.2, 0.2, 0.1], a=[0, 1, 0, 1], b=[0, 0, 1, 1])
        sites = [site("a", **IN), site("b", **IN)]
        result = shared(scenario(sites, [first(100), senior()], terms=[reaching_senior()], risk=losses), -10)
        assert result.risk.pool.expected_loss == pytest.approx(60)

    def test_W1_a_candidate_that_never_loses_is_money_below_all_the_same(self):
        # b keeps its 100: all 100 of first loss may stand there, and shelter the senior money in a.
        sites = [site("a", **IN), site("b", **IN)]
        document = scenario(sites, [first(100), senior()], terms=[reaching_senior()], risk=table(a=[0, 1], b=[0, 0]))
        shared(document, 0)

    def test_W1_phases_fail_together(self):
        # 100 + 100 in two phases: L = 0, 200; beyond 40: 0, 160.
        phases = [{"id": p, "cost": {"2027": 100}, "locked": "in"} for p in ("p1", "p2")]
        a = site("a", phases=phases)
        shared(scenario([a], [first(40), senior()], terms=[reaching_senior()], risk=table(a=[0, 1])), -80)

    def test_W1_of_a_fraction(self):
        # A point a candidate, half of it asked for: L = 0, 50; beyond 40: 0, 10.
        a = site("a", value=2, divisible=True)
        rules = [{"kind": "attribute", "attribute": "value", "at_least": 1}]
        document = scenario([a], [first(40), senior()], rules, [reaching_senior()], risk=table(a=[0, 1]))
        assert funded(shared(document, -5)) == {"a": 0.5}

    @pytest.mark.parametrize("sharing", ["waterfall", "pari_passu"])
    @pytest.mark.parametrize("terms", [[VALUE], [VALUE, {"term": "expected_loss"}, {"term": "cvar"}]])
    def test_W1_an_empty_pool_loses_nothing(self, sharing, terms):
        document = scenario([site("a")], [tier()], terms=terms, fund={"loss_sharing": sharing}, risk=table(a=[0, 1]))
        result = solve(document, 1)
        assert (result.risk.pool.exposure, result.risk.pool.cvar_99) == (0, 0)
        assert result.risk.levels == [] and result.risk.tiers == []

    def test_W1_a_level_that_may_not_pay_is_no_level(self):
        # The first loss is for b alone, which is not built: all of a's loss reaches the senior level, and its limit.
        tiers = [first(eligible={"candidates": ["b"]}), senior(**expected_loss_at_most(0.15))]
        sites = [site("a", **IN), site("b", locked="out")]
        document = scenario(sites, tiers, risk=table(a=TENTHS, b=TENTHS))
        shared(document, 1)
        tiers[1] |= expected_loss_at_most(0.149)
        solve_infeasible(document)

    def test_W1_pari_passu_each_tier_loses_its_own(self):
        # x takes what it may, since it loses half only: 0.5 (0.5 · 40 + 60).
        tiers = [own("x", 40, loss_given_failure=0.5), own("y")]
        terms = [{"term": "expected_loss"}]
        shared(pari_passu([site("a", **IN)], tiers, terms, a=[0, 1]), -40)


class TestR1Hurdles:
    def test_R1_what_is_gained_pays_for_what_is_lost(self):
        # Two years at 10 % are 0.21, the hurdle of 8 % is 0.1664, half is lost in a tenth of the draws. The senior
        # level gains (0.95 · 0.21 − 0.1664) (100 − f) = 0.0331 (100 − f) and loses 0.1 (50 − f).
        tiers = [first(), senior(return_if_success=0.1, hurdle=0.08, holding_years=2)]
        result = shared(single(tiers, [0] * 9 + [0.5], [THIN]), -1.69 / 0.0669)
        gained = result.risk.tiers[1]
        assert gained.expected_gain == pytest.approx(0.95 * 0.21 * (100 - 1.69 / 0.0669), abs=EURO)
        assert gained.expected_yearly_return == pytest.approx(0.08, abs=1e-7)

    def test_R1_money_is_held_ten_years_unless_told(self):
        # As above, with 5 % and 4.5 % over ten years.
        net = 0.95 * (1.05**10 - 1) - (1.045**10 - 1)
        tiers = [first(), senior(return_if_success=0.05, hurdle=0.045)]
        shared(single(tiers, [0] * 9 + [0.5], [THIN]), -(5 - 100 * net) / (0.1 - net))

    def test_R1_not_binding(self):
        # 0.0865 · 100 is gained without a first loss, 5 lost.
        tiers = [first(), senior(return_if_success=0.1, hurdle=0.05, holding_years=2)]
        shared(single(tiers, [0] * 9 + [0.5], [THIN]), 0)

    def test_R1_cannot_be_met(self):
        # 0.0865 gained by each euro, 0.1 lost wherever senior money stands: none does; with too little first loss
        # nothing is built.
        tiers = [first(), senior(return_if_success=0.1, hurdle=0.05, holding_years=2)]
        losses = [0] * 9 + [1]
        assert paid(shared(single(tiers, losses, [THIN]), -100), tier="senior") == 0
        tiers[0] = first(99)
        solve_infeasible(single(tiers, losses, [THIN]))

    def test_R1_a_candidates_own_return_replaces_the_tiers(self):
        # 0.95 · 0.1 − 0.05 = 0.045: 0.045 (100 − f) = 0.1 (50 − f). The tier's own 0 would pay for no loss.
        tiers = [first(), senior(hurdle=0.05, holding_years=1)]
        losses = table(a=[0] * 9 + [0.5])
        a = site("a", **IN, return_if_success={"senior": 0.1})
        shared(scenario([a], tiers, terms=[THIN], risk=losses), -0.5 / 0.055)
        shared(scenario([site("a", **IN)], tiers, terms=[THIN], risk=losses), -100)

    def test_R1_a_hurdle_of_zero_asks_that_nothing_is_lost_on_average(self):
        # No return: nothing may reach the senior level. Without a hurdle anything may.
        losses = [0] * 9 + [0.5]
        shared(single([first(), senior(hurdle=0)], losses, [THIN]), -50)
        shared(single([first(), senior()], losses, [THIN]), 0)

    def test_R1_the_tiers_of_a_level_make_up_for_each_other(self):
        # 5 % of return against hurdles of 0 and 10 %: each euro of s2 needs one of s1.
        keys = {"seniority": 0, "return_if_success": 0.05, "holding_years": 1}
        tiers = [tier("s1", instrument="loan", hurdle=0, **keys), tier("s2", instrument="loan", hurdle=0.1, **keys)]
        terms = [{"term": "public_money", "tier": "s2", "sense": "maximise"}]
        shared(single(tiers, [0, 0], terms), 50)

    def test_R1_a_level_below_is_charged_all_that_reaches_it(self):
        # All of L, 0.1 · 100, reaches the first level, whose own loss is f at most: 0.9 · 0.5 f ≥ 10.
        tiers = [first(return_if_success=0.5, hurdle=0, holding_years=1), senior()]
        result = shared(single(tiers, [0] * 9 + [1], [THIN]), -200 / 9)
        assert result.risk.tiers[0].losses.expected_loss == pytest.approx(20 / 9, abs=EURO)

    def test_R1_unequal_probabilities(self):
        # As the first, the loss drawn once but with a probability of a tenth.
        tiers = [first(), senior(return_if_success=0.1, hurdle=0.08, holding_years=2)]
        document = scenario([site("a", **IN)], tiers, terms=[THIN], risk=table([0.9, 0.1], a=[0, 0.5]))
        shared(document, -1.69 / 0.0669)

    def test_R1_of_a_fraction_by_each_candidates_losses(self):
        # Pari passu, one year at 10 %, a hurdle of 2 %, half lost on failure: a euro in a gains
        # 0.9 · 0.1 − 0.02 − 0.05 = 0.02, one in b 0.8 · 0.1 − 0.02 − 0.1 = −0.04. Half of b.
        x = own(return_if_success=0.1, hurdle=0.02, holding_years=1, loss_given_failure=0.5)
        sites = [site("a", **IN), site("b", value=10, divisible=True)]
        losses = {"a": [0] * 9 + [1], "b": [0] * 8 + [1, 1]}
        result = shared(pari_passu(sites, [x], [VALUE], **losses), 6)
        assert funded(result) == {"a": 1, "b": 0.5}
        sites[1]["divisible"] = False
        assert chosen(shared(pari_passu(sites, [x], [VALUE], **losses), 1)) == {"a"}

    def test_R1_pari_passu_each_tier_by_itself(self):
        # y has no hurdle and takes what x, which loses 0.2 and gains 0.08, may not.
        tiers = [own("x", hurdle=0, return_if_success=0.1, holding_years=1), own("y")]
        terms = [{"term": "public_money", "tier": "x", "sense": "maximise"}]
        shared(pari_passu([site("a", **IN)], tiers, terms, a=[0, 0, 0, 0, 1]), 0)
        tiers[0]["return_if_success"] = 0.25
        shared(pari_passu([site("a", **IN)], tiers, terms, a=[0, 0, 0, 0, 1]), 100)


class TestR2ExpectedLoss:
    @pytest.mark.parametrize("limit, thin", [(0.2, 0), (0.15, 0), (0.12, 37.5), (0.1, 50), (0.09, 100)])
    def test_R2_how_thick_the_first_loss_must_be(self, limit, thin):
        # ((50 − f)⁺ + (100 − f)) / 10 ≤ limit (100 − f). At 15 % nothing is needed; at 12 % 50 − f = 0.2 (100 − f);
        # at 10 % f = 50; below, only no senior money at all.
        tiers = [first(), senior(**expected_loss_at_most(limit))]
        result = shared(single(tiers, TENTHS, [THIN]), -thin)
        assert paid(result, tier="senior") == 100 - thin

    def test_R2_with_a_share_given_failure(self):
        # L = D (50 + f / 2): 25 − 0.75 f + 50 − 0.5 f ≤ 0.6 (100 − f).
        tiers = [first(), senior(loss_given_failure=0.5, **expected_loss_at_most(0.06))]
        shared(single(tiers, TENTHS, [THIN]), -15 / 0.65)

    def test_R2_cannot_be_met(self):
        # 50 of first loss are needed, 49 are there.
        tiers = [first(50), senior(**expected_loss_at_most(0.1))]
        shared(single(tiers, TENTHS, [THIN]), -50)
        tiers[0] = first(49)
        solve_infeasible(single(tiers, TENTHS, [THIN]))

    def test_R2_cannot_be_met_and_others_pay(self):
        # Senior money would lose a tenth of itself in the worst draw alone: the consortium pays.
        tiers = [first(40), senior(**expected_loss_at_most(0.09))]
        terms = [{"term": "private_money", "tier": "senior"}]
        result = shared(scenario([site("a", pledge=100, **IN)], tiers, terms=terms, risk=table(a=TENTHS)), 0)
        assert result.risk.levels[1].limits[0].bounded_share is None

    def test_R2_a_level_below_is_charged_all_that_reaches_it(self):
        # 30 in the middle: (150 − 2 f) / 10 ≤ 0.4 · 30. Its own loss is 30 in two draws of ten, 0.2.
        middle = loan("middle", {"at_least": 30, "at_most": 30}, seniority=1, **expected_loss_at_most(0.4))
        result = shared(single([first(), middle, senior(seniority=2)], TENTHS, [THIN]), -15)
        found = result.risk.levels[1].limits[0]
        assert (found.bounded_share, found.own_share) == pytest.approx((0.4, 0.2), abs=1e-6)

    def test_R2_tiers_of_one_level_share_the_limit(self):
        # 50 and 12.5, together what one tier alone may give.
        limit = expected_loss_at_most(0.12)
        tiers = [first(), senior(50, **limit), loan("other", seniority=1, **limit)]
        result = shared(single(tiers, TENTHS, [THIN]), -37.5)
        assert paid(result, tier="senior") == 62.5 - paid(result, tier="other").expected

    def test_R2_a_limit_on_the_first_level(self):
        # Of 15 that are lost on average, all reach the first level: f ≥ 15 / 0.3.
        shared(single([first(**expected_loss_at_most(0.3)), senior()], TENTHS, [THIN]), -50)

    @pytest.mark.parametrize("limit, best, ids", [(0.1, 2, {"b"}), (0.12, 5, {"a", "b"})])
    def test_R2_which_candidates_may_be_built(self, limit, best, ids):
        # a is lost in a quarter of the draws, b never; 20 of first loss. 80 / 4 = 20 is too much for a's 80 of senior
        # money, and for the 180 of both at 10 % but not at 12 %: a needs b beside it.
        tiers = [first(20), senior(**expected_loss_at_most(limit))]
        losses = table(a=[1, 0, 0, 0], b=[0, 0, 0, 0])
        result = shared(scenario([site("a", value=3), site("b", value=2)], tiers, risk=losses), best)
        assert chosen(result) == ids
        alone = scenario([site("a", value=3)], tiers, risk=table(a=[1, 0, 0, 0]))
        shared(alone, 0)

    def test_R2_of_a_fraction(self):
        # (100 y − 20) / 4 = 0.1 (100 y + 80): y = 13 / 15.
        tiers = [first(20), senior(**expected_loss_at_most(0.1))]
        sites = [site("a", value=3, divisible=True), site("b", value=2)]
        result = shared(scenario(sites, tiers, risk=table(a=[1, 0, 0, 0], b=[0, 0, 0, 0])), 4.6)
        assert funded(result) == {"a": 13 / 15, "b": 1}

    def test_R2_unequal_probabilities(self):
        # 0.1 (50 − f) + 0.1 (100 − f), as in the ten draws.
        tiers = [first(), senior(**expected_loss_at_most(0.12))]
        document = scenario([site("a", **IN)], tiers, terms=[THIN], risk=table([0.8, 0.1, 0.1], a=[0, 0.5, 1]))
        shared(document, -37.5)

    @pytest.mark.parametrize("limit, amount", [(0.1, 0), (0.2, 100)])
    def test_R2_pari_passu_of_its_own_losses(self, limit, amount):
        # x loses 0.2 of itself on average, y, which loses half on failure, 0.1 and no more.
        tiers = [
            own("x", **expected_loss_at_most(limit)),
            own("y", loss_given_failure=0.5, **expected_loss_at_most(0.1)),
        ]
        terms = [{"term": "public_money", "tier": "x", "sense": "maximise"}]
        shared(pari_passu([site("a", **IN)], tiers, terms, a=[0, 0, 0, 0, 1]), amount)

    @pytest.mark.parametrize("limit, fraction", [(0.05, 1), (0.125, 1 / 3)])
    def test_R2_gains_make_up_for_losses(self, limit, fraction):
        # a loses 0.2 on average, b gains 0.1; b is not wanted, but 20 − 10 y ≤ limit (100 + 100 y): at 5 % all of it,
        # at 12.5 % 20 − 10 y = 12.5 + 12.5 y.
        sites = [site("a", **IN), site("b", value=-1, divisible=True)]
        document = pari_passu(sites, [own(**expected_loss_at_most(limit))], [VALUE], a=[-0.2, 0.6], b=[-0.1, -0.1])
        assert funded(shared(document)) == {"a": 1, "b": fraction}


class TestR3Cvar:
    @pytest.mark.parametrize("limit, thin", [(0.8, 0), (0.75, 0), (0.6, 37.5), (0.5, 50), (0.49, 100)])
    def test_R3_how_thick_the_first_loss_must_be(self, limit, thin):
        # The worst two of ten draws: ((50 − f)⁺ + (100 − f)) / 2 ≤ limit (100 − f).
        tiers = [first(), senior(**cvar_at_most(limit, 0.8))]
        result = shared(single(tiers, TENTHS, [THIN]), -thin)
        assert paid(result, tier="senior") == 100 - thin

    def test_R3_the_draw_on_the_boundary_counts_in_part(self):
        # The worst 15 %: the worst draw and half of the next: (0.1 (100 − f) + 0.05 (50 − f)) / 0.15 ≤ 0.8 (100 − f).
        shared(single([first(), senior(**cvar_at_most(0.8, 0.85))], TENTHS, [THIN]), -50 / 3)

    def test_R3_unequal_probabilities(self):
        # The worst 20 %: the worst draw, of 10 %, and half of the next.
        tiers = [first(), senior(**cvar_at_most(0.6, 0.8))]
        document = scenario([site("a", **IN)], tiers, terms=[THIN], risk=table([0.7, 0.2, 0.1], a=[0, 0.5, 1]))
        shared(document, -37.5)

    def test_R3_cannot_be_met(self):
        tiers = [first(50), senior(**cvar_at_most(0.5, 0.8))]
        shared(single(tiers, TENTHS, [THIN]), -50)
        tiers[0] = first(49)
        solve_infeasible(single(tiers, TENTHS, [THIN]))

    @pytest.mark.parametrize("of, thin", [("level", 64), ("level_and_above", 37.5)])
    def test_R3_of_the_level_or_of_all_above(self, of, thin):
        # 30 in the middle, (150 − 2 f) / 2 up to f = 50, (100 − f) / 2 from there. Of the level: at most 18. Of all
        # above: 75 − f ≤ 0.6 (100 − f), while the middle itself loses (12.5 + 30) / 2 of its 30: more than the limit.
        middle = loan("middle", {"at_least": 30, "at_most": 30}, seniority=1, **cvar_at_most(0.6, 0.8, of=of))
        result = shared(single([first(), middle, senior(seniority=2)], TENTHS, [THIN]), -thin)
        if of == "level_and_above":
            found = result.risk.levels[1].limits[0]
            assert (found.bounded_share, found.own_share) == pytest.approx((0.6, 21.25 / 30), abs=1e-6)
        warned = "level-loses-more" in {finding["code"] for finding in result.findings}
        assert warned == (of == "level_and_above")

    @pytest.mark.parametrize("of, warned, thin", [("level", True, 100), ("level_and_above", False, 37.5)])
    def test_R3_an_empty_level_lets_no_loss_pass(self, of, warned, thin):
        # Nobody lends in the middle. Of the level: (150 − 2 f) / 2 or (100 − f) / 2 ≤ 0.6 · 0, so that f = 100 and
        # nothing stands above. Of all above: 75 − f ≤ 0.6 (100 − f).
        middle = loan("middle", 0, seniority=1, **cvar_at_most(0.6, 0.8, of=of))
        result = shared(single([first(), middle, senior(seniority=2)], TENTHS, [THIN]), -thin)
        assert "level-empty" not in {finding["code"] for finding in result.findings}
        if warned:  # with half of it lost at most, 50 stand above the empty level: it is why they are not more
            half = table(None, a=[0] * 9 + [0.5])
            document = scenario([site("a", **IN)], [first(), middle, senior(seniority=2)], terms=[THIN], risk=half)
            found = [f for f in shared(document, -50).findings if f["code"] == "level-empty"]
            assert [f["pointer"] for f in found] == ["/fund/tiers/middle/limits"] and "middle" in found[0]["message"]

    def test_R3_infeasible_below_a_level_that_must_stay_empty(self):
        middle = loan("middle", 0, seniority=1, **cvar_at_most(0.6, 0.8))
        document = single([first(50), middle, senior(seniority=2)], TENTHS, [THIN])
        solve_infeasible(document)
        result = allocate(document)
        assert "level-may-be-empty" in {finding["code"] for finding in result.findings}

    def test_R3_the_tighter_of_two_limits(self):
        # 37.5 for the mean at 12 %, 50 for the worst fifth at 50 %; 37.5 for it at 60 %, 50 for the mean at 10 %.
        for mean, tail in ((0.12, 0.5), (0.1, 0.6)):
            limits = {"expected_loss": {"at_most": mean}, "cvar": {"level": 0.8, "at_most": tail}}
            shared(single([first(), senior(limits=limits)], TENTHS, [THIN]), -50)

    def test_R3_limits_of_several_levels_at_once(self):
        # The first level alone: 75 ≤ 0.9 f, f = 250 / 3; the senior one needs 50 only.
        tiers = [first(**cvar_at_most(0.9, 0.8)), senior(**cvar_at_most(0.5, 0.8))]
        shared(single(tiers, TENTHS, [THIN]), -250 / 3)

    def test_R3_which_candidates_may_be_built(self):
        # b fails where a does, c where it does not. Worst half, 60 of first loss, at most 30 % of the 140 above it:
        # a and b 140 (too much), a and c 40 (enough).
        sites = [site("a", value=3), site("b", value=2), site("c")]
        losses = table(a=[1, 0], b=[1, 0], c=[0, 1])
        result = shared(scenario(sites, [first(60), senior(**cvar_at_most(0.3, 0.5))], risk=losses), 4)
        assert chosen(result) == {"a", "c"}

    def test_R3_of_a_fraction(self):
        # As above, b by fractions beside a and c: 100 (1 + y) − 60 = 0.3 (200 + 100 y − 60), y = 1 / 35.
        sites = [site("a", **IN), site("b", divisible=True), site("c", **IN)]
        losses = table(a=[1, 0], b=[1, 0], c=[0, 1])
        result = shared(scenario(sites, [first(60), senior(**cvar_at_most(0.3, 0.5))], risk=losses))
        assert funded(result) == {"a": 1, "b": 1 / 35, "c": 1}

    def test_R3_pari_passu_of_its_own_losses(self):
        # The worst half is the second draw: 0.6 · 100 y + 0.1 · 100 = 0.2 (100 y + 100), y = 1 / 4.
        sites = [site("a", value=10, divisible=True), site("b", **IN)]
        document = pari_passu(sites, [own(**cvar_at_most(0.2, 0.5))], [VALUE], a=[-0.2, 0.6], b=[-0.1, 0.1])
        result = shared(document, 3.5)
        assert funded(result) == {"a": 0.25, "b": 1}

    @pytest.mark.parametrize("limit, best", [(0.2, 1), (0.19, 0)])
    def test_R3_gains_count_in_the_tail(self, limit, best):
        # The worst half of −0.2, −0.2, −0.2, 0.6 is 0.2: the value at risk is a gain.
        document = pari_passu([site("a")], [own(**cvar_at_most(limit, 0.5))], [VALUE], a=[-0.2, -0.2, -0.2, 0.6])
        shared(document, best)

    def test_R3_pari_passu_each_tier_by_its_own_share_lost(self):
        # On failure y loses 0.3 of itself and may, x all of itself and may not.
        tiers = [own("x", **cvar_at_most(0.3, 0.5)), own("y", loss_given_failure=0.3, **cvar_at_most(0.3, 0.5))]
        terms = [{"term": "public_money", "tier": "x", "sense": "maximise"}]
        shared(pari_passu([site("a", **IN)], tiers, terms, a=[0, 1]), 0)


class TestExpectedLoss:
    @pytest.mark.parametrize("weight, ids", [(0.05, {"a", "b"}), (0.07, {"b"}), (0.1, set())])
    def test_expected_loss_of_the_pool(self, weight, ids):
        # a: 3 points and 50 of loss, b: 2 points and 25.
        terms = [VALUE, {"term": "expected_loss", "weight": weight}]
        sites = [site("a", value=3), site("b", value=2)]
        result = shared(scenario(sites, [senior()], terms=terms, risk=table(a=[0, 1], b=[0, 0.5])))
        assert chosen(result) == ids
        assert result.objective.terms[1].value == sum({"a": 50, "b": 25}[c] for c in ids)

    def test_expected_loss_of_a_level_with_a_weight(self):
        # A euro of first loss costs 1 and saves 2 · 2/3 up to 50, 2 · 1/3 beyond: 50, and 2 · 50 / 3.
        terms = [reaching_senior(weight=2), THIN]
        shared(single([first(), senior()], [0, 0.5, 1], terms), -100 / 3 - 50)

    def test_expected_loss_as_a_stage(self):
        # Nothing reaches the senior level from 50 on; then as little first loss as that takes.
        document = single([first(), senior()], [0, 0.5], [VALUE])
        document["objective"] = {"mode": "lexicographic", "terms": [reaching_senior(), THIN]}
        assert paid(shared(document, 0), tier="first") == 50

    def test_expected_loss_with_unequal_probabilities(self):
        # 0.2 · 10 + 0.1 · 60.
        document = scenario(
            [site("a", **IN)],
            [first(40), senior()],
            terms=[reaching_senior()],
            risk=table([0.7, 0.2, 0.1], a=[0, 0.5, 1]),
        )
        shared(document, -8)

    def test_expected_loss_pari_passu_of_all_tiers(self):
        # 0.5 (0.5 · 40 + 60), less the gain of 0.1 on b's 100, all of it y's.
        tiers = [own("x", 40, loss_given_failure=0.5, eligible={"candidates": ["a"]}), own("y")]
        sites = [site("a", **IN), site("b", **IN)]
        shared(pari_passu(sites, tiers, [{"term": "expected_loss"}], a=[0, 1], b=[-0.1, -0.1]), -30)


class TestCvar:
    def test_cvar_of_the_pool(self):
        # The worst half of 0, 0, 50, 100.
        shared(single([first(40), senior()], [0, 0, 0.5, 1], [{"term": "cvar", "alpha": 0.5}]), -75)

    @pytest.mark.parametrize("alpha, value", [(0.5, 35), (0.75, 60), (0.6, 41.25), (None, 60)])
    def test_cvar_of_a_level(self, alpha, value):
        # Beyond 40 there are 0, 0, 10, 60. Worst 40 %: 60 in 25 and 10 in 15 of them. 95 % where none is given.
        term = {"term": "cvar", "level": 1} | ({} if alpha is None else {"alpha": alpha})
        shared(single([first(40), senior()], [0, 0, 0.5, 1], [term]), -value)

    def test_cvar_with_a_weight(self):
        # A euro of first loss costs 1 and saves 1.5 up to 50, where both draws of the worst half reach the level, and
        # 0.75 beyond.
        terms = [{"term": "cvar", "level": 1, "alpha": 0.5, "weight": 1.5}, THIN]
        shared(single([first(), senior()], [0, 0, 0.5, 1], terms), -1.5 * 25 - 50)

    def test_cvar_spreads_what_does_not_fail_together(self):
        # One point of two candidates, of which one is lost in each draw: half of each loses 50 for sure.
        sites = [site(c, divisible=True) for c in "ab"]
        rules = [{"kind": "attribute", "attribute": "value", "at_least": 1}]
        terms = [{"term": "cvar", "alpha": 0.5}]
        result = shared(scenario(sites, [senior()], rules, terms, risk=table(a=[1, 0], b=[0, 1])), -50)
        assert funded(result) == {"a": 0.5, "b": 0.5}

    def test_cvar_chooses_whole_candidates(self):
        # Two of three are asked for: a and b fail together (200), a and c, b and c do not (100).
        sites = [site("a", value=3), site("b", value=2), site("c")]
        rules = [{"kind": "count", "at_least": 2}]
        terms = [{"term": "cvar", "alpha": 0.5}, {**VALUE, "weight": 0.1}]
        losses = table(a=[1, 0], b=[1, 0], c=[0, 1])
        result = shared(scenario(sites, [senior()], rules, terms, risk=losses), -99.6)
        assert chosen(result) == {"a", "c"}

    def test_cvar_with_unequal_probabilities(self):
        # Worst 20 %: 100 and 50, half each.
        document = scenario(
            [site("a", **IN)],
            [senior()],
            terms=[{"term": "cvar", "alpha": 0.8}],
            risk=table([0.7, 0.2, 0.1], a=[0, 0.5, 1]),
        )
        shared(document, -75)

    def test_cvar_beside_a_limit_on_the_same_tail(self):
        # The limit asks for 50 of first loss; a euro more costs 1 and would save half of one.
        tiers = [first(), senior(**cvar_at_most(0.5, 0.8))]
        shared(single(tiers, TENTHS, [{"term": "cvar", "level": 1, "alpha": 0.8}, THIN]), -25 - 50)

    @pytest.mark.parametrize("losses, value", [([-0.2, -0.2, -0.2, 0.6], 20), ([-0.2, -0.2, -0.1, -0.3], -15)])
    def test_cvar_pari_passu_with_gains(self, losses, value):
        # The worst half: −0.2 and 0.6, or −0.1 and −0.2.
        document = pari_passu([site("a", **IN)], [own()], [{"term": "cvar", "alpha": 0.5}], a=losses)
        shared(document, -value)

    def test_cvar_pari_passu_of_all_tiers_together(self):
        # x loses 0.5 · 40, y 60 in the worst half.
        tiers = [own("x", 40, loss_given_failure=0.5), own("y")]
        shared(pari_passu([site("a", **IN)], tiers, [{"term": "cvar", "alpha": 0.5}], a=[0, 1]), -80)
