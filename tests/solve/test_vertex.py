"""The answer taken anew: one basis of a plan at which more bounds meet than are needed, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.session import Method, Run, Session
from optimiser.solve.vertex import Vertex, of_basis, vertex_of


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


def test_a_session_that_was_used_before_says_the_same_to_the_letter() -> None:
    # A family keeps its session: what it solved before, other bounds and other costs, must leave no trace.
    rng = np.random.default_rng(7)
    matrix = rng.uniform(0.1, 9.0, (12, 30))
    kept = Session(packed(matrix, rng), threads=1)
    for _ in range(20):
        arrays = packed(matrix, rng)
        search = Session(arrays, threads=1)
        values = search.run(10.0).values
        assert values is not None
        kept.change(arrays)
        found = of_basis(kept, values, arrays.cost, search.basis())
        anew = of_basis(Session(arrays, threads=1), values, arrays.cost, search.basis())
        assert found is not None and anew is not None and found.exact and anew.exact
        assert found.row_range is not None and anew.row_range is not None
        for one, other in zip((found.values, found.row_dual, *found.row_range), exactly(anew), strict=True):
            assert one.tolist() == other.tolist()
        kept.bound_columns(np.arange(30), np.zeros(30), rng.uniform(0.1, 1.0, 30))
        kept.maximise(rng.uniform(-1, 1, 30))
        kept.run(10.0, method="primal")


def exactly(vertex: Vertex) -> tuple[Floats, ...]:
    assert vertex.row_range is not None
    return vertex.values, vertex.row_dual, *vertex.row_range


def packed(matrix: Floats, rng: np.random.Generator) -> Arrays:
    """max cost·x with matrix·x below random bounds, 0 ≤ x ≤ 1."""
    rows, columns = matrix.shape
    return Arrays(
        cost=rng.uniform(1, 10, columns),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.zeros(columns, dtype=bool),
        row_lower=np.full(rows, -np.inf),
        row_upper=rng.uniform(5, 40, rows),
        start=np.arange(0, rows * columns + 1, columns, dtype=np.int32),
        index=np.tile(np.arange(columns, dtype=np.int32), rows),
        value=matrix.ravel(),
    )
