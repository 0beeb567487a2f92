"""The optimiser's own statement and its solve, from a loaded scenario to the objective: what peers do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from optimiser import Scenario, SolveOptions, load_document
from optimiser.allocation import solve_scenario
from optimiser.model.build import build_model
from optimiser.model.objective import stage_name
from optimiser.solve.arrays import arrays_of
from optimiser.solve.stages import solve_model
from optimiser.solve.start import Start

from .investai_whole import portfolio_document

NAME = "**InvestAI Optimiser, solve only**"
PACKAGES = ("investai-optimiser", "pulp", "highspy")

ONLY = SolveOptions(tie_break=False, settle_money=False, unspent=False, prices=False)


@dataclass(frozen=True, slots=True)
class TradeOff:
    """A scenario of two terms in their order, and the most public money of each point [EUR million]."""

    scenario: Scenario
    ceilings: list[float]


def prepare(job: str, data: Any) -> Any:
    if job == "batch":
        return [load_document(document).expect() for document in data]
    if job == "least_cvar":
        return load_document(portfolio_document(data)).expect()
    if job == "frontier":
        terms = [term | {"weight": 1} for term in data.document["objective"]["terms"]]
        document = data.document | {"objective": {"mode": "lexicographic", "terms": terms}}
        return TradeOff(load_document(document).expect(), data.ceilings)
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


def frontier(asked: TradeOff) -> list[float]:
    """The first term at each floor of the second (E1), from where the point before ended."""
    scenario = asked.scenario
    second = stage_name(1, scenario.objective.terms[1])
    model = build_model(scenario, {second: 0.0})
    model = replace(model, goals=model.goals[:1])
    arrays, start = arrays_of(model.programme), Start()
    (floor,) = (n for n, row in enumerate(model.programme.rows) if row.label == "E1")
    values = []
    for most in asked.ceilings:
        lower = arrays.row_lower.copy()
        lower[floor] = -most
        reached = solve_model(model, replace(arrays, row_lower=lower), ONLY, start).objective
        assert reached is not None and reached.proven and reached.value is not None
        values.append(reached.value)
    return values
