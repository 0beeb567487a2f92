"""Weights from judgements: swing weights, and pairwise comparisons by the analytic hierarchy process.

Swing weights: of the points given to the swing of each attribute from its worst to its best value,
w[a] = points[a] / Σ points (von Winterfeldt and Edwards 1986, Decision Analysis and Behavioral Research).

Pairwise comparisons: the weights are the principal eigenvector of the matrix of judgements, scaled to sum 1; with its
eigenvalue λ and n attributes the consistency index is (λ − n) / (n − 1), and the consistency ratio that index over the
mean of random matrices. Above 0.1 the judgements should be looked at again (Saaty 1980, The Analytic Hierarchy
Process; Saaty 1990, doi 10.1016/0377-2217(90)90057-I).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from optimiser.scenario.attributes import value_up_to
from optimiser.scenario.scenario import Elicitation, Judgement, Scenario

RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's mean consistency index of random matrices, by number of attributes (1980)."""

LARGEST_MATRIX = len(RANDOM_INDEX) - 1

ACCEPTED_RATIO = 0.1

_SWEEPS = 10_000


@dataclass(frozen=True, slots=True)
class Pairwise:
    """weights: by attribute, sum 1. ratio: of consistency. worst: the three judgements that fit least.

    worst: (a, b, c) with times(a,b) · times(b,c) farthest above times(a,c); None with fewer than three attributes.
    """

    weights: dict[str, float]
    largest_eigenvalue: float
    ratio: float
    worst: tuple[str, str, str] | None


def elicited_weights(elicitation: Elicitation) -> dict[str, float]:
    """The weights by attribute, sum 1, of a checked elicitation."""
    if elicitation.method == "swing":
        points = elicitation.points or {}
        total = math.fsum(points.values())
        return {a: value / total for a, value in points.items()}
    return pairwise(elicitation.judgements or ()).weights


def swing_range(scenario: Scenario, attribute: str) -> tuple[float, float]:
    """From where to where an attribute swings: as stated, else from the candidates' least value to their greatest."""
    asked = scenario.score.elicitation if scenario.score is not None else None
    stated = asked.ranges.get(attribute) if asked is not None else None
    if stated is not None:
        return stated.worst, stated.best
    values = [value_up_to(c, attribute, None) or 0.0 for c in scenario.candidates]
    return min(values), max(values)


def points_per_unit(scenario: Scenario) -> dict[str, float]:
    """What a unit of each attribute adds to the score: as stated, or 100 · w / (best − worst) where elicited.

    [points per unit]  Empty without a score.
    """
    if scenario.score is None:
        return {}
    if scenario.score.elicitation is None:
        return dict(scenario.score.weights or {})
    found = {}
    for a, w in elicited_weights(scenario.score.elicitation).items():
        worst, best = swing_range(scenario, a)
        found[a] = 100.0 * w / (best - worst)
    return found


def compared(judgements: Sequence[Judgement]) -> list[str]:
    """The attributes compared, in the order of first mention."""
    return list(dict.fromkeys(a for j in judgements for a in (j.attribute, j.over)))


def pairwise(judgements: Sequence[Judgement]) -> Pairwise:
    """Weights, consistency ratio and least consistent triple of a complete set of judgements."""
    names = compared(judgements)
    matrix = {(a, a): 1.0 for a in names}
    for j in judgements:
        matrix[j.attribute, j.over] = j.times
        matrix[j.over, j.attribute] = 1.0 / j.times
    weights, eigenvalue = _principal(names, matrix)
    n = len(names)
    index = max(eigenvalue - n, 0.0) / (n - 1) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n] if RANDOM_INDEX[n] else 0.0
    triples = permutations(names, 3)
    worst = max(triples, key=lambda t: matrix[t[0], t[1]] * matrix[t[1], t[2]] / matrix[t[0], t[2]], default=None)
    return Pairwise(weights, eigenvalue, ratio, worst)


def _principal(names: Sequence[str], matrix: dict[tuple[str, str], float]) -> tuple[dict[str, float], float]:
    """The eigenvector of the greatest eigenvalue, sum 1, by repeated multiplication; a positive matrix has one."""
    vector = dict.fromkeys(names, 1.0 / len(names))
    for _ in range(_SWEEPS):
        product = {a: math.fsum(matrix[a, b] * vector[b] for b in names) for a in names}
        total = math.fsum(product.values())
        moved = max(abs(product[a] / total - vector[a]) for a in names)
        vector = {a: product[a] / total for a in names}
        if moved < 1e-15:
            break
    eigenvalue = math.fsum(math.fsum(matrix[a, b] * vector[b] for b in names) for a in names)
    return vector, eigenvalue
