"""Does the list of funded sites hold if inputs or weights move, and what does a list that holds in every variant cost?

- Certainty of selection: the uncertain inputs are drawn together (a scrambled Halton sequence, fixed seed), each draw
  is solved to its optimum, and the share of draws in which a phase is funded is its certainty.
- Core index: see ``optimiser.study.core``.
- Price of robustness over the variants: V* − V(common), where V* is the optimum of the scenario as it stands and
  V(common) that of the best list of phases that can be funded, the same in the scenario and in every variant,
  the money being free to differ (after Bertsimas and Sim, The price of robustness, doi 10.1287/opre.1030.0065).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from optimiser.allocation import (
    Optimum,
    Source,
    loaded_from,
    options_of,
    provenance,
    solve_stated,
)
from optimiser.errors import PointerError, QuestionError
from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.result.losses import LossBook, loss_book
from optimiser.result.measures import term_values
from optimiser.result.result import Provenance, ScenarioId, Termination
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.check.studies import stated_number
from optimiser.scenario.load import Loaded, alone, load_document, with_patch
from optimiser.scenario.patch import patched
from optimiser.scenario.pointer import value_at
from optimiser.scenario.scenario import Scenario, Uncertain
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.solve.stacked import solve_stacked
from optimiser.study.asked import check_numbers, number, whole
from optimiser.study.core import CoreIndex, core_index
from optimiser.study.draws import Drawn, Draws, Input, chosen_of, solve_draws, solve_part
from optimiser.study.report import Progress, Report, asides_dropped, silent
from optimiser.study.two_stages import Stated, broken_further, difference, stated
from optimiser.study.versions import SIDE_BY_SIDE, SessionUse, Versions, together, use_of

MOST_DRAWS = 100_000

PART = 25
"""Draws of one task: enough to make its journey cheap, few enough to keep all workers busy to the end."""


@dataclass(frozen=True, slots=True)
class InputRange:
    """One uncertain input as it is drawn. value: as the scenario states it."""

    pointer: str
    value: float
    low: float
    high: float
    distribution: str


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a phase is to be funded.

    share: of the solved draws in which it is funded, in part too; low, high: its 95 % interval (Wilson), as if the
    draws were random. in_plan: whether the plan of the scenario as it stands funds it.
    """

    candidate: str
    phase: str
    share: float
    low: float
    high: float
    in_plan: bool


