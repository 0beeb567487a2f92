"""Loss functions written out draw by draw, for solvers that know nothing else and for files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Arrays


def with_plain_losses(arrays: Arrays, functions: Sequence[LossFunction]) -> Arrays:
    """The same programme with every draw written out (Rockafellar and Uryasev): a row and a column a draw.

    For other solvers and for files; far slower than rows learnt from plans from some thousand draws on.
    """
    if not functions:
        return arrays
    width = len(arrays.cost)
    start, index, value = arrays.start.tolist(), arrays.index.tolist(), arrays.value.tolist()
    for f in functions:
        draws = range(width, width + len(f.probability))
        index += [f.excess, *draws]
        value += [1.0, *(-f.probability).tolist()]
        start.append(len(index))
        for column, losses in zip(draws, f.losses, strict=True):
            lost = np.flatnonzero(losses)
            index += [column, *f.threshold, *np.asarray(f.exposures)[lost].tolist()]
            value += [1.0] * (1 + len(f.threshold)) + (-losses[lost]).tolist()
            start.append(len(index))
        width += len(f.probability)
    columns, rows = width - len(arrays.cost), len(start) - 1 - len(arrays.row_lower)
    return Arrays(
        cost=np.concatenate([arrays.cost, np.zeros(columns)]),
        lower=np.concatenate([arrays.lower, np.zeros(columns)]),
        upper=np.concatenate([arrays.upper, np.full(columns, np.inf)]),
        integer=np.concatenate([arrays.integer, np.zeros(columns, dtype=bool)]),
        row_lower=np.concatenate([arrays.row_lower, np.zeros(rows)]),
        row_upper=np.concatenate([arrays.row_upper, np.full(rows, np.inf)]),
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value, dtype=float),
    )
