"""A second opinion: the same scenario by another solver, the plan certified again, and a verdict in one sentence.

What both solvers maximise is compared stage by stage: how far soft rules are broken (by priority), then the objective
(its terms in order where it is lexicographic). Two plans that agree in all of it are equally good, whichever sites they
choose: the tie-break may have been cut short in one of them, and that is no error.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

import orjson

from optimiser.allocation import Source, allocate, loaded_from, options_of
from optimiser.evaluation import plan_from, scored
from optimiser.messages import labelled, text
from optimiser.result.exit_codes import Exit
from optimiser.result.result import Result, Termination
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.scenario import Scenario
from optimiser.solve.external import solver_called
from optimiser.solve.options import SolveOptions

if TYPE_CHECKING:
    import pandas as pd

SAME = 1e-6
"""Relative difference below which two values of a stage are the same: solvers stop within tolerances."""

AGREED = ("confirmed", "confirmed-other-sites", "confirmed-ending")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One stage: what it maximises, in the result, counted again from its plan, and by the other solver."""

    stage: str
    stated: float | None
    recounted: float
    other: float | None


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The verdict on a result.

    verdict: a code of the catalogue; sentence: the same in words. certificate_holds: of the result's plan, made again.
    only_here, only_there: sites that only the result, only the other plan funds. terminations: how each search ended.
    """

    schema_version: str
    verdict: str
    sentence: str
    solver: str
    scenario: str
    certificate_holds: bool | None
    broken: list[str]
    stages: list[Comparison]
    only_here: list[str]
    only_there: list[str]
    terminations: dict[str, str]
    seconds: float

    @property
    def exit_code(self) -> Exit:
        """0 where the other solver agrees, 5 where it could not end its search, 1 where it does not agree."""
        if self.verdict in AGREED:
            return Exit.OPTIMAL
        return Exit.LIMIT_WITH_PLAN if self.verdict == "not-proven" else Exit.ERROR

    @property
    def tables(self) -> tuple[str, ...]:
        """Its only table."""
        return ("stages",)

    def to_json(self) -> bytes:
        """The verdict as JSON (UTF-8)."""
        return orjson.dumps(self)

    def frame(self, table: str = "stages") -> pd.DataFrame:
        """A row a stage.

        Errors: KeyError for another table.
        """
        import pandas as pd

        if table not in self.tables:
            raise KeyError(f"no table {table!r}; there are: {', '.join(self.tables)}")
        return pd.DataFrame([asdict(s) for s in self.stages], columns=list(Comparison.__dataclass_fields__))


def second_opinion(
    source: Source,
    result: Mapping[str, Any],
    solver: str = "cbc",
    options: SolveOptions | None = None,
    lang: str = "en",
) -> SecondOpinion:
    """Whether another solver comes to the same answer.

    result: the JSON of a result. solver: as PuLP calls it (``cbc``, ``glpk``, ``scip``). options: time limit and gap.
    Errors: ScenarioError; PlanError where the result's plan does not fit the scenario; SolverUnavailable.
    """
    started = time.perf_counter()
    name = solver_called(solver)
    loaded = loaded_from(source)
    scenario = loaded.expect()
    own = replace(options or options_of(scenario), solver=name)
    sha256 = scenario_sha256(scenario)

    def opinion(verdict: str, **more: Any) -> SecondOpinion:
        found: dict[str, Any] = {
            "certificate_holds": None,
            "broken": [],
            "stages": [],
            "only_here": [],
            "only_there": [],
            "terminations": {},
        }
        found |= more
        params = {
            "solver": solver,
            "rules": [labelled(*rule.split(" ", 1)) for rule in found["broken"]],
            "only_here": found["only_here"],
            "only_there": found["only_there"],
            "here": _ended(found["terminations"].get("result", ""), lang),
            "there": _ended(found["terminations"].get("other", ""), lang),
        }
        sentence = text(f"verdict.{verdict}", params, lang)
        seconds = round(time.perf_counter() - started, 3)
        return SecondOpinion("1", verdict, sentence, name, sha256, **found, seconds=seconds)

    of = result.get("scenario")
    if not isinstance(of, Mapping) or of.get("sha256") != sha256:
        return opinion("other-scenario")
    here = scored(loaded, plan_from(scenario, result), "evaluate", lang) if result.get("has_allocation") else None
    if here is not None and here.certificate is not None and not here.certificate.holds:
        broken = [f"{r.label} {r.rule}" for r in here.certificate.rules if r.broken]
        return opinion("breaks-rules", certificate_holds=False, broken=broken)
    there = allocate(loaded, own, lang)
    endings = {"result": str(result.get("termination")), "other": there.termination}
    if here is None or not there.has_allocation:
        same = endings["result"] == endings["other"] and here is None
        verdict = "not-proven" if there.termination == "time_limit" else "confirmed-ending" if same else "other-ending"
        return opinion(verdict, terminations=endings, certificate_holds=None if here is None else True)
    stages = _compared(scenario, result, here, there)
    sites_here, sites_there = _sites(here), _sites(there)
    return opinion(
        _verdict(stages, result, there, sites_here == sites_there),
        certificate_holds=True,
        stages=stages,
        only_here=sorted(sites_here - sites_there),
        only_there=sorted(sites_there - sites_here),
        terminations=endings,
    )


def _verdict(stages: list[Comparison], result: Mapping[str, Any], there: Result, same_sites: bool) -> str:
    gap = (result.get("objective") or {}).get("absolute_gap") or 0.0
    for s in stages:
        if s.stated is not None and not _same(s.stated, s.recounted, 0.0):
            return "misstated"
    for s in stages:
        assert s.other is not None
        if _same(s.other, s.recounted, gap):
            continue
        if s.other > s.recounted:
            return "better-found" if result.get("termination") == "optimal" else "better-than-unproven"
        return "not-proven" if there.termination != "optimal" else "worse-found"
    if there.termination != "optimal":
        return "not-proven"
    return "confirmed" if same_sites else "confirmed-other-sites"


def _same(one: float, other: float, gap: float) -> bool:
    return abs(one - other) <= max(gap, SAME * max(abs(one), abs(other), 1.0))


def _compared(scenario: Scenario, result: Mapping[str, Any], here: Result, there: Result) -> list[Comparison]:
    """What both maximise, stage by stage: a broken soft rule counts negative."""
    broken_here, broken_there = _broken(here), _broken(there)
    found = [
        Comparison(f"soft-{p}", None, -broken_here.get(p, 0.0), -broken_there.get(p, 0.0))
        for p in sorted({*broken_here, *broken_there})
    ]
    if scenario.objective.mode == "weighted":
        stated = (result.get("objective") or {}).get("value")
        value, other = here.objective.value, there.objective.value
        assert value is not None
        return [*found, Comparison("objective", stated, value, other)]
    terms = (result.get("objective") or {}).get("terms") or []
    for n, (own, others) in enumerate(zip(here.objective.terms, there.objective.terms, strict=True)):
        sign = 1.0 if own.sense == "maximise" else -1.0
        stated = sign * float(terms[n]["value"]) if n < len(terms) else None
        found.append(Comparison(own.attribute or own.term, stated, sign * own.value, sign * others.value))
    return found


def _ended(termination: str, lang: str) -> str:
    """How a search ended, in words; what a file states otherwise, as it stands there."""
    return text(f"cli.diff.ended.{termination}", {}, lang) if termination in get_args(Termination) else termination


def _broken(result: Result) -> dict[int, float]:
    """Σ scaled violations by priority."""
    sums: dict[int, float] = defaultdict(float)
    for bound in result.soft:
        sums[bound.priority] += bound.scaled
    return dict(sums)


def _sites(result: Result) -> set[str]:
    return {c.id for c in result.candidates if any(c.phases.values())}
