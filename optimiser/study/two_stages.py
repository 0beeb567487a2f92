"""Decisions in two stages: some phases are decided now, the rest once it is known which variant comes true.

The recourse problem RP = max Σ_v p[v] · V[v](now, later[v]) is one programme: the variants side by side, with the
decisions of now made equal (the deterministic equivalent). Beside it stand

- WS = Σ_v p[v] · max V[v], wait and see: everything decided after the variant is known;
- EEV = Σ_v p[v] · V[v](now of the mean scenario): the plan for the mean, kept in every variant;
- EVPI = WS − RP ≥ 0, what perfect information is worth; VSS = RP − EEV ≥ 0, what planning for all variants is worth.

Soft rules come before the objective here too, their violations weighed by p[v]. Where the plans compared break them by
more or less than each other, what one of them gains is bought, and EVPI or VSS is not given.

Birge and Louveaux, Introduction to Stochastic Programming, chapter 4. V is the objective, maximised; of a
lexicographic one its first term.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from optimiser.allocation import Optimum, Source, loaded_from, options_of, provenance, solve_stated
from optimiser.errors import QuestionError, ScenarioError
from optimiser.evaluation import scored
from optimiser.findings import Finding
from optimiser.model.build import Model, build_model
from optimiser.model.objective import Goal
from optimiser.result.result import Provenance, Result, ScenarioId, Termination
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import Loaded, document_of, load_document, with_patch
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats, arrays_of
from optimiser.solve.clock import Clock
from optimiser.solve.goals import cost_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.stacked import Block, solve_stacked
from optimiser.solve.start import Start
from optimiser.study.frontiers import funded_phases
from optimiser.study.report import Progress, Report, asides_dropped, silent
from optimiser.study.versions import SIDE_BY_SIDE, SessionUse, together, use_of

NOISE = 1e-7
"""Relative: a difference of two optima below it is rounding to whole euros."""


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """What is done when a variant comes true. value: V of it. wait_and_see: V if it had been known.

    funded: candidate/phase with its fraction. result: place of the plan in ``results``.
    """

    variant: str
    probability: float
    value: float
    wait_and_see: float
    funded: dict[str, float]
    result: int


@dataclass(frozen=True, slots=True)
class TwoStages(Report):
    """Decisions of now, the plan for each variant, and the measures.

    now: candidate/phase with its fraction, 0 where it is not funded. mean_now: the same in the plan for the mean.
    Measures are null where they could not be had: no time, or the mean is no scenario; eev is null too where the plan
    for the mean cannot be kept in every variant (``mean_fails`` names one). evpi and
    vss are null where the plans compared break soft rules differently. session: how often the solver began
    anew, and why.
    """

    schema_version: str
    scenario: ScenarioId
    termination: Termination
    proven: bool
    now: dict[str, float]
    mean_now: dict[str, float] | None
    recourse: float | None
    wait_and_see: float | None
    eev: float | None
    mean_fails: str | None
    evpi: float | None
    vss: float | None
    variants: list[VariantPlan]
    results: list[Result]
    session: SessionUse
    findings: list[dict[str, str]]
    provenance: Provenance

    TABLES = ("decisions", "variants")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        if table == "variants":
            return [
                {
                    "variant": v.variant,
                    "probability": v.probability,
                    "value": v.value,
                    "wait_and_see": v.wait_and_see,
                    "funded": list(v.funded),
                }
                for v in self.variants
            ]
        return [
            {"decision": name, "now": y, "for_the_mean": self.mean_now.get(name) if self.mean_now else None}
            for name, y in self.now.items()
        ]


def two_stage(
    source: Source, options: SolveOptions | None = None, lang: str = "en", progress: Progress = silent
) -> TwoStages:
    """The decisions to take now, over the variants and their probabilities, and what information is worth.

    options: time limit for all solves together.
    Errors: ScenarioError where the scenario has errors; QuestionError without variants, probabilities or decisions;
    SolverError where the solver refuses.
    """
    loaded = loaded_from(source)
    scenario = loaded.expect()
    clock = Clock(replace(options or options_of(scenario), unspent=False))
    return _Study(loaded, asked_variants(scenario), clock, lang, progress).answer()


@dataclass(frozen=True, slots=True)
class Stated:
    """One variant, stated. cost: of its objective's first stage. start: what a plan of it leaves to the next one."""

    name: str
    probability: float
    loaded: Loaded
    scenario: Scenario
    model: Model
    arrays: Arrays
    cost: Floats
    start: Start = field(default_factory=Start)

    def block(self, weight: float) -> Block:
        """The variant as a part of one programme."""
        before = {priority_of(goal): cost_of(goal, len(self.arrays.cost)) for goal in self.model.soft}
        return Block(self.arrays, self.cost, weight, self.model.losses, before)

    def column(self, phase: tuple[str, str]) -> int:
        """The column that says whether a phase is funded."""
        return self.model.columns.y[phase]

    def with_decisions(self, decisions: Mapping[tuple[str, str], float]) -> Arrays:
        """The arrays with these phases decided."""
        lower, upper = self.arrays.lower.copy(), self.arrays.upper.copy()
        for phase, y in decisions.items():
            lower[self.column(phase)] = upper[self.column(phase)] = y
        return replace(self.arrays, lower=lower, upper=upper)


