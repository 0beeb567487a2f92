"""Pyomo, solved by HiGHS in process (the persistent interface ``appsi``)."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers import Highs

from .reading import PUBLIC, TIERS, fund_from, layered_from

NAME = "Pyomo + HiGHS"
PACKAGES = ("pyomo", "highspy")

GRANTS, STATES = 0, 1


def allocation(document: dict[str, Any]) -> list[float]:
    return [solved(stated(document))]


def batch(documents: list[dict[str, Any]]) -> list[float]:
    return [solved(stated(document)) for document in documents]


def frontier(trade_off: Any) -> list[float]:
    model = stated(trade_off.document)
    model.most = pyo.Param(initialize=0.0, mutable=True)
    model.ceiling = pyo.Constraint(expr=public_money(model) <= model.most)
    solver = Highs()
    values = []
    for most in trade_off.ceilings:
        model.most = most
        values.append(solved(model, solver))
    return values


def public_money(model: pyo.ConcreteModel) -> Any:
    return sum(model.x[i, k] for i in model.cells for k in PUBLIC)


def stated(document: dict[str, Any]) -> pyo.ConcreteModel:
    fund = fund_from(document)
    of_phase, cost = fund.cells_of_phase, fund.phase_cost.tolist()
    phase, year = fund.cell_phase.tolist(), fund.cell_year.tolist()
    of_site: list[list[int]] = [[] for _ in fund.pledge]
    for p, c in enumerate(fund.phase_site.tolist()):
        of_site[c].append(p)
    model = pyo.ConcreteModel()
    model.cells = pyo.RangeSet(0, len(fund.cell_cost) - 1)
    model.tiers = pyo.RangeSet(0, len(TIERS) - 1)
    model.phases = pyo.RangeSet(0, len(fund.chips) - 1)
    model.sites = pyo.RangeSet(0, len(fund.pledge) - 1)
    model.years = pyo.RangeSet(0, len(fund.states_by_year) - 1)
    model.limited = pyo.Set(initialize=[k for k in range(len(TIERS)) if fund.most_of_cost[k] < 1])
    model.x = pyo.Var(model.cells, model.tiers, domain=pyo.NonNegativeReals)
    model.m = pyo.Var(model.cells, domain=pyo.NonNegativeReals)
    model.y = pyo.Var(model.phases, bounds=(0, 1))
    x, m, y = model.x, model.m, model.y
    model.chips = pyo.Objective(expr=sum(float(fund.chips[p]) * y[p] for p in model.phases), sense=pyo.maximize)
    model.sources = pyo.Constraint(
        model.cells,
        rule=lambda _, i: sum(x[i, k] for k in model.tiers) + m[i] == float(fund.cell_cost[i]) * y[phase[i]],
    )
    model.pledge = pyo.Constraint(
        model.sites,
        rule=lambda _, c: sum(m[i] for p in of_site[c] for i in of_phase[p]) <= float(fund.pledge[c]),
    )
    model.order = pyo.Constraint(model.sites, rule=lambda _, c: y[of_site[c][1]] <= y[of_site[c][0]])
    model.size = pyo.Constraint(model.tiers, rule=lambda _, k: sum(x[i, k] for i in model.cells) <= float(fund.size[k]))
    model.span = pyo.Constraint(
        expr=sum(x[i, GRANTS] for i in model.cells if year[i] <= fund.grants_until) <= fund.grants_first_years
    )
    model.by_year = pyo.Constraint(
        model.years,
        rule=lambda _, t: sum(x[i, STATES] for i in model.cells if year[i] <= t) <= float(fund.states_by_year[t]),
    )
    model.share = pyo.Constraint(
        model.phases,
        model.limited,
        rule=lambda _, p, k: sum(x[i, k] for i in of_phase[p]) <= float(fund.most_of_cost[k]) * cost[p] * y[p],
    )
    model.public = pyo.Constraint(
        model.phases,
        rule=lambda _, p: sum(x[i, k] for i in of_phase[p] for k in PUBLIC) <= fund.most_public * cost[p] * y[p],
    )
    model.match = pyo.Constraint(
        model.phases, rule=lambda _, p: sum(x[i, STATES] - fund.match * x[i, GRANTS] for i in of_phase[p]) >= 0
    )
    model.places = pyo.Constraint(expr=sum(y[p] for p in model.phases if fund.is_first[p]) <= fund.most_sites)
    lot_2 = [i for i in model.cells if fund.in_lot_2[fund.phase_site[phase[i]]]]
    model.cohesion = pyo.Constraint(
        expr=sum(x[i, k] for i in lot_2 for k in PUBLIC) >= fund.lot_2_share * public_money(model)
    )
    return model


def solved(model: pyo.ConcreteModel, solver: Highs | None = None) -> float:
    solver = solver or Highs()
    solver.highs_options = {"threads": 1}
    results = solver.solve(model)
    return float(results.best_feasible_objective)


def least_cvar(portfolio: Any) -> list[float]:
    """Rockafellar and Uryasev: η + Σ w[s] / (S · (1 − α)), w[s] ≥ loss[s] − η."""
    draws, names = portfolio.returns.shape
    returns = portfolio.returns.tolist()
    model = pyo.ConcreteModel()
    model.draws, model.names = pyo.RangeSet(0, draws - 1), pyo.RangeSet(0, names - 1)
    model.share = pyo.Var(model.names, bounds=(0, portfolio.most))
    model.w = pyo.Var(model.draws, domain=pyo.NonNegativeReals)
    model.eta = pyo.Var()
    mean = 1 / (draws * (1 - portfolio.alpha))
    model.cvar = pyo.Objective(expr=model.eta + mean * pyo.quicksum(model.w.values()))
    model.all = pyo.Constraint(expr=sum(model.share.values()) == 1)
    model.tail = pyo.Constraint(
        model.draws,
        rule=lambda _, s: model.w[s] + sum(returns[s][n] * model.share[n] for n in model.names) + model.eta >= 0,
    )
    return [solved(model)]


def layered(layers: Any) -> list[float]:
    """The same with the losses of a fund's tiers above its first loss."""
    fund = layered_from(layers.document)
    failing = [[c for c, d in enumerate(row) if d] for row in layers.losses.tolist()]
    model = pyo.ConcreteModel()
    model.sites = pyo.RangeSet(0, len(fund.cost) - 1)
    model.tiers = pyo.RangeSet(0, len(fund.size) - 1)
    model.draws = pyo.RangeSet(0, len(failing) - 1)
    model.x = pyo.Var(model.sites, model.tiers, domain=pyo.NonNegativeReals)
    model.m = pyo.Var(model.sites, domain=pyo.NonNegativeReals)
    model.y = pyo.Var(model.sites, bounds=(0, 1))
    model.lost = pyo.Var(model.sites, domain=pyo.NonNegativeReals)
    model.w = pyo.Var(model.draws, domain=pyo.NonNegativeReals)
    model.eta = pyo.Var(domain=pyo.NonNegativeReals)
    model.first = pyo.Var(domain=pyo.NonNegativeReals)
    x, y, lost = model.x, model.y, model.lost
    model.chips = pyo.Objective(expr=sum(float(fund.chips[c]) * y[c] for c in model.sites), sense=pyo.maximize)
    model.sources = pyo.Constraint(
        model.sites,
        rule=lambda _, c: sum(x[c, k] for k in model.tiers) + model.m[c] == float(fund.cost[c]) * y[c],
    )
    model.pledge = pyo.Constraint(model.sites, rule=lambda _, c: model.m[c] <= float(fund.pledge[c]))
    model.size = pyo.Constraint(model.tiers, rule=lambda _, k: sum(x[c, k] for c in model.sites) <= float(fund.size[k]))
    model.share = pyo.Constraint(
        model.sites,
        model.tiers,
        rule=lambda _, c, k: x[c, k] <= float(fund.most_of_cost[k] * fund.cost[c]) * y[c],
    )
    model.losing = pyo.Constraint(
        model.sites, rule=lambda _, c: lost[c] == sum(float(fund.lgd[k]) * x[c, k] for k in model.tiers)
    )
    model.first_loss = pyo.Constraint(expr=model.first == sum(x[c, 1] for c in model.sites))
    model.tail = pyo.Constraint(
        model.draws,
        rule=lambda _, s: model.w[s] - sum(lost[c] for c in failing[s]) + model.first + model.eta >= 0,
    )
    mean = 1 / (len(failing) * (1 - fund.alpha))
    senior = sum(x[c, k] for c in model.sites for k in (2, 3))
    model.cvar = pyo.Constraint(expr=model.eta + mean * pyo.quicksum(model.w.values()) <= fund.most_lost * senior)
    return [solved(model)]
