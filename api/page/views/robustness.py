"""How sure each site is to be funded when figures are not certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from api.page.levers import figure, value_of
from api.page.rendering import words
from api.page.views.drawing import Context, Drawing, Question
from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.messages import Phrase, type_of
from optimiser.report.names import site_names, with_names
from optimiser.report.numbers import share
from optimiser.report.page import Heading, Paragraph
from optimiser.report.robustness import robustness_page
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.load import Loaded, document_of, load_document
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Scenario
from optimiser.study.robustness import Robustness, robustness

DRAWS = "100"
COSTS = "0.2"
"""How far costs are drawn from those written, where the scenario names nothing that is not certain."""


def asked(view: Any, written: Scenario | None, loaded: Loaded, lang: str) -> Context:
    """How many draws; and how far off costs may be, where the scenario does not say what is uncertain."""
    own = loaded.scenario is not None and bool(loaded.scenario.uncertain)
    return {
        "own": own,
        "draws": view.one("draws", DRAWS),
        "costs": figure(value_of(view.one("costs", COSTS)), lang),
        "seed": view.one("seed", "7"),
    }


def answered(q: Question) -> Context:
    """The certainty of selection of every phase, with a bar each.

    Errors: QuestionError where numbers cannot be used.
    """
    view, loaded, width = q.view, q.loaded, None
    if not q.scenario.uncertain:
        width = _width(value_of(view.one("costs", COSTS)))
        loaded = with_costs(q.loaded, width)
    draws, seed = value_of(view.one("draws", DRAWS)), value_of(view.one("seed", "7"))
    answer = robustness(loaded, draws, seed, options=q.options, lang=q.lang)
    blocks = robustness_page(answer, q.lang, everything=True)
    heading = blocks[0]
    assert isinstance(heading, Heading)
    assumed = [Paragraph("", [words(q.lang)("robustness.assumed", width=share(width, q.lang))])] if width else []
    return {
        "heading": [replace(heading, title=""), *assumed],
        "bars": bars_of(answer, q),
        "blocks": with_names(blocks[1:], site_names(q.scenario)),
    }


def bars_of(answer: Robustness, q: Question) -> list[dict[str, Any]]:
    """A bar for each phase, the surest first."""
    names = site_names(q.scenario)
    phased = {c.id for c in q.scenario.candidates if len(c.all_phases) > 1}
    return [
        {
            "site": f"{names[c.candidate]}, {c.phase}" if c.candidate in phased else names[c.candidate],
            "share": round(100 * c.share, 1),
            "low": round(100 * c.low, 1),
            "high": round(100 * c.high, 1),
            "shown": share(c.share, q.lang),
            "in_plan": c.in_plan,
            "link": q.view.to("explain", q.lang, {"candidate": c.candidate}),
        }
        for c in sorted(answer.certainty, key=lambda c: -c.share)
    ]


def _width(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        params = {"found": type_of(value), "expected": Phrase("a-number")}
        raise QuestionError([Finding("error", "wrong-type", "/costs", params)])
    if not value > 0:
        raise QuestionError([Finding("error", "not-above", "/costs", {"found": value, "bound": 0})])
    if value >= 1:
        raise QuestionError([Finding("error", "not-below", "/costs", {"found": value, "bound": 1})])
    return float(value)


def with_costs(loaded: Loaded, width: float) -> Loaded:
    """The scenario with every cost drawn evenly within this share of what is written."""
    scenario = loaded.expect()
    document = document_of(scenario)
    document["uncertain"] = [
        {"pointer": pointer, "low": cost * (1 - width), "high": cost * (1 + width)}
        for c in scenario.candidates
        for pointer, cost in costs_of(c)
    ]
    return load_document(document)


def costs_of(c: Candidate) -> Iterator[tuple[str, float]]:
    """Pointer and value of every cost of a candidate, as its document has them."""
    places: list[tuple[tuple[Any, ...], Any]] = [(("candidates", c.id), c)]
    places += [(("candidates", c.id, "phases", p.id), p) for p in c.phases or ()]
    for place, part in places:
        for key in ("cost", "cost_since_start"):
            costs: Mapping[Any, float] = getattr(part, key, None) or {}
            for year, cost in costs.items():
                if cost:
                    yield join((*place, key, str(year))), cost


DRAWING = Drawing(asked, answered)
