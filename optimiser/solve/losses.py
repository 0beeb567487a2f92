"""Loss functions over thousands of draws, kept exactly: rows that are true of every plan, learnt from the plans found.

A plan shows which draws reach above the threshold there. Their sum is a slope of the loss function: one row, true of
every plan and exact at this one (Künzi-Bay and Mayer 2006, doi 10.1007/s10287-005-0042-0). Rows are added until a plan
hides nothing. Asked at the optimum of few rows, which is far from where the search ends, they teach little; so they are
first asked at a mean of the plans so far (Ben-Ameur and Neto 2007, doi 10.1002/net.20137), and only where such a row
does not exclude the plan, at the plan itself. A few hundred rows stand for 100,000 draws.

Whole decisions: a search tree of such programmes, see ``tree.py``.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.learnt import LearntRows
from optimiser.solve.session import Ending, Method, Run, Session
from optimiser.solve.tree import WHOLE_WITHIN, Boxes, Programme, Tree, box
from optimiser.solve.watch import Watch

TREE_NODES = 100_000
"""Nodes of the tree before HiGHS's integer search is asked."""

LOOKS = 10
"""Plans of HiGHS's integer search that are looked at before a tree is grown, two where its nodes are counted."""

LOOK_NODES = 200
"""Nodes of HiGHS's integer search for each of them."""

FALLS = 0.01
"""Relative: where a look brings the bound down by more, limits bind so much that the tree is shorter."""

FALLS_FAR = 0.02
"""Relative: where as many looks at linear programmes bring the bound down by more, HiGHS's integer search is not asked.
On 76 sites they take 0.03 s and bring it down by 5 to 15 %, where the integer search took one to two seconds."""

TIED = 1e-6
"""Relative, and of one unit at least: how far below the best plan a search still remembers where plans may be, so that
further searches among plans as good know where to look. Ten times what they may give up."""


