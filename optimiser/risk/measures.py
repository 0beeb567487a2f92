"""Measures of risk, return and aid, as plain functions of arrays.

A distribution of losses is a pair: ``losses`` (S,) and ``probability`` (S,), which sums to 1. Losses are in any unit (a
measure has the unit of its losses), positive where money is lost and negative where it is gained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.risk.pool import Levels

Array = NDArray[np.float64]

HALF_A_EURO = 5e-7
"""EUR million. Money comes in whole euros: a loss below half of one is what is left of rounding."""

ROUNDING = 1e-12
"""Of a sum of probabilities: 0.05 + … + 0.05, nineteen times, counts as 0.95."""

DISCOUNT_MARGIN = 0.01
"""Rate a year, added to the base rate to discount in State-aid practice (2008/C 14/02: 100 basis points)."""


def expected_loss(losses: Array, probability: Array) -> float:
    """Σ_s π[s] L[s].  [unit of the losses]"""
    return float(probability @ losses)


def probability_of_loss(losses: Array, probability: Array, above: float = HALF_A_EURO) -> float:
    """Σ π[s] over the draws that lose more than ``above``, half a euro in EUR million unless told.  [share]"""
    return float(probability[losses > above].sum())


def value_at_risk(losses: Array, probability: Array, alpha: float) -> float:
    """Smallest loss ℓ with P(L ≤ ℓ) ≥ α.  [unit of the losses]

    Raises ``ValueError`` unless 0 ≤ α < 1; at α = 0 it is the least loss that has a probability.
    """
    return quantiles(losses, probability, (alpha,))[0]


def quantiles(losses: Array, probability: Array, levels: Sequence[float]) -> list[float]:
    """The value at risk at each of several levels, the draws sorted once.  [unit of the losses]

    Raises ``ValueError`` unless 0 ≤ α < 1 for each of them.
    """
    for alpha in levels:
        _check_level(alpha)
    possible = probability > 0
    order = np.argsort(losses[possible], kind="stable")
    reached = np.cumsum(probability[possible][order])
    firsts = np.searchsorted(reached, np.asarray(levels) - ROUNDING)
    # Where rounding leaves the whole sum below α, the worst draw is meant.
    found: list[float] = losses[possible][order[np.minimum(firsts, len(order) - 1)]].tolist()
    return found


def cvar(losses: Array, probability: Array, alpha: float) -> float:
    """CVaR at α: mean of the worst (1 − α) share, the draw on the boundary counted in part.  [unit of the losses]

    Equal to min over η of ``cvar_at(losses, probability, alpha, η)``, at η the value at risk; at α = 0 the mean. Raises
    ``ValueError`` unless 0 ≤ α < 1.

    Source: Rockafellar and Uryasev, Conditional value-at-risk for general loss distributions (2002), proposition 8.
    """
    _check_level(alpha)
    order = np.argsort(losses, kind="stable")[::-1]
    weight = probability[order]
    worse = np.cumsum(weight) - weight
    counted = np.clip(1.0 - alpha - worse, 0.0, weight)
    return float(counted @ losses[order] / counted.sum())


def cvar_at(losses: Array, probability: Array, alpha: float, eta: float) -> float:
    """η + Σ_s π[s] max(L[s] − η, 0) / (1 − α), never below CVaR at α: what R3 states.  [unit of the losses]

    Source: Rockafellar and Uryasev, Optimization of conditional value-at-risk (2000).
    """
    _check_level(alpha)
    return eta + expected_loss(np.maximum(losses - eta, 0.0), probability) / (1.0 - alpha)


def _check_level(alpha: float) -> None:
    if not 0.0 <= alpha < 1.0:
        raise ValueError(f"the confidence level must be at least 0 and below 1, not {alpha!r}")


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """Where a level loses its first euro.

    pool_loss: A[j], the greatest pool loss that leaves the level untouched  [EUR million].
    share_of_pool: that loss as a share of the pool's money; None where the pool is empty  [share].
    probability: of the draws that lose more  [share].
    draws: their number  [count].
    fewest_failures: the least number of candidates whose loss together reaches the level; None where the loss of all of
        them does not  [count].
    """

    pool_loss: float
    share_of_pool: float | None
    probability: float
    draws: int
    fewest_failures: int | None


def flip_point(
    attachment: float, pool_exposure: float, pool_loss: Array, probability: Array, loss_if_lost: Array
) -> FlipPoint:
    """The flip point of a level that attaches at ``attachment``.

    ``pool_exposure`` is Σ e over the pool, ``pool_loss`` L (S,), ``loss_if_lost`` Σ_k LGD[k]·e[c,k] of each candidate
    (C,): what the pool loses where that candidate is lost whole. All in EUR million.
    """
    reaching = pool_loss > attachment + HALF_A_EURO
    together = np.cumsum(np.sort(loss_if_lost)[::-1])
    enough = np.flatnonzero(together > attachment + HALF_A_EURO)
    return FlipPoint(
        pool_loss=attachment,
        share_of_pool=attachment / pool_exposure if pool_exposure > 0 else None,
        probability=float(probability[reaching].sum()),
        draws=int(np.count_nonzero(reaching)),
        fewest_failures=int(enough[0]) + 1 if enough.size else None,
    )


def expected_gain(exposure: Array, mean_loss: Array, total_return: Array) -> Array:
    """Σ_c (1 − D̄[c])·r[c,k]·e[c,k] by tier: (C, K), (C,) and (C, K) give (K,).  [EUR million]

    What R1 counts as return: r is the total over the holding years, earned on the share that is not lost.
    """
    gain: Array = (1.0 - mean_loss) @ (total_return * exposure)
    return gain


def hurdle_amount(exposure: Array, total_hurdle: Array) -> Array:
    """h[k] · Σ_c e[c,k] by tier: what it asks over its holding years, (C, K) and (K,) give (K,).  [EUR million]"""
    asked: Array = exposure.sum(axis=0) * total_hurdle
    return asked


def hurdle_margin(gain: float, asked: float, loss: float) -> float:
    """Expected gain less hurdle less expected loss; R1 holds where it is at least 0.  [EUR million]

    With the loss that reaches the level (``loss_reaching``) this is R1 as the model states it; with the level's own
    loss (``level_losses``) it is the exact margin, never less.
    """
    return gain - asked - loss


def first_loss(levels: Levels, amount: Array, public: NDArray[np.bool_]) -> float:
    """Public money that is lost before any private euro of the pool.  [EUR million]

    Public tiers and guarantees (``public`` (K,)) below the lowest level at which a private tier holds money; where none
    does, those of the lowest level that holds any. ``amount`` (K,) in EUR million.
    """
    private = amount[levels.in_pool & ~public] > 0
    held = levels.level[amount > 0]
    if private.any():
        below = levels.level < levels.level[levels.in_pool & ~public][private].min()
    elif held.size:
        below = levels.level == held.min()
    else:
        return 0.0
    return float(amount[below & public].sum())


def mobilised(private_money: float, first_loss: float) -> float | None:
    """Private euros for each euro of first loss; None where there is no first loss.  [ratio]"""
    return private_money / first_loss if first_loss > 0 else None


def expected_repayment(nominal: Array, mean_loss: Array, loss_given_failure: Array, total_return: Array) -> Array:
    """nominal · (1 − D̄·LGD + (1 − D̄)·r), what comes back at the end of the holding years.  [EUR million]

    The capital less what failure loses of it, and the return on the share that does not fail. It is what the candidate
    pays: how the tiers of the fund share losses among themselves is no matter of the award. Arrays broadcast.
    """
    repaid: Array = nominal * (1.0 - mean_loss * loss_given_failure + (1.0 - mean_loss) * total_return)
    return repaid


def grant_equivalent(nominal: Array, repayment: Array, reference_rate: float, years: Array) -> Array:
    """Aid in an award: nominal − repayment / (1 + reference_rate)^years, from 0 to the nominal.  [EUR million]

    For a loan or equity ``repayment`` is what is expected back in one sum after ``years`` (``expected_repayment``); for
    a grant or a purchase it is 0, and the grant equivalent the nominal. Arrays broadcast.

    ``reference_rate`` a year is the base rate and a margin. Where the repayment is an expectation, as here, risk is
    counted in it, and the rate is the one for present values: base rate + ``DISCOUNT_MARGIN``. A margin for the
    borrower's rating (60 to 1,000 basis points) belongs to repayments as contracted; with expected ones it would count
    the same risk twice. An award that repays more than the market asks holds no aid: it counts 0, not less. For equity
    and for a purchase at a market price this is a measure of what is given, not a finding of State aid.

    Raises ``ValueError`` unless the rate is above −1.

    Source: Commission communication on the method for setting the reference and discount rates (2008/C 14/02), OJ C 14,
    19.1.2008, p. 6.
    """
    if not reference_rate > -1.0:
        raise ValueError(f"the reference rate must be above -1, not {reference_rate!r}")
    given: Array = np.clip(nominal - repayment / (1.0 + reference_rate) ** years, 0.0, nominal)
    return given
