"""The PuLP problem, taken out once as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.model import pulp_port
from optimiser.model.programme import Programme

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Arrays:
    """max cost·z, row_lower ≤ A z ≤ row_upper, lower ≤ z ≤ upper; A by rows (start, index, value)."""

    cost: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    start: Ints
    index: Ints
    value: Floats

    def activity(self, z: Floats) -> Floats:
        """A z, row by row."""
        sums = np.zeros(len(self.row_lower))
        rows = np.repeat(np.arange(len(self.row_lower)), np.diff(self.start))
        np.add.at(sums, rows, self.value * z[self.index])
        return sums


def arrays_of(programme: Programme) -> Arrays:
    """Take the stated problem out of PuLP, row by row, in the order it was stated."""
    start, index, value = [0], [], []
    row_lower, row_upper = [], []
    for columns, coefficients, sense, bound in pulp_port.rows(programme.problem, programme.variables):
        index += columns
        value += coefficients
        start.append(len(index))
        row_lower.append(-np.inf if sense == pulp_port.AT_MOST else bound)
        row_upper.append(np.inf if sense == pulp_port.AT_LEAST else bound)
    cost = np.zeros(len(programme.variables))
    columns, coefficients = pulp_port.objective_terms(programme.problem, programme.variables)
    cost[columns] = coefficients
    return Arrays(
        cost=cost,
        lower=np.array(programme.lower, dtype=float),
        upper=np.array(programme.upper, dtype=float),
        integer=np.array(programme.integer, dtype=bool),
        row_lower=np.array(row_lower, dtype=float),
        row_upper=np.array(row_upper, dtype=float),
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value, dtype=float),
    )
