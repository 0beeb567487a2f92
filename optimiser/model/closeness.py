"""Closeness to a published plan: how many candidates change, and how much money moves (T2)."""

from __future__ import annotations

from optimiser.model.columns import Columns
from optimiser.model.data import Data
from optimiser.model.programme import Programme
from optimiser.scenario.rules import PlannedMoney, StayCloseRule

COUNTED = "total"
"""Place of a row that only counts what another bounds: never said to bind."""


def stay_close(programme: Programme, data: Data, columns: Columns) -> None:
    """T2  Σ_c d[c] ≤ at_most_changes;  d[c] ≥ 1 − y[c,p] for planned phases, d[c] ≥ y[c,p] for all others.

    d[c] ∈ {0,1} says that the candidate's funded phases are not the plan's, which has whole phases.  [candidates]
    moved ≤ at_most_money;  moved ≥ Σ (x⁰ − x)⁺, moved ≥ Σ (x − x⁰)⁺ over tier, candidate, phase, year.  [EUR million]
    x⁰ is the plan's money: what leaves one cell and enters another has moved once.
    Dual: objective gained per further candidate that may change, per EUR million that may move more (≥ 0).
    """
    for rule in data.scenario.constraints:
        if isinstance(rule, StayCloseRule) and rule.plan is not None:
            _few_changes(programme, data, columns, rule, rule.plan)
        if isinstance(rule, StayCloseRule) and rule.plan_money is not None:
            _moved_money(programme, columns, rule, rule.plan_money)


def _few_changes(
    programme: Programme, data: Data, columns: Columns, rule: StayCloseRule, plan: dict[str, list[str]]
) -> None:
    changes = []
    for c, phases in data.phases_of.items():
        # A fraction is a change, however small the rest; whole phases make d whole by themselves.
        d = programme.column(f"changed.{programme.width}", upper=1, integer=phases[0].candidate.divisible)
        columns.d.append(d)
        changes.append((d, 1.0))
        for p in phases:
            if p.phase.id in plan.get(c, ()):
                programme.at_least("T2", rule.id, COUNTED, [(d, 1.0), (columns.y[p.key], 1.0)], 1)
            else:
                programme.at_least("T2", rule.id, COUNTED, [(d, 1.0), (columns.y[p.key], -1.0)], 0)
    programme.at_most("T2", rule.id, "", changes, rule.at_most_changes, rule.soft)


def _moved_money(programme: Programme, columns: Columns, rule: StayCloseRule, plan: list[PlannedMoney]) -> None:
    moved = programme.column(f"moved.{programme.width}")
    gone = kept = 0.0
    taken = []
    for cell in plan:
        x = columns.x.get((cell.tier, cell.candidate, cell.phase, cell.year))
        if x is None:
            gone += cell.amount  # nothing can be paid there any more
            continue
        kept += cell.amount
        less = programme.column(f"less.{programme.width}", upper=cell.amount)
        taken.append((less, -1.0))
        programme.at_least("T2", rule.id, COUNTED, [(x, 1.0), (less, 1.0)], cell.amount)
    programme.at_least("T2", rule.id, COUNTED, [(moved, 1.0), *taken], gone)
    # Σ (x − x⁰)⁺ = Σ (x − x⁰) + Σ (x⁰ − x)⁺ over the cells that are left
    everything = [(x, -1.0) for x in columns.x.values()]
    programme.at_least("T2", rule.id, COUNTED, [(moved, 1.0), *everything, *taken], -kept)
    programme.at_most("T2", rule.id, "money", [(moved, 1.0)], rule.at_most_money, rule.soft)
