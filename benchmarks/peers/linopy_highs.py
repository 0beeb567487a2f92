"""linopy, handed to HiGHS in process."""

from __future__ import annotations

from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr

from .reading import PUBLIC, TIERS, fund_from, layered_from

NAME = "linopy + HiGHS"
PACKAGES = ("linopy", "xarray", "highspy")


def allocation(document: dict[str, Any]) -> list[float]:
    model, _ = stated(document)
    return [solved(model)]


def batch(documents: list[dict[str, Any]]) -> list[float]:
    return [solved(stated(document)[0]) for document in documents]


def frontier(trade_off: Any) -> list[float]:
    model, public = stated(trade_off.document)
    ceiling = model.add_constraints(public <= 0.0, name="ceiling")
    values = []
    for most in trade_off.ceilings:
        ceiling.rhs = most
        values.append(solved(model))
    return values


def stated(document: dict[str, Any]) -> tuple[linopy.Model, Any]:
    """The model, and the public money in it."""
    fund = fund_from(document)
    cells, phases = pd.RangeIndex(len(fund.cell_cost), name="cell"), pd.RangeIndex(len(fund.chips), name="phase")
    tiers = pd.Index(TIERS, name="tier")
    phase = xr.DataArray(fund.cell_phase, coords=[cells], name="phase")
    site = xr.DataArray(fund.phase_site[fund.cell_phase], coords=[cells], name="site")
    public_tiers = [TIERS[k] for k in PUBLIC]
    model = linopy.Model()
    x = model.add_variables(lower=0, coords=[cells, tiers], name="x")
    m = model.add_variables(lower=0, coords=[cells], name="m")
    y = model.add_variables(lower=0, upper=1, coords=[phases], name="y")
    y_of_cell = y.sel(phase=phase)
    cost = xr.DataArray(fund.cell_cost, coords=[cells])
    model.add_constraints(x.sum("tier") + m - cost * y_of_cell == 0, name="sources")
    pledge = xr.DataArray(fund.pledge, dims="site", coords={"site": range(len(fund.pledge))})
    model.add_constraints(m.groupby(site).sum() <= pledge, name="pledge")
    is_first = xr.DataArray(fund.is_first.astype(float), coords=[phases])
    of_site = xr.DataArray(fund.phase_site, coords=[phases], name="site")
    model.add_constraints(((1 - 2 * is_first) * y).groupby(of_site).sum() <= 0, name="order")
    model.add_constraints(x.sum("cell") <= xr.DataArray(fund.size, coords=[tiers]), name="size")
    early = np.flatnonzero(fund.cell_year <= fund.grants_until)
    model.add_constraints(x.sel(tier="grants", cell=early).sum() <= fund.grants_first_years, name="span")
    for t, most in enumerate(fund.states_by_year):
        until = np.flatnonzero(fund.cell_year <= t)
        if len(until):
            model.add_constraints(x.sel(tier="states", cell=until).sum() <= most, name=f"until-{t}")
    by_phase = x.groupby(phase).sum()
    phase_cost = xr.DataArray(fund.phase_cost, coords=[phases])
    for k, most in zip(TIERS, fund.most_of_cost, strict=True):
        if most < 1:
            model.add_constraints(by_phase.sel(tier=k) - most * phase_cost * y <= 0, name=f"share-{k}")
    public_by_phase = by_phase.sel(tier=public_tiers).sum("tier")
    model.add_constraints(public_by_phase - fund.most_public * phase_cost * y <= 0, name="public")
    matched = by_phase.sel(tier="states", drop=True) - fund.match * by_phase.sel(tier="grants", drop=True)
    model.add_constraints(matched >= 0, name="match")
    model.add_constraints((is_first * y).sum() <= fund.most_sites, name="places")
    public = x.sel(tier=public_tiers).sum()
    weight = xr.DataArray(fund.in_lot_2[site.values] - fund.lot_2_share, coords=[cells])
    model.add_constraints((weight * x.sel(tier=public_tiers)).sum() >= 0, name="cohesion")
    model.add_objective((xr.DataArray(fund.chips, coords=[phases]) * y).sum(), sense="max")
    return model, public


def solved(model: linopy.Model) -> float:
    status, _ = model.solve(solver_name="highs", io_api="direct", threads=1, output_flag=False, progress=False)
    assert status == "ok"
    return float(model.objective.value)


def least_cvar(portfolio: Any) -> list[float]:
    """Rockafellar and Uryasev: η + Σ w[s] / (S · (1 − α)), w[s] ≥ loss[s] − η."""
    returns = xr.DataArray(portfolio.returns, dims=("draw", "name"))
    draws, names = portfolio.returns.shape
    model = linopy.Model()
    share = model.add_variables(lower=0, upper=portfolio.most, coords=[pd.RangeIndex(names, name="name")], name="share")
    w = model.add_variables(lower=0, coords=[pd.RangeIndex(draws, name="draw")], name="w")
    eta = model.add_variables(name="eta")
    model.add_constraints(share.sum() == 1, name="all")
    model.add_constraints(w + (returns * share).sum("name") + eta >= 0, name="tail")
    model.add_objective(eta + w.sum() * (1 / (draws * (1 - portfolio.alpha))))
    return [solved(model)]


def layered(layers: Any) -> list[float]:
    """The same with the losses of a fund's tiers above its first loss."""
    fund = layered_from(layers.document)
    sites, tiers = pd.RangeIndex(len(fund.cost), name="site"), pd.RangeIndex(4, name="tier")
    draws = pd.RangeIndex(len(layers.losses), name="draw")
    cost, chips = xr.DataArray(fund.cost, coords=[sites]), xr.DataArray(fund.chips, coords=[sites])
    model = linopy.Model()
    x = model.add_variables(lower=0, coords=[sites, tiers], name="x")
    m = model.add_variables(lower=0, upper=xr.DataArray(fund.pledge, coords=[sites]), name="m")
    y = model.add_variables(lower=0, upper=1, coords=[sites], name="y")
    lost = model.add_variables(lower=0, coords=[sites], name="lost")
    w = model.add_variables(lower=0, coords=[draws], name="w")
    eta = model.add_variables(lower=0, name="eta")
    first = model.add_variables(lower=0, name="first")
    model.add_constraints(x.sum("tier") + m - cost * y == 0, name="sources")
    model.add_constraints(x.sum("site") <= xr.DataArray(fund.size, coords=[tiers]), name="size")
    most = xr.DataArray(np.outer(fund.cost, fund.most_of_cost), coords=[sites, tiers])
    model.add_constraints(x - most * y <= 0, name="share")
    model.add_constraints(lost - (xr.DataArray(fund.lgd, coords=[tiers]) * x).sum("tier") == 0, name="losing")
    model.add_constraints(first - x.sel(tier=1).sum() == 0, name="first-loss")
    # As many terms a row as sites fail in it, not as there are sites.
    failing = [np.flatnonzero(row) for row in layers.losses]
    table = np.full((len(failing), max(map(len, failing))), -1)
    for s, row in enumerate(failing):
        table[s, : len(row)] = row
    fails = xr.DataArray(table, coords=[draws, pd.RangeIndex(table.shape[1], name="failure")])
    reaching = lost.sel(site=fails.clip(min=0)).where(fails >= 0).sum("failure")
    model.add_constraints(w - reaching + first + eta >= 0, name="tail")
    mean = 1 / (len(draws) * (1 - fund.alpha))
    model.add_constraints(eta + mean * w.sum() - fund.most_lost * x.sel(tier=[2, 3]).sum() <= 0, name="cvar")
    model.add_objective((chips * y).sum(), sense="max")
    return [solved(model)]
