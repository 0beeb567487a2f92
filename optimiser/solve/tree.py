"""A search tree over whole decisions whose every plan keeps the loss functions: one linear programme a node, hot.

An integer search that knows nothing of the draws must be started again for every plan whose losses it did not
foresee. Here each node says at once what its plan hides, and that holds for all nodes after it (Quesada and Grossmann
1992, doi 10.1016/0098-1354(92)80028-8). The node that promises most comes next; now and then a dive looks for plans.
A decision whose reduced cost is more than a node promises over the best plan is settled for all nodes below it.

What is closed although it may hold a plan as good as the best one is remembered: whether another is as good, and which
of them a tie-break prefers, is asked of those boxes alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Condition

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.arrays import Floats
from optimiser.solve.branching import Bounds, Branching, Step
from optimiser.solve.learnt import WarmStart
from optimiser.solve.session import Run

WHOLE_WITHIN = 1e-6
"""How far from a whole number a decision may be to count as one; it is then fixed there and its money settled."""

DIVE_EVERY = 50
"""Nodes between two dives, once there is a plan."""

WAIT_S = 0.05
"""How long a thread without a node waits before it looks again whether the search is over."""

ROUNDS = 4
"""How often a node with fractions is looked at for what it hides."""


Boxes = Sequence[tuple[Bounds, Bounds]]
"""Whole decisions between a lower and an upper bound, each box by itself."""


@dataclass(order=True, slots=True)
class _Node:
    """Decisions between bounds. Nodes are ordered by what they promise (``key`` is less that), the oldest first.

    step: the one that led here from the node above; start: what that node left.
    """

    key: float
    number: int
    lower: Bounds = field(compare=False)
    upper: Bounds = field(compare=False)
    step: Step | None = field(compare=False, default=None)
    start: WarmStart | None = field(compare=False, default=None)


@dataclass(slots=True)
class _Growth:
    """A search as one thread goes through it. last: the plan of its last node; all else is the same for all threads."""

    branching: Branching
    nodes: int
    over: Callable[[], bool]
    last: Floats | None = None


@dataclass(slots=True)
class Programme:
    """The linear programme of nodes as one thread has it.

    bound_whole: bounds the decisions for what comes. solve: the programme as it stands, once; it may end "infeasible"
    as soon as it is shown to be worth less than that. refine: whether a plan hid losses (then known); exactly: over
    all draws, where it hid none. settle: the plan with these whole decisions that keeps every loss function, or
    None; surely: only where that was asked twice. price: the last run with its duals. leave: what the nodes below the
    one of such a run start from; start: from there.
    """

    bound_whole: Callable[[Floats, Floats], None]
    solve: Callable[[float], Run]
    refine: Callable[[Floats, bool], bool]
    settle: Callable[[Floats, bool], Run | None]
    price: Callable[[Run], Run]
    leave: Callable[[Run], WarmStart | None]
    start: Callable[[WarmStart], None]


@dataclass(slots=True)
class Tree:
    """Relaxed linear programmes, branched on the columns ``whole``. Nodes not yet solved stand in ``open``.

    worth: whether a value is worth more than another; as_good: the least that a plan may be worth and tie with one of a
    value. more: programmes for further threads, made once the root is solved, so that they begin with all it taught;
    which plan is found first is then a matter of chance, how good the best is not. ``closed``: nodes that hold no
    better plan than the best, and perhaps one as good.
    """

    programme: Programme
    whole: NDArray[np.intp]
    worth: Callable[[float, float], bool]
    as_good: Callable[[float], float]
    more: Callable[[], Sequence[Programme]] = tuple
    best: Run | None = None
    broken: bool = False
    open: list[_Node] = field(default_factory=list)
    closed: list[_Node] = field(default_factory=list)
    _made: int = 0
    _solved_nodes: int = 0
    _busy: int = 0
    _failed: bool = False
    _rounded: set[bytes] = field(default_factory=set)
    _turn: Condition = field(default_factory=Condition)

    def search(self, among: Boxes, nodes: int, over: Callable[[], bool]) -> None:
        """Solve up to so many nodes, until it is over.

        Without open ones afterwards the best plan is an optimum of these boxes, or they hold none.
        """
        growth = _Growth(Branching(len(self.whole)), nodes, over)
        root, *others = [self._node(lower, upper, np.inf) for lower, upper in among]
        self._put(others)
        if self._is_over(growth):
            self._put([root])
            return
        dive = self._step(self.programme, root, True, growth)
        more = self.more() if self.open or dive else ()
        self._busy = int(dive is not None)
        if not more:
            self._grow(self.programme, dive, growth)
            return
        with ThreadPoolExecutor(len(more), "tree") as threads:
            growing = [threads.submit(self._grow, programme, None, replace(growth)) for programme in more]
            self._grow(self.programme, dive, growth)
        for done in growing:
            done.result()

    def _grow(self, lp: Programme, dive: _Node | None, growth: _Growth) -> None:
        """Take nodes and branch them until there are none or the search is over."""
        try:
            while (node := dive or self._taken(growth)) is not None:
                if self._is_over(growth):
                    self._put([node])
                    dive = None
                else:
                    dive = self._step(lp, node, dive is not None, growth)
                if dive is None:
                    self._let_go()
        except BaseException:
            self._failed = True
            self._let_go()
            raise

    def _taken(self, growth: _Growth) -> _Node | None:
        """The node that promises most; None where the search ends. Waits while others may still find some."""
        with self._turn:
            while not self.open and self._busy and not self._is_over(growth):
                self._turn.wait(WAIT_S)
            if not self.open or self._is_over(growth):
                return None
            self._busy += 1
            return heapq.heappop(self.open)

    def _let_go(self) -> None:
        with self._turn:
            self._busy -= 1
            self._turn.notify_all()

    def _put(self, nodes: Sequence[_Node]) -> None:
        with self._turn:
            for node in nodes:
                heapq.heappush(self.open, node)
            self._turn.notify_all()

    def _is_over(self, growth: _Growth) -> bool:
        return self.broken or self._failed or self._solved_nodes >= growth.nodes or growth.over()

    def _step(self, lp: Programme, node: _Node, is_dive: bool, growth: _Growth) -> _Node | None:
        """Solve a node and branch it; its better child where a dive goes on."""
        dive: _Node | None = None
        run = self._solved(lp, node, to_the_end=node.number == 1)
        with self._turn:
            self._solved_nodes += 1
            solved = self._solved_nodes
        if self.broken:
            self._put([node])
            return None
        if node.step is not None and (run is not None or -node.key < node.step.value):
            # Of a node that holds no plan at all, or was never solved, the cost is not known.
            growth.branching.learn(node.step, -node.key)
        if run is not None and run.values is not None:
            if growth.last is None:
                self._round_down(lp, run.values)
            children = self._branched(lp, node, run, growth.branching)
            growth.last = run.values
            if children and (is_dive or self.best is None or solved % DIVE_EVERY == 0):
                dive = children.pop(0)
            self._put(children)
        elif is_dive and growth.last is not None:
            # The dive ended: what it had decided so far, without what was left in fractions, may be a plan.
            self._round_down(lp, growth.last)
        return dive

    @property
    def bound(self) -> float:
        """No plan is worth more: the best of the open nodes and of the plan found."""
        found = -np.inf if self.best is None or self.best.objective is None else self.best.objective
        return max(found, -min(node.key for node in self.open) if self.open else -np.inf)

    def tied(self, least: float) -> Boxes:
        """What may hold plans worth at least so much, once nothing is open."""
        return [(node.lower, node.upper) for node in self.closed if -node.key >= least]

    def _node(
        self,
        lower: Bounds,
        upper: Bounds,
        promised: float,
        start: WarmStart | None = None,
        step: Step | None = None,
    ) -> _Node:
        with self._turn:
            self._made += 1
            return _Node(-promised, self._made, lower, upper, step, start)

    def _worth_more(self, value: float) -> bool:
        return self.best is None or self.best.objective is None or self.worth(value, self.best.objective)

    @property
    def _least(self) -> float:
        """What is worth less holds no plan as good as the best."""
        return -np.inf if self.best is None or self.best.objective is None else self.as_good(self.best.objective)

    def _close(self, node: _Node) -> None:
        """No better plan is in a node."""
        if -node.key >= self._least:
            self.closed.append(node)

    def _solved(self, lp: Programme, node: _Node, to_the_end: bool) -> Run | None:
        """The node's relaxation, or None where it holds no better plan. Fractions are looked at a few times, the root
        and whole plans until nothing is hidden."""
        if not self._worth_more(-node.key):
            self._close(node)
            return None
        lp.bound_whole(node.lower.astype(float), node.upper.astype(float))
        if node.start is not None:
            lp.start(node.start)
        looks = 0
        while True:
            run = lp.solve(self._least)
            if run.ending == "infeasible":
                node.key = node.key if run.bound is None else max(node.key, -run.bound)
                return None
            if run.values is None or run.objective is None or run.ending != "optimal":
                halves = self._halves(node) if run.ending == "error" else []
                self._put(halves)
                self.broken = self.broken or not halves
                return None
            node.key = max(node.key, -run.objective)
            if not self._worth_more(run.objective):
                self._close(node)
                return None
            at = run.values[self.whole]
            is_whole = np.abs(at - np.round(at)).max() <= WHOLE_WITHIN
            hidden = lp.refine(run.values, bool(is_whole or to_the_end))
            looks += 1
            if is_whole:
                if not hidden:
                    self._keep(lp.settle(run.values, True))
                    self._close(node)
                    # Rounding decisions lost something, or all: another plan of this node may be worth more.
                    self.broken = self.broken or self._worth_more(run.objective)
                    return None
            elif not hidden or not (to_the_end or looks < ROUNDS):
                return lp.price(run)

    def _halves(self, node: _Node) -> list[_Node]:
        """The nodes below one whose relaxation HiGHS could not solve; none where every decision is made."""
        undecided = np.flatnonzero(node.lower < node.upper)
        if not len(undecided):
            return []
        n = undecided[0]
        high, low = node.upper.copy(), node.lower.copy()
        high[n] = (node.lower[n] + node.upper[n]) // 2
        low[n] = high[n] + 1
        return [self._node(*bounds, -node.key, node.start) for bounds in ((node.lower, high), (low, node.upper))]

    def _branched(self, lp: Programme, node: _Node, run: Run, branching: Branching) -> list[_Node]:
        """The nodes below one, the one nearer to its plan first; none where probing shows there is no better plan."""
        assert run.values is not None and run.objective is not None
        at = run.values[self.whole]
        lower, upper = self._by_reduced_cost(node, run, at)
        start = lp.leave(run)

        def probe(n: int, upward: bool) -> float | None:
            """What the relaxation is worth with one decision made; None where that is no plan as good as the best."""
            low, high = lower.astype(float), upper.astype(float)
            low[n], high[n] = (np.ceil(at[n]), high[n]) if upward else (low[n], np.floor(at[n]))
            lp.bound_whole(low, high)
            probed = lp.solve(self._least)
            if probed.objective is None:
                return None if probed.ending == "infeasible" else run.objective
            return probed.objective if probed.objective >= self._least else None

        n = branching.choose(at, run.objective, lower, upper, probe, WHOLE_WITHIN)
        if n is None:
            # Probing settled decisions: there is no better plan, or what is left is solved again.
            return [] if (lower > upper).any() else [self._node(lower, upper, run.objective, start)]
        low, high = lower.copy(), upper.copy()
        high[n], low[n] = np.floor(at[n]), np.ceil(at[n])
        part = float(at[n] - np.floor(at[n]))
        below = self._node(lower, high, run.objective, start, Step(n, False, part, run.objective))
        above = self._node(low, upper, run.objective, start, Step(n, True, 1.0 - part, run.objective))
        return [above, below] if part > 0.5 else [below, above]

    def _by_reduced_cost(self, node: _Node, run: Run, at: Floats) -> tuple[Bounds, Bounds]:
        """The node's bounds, with decisions settled that would cost more than the node promises over the best plan."""
        lower, upper = node.lower.copy(), node.upper.copy()
        if run.column_dual is None or run.objective is None or self.best is None:
            return lower, upper
        price = run.column_dual[self.whole]
        costs_too_much = run.objective - np.abs(price) < self._least
        stays_low = costs_too_much & (price < 0) & (at <= lower + WHOLE_WITHIN)
        stays_high = costs_too_much & (price > 0) & (at >= upper - WHOLE_WITHIN)
        upper[stays_low] = lower[stays_low]
        lower[stays_high] = upper[stays_high]
        return lower, upper

    def _round_down(self, lp: Programme, values: Floats) -> None:
        """Settle the plan that builds only what this one builds wholly, once for each such plan."""
        lower = values.copy()
        lower[self.whole] = np.floor(values[self.whole] + WHOLE_WITHIN)
        name = lower[self.whole].tobytes()
        if name not in self._rounded:
            self._rounded.add(name)
            self._keep(lp.settle(lower, False))

    def _keep(self, settled: Run | None) -> None:
        """The better of two plans."""
        if settled is None or settled.objective is None:
            return
        with self._turn:
            if self.best is None or self.best.objective is None or settled.objective > self.best.objective:
                self.best = settled


def box(lower: Floats, upper: Floats) -> tuple[Bounds, Bounds]:
    """The whole decisions between bounds of their columns."""
    return _as_bounds(np.ceil(lower - WHOLE_WITHIN)), _as_bounds(np.floor(upper + WHOLE_WITHIN))


def _as_bounds(numbers: Floats) -> Bounds:
    """Bounds of whole decisions as whole numbers; a count without a greatest value has the greatest there is."""
    most = np.iinfo(np.int32).max
    return np.clip(numbers, -most, most).astype(np.int32)
