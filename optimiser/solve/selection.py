"""Selections of sites tried one after the other on one model: can they be paid together, and how.

Whoever chooses sites otherwise than by the objective (a ranking, a key) asks here whether the programme can pay
its choice, and has the choice financed. Rules that speak of the whole list (at least four sites, a quarter of the
money to a group, a limit on the losses of the pool) cannot be asked of half a list: they are left aside while sites
are being chosen, and asked of the whole choice when it is financed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimiser.model.build import Model, build_model
from optimiser.model.programme import Row
from optimiser.plan import PhaseKey
from optimiser.scenario.rules import AttributeRule
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats, arrays_of
from optimiser.solve.clock import Clock
from optimiser.solve.losses import LossSession
from optimiser.solve.session import Run, Session

Fractions = Mapping[PhaseKey, float]
"""y by (candidate, phase), 0 where absent."""

NOISE = 1e-9
"""Of a sum of whole decisions."""

FRACTION_SLACK = 1e-9
"""A greatest fraction is asked for again less this part of it: it was found within the solver's tolerance."""

LEAST_FRACTION = 1e-6
"""A smaller fraction of a site is none."""

_OF_THE_LIST = frozenset({"N1", "G1", "A1", "B1"})
"""Labels whose lower bounds speak of the whole list."""

_OF_THE_POOL = frozenset({"R1", "R2", "R3"})


class OutOfTime(Exception):
    """The time limit of the whole question is reached; raised and caught inside the library."""


@dataclass(frozen=True, slots=True)
class Financed:
    """The programme of a selection to be financed: bounds of its decisions fixed, and the rules it cannot keep."""

    arrays: Arrays
    given_up: tuple[Row, ...]


class Selector:
    """One model, kept hot, on which selections are tried."""

    def __init__(self, scenario: Scenario, clock: Clock):
        self.scenario = scenario
        self.clock = clock
        self.model: Model = build_model(scenario)
        self.arrays = arrays_of(self.model.programme)
        self._y = self.model.columns.y
        self._v = self.model.columns.v
        self._whole_list = _rows_of_the_whole_list(scenario, self.model)
        self._who = _rows_on_decisions_alone(self.model, self.arrays)
        # While sites are chosen the losses of the pool are not asked for, and their draws would only cost time.
        self._choosing = self._ready(Session(self.arrays, clock.options.threads))
        self._set_aside(self._choosing, [*self._whole_list, *_rows_of_what_is_decided(self.model)], True)
        self._asking_all: Session | None = None

    def _ready(self, session: Session) -> Session:
        others = self.arrays.integer.copy()
        others[[*self._y.values(), *self._v.values()]] = False
        if not others.any():
            # With the selection fixed nothing whole is left to decide: linear programmes, from where the last stood.
            session.relax()
        return session

    @property
    def _every_rule(self) -> Session:
        """The session in which every rule is in force, losses too."""
        if self._asking_all is None:
            threads, functions = self.clock.options.threads, self.model.losses
            plain_or_not = LossSession(self.arrays, threads, functions) if functions else Session(self.arrays, threads)
            self._asking_all = self._ready(plain_or_not)
        return self._asking_all

    def barred_by(self, selection: Fractions) -> Row | None:
        """The first rule on who may be funded with whom (never on money) that the selection breaks, if any."""
        z = np.zeros(len(self.arrays.cost))
        for column, value in self._decisions(selection).items():
            z[column] = value
        activity = self.arrays.activity(z)
        for n in self._who:
            bound = self.arrays.row_upper[n]
            if n not in self._whole_list and activity[n] > bound + NOISE * max(1.0, abs(bound)):
                return self.model.programme.rows[n]
        return None

    def can_pay(self, selection: Fractions) -> bool:
        """Whether the programme can pay these phases and no others.

        Errors: OutOfTime.
        """
        return self._run(self._choosing, selection, np.zeros(len(self.arrays.cost))).values is not None

    def greatest_fraction(self, selection: Fractions, phase: PhaseKey) -> float:
        """The greatest fraction of a divisible phase that can be paid beside the selection; 0 where none.

        Errors: OutOfTime.
        """
        cost = np.zeros(len(self.arrays.cost))
        cost[self._y[phase]] = 1.0
        run = self._run(self._choosing, selection, cost, free=[phase])
        return 0.0 if run.values is None else _below(float(run.values[self._y[phase]]))

    def common_fraction(self, phases: Sequence[PhaseKey], alone: bool = False) -> float:
        """The greatest fraction that all these (divisible) phases can be given alike, and no others any; 0 where none.

        alone: whether rules on the whole list are left aside; else they are kept if they can be.
        Errors: OutOfTime.
        """
        if not phases:
            return 0.0
        found = None if alone else self._common(self._every_rule, phases)
        return (self._common(self._choosing, phases) if found is None else found) or 0.0

    def _common(self, session: Session, phases: Sequence[PhaseKey]) -> float | None:
        columns = [self._y[key] for key in phases]
        ties = [session.add_row([i, columns[0]], np.array([1.0, -1.0]), 0.0, 0.0) for i in columns[1:]]
        cost = np.zeros(len(self.arrays.cost))
        cost[columns[0]] = 1.0
        run = self._run(session, {}, cost, free=phases)
        session.bound_rows(ties, np.full(len(ties), -np.inf), np.full(len(ties), np.inf))
        return None if run.values is None else _below(float(run.values[columns[0]]))

    def least_public_money(self, selection: Fractions) -> float | None:
        """The least public money with which these phases can be paid [EUR million]; None where they cannot.

        Errors: OutOfTime.
        """
        cost = np.zeros(len(self.arrays.cost))
        for k, tier in self.model.data.tiers.items():
            if tier.public:
                cost[self.model.columns.x_of_tier[k]] = -tier.budget_rate
        run = self._run(self._choosing, selection, cost)
        return None if run.values is None else max(-float(cost @ run.values), 0.0)

    def financed(self, selection: Fractions) -> Financed:
        """The programme with this selection fixed, and what it must leave of the rules on the whole list.

        Of these as many are kept as can be, in the order of the model.
        Errors: OutOfTime.
        """
        nothing, session = np.zeros(len(self.arrays.cost)), self._every_rule
        given_up: list[int] = []
        if self._run(session, selection, nothing).values is None:
            self._set_aside(session, self._whole_list, True)
            for n in self._whole_list:
                self._set_aside(session, [n], False)
                if self._run(session, selection, nothing).values is None:
                    self._set_aside(session, [n], True)
                    given_up.append(n)
            self._set_aside(session, self._whole_list, False)
        row_lower, row_upper = self.arrays.row_lower.copy(), self.arrays.row_upper.copy()
        row_lower[given_up], row_upper[given_up] = -np.inf, np.inf
        lower, upper = self._bounds(selection)
        arrays = replace(self.arrays, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper)
        return Financed(arrays, tuple(self.model.programme.rows[n] for n in given_up))

    def _decisions(self, selection: Fractions) -> dict[int, float]:
        """Every y, and every v that follows from it."""
        found = {i: selection.get(key, 0.0) for key, i in self._y.items()}
        first = {c: phases[0].key for c, phases in self.model.data.phases_of.items()}
        return found | {i: float(selection.get(first[c], 0.0) > 0) for c, i in self._v.items()}

    def _bounds(self, selection: Fractions, free: Sequence[PhaseKey] = ()) -> tuple[Floats, Floats]:
        lower, upper = self.arrays.lower.copy(), self.arrays.upper.copy()
        for column, value in self._decisions(selection).items():
            lower[column] = upper[column] = value
        for key in free:
            lower[self._y[key]], upper[self._y[key]] = 0.0, 1.0
            if key[0] in self._v and key == self.model.data.phases_of[key[0]][0].key:
                lower[self._v[key[0]]] = upper[self._v[key[0]]] = 1.0
        return lower, upper

    def _run(self, session: Session, selection: Fractions, cost: Floats, free: Sequence[PhaseKey] = ()) -> Run:
        if self.clock.over:
            raise OutOfTime
        lower, upper = self._bounds(selection, free)
        columns = [*self._y.values(), *self._v.values()]
        session.bound_columns(columns, lower[columns], upper[columns])
        session.maximise(cost)
        run = session.run(self.clock.next().time_limit_s)
        if run.values is None and run.ending != "infeasible":
            raise OutOfTime
        return run

    def _set_aside(self, session: Session, rows: list[int], aside: bool) -> None:
        n = np.array(rows, dtype=np.intp)
        low = np.full(len(n), -np.inf) if aside else self.arrays.row_lower[n]
        high = np.full(len(n), np.inf) if aside else self.arrays.row_upper[n]
        session.bound_rows(n, low, high)


