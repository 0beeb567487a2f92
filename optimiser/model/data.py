"""The scenario, laid out for the algebra: plain numbers by candidate, phase and tier. Nothing looks back."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.risk.draws import Draws
from optimiser.scenario.candidate import Candidate, Phase, Schedule
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import countries_of
from optimiser.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PhaseData:
    """One phase of one candidate. Money in EUR million.

    key: (candidate, phase). at: the same in words, candidate/phase.
    cost: by start and year, zero years left out; the start is None where the years are fixed.
    years: in which it costs something, if it starts in one of those. starts: years in which it may start.
    Shares are the candidate's own, else the fund's.
    """

    key: tuple[str, str]
    at: str
    candidate: Candidate
    phase: Phase
    first: bool
    cost: dict[int | None, Schedule]
    years: tuple[int, ...]
    starts: range
    total_cost: float
    countries: tuple[str, ...]
    max_public_share: float
    least_public_share: float
    least_private_share: float

    @property
    def start_is_decided(self) -> bool:
        """Whether its start is decided (T1); else its years are fixed."""
        return None not in self.cost

    def booking_year(self, start: int | None) -> int:
        """Year in which a commitment is booked: the first with a cost."""
        return min(self.cost[start])


@dataclass(frozen=True, slots=True)
class Data:
    """Everything the algebra reads.

    mean_loss: D̄[c], 0 where there is no risk model.
    """

    scenario: Scenario
    years: range
    tiers: dict[str, Tier]
    phases: tuple[PhaseData, ...]
    phases_of: dict[str, tuple[PhaseData, ...]] = field(repr=False)
    mean_loss: dict[str, float] = field(repr=False)


def data_of(scenario: Scenario, draws: Draws | None = None) -> Data:
    """Lay out a checked scenario."""
    fund = scenario.fund
    years = scenario.years
    phases_of: dict[str, tuple[PhaseData, ...]] = {}
    for c in scenario.candidates:
        laid_out = []
        for n, p in enumerate(c.all_phases):
            cost = p.schedules()
            laid_out.append(
                PhaseData(
                    key=(c.id, p.id),
                    at=f"{c.id}/{p.id}",
                    candidate=c,
                    phase=p,
                    first=n == 0,
                    cost=cost,
                    years=tuple(sorted({t for by_year in cost.values() for t in by_year})),
                    starts=p.start_years(years[0] if years else 0),
                    total_cost=sum(next(iter(cost.values())).values()),
                    countries=tuple(countries_of(c, p)),
                    max_public_share=_own(c.max_public_share, fund.max_public_share),
                    least_public_share=_own(c.least_public_share, fund.least_public_share),
                    least_private_share=_own(c.least_private_share, fund.least_private_share),
                )
            )
        phases_of[c.id] = tuple(laid_out)
    phases = tuple(p for laid_out in phases_of.values() for p in laid_out)
    means = draws.mean().tolist() if draws is not None else [0.0] * len(scenario.candidates)
    names = draws.candidates if draws is not None else [c.id for c in scenario.candidates]
    mean_loss = dict(zip(names, means, strict=True))
    return Data(scenario, years, {t.id: t for t in fund.tiers}, phases, phases_of, mean_loss)


def _own(own: float | None, fund: float) -> float:
    return fund if own is None else own
