"""What plans teach about a loss function: slopes of it, over all draws or over those above the threshold lately."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Floats

NEW_DRAWS = 0.1
"""Of the draws above the threshold at a plan: how many may not have been so lately where those that have are most."""

LATELY = 400
"""Looks for which a draw above the threshold at one of them counts as one that may be so again."""

ALL_EVERY = 60
"""Looks between two over all draws, whatever those seen lately say."""

FEW = 8
"""One in so many draws above the threshold, or fewer: their rows are copied before they are summed."""


@dataclass(frozen=True, slots=True)
class Slope:
    """excess + weight · threshold ≥ lost · exposures: the mean loss of some draws, each less the threshold."""

    lost: Floats
    weight: float

    def hides(self, function: LossFunction, values: Floats) -> float:
        """By how much a plan's excess is below this slope."""
        threshold = float(values[list(function.threshold)].sum())
        return (
            float((self.lost * values[list(function.exposures)]).sum())
            - self.weight * threshold
            - float(values[function.excess])
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the draws: their losses as a sparse matrix, since most sites stand in most draws; their probabilities."""

    losses: Any
    probability: Floats

    def above(self, function: LossFunction, values: Floats) -> NDArray[np.intp]:
        """Those that reach above the threshold at a plan."""
        # Not a dense "@": its threads wait for each other on a busy machine, for longer than the work takes.
        lost = self.losses @ values[list(function.exposures)]
        return np.flatnonzero(lost > values[list(function.threshold)].sum())

    def slope(self, above: NDArray[np.intp]) -> Slope:
        """The mean loss of some of them."""
        weight = self.probability[above]
        if len(above) * FEW < len(self.probability):
            lost = self.losses[above].T @ weight
        else:
            # To copy the rows of many takes longer than to multiply those of the others by nothing.
            every = np.zeros(len(self.probability))
            every[above] = weight
            lost = self.losses.T @ every
        return Slope(np.asarray(lost), float(weight.sum()))


class Draws:
    """The draws of one loss function, and which of them have reached above the threshold lately."""

    def __init__(self, function: LossFunction, matrices: dict[int, Any]):
        from scipy.sparse import csr_array  # type: ignore[import-untyped]

        if id(function.losses) not in matrices:
            matrices[id(function.losses)] = csr_array(function.losses)
        self._all = _Part(matrices[id(function.losses)], function.probability)
        self._looks = 0
        self._seen = np.full(len(function.probability), -LATELY)
        self._lately: NDArray[np.intp] = np.array([], dtype=np.intp)
        self._part: _Part | None = None
        self._few_are_new = False
        self.function = function
        self.stated: dict[tuple[bytes, float], Slope] = {}

    def twin(self) -> Draws:
        """The same draws for another thread, with what is known so far."""
        twin = copy.copy(self)
        twin.stated, twin._seen = dict(self.stated), self._seen.copy()
        return twin

    def mean(self) -> Slope:
        """The mean loss of all draws, less the threshold."""
        return self._all.slope(np.arange(len(self._all.probability)))

    def slopes(self, plans: Sequence[Floats], cheaply: bool) -> Iterator[Slope]:
        """Slopes at these plans over all draws; cheaply: over those seen above lately, once these are most.

        They are as true of every plan. Of 100,000 draws a third ever reach above the value at risk, 5,000 at one plan,
        and 10,000 at the plans of a few hundred looks.
        """
        self._looks += 1
        if cheaply and self._few_are_new and self._looks % ALL_EVERY:
            if self._part is None:
                self._lately = np.flatnonzero(self._seen > self._looks - LATELY)
                self._part = _Part(self._all.losses[self._lately].tocsc(), self._all.probability[self._lately])
            for values in plans:
                above = self._part.above(self.function, values)
                self._seen[self._lately[above]] = self._looks
                yield self._part.slope(above)
            return
        for values in plans:
            above = self._all.above(self.function, values)
            new = int(np.count_nonzero(self._seen[above] <= self._looks - LATELY))
            self._few_are_new = new <= NEW_DRAWS * len(above)
            self._seen[above], self._part = self._looks, None
            yield self._all.slope(above)
