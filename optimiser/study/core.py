"""Core index: which sites belong to a good portfolio whatever the weights, within their admissible range.

Robust portfolio modelling (Liesiö, Mild and Salo 2007, doi 10.1016/j.ejor.2005.12.041): with P_N the portfolios that no
other beats for every admissible weight, the core index of a project j is

    CI(j) = |{p ∈ P_N : j ∈ p}| / |P_N|;   core: CI = 1, exterior: CI = 0, borderline: between.

The portfolios here are those that are best for some drawn weights, each once: all of them are in P_N, and those of P_N
that are best for no weights (unsupported ones) are not among them. Beside it stands the share of the drawn weights for
which the best portfolio funds the phase (acceptability: Lahdelma and Salminen 2001, doi 10.1287/opre.49.3.444.11220).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.scenario.elicitation import points_per_unit
from optimiser.scenario.objective import Objective, Term
from optimiser.scenario.scenario import Scenario
from optimiser.solve.clock import Clock
from optimiser.study.versions import Versions

Kind = Literal["core", "borderline", "exterior"]


@dataclass(frozen=True, slots=True)
class PhaseIndex:
    """One phase. core_index: share of the portfolios with it. share: of the drawn weights that fund it."""

    candidate: str
    phase: str
    core_index: float
    share: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class CoreIndex:
    """Core indices over drawn weights. portfolios: different ones. done: draws solved, of ``asked``."""

    weights_of: str
    weight_range: float
    asked: int
    done: int
    portfolios: int
    phases: list[PhaseIndex]


def core_index(
    scenario: Scenario,
    count: int,
    weights_of: str,
    weight_range: float,
    seed: int,
    clock: Clock,
    values: Sequence[float],
    versions: Versions,
) -> CoreIndex:
    """Core indices over ``count`` draws of the weights of the objective or of the score.

    Each weight is drawn evenly, for itself, from (1 − weight_range) to (1 + weight_range) times what is stated.
    values: of the objective's terms in the plan as it stands. Terms taken one after the other have no weights: each
    is given 1 / its value, so that they count alike.
    Errors: QuestionError where there is only one weight.
    """
    from scipy.stats import qmc  # type: ignore[import-untyped]

    terms = _terms(scenario, weights_of, values)
    points = qmc.Halton(len(terms), scramble=True, rng=seed).random(count)
    times: Counter[tuple[str, str]] = Counter()
    portfolios: set[frozenset[tuple[str, str]]] = set()
    done = 0
    for point in points:
        if clock.over:
            break
        weights = 1.0 + weight_range * (2.0 * np.asarray(point) - 1.0)
        drawn = [
            term.model_copy(update={"weight": float(term.weight * max(w, 1e-9))})
            for term, w in zip(terms, weights, strict=True)
        ]
        version = scenario.model_copy(update={"objective": Objective(mode="weighted", terms=drawn)})
        plan = versions.solved(version, clock.next()).plan
        if plan is None:
            break
        chosen = frozenset(key for key, y in plan.fraction.items() if y)
        times.update(chosen)
        portfolios.add(chosen)
        done += 1
    phases = []
    for c in scenario.candidates:
        for p in c.all_phases:
            key = (c.id, p.id)
            index = sum(key in chosen for chosen in portfolios) / len(portfolios) if portfolios else 0.0
            kind: Kind = "core" if index == 1 else "exterior" if index == 0 else "borderline"
            phases.append(PhaseIndex(c.id, p.id, index, times[key] / done if done else 0.0, kind))
    return CoreIndex(weights_of, weight_range, count, done, len(portfolios), phases)


def _terms(scenario: Scenario, weights_of: str, values: Sequence[float]) -> list[Term]:
    """The terms whose weights are drawn: the objective's own, or an attribute each for the weights of the score.

    Errors: QuestionError where there are not two.
    """
    if weights_of == "score":
        stated = points_per_unit(scenario)
        terms = [
            Term(term="attribute", attribute=name, weight=abs(w), sense="maximise" if w > 0 else "minimise")
            for name, w in stated.items()
            if w
        ]
        if len(terms) < 2:
            raise QuestionError([Finding("error", "weights-nothing", "/weights_of")])
        return terms
    if len(scenario.objective.terms) < 2:
        raise QuestionError([Finding("error", "weights-one-term", "/weights_of")])
    if scenario.objective.mode == "weighted":
        return list(scenario.objective.terms)
    alike = [1.0 / abs(value) if value else 1.0 for value in values]
    return [
        term.model_copy(update={"tolerance": 0.0, "weight": weight})
        for term, weight in zip(scenario.objective.terms, alike, strict=True)
    ]
