"""Published truths about losses, through ``allocate``: items 5 and 6 of the project's references.

CVaR of a table: Rockafellar and Uryasev, Conditional value-at-risk for general loss distributions (2002). Homogeneous
pools: Vasicek, Loan portfolio value (Risk, 2002): given the factor z, failures are independent with probability
p(z) = Φ((Φ⁻¹(PD) − √ρ·z) / √(1−ρ)).
"""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest
from scipy import integrate, stats

from optimiser import allocate

EURO = 1e-6

PD, RHO, LGD = 0.08, 0.2, 0.5
MANY = 16_384
"""Draws."""

SURE = 5.0
"""Standard errors of independent draws; those of the optimiser are more even, so that this is more than enough."""


def built(candidates, tiers, risk, terms):
    document = {
        "fund": {"tiers": tiers},
        "candidates": [{**c, "locked": "in"} for c in candidates],
        "objective": {"terms": terms},
        "risk": risk,
    }
    result = allocate(document)
    assert result.termination == "optimal"
    assert result.certificate.holds
    return result


def loan(name="senior", size="unlimited", seniority=0, **keys):
    return {"id": name, "instrument": "loan", "size": size, "seniority": seniority, **keys}


class TestCvarOfATable:
    """The mean of the worst (1 − α) share, the draw on the boundary counted in part."""

    @pytest.mark.parametrize(
        ("alpha", "cvar"),
        # Losses of 10, 20 … 100, as likely as each other. 85 %: all of 100 and half of 90, (10 + 4.5) / 0.15.
        [(0.9, 100), (0.8, 95), (0.85, 14.5 / 0.15), (0.95, 100), (0.5, 80), (0.55, (34 + 3) / 0.45)],
    )
    def test_ten_draws(self, alpha, cvar):
        losses = [round(0.1 * n, 1) for n in (3, 10, 1, 7, 5, 2, 9, 4, 8, 6)]
        candidates = [{"id": "a", "cost": {"2027": 100}}]
        risk = {"model": "table", "losses": {"a": losses}}
        result = built(candidates, [loan()], risk, [{"term": "cvar", "alpha": alpha}])
        assert result.objective.terms[0].value == pytest.approx(cvar, abs=EURO)
        assert result.objective.bound == pytest.approx(-cvar, abs=EURO)
        assert result.risk.pool.cvar_95 == pytest.approx(100, abs=EURO)

    @pytest.mark.parametrize("seed", range(6))
    def test_any_table(self, seed):
        # Sorted and cut by hand; 1,000 draws are enough for the search to work with groups of them.
        rng = random.Random(seed)
        names, alpha = "abcde", rng.choice((0.75, 0.9, 0.95, 0.97))
        cost = {c: rng.randint(20, 200) for c in names}
        table = {c: [rng.random() ** 4 for _ in range(1000)] for c in names}
        lost = sorted((sum(cost[c] * table[c][s] for c in names) for s in range(1000)), reverse=True)
        worst = round(1000 * (1 - alpha))
        candidates = [{"id": c, "cost": {"2027": cost[c]}} for c in names]
        risk = {"model": "table", "losses": table}
        result = built(candidates, [loan()], risk, [{"term": "cvar", "alpha": alpha}])
        expected = sum(lost[:worst]) / worst
        assert result.objective.terms[0].value == pytest.approx(expected, rel=1e-9)
        assert -result.objective.bound == pytest.approx(expected, rel=1e-7)


def failure_given(z):
    return stats.norm.cdf((stats.norm.ppf(PD) - np.sqrt(RHO) * z) / np.sqrt(1 - RHO))


@functools.cache
def finite_pool(n):
    """Probability of k failures among n alike, k = 0 … n: ∫ Binomial(k; n, p(z)) φ(z) dz."""
    z, dz = np.linspace(-9, 9, 4001, retstep=True)
    given = stats.binom.pmf(np.arange(n + 1)[:, None], n, failure_given(z))
    return np.asarray(integrate.simpson(given * stats.norm.pdf(z), dx=dz, axis=1))


def quantile(q):
    """Loss share of an endlessly fine pool at confidence q: LGD · Φ((Φ⁻¹(PD) + √ρ Φ⁻¹(q)) / √(1−ρ))."""
    return LGD * stats.norm.cdf((stats.norm.ppf(PD) + np.sqrt(RHO) * stats.norm.ppf(q)) / np.sqrt(1 - RHO))


