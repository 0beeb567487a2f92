"""Loss functions over thousands of draws, kept exactly: adaptive aggregation, and cuts where decisions are whole.

Linear programmes: draws are gathered in groups, each standing for its members by their mean: a relaxation (Jensen).
Where a group has members on both sides of the threshold, its mean hides some of the excess: it is split there, and
the programme solved again from where it stood. When no group straddles the threshold, the relaxation is exact
(Espinoza and Moreno 2014, doi 10.1007/s10589-013-9593-1). A few hundred groups stand for 100,000 draws.

Whole decisions: programmes stay small where each plan adds one row, the slope of the loss function there
(Künzi-Bay and Mayer 2006, doi 10.1007/s10287-005-0042-0): a search tree of such programmes, see ``tree.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.session import Ending, Method, Run, Session
from optimiser.solve.tree import Tree
from optimiser.solve.watch import Watch

EXCESS_TOLERANCE = 1e-10
"""Of the mean excess, as a share of the exposures: a hundredth of a euro on EUR 100 million."""

FIRST_GROUPS = 80
"""Groups into which the tail is cut at first; a few times more or fewer took as long."""

TREE_NODES = 400
"""Nodes of the tree before HiGHS's integer search is asked."""

SPLIT = 3
"""Parts into which each side of a split group of more than ``WHOLE`` draws is cut, by distance from the threshold."""

WHOLE = 40


@dataclass(slots=True)
class _Group:
    members: NDArray[np.intp]
    column: int
    row: int


@dataclass(slots=True)
class _Aggregated:
    """One loss function with its groups: excess ≥ Σ_g π[g] · w[g], w[g] ≥ D̄[g] · exposures − threshold."""

    function: LossFunction
    row: int
    groups: list[_Group] = field(default_factory=list)
    seen: bool = False
    cuts: set[bytes] = field(default_factory=set)


