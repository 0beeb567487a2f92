"""The score of candidates: Σ weight · attribute, or elicited weights on attributes swung from worst to best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from optimiser.findings import Finding
from optimiser.scenario.attributes import value_up_to
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.elicitation import elicited_weights, pairwise
from optimiser.scenario.scenario import Scenario, Score


@dataclass(frozen=True, slots=True)
class Marks:
    """The scores a ranking goes by.

    method: "stated", "swing" or "pairwise". weights: as stated [points per unit], or elicited [shares, sum 1].
    consistency_ratio: of pairwise comparisons. points: by candidate.
    """

    method: str
    weights: dict[str, float]
    consistency_ratio: float | None
    points: dict[str, float] = field(default_factory=dict)


def marks_of(scenario: Scenario) -> Marks | None:
    """The score of every candidate as proposed, with all its phases; None without a score.

    Stated: Σ_a weight[a] · attribute[a]; one that is lacking counts 0.
    Elicited: 100 · Σ_a w[a] · (attribute[a] − worst[a]) / (best[a] − worst[a]), Σ w = 1.  [points]
    """
    score = scenario.score
    if score is None:
        return None
    if score.elicitation is None:
        weights = dict(score.weights or {})
        points = {c.id: sum(w * _value(c, a) for a, w in weights.items()) for c in scenario.candidates}
        return Marks("stated", weights, None, points)
    asked = score.elicitation
    weights = elicited_weights(asked)
    ranges = {a: _range(scenario, score, a) for a in weights}
    points = {
        c.id: 100.0 * sum(w * (_value(c, a) - ranges[a][0]) / (ranges[a][1] - ranges[a][0]) for a, w in weights.items())
        for c in scenario.candidates
    }
    ratio = pairwise(asked.judgements or ()).ratio if asked.method == "pairwise" else None
    return Marks(asked.method, weights, ratio, points)


def weights_per_unit(scenario: Scenario) -> dict[str, float]:
    """Points per unit of each attribute: as stated, or w[a] / |best[a] − worst[a]|, worse values counting less.

    Empty without a score.
    """
    score = scenario.score
    if score is None:
        return {}
    if score.elicitation is None:
        return dict(score.weights or {})
    ranges = {a: _range(scenario, score, a) for a in elicited_weights(score.elicitation)}
    return {a: w / (ranges[a][1] - ranges[a][0]) for a, w in elicited_weights(score.elicitation).items()}


def below_threshold(scenario: Scenario, candidate: Candidate) -> str | None:
    """The first attribute that lies below its threshold, or that the candidate lacks."""
    for a, least in scenario.score.thresholds.items() if scenario.score is not None else ():
        value = value_up_to(candidate, a, None)
        if value is None or value < least:
            return a
    return None


def needs_score(scenario: Scenario) -> Iterator[Finding]:
    """A ranking needs a score."""
    if scenario.score is None:
        yield Finding("error", "strategy-needs-score", "/score")


def _value(candidate: Candidate, attribute: str) -> float:
    return value_up_to(candidate, attribute, None) or 0.0


def _range(scenario: Scenario, score: Score, attribute: str) -> tuple[float, float]:
    stated = score.elicitation.ranges.get(attribute) if score.elicitation is not None else None
    if stated is not None:
        return stated.worst, stated.best
    values = [_value(c, attribute) for c in scenario.candidates]
    return min(values), max(values)
