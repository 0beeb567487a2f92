"""A scenario changes after its plan is out (a budget is cut): what is signed stays, and as little as can be changes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from quicktions import Fraction

from optimiser.allocation import Source, loaded_from, options_of, solve_scenario
from optimiser.evaluation import plan_from, scored
from optimiser.findings import Finding
from optimiser.model.build import Model
from optimiser.model.objective import Goal
from optimiser.plan import EUROS_PER_MILLION, Plan, million
from optimiser.result.result import Result
from optimiser.scenario.scenario import Scenario
from optimiser.solve.options import SolveOptions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Move:
    """What one candidate gets from the tiers [EUR million].

    before: in the plan that is out. after: in the nearest plan, null where there is none. proportional: with every
    award of a tier cut by the same share. signed: what cannot be taken back.
    """

    candidate: str
    before: float
    after: float | None
    proportional: float
    signed: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan kept as far as the changed scenario allows.

    termination: "optimal" where the fewest changes are proven, else how the search ended. changes: phases funded that
    were not, or no longer (parts of one count as parts). money_moved: Σ |change| over candidates and tiers
    [EUR million]. shares: by tier, the share of every award that a proportional cut leaves. results: the plan as it was
    ("before"), the new plan ("keep", unless there is none) and the proportional cut ("proportional"), each checked
    against the changed scenario: its certificate says what breaks.
    """

    schema_version: str
    termination: str
    signed_until: int | None
    changes: float | None
    money_moved: float | None
    comes_in: list[str]
    drops_out: list[str]
    moves: list[Move]
    shares: dict[str, float]
    results: list[Result]

    @property
    def new_plan(self) -> Result | None:
        """The plan with the fewest changes."""
        return next((r for r in self.results if r.strategy == "keep"), None)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables; the first is what a single CSV file holds."""
        return ("moves", "money")

    def frame(self, table: str) -> pd.DataFrame:
        """A row a candidate whose money changes; or the money of the new plan.

        Errors: KeyError for any other table.
        """
        import pandas as pd

        if table == "moves":
            names = list(Move.__dataclass_fields__)
            return pd.DataFrame([[getattr(m, name) for name in names] for m in self.moves], columns=names)
        if table == "money":
            new = self.new_plan or self.results[0]
            return new.frame("money")
        raise KeyError(f"no table {table!r}; there are: {', '.join(self.tables)}")

    def to_json(self) -> bytes:
        """The answer as JSON (UTF-8)."""
        document = {name: getattr(self, name) for name in self.__dataclass_fields__}
        document["results"] = [r.as_dict() for r in self.results]
        return orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)


def keep(
    source: Source,
    plan_document: Any,
    signed_until: int | None = None,
    options: SolveOptions | None = None,
    lang: str = "en",
) -> Kept:
    """The plan nearest to one that is out, under a scenario that changed since.

    Stages: fewest changed phases; least money moved; then the scenario's own objective. Money of the plan up to and
    with the year ``signed_until`` is signed and stays, as does what the scenario says is committed.
    Errors: ScenarioError where the scenario has errors; PlanError where the plan does not fit it; SolverError where the
    solver refuses.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    scenario = loaded.expect()
    plan = plan_from(scenario, plan_document)
    options = options or options_of(scenario)
    signed = {key: euros for key, euros in plan.money.items() if signed_until is not None and key[3] <= signed_until}
    found = solve_scenario(scenario, replace(options, mip_gap=0.0), lambda model: _near(model, plan, signed))
    cut, shares = _proportional(scenario, plan)
    results = [scored(loaded, plan, "before", lang, started)]
    if found.plan is not None:
        findings = [] if found.proven else [Finding("warning", "keep-unproven", "/solver/time_limit_s")]
        results.append(scored(loaded, found.plan, "keep", lang, started, findings))
    results.append(scored(loaded, cut, "proportional", lang, started))
    after = found.plan
    ids = [c.id for c in scenario.candidates]
    return Kept(
        schema_version="1",
        termination=found.outcome.termination,
        signed_until=signed_until,
        changes=_changed(plan, after) if after is not None else None,
        money_moved=_moved(plan, after) if after is not None else None,
        comes_in=[c for c in ids if after is not None and _is_in(after, c) and not _is_in(plan, c)],
        drops_out=[c for c in ids if after is not None and _is_in(plan, c) and not _is_in(after, c)],
        moves=_moves(ids, plan, after, cut, signed),
        shares=shares,
        results=results,
    )


