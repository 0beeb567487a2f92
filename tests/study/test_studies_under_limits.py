"""Studies of whole sites under limits on losses that bind, against every choice of sites settled by itself.

Choices are forced by rules of the scenario, one a site, so that no bound of a decision is touched.
"""

from __future__ import annotations

import random
from itertools import product

import pytest

from optimiser import allocate, compare, robustness, two_stage
from optimiser.scenario.load import document_of, load_document, with_patch

SITES = 5
NAMES = [f"c{n}" for n in range(SITES)]


def fund(seed):
    """Whole sites under a limit on the tail of what reaches the senior level; the first level's size differs."""
    rng = random.Random(seed)
    tiers = [
        {"id": "first", "instrument": "equity", "size": 90, "seniority": 0, "max_share_of_cost": 0.4},
        {"id": "senior", "instrument": "loan", "public": False, "size": "unlimited", "seniority": 1,
         "loss_given_failure": 0.5, "limits": {"cvar": {"level": 0.9, "at_most": 0.14}}},
    ]  # fmt: skip
    candidates = [
        {
            "id": name,
            "cost": {"2027": rng.randint(60, 140)},
            "attributes": {"value": rng.randint(10, 99)},
            "failure_probability": round(0.03 + 0.15 * rng.random(), 3),
        }
        for name in NAMES
    ]
    sizes = [rng.randint(35, 50), rng.randint(70, 120)]
    return {
        "fund": {"tiers": tiers, "loss_sharing": "waterfall"},
        "candidates": candidates,
        "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
        "risk": {"correlation": 0.1, "draws": 200, "seed": seed},
        "variants": [
            {"id": f"v{n}", "probability": 0.5, "patch": {"/fund/tiers/first/size": size}}
            for n, size in enumerate(sizes)
        ],
        "decisions": {"now": [f"{name}/main" for name in NAMES[:2]]},
    }


def worlds(document):
    """The scenario as written, then its variants, as documents without variants."""
    scenario = load_document(document).expect()
    found = [dict(document)] + [document_of(with_patch(scenario, v.patch).expect()) for v in scenario.variants]
    return [{k: v for k, v in w.items() if k not in ("variants", "decisions")} for w in found]


def values_of(world):
    """What each choice of sites is worth in a world; None where it cannot be financed within every limit."""
    found = {}
    for choice in product((0, 1), repeat=SITES):
        forced = [
            {"id": f"force-{name}", "kind": "count", "of": {"candidates": [name]}, "at_least": y, "at_most": y}
            for name, y in zip(NAMES, choice, strict=True)
        ]
        answer = allocate({**world, "constraints": forced})
        found[choice] = answer.objective.value if answer.termination == "optimal" else None
    return found


@pytest.fixture(scope="module", params=[0, 3, 5, 6, 7])
def case(request):
    document = fund(request.param)
    values = [values_of(world) for world in worlds(document)]
    # The limits bind: some choices can be financed in one world and not in another, and some in none.
    assert len({sum(v is not None for v in world.values()) for world in values}) > 1
    assert all(0 < sum(v is not None for v in world.values()) < 2**SITES for world in values)
    return document, values


def chosen(names):
    return tuple(int(f"{name}/main" in names) for name in NAMES)


def test_one_list_for_every_variant(case):
    document, values = case
    price = robustness(document).price
    common = {c for c in values[0] if all(world[c] is not None for world in values)}
    assert price.common == pytest.approx(max(values[0][c] for c in common))
    assert price.best == pytest.approx(max(v for v in values[0].values() if v is not None))
    assert price.common in {values[0][c] for c in common}
    assert list(price.by_variant.values()) == pytest.approx([world[chosen(price.funded)] for world in values[1:]])


def best_after(world, now):
    """The best choice whose first decisions are these."""
    return max((v for c, v in world.items() if v is not None and c[: len(now)] == now), default=-1e9)


def test_what_to_decide_now(case):
    document, values = case
    answer = two_stage(document)
    recourse = max(sum(0.5 * best_after(world, now) for world in values[1:]) for now in product((0, 1), repeat=2))
    waiting = sum(0.5 * max(v for v in world.values() if v is not None) for world in values[1:])
    assert answer.recourse == pytest.approx(recourse) and answer.wait_and_see == pytest.approx(waiting)
    assert answer.evpi == pytest.approx(waiting - recourse)


def test_least_regret(case):
    document, values = case
    answer = compare(document, ["optimise", "robust"])
    regret = {
        c: max(max(v for v in world.values() if v is not None) - world[c] for world in values)
        for c in values[0]
        if all(world[c] is not None for world in values)
    }
    assert answer.comparison.strategies[1].greatest_regret == pytest.approx(min(regret.values()), abs=1e-6)
    funded = tuple(int(c.phases["main"] > 0) for c in answer.results[1].candidates)
    assert regret[funded] == pytest.approx(min(regret.values()), abs=1e-6)
