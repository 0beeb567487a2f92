"""Any solver PuLP finds on this machine, behind the same few calls as the HiGHS session.

For a second opinion on the command line. Slower: the problem is stated again for every stage. Prices are
not read, since PuLP's solvers do not agree on their sign.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
import pulp

from optimiser.errors import SolverError, SolverUnavailable
from optimiser.model import pulp_port
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.session import Ending, Method, Run

_BY_WORD = {
    "cbc": ("PULP_CBC_CMD", "COIN_CMD"),
    "glpk": ("GLPK_CMD",),
    "scip": ("SCIP_CMD", "SCIP_PY"),
    "highs": ("HiGHS",),
}


def available_solvers() -> list[str]:
    """Names of the solvers PuLP finds on this machine."""
    return list(pulp.listSolvers(onlyAvailable=True))


def solver_called(name: str) -> str:
    """PuLP's name of the solver a user names (``cbc``, ``glpk``, ``scip``, or PuLP's own name).

    Errors: SolverUnavailable with the names of those that are installed.
    """
    found = available_solvers()
    for candidate in (*_BY_WORD.get(name.lower(), ()), name):
        for installed in found:
            if installed.lower() == candidate.lower():
                return installed
    raise SolverUnavailable(f"there is no solver {name!r} here; there are: {', '.join(found)}")


class ExternalSession:
    """The calls of ``Session``, each run a fresh problem given to another solver."""

    def __init__(self, arrays: Arrays, solver: str, width: int):
        """width: columns of the model itself; those behind them (draws written out) are not read back."""
        self.arrays = arrays
        self._width = width
        self.seconds = 0.0
        self._solver = solver_called(solver)
        self._cost = arrays.cost
        self._lower, self._upper = arrays.lower.copy(), arrays.upper.copy()
        self._row_lower, self._row_upper = list(arrays.row_lower), list(arrays.row_upper)
        self._rows = [
            (arrays.index[a:b].tolist(), arrays.value[a:b].tolist())
            for a, b in zip(arrays.start[:-1], arrays.start[1:], strict=True)
        ]
        self._integer = arrays.integer.copy()

    def maximise(self, cost: Floats) -> None:
        """Change the objective; columns beyond those named have no part in it."""
        self._cost = np.concatenate([cost, np.zeros(len(self._lower) - len(cost))])

    def bound_columns(self, columns: Any, lower: Floats, upper: Floats) -> None:
        """Change bounds of columns."""
        self._lower[columns], self._upper[columns] = lower, upper

    def bound_rows(self, rows: Any, lower: Floats, upper: Floats) -> None:
        """Change bounds of rows."""
        for row, least, most in zip(rows, lower, upper, strict=True):
            self._row_lower[row], self._row_upper[row] = least, most

    def add_row(self, columns: Any, coefficients: Floats, lower: float, upper: float) -> int:
        """A further row; its number."""
        self._rows.append((list(columns), list(coefficients)))
        self._row_lower.append(lower)
        self._row_upper.append(upper)
        return len(self._rows) - 1

    def relax(self) -> None:
        """Drop the integer conditions."""
        self._integer[:] = False

    def run(
        self,
        time_limit_s: float,
        mip_gap: float = 0.0,
        absolute_gap: float = 0.0,
        nodes: int | None = None,
        method: Method = "dual",
    ) -> Run:
        """Solve what stands."""
        problem, variables = self._stated()
        with warnings.catch_warnings():
            # PuLP 3.3 announces that PuLP 4 calls its CBC by another name; ``solver_called`` knows both.
            warnings.simplefilter("ignore", DeprecationWarning)
            solver = pulp.getSolver(self._solver, msg=False, timeLimit=max(time_limit_s, 0.1), gapRel=mip_gap)
        started = time.perf_counter()
        try:
            answer = problem.solve(solver)
        except pulp.PulpError as error:
            raise SolverError(f"{self._solver} failed: {error}") from error
        self.seconds += time.perf_counter() - started
        ending = _ending(problem, answer)
        found = [v.varValue for v in variables]
        if ending not in ("optimal", "time_limit") or any(value is None for value in found):
            return Run(ending, None, None, None, None, None)
        values = np.array(found, dtype=float)
        objective = float(self._cost @ values)
        bound = objective if ending == "optimal" else None
        return Run(ending, values[: self._width], None, None, objective, bound)

    def _stated(self) -> tuple[pulp.LpProblem, list[Any]]:
        problem = pulp_port.new_problem("investai")
        variables = []
        for i, integer in enumerate(self._integer):
            lower, upper = float(self._lower[i]), float(self._upper[i])
            variables.append(pulp_port.add_variable(problem, f"z{i}", lower, upper, bool(integer)))
        used = set(np.flatnonzero(self._cost).tolist())
        for n, (columns, coefficients) in enumerate(self._rows):
            used.update(columns)
            terms = [(variables[i], a) for i, a in zip(columns, coefficients, strict=True)]
            if np.isfinite(self._row_upper[n]):
                pulp_port.add_row(problem, f"r{n}u", terms, pulp_port.AT_MOST, float(self._row_upper[n]))
            if np.isfinite(self._row_lower[n]):
                pulp_port.add_row(problem, f"r{n}l", terms, pulp_port.AT_LEAST, float(self._row_lower[n]))
        # PuLP leaves out columns no row or objective names; a row makes every value come back.
        idle = [(v, 1.0) for i, v in enumerate(variables) if i not in used]
        if idle:
            pulp_port.add_row(problem, "idle", idle, pulp_port.AT_LEAST, 0.0)
        pulp_port.set_objective(problem, [(variables[i], float(a)) for i, a in enumerate(self._cost) if a != 0])
        return problem, variables


def _ending(problem: pulp.LpProblem, answer: Any) -> Ending:
    """How the solver ended: ``sol_status`` of the problem in PuLP 3.3, the returned statistics in PuLP 4."""
    if isinstance(answer, int):
        if problem.sol_status == 0:
            # No plan, and only ``status`` tells why: CBC's "Integer infeasible" is such a case.
            return _WITHOUT_PLAN.get(problem.status, "error")
        return _BY_NUMBER.get(problem.sol_status, "error")
    word = answer.status.name.lower()
    if word == "optimal" or (word == "gaplimit" and answer.has_solution):
        return "optimal"
    if word in ("infeasible", "unbounded"):
        return "infeasible" if word == "infeasible" else "unbounded"
    return "time_limit" if word.endswith("limit") else "error"


_BY_NUMBER: dict[int, Ending] = {1: "optimal", 2: "time_limit", -1: "infeasible", -2: "unbounded"}
"""PuLP 3.3's ``sol_status``; its ``status`` calls a plan cut off by the clock optimal."""

_WITHOUT_PLAN: dict[int, Ending] = {0: "time_limit", -1: "infeasible", -2: "unbounded"}
"""PuLP 3.3's ``status`` where no plan was found; 0 is a search that was cut off."""
