"""Every term of the objective, recomputed from the plan by plain arithmetic.

The model states each term as a sum over columns; here it is counted again from the scenario and the
whole-euro plan, exactly, and the tests hold one against the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from quicktions import Fraction

from optimiser.plan import EUROS_PER_MILLION, Plan, exact
from optimiser.result.losses import LossBook
from optimiser.result.result import TermValue
from optimiser.risk.measures import cvar, expected_loss
from optimiser.scenario.attributes import value_with
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.countries import population
from optimiser.scenario.groups import countries_of
from optimiser.scenario.objective import Term
from optimiser.scenario.scenario import Scenario


def term_values(
    scenario: Scenario, plan: Plan, book: LossBook | None, exactly: Sequence[Fraction] | None = None
) -> list[TermValue]:
    """Each term of the scenario's objective, as the plan gives it, in its own unit. exactly: where they are known."""
    values = exact_values(scenario, plan, book) if exactly is None else exactly
    return [
        TermValue(
            term=term.term,
            sense="maximise" if term.maximised else "minimise",
            weight=term.weight,
            value=float(value),
            unit=unit_of(scenario, term),
            attribute=term.attribute,
            tier=term.tier,
        )
        for term, value in zip(scenario.objective.terms, values, strict=True)
    ]


def exact_values(scenario: Scenario, plan: Plan, book: LossBook | None) -> list[Fraction]:
    """Each term of the scenario's objective, as the plan gives it, exactly."""
    return [MEASURES[term.term](scenario, plan, term, book) for term in scenario.objective.terms]


def objective_value(
    scenario: Scenario, plan: Plan, book: LossBook | None, exactly: Sequence[Fraction] | None = None
) -> float:
    """Σ weight·(maximised terms) − Σ weight·(minimised terms); lexicographic: the first term, with its sign.

    exactly: the terms, where they are known.
    """
    values = exact_values(scenario, plan, book) if exactly is None else exactly
    objective = scenario.objective
    if objective.mode == "lexicographic":
        return float(_sign(objective.terms[0]) * values[0])
    return float(sum(_sign(t) * exact(t.weight) * v for t, v in zip(objective.terms, values, strict=True)))


def unit_of(scenario: Scenario, term: Term) -> str:
    """Unit of a term's value."""
    kind = scenario.attributes.get(term.attribute or "")
    unit = kind.unit if kind is not None else "1"
    if term.term == "discounted_attribute":
        return f"{unit} · years"
    if term.term == "least_served":
        served = unit if term.attribute is not None else "EUR million"
        return f"{served} per million inhabitants" if term.per == "population" else served
    return unit if term.term == "attribute" else "EUR million"


def attribute_total(scenario: Scenario, plan: Plan, name: str) -> Fraction:
    """Σ attribute · y.  [unit of the attribute]"""
    return _sum_of(funded_phases(scenario, plan), name)


def _sum_of(phases: Iterable[tuple[Candidate, Phase, Fraction]], name: str) -> Fraction:
    """Σ attribute · y of these phases."""
    whole, parts = 0, Fraction(0)
    for c, p, y in phases:
        value = value_with(c, p, name)
        if y == 1 and value.is_integer():
            whole += int(value)  # integers are summed in a tenth of the time
        else:
            parts += exact(value) * y
    return whole + parts


def funded_phases(scenario: Scenario, plan: Plan) -> list[tuple[Candidate, Phase, Fraction]]:
    """Every phase with a fraction above 0."""
    return [
        (c, p, plan.fraction[c.id, p.id])
        for c in scenario.candidates
        for p in c.all_phases
        if plan.fraction.get((c.id, p.id))
    ]


