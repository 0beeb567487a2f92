"""The columns: which decisions exist. Where a tier may not pay there is no column (S6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from optimiser.model.data import Data, PhaseData
from optimiser.model.programme import Programme, name_for_solver
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import belongs


@dataclass(slots=True)
class Columns:
    """Column numbers by what they decide, and grouped the ways the rules sum them.

    x[tier, candidate, phase, year] ≥ 0  money of a tier; of a guarantee, the amount guaranteed [EUR million]
    m[candidate, phase, year] ≥ 0        money of the candidate's own consortium [EUR million]
    y[candidate, phase] ∈ {0,1}          phase funded; in [0,1] where divisible
    y[candidate, phase, start]           the same of one start year, where the start is decided (T1)
    w[candidate, phase, start] ∈ {0,1}   a divisible phase starts in this year: y of a start is a fraction there
    b[tier, candidate, phase, start] ≥ 0 x of one start year, where ceilings count commitments [EUR million]
    v[candidate] ∈ {0,1}                 a divisible candidate with a least fraction takes part
    d[…] ∈ {0,1}                         candidate differs from a published plan
    u[candidate, tier] ∈ {0,1}           tier takes part in the candidate, where a least ticket asks for it
    """

    x: dict[tuple[str, str, str, int], int] = field(default_factory=dict)
    m: dict[tuple[str, str, int], int] = field(default_factory=dict)
    y: dict[tuple[str, str], int] = field(default_factory=dict)
    y_from: dict[tuple[str, str], dict[int | None, int]] = field(default_factory=dict)
    w: dict[tuple[str, str, int], int] = field(default_factory=dict)
    b: dict[tuple[str, str, str], dict[int, int]] = field(default_factory=dict)
    v: dict[str, int] = field(default_factory=dict)
    u: dict[tuple[str, str], int] = field(default_factory=dict)
    d: list[int] = field(default_factory=list)
    x_of_phase: dict[tuple[str, str], dict[str, list[int]]] = field(default_factory=dict)
    m_of_phase: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    x_of_candidate: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    x_of_tier: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    x_booked: dict[str, dict[int, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def public_money_of(self, data: Data, p: PhaseData) -> list[int]:
        """Money of all public tiers that pay, to one phase."""
        return [i for k, xs in self.x_of_phase[p.key].items() if data.tiers[k].pays_public_money for i in xs]


def add_columns(programme: Programme, data: Data) -> Columns:
    """Add every column, candidates and tiers in the order of the file."""
    columns = Columns()
    short = _short_names([c.id for c in data.scenario.candidates])
    short_tier = _short_names(list(data.tiers))
    for c in data.scenario.candidates:
        short_phase = _short_names([p.phase.id for p in data.phases_of[c.id]])
        for p in data.phases_of[c.id]:
            name = f"{short[c.id]}.{short_phase[p.phase.id]}"
            columns.y[p.key] = programme.column(f"y.{name}", upper=1, integer=not c.divisible)
            columns.y_from[p.key] = {None: columns.y[p.key]}
            if p.start_is_decided:
                _add_starts(programme, columns, p, name)
            _add_money(programme, columns, p, data.tiers, name, short_tier)
        if c.divisible and c.least_fraction is not None:
            columns.v[c.id] = programme.column(f"v.{short[c.id]}", upper=1, integer=True)
        for t in data.tiers.values():
            if t.min_ticket > 0 and (c.id, t.id) in columns.x_of_candidate:
                columns.u[c.id, t.id] = programme.column(f"u.{short[c.id]}.{short_tier[t.id]}", upper=1, integer=True)
    return columns


def _add_starts(programme: Programme, columns: Columns, p: PhaseData, name: str) -> None:
    """A column a start year; one more where y is a fraction, as a phase starts once, whatever part of it is funded."""
    divisible = p.candidate.divisible
    columns.y_from[p.key] = {}
    for t in p.starts:
        columns.y_from[p.key][t] = programme.column(f"y.{name}.{t}", upper=1, integer=not divisible)
        if divisible:
            columns.w[*p.key, t] = programme.column(f"w.{name}.{t}", upper=1, integer=True)


def _add_money(
    programme: Programme, columns: Columns, p: PhaseData, tiers: dict[str, Tier], name: str, short_tier: dict[str, str]
) -> None:
    c, phase = p.key
    of_phase = columns.x_of_phase[p.key] = {}
    for tier in tiers.values():
        if not may_pay(tier, p):
            continue
        of_phase[tier.id] = numbers = []
        for t in p.years:
            column = programme.column(f"x.{short_tier[tier.id]}.{name}.{t}")
            columns.x[tier.id, c, phase, t] = column
            numbers.append(column)
            if tier.ceiling_basis == "payments":
                columns.x_booked[tier.id][t].append(column)
            elif not p.start_is_decided:
                columns.x_booked[tier.id][p.booking_year(None)].append(column)
        has_ceilings = tier.annual_ceiling is not None or bool(tier.ceilings)
        if numbers and tier.ceiling_basis == "commitments" and p.start_is_decided and has_ceilings:
            columns.b[tier.id, c, phase] = {
                t: programme.column(f"b.{short_tier[tier.id]}.{name}.{t}") for t in p.starts
            }
            for t, column in columns.b[tier.id, c, phase].items():
                columns.x_booked[tier.id][p.booking_year(t)].append(column)
        columns.x_of_candidate[c, tier.id] += numbers
        columns.x_of_tier[tier.id] += numbers
    columns.m_of_phase[p.key] = []
    if p.candidate.private_pledge > 0:
        for t in p.years:
            columns.m[c, phase, t] = programme.column(f"m.{name}.{t}")
        columns.m_of_phase[p.key] = [columns.m[c, phase, t] for t in p.years]


def may_pay(tier: Tier, p: PhaseData) -> bool:
    """S6  x[c,p,k,t] exists only where tier k may pay: country, tag and candidate as ``eligible`` says.

    No dual: an absent column has no price.
    """
    return belongs(tier.eligible, p.candidate, p.phase)


def _short_names(ids: list[str]) -> dict[str, str]:
    """Names a solver accepts, unique among these ids."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in ids:
        plain = unique = name_for_solver(name)[:40]
        n = 1
        while unique in taken:
            n += 1
            unique = f"{plain}_{n}"
        short[name] = unique
        taken.add(unique)
    return short
