"""Strategies side by side on one scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.page.views.drawing import Context, Drawing, Question
from optimiser.messages import text
from optimiser.report.comparisons import comparison_page
from optimiser.report.page import Heading
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario
from optimiser.strategies.comparison import compare
from optimiser.strategies.registry import STRATEGIES, all_that_apply

REFERENCE = "optimise"
"""Always compared: what the others give up is counted against it."""

LONGEST = "risk-averse"
"""Its search takes longer than all others together: compared where it is asked for."""


def asked(view: Any, written: Scenario | None, loaded: Loaded, lang: str) -> Context:
    """A box for each strategy; those that cannot be applied say so."""
    apply = {a.label for a in all_that_apply(loaded.scenario)} if loaded.scenario is not None else set(STRATEGIES)
    wanted = strategies_of(view)
    boxes = [
        {
            "name": name,
            "words": text(f"cli.compare.strategy.{name}", {}, lang),
            "applies": name in apply,
            "checked": name in (wanted or apply - {LONGEST}),
        }
        for name in STRATEGIES
        if name != REFERENCE
    ]
    known = set(STRATEGIES)
    return {"boxes": boxes, "others": [name for name in wanted or () if name not in known]}


def strategies_of(view: Any) -> list[str] | None:
    """The strategies asked for, one a key or joined by commas; None where none is named."""
    names = [name.strip() for listed in view.asked.get("strategies", []) for name in listed.split(",")]
    return [name for name in names if name] or None


def answered(q: Question) -> Context:
    """Differences first, then what every strategy reaches."""
    applying = [a.label for a in all_that_apply(q.scenario) if a.label != LONGEST]
    answer = compare(q.loaded, strategies_of(q.view) or applying, q.options, q.lang)
    blocks = comparison_page(answer, q.lang)
    heading = blocks[0]
    assert isinstance(heading, Heading)
    return {"blocks": [replace(heading, title=""), *blocks[1:]]}


DRAWING = Drawing(asked, answered)
