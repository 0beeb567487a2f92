"""Models that have no plan: whether one exists without some rows, and how little the rows must give way."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimiser.model.build import Model
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.losses import LossSession
from optimiser.solve.session import Ending, Session

GAP = 1e-6
"""Relative gap at which the least loosening counts as found: far below what a change is rounded to."""


@dataclass(frozen=True, slots=True)
class Slack:
    """A further column, 0 ≤ column ≤ upper, that loosens rows: coefficient by row. cost: of one unit of it."""

    rows: Mapping[int, float]
    cost: float
    upper: float = np.inf
    whole: bool = False


class Feasibility:
    """One model asked again and again whether a plan exists without some of its rows."""

    def __init__(self, model: Model, arrays: Arrays, threads: int):
        self._arrays = arrays
        self._session = _session(model, arrays, threads)
        self._session.maximise(np.zeros(len(arrays.cost)))

    def holds(self, without: Collection[int], time_limit_s: float) -> bool | None:
        """Whether a plan exists that keeps every row but these; None where the time did not suffice."""
        rows = np.array(sorted(without), dtype=np.int32)
        free = np.full(len(rows), np.inf)
        self._session.bound_rows(rows, -free, free)
        run = self._session.run(time_limit_s)
        self._session.bound_rows(rows, self._arrays.row_lower[rows], self._arrays.row_upper[rows])
        if run.values is not None:
            return True
        return False if run.ending == "infeasible" else None


@dataclass(frozen=True, slots=True)
class Loosened:
    """The least loosening: how the search ended, the values of the model's columns, and of each slack."""

    ending: Ending
    values: Floats | None
    slack: Floats | None


def least_loosening(
    model: Model, arrays: Arrays, slacks: Sequence[Slack], threads: int, time_limit_s: float
) -> Loosened:
    """min Σ cost · slack over every plan of the loosened rows; among as good ones, the fewest slacks above 0.

    The second stage has a column z ∈ {0,1} a slack: slack ≤ reach · z, where the first stage's total bounds the reach.
    """
    deadline = time.perf_counter() + time_limit_s
    width = len(arrays.cost)
    first = _least(model, with_slacks(arrays, slacks), width, slacks, {}, threads, deadline)
    if first.ending != "optimal" or first.slack is None or (first.slack > 1e-9).sum() < 2:
        return first
    costs = np.array([s.cost for s in slacks])
    total = float(costs @ first.slack)
    reach = [min(s.upper, 1.001 * total / s.cost + 1e-6) for s in slacks]
    second = _least(model, with_slacks(arrays, slacks), width, slacks, dict(enumerate(reach)), threads, deadline, total)
    return second if second.ending == "optimal" else first


def with_slacks(arrays: Arrays, slacks: Sequence[Slack]) -> Arrays:
    """The same programme with a column more for each slack; only these cost anything."""
    width = len(arrays.cost)
    added: dict[int, list[tuple[int, float]]] = {}
    for n, slack in enumerate(slacks):
        for row, coefficient in slack.rows.items():
            added.setdefault(row, []).append((width + n, coefficient))
    start, index, value = [0], [], []
    for row in range(len(arrays.row_lower)):
        own = slice(arrays.start[row], arrays.start[row + 1])
        index += [*arrays.index[own].tolist(), *(column for column, _ in added.get(row, ()))]
        value += [*arrays.value[own].tolist(), *(a for _, a in added.get(row, ()))]
        start.append(len(index))
    return Arrays(
        cost=np.concatenate([np.zeros(width), [-s.cost for s in slacks]]),
        lower=np.concatenate([arrays.lower, np.zeros(len(slacks))]),
        upper=np.concatenate([arrays.upper, [s.upper for s in slacks]]),
        integer=np.concatenate([arrays.integer, np.array([s.whole for s in slacks], dtype=bool)]),
        row_lower=arrays.row_lower,
        row_upper=arrays.row_upper,
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value, dtype=float),
    )


def _least(
    model: Model,
    loosened: Arrays,
    width: int,
    slacks: Sequence[Slack],
    reach: Mapping[int, float],
    threads: int,
    deadline: float,
    total: float | None = None,
) -> Loosened:
    """One stage: the least total cost; or, with ``reach`` and the total of the first, the fewest slacks."""
    arrays = _counted(loosened, width, len(slacks)) if reach else loosened
    session = _session(model, arrays, threads)
    if total is None:
        session.maximise(arrays.cost)
    else:
        numbers = [width + n for n in range(len(slacks))]
        costs = np.array([s.cost for s in slacks])
        session.add_row(numbers, costs, -np.inf, total * (1 + 1e-7) + 1e-9)
        for n, most in reach.items():
            session.add_row([width + n, width + len(slacks) + n], np.array([1.0, -most]), -np.inf, 0.0)
        fewest = np.zeros(len(arrays.cost))
        fewest[width + len(slacks) :] = -1.0
        session.maximise(fewest)
    run = session.run(max(deadline - time.perf_counter(), 0.0), GAP)
    if run.values is None:
        return Loosened(run.ending, None, None)
    return Loosened(run.ending, run.values[:width], run.values[width : width + len(slacks)])


def _counted(arrays: Arrays, width: int, count: int) -> Arrays:
    """The same with a column z ∈ {0,1} for each slack."""
    counting = [Slack({}, 0.0, 1.0, True) for _ in range(count)]
    more = with_slacks(arrays, counting)
    return Arrays(
        cost=np.concatenate([arrays.cost, np.zeros(count)]),
        lower=more.lower,
        upper=more.upper,
        integer=more.integer,
        row_lower=more.row_lower,
        row_upper=more.row_upper,
        start=more.start,
        index=more.index,
        value=more.value,
    )


def _session(model: Model, arrays: Arrays, threads: int) -> Session:
    return LossSession(arrays, threads, model.losses) if model.losses else Session(arrays, threads)
