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

    def slope(self, draws: Numbers) -> Slope:
        """The mean loss of some of them."""


class _Failures:
    """Draws that lose a share of an exposure or nothing of it, the same share in all, each draw as probable as another.

    Which exposures fail stands in bits: what eight of them lose is one number out of 256, and how often one fails is
    counted 64 draws at a time. Half the time of a sparse product, and a thirtieth of its memory, which leaves the
    processor's caches to the solver.
    """

    def __init__(self, failing: NDArray[np.uint8], share: Floats, probability: Floats):
        """failing: a bit for an exposure, eight of them a byte (⌈n / 8⌉ × S). share: lost of each (n)."""
        self.probability = probability
        self._failing, self._share = failing, share
        self._by_exposure = _words(np.unpackbits(failing, axis=0, count=len(share)))

    def of(self, draws: Numbers) -> _Failures:
        return _Failures(self._failing[:, draws], self._share, self.probability[draws])

    def lost(self, exposed: Floats) -> Floats:
        eight = np.zeros((len(self._failing), 8))
        eight.flat[: len(exposed)] = exposed * self._share
        lost = np.zeros(len(self.probability))
        for sums, failing in zip(eight @ _BITS, self._failing, strict=True):
            lost += sums.take(failing)
        return lost

    def slope(self, draws: Numbers) -> Slope:
        is_asked = np.zeros((1, len(self.probability)), dtype=np.uint8)
        is_asked[0, draws] = 1
        counts = np.bitwise_count(self._by_exposure & _words(is_asked)).sum(axis=1)
        each = float(self.probability[0]) if len(draws) else 0.0
        return Slope(counts * (self._share * each), len(draws) * each)


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

    def slope(self, draws: Numbers) -> Slope:
        # To copy the rows of many takes longer than to multiply those of the others by nothing.
        every = np.zeros(len(self.probability))
        every[draws] = self.probability[draws]
        return Slope(self._losses.T @ every, float(every.sum()))


def part_of(losses: Floats, probability: Floats) -> Part:
    """All draws of a loss function."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

    failing, share = losses != 0, losses.max(axis=0, initial=0.0)
    if len(losses) and not np.ptp(probability) and bool((losses == failing * share).all()):
        return _Failures(np.packbits(failing.T, axis=0), share, probability)
    return _Shares(csr_array(losses), probability)


def _words(is_true: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Truths by row, 64 in a number."""
    rows, columns = is_true.shape
    padded = np.zeros((rows, -(-columns // 64) * 64), dtype=np.uint8)
    padded[:, :columns] = is_true
    return np.packbits(padded, axis=1).view(np.uint64)


_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).T.astype(float)


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
        self._few_are_new = False
        self._exposures, self._threshold = (
            np.array(columns, dtype=np.intp) for columns in (function.exposures, function.threshold)
        )
        self.function = function
        self.stated: dict[tuple[bytes, float], Slope] = {}

    def twin(self) -> Draws:
        """The same draws for another thread, with what is known so far."""
        twin = copy.copy(self)
        twin.stated, twin._seen = dict(self.stated), self._seen.copy()
        return twin

    def point(self, values: Floats) -> Point:
        """A plan as the function sees it."""
        return Point(values[self._exposures], float(values[self._threshold].sum()), float(values[self.function.excess]))

    def mean(self) -> Slope:
        """The mean loss of all draws, less the threshold."""
        return self._all.slope(np.arange(len(self._all.probability)))

    def slopes(self, plans: Sequence[Point], cheaply: bool) -> Iterator[Slope]:
        """Slopes at these plans over all draws; cheaply: over those seen above lately, once these are most.

        They are as true of every plan. Of 100,000 draws a third ever reach above the value at risk, 5,000 at one plan,
        and 10,000 at the plans of a few hundred looks.
        """
        self._looks += 1
        if cheaply and self._few_are_new and self._looks % ALL_EVERY:
            if self._part is None:
                self._lately = np.flatnonzero(self._seen > self._looks - LATELY)
                self._part = self._all.of(self._lately)
            for point in plans:
                above = self._above(self._part, point)
                self._seen[self._lately[above]] = self._looks
                yield self._part.slope(above)
            return
        for point in plans:
            above = self._above(self._all, point)
            new = int(np.count_nonzero(self._seen[above] <= self._looks - LATELY))
            self._few_are_new = new <= NEW_DRAWS * len(above)
            self._seen[above], self._part = self._looks, None
            yield self._all.slope(above)

    @staticmethod
    def _above(part: Part, point: Point) -> Numbers:
        """Those that reach above the threshold at a plan."""
        return np.flatnonzero(part.lost(point.exposed) > point.threshold)
