"""Synthetic funds for measuring: any number of sites, two phases, four tiers, eight years."""

from __future__ import annotations

import random
from typing import Any

COUNTRIES = ("AT", "BE", "CZ", "DE", "DK", "ES", "FI", "FR", "GR", "IE", "IT", "LT", "NL", "PL", "PT", "SE")


def fund_of(sites: int, divisible: bool = True, seed: int = 5) -> dict[str, Any]:
    """A scenario with ``sites`` candidates, 42 columns each; tiers grow with their number. Amounts in EUR million."""
    rng = random.Random(seed)
    return {
        "name": f"{sites} sites",
        "horizon": {"first_year": 2026, "last_year": 2033},
        "fund": {
            "max_public_share": 0.5,
            "tiers": _tiers(sites),
            "matching": [{"id": "match", "tiers": ["states"], "of": ["grants"], "at_least": 1.0}],
        },
        "candidates": [_site(n, divisible, rng) for n in range(sites)],
        "constraints": [
            {"id": "cohesion", "kind": "money", "of": {"tags": ["lot-2"]}, "at_least_share": 0.2},
            {"id": "places", "kind": "count", "at_most": sites * 2 // 3},
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
    }


def _tiers(sites: int) -> list[dict[str, Any]]:
    return [
        {"id": "grants", "instrument": "grant", "size": sites * 100, "max_share_of_cost": 0.17,
         "ceilings": [{"from": 2026, "to": 2029, "at_most": sites * 60}]},
        {"id": "states", "instrument": "grant", "size": sites * 150, "carry_over": True,
         "annual_ceiling": {str(year): sites * 25 for year in range(2026, 2034)}},
        {"id": "equity", "instrument": "equity", "size": sites * 200, "max_share_of_cost": 0.3},
        {"id": "loan", "instrument": "loan", "public": False, "size": sites * 400, "max_share_of_cost": 0.5},
    ]  # fmt: skip


def _site(n: int, divisible: bool, rng: random.Random) -> dict[str, Any]:
    start = rng.randint(2026, 2029)
    first = [rng.randint(50, 400) for _ in range(4)]
    second = [rng.randint(80, 600) for _ in range(4)]
    return {
        "id": f"site-{n:04d}",
        "country": COUNTRIES[n % 16],
        "tags": ["lot-1" if n % 3 else "lot-2"],
        "divisible": divisible,
        "private_pledge": round(sum(first + second) * rng.uniform(0.3, 0.6)),
        "phases": [
            {"id": "phase-1", "cost": {str(start + k): cost for k, cost in enumerate(first)},
             "attributes": {"chips": rng.randint(20, 60) * 1000}},
            {"id": "phase-2", "cost": {str(start + 1 + k): cost for k, cost in enumerate(second)},
             "attributes": {"chips": rng.randint(50, 120) * 1000}},
        ],
    }  # fmt: skip
