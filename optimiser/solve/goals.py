"""Stages as numbers: a vector over the columns, and how near to its best a stage counts as there."""

from __future__ import annotations

import numpy as np

from optimiser.model.objective import Goal
from optimiser.solve.arrays import Floats
from optimiser.solve.options import FEASIBILITY_TOLERANCE, RELATIVE_ABSOLUTE_GAP

NOTHING = 1e-7
"""A fraction as small as that is none, as everywhere in the comparison of plans."""


def cost_of(goal: Goal, width: int) -> Floats:
    """The goal's sum as a vector over as many columns."""
    if not goal.pairs:
        return np.zeros(width)
    columns, coefficients = zip(*goal.pairs, strict=True)
    return np.bincount(columns, coefficients, width).astype(float)


def absolute_gap(cost: Floats) -> float:
    """The stated absolute gap of a stage [unit of the stage]: far below any difference its coefficients can make."""
    sizes = np.abs(cost[cost != 0])
    return float(min(RELATIVE_ABSOLUTE_GAP * sizes.max(), 1e-6 * sizes.min())) if len(sizes) else 0.0


def priced(cost: Floats) -> float:
    """A dual above this is a price, not noise."""
    return FEASIBILITY_TOLERANCE * max(float(np.abs(cost).max(initial=0.0)), 1e-300)
