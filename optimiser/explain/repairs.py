"""The cheapest repair of a scenario without a plan: the least changes of its numbers that give it one.

Each number the user wrote may give way by a slack ≥ 0. What one unit of it does to the rows is read from the model
itself, stated a second time with the number moved; where that depends on the plan (a share of what is spent) it is
taken at the plan found, and asked again until it no longer moves. Every repair is then applied and solved.
"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimiser.allocation import Source, loaded_from, options_of, provenance, solve_scenario
from optimiser.certificate import certify
from optimiser.explain.answer import Change, Repair, RepairOption
from optimiser.explain.clash import ClashingRule, RulePlace, clash_of, clashing_rules, in_words, shown
from optimiser.explain.written import Written, loosened, most_loosening, scale_of, written_rows
from optimiser.messages import text
from optimiser.model.build import Model, build_model
from optimiser.model.programme import Row
from optimiser.result.result import ScenarioId
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import document_of, load_document, with_patch
from optimiser.scenario.patch import patched
from optimiser.scenario.pointer import join, split, value_at
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, Floats, arrays_of
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


def repair(source: Source, options: SolveOptions | None = None, lang: str = "en") -> Repair:
    """Which rules of a scenario clash, and the cheapest repairs.

    options: their time limit is the whole question's.
    Errors: ScenarioError with all findings where the scenario has errors; SolverError where the solver refuses.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    scenario = loaded.expect()
    clock = Clock(options or options_of(scenario), started)
    return repaired(scenario, clock, [f.as_dict(lang) for f in loaded.findings], lang)


def repaired(scenario: Scenario, clock: Clock, findings: list[dict[str, str]], lang: str) -> Repair:
    """The same for a checked scenario, within the time that is left."""
    model = build_model(scenario)
    clashing = clashing_rules(model, arrays_of(model.programme), clock)
    not_computed: list[str] = []
    repairs = _repairs(scenario, clashing.rules, clock, lang, not_computed) if clashing.feasible is False else []
    if clashing.feasible is None:
        not_computed.append("clash")
    return Repair(
        schema_version="1",
        scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
        feasible=clashing.feasible,
        clash=clash_of(scenario, clashing, lang) if clashing.feasible is False else None,
        repairs=repairs,
        not_computed=list(dict.fromkeys(not_computed)),
        findings=findings,
        provenance=provenance(clock.options.solver, clock.started, time.perf_counter() - clock.started),
    )


def _repairs(
    scenario: Scenario, clash: Sequence[ClashingRule], clock: Clock, lang: str, not_computed: list[str]
) -> list[RepairOption]:
    """The cheapest repair, and each rule of the clash that suffices alone; locks only where nothing else helps.

    A repair changes at least one rule of every irreducible set: a rule outside this one never suffices alone.
    """
    found: dict[tuple[str, ...], RepairOption] = {}
    attempts: list[Collection[RulePlace] | None] = [rule.places for rule in reversed(clash) if len(rule.members) == 1]
    attempts += [None, *(rule.places for rule in clash if len(rule.members) > 1)]
    for with_locks in (False, True):
        for n, allowed in enumerate(attempts):
            part = clock.part(1 / (len(attempts) - n) if allowed is not None else 0.5)
            repairing = _Repairing(scenario, allowed, with_locks, part, lang)
            option = repairing.option() if not clock.over else None
            if option is not None:
                found.setdefault(tuple(sorted(c.pointer for c in option.changes)), option)
            elif part.over:
                not_computed.append("repairs")
        if found or clock.over:
            break
    if not found and not clock.over:
        dropping = _dropping(scenario, clash, clock, lang)
        found |= {("dropped",): dropping} if dropping is not None else {}
    return sorted(found.values(), key=lambda r: (r.size, r.rules_changed))


def _dropping(scenario: Scenario, clash: Sequence[ClashingRule], clock: Clock, lang: str) -> RepairOption | None:
    """The last resort, where no number helps: whole rules dropped, one of each clash, until a plan exists or the
    numbers of the others can bring it about."""
    document = document_of(scenario)
    changes: list[Change] = []
    while not clock.over:
        rules = [w for rule in clash for w in rule.members if _dropped_from(document, w) is not None]
        if not rules:
            return None
        document = _dropped_from(document, rules[-1]) or document
        rule = in_words(scenario, rules[-1], lang)
        pointer = join(split(rules[-1].pointers[0])[:-1] if rules[-1].is_number else split(rules[-1].pointers[0]))
        words = text("explain.change.dropped", {"text": rule.text}, lang)
        changes.append(Change(rule.label, rule.rule, pointer, rules[-1].value, None, None, rule.unit, words))
        left = load_document(document).scenario
        if left is None:
            return None
        model = build_model(left)
        clashing = clashing_rules(model, arrays_of(model.programme), clock)
        if clashing.feasible:
            value = solve_scenario(left, _without_ties(clock)).value
            return RepairOption(changes, float(len(changes)), len(changes), 0.0, False, value, "")
        rest = _Repairing(left, None, True, clock, lang).option()
        if rest is not None:
            both = [*changes, *rest.changes]
            size, count = rest.size + len(changes), rest.rules_changed + len(changes)
            return replace(rest, changes=both, size=size, rules_changed=count, proven_least=False, command="")
        clash = clashing.rules
    return None


