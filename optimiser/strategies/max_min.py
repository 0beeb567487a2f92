"""``max-min``: the worst served country first.

    1. max min_g served[g] / size[g]      2. max Σ_g min(1, Σ_{c in g} y[c,1])      3. the scenario's own objective

Served is an attribute (that of the objective's first term that has one), or public money where there is none; size is
the population. Where whole sites are fewer than countries somebody goes without whatever is chosen, and the first stage
says nothing: then the second serves as many countries as can be (Rawls 1971, A Theory of Justice; for the price of
fairness Bertsimas, Farias and Trichakis 2011, doi 10.1287/opre.1100.0865).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.model.objective import Goal, State, least_served
from optimiser.plan import Plan
from optimiser.result.measures import MEASURES, unit_of
from optimiser.scenario.countries import population
from optimiser.scenario.groups import countries_of
from optimiser.scenario.objective import Term
from optimiser.scenario.scenario import Scenario
from optimiser.strategies.strategy import Case, Choice, Parameter, Strategy, solve_instead


def choose(case: Case, values: Mapping[str, Any]) -> Choice:
    """Least served, countries served, then the objective's own stages."""
    term = fairness_term(case.scenario, values)

    def least(state: State) -> Goal:
        """min_g served[g] / size[g].  [unit of what is served, per million inhabitants]"""
        return Goal("least served", tuple(least_served(state, term, len(case.scenario.objective.terms))))

    optimum = solve_instead(case, (least, countries_reached), lambda own, further: [*further, *own])
    if optimum.plan is None:
        return Choice(optimum)
    served = least_served_by(case.scenario, optimum.plan, values)
    count, of = countries_served(case.scenario, optimum.plan)
    if served > 0:
        return Choice(optimum)
    return Choice(optimum, {}, (Finding("note", "max-min-nothing", "", {"count": count, "of": of}),))


def countries_reached(state: State) -> Goal:
    """Σ_g w[g], w[g] ≤ Σ_{c in g} y[c,1], 0 ≤ w[g] ≤ 1.  [countries]"""
    by_country: dict[str, list[int]] = {}
    for p in state.data.phases:
        if p.first:
            for g in p.countries:
                by_country.setdefault(g, []).append(state.columns.y[p.key])
    reached = []
    for n, (g, sites) in enumerate(by_country.items()):
        w = state.programme.column(f"reached.{n}", upper=1)
        state.programme.at_most("reached", "max-min", g, [(w, 1.0), *((i, -1.0) for i in sites)], 0)
        reached.append((w, 1.0))
    return Goal("countries served", tuple(reached))


def fairness_term(scenario: Scenario, values: Mapping[str, Any]) -> Term:
    """What serving means: the attribute asked for, else the objective's first, else public money; per head or not."""
    own = next((t.attribute for t in scenario.objective.terms if t.attribute is not None and t.maximised), None)
    per = values["per"]
    if per is None:
        known = all(population(scenario, g) is not None for g in _hosts(scenario))
        per = "population" if known else "none"
    return Term(
        term="least_served",
        attribute=values["attribute"] or own,
        group_by="country",
        per="population" if per == "population" else None,
    )


def least_served_by(scenario: Scenario, plan: Plan, values: Mapping[str, Any]) -> float:
    """What the worst served country receives in a plan, counted from the plan."""
    term = fairness_term(scenario, values)
    return float(MEASURES["least_served"](scenario, plan, term, None))


def fairness_unit(scenario: Scenario, values: Mapping[str, Any]) -> str:
    """The unit of what is served."""
    return unit_of(scenario, fairness_term(scenario, values))


def countries_served(scenario: Scenario, plan: Plan) -> tuple[int, int]:
    """How many countries have a site that is funded, wholly or in part, and how many have a candidate."""
    first = [(c, countries_of(c, c.all_phases[0])) for c in scenario.candidates]
    funded = {c for (c, _), y in plan.fraction.items() if y}
    return len({g for c, where in first if c.id in funded for g in where}), len(
        {g for _, where in first for g in where}
    )


def _hosts(scenario: Scenario) -> list[str]:
    return list(dict.fromkeys(g for c in scenario.candidates for p in c.all_phases for g in countries_of(c, p)))


def _refused(scenario: Scenario, values: Mapping[str, Any]) -> Iterator[Finding]:
    hosts = _hosts(scenario)
    if not hosts:
        yield Finding("error", "key-without-countries", "/candidates")
    if values["per"] == "population":
        lacking = [g for g in hosts if population(scenario, g) is None]
        if lacking:
            params = {"key": "population", "countries": lacking}
            yield Finding("error", "key-lacks-country", "/countries", params)
    known = {a for c in scenario.candidates for a in c.attributes}
    known |= {a for c in scenario.candidates for p in c.all_phases for a in p.attributes}
    asked = values["attribute"]
    if asked is not None and asked not in known:
        yield Finding("error", "unknown-attribute", "", {"id": asked, "known": sorted(known)[:12]})


STRATEGY = Strategy(
    "max-min",
    choose,
    (
        Parameter("attribute", None, lambda value: isinstance(value, str), Phrase("an-attribute")),
        Parameter("per", None, lambda value: value in ("population", "none"), Phrase("population-or-none")),
    ),
    _refused,
)
