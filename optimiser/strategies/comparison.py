"""Several strategies on one scenario: who is in and out, what each gives up, the price of fairness and of caution."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import orjson

from optimiser.allocation import Source, loaded_from, options_of
from optimiser.errors import QuestionError
from optimiser.findings import has_errors
from optimiser.result.indicators import country_label
from optimiser.result.result import Result
from optimiser.scenario.scenario import Scenario
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.solve.selection import OutOfTime
from optimiser.strategies.max_min import STRATEGY as MAX_MIN
from optimiser.strategies.max_min import countries_served, fairness_unit, least_served_by
from optimiser.strategies.registry import STRATEGIES, all_that_apply, asked_for, refusals
from optimiser.strategies.risk_averse import public_cvar
from optimiser.strategies.score import Marks, marks_of
from optimiser.strategies.strategy import Asked, Case, Decided, decide

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("strategies", "sites", "broken")


@dataclass(frozen=True, slots=True)
class StrategyRow:
    """One strategy beside the others; null where there is no plan, or nothing to divide by.

    allowed: whether the plan keeps every rule. broken: the rules it breaks, by label and name.
    given_up: objective of the optimum less the plan's own, in its unit; given_up_share: of the optimum's size. A plan
    that breaks rules has neither: it uses means the optimum does not have.
    least_served: what the worst served country receives. worst_public_loss: CVaR at 95 % of the public tiers' losses.
    greatest_regret: over the variants, of strategies that count it.
    """

    strategy: str
    solved: bool
    termination: str
    allowed: bool | None
    broken: list[str]
    objective: float | None
    given_up: float | None
    given_up_share: float | None
    sites: int | None
    public_money: float | None
    private_money: float | None
    multiplier: float | None
    least_served: float | None
    countries_served: int | None
    worst_public_loss: float | None
    greatest_regret: float | None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One candidate under every strategy: the fraction of its first phase and the number of phases, by strategy.

    agreed: whether all plans that keep the rules (all plans, where fewer than two do) give it the same.
    """

    id: str
    name: str
    country: str
    agreed: bool
    funded: dict[str, float]
    phases: dict[str, int]


@dataclass(frozen=True, slots=True)
class Price:
    """What a strategy costs against the optimum, and what it buys.

    price: (value of the optimum − value of the plan) / |value of the optimum|. before and after: what is bought, in
    the optimum and in the plan.
    """

    strategy: str
    price: float | None
    measure: str
    unit: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A strategy that cannot be applied to the scenario, and why."""

    strategy: str
    findings: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Overview:
    """The comparison itself. reference: the strategy against which "given up" is counted."""

    reference: str
    proven: bool
    strategies: list[StrategyRow]
    sites: list[SiteRow]
    score: Marks | None
    price_of_fairness: Price | None
    price_of_caution: Price | None
    not_applied: list[NotApplied]
    unsolved: list[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer to ``compare``: the full result of every strategy, and the table that puts them side by side."""

    results: list[Result]
    comparison: Overview

    def as_dict(self) -> dict[str, Any]:
        """The comparison by the names of its JSON."""
        overview = {f.name: getattr(self.comparison, f.name) for f in fields(self.comparison)}
        return {"results": [r.as_dict() for r in self.results], "comparison": overview}

    def to_json(self) -> bytes:
        """The comparison as JSON (UTF-8), as the command and the service give it."""
        return orjson.dumps(self.as_dict(), option=orjson.OPT_NON_STR_KEYS)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        return TABLES

    def frame(self, table: Any) -> pd.DataFrame:
        """One of its tables: a row a strategy, a site, or a rule that a strategy breaks.

        Errors: KeyError for a table it does not have.
        """
        import pandas as pd

        if table == "strategies":
            return pd.DataFrame([asdict(row) for row in self.comparison.strategies])
        if table == "sites":
            lead = (
                {"id": s.id, "name": s.name, "country": s.country, "agreed": s.agreed} for s in self.comparison.sites
            )
            return pd.DataFrame([a | s.funded for a, s in zip(lead, self.comparison.sites, strict=True)])
        if table == "broken":
            rows = [
                {"strategy": r.strategy, **asdict(check)}
                for r in self.results
                for check in (r.certificate.rules if r.certificate is not None else [])
                if check.violation > check.allowance
            ]
            columns = ["strategy", "label", "rule", "at", "violation", "allowance", "unit", "checked"]
            return pd.DataFrame(rows, columns=columns)
        raise KeyError(f"no table {table!r}; there are: {', '.join(TABLES)}")


