"""Losses: the pool, what reaches each level, and the limits on it (W1, R1–R3).

A loss over thousands of draws is no row of PuLP: each rule here uses one column for the mean loss above a
threshold, and a ``LossFunction`` says what that column must be at least. The solver room brings the draws to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.model.columns import Columns
from optimiser.model.data import Data
from optimiser.model.programme import Programme
from optimiser.risk.draws import Draws
from optimiser.scenario.fund import CvarLimit, ExpectedLossLimit, Tier


@dataclass(frozen=True, slots=True)
class LossFunction:
    """excess ≥ Σ_s π[s] · max(0, Σ_i losses[s,i] · column[i] − Σ threshold).  [EUR million]

    losses: share lost by draw and exposure (S × n). threshold: columns that are summed (attachment, value at risk).
    """

    name: str
    losses: NDArray[np.float64]
    probability: NDArray[np.float64]
    exposures: tuple[int, ...]
    threshold: tuple[int, ...]
    excess: int


@dataclass(frozen=True, slots=True)
class Level:
    """Tiers that lose together: of one seniority in a waterfall, one tier alone with pari passu.

    lost: columns of the money lost where the candidate is lost, by candidate. attachment: column of the money and
    guarantees below, None at the bottom. exposure: column of the level's own money. above: columns of its own and all
    senior money.
    """

    name: str
    seniority: int | None
    tiers: tuple[Tier, ...]
    lost: dict[str, int]
    attachment: int | None
    exposure: int
    above: tuple[int, ...]

    @property
    def expected_loss_limit(self) -> ExpectedLossLimit | None:
        """The limit of R2, the same for all its tiers."""
        return next((t.limits.expected_loss for t in self.tiers if t.limits and t.limits.expected_loss), None)

    @property
    def cvar_limit(self) -> CvarLimit | None:
        """The limit of R3, the same for all its tiers."""
        return next((t.limits.cvar for t in self.tiers if t.limits and t.limits.cvar), None)


@dataclass(slots=True)
class Pool:
    """The pool of equity, quasi-equity and loan tiers under the draws, and the loss functions asked of it so far."""

    draws: Draws
    waterfall: bool
    lost: dict[str, int]
    levels: tuple[Level, ...]
    functions: list[LossFunction] = field(default_factory=list)
    mean: dict[str, float] = field(default_factory=dict)
    _losses: dict[tuple[str, ...], NDArray[np.float64]] = field(default_factory=dict)
    _excess: dict[str, int] = field(default_factory=dict)
    _tails: dict[tuple[str, float], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mean = dict(zip(self.draws.candidates, self.draws.mean().tolist(), strict=True))

    def losses_of(self, candidates: tuple[str, ...]) -> NDArray[np.float64]:
        """D[s,c] of these candidates (S × n), made once for all levels that share them."""
        if candidates not in self._losses:
            numbers = [self.draws.candidates.index(c) for c in candidates]
            self._losses[candidates] = np.ascontiguousarray(self.draws.losses[:, numbers], dtype=np.float64)
        return self._losses[candidates]


def pool_columns(programme: Programme, data: Data, columns: Columns, draws: Draws) -> Pool:
    """W1  L[s] = Σ_c D[c,s] Σ_{k∈P} LGD[k] e[c,k];  A[j] = Σ e over P and guarantees below j;  E[j] = Σ e at level j.

    [EUR million]  Below j: of a seniority < j. The loss that reaches level j and above is z[j,s] ≥ L[s] − A[j], z ≥ 0.
    With pari passu each tier is a level of its own, with its own losses and nothing below it.
    Dual: objective lost per EUR million of loss exposure.
    """
    waterfall = data.scenario.fund.loss_sharing != "pari_passu"
    tiers = [t for t in data.tiers.values() if t.in_pool]
    if not waterfall:
        own = [_own_level(programme, columns, draws, t) for t in tiers if columns.x_of_tier.get(t.id)]
        return Pool(draws, False, _lost_columns(programme, columns, draws, tiers, "pool"), tuple(own))
    lost = _lost_columns(programme, columns, draws, tiers, "pool")
    ranks = sorted({seniority_of(t) for t in tiers if columns.x_of_tier.get(t.id)})
    exposure = {
        rank: _sum_column(programme, columns, [t for t in tiers if seniority_of(t) == rank], f"exposure {rank}")
        for rank in ranks
    }
    guarantees = [t for t in data.tiers.values() if t.is_guarantee]
    levels = []
    for n, rank in enumerate(ranks):
        attachment = None
        below = [(exposure[r], 1.0) for r in ranks[:n]]
        below += [(i, 1.0) for g in guarantees if seniority_of(g) < rank for i in columns.x_of_tier[g.id]]
        if below:
            attachment = programme.column(f"attachment.{rank}")
            programme.equal("W1", f"level {rank}", "attachment", [*below, (attachment, -1.0)], 0)
        at_rank = tuple(t for t in tiers if seniority_of(t) == rank)
        above = tuple(exposure[r] for r in ranks[n:])
        levels.append(Level(f"level {rank}", rank, at_rank, lost, attachment, exposure[rank], above))
    return Pool(draws, True, lost, tuple(levels))


def seniority_of(tier: Tier) -> int:
    """Place in the order of losses, 0 (loses first) where none is given."""
    return tier.seniority or 0


def _own_level(programme: Programme, columns: Columns, draws: Draws, tier: Tier) -> Level:
    lost = _lost_columns(programme, columns, draws, [tier], tier.id)
    exposure = _sum_column(programme, columns, [tier], f"exposure {tier.id}")
    return Level(tier.id, None, (tier,), lost, None, exposure, (exposure,))


def _lost_columns(
    programme: Programme, columns: Columns, draws: Draws, tiers: Iterable[Tier], rule: str
) -> dict[str, int]:
    """One column a candidate that can fail: Σ_k LGD[k] · e[c,k]. A draw's row is then as long as its failures."""
    loses: list[bool] = np.asarray(draws.losses.any(axis=0)).tolist()
    lost: dict[str, int] = {}
    for c, may_lose in zip(draws.candidates, loses, strict=True):
        pairs = [(i, loss_given_failure(t)) for t in tiers for i in columns.x_of_candidate.get((c, t.id), ())]
        if pairs and may_lose:
            lost[c] = programme.column(f"lost.{programme.width}")
            programme.equal("W1", rule, c, [*pairs, (lost[c], -1.0)], 0)
    return lost