def _dropped_from(document: dict[str, Any], w: Written) -> dict[str, Any] | None:
    """The document without a rule that stands in a list of rules; None where it does not."""
    for place in (["constraints"], ["fund", "matching"]):
        if split(w.pointers[0])[: len(place)] == place:
            listed = value_at(document, join(place))
            kept = [r for r in listed if r["id"] != w.rule]
            return patched(document, {join(place): kept}) if len(kept) < len(listed) else None
    return None


@dataclass(frozen=True, slots=True)
class _Effect:
    """What one unit of giving way does to a row: Σ coefficient·column + constant, always ≥ 0 where it helps."""

    columns: Floats
    coefficients: Floats
    constant: float

    def at(self, values: Floats) -> float:
        return float(self.coefficients @ values[self.columns.astype(int)]) + self.constant


class _Repairing:
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
            optimum = solve_scenario(repaired_scenario, _without_ties(self._clock))
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
        effects = {place: _effects(scenario, model, arrays, w, own[place]) for place, w in numbers.items()}
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
        effects: Mapping[RulePlace, Mapping[int, _Effect]],
        lifts: Sequence[tuple[int, Written]],
    ) -> Loosened:
        """The least loosening, what a number does being taken at the plan found until it no longer moves."""
        at = _greatest(model, arrays)
        found = Loosened("infeasible", None, None)
        before: list[Slack] = []
        for _ in range(LINEAR_ROUNDS):
            slacks = [_slack(numbers[place], arrays, effects[place], at) for place in numbers]
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
        effects: Mapping[RulePlace, Mapping[int, _Effect]],
        lifts: Sequence[tuple[int, Written]],
        found: Loosened,
    ) -> None:
        """The changes this loosening asks for, each number moved as far as the plan found needs."""
        assert found.values is not None and found.slack is not None
        activity = arrays.activity(found.values)
        for n, (place, w) in enumerate(numbers.items()):
            if found.slack[n] <= 1e-9 * scale_of(w):
                continue
            amount = _needed(arrays, effects[place], activity, found.values, float(found.slack[n]))
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


def _without_ties(clock: Clock) -> SolveOptions:
    return replace(clock.next(), tie_break=False, settle_money=False, unspent=False, mip_gap=0.0)


def _effects(scenario: Scenario, model: Model, arrays: Arrays, w: Written, own: set[int]) -> dict[int, _Effect]:
    """By row, what one unit of giving way does: the model stated again with the number moved a step, less itself.

    own: the rows that state the number. One that is gone once it moved (at least 1 site, now 0) gave way by the step.
    """
    step = _step(w)
    if step <= 0:
        return {}
    value = loosened(w, step)
    moved = with_patch(scenario, dict.fromkeys(w.pointers, int(value) if w.is_whole else value)).scenario
    if moved is None:
        return {}
    other = build_model(moved)
    if other.programme.width != model.programme.width:
        return {}
    there = arrays_of(other.programme)
    place = {key: n for n, key in enumerate(_keys(other.programme.rows))}
    effects: dict[int, _Effect] = {}
    for n, (row, key) in enumerate(zip(model.programme.rows, _keys(model.programme.rows), strict=True)):
        if row.bound == "equal" and row.label != "L3":
            continue
        m = place.get(key)
        if m is None:
            effect = _Effect(np.array([]), np.array([]), 1.0) if w.is_whole and n in own else None
        else:
            effect = _difference(arrays, n, there, m, row.bound, step)
        if effect is not None:
            effects[n] = effect
    return effects


def _keys(rows: Sequence[Row]) -> list[tuple[str, str, str, str, int]]:
    """What each row is known by in two statements of a model: where several are called the same, their order too."""
    seen: dict[tuple[str, str, str, str], int] = defaultdict(int)
    keys: list[tuple[str, str, str, str, int]] = []
    for row in rows:
        name = (row.label, row.rule, row.at, row.bound)
        keys.append((*name, seen[name]))
        seen[name] += 1
    return keys


