"""Riskfolio-Lib: a portfolio object with the least CVaR, its solver set to HiGHS."""

from __future__ import annotations

from typing import Any

import pandas as pd
import riskfolio

NAME = "Riskfolio-Lib"
PACKAGES = ("riskfolio-lib", "cvxpy")


def least_cvar(portfolio: Any) -> list[float]:
    frame = pd.DataFrame(portfolio.returns).add_prefix("name-")
    model = riskfolio.Portfolio(returns=frame, alpha=1 - portfolio.alpha, upperlng=portfolio.most)
    model.assets_stats(method_mu="hist", method_cov="hist")
    model.solvers = ["HIGHS"]
    weights = model.optimization(model="Classic", rm="CVaR", obj="MinRisk", hist=True)
    return [float(riskfolio.CVaR_Hist(frame.to_numpy() @ weights["weights"].to_numpy(), alpha=1 - portfolio.alpha))]
