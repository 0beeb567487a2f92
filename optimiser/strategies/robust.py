"""``robust``: the sites one regrets least, whichever variant comes true.

    min max_v (best_v − value_v(y))   over y, the same in every world; money is decided when the world is known

The worlds are the scenario as written and each of its variants; best_v is the optimum of world v, value_v(y) the
first stage of its objective with the sites y, best financed there. One programme holds all worlds side by side, their
decisions tied together, so that the answer is exact and has a bound (minimax regret: Savage 1951; Kouvelis and Yu
1997, Robust Discrete Optimization). Probabilities of the variants do not count. A world that has no plan at all
asks nothing and is left out, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.allocation import Optimum, solve_scenario
from optimiser.findings import Finding
from optimiser.model.build import Model
from optimiser.model.losses import LossFunction
from optimiser.plan import PhaseKey
from optimiser.scenario.load import with_patch
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.clock import Clock
from optimiser.solve.losses import LossSession
from optimiser.solve.selection import OutOfTime, Selector
from optimiser.solve.session import Run, Session
from optimiser.solve.stages import absolute_gap
from optimiser.strategies.strategy import Case, Choice, Strategy, finance

AS_WRITTEN = "as written"

NOISE = 1e-9
"""Of the solver, on a value it reached and is asked to reach again."""


@dataclass(frozen=True, slots=True)
class World:
    """One version of the scenario, and the best that can be reached in it."""

    name: str
    model: Model
    arrays: Arrays
    best: float


def choose(case: Case, values: Mapping[str, Any]) -> Choice:
    """The selection of least greatest regret, then paid in the scenario as written."""
    if case.best.plan is None:
        return Choice(case.best)
    worlds, findings = _worlds(case)
    found = _least_regret(worlds, case.clock)
    if found is None:
        none = replace(case.best.outcome, termination="infeasible", values=None, stages=case.best.outcome.stages[:1])
        said = Finding("warning", "robust-no-common-choice", "/variants", {"worlds": [w.name for w in worlds]})
        return Choice(replace(case.best, plan=None, outcome=none), {}, (*findings, said))
    selection, regrets = found
    optimum, paid = finance(Selector(case.scenario, case.clock), selection)
    worst = max(regrets, key=lambda name: (regrets[name], name))
    params = {"regret": regrets[worst], "world": worst, "count": len(worlds)}
    said = Finding("note", "robust-regret", "/variants", params)
    return Choice(optimum, {}, (*findings, said, *paid), {"regret": regrets[worst]})


def _worlds(case: Case) -> tuple[list[World], tuple[Finding, ...]]:
    worlds, findings = [], []
    for name, scenario in [(AS_WRITTEN, case.scenario), *_variants(case.scenario)]:
        optimum = case.best if name == AS_WRITTEN else solve_scenario(scenario, case.clock.next())
        if optimum.plan is None and optimum.outcome.termination == "infeasible":
            findings.append(Finding("warning", "robust-world-without-plan", f"/variants/{name}", {"world": name}))
            continue
        values = optimum.outcome.values
        if values is None or not optimum.proven:
            raise OutOfTime
        best = sum(a * float(values[i]) for i, a in optimum.model.goals[0].pairs)
        worlds.append(World(name, optimum.model, _as_soft_as_its_best(optimum, values), best))
    return worlds, tuple(findings)


def _variants(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    for variant in scenario.variants:
        yield variant.id, with_patch(scenario, variant.patch).expect()


def _as_soft_as_its_best(optimum: Optimum, values: Floats) -> Arrays:
    """The world's programme in which soft rules are broken no more than in its own best plan."""
    upper = optimum.arrays.upper.copy()
    for goal in optimum.model.soft:
        for column, _ in goal.pairs:
            upper[column] = max(float(values[column]), 0.0) + NOISE
    return replace(optimum.arrays, upper=upper)


def _least_regret(worlds: list[World], clock: Clock) -> tuple[dict[PhaseKey, float], dict[str, float]] | None:
    """The choice of least greatest regret (of several, the best as things are written), and its regret in each world.

    None where no choice is possible in all worlds. Errors: OutOfTime.
    """
    arrays, functions, offsets = _side_by_side(worlds)
    regret = len(arrays.cost) - 1
    threads = clock.options.threads
    session = LossSession(arrays, threads, functions) if functions else Session(arrays, threads)
    gap = absolute_gap(worlds[0].model.goals[0])
    cost = np.zeros(len(arrays.cost))
    cost[regret] = -1.0
    run = _searched(session, cost, gap, clock)
    if run.values is None:
        return None
    slack = NOISE * (max(abs(w.best) for w in worlds) + 1.0)
    session.bound_columns([regret], np.zeros(1), np.array([max(float(run.values[regret]), 0.0) + slack]))
    chosen = _searched(session, _objective_of(worlds[0], offsets[0], len(cost)), gap, clock).values
    values = run.values if chosen is None else chosen
    session.bound_columns([regret], np.zeros(1), np.array([np.inf]))
    for offset, world in zip(offsets, worlds, strict=True):
        columns = np.array(list(world.model.columns.y.values()), dtype=np.intp)
        whole = world.arrays.integer[columns]
        y = np.where(whole, np.round(values[offset + columns]), values[offset + columns])
        session.bound_columns(offset + columns, np.where(whole, y, np.maximum(y - NOISE, 0.0)), y)
    regrets = {}
    for offset, world in zip(offsets, worlds, strict=True):
        objective = _objective_of(world, offset, len(cost))
        best = _searched(session, objective, gap, clock).values
        regrets[world.name] = max(world.best - float(objective @ (values if best is None else best)), 0.0)
    return _selection(worlds[0], values), regrets


