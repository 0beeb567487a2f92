"""G, A: money to groups, and bounds on attributes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from optimiser.certificate.arithmetic import MILLION, Number, magnitude, millionths
from optimiser.certificate.ledger import Ledger, PhaseEntry, membership
from optimiser.certificate.worst import EUR_MILLION, FRACTION, Worst, fraction_allowance
from optimiser.result.result import RuleCheck
from optimiser.scenario.rules import AttributeRule, FloorRule, MoneyRule


def money_to_group(ledger: Ledger) -> Iterator[RuleCheck]:
    """G1  at_least ≤ M ≤ at_most; at_least_share · T ≤ M ≤ at_most_share · T, by rule.  [EUR million]

    M = Σ_{k∈tiers} x (+ m where asked) over the group, T the same over all candidates; tiers absent means all public
    ones. Allowance: one euro for each nonzero cell in the sums.
    """
    for rule in ledger.scenario.constraints:
        if not isinstance(rule, MoneyRule):
            continue
        worst = Worst("G1", rule.id, EUR_MILLION, MILLION * MILLION, rule.soft is not None)
        money = [ledger.together(ledger.public_tiers if rule.tiers is None else rule.tiers)]
        if rule.private:
            money.append(ledger.private)
        keys = [entry.key for entry in ledger.members(rule.of)]
        group, group_cells = map(sum, zip(*(sums.over(keys) for sums in money), strict=True))
        total, total_cells = map(sum, zip(*(sums.total() for sums in money), strict=True))
        if rule.at_least > 0:
            worst.see((millionths(rule.at_least) - group) * MILLION, group_cells * MILLION)
        if rule.at_most != math.inf:
            worst.see((group - millionths(rule.at_most)) * MILLION, group_cells * MILLION)
        if rule.at_least_share > 0:
            worst.see(millionths(rule.at_least_share) * total - group * MILLION, total_cells * MILLION)
        if rule.at_most_share != math.inf:
            worst.see(group * MILLION - millionths(rule.at_most_share) * total, total_cells * MILLION)
        if worst.checked:
            yield worst.check()


def attribute_bounds(ledger: Ledger) -> Iterator[RuleCheck]:
    """A1  at_least ≤ Σ attribute · y ≤ at_most, by rule.  [unit of the attribute]

    Average: Σ (attribute − at_most) · weight · y ≤ 0 ≤ Σ (attribute − at_least) · weight · y.  [unit · weight's unit]
    Allowance: none, or 10^-9 of the sum's size where a fraction is in it.
    """
    for rule in ledger.scenario.constraints:
        if not isinstance(rule, AttributeRule):
            continue
        bounds = [(sign, millionths(b)) for sign, b in ((-1, rule.at_least), (1, rule.at_most)) if not math.isinf(b)]
        if not bounds:
            continue
        scale = MILLION if rule.average_by is None else MILLION * MILLION
        worst = Worst("A1", rule.id, _unit(ledger, rule), scale, rule.soft is not None)
        entries = ledger.members(rule.of)
        for sign, bound in bounds:
            if rule.average_by is None:
                _see_sum(worst, sign, bound, _values(entries, rule.attribute))
            else:
                weighted = list(_weighted(entries, rule.attribute, rule.average_by))
                _see_sum(worst, sign, 0, ((entry, (value - bound) * weight) for entry, value, weight in weighted))
        yield worst.check()


def _see_sum(worst: Worst, sign: int, bound: Number, terms: Iterable[tuple[PhaseEntry, Number]]) -> None:
    total: Number = 0
    size: Number = 0
    fractional = False
    for entry, coefficient in terms:
        if entry.y:
            total += coefficient * entry.y
            size += magnitude(coefficient * entry.y)
            fractional = fractional or entry.y.denominator != 1
    worst.see(sign * (total - bound), fraction_allowance(fractional, max(size, magnitude(bound))))


def _values(entries: Iterable[PhaseEntry], attribute: str) -> Iterator[tuple[PhaseEntry, Number]]:
    """The attribute of each phase that has it; the candidate's own goes with the first phase."""
    for entry in entries:
        value = entry.phase.attributes.get(attribute)
        if value is None and entry.index == 0:
            value = entry.candidate.attributes.get(attribute)
        if value is not None:
            yield entry, millionths(value)


def _weighted(entries: Iterable[PhaseEntry], attribute: str, by: str) -> Iterator[tuple[PhaseEntry, Number, Number]]:
    """Attribute and weight of each phase: its own, else the candidate's; once, with the first phase, if both are the
    candidate's. A phase that lacks one of the two is no part of the average."""
    for entry in entries:
        own, candidate = entry.phase.attributes, entry.candidate.attributes
        if attribute not in own and by not in own and entry.index > 0:
            continue
        value = own.get(attribute, candidate.get(attribute))
        weight = own.get(by, candidate.get(by))
        if value is not None and weight is not None:
            yield entry, millionths(value), millionths(weight)


def _unit(ledger: Ledger, rule: AttributeRule) -> str:
    return _unit_of(ledger, [rule.attribute] if rule.average_by is None else [rule.attribute, rule.average_by])


def _unit_of(ledger: Ledger, names: list[str]) -> str:
    kinds = ledger.scenario.attributes
    units = [kinds[name].unit for name in names if name in kinds]
    return "·".join(unit for unit in units if unit != "1") or "1"


def attribute_floor(ledger: Ledger) -> Iterator[RuleCheck]:
    """A2  y[c,p] = 0 where the candidate's attribute is below at_least, by rule with effect "exclude".  [fraction]

    The attribute is the candidate's own, or the sum over its phases, up to the named phase if there is one; then only
    that phase and later ones are left out. Soft: (at_least − attribute) · y of that phase, or of the first.
    Allowance: none.
    """
    for rule in ledger.scenario.constraints:
        if not isinstance(rule, FloorRule) or rule.effect != "exclude":
            continue
        worst = Worst("A2", rule.id, FRACTION, 1)
        if rule.soft is not None:
            worst = Worst("A2", rule.id, _unit_of(ledger, [rule.attribute]), MILLION, soft=True)
        belongs = membership(rule.of)
        floor = millionths(rule.at_least)
        for entries in ledger.by_candidate.values():
            counts = next((e for e in entries if rule.phase is None or e.phase.id == rule.phase), None)
            if counts is None or not belongs(counts):
                continue
            summed = entries if rule.phase is None else entries[: counts.index + 1]
            lacks = floor - sum(value for _, value in _values(summed, rule.attribute))
            below = lacks > 0
            if rule.soft is not None:
                worst.see(lacks * counts.y, 0, counts.key)
                continue
            for entry in entries[counts.index :]:
                worst.see(magnitude(entry.y) if below else 0, 0, entry.key)
        if worst.checked:
            yield worst.check()
