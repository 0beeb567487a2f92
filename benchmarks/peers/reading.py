"""A fund of ``benchmarks/funds.py`` or ``losses.py`` as plain arrays, so that a peer is its statement and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_YEAR = 2026
TIERS = ("grants", "states", "equity", "loan")
PUBLIC = (0, 1, 2)
"""Places in ``TIERS``."""


@dataclass(frozen=True, slots=True)
class Fund:
    """A cell is a phase in a year in which it costs something.

    cell_cost, cell_phase, cell_year: by cell. chips, phase_site, is_first: by phase. pledge, in_lot_2: by site.
    size, most_of_cost: by tier. grants_first_years: what grants may pay until the year ``grants_until``.
    states_by_year: what the states may have paid by the end of each year.
    """

    cell_cost: Floats
    cell_phase: Ints
    cell_year: Ints
    chips: Floats
    phase_site: Ints
    is_first: NDArray[np.bool_]
    pledge: Floats
    in_lot_2: NDArray[np.bool_]
    size: Floats
    most_of_cost: Floats
    grants_until: int
    grants_first_years: float
    states_by_year: Floats
    most_public: float
    match: float
    lot_2_share: float
    most_sites: int

    @property
    def cells_of_phase(self) -> list[list[int]]:
        """The cells of each phase."""
        found: list[list[int]] = [[] for _ in self.chips]
        for i, p in enumerate(self.cell_phase.tolist()):
            found[p].append(i)
        return found

    @property
    def phase_cost(self) -> Floats:
        """The whole cost of each phase."""
        return np.bincount(self.cell_phase, self.cell_cost)


def fund_from(document: dict[str, Any]) -> Fund:
    """Read a document of ``fund_of``."""
    cells, chips, phase_site, is_first = [], [], [], []
    for c, site in enumerate(document["candidates"]):
        for n, phase in enumerate(site["phases"]):
            cells += [(cost, len(chips), int(year) - FIRST_YEAR) for year, cost in phase["cost"].items()]
            chips.append(phase["attributes"]["chips"])
            phase_site.append(c)
            is_first.append(n == 0)
    cost, of_phase, year = zip(*cells, strict=True)
    fund, tiers = document["fund"], {tier["id"]: tier for tier in document["fund"]["tiers"]}
    money, count = document["constraints"]
    (span,) = tiers["grants"]["ceilings"]
    return Fund(
        cell_cost=np.array(cost, dtype=float),
        cell_phase=np.array(of_phase),
        cell_year=np.array(year),
        chips=np.array(chips, dtype=float),
        phase_site=np.array(phase_site),
        is_first=np.array(is_first),
        pledge=np.array([site["private_pledge"] for site in document["candidates"]], dtype=float),
        in_lot_2=np.array([money["of"]["tags"][0] in site["tags"] for site in document["candidates"]]),
        size=np.array([tiers[k]["size"] for k in TIERS], dtype=float),
        most_of_cost=np.array([tiers[k].get("max_share_of_cost", 1.0) for k in TIERS]),
        grants_until=span["to"] - FIRST_YEAR,
        grants_first_years=span["at_most"],
        states_by_year=np.cumsum([amount for _, amount in sorted(tiers["states"]["annual_ceiling"].items())]),
        most_public=fund["max_public_share"],
        match=fund["matching"][0]["at_least"],
        lot_2_share=money["at_least_share"],
        most_sites=count["at_most"],
    )


@dataclass(frozen=True, slots=True)
class LayeredFund:
    """By site: cost, pledge, chips. By tier (grant, equity, middle, senior): size, most_of_cost, lgd (0: no pool)."""

    cost: Floats
    pledge: Floats
    chips: Floats
    size: Floats
    most_of_cost: Floats
    lgd: Floats
    alpha: float
    most_lost: float


def layered_from(document: dict[str, Any]) -> LayeredFund:
    """Read a document of ``layered_fund`` with its one limit, on the middle level and all above it."""
    sites, tiers = document["candidates"], document["fund"]["tiers"]
    limit = tiers[2]["limits"]["cvar"]
    return LayeredFund(
        cost=np.array([site["cost"]["2027"] for site in sites], dtype=float),
        pledge=np.array([site["private_pledge"] for site in sites], dtype=float),
        chips=np.array([site["attributes"]["chips"] for site in sites], dtype=float),
        size=np.array([tier["size"] for tier in tiers], dtype=float),
        most_of_cost=np.array([tier["max_share_of_cost"] for tier in tiers]),
        lgd=np.array([0.0] + [tier.get("loss_given_failure", 1.0) for tier in tiers[1:]]),
        alpha=limit["level"],
        most_lost=limit["at_most"],
    )