def _near(model: Model, plan: Plan, signed: Mapping[tuple[str, str, str, int], int]) -> Model:
    """Signed cells as rows x ≥ euros; distances |y − y⁰| by phase and |e − e⁰| by candidate and tier as first goals."""
    programme, columns = model.programme, model.columns
    for key, euros in signed.items():
        pairs = [(columns.x[key], 1.0)] if key in columns.x else []
        programme.at_least("kept", "signed", "/".join(map(str, key)), pairs, million(euros))
    changed = []
    for phase, y in columns.y.items():
        before = float(plan.fraction.get(phase, 0))
        if before in (0.0, 1.0):
            changed.append((y, -1.0 if before == 0 else 1.0))
        else:
            changed.append((_distance(model, f"changed.{programme.width}", [(y, 1.0)], before), -1.0))
    exposure: dict[tuple[str, str], int] = defaultdict(int)
    for (k, c, _, _), euros in plan.money.items():
        exposure[c, k] += euros
    moved = [
        (_distance(model, f"moved.{programme.width}", [(i, 1.0) for i in xs], million(exposure[key])), -1.0)
        for key, xs in columns.x_of_candidate.items()
        if xs
    ]
    nearest = (Goal("fewest changes", tuple(changed)), Goal("least money moved", tuple(moved)))
    goals = (*(goal for goal in nearest if goal.pairs), *model.goals)
    programme.maximise(goals[0].pairs)
    return replace(model, goals=goals)


def _distance(model: Model, name: str, pairs: list[tuple[int, float]], before: float) -> int:
    """A column of at least |Σ pairs − before|."""
    programme = model.programme
    d = programme.column(name)
    programme.at_most("kept", "distance", name, [*pairs, (d, -1.0)], before)
    programme.at_least("kept", "distance", name, [*pairs, (d, 1.0)], before)
    return d


def _proportional(scenario: Scenario, plan: Plan) -> tuple[Plan, dict[str, float]]:
    """The plan with every award of a tier cut by the share that brings the tier within its size; sites stay."""
    spent: dict[str, int] = defaultdict(int)
    for (k, *_), euros in plan.money.items():
        spent[k] += euros
    shares = {}
    for t in scenario.fund.tiers:
        if spent[t.id] > 0:
            used = spent[t.id] * t.budget_rate
            shares[t.id] = min(1.0, t.size.at_most * EUROS_PER_MILLION / used) if used > 0 else 1.0
    money = {key: int(euros * shares[key[0]]) for key, euros in plan.money.items()}
    return replace(plan, money={key: euros for key, euros in money.items() if euros}), shares


def _moves(
    ids: list[str], plan: Plan, after: Plan | None, cut: Plan, signed: Mapping[tuple[str, str, str, int], int]
) -> list[Move]:
    """Every candidate whose money changes in either way, who loses most in the new plan first."""
    moves = []
    for c in ids:
        before, then = _received(plan.money, c), _received(after.money, c) if after is not None else None
        move = Move(c, before, then, _received(cut.money, c), _received(signed, c))
        if before != then or before != move.proportional:
            moves.append(move)
    return sorted(moves, key=lambda m: (m.after if m.after is not None else m.proportional) - m.before)


def _received(money: Mapping[tuple[str, str, str, int], int], candidate: str) -> float:
    return million(sum(euros for (_, c, _, _), euros in money.items() if c == candidate))


def _changed(plan: Plan, after: Plan) -> float:
    phases = plan.fraction.keys() | after.fraction.keys()
    return float(sum(abs(after.fraction.get(p, Fraction(0)) - plan.fraction.get(p, Fraction(0))) for p in phases))


def _moved(plan: Plan, after: Plan) -> float:
    exposure: dict[tuple[str, str], int] = defaultdict(int)
    for sign, money in ((-1, plan.money), (1, after.money)):
        for (k, c, _, _), euros in money.items():
            exposure[k, c] += sign * euros
    return million(sum(abs(euros) for euros in exposure.values()))


def _is_in(plan: Plan, candidate: str) -> bool:
    return any(y and c == candidate for (c, _), y in plan.fraction.items())
