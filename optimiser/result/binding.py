"""Rules at their bound, with their shadow prices in the user's sense."""

from __future__ import annotations

import math

import numpy as np

from optimiser.model.build import Model
from optimiser.result.result import Binding, Holds, RangeEnd
from optimiser.solve.arrays import Arrays
from optimiser.solve.goals import cost_of
from optimiser.solve.outcome import Outcome

_IDENTITIES = frozenset({"F1", "W1", "least_served"})
"""Rows that hold as equations whatever is decided: being at their bound says nothing."""


def binding_of(model: Model, arrays: Arrays, outcome: Outcome) -> list[Binding]:
    """Rules with a price, and rules on a number the user wrote that stand at it.

    shadow_price: objective gained per unit by which that number is raised (lowered for nothing: an at_least has a
    price of 0 or below). For rules that compare two sums, per unit of room between them. None where a unit more would
    first let a soft rule be broken less: what that is worth, the objective does not say.
    """
    if outcome.values is None:
        return []
    activity = arrays.activity(outcome.values)
    bound = np.where(np.isfinite(arrays.row_lower), arrays.row_lower, arrays.row_upper)
    at_bound = np.abs(activity - bound) <= 1e-6 * np.maximum(1.0, np.abs(bound))
    largest = float(np.abs(cost_of(model.goals[0], len(outcome.values))).max(initial=0.0))
    found = []
    rows = model.programme.rows
    prices = outcome.row_dual.tolist() if outcome.row_dual is not None else [None] * len(rows)
    for n in np.flatnonzero(at_bound[: len(rows)]).tolist():
        row, price = rows[n], prices[n]
        if row.label in _IDENTITIES or row.at == "total":
            continue
        for_soft_rules = price is not None and math.isnan(price)
        if for_soft_rules:
            price = None
        elif price is not None and abs(price) <= 1e-9 * max(largest, 1e-12):
            price = 0.0
        if price or row.own_bound or for_soft_rules:
            low, high = _range(outcome, n) if price else (None, None)
            fixed, holds = outcome.integers_fixed, _holds(float(bound[n]), low, high)
            found.append(Binding(row.label, row.rule, row.at, row.bound, price, fixed, low, high, holds))
    return found


def _range(outcome: Outcome, row: int) -> tuple[RangeEnd, RangeEnd]:
    """From where to where the bound may move while the price holds; an end without limit is "unlimited"."""
    if outcome.row_range is None:
        return None, None
    low, high = float(outcome.row_range[0][row]), float(outcome.row_range[1][row])
    return _end(low), _end(high)


def _holds(bound: float, low: RangeEnd, high: RangeEnd) -> Holds | None:
    """To which side the bound has room inside the range of its price."""
    if low is None or high is None:
        return None
    near = 1e-6 * max(1.0, abs(bound))
    down = low == "unlimited" or float(low) < bound - near
    up = high == "unlimited" or float(high) > bound + near
    if up:
        return "both_ways" if down else "upwards"
    return "downwards" if down else "here"


def _end(value: float) -> RangeEnd:
    return value + 0.0 if math.isfinite(value) and abs(value) < 1e20 else "unlimited"
