"""``share-by-key``: an envelope for each country by a key (juste retour), and the best sites within each.

    envelope[g] = key[g] / Σ key · public money,   Σ_{c in g} Σ_{k public,t} x[c,p,k,t] ≤ envelope[g]

over the countries that have candidates; public money is the sum of the sizes of the public tiers. Within a country the
candidates are taken by score, or the cheapest in public money first, for as long as its envelope and the programme can
pay. Countries take turns, the greatest key first. A joint bid counts whole in the envelope of each of its countries.
What one country cannot use is not given to another: that is what the key asks, and what it costs. An envelope that does
not pay what is locked in or committed in its country is raised to it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.plan import EUROS_PER_MILLION
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.countries import gdp, population
from optimiser.scenario.fund import Group
from optimiser.scenario.rules import MoneyRule
from optimiser.scenario.scenario import Scenario
from optimiser.solve.selection import Selector
from optimiser.strategies.descent import Descent, decided_beforehand
from optimiser.strategies.ranking import least_public_alone
from optimiser.strategies.score import below_threshold, marks_of, needs_score
from optimiser.strategies.strategy import Case, Choice, Found, Parameter, Strategy, finance


def choose(case: Case, values: Mapping[str, Any]) -> Choice:
    """Envelopes by key, then the best sites of each country in turn."""
    scenario = case.scenario
    shares = envelopes_of(scenario, values["key"])
    envelopes = _at_least_what_is_decided(scenario, shares, Selector(scenario, case.clock))
    within = scenario.model_copy(update={"constraints": [*scenario.constraints, *_as_rules(scenario, envelopes)]})
    selector = Selector(within, case.clock)
    descent = Descent(selector)
    descent.begin()
    lists = {g: iter(ranked) for g, ranked in _lists(scenario, selector, _order(scenario, values)).items()}
    turns = sorted(envelopes, key=lambda g: (-envelopes[g], g))
    while turns:
        for g in list(turns):
            c = next(lists[g], None)
            if c is None:
                turns.remove(g)
            elif not descent.holds(c.id):
                _offer(descent, scenario, c, g, envelopes[g])
    optimum, findings = finance(selector, descent.selection)
    reasons: dict[str, Found] = {c.id: ("share-none", {}) for c in scenario.candidates} | descent.reasons
    for c in scenario.candidates:
        if descent.holds(c.id) and c.id not in descent.reasons:
            reasons[c.id] = ("list-beforehand", {})
    shown = [_envelope(g, envelope) for g, envelope in shares.items()]
    said = [Finding("note", "key-envelopes", "", {"envelopes": shown})]
    raised = [_envelope(g, envelope) for g, envelope in envelopes.items() if envelope > shares[g]]
    if raised:
        said.append(Finding("note", "key-envelopes-raised", "", {"envelopes": raised}))
    return Choice(optimum, reasons, (*said, *findings), {"envelopes": envelopes})


def envelopes_of(scenario: Scenario, key: str | Mapping[str, float]) -> dict[str, float]:
    """The public money of each country with candidates, by key, rounded down to the euro [EUR million]."""
    weights = {g: _weight(scenario, key, g) or 0.0 for g in _hosts(scenario)}
    total, money = math.fsum(weights.values()), _public_money(scenario)
    return {g: math.floor(money * w / total * EUROS_PER_MILLION) / EUROS_PER_MILLION for g, w in weights.items()}


def _at_least_what_is_decided(
    scenario: Scenario, envelopes: Mapping[str, float], selector: Selector
) -> dict[str, float]:
    """The envelopes, raised to what each country's sites need that are decided beforehand: these are paid anyway."""
    raised = dict(envelopes)
    for g in envelopes:
        hosted = {c.id for c in scenario.candidates if g in c.all_countries}
        decided = {key: 1.0 for key in decided_beforehand(scenario) if key[0] in hosted}
        needed = selector.least_public_money(decided) if decided else None
        if needed is not None:
            raised[g] = max(envelopes[g], math.ceil(needed * EUROS_PER_MILLION - 0.01) / EUROS_PER_MILLION)
    return raised


