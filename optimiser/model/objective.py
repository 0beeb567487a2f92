"""The objective: each term as a sum over columns, and the stages in which they are maximised (O1 the last but one)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from optimiser.model.columns import Columns
from optimiser.model.data import Data, PhaseData
from optimiser.model.losses import Pool, compounded, expected_excess, level_of, loss_given_failure, tail_mean
from optimiser.model.programme import Programme
from optimiser.scenario.attributes import value_with
from optimiser.scenario.countries import population
from optimiser.scenario.fund import Tier
from optimiser.scenario.objective import Term

TermPairs = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Goal:
    """One stage: a sum that is maximised, and the share of its optimum later stages may give up."""

    name: str
    pairs: tuple[tuple[int, float], ...]
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """What a term may be stated with. pool: None without a risk model."""

    programme: Programme
    data: Data
    columns: Columns
    pool: Pool | None


def stage_name(n: int, term: Term) -> str:
    """Name of the stage that the objective's n-th term makes where terms are taken one after the other."""
    return f"objective {n + 1}: {term.term}"


def goals(programme: Programme, data: Data, columns: Columns, pool: Pool | None) -> list[Goal]:
    """The stages of the objective: one weighted sum, or one stage a term in their order."""
    objective = data.scenario.objective
    state = State(programme, data, columns, pool)
    signed = []
    for n, term in enumerate(objective.terms):
        sign = 1.0 if term.maximised else -1.0
        weight = term.weight if objective.mode == "weighted" else 1.0
        signed.append([(i, sign * weight * a) for i, a in TERMS[term.term](state, term, n)])
    if objective.mode == "weighted":
        return [Goal("objective", tuple(pair for pairs in signed for pair in pairs))]
    return [
        Goal(stage_name(n, term), tuple(pairs), term.tolerance)
        for n, (term, pairs) in enumerate(zip(objective.terms, signed, strict=True))
    ]


def least_violations(programme: Programme) -> list[Goal]:
    """Soft rules  before the objective, min Σ v / bound over the rules of priority 1, then over those of 2 …  [1]

    No dual: a stage of the search, not a row. Priority 1 is broken last; a rule of several rows sums its violations.
    """
    priorities = sorted({v.priority for v in programme.slacks})
    return [
        Goal(f"soft-{n}", tuple((v.column, -1.0 / v.scale) for v in programme.slacks if v.priority == n))
        for n in priorities
    ]


def tier_order(data: Data, columns: Columns) -> list[Goal]:
    """O1  after the objective, max Σ x of the first tier of ``tier_order``, then of the next …  [EUR million]

    No dual: a stage of the search, not a row.
    """
    order = dict.fromkeys(data.scenario.fund.tier_order or ())
    return [Goal(f"O1 {k}", tuple((i, 1.0) for i in columns.x_of_tier[k])) for k in order]


def stage_floors(programme: Programme, stages: Sequence[Goal], floors: Mapping[str, float]) -> None:
    """E1  Σ of a stage of the objective ≥ floor[stage]; a minimised term counts with its sign turned.  [unit of it]

    Dual: objective lost per unit by which the floor is raised (≤ 0): the slope of the frontier between the two.
    Haimes, Lasdon and Wismer 1971 (ε-constraint); stated only where a frontier is drawn.
    """
    for goal in stages:
        if goal.name in floors:
            programme.at_least("E1", goal.name, "", goal.pairs, floors[goal.name])


def attribute(state: State, term: Term, n: int) -> TermPairs:
    """Σ attribute · y.  [unit of the attribute]"""
    name = term.attribute or ""
    return [(state.columns.y[p.key], value_with(p.candidate, p.phase, name)) for p in state.data.phases]


def discounted_attribute(state: State, term: Term, n: int) -> TermPairs:
    """Σ attribute · y · Σ_{a=s}^{s+life−1} (1 + discount_rate)^−(a − first_year).  [unit of the attribute · years]"""
    name = term.attribute or ""
    return [
        (y, value_with(p.candidate, p.phase, name) * service_factor(state.data, p, start, term))
        for p in state.data.phases
        for start, y in state.columns.y_from[p.key].items()
    ]


def service_factor(data: Data, p: PhaseData, start: int | None, term: Term) -> float:
    """Discounted years of service: life_years from s = last year with a cost + service_lag_years (1 if absent).

    Without any cost, from the year it starts. start: the one decided, None where the years are fixed.
    """
    first = data.years[0] if data.years else 0
    lag = 1 if term.service_lag_years is None else term.service_lag_years
    serves = max(p.cost[start], default=first if start is None else start) + lag
    return _discounted_years(1.0 + data.scenario.discount_rate, serves - first, term.life_years or 0)


@lru_cache(maxsize=1000)
def _discounted_years(growth: float, serves: int, life_years: int) -> float:
    """Σ_{a=serves}^{serves+life_years−1} growth^−a."""
    return sum((growth ** float(-a) for a in range(serves, serves + life_years)), 0.0)


