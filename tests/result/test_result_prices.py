"""Shadow prices against finite differences: solving again with a bound moved a little up and a little down."""

from __future__ import annotations

import copy
from random import Random

import pytest
from result_cases import LEVER, SAVE, VALUE, loan, scenario, site, tier

from optimiser import load_document
from optimiser.model.build import build_model
from optimiser.result.binding import binding_of
from optimiser.solve.arrays import arrays_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.stages import solve_model

SEEDS = 25

STEP = 1e-3
"""[EUR million, or MW] Small against bounds of some 100, large against the solver's 1e-9."""

EXACT = 1e-5
"""The solver's 1e-9 on an optimum of some 1,000, divided by the step."""


def divisible_scenario(rng):
    """Sites that may be funded in part, and a bound of every kind whose price is asked for."""
    countries = rng.choice(("PT", "PT ES")).split()
    sites = [
        site(
            c,
            {"2027": rng.randint(20, 200), "2028": rng.randint(20, 200)},
            rng.randint(1, 99),
            rng.randint(0, 90),
            divisible=True,
            country=rng.choice(countries),
            attributes={"mw": rng.randint(1, 30)},
        )
        for c in "abcdef"[: rng.randint(3, 6)]
    ]
    tiers = [
        tier(
            "union", rng.randint(50, 300), annual_ceiling={"2027": rng.randint(30, 200), "2028": rng.randint(30, 200)}
        ),
        loan("bank", rng.randint(20, 200), max_share_of_cost=rng.choice((0.3, 0.5, 1)), max_ticket=rng.randint(20, 90)),
    ]
    tiers[0]["carry_over"] = rng.random() < 0.5
    if rng.random() < 0.5:
        tiers[0]["ceilings"] = [{"from": 2027, "to": 2028, "at_most": rng.randint(50, 250)}]
    if rng.random() < 0.3:
        tiers[1]["size"] = {"at_least": rng.randint(20, 60), "at_most": 300}
    of = {"candidates": [s["id"] for s in sites[::2]]}
    rules = [
        {"id": "mw", "kind": "attribute", "attribute": "mw", "at_most": rng.randint(20, 60)},
        {"id": "least", "kind": "attribute", "attribute": "mw", "of": of, "at_least": rng.randint(1, 9)},
        {"id": "group", "kind": "money", "of": of, **rng.choice(({"at_least": 30}, {"at_most": 60}))},
        {"id": "award", "kind": "award", "per": "country", "at_most": rng.randint(40, 120)},
        {"id": "places", "kind": "count", "at_most": 2},
    ]
    second = rng.choice((SAVE, LEVER, {**LEVER, "tier": "bank", "sense": "minimise"}))
    terms = [VALUE, {**second, "weight": rng.choice((0.1, 0.3, 2))}][: rng.randint(1, 2)]
    return scenario(sites, tiers, rng.sample(rules, rng.randint(1, 5)), terms)


def moved(document, label, rule, at, bound, step):
    """The scenario with one number of the user's raised by ``step``; None for a bound that has no such number."""
    document = copy.deepcopy(document)
    tiers = {t["id"]: t for t in document["fund"]["tiers"]}
    rules = {r["id"]: r for r in document["constraints"]}
    if label == "B1":
        size = tiers[rule]["size"]
        if isinstance(size, dict):
            size[bound] += step
        else:
            tiers[rule]["size"] += step
    elif label == "B2" and "-" in at:
        tiers[rule]["ceilings"][0]["at_most"] += step
    elif label == "B2":
        # With carry-over the sum up to the year is what is priced: what this year has more, the next has less.
        annual = tiers[rule]["annual_ceiling"]
        annual[at] += step
        if tiers[rule]["carry_over"] and at == "2027":
            annual["2028"] -= step
    elif label == "S4":
        return None  # one ticket, and a price for each site
    elif label == "F2":
        next(c for c in document["candidates"] if c["id"] == at)["private_pledge"] += step
    elif label in ("A1", "G1", "N1") or (label == "S7" and rules[rule].get("per") == "country" and _alone(document)):
        if label == "N1":
            return None  # no part of a place
        rules[rule][bound] += step
    else:
        return None
    return document


