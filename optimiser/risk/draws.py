"""Draws of losses: which share of each candidate's value is lost in each draw, and how likely the draw is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.scenario.candidate import Candidate
from optimiser.scenario.scenario import Risk, Scenario

DEFAULT_HORIZON_YEARS = 10.0
DEFAULT_DRAWS = 5000
DEFAULT_SEED = 7

PROBABILITY_SLACK = 1e-9
"""How far from 1 the probabilities of a table may sum: nine decimals are more than anyone writes."""

BLOCK = 8192
"""Draws worked on at once: 8 MB of doubles for a hundred candidates, whatever the number of draws."""

LEAST_POINT = 2.0**-53
"""Points of a sequence are kept this far from 0 and 1, where Φ⁻¹ is infinite."""

Lost = NDArray[np.bool_] | NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """S draws of losses of C candidates; the arrays are read-only.

    candidates: their ids, C of them, in the order of the columns (the scenario's).
    losses: D[s,c], share of candidate c's value that is lost in draw s  (S, C)  [share; negative is a gain].
        C-contiguous: a draw is a row. One byte a cell (true is 1, false 0) where a candidate fails whole or not at all,
        as in the copula: 8 MB for 100,000 draws of 80 candidates; float64 in a table.
    probability: π[s]  (S,)  [share, sums to 1].

    Raises ``ValueError`` where shapes disagree, a number is not finite, a probability is negative or they do not sum
    to 1 within 1e-9.
    """

    candidates: tuple[str, ...]
    losses: Lost
    probability: NDArray[np.float64]

    def __post_init__(self) -> None:
        shape = (len(self.probability), len(self.candidates))
        if self.losses.shape != shape:
            raise ValueError(f"losses have the shape {self.losses.shape}, draws and candidates make {shape}")
        if not np.isfinite(self.losses).all():
            raise ValueError("a loss is not a finite number")
        total = float(self.probability.sum())
        if not (abs(total - 1.0) <= PROBABILITY_SLACK and (self.probability >= 0).all()):
            raise ValueError(f"the probabilities of the draws must be at least 0 and sum to 1; they sum to {total!r}")
        for name in ("losses", "probability"):
            array = np.ascontiguousarray(getattr(self, name)).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def count(self) -> int:
        """S, the number of draws."""
        return len(self.probability)

    def lost(self, exposed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Σ_c D[s,c] · exposed[c] for every draw: (C,) gives (S,), and (C, K) gives (S, K).  [unit of ``exposed``]

        Done a block of draws at a time, so that the one-byte losses never stand in memory as doubles.
        """
        if exposed.shape[:1] != (len(self.candidates),):
            raise ValueError(f"{len(self.candidates)} candidates, but exposures of the shape {exposed.shape}")
        result = np.empty((self.count, *exposed.shape[1:]))
        for start in range(0, self.count, BLOCK):
            block = slice(start, start + BLOCK)
            result[block] = self.losses[block].astype(np.float64, copy=False) @ exposed
        return result

    def mean(self) -> NDArray[np.float64]:
        """D̄[c] = Σ_s π[s] D[s,c]  (C,)  [share]."""
        if self.losses.dtype == np.bool_ and np.ptp(self.probability) == 0:
            # Counted, not summed: the same number on every machine.
            counted: NDArray[np.float64] = np.count_nonzero(self.losses, axis=0) / self.count
            return counted
        result = np.zeros(len(self.candidates))
        for start in range(0, self.count, BLOCK):
            block = slice(start, start + BLOCK)
            result += self.probability[block] @ self.losses[block].astype(np.float64, copy=False)
        return result


def draws_of(scenario: Scenario) -> Draws:
    """The loss draws that the scenario's ``risk`` asks for; without one, the copula with every default.

    The same scenario gives the same draws on every machine. Raises ``ValueError`` as the two kinds of draws do.
    """
    risk = scenario.risk or Risk()
    if risk.model == "table":
        return table(scenario.candidates, risk)
    return gaussian_copula(scenario.candidates, risk)


def gaussian_copula(candidates: list[Candidate], risk: Risk) -> Draws:
    """Failures tied together by a common factor and, where asked for, a factor of each country.

    X[c] = √ρ[c] · Z + √ρ_country · W[country of c] + √(1 − ρ[c] − ρ_country) · ε[c], with Z, W and ε independent
    standard normal; c fails (D = 1) where X[c] ≤ Φ⁻¹(PD[c]), and else loses nothing (D = 0).

    PD is ``failure_probability`` over ``horizon_years`` (10 if absent); a candidate without one never fails. ρ is
    ``correlation``, or the Basel formula of each candidate's yearly PD ("basel", also if absent). ρ_country is
    ``country_correlation`` (0 if absent). A joint bid has its first country's factor, a candidate without a country one
    of its own. So two candidates' X are correlated by √(ρ[a]·ρ[b]), and by ρ_country more in the same country.

    ``draws`` (5000 if absent) points of a scrambled Halton sequence with ``seed`` (7 if absent), equally likely. Every
    candidate has the dimension that belongs to its place among the ids, and every country one, whether needed or not:
    the order in the file changes nothing, and a changed probability or correlation is seen through the same random
    numbers. Another candidate or country draws anew.

    Raises ``ValueError`` where ρ[c] + ρ_country exceeds 1.

    Source: Vasicek, Loan portfolio value (Risk, 2002); Li, On default correlation (2000).
    """
    from scipy.special import ndtri  # type: ignore[import-untyped]

    count = DEFAULT_DRAWS if risk.draws is None else risk.draws
    seed = DEFAULT_SEED if risk.seed is None else risk.seed
    probability = np.array([c.failure_probability or 0.0 for c in candidates], dtype=np.float64)
    factors = _factors(candidates, asset_correlation(probability, risk), risk.country_correlation or 0.0)
    losses = np.zeros((count, len(candidates)), dtype=np.bool_)
    losses[:, probability == 1.0] = True
    drawn = np.flatnonzero((probability > 0.0) & (probability < 1.0))
    if drawn.size:
        threshold = ndtri(probability[drawn])
        start = 0
        for points in _points(factors.dimensions, seed, count):
            losses[start : start + len(points), drawn] = factors.latent(points, drawn) <= threshold
            start += len(points)
    return Draws(tuple(c.id for c in candidates), losses, np.full(count, 1.0 / count))


@dataclass(frozen=True, slots=True, eq=False)
class _Factors:
    """Which dimension of a point carries which factor of each candidate, and how strongly.

    Dimension 0 is Z; then W of each country, by code; then ε of each candidate, by id. The first dimensions of a
    sequence are its most even ones, so they go to what moves most money.
    """

    dimensions: int
    own: NDArray[np.intp]
    country: NDArray[np.intp]
    on_common: NDArray[np.float64]
    on_country: NDArray[np.float64]
    on_own: NDArray[np.float64]

    def latent(self, points: NDArray[np.float64], drawn: NDArray[np.intp]) -> NDArray[np.float64]:
        """X of the candidates ``drawn`` at each point of the unit cube: (B, dimensions) gives (B, drawn)."""
        from scipy.special import ndtri

        x: NDArray[np.float64] = self.on_common[drawn] * ndtri(points[:, :1])
        x += self.on_own[drawn] * ndtri(points[:, self.own[drawn]])
        if self.on_country.any():
            at_home, of_candidate = np.unique(self.country[drawn], return_inverse=True)
            x += self.on_country[drawn] * ndtri(points[:, at_home])[:, of_candidate]
        return x


def _factors(candidates: list[Candidate], common: NDArray[np.float64], of_country: float) -> _Factors:
    rest = 1.0 - common - of_country
    if (rest < -PROBABILITY_SLACK).any():
        worst = int(np.argmin(rest))
        raise ValueError(
            f"candidate {candidates[worst].id!r}: correlation {common[worst]:.6g} and country_correlation "
            f"{of_country:.6g} together exceed 1"
        )
    home = [c.all_countries[0] if c.all_countries else None for c in candidates]
    by_country = {name: 1 + n for n, name in enumerate(sorted({h for h in home if h is not None}))}
    by_id = {name: 1 + len(by_country) + n for n, name in enumerate(sorted(c.id for c in candidates))}
    alone = np.array([h is None for h in home], dtype=np.bool_)
    # Without a country both the country's part and what is left load on ε.
    return _Factors(
        dimensions=1 + len(by_id) + len(by_country),
        own=np.array([by_id[c.id] for c in candidates], dtype=np.intp),
        country=np.array([0 if h is None else by_country[h] for h in home], dtype=np.intp),
        on_common=np.sqrt(common),
        on_country=np.where(alone, 0.0, np.sqrt(of_country)),
        on_own=np.sqrt(np.maximum(rest, 0.0) + np.where(alone, of_country, 0.0)),
    )


def _points(dimensions: int, seed: int, count: int) -> Iterator[NDArray[np.float64]]:
    """Scrambled Halton points of the open unit cube, in blocks (B, dimensions), ``count`` in all.

    Not Sobol: among a hundred dimensions some pairs of a Sobol sequence are so uneven at a few thousand points that a
    candidate's share of failures missed its PD by up to seven standard errors of plain random numbers (tried: 80
    candidates, 8 countries, 5,000 and 8,192 draws), and a pair's joint failures as far; with Halton both stayed within
    what plain random numbers show. Nor does Halton ask for a power of two.
    """
    from scipy.stats import qmc  # type: ignore[import-untyped]

    engine = qmc.Halton(dimensions, scramble=True, rng=seed)
    for start in range(0, count, BLOCK):
        yield np.clip(engine.random(min(BLOCK, count - start)), LEAST_POINT, 1.0 - LEAST_POINT)


def asset_correlation(probability: NDArray[np.float64], risk: Risk) -> NDArray[np.float64]:
    """ρ[c] of the common factor, as stated or by the Basel formula, from PD over the risk horizon  (C,)  [share]."""
    if risk.correlation is None or risk.correlation == "basel":
        years = DEFAULT_HORIZON_YEARS if risk.horizon_years is None else risk.horizon_years
        return basel_correlation(yearly_probability(probability, years))
    return np.full(probability.shape, float(risk.correlation))


def yearly_probability(probability: NDArray[np.float64], years: float) -> NDArray[np.float64]:
    """1 − (1 − PD)^(1/years): the yearly probability of failure that over ``years`` makes PD.  [share a year]"""
    with np.errstate(divide="ignore"):  # PD = 1: certain within any year
        yearly: NDArray[np.float64] = -np.expm1(np.log1p(-probability) / years)
    return yearly


def basel_correlation(yearly: NDArray[np.float64]) -> NDArray[np.float64]:
    """ρ = 0.12·f + 0.24·(1 − f), f = (1 − e^(−50·PD)) / (1 − e^(−50)), PD yearly: from 0.24 down to 0.12.  [share]

    Source: Basel Committee, International convergence of capital measurement (2006), paragraph 272: corporates.
    """
    f = np.expm1(-50.0 * yearly) / np.expm1(-50.0)
    rho: NDArray[np.float64] = 0.12 * f + 0.24 * (1.0 - f)
    return rho


def table(candidates: list[Candidate], risk: Risk) -> Draws:
    """The user's own table: ``losses`` by candidate and draw; a candidate that is not in it loses nothing.

    ``probabilities`` as written, equal if absent. Negative entries are gains, for ``pari_passu`` only. Raises
    ``ValueError`` where the lists differ in length, are empty, or the probabilities do not sum to 1 within 1e-9.
    """
    columns = risk.losses or {}
    lengths = {len(column) for column in columns.values()}
    if risk.probabilities is not None:
        lengths.add(len(risk.probabilities))
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"a table of losses needs lists of one length, at least 1; these have {sorted(lengths)}")
    count = lengths.pop()
    losses = np.zeros((count, len(candidates)))
    for n, candidate in enumerate(candidates):
        if candidate.id in columns:
            losses[:, n] = columns[candidate.id]
    probability = np.full(count, 1.0 / count) if risk.probabilities is None else np.array(risk.probabilities)
    return Draws(tuple(c.id for c in candidates), losses, probability)
