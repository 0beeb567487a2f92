"""The measures: worked by hand, against linear programmes of their definition, and the axioms of coherence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from risk_cases import LEVELS_OF_CONFIDENCE, NOISE, RISK_PROPERTY, distributions, tier
from scipy.optimize import linprog

from optimiser.risk.measures import (
    DISCOUNT_MARGIN,
    cvar,
    cvar_at,
    expected_gain,
    expected_loss,
    expected_repayment,
    first_loss,
    flip_point,
    grant_equivalent,
    hurdle_amount,
    hurdle_margin,
    mobilised,
    probability_of_loss,
    value_at_risk,
)
from optimiser.risk.pool import levels_of

TEN = np.array([3.0, 0.0, 10.0, 1.0, 7.0, 2.0, 0.0, 5.0, 4.0, 8.0])
EQUAL = np.full(10, 0.1)


class TestByHand:
    def test_expected_loss(self):
        assert expected_loss(TEN, EQUAL) == pytest.approx(4.0)

    def test_probability_of_loss(self):
        assert probability_of_loss(TEN, EQUAL) == pytest.approx(0.8)
        assert probability_of_loss(TEN, EQUAL, above=7.0) == pytest.approx(0.2)
        assert probability_of_loss(np.array([4e-7, -1.0]), np.array([0.5, 0.5])) == 0.0  # no whole euro

    @pytest.mark.parametrize(
        ("alpha", "value", "mean_beyond"),
        [
            (0.0, 0.0, 4.0),
            (0.5, 3.0, 6.8),
            (0.8, 7.0, 9.0),
            (0.9, 8.0, 10.0),
            (0.95, 10.0, 10.0),
            # The worst 0.25: 10, 8 and half of 7. The worst 0.15: 10 and half of 8.
            (0.75, 7.0, (10 + 8 + 3.5) / 2.5),
            (0.85, 8.0, (10 + 4) / 1.5),
        ],
    )
    def test_equal_probabilities(self, alpha, value, mean_beyond):
        assert value_at_risk(TEN, EQUAL, alpha) == value
        assert cvar(TEN, EQUAL, alpha) == pytest.approx(mean_beyond)

    def test_unequal_probabilities_and_gains(self):
        losses, probability = np.array([-5.0, 20.0, 0.0, 100.0, 7.0]), np.array([0.5, 0.08, 0.3, 0.02, 0.1])
        assert expected_loss(losses, probability) == pytest.approx(1.8)
        assert probability_of_loss(losses, probability) == pytest.approx(0.2)
        # The worst 0.05: all 0.02 of 100 and 0.03 of 20.
        assert cvar(losses, probability, 0.95) == pytest.approx((2 + 0.6) / 0.05)
        assert value_at_risk(losses, probability, 0.95) == 20.0
        # The worst 0.6: all but 0.4 of the gain of 5.
        assert cvar(losses, probability, 0.4) == pytest.approx((2 + 1.6 + 0.7 + 0 - 0.5) / 0.6)
        assert value_at_risk(losses, probability, 0.4) == -5.0
        assert cvar(losses, probability, 0.99) == pytest.approx(100.0)

    def test_only_gains(self):
        assert cvar(np.array([-3.0, -1.0]), np.array([0.5, 0.5]), 0.9) == -1.0

    def test_a_draw_of_no_probability_counts_nowhere(self):
        losses, probability = np.array([1.0, 50.0, -9.0]), np.array([1.0, 0.0, 0.0])
        for alpha in (0.0, 0.5, 0.99):
            assert value_at_risk(losses, probability, alpha) == cvar(losses, probability, alpha) == 1.0

    def test_summed_probabilities_are_meant_as_written(self):
        # 0.05 nineteen times is 0.9500000000000003 in doubles, 0.1 six times 0.6 less an ulp.
        losses = np.arange(20.0)
        assert value_at_risk(losses, np.full(20, 0.05), 0.95) == 18.0
        assert value_at_risk(np.arange(10.0), EQUAL, 0.6) == 5.0

    @pytest.mark.parametrize("alpha", [-0.1, 1.0, float("nan")])
    def test_refused(self, alpha):
        for measure in (cvar, value_at_risk, lambda *a: cvar_at(*a, 0.0)):
            with pytest.raises(ValueError, match="confidence level"):
                measure(TEN, EQUAL, alpha)


class TestProperties:
    @RISK_PROPERTY
    @given(distributions(), LEVELS_OF_CONFIDENCE)
    def test_cvar_is_the_least_over_eta_and_at_the_value_at_risk(self, case, alpha):
        losses, probability = case
        least = min(cvar_at(losses, probability, alpha, eta) for eta in losses)
        assert cvar(losses, probability, alpha) == pytest.approx(least, rel=NOISE, abs=NOISE)
        at_var = cvar_at(losses, probability, alpha, value_at_risk(losses, probability, alpha))
        assert at_var == pytest.approx(least, rel=NOISE, abs=NOISE)

    @RISK_PROPERTY
    @given(distributions(), LEVELS_OF_CONFIDENCE)
    def test_cvar_is_the_worst_mean_over_reweighted_draws(self, case, alpha):
        # Its dual: no draw may weigh more than π/(1−α).
        losses, probability = case
        worst = linprog(
            -losses, A_eq=np.ones((1, len(losses))), b_eq=[1], bounds=[(0, p / (1 - alpha)) for p in probability]
        )
        assert worst.status == 0
        assert cvar(losses, probability, alpha) == pytest.approx(-worst.fun, rel=1e-7, abs=1e-7)  # the solver's own

    @RISK_PROPERTY
    @given(distributions(), LEVELS_OF_CONFIDENCE)
    def test_between_mean_and_worst(self, case, alpha):
        losses, probability = case
        value = cvar(losses, probability, alpha)
        assert expected_loss(losses, probability) - NOISE <= value <= losses[probability > 0].max() + NOISE
        assert value_at_risk(losses, probability, alpha) <= value + NOISE

    @RISK_PROPERTY
    @given(distributions(), LEVELS_OF_CONFIDENCE, LEVELS_OF_CONFIDENCE)
    def test_more_confidence_never_less(self, case, one, other):
        losses, probability = case
        low, high = sorted((one, other))
        assert cvar(losses, probability, low) <= cvar(losses, probability, high) + NOISE

    @RISK_PROPERTY
    @given(distributions(of=2), LEVELS_OF_CONFIDENCE)
    def test_subadditive(self, case, alpha):
        one, other, probability = case
        apart = cvar(one, probability, alpha) + cvar(other, probability, alpha)
        assert cvar(one + other, probability, alpha) <= apart + NOISE

    @RISK_PROPERTY
    @given(distributions(), LEVELS_OF_CONFIDENCE, st.sampled_from((0.0, 0.5, 3.0)), st.integers(-50, 50))
    def test_homogeneous_and_translated(self, case, alpha, factor, shift):
        losses, probability = case
        value = factor * cvar(losses, probability, alpha) + shift
        assert cvar(factor * losses + shift, probability, alpha) == pytest.approx(value, rel=NOISE, abs=NOISE)

    @RISK_PROPERTY
    @given(distributions(of=2), LEVELS_OF_CONFIDENCE)
    def test_monotone(self, case, alpha):
        one, other, probability = case
        for measure in (cvar, value_at_risk):
            worse = measure(np.maximum(one, other), probability, alpha)
            assert measure(one, probability, alpha) <= worse + NOISE


class TestFlipPoint:
    def test_by_hand(self):
        lost, probability = np.array([0.0, 20.0, 20.5, 60.0]), np.array([0.6, 0.2, 0.15, 0.05])
        point = flip_point(20.0, 200.0, lost, probability, np.array([15.0, 4.0, 30.0]))
        assert (point.pool_loss, point.share_of_pool, point.draws) == (20.0, 0.1, 2)
        assert point.probability == pytest.approx(0.2)
        assert point.fewest_failures == 1
        assert flip_point(30.0, 200.0, lost, probability, np.array([15.0, 4.0, 30.0])).fewest_failures == 2

    def test_never_reached(self):
        point = flip_point(49.0, 200.0, np.zeros(1), np.ones(1), np.array([15.0, 4.0, 30.0]))
        assert (point.fewest_failures, point.draws, point.probability) == (None, 0, 0.0)

    def test_an_empty_pool(self):
        assert flip_point(0.0, 0.0, np.zeros(1), np.ones(1), np.zeros(0)).share_of_pool is None


class TestReturns:
    def test_R1_by_hand(self):
        # 100 in a, which pays 50 % and fails one time in ten; 60 in b, which pays 20 % and never fails.
        exposure = np.array([[100.0], [60.0]])
        gain = expected_gain(exposure, np.array([0.1, 0.0]), np.array([[0.5], [0.2]]))
        assert gain == pytest.approx([45 + 12])
        asked = hurdle_amount(exposure, np.array([0.25]))
        assert asked == pytest.approx([40])
        assert hurdle_margin(gain[0], asked[0], 10.0) == pytest.approx(7.0)

    def test_private_money_by_first_loss(self):
        tiers = [
            tier("eu", "equity", 0),
            tier("cover", "guarantee", 1),
            tier("bank", "loan", 2),
            tier("eib", "loan", 3),
        ]
        levels, public = levels_of(tiers), np.array([True, True, False, True])
        assert first_loss(levels, np.array([10.0, 5.0, 100.0, 50.0]), public) == 15.0
        assert mobilised(300.0, 15.0) == 20.0
        # Without private money in the pool: the lowest level that holds any.
        assert first_loss(levels, np.array([0.0, 5.0, 0.0, 50.0]), public) == 5.0
        assert first_loss(levels, np.zeros(4), public) == 0.0 and mobilised(300.0, 0.0) is None

    def test_private_money_that_loses_first(self):
        tiers = [tier("bank", "loan", 0), tier("eu", "equity", 1)]
        assert first_loss(levels_of(tiers), np.array([10.0, 10.0]), np.array([False, True])) == 0.0


class TestGrantEquivalent:
    def test_of_a_loan(self):
        # 100 for ten years at 2 %, 20 % of which fail and lose half; base rate 3 %.
        rate = 0.03 + DISCOUNT_MARGIN
        returned = expected_repayment(np.array([100.0]), np.array([0.2]), np.array([0.5]), np.array([1.02**10 - 1]))
        by_hand = 100 * (0.8 * 1.02**10 + 0.2 * 0.5)
        assert returned == pytest.approx([by_hand])
        given_ = grant_equivalent(np.array([100.0]), returned, rate, np.array([10.0]))
        assert given_ == pytest.approx([100 - by_hand / 1.04**10])

    def test_at_the_reference_rate_and_without_risk_there_is_no_aid(self):
        returned = expected_repayment(np.array([100.0]), np.array([0.0]), np.array([1.0]), np.array([1.04**7 - 1]))
        assert grant_equivalent(np.array([100.0]), returned, 0.04, np.array([7.0])) == pytest.approx([0.0], abs=NOISE)

    def test_a_grant_is_all_aid_and_a_dear_loan_none(self):
        nominal, returned = np.array([100.0, 100.0]), np.array([0.0, 500.0])
        assert grant_equivalent(nominal, returned, 0.04, np.array([10.0, 10.0])).tolist() == [100.0, 0.0]

    def test_refused(self):
        with pytest.raises(ValueError, match="reference rate"):
            grant_equivalent(np.zeros(1), np.zeros(1), -1.0, np.ones(1))
