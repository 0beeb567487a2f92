"""Several programmes as one: side by side, with some of their columns made equal.

The deterministic equivalent of a decision in two stages (Birge and Louveaux, Introduction to Stochastic Programming,
section 2.4): max Σ_v p[v] · cost[v]·z[v] where each z[v] keeps its own rows, and linked columns are equal in all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimiser.model.losses import LossFunction
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.clock import Clock
from optimiser.solve.losses import LossSession
from optimiser.solve.session import Ending, Session

HELD = 1e-9
"""Relative slack with which the tie-break keeps the optimum: a double's noise on a sum, and the solver's tolerance."""


@dataclass(frozen=True, slots=True)
class Block:
    """One programme, what it maximises and how much that weighs. functions: its losses.

    before: what is maximised before, by rank: stages for soft rules, 1 first.
    """

    arrays: Arrays
    cost: Floats
    weight: float
    functions: tuple[LossFunction, ...] = ()
    before: Mapping[int, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StackedOutcome:
    """How it ended; the weighted value and its bound; the plan of each block; seconds in the solver."""

    ending: Ending
    value: float | None
    bound: float | None
    values: tuple[Floats, ...]
    seconds: float


def solve_stacked(blocks: Sequence[Block], linked: Sequence[Sequence[int]], clock: Clock) -> StackedOutcome:
    """The best plan of all blocks together.

    linked: for each decision its column in each block. Soft rules come first, their violations weighed like the
    objectives. Among equally good plans the one with most of the linked
    decisions, earlier ones first.
    """
    arrays, functions = stacked(blocks, linked)
    threads = clock.options.threads
    session = LossSession(arrays, threads, functions) if functions else Session(arrays, threads)
    for rank in sorted({rank for b in blocks for rank in b.before}):
        cost = np.concatenate([b.weight * b.before.get(rank, np.zeros(len(b.arrays.cost))) for b in blocks])
        session.maximise(cost)
        run = session.run(clock.remaining_s)
        if run.ending != "optimal" or run.values is None:
            return StackedOutcome(run.ending, None, run.bound, (), session.seconds)
        _hold(session, cost, float(cost @ run.values))
    session.maximise(arrays.cost)
    run = session.run(clock.remaining_s, clock.options.mip_gap)
    if run.values is None:
        return StackedOutcome(run.ending, None, run.bound, (), session.seconds)
    values, value = run.values, float(arrays.cost @ run.values)
    if run.ending == "optimal" and linked:
        ranking = np.zeros(len(arrays.cost))
        ranking[[columns[0] for columns in linked]] = 1.0 + 1.0 / (2.0 + np.arange(len(linked)))
        _hold(session, arrays.cost, value)
        session.maximise(ranking)
        ranked = session.run(clock.remaining_s)
        if ranked.ending == "optimal" and ranked.values is not None:
            values = ranked.values
    ends = np.cumsum([len(b.arrays.cost) for b in blocks])
    return StackedOutcome(run.ending, value, run.bound, tuple(np.split(values, ends[:-1])), session.seconds)


def _hold(session: Session, cost: Floats, value: float) -> None:
    """Later stages keep this one's value."""
    used = np.flatnonzero(cost)
    if len(used):
        session.add_row(used, cost[used], value - HELD * max(abs(value), 1.0), np.inf)


def stacked(blocks: Sequence[Block], linked: Sequence[Sequence[int | None]]) -> tuple[Arrays, tuple[LossFunction, ...]]:
    """The blocks as one programme, with z[first block, column] = z[other block, column] for every linked decision.

    linked: as in ``solve_stacked``; None in a block that does not know the decision (never the first).
    """
    offsets = np.concatenate([[0], np.cumsum([len(b.arrays.cost) for b in blocks])]).astype(int)
    entries = np.concatenate([[0], np.cumsum([len(b.arrays.value) for b in blocks])])
    starts, indices, coefficients = [np.zeros(1, dtype=np.int64)], [], []
    for block, offset, before in zip(blocks, offsets, entries, strict=False):
        starts.append(block.arrays.start[1:].astype(np.int64) + before)
        indices.append(block.arrays.index.astype(np.int64) + offset)
        coefficients.append(block.arrays.value)
    pairs = [
        (first, column + offset)
        for first, *others in linked
        for column, offset in zip(others, offsets[1:], strict=False)
        if column is not None
    ]
    starts.append(entries[-1] + 2 * np.arange(1, len(pairs) + 1))
    indices.append(np.array(pairs, dtype=np.int64).reshape(-1))
    coefficients.append(np.tile([1.0, -1.0], len(pairs)))
    equal = np.zeros(len(pairs))
    arrays = Arrays(
        cost=np.concatenate([b.weight * b.cost for b in blocks]),
        lower=np.concatenate([b.arrays.lower for b in blocks]),
        upper=np.concatenate([b.arrays.upper for b in blocks]),
        integer=np.concatenate([b.arrays.integer for b in blocks]),
        row_lower=np.concatenate([*(b.arrays.row_lower for b in blocks), equal]),
        row_upper=np.concatenate([*(b.arrays.row_upper for b in blocks), equal]),
        start=np.concatenate(starts).astype(np.int32),
        index=np.concatenate(indices).astype(np.int32),
        value=np.concatenate(coefficients),
    )
    moved = [_moved(f, int(offset)) for b, offset in zip(blocks, offsets, strict=False) for f in b.functions]
    return arrays, tuple(moved)


def _moved(f: LossFunction, by: int) -> LossFunction:
    """The loss function of a block, with the numbers its columns have in the whole."""
    return replace(
        f,
        exposures=tuple(i + by for i in f.exposures),
        threshold=tuple(i + by for i in f.threshold),
        excess=f.excess + by,
    )
