"""The stated problem, taken out once as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimiser.model.programme import Block, PlainPort, Programme

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
        return np.bincount(self.rows(), self.value * z[self.index], len(self.row_lower)).astype(float)

    def transposed(self, prices: Floats) -> Floats:
        """Aᵀ prices, column by column."""
        return np.bincount(self.index, self.value * prices[self.rows()], len(self.cost)).astype(float)

    def largest_of_row(self) -> Floats:
        """The largest coefficient of each row, by its size."""
        largest = np.zeros(len(self.row_lower))
        filled = np.flatnonzero(np.diff(self.start))
        if len(filled):
            largest[filled] = np.maximum.reduceat(np.abs(self.value), self.start[filled])
        return largest

    def rows(self) -> Ints:
        """The row of each coefficient."""
        return np.repeat(np.arange(len(self.row_lower), dtype=np.int32), np.diff(self.start))

    def with_sums(self, sums: Sequence[tuple[Sequence[int], float]]) -> Arrays:
        """The same with further rows: each the sum of columns, at least a number."""
        sizes = [len(columns) for columns, _ in sums]
        added = np.array([i for columns, _ in sums for i in columns], dtype=np.int32)
        return replace(
            self,
            row_lower=np.concatenate([self.row_lower, [least for _, least in sums]]),
            row_upper=np.concatenate([self.row_upper, np.full(len(sums), np.inf)]),
            start=np.concatenate([self.start, self.start[-1] + np.cumsum(sizes, dtype=np.int32)]).astype(np.int32),
            index=np.concatenate([self.index, added]),
            value=np.concatenate([self.value, np.ones(len(added))]),
        )

    def same_shape(self, other: Arrays) -> bool:
        """Whether there are as many columns and rows."""
        return len(self.cost) == len(other.cost) and len(self.row_lower) == len(other.row_lower)

    def same_matrix(self, other: Arrays) -> bool:
        """Whether only bounds and prices differ."""
        return all(
            np.array_equal(a, b)
            for a, b in ((self.start, other.start), (self.index, other.index), (self.value, other.value))
        )


def arrays_of(programme: Programme) -> Arrays:
    """Take the problem out of its port, row by row, in the order it was stated."""
    port = programme.port
    blocks = port.blocks() if isinstance(port, PlainPort) else [Block(port.rows())]
    sizes, index, value, row_lower, row_upper = map(
        np.concatenate, zip(*(block.arrays for block in blocks), strict=True)
    )
    cost = np.zeros(programme.width)
    columns, coefficients = port.objective_terms()
    cost[columns] = coefficients
    return Arrays(
        cost=cost,
        lower=np.array(programme.lower, dtype=float),
        upper=np.array(programme.upper, dtype=float),
        integer=np.array(programme.integer, dtype=bool),
        row_lower=row_lower,
        row_upper=row_upper,
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        index=index,
        value=value,
    )
