"""Why each candidate is funded or not: the first of these reasons that can be shown by arithmetic on the plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quicktions import Fraction

from optimiser.messages import rule_named, text
from optimiser.plan import Plan, exact, million
from optimiser.result.indicators import unspent_euros
from optimiser.result.result import Reason, SoftBound
from optimiser.result.soft import changed
from optimiser.scenario.attributes import value_up_to, value_with
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.check.plausible import most_money
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import belongs
from optimiser.scenario.rules import (
    AttributeRule,
    AwardRule,
    CountRule,
    ExclusiveRule,
    FloorRule,
    RequiresRule,
    Rule,
    StayCloseRule,
)
from optimiser.scenario.scenario import Scenario

Found = tuple[str, dict[str, Any]]

_NONE = Fraction(0)

NOISE = Fraction(1, 10**9)
"""Sums of fractions hold to this part of them, as in the certificate: a bound as near as that is reached."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One candidate against one plan."""

    scenario: Scenario
    plan: Plan
    candidate: Candidate
    unspent: dict[str, int | Fraction | None]
    takes_part: frozenset[str]
    totals: dict[str, Fraction]
    full: frozenset[str]
    soft: list[SoftBound]

    def decides(self, r: Rule) -> bool:
        """Whether the rule keeps out what breaks it: a soft one only where that could heal no other ranked as high."""
        return r.soft is None or not any(
            b.violation > 0 and b.rule != r.id and b.priority <= r.soft.priority for b in self.soft
        )

    def fraction(self, phase: int = 0) -> Fraction:
        return self.plan.fraction.get((self.candidate.id, self.candidate.all_phases[phase].id), _NONE)

    @property
    def least(self) -> Fraction:
        """The least fraction of its first phase the candidate can be funded with; 0 where any will do."""
        return exact(self.candidate.least_fraction or 0.0) if self.candidate.divisible else Fraction(1)


def reasons_of(
    scenario: Scenario, plan: Plan, soft: list[SoftBound], optimised: bool = True, lang: str = "en"
) -> dict[str, Reason]:
    """A reason for every candidate. A plan nobody optimised only says in or out.

    soft: how far soft rules are broken.
    """
    unspent = unspent_euros(scenario, plan)
    takes_part = frozenset(c for (c, _), y in plan.fraction.items() if y)
    totals = _rule_totals(scenario, plan)
    full = _full(scenario, totals)
    reasons = {}
    for c in scenario.candidates:
        case = _Case(scenario, plan, c, unspent, takes_part, totals, full, soft)
        if optimised:
            code, params = _why_in(case) if c.id in takes_part else next(_why_out(case))
        else:
            code, params = ("in-plan" if c.id in takes_part else "not-in-plan"), {}
        starts = {p.id: plan.start[c.id, p.id] for p in c.all_phases if (c.id, p.id) in plan.start}
        reasons[c.id] = reason_of(code, {**params, "starts": starts} if starts else params, lang)
    return reasons


def reason_of(code: str, params: dict[str, Any], lang: str) -> Reason:
    """A reason with its words."""
    named = {"rule": rule_named(params["label"], params["rule"])} if "label" in params else {}
    words = text(f"reason.{code}", {**params, **named}, lang)
    if "starts" in params:
        starts = [f"{p} {year}" for p, year in params["starts"].items()]
        words += " " + text("reason-starts", {"starts": starts}, lang)
    return Reason(code, words, params)


def said_in(reason: Reason, lang: str) -> str:
    """A saved reason in any language; one that this version does not know, as it was saved."""
    try:
        return reason_of(reason.code, reason.params, lang).text
    except (KeyError, TypeError, AttributeError):
        return reason.text


def _rule_totals(scenario: Scenario, plan: Plan) -> dict[str, Fraction]:
    """What each count, exclusion and attribute rule counts in the plan, summed once for all candidates."""
    funded = [(c, p, plan.fraction.get((c.id, p.id))) for c in scenario.candidates for p in c.all_phases]
    totals: dict[str, Fraction] = {}
    for r in scenario.constraints:
        if isinstance(r, CountRule):
            counted = [_n(c, p, y) for c, p, y in funded if y and _counts(r, c, p)]
        elif isinstance(r, ExclusiveRule):
            counted = [_n(c, p, y) for c, p, y in funded if y and c.id in r.candidates and _is_first(c, p)]
        elif isinstance(r, AttributeRule) and r.average_by is None:
            counted = [exact(value_with(c, p, r.attribute)) * y for c, p, y in funded if y and belongs(r.of, c, p)]
        elif isinstance(r, StayCloseRule) and r.plan is not None:
            counted = [Fraction(changed(plan, c, r.plan.get(c.id, []))) for c in scenario.candidates]
        else:
            continue
        # Integers are summed in a tenth of the time.
        whole = sum([y.numerator for y in counted if y.denominator == 1])
        totals[r.id] = sum([y for y in counted if y.denominator != 1], Fraction(whole))
    return totals


