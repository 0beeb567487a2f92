"""The answer taken anew: one basis of a plan at which more bounds meet than are needed, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optimiser.solve.arrays import Arrays
from optimiser.solve.session import Method, Run, Session
from optimiser.solve.vertex import Vertex, vertex_of


def both_met(order: tuple[int, int]) -> Arrays:
    """max 3x with x ≤ 2, stated twice: once as x ≤ 2 and once as 2x ≤ 4. Any split of the price 3 is right."""
    rows = [(1.0, 2.0), (2.0, 4.0)]
    return Arrays(
        cost=np.array([3.0]),
        lower=np.zeros(1),
        upper=np.full(1, np.inf),
        integer=np.zeros(1, dtype=bool),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([rows[n][1] for n in order]),
        start=np.array([0, 1, 2], dtype=np.int32),
        index=np.zeros(2, dtype=np.int32),
        value=np.array([rows[n][0] for n in order]),
    )


def taken_anew(arrays: Arrays, method: Method = "dual") -> Vertex:
    session = Session(arrays, threads=1)
    session.maximise(arrays.cost)
    session.run(10.0, method=method)

    def run() -> Run:
        return session.run(10.0, method=method)

    vertex = vertex_of(session, np.array([2.0]), arrays.cost, run, threads=1)
    assert vertex is not None and vertex.exact
    return vertex


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("method", ["dual", "primal"])
def test_the_least_prices_in_sum(order: tuple[int, int], method: Method) -> None:
    # 3 a unit of the first, or 1.5 of the second, of which a unit is half as much: 1.5 is the least sum.
    vertex = taken_anew(both_met(order), method)
    assert [float(price) for price in vertex.row_dual] == [(0.0, 1.5)[n] for n in order]
    assert vertex.values.tolist() == [2.0]


def test_the_price_holds_until_the_other_bound_is_met() -> None:
    # 2x ≤ 4 may fall to 0, and may not rise: x ≤ 2 stands in the way.
    vertex = taken_anew(both_met((0, 1)))
    assert vertex.row_range is not None
    low, high = vertex.row_range
    assert (float(low[1]), float(high[1])) == (0.0, 4.0)
