"""Why this plan: for one site, or for a country."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from api.page.views.allocation import with_sites
from api.page.views.drawing import Context, Drawing, Question
from optimiser.explain.answer import EntryPrice, Explanation
from optimiser.explain.explanations import explain_candidate, explain_country
from optimiser.messages import listed
from optimiser.report.explanations import explanation_page
from optimiser.report.names import site_names
from optimiser.report.page import Heading, words
from optimiser.scenario.countries import carried_figures
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario


def asked(view: Any, written: Scenario | None, loaded: Loaded, lang: str) -> Context:
    """Sites and countries to ask about."""
    scenario = loaded.scenario
    sites = {c.id: c.name or c.id for c in scenario.candidates} if scenario is not None else {}
    candidate, country = view.one("candidate"), view.one("country")
    return {
        "sites": sites | ({candidate: candidate} if candidate and candidate not in sites else {}),
        "candidate": candidate,
        "country": country,
        "countries": sorted(carried_figures()),
    }


def answered(q: Question) -> Context:
    """What a site or a country is told; nothing where nothing is asked.

    Errors: QuestionError where there is no such site or country.
    """
    candidate, country = q.view.one("candidate"), q.view.one("country").strip()
    if candidate:
        answer = explain_candidate(q.loaded, candidate, q.options, q.lang)
    elif country:
        answer = explain_country(q.loaded, country, q.options, q.lang)
    else:
        return {"blocks": [], "prices": []}
    blocks = explanation_page(answer, q.lang)
    first = blocks[0]
    assert isinstance(first, Heading)
    names = site_names(q.scenario)
    sentences = list(first.sentences)
    if answer.funded:
        funded = listed([names[c] for c in answer.funded], q.lang)
        sentences = [words(q.lang)("explain.plan", sites=funded)]
    rest = with_sites(blocks[1:], names, q.lang)
    return {"blocks": [replace(first, title="", sentences=sentences), *rest], "prices": prices_of(answer, q)}


def prices_of(answer: Explanation, q: Question) -> list[dict[str, Any]]:
    """For each price of entry found, the link of the scenario in which the site is in."""
    found: list[EntryPrice] = [e for c in answer.candidates for e in c.entry if e.found and e.settings]
    return [{"by": e.by, "of": e.of or "", "link": _applied(e, q)} for e in found]


def _applied(e: EntryPrice, q: Question) -> str:
    settings = {k: v if isinstance(v, str) else orjson.dumps(v).decode() for k, v in e.settings.items()}
    kept = [(k, v) for k, v in q.view.kept if k not in settings]
    return replace(q.view, kept=[*kept, *settings.items()]).to("allocation", q.lang)


DRAWING = Drawing(asked, answered)
