"""One search under way: its session, its deadline, what each stage reached and holds for those after it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.model.objective import Goal
from optimiser.model.programme import merged
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.external import ExternalSession
from optimiser.solve.goals import cost_of
from optimiser.solve.options import FEASIBILITY_TOLERANCE, SolveOptions
from optimiser.solve.outcome import StageOutcome
from optimiser.solve.session import Method, Run, Session
from optimiser.solve.start import Start, Unsettled

HOLD_SLACK = 1e-7
"""Relative slack of a stage that later integer stages keep, and never more than a thousandth of its least coefficient:
presolve calls tighter rows with fractions in them infeasible. What is held while money is settled is held exactly."""

FACE_SLACK = 1e-7
"""How far what is held may give where a later stage finds no plan at all [EUR million: a tenth of a euro]. Losses are
exact to a share of the exposure, so that a plan may miss what was held by more than the solver's tolerance."""

POLISH_SHARE = 0.05
"""Share of the time limit kept for making a plan exact after the search was stopped."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a stage holds for those after it: columns at values, rows between bounds."""

    columns: NDArray[np.intp]
    values: Floats
    rows: NDArray[np.intp]
    least: Floats
    most: Floats


@dataclass(slots=True)
class Search:
    """One search under way: the session, the deadline, what each stage reached.

    warm: the programme that begins from the basis with which it ended in the last search: the first of all. Those after
    it begin where the one before ended.
    """

    session: Session | ExternalSession
    arrays: Arrays
    options: SolveOptions
    deadline: float
    stages: list[StageOutcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    costs: dict[str, Floats] = field(default_factory=dict)
    start: Start | None = None
    hot: bool = False
    anew: bool = False
    warm: str = ""

    def run(self, name: str, seconds: float, method: Method) -> Run:
        """A linear programme of this name; from the neighbour's basis where there is one."""
        if self.start is None or not isinstance(self.session, Session):
            return self.session.run(seconds, method=method)
        if (self.hot or name == self.warm) and name in self.start.bases:
            self.session.start_from(self.start.bases[name])
            method = self._to_new_prices(self.session, seconds) if name == self.warm else "dual"
        elif name == self.warm:
            self.start.prices = self.session.prices
        run = self.session.run(seconds, method=method)
        self.start.runs += 1
        self.start.iterations += self.session.iterations
        if run.ending == "optimal":
            self.start.bases[name] = self.session.basis()
        elif self.hot:
            raise Unsettled(f"{name}: {run.ending}")
        return run

    def _to_new_prices(self, session: Session, seconds: float) -> Method:
        """How to go on from the last search's basis: that is best at its own prices, so that the dual simplex method
        takes it to the new bounds; then the primal one takes it to the new prices, if they are others."""
        assert self.start is not None
        now, before = session.prices, self.start.prices
        self.start.prices = now
        if before is None or np.array_equal(before, now):
            return "dual"
        session.maximise(before)
        session.run(seconds, method="dual")
        session.maximise(now)
        return "primal"

    def give_way(self) -> None:
        """Let what is held give by ``FACE_SLACK``: a row by as much as its bound, a column within its own bounds."""
        for face in self.faces:
            at, columns = face.values, face.columns
            lower = np.maximum(self.arrays.lower[columns], at - FACE_SLACK)
            self.session.bound_columns(columns, lower, np.minimum(self.arrays.upper[columns], at + FACE_SLACK))
            self.session.bound_rows(face.rows, face.least - FACE_SLACK, face.most + FACE_SLACK)

    def remaining(self) -> float:
        """Seconds until the time limit."""
        return max(self._end() - time.perf_counter(), 0.0)

    def polishing(self) -> float:
        """Seconds for linear programmes after the search: what remains, and the share kept for them."""
        return max(self._end() + POLISH_SHARE * self.options.time_limit_s - time.perf_counter(), 0.0)

    def look_at(self, goal: Goal) -> None:
        """Tell who looks on what is optimised now."""
        if self.options.watch is not None:
            self.options.watch.stage = goal.name

    def stopped(self) -> bool:
        """Whether who looks on stopped the search."""
        return self.options.watch is not None and self.options.watch.stopped()

    def _end(self) -> float:
        """When the search ends: at its time limit, or earlier when it was stopped."""
        watch = self.options.watch
        if watch is None or not watch.stopped() or watch.stopped_at is None:
            return self.deadline
        return min(self.deadline, watch.stopped_at)

    def cost(self, goal: Goal) -> Floats:
        """The goal's sum as a vector over the columns, made once."""
        if goal.name not in self.costs:
            self.costs[goal.name] = cost_of(goal, len(self.arrays.cost))
        return self.costs[goal.name]

    def hold(self, goal: Goal, value: float, relative: float = HOLD_SLACK) -> float:
        """Later stages keep this stage's value, less its tolerance and a slack for noise: the least they keep."""
        terms = merged(goal.pairs)
        if not terms:
            return -np.inf
        slack = relative * max(abs(value), 1.0)
        slack = FEASIBILITY_TOLERANCE + min(slack, 1e-3 * min(abs(a) for a in terms.values()))
        least = value - goal.tolerance * abs(value) - slack
        row = self.session.add_row(list(terms), np.array(list(terms.values())), least, np.inf)
        self.held.append(row)
        none = np.array([], dtype=np.intp)
        self.faces.append(Face(none, np.array([]), np.array([row]), np.array([least]), np.array([np.inf])))
        return least

    def keep(self, goal: Goal) -> None:
        """Soft rules that are kept stay kept, exactly: a slack on their sum would be worth something."""
        columns = [i for i, _ in goal.pairs]
        self.session.bound_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))

    def exclude(self, values: Floats, apart_from: Sequence[int] = ()) -> int:
        """A row that excludes one whole plan: Σ_{z=1} (1 − z) + Σ_{z=0} z ≥ 1. Its number."""
        columns = np.setdiff1d(np.flatnonzero(self.arrays.integer), np.array(apart_from, dtype=np.intp))
        ones = np.round(values[columns]) == 1
        return self.session.add_row(columns, np.where(ones, -1.0, 1.0), 1.0 - float(ones.sum()), np.inf)
