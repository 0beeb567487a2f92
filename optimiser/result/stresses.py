"""Stress tests of a plan: it is held fixed, to the euro, and counted again in the world of each stress."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, replace
from typing import Any

from optimiser.certificate import certify
from optimiser.plan import Plan, million
from optimiser.result.losses import LossBook, loss_book, risk_report
from optimiser.result.measures import objective_value, term_values
from optimiser.result.result import (
    BrokenRule,
    Certificate,
    ExceededLimit,
    LimitCheck,
    LossSummary,
    RiskReport,
    StressedLevel,
    StressedLosses,
    StressReport,
    Unfunded,
)
from optimiser.risk.draws import Draws, draws_of
from optimiser.scenario.load import with_stress
from optimiser.scenario.scenario import Scenario, Stress
from optimiser.scenario.stress import refused_tiers

BEYOND = 1e-6
"""Of a limit: what whole euros may take a loss above it."""


def stress_reports(
    scenario: Scenario, plan: Plan, book: LossBook | None, risk: RiskReport | None, certificate: Certificate
) -> list[StressReport]:
    """A report a stress, in the order of the file; book, risk and certificate are those without a stress."""
    if scenario.risk is None or book is None or risk is None:
        return []
    return [_report(scenario, plan, stress, book, risk, certificate) for stress in scenario.risk.stresses]


def plan_under(plan: Plan, stress: Stress) -> Plan:
    """The plan as the stress finds it: a delay moves all its money, every other leaves it as it is."""
    if stress.kind != "delay":
        return plan
    later = stress.years or 0
    return replace(
        plan,
        money={(k, c, p, t + later): euros for (k, c, p, t), euros in plan.money.items()},
        private_money={(c, p, t + later): euros for (c, p, t), euros in plan.private_money.items()},
        start={phase: year + later for phase, year in plan.start.items()},
    )


def _report(
    scenario: Scenario, plan: Plan, stress: Stress, book: LossBook, risk: RiskReport, certificate: Certificate
) -> StressReport:
    stressed = with_stress(scenario, stress).expect()
    held = plan_under(plan, stress)
    draws = _draws(scenario, stressed, book.draws)
    there = loss_book(stressed, held, draws)
    losses, checked = risk_report(there), certify(stressed, held, draws)
    value = objective_value(stressed, held, there)
    return StressReport(
        id=stress.id,
        name=stress.name,
        kind=stress.kind or "patch",
        holds=checked.holds,
        objective=value,
        objective_change=value - objective_value(scenario, plan, book),
        terms=term_values(stressed, held, there),
        pool=StressedLosses(None, losses.pool, _change(losses.pool, risk.pool)),
        tiers=[
            StressedLosses(a.tier, a.losses, _change(a.losses, b.losses))
            for a, b in zip(losses.tiers, risk.tiers, strict=True)
        ],
        levels=[
            StressedLevel(a.seniority, a.tiers, a.flip_point, a.flip_point.probability - b.flip_point.probability)
            for a, b in zip(losses.levels, risk.levels, strict=True)
        ],
        limits=_exceeded(losses),
        rules=_broken(checked, certificate),
        unfunded=_unfunded(scenario, plan, stress) if stress.kind == "budget_refused" else None,
    )


def _draws(scenario: Scenario, stressed: Scenario, drawn: Draws) -> Draws:
    """The draws of the stressed scenario: those there are, where nothing they are made from has changed."""
    return drawn if _made_from(stressed) == _made_from(scenario) else draws_of(stressed)


def _made_from(scenario: Scenario) -> tuple[Any, ...]:
    assert scenario.risk is not None
    candidates = [(c.id, c.failure_probability, c.all_countries) for c in scenario.candidates]
    return scenario.risk.model_copy(update={"stresses": []}), candidates


def _change(stressed: LossSummary, before: LossSummary) -> LossSummary:
    return LossSummary(**{f.name: getattr(stressed, f.name) - getattr(before, f.name) for f in fields(LossSummary)})


def _exceeded(losses: RiskReport) -> list[ExceededLimit]:
    named = [(x.tiers, x.limits) for x in losses.levels] or [([t.tier], t.limits) for t in losses.tiers]
    return [ExceededLimit(tiers, limit) for tiers, limits in named for limit in limits if _is_exceeded(limit)]


def _is_exceeded(limit: LimitCheck) -> bool:
    return limit.bounded_share is not None and limit.bounded_share > limit.at_most * (1 + BEYOND) + BEYOND**2


def _broken(stressed: Certificate, before: Certificate) -> list[BrokenRule]:
    """The rules whose violation is beyond its allowance there, with what it was without the stress.

    A soft rule only where it is broken further than without.
    """
    known = {(r.label, r.rule): r.violation for r in before.rules}
    return [
        BrokenRule(r.label, r.rule, r.at, r.violation, known.get((r.label, r.rule), 0.0), r.unit)
        for r in stressed.rules
        if r.broken and not (r.soft and r.violation <= known.get((r.label, r.rule), 0.0) + r.allowance)
    ]


def _unfunded(scenario: Scenario, plan: Plan, stress: Stress) -> Unfunded:
    """Money of the refused tiers booked from that year on, by the year in which it would be paid.

    A tier whose ceilings bind commitments still pays later what it committed before: a phase in its first year.
    """
    first, refused = stress.from_ or 0, refused_tiers(scenario, stress)
    by_commitment = {t.id for t in scenario.fund.tiers if t.ceiling_basis == "commitments"}
    committed = {
        (c.id, p.id): min(p.cost_from(plan.start.get((c.id, p.id))), default=first)
        for c in scenario.candidates
        for p in c.all_phases
    }
    by_year: dict[int, int] = defaultdict(int)
    by_tier: dict[str, int] = defaultdict(int)
    by_candidate: dict[str, int] = defaultdict(int)
    for (k, c, p, t), euros in plan.money.items():
        if k in refused and euros and (committed[c, p] if k in by_commitment else t) >= first:
            by_year[t] += euros
            by_tier[k] += euros
            by_candidate[c] += euros
    return Unfunded(
        total=million(sum(by_year.values())),
        by_year={str(t): million(by_year[t]) for t in sorted(by_year)},
        by_tier={t.id: million(by_tier[t.id]) for t in scenario.fund.tiers if t.id in by_tier},
        by_candidate={c.id: million(by_candidate[c.id]) for c in scenario.candidates if c.id in by_candidate},
    )
