"""The stages over money and fractions, whole decisions fixed: linear programmes, each on the face of the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from optimiser.model.build import Model
from optimiser.model.objective import Goal
from optimiser.solve.arrays import Floats
from optimiser.solve.goals import NOTHING, absolute_gap, priced
from optimiser.solve.neighbour import PRICES
from optimiser.solve.options import HUGE
from optimiser.solve.outcome import StageOutcome, Uniqueness
from optimiser.solve.search import POLISH_SHARE, Face, Search
from optimiser.solve.session import Ending, Method, Run, Session
from optimiser.solve.vertex import vertex_of

MONEY_SLACK = 1e-12
"""The same where money is settled and no face can be held: a double's noise on the sum."""

LARGE = 10_000
"""Columns from which the last tie-break stage goes to the interior point method (measured: a third of the time)."""


@dataclass(frozen=True, slots=True)
class Linear:
    ending: Ending
    values: Floats | None
    row_dual: Floats | None = None
    another_optimum: Uniqueness = "none"
    row_range: tuple[Floats, Floats] | None = None


def settled_money(model: Model, search: Search, ties: list[Goal], reached: list[float]) -> Linear:
    """Stages over money (and fractions), whole decisions fixed: each on the optimal face of those before."""
    divisible = [i for key, i in model.columns.y.items() if not search.arrays.integer[i]]
    search.faces.clear()
    values: Floats | None = None
    row_dual: Floats | None = None
    row_range: tuple[Floats, Floats] | None = None
    another: Uniqueness = "none" if search.options.prices or not divisible else "unknown"
    goal_values: list[tuple[Goal, float]] = []
    stages, objective = len(model.stages), len(model.soft)
    less_broken = np.zeros(len(search.arrays.row_lower), dtype=bool)
    for n, goal in enumerate([*model.stages, *ties]):
        search.look_at(goal)
        if n == stages and divisible and search.options.prices:
            another = _another_fraction(search, divisible, values)
        cost = search.cost(goal)
        search.session.maximise(cost)
        last = ties and goal is ties[-1]
        seconds = max(search.polishing(), POLISH_SHARE * search.options.time_limit_s if n == 0 else 0.0)
        run = search.run(goal.name, seconds, _method(search, first=n == 0, last=bool(last)))
        if run.ending == "infeasible" and values is not None:
            search.give_way()
            run = search.run(goal.name, seconds, "dual")
            if run.ending == "infeasible":
                search.notes.append("tie-break-unfinished")
        if n < stages:
            _report_stage(search, n, goal, float(cost @ run.values) if run.values is not None else None, run)
        if run.ending != "optimal" or run.values is None:
            if n == 0 or run.ending == "unbounded":
                return Linear(run.ending, run.values)
            break
        if values is not None and _gives_up(goal_values, search, run.values):
            search.notes.append("tie-break-unfinished")
            break
        values = run.values
        if n < objective and run.row_dual is not None:
            less_broken |= np.abs(run.row_dual[: len(less_broken)]) > priced(cost)
        if n == objective and run.row_dual is not None:
            row_dual = np.where(less_broken, np.nan, run.row_dual[: len(less_broken)])
            is_linear = isinstance(search.session, Session) and not search.arrays.integer.any()
            if n == 0 and is_linear and not search.anew and search.options.prices:
                assert isinstance(search.session, Session)
                row_range = search.session.bound_ranges()
        if n < stages:
            goal_values.append((goal, float(cost @ values)))
        if n + 1 == len(model.stages) + len(ties) and not search.options.unspent and not search.anew:
            break  # nothing comes after
        if goal.tolerance > 0 or run.column_dual is None or run.row_dual is None:
            # What an integer stage reached may have used the slack of those before it; only a tolerance refers to it.
            held = reached[n] if goal.tolerance > 0 and n < len(reached) else float(cost @ values)
            search.hold(goal, held, MONEY_SLACK)
        else:
            _stay_on_face(search, values, run.column_dual, run.row_dual, cost)
    else:
        return Linear("optimal", values, row_dual, another, row_range)
    return Linear("optimal", values, row_dual, another, row_range)