def _attribute(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    return attribute_total(scenario, plan, term.attribute or "")


def _discounted_attribute(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    first = scenario.years[0] if scenario.years else 0
    growth = float(1 + exact(scenario.discount_rate))
    serving_from: dict[int, list[tuple[Candidate, Phase, Fraction]]] = defaultdict(list)
    lag = 1 if term.service_lag_years is None else term.service_lag_years
    for c, p, y in funded_phases(scenario, plan):
        start = plan.start.get((c.id, p.id))
        serves = max(p.cost_from(start), default=first if start is None else start) + lag - first
        serving_from[serves].append((c, p, y))
    total = Fraction(0)
    for serves, phases in serving_from.items():
        # In double precision: exact powers of the rate grow without need, and the value is a sum of a few of them.
        served = sum(growth**-n for n in range(serves, serves + (term.life_years or 0)))
        total += Fraction(served) * _sum_of(phases, term.attribute or "")
    return total


def _private_money(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    private = {t.id for t in scenario.fund.tiers if not t.public and t.pays_cost and term.tier in (None, t.id)}
    euros = sum(amount for (k, *_), amount in plan.money.items() if k in private)
    if term.tier is None:
        euros += sum(plan.private_money.values())
    return Fraction(euros, EUROS_PER_MILLION)


def _public_money(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    rate = {t.id: exact(t.budget_rate) for t in scenario.fund.tiers if t.public and term.tier in (None, t.id)}
    used = sum((rate[k] * amount for (k, *_), amount in plan.money.items() if k in rate), Fraction(0))
    return used / EUROS_PER_MILLION


def _expected_return(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    tiers = {t.id: t for t in scenario.fund.tiers if t.in_pool and term.tier in (None, t.id)}
    candidates = {c.id: c for c in scenario.candidates}
    exposure: dict[tuple[str, str], int] = defaultdict(int)
    for (k, c, _, _), amount in plan.money.items():
        if k in tiers:
            exposure[c, k] += amount
    total = Fraction(0)
    mean = None if book is None else dict(zip(book.draws.candidates, book.draws.mean().tolist(), strict=True))
    for (c, k), euros in exposure.items():
        tier, candidate = tiers[k], candidates[c]
        fails = exact(candidate.failure_probability or 0.0) if mean is None else Fraction(mean[c])
        rate = candidate.return_if_success.get(k, tier.return_if_success or 0.0)
        gain = Fraction((1.0 + rate) ** (tier.holding_years or 10.0) - 1.0)
        loss = exact(1.0 if tier.loss_given_failure is None else tier.loss_given_failure)
        total += ((1 - fails) * gain - fails * loss) * Fraction(euros, EUROS_PER_MILLION)
    return total


def _expected_loss(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    assert book is not None
    losses = book.pool_loss if term.level is None else book.reaching(book.level_index(term.level))
    return Fraction(expected_loss(losses, book.draws.probability))


def _cvar(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    assert book is not None
    losses = book.pool_loss if term.level is None else book.reaching(book.level_index(term.level))
    return Fraction(cvar(losses, book.draws.probability, 0.95 if term.alpha is None else term.alpha))


def _least_served(scenario: Scenario, plan: Plan, term: Term, book: LossBook | None) -> Fraction:
    served: dict[str, Fraction] = defaultdict(Fraction)
    paying = {t.id for t in scenario.fund.tiers if (t.pays_public_money if term.tier is None else t.id == term.tier)}
    money: dict[tuple[str, str], int] = defaultdict(int)
    for (k, c, p, _), amount in plan.money.items():
        if k in paying:
            money[c, p] += amount
    for candidate in scenario.candidates:
        for phase in candidate.all_phases:
            key = (candidate.id, phase.id)
            if term.attribute is not None:
                given = exact(value_with(candidate, phase, term.attribute)) * plan.fraction.get(key, Fraction(0))
            else:
                given = Fraction(money[key], EUROS_PER_MILLION)
            for group in _groups(candidate, phase, term):
                served[group] += given
    if term.per == "population":
        served = {g: v / exact(population(scenario, g) or 1.0) for g, v in served.items()}
    return min(served.values(), default=Fraction(0))


def _groups(c: Candidate, p: Phase, term: Term) -> list[str]:
    if term.group_by == "country":
        return countries_of(c, p)
    return [c.id] if term.group_by == "candidate" else list(dict.fromkeys(c.tags))


def _sign(term: Term) -> int:
    return 1 if term.maximised else -1


MEASURES = {
    "attribute": _attribute,
    "discounted_attribute": _discounted_attribute,
    "private_money": _private_money,
    "public_money": _public_money,
    "expected_return": _expected_return,
    "least_served": _least_served,
    "expected_loss": _expected_loss,
    "cvar": _cvar,
}