class LossSession(Session):
    """A session whose runs keep loss functions exactly: each run goes on until every one holds."""

    plans_are_exact = False

    def __init__(self, arrays: Arrays, threads: int, functions: Sequence[LossFunction], watch: Watch | None = None):
        super().__init__(arrays, threads, watch)
        self.rounds = 0
        self._suggested: Floats | None = None
        self._tree: Tree | None = None
        self._whole = np.flatnonzero(arrays.integer)
        self._lower, self._upper = arrays.lower.copy(), arrays.upper.copy()
        self._rows = LearntRows(self, functions)

    def bound_columns(self, columns: Any, lower: Floats, upper: Floats) -> None:
        """Change bounds of columns; a search over whole decisions keeps to them."""
        super().bound_columns(columns, lower, upper)
        self._lower[columns], self._upper[columns] = lower, upper
        self._tree = None

    def suggest(self, plan: Floats) -> None:
        """A plan that keeps everything stated: the next run over whole decisions begins with it in hand."""
        self._suggested = plan

    def tied(self, best: float, least: float) -> Boxes | None:
        """Where all plans worth at least so much are, next to the best one that the last run found.

        None where it does not tell: not by a tree to its end, or ``least`` is too little.
        """
        if self._tree is None or self._tree.open or self._tree.broken or least < _near(best):
            return None
        # The best plan is in one of them; without any, HiGHS called its node infeasible, and nothing is known.
        return self._tree.tied(least) or None

    def run(
        self,
        time_limit_s: float,
        mip_gap: float = 0.0,
        absolute_gap: float = 0.0,
        nodes: int | None = None,
        method: Method = "dual",
        among: Boxes | None = None,
        *,
        surely: bool = True,
        least: float = -np.inf,
    ) -> Run:
        """Solve, look what the plan hides, solve again, until it hides nothing. Whole decisions ``among`` these boxes.

        Whole decisions: first a look at what HiGHS's integer search finds in a few nodes, then a tree of linear
        programmes (``Tree``), then, where its nodes did not suffice or its tolerances left a doubt, HiGHS's search to
        the end. That search is a relaxation too: its plan's whole decisions are fixed and its money settled exactly;
        when that is worth as much as the search's bound, it is the optimum, and else the best so far.
        """
        deadline = time.perf_counter() + time_limit_s
        if not self._integer:
            return _without_column_duals(self._kept(deadline, method, surely, least))

        def worth(value: float, than: float) -> bool:
            return value - than > _allowed(than, mip_gap, absolute_gap)

        self._tree = None
        seen, promised = None, np.inf
        if among is None:
            seen, promised = self._looked_at(deadline, mip_gap, absolute_gap, worth, nodes)
            among = [box(self._lower[self._whole], self._upper[self._whole])]
        suggested, self._suggested = self._suggested, None
        if seen is not None:
            return _without_column_duals(seen)
        most = TREE_NODES if nodes is None else min(nodes, TREE_NODES)
        tree = self._tree = self._branched(deadline, worth, most, suggested, among)
        best, bound = tree.best, min(tree.bound, promised)
        while True:
            if not tree.open or (best is not None and not worth(bound, _objective(best))):
                return _without_column_duals(_ended(best, "infeasible" if best is None else "optimal", bound))
            if self._is_over(deadline):
                return _without_column_duals(_ended(best, "time_limit", bound))
            if nodes is not None and not tree.broken:
                return _without_column_duals(_ended(best, "node_limit", bound))
            run = super().run(_left(deadline), mip_gap, absolute_gap, nodes, method)
            if run.values is None:
                # "Infeasible" over a plan in hand is a matter of tolerances: the plan stands, unproven.
                ending = "time_limit" if best is not None and run.ending == "infeasible" else run.ending
                return _without_column_duals(_ended(best, ending, bound))
            bound = min(bound, np.inf if run.bound is None else run.bound)
            self._rows.forget_plans()
            if not self._refined(run.values):
                keeps_losses = run if best is None or _objective(run) >= _objective(best) else best
                return _without_column_duals(_ended(keeps_losses, run.ending, bound))
            self.rounds += 1
            self.relax()
            settled = self._settled(run.values, deadline)
            self._whole_again()
            if settled is not None and (best is None or _objective(settled) > _objective(best)):
                best = settled
            if run.ending == "node_limit" and best is not None:
                return _without_column_duals(_ended(best, "node_limit", bound))

    def _looked_at(
        self,
        deadline: float,
        mip_gap: float,
        absolute_gap: float,
        worth: Callable[[float, float], bool],
        nodes: int | None,
    ) -> tuple[Run | None, float]:
        """The optimum where HiGHS's integer search finds it in a few nodes and looks: where limits hardly bind.

        None where it does not: the tree is grown as if nothing had been looked at, but for the bound, which is true of
        every plan, and the best plan found, which is then suggested. With a plan in hand, "infeasible" is a matter of
        tolerances.
        """
        original = self._highs
        self._rows.keep_all()
        self.continue_in_copy()
        first, promised = self._relaxed_in_few_looks(deadline)
        looks, most = (LOOKS, LOOK_NODES) if nodes is None else (min(LOOKS, 2), min(LOOK_NODES, nodes))
        if np.isfinite(first) and first - promised > FALLS_FAR * abs(first):
            looks = 0
        for n in range(looks):
            run = super().run(_left(deadline), mip_gap, absolute_gap, most)
            if run.ending == "infeasible" and self._suggested is None:
                return run, -np.inf
            before, promised = promised, min(promised, np.inf if run.bound is None else run.bound)
            # The first is below the relaxation for its whole decisions, whatever limits do.
            falls = n > 0 and np.isfinite(before) and before - promised > FALLS * abs(before)
            if run.values is None or run.ending != "optimal" or falls:
                break
            self._rows.forget_plans()
            if not self._refined(run.values):
                return run, promised
            self.rounds += 1
            self.relax()
            settled = self._settled(run.values, deadline)
            self._whole_again()
            if settled is not None and run.bound is not None and not worth(run.bound, _objective(settled)):
                return replace(settled, bound=run.bound), promised
            if settled is not None and settled.values is not None:
                known = -np.inf if self._suggested is None else float(self.prices @ self._suggested)
                self._suggested = settled.values if _objective(settled) > known else self._suggested
        # Rows that came and went, and the scaling made with them, cost the tree a quarter of its speed.
        self._highs = original
        self._rows.forget()
        self._rows.forget_plans()
        return None, promised

    def _relaxed_in_few_looks(self, deadline: float) -> tuple[float, float]:
        """What the relaxation promises at first, and after a few looks, each of which takes milliseconds."""
        first = promised = np.inf
        self.relax()
        for _ in range(LOOKS):
            run = Session.run(self, _left(deadline))
            if run.ending != "optimal" or run.values is None or run.objective is None:
                break
            first, promised = (run.objective if np.isinf(first) else first), run.objective
            if not self._refined(run.values):
                break
        self.restore_integers()
        return first, promised

    def _kept(self, deadline: float, method: Method = "dual", surely: bool = True, least: float = -np.inf) -> Run:
        """A linear programme, solved until its plan hides nothing."""
        self._rows.forget_plans()
        before = self.rounds
        while True:
            run = super().run(_left(deadline), method=method, surely=surely, least=least)
            if run.values is None or not self._refined(run.values):
                return run
            self.rounds += 1
            if self.most_rounds is not None and self.rounds - before > self.most_rounds:
                return Run("node_limit", None, None, None, None, run.bound)
            method = "dual"  # the plan was excluded: its basis is still dual feasible
            if time.perf_counter() >= deadline:
                return Run("time_limit", None, None, None, None, run.bound)

    def _branched(
        self,
        deadline: float,
        worth: Callable[[float, float], bool],
        nodes: int,
        suggested: Floats | None,
        among: Boxes,
    ) -> Tree:
        """The first nodes of the tree, the integer conditions as they were afterwards."""
        self.relax()
        self.expect_small_changes()
        self._rows.keep_all()
        more = self._threads - 1 if nodes >= TREE_NODES else 0  # nodes that are counted are the same in every run
        tree = Tree(
            programme=self._programme(deadline),
            whole=self._whole,
            worth=worth,
            as_good=_near,
            more=lambda: [self._twin()._programme(deadline) for _ in range(more)],
        )
        if suggested is not None:
            tree.best = Run("optimal", suggested, None, None, float(self.prices @ suggested), None)
        tree.search(among, nodes, lambda: self._is_over(deadline))
        self.expect_anything()
        self._whole_again()
        return tree

    def _programme(self, deadline: float) -> Programme:
        return Programme(
            bound_whole=self._bound_whole,
            solve=lambda least: self._relaxed(deadline, least),
            refine=self._refined,
            settle=lambda values, surely: self._settled(values, deadline, surely),
            price=self.priced,
            leave=self._rows.leave,
            start=self._rows.start,
        )

    def _twin(self) -> LossSession:
        """Another instance of HiGHS with the model as it stands, for another thread; what each learns is its own."""
        twin = copy.copy(self)
        twin._threads = 1  # HiGHS keeps a pool of threads for each thread that calls it
        twin.expect_small_changes()
        twin._rows = self._rows.twin(twin)
        return twin

    def _relaxed(self, deadline: float, least: float) -> Run:
        """A linear programme from the last basis. Where the dual simplex method ends with "unknown", the primal one
        from none has always known."""
        run = Session.run(self, _left(deadline), least=least)
        if run.values is None and run.ending != "infeasible":
            self.forget()
            run = Session.run(self, _left(deadline), method="primal")
        return run

    def _settled(self, values: Floats, deadline: float, surely: bool = False) -> Run | None:
        """The best plan with these whole decisions that keeps every loss function, or None; integers relaxed."""
        fixed = np.round(values[self._whole])
        lower, upper = self._lower[self._whole] - WHOLE_WITHIN, self._upper[self._whole] + WHOLE_WITHIN
        if (fixed < lower).any() or (fixed > upper).any():
            return None
        self._bound_whole(fixed, fixed)
        run = self._kept(deadline, surely=surely)
        return run if run.ending == "optimal" and run.values is not None else None

    def _is_over(self, deadline: float) -> bool:
        return time.perf_counter() >= deadline or self._is_stopped()

    def _whole_again(self) -> None:
        self._bound_whole(self._lower[self._whole], self._upper[self._whole])
        self.restore_integers()

    def _bound_whole(self, lower: Floats, upper: Floats) -> None:
        """Bounds of whole decisions within a search, which does not outlast it."""
        super().bound_columns(self._whole, lower, upper)

    def _refined(self, values: Floats, exactly: bool = True) -> bool:
        """Whether a row was added: the plan hides losses, and is now excluded."""
        return self._rows.learn(values, exactly)


def _left(deadline: float) -> float:
    return max(deadline - time.perf_counter(), 0.0)


def _objective(run: Run) -> float:
    return -np.inf if run.objective is None else run.objective


def _allowed(value: float, mip_gap: float, absolute_gap: float) -> float:
    """How far a bound may be from a plan's value to be as good: the gaps asked for, and the noise of a double."""
    return max(absolute_gap, (mip_gap + 1e-9) * max(abs(value), 1e-6))


def _near(best: float) -> float:
    """The least value of a plan that would tie with the best, as far as a double and a held stage tell."""
    return best - TIED * max(abs(best), 1.0)


def _ended(best: Run | None, ending: Ending, bound: float) -> Run:
    """The best plan found, which keeps every loss function, with how the search ended and what bounds it."""
    known = bound if np.isfinite(bound) else None
    return Run(ending, None, None, None, None, known) if best is None else replace(best, ending=ending, bound=known)


def _without_column_duals(run: Run) -> Run:
    """The face of an optimum also lies on the rows added, which do not stay."""
    return replace(run, column_dual=None)
