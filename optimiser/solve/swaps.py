"""A better plan near a plan: one whole decision more, or one instead of another, as long as that helps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Floats
from optimiser.solve.options import SEED
from optimiser.solve.session import Run, Session

MOST_TRIED = 200
"""Exchanges tried without a better plan before the search ends."""


def swapped(
    session: Session,
    whole: NDArray[np.intp],
    plan: Run,
    settle: Callable[[Floats], Run | None],
    over: Callable[[], bool],
) -> Run:
    """The best plan that such exchanges lead to; exchanges in an order that chance decides, with a fixed seed.

    settle: the best plan with the whole decisions of these values, or None.
    """
    worth = session.prices[whole]
    chance = np.random.default_rng(SEED)
    while plan.values is not None and plan.objective is not None:
        made = np.round(plan.values[whole])
        out, into = np.flatnonzero(made > 0), np.flatnonzero((made == 0) & (worth > 0))
        pairs = [(-1, int(b)) for b in into] + [(int(a), int(b)) for a in out for b in into if worth[b] > worth[a]]
        better = None
        for n in chance.permutation(len(pairs))[:MOST_TRIED].tolist():
            if over():
                return plan
            a, b = pairs[n]
            values = plan.values.copy()
            values[whole] = made
            values[whole[b]] = 1.0
            if a >= 0:
                values[whole[a]] = 0.0
            settled = settle(values)
            if settled is not None and settled.objective is not None and settled.objective > plan.objective:
                better = settled
                break
        if better is None:
            return plan
        plan = better
    return plan
