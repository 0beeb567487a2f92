"""What plans teach about a loss function: slopes of it, over all draws or over those above the threshold lately."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Floats

Numbers = NDArray[np.intp]

Booleans = NDArray[np.bool_]

NEW_DRAWS = 0.1
"""Of the draws above the threshold at a plan: how many may not have been so lately where those that have are most."""

LATELY = 400
"""Looks for which a draw above the threshold at one of them counts as one that may be so again."""

ALL_EVERY = 60
"""Looks between two over all draws, whatever those seen lately say."""


@dataclass(frozen=True, slots=True)
class Point:
    """A plan as a loss function sees it: the money exposed, what its thresholds sum up to, its excess [EUR million]."""

    exposed: Floats
    threshold: float
    excess: float


@dataclass(frozen=True, slots=True)
class Slope:
    """excess + weight · threshold ≥ lost · exposures: the mean loss of some draws, each less the threshold."""

    lost: Floats
    weight: float

    def hides(self, point: Point) -> float:
        """By how much a plan's excess is below this slope."""
        return float((self.lost * point.exposed).sum()) - self.weight * point.threshold - point.excess


class Part(Protocol):
    """Some of the draws, with their probabilities."""

    probability: Floats

    def of(self, draws: Numbers) -> Part:
        """Some of these."""

    def lost(self, exposed: Floats) -> Floats:
        """Σ_i losses[s,i] · exposed[i], by draw."""

    def slope(self, above: Booleans) -> Slope:
        """The mean loss of those that are above, by draw."""


class _Failures:
    """Draws that lose a share of an exposure or nothing of it, the same share in all, each draw as probable as another.

    Which exposures fail stands in bits: what eleven of them lose is one number out of 2048, and how often one fails is
    counted 64 draws at a time. Less than half the time of a sparse product, and a thirtieth of its memory, which leaves
    the processor's caches to the solver.
    """

    def __init__(self, failing: NDArray[np.uint16], share: Floats, probability: Floats):
        """failing: a bit for an exposure, eleven of them a number (⌈n / 11⌉ × S). share: lost of each (n)."""
        self.probability = probability
        self._failing, self._share = failing, share
        fails = ((failing[:, None, :] & _BITS) != 0).reshape(len(failing) * _GROUP, len(probability))
        self._by_exposure = _words(fails[: len(share)])

    def of(self, draws: Numbers) -> _Failures:
        # Not "[:, draws]": what that gives is laid out by draw.
        return _Failures(self._failing.take(draws, axis=1), self._share, self.probability[draws])

    def lost(self, exposed: Floats) -> Floats:
        grouped = np.zeros((len(self._failing), _GROUP))
        grouped.flat[: len(exposed)] = exposed * self._share
        lost, each = np.zeros(len(self.probability)), np.empty(len(self.probability))
        numbers = np.empty(len(lost), dtype=np.intp)  # what numpy looks up with; it would make them anew each time
        for sums, failing in zip(_sums(grouped), self._failing, strict=True):
            numbers[:] = failing
            lost += sums.take(numbers, out=each, mode="clip")
        return lost

    def slope(self, above: Booleans) -> Slope:
        asked = _words(above[None, :])
        counts = np.bitwise_count(self._by_exposure & asked).sum(axis=1)
        draws = int(np.bitwise_count(asked).sum())
        each = float(self.probability[0]) if draws else 0.0
        return Slope(counts * (self._share * each), draws * each)


class _Shares:
    """Draws that lose any share of an exposure, as a sparse matrix: most exposures stand in most draws."""

    def __init__(self, losses: Any, probability: Floats):
        self.probability = probability
        self._losses = losses

    def of(self, draws: Numbers) -> _Shares:
        return _Shares(self._losses[draws], self.probability[draws])

    def lost(self, exposed: Floats) -> Floats:
        # Not a dense "@": its threads wait for each other on a busy machine, for longer than the work takes.
        lost: Floats = self._losses @ exposed
        return lost

    def slope(self, above: Booleans) -> Slope:
        # To copy the rows of many takes longer than to multiply those of the others by nothing.
        every = np.where(above, self.probability, 0.0)
        return Slope(self._losses.T @ every, float(every.sum()))