def worst_mean(losses, probability, alpha):
    """Mean of the worst (1 − α) share; losses ascending."""
    worse = np.cumsum(probability[::-1]) - probability[::-1]
    counted = np.clip(1 - alpha - worse, 0, probability[::-1])
    return float(counted @ losses[::-1] / counted.sum())


def tail_error(losses, probability, alpha):
    """Standard error of CVaR at α over ``MANY`` draws: that of the mean excess over the value at risk, over (1 − α)."""
    at_risk = losses[np.searchsorted(np.cumsum(probability), alpha)]
    excess = np.maximum(losses - at_risk, 0)
    mean = probability @ excess
    return float(np.sqrt((probability @ excess**2 - mean**2) / MANY)) / (1 - alpha)


@functools.cache
def pool(n):
    """A fund in n equal candidates, all built: 10 of 100 lose first, 10 more next."""
    tiers = [
        loan("first", 10, 0, loss_given_failure=LGD),
        loan("middle", 10, 1, loss_given_failure=LGD),
        loan("senior", "unlimited", 2, loss_given_failure=LGD),
    ]
    candidates = [{"id": f"c{i:03}", "cost": {"2027": 100 / n}, "failure_probability": PD} for i in range(n)]
    risk = {"model": "gaussian_copula", "correlation": RHO, "draws": MANY}
    thin_last = [{"term": "public_money", "tier": "senior"}]
    return built(candidates, tiers, risk, thin_last).risk


class TestVasicek:
    N = 100

    @pytest.fixture
    def finite(self):
        """Losses of the finite pool [EUR million of 100] and their probabilities."""
        probability = finite_pool(self.N)
        assert probability.sum() == pytest.approx(1, abs=1e-9)
        return 100 * LGD * np.arange(self.N + 1) / self.N, probability

    @pytest.mark.parametrize(("alpha", "of"), [(0.95, "cvar_95"), (0.99, "cvar_99")])
    def test_the_tail_of_a_finite_pool(self, finite, alpha, of):
        # The integral is exact; what is drawn scatters about it.
        error = tail_error(*finite, alpha)
        assert error < 0.01 * 100 * LGD
        assert getattr(pool(self.N).pool, of) == pytest.approx(worst_mean(*finite, alpha), abs=SURE * error)

    def test_the_mean_and_the_chance_of_a_loss(self, finite):
        losses, probability = finite
        found = pool(self.N).pool
        error = float(np.sqrt((probability @ losses**2 - (probability @ losses) ** 2) / MANY))
        assert found.expected_loss == pytest.approx(100 * PD * LGD, abs=SURE * error)
        some = 1 - probability[0]
        assert found.probability_of_loss == pytest.approx(some, abs=SURE * np.sqrt(some * (1 - some) / MANY))

    def test_the_limit_of_many_candidates(self, finite):
        # The mean of the limit's quantiles beyond 99 %. A finite pool has the scatter of its own candidates besides,
        # whose variance is 1 / n of one's: its tail is longer by 4 % with 100 of them, and by half as much with 200.
        limit = 100 * integrate.quad(quantile, 0.99, 1)[0] / 0.01
        beyond = worst_mean(*finite, 0.99) / limit - 1
        assert 0 < beyond < 0.05
        twice = 100 * LGD * np.arange(2 * self.N + 1) / (2 * self.N), finite_pool(2 * self.N)
        assert worst_mean(*twice, 0.99) / limit - 1 == pytest.approx(beyond / 2, rel=0.1)
        assert pool(self.N).pool.cvar_99 == pytest.approx(limit * (1 + beyond), abs=SURE * tail_error(*finite, 0.99))

    @pytest.mark.parametrize("level", [0, 1, 2])
    def test_expected_tranche_losses(self, finite, level):
        # min(max(L − a, 0), b − a) of 0 to 10, 10 to 20 and 20 to 100, over the finite pool.
        losses, probability = finite
        a, b = [(0, 10), (10, 20), (20, 100)][level]
        tranche = np.clip(losses - a, 0, b - a)
        mean = probability @ tranche
        error = float(np.sqrt((probability @ tranche**2 - mean**2) / MANY))
        found = pool(self.N).levels[level]
        assert (found.attachment, found.detachment) == pytest.approx((a, b), abs=EURO)
        assert found.own.expected_loss == pytest.approx(mean, abs=SURE * error)