def taken_anew(search: Search, stages: Sequence[Goal], linear: Linear) -> Linear:
    """The plan, its prices and what each stage reached, from what stands at its bounds."""
    assert isinstance(search.session, Session) and linear.values is not None
    run = partial(search.run, PRICES, search.polishing(), "dual")
    options = search.options
    vertex = vertex_of(search.session, linear.values, search.cost(stages[0]), run, options.threads, options.prices)
    if vertex is None or not vertex.exact:
        return linear if vertex is None else replace(linear, row_dual=vertex.row_dual, row_range=vertex.row_range)
    for n, (goal, stage) in enumerate(zip(stages, search.stages, strict=True)):
        value = float(search.cost(goal) @ vertex.values)
        is_closed = stage.bound is not None and abs(stage.bound - value) <= 1e-9 * max(abs(value), 1e-6)
        search.stages[n] = replace(stage, value=value, bound=value if is_closed else stage.bound)
    return replace(linear, values=vertex.values, row_dual=vertex.row_dual, row_range=vertex.row_range)


def _report_stage(search: Search, n: int, goal: Goal, value: float | None, run: Run) -> None:
    """What a stage reached with whole decisions fixed; where these were searched, that search gives the bound."""
    if n < len(search.stages):
        searched = search.stages[n]
        search.stages[n] = replace(searched, value=searched.value if value is None else value)
    elif not search.arrays.integer.any():
        near = absolute_gap(search.cost(goal))
        search.stages.append(StageOutcome(goal.name, value, run.bound, run.ending == "optimal", near))


def _method(search: Search, first: bool, last: bool) -> Method:
    """Dual simplex from scratch (of the largest, interior point), primal from a basis that stays feasible, interior
    point where most money moves."""
    if first:
        return "interior" if len(search.arrays.cost) > HUGE else "dual"
    return "interior" if last and len(search.arrays.cost) > LARGE else "primal"


def _another_fraction(search: Search, divisible: list[int], values: Floats | None) -> Uniqueness:
    """Whether another split between divisible candidates is as good: both ends of a ranking over the optimal face."""
    ranking = np.zeros(len(search.arrays.cost))
    ranking[divisible] = (
        1.0 + np.arange(len(divisible)) / len(divisible) + np.sqrt(np.arange(1, len(divisible) + 1)) / 7
    )
    for direction in (1.0, -1.0):
        search.session.maximise(direction * ranking)
        run = search.run(f"another fraction {direction}", search.polishing(), "primal")
        if run.values is None or values is None:
            return "unknown"
        if np.abs(run.values[divisible] - values[divisible]).max() > NOTHING:
            return "exists"
    return "none"


def _stay_on_face(search: Search, values: Floats, column_dual: Floats, row_dual: Floats, cost: Floats) -> None:
    """Fix what has a price: every plan left is as good as this one (complementary slackness)."""
    price = priced(cost)
    columns = np.flatnonzero(np.abs(column_dual) > price)
    search.session.bound_columns(columns, values[columns], values[columns])
    rows = np.flatnonzero(np.abs(row_dual[: len(search.arrays.row_lower)]) > price)
    lower, upper = search.arrays.row_lower[rows], search.arrays.row_upper[rows]
    bound = np.where(np.isfinite(lower), lower, upper)
    search.session.bound_rows(rows, bound, bound)
    search.faces.append(Face(columns, values[columns], rows, bound, bound))


def _gives_up(goal_values: list[tuple[Goal, float]], search: Search, values: Floats) -> bool:
    """Whether a later stage lost more of an earlier one than its tolerance and rounding allow."""
    for goal, value in goal_values:
        allowed = goal.tolerance * abs(value) + 1e-8 * max(abs(value), 1.0)
        if float(search.cost(goal) @ values) < value - allowed:
            return True
    return False
