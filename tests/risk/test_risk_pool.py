"""The pool: waterfalls worked by hand, guarantees, pari passu, and what must hold of any."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from closed_forms import finite_tranche, limit_tranche
from hypothesis import given
from hypothesis import strategies as st
from risk_cases import NOISE, RISK_PROPERTY, alike, scenario, site, tier

from optimiser.plan import Plan
from optimiser.risk.draws import Draws, draws_of
from optimiser.risk.pool import (
    attachment,
    level_losses,
    levels_of,
    loss_reaching,
    pari_passu_losses,
    pool_loss,
    tier_losses,
    waterfall_losses,
)
from optimiser.risk.terms import (
    bearing_tiers,
    exposure_of,
    holding_years,
    loss_given_failure,
    total_hurdles,
    total_rate,
    total_returns,
    yearly_rate,
)
from optimiser.scenario.check.guarantees import misplaced_cover

FIRST, MIDDLE, SENIOR = (
    tier("first", "equity", 0),
    tier("middle", "quasi_equity", 1, loss_given_failure=0.8),
    tier("senior", "loan", 2, loss_given_failure=0.5),
)

# None fails, a, b, both.
DRAWS = Draws(("a", "b"), np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=bool), np.array([0.7, 0.1, 0.15, 0.05]))


class TestWaterfall:
    def test_two_candidates_three_levels(self):
        # a: 10 first, 20 middle, 60 senior: loses 10 + 16 + 30 = 56. b: 5, 10, 100: loses 5 + 8 + 50 = 63.
        # Levels are 15, 30 and 160 thick, and attach at 0, 15 and 45.
        tiers = [FIRST, MIDDLE, SENIOR]
        exposure = np.array([[10.0, 20.0, 60.0], [5.0, 10.0, 100.0]])
        lgd = loss_given_failure(tiers)
        assert pool_loss(DRAWS, exposure, lgd) == pytest.approx([0, 56, 63, 119])
        levels = levels_of(tiers)
        amount = exposure.sum(axis=0)
        assert levels.attachment(amount).tolist() == [0.0, 15.0, 45.0]
        assert levels.detachment(amount).tolist() == [15.0, 45.0, 205.0]
        by_hand = np.array([[0, 0, 0], [15, 30, 11], [15, 30, 18], [15, 30, 74]], dtype=float)
        assert waterfall_losses(DRAWS, levels, exposure, lgd) == pytest.approx(by_hand)
        reaching = loss_reaching(pool_loss(DRAWS, exposure, lgd), levels.attachment(amount))
        assert reaching == pytest.approx(np.array([[0, 0, 0], [56, 41, 11], [63, 48, 18], [119, 104, 74]], dtype=float))

    def test_a_loss_that_ends_inside_a_level(self):
        # Pool losses of 0, 8, 15, 20, 45 and 50 over levels of 15 and 30 and 160.
        lost = np.array([0.0, 8.0, 15.0, 20.0, 45.0, 50.0])
        by_hand = [[0, 0, 0], [8, 0, 0], [15, 0, 0], [15, 5, 0], [15, 30, 0], [15, 30, 5]]
        assert level_losses(lost, np.array([15.0, 30.0, 160.0])).tolist() == by_hand

    def test_equal_seniority_shares_pro_rata_to_exposure(self):
        # Not to what each would lose alone: LGD 1 and 0.5, but 30 and 10 euros of the level.
        tiers = [tier("x", "loan", 3), tier("first", "equity", 1), tier("y", "loan", 3, loss_given_failure=0.5)]
        levels = levels_of(tiers)
        assert levels.seniorities == (1, 3) and levels.level.tolist() == [1, 0, 1]
        assert levels.pool_tiers(1) == ("x", "y") and levels.pool_tiers(0) == ("first",)
        exposure = np.array([[30.0, 0.0, 0.0], [0.0, 15.0, 10.0]])
        losses = waterfall_losses(DRAWS, levels, exposure, loss_given_failure(tiers))
        # a loses 30, b 15 + 5 = 20: the first level takes 15, the rest 15, 5 and 35 is shared 3 to 1.
        by_hand = [[0, 0, 0], [11.25, 15, 3.75], [3.75, 15, 1.25], [26.25, 15, 8.75]]
        assert losses == pytest.approx(np.array(by_hand))

    def test_a_guarantee_stands_before_what_it_covers(self):
        cover = tier("cover", "guarantee", 1, covers=["senior"])
        tiers = [SENIOR, tier("first", "equity", 0), cover]
        levels = levels_of(tiers)
        assert levels.guarantees(1) == ("cover",) and levels.pool_tiers(1) == ()
        # 100 senior in each, 10 first in each, 25 guaranteed on a and 15 on b: A = 0, 20, 60.
        exposure = np.array([[100.0, 10.0, 25.0], [100.0, 10.0, 15.0]])
        amount = exposure.sum(axis=0)
        assert levels.thickness(amount).tolist() == [20.0, 40.0, 200.0]
        assert levels.exposure(amount).tolist() == [20.0, 0.0, 200.0]
        assert levels.attachment(amount).tolist() == [0.0, 20.0, 60.0]
        # A guarantee adds nothing to lose: a loses 50 + 10, b too.
        losses = waterfall_losses(DRAWS, levels, exposure, loss_given_failure(tiers))
        by_hand = [[0, 0, 0], [0, 20, 40], [0, 20, 40], [60, 20, 40]]
        assert losses == pytest.approx(np.array(by_hand, dtype=float))

    def test_a_guarantee_pays_what_it_covers_and_no_more(self):
        # Where all it covers is the most senior, standing in the order of losses and paying on the covered loss agree.
        tiers = [
            tier("senior", "loan", 2),
            tier("first", "equity", 0),
            tier("cover", "guarantee", 1, covers=["senior"]),
        ]
        levels = levels_of(tiers)
        for lost in np.linspace(0, 220, 45):
            without = max(lost - 20.0, 0.0)
            paid = min(without, 40.0)
            amount = np.array([200.0, 20.0, 40.0])
            by_level = level_losses(np.array([lost]), levels.thickness(amount))
            assert tier_losses(levels, by_level, amount)[0] == pytest.approx([without - paid, lost - without, paid])

    def test_levels_without_money(self):
        levels = levels_of([FIRST, MIDDLE, SENIOR])
        exposure = np.array([[0.0, 0.0, 60.0], [0.0, 0.0, 100.0]])
        losses = waterfall_losses(DRAWS, levels, exposure, np.array([1.0, 1.0, 0.5]))
        assert losses[:, :2].tolist() == [[0.0, 0.0]] * 4 and losses[:, 2].tolist() == [0.0, 30.0, 50.0, 80.0]

    def test_an_empty_pool(self):
        levels = levels_of([])
        losses = waterfall_losses(DRAWS, levels, np.zeros((2, 0)), np.zeros(0))
        assert losses.shape == (4, 0)
        assert attachment(np.zeros(0)).shape == (0,)

    def test_refused(self):
        with pytest.raises(ValueError, match="without: \\['nowhere'\\]"):
            levels_of([FIRST, tier("nowhere")])
        with pytest.raises(ValueError, match="not gains"):
            level_losses(np.array([1.0, -1.0]), np.array([5.0]))

    def test_cover_that_the_order_of_losses_contradicts(self):
        fits = tier("fits", "guarantee", 1, covers=["senior"])
        shelters_more = tier("more", "guarantee", 0, covers=["senior"])
        shelters_less = tier("less", "guarantee", 2, covers=["senior"])
        pool = [FIRST, MIDDLE, SENIOR]
        assert misplaced_cover([*pool, fits]) == []
        assert misplaced_cover([*pool, shelters_more]) == [("more", "middle")]
        assert misplaced_cover([*pool, shelters_less]) == [("less", "senior")]


class TestPariPassu:
    def test_each_tier_loses_its_own(self):
        tiers = [FIRST, SENIOR, tier("cover", "guarantee", 1, covers=["senior"])]
        exposure = np.array([[10.0, 60.0, 7.0], [5.0, 100.0, 7.0]])
        losses = pari_passu_losses(DRAWS, exposure, loss_given_failure(tiers))
        assert losses == pytest.approx(np.array([[0, 0, 0], [10, 30, 0], [5, 50, 0], [15, 80, 0]], dtype=float))

    def test_gains(self):
        draws = Draws(("a",), np.array([[0.5], [-0.2]]), np.array([0.5, 0.5]))
        assert pari_passu_losses(draws, np.array([[100.0]]), np.array([0.5])).tolist() == [[25.0], [-10.0]]


class TestTrancheAgainstIntegrals:
    """First loss 15 %, middle 15 %, senior 70 % of a homogeneous pool, LGD 0.6."""

    PD, RHO, LGD = 0.1, 0.25, 0.6
    POINTS = ((0.0, 0.15), (0.15, 0.3), (0.3, 1.0))

    def expected(self, n, count):
        tiers = [tier(f"t{j}", "loan", j, loss_given_failure=self.LGD) for j in range(3)]
        draws = draws_of(scenario(alike(n, self.PD), correlation=self.RHO, draws=count))
        exposure = np.tile([0.15, 0.15, 0.7], (n, 1)) / n
        losses = waterfall_losses(draws, levels_of(tiers), exposure, loss_given_failure(tiers))
        error = losses.std(axis=0) / np.sqrt(count)
        return draws.probability @ losses, error

    def test_finite_pool(self):
        drawn, error = self.expected(10, 65_536)
        exact = [finite_tranche(10, self.PD, self.RHO, self.LGD, a, b) for a, b in self.POINTS]
        assert sum(exact) == pytest.approx(self.PD * self.LGD)
        # Four standard errors of plain random numbers.
        assert (np.abs(drawn - exact) < 4 * error).all()

    def test_endlessly_fine_pool(self):
        drawn, error = self.expected(400, 16_384)
        exact = [limit_tranche(self.PD, self.RHO, self.LGD, a, b) for a, b in self.POINTS]
        assert sum(exact) == pytest.approx(self.PD * self.LGD)
        # Besides, 400 candidates lose a little more above and less below than endlessly many: by half the variance that
        # is left given the factor, 0.36·p(1−p)/400, times the density of losses at the points: below 2e-4.
        assert (np.abs(drawn - exact) < 4 * error + 2e-4).all()


class TestTerms:
    TIERS = (
        tier("union", "grant"),
        tier("first", "equity", 0, return_if_success=0.1, hurdle=0.02, holding_years=2),
        tier("senior", "loan", 1, loss_given_failure=0.5, return_if_success=0.05),
        tier("cover", "guarantee", 0, covers=["senior"]),
    )

    def of(self):
        tiers = [t.model_dump(exclude_unset=True) for t in self.TIERS]
        return scenario([site("a"), site("b", return_if_success={"senior": 0.07})], tiers)

    def test_arrays(self):
        case = self.of()
        tiers = bearing_tiers(case.fund)
        assert [t.id for t in tiers] == ["first", "senior", "cover"]
        assert loss_given_failure(tiers).tolist() == [1.0, 0.5, 0.0]
        assert holding_years(tiers).tolist() == [2.0, 10.0, 10.0]
        assert total_hurdles(tiers) == pytest.approx([1.02**2 - 1, 0, 0])
        by_hand = [[0.21, 1.05**10 - 1, 0], [0.21, 1.07**10 - 1, 0]]
        assert total_returns(case, tiers) == pytest.approx(np.array(by_hand))

    def test_exposure_counts_every_phase_and_year(self):
        case = self.of()
        money = {
            ("union", "a", "main", 2027): 9,
            ("first", "a", "p1", 2027): 1_000_001,
            ("first", "a", "p2", 2028): 2,
            ("senior", "b", "p1", 2027): 5_000_000,
            ("cover", "b", "p1", 2027): 2_500_000,
        }
        plan = Plan(fraction={("a", "p1"): Fraction(1)}, money=money, private_money={})
        exposure = exposure_of(case, plan, bearing_tiers(case.fund))
        assert exposure.tolist() == [[1.000003, 0.0, 0.0], [0.0, 5.0, 2.5]]

    @pytest.mark.parametrize("rate", [-0.5, 0.0, 0.04, 1.0])
    def test_rates_and_back(self, rate):
        assert yearly_rate(total_rate(rate, 7.0), 7.0) == pytest.approx(rate, abs=NOISE)

    def test_all_lost(self):
        assert yearly_rate(-1.0, 10.0) == -1.0


AMOUNTS = st.lists(st.integers(0, 20).map(float), min_size=1, max_size=6)
LOSSES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@RISK_PROPERTY
@given(AMOUNTS, LOSSES)
def test_level_losses_sum_to_the_pools_and_never_exceed_a_level(thickness, shares):
    wide = np.array(thickness)
    lost = np.array(shares) * wide.sum()
    by_level = level_losses(lost, wide)
    assert by_level.sum(axis=1) == pytest.approx(lost, rel=NOISE, abs=NOISE)
    assert (by_level >= 0).all() and (by_level <= wide).all()


@RISK_PROPERTY
@given(AMOUNTS, LOSSES)
def test_more_loss_never_helps_a_level_and_seniors_lose_last(thickness, shares):
    wide = np.array(thickness)
    by_level = level_losses(np.sort(np.array(shares)) * wide.sum(), wide)
    assert (np.diff(by_level, axis=0) >= -NOISE).all()
    for junior in range(len(wide) - 1):
        hit = by_level[:, junior + 1 :].sum(axis=1) > NOISE
        assert by_level[hit, junior] == pytest.approx(wide[junior], rel=NOISE, abs=NOISE)


@RISK_PROPERTY
@given(AMOUNTS, LOSSES, st.integers(0, 5), st.floats(0, 10))
def test_a_thicker_level_never_hurts_those_above(thickness, shares, which, more):
    wide = np.array(thickness)
    which %= len(wide)
    thicker = wide.copy()
    thicker[which] += more
    lost = np.array(shares) * wide.sum()
    above = slice(which + 1, None)
    assert (level_losses(lost, thicker)[:, above] <= level_losses(lost, wide)[:, above] + NOISE).all()


@RISK_PROPERTY
@given(AMOUNTS, LOSSES)
def test_a_levels_own_loss_is_a_difference_of_what_reaches(thickness, shares):
    wide = np.array(thickness)
    lost = np.array(shares) * wide.sum()
    reaching = loss_reaching(lost, attachment(wide))
    after = np.hstack([reaching[:, 1:], np.zeros((len(lost), 1))])
    own = level_losses(lost, wide)
    assert reaching - after == pytest.approx(own, rel=NOISE, abs=NOISE)
    assert (own <= reaching + NOISE).all()


@st.composite
def pools(draw):
    tiers = []
    for n in range(draw(st.integers(1, 5))):
        seniority = draw(st.integers(0, 3))
        if draw(st.integers(0, 3)) == 0:
            tiers.append(tier(f"t{n}", "guarantee", seniority))
        else:
            lgd = draw(st.sampled_from((0.0, 0.3, 0.5, 1.0)))
            tiers.append(tier(f"t{n}", "loan", seniority, loss_given_failure=lgd))
    sites = draw(st.integers(1, 4))
    cell = st.integers(0, 30).map(float)
    exposure = np.array([[draw(cell) for _ in tiers] for _ in range(sites)])
    share = st.sampled_from((0.0, 0.2, 1.0))
    table = np.array([[draw(share) for _ in range(sites)] for _ in range(draw(st.integers(1, 5)))])
    return tiers, exposure, Draws(tuple(f"c{n}" for n in range(sites)), table, np.full(len(table), 1 / len(table)))


@RISK_PROPERTY
@given(pools())
def test_tiers_bear_the_pools_loss_between_them(pool):
    tiers, exposure, draws = pool
    lgd = loss_given_failure(tiers)
    lost = pool_loss(draws, exposure, lgd)
    by_tier = waterfall_losses(draws, levels_of(tiers), exposure, lgd)
    assert by_tier.sum(axis=1) == pytest.approx(lost, rel=NOISE, abs=NOISE)
    assert (by_tier <= exposure.sum(axis=0) + NOISE).all()
    # However losses are shared, together they are the same.
    assert pari_passu_losses(draws, exposure, lgd).sum(axis=1) == pytest.approx(lost, rel=NOISE, abs=NOISE)


@RISK_PROPERTY
@given(pools(), st.sampled_from((0.5, 2.0, 1000.0)))
def test_more_money_scales_losses(pool, factor):
    tiers, exposure, draws = pool
    lgd, levels = loss_given_failure(tiers), levels_of(tiers)
    scaled = waterfall_losses(draws, levels, factor * exposure, lgd)
    assert scaled == pytest.approx(factor * waterfall_losses(draws, levels, exposure, lgd), rel=NOISE, abs=NOISE)
