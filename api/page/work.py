"""Pages that need the solver, made in a worker process from start to end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from api.page.charts import bars, money_by_year, svg_of
from api.page.levers import grouped, levers_of, switches_of, without
from api.page.rendering import environment, render, words
from api.page.tile_map import size, tiles
from api.problems import Answer, ProblemError, refuse
from api.work.job import Job, hard_stop_s, killed_after, options_within, too_large, warm_up
from optimiser.allocation import allocate
from optimiser.errors import SolverError
from optimiser.report.pages import findings_page, result_page
from optimiser.result.result import Result
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.fund import Tier
from optimiser.scenario.load import Loaded, load_document
from optimiser.scenario.scenario import Scenario

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class View:
    """What a page of a scenario shows: the document as written, the edits of its link, and which part is asked for.

    link: address of the page without its query. query: the edits as they stand in the link. others: the same page's
    address in each language.
    """

    link: str
    query: str
    document: dict[str, Any]
    edits: dict[str, Any] = field(default_factory=dict)
    off: list[str] = field(default_factory=list)
    part: str = "page"
    others: dict[str, str] = field(default_factory=dict)


def warm_up_page(niceness: int, most_bytes: int) -> None:
    """Prepares a worker that draws pages too: the first chart and the first template take most of a second."""
    warm_up(niceness, most_bytes)
    svg_of(bars([{"tier": "", "year": 0, "amount": 0.0}], [""], ""))
    environment().get_template("scenario.html")


def view_of(body: bytes) -> View:
    """The view a route hands to the worker."""
    return View(**orjson.loads(body))


def scenario_page(job: Job) -> Answer:
    """A scenario's page: its levers and its allocation, or what is wrong with it."""
    view = view_of(job.body)
    with killed_after(job.settings.max_reading_s):
        written = load_document(view.document)
        loaded = edited(view)
    problem = too_large(loaded.scenario, job) if loaded.scenario is not None else None
    if problem is not None:
        return problem
    context: dict[str, Any] = {"view": view, "here": view.others.get, "levers": [], "switches": [], "sources": []}
    context |= {"name": "", "description": ""}
    if written.scenario is not None:
        context |= {
            "levers": grouped(levers_of(written.scenario, view.edits)),
            "switches": switches_of(written.scenario, view.off),
            "name": written.scenario.name,
            "description": written.scenario.description,
            "sources": sources_of(written.scenario),
        }
    try:
        context |= answer_of(loaded, job)
    except ProblemError as error:
        return error.problem.answer(job.lang, job.instance)
    template = "answer.html" if view.part == "answer" else "scenario.html"
    return Answer(200, render(template, job.lang, **context), HTML)


def edited(view: View) -> Loaded:
    """The scenario of a view, with its edits and without the rules it leaves out."""
    document = without(orjson.loads(orjson.dumps(view.document)), view.off)
    return load_document(document, view.edits)


def answer_of(loaded: Loaded, job: Job) -> dict[str, Any]:
    """What a template shows of the answer to a scenario."""
    say = words(job.lang)
    if loaded.scenario is None:
        findings = [f.as_dict(job.lang) for f in loaded.findings]
        page = findings_page(say("invalid"), findings, job.lang, True)
        return {"blocks": page, "chart": None, "map": None, "findings": _by_pointer(findings)}
    options, capped = options_within(loaded.scenario, job.settings)
    try:
        with killed_after(hard_stop_s(options.time_limit_s)):
            result = allocate(Loaded(loaded.scenario, (*loaded.findings, *capped)), options, job.lang)
    except SolverError as error:
        raise refuse("solver-refused", reason=str(error)) from None
    named = replace(result, scenario=replace(result.scenario, name=""))
    return {
        "blocks": result_page(named, job.lang, everything=True),
        "chart": money_by_year(result, say("consortia"), say("eur-million")),
        "map": _map(result),
        "findings": _by_pointer(result.findings),
    }


def _by_pointer(findings: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        found.setdefault(finding["pointer"], []).append(finding)
    return found


def _map(result: Result) -> dict[str, Any] | None:
    if result.indicators is None:
        return None
    amounts = {country: sum(money.values()) for country, money in result.indicators.by_country.items()}
    drawn = tiles(amounts)
    width, height = size(drawn)
    return {"tiles": drawn, "width": width, "height": height}


def sources_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Sources and assumptions of every figure: what a reader may doubt."""
    texts = {s.id: s for s in scenario.sources}
    found = []
    parts: list[Tier | Candidate] = [*scenario.fund.tiers, *scenario.candidates]
    for part in parts:
        if part.assumptions or part.sources:
            named = [texts[s] for s in part.sources if s in texts]
            found.append({"name": part.name or part.id, "assumptions": part.assumptions, "sources": named})
    return found
