"""Which decision a search tree branches on: what a step costs is learnt from nodes behind such steps, and by trying it
until enough is known.

Reliability branching (Achterberg, Koch and Martin 2005, doi 10.1016/j.orl.2004.04.002).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Floats

RELIABLE = 16
"""Trials of a step, nodes behind it counted, after which its mean cost is believed."""

MOST_TRIED = 30
"""Decisions tried at one node, the most fractional first."""

LEAST_COST = 1e-6
"""A step that costs nothing counts as much, so that the other side of the decision still counts."""

Bounds = NDArray[np.int32]
"""Of whole decisions: a node keeps two of them."""

Probe = Callable[[int, bool], float | None]
"""(decision, upward) → what the relaxation is worth after the step; None where no better plan is left."""


@dataclass(frozen=True, slots=True)
class Step:
    """A decision moved up or down, by so much, where the relaxation was worth ``value``."""

    decision: int
    upward: bool
    by: float
    value: float


class Branching:
    """What steps cost so far, for each unit by which they moved a decision: down and up."""

    def __init__(self, decisions: int):
        self._cost = np.zeros((2, decisions))
        self._trials = np.zeros((2, decisions))

    def learn(self, step: Step, reached: float) -> None:
        """What the relaxation is worth after a step: by a trial, or by the node that it led to."""
        self._cost[int(step.upward), step.decision] += max(step.value - reached, 0.0) / step.by
        self._trials[int(step.upward), step.decision] += 1

    def choose(
        self, at: Floats, value: float, lower: Bounds, upper: Bounds, probe: Probe, whole_within: float
    ) -> int | None:
        """The decision whose two sides promise to lose most together.

        at: the decisions in the relaxation. value: what it is worth. Bounds are narrowed in place where a side holds no
        better plan; None where that leaves nothing to branch on, or no plan at all (a lower bound above the upper).
        """
        part = at - np.floor(at)
        fraction = np.minimum(part, 1.0 - part)
        open_ = np.flatnonzero(fraction > whole_within)
        unsure = [n for n in open_.tolist() if self._trials[:, n].min() < RELIABLE]
        for n in sorted(unsure, key=lambda n: (-fraction[n], n))[:MOST_TRIED]:
            for upward in (False, True):
                reached = probe(n, upward)
                if reached is None:
                    if upward:
                        upper[n] = np.floor(at[n])
                    else:
                        lower[n] = np.ceil(at[n])
                    break
                self.learn(Step(n, upward, 1.0 - part[n] if upward else part[n], value), reached)
            if lower[n] > upper[n]:
                return None
        left = open_[lower[open_] < upper[open_]]
        if not len(left):
            return None
        known = np.maximum(self._trials, 1.0)
        mean = float(self._cost.sum() / max(self._trials.sum(), 1.0))
        down, up = np.where(self._trials > 0, self._cost / known, mean)
        score = np.maximum(down * part, LEAST_COST) * np.maximum(up * (1.0 - part), LEAST_COST)
        return int(left[np.argmax(score[left])])
