"""The score: weights given or asked for, and whether the judgements behind them can be used."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.scenario.attributes import value_up_to
from optimiser.scenario.elicitation import ACCEPTED_RATIO, LARGEST_MATRIX, compared, pairwise
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Elicitation, Scenario

HERE = ("score", "elicitation")


def _error(code: str, *place: str | int, **params: object) -> Finding:
    return Finding("error", code, join(place), params)


def weights_or_judgements(s: Scenario) -> Iterator[Finding]:
    """Weights come from one place."""
    if s.score is None:
        return
    if s.score.weights is None and s.score.elicitation is None:
        yield _error("score-without-weights", "score")
    if s.score.weights is not None and s.score.elicitation is not None:
        yield _error("score-weights-twice", *HERE)


def judgements(s: Scenario) -> Iterator[Finding]:
    """The keys of the method that is named, every pair once, and judgements that agree with each other."""
    asked = s.score.elicitation if s.score is not None else None
    if asked is None:
        return
    other, own = ("judgements", "points") if asked.method == "swing" else ("points", "judgements")
    if getattr(asked, other) is not None:
        yield _error("key-not-for-method", *HERE, other, key=other, method=asked.method)
    if getattr(asked, own) is None:
        yield _error("method-needs-key", *HERE, key=own, method=asked.method)
        return
    if asked.points is not None and not any(asked.points.values()):
        yield _error("swing-without-points", *HERE, "points")
    if asked.method == "pairwise":
        yield from _pairs(asked)
    yield from _ranges(s, asked)


def _pairs(asked: Elicitation) -> Iterator[Finding]:
    judged = asked.judgements or []
    names = compared(judged)
    seen: set[frozenset[str]] = set()
    sound = True
    for i, j in enumerate(judged):
        pair = frozenset((j.attribute, j.over))
        if len(pair) == 1 or pair in seen:
            yield _error("pair-twice", *HERE, "judgements", i, attribute=j.attribute, over=j.over)
            sound = False
        seen.add(pair)
    missing = [Phrase("pair", {"a": a, "b": b}) for a, b in combinations(names, 2) if frozenset((a, b)) not in seen]
    if missing:
        yield _error("pair-missing", *HERE, "judgements", pairs=missing[:12])
    if len(names) > LARGEST_MATRIX:
        yield _error("too-many-compared", *HERE, "judgements", count=len(names), most=LARGEST_MATRIX)
    if missing or not sound or len(names) > LARGEST_MATRIX:
        return
    found = pairwise(judged)
    if found.ratio > ACCEPTED_RATIO and found.worst is not None:
        a, b, c = found.worst
        params = {"ratio": round(found.ratio, 3), "a": a, "b": b, "c": c}
        yield Finding("warning", "judgements-inconsistent", join((*HERE, "judgements")), params)


def _ranges(s: Scenario, asked: Elicitation) -> Iterator[Finding]:
    named = dict.fromkeys(asked.points or {}) | dict.fromkeys(compared(asked.judgements or []))
    for a in asked.ranges:
        if a not in named:
            yield _error("range-without-weight", *HERE, "ranges", a, attribute=a)
        elif asked.ranges[a].worst == asked.ranges[a].best:
            yield _error("range-empty", *HERE, "ranges", a, attribute=a)
    for a in named:
        values = {value_up_to(c, a, None) or 0.0 for c in s.candidates}
        if a not in asked.ranges and len(values) == 1:
            yield _error("range-empty", *HERE, attribute=a)


CHECKS = (weights_or_judgements, judgements)
