"""The answer to a neighbour of a solved model by a few pivots, where all of it can be proven; else nothing.

The plan is the only one that is best for every stage in order (``pivots``), and its numbers are taken anew from what
stands at its bounds (``vertex``), exactly as a search from nothing takes them. Where the neighbour is many pivots away
(other prices), the solver makes them, stage by stage from the neighbour's basis; the proof is the same. Whatever is in
doubt (a price as small as noise, another plan as good, a basis that is not the only one) is left to the search.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from optimiser.errors import SolverError
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.goals import NOTHING, priced
from optimiser.solve.outcome import Uniqueness
from optimiser.solve.pivots import CLEAR, Ascent, Basis, Booleans, Box, Matrix, NotSettled, Numbers
from optimiser.solve.session import Session
from optimiser.solve.vertex import Vertex, away_from, of_basis

PLAN, PRICES = "plan", "prices"
"""Names of programmes: the plan that is best for every stage, and the prices by which it is taken anew."""

NOISE_OF_PRICES = 2.5e-13
"""A price as small as that, against the largest, is noise to the solver: 1e-9 where the largest is near 4096."""

ROUND_OFF = 1e-12
"""Of a sum that is 0."""

_FAR = 1e15
"""Stands for no bound."""

_MOST_ROUNDS = 4
_MOST_EDGES = 12
"""What is tried before the simplex method is: looking costs little, and mostly suffices."""

ROOM = 1e-7
"""What is not at a bound is at least this far from it."""


@dataclass(slots=True)
class Neighbour:
    """What a solved model leaves: a basis for each programme solved for it, by name.

    pivots: of all answers. solved: how many programmes the solver was asked for.
    """

    arrays: Arrays
    bases: dict[str, Basis]
    pivots: int = 0
    solved: int = 0

    def basis(self, name: str) -> Basis:
        """That of the programme, or of the plan where none is left."""
        return self.bases.get(name, self.bases[PLAN]).copy()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model: its stages and tie-breaks as vectors, and which columns are fractions.

    stages: how many of the vectors come before the tie-break. deadline: by ``time.perf_counter``.
    """

    costs: Sequence[Floats]
    stages: int
    fractions: Sequence[int]
    deadline: float = np.inf


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, and whether another is as good: whether fractions were told apart by the tie-break."""

    vertex: Vertex
    another_optimum: Uniqueness


@dataclass(slots=True)
class Solver:
    """Who is asked where the neighbour is many pivots away: a session with the model, and until when.

    asked: how many programmes.
    """

    session: Session
    deadline: float
    asked: int = 0

    def basis(self, near: Basis, stages: Floats, noise: Floats, box: Box) -> Basis:
        """A basis that should be best for the stages in their order. Errors: NotSettled."""
        width = near.matrix.width - near.matrix.rows
        z = np.zeros(near.matrix.width)
        self.asked += 1
        self.session.forget()
        self._bound(np.arange(near.matrix.width), box.lower, box.upper, width)
        self.session.start_from(_for_solver(near))
        for cost, least in zip(stages, noise, strict=True):
            self.session.maximise(cost[:width])
            run = self.session.run(max(self.deadline - time.perf_counter(), 0.0), method="primal")
            if run.ending != "optimal" or run.values is None or run.column_dual is None or run.row_dual is None:
                raise NotSettled
            z = np.concatenate([run.values, self.session.arrays.activity(run.values)])
            # What has a price stays at its bound: every plan left is as good as this one.
            priced = np.flatnonzero(np.abs(np.concatenate([run.column_dual, run.row_dual])) > least)
            at = np.where(_is_nearer_upper(z, box), box.upper, box.lower)[priced]
            if not np.isfinite(at).all():
                raise NotSettled
            self._bound(priced, at, at, width)
        found = _from_solver(near.matrix, self.session.basis())
        found.at_upper = _is_nearer_upper(z, box)
        return found

    def _bound(self, among: Numbers, lower: Floats, upper: Floats, width: int) -> None:
        """Bounds of z: columns first, then rows."""
        columns, rows = among < width, among >= width
        self.session.bound_columns(among[columns], lower[columns], upper[columns])
        self.session.bound_rows(among[rows] - width, lower[rows], upper[rows])


def neighbour_of(arrays: Arrays, values: Floats, plan: Any, prices: Any) -> Neighbour:
    """The neighbour to be, from the solver's bases of a plan and of its prices."""
    matrix = Matrix(arrays)
    bases = {PLAN: _from_solver(matrix, plan), PRICES: _from_solver(matrix, prices)}
    # What a stage fixed stands at both its bounds; where that was, the plan tells.
    bases[PLAN].at_upper = _is_nearer_upper(np.concatenate([values, arrays.activity(values)]), _box_of(arrays))
    return Neighbour(arrays, bases)


