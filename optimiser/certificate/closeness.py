"""T: how far a plan is from one that was published."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from optimiser.certificate.arithmetic import Number, magnitude, millionths
from optimiser.certificate.ledger import Ledger
from optimiser.certificate.worst import COUNT, FRACTION_ERROR, Worst
from optimiser.plan import CellKey
from optimiser.result.result import RuleCheck
from optimiser.scenario.rules import StayCloseRule


def published_plan(ledger: Ledger) -> Iterator[RuleCheck]:
    """T2  number of candidates whose funded phases are not the plan's ≤ at_most_changes [count]; money taken from cells
    (tier, candidate, phase, year), and money given to cells, ≤ at_most_money [EUR million]: two checks.

    A fraction is a change unless it is within 10^-9 of the plan's 0 or 1. Allowance: none; for money one euro for each
    cell that has any, now or in the plan.
    """
    for rule in ledger.scenario.constraints:
        if not isinstance(rule, StayCloseRule):
            continue
        soft = rule.soft is not None
        if rule.plan is not None and rule.at_most_changes != math.inf:
            changes = Worst("T2", rule.id, COUNT, 1, soft)
            changed = sum(_differs(ledger, name, rule.plan.get(name, [])) for name in ledger.by_candidate)
            changes.see(changed - int(rule.at_most_changes))
            yield changes.check()
        if rule.plan_money is not None and rule.at_most_money != math.inf:
            money = Worst("T2", rule.id, soft=soft)
            moved, cells = _moved(ledger, rule)
            money.see(moved - millionths(rule.at_most_money), cells)
            yield money.check()


def _differs(ledger: Ledger, candidate: str, planned: list[str]) -> bool:
    return any(
        magnitude(entry.y - (entry.phase.id in planned)) * FRACTION_ERROR > 1
        for entry in ledger.by_candidate[candidate]
    )


def _moved(ledger: Ledger, rule: StayCloseRule) -> tuple[Number, int]:
    """The larger of money taken and money given [euros], and how many cells they are in."""
    more: dict[CellKey, Number] = defaultdict(int)
    for cell in rule.plan_money or ():
        if cell.amount:
            more[cell.tier, cell.candidate, cell.phase, cell.year] -= millionths(cell.amount)
    for key, euros in ledger.money.items():
        if euros:
            more[key] += euros
    given = sum(euros for euros in more.values() if euros > 0)
    taken = -sum(euros for euros in more.values() if euros < 0)
    return max(given, taken), len(more)
