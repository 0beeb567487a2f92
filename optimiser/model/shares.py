"""Shares of cost, matching, tickets, concentration and awards (S1–S5, S7). S6 stands in ``columns``."""

from __future__ import annotations

import math

from optimiser.model.columns import Columns
from optimiser.model.data import Data, PhaseData
from optimiser.model.envelopes import most_of_budget
from optimiser.model.programme import Programme
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import belongs
from optimiser.scenario.rules import AwardRule


def tier_share(programme: Programme, data: Data, columns: Columns) -> None:
    """S1  Σ_t x[c,p,k,t] ≤ max_share_of_cost[k] · Σ_t cost[c,p,t] · y[c,p].  [EUR million]

    Dual: objective gained per EUR million tier k may pay more to this phase (≥ 0).
    """
    for p in data.phases:
        for k, xs in columns.x_of_phase[p.key].items():
            share = data.tiers[k].max_share_of_cost
            if share < 1:  # F1 already keeps a tier within the whole cost
                paid = [(i, 1.0) for i in xs]
                programme.at_most("S1", k, p.at, [*paid, (columns.y[p.key], -share * p.total_cost)], 0)


def public_share(programme: Programme, data: Data, columns: Columns) -> None:
    """S2  Σ_{k public, pays} Σ_t x[c,p,k,t] ≤ max_public_share[c] · Σ_t cost[c,p,t] · y[c,p].  [EUR million]

    Dual: objective gained per EUR million of public money this phase may have more (≥ 0).
    """
    for p in data.phases:
        if p.max_public_share < 1:  # F1 already keeps public money within the whole cost
            paid = [(i, 1.0) for i in columns.public_money_of(data, p)]
            programme.at_most("S2", "fund", p.at, [*paid, (columns.y[p.key], -p.max_public_share * p.total_cost)], 0)


def matching(programme: Programme, data: Data, columns: Columns) -> None:
    """S3  Σ_{k∈tiers} Σ x ≥ at_least · Σ_{k∈of} Σ x, by phase or candidate; a tier that may not pay counts as 0.

    [EUR million]  Dual: objective lost per EUR million by which the match must exceed its share (≤ 0).
    """
    for rule in data.scenario.fund.matching:
        places: list[tuple[str, tuple[PhaseData, ...]]]
        if rule.by == "phase":
            places = [(p.at, (p,)) for p in data.phases]
        else:
            places = list(data.phases_of.items())
        for at, phases in places:
            matched = [i for p in phases for k in rule.of for i in columns.x_of_phase[p.key].get(k, ())]
            if matched:
                matches = [i for p in phases for k in rule.tiers for i in columns.x_of_phase[p.key].get(k, ())]
                pairs = [(i, 1.0) for i in matches] + [(i, -rule.at_least) for i in matched]
                programme.at_least("S3", rule.id, at, pairs, 0, rule.soft, rule.at_least)


def tickets(programme: Programme, data: Data, columns: Columns) -> None:
    """S4  min_ticket[k] · u[c,k] ≤ e[c,k] ≤ max_ticket[k] · u[c,k]; without a least ticket e[c,k] ≤ max_ticket[k].

    [EUR million]
    Dual: objective gained per EUR million the ticket may be larger (≥ 0), lost per EUR million it must be (≤ 0).
    """
    for (c, k), xs in columns.x_of_candidate.items():
        tier = data.tiers[k]
        exposure = [(i, 1.0) for i in xs]
        if (c, k) in columns.u:
            u = columns.u[c, k]
            programme.at_least("S4", k, c, [*exposure, (u, -tier.min_ticket)], 0)
            programme.at_most("S4", k, c, [*exposure, (u, -most_exposure(data, tier, c))], 0)
        else:
            programme.at_most("S4", k, c, exposure, tier.max_ticket)


def most_exposure(data: Data, tier: Tier, candidate: str) -> float:
    """The big M of S4: e[c,k] never exceeds its ticket, what the size allows, nor its share of the whole cost (GU)."""
    cost = sum(p.total_cost for p in data.phases_of[candidate])
    # Over the years a revolving tier may give more than its size.
    size = most_of_budget(tier, tier.size.at_most) if tier.revolving is None else math.inf
    return min(tier.max_ticket, size, tier.max_share_of_cost * cost)


def concentration(programme: Programme, data: Data, columns: Columns) -> None:
    """S5  e[c,k] ≤ share · Σ_c e[c,k], or budget_rate[k] · e[c,k] ≤ share · size[k].  [EUR million]

    budget_rate is 1, and a guarantee's provision_rate.
    Dual: objective gained per EUR million one candidate may take more (≥ 0).
    """
    for tier in data.tiers.values():
        if tier.concentration is None or not columns.x_of_tier[tier.id]:
            continue
        share = tier.concentration.at_most
        allocated = None
        if tier.concentration.of == "allocated":
            # One column for the total keeps a row per candidate short.
            allocated = programme.column(f"allocated.{programme.width}")
            total = [(i, 1.0) for i in columns.x_of_tier[tier.id]]
            programme.equal("S5", tier.id, "total", [*total, (allocated, -1.0)], 0)
        for c in data.phases_of:
            exposure = [(i, 1.0) for i in columns.x_of_candidate.get((c, tier.id), ())]
            if exposure and allocated is not None:
                programme.at_most("S5", tier.id, c, [*exposure, (allocated, -share)], 0)
            elif exposure:
                used = [(i, tier.budget_rate) for i, _ in exposure]
                programme.at_most("S5", tier.id, c, used, share * tier.size.at_most)


def awards(programme: Programme, data: Data, columns: Columns) -> None:
    """S7  at_least · y ≤ Σ_{k∈tiers,t} x[c,p,k,t] ≤ at_most · y, absolute or of the phase's cost; or per country.

    Also where a tier may not pay: a least award nobody may give keeps the phase out.  [EUR million]
    Dual: objective gained per EUR million the award may be larger (≥ 0), lost per EUR million it must be (≤ 0).
    """
    for rule in data.scenario.constraints:
        if not isinstance(rule, AwardRule):
            continue
        listed = [p for p in data.phases if _is_listed(rule, p)]
        if rule.per == "country":
            for country in dict.fromkeys(code for p in listed for code in p.countries):
                money = [i for p in listed if country in p.countries for i in _award(rule, data, columns, p)]
                programme.at_most("S7", rule.id, country, [(i, 1.0) for i in money], rule.at_most, rule.soft)
            continue
        for p in listed:
            money_pairs = [(i, 1.0) for i in _award(rule, data, columns, p)]
            y = columns.y[p.key]
            least = max(rule.at_least, rule.at_least_share * p.total_cost)
            most = min(rule.at_most, rule.at_most_share * p.total_cost if rule.at_most_share < 1 else math.inf)
            if least > 0:
                programme.at_least("S7", rule.id, p.at, [*money_pairs, (y, -least)], 0, rule.soft, least)
            if money_pairs and not math.isinf(most):
                programme.at_most("S7", rule.id, p.at, [*money_pairs, (y, -most)], 0, rule.soft, most)


def _is_listed(rule: AwardRule, p: PhaseData) -> bool:
    return belongs(rule.of, p.candidate, p.phase) and (rule.phases is None or p.phase.id in rule.phases)


def _award(rule: AwardRule, data: Data, columns: Columns, p: PhaseData) -> list[int]:
    if rule.tiers is None:
        return columns.public_money_of(data, p)
    return [i for k in dict.fromkeys(rule.tiers) for i in columns.x_of_phase[p.key].get(k, ())]
