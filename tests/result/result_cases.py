"""Small scenarios for the tests of the result, built and solved in a line or two.

Amounts are EUR million. A site brings ``value`` points and costs 100 in 2027 unless told otherwise; a
tier is an unlimited public grant. What a test does not say is no rule.
"""

from __future__ import annotations

from random import Random
from typing import Any

from optimiser import Result, Scenario, allocate, load_document
from optimiser.model.build import Model, build_model
from optimiser.plan import Plan
from optimiser.solve.arrays import arrays_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.rounding import plan_of
from optimiser.solve.stages import solve_model

Document = dict[str, Any]

M = 1_000_000
"""Euros in EUR million."""

VALUE: Document = {"term": "attribute", "attribute": "value"}
GIVE: Document = {"term": "public_money", "sense": "maximise"}
SAVE: Document = {"term": "public_money"}
LEVER: Document = {"term": "private_money"}

YEARS = (2027, 2028, 2029, 2030)


def tier(name: str = "union", size: Any = "unlimited", **keys: Any) -> Document:
    return {"id": name, "instrument": "grant", "size": size, **keys}


def loan(name: str = "bank", size: Any = "unlimited", **keys: Any) -> Document:
    return tier(name, size, **{"instrument": "loan", "public": False, **keys})


def site(name: str, cost: Any = 100, value: float | None = 1, pledge: Any = 0, **keys: Any) -> Document:
    """A candidate; ``cost`` is a number (spent in 2027) or by year; with ``phases`` it has none of its own."""
    known: Document = {"id": name, "private_pledge": pledge, **keys}
    if value is not None:
        known["attributes"] = {"value": value, **keys.get("attributes", {})}
    return known if "phases" in known else {**known, "cost": by_year(cost)}


def phase(name: str, cost: Any = 100, **keys: Any) -> Document:
    return {"id": name, "cost": by_year(cost), **keys}


def by_year(cost: Any) -> Document:
    return cost if isinstance(cost, dict) else {"2027": cost}


def scenario(
    candidates: list[Document],
    tiers: list[Document] | None = None,
    rules: list[Document] | None = None,
    terms: list[Document] | None = None,
    fund: Document | None = None,
    **keys: Any,
) -> Document:
    """A document; rules are called rule-0, rule-1 … unless they have an id."""
    return {
        "fund": {"tiers": [tier()] if tiers is None else tiers, **(fund or {})},
        "candidates": candidates,
        "constraints": [{"id": f"rule-{n}", **rule} for n, rule in enumerate(rules or [])],
        "objective": {"terms": terms or [VALUE]},
        **keys,
    }


def solve(document: Document) -> Result:
    """The proven optimum, with a certificate that holds."""
    result = allocate(document)
    assert result.termination == "optimal"
    assert result.certificate is not None and result.certificate.holds
    return result


def solved(document: Document) -> tuple[Scenario, Model, Any, Plan | None]:
    """The scenario, its model, what the solver says, and the plan in whole euros."""
    of = load_document(document).expect()
    model = build_model(of)
    values = solve_model(model, arrays_of(model.programme), SolveOptions()).values
    return of, model, values, None if values is None else plan_of(model, values)


def odd_amount(rng: Random, most: float, digits: int = 6) -> float:
    """An amount that divides badly, with six digits (euros) or more."""
    return round(rng.uniform(most / 50, most), digits)


def odd_cost(rng: Random, digits: int) -> Document:
    first = rng.randrange(len(YEARS))
    return {str(t): odd_amount(rng, 900, digits) for t in YEARS[first : first + rng.choice((1, 2, 3))]}