def stated(name: str, probability: float, loaded: Loaded) -> Stated:
    """A scenario, stated as a programme."""
    scenario = loaded.expect()
    model = build_model(scenario)
    arrays = arrays_of(model.programme)
    return Stated(name, probability, loaded, scenario, model, arrays, cost_of(model.goals[0], len(arrays.cost)))


def priority_of(goal: Goal) -> int:
    """The priority of a stage for soft rules, called "soft-1", "soft-2" …"""
    return int(goal.name.removeprefix("soft-"))


def broken_further(plan: Optimum, than: Optimum) -> bool:
    """Whether a plan breaks soft rules further than another one of the same scenario."""
    found, held = (o.outcome.stages[: o.outcome.soft_stages] for o in (plan, than))
    return any((a.value or 0.0) < (b.value or 0.0) - NOISE for a, b in zip(found, held, strict=True))


def asked_variants(scenario: Scenario) -> list[tuple[str, float, Loaded]]:
    """Each variant with its probability and what it is as a scenario.

    Errors: QuestionError without variants, probabilities or decisions, or where a variant lacks what is decided.
    """
    chances = [(v.id, v.probability) for v in scenario.variants if v.probability is not None]
    findings = []
    if len(scenario.variants) < 1 or len(chances) < len(scenario.variants):
        count = len(scenario.variants)
        findings.append(Finding("error", "two-stage-needs-variants", "/scenario/variants", {"count": count}))
    if scenario.decisions is None or not scenario.decisions.now:
        findings.append(Finding("error", "two-stage-needs-decisions", "/scenario/decisions"))
    if findings:
        raise QuestionError(findings)
    versions = [
        (name, p, with_patch(scenario, v.patch)) for (name, p), v in zip(chances, scenario.variants, strict=True)
    ]
    for name, _, loaded in versions:
        for decision in decided_now(scenario):
            phases = {(c.id, p.id) for c in loaded.expect().candidates for p in c.all_phases}
            if decision not in phases:
                params = {"variant": name, "decision": "/".join(decision)}
                findings.append(Finding("error", "decision-not-in-variant", f"/scenario/variants/{name}", params))
    if findings:
        raise QuestionError(findings)
    return versions


def decided_now(scenario: Scenario) -> list[tuple[str, str]]:
    """The phases decided now, in the order of the file."""
    named = {f"{c.id}/{p.id}": (c.id, p.id) for c in scenario.candidates for p in c.all_phases}
    return [named[name] for name in (scenario.decisions.now if scenario.decisions is not None else [])]


