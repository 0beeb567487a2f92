"""The model, as a table of contents: every rule by label, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from optimiser.model import (
    closeness,
    envelopes,
    financing,
    groups,
    guarantees,
    losses,
    objective,
    revolving,
    shares,
    structure,
)
from optimiser.model.columns import Columns, add_columns
from optimiser.model.data import Data, data_of
from optimiser.model.losses import LossFunction, Pool
from optimiser.model.objective import Goal, State
from optimiser.model.programme import PlainPort, Port, Programme
from optimiser.risk.draws import Draws, draws_of
from optimiser.scenario.scenario import Scenario

Rule = Callable[[Programme, Data, Columns], None]

RULES: tuple[Rule, ...] = (
    financing.sources_equal_uses,  # F1
    financing.consortium_money,  # F2
    financing.funding_gap,  # F3
    envelopes.tier_envelope,  # B1
    envelopes.ceilings,  # B2
    revolving.repayments,  # B3
    shares.tier_share,  # S1
    shares.public_share,  # S2
    shares.matching,  # S3
    shares.tickets,  # S4
    shares.concentration,  # S5; S6 decides in columns.may_pay which columns exist
    shares.awards,  # S7
    structure.least_fraction,  # Y1
    structure.phases_in_order,  # Q1
    structure.counts,  # N1
    groups.group_money,  # G1
    groups.attribute_bounds,  # A1
    groups.attribute_floors,  # A2
    structure.exclusions,  # L1
    structure.requirements,  # L2
    structure.locks,  # L3
    structure.starts,  # T1
    closeness.stay_close,  # T2
    guarantees.guaranteed_amount,  # GU
)
"""O1 is no row but a stage: ``objective.tier_order``; so are soft rules' violations: ``objective.least_violations``."""


@dataclass(frozen=True, slots=True)
class Model:
    """A scenario as a programme: its rows and columns, and the stages in which it is solved."""

    data: Data
    columns: Columns
    programme: Programme
    draws: Draws | None
    losses: tuple[LossFunction, ...]
    soft: tuple[Goal, ...]
    goals: tuple[Goal, ...]
    tier_order: tuple[Goal, ...]
    further: tuple[Goal, ...] = ()

    @property
    def stages(self) -> tuple[Goal, ...]:
        """Every stage in order, but for the tie-break."""
        return (*self.soft, *self.goals, *self.tier_order)


def build_model(
    scenario: Scenario,
    floors: Mapping[str, float] | None = None,
    further: Sequence[Callable[[State], Goal]] = (),
    port: Port | None = None,
) -> Model:
    """State a checked scenario as a programme.

    floors: what stages of the objective must reach at least, by their name (E1).
    further: sums that are no part of the scenario's own objective, stated for whoever asks for them.
    port: where it is stated; ``PulpPort`` for a PuLP problem, plain numbers if absent.
    """
    draws = draws_of(scenario) if scenario.risk is not None else None
    data = data_of(scenario, draws)
    programme = Programme(port or PlainPort())
    columns = add_columns(programme, data)
    for rule in RULES:
        rule(programme, data, columns)
    pool = None
    if draws is not None:
        pool = losses.pool_columns(programme, data, columns, draws)  # W1
        for risk_rule in losses.RULES:  # R1, R2, R3
            risk_rule(programme, data, columns, pool)
    return model_with(programme, data, columns, pool, draws, floors, further)


def model_with(
    programme: Programme,
    data: Data,
    columns: Columns,
    pool: Pool | None = None,
    draws: Draws | None = None,
    floors: Mapping[str, float] | None = None,
    further: Sequence[Callable[[State], Goal]] = (),
) -> Model:
    """The model whose rules are stated: its objective, and the stages in which it is solved."""
    soft = objective.least_violations(programme)
    goals = objective.goals(programme, data, columns, pool)
    objective.stage_floors(programme, goals, floors or {})  # E1
    asked = tuple(state_goal(State(programme, data, columns, pool)) for state_goal in further)
    programme.maximise((soft or goals)[0].pairs)
    functions = tuple(pool.functions) if pool is not None else ()
    order = tuple(objective.tier_order(data, columns))
    return Model(data, columns, programme, draws, functions, tuple(soft), tuple(goals), order, asked)
