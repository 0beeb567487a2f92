"""A plain script in PuLP, solved by the CBC that comes with it."""

from __future__ import annotations

import warnings
from typing import Any

import pulp

from .reading import PUBLIC, TIERS, fund_from

NAME = "PuLP + CBC"
PACKAGES = ("pulp",)

GRANTS, STATES = 0, 1

if "PULP_CBC_CMD" not in pulp.listSolvers(onlyAvailable=True):
    raise ImportError("PuLP 4 brings no CBC of its own")


def allocation(document: dict[str, Any]) -> list[float]:
    problem, _ = stated(document)
    return [solved(problem)]


def batch(documents: list[dict[str, Any]]) -> list[float]:
    return [solved(stated(document)[0]) for document in documents]


def frontier(trade_off: Any) -> list[float]:
    problem, public = stated(trade_off.document)
    ceiling = pulp.LpConstraint(public, pulp.LpConstraintLE, "ceiling", 0.0)
    problem.addConstraint(ceiling)
    values = []
    for most in trade_off.ceilings:
        ceiling.changeRHS(most)
        values.append(solved(problem))
    return values


def stated(document: dict[str, Any]) -> tuple[pulp.LpProblem, pulp.LpAffineExpression]:
    """The problem, and the public money in it."""
    fund = fund_from(document)
    cells, tiers = range(len(fund.cell_cost)), range(len(TIERS))
    phases, sites = range(len(fund.chips)), range(len(fund.pledge))
    of_phase = fund.cells_of_phase
    of_site: list[list[int]] = [[] for _ in sites]
    for p in phases:
        of_site[fund.phase_site[p]].append(p)
    problem = pulp.LpProblem("fund", pulp.LpMaximize)
    x = pulp.LpVariable.dicts("x", (cells, tiers), 0)
    m = pulp.LpVariable.dicts("m", cells, 0)
    y = pulp.LpVariable.dicts("y", phases, 0, 1)
    problem += pulp.lpSum(fund.chips[p] * y[p] for p in phases)
    for i in cells:
        problem += pulp.lpSum(x[i][k] for k in tiers) + m[i] == fund.cell_cost[i] * y[fund.cell_phase[i]]
    for c in sites:
        problem += pulp.lpSum(m[i] for p in of_site[c] for i in of_phase[p]) <= fund.pledge[c]
        first, second = of_site[c]
        problem += y[second] <= y[first]
    for k in tiers:
        problem += pulp.lpSum(x[i][k] for i in cells) <= fund.size[k]
    problem += (
        pulp.lpSum(x[i][GRANTS] for i in cells if fund.cell_year[i] <= fund.grants_until) <= fund.grants_first_years
    )
    for t, most in enumerate(fund.states_by_year):
        problem += pulp.lpSum(x[i][STATES] for i in cells if fund.cell_year[i] <= t) <= most
    cost = fund.phase_cost
    for p in phases:
        for k in tiers:
            if fund.most_of_cost[k] < 1:
                problem += pulp.lpSum(x[i][k] for i in of_phase[p]) <= fund.most_of_cost[k] * cost[p] * y[p]
        problem += pulp.lpSum(x[i][k] for i in of_phase[p] for k in PUBLIC) <= fund.most_public * cost[p] * y[p]
        problem += pulp.lpSum(x[i][STATES] - fund.match * x[i][GRANTS] for i in of_phase[p]) >= 0
    problem += pulp.lpSum(y[p] for p in phases if fund.is_first[p]) <= fund.most_sites
    public = pulp.lpSum(x[i][k] for i in cells for k in PUBLIC)
    lot_2 = [i for i in cells if fund.in_lot_2[fund.phase_site[fund.cell_phase[i]]]]
    problem += pulp.lpSum(x[i][k] for i in lot_2 for k in PUBLIC) >= fund.lot_2_share * public
    return problem, public


def solved(problem: pulp.LpProblem, *options: str) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the name of the solver
        solver = pulp.PULP_CBC_CMD(msg=False, threads=1, options=list(options))
    problem.solve(solver)
    assert pulp.LpStatus[problem.status] == "Optimal"
    return float(pulp.value(problem.objective))


def least_cvar(portfolio: Any) -> list[float]:
    """Rockafellar and Uryasev: η + Σ w[s] / (S · (1 − α)), w[s] ≥ loss[s] − η."""
    draws, names = portfolio.returns.shape
    problem = pulp.LpProblem("portfolio", pulp.LpMinimize)
    share = pulp.LpVariable.dicts("share", range(names), 0, portfolio.most)
    w = pulp.LpVariable.dicts("w", range(draws), 0)
    eta = pulp.LpVariable("eta")
    problem += eta + pulp.lpSum(w.values()) * (1 / (draws * (1 - portfolio.alpha)))
    problem += pulp.lpSum(share.values()) == 1
    for s, row in enumerate(portfolio.returns.tolist()):
        problem += w[s] + pulp.lpSum(r * share[n] for n, r in enumerate(row)) + eta >= 0
    # With tolerances of its own, 1e-7 of numbers around 0.01, CBC ends 0.05 % below everybody else.
    return [solved(problem, "primalTolerance 1e-9", "dualTolerance 1e-9")]