def _below(fraction: float) -> float:
    """A greatest fraction as it can be asked for again: 1 if that is what it is; nothing where it is mere noise."""
    if fraction >= 1.0 - FRACTION_SLACK:
        return 1.0
    return fraction * (1.0 - FRACTION_SLACK) if fraction > LEAST_FRACTION else 0.0


def _rows_of_the_whole_list(scenario: Scenario, model: Model) -> list[int]:
    """Rows that mean something of a whole list only: lower bounds on it, shares and averages of it, its losses."""
    averages = {r.id for r in scenario.constraints if isinstance(r, AttributeRule) and r.average_by is not None}
    of_allocated = {
        t.id for t in scenario.fund.tiers if t.concentration is not None and t.concentration.of == "allocated"
    }

    def of_the_list(row: Row) -> bool:
        if row.label in _OF_THE_LIST and row.bound == "at_least":
            return True
        if row.label == "G1" and row.at == "share":
            return True
        if row.label == "A1" and row.rule in averages:
            return True
        if row.label == "S5":
            return row.bound == "at_most" and row.rule in of_allocated
        return row.label in _OF_THE_POOL

    return [n for n, row in enumerate(model.programme.rows) if of_the_list(row)]


def _rows_of_what_is_decided(model: Model) -> list[int]:
    """Rows that ask for a phase or for money (L3): a candidate is also tried without those that are locked in."""
    asking = ("equal", "at_least")
    return [
        n for n, row in enumerate(model.programme.rows) if row.label == "L3" and row.bound in asking and row.own_bound
    ]


def _rows_on_decisions_alone(model: Model, arrays: Arrays) -> list[int]:
    """Rows that speak of who is funded and of no money."""
    decisions = np.zeros(len(arrays.cost), dtype=bool)
    decisions[[*model.columns.y.values(), *model.columns.v.values()]] = True
    spans = zip(arrays.start[:-1], arrays.start[1:], strict=True)
    return [n for n, (a, b) in enumerate(spans) if decisions[arrays.index[a:b]].all()]
