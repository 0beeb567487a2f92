"""What a number the user wrote does to the rows of the model when it gives way by one unit.

It is read from the model itself, stated a second time with the number moved; where it depends on the plan (a share of
what is spent) it is taken at a plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.explain.written import Written, loosened, most_loosening, scale_of
from optimiser.model.build import Model, build_model
from optimiser.model.programme import Row
from optimiser.scenario.load import with_patch
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats, arrays_of
from optimiser.solve.relaxation import Slack


@dataclass(frozen=True, slots=True)
class Effect:
    """What one unit of giving way does to a row: Σ coefficient·column + constant, always ≥ 0 where it helps."""

    columns: Floats
    coefficients: Floats
    constant: float

    def at(self, values: Floats) -> float:
        return float(self.coefficients @ values[self.columns.astype(int)]) + self.constant


def effects_of(scenario: Scenario, model: Model, arrays: Arrays, w: Written, own: set[int]) -> dict[int, Effect]:
    """By row, what one unit of giving way does: the model stated again with the number moved a step, less itself.

    own: the rows that state the number. One that is gone once it moved (at least 1 site, now 0) gave way by the step.
    """
    step = _step(w)
    if step <= 0:
        return {}
    value = loosened(w, step)
    moved = with_patch(scenario, dict.fromkeys(w.pointers, int(value) if w.is_whole else value)).scenario
    if moved is None:
        return {}
    other = build_model(moved)
    if other.programme.width != model.programme.width:
        return {}
    there = arrays_of(other.programme)
    place = {key: n for n, key in enumerate(_keys(other.programme.rows))}
    effects: dict[int, Effect] = {}
    for n, (row, key) in enumerate(zip(model.programme.rows, _keys(model.programme.rows), strict=True)):
        if row.bound == "equal" and row.label != "L3":
            continue
        m = place.get(key)
        if m is None:
            effect = Effect(np.array([]), np.array([]), 1.0) if w.is_whole and n in own else None
        else:
            effect = _difference(arrays, n, there, m, row.bound, step)
        if effect is not None:
            effects[n] = effect
    return effects


def _keys(rows: Sequence[Row]) -> list[tuple[str, str, str, str, int]]:
    """What each row is known by in two statements of a model: where several are called the same, their order too."""
    seen: dict[tuple[str, str, str, str], int] = defaultdict(int)
    keys: list[tuple[str, str, str, str, int]] = []
    for row in rows:
        name = (row.label, row.rule, row.at, row.bound)
        keys.append((*name, seen[name]))
        seen[name] += 1
    return keys


def _difference(here: Arrays, n: int, there: Arrays, m: int, bound: str, step: float) -> Effect | None:
    mine, theirs = _row(here, n), _row(there, m)
    own, other = (
        (here.row_upper[n], there.row_upper[m]) if bound == "at_most" else (here.row_lower[n], there.row_lower[m])
    )
    sign = 1.0 if bound == "at_most" else -1.0
    constant = sign * (other - own) / step
    changed = {c: -sign * (theirs.get(c, 0.0) - a) / step for c, a in mine.items()}
    changed |= {c: -sign * a / step for c, a in theirs.items() if c not in mine}
    columns = {c: a for c, a in changed.items() if abs(a) > 1e-9}
    if not columns and abs(constant) <= 1e-12:
        return None
    return Effect(np.array(list(columns), dtype=float), np.array(list(columns.values()), dtype=float), constant)


def _row(arrays: Arrays, n: int) -> dict[int, float]:
    own = slice(arrays.start[n], arrays.start[n + 1])
    return dict(zip(arrays.index[own].tolist(), arrays.value[own].tolist(), strict=True))


def _step(w: Written) -> float:
    """A step in the direction in which the number gives way, within what the format allows."""
    if w.is_whole:
        return min(1.0, most_loosening(w))
    if w.unit == "share":
        return 0.5 * most_loosening(w)
    if w.bound == "at_least" and w.label not in ("A1", "R1"):
        return 0.5 * most_loosening(w)
    # A hundredth of a rate: what it compounds to is not linear in it.
    return 0.01 * scale_of(w) if w.unit == "rate" else max(1.0, 0.5 * scale_of(w))


def greatest(model: Model, arrays: Arrays) -> Floats:
    """A first guess of every column where nothing is known: funded whole, each cell its whole cost, sums of both."""
    at = np.where(np.isfinite(arrays.upper), arrays.upper, 1.0)
    cost: dict[tuple[str, str, int], float] = {}
    for phase in model.data.phases:
        for schedule in phase.cost.values():
            for t, amount in schedule.items():
                cost[*phase.key, t] = max(amount, cost.get((*phase.key, t), 0.0))
    for (_, c, p, t), i in model.columns.x.items():
        at[i] = cost[c, p, t] / max(len(model.data.tiers), 1)
    for (c, p, t), i in model.columns.m.items():
        at[i] = cost[c, p, t]
    total = sum(cost.values())
    named = (
        set(model.columns.x.values()) | set(model.columns.m.values()) | set(np.flatnonzero(np.isfinite(arrays.upper)))
    )
    at[[i for i in range(len(at)) if i not in named]] = max(total, 1.0)
    return at


def slack_of(w: Written, arrays: Arrays, effects: Mapping[int, Effect], at: Floats) -> Slack:
    """The number as a column that loosens its rows: −effect where the row has a ceiling, + where it has a floor."""
    rows = {}
    for n, effect in effects.items():
        helps = effect.at(at)
        if helps <= 1e-9:
            helps = float(effect.coefficients.max(initial=0.0)) + effect.constant
        if helps > 1e-9:
            rows[n] = -helps if math.isfinite(arrays.row_upper[n]) else helps
    return Slack(rows, 1.0 / scale_of(w), most_loosening(w), w.is_whole)


def needed(arrays: Arrays, effects: Mapping[int, Effect], activity: Floats, values: Floats, slack: float) -> float:
    """How far the number must give way for the plan found: the worst of its rows."""
    most = 0.0
    for n, effect in effects.items():
        short = max(activity[n] - arrays.row_upper[n], arrays.row_lower[n] - activity[n], 0.0)
        helps = effect.at(values)
        if short > 1e-9:
            most = max(most, short / helps if helps > 1e-9 else slack)
    # Of arrays: JSON knows no numbers of theirs.
    return float(most)
