"""One repair under way: the least changes of the numbers that may give way, until a plan exists.

Each number gives way by a slack ≥ 0; what that does to the rows is taken at the plan found, and asked again until it no
longer moves. The repair is then applied and solved.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.allocation import solve_scenario
from optimiser.certificate import certify
from optimiser.explain.answer import Change, RepairOption
from optimiser.explain.clash import RulePlace, in_words, shown
from optimiser.explain.effects import Effect, effects_of, greatest, needed, slack_of
from optimiser.explain.written import Written, loosened, most_loosening, scale_of, written_rows
from optimiser.messages import text
from optimiser.model.build import Model, build_model
from optimiser.scenario.load import with_patch
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, arrays_of
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.solve.relaxation import Loosened, Slack, least_loosening

DIGITS = 6
"""Decimals of a changed number: a euro in EUR million, a millionth of a share."""

ROUNDS = 6
"""How often a repair that still leaves no plan (a share of a share, a limit behind a limit) is carried on."""

LINEAR_ROUNDS = 4
"""How often what a number does is taken anew at the plan found."""

SEARCH_SHARE = 0.6
"""Share of the time left that one search for changes may take: what it finds is still to be tried."""

MONEY_LABELS = ("B1", "B2", "B3")
"""Repairs of these are money someone must find, and say so."""

Settings = dict[str, Any]


class Repairing:
    """One repair under way: the changes made so far, to a scenario that has no plan yet.

    allowed: rules that may give way; None for all. with_locks: whether locks and committed money may be lifted too.
    """

    def __init__(
        self, scenario: Scenario, allowed: Collection[RulePlace] | None, with_locks: bool, clock: Clock, lang: str
    ):
        self._scenario = scenario
        self._allowed = allowed
        self._with_locks = with_locks
        self._clock = clock
        self._lang = lang
        self._settings: Settings = {}
        self._first: dict[str, Written] = {}
        self._proven = True
        self._digits = DIGITS

    def option(self) -> RepairOption | None:
        """The repair, verified; None where these rules cannot bring a plan about (or the time did not suffice)."""
        for _ in range(ROUNDS):
            changed = self._with(self._settings)
            if changed is None or not self._loosen(changed):
                return None
            repaired_scenario = self._with(self._settings)
            if repaired_scenario is None:
                return None
            optimum = solve_scenario(repaired_scenario, without_ties(self._clock))
            if optimum.plan is not None and certify(repaired_scenario, optimum.plan, optimum.model.draws).holds:
                return self._written_up(optimum.value)
            if optimum.plan is not None:
                # It stands on the edge, within the solver's tolerance: the numbers are rounded more coarsely.
                self._digits -= 1
                self._settings = self._coarser()
            if self._clock.over:
                break
        return None

    def _with(self, settings: Settings) -> Scenario | None:
        return with_patch(self._scenario, settings).scenario if settings else self._scenario

    def _coarser(self) -> Settings:
        """The settings, rounded to a digit less the way that loosens."""
        return {
            pointer: _rounded(self._first[pointer], value, self._digits) if isinstance(value, float) else value
            for pointer, value in self._settings.items()
        }

    def _loosen(self, scenario: Scenario) -> bool:
        """One round: the least loosening of what may give way, put into the settings."""
        model = build_model(scenario)
        arrays = arrays_of(model.programme)
        rows = written_rows(model)
        numbers = {w.pointers: w for w in rows if w is not None and self._may_move(w)}
        own = {place: {n for n, w in enumerate(rows) if w is not None and w.pointers == place} for place in numbers}
        effects = {place: effects_of(scenario, model, arrays, w, own[place]) for place, w in numbers.items()}
        lifts = [(row, w) for row, w in enumerate(rows) if w is not None and self._may_be_lifted(w)]
        if not any(effects.values()) and not lifts:
            return False
        loosened_ = self._converged(model, arrays, numbers, effects, lifts)
        if loosened_.values is None or loosened_.slack is None:
            return False
        self._proven = self._proven and loosened_.ending == "optimal"
        before = len(self._settings), dict(self._settings)
        self._take(model, arrays, numbers, effects, lifts, loosened_)
        return before != (len(self._settings), self._settings)

    def _may_move(self, w: Written) -> bool:
        allowed = self._allowed is None or w.pointers in self._allowed
        return allowed and w.is_number and (w.label != "L3" or self._with_locks)

    def _may_be_lifted(self, w: Written) -> bool:
        allowed = self._allowed is None or w.pointers in self._allowed
        return allowed and not w.is_number and (w.label in ("A2", "T1") or (w.label == "L3" and self._with_locks))

    def _converged(
        self,
        model: Model,
        arrays: Arrays,
        numbers: Mapping[RulePlace, Written],
        effects: Mapping[RulePlace, Mapping[int, Effect]],
        lifts: Sequence[tuple[int, Written]],
    ) -> Loosened:
        """The least loosening, what a number does being taken at the plan found until it no longer moves."""
        at = greatest(model, arrays)
        found = Loosened("infeasible", None, None)
        before: list[Slack] = []
        for _ in range(LINEAR_ROUNDS):
            slacks = [slack_of(numbers[place], arrays, effects[place], at) for place in numbers]
            slacks += [_lift(arrays, row) for row, _ in lifts]
            if _same(slacks, before):
                break
            seconds = SEARCH_SHARE * self._clock.next().time_limit_s
            asked = least_loosening(model, arrays, slacks, self._clock.options.threads, seconds)
            if asked.values is None:
                return found if found.values is not None else asked
            found, before = asked, slacks
            at = np.maximum(asked.values, 0.0)
        return found

    def _take(
        self,
        model: Model,
        arrays: Arrays,
        numbers: Mapping[RulePlace, Written],
        effects: Mapping[RulePlace, Mapping[int, Effect]],
        lifts: Sequence[tuple[int, Written]],
        found: Loosened,
    ) -> None:
        """The changes this loosening asks for, each number moved as far as the plan found needs."""
        assert found.values is not None and found.slack is not None
        activity = arrays.activity(found.values)
        for n, (place, w) in enumerate(numbers.items()):
            if found.slack[n] <= 1e-9 * scale_of(w):
                continue
            amount = needed(arrays, effects[place], activity, found.values, float(found.slack[n]))
            value = _rounded(w, loosened(w, min(amount, most_loosening(w))), self._digits)
            for pointer in place:
                self._first.setdefault(pointer, w)
                self._settings[pointer] = value
        for n, (_, w) in enumerate(lifts):
            if found.slack[len(numbers) + n] > 0.5:
                pointer, value = _lifted(w)
                for inside in [p for p in self._settings if p.startswith(f"{pointer}/")]:
                    del self._settings[inside], self._first[inside]
                self._first.setdefault(pointer, w)
                self._settings[pointer] = value

    def _written_up(self, objective: float | None) -> RepairOption:
        changes = [self._change(pointer, self._first[pointer], value) for pointer, value in self._settings.items()]
        moved = {w.pointers: self._settings[pointer] for pointer, w in self._first.items()}
        size = sum(_size(w, moved[w.pointers]) for w in {w.pointers: w for w in self._first.values()}.values())
        money = sum(c.by or 0.0 for c in changes if c.label in MONEY_LABELS and c.unit == "EUR million")
        command = " ".join(f"--set '{p}={json.dumps(v, ensure_ascii=False)}'" for p, v in self._settings.items())
        return RepairOption(changes, size, len(moved), money, self._proven, objective, command)

    def _change(self, pointer: str, w: Written, value: Any) -> Change:
        rule = in_words(self._scenario, w, self._lang)
        if not w.is_number or w.value is None or not isinstance(value, int | float):
            words = text("explain.change.lifted", {"text": rule.text}, self._lang)
            return Change(w.label, w.rule, pointer, _before(w), value, None, w.unit, words)
        by = abs(value - w.value)
        code = "money" if w.label in MONEY_LABELS else "too-low" if w.bound == "at_most" else "too-high"
        params = {
            "text": rule.text,
            "by": shown(by, w.unit, self._lang),
            "after": shown(float(value), w.unit, self._lang),
        }
        words = text(f"explain.change.{code}", params, self._lang)
        return Change(w.label, w.rule, pointer, w.value, value, by, w.unit, words)


def without_ties(clock: Clock) -> SolveOptions:
    return replace(clock.next(), tie_break=False, settle_money=False, unspent=False, mip_gap=0.0)


def _same(slacks: Sequence[Slack], before: Sequence[Slack]) -> bool:
    """Whether the numbers do to their rows what they were taken to do a round before."""
    return len(slacks) == len(before) and all(
        a.rows.keys() == b.rows.keys() and np.allclose(list(a.rows.values()), list(b.rows.values()), rtol=1e-6)
        for a, b in zip(slacks, before, strict=True)
    )


def _lift(arrays: Arrays, row: int) -> Slack:
    """A lock or a floor lifted from one row: y = 1 becomes y + z = 1, y = 0 becomes y − z = 0, z ∈ {0,1}."""
    return Slack({row: 1.0 if arrays.row_lower[row] > 0.5 else -1.0}, 1.0, 1.0, True)


def _rounded(w: Written, value: float, digits: int = DIGITS) -> float | int:
    """The number as a person writes it, rounded the way that loosens: to a euro, a millionth of a share, a whole."""
    if w.is_whole:
        return math.ceil(value - 1e-6) if w.bound == "at_most" else math.floor(value + 1e-6)
    near = round(value, 3)
    if abs(near - value) <= 1e-8 * max(abs(value), 1.0):
        value = near  # a number that is whole but for the solver's own tolerance
    else:
        scaled = value * 10**digits
        value = (math.ceil(scaled - 1e-3) if w.bound == "at_most" else math.floor(scaled + 1e-3)) / 10**digits
    value = min(max(value, 0.0), 1.0) if w.unit == "share" else value
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def _lifted(w: Written) -> tuple[str, Any]:
    """What to set where a rule is lifted."""
    if w.label == "A2":
        return f"{w.pointers[0]}/effect", "finding"
    return w.pointers[0], ({} if w.pointers[0].endswith("/committed") else None)


def _before(w: Written) -> Any:
    return "exclude" if w.label == "A2" else w.value


def _size(w: Written, value: Any) -> float:
    if w.value is None or not isinstance(value, int | float):
        return 1.0
    return abs(value - w.value) / scale_of(w)