def compare(
    source: Source,
    strategies: Iterable[Any] | None = None,
    options: SolveOptions | None = None,
    lang: str = "en",
) -> Comparison:
    """Several strategies on one scenario, all checked and scored by the same code.

    strategies: names, with parameters as ``rank-and-cut:skip=false`` or ``{"strategy": "share-by-key", "key": "gdp"}``;
    None takes all that can be applied. ``optimise`` always stands first: the others are counted against it.
    options: the time limit is for the whole comparison.
    Errors: ScenarioError where the scenario has errors; QuestionError where a strategy is not known or does not apply.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    scenario = loaded.expect()
    asked, not_applied = _asked(scenario, strategies, lang)
    clock = Clock(options or options_of(scenario), started)
    case = Case(loaded, clock, lang)
    decided: list[Decided] = []
    unsolved: list[str] = []
    for n, one in enumerate(asked):
        # What one strategy leaves of its part of the time, the next ones share. The first is what all are held against.
        parts = min(len(asked) - n, 2) if n == 0 else len(asked) - n
        case.clock = Clock(replace(clock.options, time_limit_s=clock.remaining_s / parts))
        try:
            decided.append(decide(case, one))
        except OutOfTime:
            unsolved.append(one.label)
    return Comparison([d.result for d in decided], _overview(case, decided, asked, not_applied, unsolved, started))


def _asked(scenario: Scenario, wanted: Iterable[Any] | None, lang: str) -> tuple[list[Asked], list[NotApplied]]:
    """What is to be compared, ``optimise`` first; what cannot be applied, where nobody asked for it by name."""
    if wanted is None:
        everything, _ = asked_for(STRATEGIES)
        left_out = [(a, found) for a in everything if (found := refusals(scenario, a))]
        return all_that_apply(scenario), [NotApplied(a.label, [f.as_dict(lang) for f in fs]) for a, fs in left_out]
    asked, findings = asked_for(["optimise", *wanted])
    for one in asked:
        findings += [replace(f, pointer=one.place) for f in refusals(scenario, one)]
    if has_errors(findings):
        raise QuestionError([replace(f, pointer=_as_given(f.pointer)) for f in findings])
    return asked, []


def _as_given(place: str) -> str:
    """The place in the list as it was given, before ``optimise`` was put in front."""
    head, _, number = place.rpartition("/")
    return f"{head}/{int(number) - 1}"


def _overview(
    case: Case,
    decided: list[Decided],
    asked: list[Asked],
    not_applied: list[NotApplied],
    unsolved: list[str],
    started: float,
) -> Overview:
    best = next((d for d in decided if d.asked.strategy.name == "optimise"), None)
    rows = {d.asked.label: _row(case, d, best) for d in decided}
    table = [rows.get(a.label) or _unsolved_row(a) for a in asked]
    return Overview(
        reference="optimise",
        proven=best is not None and best.result.termination == "optimal",
        strategies=table,
        sites=_sites(case.scenario, decided),
        score=marks_of(case.scenario),
        price_of_fairness=_fairness(case, decided, best),
        price_of_caution=_caution(case, decided, best),
        not_applied=not_applied,
        unsolved=unsolved,
        seconds=round(time.perf_counter() - started, 6),
    )


def _row(case: Case, d: Decided, best: Decided | None) -> StrategyRow:
    result, scenario, plan = d.result, case.scenario, d.choice.optimum.plan
    certificate = result.certificate
    broken = [] if certificate is None else [c for c in certificate.rules if c.violation > c.allowance]
    given_up = _given_up(result, best)
    i = result.indicators
    with_loss = plan is not None and _has_public_loss(scenario)
    fair = plan is not None and not list(MAX_MIN.refused(scenario, _fair_values()))
    return StrategyRow(
        strategy=d.asked.label,
        solved=True,
        termination=result.termination,
        allowed=None if certificate is None else certificate.holds,
        broken=list(dict.fromkeys(f"{c.label} {c.rule}" for c in broken)),
        objective=result.objective.value,
        given_up=given_up,
        given_up_share=_share(given_up, best),
        sites=None if i is None else i.sites,
        public_money=None if i is None else i.public_money,
        private_money=None if i is None else i.private_money,
        multiplier=None if i is None else i.multiplier,
        least_served=least_served_by(scenario, plan, _fair_values()) if plan is not None and fair else None,
        countries_served=countries_served(scenario, plan)[0] if plan is not None and fair else None,
        worst_public_loss=public_cvar(scenario, plan) if plan is not None and with_loss else None,
        greatest_regret=d.choice.measures.get("regret"),
    )


def _unsolved_row(asked: Asked) -> StrategyRow:
    nothing = dict.fromkeys((f.name for f in fields(StrategyRow)), None)
    said = {"strategy": asked.label, "solved": False, "termination": "time_limit", "broken": []}
    return StrategyRow(**{**nothing, **said})  # type: ignore[arg-type]


def _given_up(result: Result, best: Decided | None) -> float | None:
    if best is None or best.result.objective.value is None or result.objective.value is None:
        return None
    if result.certificate is None or not result.certificate.holds:
        return None
    return best.result.objective.value - result.objective.value


def _share(given_up: float | None, best: Decided | None) -> float | None:
    value = None if best is None else best.result.objective.value
    return given_up / abs(value) if given_up is not None and value else None


def _sites(scenario: Scenario, decided: list[Decided]) -> list[SiteRow]:
    """Candidates on which strategies that keep the rules differ first, in the order of the file.

    A plan that breaks rules, as pro-rata with its part of every site, would make all of them disputed.
    """
    kept = [d.asked.label for d in decided if d.result.certificate is not None and d.result.certificate.holds]
    plans = {d.asked.label: p for d in decided if (p := d.choice.optimum.plan) is not None}
    rows = []
    for c in scenario.candidates:
        first = (c.id, c.all_phases[0].id)
        funded = {label: float(p.fraction.get(first, 0)) for label, p in plans.items()}
        phases = {label: sum(p.fraction.get((c.id, q.id), 0) > 0 for q in c.all_phases) for label, p in plans.items()}
        agreed = len({(funded[k], phases[k]) for k in (kept if len(kept) > 1 else plans)}) < 2
        rows.append(SiteRow(c.id, c.name, country_label(c), agreed, funded, phases))
    return sorted(rows, key=lambda row: row.agreed)


def _fairness(case: Case, decided: list[Decided], best: Decided | None) -> Price | None:
    """1 − value(max-min) / value(optimise), and the least served under both."""
    fair = next((d for d in decided if d.asked.strategy.name == "max-min"), None)
    if fair is None or best is None:
        return None
    plan, optimum = fair.choice.optimum.plan, best.choice.optimum.plan
    if plan is None or optimum is None:
        return None
    price = _share(_given_up(fair.result, best), best)
    values = fair.asked.values
    before, after = (least_served_by(case.scenario, p, values) for p in (optimum, plan))
    if before == after == 0:
        counts = (float(countries_served(case.scenario, p)[0]) for p in (optimum, plan))
        return Price(fair.asked.label, price, "countries_served", "countries", *counts)
    return Price(fair.asked.label, price, "least_served", fairness_unit(case.scenario, values), before, after)


def _caution(case: Case, decided: list[Decided], best: Decided | None) -> Price | None:
    """Objective given up by ``risk-averse``, and the public loss it avoids."""
    wary = next((d for d in decided if d.asked.strategy.name == "risk-averse"), None)
    if wary is None or best is None:
        return None
    plan, optimum = wary.choice.optimum.plan, best.choice.optimum.plan
    if plan is None or optimum is None:
        return None
    alpha = wary.asked.values["alpha"]
    before, after = (public_cvar(case.scenario, p, alpha) for p in (optimum, plan))
    price = _share(_given_up(wary.result, best), best)
    return Price(wary.asked.label, price, "worst_public_loss", "EUR million", before, after)


def _has_public_loss(scenario: Scenario) -> bool:
    return scenario.risk is not None and any(t.public and t.in_pool for t in scenario.fund.tiers)


def _fair_values() -> dict[str, Any]:
    return {p.name: p.default for p in MAX_MIN.parameters}
