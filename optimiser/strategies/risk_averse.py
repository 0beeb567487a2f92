"""``risk-averse``: the objective less a weight times the average of the worst losses of the public money.

    max objective − weight · CVaR_α(public loss)

With pari passu the public loss is that of the public tiers of the pool, exactly. In a waterfall what a level loses
itself is not convex; there every loss is charged that reaches the lowest level with public money and goes on above
it, which is cautious where private money stands above (the result's own figures are exact). The weight is in units
of the objective per EUR million; where none is given it weighs percent against percent: weight = value / CVaR of the
optimum, so that one percent of the objective is worth one percent of that loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.model.losses import Level, Pool, public_level, tail_mean
from optimiser.model.objective import Goal, State
from optimiser.plan import Plan
from optimiser.result.losses import LossBook, loss_book
from optimiser.risk.draws import draws_of
from optimiser.risk.measures import cvar
from optimiser.scenario.scenario import Scenario
from optimiser.strategies.strategy import Case, Choice, Parameter, Strategy, solve_instead

ALPHA = 0.95


def choose(case: Case, values: Mapping[str, Any]) -> Choice:
    """The best plan of the objective less the weighted CVaR; further stages of the objective as they are."""
    alpha = values["alpha"]
    weight = values["weight"] if values["weight"] is not None else _percent_for_percent(case, alpha)

    def charge(state: State) -> Goal:
        """CVaR_α of the public loss.  [EUR million]"""
        pool = state.pool
        assert pool is not None, "checked: risk-averse needs a risk model"
        return Goal("public loss", tuple(tail_mean(state.programme, pool, _charged(state, pool), alpha)))

    def goals(own: list[Goal], further: tuple[Goal, ...]) -> list[Goal]:
        charged = tuple((i, -weight * a) for i, a in further[0].pairs)
        return [replace(own[0], name="objective less risk", pairs=own[0].pairs + charged), *own[1:]]

    optimum = solve_instead(case, (charge,), goals)
    finding = Finding("note", "risk-averse-weight", "", {"weight": weight, "percent": round(100 * (1 - alpha), 6)})
    return Choice(optimum, {}, (finding,), {"weight": weight})


def public_cvar(scenario: Scenario, plan: Plan, alpha: float = ALPHA) -> float:
    """The mean of the worst losses that the public tiers of the pool bear themselves, exactly [EUR million]."""
    book: LossBook = loss_book(scenario, plan, draws_of(scenario))
    public = [n for n, t in enumerate(book.tiers) if t.public]
    return float(cvar(book.by_tier[:, public].sum(axis=1), book.draws.probability, alpha))


def _percent_for_percent(case: Case, alpha: float) -> float:
    best = case.best
    if best.plan is None or best.value is None:
        return 0.0
    loss = public_cvar(case.scenario, best.plan, alpha)
    return abs(best.value) / loss if loss > 0 else 0.0


def _charged(state: State, pool: Pool) -> Level:
    return public_level(state.programme, state.data, state.columns, pool)


def _refused(scenario: Scenario, values: Mapping[str, Any]) -> Iterator[Finding]:
    if scenario.risk is None:
        yield Finding("error", "strategy-needs-risk", "/risk")
    elif not any(t.public and t.in_pool for t in scenario.fund.tiers):
        yield Finding("error", "strategy-needs-public-loss", "/fund/tiers")


def _is_weight(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12


def _is_level(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1


STRATEGY = Strategy(
    "risk-averse",
    choose,
    (
        Parameter("weight", None, _is_weight, Phrase("a-weight")),
        Parameter("alpha", ALPHA, _is_level, Phrase("a-level")),
    ),
    _refused,
)
