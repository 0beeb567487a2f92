"""The model, as a table of contents: every rule by label, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from optimiser.model import envelopes, financing, groups, losses, objective, shares, structure
from optimiser.model.columns import Columns, add_columns
from optimiser.model.data import Data, data_of
from optimiser.model.losses import LossFunction
from optimiser.model.objective import Goal
from optimiser.model.programme import Programme
from optimiser.risk.draws import Draws, draws_of
from optimiser.scenario.scenario import Scenario

RULES: tuple[Callable[[Programme, Data, Columns], None], ...] = (
    financing.sources_equal_uses,  # F1
    financing.consortium_money,  # F2
    financing.funding_gap,  # F3
    envelopes.tier_envelope,  # B1
    envelopes.ceilings,  # B2
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
)
"""O1 is no row but a stage: ``objective.tier_order``."""


@dataclass(frozen=True, slots=True)
class Model:
    """A scenario as a programme: its rows and columns, and the stages in which it is solved."""

    data: Data
    columns: Columns
    programme: Programme
    draws: Draws | None
    losses: tuple[LossFunction, ...]
    goals: tuple[Goal, ...]
    tier_order: tuple[Goal, ...]


def build_model(scenario: Scenario, floors: Mapping[str, float] | None = None) -> Model:
    """State a checked scenario as a programme.

    floors: what stages of the objective must reach at least, by their name (E1).
    """
    data = data_of(scenario)
    programme = Programme(scenario.name)
    columns = add_columns(programme, data)
    for rule in RULES:
        rule(programme, data, columns)
    pool = None
    if scenario.risk is not None:
        pool = losses.pool_columns(programme, data, columns, draws_of(scenario))  # W1
        for risk_rule in losses.RULES:  # R1, R2, R3
            risk_rule(programme, data, columns, pool)
    goals = objective.goals(programme, data, columns, pool)
    objective.stage_floors(programme, goals, floors or {})  # E1
    programme.maximise(goals[0].pairs)
    functions = tuple(pool.functions) if pool is not None else ()
    order = tuple(objective.tier_order(data, columns))
    draws = pool.draws if pool is not None else None
    return Model(data, columns, programme, draws, functions, tuple(goals), order)
