"""Writes expressions-of-interest.json: 60 synthetic sites with the totals of the 2025 call for interest.

The answers to that call are not public. Known are 60 sites in 16 Member States, at least 3 million GPUs and
over EUR 230 bn; everything else is drawn here from a fixed seed, so that running this file again writes the
same bytes.

    python scenarios/generate_expressions_of_interest.py
"""

from __future__ import annotations

import json
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

SEED = 2025
SITES = 60
TOTAL_CHIPS = 3_000_000
TOTAL_COST = 230_000
"""EUR million; each phase is rounded up, so the file's total is a little over."""

COUNTRIES = {
    "AT": "Austria", "CZ": "Czechia", "DE": "Germany", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GR": "Greece", "HU": "Hungary", "IT": "Italy", "LT": "Lithuania", "NL": "the Netherlands", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SK": "Slovakia",
}  # fmt: skip

FIRST_YEAR = {"phase-1": 2026, "phase-2": 2030}
COST_SHARES = (0.1, 0.3, 0.4, 0.2)
COST_STEP = 20
"""EUR million; a multiple of it has whole millions in every year."""

CHIP_STEP = 500
ASSUMPTION = f"synthetic: every figure is drawn with seed {SEED}; no site of the call for interest is described"
LINE_WIDTH = 140

DESCRIPTION = (
    "Whom would the fund choose if all 60 sites of the 2025 call for interest applied? SYNTHETIC: the answers are not "
    "public. Announced are 76 answers, 60 sites, 16 Member States, at least 3 million GPUs and over EUR 230 bn (source "
    "call-for-interest-2025); sites, countries, costs, chips and pledges are drawn from seed "
    f"{SEED} by generate_expressions_of_interest.py. The sixteen States are assumed: those of the bids in the fact "
    "sheet, with Lithuania, Hungary and Slovakia as partners and Sweden for its private plan. The fund is the 20 bn of "
    "investai-2025 in four tiers, without its limit of five sites; at most 35 % of a site's cost is public (source "
    "vienna-business), at least 25 % comes from the consortium (assumption). First the chips, then the least public "
    "money."
)

SOURCES = [
    {
        "id": "call-for-interest-2025",
        "text": "Commission news of 2025 and bebeez.eu on the call for interest: 60 sites in 16 Member States",
        "grade": "C",
    },
    {
        "id": "vienna-business",
        "text": "Press on the 2025 call for interest: public money up to 35 % of capex",
        "url": "https://vienna.business",
        "grade": "C",
    },
    {
        "id": "oecd-investai",
        "text": "OECD.AI policy database on InvestAI",
        "url": "https://oecd.ai/policy-initiatives/investai",
        "grade": "A",
    },
    {
        "id": "eubusiness-investai",
        "text": "Press on the EUR 20 bn layered fund",
        "url": "https://eubusiness.com",
        "grade": "C",
    },
    {"id": "synthetic", "text": f"Drawn from seed {SEED} by generate_expressions_of_interest.py", "grade": "asm"},
]

LOAN = {"seniority": 1, "return_if_success": 0.05, "loss_given_failure": 0.5}


def round_up(value: float, step: int) -> int:
    """The least multiple of ``step`` that is not below ``value``."""
    return ceil(value / step) * step


def draw_countries(rng: Random) -> list[str]:
    """A country for every site: each of the 16 once, the rest at random."""
    codes = sorted(COUNTRIES)
    return [*codes, *(codes[int(rng.random() * len(codes))] for _ in range(SITES - len(codes)))]


def phase(name: str, chips: int, cost: int) -> dict[str, Any]:
    """A phase whose cost falls in four years."""
    by_year = {str(FIRST_YEAR[name] + i): round(cost * share) for i, share in enumerate(COST_SHARES)}
    return {"id": name, "cost": by_year, "attributes": {"chips": chips, "it_mw": round(chips * 0.0015, 2)}}


