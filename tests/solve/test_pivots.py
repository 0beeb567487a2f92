"""Pivots from a neighbour's basis: the plan the solver finds from nothing, stage by stage."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from optimiser.solve.arrays import Arrays
from optimiser.solve.goals import priced
from optimiser.solve.neighbour import Solver
from optimiser.solve.pivots import Ascent, Basis, Box, Matrix, NotSettled
from optimiser.solve.session import Session

Floats = NDArray[np.float64]


def knapsack(capacity: float, worth: tuple[float, float] = (3.0, 2.0)) -> Arrays:
    """max worth·x with x0 + x1 ≤ capacity, 0 ≤ x ≤ 1."""
    return arrays_of(np.array([[1.0, 1.0]]), np.array(worth), np.array([capacity]))


def arrays_of(matrix: Floats, cost: Floats, most: Floats) -> Arrays:
    rows, columns = matrix.shape
    return Arrays(
        cost=cost,
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.zeros(columns, dtype=bool),
        row_lower=np.full(rows, -np.inf),
        row_upper=most,
        start=np.arange(0, rows * columns + 1, columns, dtype=np.int32),
        index=np.tile(np.arange(columns, dtype=np.int32), rows),
        value=matrix.ravel(),
    )


def slack_basis(arrays: Arrays) -> Basis:
    """Every column at 0, every row follows."""
    matrix, columns = Matrix(arrays), len(arrays.cost)
    return Basis(matrix, np.arange(columns, matrix.width), np.zeros(matrix.width, dtype=bool))


def best(basis: Basis, arrays: Arrays, stages: list[Floats]) -> Floats:
    costs = np.zeros((len(stages), basis.matrix.width))
    costs[:, : len(arrays.cost)] = stages
    box = Box(np.concatenate([arrays.lower, arrays.row_lower]), np.concatenate([arrays.upper, arrays.row_upper]))
    z, _ = Ascent(basis, costs, np.array([priced(cost) for cost in stages]), box).optimise()
    return z[: len(arrays.cost)]


def test_a_bound_moves_and_the_plan_with_it() -> None:
    # 1.5: all of the first, half of the second; 1.25 a quarter, with the same basis; 0.75: three quarters of the first.
    basis = slack_basis(knapsack(1.5))
    for capacity, plan, pivots in ((1.5, [1.0, 0.5], None), (1.25, [1.0, 0.25], 0), (0.75, [0.75, 0.0], 1)):
        arrays = knapsack(capacity)
        assert best(basis, arrays, [arrays.cost]).tolist() == pytest.approx(plan)
        assert pivots is None or basis.pivots == pivots


def test_a_price_moves_and_the_plan_with_it() -> None:
    basis = slack_basis(knapsack(1.5))
    assert best(basis, knapsack(1.5), [np.array([3.0, 2.0])]).tolist() == [1.0, 0.5]
    assert best(basis, knapsack(1.5), [np.array([2.0, 3.0])]).tolist() == [0.5, 1.0]


def test_what_the_first_stage_leaves_equal_the_second_decides() -> None:
    arrays = knapsack(1.0, (1.0, 1.0))
    for second, plan in (([0.0, 1.0], [0.0, 1.0]), ([1.0, 0.0], [1.0, 0.0])):
        assert best(slack_basis(arrays), arrays, [arrays.cost, np.array(second)]).tolist() == plan


def test_no_plan_is_not_settled() -> None:
    with pytest.raises(NotSettled):
        arrays = knapsack(-1.0)
        best(slack_basis(arrays), arrays, [arrays.cost])


def test_prices_that_are_a_little_off_are_put_right() -> None:
    # The first two columns are basic: with prices off by a thousandth, the basic ones are not 0.
    arrays = arrays_of(np.array([[1.0, 2.0, 3.0], [4.0, 1.0, 2.0]]), np.array([5.0, 4.0, 3.0]), np.array([7.0, 8.0]))
    basis = Basis(Matrix(arrays), np.array([0, 1]), np.zeros(5, dtype=bool))
    costs = np.array([[5.0, 4.0, 3.0, 0.0, 0.0]])
    off = basis.reduced(costs) - (basis.matrix.by_row @ np.array([[0.001], [-0.002]])).T
    assert np.abs(off[0, :2]).max() > 1e-4
    # By hand: y = (11, 6)/7, so that the third is worth 3 − (33 + 12)/7.
    assert basis.refined(off)[0].tolist() == pytest.approx([0, 0, 3 - 45 / 7, 11 / 7, 6 / 7], abs=1e-14)


def test_what_is_far_is_left_to_the_solver() -> None:
    # As many at the wrong bound as there are columns: no pivot is tried.
    arrays = arrays_of(np.ones((1, 30)), np.ones(30), np.array([100.0]))
    basis = slack_basis(arrays)
    with pytest.raises(NotSettled):
        best(basis, arrays, [arrays.cost])
    assert basis.pivots == 0


@pytest.mark.parametrize("seed", range(20))
def test_the_solver_goes_on_from_the_neighbours_basis(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 4, (6, 30)).astype(float)
    near: Basis | None = None
    for _ in range(4):
        arrays = arrays_of(matrix, rng.integers(1, 5, 30).astype(float), rng.integers(1, 12, 6).astype(float))
        costs = np.zeros((2, 36))
        costs[:, :30] = arrays.cost, rng.random(30)
        box = Box(np.concatenate([arrays.lower, arrays.row_lower]), np.concatenate([arrays.upper, arrays.row_upper]))
        noise = np.array([priced(cost) for cost in costs])
        solver = Solver(Session(arrays, threads=1), np.inf)
        near = solver.basis(near or slack_basis(arrays), costs, noise, box)
        z, _ = Ascent(near, costs, noise, box).optimise()
        # The proof holds as it stands: no pivot is left to make.
        assert near.pivots == 0 and solver.asked == 1
        plan, first = z[:30], best_value(arrays, costs[0, :30])
        assert costs[0] @ z == pytest.approx(first, abs=1e-7)
        assert (arrays.activity(plan) <= arrays.row_upper + 1e-8).all()
        assert costs[1] @ z == pytest.approx(best_value(arrays, costs[1, :30], (costs[0, :30], first)), abs=1e-5)


def test_the_solver_that_finds_no_plan_settles_nothing() -> None:
    arrays = knapsack(-1.0)
    costs = np.zeros((1, 3))
    costs[0, :2] = arrays.cost
    box = Box(np.concatenate([arrays.lower, arrays.row_lower]), np.concatenate([arrays.upper, arrays.row_upper]))
    for session, deadline in ((Session(arrays, 1), np.inf), (Session(knapsack(1.5), 1), -np.inf)):
        with pytest.raises(NotSettled):
            Solver(session, deadline).basis(slack_basis(arrays), costs, np.array([1e-9]), box)


def best_value(arrays: Arrays, cost: Floats, kept: tuple[Floats, float] | None = None) -> float:
    """The best of a sum, from nothing; kept: another sum and what it must reach."""
    session = Session(arrays, threads=1)
    if kept is not None:
        session.add_row(np.arange(len(cost)), kept[0], kept[1] - 1e-9, np.inf)
    session.maximise(cost)
    found = session.run(10.0).objective
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(40))
def test_neighbours_at_random_as_the_solver_finds_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 4, (5, 9)).astype(float)
    basis: Basis | None = None
    for _ in range(6):
        arrays = arrays_of(matrix, rng.integers(1, 5, 9).astype(float), rng.integers(1, 12, 5).astype(float))
        second = rng.random(9)
        basis = basis or slack_basis(arrays)
        plan = best(basis, arrays, [arrays.cost, second])
        first = best_value(arrays, arrays.cost)
        assert arrays.cost @ plan == pytest.approx(first, abs=1e-7)
        assert second @ plan == pytest.approx(best_value(arrays, second, (arrays.cost, first)), abs=1e-6)
        assert (arrays.activity(plan) <= arrays.row_upper + 1e-8).all()


@pytest.mark.parametrize("seed", range(30))
def test_a_bound_that_goes_leaves_its_row_to_follow_from_the_rest(seed: int) -> None:
    # Rows whose bound is gone stood at it in the neighbour's plan: they stand nowhere now.
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 4, (5, 9)).astype(float)
    basis: Basis | None = None
    gone = 0
    for step in range(6):
        most = rng.integers(1, 12, 5).astype(float)
        if step % 2 and basis is not None:
            at = np.flatnonzero(~basis.is_basic()[9:])
            most[at[:1]] = np.inf
            gone += len(at[:1])
        arrays = arrays_of(matrix, rng.integers(1, 5, 9).astype(float), most)
        basis = basis or slack_basis(arrays)
        plan = best(basis, arrays, [arrays.cost])
        assert arrays.cost @ plan == pytest.approx(best_value(arrays, arrays.cost), abs=1e-7)
        assert (arrays.activity(plan) <= arrays.row_upper + 1e-8).all()
        assert not np.isinf(most[~basis.is_basic()[9:]]).any()
    assert gone


def test_what_follows_from_nothing_with_a_bound_is_not_settled() -> None:
    # A row without bounds that holds a column without bounds: neither can stand anywhere.
    arrays = knapsack(1.5)
    basis = slack_basis(arrays)
    best(basis, arrays, [arrays.cost])
    assert basis.basic.tolist() == [1]
    free = knapsack(np.inf)
    free.lower[1], free.upper[1] = -np.inf, np.inf
    with pytest.raises(NotSettled):
        best(basis, free, [free.cost])
