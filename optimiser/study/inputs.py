"""Which assumption decides: the inputs, by how little they must move before the list of funded phases changes.

Each numeric input is moved alone, up and down, to ±bound of its value; where the list there differs from the list of
the scenario as it stands, the change is found by bisection, each version solved to its optimum. Yearly amounts of one
phase or one tier move together. A list that changes on the way and is back at the bound is not seen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from optimiser.allocation import Optimum, Source, loaded_from, options_of, provenance
from optimiser.findings import Finding
from optimiser.result.result import Provenance, ScenarioId, Termination
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.check.studies import stated_number
from optimiser.scenario.load import Loaded, alone
from optimiser.scenario.patch import with_values
from optimiser.scenario.pointer import join, keys_to, value_at
from optimiser.scenario.scenario import Scenario
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.study.asked import check_numbers, number
from optimiser.study.report import Progress, Report, asides_dropped, silent
from optimiser.study.versions import SessionUse, Versions

Standing = Literal["assumed", "derived", "weak", "sourced", "unsourced"]
"""assumed: an assumption names it, or its source is an assumption; derived; weak: graded D or C; sourced: A or B."""

ORDER: tuple[Standing, ...] = ("assumed", "derived", "weak", "unsourced", "sourced")

PRECISION = 1e-3
"""Relative move to which a change is bracketed."""

_WORDS = {"private_pledge": "pledge", "max_share_of_cost": "share of cost", "failure_probability": "failure"}
"""How assumptions speak of keys whose name they do not use."""


@dataclass(frozen=True, slots=True)
class DecidingInput:
    """One input.

    move: least relative move found that changes the list, signed; null where none within the bound does.
    to: the value there (null for amounts by year, which move together). entering, leaving: phases that change.
    reached: whether both directions were searched to the end.
    """

    pointer: str
    value: float | None
    standing: Standing
    move: float | None
    to: float | None
    entering: list[str]
    leaving: list[str]
    infeasible: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class DecidingInputs(Report):
    """The inputs in the order of what decides: smallest move first, then those that change nothing within ±bound.

    funded: the list as the scenario stands. solved: how many versions were. session: how often the solver began anew
    for them, and why.
    """

    schema_version: str
    scenario: ScenarioId
    termination: Termination
    bound: float
    funded: list[str]
    inputs: list[DecidingInput]
    not_reached: list[str]
    solved: int
    session: SessionUse
    findings: list[dict[str, str]]
    provenance: Provenance

    TABLES = ("inputs",)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table."""
        return [
            {
                "pointer": i.pointer,
                "value": i.value,
                "standing": i.standing,
                "move": i.move,
                "to": i.to,
                "entering": i.entering,
                "leaving": i.leaving,
                "infeasible": i.infeasible,
                "reached": i.reached,
            }
            for i in self.inputs
        ]