def loss_given_failure(tier: Tier) -> float:
    """LGD[k]: share lost where a candidate fails, 1 where none is given."""
    return 1.0 if tier.loss_given_failure is None else tier.loss_given_failure


def _sum_column(programme: Programme, columns: Columns, tiers: list[Tier], at: str) -> int:
    total = programme.column(f"sum.{programme.width}")
    pairs = [(i, 1.0) for t in tiers for i in columns.x_of_tier[t.id]]
    programme.equal("W1", "pool", at, [*pairs, (total, -1.0)], 0)
    return total


def expected_excess(programme: Programme, pool: Pool, level: Level) -> list[tuple[int, float]]:
    """Σ_s π[s] · z[j,s]: the mean loss that reaches the level, as a sum over columns.

    At the bottom every loss reaches it, so that the mean is Σ_c D̄[c] · lost[c] and needs no draws.
    """
    if level.attachment is None:
        return [(i, pool.mean[c]) for c, i in level.lost.items()]
    if level.name not in pool._excess:
        column = programme.column(f"reaches.{programme.width}")
        pool._excess[level.name] = column
        pool.functions.append(_function(pool, level, f"W1 {level.name}", (level.attachment,), column))
    return [(pool._excess[level.name], 1.0)]


def tail_mean(programme: Programme, pool: Pool, level: Level, alpha: float) -> list[tuple[int, float]]:
    """η[j] + Σ_s π[s] · w[j,s] / (1 − α): the mean of the worst losses that reach the level, as a sum over columns.

    w[j,s] ≥ L[s] − A[j] − η[j], w ≥ 0 (Rockafellar and Uryasev 2000, doi 10.21314/JOR.2000.038).
    """
    key = (level.name, alpha)
    if key not in pool._tails:
        gains = bool((pool.draws.losses < 0).any())
        eta = programme.column(f"eta.{programme.width}", lower=-math.inf if gains else 0.0)
        excess = programme.column(f"excess.{programme.width}")
        pool._tails[key] = (eta, excess)
        threshold = (eta,) if level.attachment is None else (level.attachment, eta)
        pool.functions.append(_function(pool, level, f"R3 {level.name} {alpha}", threshold, excess))
    eta, excess = pool._tails[key]
    return [(eta, 1.0), (excess, 1.0 / (1.0 - alpha))]