def _is_nearer_upper(z: Floats, box: Box) -> Booleans:
    found: Booleans = np.abs(box.upper - z) < np.abs(z - box.lower)
    return found


def found_beside(neighbour: Neighbour, arrays: Arrays, question: Question, session: Session) -> Found | None:
    """The answer, proven; the neighbour moves on to it. None where it is to be searched for.

    session: with the model, its bounds free to be changed.
    """
    near = replace(neighbour, arrays=arrays, bases=dict(neighbour.bases))
    if not neighbour.arrays.same_matrix(arrays):
        matrix = Matrix(arrays)
        near.bases = {name: basis.on(matrix) for name, basis in near.bases.items()}
    solver = Solver(session, question.deadline)
    try:
        values, another = _plan(near, question, solver)
        _prices(near, values, question.costs[0], solver)
    except (NotSettled, SolverError):
        return None
    if solver.asked:
        session.change(arrays)
    vertex = of_basis(session, values, question.costs[0], _for_solver(near.bases[PRICES]))
    if vertex is None or not vertex.exact:
        return None
    neighbour.arrays, neighbour.bases = near.arrays, near.bases
    neighbour.pivots, neighbour.solved = near.pivots, near.solved + solver.asked
    return Found(vertex, another)


def _plan(near: Neighbour, question: Question, solver: Solver) -> tuple[Floats, Uniqueness]:
    """The only plan that is best for every stage, and whether fractions were told apart. Errors: NotSettled."""
    z, reduced = _best(near, PLAN, question.costs, solver)
    width = len(near.arrays.cost)
    values, basis, box = z[:width], near.bases[PLAN], _box_of(near.arrays)
    undecided = box.open & ~basis.is_basic()
    left = undecided & ~(reduced != 0).any(axis=0)
    if left.any() and (left & ~_follows(basis.matrix, box, z, undecided & ~left)).any():
        every = np.arange(width)
        if max(_moved(near, "plan", question.costs, every, values, solver)) > NOTHING / CLEAR:
            raise NotSettled
    if not len(question.fractions):
        return values, "none"
    stages, fractions = question.costs[: question.stages], np.array(question.fractions, dtype=np.intp)
    left = undecided & ~(reduced[: question.stages] != 0).any(axis=0)
    ranking = np.zeros((1, len(z)))
    ranking[0, :width] = _ranking(fractions, width)
    worth = np.where(left, np.abs(basis.reduced(ranking)[0]), 0.0)
    worth[worth <= priced(ranking)] = 0.0
    if worth.any():
        worth[_follows(basis.matrix, box, z, undecided & ~left)] = 0.0
    if not worth.any():
        return values, "none"
    if _moves_by_an_edge(basis, box, z, worth, fractions):
        return values, "exists"
    moved = max(_moved(near, "fractions", stages, fractions, values, solver))
    if NOTHING / CLEAR < moved < NOTHING * CLEAR:
        raise NotSettled
    return values, "exists" if moved > NOTHING else "none"


def _follows(matrix: Matrix, box: Box, z: Floats, priced: Booleans) -> Booleans:
    """Which z have one value left once what has a price stays: a sum at its least leaves each of its terms one."""
    width = matrix.width - matrix.rows
    low, high = np.where(priced, z, np.maximum(box.lower, -_FAR)), np.where(priced, z, np.minimum(box.upper, _FAR))
    fixed = low >= high
    plus, minus = matrix.parts()
    for _ in range(_MOST_ROUNDS):
        least, most = plus @ low[:width] + minus @ high[:width], plus @ high[:width] + minus @ low[:width]
        no_less, no_more = least >= high[width:] - ROUND_OFF, most <= low[width:] + ROUND_OFF
        # A column is held by any row at its least, and by any at its most.
        held = (abs(plus - minus).T @ (no_less | no_more).astype(float)) > 0
        new = np.concatenate([held, least >= most - ROUND_OFF]) & ~fixed
        if not new.any():
            break
        low[new], high[new] = z[new], z[new]
        fixed |= new
    return fixed


