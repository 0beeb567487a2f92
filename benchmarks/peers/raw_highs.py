"""HiGHS on arrays that are ready: what no modelling library can go below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from optimiser import load_document
from optimiser.model.build import build_model
from optimiser.solve.arrays import Arrays, arrays_of
from optimiser.solve.written_out import with_plain_losses

NAME = "HiGHS on prepared arrays"
PACKAGES = ("highspy",)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The programme, and for a frontier the row whose upper bound moves."""

    model: highspy.HighsLp
    sign: float = 1.0
    ceilings: tuple[float, ...] = ()


def prepare(job: str, data: Any) -> Any:
    if job == "batch":
        return [Prepared(lp_of(arrays_from(document))) for document in data]
    if job == "least_cvar":
        return Prepared(portfolio_lp(data), -1.0)
    if job == "frontier":
        return with_ceiling(data)
    return Prepared(lp_of(arrays_from(data.document if job == "layered" else data)))


def arrays_from(document: dict[str, Any]) -> Arrays:
    model = build_model(load_document(document).expect())
    return with_plain_losses(arrays_of(model.programme), model.losses)


def with_ceiling(trade_off: Any) -> Prepared:
    """One row more, the public money, whose upper bound moves."""
    model = build_model(load_document(trade_off.document).expect())
    chips, public = np.zeros(model.programme.width), np.zeros(model.programme.width)
    (goal,) = model.goals
    for column, amount in goal.pairs:
        # Weighted together in one goal: what lowers it is the public money, at a millionth a piece.
        (chips if amount > 0 else public)[column] = amount
    arrays = arrays_of(model.programme)
    row = csr_array((np.where(public < 0, 1.0, 0.0))[None, :])
    matrix = vstack([matrix_of(arrays), row], format="csr")
    return Prepared(
        lp(
            chips,
            arrays.lower,
            arrays.upper,
            matrix,
            np.append(arrays.row_lower, -np.inf),
            np.append(arrays.row_upper, np.inf),
        ),
        ceilings=tuple(trade_off.ceilings),
    )


def portfolio_lp(portfolio: Any) -> highspy.HighsLp:
    """Columns: shares, w by draw, η; minimised as the largest of the negative."""
    draws, names = portfolio.returns.shape
    tail = hstack([csr_array(portfolio.returns), eye_array(draws), csr_array(np.ones((draws, 1)))], format="csr")
    all_of_it = csr_array(np.concatenate([np.ones(names), np.zeros(draws + 1)])[None, :])
    cost = -np.concatenate([np.zeros(names), np.full(draws, 1 / (draws * (1 - portfolio.alpha))), [1.0]])
    return lp(
        cost,
        np.concatenate([np.zeros(names + draws), [-np.inf]]),
        np.concatenate([np.full(names, portfolio.most), np.full(draws + 1, np.inf)]),
        vstack([tail, all_of_it], format="csr"),
        np.append(np.zeros(draws), 1.0),
        np.append(np.full(draws, np.inf), 1.0),
    )


def matrix_of(arrays: Arrays) -> csr_array:
    return csr_array((arrays.value, arrays.index, arrays.start), shape=(len(arrays.row_lower), len(arrays.cost)))


def lp_of(arrays: Arrays) -> highspy.HighsLp:
    return lp(arrays.cost, arrays.lower, arrays.upper, matrix_of(arrays), arrays.row_lower, arrays.row_upper)


def lp(cost: Any, lower: Any, upper: Any, matrix: csr_array, row_lower: Any, row_upper: Any) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
    model.row_lower_, model.row_upper_ = row_lower, row_upper
    model.sense_ = highspy.ObjSense.kMaximize
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    return model


def allocation(prepared: Prepared) -> list[float]:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    assert solver.passModel(prepared.model) == highspy.HighsStatus.kOk
    if not prepared.ceilings:
        return [prepared.sign * value_of(solver)]
    values = []
    for most in prepared.ceilings:
        solver.changeRowBounds(prepared.model.num_row_ - 1, -np.inf, most)
        values.append(value_of(solver))
    return values


def value_of(solver: highspy.Highs) -> float:
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(solver.getInfo().objective_function_value)


least_cvar = layered = frontier = allocation


def batch(prepared: list[Prepared]) -> list[float]:
    return [allocation(one)[0] for one in prepared]
