"""Known truths about losses of homogeneous pools, each by another way than drawing.

All from Vasicek, Loan portfolio value (Risk, 2002): given the common factor z, failures are independent with
probability p(z) = Φ((Φ⁻¹(PD) − √ρ·z) / √(1−ρ)). Losses are shares of the pool's money.
"""

from __future__ import annotations

import numpy as np
from scipy import integrate, stats


def failure_given(z, pd: float, rho: float):
    """p(z)."""
    return stats.norm.cdf((stats.norm.ppf(pd) - np.sqrt(rho) * z) / np.sqrt(1 - rho))


def limit_quantile(q: float, pd: float, rho: float, lgd: float = 1.0) -> float:
    """Loss share of an endlessly fine pool at confidence q: LGD · Φ((Φ⁻¹(PD) + √ρ·Φ⁻¹(q)) / √(1−ρ))."""
    return lgd * stats.norm.cdf((stats.norm.ppf(pd) + np.sqrt(rho) * stats.norm.ppf(q)) / np.sqrt(1 - rho))


def _mean_over_factor(of_factor, kink: float | None = None) -> float:
    """∫ of_factor(z) φ(z) dz."""
    points = None if kink is None or abs(kink) > 9 else [kink]
    return integrate.quad(lambda z: of_factor(z) * stats.norm.pdf(z), -10, 10, points=points, limit=400)[0]


def finite_pool(n: int, pd: float, rho: float) -> np.ndarray:
    """Probability of k failures among n alike, k = 0…n: ∫ Binomial(k; n, p(z)) φ(z) dz."""
    return np.array(
        [_mean_over_factor(lambda z, k=k: stats.binom.pmf(k, n, failure_given(z, pd, rho))) for k in range(n + 1)]
    )


def finite_pool_within(share: float, n: int, pd: float, rho: float) -> float:
    """Probability that at most a share of n alike fails."""
    return _mean_over_factor(lambda z: stats.binom.cdf(np.floor(n * share), n, failure_given(z, pd, rho)))


def both_fail(pd_a: float, pd_b: float, correlation: float) -> float:
    """Probability that both of two fail: the bivariate normal distribution function at their thresholds."""
    at = stats.norm.ppf([pd_a, pd_b])
    return float(stats.multivariate_normal.cdf(at, cov=[[1, correlation], [correlation, 1]]))


def finite_tranche(n: int, pd: float, rho: float, lgd: float, attachment: float, detachment: float) -> float:
    """Expected loss of a tranche of a finite pool, as a share of the pool."""
    losses = lgd * np.arange(n + 1) / n
    return float(finite_pool(n, pd, rho) @ np.clip(losses - attachment, 0, detachment - attachment))


def limit_tranche(pd: float, rho: float, lgd: float, attachment: float, detachment: float) -> float:
    """The same of an endlessly fine pool: ∫ min(max(LGD·p(z) − a, 0), b − a) φ(z) dz."""
    kink = -10.0
    if 0 < attachment < lgd:  # where LGD·p(z) = a
        kink = (stats.norm.ppf(pd) - np.sqrt(1 - rho) * stats.norm.ppf(attachment / lgd)) / np.sqrt(rho)
    return _mean_over_factor(
        lambda z: np.clip(lgd * failure_given(z, pd, rho) - attachment, 0, detachment - attachment), kink
    )