def _full(scenario: Scenario, totals: dict[str, Fraction]) -> frozenset[str]:
    """The count rules that leave no place."""
    limited = [r for r in scenario.constraints if isinstance(r, CountRule) and not math.isinf(r.at_most)]
    return frozenset(r.id for r in limited if totals[r.id] >= exact(r.at_most) * (1 - NOISE))


def _counts(r: CountRule, c: Candidate, p: Phase) -> bool:
    return (_is_first(c, p) if r.phase is None else p.id == r.phase) and belongs(r.of, c, p)


def _is_first(c: Candidate, p: Phase) -> bool:
    return p.id == c.all_phases[0].id


def _n(c: Candidate, p: Phase, y: Fraction) -> Fraction:
    """What a funded phase counts in N1 and L1: its fraction, or 1 where a least fraction is set."""
    return Fraction(1) if c.divisible and c.least_fraction is not None and _is_first(c, p) else y


def _why_in(case: _Case) -> Found:
    c = case.candidate
    phases = c.all_phases
    if c.locked == "in" or any(p.locked == "in" for p in phases):
        return "funded-locked", {}
    if any(p.committed for p in phases):
        return "funded-committed", {}
    first = case.fraction()
    if first < 1:
        return "funded-in-part", {"fraction": float(first)}
    in_full = [p for n, p in enumerate(phases) if (first if n == 0 else case.fraction(n)) == 1]
    if len(in_full) < len(phases):
        return "funded-some-phases", {"last": in_full[-1].id}
    return "funded", {}


def _why_out(case: _Case) -> Iterator[Found]:
    """Reasons in order of how firmly they keep the candidate out; the first that holds is the answer."""
    c, first = case.candidate, case.candidate.all_phases[0]
    if c.locked == "out" or first.locked == "out":
        yield "locked-out", {}
    yield from _below_floor(case)
    yield from _no_money_at_all(case)
    yield from _no_award(case)
    yield from _rivals_and_needs(case)
    yield from _no_place(case)
    yield from _attribute_limit(case)
    yield from _no_change_left(case)
    if not any(_adds(case, n) for n in range(len(c.all_phases))):
        yield "adds-nothing", {}
    yield from _no_money_left(case)
    yield "outranked", {}


def _below_floor(case: _Case) -> Iterator[Found]:
    first = case.candidate.all_phases[0]
    for r in case.scenario.constraints:
        excludes = isinstance(r, FloorRule) and r.effect == "exclude" and case.decides(r)
        if isinstance(r, FloorRule) and excludes and belongs(r.of, case.candidate, first):
            value = value_up_to(case.candidate, r.attribute, r.phase)
            if value is not None and value < r.at_least and r.phase in (None, first.id):
                yield "below-floor", {"attribute": r.attribute, "value": value, "floor": r.at_least, "rule": r.id}


def _no_money_at_all(case: _Case) -> Iterator[Found]:
    """What pledge and shares allow stays below the cost: of the whole phase and of the least part of it."""
    c, p = case.candidate, case.candidate.all_phases[0]
    cost = p.total_cost
    least = cost * (float(case.least) or 1e-6)
    if cost > 0 and most_money(case.scenario, c, p, least) < least * (1 - 1e-9):
        most = most_money(case.scenario, c, p, cost)
        if not any(t.pays_cost and belongs(t.eligible, c, p) for t in case.scenario.fund.tiers):
            yield "not-eligible", {"pledge": c.private_pledge, "cost": cost}
        yield "unfinanceable", {"most": most, "cost": cost}


