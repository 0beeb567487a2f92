"""What solving a model gave: three facts kept apart, and the numbers by column and row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from optimiser.solve.arrays import Floats
from optimiser.solve.unspent import Kept

Termination = Literal["optimal", "time_limit", "infeasible", "unbounded", "error"]
Uniqueness = Literal["exists", "none", "unknown"]
"""Whether another plan is proven as good, proven that none is, or neither."""


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """One stage: value reached, bound proven, and whether the stage was searched to its end.

    absolute_gap: the stated absolute gap within which the stage counts as optimal [unit of the stage].
    """

    name: str
    value: float | None
    bound: float | None
    proven: bool
    absolute_gap: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How solving ended (termination), whether there is a plan (values) and whether prices mean anything (row_dual).

    row_dual: objective gained per unit by which a row's bound is raised, for its first stage, integers fixed. Soft
    rules are broken no further, and a row by which one could be broken less has no price (NaN).
    row_range: from where to where each row's bound may move while its price holds; None where integers are fixed
    or rules are soft.
    kept: for each tier with money left, the rules that keep it so; empty where no time was left to ask.
    soft_stages: how many stages for soft rules come before those of the objective.
    absolute_gap: as that of the objective's first stage.
    """

    termination: Termination
    values: Floats | None
    row_dual: Floats | None
    stages: tuple[StageOutcome, ...]
    absolute_gap: float
    another_optimum: Uniqueness
    integers_fixed: bool
    row_range: tuple[Floats, Floats] | None
    solver_seconds: float
    notes: tuple[str, ...] = ()
    kept: Mapping[str, Kept] = field(default_factory=dict)
    soft_stages: int = 0

    @property
    def objective(self) -> StageOutcome | None:
        """The objective's first stage; None where the search ended before it."""
        return self.stages[self.soft_stages] if len(self.stages) > self.soft_stages else None