def _alone(document):
    """Whether all sites stand in one country, so that a country's bound has one price."""
    return len({c["country"] for c in document["candidates"]}) == 1


def optimum(document):
    """The optimum as the solver gives it, not rounded to euros; None where there is none."""
    model = build_model(load_document(document).expect())
    outcome = solve_model(model, arrays_of(model.programme), SolveOptions())
    return outcome.stages[0].value if outcome.values is not None else None


def priced(document):
    """The optimum, and every bound with its price; a bound that is not at its number has the price 0."""
    model = build_model(load_document(document).expect())
    arrays = arrays_of(model.programme)
    outcome = solve_model(model, arrays, SolveOptions())
    if outcome.values is None:
        return None, {}
    found = {(b.label, b.rule, b.at, b.bound): b for b in binding_of(model, arrays, outcome)}
    rows = [(r.label, r.rule, r.at, r.bound) for r in model.programme.rows if r.own_bound]
    return outcome.stages[0].value, {key: found.get(key) for key in rows}


def test_prices_are_slopes():
    """Between the slope above and the slope below, and so equal to both where they agree; signs as the bound says."""
    stable, signs = 0, set()
    for seed in range(SEEDS):
        document = divisible_scenario(Random(f"prices-{seed}"))
        value, bounds = priced(document)
        for key, binding in bounds.items():
            price = 0.0 if binding is None else binding.shadow_price
            assert price >= 0 if key[3] == "at_most" else price <= 0, (seed, key)
            if moved(document, *key, STEP) is None:
                continue
            above, below = optimum(moved(document, *key, STEP)), optimum(moved(document, *key, -STEP))
            # An optimum bends downwards in any bound: what one more brings is never more than what one less takes.
            rises = None if above is None else (above - value) / STEP
            falls = None if below is None else (value - below) / STEP
            assert rises is None or rises <= price + EXACT, (seed, key)
            assert falls is None or price <= falls + EXACT, (seed, key)
            if rises is not None and falls is not None and falls - rises < EXACT:
                assert price == pytest.approx(rises, abs=EXACT), (seed, key)
                stable += price != 0
                signs |= {(key[0], key[3])} if price else set()
    assert stable > 60
    assert signs >= {
        *(("B1", "at_most"), ("B1", "at_least"), ("B2", "at_most"), ("F2", "at_most"), ("A1", "at_most")),
        *(("A1", "at_least"), ("G1", "at_most"), ("G1", "at_least"), ("S7", "at_most")),
    }


def test_prices_hold_over_their_range():
    """The optimum is a straight line from one end of the range to the other."""
    tried = 0
    for seed in range(SEEDS):
        document = divisible_scenario(Random(f"prices-{seed}"))
        value, bounds = priced(document)
        for key, binding in bounds.items():
            if binding is None or not binding.shadow_price or moved(document, *key, STEP) is None:
                continue
            at = _number(document, *key)
            if at is None:
                continue
            low, high = binding.from_, binding.to
            assert low == "unlimited" or low <= at + 1e-6, (seed, key)
            assert high == "unlimited" or high >= at - 1e-6, (seed, key)
            ends = [at - 20 if low == "unlimited" else low, at + 20 if high == "unlimited" else high]
            for end in ends:
                other = optimum(moved(document, *key, end - at)) if end > 0 else None
                if other is not None:
                    tried += 1
                    expected = value + binding.shadow_price * (end - at)
                    assert other == pytest.approx(expected, rel=1e-7, abs=1e-6), (seed, key, end)
    assert tried > 100


def _number(document, label, rule, at, bound):
    """The number of the user's that is priced."""
    tiers = {t["id"]: t for t in document["fund"]["tiers"]}
    rules = {r["id"]: r for r in document["constraints"]}
    if label == "B1":
        size = tiers[rule]["size"]
        return size[bound] if isinstance(size, dict) else size
    if label in ("A1", "G1"):
        return rules[rule][bound]
    if label == "F2":
        return next(c for c in document["candidates"] if c["id"] == at)["private_pledge"]
    return None