def private_money(state: State, term: Term, n: int) -> TermPairs:
    """Σ m + Σ_{k private, pays} x; of one private tier where one is named.  [EUR million]"""
    consortia = list(state.columns.m.values()) if term.tier is None else []
    paying = [k for k, tier in state.data.tiers.items() if not tier.public and tier.pays_cost]
    tiers = [k for k in paying if term.tier in (None, k)]
    return [(i, 1.0) for i in consortia] + [(i, 1.0) for k in tiers for i in state.columns.x_of_tier[k]]


def public_money(state: State, term: Term, n: int) -> TermPairs:
    """Σ_{k public} budget_rate[k] · x, with what is set aside for guarantees; of one tier if named.  [EUR million]"""
    tiers = [tier for tier in state.data.tiers.values() if tier.public and term.tier in (None, tier.id)]
    return [(i, tier.budget_rate) for tier in tiers for i in state.columns.x_of_tier[tier.id]]


def expected_return(state: State, term: Term, n: int) -> TermPairs:
    """Σ_{k in the pool} Σ_c ((1 − D̄[c])·((1 + r)^h − 1) − D̄[c]·LGD[k])·e[c,k].  [EUR million, whole holding time]"""
    pairs: TermPairs = []
    for (c, k), xs in state.columns.x_of_candidate.items():
        tier = state.data.tiers[k]
        if tier.in_pool and term.tier in (None, k):
            per_euro = return_per_euro(state, tier, c)
            pairs += [(i, per_euro) for i in xs]
    return pairs


def return_per_euro(state: State, tier: Tier, candidate: str) -> float:
    """Expected gain of one euro of the tier in the candidate: what success returns less what failure loses.

    D̄ is the draws' own mean where there are draws, else the failure probability.
    """
    c = state.data.phases_of[candidate][0].candidate
    fails = (c.failure_probability or 0.0) if state.pool is None else state.pool.mean[candidate]
    rate = c.return_if_success.get(tier.id, tier.return_if_success or 0.0)
    return (1 - fails) * compounded(rate, tier) - fails * loss_given_failure(tier)


def least_served(state: State, term: Term, n: int) -> TermPairs:
    """z with z ≤ served[g] for every group g: maximising it lifts the worst served.  [unit of what is served]"""
    z = state.programme.column(f"least_served.{n}", lower=-math.inf)
    for group, pairs in _served(state.data, state.columns, term).items():
        size = (population(state.data.scenario, group) or 1.0) if term.per == "population" else 1.0
        state.programme.at_least("least_served", f"term {n}", group, [(i, a / size) for i, a in pairs] + [(z, -1.0)], 0)
    return [(z, 1.0)]


def _served(data: Data, columns: Columns, term: Term) -> dict[str, TermPairs]:
    served: dict[str, TermPairs] = defaultdict(list)
    for p in data.phases:
        if term.attribute is not None:
            pairs = [(columns.y[p.key], value_with(p.candidate, p.phase, term.attribute))]
        else:
            of_phase = columns.x_of_phase[p.key]
            money = columns.public_money_of(data, p) if term.tier is None else of_phase.get(term.tier, [])
            pairs = [(i, 1.0) for i in money]
        for group in _groups_of(p, term):
            served[group] += pairs
    return served


def _groups_of(p: PhaseData, term: Term) -> tuple[str, ...]:
    if term.group_by == "country":
        return p.countries
    return (p.candidate.id,) if term.group_by == "candidate" else tuple(dict.fromkeys(p.candidate.tags))


def expected_loss(state: State, term: Term, n: int) -> TermPairs:
    """Σ_s π[s] · z[j,s], the mean loss that reaches the level named; of the whole pool where none is.  [EUR million]"""
    pool = _pool_of(state)
    if term.level is None and not pool.waterfall:
        return [pair for level in pool.levels for pair in expected_excess(state.programme, pool, level)]
    return expected_excess(state.programme, pool, level_of(pool, term.level))


def cvar(state: State, term: Term, n: int) -> TermPairs:
    """η + Σ_s π[s] · w[s] / (1 − α), the mean of the worst losses that reach the level named, or of the whole pool.

    [EUR million]  α is 0.95 where none is given.
    """
    pool = _pool_of(state)
    alpha = 0.95 if term.alpha is None else term.alpha
    return tail_mean(state.programme, pool, level_of(pool, term.level), alpha)


def _pool_of(state: State) -> Pool:
    assert state.pool is not None, "checked: a term on losses needs a risk model"
    return state.pool


TERMS = {
    "attribute": attribute,
    "discounted_attribute": discounted_attribute,
    "private_money": private_money,
    "public_money": public_money,
    "expected_return": expected_return,
    "least_served": least_served,
    "expected_loss": expected_loss,
    "cvar": cvar,
}
