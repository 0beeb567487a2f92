"""The simplex method from a basis that is nearly optimal: a few pivots, each some products of vectors.

    max lexicographically C z  with  M z = 0, lower ≤ z ≤ upper, where z = (x, A x) and M = [A, −1]

One basis serves all stages C[0], C[1], …: optimal for the first, and among the plans as good for the second, and so on.
It is so where for every z[j] that stands at a bound the first of its reduced costs that is not 0 speaks for that bound.
What is found here is only ever a proposal with its proof beside it: ``Basis.settled`` recomputes both from nothing, and
where either is in doubt the search is done by the solver.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.options import FEASIBILITY_TOLERANCE

MOST_PIVOTS = 25
"""Pivots after which the solver is asked, which is slow to begin with and then fast: a neighbour is a few away."""

MOST_WRONG = 16
"""More at the wrong bound than this mean far more pivots than this (other prices): the solver is asked at once."""

MOST_FACTORS = 40
"""Pivots after which the basis is factorised again."""

FEW = 20
"""Pivots after which what they led to is computed with a basis factorised again."""

LEAST_PIVOT = 1e-7
"""An element smaller than this is no pivot: dividing by it would leave more noise than numbers."""

ACCURACY = 1e-11
"""Greatest error of a row that is taken as exact, against the greatest value."""

CLEAR = 5.0
"""A reduced cost is a price where it is this many times what counts as noise, and none where it is as far below."""

Booleans = NDArray[np.bool_]
Numbers = NDArray[np.intp]


class NotSettled(Exception):
    """The pivots led nowhere, or to something in doubt."""


class Matrix:
    """M = [A, −1], by columns and by rows."""

    def __init__(self, arrays: Arrays):
        from scipy.sparse import csr_matrix, hstack, identity  # type: ignore[import-untyped]

        shape = len(arrays.row_lower), len(arrays.cost)
        a = csr_matrix((arrays.value, arrays.index, arrays.start), shape=shape)
        self.rows = shape[0]
        self.width = shape[0] + shape[1]
        self.by_column = hstack([a, -identity(shape[0])]).tocsc()
        self.by_row = self.by_column.T
        self._parts: tuple[Any, Any] | None = None

    def parts(self) -> tuple[Any, Any]:
        """A, its coefficients above 0 and those below."""
        if self._parts is None:
            a = self.by_column[:, : self.width - self.rows]
            self._parts = a.maximum(0).tocsr(), a.minimum(0).tocsr()
        return self._parts

    def column(self, j: int) -> Floats:
        """One column."""
        found = np.zeros(self.rows)
        inside = slice(self.by_column.indptr[j], self.by_column.indptr[j + 1])
        found[self.by_column.indices[inside]] = self.by_column.data[inside]
        return found


@dataclass(frozen=True, slots=True)
class Box:
    """lower ≤ z ≤ upper."""

    lower: Floats
    upper: Floats

    @property
    def open(self) -> Booleans:
        """What may move at all."""
        return self.lower < self.upper


@dataclass(slots=True)
class Basis:
    """The columns of M whose z follows from the rest, each at its lower or upper bound; and B⁻¹ as factors."""

    matrix: Matrix
    basic: Numbers
    at_upper: Booleans
    pivots: int = 0
    _factors: Any = None
    _changes: list[tuple[int, Floats]] = field(default_factory=list)

    def copy(self) -> Basis:
        """The same, to pivot elsewhere."""
        copied = self.basic.copy(), self.at_upper.copy()
        return replace(self, basic=copied[0], at_upper=copied[1], _changes=list(self._changes))

    def on(self, matrix: Matrix) -> Basis:
        """The same columns of another matrix."""
        return Basis(matrix, self.basic.copy(), self.at_upper.copy())

    def is_basic(self) -> Booleans:
        """Which z follow from the rest."""
        found = np.zeros(self.matrix.width, dtype=bool)
        found[self.basic] = True
        return found

    def solve(self, v: Floats) -> Floats:
        """B⁻¹ v."""
        if self._factors is None:
            self.factorise()
        v = self._factors.solve(v)
        for p, column in self._changes:
            step = v[p] / column[p]
            v -= column * step
            v[p] = step
        return v

    def solve_transposed(self, v: Floats) -> Floats:
        """B⁻ᵀ v; v may have several columns."""
        if self._factors is None:
            self.factorise()
        v = v.copy()
        for p, column in reversed(self._changes):
            v[p] += (v[p] - column @ v) / column[p]
        return self._factors.solve(v, "T")  # type: ignore[no-any-return]

    def values(self, box: Box) -> Floats:
        """z, all but the basic ones at their bounds."""
        z = np.where(self.at_upper, box.upper, box.lower)
        z[self.basic] = 0.0
        z[self.basic] = self.solve(-(self.matrix.by_column @ z))
        return z

    def reduced(self, costs: Floats) -> Floats:
        """C − (B⁻ᵀ C_B)ᵀ M: what a unit more of each z is worth to each stage; 0 for the basic ones, but for noise."""
        prices = self.solve_transposed(np.ascontiguousarray(costs[:, self.basic].T))
        found: Floats = costs - (self.matrix.by_row @ prices).T
        return found

    def refined(self, reduced: Floats) -> Floats:
        """Reduced costs with less noise: what is left of the basic ones, which are 0, is taken out of the prices."""
        self.factorise()
        prices = self.solve_transposed(np.ascontiguousarray(reduced[:, self.basic].T))
        found: Floats = reduced - (self.matrix.by_row @ prices).T
        return found

    def row(self, p: int) -> Floats:
        """Row p of B⁻¹ M."""
        unit = np.zeros(self.matrix.rows)
        unit[p] = 1.0
        found: Floats = self.matrix.by_row @ self.solve_transposed(unit)
        return found

    def edge(self, entering: int, z: Floats, box: Box) -> tuple[Floats, float, int | None]:
        """One z leaves its bound: how what is basic changes per unit of its way, how far it gets, and which row it is
        that stops it (of equals the greatest pivot; None where its own other bound does)."""
        column = self.solve(self.matrix.column(entering))
        change = column if self.at_upper[entering] else -column
        bound = np.where(change > 0, box.upper[self.basic], box.lower[self.basic])
        with np.errstate(divide="ignore", invalid="ignore"):
            way = np.where(np.abs(change) > LEAST_PIVOT, (bound - z[self.basic]) / change, np.inf)
        way = np.maximum(way, 0.0)
        across, nearest = float(box.upper[entering] - box.lower[entering]), float(way.min(initial=np.inf))
        if across <= nearest:
            return change, across, None
        return change, nearest, int(np.where(way <= nearest + FEASIBILITY_TOLERANCE, np.abs(column), -1.0).argmax())

    def flip(self, j: int) -> None:
        """Let one z stand at its other bound."""
        if self.pivots >= MOST_PIVOTS:
            raise NotSettled
        self.pivots += 1
        self.at_upper[j] = not self.at_upper[j]

    def exchange(self, p: int, column: Floats, entering: int, to_upper: bool) -> None:
        """One pivot: what is basic in row p goes to a bound, ``entering`` takes its place. column: B⁻¹ M of it."""
        if abs(column[p]) < LEAST_PIVOT or self.pivots >= MOST_PIVOTS:
            raise NotSettled
        self.at_upper[self.basic[p]] = to_upper
        self.basic[p] = entering
        self.pivots += 1
        self._changes.append((p, column))
        if len(self._changes) > MOST_FACTORS:
            self.factorise()

    def factorise(self) -> None:
        """B⁻¹ from nothing, without the noise of the pivots since. Errors: NotSettled."""
        from scipy.sparse.linalg import splu  # type: ignore[import-untyped]

        try:
            self._factors = splu(self.matrix.by_column[:, self.basic])
        except RuntimeError as error:
            raise NotSettled from error
        self._changes = []


@dataclass(slots=True)
class Ascent:
    """Pivots from a basis to the optimum of stages over a box.

    noise: reduced costs of each stage up to this are 0.
    """

    basis: Basis
    costs: Floats
    noise: Floats
    box: Box

    def optimise(self) -> tuple[Floats, Floats]:
        """Pivot to the optimum: its z and reduced costs, proven. Errors: NotSettled."""
        self.basis.pivots = 0
        self._stand_somewhere()
        exactly = self.basis.reduced(self.costs)
        reduced = exactly.copy()
        self._clear(reduced)
        # What speaks against its bound counts nothing at first: then the basis is as good as it can be for its bounds.
        wrong, best = self._wrong(reduced)
        reduced[:, wrong] = 0.0
        z = self._dual(reduced)
        if best is not None:
            self._climb()
        if self.basis.pivots > FEW:
            self.basis.factorise()
        if best is not None or self.basis.pivots > FEW:
            z = self.basis.values(self.box)
        return self._settled(z, self.basis.reduced(self.costs) if self.basis.pivots else exactly)

    def _climb(self) -> None:
        """From a basis that keeps every bound: let z move off its bound where it helps."""
        reduced = self._reduced()
        while (best := self._wrong(reduced)[1]) is not None:
            self._enter(best, self.basis.values(self.box), reduced)

    def _settled(self, z: Floats, reduced: Floats) -> tuple[Floats, Floats]:
        """z and reduced costs at the optimum, held against what they stand for. Both: of the basis, with their noise.

        Errors: NotSettled.
        """
        basis = self.basis
        off = np.abs(basis.matrix.by_column @ z).max(initial=0.0) > ACCURACY * np.abs(z).max(initial=1.0)
        if off or self._beyond(z).max(initial=0.0) > FEASIBILITY_TOLERANCE:
            raise NotSettled
        if self._is_noisy(reduced):
            reduced = basis.refined(reduced)
            if self._is_noisy(reduced):
                raise NotSettled
        size = np.abs(reduced[:, self.box.open & ~basis.is_basic()])
        if ((size > self.noise[:, None] / CLEAR) & (size < self.noise[:, None] * CLEAR)).any():
            raise NotSettled
        self._clear(reduced)
        if self._wrong(reduced)[1] is not None:
            raise NotSettled
        return z, reduced

    def _is_noisy(self, reduced: Floats) -> bool:
        return bool((np.abs(reduced[:, self.basis.basic]) > self.noise[:, None] / CLEAR).any())

    def _reduced(self) -> Floats:
        found = self.basis.reduced(self.costs)
        self._clear(found)
        return found

    def _clear(self, reduced: Floats) -> None:
        """What is noise is 0."""
        reduced[np.abs(reduced) <= self.noise[:, None]] = 0.0
        reduced[:, self.basis.basic] = 0.0

    def _stand_somewhere(self) -> None:
        """Where a bound is gone, stand at the other; where both are, follow from the rest."""
        basis, box = self.basis, self.box
        here = np.where(basis.at_upper, box.upper, box.lower)
        lost = ~np.isfinite(here) & ~basis.is_basic()
        if not lost.any():
            return
        basis.at_upper[lost] = ~basis.at_upper[lost]
        free = np.flatnonzero(lost & ~np.isfinite(np.where(basis.at_upper, box.upper, box.lower)))
        for q in free.tolist():
            column = basis.solve(self.basis.matrix.column(q))
            ends = np.isfinite(box.lower[basis.basic]) | np.isfinite(box.upper[basis.basic])
            p = int(np.where(ends, np.abs(column), -1.0).argmax())
            if not ends[p]:
                raise NotSettled
            basis.exchange(p, column, q, not np.isfinite(box.lower[basis.basic[p]]))

    def _wrong(self, reduced: Floats) -> tuple[Booleans, int | None]:
        """What stands at the wrong bound, and what of it the first stage with any would gain most by.

        Errors: NotSettled where it is too much.
        """
        towards = np.where(self.basis.at_upper, 1.0, -1.0)
        undecided = self.box.open & ~self.basis.is_basic()
        every = np.zeros(len(undecided), dtype=bool)
        best: int | None = None
        for of_stage in reduced:
            wrong = undecided & (of_stage * towards < 0)
            if best is None and wrong.any():
                best = int(np.where(wrong, np.abs(of_stage), -1.0).argmax())
            every |= wrong
            undecided = undecided & (of_stage == 0)
        if np.count_nonzero(every) > MOST_WRONG:
            raise NotSettled
        return every, best

    def _beyond(self, z: Floats) -> Floats:
        """By how much each basic z is beyond its bounds, against their size."""
        basic = self.basis.basic
        lower, upper = self.box.lower[basic], self.box.upper[basic]
        beyond = np.maximum(lower - z[basic], z[basic] - upper)
        size = np.where(z[basic] < lower, np.abs(lower), np.abs(upper))
        found: Floats = beyond / np.maximum(1.0, np.where(np.isfinite(size), size, 1.0))
        return found

    def _dual(self, reduced: Floats) -> Floats:
        """z, once every bound is kept: what is beyond one goes there, and what costs least enters for it."""
        basis, box = self.basis, self.box
        while True:
            z = basis.values(box)
            beyond = self._beyond(z)
            p = int(beyond.argmax())
            if beyond[p] <= FEASIBILITY_TOLERANCE:
                return z
            leaving = basis.basic[p]
            to_upper = bool(z[leaving] > box.upper[leaving])
            row = basis.row(p)
            # z[leaving] changes by −row · Δz.
            helps = row * np.where(basis.at_upper, -1.0, 1.0) * (1.0 if to_upper else -1.0) > LEAST_PIVOT
            entering = self._cheapest(np.flatnonzero(helps & box.open & ~basis.is_basic()), row, reduced)
            column = basis.solve(basis.matrix.column(entering))
            self._exchange(p, column, entering, to_upper, row, reduced)

    def _cheapest(self, among: Numbers, row: Floats, reduced: Floats) -> int:
        """The one that loses least to the stages, in their order, per unit gained; of equals the greatest pivot."""
        for of_stage, noise in zip(reduced, self.noise, strict=True):
            if len(among) < 2:
                break
            loss = of_stage[among] * np.where(self.basis.at_upper[among], 1.0, -1.0) / np.abs(row[among])
            among = among[loss <= loss.min() + noise]
        if not len(among):
            raise NotSettled
        return int(among[np.abs(row[among]).argmax()])

    def _enter(self, entering: int, z: Floats, reduced: Floats) -> None:
        """Move one z off its bound as far as the others let it."""
        basis = self.basis
        change, step, p = basis.edge(entering, z, self.box)
        if step == np.inf:
            raise NotSettled
        if p is None:
            basis.flip(entering)
            return
        column = change if basis.at_upper[entering] else -change
        self._exchange(p, column, entering, bool(change[p] > 0), basis.row(p), reduced)

    def _exchange(self, p: int, column: Floats, entering: int, to_upper: bool, row: Floats, reduced: Floats) -> None:
        """A pivot, and what it makes of the reduced costs."""
        self.basis.exchange(p, column, entering, to_upper)
        reduced -= np.outer(reduced[:, entering] / row[entering], row)
        self._clear(reduced)
