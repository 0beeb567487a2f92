"""The model as an LP or MPS file: exactly what is handed to the solver, under readable names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy

from optimiser.errors import SolverError
from optimiser.model.build import Model, build_model
from optimiser.model.programme import PulpPort
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, arrays_of
from optimiser.solve.session import QuietHighs, lp_of
from optimiser.solve.written_out import with_plain_losses


@dataclass(frozen=True, slots=True)
class Exported:
    """How large the model is: columns, how many of them integer, rows; and its stages by name.

    The file holds the first stage; the later ones are solved on what it reaches. Losses stand in it draw by draw.
    """

    columns: int
    integers: int
    rows: int
    stages: tuple[str, ...]


def export_model(scenario: Scenario, path: Path) -> Exported:
    """Write the model of a checked scenario; the ending of the path (``.lp``, ``.mps``) decides the format.

    Errors: SolverError where HiGHS refuses to write; OSError where the disk does.
    """
    port = PulpPort(scenario.name)
    model = build_model(scenario, port=port)
    arrays = with_plain_losses(arrays_of(model.programme), model.losses)
    highs = _named(model, port, arrays)
    # HiGHS does not say why it cannot open a file; Python does.
    path.open("wb").close()
    if highs.writeModel(str(path)) == highspy.HighsStatus.kError:
        raise SolverError(f"HiGHS could not write {path.name}")
    stages = tuple(goal.name for goal in model.stages)
    return Exported(len(arrays.cost), int(arrays.integer.sum()), len(arrays.row_lower), stages)


def _named(model: Model, port: PulpPort, arrays: Arrays) -> Any:
    """A fresh HiGHS with the model, its columns and rows named as in the PuLP problem."""
    lp = lp_of(arrays)
    # A right side of -0.0 is written as "-0", which reads oddly.
    lp.row_lower_, lp.row_upper_ = arrays.row_lower + 0.0, arrays.row_upper + 0.0
    lp.model_name_ = port.problem.name
    columns = [v.name for v in port.variables]
    rows = [row.name for row in port.problem.constraints()]
    for n, function in enumerate(model.losses):
        # The order in which the draws are written out: a column and a row each, behind the row of their mean.
        draws = range(len(function.probability))
        columns += [f"w.{n}.{s}" for s in draws]
        rows += [f"W1.mean.{n}", *(f"W1.draw.{n}.{s}" for s in draws)]
    lp.col_names_, lp.row_names_ = columns, rows
    highs: Any = QuietHighs()
    highs.setOptionValue("output_flag", False)
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused the model")
    return highs
