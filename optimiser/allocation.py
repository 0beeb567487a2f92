"""The main job: a scenario in, an allocation out."""

from __future__ import annotations

import gc
import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from optimiser.certificate import certify
from optimiser.errors import ScenarioError
from optimiser.findings import Finding, has_errors
from optimiser.messages import Phrase, labelled
from optimiser.model.build import Model, build_model
from optimiser.plan import Plan, million
from optimiser.result.aid import grant_equivalents
from optimiser.result.binding import binding_of
from optimiser.result.indicators import awards_of, indicators_of, unspent_euros
from optimiser.result.losses import (
    LossBook,
    call_findings,
    empty_level_findings,
    loss_book,
    may_be_empty_findings,
    own_loss_findings,
    risk_report,
)
from optimiser.result.measures import exact_values, objective_value, term_values
from optimiser.result.reasons import reasons_of, unspent_million
from optimiser.result.result import (
    Certificate,
    MoneyCell,
    ObjectiveValue,
    PrivateCell,
    Provenance,
    Result,
    ScenarioId,
    Stage,
    Unspent,
)
from optimiser.result.soft import soft_bounds, soft_findings
from optimiser.result.stresses import stress_reports
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.check import check_scenario
from optimiser.scenario.load import Loaded, load_document, load_file
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, arrays_of
from optimiser.solve.options import SEED, SolveOptions
from optimiser.solve.outcome import Outcome
from optimiser.solve.rounding import plan_of
from optimiser.solve.stages import solve_model
from optimiser.solve.start import Start
from optimiser.solve.unspent import Kept

HELD_STAGE = 1e-5
"""Relative distance to its bound within which a later stage counts as closed."""

Source = Scenario | Loaded | Mapping[str, Any] | Path | str
"""What can be allocated: a scenario, a loaded file, a document as JSON gives it, or a path."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """A solved scenario before it is written up: the model, what the search found, the plan in whole euros."""

    scenario: Scenario
    options: SolveOptions
    model: Model
    arrays: Arrays
    outcome: Outcome
    plan: Plan | None

    @property
    def value(self) -> float | None:
        """The objective the plan reaches, on whole euros; None where there is no plan."""
        if self.plan is None:
            return None
        draws = self.model.draws
        book = loss_book(self.scenario, self.plan, draws) if draws is not None else None
        return objective_value(self.scenario, self.plan, book)

    @property
    def proven(self) -> bool:
        """Whether the search ended by itself: its plan is best, or there is none."""
        return self.outcome.termination in ("optimal", "infeasible")


def allocate(source: Source, options: SolveOptions | None = None, lang: str = "en") -> Result:
    """The best allocation of a scenario, with its certificate, prices and reasons.

    options: how to solve; what it leaves out comes from the scenario's ``solver``.
    lang: language of reasons and findings.
    Errors: ScenarioError with all findings where the scenario has errors; SolverError where the solver refuses.
    """
    started = time.perf_counter()
    with collector_paused():
        loaded = loaded_from(source)
        return write_up(loaded, solved(loaded.expect(), options, started), lang, started)


def solve_scenario(
    scenario: Scenario, options: SolveOptions | None = None, also: Callable[[Model], Model] | None = None
) -> Optimum:
    """The best plan of a checked scenario, without reasons, prices and certificate: for questions that ask many.

    also: states further rows in the model's programme, or gives it other goals, before it is solved.
    Errors: SolverError where the solver refuses.
    """
    with collector_paused():
        return solved(scenario, options, time.perf_counter(), also)


def solve_stated(
    scenario: Scenario,
    model: Model,
    arrays: Arrays,
    options: SolveOptions,
    passed_s: float = 0.0,
    start: Start | None = None,
) -> Optimum:
    """The best plan of a model that is stated already, perhaps with other goals or numbers than the scenario's own.

    passed_s: what stating it took of the time limit. start: what a neighbour left to begin from.
    Errors: SolverError where the solver refuses.
    """
    with collector_paused():
        outcome = solve_model(model, arrays, _within(options, passed_s) if passed_s else options, start)
        rounded = plan_of if start is None else start.rounding.plan_of
        plan = rounded(model, outcome.values) if outcome.values is not None else None
        return Optimum(scenario, options, model, arrays, outcome, plan)


def solved(
    scenario: Scenario,
    options: SolveOptions | None,
    started: float,
    also: Callable[[Model], Model] | None = None,
) -> Optimum:
    """The best plan of a checked scenario. also: as of ``solve_scenario``."""
    options = options or options_of(scenario)
    model = build_model(scenario)
    if also is not None:
        model = also(model)
    arrays = arrays_of(model.programme)
    return solve_stated(scenario, model, arrays, options, time.perf_counter() - started)


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for garbage during one job: it makes hundreds of thousands of small things and drops few of them.

    Measured at 15 % of a small job and 30 % of a large one's stating.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def loaded_from(source: Source) -> Loaded:
    """The checked scenario behind any source."""
    if isinstance(source, Loaded):
        return source
    if isinstance(source, Scenario):
        findings = tuple(check_scenario(source))
        if has_errors(findings):
            raise ScenarioError(findings)
        return Loaded(source, findings)
    if isinstance(source, Mapping):
        return load_document(dict(source))
    return load_file(source)


def options_of(scenario: Scenario, solver: str = "highs") -> SolveOptions:
    """The scenario's own solver settings."""
    own = scenario.solver
    return SolveOptions(own.time_limit_s, own.mip_gap, own.threads, solver)