def _difference(here: Arrays, n: int, there: Arrays, m: int, bound: str, step: float) -> _Effect | None:
    mine, theirs = _row(here, n), _row(there, m)
    own, other = (
        (here.row_upper[n], there.row_upper[m]) if bound == "at_most" else (here.row_lower[n], there.row_lower[m])
    )
    sign = 1.0 if bound == "at_most" else -1.0
    constant = sign * (other - own) / step
    changed = {c: -sign * (theirs.get(c, 0.0) - a) / step for c, a in mine.items()}
    changed |= {c: -sign * a / step for c, a in theirs.items() if c not in mine}
    columns = {c: a for c, a in changed.items() if abs(a) > 1e-9}
    if not columns and abs(constant) <= 1e-12:
        return None
    return _Effect(np.array(list(columns), dtype=float), np.array(list(columns.values()), dtype=float), constant)


def _row(arrays: Arrays, n: int) -> dict[int, float]:
    own = slice(arrays.start[n], arrays.start[n + 1])
    return dict(zip(arrays.index[own].tolist(), arrays.value[own].tolist(), strict=True))


def _step(w: Written) -> float:
    """A step in the direction in which the number gives way, within what the format allows."""
    if w.is_whole:
        return min(1.0, most_loosening(w))
    if w.unit == "share":
        return 0.5 * most_loosening(w)
    if w.bound == "at_least" and w.label not in ("A1", "R1"):
        return 0.5 * most_loosening(w)
    # A hundredth of a rate: what it compounds to is not linear in it.
    return 0.01 * scale_of(w) if w.unit == "rate" else max(1.0, 0.5 * scale_of(w))


def _greatest(model: Model, arrays: Arrays) -> Floats:
    """A first guess of every column where nothing is known: funded whole, each cell its whole cost, sums of both."""
    at = np.where(np.isfinite(arrays.upper), arrays.upper, 1.0)
    cost: dict[tuple[str, str, int], float] = {}
    for phase in model.data.phases:
        for schedule in phase.cost.values():
            for t, amount in schedule.items():
                cost[*phase.key, t] = max(amount, cost.get((*phase.key, t), 0.0))
    for (_, c, p, t), i in model.columns.x.items():
        at[i] = cost[c, p, t] / max(len(model.data.tiers), 1)
    for (c, p, t), i in model.columns.m.items():
        at[i] = cost[c, p, t]
    total = sum(cost.values())
    named = (
        set(model.columns.x.values()) | set(model.columns.m.values()) | set(np.flatnonzero(np.isfinite(arrays.upper)))
    )
    at[[i for i in range(len(at)) if i not in named]] = max(total, 1.0)
    return at


def _slack(w: Written, arrays: Arrays, effects: Mapping[int, _Effect], at: Floats) -> Slack:
    """The number as a column that loosens its rows: −effect where the row has a ceiling, + where it has a floor."""
    rows = {}
    for n, effect in effects.items():
        helps = effect.at(at)
        if helps <= 1e-9:
            helps = float(effect.coefficients.max(initial=0.0)) + effect.constant
        if helps > 1e-9:
            rows[n] = -helps if math.isfinite(arrays.row_upper[n]) else helps
    return Slack(rows, 1.0 / scale_of(w), most_loosening(w), w.is_whole)


def _same(slacks: Sequence[Slack], before: Sequence[Slack]) -> bool:
    """Whether the numbers do to their rows what they were taken to do a round before."""
    return len(slacks) == len(before) and all(
        a.rows.keys() == b.rows.keys() and np.allclose(list(a.rows.values()), list(b.rows.values()), rtol=1e-6)
        for a, b in zip(slacks, before, strict=True)
    )


def _lift(arrays: Arrays, row: int) -> Slack:
    """A lock or a floor lifted from one row: y = 1 becomes y + z = 1, y = 0 becomes y − z = 0, z ∈ {0,1}."""
    return Slack({row: 1.0 if arrays.row_lower[row] > 0.5 else -1.0}, 1.0, 1.0, True)


def _needed(arrays: Arrays, effects: Mapping[int, _Effect], activity: Floats, values: Floats, slack: float) -> float:
    """How far the number must give way for the plan found: the worst of its rows."""
    most = 0.0
    for n, effect in effects.items():
        short = max(activity[n] - arrays.row_upper[n], arrays.row_lower[n] - activity[n], 0.0)
        helps = effect.at(values)
        if short > 1e-9:
            most = max(most, short / helps if helps > 1e-9 else slack)
    return most


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
