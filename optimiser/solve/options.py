"""How to solve, as one frozen object."""

from __future__ import annotations

from dataclasses import dataclass, field

from optimiser.solve.watch import Watch

SEED = 0
"""Random seed of the solver: fixed, so that the same input gives the same answer."""

FEASIBILITY_TOLERANCE = 1e-9
"""Of the solver, on rows, duals and whole numbers. With its default of 1e-6 a candidate of EUR 10 million million
could be left out by a millionth, which pays ten others: whole plans must be whole."""

RELATIVE_ABSOLUTE_GAP = 1e-9
"""The stated absolute gap is this times the objective's largest coefficient, and at most 1e-6 of the smallest."""

HUGE = 30_000
"""Columns beyond which the interior point method reaches a first optimum sooner than the dual simplex method: measured
equal at 21,000 (0.9 s), twice as fast at 42,000 (2.1 s to 4.0 s)."""

TIE_BREAK_NODES = 200
"""Nodes an integer tie-break stage may search: a count, not a time, so that every machine stops at the same place."""


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """time_limit_s: for all stages together [s]. mip_gap: relative gap [share]. threads: of the solver [count].

    solver: "highs" (in process), or the name of any solver PuLP finds on this machine.
    tie_break: whether equally good whole decisions are told apart; without it any of them is the answer.
    settle_money: whether equally good ways to pay are told apart, too.
    unspent: whether to ask which rules keep money unspent. prices: and, of linear programmes, where shadow
    prices hold and whether another split is as good. Questions of many solves do without some of these.
    watch: looks on while HiGHS searches, and may stop it; None looks on at nothing.
    """

    time_limit_s: float = 60.0
    mip_gap: float = 0.0
    threads: int = 1
    solver: str = "highs"
    tie_break: bool = True
    settle_money: bool = True
    unspent: bool = True
    prices: bool = True
    watch: Watch | None = field(default=None, compare=False, repr=False)