def _objective_of(world: World, offset: int, width: int) -> Floats:
    """The first stage of the world's objective as a vector over all columns."""
    cost = np.zeros(width)
    for column, a in world.model.goals[0].pairs:
        cost[offset + column] += a
    return cost


def _searched(session: Session, cost: Floats, gap: float, clock: Clock) -> Run:
    if clock.over:
        raise OutOfTime
    session.maximise(cost)
    run = session.run(clock.next().time_limit_s, absolute_gap=gap)
    if run.ending not in ("optimal", "infeasible"):
        raise OutOfTime
    return run


def _side_by_side(worlds: list[World]) -> tuple[Arrays, list[LossFunction], list[int]]:
    """Every world's rows and columns in one programme, y tied together, and regret ≥ best_v − objective_v."""
    offsets = np.cumsum([0, *(len(w.arrays.cost) for w in worlds)]).tolist()
    regret = offsets[-1]
    rows: list[tuple[list[int], list[float], float, float]] = []
    first = worlds[0].model.columns.y
    for n, w in enumerate(worlds):
        for key, column in w.model.columns.y.items():
            if n and key in first:
                rows.append(([offsets[n] + column, first[key]], [1.0, -1.0], 0.0, 0.0))
        terms: dict[int, float] = {}
        for column, a in w.model.goals[0].pairs:
            terms[offsets[n] + column] = terms.get(offsets[n] + column, 0.0) + a
        rows.append(([*terms, regret], [*terms.values(), 1.0], w.best, np.inf))
    starts = np.cumsum([0, *(int(w.arrays.start[-1]) for w in worlds)]).tolist()
    further = np.cumsum([len(columns) for columns, *_ in rows])
    spans = [w.arrays.start[1:] + starts[n] for n, w in enumerate(worlds)]
    arrays = Arrays(
        cost=np.zeros(regret + 1),
        lower=_joined([w.arrays.lower for w in worlds], [0.0]),
        upper=_joined([w.arrays.upper for w in worlds], [np.inf]),
        integer=np.concatenate([*(w.arrays.integer for w in worlds), np.zeros(1, dtype=bool)]),
        row_lower=_joined([w.arrays.row_lower for w in worlds], [row[2] for row in rows]),
        row_upper=_joined([w.arrays.row_upper for w in worlds], [row[3] for row in rows]),
        start=np.concatenate([np.zeros(1), *spans, starts[-1] + further]).astype(np.int32),
        index=np.concatenate(
            [*(w.arrays.index + offsets[n] for n, w in enumerate(worlds)), *(row[0] for row in rows)]
        ).astype(np.int32),
        value=_joined([w.arrays.value for w in worlds], [a for row in rows for a in row[1]]),
    )
    functions = [_moved(f, offsets[n]) for n, w in enumerate(worlds) for f in w.model.losses]
    return arrays, functions, offsets[:-1]


def _joined(parts: list[Floats], last: list[float]) -> Floats:
    return np.concatenate([*parts, np.array(last, dtype=float)])


def _moved(f: LossFunction, offset: int) -> LossFunction:
    return replace(
        f,
        exposures=tuple(i + offset for i in f.exposures),
        threshold=tuple(i + offset for i in f.threshold),
        excess=f.excess + offset,
    )


def _selection(world: World, values: Floats) -> dict[PhaseKey, float]:
    """The decisions: whole ones made whole, fractions as they are."""
    found = {}
    for key, column in world.model.columns.y.items():
        y = float(values[column])
        found[key] = float(round(y)) if world.arrays.integer[column] or abs(y - round(y)) < 1e-9 else y
    return {key: y for key, y in found.items() if y > 0}


def _refused(scenario: Scenario, values: Mapping[str, Any]) -> Iterator[Finding]:
    if not scenario.variants:
        yield Finding("error", "strategy-needs-variants", "/variants")


STRATEGY = Strategy("robust", choose, (), _refused)
