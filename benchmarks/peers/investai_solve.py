"""The optimiser's own statement in PuLP and its solve, from a loaded scenario to the objective: what peers do."""

from __future__ import annotations

from typing import Any

from optimiser import SolveOptions, load_document
from optimiser.allocation import solve_scenario

from .investai_whole import portfolio_document

NAME = "**InvestAI Optimiser, solve only**"
PACKAGES = ("investai-optimiser", "pulp", "highspy")

ONLY = SolveOptions(tie_break=False, settle_money=False, unspent=False, prices=False)


def prepare(job: str, data: Any) -> Any:
    if job == "batch":
        return [load_document(document).expect() for document in data]
    if job == "least_cvar":
        return load_document(portfolio_document(data)).expect()
    return load_document(data.document if job == "layered" else data).expect()


def allocation(scenario: Any) -> list[float]:
    reached = solve_scenario(scenario, ONLY).outcome.objective
    assert reached is not None and reached.proven and reached.value is not None
    return [reached.value]


layered = allocation


def least_cvar(scenario: Any) -> list[float]:
    return [-allocation(scenario)[0] / 100]


def batch(scenarios: list[Any]) -> list[float]:
    return [allocation(scenario)[0] for scenario in scenarios]