class LossSession(Session):
    """A session whose runs keep loss functions exactly: each run goes on until every one holds."""

    plans_are_exact = False

    def __init__(self, arrays: Arrays, threads: int, functions: Sequence[LossFunction], watch: Watch | None = None):
        super().__init__(arrays, threads, watch)
        self.rounds = 0
        self._whole = np.flatnonzero(arrays.integer)
        self.by_cuts = bool(len(self._whole))
        self._width = len(arrays.cost)
        self._aggregated = [self._first(function) for function in functions]

    def run(
        self,
        time_limit_s: float,
        mip_gap: float = 0.0,
        absolute_gap: float = 0.0,
        nodes: int | None = None,
        method: Method = "dual",
    ) -> Run:
        """Solve, look what the plan hides, solve again, until it hides nothing.

        Whole decisions: first the first nodes of a tree of linear programmes (``Tree``), then, where it is not done,
        HiGHS's own integer search. That search is a relaxation too: its plan's whole decisions are fixed and its money
        settled exactly; when that is worth as much as the search's bound, it is the optimum, and else the best so far.
        """
        deadline = time.perf_counter() + time_limit_s
        if not self._integer:
            return self._of_model(self._kept(deadline, method))

        def worth(value: float, than: float) -> bool:
            return value - than > _allowed(than, mip_gap, absolute_gap)

        tree = self._branched(deadline, worth)
        best, bound = tree.best, tree.bound
        while True:
            if not tree.open or (best is not None and not worth(bound, _objective(best))):
                return self._of_model(_ended(best, "infeasible" if best is None else "optimal", bound))
            if self._is_over(deadline):
                return self._of_model(_ended(best, "time_limit", bound))
            run = super().run(_left(deadline), mip_gap, absolute_gap, nodes, method)
            if run.values is None:
                # "Infeasible" over a plan in hand is a matter of tolerances: the plan stands, unproven.
                ending = "time_limit" if best is not None and run.ending == "infeasible" else run.ending
                return self._of_model(_ended(best, ending, bound))
            bound = min(bound, np.inf if run.bound is None else run.bound)
            if not self._refined(run.values):
                keeps_losses = run if best is None or _objective(run) >= _objective(best) else best
                return self._of_model(_ended(keeps_losses, run.ending, bound))
            self.rounds += 1
            self.relax()
            settled = self._settled(run.values, deadline)
            self._whole_again()
            if settled is not None and (best is None or _objective(settled) > _objective(best)):
                best = settled
            if run.ending == "node_limit" and best is not None:
                return self._of_model(_ended(best, "node_limit", bound))

    def _kept(self, deadline: float, method: Method = "dual") -> Run:
        """A linear programme, solved until its plan hides nothing."""
        while True:
            run = super().run(_left(deadline), method=method)
            if run.values is None or not self._refined(run.values):
                return run
            self.rounds += 1
            if time.perf_counter() >= deadline:
                return Run("time_limit", None, None, None, None, run.bound)

    def _branched(self, deadline: float, worth: Callable[[float, float], bool]) -> Tree:
        """The first nodes of the tree, the integer conditions as they were afterwards."""
        self.relax()
        tree = Tree(
            session=self,
            whole=self._whole,
            solve=lambda: Session.run(self, _left(deadline)),
            refine=self._refined,
            settle=lambda values: self._settled(values, deadline),
            worth=worth,
        )
        tree.search(
            self.arrays.lower[self._whole], self.arrays.upper[self._whole], TREE_NODES, lambda: self._is_over(deadline)
        )
        self._whole_again()
        return tree

    def _settled(self, values: Floats, deadline: float) -> Run | None:
        """The best plan with these whole decisions that keeps every loss function, or None; integers relaxed."""
        fixed = np.round(values[self._whole])
        self.bound_columns(self._whole, fixed, fixed)
        run = self._kept(deadline)
        return run if run.ending == "optimal" and run.values is not None else None

    def _is_over(self, deadline: float) -> bool:
        return time.perf_counter() >= deadline or self._is_stopped()

    def _whole_again(self) -> None:
        self.bound_columns(self._whole, self.arrays.lower[self._whole], self.arrays.upper[self._whole])
        self.restore_integers()

    def _of_model(self, run: Run) -> Run:
        """The run without the groups' columns."""
        values = None if run.values is None else run.values[: self._width]
        # No column duals: the face of an optimum also lies on the groups' rows, which the next split would move.
        return Run(run.ending, values, run.row_dual, None, run.objective, run.bound)

    def maximise(self, cost: Floats) -> None:
        """Change the objective; groups have no part in it."""
        super().maximise(cost)
        groups = int(self._highs.getNumCol()) - self._width
        self._cost = np.concatenate([cost, np.zeros(max(groups, 0))])

    def _first(self, function: LossFunction) -> _Aggregated:
        row = self.add_row([function.excess], np.array([1.0]), 0.0, np.inf)
        aggregated = _Aggregated(function, row)
        aggregated.groups.append(self._group(aggregated, np.arange(len(function.probability))))
        return aggregated

    def _group(self, aggregated: _Aggregated, members: NDArray[np.intp]) -> _Group:
        f = aggregated.function
        weight = f.probability[members]
        share = float(weight.sum())
        mean = weight @ f.losses[members] / share if share > 0 else np.zeros(len(f.exposures))
        column = self.add_column()
        self._highs.changeCoeff(aggregated.row, column, -share)
        lost = np.flatnonzero(mean)
        numbers = [column, *f.threshold, *np.asarray(f.exposures)[lost].tolist()]
        coefficients = np.concatenate([np.ones(1 + len(f.threshold)), -mean[lost]])
        return _Group(members, column, self.add_row(numbers, coefficients, 0.0, np.inf))

    def _refined(self, values: Floats) -> bool:
        """Whether a group was split: some loss function's true excess is above its column."""
        changed = False
        for aggregated in self._aggregated:
            f = aggregated.function
            exposures = values[list(f.exposures)]
            # Not "@": its threads wait for each other on a busy machine, for longer than the work takes.
            above = np.einsum("si,i->s", f.losses, exposures) - values[list(f.threshold)].sum()
            excess = float(np.einsum("s,s->", f.probability, np.maximum(above, 0.0)))
            size = max(float(np.abs(exposures).sum()), 1e-6)
            if excess - values[f.excess] > EXCESS_TOLERANCE * size:
                if self.by_cuts:
                    changed |= self._cut(aggregated, above)
                else:
                    changed |= self._split(aggregated, above, 1e-12 * size)
        return changed

    def _cut(self, aggregated: _Aggregated, above: Floats) -> bool:
        """excess ≥ Σ_{s: above} π[s] · (losses[s] · exposures − threshold): true of every plan, exact at this one.

        One row, where a split adds many: what an integer search solves again and again must stay small. False where
        the very cut is there already, and the solver's tolerance is what is left.
        """
        f = aggregated.function
        hit = np.flatnonzero(above > 0)
        name = hit.tobytes()
        if name in aggregated.cuts:
            return False
        aggregated.cuts.add(name)
        weight = f.probability[hit]
        lost = np.einsum("s,si->i", weight, f.losses[hit])
        failing = np.flatnonzero(lost)
        numbers = [f.excess, *f.threshold, *np.asarray(f.exposures)[failing].tolist()]
        coefficients = np.concatenate([[1.0], np.full(len(f.threshold), float(weight.sum())), -lost[failing]])
        self.add_row(numbers, coefficients, 0.0, np.inf)
        return True

    def _split(self, aggregated: _Aggregated, above: Floats, noise: float) -> bool:
        kept: list[_Group] = []
        split = False
        for group in aggregated.groups:
            parts = self._parts(aggregated, group.members, above, noise)
            if len(parts) < 2:
                kept.append(group)
                continue
            split = True
            self._retire(aggregated, group)
            kept += [self._group(aggregated, members) for members in parts]
        aggregated.groups, aggregated.seen = kept, True
        return split

    def _parts(
        self, aggregated: _Aggregated, members: NDArray[np.intp], above: Floats, noise: float
    ) -> list[NDArray[np.intp]]:
        """A group's members on each side of the threshold, large sides cut by their distance from it."""
        here = above[members]
        if not aggregated.seen:
            return _first_parts(members, here, aggregated.function.tail)
        if not ((here > noise).any() and (here < -noise).any()):
            return [members]
        parts = []
        for side in (members[here > noise], members[here <= noise]):
            near = side[np.argsort(np.abs(above[side]), kind="stable")]
            parts += np.array_split(near, SPLIT) if len(side) > WHOLE else [near]
        return parts

    def _retire(self, aggregated: _Aggregated, group: _Group) -> None:
        """Take a group out without moving any other: its column is 0, its row says nothing."""
        self._highs.changeCoeff(aggregated.row, group.column, 0.0)
        self.bound_columns([group.column], np.zeros(1), np.zeros(1))
        self.bound_rows([group.row], np.full(1, -np.inf), np.full(1, np.inf))


