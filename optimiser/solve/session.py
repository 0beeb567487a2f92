"""The solver session: the only place that speaks to HiGHS. A model is handed over once and then only changed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import highspy
import numpy as np

from optimiser.errors import SolverError
from optimiser.solve.arrays import Arrays, Floats, Ints
from optimiser.solve.options import FEASIBILITY_TOLERANCE, SEED
from optimiser.solve.watch import Watch

Method = Literal["dual", "primal", "interior"]
Ending = Literal["optimal", "time_limit", "node_limit", "infeasible", "unbounded", "error"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave: how it ended, the plan if there is one, the duals if they mean anything, and the bound."""

    ending: Ending
    values: Floats | None
    row_dual: Floats | None
    column_dual: Floats | None
    objective: float | None
    bound: float | None


class QuietHighs(highspy.Highs):
    """HiGHS without its banner: the first instance of a process prints one to stdout while it is constructed.

    It does so when callbacks are enabled, and only once: after one quiet instance, all others are quiet too.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.chosen: dict[str, Any] = {}

    def enableCallbacks(self) -> None:
        """The first call of the constructor; the console is switched off before it."""
        self.setOptionValue("log_to_console", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Session:
    """One HiGHS instance with one model. Always maximises; HiGHS minimises the negative, since its dual simplex method
    ends at a bound on the objective there alone.

    watch: looks on while it runs. A run it stops ends like one at its time limit; runs after that are not disturbed,
    so that the plan found can be made exact.
    """

    plans_are_exact = True
    """Whether a plan found on the way is one of the model, and not of a relaxation of it."""

    most_rounds: int | None = None
    """Where a linear programme is solved again until its plan hides nothing: after how many rounds it is given up."""

    def __init__(self, arrays: Arrays, threads: int, watch: Watch | None = None):
        self.arrays = arrays
        self.seconds = 0.0
        self._integer = bool(arrays.integer.any())
        self._scale = 1.0
        self._cost = arrays.cost
        self._largest = float(np.abs(arrays.cost).max(initial=0.0))
        self._is_as_stated = True
        self._stands: Any = None
        self._few_steps = False
        self._last: tuple[Run, Any] | None = None
        self._watch = watch
        self._threads = threads
        # highspy types half of its calls; every status is checked here instead.
        self._highs: Any = None
        self._begin()
        self._check(_pass(self._highs, arrays), "passModel")

    def _begin(self) -> None:
        """An instance of HiGHS, without a model."""
        self._highs = QuietHighs()
        self._set("output_flag", False)
        self._set("random_seed", SEED)
        self._set("threads", self._threads)
        self._set("primal_feasibility_tolerance", FEASIBILITY_TOLERANCE)
        self._set("dual_feasibility_tolerance", FEASIBILITY_TOLERANCE)
        self._set("mip_feasibility_tolerance", FEASIBILITY_TOLERANCE)
        if self._watch is not None:
            for interrupt in (self._highs.cbMipInterrupt, self._highs.cbSimplexInterrupt, self._highs.cbIpmInterrupt):
                interrupt.subscribe(self._looked_on)
        for option, small, usual in _SMALL_CHANGES:
            self._set(option, small if self._few_steps else usual)

    def continue_in_copy(self) -> None:
        """Go on in another instance with the model as it stands; the one so far is left as it is.

        What HiGHS 1.16 knows of earlier runs does not all go with ``forget``. Seen where scaling was switched off and
        on again: an "optimum" 128 times as large as the plan.
        """
        model = self._highs.getLp()
        self._begin()
        self._check(self._highs.passModel(model), "passModel")
        self._stands = None

    def expect_small_changes(self) -> None:
        """Many linear programmes follow, each a few dozen steps from the last: neither scaling nor a perturbation pays
        for itself then; without them such runs took two thirds of their time. Duals are read where they are asked for
        (``priced``)."""
        self._few_steps = True
        self.continue_in_copy()

    def expect_anything(self) -> None:
        """HiGHS's own choices again."""
        self._few_steps = False
        self.continue_in_copy()

    def maximise(self, cost: Floats) -> None:
        """Change the objective.

        HiGHS's tolerances on it are absolute, so it is scaled by a power of two (exact) until its largest
        coefficient is near 4096; what is read back is scaled back.
        """
        self._cost = cost
        self._largest = float(np.abs(cost).max(initial=0.0))
        self._scale = 1.0 if self._largest == 0 else float(2.0 ** (12 - np.floor(np.log2(self._largest))))
        columns = np.arange(len(cost), dtype=np.int32)
        self._check(self._highs.changeColsCost(len(cost), columns, -cost * self._scale), "changeColsCost")

    def change(self, arrays: Arrays) -> None:
        """Another model with the same matrix and no integers: its bounds; rows that were added go."""
        added = int(self._highs.getNumRow()) - len(arrays.row_lower)
        if added:
            numbers = np.arange(len(arrays.row_lower), len(arrays.row_lower) + added, dtype=np.int32)
            self._check(self._highs.deleteRows(added, numbers), "deleteRows")
        stood, self.arrays = self.arrays, arrays
        columns, rows = np.arange(len(arrays.cost)), np.arange(len(arrays.row_lower))
        if self._is_as_stated:
            columns = np.flatnonzero((arrays.lower != stood.lower) | (arrays.upper != stood.upper))
            rows = np.flatnonzero((arrays.row_lower != stood.row_lower) | (arrays.row_upper != stood.row_upper))
        self.bound_columns(columns, arrays.lower[columns], arrays.upper[columns])
        self.bound_rows(rows, arrays.row_lower[rows], arrays.row_upper[rows])
        self._is_as_stated = True

    def basis(self) -> Any:
        """The basis the last run ended with."""
        self._stands = self._highs.getBasis()
        return self._stands

    def basis_to_change(self) -> Any:
        """The basis the last run ended with, for the caller alone: rows may come and go before it is given back."""
        return self._highs.getBasis()

    def start_from(self, basis: Any) -> None:
        """Let the next run begin with a basis of as many columns and rows."""
        if basis is not self._stands:
            self._check(self._highs.setBasis(basis), "setBasis")

    def forget(self) -> None:
        """Let the next run know nothing of those before it."""
        self._check(self._highs.clearSolver(), "clearSolver")
        self._stands = None

    def not_basic(self) -> tuple[Ints, Ints]:
        """Columns and rows that stand at a bound in the last run's basis."""
        _, basic = self._highs.getBasicVariables()  # a row stands there as −1 less its number
        is_basic = np.zeros(len(self.arrays.cost), dtype=bool), np.zeros(len(self.arrays.row_lower), dtype=bool)
        basic = np.asarray(basic)
        is_basic[0][basic[basic >= 0]] = True
        is_basic[1][-1 - basic[basic < 0]] = True
        return np.flatnonzero(~is_basic[0]).astype(np.int32), np.flatnonzero(~is_basic[1]).astype(np.int32)

    @property
    def prices(self) -> Floats:
        """The objective as it stands."""
        return self._cost

    @property
    def iterations(self) -> int:
        """Simplex iterations of the last run."""
        return int(self._highs.getInfo().simplex_iteration_count)

    def bound_columns(self, columns: Any, lower: Floats, upper: Floats) -> None:
        """Change bounds of columns."""
        if len(columns):
            numbers = np.asarray(columns, dtype=np.int32)
            self._check(self._highs.changeColsBounds(len(numbers), numbers, lower, upper), "changeColsBounds")
            self._is_as_stated = False

    def bound_rows(self, rows: Any, lower: Floats, upper: Floats) -> None:
        """Change bounds of rows."""
        if len(rows):
            numbers = np.asarray(rows, dtype=np.int32)
            self._check(self._highs.changeRowsBounds(len(numbers), numbers, lower, upper), "changeRowsBounds")
            self._is_as_stated = False

    def add_row(self, columns: Any, coefficients: Floats, lower: float, upper: float) -> int:
        """A further row, behind those of the model; its number."""
        numbers = np.asarray(columns, dtype=np.int32)
        status = self._highs.addRow(lower, upper, len(numbers), numbers, np.asarray(coefficients, dtype=float))
        self._check(status, "addRow")
        return int(self._highs.getNumRow()) - 1

    def delete_rows(self, rows: list[int]) -> None:
        """Take out rows that were added; those behind them move up."""
        self._check(self._highs.deleteRows(len(rows), np.array(rows, dtype=np.int32)), "deleteRows")

    def add_column(self) -> int:
        """A further column, ≥ 0, without cost, behind those of the model; its number."""
        nothing = np.array([], dtype=np.int32)
        self._check(self._highs.addCol(0.0, 0.0, np.inf, 0, nothing, np.array([])), "addCol")
        self._cost = np.append(self._cost, 0.0)
        return int(self._highs.getNumCol()) - 1

    def relax(self) -> None:
        """Drop the integer conditions: what follows are linear programmes."""
        self._integer = False
        columns = np.arange(len(self.arrays.cost), dtype=np.int32)
        kinds = np.full(len(columns), highspy.HighsVarType.kContinuous)
        self._check(self._highs.changeColsIntegrality(len(columns), columns, kinds), "changeColsIntegrality")

    def restore_integers(self) -> None:
        """State the integer conditions again."""
        self._integer = bool(self.arrays.integer.any())
        columns = np.flatnonzero(self.arrays.integer).astype(np.int32)
        kinds = np.full(len(columns), highspy.HighsVarType.kInteger)
        self._check(self._highs.changeColsIntegrality(len(columns), columns, kinds), "changeColsIntegrality")

    def run(
        self,
        time_limit_s: float,
        mip_gap: float = 0.0,
        absolute_gap: float = 0.0,
        nodes: int | None = None,
        method: Method = "dual",
        *,
        surely: bool = True,
        least: float = -np.inf,
    ) -> Run:
        """Solve what stands. surely: "infeasible" of a linear programme is asked twice before it is believed.

        least: what a plan must be worth to be of use. The dual simplex method ends, "infeasible" with a bound, as soon
        as none can be.
        """
        # HiGHS counts an integer search from its start, a linear programme from the instance's first run.
        passed = 0.0 if self._integer else self._highs.getRunTime()
        self._set("time_limit", passed + max(time_limit_s, 0.0))
        self._set("mip_rel_gap", mip_gap)
        self._set("mip_abs_gap", absolute_gap * self._scale)
        self._set("mip_max_nodes", highspy.kHighsIInf if nodes is None else nodes)
        self._set("objective_bound", -least * self._scale)
        self._set("solver", "ipm" if method == "interior" else "choose")
        self._set("simplex_strategy", 4 if method == "primal" else 1)
        # From scratch, with Devex weights and without presolve, funds of 20 to 1,000 sites took half to three quarters
        # of the time of HiGHS's own choices.
        by_simplex = not self._integer and method != "interior"
        self._set("presolve", "off" if by_simplex else "choose")
        self._set("simplex_dual_edge_weight_strategy", 1 if by_simplex else -1)
        run = self._run(time_limit_s)
        if surely and by_simplex and run.ending == "infeasible" and run.bound is None:
            # Seen of plans in hand, from the basis of another programme and also from none (HiGHS 1.16, Devex weights):
            # asked again from nothing, by the primal method with HiGHS's own choices. The dual one with them ended
            # "unknown" where no plan was; where that is said, the first word stands.
            self.forget()
            self._set("presolve", "choose")
            self._set("simplex_strategy", 4)
            self._set("simplex_dual_edge_weight_strategy", -1)
            again = self._run(time_limit_s)
            run = run if again.ending == "error" else again
        if not self._agrees(run):
            # Seen with changed integer models: an "optimum" whose value is not that of its plan.
            self._set("presolve", "off")
            run = self._run(time_limit_s)
            if not self._agrees(run):
                raise SolverError("HiGHS reports an objective that its own plan does not have")
        return run

    def bound_ranges(self) -> tuple[Floats, Floats] | None:
        """For each row, from where to where its bound may move while its dual stays, after an optimal linear run.

        None where HiGHS has none to give, as seen where every column is fixed: the plan stands without them.
        """
        started = time.perf_counter()
        status, ranging = self._highs.getRanging()
        self.seconds += time.perf_counter() - started
        if status == highspy.HighsStatus.kError:
            return None
        return np.array(ranging.row_bound_dn.value_), np.array(ranging.row_bound_up.value_)

    def _looked_on(self, event: Any) -> None:
        """Called by HiGHS every now and then while it runs."""
        watch = self._watch
        if watch is None or self._stopped_before:
            return
        value, bound = None, None
        if self._integer:
            value, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
        if watch.look(self._shown(value) if self.plans_are_exact else None, self._shown(bound)):
            event.interrupt()

    def _is_stopped(self) -> bool:
        return self._watch is not None and self._watch.stopped()

    def _shown(self, value: float | None) -> float | None:
        """A value of the scaled objective as the model has it; HiGHS says infinity for "none yet"."""
        return -value / self._scale if value is not None and abs(value) < highspy.kHighsInf else None

    def _run(self, time_limit_s: float) -> Run:
        self._stopped_before = self._is_stopped()
        self._stands = None
        if self._integer:
            # An integer search must start cold: from what a changed model left behind, HiGHS 1.16 called plans
            # optimal that were not (with a start given by setSolution, too).
            self._highs.clearSolver()
        started = time.perf_counter()
        status = self._highs.run()
        if status == highspy.HighsStatus.kError:
            # HiGHS keeps one pool of threads for all its instances and fails without a word where another number was
            # used before, here or by another library: a new pool, and the same run again.
            highspy.Highs.resetGlobalScheduler(True)
            status = self._highs.run()
        self.seconds += time.perf_counter() - started
        return self._read(status, time_limit_s)

    def _agrees(self, run: Run) -> bool:
        """Whether the objective reported is the one the plan has."""
        if run.values is None or run.objective is None:
            return True
        terms = self._cost * run.values
        differs = abs(run.objective - float(terms.sum()))
        return differs <= 1e-6 * self._largest or differs <= 1e-6 * float(np.abs(terms).sum())

    def _read(self, status: Any, time_limit_s: float) -> Run:
        model_status = self._highs.getModelStatus()
        ending = _ENDINGS.get(model_status, "error")
        if status == highspy.HighsStatus.kError:
            ending = "error"
        if model_status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            return self._told_apart(time_limit_s)
        info = self._highs.getInfo()
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        has_values = feasible and ending in ("optimal", "time_limit", "node_limit")
        # A copy, which changes of the model leave as it is.
        solution: Any = self._highs.getSolution() if has_values else None
        has_duals = has_values and ending == "optimal" and not self._integer and not self._few_steps
        if self._integer:
            bound = -info.mip_dual_bound
        else:
            has_bound = ending == "optimal" or model_status == highspy.HighsModelStatus.kObjectiveBound
            bound = -info.objective_function_value if has_bound else np.inf
        run = Run(
            ending=ending,
            values=np.array(solution.col_value) if has_values else None,
            row_dual=None,
            column_dual=None,
            objective=-info.objective_function_value / self._scale + 0.0 if has_values else None,
            bound=bound / self._scale + 0.0 if np.isfinite(bound) else None,
        )
        self._last = run, solution
        return self.priced(run) if has_duals else run

    def priced(self, run: Run) -> Run:
        """The last run, with its duals if they mean anything: HiGHS hands them over number by number, which takes a
        tenth of the time of a small programme."""
        assert self._last is not None and self._last[0] is run, "duals are those of the last run"
        solution = self._last[1]
        if not solution.dual_valid:
            return run
        row_dual, column_dual = (np.array(dual) / -self._scale + 0.0 for dual in (solution.row_dual, solution.col_dual))
        return replace(run, row_dual=row_dual, column_dual=column_dual)

    def _told_apart(self, time_limit_s: float) -> Run:
        """Presolve says "unbounded or infeasible": without an objective only infeasible can come back."""
        cost = self._cost[: len(self.arrays.cost)]
        self.maximise(np.zeros(len(cost)))
        run = self.run(time_limit_s)
        self.maximise(cost)
        ending: Ending = "unbounded" if run.ending == "optimal" else run.ending
        return Run(ending, None, None, None, None, None)

    def _set(self, option: str, value: Any) -> None:
        if self._highs.chosen.get(option) != value:
            self._check(self._highs.setOptionValue(option, value), f"option {option}")
            self._highs.chosen[option] = value

    def _check(self, status: Any, what: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverError(f"HiGHS refused {what}")


_SMALL_CHANGES: tuple[tuple[str, Any, Any], ...] = (
    ("simplex_scale_strategy", 0, 2),
    ("dual_simplex_cost_perturbation_multiplier", 0.0, 1.0),
)
"""Options: for small changes, and as HiGHS has them."""

_STATUS = highspy.HighsModelStatus
_ENDINGS: dict[Any, Ending] = {
    _STATUS.kOptimal: "optimal",
    _STATUS.kModelEmpty: "optimal",
    _STATUS.kTimeLimit: "time_limit",
    _STATUS.kSolutionLimit: "node_limit",
    _STATUS.kObjectiveBound: "infeasible",
    _STATUS.kIterationLimit: "time_limit",
    _STATUS.kInterrupt: "time_limit",
    _STATUS.kInfeasible: "infeasible",
    _STATUS.kUnbounded: "unbounded",
}


def _pass(highs: Any, arrays: Arrays) -> Any:
    """Hand the arrays over, the negative objective to be minimised. Made into a ``HighsLp`` first they take eight times
    as long."""
    shape = len(arrays.cost), len(arrays.row_lower), len(arrays.index)
    by_rows, minimise, offset = int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0
    columns = -arrays.cost, arrays.lower, arrays.upper
    matrix = arrays.start, arrays.index, arrays.value
    kinds = arrays.integer.astype(np.int32)
    return highs.passModel(
        *shape, by_rows, minimise, offset, *columns, arrays.row_lower, arrays.row_upper, *matrix, kinds
    )


def lp_of(arrays: Arrays) -> Any:
    """The arrays as HiGHS takes them, a maximisation."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.cost), len(arrays.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = arrays.cost, arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = arrays.start, arrays.index, arrays.value
    lp.sense_ = highspy.ObjSense.kMaximize
    if arrays.integer.any():
        whole, any_number = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [whole if integer else any_number for integer in arrays.integer]
    return lp
