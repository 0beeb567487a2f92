"""A search tree over whole decisions whose every plan keeps the loss functions: one linear programme a node, hot.

An integer search that knows nothing of the draws must be started again for every plan whose losses it did not
foresee. Here each node says at once what its plan hides, and that holds for all nodes after it (Quesada and Grossmann
1992, doi 10.1016/0098-1354(92)80028-8). The node that promises most comes next; now and then a dive looks for plans.
A decision whose reduced cost is more than a node promises over the best plan is settled for all nodes below it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Floats
from optimiser.solve.branching import Bounds, Branching
from optimiser.solve.session import Run, Session
from optimiser.solve.swaps import swapped

WHOLE_WITHIN = 1e-6
"""How far from a whole number a decision may be to count as one; it is then fixed there and its money settled."""

DIVE_EVERY = 50
"""Nodes between two dives, once there is a plan."""

ROUNDS = 10
"""How often a node with fractions is looked at for what it hides."""


@dataclass(order=True, slots=True)
class _Node:
    """Decisions between bounds. Nodes are ordered by what they promise (``key`` is less that), the oldest first."""

    key: float
    number: int
    lower: Bounds = field(compare=False)
    upper: Bounds = field(compare=False)


@dataclass(slots=True)
class Tree:
    """Relaxed linear programmes, branched on the columns ``whole``. Nodes not yet solved stand in ``open``.

    bound_whole: bounds them for the programmes that come. solve: the linear programme as it stands, once. refine:
    whether a plan hid losses (which are then known to all). settle: the plan with these whole decisions that keeps
    every loss function, or None. worth: whether a value is worth more than another. tidy: called after each node with
    its run.
    """

    session: Session
    whole: NDArray[np.intp]
    bound_whole: Callable[[Floats, Floats], None]
    solve: Callable[[], Run]
    refine: Callable[[Floats], bool]
    settle: Callable[[Floats], Run | None]
    worth: Callable[[float, float], bool]
    tidy: Callable[[Run], None]
    best: Run | None = None
    broken: bool = False
    open: list[_Node] = field(default_factory=list)
    _made: int = 0
    _rounded: set[bytes] = field(default_factory=set)

    def search(self, lower: Floats, upper: Floats, nodes: int, over: Callable[[], bool]) -> None:
        """Solve up to so many nodes, until it is over.

        Without open ones afterwards the best plan is an optimum, or there is none.
        """
        branching = Branching(len(self.whole))
        dive: _Node | None = self._node(
            _as_bounds(np.ceil(lower - WHOLE_WITHIN)), _as_bounds(np.floor(upper + WHOLE_WITHIN)), np.inf
        )
        last: Floats | None = None
        solved = 0
        while (dive or self.open) and solved < nodes and not over():
            node, is_dive = (dive, True) if dive else (heapq.heappop(self.open), False)
            dive = None
            before = self.best
            run = self._solved(node, to_the_end=solved == 0)
            solved += 1
            if self.broken:
                heapq.heappush(self.open, node)
                return
            if run is not None and run.values is not None:
                if last is None:
                    self._round_down(run.values)
                children = self._branched(node, run, branching)
                last = run.values
                if children and (is_dive or self.best is None or solved % DIVE_EVERY == 0):
                    dive = children.pop(0)
                for child in children:
                    heapq.heappush(self.open, child)
            elif is_dive and last is not None:
                # The dive ended: what it had decided so far, without what was left in fractions, may be a plan.
                self._round_down(last)
            if self.best is not before and self.best is not None:
                self._keep(swapped(self.session, self.whole, self.best, self.settle, over))
        if dive is not None:
            heapq.heappush(self.open, dive)

    @property
    def bound(self) -> float:
        """No plan is worth more: the best of the open nodes and of the plan found."""
        found = -np.inf if self.best is None or self.best.objective is None else self.best.objective
        return max(found, -min(node.key for node in self.open) if self.open else -np.inf)

    def _node(self, lower: Bounds, upper: Bounds, promised: float) -> _Node:
        self._made += 1
        return _Node(-promised, self._made, lower, upper)

    def _worth_more(self, value: float) -> bool:
        return self.best is None or self.best.objective is None or self.worth(value, self.best.objective)

    def _solved(self, node: _Node, to_the_end: bool) -> Run | None:
        """The node's relaxation, or None where it holds no better plan. Fractions are looked at a few times, the root
        and whole plans until nothing is hidden."""
        if not self._worth_more(-node.key):
            return None
        self.bound_whole(node.lower.astype(float), node.upper.astype(float))
        looks = 0
        while True:
            run = self.solve()
            if run.ending == "infeasible":
                return None
            if run.values is None or run.objective is None or run.ending != "optimal":
                self.broken = True
                return None
            self.tidy(run)
            node.key = max(node.key, -run.objective)
            if not self._worth_more(run.objective):
                return None
            hidden = self.refine(run.values)
            looks += 1
            at = run.values[self.whole]
            if np.abs(at - np.round(at)).max() <= WHOLE_WITHIN:
                if not hidden:
                    self._keep(self._settled_surely(run.values))
                    # Rounding decisions lost something, or all: another plan of this node may be worth more.
                    self.broken = self._worth_more(run.objective)
                    return None
            elif not hidden or not (to_the_end or looks < ROUNDS):
                return run

    def _settled_surely(self, values: Floats) -> Run | None:
        """The same; where there is said to be none, asked again from no basis."""
        settled = self.settle(values)
        if settled is None:
            self.session.forget()
            settled = self.settle(values)
        return settled

    def _branched(self, node: _Node, run: Run, branching: Branching) -> list[_Node]:
        """The nodes below one, the one nearer to its plan first; none where probing shows there is no better plan."""
        assert run.values is not None and run.objective is not None
        at = run.values[self.whole]
        lower, upper = self._by_reduced_cost(node, run, at)

        def probe(n: int, upward: bool) -> float | None:
            """What the relaxation is worth with one decision made; None where that is no better than the best plan."""
            low, high = lower.astype(float), upper.astype(float)
            low[n], high[n] = (np.ceil(at[n]), high[n]) if upward else (low[n], np.floor(at[n]))
            self.bound_whole(low, high)
            probed = self.solve()
            if probed.objective is None:
                return None if probed.ending == "infeasible" else run.objective
            return probed.objective if self._worth_more(probed.objective) else None

        n = branching.choose(at, run.objective, lower, upper, probe, WHOLE_WITHIN)
        if n is None:
            # Probing settled decisions: there is no better plan, or what is left is solved again.
            return [] if (lower > upper).any() else [self._node(lower, upper, run.objective)]
        low, high = lower.copy(), upper.copy()
        high[n], low[n] = np.floor(at[n]), np.ceil(at[n])
        below, above = self._node(lower, high, run.objective), self._node(low, upper, run.objective)
        return [above, below] if at[n] - np.floor(at[n]) > 0.5 else [below, above]

    def _by_reduced_cost(self, node: _Node, run: Run, at: Floats) -> tuple[Bounds, Bounds]:
        """The node's bounds, with decisions settled that would cost more than the node promises over the best plan."""
        lower, upper = node.lower.copy(), node.upper.copy()
        if run.column_dual is None or run.objective is None or self.best is None:
            return lower, upper
        price = run.column_dual[self.whole]
        costs_too_much = np.array([not self._worth_more(run.objective - abs(p)) for p in price.tolist()])
        stays_low = costs_too_much & (price < 0) & (at <= lower + WHOLE_WITHIN)
        stays_high = costs_too_much & (price > 0) & (at >= upper - WHOLE_WITHIN)
        upper[stays_low] = lower[stays_low]
        lower[stays_high] = upper[stays_high]
        return lower, upper

    def _round_down(self, values: Floats) -> None:
        """Settle the plan that builds only what this one builds wholly, once for each such plan."""
        lower = values.copy()
        lower[self.whole] = np.floor(values[self.whole] + WHOLE_WITHIN)
        name = lower[self.whole].tobytes()
        if name not in self._rounded:
            self._rounded.add(name)
            self._keep(self.settle(lower))

    def _keep(self, settled: Run | None) -> None:
        """The better of two plans."""
        if (
            settled is not None
            and settled.objective is not None
            and (self.best is None or self.best.objective is None or settled.objective > self.best.objective)
        ):
            self.best = settled


def _as_bounds(numbers: Floats) -> Bounds:
    """Bounds of whole decisions as whole numbers; a count without a greatest value has the greatest there is."""
    most = np.iinfo(np.int32).max
    return np.clip(numbers, -most, most).astype(np.int32)
