"""A search tree over whole decisions whose every plan keeps the loss functions: one linear programme a node, hot.

An integer search that knows nothing of the draws must be started again for every plan whose losses it did not
foresee. Here each node says at once what its plan hides, and that holds for all nodes after it (Quesada and Grossmann
1992, doi 10.1016/0098-1354(92)80028-8). Meant for the first few hundred nodes: it has no cutting planes of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Floats
from optimiser.solve.session import Run, Session

WHOLE_WITHIN = 1e-6
"""How far from a whole number a decision may be to count as one; it is then fixed there and its money settled."""


@dataclass(slots=True)
class _Node:
    lower: Floats
    upper: Floats
    bound: float


@dataclass(slots=True)
class Tree:
    """Relaxed linear programmes, branched on the columns ``whole``. Nodes not yet solved stand in ``open``.

    solve: the linear programme as it stands, once. refine: whether a plan hid losses (which are then known to all).
    settle: the plan with these whole decisions that keeps every loss function.
    """

    session: Session
    whole: NDArray[np.intp]
    solve: Callable[[], Run]
    refine: Callable[[Floats], bool]
    settle: Callable[[Floats], Run | None]
    worth: Callable[[float, float], bool]
    best: Run | None = None
    broken: bool = False
    open: list[_Node] = field(default_factory=list)
    rounded: set[bytes] = field(default_factory=set)
    lost: Floats = field(default_factory=lambda: np.zeros((2, 0)))
    seen: Floats = field(default_factory=lambda: np.zeros((2, 0)))

    def search(self, lower: Floats, upper: Floats, nodes: int, over: Callable[[], bool]) -> None:
        """Solve up to so many nodes, until it is over.

        Without open ones afterwards the best plan is an optimum, or there is none.
        """
        self.lost, self.seen = np.zeros((2, len(self.whole))), np.zeros((2, len(self.whole)))
        self.open = [_Node(lower, upper, np.inf)]
        step: tuple[int, int, float, float] | None = None
        last: Floats | None = None
        solved = 0
        while self.open and solved < nodes and not over():
            node = self._next(dive=step is not None)
            run = self._solved(node, to_the_end=solved == 0)
            solved += 1
            if self.broken:
                self.open.append(node)
                return
            if run is not None and run.values is not None and run.objective is not None:
                if step is not None:
                    self._learn(step, run.objective)
                if last is None:
                    self._round_down(run.values)
                step, last = self._branch(node, run.values[self.whole], run.objective), run.values
            elif step is not None and last is not None:
                # The dive ended: what it had decided so far, without what was left in fractions, may be a plan.
                self._round_down(last)
                step = None

    @property
    def bound(self) -> float:
        """No plan is worth more: the best of the open nodes and of the plan found."""
        found = -np.inf if self.best is None or self.best.objective is None else self.best.objective
        return max([found, *(node.bound for node in self.open)])

    def _next(self, dive: bool) -> _Node:
        """The child just made, while diving; else the node that promises most."""
        if dive:
            return self.open.pop()
        return self.open.pop(int(np.argmax([node.bound for node in self.open])))

    def _worth_more(self, value: float) -> bool:
        return self.best is None or self.best.objective is None or self.worth(value, self.best.objective)

    def _solved(self, node: _Node, to_the_end: bool) -> Run | None:
        """The node's relaxation, or None where it holds no better plan. Fractions are looked at once, the root and
        whole plans until nothing is hidden."""
        if not self._worth_more(node.bound):
            return None
        self.session.bound_columns(self.whole, node.lower, node.upper)
        while True:
            run = self.solve()
            if run.ending == "infeasible":
                return None
            if run.values is None or run.objective is None or run.ending != "optimal":
                self.broken = True
                return None
            node.bound = min(node.bound, run.objective)
            if not self._worth_more(run.objective):
                return None
            hidden = self.refine(run.values)
            at = run.values[self.whole]
            if np.abs(at - np.round(at)).max() <= WHOLE_WITHIN:
                if not hidden:
                    self._keep(self.settle(run.values))
                    # Rounding decisions lost something, or all: another plan of this node may be worth more.
                    self.broken = self._worth_more(run.objective)
                    return None
            elif not (hidden and to_the_end):
                return run

    def _round_down(self, values: Floats) -> None:
        """Settle the plan that builds only what this one builds wholly, once for each such plan."""
        lower = values.copy()
        lower[self.whole] = np.floor(values[self.whole] + WHOLE_WITHIN)
        name = lower[self.whole].tobytes()
        if name not in self.rounded:
            self.rounded.add(name)
            self._keep(self.settle(lower))

    def _keep(self, settled: Run | None) -> None:
        """The better of two plans."""
        if (
            settled is not None
            and settled.objective is not None
            and (self.best is None or self.best.objective is None or settled.objective > self.best.objective)
        ):
            self.best = settled

    def _branch(self, node: _Node, at: Floats, value: float) -> tuple[int, int, float, float]:
        """Both children of a node; the one nearer to its plan is looked at next."""
        part = at - np.floor(at)
        fraction = np.minimum(part, 1.0 - part)
        learnt = self.seen > 0
        mean = float(self.lost.sum() / max(self.seen.sum(), 1.0)) or 1.0
        down, up = np.where(learnt, self.lost / np.maximum(self.seen, 1.0), mean)
        score = np.maximum(down * part, 1e-9) * np.maximum(up * (1.0 - part), 1e-9)
        n = int(np.argmax(np.where(fraction > WHOLE_WITHIN, score, -1.0)))
        below, above = _Node(node.lower, node.upper.copy(), value), _Node(node.lower.copy(), node.upper, value)
        below.upper[n], above.lower[n] = np.floor(at[n]), np.ceil(at[n])
        upward = int(part[n] > 0.5)
        self.open += [below, above] if upward else [above, below]
        return n, upward, value, float(1.0 - part[n] if upward else part[n])

    def _learn(self, step: tuple[int, int, float, float], value: float) -> None:
        """What a step cost for each unit it moved a decision: a hint for where to branch next."""
        n, upward, before, moved = step
        self.lost[upward, n] += max(before - value, 0.0) / max(moved, WHOLE_WITHIN)
        self.seen[upward, n] += 1
