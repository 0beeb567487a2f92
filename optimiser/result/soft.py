"""Soft rules: how far each of them is broken, recomputed from the plan by plain arithmetic.

The model sums the same violations over its columns and minimises them, priority by priority; the certificate counts
them a third time and says whether what is stated here is so.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from quicktions import Fraction

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.plan import EUROS_PER_MILLION, CellKey, PhaseKey, Plan, exact
from optimiser.result.result import Certificate, SoftBound
from optimiser.scenario.attributes import value_up_to, value_with
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.fund import Group, Matching, Soft
from optimiser.scenario.groups import belongs, countries_of
from optimiser.scenario.pointer import join
from optimiser.scenario.rules import (
    AttributeRule,
    AwardRule,
    CountRule,
    ExclusiveRule,
    FloorRule,
    MoneyRule,
    RequiresRule,
    Rule,
    StayCloseRule,
)
from optimiser.scenario.scenario import Scenario

UNCHANGED = Fraction(1, 10**9)
"""A fraction this near to the published plan's 0 or 1 is no change, as in the certificate."""

MILLION = "EUR million"
COUNT = "count"


class _Bound(NamedTuple):
    """One bound of a rule against the plan. scale: what divides the violation; reached None: an average of nothing."""

    at: str
    side: Literal["at_least", "at_most"]
    asked: Fraction
    reached: Fraction | None
    violation: Fraction
    scale: Fraction
    unit: str


def soft_bounds(scenario: Scenario, plan: Plan) -> list[SoftBound]:
    """Every bound of every soft rule: what it asks, what the plan reaches, and by how much it is broken."""
    found: list[SoftBound] = []
    if not any(rule.soft is not None for rule in (*scenario.fund.matching, *scenario.constraints)):
        return found
    book = _Book(scenario, plan)
    for m in scenario.fund.matching:
        if m.soft is not None:
            found += [_stated("S3", m.id, m.soft, b) for b in _matching(book, m)]
    for r in scenario.constraints:
        if r.soft is not None:
            label, bounds = _KINDS[type(r)]
            found += [_stated(label, r.id, r.soft, b) for b in bounds(book, r)]
    return found


def soft_findings(bounds: Iterable[SoftBound], certificate: Certificate) -> list[Finding]:
    """A finding for each soft rule that is broken by more than rounding explains."""
    broken = {(c.label, c.rule) for c in certificate.rules if c.soft and c.broken}
    of_rule: dict[tuple[str, str], list[SoftBound]] = defaultdict(list)
    for b in bounds:
        if (b.label, b.rule) in broken and b.violation > 0:
            of_rule[b.label, b.rule].append(b)
    return [_finding(label, rule, found) for (label, rule), found in of_rule.items()]


def _finding(label: str, rule: str, found: list[SoftBound]) -> Finding:
    place = join(("fund", "matching", rule) if label == "S3" else ("constraints", rule))
    worst = max(found, key=lambda b: b.scaled)
    unit = "" if worst.unit in (COUNT, "1") else Phrase("millions") if worst.unit == MILLION else f" {worst.unit}"
    where = f"{rule} ({worst.at})" if worst.at else rule
    params: dict[str, Any] = {"rule": where, "asked": worst.asked, "reached": worst.reached, "unit": unit}
    if len(found) > 1:
        total = math.fsum(b.violation for b in found)
        several = {"rule": rule, "count": len(found), "total": total, "unit": unit, "worst": worst.at}
        return Finding("warning", "soft-rule-broken-often", place, several)
    return Finding("warning", f"soft-{worst.bound.replace('_', '-')}-broken", place, params)


def _stated(label: str, rule: str, soft: Soft, b: _Bound) -> SoftBound:
    return SoftBound(
        rule=rule,
        label=label,
        priority=soft.priority,
        at=b.at,
        bound=b.side,
        asked=float(b.asked),
        reached=None if b.reached is None else float(b.reached),
        violation=float(b.violation),
        scaled=float(b.violation / (abs(b.scale) or 1)),
        unit=b.unit,
    )


def _at_least(at: str, asked: Fraction, reached: Fraction, scale: Fraction, unit: str) -> _Bound:
    return _Bound(at, "at_least", asked, reached, max(asked - reached, Fraction(0)), scale, unit)


def _at_most(at: str, asked: Fraction, reached: Fraction, scale: Fraction, unit: str) -> _Bound:
    return _Bound(at, "at_most", asked, reached, max(reached - asked, Fraction(0)), scale, unit)


