"""Structure: what is funded together, in which order, how many, what is decided beforehand, when it starts
(Y1, Q1, N1, L1–L3, T1)."""

from __future__ import annotations

from itertools import pairwise

from optimiser.model.columns import Columns
from optimiser.model.data import Data, PhaseData
from optimiser.model.programme import Programme
from optimiser.scenario.groups import belongs
from optimiser.scenario.rules import CountRule, ExclusiveRule, RequiresRule


def least_fraction(programme: Programme, data: Data, columns: Columns) -> None:
    """Y1  least_fraction[c] · v[c] ≤ y[c,1] ≤ v[c]; elsewhere y ∈ {0,1}, or in [0,1] where divisible.  [fraction]

    Dual: objective lost per unit by which the least fraction is raised (≤ 0).
    """
    for c, v in columns.v.items():
        first = data.phases_of[c][0]
        least = first.candidate.least_fraction or 0.0
        programme.at_least("Y1", "fund", c, [(columns.y[first.key], 1.0), (v, -least)], 0)
        programme.at_most("Y1", "fund", c, [(columns.y[first.key], 1.0), (v, -1.0)], 0)


def phases_in_order(programme: Programme, data: Data, columns: Columns) -> None:
    """Q1  y[c,p+1] ≤ y[c,p].  [fraction]

    Dual: objective gained if a later phase could go beyond the earlier one (≥ 0).
    """
    for phases in data.phases_of.values():
        for earlier, later in pairwise(phases):
            programme.at_most("Q1", "fund", later.at, [(columns.y[later.key], 1.0), (columns.y[earlier.key], -1.0)], 0)


def counts(programme: Programme, data: Data, columns: Columns) -> None:
    """N1  at_least ≤ Σ y[c,first or named phase] ≤ at_most, in all or in a group; v where a least fraction is set.

    [candidates]  Dual: objective gained per further place (≥ 0); lost per further place that must be filled (≤ 0).
    """
    for rule in data.scenario.constraints:
        if isinstance(rule, CountRule):
            counted = [p for p in data.phases if _counts(rule, p)]
            places = [(_takes_part(columns, p), 1.0) for p in counted]
            programme.at_most("N1", rule.id, "", places, rule.at_most, rule.soft)
            if rule.at_least > 0:
                programme.at_least("N1", rule.id, "", places, rule.at_least, rule.soft)


def exclusions(programme: Programme, data: Data, columns: Columns) -> None:
    """L1  Σ_{c in the rule} y[c,1] ≤ at_most.  [candidates]

    Dual: objective gained per further rival that may be funded (≥ 0).
    """
    for rule in data.scenario.constraints:
        if isinstance(rule, ExclusiveRule):
            rivals = [(_takes_part(columns, data.phases_of[c][0]), 1.0) for c in rule.candidates]
            programme.at_most("L1", rule.id, "", rivals, rule.at_most, rule.soft)


def requirements(programme: Programme, data: Data, columns: Columns) -> None:
    """L2  y[a,1] ≤ y[b,1] for every b that a needs.  [fraction]

    Dual: objective gained if a could go beyond what it needs (≥ 0).
    """
    for rule in data.scenario.constraints:
        if isinstance(rule, RequiresRule):
            a = _takes_part(columns, data.phases_of[rule.candidate][0])
            for need in dict.fromkeys(rule.needs):
                b = _takes_part(columns, data.phases_of[need][0])
                programme.at_most("L2", rule.id, need, [(a, 1.0), (b, -1.0)], 0, rule.soft)


def locks(programme: Programme, data: Data, columns: Columns) -> None:
    """L3  y = 1 or 0 where locked; x[c,p,k,t] ≥ committed, and then y[c,p] = 1.  [fraction; EUR million]

    Dual: objective gained by one unit more of what is fixed.
    """
    for p in data.phases:
        y = columns.y[p.key]
        locked_in = p.phase.locked == "in" or (p.first and p.candidate.locked == "in")
        if p.phase.locked == "out" or p.candidate.locked == "out":
            programme.equal("L3", "fund", p.at, [(y, 1.0)], 0)
        elif locked_in or p.phase.committed:
            programme.equal("L3", "fund", p.at, [(y, 1.0)], 1)
        for k, amounts in p.phase.committed.items():
            for t, amount in amounts.items():
                if amount > 0:
                    programme.at_least("L3", "fund", f"{p.at}/{k}/{t}", [(columns.x[k, *p.key, t], 1.0)], amount)


def starts(programme: Programme, data: Data, columns: Columns) -> None:
    """T1  Σ_{t0} y[c,p,t0] = y[c,p], one start; Σ_{a≤t} y[c,p+1,a] ≤ Σ_{a≤t−after_years} y[c,p,a] for every start t.

    [fraction]  One start: y[c,p,t0] ∈ {0,1}; where divisible y[c,p,t0] ≤ w[c,p,t0] ∈ {0,1}, Σ_{t0} w[c,p,t0] ≤ 1.
    Dual: objective gained if the later phase could start before its time (≥ 0).
    """
    for p in data.phases:
        if p.start_is_decided:
            of_start = columns.y_from[p.key]
            programme.equal(
                "T1", "fund", "total", [*((y, 1.0) for y in of_start.values()), (columns.y[p.key], -1.0)], 0
            )
        decided = [(columns.w[*p.key, t], columns.y_from[p.key][t]) for t in p.starts if (*p.key, t) in columns.w]
        programme.at_most("T1", "fund", "total", [(w, 1.0) for w, _ in decided], 1)
        for w, y in decided:
            programme.at_most("T1", "fund", "total", [(y, 1.0), (w, -1.0)], 0)
    for phases in data.phases_of.values():
        for earlier, later in pairwise(phases):
            if later.phase.after_years is not None:
                _start_after(programme, columns, earlier, later, later.phase.after_years)


def _start_after(programme: Programme, columns: Columns, earlier: PhaseData, later: PhaseData, years: int) -> None:
    """T1 between two phases; where every start of the earlier one is early enough Q1 says it already."""
    started, starts = _by_start(columns, earlier), _by_start(columns, later)
    for t in starts:
        in_time = [(y, -1.0) for a, y in started.items() if a <= t - years]
        if len(in_time) < len(started):
            by_now = [(y, 1.0) for a, y in starts.items() if a <= t]
            programme.at_most("T1", "fund", f"{later.at}/{t}", [*by_now, *in_time], 0)


def _by_start(columns: Columns, p: PhaseData) -> dict[int, int]:
    """The column of each start year; of a phase with fixed years y itself, in the year it starts."""
    return dict(zip(p.starts, columns.y_from[p.key].values(), strict=True))


def _counts(rule: CountRule, p: PhaseData) -> bool:
    named = p.first if rule.phase is None else p.phase.id == rule.phase
    return named and belongs(rule.of, p.candidate, p.phase)


def _takes_part(columns: Columns, p: PhaseData) -> int:
    """The column that says whether the candidate takes part: v where a least fraction is set, else y."""
    return columns.v[p.candidate.id] if p.first and p.candidate.id in columns.v else columns.y[p.key]
