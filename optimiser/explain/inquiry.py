"""One scenario asked many times: its best plan; the best one with or without a candidate, or with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimiser.allocation import Optimum, solve_scenario
from optimiser.explain.answer import Swap, TermChange
from optimiser.explain.clash import clash_of, clashing_rules
from optimiser.model.build import Model, build_model
from optimiser.result.losses import loss_book
from optimiser.result.measures import term_values
from optimiser.result.result import TermValue
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.load import with_patch
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import arrays_of
from optimiser.solve.clock import Clock

LEAST_PART = 0.01
"""A divisible candidate without a least fraction counts as in from a hundredth of its first phase on."""

AS_GOOD = 1e-7
"""Relative difference of a stage below which two plans are as good: what a stage of the search may give up."""

Stating = Callable[[Model], Model]


@dataclass(frozen=True, slots=True)
class Standing:
    """One solved version: possible is None where the time did not suffice to tell.

    stages: what each stage reached, those of the objective last, larger is better.
    """

    possible: bool | None
    proven: bool
    stages: tuple[float, ...]
    funded: tuple[str, ...]
    terms: list[TermValue]


class Inquiry:
    """A checked scenario and its best plan, asked within one time limit.

    Errors: SolverError where the solver refuses.
    """

    def __init__(self, scenario: Scenario, clock: Clock):
        self.scenario = scenario
        self.clock = clock
        self.optimum = solve_scenario(scenario, replace(clock.next(), mip_gap=0.0))
        self.base = _standing(self.optimum)
        self._free: dict[str, Standing | None] = {}

    @property
    def funded(self) -> tuple[str, ...]:
        """The candidates of the best plan."""
        return self.base.funded

    def best(
        self,
        settings: Mapping[str, Any] | None = None,
        inside: Collection[str] = (),
        outside: Collection[str] = (),
        also: Stating | None = None,
    ) -> Standing | None:
        """The best plan with the settings put in, these candidates in or out; None where the settings are refused."""
        if self.clock.over:
            return Standing(None, False, (), (), [])
        scenario = with_patch(self.scenario, settings).scenario if settings else self.scenario
        if scenario is None:
            return None
        options = replace(
            self.clock.next(), tie_break=False, settle_money=False, unspent=False, prices=False, mip_gap=0.0
        )

        def stated(model: Model) -> Model:
            model = forced(model, inside, outside)
            return also(model) if also is not None else model

        return _standing(solve_scenario(scenario, options, stated))

    def free(self, settings: Mapping[str, Any]) -> Standing | None:
        """The best plan with the settings put in; asked once for each."""
        key = repr(sorted(settings.items()))
        if key not in self._free:
            self._free[key] = self.best(settings)
        return self._free[key]

    def as_good(self, one: Standing, other: Standing) -> bool:
        """Whether one is at least as good as the other: the first stage in which they differ decides."""
        tolerances = self._tolerances(len(other.stages))
        for a, b, tolerance in zip(one.stages, other.stages, tolerances, strict=False):
            slack = (tolerance + AS_GOOD) * max(abs(b), 1e-6)
            if a > b + slack:
                return True
            if a < b - slack:
                return False
        return True

    def lost(self, standing: Standing) -> tuple[float, ...]:
        """What each stage loses against the best plan: the smaller the better, the first stage first."""
        pairs = zip(self.base.stages, standing.stages, strict=False)
        return tuple(b - a if abs(b - a) > AS_GOOD * max(abs(b), 1e-6) else 0.0 for b, a in pairs)

    def swap(self, standing: Standing | None, inside: Collection[str], lang: str) -> Swap:
        """Another plan beside the best one; where there is none with these candidates, the rules against it."""
        if standing is None or standing.possible is None:
            return Swap(None, False)
        if not standing.possible:
            return Swap(False, standing.proven, clash=self._clash(inside, lang) if inside else None)
        return Swap(
            True,
            standing.proven and self.optimum.proven,
            self.changes(standing),
            [c for c in standing.funded if c not in self.funded],
            [c for c in self.funded if c not in standing.funded],
        )

    def changes(self, standing: Standing) -> list[TermChange]:
        """The terms of the objective, in the best plan and in this one."""
        return [_term_change(a, b) for a, b in zip(self.base.terms, standing.terms, strict=True)]

    def candidate(self, name: str) -> Candidate:
        """The candidate of that id."""
        return next(c for c in self.scenario.candidates if c.id == name)

    def _clash(self, inside: Collection[str], lang: str) -> Any:
        model = forced(build_model(self.scenario), inside, ())
        found = clashing_rules(model, arrays_of(model.programme), self.clock)
        return clash_of(self.scenario, found, lang) if found.feasible is False else None

    def _tolerances(self, stages: int) -> list[float]:
        """Of each stage; what comes before the objective has none."""
        if self.scenario.objective.mode != "lexicographic":
            return [0.0] * stages
        own = [t.tolerance for t in self.scenario.objective.terms]
        return [0.0] * (stages - len(own)) + own


def forced(model: Model, inside: Collection[str], outside: Collection[str]) -> Model:
    """The model with rows that hold candidates in (the least part of their first phase that counts) or out."""
    for c in inside:
        first = model.data.phases_of[c][0]
        least = least_part(first.candidate)
        model.programme.at_least("forced", "in", c, [(model.columns.y[first.key], 1.0)], least)
    for c in outside:
        for p in model.data.phases_of[c]:
            model.programme.equal("forced", "out", p.at, [(model.columns.y[p.key], 1.0)], 0.0)
    return model


def least_part(candidate: Candidate) -> float:
    """The fraction of its first phase from which on a candidate counts as in."""
    return (candidate.least_fraction or LEAST_PART) if candidate.divisible else 1.0


def _standing(optimum: Optimum) -> Standing:
    outcome, plan = optimum.outcome, optimum.plan
    if plan is None:
        possible = False if outcome.termination == "infeasible" else None
        return Standing(possible, optimum.proven, (), (), [])
    draws = optimum.model.draws
    book = loss_book(optimum.scenario, plan, draws) if draws is not None else None
    order = {goal.name for goal in optimum.model.tier_order}
    in_plan = {c for (c, _), y in plan.fraction.items() if y}
    return Standing(
        True,
        optimum.proven,
        tuple(s.value or 0.0 for s in outcome.stages if s.name not in order),
        tuple(c.id for c in optimum.scenario.candidates if c.id in in_plan),
        term_values(optimum.scenario, plan, book),
    )


def _term_change(before: TermValue, after: TermValue) -> TermChange:
    worse = before.value - after.value if before.sense == "maximise" else after.value - before.value
    lost = worse if abs(worse) > AS_GOOD * max(abs(before.value), 1e-6) else 0.0
    return TermChange(
        before.term, before.attribute, before.tier, before.sense, before.unit, before.value, after.value, lost
    )
