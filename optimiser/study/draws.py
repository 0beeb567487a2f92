"""Draws of a scenario's uncertain numbers, each solved for who is funded; in this process or in parts, in others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.allocation import collector_paused
from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.plan import Plan
from optimiser.scenario.patch import with_values
from optimiser.scenario.pointer import keys_to, value_at
from optimiser.scenario.scenario import Scenario
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.study.versions import SessionUse, Versions

LEAST_POINT = 2.0**-53


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain input that can be drawn. whole: whether only whole numbers may stand there."""

    pointer: str
    value: float
    low: float
    high: float
    distribution: str
    whole: bool

    def at(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values at these quantiles: F⁻¹(u), all between low and high.

        uniform; triangular with its peak at the stated value; normal around the middle of the range with a standard
        deviation of a quarter of it, cut off at low and high (2 standard deviations either way).
        """
        width = self.high - self.low
        if width == 0:
            return np.full(len(u), self.low)
        if self.distribution == "triangular":
            peak = (self.value - self.low) / width
            up = self.low + width * np.sqrt(u * peak)
            return np.where(u <= peak, up, self.high - width * np.sqrt((1 - u) * (1 - peak)))
        if self.distribution == "normal":
            from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

            below = ndtr(-2.0)
            middle: NDArray[np.float64] = (self.low + self.high) / 2 + width / 4 * ndtri(below + u * (1 - 2 * below))
            return np.clip(middle, self.low, self.high)
        return self.low + width * u


@dataclass(frozen=True, slots=True)
class Draws:
    """All draws of a study. document: the scenario without its other versions."""

    document: dict[str, Any]
    inputs: Sequence[Input]
    count: int
    seed: int

    def documents(self, first: int, last: int) -> Iterator[dict[str, Any]]:
        """The scenario at each of these draws, scrambled Halton points. What no input touches is shared."""
        from scipy.stats import qmc  # type: ignore[import-untyped]

        points = qmc.Halton(len(self.inputs), scramble=True, rng=self.seed).fast_forward(first).random(last - first)
        points = np.clip(points, LEAST_POINT, 1 - LEAST_POINT)
        drawn = [i.at(points[:, n]) for n, i in enumerate(self.inputs)]
        places = [keys_to(self.document, i.pointer) for i in self.inputs]
        for n in range(last - first):
            values = [round(float(v[n])) if i.whole else float(v[n]) for i, v in zip(self.inputs, drawn, strict=True)]
            yield with_values(self.document, places, values)


@dataclass(frozen=True, slots=True)
class Drawn:
    """How one draw ended. value: of the objective, None without a plan. chosen: the phases its plan funds."""

    termination: str
    proven: bool
    value: float | None
    chosen: frozenset[tuple[str, str]]
    solver_seconds: float


@dataclass(frozen=True, slots=True)
class Part:
    """Some draws solved elsewhere. whole: all that were asked. refused: why the next one is no scenario."""

    solved: list[Drawn]
    whole: bool
    use: SessionUse
    refused: tuple[Finding, ...] = ()


def solve_draws(
    draws: Draws, first: int, last: int, options: SolveOptions, clock: Clock, solver: Versions
) -> Iterator[Drawn]:
    """These draws one after the other, until the time is over.

    Errors: QuestionError where one is no valid scenario: each input is valid all over its range, not with all others.
    """
    for document in draws.documents(first, last):
        if clock.over:
            return
        with collector_paused():
            scenario = _scenario_of(document, draws.inputs, solver)
            optimum = solver.solved(scenario, replace(options, time_limit_s=clock.next().time_limit_s))
            value = optimum.value
        chosen = chosen_of(optimum.plan) if optimum.plan is not None else frozenset()
        outcome = optimum.outcome
        yield Drawn(outcome.termination, optimum.proven, value, chosen, outcome.solver_seconds)


def solve_part(draws: Draws, first: int, last: int, options: SolveOptions, ends_at: float) -> Part:
    """The same in a worker. ends_at: when the time is over, by the clock of the machine (``time.time``)."""
    clock = Clock(replace(options, time_limit_s=max(ends_at - time.time(), 0.0)))
    solved: list[Drawn] = []
    solver = Versions()
    try:
        solved.extend(solve_draws(draws, first, last, options, clock, solver))
    except QuestionError as error:
        return Part(solved, False, solver.use, error.findings)
    return Part(solved, len(solved) == last - first, solver.use)


def chosen_of(plan: Plan) -> frozenset[tuple[str, str]]:
    """The phases a plan funds, in part or in full."""
    return frozenset(key for key, y in plan.fraction.items() if y)


def _scenario_of(document: dict[str, Any], inputs: Sequence[Input], solver: Versions) -> Scenario:
    loaded = solver.load(document)
    if loaded.scenario is None:
        reason = next(f.message() for f in loaded.findings if f.severity == "error")
        params = {"value": [float(f"{value_at(document, i.pointer):.6g}") for i in inputs], "reason": reason}
        raise QuestionError([Finding("error", "uncertain-impossible", "/scenario/uncertain", params)])
    return loaded.scenario
