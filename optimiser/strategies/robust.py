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
from optimiser.plan import PhaseKey
from optimiser.scenario.load import with_patch
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.clock import Clock
from optimiser.solve.goals import absolute_gap, cost_of
from optimiser.solve.losses import LossSession
from optimiser.solve.selection import OutOfTime, Selector
from optimiser.solve.session import Run, Session
from optimiser.solve.stacked import Block, stacked
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


_NONE = np.zeros(0)
_REGRET = Arrays(
    cost=np.zeros(1),
    lower=np.zeros(1),
    upper=np.array([np.inf]),
    integer=np.zeros(1, dtype=bool),
    row_lower=_NONE,
    row_upper=_NONE,
    start=np.zeros(1, dtype=np.int32),
    index=np.zeros(0, dtype=np.int32),
    value=_NONE,
)
"""A programme of one column, which is what the worlds are compared by."""


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
    session, (*offsets, regret) = _side_by_side(worlds, clock.options.threads)
    gap = absolute_gap(cost_of(worlds[0].model.goals[0], len(worlds[0].arrays.cost)))
    cost = np.zeros(regret + 1)
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


def _side_by_side(worlds: list[World], threads: int) -> tuple[Session | LossSession, list[int]]:
    """Every world's rows and columns in one programme, y tied together, and regret ≥ best_v − objective_v.

    Gives where each world's columns begin, and last that of the regret.
    """
    blocks = [Block(w.arrays, np.zeros(len(w.arrays.cost)), 1.0, tuple(w.model.losses)) for w in worlds]
    others = [w.model.columns.y for w in worlds[1:]]
    tied = [[y, *(other.get(key) for other in others), None] for key, y in worlds[0].model.columns.y.items()]
    arrays, functions = stacked([*blocks, Block(_REGRET, np.zeros(1), 1.0)], tied)
    session = LossSession(arrays, threads, functions) if functions else Session(arrays, threads)
    offsets = np.cumsum([0, *(len(w.arrays.cost) for w in worlds)]).tolist()
    for world, offset in zip(worlds, offsets, strict=False):
        row = _objective_of(world, offset, len(arrays.cost))
        row[offsets[-1]] = 1.0
        used = np.flatnonzero(row)
        session.add_row(used, row[used], world.best, np.inf)
    return session, offsets


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
