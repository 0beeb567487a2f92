"""Why each candidate is funded or not: the first of these reasons that can be shown by arithmetic on the plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optimiser.messages import text
from optimiser.plan import Plan, exact, million
from optimiser.result.indicators import unspent_euros
from optimiser.result.result import Reason
from optimiser.scenario.attributes import value_up_to, value_with
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.check.plausible import most_money
from optimiser.scenario.groups import belongs
from optimiser.scenario.rules import AttributeRule, CountRule, ExclusiveRule, FloorRule, RequiresRule
from optimiser.scenario.scenario import Scenario

Found = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Case:
    """One candidate against one plan."""

    scenario: Scenario
    plan: Plan
    candidate: Candidate
    unspent: dict[str, int | None]
    takes_part: frozenset[str]
    totals: dict[str, Fraction]

    def fraction(self, phase: int = 0) -> Fraction:
        return self.plan.fraction.get((self.candidate.id, self.candidate.all_phases[phase].id), Fraction(0))


def reasons_of(scenario: Scenario, plan: Plan, optimised: bool = True, lang: str = "en") -> dict[str, Reason]:
    """A reason for every candidate. A plan nobody optimised only says in or out."""
    unspent = unspent_euros(scenario, plan)
    takes_part = frozenset(c for (c, _), y in plan.fraction.items() if y)
    totals = _rule_totals(scenario, plan, takes_part)
    reasons = {}
    for c in scenario.candidates:
        case = _Case(scenario, plan, c, unspent, takes_part, totals)
        if optimised:
            code, params = _why_in(case) if c.id in takes_part else next(_why_out(case))
        else:
            code, params = ("in-plan" if c.id in takes_part else "not-in-plan"), {}
        reasons[c.id] = Reason(code, text(f"reason.{code}", params, lang), params)
    return reasons


def _rule_totals(scenario: Scenario, plan: Plan, takes_part: frozenset[str]) -> dict[str, Fraction]:
    """What each count and attribute rule counts in the plan, summed once for all candidates."""
    totals: dict[str, Fraction] = {}
    for r in scenario.constraints:
        if isinstance(r, CountRule):
            totals[r.id] = Fraction(
                sum(c.id in takes_part and belongs(r.of, c, c.all_phases[0]) for c in scenario.candidates)
            )
        elif isinstance(r, AttributeRule) and r.average_by is None:
            funded = [(c, p, plan.fraction.get((c.id, p.id))) for c in scenario.candidates for p in c.all_phases]
            totals[r.id] = sum(
                (exact(value_with(c, p, r.attribute)) * y for c, p, y in funded if y and belongs(r.of, c, p)),
                Fraction(0),
            )
    return totals


def _why_in(case: _Case) -> Found:
    c = case.candidate
    phases = c.all_phases
    if c.locked == "in" or phases[0].locked == "in":
        return "funded-locked", {}
    if phases[0].committed:
        return "funded-committed", {}
    if case.fraction() < 1:
        return "funded-in-part", {"fraction": float(case.fraction())}
    last = max(n for n in range(len(phases)) if case.fraction(n))
    if last + 1 < len(phases):
        return "funded-some-phases", {"last": phases[last].id}
    return "funded", {}


def _why_out(case: _Case) -> Iterator[Found]:
    """Reasons in order of how firmly they keep the candidate out; the first that holds is the answer."""
    c, first = case.candidate, case.candidate.all_phases[0]
    if c.locked == "out" or first.locked == "out":
        yield "locked-out", {}
    yield from _below_floor(case)
    yield from _no_money_at_all(case)
    yield from _rivals_and_needs(case)
    yield from _no_place(case)
    yield from _no_money_left(case)
    yield from _attribute_limit(case)
    if not any(_adds(case, n) for n in range(len(c.all_phases))):
        yield "adds-nothing", {}
    yield "outranked", {}


def _below_floor(case: _Case) -> Iterator[Found]:
    first = case.candidate.all_phases[0].id
    for r in case.scenario.constraints:
        if isinstance(r, FloorRule) and r.effect == "exclude" and belongs(r.of, case.candidate):
            value = value_up_to(case.candidate, r.attribute, r.phase)
            if value is not None and value < r.at_least and r.phase in (None, first):
                yield "below-floor", {"attribute": r.attribute, "value": value, "floor": r.at_least, "rule": r.id}


def _no_money_at_all(case: _Case) -> Iterator[Found]:
    c, p = case.candidate, case.candidate.all_phases[0]
    cost = sum(p.cost.values())
    if cost <= 0 or c.divisible:
        return
    most = most_money(case.scenario, c, p, cost)
    if most < cost * (1 - 1e-9):
        if not any(t.pays_cost and belongs(t.eligible, c, p) for t in case.scenario.fund.tiers):
            yield "not-eligible", {"pledge": c.private_pledge, "cost": cost}
        yield "unfinanceable", {"most": most, "cost": cost}


def _rivals_and_needs(case: _Case) -> Iterator[Found]:
    me = case.candidate.id
    for r in case.scenario.constraints:
        if isinstance(r, ExclusiveRule) and me in r.candidates:
            rivals = [c for c in r.candidates if c in case.takes_part]
            if len(rivals) >= r.at_most:
                yield "rival-funded", {"rivals": rivals, "rule": r.id}
        if isinstance(r, RequiresRule) and r.candidate == me:
            lacking = [c for c in r.needs if c not in case.takes_part]
            if lacking:
                yield "needs-other", {"needs": lacking, "rule": r.id}


def _no_place(case: _Case) -> Iterator[Found]:
    c, first = case.candidate, case.candidate.all_phases[0]
    for r in case.scenario.constraints:
        if (
            isinstance(r, CountRule)
            and not math.isinf(r.at_most)
            and r.phase in (None, first.id)
            and belongs(r.of, c, first)
            and case.totals[r.id] >= r.at_most
        ):
            yield "no-place-left", {"places": r.at_most, "rule": r.id}


def _no_money_left(case: _Case) -> Iterator[Found]:
    """What the pledge does not cover of the first phase is more than every eligible tier has left together."""
    c, p = case.candidate, case.candidate.all_phases[0]
    cost = sum(exact(amount) for amount in p.cost.values())
    if not cost or math.isinf(c.private_pledge):
        return
    least_public = case.scenario.fund.least_public_share if c.least_public_share is None else c.least_public_share
    needed = max(cost - exact(c.private_pledge), exact(least_public) * cost)
    eligible = [t for t in case.scenario.fund.tiers if t.pays_cost and belongs(t.eligible, c, p)]
    left = Fraction(0)
    for t in eligible:
        remains = case.unspent[t.id]
        if remains is None:
            return
        left += Fraction(max(remains, 0), 1_000_000)
    if left < needed and not c.divisible:
        yield "no-money-left", {"needed": float(needed), "left": float(left), "tiers": [t.id for t in eligible]}


def _attribute_limit(case: _Case) -> Iterator[Found]:
    c, first = case.candidate, case.candidate.all_phases[0]
    for r in case.scenario.constraints:
        if (
            isinstance(r, AttributeRule)
            and r.average_by is None
            and not math.isinf(r.at_most)
            and belongs(r.of, c, first)
        ):
            total = case.totals[r.id]
            if total + exact(value_with(c, first, r.attribute)) > exact(r.at_most) and not c.divisible:
                yield "limit-reached", {"rule": r.id, "total": float(total), "at_most": r.at_most}


def _adds(case: _Case, phase: int) -> bool:
    """Whether a phase can add to the objective: through an attribute it brings, or through money it moves."""
    c = case.candidate
    p = c.all_phases[phase]
    for term in case.scenario.objective.terms:
        if term.term in ("attribute", "discounted_attribute"):
            value = value_with(c, p, term.attribute or "")
            if (value > 0) if term.maximised else (value < 0):
                return True
        elif term.maximised and any(amount > 0 for amount in p.cost.values()):
            return True
    return False


def unspent_million(euros: int | None) -> float | None:
    """Unspent euros as EUR million; None where the tier is unlimited."""
    return None if euros is None else million(euros)
