"""The rows learnt of loss functions: which a plan asks for, which stand in the programme, which go and come again."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import highspy
import numpy as np

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Floats
from optimiser.solve.session import Run, Session
from optimiser.solve.slopes import Draws, Part, Slope

EXCESS_TOLERANCE = 1e-10
"""Of the mean excess, as a share of the exposures: a hundredth of a euro on EUR 100 million."""

NEW = 0.3
"""Weight of the plan just found in the mean of the plans so far; 0.1 to 0.5 took about as many rounds."""

FORGOTTEN = 4
"""First plans that leave the mean early, far from where the search ends: the k-th weighs FORGOTTEN / k where that is
more than ``NEW``. Funds that few rows suffice for took a third less rounds, others as many."""

MOST_ROWS = 60
"""Rows learnt in the tree that it carries along before those that have not mattered lately go."""

MATTERED = 4
"""Branched nodes for which a row that binds in none of them stays. A programme with 250 rows learnt takes a third more
time than one with 60, more than the looks for rows that went."""

Name = tuple[bytes, float]
"""Of a slope: its coefficients and its weight."""

Key = tuple[int, Name]
"""Of a row learnt: the number of its loss function, the name of its slope."""


@dataclass(frozen=True, slots=True)
class WarmStart:
    """What a node of a search leaves to those below it, wherever the search went meanwhile.

    mean: of the plans that led to the node's. basis: its last programme's. model_rows: how the rows that stay stand in
    that basis; binding: how the rows learnt do that are not basic in it, with their slopes.
    """

    mean: Floats | None
    basis: Any
    model_rows: list[Any]
    binding: dict[Key, tuple[Slope, Any]]
    turn: Lock = field(default_factory=Lock)


@dataclass(slots=True)
class _Learnt:
    """A row learnt: its number, whose it is, and how long it has not mattered."""

    row: int
    key: Key
    idle: int = 0


class LearntRows:
    """Rows of some loss functions in a session's programme, the last rows of it.

    They begin with the mean of all draws of each function, which stays.
    """

    def __init__(self, session: Session, functions: Sequence[LossFunction]):
        self._session = session
        self._mean: Floats | None = None
        self._plans = 0
        parts: dict[tuple[int, int], Part] = {}
        self.draws = [Draws(function, parts) for function in functions]
        self._learnt: list[_Learnt] = []
        for function, draws in enumerate(self.draws):
            self._state(function, draws.mean())
        self.keep_all()

    def twin(self, session: Session) -> LearntRows:
        """The same rows in a copy of the session, for another thread; what each learns from here is its own."""
        twin = copy.copy(self)
        twin._session, twin.draws = session, [draws.twin() for draws in self.draws]
        twin._learnt = [replace(learnt) for learnt in self._learnt]
        return twin

    def keep_all(self) -> None:
        """What has been learnt so far stays."""
        self._learnt = []

    def forget(self) -> None:
        """Nothing was learnt since all was kept: the session's programme is the one that stood then."""
        for learnt in self._learnt:
            self._unstate(learnt)
        self._learnt = []

    def forget_plans(self) -> None:
        """Ask the next plan as the first one: those before it had other decisions and would teach little about it."""
        self._mean = None

    def learn(self, values: Floats, exactly: bool) -> bool:
        """Whether a row was added: some loss function is above its column, and the plan is now excluded.

        exactly: "no" is said only where all draws say so; else those seen above lately may be enough.
        """
        self._plans = 1 if self._mean is None else self._plans + 1
        new = max(NEW, min(1.0, FORGOTTEN / self._plans))
        self._mean = values if self._mean is None or new == 1.0 else (1.0 - new) * self._mean + new * values
        # Where a cheap look at one function shows that the plan is hidden, no other needs a look at all draws.
        return self._looked(values, cheaply=True) or (exactly and self._looked(values, cheaply=False))

    def _looked(self, values: Floats, cheaply: bool) -> bool:
        """Add a row for each function that is above its column at a plan; whether there was one."""
        learnt = False
        for function, draws in enumerate(self.draws):
            plan = draws.point(values)
            plans = (plan,) if self._mean is None or self._mean is values else (draws.point(self._mean), plan)
            size = max(float(np.abs(plan.exposed).sum()), 1e-6)
            for slope in draws.slopes(plans, cheaply):
                if slope.hides(plan) > EXCESS_TOLERANCE * size and self._state(function, slope):
                    learnt = True
                    break
        return learnt

    def _state(self, function: int, slope: Slope) -> bool:
        """Add the row of a slope; False where it is there already, and the solver's tolerance is what is left."""
        draws = self.draws[function]
        name = slope.lost.tobytes(), slope.weight
        if name in draws.stated:
            return False
        draws.stated[name] = slope
        row = self._session.add_row(*draws.row(slope), 0.0, np.inf)
        self._learnt.append(_Learnt(row, (function, name)))
        return True

    def _unstate(self, learnt: _Learnt) -> None:
        """A row that is no longer stated is learnt again where needed."""
        function, name = learnt.key
        del self.draws[function].stated[name]

    def leave(self, run: Run) -> WarmStart | None:
        """What the nodes below one start from; None where HiGHS has no basis to give. Of many rows learnt, those that
        bound no plan lately go.

        run: the node's, the last one, with its duals.
        """
        basis = self._session.basis_to_change()
        if not basis.valid:
            self._tidy(run)
            return None
        status = list(basis.row_status)
        stay = len(status) - len(self._learnt)
        binding = {
            learnt.key: (self.draws[learnt.key[0]].stated[learnt.key[1]], stands)
            for learnt, stands in zip(self._learnt, status[stay:], strict=True)
            if stands != _BASIC
        }
        self._tidy(run)
        return WarmStart(self._mean, basis, status[:stay], binding)

    def start(self, start: WarmStart) -> None:
        """Go on where a node stood: rows that bind there are stated again where they went."""
        self._mean = start.mean
        for (function, _), (slope, _) in start.binding.items():
            self._state(function, slope)
        unknown = None, _BASIC
        status = [start.binding.get(learnt.key, unknown)[1] for learnt in self._learnt]
        # HiGHS's bases cannot be copied in Python: this one's rows are written over, by one thread at a time.
        with start.turn:
            start.basis.row_status = start.model_rows + status
            self._session.start_from(start.basis)

    def _tidy(self, run: Run) -> None:
        """Of many rows learnt, drop those that bound no plan lately; they are learnt again where needed."""
        if run.row_dual is None or not self._learnt:
            return
        known = [learnt for learnt in self._learnt if learnt.row < len(run.row_dual)]
        for learnt in known:
            learnt.idle = 0 if run.row_dual[learnt.row] else learnt.idle + 1
        idle = [learnt for learnt in self._learnt if learnt.idle > MATTERED]
        if len(self._learnt) < MOST_ROWS or 3 * len(idle) < len(self._learnt):
            return
        self._session.delete_rows([learnt.row for learnt in idle])
        for learnt in idle:
            self._unstate(learnt)
        self._learnt = [learnt for learnt in self._learnt if learnt.idle <= MATTERED]
        # Nothing else was stated since the first of them: those kept stand in its place, one after the other.
        first = min(learnt.row for learnt in (*self._learnt, *idle))
        for n, learnt in enumerate(self._learnt):
            learnt.row = first + n


_BASIC = highspy.HighsBasisStatus.kBasic