@dataclass(slots=True)
class _Study:
    """One study under way."""

    loaded: Loaded
    versions: list[tuple[str, float, Loaded]]
    clock: Clock
    lang: str
    progress: Progress
    findings: list[Finding] = field(default_factory=list)
    variants: list[Stated] = field(default_factory=list)
    uses: list[SessionUse] = field(default_factory=list)
    solver_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    done: int = 0
    mean_softer: bool = False

    def answer(self) -> TwoStages:
        now = decided_now(self.loaded.expect())
        variants = self.variants = [stated(*version) for version in self.versions]
        alone = [self._solved(v, v.arrays) for v in variants]
        for variant, optimum in zip(variants, alone, strict=True):
            if optimum.plan is None:
                if optimum.outcome.termination == "infeasible":
                    place = join(("variants", variant.name))
                    self.findings.append(Finding("warning", "variant-infeasible", place, {"variant": variant.name}))
                return self._answer(optimum.outcome.termination, {}, [], [], False)
        linked = [[v.column(phase) for v in variants] for phase in now]
        outcome = solve_stacked([v.block(v.probability) for v in variants], linked, self.clock)
        self.solver_seconds += outcome.seconds
        self.uses.append(SIDE_BY_SIDE)
        if not outcome.values:
            ending: Termination = "time_limit" if outcome.ending == "node_limit" else outcome.ending
            return self._answer(ending, {}, [], [], False)
        whole = variants[0].arrays.integer
        decisions = {
            phase: float(np.round(y) if whole[columns[0]] else np.clip(y, 0.0, 1.0))
            for phase, columns in zip(now, linked, strict=True)
            for y in (outcome.values[0][columns[0]],)
        }
        plans = [self._solved(v, v.with_decisions(decisions)) for v in variants]
        if any(p.plan is None for p in plans):
            return self._answer("time_limit" if self.clock.over else "error", decisions, [], [], False)
        proven = outcome.ending == "optimal" and all(p.proven for p in (*alone, *plans))
        return self._answer("optimal" if proven else "time_limit", decisions, alone, plans, proven)

    def _solved(self, variant: Stated, arrays: Arrays) -> Optimum:
        optimum = solve_stated(variant.scenario, variant.model, arrays, self.clock.next(), start=variant.start)
        self.solver_seconds += optimum.outcome.solver_seconds
        self.done += 1
        self.progress(self.done, 3 * len(self.versions) + 1)
        return optimum

    def _mean(self, plans: Sequence[Optimum]) -> tuple[dict[tuple[str, str], float] | None, float | None, str | None]:
        """The decisions of now in the plan for the mean scenario, EEV, and a variant in which they cannot be kept."""
        chances = [p for _, p, _ in self.versions]
        try:
            document = mean_of([document_of(version.expect()) for _, _, version in self.versions], chances)
            mean = stated("mean", 1.0, load_document(document))
        except (ValueError, ScenarioError) as error:
            self.findings.append(Finding("note", "mean-undefined", "/variants", {"reason": str(error)}))
            return None, None, None
        optimum = self._solved(mean, mean.arrays)
        self.uses.append(use_of(mean.start))
        if optimum.plan is None:
            return None, None, None
        decisions = {phase: float(optimum.plan.fraction.get(phase, 0)) for phase in decided_now(self.loaded.expect())}
        total = 0.0
        for variant, plan in zip(self.variants, plans, strict=True):
            kept = self._solved(variant, variant.with_decisions(decisions))
            value = kept.value
            self.mean_softer |= value is not None and (broken_further(kept, plan) or broken_further(plan, kept))
            if value is None:
                return decisions, None, variant.name if kept.outcome.termination == "infeasible" else None
            total += variant.probability * value
        if self.mean_softer:
            self.findings.append(Finding("note", "soft-broken-further", "/constraints", {"measure": "VSS"}))
        return decisions, total, None

    def _answer(
        self,
        termination: Termination,
        decisions: Mapping[tuple[str, str], float],
        alone: Sequence[Optimum],
        plans: Sequence[Optimum],
        proven: bool,
    ) -> TwoStages:
        chances = [p for _, p, _ in self.versions]
        mean, eev, fails = self._mean(plans) if plans else (None, None, None)
        softer = any(broken_further(p, a) for p, a in zip(plans, alone, strict=bool(plans)))
        if softer:
            self.findings.append(Finding("note", "soft-broken-further", "/constraints", {"measure": "EVPI"}))
        values, best = [p.value or 0.0 for p in plans], [a.value or 0.0 for a in alone]
        recourse = sum(p * v for p, v in zip(chances, values, strict=True)) if plans else None
        waiting = sum(p * v for p, v in zip(chances, best, strict=True)) if plans else None
        scenario = self.loaded.expect()
        done = [(v, p) for v, p in zip(self.versions, plans, strict=False) if p.plan is not None]
        params = {"seconds": self.clock.options.time_limit_s, "done": self.done, "all": 3 * len(self.versions) + 1}
        open_ = (
            [Finding("warning", "study-open", "/solver/time_limit_s", params)] if termination == "time_limit" else []
        )
        return TwoStages(
            schema_version="1",
            scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
            termination=termination,
            proven=proven,
            now={"/".join(phase): y for phase, y in decisions.items()},
            mean_now={"/".join(phase): y for phase, y in mean.items()} if mean is not None else None,
            recourse=recourse,
            wait_and_see=waiting,
            eev=eev,
            mean_fails=fails,
            evpi=None if softer else difference(waiting, recourse),
            vss=None if self.mean_softer else difference(recourse, eev),
            variants=[
                VariantPlan(name, chance, values[n], best[n], funded_phases(p.plan), n)
                for n, ((name, chance, _), p) in enumerate(done)
                if p.plan is not None
            ],
            results=[scored(v, p.plan, "two-stage", self.lang) for (_, _, v), p in done if p.plan is not None],
            session=together([use_of(*(v.start for v in self.variants)), *self.uses]),
            findings=[f.as_dict(self.lang) for f in (*asides_dropped(self.loaded.findings), *self.findings, *open_)],
            provenance=provenance(self.clock.options.solver, self.started, self.solver_seconds),
        )


def difference(more: float | None, less: float | None) -> float | None:
    """more − less, and 0 where it is only rounding; null where either is."""
    if more is None or less is None:
        return None
    return 0.0 if abs(more - less) <= NOISE * max(abs(more), 1.0) else more - less


def mean_of(documents: Sequence[Any], weights: Sequence[float]) -> Any:
    """The document whose numbers are the weighted means of those in the documents, all else being the same.

    Errors: ValueError where the documents differ in anything but numbers.
    """
    first = documents[0]
    if isinstance(first, dict) and all(isinstance(d, dict) and d.keys() == first.keys() for d in documents):
        return {key: mean_of([d[key] for d in documents], weights) for key in first}
    if isinstance(first, list) and all(isinstance(d, list) and len(d) == len(first) for d in documents):
        return [mean_of(items, weights) for items in zip(*documents, strict=True)]
    if all(d == first and type(d) is type(first) for d in documents):
        return first
    if all(isinstance(d, int | float) and not isinstance(d, bool) for d in documents):
        return float(sum(w * d for w, d in zip(weights, documents, strict=True)))
    shown = " / ".join(dict.fromkeys(str(d)[:30] for d in documents))
    raise ValueError(shown)
