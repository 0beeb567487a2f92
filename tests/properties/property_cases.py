"""Scenarios as hypothesis draws them: small, valid, with rules of every kind, whole and divisible.

Numbers are few and round, so that what shrinks is the scenario and not its digits. ``documents`` are made of
hypothesis's own parts and shrink to the bone; ``any_documents`` are besides those of the references
(``tests/reference/random_scenarios.py``): windows, guarantees, revolving tiers, losses, soft rules, commitments.
"""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from random_scenarios import (
    Document,
    random_scenario,
    softened,
    with_guarantee,
    with_losses,
    with_revolving,
)

from optimiser import Result, allocate, load_document

# Every third random scenario or so has an error that no rule of drawing foresees: it is drawn again.
FILTERED = [HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
MANY = int(os.environ.get("PROPERTY_EXAMPLES", "2000"))

settings.register_profile("searching", deadline=None, max_examples=MANY, suppress_health_check=FILTERED)
settings.register_profile("steady", settings.get_profile("searching"), derandomize=True, max_examples=40)
settings.register_profile("few", settings.get_profile("steady"), max_examples=10)

PROPERTY = settings.get_profile(os.environ.get("PROPERTY_PROFILE", "steady"))
"""The same examples on every machine; PROPERTY_PROFILE=searching looks for PROPERTY_EXAMPLES new ones a property."""

YEARS = ("2027", "2028")
COUNTRIES = ("PT", "ES")
TAGS = ("x", "y")
SHARES = st.sampled_from((0.1, 0.25, 0.5, 0.8))
AMOUNTS = st.integers(0, 30).map(lambda n: 5 * n)

NOISE = 1e-6
"""Relative: an optimum is proven to 1e-9, and plans are in whole euros, of some 10^2 EUR million."""


def perhaps(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({}, optional=keys)


COSTS = st.dictionaries(st.sampled_from(YEARS), st.integers(1, 20).map(lambda n: 5 * n), min_size=1)
GROUPS = st.one_of(
    st.sampled_from(COUNTRIES).map(lambda c: {"countries": [c]}),
    st.sampled_from(TAGS).map(lambda t: {"tags": [t]}),
)


@st.composite
def candidates(draw: st.DrawFn, name: str, tag: str, divisible: bool | None) -> Document:
    """With both tags among the candidates, so that any rule may name one."""
    c: Document = {"id": name, "country": draw(st.sampled_from(COUNTRIES)), "tags": [tag]}
    c |= draw(perhaps(private_pledge=st.one_of(AMOUNTS, st.just("unlimited")), max_public_share=SHARES))
    c["attributes"] = {"mw": draw(AMOUNTS), "pue": draw(st.sampled_from((1.1, 1.2, 1.4)))}
    if draw(st.booleans()) if divisible is None else divisible:
        c |= {"divisible": True} | draw(perhaps(least_fraction=st.sampled_from((0.25, 0.5))))
    if draw(st.integers(0, 3)) == 3:
        phase = st.fixed_dictionaries(
            {"cost": COSTS, "attributes": st.fixed_dictionaries({"value": st.integers(1, 20)})}
        )
        c["phases"] = [{"id": f"p{n}", **draw(phase)} for n in (1, 2)]
    else:
        c["cost"] = draw(COSTS)
        c["attributes"]["value"] = draw(st.integers(1, 20))
    return c


@st.composite
def tiers(draw: st.DrawFn, name: str, public: bool) -> Document:
    tier: Document = {"id": name, "instrument": "grant" if public else "loan", "public": public, "size": draw(AMOUNTS)}
    tier |= draw(
        perhaps(
            max_share_of_cost=SHARES,
            max_ticket=AMOUNTS,
            eligible=GROUPS,
            annual_ceiling=st.dictionaries(st.sampled_from(YEARS), AMOUNTS, min_size=1),
            carry_over=st.booleans(),
            ceiling_basis=st.sampled_from(("payments", "commitments")),
            concentration=st.fixed_dictionaries({"at_most": st.sampled_from((0.5, 0.8))}),
        )
    )
    if draw(st.integers(0, 5)) == 5:
        tier["min_ticket"] = min(20, tier.get("max_ticket", 20))
    return tier


@st.composite
def rules(draw: st.DrawFn, names: list[str], number: int) -> Document:
    pair = st.permutations(names).map(lambda order: order[:2])
    kind = draw(st.sampled_from(("count", "money", "attribute", "average", "award", "floor", "exclusive", "requires")))
    rule: Document = {"id": f"rule-{number}", "kind": kind}
    if kind == "count":
        rule |= draw(st.sampled_from(({"at_most": 1}, {"at_most": 2}, {"at_least": 1})))
    elif kind == "money":
        rule |= draw(st.sampled_from(({"at_most": 60}, {"at_least_share": 0.25}, {"at_most_share": 0.5})))
    elif kind == "attribute":
        rule |= {"attribute": "mw"} | draw(st.sampled_from(({"at_most": 150}, {"at_least": 50})))
    elif kind == "average":
        rule |= {"kind": "attribute", "attribute": "pue", "average_by": "mw", "at_most": 1.2}
    elif kind == "award":
        rule |= draw(st.sampled_from(({"at_most": 40}, {"at_most_share": 0.3}, {"at_least_share": 0.1})))
    elif kind == "floor":
        rule |= {"attribute": "mw", "at_least": 25}
    elif kind == "exclusive":
        rule["candidates"] = draw(pair)
    else:
        a, b = draw(pair)
        rule |= {"candidate": a, "needs": [b]}
    if kind not in ("exclusive", "requires"):
        rule |= draw(perhaps(of=GROUPS))
    return rule


OBJECTIVES = st.one_of(
    st.just([{"term": "attribute", "attribute": "value"}]),
    st.just([{"term": "private_money"}]),
    st.just([{"term": "public_money", "sense": "maximise"}]),
    st.just([{"term": "attribute", "attribute": "value", "weight": 10.0}, {"term": "public_money"}]),
    st.just([{"term": "least_served", "group_by": "candidate"}, {"term": "private_money", "weight": 0.1}]),
)


@st.composite
def documents(draw: st.DrawFn, divisible: bool | None = None, most_rules: int = 3) -> Document:
    """divisible: of every candidate; None leaves it to chance."""
    names = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
    document: Document = {
        "horizon": {"first_year": 2027, "last_year": 2028},
        "attributes": {"pue": {"additive": False}},
        "fund": {"tiers": [draw(tiers(k, k != "bank")) for k in ("union", "state", "bank")[: draw(st.integers(1, 3))]]},
        "candidates": [draw(candidates(name, TAGS[n % 2], divisible)) for n, name in enumerate(names)],
        "constraints": [draw(rules(names, n)) for n in range(draw(st.integers(0, most_rules)))],
        "objective": {"terms": draw(OBJECTIVES)},
    }
    document["fund"] |= draw(perhaps(max_public_share=SHARES))
    if len(document["fund"]["tiers"]) > 1 and draw(st.booleans()):
        document["fund"]["matching"] = [{"id": "match", "tiers": ["state"], "of": ["union"], "at_least": 0.5}]
    return copy.deepcopy(document)  # parts that hypothesis draws may be shared between examples


FAMILIES = ("plain", "windows", "lexicographic", "guaranteed", "revolving", "losses", "soft")


@st.composite
def reference_documents(draw: st.DrawFn, families: tuple[str, ...] = FAMILIES) -> Document:
    """Random scenarios of the references, their chance in hypothesis's hands."""
    rng = draw(st.randoms(use_true_random=False))
    family = draw(st.sampled_from(families))
    divisible = draw(st.sampled_from((0.0, 0.5, 1.0)))
    wishes = "lexicographic" if family == "lexicographic" else draw(st.sampled_from(("any", "points")))
    document = random_scenario(rng, divisible, 4, wishes, 2 if family == "windows" else 0)
    if family == "guaranteed":
        document = with_guarantee(rng, document)
    elif family == "revolving":
        document = with_revolving(rng, document)
    elif family == "losses":
        document = with_losses(rng, document)
    elif family == "soft":
        document = softened(rng, document)
    assume(load_document(document).scenario is not None)
    return document


def any_documents(families: tuple[str, ...] = FAMILIES) -> st.SearchStrategy[Document]:
    return st.one_of(documents(), reference_documents(families))


def value(result: Result) -> float:
    """The objective; −∞ where there is no plan."""
    if result.termination == "infeasible":
        return float("-inf")
    assert result.termination == "optimal"
    assert result.objective.value is not None
    return result.objective.value


def optimum(document: Document) -> float:
    return value(allocate(document))


def no_less(more: float, less: float) -> bool:
    return more >= less - NOISE * max(1.0, abs(less)) if less > float("-inf") else True


def no_worse(more: Result, less: Result) -> bool:
    """Stage by stage, soft rules first: the first stage that differs decides; a soft rule that is gone is kept."""
    if less.termination == "infeasible":
        return True
    if more.termination == "infeasible":
        return False
    reached = {stage.name: stage.value for stage in more.objective.stages}
    for stage in less.objective.stages:
        one, other = stage.value, reached.get(stage.name, 0.0 if stage.name.startswith("soft-") else None)
        assert one is not None and other is not None
        if abs(other - one) > NOISE * max(1.0, abs(one)):
            return other > one
    return True


def same_stages(one: Result, other: Result) -> bool:
    return one.termination == other.termination and no_worse(one, other) and no_worse(other, one)


Fractions = dict[str, dict[str, float]]


def fractions(result: Result) -> Fractions:
    return {c.id: c.phases for c in result.candidates}


def near(funded: Fractions) -> dict[str, dict[str, Any]]:
    return {c: {p: pytest.approx(y, abs=NOISE) for p, y in phases.items()} for c, phases in funded.items()}


def cells(result: Result) -> dict[tuple[str, ...], float]:
    """Every amount of the plan, by where it stands."""
    found = {(m.tier, m.candidate, m.phase, str(m.year)): m.amount for m in result.money}
    return found | {("consortium", m.candidate, m.phase, str(m.year)): m.amount for m in result.private_money}