@dataclass(slots=True)
class _Book:
    """The plan's money by tier and phase, and by phase what the consortia give [EUR million]."""

    scenario: Scenario
    plan: Plan
    paid: dict[tuple[str, PhaseKey], Fraction]
    private: dict[PhaseKey, Fraction]
    phases: list[tuple[Candidate, Phase]]

    def __init__(self, scenario: Scenario, plan: Plan):
        self.scenario, self.plan = scenario, plan
        self.paid, self.private = defaultdict(Fraction), defaultdict(Fraction)
        for (k, c, p, _), euros in plan.money.items():
            self.paid[k, (c, p)] += Fraction(euros, EUROS_PER_MILLION)
        for (c, p, _), euros in plan.private_money.items():
            self.private[c, p] += Fraction(euros, EUROS_PER_MILLION)
        self.phases = [(c, p) for c in scenario.candidates for p in c.all_phases]

    def y(self, c: Candidate, p: Phase) -> Fraction:
        return self.plan.fraction.get((c.id, p.id), Fraction(0))

    def n(self, c: Candidate, p: Phase) -> Fraction:
        """What a phase counts in a number of candidates: y, or whether it takes part where a least fraction is set."""
        y = self.y(c, p)
        first = p.id == c.all_phases[0].id
        return Fraction(y > 0) if c.divisible and c.least_fraction is not None and first else y

    def money(self, tiers: list[str] | None, phases: Iterable[tuple[Candidate, Phase]]) -> Fraction:
        """Money of these tiers, all public ones where none are named, to these phases."""
        public = [t.id for t in self.scenario.fund.tiers if t.public and t.pays_cost]
        named = public if tiers is None else list(dict.fromkeys(tiers))
        return sum((self.paid.get((k, (c.id, p.id)), Fraction(0)) for c, p in phases for k in named), Fraction(0))

    def group(self, of: Group | None) -> list[tuple[Candidate, Phase]]:
        return [(c, p) for c, p in self.phases if belongs(of, c, p)]

    def unit(self, attribute: str) -> str:
        kind = self.scenario.attributes.get(attribute)
        return kind.unit if kind is not None else "1"


def _matching(book: _Book, m: Matching) -> Iterator[_Bound]:
    places: list[tuple[str, list[tuple[Candidate, Phase]]]] = [(f"{c.id}/{p.id}", [(c, p)]) for c, p in book.phases]
    if m.by == "candidate":
        places = [(c.id, [(c, p) for p in c.all_phases]) for c in book.scenario.candidates]
    for at, phases in places:
        matched = book.money(m.of, phases)
        if matched:
            asked = exact(m.at_least) * matched
            yield _at_least(at, asked, book.money(m.tiers, phases), exact(m.at_least), MILLION)


def _count(book: _Book, r: CountRule) -> Iterator[_Bound]:
    counted = [(c, p) for c, p in book.group(r.of) if p.id == (c.all_phases[0].id if r.phase is None else r.phase)]
    total = sum((book.n(c, p) for c, p in counted), Fraction(0))
    yield from _absolute(r, total, COUNT)


def _absolute(r: CountRule | MoneyRule | AttributeRule, total: Fraction, unit: str) -> Iterator[_Bound]:
    """The bounds of a total that say something."""
    if r.at_least > (-math.inf if isinstance(r, AttributeRule) else 0):
        yield _at_least("", exact(r.at_least), total, exact(r.at_least), unit)
    if not math.isinf(r.at_most):
        yield _at_most("", exact(r.at_most), total, exact(r.at_most), unit)


def _money(book: _Book, r: MoneyRule) -> Iterator[_Bound]:
    group, everyone = book.group(r.of), book.phases
    received, total = book.money(r.tiers, group), book.money(r.tiers, everyone)
    if r.private:
        received += sum((book.private.get((c.id, p.id), Fraction(0)) for c, p in group), Fraction(0))
        total += sum(book.private.values(), Fraction(0))
    yield from _absolute(r, received, MILLION)
    if r.at_least_share > 0:
        yield _at_least("share", exact(r.at_least_share) * total, received, exact(r.at_least_share), MILLION)
    if r.at_most_share < 1:
        yield _at_most("share", exact(r.at_most_share) * total, received, exact(r.at_most_share), MILLION)


def _attribute(book: _Book, r: AttributeRule) -> Iterator[_Bound]:
    group = book.group(r.of)
    if r.average_by is None:
        total = sum((exact(value_with(c, p, r.attribute)) * book.y(c, p) for c, p in group), Fraction(0))
        yield from _absolute(r, total, book.unit(r.attribute))
        return
    weight = {(c.id, p.id): exact(value_with(c, p, r.average_by)) * book.y(c, p) for c, p in group}
    whole = sum(weight.values(), Fraction(0))
    summed = Fraction(0)
    for c, p in group:
        value = p.attributes.get(r.attribute, c.attributes.get(r.attribute, 0.0))
        summed += exact(value) * weight[c.id, p.id]
    average = summed / whole if whole else None
    unit = "·".join(u for u in (book.unit(r.attribute), book.unit(r.average_by)) if u != "1") or "1"
    for side, sign, bound in (("at_least", 1, r.at_least), ("at_most", -1, r.at_most)):
        if not math.isinf(bound):
            lacks = max(sign * (exact(bound) * whole - summed), Fraction(0))
            yield _Bound("average", side, exact(bound), average, lacks, exact(bound), unit)  # type: ignore[arg-type]