def _left(deadline: float) -> float:
    return max(deadline - time.perf_counter(), 0.0)


def _objective(run: Run) -> float:
    return -np.inf if run.objective is None else run.objective


def _allowed(value: float, mip_gap: float, absolute_gap: float) -> float:
    """How far a bound may be from a plan's value to be as good: the gaps asked for, and the noise of a double."""
    return max(absolute_gap, (mip_gap + 1e-9) * max(abs(value), 1e-6))


def _ended(best: Run | None, ending: Ending, bound: float) -> Run:
    """The best plan found, which keeps every loss function, with how the search ended and what bounds it."""
    known = bound if np.isfinite(bound) else None
    return Run(ending, None, None, None, None, known) if best is None else replace(best, ending=ending, bound=known)


def _first_parts(members: NDArray[np.intp], above: Floats, tail: float) -> list[NDArray[np.intp]]:
    """The first cut: the worst draws (two and a half times the tail, or all above the threshold) in many parts."""
    worst_first = members[np.argsort(-above, kind="stable")]
    worst = int(2.5 * tail * len(members)) if tail > 0 else int(1.5 * (above > 0).sum())
    worst = min(max(worst, 1), len(members))
    parts = np.array_split(worst_first[:worst], min(FIRST_GROUPS, worst))
    rest = worst_first[worst:]
    return [*parts, rest] if len(rest) else list(parts)


def with_plain_losses(arrays: Arrays, functions: Sequence[LossFunction]) -> Arrays:
    """The same programme with every draw written out (Rockafellar and Uryasev): a row and a column a draw.

    For other solvers and for files; far slower than adaptive aggregation from some thousand draws on.
    """
    if not functions:
        return arrays
    width = len(arrays.cost)
    start, index, value = arrays.start.tolist(), arrays.index.tolist(), arrays.value.tolist()
    for f in functions:
        draws = range(width, width + len(f.probability))
        index += [f.excess, *draws]
        value += [1.0, *(-f.probability).tolist()]
        start.append(len(index))
        for column, losses in zip(draws, f.losses, strict=True):
            lost = np.flatnonzero(losses)
            index += [column, *f.threshold, *np.asarray(f.exposures)[lost].tolist()]
            value += [1.0] * (1 + len(f.threshold)) + (-losses[lost]).tolist()
            start.append(len(index))
        width += len(f.probability)
    columns, rows = width - len(arrays.cost), len(start) - 1 - len(arrays.row_lower)
    return Arrays(
        cost=np.concatenate([arrays.cost, np.zeros(columns)]),
        lower=np.concatenate([arrays.lower, np.zeros(columns)]),
        upper=np.concatenate([arrays.upper, np.full(columns, np.inf)]),
        integer=np.concatenate([arrays.integer, np.zeros(columns, dtype=bool)]),
        row_lower=np.concatenate([arrays.row_lower, np.zeros(rows)]),
        row_upper=np.concatenate([arrays.row_upper, np.full(rows, np.inf)]),
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value, dtype=float),
    )