def draw_sites(rng: Random) -> list[dict[str, Any]]:
    """The sites, their chips and costs scaled to the announced totals."""
    countries = draw_countries(rng)
    size = [0.4 + 1.2 * rng.random() for _ in range(SITES)]
    price = [0.8 + 0.4 * rng.random() for _ in range(SITES)]
    first_share = [0.3 + 0.3 * rng.random() for _ in range(SITES)]
    pledge_share = [0.4 + 0.3 * rng.random() for _ in range(SITES)]
    chips_a_unit = TOTAL_CHIPS / sum(size)
    cost_a_unit = TOTAL_COST / sum(s * p for s, p in zip(size, price, strict=True))
    sites = []
    for i, country in enumerate(countries):
        chips = size[i] * chips_a_unit
        cost = size[i] * price[i] * cost_a_unit
        phases = [
            phase(name, round_up(chips * share, CHIP_STEP), round_up(cost * share, COST_STEP))
            for name, share in (("phase-1", first_share[i]), ("phase-2", 1 - first_share[i]))
        ]
        whole = sum(sum(p["cost"].values()) for p in phases)
        sites.append(
            {
                "id": f"site-{i + 1:02d}",
                "name": f"Synthetic site {i + 1} in {COUNTRIES[country]}",
                "country": country,
                "tags": ["synthetic"],
                "private_pledge": round(whole * pledge_share[i]),
                "failure_probability": 0.13,
                "phases": phases,
                "assumptions": [ASSUMPTION],
                "sources": ["synthetic"],
            }
        )
    return sites


def tier(id_: str, name: str, instrument: str, public: bool, size: int, **more: Any) -> dict[str, Any]:
    """A tier whose size is assumed."""
    notes = ["size: the split of the 20 000 by tier is not published"]
    if public:
        source = ["oecd-investai"]
    else:
        source = ["eubusiness-investai"]
        notes.append("returns, order of losses and loss given failure: not published")
    if instrument == "equity":
        notes.append("instrument and order of losses: equity that loses first; return 3 % a year")
    what = {"id": id_, "name": name, "instrument": instrument, "public": public, "size": size}
    return {**what, **more, "assumptions": notes, "sources": source}


def scenario() -> dict[str, Any]:
    """The whole scenario."""
    return {
        "schema_version": "1",
        "name": "Expressions of interest (synthetic): 60 sites in 16 Member States",
        "description": DESCRIPTION,
        "currency": "EUR",
        "price_year": 2025,
        "sources": SOURCES,
        "horizon": {"first_year": 2026, "last_year": 2033},
        "discount_rate": 0.03,
        "attributes": {"chips": {"unit": "chip"}, "it_mw": {"unit": "MW", "description": "IT load, 1.5 kW a chip"}},
        "fund": {
            "tiers": [
                tier("eu-grants", "Digital Europe and Horizon Europe", "grant", True, 2500),
                tier("investeu", "InvestEU first loss", "equity", True, 3500, seniority=0, return_if_success=0.03),
                tier("member-states", "Member States", "grant", True, 4000),
                tier("private", "Private senior money", "loan", False, 10_000, **LOAN),
            ],
            "max_public_share": 0.35,
            "least_private_share": 0.25,
        },
        "candidates": draw_sites(Random(SEED)),
        "objective": {
            "mode": "lexicographic",
            "terms": [{"term": "attribute", "attribute": "chips"}, {"term": "public_money"}],
        },
    }


def as_json(value: Any, indent: int = 0) -> str:
    """JSON with two spaces of indent; a list or object of plain values that fits stays on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    inner = list(value.values()) if isinstance(value, dict) else value
    plain = not isinstance(value, dict | list) or not any(isinstance(v, dict | list) and v for v in inner)
    if plain and (len(flat) + indent <= LINE_WIDTH or not isinstance(value, dict | list)):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(k, ensure_ascii=False)}: {as_json(v, indent + 2)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + as_json(v, indent + 2) for v in value) + "\n" + " " * indent + "]"


def main() -> None:
    """Write the file beside this one."""
    path = Path(__file__).with_name("expressions-of-interest.json")
    path.write_bytes((as_json(scenario()) + "\n").encode())


if __name__ == "__main__":
    main()
