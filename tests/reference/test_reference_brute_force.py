"""Random scenarios against an oracle that knows nothing of the library: see ``brute_force``."""

from __future__ import annotations

from random import Random

import pytest
from agreement import agrees, only_phases_are_whole
from brute_force import Document, Oracle, optimum_over_starts
from random_scenarios import random_scenario, softened, with_guarantee, with_revolving

from optimiser import allocate, load_document

FAMILIES = {
    # family: cases, share of divisible candidates, most candidates, wishes
    "whole": (60, 0.0, 6, "any"),
    "points": (30, 0.0, 8, "points"),
    "divisible": (50, 1.0, 6, "any"),
    "mixed": (40, 0.5, 5, "any"),
    "lexicographic": (30, 0.3, 4, "lexicographic"),
    "guaranteed": (40, 0.5, 4, "any"),
    "revolving": (60, 0.5, 5, "any"),
    "guaranteed-soft": (20, 0.5, 3, "any"),
    "soft": (60, 0.3, 4, "any"),
    "soft-lexicographic": (15, 0.3, 3, "lexicographic"),
}

WINDOWS = {
    # family: cases, share of divisible candidates, most candidates, wishes; up to three starts are decided
    "windows-whole": (50, 0.0, 4, "any"),
    "windows-points": (30, 0.0, 4, "points"),
    "windows-divisible": (40, 1.0, 4, "any"),
    "windows-mixed": (30, 0.5, 4, "any"),
    "windows-lexicographic": (20, 0.3, 3, "lexicographic"),
    "windows-soft": (30, 0.3, 3, "any"),
}


def drawn(family: str, case: int) -> Document:
    """The case's scenario: the first of its draws that has no error."""
    _, divisible, most_candidates, wishes = (FAMILIES | WINDOWS)[family]
    rng = Random(f"{family}-{case}")
    while True:
        document = random_scenario(rng, divisible, most_candidates, wishes, 3 if family in WINDOWS else 0)
        if family.startswith("guaranteed"):
            document = with_guarantee(rng, document)
        if family == "revolving":
            document = with_revolving(rng, document)
        if "soft" in family:
            document = softened(rng, document)
        if load_document(document).scenario is not None:
            return document


@pytest.mark.parametrize(
    "family, case", [(family, n) for family, (cases, *_) in FAMILIES.items() for n in range(cases)]
)
def test_brute_force(family, case):
    document = drawn(family, case)
    oracle = Oracle(document)
    agrees(allocate(document), oracle.optimum(), only_phases_are_whole(oracle))


@pytest.mark.parametrize("family, case", [(family, n) for family, (cases, *_) in WINDOWS.items() for n in range(cases)])
def test_brute_force_T1_over_every_start(family, case):
    document = drawn(family, case)
    whole = family in ("windows-whole", "windows-points") and not any(
        "min_ticket" in t for t in document["fund"]["tiers"]
    )
    agrees(allocate(document), optimum_over_starts(document), whole)


def test_the_windows_are_worth_their_time():
    """Starts are decided, delayed beyond the first year of their window, kept apart, and booked with the start."""
    documents = [drawn(family, n) for family, (cases, *_) in WINDOWS.items() for n in range(cases)]
    phases = [(d, c, p) for d in documents for c in d["candidates"] for p in c["phases"] if "start" in p]
    assert len(phases) >= 250
    assert sum(p["start"]["latest"] > p["start"]["earliest"] for *_, p in phases) >= 150
    assert sum(c.get("divisible", False) for _, c, _ in phases) >= 80
    assert sum("committed" in p for *_, p in phases) >= 2
    assert sum("after_years" in p for d in documents for c in d["candidates"] for p in c["phases"]) >= 80
    assert sum(any(booked_by_start(t) for t in d["fund"]["tiers"]) for d in documents) >= 15
    some = documents[1::2]
    delayed = [
        c.starts[p["id"]] > p["start"]["earliest"]
        for d in some
        for stated, c in zip(d["candidates"], allocate(d).candidates, strict=False)
        for p in stated["phases"]
        if p["id"] in c.starts
    ]
    assert sum(delayed) >= 5 and not all(delayed)


def booked_by_start(tier: Document) -> bool:
    return tier.get("ceiling_basis") == "commitments" and ("annual_ceiling" in tier or "ceilings" in tier)


def test_the_cases_are_worth_their_time():
    """Enough of them, feasible and not, with every kind of rule."""
    documents = [drawn(family, n) for family, (cases, *_) in FAMILIES.items() for n in range(cases)]
    assert len(documents) >= 150
    assert {r["kind"] for d in documents for r in d["constraints"]} == {
        "count", "money", "attribute", "award", "floor", "exclusive", "requires", "stay_close"
    }  # fmt: skip
    rules = [r for d in documents for r in [*d["constraints"], *d["fund"].get("matching", [])]]
    assert {r.get("kind", "matching") for r in rules if "soft" in r} == {
        "count", "money", "attribute", "award", "floor", "exclusive", "requires", "stay_close", "matching"
    }  # fmt: skip
    of_tiers = {key for d in documents for t in d["fund"]["tiers"] for key in t}
    assert of_tiers >= {"annual_ceiling", "carry_over", "ceilings", "ceiling_basis", "max_share_of_cost", "min_ticket"}
    assert of_tiers >= {"max_ticket", "eligible", "concentration", "covers", "revolving"}
    of_funds = {key for d in documents for key in d["fund"]}
    assert of_funds >= {"matching", "max_public_share", "least_private_share", "least_public_share"}
    of_candidates = {key for d in documents for c in d["candidates"] for key in c}
    assert of_candidates >= {"phases", "locked", "divisible", "least_fraction", "countries", "max_public_share"}
    assert {t["term"] for d in documents for t in d["objective"]["terms"]} == {
        "attribute", "discounted_attribute", "private_money", "public_money", "expected_return", "least_served"
    }  # fmt: skip


def test_repayments_bind_in_many_cases():
    results = [allocate(drawn("revolving", n)) for n in range(FAMILIES["revolving"][0])]
    assert sum(any(b.label == "B3" for b in result.binding) for result in results) >= 20