def _moves_by_an_edge(basis: Basis, box: Box, z: Floats, worth: Floats, fractions: Any) -> bool:
    """Whether a fraction changes as one z leaves its bound; some of those of most worth are tried."""
    for entering in np.argsort(-worth)[:_MOST_EDGES].tolist():
        if worth[entering] == 0:
            break
        change, step, _ = basis.edge(entering, z, box)
        moved = np.zeros(len(z))
        moved[basis.basic], moved[entering] = change, 1.0
        if NOTHING * CLEAR < step * np.abs(moved[fractions]).max() < np.inf:
            return True
    return False


def _moved(
    near: Neighbour, name: str, stages: Sequence[Floats], among: Any, values: Floats, solver: Solver
) -> Iterator[float]:
    """By how much these columns change at both ends of a ranking as a last stage. Errors: NotSettled."""
    for direction in (1.0, -1.0):
        ranking = direction * _ranking(among, len(values))
        end, _ = _best(near, f"{name} {direction}", [*stages, ranking], solver)
        yield float(np.abs(end[among] - values[among]).max(initial=0.0))


def _best(near: Neighbour, name: str, stages: Sequence[Floats], solver: Solver) -> tuple[Floats, Floats]:
    """z and reduced costs at the best for the stages in their order. Errors: NotSettled."""
    costs = np.zeros((len(stages), near.bases[PLAN].matrix.width))
    costs[:, : len(near.arrays.cost)] = stages
    return _settled(near, name, costs, np.array([priced(cost) for cost in stages]), _box_of(near.arrays), solver)


def _settled(
    near: Neighbour, name: str, costs: Floats, noise: Floats, box: Box, solver: Solver
) -> tuple[Floats, Floats]:
    """z and reduced costs at the optimum, by a few pivots or by the solver. Errors: NotSettled."""
    basis = near.basis(name)
    try:
        found = None if solver.asked else Ascent(basis, costs, noise, box).optimise()
    except NotSettled:
        found = None
    if found is None:
        # Many pivots away, or in doubt; what was far in one programme is far in the next.
        basis = solver.basis(near.basis(name), costs, noise, box)
        found = Ascent(basis, costs, noise, box).optimise()
    near.bases[name] = basis
    near.pivots += basis.pivots
    return found


def _ranking(among: Any, width: int) -> Floats:
    """A different worth for each of these columns."""
    ranking = np.zeros(width)
    ranking[among] = 1.0 + np.sqrt(np.arange(2, len(among) + 2)) % 1.0
    return ranking


def _box_of(arrays: Arrays) -> Box:
    return Box(np.concatenate([arrays.lower, arrays.row_lower]), np.concatenate([arrays.upper, arrays.row_upper]))


def _prices(near: Neighbour, values: Floats, cost: Floats, solver: Solver) -> None:
    """The one basis of the least prices. Errors: NotSettled where there may be several."""
    away = away_from(near.arrays, values, cost)
    box = Box(*(np.concatenate(pair) for pair in zip(away.columns, away.rows, strict=True)))
    costs = np.zeros((1, near.bases[PLAN].matrix.width))
    costs[0, : len(cost)] = away.cost
    noise = NOISE_OF_PRICES * float(np.abs(away.cost).max(initial=0.0))
    z, reduced = _settled(near, PRICES, costs, np.array([noise]), box, solver)
    basis = near.bases[PRICES]
    inside = basis.basic
    if (np.minimum(z[inside] - box.lower[inside], box.upper[inside] - z[inside]) < ROOM).any():
        raise NotSettled
    if (reduced[0, ~basis.is_basic()] == 0).any():
        raise NotSettled


def _from_solver(matrix: Matrix, basis: Any) -> Basis:
    """A basis as the solver states it, column by column and row by row."""
    stands = np.array([int(status) for status in (*basis.col_status, *basis.row_status)])
    return Basis(matrix, np.flatnonzero(stands == _BASIC), stands == _UPPER)


def _for_solver(basis: Basis) -> Any:
    """The basis as the solver takes it."""
    stands = np.where(basis.at_upper, _UPPER, _LOWER)
    stands[basis.basic] = _BASIC
    statuses = [_STATUS[s] for s in stands.tolist()]
    stated = highspy.HighsBasis()
    width = basis.matrix.width - basis.matrix.rows
    stated.col_status, stated.row_status = statuses[:width], statuses[width:]
    stated.valid = True
    return stated


_STATUS = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kUpper)
_LOWER, _BASIC, _UPPER = (int(status) for status in _STATUS)