def part_of(losses: Floats, probability: Floats) -> Part:
    """All draws of a loss function."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

    fails, share = losses != 0, losses.max(axis=0, initial=0.0)
    if len(losses) and not np.ptp(probability) and bool((~fails | (losses == share)).all()):
        failing = np.zeros((-(-len(share) // _GROUP), len(losses)), dtype=np.uint16)
        for n in range(len(share)):
            failing[n // _GROUP] |= fails[:, n].astype(np.uint16) << n % _GROUP
        return _Failures(failing, share, probability)
    return _Shares(csr_array(losses), probability)


def _words(is_true: Booleans) -> NDArray[np.uint64]:
    """Truths by row, 64 in a number."""
    rows, columns = is_true.shape
    eights = np.zeros((rows, -(-columns // 64) * 8), dtype=np.uint8)
    eights[:, : -(-columns // 8)] = np.packbits(is_true, axis=1)
    return eights.view(np.uint64)


_GROUP = 11
"""Exposures looked up together: 2048 sums are as many as a processor has at hand at once."""

_BITS = (1 << np.arange(_GROUP)).astype(np.uint16)[:, None]

_FEW = 5
"""Exposures of a group whose sums are made apart from those of the others."""

_FEWER, _OTHERS = (((np.arange(1 << n) >> np.arange(n)[:, None]) & 1).astype(float) for n in (_FEW, _GROUP - _FEW))


def _sums(grouped: Floats) -> Floats:
    """What each of the 2048 subsets of a group sums up to, by group.

    One product of all eleven is large enough for numpy's library to share out among threads, which wait longer for each
    other than the work takes.
    """
    few, others = grouped[:, :_FEW] @ _FEWER, grouped[:, _FEW:] @ _OTHERS
    sums: Floats = others[:, :, None] + few[:, None, :]
    return sums.reshape(len(grouped), 1 << _GROUP)


class Draws:
    """The draws of one loss function, and which of them have reached above the threshold lately."""

    def __init__(self, function: LossFunction, parts: dict[tuple[int, int], Part]):
        key = id(function.losses), id(function.probability)
        if key not in parts:
            parts[key] = part_of(function.losses, function.probability)
        self._all = parts[key]
        self._looks = 0
        self._seen = np.full(len(function.probability), -LATELY)
        self._lately: Numbers = np.array([], dtype=np.intp)
        self._part: Part | None = None
        self._part_above = self._seen[:0] > 0
        self._few_are_new = False
        self._exposures, self._threshold = (
            np.array(columns, dtype=np.intp) for columns in (function.exposures, function.threshold)
        )
        self._beside = np.array([function.excess, *function.threshold], dtype=np.intp)
        self.function = function
        self.stated: dict[tuple[bytes, float], Slope] = {}

    def twin(self) -> Draws:
        """The same draws for another thread, with what is known so far."""
        twin = copy.copy(self)
        twin.stated, twin._seen, twin._part_above = dict(self.stated), self._seen.copy(), self._part_above.copy()
        return twin

    def point(self, values: Floats) -> Point:
        """A plan as the function sees it."""
        return Point(values[self._exposures], float(values[self._threshold].sum()), float(values[self.function.excess]))

    def row(self, slope: Slope) -> tuple[Numbers, Floats]:
        """excess + weight · threshold − lost · exposures ≥ 0: its columns, and their coefficients."""
        lost = np.flatnonzero(slope.lost)
        coefficients = np.full(len(self._beside) + len(lost), slope.weight)
        coefficients[0] = 1.0
        coefficients[len(self._beside) :] = -slope.lost[lost]
        return np.concatenate([self._beside, self._exposures[lost]]), coefficients

    def mean(self) -> Slope:
        """The mean loss of all draws, less the threshold."""
        return self._all.slope(np.ones(len(self._all.probability), dtype=bool))

    def slopes(self, plans: Sequence[Point], cheaply: bool) -> Iterator[Slope]:
        """Slopes at these plans over all draws; cheaply: over those seen above lately, once these are most.

        They are as true of every plan. Of 100,000 draws a third ever reach above the value at risk, 5,000 at one plan,
        and 10,000 at the plans of a few hundred looks.
        """
        self._looks += 1
        if cheaply and self._few_are_new and self._looks % ALL_EVERY:
            if self._part is None:
                self._lately = np.flatnonzero(self._seen > self._looks - LATELY)
                self._part, self._part_above = self._all.of(self._lately), np.zeros(len(self._lately), dtype=bool)
            for point in plans:
                above = self._above(self._part, point)
                self._part_above |= above
                yield self._part.slope(above)
            return
        if self._part is not None:
            # To the nearest look over all: to note each look by draw takes half as long as the look.
            self._seen[self._lately[self._part_above]], self._part = self._looks, None
        for point in plans:
            above = self._above(self._all, point)
            new = int(np.count_nonzero(self._seen[above] <= self._looks - LATELY))
            self._few_are_new = new <= NEW_DRAWS * int(np.count_nonzero(above))
            self._seen[above] = self._looks
            yield self._all.slope(above)

    @staticmethod
    def _above(part: Part, point: Point) -> Booleans:
        """Those that reach above the threshold at a plan, by draw."""
        return part.lost(point.exposed) > point.threshold
