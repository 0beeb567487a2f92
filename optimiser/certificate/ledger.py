"""The ledger: a plan set against its scenario, summed once, from which every rule reads.

All money is in whole euros. Costs are exact: integers where they are whole euros, fractions where not.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from optimiser.certificate.arithmetic import Number, millionths, whole
from optimiser.plan import CellKey, PhaseKey, Plan, PrivateKey
from optimiser.risk.draws import Draws
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.fund import Group
from optimiser.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PhaseEntry:
    """One phase of a candidate.

    index: 0 for the first phase. y: fraction funded. start: year the plan states for a phase whose start is decided.
    cost: by year, where it is above 0 [euros]; empty where it depends on a start that the plan does not state.
    due = Σ_t cost · y [euros]. countries: the phase's own, else all of the candidate's.
    """

    candidate: Candidate
    phase: Phase
    index: int
    key: PhaseKey
    y: Number
    start: int | None
    cost: dict[int, Number]
    due: Number
    countries: list[str]

    def due_by_year(self) -> Iterable[tuple[int, Number]]:
        """cost · y of every year with a cost [euros]."""
        if self.y == 1:
            return self.cost.items()
        return [(year, cost * self.y) for year, cost in self.cost.items()]

    @property
    def divisible_from(self) -> float | None:
        """The least fraction, where this phase is the one it is stated for."""
        return self.candidate.least_fraction if self.index == 0 and self.candidate.divisible else None

    @property
    def n(self) -> Number:
        """What the phase counts in a number of candidates: y, or v (1 where y > 0) where a least fraction is stated."""
        return self.y if self.divisible_from is None else int(self.y > 0)


@dataclass(slots=True)
class Sums:
    """Money by phase [euros], and the number of nonzero cells it consists of, on which allowances depend."""

    euros: dict[PhaseKey, int] = field(default_factory=dict)
    cells: dict[PhaseKey, int] = field(default_factory=dict)

    def add(self, key: PhaseKey, euros: int, cells: int = 1) -> None:
        """Add money to a phase."""
        self.euros[key] = self.euros.get(key, 0) + euros
        self.cells[key] = self.cells.get(key, 0) + cells

    def of(self, key: PhaseKey) -> tuple[int, int]:
        """Euros and cells of one phase."""
        return self.euros.get(key, 0), self.cells.get(key, 0)

    def over(self, keys: Iterable[PhaseKey]) -> tuple[int, int]:
        """Euros and cells of several phases together."""
        paid = [key for key in keys if key in self.euros]
        return sum([self.euros[key] for key in paid]), sum([self.cells[key] for key in paid])

    def total(self) -> tuple[int, int]:
        """Euros and cells of all phases."""
        return sum(self.euros.values()), sum(self.cells.values())

    def by_candidate(self) -> dict[str, tuple[int, int]]:
        """Euros and cells of every candidate with money."""
        sums: dict[str, tuple[int, int]] = {}
        for key, euros in self.euros.items():
            before, cells = sums.get(key[0], (0, 0))
            sums[key[0]] = before + euros, cells + self.cells[key]
        return sums


@dataclass(frozen=True, slots=True)
class Ledger:
    """A plan set against its scenario.

    tiers: money of each tier, unknown ones too. payments: tier → year → euros. sources: what pays each (candidate,
    phase, year). private: consortium money. negative: cells below 0. unknown_fractions: y of phases there are not.
    unknown_starts: of phases there are not, or that have fixed years.
    mean_loss: D̄ by candidate, empty without a risk model.
    """

    scenario: Scenario
    phases: list[PhaseEntry]
    by_candidate: dict[str, list[PhaseEntry]]
    unknown_fractions: dict[PhaseKey, Number]
    unknown_starts: list[PhaseKey]
    money: Mapping[CellKey, int]
    mean_loss: Mapping[str, float]
    tiers: dict[str, Sums] = field(default_factory=dict)
    payments: dict[str, dict[int, int]] = field(default_factory=dict)
    sources: dict[PrivateKey, int] = field(default_factory=dict)
    private: Sums = field(default_factory=Sums)
    negative: list[tuple[PrivateKey, int]] = field(default_factory=list)
    _together: dict[frozenset[str], Sums] = field(default_factory=dict)

    @property
    def public_tiers(self) -> list[str]:
        """Public tiers that pay costs."""
        return [tier.id for tier in self.scenario.fund.tiers if tier.public and tier.pays_cost]

    def together(self, tiers: Iterable[str]) -> Sums:
        """Money of several tiers together, by phase."""
        names = frozenset(tiers)
        if names not in self._together:
            sums = self._together[names] = Sums()
            for name in names:
                one = self.tiers[name]
                for key, euros in one.euros.items():
                    sums.add(key, euros, one.cells[key])
        return self._together[names]

    def members(self, group: Group | None) -> list[PhaseEntry]:
        """The phases that belong to a group, in the scenario's order."""
        belongs = membership(group)
        return [entry for entry in self.phases if belongs(entry)]