def _within(options: SolveOptions, passed_s: float) -> SolveOptions:
    """The time left to the solver: the limit is the whole job's, and writing up takes about as long as stating did."""
    return replace(options, time_limit_s=max(options.time_limit_s - 2 * passed_s, 0.05 * options.time_limit_s))


def write_up(loaded: Loaded, optimum: Optimum, lang: str, started: float, sha256: str | None = None) -> Result:
    """The result of an optimum, with its certificate, prices and reasons.

    started: when (``time.perf_counter``), for the time it took. sha256: of the scenario, where it is known.
    """
    scenario, plan, outcome, model = optimum.scenario, optimum.plan, optimum.outcome, optimum.model
    findings = [*loaded.findings, *_outcome_findings(outcome, optimum.options)]
    book = loss_book(scenario, plan, model.draws) if plan is not None and model.draws is not None else None
    soft = soft_bounds(scenario, plan) if plan is not None else []
    certificate = certify(scenario, plan, model.draws, soft) if plan is not None else None
    if certificate is not None:
        findings += soft_findings(soft, certificate)
        if not certificate.holds:
            findings.append(_certificate_finding(certificate))
    risk = risk_report(book) if book is not None else None
    findings += [*own_loss_findings(risk), *call_findings(risk), *empty_level_findings(risk)]
    if outcome.termination == "infeasible":
        findings += may_be_empty_findings(scenario)
    return Result(
        schema_version="1",
        scenario=ScenarioId(scenario.name, sha256 or scenario_sha256(scenario)),
        strategy="optimise",
        termination=outcome.termination,
        has_allocation=plan is not None,
        has_duals=outcome.row_dual is not None,
        objective=_objective(scenario, outcome, plan, book),
        candidates=awards_of(scenario, plan, reasons_of(scenario, plan, soft, lang=lang)) if plan else [],
        money=money_cells(plan) if plan else [],
        private_money=private_cells(plan) if plan else [],
        indicators=indicators_of(scenario, plan) if plan else None,
        soft=soft,
        unspent=_unspent(scenario, outcome, plan) if plan else [],
        binding=binding_of(model, optimum.arrays, outcome),
        risk=risk,
        stresses=stress_reports(scenario, plan, book, risk, certificate) if plan and certificate else [],
        grant_equivalents=grant_equivalents(scenario, plan, model.draws) if plan else None,
        certificate=certificate,
        findings=[f.as_dict(lang) for f in findings],
        provenance=provenance(optimum.options.solver, started, outcome.solver_seconds),
    )