def deciding_inputs(
    source: Source,
    bound: float = 0.5,
    options: SolveOptions | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> DecidingInputs:
    """The inputs ranked by how little they must move before the list of funded phases changes.

    bound: greatest relative move tried, either way (0.01 to 0.99). options: time limit for all solves together; inputs
    that are assumed or weakly sourced come first.
    Errors: ScenarioError where the scenario has errors; QuestionError for another bound; SolverError where the solver
    refuses.
    """
    loaded = loaded_from(source)
    check_numbers(number("/bound", bound, 0.01, 0.99))
    clock = Clock(replace(options or options_of(loaded.expect()), settle_money=False, unspent=False, prices=False))
    return _Study(loaded, bound, clock, lang, progress).answer()


@dataclass(frozen=True, slots=True)
class _Changed:
    """The list at a moved input against the list as it stands. infeasible: there is no plan at all."""

    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    infeasible: bool = False

    @property
    def same(self) -> bool:
        return not self.entering and not self.leaving and not self.infeasible


@dataclass(slots=True)
class _Side:
    """One input in one direction: the greatest move known to change nothing, the least known to change something."""

    same: float
    other: float | None = None
    what: _Changed | None = None
    closed: bool = False


@dataclass(slots=True)
class _Study:
    """One study under way."""

    loaded: Loaded
    bound: float
    clock: Clock
    lang: str
    progress: Progress
    base: frozenset[str] = frozenset()
    versions: Versions = field(default_factory=Versions)
    solver_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    def answer(self) -> DecidingInputs:
        document = alone(self.loaded.expect())
        scenario = self.versions.load(document).expect()
        optimum = self._solved(scenario)
        if optimum.plan is None:
            return self._answer(optimum.outcome.termination, [], {})
        self.base = _list(optimum)
        inputs = sorted(numeric_inputs(scenario, document), key=lambda item: ORDER.index(item[1]))
        sides = {(pointer, sign): _Side(0.0) for pointer, _ in inputs for sign in (1, -1)}
        for n, (pointer, _) in enumerate(inputs):
            for sign in (1, -1):
                self._at_bound(document, pointer, sign, sides[pointer, sign])
                self._bisect(document, pointer, sign, sides[pointer, sign])
            self.progress(n + 1, len(inputs))
        done = all(side.closed for side in sides.values()) and optimum.proven
        return self._answer("optimal" if done else "time_limit", inputs, sides)

    def _at_bound(self, document: Any, pointer: str, sign: int, side: _Side) -> None:
        """The list at the bound; where the scenario is not valid there, at three quarters, at half …"""
        move = self.bound
        for _ in range(8):
            if self.clock.over:
                return
            version = self._moved(document, pointer, sign * move)
            if version is not None:
                break
            move *= 0.75
        else:
            side.closed = True
            return
        changed = self._changed(version)
        if changed is None:
            return
        if changed.same:
            side.same, side.closed = move, True
        else:
            side.other, side.what = move, changed

    def _bisect(self, document: Any, pointer: str, sign: int, side: _Side) -> None:
        while side.other is not None and not side.closed:
            if side.other - side.same <= PRECISION:
                side.closed = True
            elif self.clock.over:
                return
            else:
                move = (side.same + side.other) / 2
                version = self._moved(document, pointer, sign * move)
                changed = self._changed(version) if version is not None else None
                if changed is None:
                    return
                if changed.same:
                    side.same = move
                else:
                    side.other, side.what = move, changed

    def _moved(self, document: Any, pointer: str, move: float) -> Scenario | None:
        """The scenario with an input moved by a share of its value; None where it is not valid."""
        value = _scaled(value_at(document, pointer), 1 + move)
        return self.versions.load(with_values(document, [keys_to(document, pointer)], [value])).scenario

    def _changed(self, version: Scenario) -> _Changed | None:
        """How the list differs; None where time ended before it was known."""
        optimum = self._solved(version)
        if not optimum.proven:
            return None
        if optimum.plan is None:
            return _Changed((), tuple(sorted(self.base)), True)
        found = _list(optimum)
        return _Changed(tuple(sorted(found - self.base)), tuple(sorted(self.base - found)))

    def _solved(self, scenario: Scenario) -> Optimum:
        optimum = self.versions.solved(scenario, self.clock.next())
        self.solver_seconds += optimum.outcome.solver_seconds
        return optimum

    def _answer(
        self, termination: Termination, inputs: Sequence[tuple[str, Standing]], sides: dict[tuple[str, int], _Side]
    ) -> DecidingInputs:
        scenario = self.loaded.expect()
        document = alone(scenario)
        found = [_input(document, pointer, standing, sides) for pointer, standing in inputs]
        found.sort(key=lambda i: (i.move is None, abs(i.move or 0.0), ORDER.index(i.standing)))
        not_reached = [i.pointer for i in found if not i.reached]
        late = []
        if termination == "time_limit":
            done, of = len(found) - len(not_reached), len(found)
            params = {"seconds": self.clock.options.time_limit_s, "done": done, "all": of}
            late.append(Finding("warning", "study-open", "/solver/time_limit_s", params))
        return DecidingInputs(
            schema_version="1",
            scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
            termination=termination,
            bound=self.bound,
            funded=sorted(self.base),
            inputs=found,
            not_reached=not_reached,
            solved=self.versions.use.solved,
            session=self.versions.use,
            findings=[f.as_dict(self.lang) for f in (*asides_dropped(self.loaded.findings), *late)],
            provenance=provenance(self.clock.options.solver, self.started, self.solver_seconds),
        )


def _input(document: Any, pointer: str, standing: Standing, sides: dict[tuple[str, int], _Side]) -> DecidingInput:
    value = _single(value_at(document, pointer))
    both = {sign: sides[pointer, sign] for sign in (1, -1)}
    changing = [(s.other, sign, s.what) for sign, s in both.items() if s.other is not None and s.what is not None]
    move: float | None = None
    entering: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    infeasible = False
    if changing:
        least, sign, what = min(changing, key=lambda item: item[0])
        move, entering, leaving, infeasible = sign * least, what.entering, what.leaving, what.infeasible
    return DecidingInput(
        pointer=pointer,
        value=value,
        standing=standing,
        move=move,
        to=value * (1 + move) if value is not None and move is not None else None,
        entering=list(entering),
        leaving=list(leaving),
        infeasible=infeasible,
        reached=all(side.closed for side in both.values()),
    )


def numeric_inputs(scenario: Scenario, document: Any) -> Iterator[tuple[str, Standing]]:
    """Every numeric input the document states and the answer may hang on, with how well it is known."""
    grades: dict[str, str | None] = {s.id: s.grade for s in scenario.sources}
    used = _used_attributes(scenario)
    for kind, of in (("tiers", document["fund"]["tiers"]), ("candidates", document["candidates"])):
        for item in of:
            place = ("fund", "tiers", item["id"]) if kind == "tiers" else ("candidates", item["id"])
            for part, at in [(item, place), *((p, (*place, "phases", p["id"])) for p in item.get("phases", []))]:
                for name, pointer in _numbers(part, at, used):
                    if _moves(value_at(document, pointer)):
                        yield pointer, _standing(name, part, item, grades)
    for key in ("max_public_share", "least_public_share", "least_private_share"):
        if _moves(document["fund"].get(key)):
            yield join(("fund", key)), "unsourced"
    for rule in document.get("constraints", []):
        for key in ("at_least", "at_most", "at_least_share", "at_most_share"):
            if rule["kind"] in ("money", "attribute", "award", "floor") and _moves(rule.get(key)):
                yield join(("constraints", rule["id"], key)), _standing(key, rule, rule, grades)
    if scenario.objective.mode == "weighted" and len(scenario.objective.terms) > 1:
        for n, term in enumerate(document["objective"]["terms"]):
            if "weight" in term:
                yield join(("objective", "terms", n, "weight")), "unsourced"


_OF_A_PART = (
    "cost",
    "cost_since_start",
    "private_pledge",
    "max_public_share",
    "least_public_share",
    "least_private_share",
    "failure_probability",
    "max_share_of_cost",
    "annual_ceiling",
    "min_ticket",
    "max_ticket",
    "hurdle",
    "loss_given_failure",
)


def _numbers(part: Any, place: Sequence[str], used: set[str]) -> Iterator[tuple[str, str]]:
    """Name and pointer of each number of a tier, candidate or phase."""
    for key in _OF_A_PART:
        if key in part:
            yield key, join((*place, key))
    if isinstance(part.get("size"), dict) and part["size"].get("at_least"):
        yield from (("size", join((*place, "size", key))) for key in part["size"])
    elif "size" in part:
        yield "size", join((*place, "size"))
    for n, _ in enumerate(part.get("ceilings", [])):
        yield "ceiling", join((*place, "ceilings", str(n), "at_most"))
    if "instrument" in part and "return_if_success" in part:
        yield "return", join((*place, "return_if_success"))
    for name in part.get("attributes", {}):
        if name in used:
            yield name, join((*place, "attributes", name))


def _standing(name: str, part: Any, item: Any, grades: dict[str, str | None]) -> Standing:
    """How well a number is known: by the assumptions that name it, else by the best source beside it."""
    texts = [t.lower() for t in (*part.get("assumptions", []), *item.get("assumptions", []))]
    words = {name.lower(), name.lower().replace("_", " "), _WORDS.get(name, name).lower()}
    if any(word in text.partition(":")[0] for text in texts for word in words):
        return "assumed"
    found = [grades.get(s) for s in (*part.get("sources", []), *item.get("sources", []))]
    standings: dict[str | None, Standing] = {
        "A": "sourced", "B": "sourced", "C": "weak", "D": "weak", "der": "derived", "asm": "assumed", None: "unsourced"
    }  # fmt: skip
    known = [standings[g] for g in found]
    return max(known, key=ORDER.index, default="unsourced")


def _used_attributes(scenario: Scenario) -> set[str]:
    used = {t.attribute for t in scenario.objective.terms if t.attribute is not None}
    for rule in scenario.constraints:
        used |= {getattr(rule, key) for key in ("attribute", "average_by") if getattr(rule, key, None) is not None}
    return used


def _moves(value: Any) -> bool:
    """Whether a relative move changes it: a number other than 0, or amounts by year."""
    if isinstance(value, dict):
        return any(_moves(v) for v in value.values())
    return isinstance(value, int | float) and value != 0


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: _scaled(v, factor) for key, v in value.items()}
    return value * factor if isinstance(value, int | float) else value


def _single(value: Any) -> float | None:
    value = stated_number(value)
    return float(value) if isinstance(value, int | float) else None


def _list(optimum: Optimum) -> frozenset[str]:
    assert optimum.plan is not None
    return frozenset("/".join(key) for key, y in optimum.plan.fraction.items() if y)
