"""The score of candidates: Σ weight · attribute, or elicited weights on attributes swung from worst to best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from optimiser.findings import Finding
from optimiser.scenario.attributes import value_up_to
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.elicitation import elicited_weights, pairwise, points_per_unit, swing_range
from optimiser.scenario.scenario import Scenario


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
    asked, per_unit = score.elicitation, points_per_unit(scenario)
    worst = {a: swing_range(scenario, a)[0] if asked is not None else 0.0 for a in per_unit}
    points = {
        c.id: sum(w * ((value_up_to(c, a, None) or 0.0) - worst[a]) for a, w in per_unit.items())
        for c in scenario.candidates
    }
    if asked is None:
        return Marks("stated", per_unit, None, points)
    ratio = pairwise(asked.judgements or ()).ratio if asked.method == "pairwise" else None
    return Marks(asked.method, elicited_weights(asked), ratio, points)


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
