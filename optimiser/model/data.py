"""The scenario, laid out for the algebra: plain numbers by candidate, phase and tier. Nothing looks back."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import countries_of
from optimiser.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PhaseData:
    """One phase of one candidate. Money in EUR million.

    key: (candidate, phase). at: the same in words, candidate/phase.
    cost: by year, zero years left out. Shares are the candidate's own, else the fund's.
    """

    key: tuple[str, str]
    at: str
    candidate: Candidate
    phase: Phase
    first: bool
    cost: dict[int, float]
    total_cost: float
    countries: tuple[str, ...]
    max_public_share: float
    least_public_share: float
    least_private_share: float

    @property
    def booking_year(self) -> int:
        """Year in which a commitment is booked: the first with a cost."""
        return min(self.cost)


@dataclass(frozen=True, slots=True)
class Data:
    """Everything the algebra reads."""

    scenario: Scenario
    years: range
    tiers: dict[str, Tier]
    phases: tuple[PhaseData, ...]
    phases_of: dict[str, tuple[PhaseData, ...]] = field(repr=False)


def data_of(scenario: Scenario) -> Data:
    """Lay out a checked scenario."""
    fund = scenario.fund
    phases_of: dict[str, tuple[PhaseData, ...]] = {}
    for c in scenario.candidates:
        laid_out = []
        for n, p in enumerate(c.all_phases):
            cost = {t: amount for t, amount in sorted(p.cost.items()) if amount > 0}
            laid_out.append(
                PhaseData(
                    key=(c.id, p.id),
                    at=f"{c.id}/{p.id}",
                    candidate=c,
                    phase=p,
                    first=n == 0,
                    cost=cost,
                    total_cost=sum(cost.values()),
                    countries=tuple(countries_of(c, p)),
                    max_public_share=_own(c.max_public_share, fund.max_public_share),
                    least_public_share=_own(c.least_public_share, fund.least_public_share),
                    least_private_share=_own(c.least_private_share, fund.least_private_share),
                )
            )
        phases_of[c.id] = tuple(laid_out)
    phases = tuple(p for laid_out in phases_of.values() for p in laid_out)
    return Data(scenario, scenario.years, {t.id: t for t in fund.tiers}, phases, phases_of)


def _own(own: float | None, fund: float) -> float:
    return fund if own is None else own
