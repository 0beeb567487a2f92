"""Routes of the page: start, and scenarios with their levers and answers."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.languages import lenient_language, weighted
from api.page.documents import found
from api.page.levers import OFF, edits_of, levers_of, switches_of, value_of
from api.page.rendering import HEADERS, page_response, render, statics
from api.page.work import scenario_page
from api.problems import JSON, PROBLEM_JSON, Answer, refuse
from api.requests import drawn
from api.routes.library import library
from optimiser.messages import LANGUAGES
from optimiser.scenario.load import load_document

router = APIRouter(include_in_schema=False)

PARTS = ("page", "answer")


PageLanguage = Annotated[str, Depends(lenient_language)]
"""Parameter of a route: the language of a page, the link's or else the browser's."""


@router.get("/", response_class=Response)
async def get_start(request: Request, lang: PageLanguage) -> Response:
    """The scenario library, and what each asks."""
    entries = [json.loads(content) | {"id": name} for name, content in library().items()]
    return page_response(render("start.html", lang, entries=entries, here=here(request)), lang)


@router.get("/scenarios/{id}", response_class=Response)
async def get_scenario_page(request: Request, id: str, lang: PageLanguage) -> Response:
    """A scenario with its levers, and its allocation."""
    pairs = request.query_params.multi_items()
    edits, off = edits_of(pairs)
    document = await found(request, id)
    if request.query_params.get("form"):
        # A form without script sends the rules that are on, and every lever; the link holds only what differs.
        return Response(status_code=303, headers={**HEADERS, "Location": canonical(request, document, lang)})
    part = request.query_params.get("part", "page")
    view = {
        "link": f"/scenarios/{id}",
        "query": urlencode([(k, v) for k, v in pairs if k != "part"]),
        "document": document,
        "edits": edits,
        "off": off,
        "part": part if part in PARTS else "page",
        "others": {code: here(request)(code) for code in LANGUAGES},
    }
    response = await drawn(request, lang, scenario_page, orjson.dumps(view))
    response.headers.update({**HEADERS, "Content-Language": lang})
    if response.media_type != PROBLEM_JSON:
        return response
    answer = Answer(response.status_code, bytes(response.body), PROBLEM_JSON)
    return problem_page(request, answer) or response


def problem_page(request: Request, answer: Answer) -> Response | None:
    """A problem as a page, for a browser at one of the page's addresses; None for all other clients."""
    entries = dict(weighted(entry.lower()) for entry in request.headers.get("accept", "").split(","))
    if request.url.path.startswith("/v1/") or not entries.get("text/html", 0) > entries.get(JSON, 0):
        return None
    lang = lenient_language(request)
    content = render("problem.html", lang, problem=json.loads(answer.body), here=here(request))
    response = page_response(content, lang, answer.status)
    response.headers.update(dict(answer.headers))
    return response


def here(request: Request) -> Any:
    """The address of this page in another language."""

    def in_language(code: str) -> str:
        pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in ("lang", "part")]
        return f"{request.url.path}?{urlencode([*pairs, ('lang', code)])}"

    return in_language


def canonical(request: Request, document: dict[str, Any], lang: str) -> str:
    """The link of what a form without script sent."""
    scenario = load_document(document).expect()
    base = {lever.pointer: lever.base for lever in levers_of(scenario, {})}
    pairs = request.query_params.multi_items()
    moved = [(k, v) for k, v in pairs if k.startswith("/") and value_of(v) != base.get(k)]
    on = {v for k, v in pairs if k == "on"}
    off = [(OFF, s.pointer) for s in switches_of(scenario, ()) if s.pointer not in on]
    return f"{request.url.path}?{urlencode([*moved, *off, ('lang', lang)])}"


@router.get("/static/{name}", response_class=Response)
async def get_static(name: str) -> Response:
    """A style sheet, script or picture; its name holds the hash of its content, so that it may be kept for ever."""
    file = statics().get(name)
    if file is None:
        raise refuse("not-found")
    content, media_type = file
    return Response(content, headers={"Cache-Control": "public, max-age=31536000, immutable"}, media_type=media_type)
