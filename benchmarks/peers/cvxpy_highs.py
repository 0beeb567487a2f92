"""CVXPY, solved by HiGHS."""

from __future__ import annotations

from typing import Any

import cvxpy as cp
import numpy as np
from scipy.sparse import csr_array

from .reading import PUBLIC, fund_from, layered_from

NAME = "CVXPY + HiGHS"
PACKAGES = ("cvxpy", "highspy")

GRANTS, STATES = 0, 1


def allocation(document: dict[str, Any]) -> list[float]:
    objective, rules, _ = stated(document)
    return [solved(cp.Problem(objective, rules))]


def batch(documents: list[dict[str, Any]]) -> list[float]:
    return [allocation(document)[0] for document in documents]


def frontier(trade_off: Any) -> list[float]:
    objective, rules, public = stated(trade_off.document)
    most = cp.Parameter(nonneg=True)
    problem = cp.Problem(objective, [*rules, public <= most])
    values = []
    for ceiling in trade_off.ceilings:
        most.value = max(ceiling, 0.0)
        values.append(solved(problem))
    return values


def incidence(of: np.ndarray, count: int) -> csr_array:
    """A row a group, 1 where a member belongs to it."""
    return csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(count, len(of)))


def stated(document: dict[str, Any]) -> tuple[cp.Maximize, list[cp.Constraint], cp.Expression]:
    """The objective, the rules, and the public money."""
    fund = fund_from(document)
    cells, phases, sites = len(fund.cell_cost), len(fund.chips), len(fund.pledge)
    by_phase = incidence(fund.cell_phase, phases)
    by_site = incidence(fund.phase_site[fund.cell_phase], sites)
    x = cp.Variable((cells, 4), nonneg=True)
    m = cp.Variable(cells, nonneg=True)
    y = cp.Variable(phases, bounds=[0, 1])
    cost, phase_money = fund.phase_cost, by_phase @ x
    first, second = np.flatnonzero(fund.is_first), np.flatnonzero(~fund.is_first)
    public = cp.sum(x[:, list(PUBLIC)], axis=1)
    rules = [
        cp.sum(x, axis=1) + m == cp.multiply(fund.cell_cost, y[fund.cell_phase]),
        by_site @ m <= fund.pledge,
        y[second] <= y[first],
        cp.sum(x, axis=0) <= fund.size,
        cp.sum(x[np.flatnonzero(fund.cell_year <= fund.grants_until), GRANTS]) <= fund.grants_first_years,
        cp.sum(phase_money[:, list(PUBLIC)], axis=1) <= fund.most_public * cp.multiply(cost, y),
        phase_money[:, STATES] >= fund.match * phase_money[:, GRANTS],
        cp.sum(y[first]) <= fund.most_sites,
        (fund.in_lot_2[fund.phase_site[fund.cell_phase]] - fund.lot_2_share) @ public >= 0,
    ]
    until = csr_array((fund.cell_year[None, :] <= np.arange(len(fund.states_by_year))[:, None]).astype(float))
    rules.append(until @ x[:, STATES] <= fund.states_by_year)
    for k, most in enumerate(fund.most_of_cost):
        if most < 1:
            rules.append(phase_money[:, k] <= most * cp.multiply(cost, y))
    return cp.Maximize(fund.chips @ y), rules, cp.sum(public)


def solved(problem: cp.Problem) -> float:
    value = problem.solve(solver=cp.HIGHS, threads=1)
    assert problem.status == cp.OPTIMAL
    return float(value)


def least_cvar(portfolio: Any) -> list[float]:
    """CVXPY's own atom: the mean of the worst (1 − α) share of the draws."""
    share = cp.Variable(portfolio.returns.shape[1], bounds=[0, portfolio.most])
    return [solved(cp.Problem(cp.Minimize(cp.cvar(-portfolio.returns @ share, portfolio.alpha)), [cp.sum(share) == 1]))]


def layered(layers: Any) -> list[float]:
    """The same with the losses of a fund's tiers above its first loss; an excess cannot be negative."""
    fund = layered_from(layers.document)
    sites, draws = len(fund.cost), len(layers.losses)
    x = cp.Variable((sites, 4), nonneg=True)
    m = cp.Variable(sites, nonneg=True)
    y = cp.Variable(sites, bounds=[0, 1])
    lost, first, eta = cp.Variable(sites), cp.Variable(), cp.Variable(nonneg=True)
    w = cp.Variable(draws, nonneg=True)
    uses = cp.multiply(fund.cost, y)
    rules = [
        cp.sum(x, axis=1) + m == uses,
        m <= fund.pledge,
        cp.sum(x, axis=0) <= fund.size,
        *(x[:, k] <= most * uses for k, most in enumerate(fund.most_of_cost)),
        lost == x @ fund.lgd,
        first == cp.sum(x[:, 1]),
        w >= csr_array(layers.losses) @ lost - first - eta,
        eta + cp.sum(w) / (draws * (1 - fund.alpha)) <= fund.most_lost * cp.sum(x[:, 2:]),
    ]
    return [solved(cp.Problem(cp.Maximize(fund.chips @ y), rules))]
