"""skfolio: an estimator with the least CVaR, its solver set to HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np
from skfolio import RiskMeasure
from skfolio.measures import cvar
from skfolio.optimization import MeanRisk, ObjectiveFunction

NAME = "skfolio"
PACKAGES = ("skfolio", "cvxpy")


def least_cvar(portfolio: Any) -> list[float]:
    model = MeanRisk(
        objective_function=ObjectiveFunction.MINIMIZE_RISK,
        risk_measure=RiskMeasure.CVAR,
        cvar_beta=portfolio.alpha,
        max_weights=portfolio.most,
        solver="HIGHS",
    )
    model.fit(portfolio.returns)
    return [float(cvar(portfolio.returns @ np.asarray(model.weights_), portfolio.alpha))]
