"""The pool: from the shares that candidates lose to the loss that each level and each tier bears.

    L[s] = Σ_c D[c,s] · Σ_{k∈P} LGD[k]·e[c,k]

P are equity, quasi-equity and loan tiers. In a waterfall the levels lose one after the other, seniority 0 first. A
level attaches where the money below it ends, A[j], and detaches where its own ends too, A[j] + thickness[j]; between
the two it loses every euro that the pool loses.

    pool loss   0 ────────── A[1] ─────────────── A[2] ───────────────────── Σ e
                 first loss        next to lose           most senior

Both points follow the money that is really allocated, not the size of the tiers. Pari passu every tier bears the losses
of its own money instead.

Guarantees bring no exposure and no cost. They lengthen the waterfall at their seniority by their amount, for all that
stands above, as A[j] in the model does. That is what a guarantee promises if it covers exactly the tiers more senior
than itself; a scenario in which it does not is refused (``optimiser.scenario.check.guarantees``).

Letters: S draws, C candidates, K bearing tiers (pool and guarantees, in the order of the file), J levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.risk.draws import Draws
from optimiser.scenario.fund import Tier

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Who stands where in the order of losses: a level is all tiers and guarantees of one seniority.

    seniorities: of the J levels, ascending: the first loses first.
    tiers: the K bearing tiers' ids, in the order of the columns of every (…, K) array.
    level: index of each tier's level  (K,).
    in_pool: true for equity, quasi-equity and loans, false for guarantees  (K,).

    Amounts below are exposures of the K tiers, Σ_c e[c,k], and of a guarantee its amount  (K,)  [EUR million].
    """

    seniorities: tuple[int, ...]
    tiers: tuple[str, ...]
    level: NDArray[np.intp]
    in_pool: NDArray[np.bool_]

    def pool_tiers(self, level: int) -> tuple[str, ...]:
        """Ids of the pool's tiers at a level (by index, not by seniority)."""
        here = (self.level == level) & self.in_pool
        return tuple(tier for tier, at in zip(self.tiers, here, strict=True) if at)

    def guarantees(self, level: int) -> tuple[str, ...]:
        """Ids of the guarantees at a level (by index, not by seniority)."""
        here = (self.level == level) & ~self.in_pool
        return tuple(tier for tier, at in zip(self.tiers, here, strict=True) if at)

    def exposure(self, amount: Array) -> Array:
        """E[j] = Σ e over the pool's tiers at level j, without guarantees  (J,)  [EUR million]."""
        return self._by_level(np.where(self.in_pool, amount, 0.0))

    def thickness(self, amount: Array) -> Array:
        """What level j can lose: E[j] and the guarantees of its seniority  (J,)  [EUR million]."""
        return self._by_level(amount)

    def attachment(self, amount: Array) -> Array:
        """A[j] = Σ e over pool and guarantees with seniority < j: its flip point  (J,)  [EUR million of pool loss]."""
        return attachment(self._by_level(amount))

    def detachment(self, amount: Array) -> Array:
        """A[j] + thickness[j], from which level j has nothing left to lose  (J,)  [EUR million of pool loss]."""
        return np.cumsum(self._by_level(amount))

    def _by_level(self, amount: Array) -> Array:
        return np.bincount(self.level, weights=amount, minlength=len(self.seniorities)).astype(np.float64)


def levels_of(tiers: Sequence[Tier]) -> Levels:
    """The levels of the bearing tiers. Raises ``ValueError`` where one of them has no seniority."""
    lacking = [tier.id for tier in tiers if tier.seniority is None]
    if lacking:
        raise ValueError(f"a waterfall needs a seniority for every tier that bears losses; without: {lacking}")
    seniority = np.array([tier.seniority for tier in tiers], dtype=np.intp)
    seniorities, level = np.unique(seniority, return_inverse=True)
    return Levels(
        seniorities=tuple(int(s) for s in seniorities),
        tiers=tuple(tier.id for tier in tiers),
        level=level.astype(np.intp),
        in_pool=np.array([tier.in_pool for tier in tiers], dtype=np.bool_),
    )


def pool_loss(draws: Draws, exposure: Array, loss_given_failure: Array) -> Array:
    """L[s] = Σ_c D[c,s] · Σ_k LGD[k]·e[c,k]: (C, K) and (K,) give (S,).  [EUR million]

    LGD of a guarantee is 0. For D ≤ 1 L never exceeds Σ LGD·e ≤ Σ e, so the waterfall always suffices.
    """
    return draws.lost(exposure @ loss_given_failure)


def attachment(thickness: Array) -> Array:
    """A[j] = Σ_{i<j} thickness[i]: (J,) gives (J,).  [EUR million]"""
    below: Array = np.concatenate(([0.0], np.cumsum(thickness)[:-1])) if len(thickness) else np.zeros(0)
    return below


def level_losses(pool_loss: Array, thickness: Array) -> Array:
    """min(max(L[s] − A[j], 0), thickness[j]), the loss of level j itself: (S,) and (J,) give (S, J).  [EUR million]

    The levels' losses sum to L as long as L ≤ Σ thickness; what is beyond is borne by nobody here, and cannot occur
    with a pool's own losses. Raises ``ValueError`` for a negative loss: gains have no place in an order of losses.
    """
    if (pool_loss < 0).any():
        raise ValueError("a waterfall shares losses, not gains: a pool loss is negative")
    return np.clip(pool_loss[:, None] - attachment(thickness), 0.0, thickness)


def loss_reaching(pool_loss: Array, attachment: Array) -> Array:
    """z[j,s] = max(L[s] − A[j], 0), loss that reaches level j and above: (S,) and (J,) give (S, J).  [EUR million]

    What W1 states and R1–R3 bound. Level j's own loss is z[j] − z[j+1] ≤ z[j].
    """
    return np.maximum(pool_loss[:, None] - attachment, 0.0)


def tier_losses(levels: Levels, level_losses: Array, amount: Array) -> Array:
    """A level's loss shared by its tiers and guarantees pro rata to their amounts: (S, J) and (K,) give (S, K).

    In EUR million; 0 for tiers of a level that holds no money.
    """
    thickness = levels.thickness(amount)[levels.level]
    share = np.divide(amount, thickness, out=np.zeros_like(amount), where=thickness > 0)
    shared: Array = level_losses[:, levels.level] * share
    return shared


def waterfall_losses(draws: Draws, levels: Levels, exposure: Array, loss_given_failure: Array) -> Array:
    """What each tier and guarantee loses in each draw, in the order of seniority: (C, K) and (K,) give (S, K).

    In EUR million. W1 and the order of losses, exact: no bound, no relaxation.
    """
    amount = exposure.sum(axis=0)
    lost = pool_loss(draws, exposure, loss_given_failure)
    return tier_losses(levels, level_losses(lost, levels.thickness(amount)), amount)


def pari_passu_losses(draws: Draws, exposure: Array, loss_given_failure: Array) -> Array:
    """L_k[s] = Σ_c D[c,s]·LGD[k]·e[c,k]: each tier loses its own money, (C, K) and (K,) give (S, K).  [EUR million]

    Negative where a table has gains. A guarantee stands in no order here and loses nothing: what it would pay to the
    tiers it covers is not taken off their losses, which is cautious.
    """
    return draws.lost(exposure * loss_given_failure)