def _function(pool: Pool, level: Level, name: str, threshold: tuple[int, ...], excess: int) -> LossFunction:
    losses = pool.losses_of(tuple(level.lost))
    return LossFunction(name, losses, pool.draws.probability, tuple(level.lost.values()), threshold, excess)


def hurdles(programme: Programme, data: Data, columns: Columns, pool: Pool) -> None:
    """R1  Σ_{k at j} Σ_c ((1 − D̄[c])·r[c,k] − h[k])·e[c,k] − Σ_s π[s] z[j,s] ≥ 0.  [EUR million, whole holding time]

    Dual: objective lost per EUR million the level must return more (≤ 0).
    """
    for level in pool.levels:
        if any(t.hurdle is not None for t in level.tiers):
            gains = []
            for t in level.tiers:
                for c in data.phases_of:
                    per_euro = _gain(data, pool, t, c) - compounded(t.hurdle or 0.0, t)
                    gains += [(i, per_euro) for i in columns.x_of_candidate.get((c, t.id), ())]
            losses = [(i, -a) for i, a in expected_excess(programme, pool, level)]
            programme.at_least("R1", level.name, "", [*gains, *losses], 0)


def _gain(data: Data, pool: Pool, tier: Tier, candidate: str) -> float:
    """(1 − D̄[c]) · r[c,k]: what one euro is expected to gain over the holding years."""
    c = data.phases_of[candidate][0].candidate
    rate = c.return_if_success.get(tier.id, tier.return_if_success or 0.0)
    return (1.0 - pool.mean[candidate]) * compounded(rate, tier)


def level_of(pool: Pool, seniority: int | None) -> Level:
    """The level of a seniority; without one the whole pool, as a level with nothing below it.

    Errors: KeyError where the pool has no such level.
    """
    if seniority is None:
        above = tuple(level.exposure for level in pool.levels)
        return Level("pool", None, (), pool.lost, None, -1, above)
    return {level.seniority: level for level in pool.levels}[seniority]


def public_level(programme: Programme, data: Data, columns: Columns, pool: Pool) -> Level:
    """The money whose losses the public side is charged with.

    With pari passu its own tiers; in a waterfall the lowest level with public money and all above it, since what a
    level between two others loses itself is not convex.
    """
    if pool.waterfall:
        with_public = (level for level in pool.levels if any(t.public for t in level.tiers))
        return next(with_public, level_of(pool, None))
    public = [t for t in data.tiers.values() if t.in_pool and t.public]
    lost = _lost_columns(programme, columns, pool.draws, public, "public")
    return Level("public", None, tuple(public), lost, None, -1, ())


def compounded(rate: float, tier: Tier) -> float:
    """(1 + rate)^holding_years − 1: a yearly rate over the holding time, 10 years where none is given."""
    gain: float = (1.0 + rate) ** (10.0 if tier.holding_years is None else tier.holding_years) - 1.0
    return gain


def expected_loss_limits(programme: Programme, data: Data, columns: Columns, pool: Pool) -> None:
    """R2  Σ_s π[s] z[j,s] ≤ limit[j] · E[j].  [EUR million]

    Dual: objective gained per EUR million of expected loss the level may bear more (≥ 0).
    """
    for level in pool.levels:
        limit = level.expected_loss_limit
        if limit is not None:
            reaches = expected_excess(programme, pool, level)
            programme.at_most("R2", level.name, "", [*reaches, (level.exposure, -limit.at_most)], 0)


def tail_limits(programme: Programme, data: Data, columns: Columns, pool: Pool) -> None:
    """R3  η[j] + Σ_s π[s] w[j,s] / (1−α) ≤ limit[j] · E[j], w[j,s] ≥ L[s] − A[j] − η[j], η, w ≥ 0.  [EUR million]

    With "of": "level_and_above" the right side is limit · Σ_{i≥j} E[i].
    Dual: objective gained per EUR million the mean of the worst losses may be larger (≥ 0).
    """
    for level in pool.levels:
        limit = level.cvar_limit
        if limit is not None:
            of = (level.exposure,) if limit.of == "level" else level.above
            bound = [(i, -limit.at_most) for i in of]
            programme.at_most("R3", level.name, "", [*tail_mean(programme, pool, level, limit.level), *bound], 0)


RULES = (hurdles, expected_loss_limits, tail_limits)