def _no_award(case: _Case) -> Iterator[Found]:
    """A rule asks for more money of some tiers than these may pay it at all, by eligibility, shares and sizes."""
    c, p = case.candidate, case.candidate.all_phases[0]
    for r in case.scenario.constraints:
        if not isinstance(r, AwardRule) or not belongs(r.of, c, p) or not case.decides(r):
            continue
        needed = max(r.at_least, r.at_least_share * p.total_cost)
        if r.per != "candidate" or needed <= 0 or (r.phases is not None and p.id not in r.phases):
            continue
        tiers = [
            t
            for t in case.scenario.fund.tiers
            if (t.id in r.tiers if r.tiers is not None else t.public and t.pays_cost)
        ]
        most = sum(_most_of(t, p.total_cost, c.divisible) for t in tiers if t.pays_cost and belongs(t.eligible, c, p))
        if most < needed * (1 - 1e-9):
            yield "award-out-of-reach", {"rule": r.id, "needed": needed, "most": most, "tiers": [t.id for t in tiers]}


def _most_of(t: Tier, cost: float, divisible: bool) -> float:
    """The most money a tier may pay to a phase of this cost; of a divisible one size and ticket bind no small part."""
    share = min(t.max_share_of_cost, 1.0) * cost
    return share if divisible or t.revolving is not None else min(share, t.size.at_most, t.max_ticket)


def _rivals_and_needs(case: _Case) -> Iterator[Found]:
    me = case.candidate.id
    for r in case.scenario.constraints:
        if isinstance(r, ExclusiveRule) and me in r.candidates and case.decides(r):
            rivals = [c for c in r.candidates if c in case.takes_part]
            if rivals and _no_room(case, case.totals[r.id], r.at_most, 1.0):
                yield "rival-funded", {"rivals": rivals, "rule": r.id}
        if isinstance(r, RequiresRule) and r.candidate == me and case.decides(r):
            lacking = [c for c in r.needs if c not in case.takes_part]
            if lacking:
                yield "needs-other", {"needs": lacking, "rule": r.id}


def _no_room(case: _Case, total: Fraction, at_most: float, adds: float) -> bool:
    """Whether the candidate, or the least part of it, would lift a total beyond its bound."""
    room = exact(at_most) - total
    noise = NOISE * max(abs(exact(at_most)), abs(total))
    return adds > 0 and (exact(adds) * case.least > room + noise or room <= noise)


def _no_place(case: _Case) -> Iterator[Found]:
    c, first = case.candidate, case.candidate.all_phases[0]
    for r in case.scenario.constraints:
        if isinstance(r, CountRule) and r.id in case.full and _counts(r, c, first) and case.decides(r):
            yield "no-place-left", {"count": int(r.at_most), "rule": r.id}


def _no_money_left(case: _Case) -> Iterator[Found]:
    """What the pledge does not cover of the first phase is more than every eligible tier has left together."""
    c, p = case.candidate, case.candidate.all_phases[0]
    cost = sum(exact(amount) for amount in p.stated_cost[1].values())
    if not cost or math.isinf(c.private_pledge):
        return
    least_public = case.scenario.fund.least_public_share if c.least_public_share is None else c.least_public_share
    needed = max(cost - exact(c.private_pledge), exact(least_public) * cost)
    eligible = [t for t in case.scenario.fund.tiers if t.pays_cost and belongs(t.eligible, c, p)]
    left = Fraction(0)
    for t in eligible:
        remains = case.unspent[t.id]
        if remains is None or t.revolving is not None:  # what a revolving tier could pay depends on when
            return
        left += Fraction(max(remains, 0)) / 1_000_000
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
            and case.decides(r)
        ):
            total = case.totals[r.id]
            if _no_room(case, total, r.at_most, value_with(c, first, r.attribute)):
                yield "limit-reached", {"rule": r.id, "total": float(total), "at_most": r.at_most}


def _no_change_left(case: _Case) -> Iterator[Found]:
    """The published plan does not fund it, and as many others differ from the plan already as may."""
    for r in case.scenario.constraints:
        if (
            isinstance(r, StayCloseRule)
            and r.plan is not None
            and not r.plan.get(case.candidate.id)
            and case.decides(r)
            and case.totals[r.id] >= r.at_most_changes
        ):
            yield "no-change-left", {"rule": r.id, "count": int(r.at_most_changes)}


def _adds(case: _Case, phase: int) -> bool:
    """Whether a phase can add to the objective: through an attribute it brings, or through money it moves."""
    c = case.candidate
    p = c.all_phases[phase]
    for term in case.scenario.objective.terms:
        if term.attribute is not None:
            value = value_with(c, p, term.attribute)
            if (value > 0) if term.maximised else (value < 0):
                return True
        elif term.maximised and p.total_cost > 0:
            return True
    return False


def unspent_million(euros: int | Fraction | None) -> float | None:
    """Unspent euros as EUR million; None where the tier is unlimited."""
    return None if euros is None else million(euros)
