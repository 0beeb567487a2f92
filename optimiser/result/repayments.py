"""What comes back to revolving tiers, counted again from the plan."""

from __future__ import annotations

from collections import defaultdict

from quicktions import Fraction

from optimiser.plan import Plan
from optimiser.risk.draws import draws_of
from optimiser.scenario.scenario import Scenario

Repaid = dict[str, dict[int, Fraction]]
"""By revolving tier and year [euros]."""


def repaid_euros(scenario: Scenario, plan: Plan) -> Repaid:
    """What comes back to each revolving tier, by year: (1 − D̄[c]) of what was paid, in equal parts after the grace.

    Also after the horizon. D̄ is the draws' mean loss, 0 without a risk model.
    """
    revolving = {t.id: t.revolving for t in scenario.fund.tiers if t.revolving is not None}
    if not revolving:
        return {}
    mean: dict[str, float] = {}
    if scenario.risk is not None:
        draws = draws_of(scenario)
        mean = dict(zip(draws.candidates, draws.mean().tolist(), strict=True))
    repaid: dict[str, dict[int, Fraction]] = {k: defaultdict(Fraction) for k in revolving}
    for (k, c, _, t), euros in plan.money.items():
        if k in revolving:
            share = 1 - max(Fraction(mean.get(c, 0.0)), Fraction(0))
            for n in range(revolving[k].years):
                repaid[k][t + revolving[k].grace_years + 1 + n] += euros * share / revolving[k].years
    return {k: dict(sorted(by_year.items())) for k, by_year in repaid.items()}
