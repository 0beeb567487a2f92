"""Guarantees: how much of the money they cover they may stand for (GU)."""

from __future__ import annotations

from optimiser.model.columns import Columns
from optimiser.model.data import Data
from optimiser.model.programme import Programme


def guaranteed_amount(programme: Programme, data: Data, columns: Columns) -> None:
    """GU  Σ_{p,t} x[c,p,g,t] ≤ cover_share[g] · Σ_{k∈covers[g]} e[c,k];  Σ_t x[c,p,g,t] ≤ Σ_t cost[c,p,t] · y[c,p].

    [EUR million]  For every candidate, and for every phase: a guarantee stands where a phase is funded; where its start
    is decided, in the years in which it then costs something: x[c,p,g,t] ≤ Σ_t cost · Σ y[c,p,t0] over these t0.
    Dual: objective gained per EUR million the guarantee may stand for more (≥ 0).
    """
    for tier in data.tiers.values():
        if not tier.is_guarantee:
            continue
        for c in data.phases_of:
            guaranteed = [(i, 1.0) for i in columns.x_of_candidate.get((c, tier.id), ())]
            if guaranteed:
                covered = [i for k in dict.fromkeys(tier.covers or ()) for i in columns.x_of_candidate.get((c, k), ())]
                share = tier.cover_share or 0.0
                programme.at_most("GU", tier.id, c, [*guaranteed, *((i, -share) for i in covered)], 0)
        for p in data.phases:
            xs = columns.x_of_phase[p.key].get(tier.id)
            if xs:
                programme.at_most("GU", tier.id, p.at, [*((i, 1.0) for i in xs), (columns.y[p.key], -p.total_cost)], 0)
                for i, t in zip(xs, p.years, strict=True) if p.start_is_decided else ():
                    starts = [(y, -p.total_cost) for t0, y in columns.y_from[p.key].items() if t in p.cost[t0]]
                    programme.at_most("GU", tier.id, f"{p.at}/{t}", [(i, 1.0), *starts], 0)
