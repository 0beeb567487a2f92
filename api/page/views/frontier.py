"""The frontier between two terms: a chart whose points are links to their plans, and a table beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.page.levers import value_of
from api.page.rendering import words
from api.page.views.drawing import Context, Drawing, Question
from optimiser.messages import text, unit_words
from optimiser.report import tables
from optimiser.report.names import tier_names, with_names
from optimiser.report.numbers import number
from optimiser.report.page import Block, Heading
from optimiser.report.page import words as report_words
from optimiser.report.studies import frontier_page, without_bars
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario
from optimiser.study.frontiers import Frontier, frontier
from optimiser.study.terms import name_of

POINTS = (5, 11, 21)
"""How many floors may be chosen on the page."""

MOST_PLANS = 40
"""Points whose plans stand on the page: it stays small enough to be sent."""

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 86, 40, 16, 56


def asked(view: Any, written: Scenario | None, loaded: Loaded, lang: str) -> Context:
    """Two terms, and how many points between them."""
    scenario = loaded.scenario
    terms = terms_of(scenario, lang) if scenario is not None else {}
    first, second = wanted_terms(view, scenario) if scenario is not None else ("", "")
    points = view.one("points", "11")
    return {
        "terms": terms | {name: name for name in (first, second) if name and name not in terms},
        "first": first,
        "second": second,
        "points": list(dict.fromkeys([*map(str, POINTS), points])),
        "chosen": points,
    }


def terms_of(scenario: Scenario, lang: str) -> dict[str, str]:
    """Terms that can be traded against each other, by the name they are asked for, in words."""
    found = {name_of(t): t.term for t in scenario.objective.terms}
    for c in scenario.candidates:
        for attributes in (c.attributes, *(p.attributes for p in c.all_phases)):
            found |= {f"attribute:{a}": "attribute" for a in attributes if _adds_up(scenario, a)}
    found |= {"public_money": "public_money", "private_money": "private_money"}
    if scenario.risk is not None:
        found |= {"expected_loss": "expected_loss"}
    return {name: _words(name, term, lang) for name, term in found.items()}


def _adds_up(scenario: Scenario, attribute: str) -> bool:
    stated = scenario.attributes.get(attribute)
    return stated is None or stated.additive


def _words(name: str, term: str, lang: str) -> str:
    of = name.partition(":")[2]
    said = text(f"cli.term.{term}", {"attribute": of}, lang)
    return f"{said} ({of})" if of and of not in said else said


def wanted_terms(view: Any, scenario: Scenario) -> tuple[str, str]:
    """The two terms asked for; else the objective's own first two, or its one against public money."""
    spare = [*dict.fromkeys(name_of(t) for t in scenario.objective.terms), "public_money", "private_money"]
    first = view.one("first") or next(n for n in spare if n != view.one("second"))
    second = view.one("second") or next(n for n in spare if n != first)
    return first, second


def answered(q: Question) -> Context:
    """The frontier, drawn and as a table, with the plan of every point below."""
    points = value_of(q.view.one("points", "11"))
    first, second = wanted_terms(q.view, q.scenario)
    own = list(dict.fromkeys(name_of(t) for t in q.scenario.objective.terms))
    terms = None if [first, second] == own[:2] else [first, second]
    answer = frontier(q.loaded, terms, points, False, q.options, q.lang)
    blocks = frontier_page(answer, q.lang, everything=True)
    heading = blocks[0]
    assert isinstance(heading, Heading)
    plans = [_plan(answer, n, q) for n in range(min(len(answer.points), MOST_PLANS))]
    return {
        "blocks": [replace(heading, title=""), *(without_bars(b) for b in blocks[1:])],
        "chart": drawn(answer, terms_of(q.scenario, q.lang), q.lang) if len(answer.points) > 1 else None,
        "plans": plans,
        "alone": len(answer.points) == 1,
    }


def _plan(answer: Frontier, n: int, q: Question) -> dict[str, Any]:
    result = answer.results[answer.points[n].result]
    say = report_words(q.lang)
    found: list[Block | None] = [tables.headline(result, say), tables.funded(result, say)]
    blocks = with_names([b for b in found if b is not None], tier_names(q.scenario))
    shown = [number(v, q.lang) for v in answer.points[n].values]
    return {
        "n": n + 1,
        "title": words(q.lang)("frontier.plan", n=n + 1, first=shown[0], second=shown[1]),
        "blocks": blocks,
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the chart. values: as written for people."""

    n: int
    x: float
    y: float
    values: tuple[str, str]
    proven: bool


def drawn(answer: Frontier, names: dict[str, str], lang: str) -> dict[str, Any]:
    """The chart: places of points and of the marks of both axes."""
    xs, ys = ([p.values[n] for p in answer.points] for n in (0, 1))
    across, up = scale(xs), scale(ys)
    place_x = _placing(across, LEFT, WIDTH - RIGHT)
    place_y = _placing(up, HEIGHT - BOTTOM, TOP)
    marks = [
        Mark(n, place_x(x), place_y(y), (number(x, lang), number(y, lang)), p.proven)
        for n, (x, y, p) in enumerate(zip(xs, ys, answer.points, strict=True), 1)
    ]
    titles = []
    for term in answer.terms:
        of = term.attribute or term.tier
        name = f"{term.term}:{of}" if of else term.term
        sense = text(f"cli.headline.{term.sense}d", {}, lang)
        unit = unit_words(term.unit, lang)
        shown = names.get(name, _words(name, term.term, lang))
        titles.append(", ".join([shown, *([unit] if unit not in ("1", shown) else []), sense]))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "marks": marks,
        "line": " ".join(f"{m.x:.1f},{m.y:.1f}" for m in marks),
        "across": [(round(place_x(v), 1), number(v, lang)) for v in across],
        "up": [(round(place_y(v), 1), number(v, lang)) for v in up],
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": HEIGHT - BOTTOM,
        "titles": titles,
    }


def scale(values: Sequence[float]) -> list[float]:
    """Four to seven round numbers that the values lie between."""
    low, high = min(values), max(values)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        low, high = low - 1, high + 1
    rough = (high - low) / 4
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 2.5, 5, 10) if unit * m >= rough)
    first = math.floor(low / step)
    last = math.ceil(high / step)
    return [round(step * n, 12) for n in range(first, last + 1)]


def _placing(marks: Sequence[float], start: float, end: float) -> Any:
    low, high = marks[0], marks[-1]
    return lambda value: round(start + (end - start) * (value - low) / (high - low), 1)


DRAWING = Drawing(asked, answered)