def membership(group: Group | None) -> Callable[[PhaseEntry], bool]:
    """Whether a phase belongs to a group: keys intersect, entries in a list are alternatives, absent means all."""
    if group is None:
        return lambda entry: True
    countries = None if group.countries is None else frozenset(group.countries)
    tags = None if group.tags is None else frozenset(group.tags)
    names = None if group.candidates is None else frozenset(group.candidates)
    return lambda entry: (
        (countries is None or not countries.isdisjoint(entry.countries))
        and (tags is None or not tags.isdisjoint(entry.candidate.tags))
        and (names is None or entry.candidate.id in names)
    )


def open_ledger(scenario: Scenario, plan: Plan, draws: Draws | None = None) -> Ledger:
    """Sum the plan once."""
    by_candidate = {candidate.id: _entries(candidate, plan) for candidate in scenario.candidates}
    phases = [entry for entries in by_candidate.values() for entry in entries]
    known = {entry.key for entry in phases}
    unknown = {key: whole(y) for key, y in plan.fraction.items() if key not in known}
    decided = {entry.key for entry in phases if entry.phase.cost_since_start is not None}
    unknown_starts = [key for key in plan.start if key not in decided]
    mean_loss: dict[str, float] = {}
    if draws is not None:
        mean_loss = dict(zip(draws.candidates, (draws.probability @ draws.losses).tolist(), strict=True))
    ledger = Ledger(scenario, phases, by_candidate, unknown, unknown_starts, plan.money, mean_loss)
    _enter_private_money(ledger, plan)
    _enter_tier_money(ledger, plan)
    return ledger


def _entries(candidate: Candidate, plan: Plan) -> list[PhaseEntry]:
    entries = []
    for index, phase in enumerate(candidate.all_phases):
        key = candidate.id, phase.id
        stated = plan.fraction.get(key)
        y = 0 if stated is None else whole(stated)
        start = plan.start.get(key)
        cost, total = _costs(phase, start)
        due = total if y == 1 else total * y
        countries = [phase.country] if phase.country else candidate.all_countries
        entries.append(PhaseEntry(candidate, phase, index, key, y, start, cost, due, countries))
    return entries


def _costs(phase: Phase, start: int | None) -> tuple[dict[int, Number], Number]:
    """Cost by year, as the plan starts the phase, and in all [euros]."""
    if phase.cost_since_start is None:
        return _fixed_costs(phase)
    since = {int(elapsed): millionths(amount) for elapsed, amount in phase.cost_since_start.items() if amount > 0}
    by_year = {} if start is None else {start + elapsed: amount for elapsed, amount in sorted(since.items())}
    return by_year, sum(since.values())


_known: dict[int, tuple[weakref.ref[Phase], dict[int, Number], Number]] = {}
"""Costs of phases with fixed years, for as long as the phases are there: many plans are certified for them."""


def _fixed_costs(phase: Phase) -> tuple[dict[int, Number], Number]:
    number = id(phase)
    known = _known.get(number)
    if known is None or known[0]() is not phase:
        fixed = {year: millionths(amount) for year, amount in sorted(phase.cost.items()) if amount > 0}
        known = weakref.ref(phase, lambda _: _known.pop(number, None)), fixed, sum(fixed.values())
        _known[number] = known
    return known[1], known[2]


def _enter_private_money(ledger: Ledger, plan: Plan) -> None:
    for place, euros in plan.private_money.items():
        if euros:
            ledger.private.add(place[:2], euros)
            ledger.sources[place] = ledger.sources.get(place, 0) + euros
            if euros < 0:
                ledger.negative.append((place, euros))


def _enter_tier_money(ledger: Ledger, plan: Plan) -> None:
    pays = {tier.id for tier in ledger.scenario.fund.tiers if tier.pays_cost}
    for tier in ledger.scenario.fund.tiers:
        ledger.tiers[tier.id], ledger.payments[tier.id] = Sums(), {}
    tiers, payments, sources = ledger.tiers, ledger.payments, ledger.sources
    for (name, candidate, phase, year), euros in plan.money.items():
        if not euros:
            continue
        if name not in tiers:
            tiers[name], payments[name] = Sums(), {}
        tiers[name].add((candidate, phase), euros)
        booked = payments[name]
        booked[year] = booked.get(year, 0) + euros
        place = candidate, phase, year
        if name in pays:
            sources[place] = sources.get(place, 0) + euros
        if euros < 0:
            ledger.negative.append((place, euros))