def odd_scenario(rng: Random) -> Document:
    """Money that is no whole number of euros anywhere: odd costs, thirds, fractions, ceilings, overlapping spans."""
    names = [f"s{n}" for n in range(rng.randint(2, 7))]
    divisible = rng.choice((0.0, 0.5, 1.0))
    digits = rng.choice((6, 6, 7))
    candidates = [_odd_candidate(rng, name, divisible, digits) for name in names]
    costs = [p["cost"] for c in candidates for p in c.get("phases", [c])]
    total = sum(sum(cost.values()) for cost in costs)
    tiers = [_odd_tier(rng, n, total) for n in range(rng.randint(1, 4))]
    fund: Document = {}
    if rng.random() < 0.3:
        fund["max_public_share"] = rng.choice((1 / 3, 0.35, 0.617))
    if rng.random() < 0.3:
        fund["least_private_share"] = rng.choice((1 / 7, 0.11))
    if len(tiers) > 1 and rng.random() < 0.3:
        match = {"id": "match", "tiers": ["t1"], "of": ["t0"], "at_least": rng.choice((1 / 3, 1))}
        fund["matching"] = [{**match, "by": rng.choice(("phase", "candidate"))}]
    rules: list[Document] = [{"kind": "count", "at_least": rng.choice((0, 1)), "at_most": rng.randint(1, len(names))}]
    if rng.random() < 0.4:
        rules.append({"kind": "money", "of": {"candidates": names[::2]}, "at_most_share": rng.choice((1 / 3, 0.57))})
    if rng.random() < 0.4:
        rules.append({"kind": "award", "of": {"candidates": names[1::2]}, "at_most_share": rng.choice((0.17, 2 / 3))})
    terms = [VALUE, {**rng.choice((SAVE, GIVE, LEVER)), "weight": rng.choice((0.001, 0.05, 3))}]
    return scenario(candidates, tiers, rules, terms[rng.randrange(2) :], fund)


def with_windows(rng: Random, document: Document) -> Document:
    """The same with most starts to be decided, in windows of one to three years, later phases some years after."""
    candidates = []
    for c in document["candidates"]:
        phases = []
        for p in c.get("phases") or [{"id": "main", "cost": c["cost"]}]:
            first = int(min(p["cost"]))
            since = {str(int(t) - first): amount for t, amount in p["cost"].items()}
            window = {"earliest": first, "latest": first + rng.randint(0, 2)}
            decided = {"id": p["id"], "cost_since_start": since, "start": window}
            phases.append(decided if rng.random() < 0.8 else dict(p))
            if len(phases) > 1 and rng.random() < 0.5:
                phases[-1]["after_years"] = rng.randint(0, 1)
        candidates.append({key: value for key, value in c.items() if key != "cost"} | {"phases": phases})
    return document | {"candidates": candidates, "horizon": {"first_year": 2027, "last_year": 2036}}


def _odd_candidate(rng: Random, name: str, divisible: float, digits: int) -> Document:
    c: Document = {
        "id": name,
        "attributes": {"value": rng.randint(1, 99)},
        "private_pledge": rng.choice(("unlimited", odd_amount(rng, 900, digits), odd_amount(rng, 900, digits), 0)),
    }
    if rng.random() < 0.3:
        c["phases"] = [{"id": f"p{n}", "cost": odd_cost(rng, digits)} for n in (1, 2)]
    else:
        c["cost"] = odd_cost(rng, digits)
    if rng.random() < divisible:
        c["divisible"] = True
        if rng.random() < 0.3:
            c["least_fraction"] = rng.choice((1 / 3, 0.123456789))
    return c


def _odd_tier(rng: Random, n: int, total: float) -> Document:
    size = odd_amount(rng, total / 2)
    t = tier(f"t{n}", rng.choice((size, size, {"at_least": round(size / 9, 6), "at_most": size}, "unlimited")))
    if rng.random() < 0.3:
        t |= {"instrument": "loan", "public": False}
    if rng.random() < 0.5:
        t["max_share_of_cost"] = rng.choice((1 / 3, 0.17, 0.35, 0.123457))
    if rng.random() < 0.4:
        years = rng.sample(YEARS, rng.randint(2, 4))
        t |= {"annual_ceiling": {str(y): odd_amount(rng, size) for y in sorted(years)}}
        t |= {"carry_over": rng.random() < 0.5}
    if rng.random() < 0.4:
        # Spans that overlap without nesting.
        spans = rng.sample(((2027, 2028), (2028, 2029), (2029, 2030), (2027, 2029), (2028, 2030)), rng.randint(1, 3))
        t["ceilings"] = [{"from": a, "to": b, "at_most": odd_amount(rng, size)} for a, b in spans]
    if rng.random() < 0.4:
        t["ceiling_basis"] = "commitments"
    if rng.random() < 0.15:
        t["concentration"] = {"at_most": rng.choice((1 / 3, 0.57)), "of": "allocated"}
    return t
