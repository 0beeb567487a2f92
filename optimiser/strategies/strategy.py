"""What a strategy is: a name, its parameters, when it cannot be applied, and how it chooses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.allocation import Optimum, provenance, solve_scenario, solve_stated, write_up
from optimiser.evaluation import scored
from optimiser.findings import Finding
from optimiser.messages import Phrase, labelled
from optimiser.model.build import build_model
from optimiser.model.objective import Goal, State
from optimiser.plan import PhaseKey
from optimiser.result.reasons import reason_of
from optimiser.result.result import Result
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import arrays_of
from optimiser.solve.clock import Clock
from optimiser.solve.selection import Selector

Found = tuple[str, dict[str, Any]]
"""A reason: its code and parameters."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a strategy.

    fits: whether a value can be used. expected: in words for the finding where it cannot.
    """

    name: str
    default: Any
    fits: Callable[[Any], bool]
    expected: Phrase


@dataclass(frozen=True, slots=True)
class Asked:
    """A strategy with its parameters, as somebody asked for it.

    label: its name in results, with the parameters that were given: ``rank-and-cut:skip=false``.
    place: pointer to where it was asked for.
    """

    strategy: Strategy
    values: Mapping[str, Any]
    label: str
    place: str


@dataclass(slots=True)
class Case:
    """One scenario for which several strategies choose, against one clock."""

    loaded: Loaded
    clock: Clock
    lang: str = "en"
    _best: Optimum | None = None

    @property
    def scenario(self) -> Scenario:
        """The checked scenario."""
        return self.loaded.expect()

    @property
    def best(self) -> Optimum:
        """The optimum of the scenario's own objective, found once."""
        if self._best is None:
            self._best = solve_scenario(self.scenario, self.clock.next())
        return self._best

    def is_best(self, optimum: Optimum) -> bool:
        """Whether this is that optimum."""
        return optimum is self._best


@dataclass(frozen=True, slots=True)
class Choice:
    """What a strategy chose: a plan or none, why each candidate is in or out, and what there is to say about it.

    measures: numbers of the strategy's own, by name, for whoever compares.
    """

    optimum: Optimum
    reasons: Mapping[str, Found] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strategy:
    """refused: what keeps it from being applied to a scenario, given the parameters' values; none where it can be."""

    name: str
    choose: Callable[[Case, Mapping[str, Any]], Choice]
    parameters: tuple[Parameter, ...] = ()
    refused: Callable[[Scenario, Mapping[str, Any]], Iterator[Finding]] = lambda scenario, values: iter(())


@dataclass(frozen=True, slots=True)
class Decided:
    """A strategy's choice, written up."""

    asked: Asked
    choice: Choice
    result: Result


def decide(case: Case, asked: Asked) -> Decided:
    """Let a strategy choose, then check and score its plan like any other.

    Errors: OutOfTime where the clock ended before there was anything to check; SolverError where the solver refuses.
    """
    started = time.perf_counter()
    choice = asked.strategy.choose(case, asked.values)
    return Decided(asked, choice, _written_up(case, asked, choice, started))


def _written_up(case: Case, asked: Asked, choice: Choice, started: float) -> Result:
    optimum = choice.optimum
    if case.is_best(optimum):
        return replace(write_up(case.loaded, optimum, case.lang, started), strategy=asked.label)
    if optimum.plan is None:
        without = write_up(case.loaded, optimum, case.lang, started)
        said = [*without.findings, *(f.as_dict(case.lang) for f in choice.findings)]
        return replace(without, strategy=asked.label, findings=said)
    reasons = {c: reason_of(code, p, case.lang) for c, (code, p) in choice.reasons.items()}
    result = scored(case.loaded, optimum.plan, asked.label, case.lang, started, choice.findings, reasons or None)
    spent = provenance(optimum.options.solver, started, optimum.outcome.solver_seconds)
    held = result.termination == "optimal"
    return replace(
        result,
        termination="time_limit" if held and not optimum.proven else result.termination,
        provenance=spent,
    )


def solve_instead(
    case: Case,
    further: tuple[Callable[[State], Goal], ...],
    goals: Callable[[list[Goal], tuple[Goal, ...]], list[Goal]],
) -> Optimum:
    """The optimum of the scenario's rules for other goals.

    further: sums the scenario's objective does not have. goals: the stages, from the scenario's own and the further.
    """
    started = time.perf_counter()
    model = build_model(case.scenario, further=further)
    model = replace(model, goals=tuple(goals(list(model.goals), model.further)))
    arrays = arrays_of(model.programme)
    return solve_stated(case.scenario, model, arrays, case.clock.next(), time.perf_counter() - started)


def finance(selector: Selector, selection: Mapping[PhaseKey, float]) -> tuple[Optimum, tuple[Finding, ...]]:
    """The selection paid as the scenario's objective (then least public money) would, and the rules it cannot keep.

    Errors: OutOfTime.
    """
    financed = selector.financed(selection)
    optimum = solve_stated(selector.scenario, selector.model, financed.arrays, selector.clock.next())
    broken = dict.fromkeys((row.label, row.rule) for row in financed.given_up)
    if not broken or optimum.plan is None:
        return optimum, ()
    return optimum, (Finding("note", "strategy-gives-up", "", {"rules": [labelled(*named) for named in broken]}),)