def _award(book: _Book, r: AwardRule) -> Iterator[_Bound]:
    listed = [(c, p) for c, p in book.group(r.of) if r.phases is None or p.id in r.phases]
    if r.per == "country":
        for country in dict.fromkeys(code for c, p in listed for code in countries_of(c, p)):
            given = book.money(r.tiers, [(c, p) for c, p in listed if country in countries_of(c, p)])
            yield _at_most(country, exact(r.at_most), given, exact(r.at_most), MILLION)
        return
    for c, p in listed:
        y, given = book.y(c, p), book.money(r.tiers, [(c, p)])
        cost = sum((exact(amount) for amount in p.stated_cost[1].values()), Fraction(0))
        if not y and not given:
            continue
        least = max(exact(r.at_least), exact(r.at_least_share) * cost)
        if least > 0:
            yield _at_least(f"{c.id}/{p.id}", least * y, given, least, MILLION)
        most = [exact(r.at_most)] if not math.isinf(r.at_most) else []
        most += [exact(r.at_most_share) * cost] if r.at_most_share < 1 else []
        if most:
            yield _at_most(f"{c.id}/{p.id}", min(most) * y, given, min(most), MILLION)


def _floor(book: _Book, r: FloorRule) -> Iterator[_Bound]:
    for c in book.scenario.candidates:
        value = value_up_to(c, r.attribute, r.phase)
        p = next((p for p in c.all_phases if p.id == r.phase), c.all_phases[0])
        y = book.y(c, p)
        if value is not None and value < r.at_least and y and belongs(r.of, c, p):
            asked, reached = exact(r.at_least), exact(value)
            lacks = (asked - reached) * y
            yield _Bound(f"{c.id}/{p.id}", "at_least", asked, reached, lacks, asked, book.unit(r.attribute))


def _exclusive(book: _Book, r: ExclusiveRule) -> Iterator[_Bound]:
    total = sum(
        (book.n(c, p) for c, p in book.phases if c.id in r.candidates and p.id == c.all_phases[0].id), Fraction(0)
    )
    yield _at_most("", Fraction(r.at_most), total, Fraction(r.at_most), COUNT)


def _requires(book: _Book, r: RequiresRule) -> Iterator[_Bound]:
    n = {c.id: book.n(c, c.all_phases[0]) for c in book.scenario.candidates}
    for need in dict.fromkeys(r.needs):
        yield _at_most(need, n[need], n[r.candidate], Fraction(1), COUNT)


def _stay_close(book: _Book, r: StayCloseRule) -> Iterator[_Bound]:
    if r.plan is not None:
        changes = Fraction(sum(changed(book.plan, c, r.plan.get(c.id, [])) for c in book.scenario.candidates))
        yield _at_most("", Fraction(r.at_most_changes), changes, Fraction(r.at_most_changes), COUNT)
    if r.plan_money is not None:
        more: dict[CellKey, Fraction] = defaultdict(Fraction)
        for key, euros in book.plan.money.items():
            more[key] += Fraction(euros, EUROS_PER_MILLION)
        for cell in r.plan_money:
            more[cell.tier, cell.candidate, cell.phase, cell.year] -= exact(cell.amount)
        given = sum((a for a in more.values() if a > 0), Fraction(0))
        taken = -sum((a for a in more.values() if a < 0), Fraction(0))
        yield _at_most("money", exact(r.at_most_money), max(given, taken), exact(r.at_most_money), MILLION)


def changed(plan: Plan, c: Candidate, planned: list[str]) -> bool:
    """Whether the candidate's funded phases are not those of a published plan, in which phases are whole."""
    return any(abs(plan.fraction.get((c.id, p.id), Fraction(0)) - (p.id in planned)) > UNCHANGED for p in c.all_phases)


_KINDS: dict[type[Rule], tuple[str, Callable[[_Book, Any], Iterator[_Bound]]]] = {
    CountRule: ("N1", _count),
    MoneyRule: ("G1", _money),
    AttributeRule: ("A1", _attribute),
    AwardRule: ("S7", _award),
    FloorRule: ("A2", _floor),
    ExclusiveRule: ("L1", _exclusive),
    RequiresRule: ("L2", _requires),
    StayCloseRule: ("T2", _stay_close),
}