@dataclass(frozen=True, slots=True)
class DrawCounts:
    """What became of the draws: asked for, solved with a plan, infeasible, not proven among those solved, with the list
    of phases of the plan as it stands, and how many different lists there were."""

    asked: int
    solved: int
    infeasible: int
    unproven: int
    same_list: int
    lists: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The objective: as the scenario stands, and over the solved draws (mean, and three quantiles)."""

    stated: float | None
    mean: float
    low_5: float
    median: float
    high_95: float


@dataclass(frozen=True, slots=True)
class PriceOfRobustness:
    """What a list of phases that holds in every variant costs. best: V*. common: V(common); null where no list holds.

    price is null too where the list breaks soft rules of the scenario further than its best plan does; those of
    variants may be broken. by_variant: the objective each variant reaches with the common list. proven: whether both
    optima are.
    """

    best: float | None
    common: float | None
    price: float | None
    funded: dict[str, float]
    by_variant: dict[str, float | None]
    proven: bool


@dataclass(frozen=True, slots=True)
class Robustness(Report):
    """How well the list of funded phases holds. Parts that were not asked for are null or empty.

    session: how often the solver began anew among all solves of single versions, and why.
    """

    schema_version: str
    scenario: ScenarioId
    termination: Termination
    seed: int
    inputs: list[InputRange]
    draws: DrawCounts | None
    certainty: list[Certainty]
    objective: Spread | None
    core: CoreIndex | None
    price: PriceOfRobustness | None
    session: SessionUse
    findings: list[dict[str, str]]
    provenance: Provenance

    TABLES = ("certainty", "core")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        if table == "core":
            return [
                {
                    "candidate": i.candidate,
                    "phase": i.phase,
                    "core_index": i.core_index,
                    "share": i.share,
                    "kind": i.kind,
                }
                for i in (self.core.phases if self.core is not None else [])
            ]
        return [
            {
                "candidate": c.candidate,
                "phase": c.phase,
                "share": c.share,
                "low": c.low,
                "high": c.high,
                "in_plan": c.in_plan,
            }
            for c in self.certainty
        ]


def robustness(
    source: Source,
    draws: int = 200,
    seed: int = 7,
    weights: int = 0,
    weights_of: str = "objective",
    weight_range: float = 0.5,
    options: SolveOptions | None = None,
    lang: str = "en",
    progress: Progress = silent,
    workers: Executor | None = None,
) -> Robustness:
    """How well the list of funded sites holds.

    draws: of the uncertain inputs together (1 to 100,000); without uncertain inputs none are made.
    weights: draws of weights for the core index, none by default. weights_of: "objective" or "score".
    weight_range: each weight is drawn between (1 − range) and (1 + range) times its own [share 0..1].
    options: time limit for all solves together. workers: who solves the draws; None for this process alone.
    Errors: ScenarioError where the scenario has errors; QuestionError where nothing can be asked of it, or a range
    holds a value with which the scenario is not valid; SolverError where the solver refuses.
    """
    loaded = loaded_from(source)
    scenario = loaded.expect()
    check_numbers(
        whole("/draws", draws, 1, MOST_DRAWS),
        whole("/seed", seed, 0, 2**32 - 1),
        whole("/weights", weights, 0, MOST_DRAWS),
        number("/weight_range", weight_range, 0, 1),
        None
        if weights_of in ("objective", "score")
        else Finding(
            "error", "not-a-choice", "/weights_of", {"found": str(weights_of)[:40], "choices": ["objective", "score"]}
        ),
    )
    if not scenario.uncertain and not scenario.variants and not weights:
        raise QuestionError([Finding("error", "robustness-nothing", "/scenario")])
    clock = Clock(replace(options or options_of(scenario), settle_money=False, unspent=False, prices=False))
    study = _Study(loaded, clock, lang, progress, seed, workers=workers)
    return study.answer(draws, weights, weights_of, weight_range)


@dataclass(slots=True)
class _Study:
    """One study under way."""

    loaded: Loaded
    clock: Clock
    lang: str
    progress: Progress
    seed: int
    workers: Executor | None = None
    versions: Versions = field(default_factory=Versions)
    uses: list[SessionUse] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    solver_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    def answer(self, draws: int, weights: int, weights_of: str, weight_range: float) -> Robustness:
        scenario = self.loaded.expect()
        drawn = inputs_of(scenario)
        base = self._solved(scenario)
        # The price first: a few solves, where draws take whatever time is left.
        price = self._price(scenario, base) if scenario.variants and base.plan is not None else None
        core = None
        if weights and base.plan is not None:
            values = [term.value for term in term_values(scenario, base.plan, _book(base))]
            core = core_index(scenario, weights, weights_of, weight_range, self.seed, self.clock, values, self.versions)
        if core is not None and core.done < weights:
            self._left_open(core.done, weights)
        counts: DrawCounts | None = None
        certainty: list[Certainty] = []
        spread: Spread | None = None
        if drawn and base.plan is not None:
            counts, certainty, spread = self._draws(drawn, base, draws)
            if counts.solved + counts.infeasible < draws:
                self._left_open(counts.solved + counts.infeasible, draws)
        late = any(f.code == "study-open" for f in self.findings)
        closed = base.proven and not late and (price is None or price.proven)
        ending = base.outcome.termination
        return Robustness(
            schema_version="1",
            scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
            termination=("optimal" if closed else "time_limit") if base.plan is not None else ending,
            seed=self.seed,
            inputs=[InputRange(i.pointer, i.value, i.low, i.high, i.distribution) for i in drawn],
            draws=counts,
            certainty=certainty,
            objective=spread,
            core=core,
            price=price,
            session=together([self.versions.use, *self.uses]),
            findings=[f.as_dict(self.lang) for f in (*asides_dropped(self.loaded.findings), *self.findings)],
            provenance=provenance(self.clock.options.solver, self.started, self.solver_seconds),
        )

    def _left_open(self, done: int, of: int) -> None:
        params = {"seconds": self.clock.options.time_limit_s, "done": done, "all": of}
        self.findings.append(Finding("warning", "study-open", "/solver/time_limit_s", params))

    def _solved(self, scenario: Scenario) -> Optimum:
        optimum = self.versions.solved(scenario, self.clock.next())
        self.solver_seconds += optimum.outcome.solver_seconds
        return optimum

    def _draws(
        self, inputs: Sequence[Input], base: Optimum, count: int
    ) -> tuple[DrawCounts, list[Certainty], Spread | None]:
        scenario = self.loaded.expect()
        funded: Counter[tuple[str, str]] = Counter()
        lists: Counter[frozenset[tuple[str, str]]] = Counter()
        values: list[float] = []
        infeasible = unproven = 0
        all_draws = Draws(alone(scenario), inputs, count, self.seed)
        for done, drawn in enumerate(self._solved_draws(all_draws), 1):
            if drawn.termination == "infeasible":
                infeasible += 1
            elif drawn.value is None:
                break
            else:
                unproven += not drawn.proven
                values.append(drawn.value)
                funded.update(drawn.chosen)
                lists[drawn.chosen] += 1
            self.solver_seconds += drawn.solver_seconds
            self.progress(done, count)
        here = _chosen(base)
        counts = DrawCounts(count, len(values), infeasible, unproven, lists[here], len(lists))
        certainty = []
        for c in scenario.candidates:
            for p in c.all_phases:
                times = funded[c.id, p.id]
                low, high = wilson(times, len(values))
                share = times / len(values) if values else 0.0
                certainty.append(Certainty(c.id, p.id, share, low, high, (c.id, p.id) in here))
        spread = None
        if values:
            low_5, median, high_95 = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
            spread = Spread(base.value, float(np.mean(values)), low_5, median, high_95)
        return counts, certainty, spread

    def _solved_draws(self, draws: Draws) -> Iterator[Drawn]:
        """Every draw in its order, until the time is over; by the workers there are, a part of them at a time.

        A part begins from nothing, whoever solves it: the answer does not depend on how many workers there are.
        """
        parts = [(n, min(n + PART, draws.count)) for n in range(0, draws.count, PART)]
        options = self.clock.options
        if self.workers is None:
            for part in parts:
                if self.clock.over:
                    return
                solver = Versions()
                yield from solve_draws(draws, *part, options, self.clock, solver)
                self.uses.append(solver.use)
            return
        ends_at = self.clock.ends_at
        tasks = [self.workers.submit(solve_part, draws, *part, options, ends_at) for part in parts]
        try:
            for task in tasks:
                found = task.result()
                self.uses.append(found.use)
                yield from found.solved
                if found.refused:
                    raise QuestionError(found.refused)
                if not found.whole:
                    return
        finally:
            for task in tasks:
                task.cancel()

    def _price(self, scenario: Scenario, base: Optimum) -> PriceOfRobustness:
        """One programme: the scenario and every variant side by side, each common phase decided the same in all."""
        here = stated("", 1.0, Loaded(scenario, ()))
        variants = [stated(v.id, 0.0, with_patch(scenario, v.patch)) for v in scenario.variants]
        common = [key for key in here.model.columns.y if all(key in v.model.columns.y for v in variants)]
        linked = [[v.column(key) for v in (here, *variants)] for key in common]
        outcome = solve_stacked([here.block(1.0), *(v.block(0.0) for v in variants)], linked, self.clock)
        self.solver_seconds += outcome.seconds
        self.uses.append(SIDE_BY_SIDE)
        best = base.value
        if not outcome.values:
            return PriceOfRobustness(best, None, None, {}, {}, base.proven and outcome.ending == "infeasible")
        integer = here.arrays.integer
        decided = {
            key: float(np.round(y) if integer[columns[0]] else np.clip(y, 0.0, 1.0))
            for key, columns in zip(common, linked, strict=True)
            for y in (outcome.values[0][columns[0]],)
        }
        by_variant: dict[str, float | None] = {}
        for v in variants:
            by_variant[v.name] = self._stated(v, decided).value
        kept = self._stated(here, decided)
        self.uses.append(use_of(here.start, *(v.start for v in variants)))
        softer = kept.plan is not None and broken_further(kept, base)
        if softer:
            self.findings.append(
                Finding("note", "soft-broken-further", "/constraints", {"measure": Phrase("the-price")})
            )
        return PriceOfRobustness(
            best=best,
            common=kept.value,
            price=None if softer else difference(best, kept.value),
            funded={"/".join(key): y for key, y in decided.items() if y},
            by_variant=by_variant,
            proven=base.proven and kept.proven and outcome.ending == "optimal",
        )

    def _stated(self, variant: Stated, decided: Mapping[tuple[str, str], float]) -> Optimum:
        arrays = variant.with_decisions(decided)
        optimum = solve_stated(variant.scenario, variant.model, arrays, self.clock.next(), start=variant.start)
        self.solver_seconds += optimum.outcome.solver_seconds
        return optimum


def inputs_of(scenario: Scenario) -> list[Input]:
    """The uncertain inputs, each tried at both ends and in the middle of its range.

    Errors: QuestionError where the scenario is not valid somewhere there.
    """
    document = alone(scenario)
    full = scenario.model_dump(mode="json", by_alias=True)
    found, findings = [], []
    for n, u in enumerate(scenario.uncertain):
        try:
            found.append(_tried(document, full, u))
        except QuestionError as error:
            findings += [Finding(f.severity, f.code, f"/scenario/uncertain/{n}", f.params) for f in error.findings]
    check_numbers(*findings)
    return found


def _tried(document: Any, full: Any, u: Uncertain) -> Input:
    assert u.low is not None and u.high is not None, "checked: an uncertain number has a range"
    value = float(stated_number(value_at(full, u.pointer)))
    as_whole = False
    for at in (u.low, u.high, u.low + (u.high - u.low) * 0.4142):
        reason = _invalid(document, u.pointer, at)
        if reason is not None and _invalid(document, u.pointer, round(at)) is None:
            as_whole = True
        elif reason is not None:
            params = {"value": at, "reason": reason}
            raise QuestionError([Finding("error", "uncertain-impossible", u.pointer, params)])
    return Input(u.pointer, value, u.low, u.high, u.distribution or "uniform", as_whole)


def _invalid(document: Any, pointer: str, value: float) -> str | None:
    """Why the scenario is not valid with this value; None where it is."""
    try:
        changed = patched(document, {pointer: value})
    except PointerError as error:
        return str(error)
    errors = [f.message() for f in load_document(changed).findings if f.severity == "error"]
    return errors[0] if errors else None


def wilson(times: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96; Wilson 1927."""
    if of == 0:
        return 0.0, 1.0
    z, p = 1.959963984540054, times / of
    middle = p + z * z / (2 * of)
    half = z * float(np.sqrt(p * (1 - p) / of + z * z / (4 * of * of)))
    scale = 1 + z * z / of
    low = 0.0 if times == 0 else (middle - half) / scale
    return low, 1.0 if times == of else (middle + half) / scale


def _book(optimum: Optimum) -> LossBook | None:
    draws = optimum.model.draws
    assert optimum.plan is not None
    return loss_book(optimum.scenario, optimum.plan, draws) if draws is not None else None


def _chosen(optimum: Optimum) -> frozenset[tuple[str, str]]:
    assert optimum.plan is not None
    return chosen_of(optimum.plan)
