"""Ways to keep one CVaR limit over many draws, on the same linear programme: median seconds, ratios, the same optimum.

python benchmarks/methods.py [--draws 5000] [--repeat 3] [--only cuts written-out-interior]

Ratios are what to read: seconds depend on the machine and on who else uses it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from losses import layered_fund
from scipy.sparse import csr_array, eye_array, hstack

from optimiser import load_document
from optimiser.model.build import build_model
from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Arrays, Floats, arrays_of
from optimiser.solve.losses import LossSession
from optimiser.solve.session import Method, Run, Session
from optimiser.solve.written_out import with_plain_losses

LIMIT_S = 300.0


def solved(arrays: Arrays, method: Method) -> float | None:
    """The optimum of a programme by one method of HiGHS; None where the time did not suffice."""
    session = Session(arrays, threads=1)
    session.maximise(arrays.cost)
    return session.run(LIMIT_S, method=method).objective


def row_of(arrays: Arrays, r: int) -> list[tuple[int, float]]:
    """A row as pairs of column and coefficient."""
    here = slice(int(arrays.start[r]), int(arrays.start[r + 1]))
    return list(zip(arrays.index[here].tolist(), arrays.value[here].tolist(), strict=True))


def over_money(arrays: Arrays, functions: Sequence[LossFunction]) -> Arrays:
    """Every draw written out over each euro of each tier, without a column for what a candidate may lose.

    The columns ``lost`` are put in the place of their sums: rows are as long as failures times tiers.
    """
    plain = with_plain_losses(arrays, functions)
    matrix = csr_array((plain.value, plain.index, plain.start), shape=(len(plain.row_lower), len(plain.cost)))
    lost = {i for f in functions for i in f.exposures}
    defined_by = {}  # lost column: the row that says what it is
    for r in range(len(arrays.row_lower)):
        for i, a in row_of(arrays, r):
            if i in lost and a == -1.0:
                defined_by[i] = r
    replaced = eye_array(len(plain.cost), format="lil")
    for i, r in defined_by.items():
        replaced[i, i] = 0.0
        for j, a in row_of(arrays, r):
            if j != i:
                replaced[i, j] = a
    product = csr_array(matrix @ replaced.tocsr())
    product.eliminate_zeros()
    return replace(plain, start=product.indptr, index=product.indices, value=product.data)


def dual_of(arrays: Arrays) -> Arrays:
    """The dual as a maximisation: max −(up·p − lo·q + u·r − l·s), Aᵀ(p − q) + r − s = cost, p, q, r, s ≥ 0.

    Bounds that are infinite have no column.
    """
    matrix = csr_array((arrays.value, arrays.index, arrays.start), shape=(len(arrays.row_lower), len(arrays.cost)))
    identity = eye_array(len(arrays.cost), format="csr")
    blocks, costs = [], []
    for rows, bound, sign in (
        (matrix, arrays.row_upper, 1.0),
        (matrix, arrays.row_lower, -1.0),
        (identity, arrays.upper, 1.0),
        (identity, arrays.lower, -1.0),
    ):
        finite = np.flatnonzero(np.isfinite(bound))
        blocks.append(sign * csr_array(rows)[finite].T)
        costs.append(-sign * bound[finite])
    dual = csr_array(hstack(blocks, format="csr"))
    cost = np.concatenate(costs)
    return Arrays(
        cost=cost,
        lower=np.zeros(len(cost)),
        upper=np.full(len(cost), np.inf),
        integer=np.zeros(len(cost), dtype=bool),
        row_lower=arrays.cost,
        row_upper=arrays.cost,
        start=dual.indptr.astype(np.int32),
        index=dual.indices.astype(np.int32),
        value=dual.data,
    )


class Cold(LossSession):
    """Rows learnt from plans, every round from nothing."""

    def _run(self, time_limit_s: float) -> Run:
        self._highs.clearSolver()
        return super()._run(time_limit_s)


class Kelley(LossSession):
    """Rows learnt at each plan itself, never at a mean of plans."""

    def _refined(self, values: Floats, exactly: bool = True) -> bool:
        self._rows.forget_plans()
        return super()._refined(values, exactly)


def kept(session: LossSession) -> float | None:
    """The optimum by rows learnt from plans."""
    session.maximise(session.arrays.cost)
    return session.run(LIMIT_S).objective


def main() -> None:
    """A line for each method: median seconds of some runs in turn, how many times the first, and the optimum."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--draws", type=int, default=5_000)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--only", nargs="*", default=[])
    asked = arguments.parse_args()
    model = build_model(load_document(layered_fund(draws=asked.draws)).expect())
    arrays, functions = arrays_of(model.programme), model.losses
    methods: dict[str, Callable[[], float | None]] = {
        "cuts": lambda: kept(LossSession(arrays, 1, functions)),
        "cuts-cold": lambda: kept(Cold(arrays, 1, functions)),
        "cuts-kelley": lambda: kept(Kelley(arrays, 1, functions)),
        "written-out-interior": lambda: solved(with_plain_losses(arrays, functions), "interior"),
        "written-out-simplex": lambda: solved(with_plain_losses(arrays, functions), "dual"),
        "over-money-interior": lambda: solved(over_money(arrays, functions), "interior"),
        "dual-simplex": lambda: solved(dual_of(with_plain_losses(arrays, functions)), "dual"),
        "dual-primal-simplex": lambda: solved(dual_of(with_plain_losses(arrays, functions)), "primal"),
    }
    names = asked.only or list(methods)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    found: dict[str, float | None] = {}
    for _ in range(asked.repeat):
        for name in names:  # in turn, so that a busy minute falls on all of them
            started = time.perf_counter()
            found[name] = methods[name]()
            seconds[name].append(time.perf_counter() - started)
    first = statistics.median(seconds[names[0]])
    for name in names:
        median, value = statistics.median(seconds[name]), found[name]
        told = "none in time" if value is None else f"{abs(value):.3f}"
        print(f"{name:22} {median:8.2f} s {median / first:7.1f}  {told}", flush=True)


if __name__ == "__main__":
    main()