def _envelope(group: str, amount: float) -> Phrase:
    return Phrase("named-count", {"name": group, "count": round(amount)})


def _offer(descent: Descent, scenario: Scenario, c: Candidate, country: str, envelope: float) -> None:
    attribute = below_threshold(scenario, c)
    if attribute is not None and scenario.score is not None:
        least = scenario.score.thresholds[attribute]
        descent.reasons[c.id] = ("list-below-threshold", {"attribute": attribute, "least": least})
        return
    taken: Found = ("key-taken", {"country": country, "envelope": envelope})
    if not descent.offer(c, lambda: taken) and descent.reasons[c.id][0] == "list-no-money":
        descent.reasons[c.id] = ("key-no-money", {"country": country, "envelope": envelope})


def _lists(scenario: Scenario, selector: Selector, order: str) -> dict[str, list[Candidate]]:
    """The candidates of each country, the first to be taken first, ties by id."""
    marks = marks_of(scenario) if order == "score" else None
    rank: dict[str, float] = {}
    for c in scenario.candidates:
        euros = least_public_alone(selector, c) if marks is None else None
        rank[c.id] = -marks.points[c.id] if marks is not None else math.inf if euros is None else euros
    lists: dict[str, list[Candidate]] = defaultdict(list)
    for c in sorted(scenario.candidates, key=lambda c: (rank[c.id], c.id)):
        for g in c.all_countries:
            lists[g].append(c)
    return lists


def _as_rules(scenario: Scenario, envelopes: Mapping[str, float]) -> list[MoneyRule]:
    if not any(t.public for t in scenario.fund.tiers):
        return []
    return [
        MoneyRule(id=f"envelope {g}", kind="money", of=Group(countries=[g]), at_most=envelope)
        for g, envelope in envelopes.items()
    ]


def _order(scenario: Scenario, values: Mapping[str, Any]) -> str:
    given: str | None = values["order"]
    return given or ("score" if scenario.score is not None else "cheapest")


def _hosts(scenario: Scenario) -> list[str]:
    return list(dict.fromkeys(g for c in scenario.candidates for g in c.all_countries))


def _weight(scenario: Scenario, key: str | Mapping[str, float], country: str) -> float | None:
    if isinstance(key, Mapping):
        return key.get(country)
    return gdp(scenario, country) if key == "gdp" else population(scenario, country)


def _public_money(scenario: Scenario) -> float:
    return math.fsum(t.size.at_most for t in scenario.fund.tiers if t.public)


def _refused(scenario: Scenario, values: Mapping[str, Any]) -> Iterator[Finding]:
    hosts, key = _hosts(scenario), values["key"]
    if not hosts:
        yield Finding("error", "key-without-countries", "/candidates")
        return
    lacking = [g for g in hosts if _weight(scenario, key, g) is None]
    if lacking:
        named = key if isinstance(key, str) else "own"
        yield Finding("error", "key-lacks-country", "/countries", {"key": named, "countries": lacking})
    elif not any(_weight(scenario, key, g) for g in hosts):
        yield Finding("error", "key-sums-to-nothing", "/countries", {"countries": hosts})
    for t in scenario.fund.tiers:
        if t.public and math.isinf(t.size.at_most):
            yield Finding("error", "key-of-unlimited", f"/fund/tiers/{t.id}/size", {"tier": t.id})
    if values["order"] == "score":
        yield from needs_score(scenario)


def _is_key(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(
            isinstance(g, str) and isinstance(w, int | float) and not isinstance(w, bool) and 0 <= w < 1e12
            for g, w in value.items()
        )
    return value in ("gdp", "population")


STRATEGY = Strategy(
    "share-by-key",
    choose,
    (
        Parameter("key", "gdp", _is_key, Phrase("a-key")),
        Parameter("order", None, lambda value: value in ("score", "cheapest"), Phrase("an-order")),
    ),
    _refused,
)
