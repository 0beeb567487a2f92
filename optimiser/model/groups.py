"""Rules on groups of candidates: money and attributes (G1, A1, A2)."""

from __future__ import annotations

import math

from optimiser.model.columns import Columns
from optimiser.model.data import Data, PhaseData
from optimiser.model.programme import Programme
from optimiser.scenario.attributes import value_up_to, value_with
from optimiser.scenario.groups import belongs
from optimiser.scenario.rules import AttributeRule, FloorRule, MoneyRule


def group_money(programme: Programme, data: Data, columns: Columns) -> None:
    """G1  at_least ≤ Σ_{group} x ≤ at_most, absolute or as shares of the money those tiers allocate.  [EUR million]

    Dual: objective gained per EUR million the group may receive more (≥ 0); lost per EUR million it must (≤ 0).
    """
    for rule in data.scenario.constraints:
        if not isinstance(rule, MoneyRule):
            continue
        group: list[int] = []
        everyone: list[int] = []
        for p in data.phases:
            money = _money(rule, data, columns, p)
            everyone += money
            if belongs(rule.of, p.candidate, p.phase):
                group += money
        received = [(i, 1.0) for i in group]
        programme.at_most("G1", rule.id, "", received, rule.at_most, rule.soft)
        if rule.at_least > 0:
            programme.at_least("G1", rule.id, "", received, rule.at_least, rule.soft)
        if rule.at_least_share > 0:
            lacks = received + [(i, -rule.at_least_share) for i in everyone]
            programme.at_least("G1", rule.id, "share", lacks, 0, rule.soft, rule.at_least_share)
        if rule.at_most_share < 1:
            exceeds = received + [(i, -rule.at_most_share) for i in everyone]
            programme.at_most("G1", rule.id, "share", exceeds, 0, rule.soft, rule.at_most_share)


def _money(rule: MoneyRule, data: Data, columns: Columns, p: PhaseData) -> list[int]:
    if rule.tiers is None:
        money = columns.public_money_of(data, p)
    else:
        money = [i for k in dict.fromkeys(rule.tiers) for i in columns.x_of_phase[p.key].get(k, ())]
    return money + columns.m_of_phase[p.key] if rule.private else money


def attribute_bounds(programme: Programme, data: Data, columns: Columns) -> None:
    """A1  at_least ≤ Σ attribute · y ≤ at_most; of an average Σ (attribute − bound) · weight · y ≤ 0 (≥ 0).

    [unit of the attribute; of an average, times the unit of the weight]
    Dual: objective gained per unit the total may be larger (≥ 0), lost per unit it must be (≤ 0).
    """
    for rule in data.scenario.constraints:
        if not isinstance(rule, AttributeRule):
            continue
        group = [p for p in data.phases if belongs(rule.of, p.candidate, p.phase)]
        if rule.average_by is None:
            total = [(columns.y[p.key], value_with(p.candidate, p.phase, rule.attribute)) for p in group]
            programme.at_most("A1", rule.id, "", total, rule.at_most, rule.soft)
            programme.at_least("A1", rule.id, "", total, rule.at_least, rule.soft)
            continue
        for bound, state in ((rule.at_most, programme.at_most), (rule.at_least, programme.at_least)):
            if not math.isinf(bound):
                excess = [(columns.y[p.key], _excess(p, rule.attribute, rule.average_by, bound)) for p in group]
                state("A1", rule.id, "average", excess, 0, rule.soft, bound)


def _excess(p: PhaseData, attribute: str, weight: str, bound: float) -> float:
    """(attribute − bound) · weight of one phase; a value on the candidate holds for each phase that brings weight."""
    c = p.candidate
    value = p.phase.attributes.get(attribute, c.attributes.get(attribute, 0.0))
    if weight in c.attributes:
        brought = c.attributes[weight] if p.first else 0.0
    else:
        brought = p.phase.attributes.get(weight, 0.0)
    return (value - bound) * brought


def attribute_floors(programme: Programme, data: Data, columns: Columns) -> None:
    """A2  y[c,p] = 0 where the candidate's attribute is below the floor (effect "exclude").  [fraction]

    Soft: (floor − attribute) · y[c,p] ≤ v for the first phase that is left out.  [unit of the attribute]
    Dual: objective gained if the candidate were let in.
    """
    for rule in data.scenario.constraints:
        if not isinstance(rule, FloorRule) or rule.effect != "exclude":
            continue
        for phases in data.phases_of.values():
            candidate = phases[0].candidate
            value = value_up_to(candidate, rule.attribute, rule.phase)
            named = (
                [p.phase.id for p in phases].index(rule.phase) if value is not None and rule.phase is not None else 0
            )
            if value is None or value >= rule.at_least or not belongs(rule.of, candidate, phases[named].phase):
                continue
            if rule.soft is not None:
                lacks = [(columns.y[phases[named].key], rule.at_least - value)]  # later phases follow it (Q1)
                programme.at_most("A2", rule.id, phases[named].at, lacks, 0, rule.soft, rule.at_least)
                continue
            for p in phases[named:]:
                programme.equal("A2", rule.id, p.at, [(columns.y[p.key], 1.0)], 0)
