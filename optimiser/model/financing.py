"""Financing: sources equal uses, and how much the consortium and the public give (F1–F3)."""

from __future__ import annotations

from optimiser.model.columns import Columns
from optimiser.model.data import Data
from optimiser.model.programme import Programme


def sources_equal_uses(programme: Programme, data: Data, columns: Columns) -> None:
    """F1  Σ_{k pays} x[c,p,k,t] + m[c,p,t] = cost[c,p,t] · y[c,p].  [EUR million]

    Where the start is decided: = Σ_{t0} cost_since_start[c,p,t−t0] · y[c,p,t0].

    Dual: objective lost per EUR million by which the phase costs more in year t.
    """
    for p in data.phases:
        for t in p.years:
            pays = [(columns.x[k, *p.key, t], 1.0) for k in columns.x_of_phase[p.key] if data.tiers[k].pays_cost]
            if (*p.key, t) in columns.m:
                pays.append((columns.m[*p.key, t], 1.0))
            uses = [(y, -p.cost[start].get(t, 0.0)) for start, y in columns.y_from[p.key].items()]
            programme.equal("F1", "fund", f"{p.at}/{t}", [*pays, *uses], 0)


def consortium_money(programme: Programme, data: Data, columns: Columns) -> None:
    """F2  Σ_{p,t} m[c,p,t] ≤ pledge[c];  Σ_t m[c,p,t] ≥ least_private_share · Σ_t cost · y[c,p].  [EUR million]

    Dual: objective gained per EUR million the consortium pledges more (≥ 0); lost per EUR million it must give (≤ 0).
    """
    for c in data.scenario.candidates:
        pledged = [(i, 1.0) for p in data.phases_of[c.id] for i in columns.m_of_phase[p.key]]
        programme.at_most("F2", "fund", c.id, pledged, c.private_pledge)
    for p in data.phases:
        if p.least_private_share > 0:
            gives = [(i, 1.0) for i in columns.m_of_phase[p.key]]
            asked = (columns.y[p.key], -p.least_private_share * p.total_cost)
            programme.at_least("F2", "fund", p.at, [*gives, asked], 0)


def funding_gap(programme: Programme, data: Data, columns: Columns) -> None:
    """F3  Σ_{k public,t} x[c,p,k,t] ≥ least_public_share[c] · Σ_t cost · y[c,p].  [EUR million]

    Dual: objective lost per EUR million of public money the phase must have (≤ 0).
    """
    for p in data.phases:
        if p.least_public_share > 0:
            gives = [(i, 1.0) for i in columns.public_money_of(data, p)]
            asked = (columns.y[p.key], -p.least_public_share * p.total_cost)
            programme.at_least("F3", "fund", p.at, [*gives, asked], 0)
