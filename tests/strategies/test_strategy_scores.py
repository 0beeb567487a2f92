"""Weights from judgements, against published figures and by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from strategy_cases import chosen, four, scenario, site, strategy

from optimiser import load_document
from optimiser.scenario.elicitation import pairwise
from optimiser.scenario.scenario import Judgement

HOUSE = {
    "size": "1 5 3 7 6 6 1/3 1/4",
    "transport": "1/5 1 1/3 5 3 3 1/5 1/7",
    "neighbourhood": "1/3 3 1 6 3 4 6 1/5",
    "age": "1/7 1/5 1/6 1 1/3 1/4 1/7 1/8",
    "yard": "1/6 1/3 1/3 3 1 1/2 1/5 1/6",
    "modern": "1/6 1/3 1/4 4 2 1 1/5 1/6",
    "condition": "3 5 1/6 7 5 5 1 1/2",
    "financing": "4 7 5 8 6 6 2 1",
}
"""Buying a house: Saaty 1990, How to make a decision, table 2 (doi 10.1016/0377-2217(90)90057-I)."""


def judgements(rows):
    names = list(rows)
    return [
        {"attribute": a, "over": b, "times": float(Fraction(rows[a].split()[n]))}
        for m, a in enumerate(names)
        for n, b in enumerate(names)
        if n > m
    ]


def judged(rows):
    return pairwise([Judgement(**j) for j in judgements(rows)])


def test_the_published_house():
    """Weights 0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333; λ = 9.669; CR = 0.169."""
    found = judged(HOUSE)
    published = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert list(found.weights.values()) == pytest.approx(published, abs=6e-4)
    assert found.largest_eigenvalue == pytest.approx(9.669, abs=6e-4)
    assert found.ratio == pytest.approx(0.169, abs=6e-4)
    # The neighbourhood is 6 times the condition, which is 3 times the size, which is 3 times the neighbourhood.
    assert set(found.worst) == {"neighbourhood", "condition", "size"}


def test_consistent_judgements_give_back_their_weights():
    found = judged({"x": "1 2 6", "y": "1/2 1 3", "z": "1/6 1/3 1"})
    assert found.weights == pytest.approx({"x": 0.6, "y": 0.3, "z": 0.1})
    assert found.largest_eigenvalue == pytest.approx(3) and found.ratio == pytest.approx(0, abs=1e-12)


def elicited(elicitation, **sites):
    candidates = [site(name, 60, 1, attributes=values) for name, values in sites.items()]
    return scenario(candidates, score={"elicitation": elicitation})


TWO = {"a": {"x": 10, "y": 0}, "b": {"x": 0, "y": 4}}


def test_swing_weights_count_from_worst_to_best():
    """x weighs 100/125, y 25/125: a has 80 points and b 20."""
    document = elicited({"method": "swing", "points": {"x": 100, "y": 25}}, **TWO)
    result, _, found = strategy(document, "rank-and-cut")
    score = found.comparison.score
    assert score is not None and score.weights == pytest.approx({"x": 0.8, "y": 0.2})
    assert score.points == pytest.approx({"a": 80, "b": 20}) and chosen(result) == {"a": 1}


def test_a_range_says_from_where_to_where_and_which_way():
    """x from 20 (worst) to 0 (best): a has half of its 80 points; y of 8: b has half of 20 and all 80."""
    ranges = {"x": {"worst": 20, "best": 0}, "y": {"worst": 0, "best": 8}}
    document = elicited({"method": "swing", "points": {"x": 100, "y": 25}, "ranges": ranges}, **TWO)
    _, _, found = strategy(document, "rank-and-cut")
    assert found.comparison.score is not None
    assert found.comparison.score.points == pytest.approx({"a": 40, "b": 90})


def test_pairwise_weights_and_their_ratio_stand_in_the_comparison():
    document = elicited({"method": "pairwise", "judgements": [{"attribute": "x", "over": "y", "times": 4}]}, **TWO)
    _, _, found = strategy(document, "rank-and-cut")
    score = found.comparison.score
    assert score is not None and (score.method, score.consistency_ratio) == ("pairwise", 0)
    assert score.points == pytest.approx({"a": 80, "b": 20})


def test_inconsistent_judgements_are_a_warning_with_the_three_that_fit_least():
    three = [
        {"attribute": "s", "over": "value", "times": 9},
        {"attribute": "value", "over": "mw", "times": 9},
        {"attribute": "mw", "over": "s", "times": 9},
    ]
    document = four(score={"elicitation": {"method": "pairwise", "judgements": three}})
    for n, c in enumerate(document["candidates"]):
        c["attributes"]["mw"] = n
    loaded = load_document(document)
    finding = next(f for f in loaded.findings if f.code == "judgements-inconsistent")
    assert loaded.scenario is not None and finding.severity == "warning"
    assert {finding.params["a"], finding.params["b"], finding.params["c"]} == {"s", "value", "mw"}
