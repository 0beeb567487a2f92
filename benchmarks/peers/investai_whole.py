"""The optimiser as a user runs it: from the bytes of a file to the bytes of an answer.

With findings, tie-break, rounding to euros, certificate, prices with their ranges, reasons and what is left unspent.
"""

from __future__ import annotations

import json
from typing import Any

from optimiser import allocate, load_bytes
from optimiser import frontier as frontier_of
from optimiser.batch.family import Family

NAME = "**InvestAI Optimiser, whole answer**"
PACKAGES = ("investai-optimiser", "highspy")


def prepare(job: str, data: Any) -> Any:
    if job == "batch":
        return [json.dumps(document).encode() for document in data]
    if job == "frontier":
        return json.dumps(data.document).encode(), len(data.ceilings)
    if job == "least_cvar":
        return json.dumps(portfolio_document(data)).encode()
    return json.dumps(data.document if job == "layered" else data).encode()


def portfolio_document(portfolio: Any) -> dict[str, Any]:
    """EUR 100 million in one tier whose losses are shared, at most ``most`` of it in each name."""
    losses = {f"name-{n:02d}": (-column).tolist() for n, column in enumerate(portfolio.returns.T)}
    cost = {"2027": 100 * portfolio.most}
    return {
        "fund": {
            "loss_sharing": "pari_passu",
            "tiers": [{"id": "equity", "instrument": "equity", "size": {"at_least": 100, "at_most": 100}}],
        },
        "candidates": [{"id": name, "divisible": True, "cost": cost} for name in losses],
        "objective": {"terms": [{"term": "cvar", "alpha": portfolio.alpha}]},
        "risk": {"model": "table", "losses": losses},
    }


def allocation(content: bytes) -> list[float]:
    result = allocate(load_bytes(content))
    assert result.termination == "optimal" and result.certificate is not None and result.certificate.holds
    assert result.to_json() and result.objective.value is not None
    return [result.objective.value]


layered = allocation


def least_cvar(content: bytes) -> list[float]:
    return [-allocation(content)[0] / 100]


def batch(contents: list[bytes]) -> list[float]:
    """As one worker of a batch goes through its share: each from what the one before left."""
    family, values = Family(), []
    for content in contents:
        result = family.allocate(load_bytes(content))
        assert result.to_json() and result.objective.value is not None
        values.append(result.objective.value)
    return values


def frontier(asked: tuple[bytes, int]) -> list[float]:
    """Each point a plan in whole euros with its certificate, both terms at their best."""
    content, points = asked
    found = frontier_of(load_bytes(content), points=points)
    assert found.to_json() and all(point.proven for point in found.points)
    return [point.values[0] for point in found.points]