def _objective(scenario: Scenario, outcome: Outcome, plan: Plan | None, book: LossBook | None) -> ObjectiveValue:
    first = outcome.objective
    # A later stage keeps the ones before it but for a slack, which its bound may have used.
    closed = [
        HELD_STAGE * max(abs(s.value or 0.0), 1.0) if n > 0 else s.absolute_gap for n, s in enumerate(outcome.stages)
    ]
    stages = [
        Stage(s.name, s.value, _bound(s.value, s.bound, c), _gap(s.value, s.bound, c), s.proven)
        for s, c in zip(outcome.stages, closed, strict=True)
    ]
    exactly = exact_values(scenario, plan, book) if plan is not None else []
    value = objective_value(scenario, plan, book, exactly) if plan is not None else None
    return ObjectiveValue(
        value=value,
        # The plan is counted exactly, its stage in doubles: where they differ by noise alone, the bound is the plan's.
        bound=_bound(value, stages[outcome.soft_stages].bound, 0.0) if first is not None else None,
        gap=stages[outcome.soft_stages].gap if first is not None else None,
        absolute_gap=outcome.absolute_gap,
        another_optimum=outcome.another_optimum,
        terms=term_values(scenario, plan, book, exactly) if plan is not None else [],
        stages=stages,
    )


def _bound(value: float | None, bound: float | None, closed: float) -> float | None:
    """The proven bound; the value itself where the two differ by no more than what counts as closed, or by noise."""
    if value is None or bound is None:
        return bound
    return value if abs(bound - value) <= max(closed, 1e-9 * abs(value)) else bound


def _gap(value: float | None, bound: float | None, closed: float) -> float | None:
    """(bound − value) / |value|, 0 where they meet; null where there is no value or bound."""
    bound = _bound(value, bound, closed)
    if value is None or bound is None:
        return None
    return max(bound - value, 0.0) / max(abs(value), 1e-12) if bound != value else 0.0


def _unspent(scenario: Scenario, outcome: Outcome, plan: Plan) -> list[Unspent]:
    found = []
    for k, euros in unspent_euros(scenario, plan).items():
        kept = outcome.kept.get(k) if euros is None or euros > 0 else Kept((), True)
        labels, proven = ([], False) if kept is None else (list(kept.labels), kept.proven)
        found.append(Unspent(k, unspent_million(euros), labels, proven))
    return found


def money_cells(plan: Plan) -> list[MoneyCell]:
    """The plan's money, in the order candidate, phase, year, tier."""
    cells = sorted(plan.money.items(), key=lambda cell: (cell[0][1], cell[0][2], cell[0][3], cell[0][0]))
    return [MoneyCell(k, c, p, t, million(euros)) for (k, c, p, t), euros in cells]


def private_cells(plan: Plan) -> list[PrivateCell]:
    """The plan's consortium money, in the order candidate, phase, year."""
    return [PrivateCell(c, p, t, million(euros)) for (c, p, t), euros in sorted(plan.private_money.items())]


def _outcome_findings(outcome: Outcome, options: SolveOptions) -> list[Finding]:
    found = []
    first = outcome.objective
    if outcome.termination == "time_limit" and "search-stopped" not in outcome.notes:
        if outcome.values is None:
            found.append(
                Finding("warning", "time-limit-no-plan", "/solver/time_limit_s", {"seconds": options.time_limit_s})
            )
        else:
            gap = None if first is None else _gap(first.value, first.bound, outcome.absolute_gap)
            shown = (
                Phrase("unknown-distance") if gap is None else Phrase("percent", {"percent": float(f"{100 * gap:.3g}")})
            )
            found.append(
                Finding(
                    "warning", "time-limit", "/solver/time_limit_s", {"seconds": options.time_limit_s, "gap": shown}
                )
            )
    if outcome.termination == "infeasible":
        found.append(Finding("note", "infeasible", ""))
    if outcome.termination == "unbounded":
        found.append(Finding("warning", "unbounded-objective", "/objective"))
    if outcome.termination == "error":
        found.append(Finding("warning", "solver-failed", "", {"reason": Phrase("untrusted")}))
    found += [Finding("note", note, "/objective") for note in outcome.notes]
    return found


def _certificate_finding(certificate: Certificate) -> Finding:
    broken = [labelled(r.label, r.rule) for r in certificate.rules if not r.holds]
    return Finding("warning", "certificate-fails", "", {"rules": broken})


def provenance(solver: str, started: float, solver_seconds: float) -> Provenance:
    """Versions, seed and times: enough to redo the answer."""
    packages = ("investai-optimiser", "pulp", "highspy", "numpy", "pydantic")
    return Provenance(
        versions={name: _version(name) for name in packages} | {"python": platform.python_version()},
        seed=SEED,
        solver=solver,
        seconds=round(time.perf_counter() - started, 6),
        solver_seconds=round(solver_seconds, 6),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


@cache
def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "source"
