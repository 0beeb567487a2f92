"""The work that is measured: data, the same for everybody, by job and size."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from funds import fund_of
from losses import layered_fund
from numpy.typing import NDArray

Document = dict[str, Any]
Floats = NDArray[np.float64]

ALPHA = 0.95
MOST_OF_ONE = 0.15
"""Largest share of a portfolio in one name."""

NAMES = 20
BATCH_SITES = 20


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Returns of names by draw (S × n), all draws as likely as each other; CVaR at alpha, at most ``most`` of each."""

    returns: Floats
    alpha: float
    most: float


@dataclass(frozen=True, slots=True)
class Layers:
    """A layered fund and its draws: share of each site that is lost (S × C)."""

    document: Document
    losses: Floats


@dataclass(frozen=True, slots=True)
class TradeOff:
    """A fund, and ceilings on its public money, from the least that buys the most chips to none [EUR million]."""

    document: Document
    ceilings: list[float]


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work. name: of the peers' function. unit: what sizes count. runs: how many, at most."""

    name: str
    title: str
    unit: str
    sizes: tuple[int, ...]
    smoke: int
    data: Callable[[int], Any]
    runs: int = 5


def allocation(sites: int) -> Document:
    """One linear programme: 42 columns and 20 rows a site."""
    return fund_of(sites)


def least_cvar(draws: int) -> Portfolio:
    """Daily returns of 20 names with one common factor and fat tails."""
    rng = np.random.default_rng(11)
    common = rng.standard_t(4, size=(draws, 1))
    own = rng.standard_t(4, size=(draws, NAMES))
    moves = rng.uniform(0.004, 0.012, NAMES) * own + rng.uniform(0.002, 0.01, NAMES) * common
    return Portfolio(np.round(np.clip(rng.uniform(0, 0.001, NAMES) + moves, -0.9, 0.9), 6), ALPHA, MOST_OF_ONE)


def layered(draws: int) -> Layers:
    """76 sites in part, CVaR of what reaches the middle level limited; the draws are the optimiser's own."""
    from optimiser import load_document
    from optimiser.risk.draws import draws_of

    document = layered_fund(draws=draws)
    return Layers(document, np.asarray(draws_of(load_document(document).expect()).losses, dtype=float))


def frontier(points: int) -> TradeOff:
    """60 sites: chips against public money, at even floors between both ends."""
    from optimiser import frontier as frontier_of

    document = fund_of(60)
    document["objective"] = {
        "terms": [{"term": "attribute", "attribute": "chips"}, {"term": "public_money", "weight": 1e-6}]
    }
    ends = [point.values[1] for point in frontier_of(document, points=2).points]
    return TradeOff(document, np.linspace(ends[0], ends[-1], points).tolist())


def batch(scenarios: int) -> list[Document]:
    """20 sites; the size of the grants and the pledge of a site differ from scenario to scenario."""
    base = fund_of(BATCH_SITES)
    documents = []
    for n in range(scenarios):
        document = copy.deepcopy(base)
        document["name"] = f"scenario {n}"
        document["fund"]["tiers"][0]["size"] = BATCH_SITES * (20 + 80 * n / scenarios)
        document["candidates"][n % BATCH_SITES]["private_pledge"] += n % 37
        documents.append(document)
    return documents


JOBS = (
    Job("allocation", "One allocation", "sites", (15, 30, 60, 125, 250, 500, 1000), 6, allocation),
    Job("least_cvar", "Least CVaR of a portfolio", "draws", (1250, 2500, 5000, 10_000, 20_000), 200, least_cvar, 3),
    Job("layered", "Layered fund under a CVaR limit", "draws", (1250, 2500, 5000, 10_000, 20_000), 100, layered, 3),
    Job("frontier", "Frontier, 60 sites", "points", (100,), 5, frontier, 3),
    Job("batch", f"Batch, {BATCH_SITES} sites each", "scenarios", (1000,), 5, batch, 1),
    Job("round_trip", "HTTP round trip", "sites", (60,), 6, allocation, 20),
)
SHOWN = {"allocation": (60, 1000), "least_cvar": (5000, 20_000), "layered": (5000, 20_000)}
"""Sizes with a table of their own; the others stand in the growth curves alone."""
