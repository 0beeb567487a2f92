"""Routes of the page: start, the views of scenarios, and their files."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from api.access import LOGIN
from api.languages import lenient_language, weighted
from api.page.charts import script, script_name
from api.page.documents import found, listed
from api.page.levers import OFF, levers_of, switches_of, value_of
from api.page.login import within
from api.page.rendering import HEADERS, page_response, render, statics
from api.page.views import TABS
from api.page.views.files import FILES
from api.page.work import HTML, View, answer_part, file_part, form_part
from api.problems import JSON, PROBLEM_JSON, Answer, Problem, ProblemError, refuse
from api.requests import CLIENT_GONE, drawn, new_instance, workers_of
from api.routes.library import library
from api.work.job import Work
from optimiser.scenario.load import load_document

log = logging.getLogger("api")

router = APIRouter(include_in_schema=False)

PARTS = ("page", "answer")

PART = b"<!--part-->"
"""Stands in a template where the parts come that a worker makes; what users write is escaped and cannot be it."""

OWN_KEYS = ("lang", "part", "form", "on", OFF)
"""Keys of a link that are no question of a view."""

PageLanguage = Annotated[str, Depends(lenient_language)]
"""Parameter of a route: the language of a page, the link's or else the browser's."""


@router.get("/scenarios/{id}", response_class=Response)
async def get_scenario_page(request: Request, id: str, lang: PageLanguage) -> Response:
    """A scenario with its levers, and its allocation."""
    document = await found(request, id)
    if request.query_params.get("form"):
        # A form without script sends the rules that are on, and every lever; the link holds only what differs.
        return Response(status_code=303, headers={**HEADERS, "Location": canonical(request, document, lang)})
    return await viewed(request, lang, view_of(request, f"/scenarios/{id}", "allocation", document))


@router.get("/scenarios/{id}/files/{name}", response_class=Response)
async def get_file(request: Request, id: str, name: str, lang: PageLanguage) -> Response:
    """A file made of a scenario with the edits of the link."""
    if name not in FILES:
        raise refuse("not-found")
    view = view_of(request, f"/scenarios/{id}", "allocation", await found(request, id))
    view.asked["name"] = [name]
    response = await drawn(request, lang, file_part, orjson.dumps(view))
    if response.media_type == PROBLEM_JSON:
        return as_page(request, response)
    plain = re.sub("[^A-Za-z0-9_-]", "-", id)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}-{name}"'
    response.headers["Cache-Control"] = HEADERS["Cache-Control"]
    return response


@router.get("/scenarios/{id}/{tab}", response_class=Response)
async def get_view(request: Request, id: str, tab: str, lang: PageLanguage) -> Response:
    """A question about a scenario with the edits of the link."""
    if tab not in TABS[1:]:
        raise refuse("not-found")
    return await viewed(request, lang, view_of(request, f"/scenarios/{id}", tab, await found(request, id)))


@router.get("/differences", response_class=Response)
async def get_differences(request: Request, lang: PageLanguage) -> Response:
    """What differs between two scenarios, the second one with the edits of the link."""
    names = {name: str(json.loads(content).get("name", name)) for name, content in library().items()}
    names |= {saved.id: saved.name or saved.id for saved in await listed(request) or ()}
    b = request.query_params.get("b") or next(iter(names))
    a = request.query_params.get("a") or next(name for name in names if name != b)
    other, document = await found(request, a), await found(request, b)
    view = view_of(request, f"/scenarios/{b}", "differences", document, other)
    view.asked.update(a=[a], b=[b])
    view.choices.update({k: str(d.get("name") or k) for k, d in ((a, other), (b, document))} | names)
    return await viewed(request, lang, view)


def view_of(
    request: Request, base: str, tab: str, document: dict[str, Any], other: dict[str, Any] | None = None
) -> View:
    """The view that a link asks for."""
    pairs = request.query_params.multi_items()
    asked: dict[str, list[str]] = {}
    for key, value in pairs:
        if not key.startswith("/") and key not in OWN_KEYS and value:
            asked.setdefault(key, []).append(value)
    return View(
        tab=tab,
        base=base,
        link=request.url.path,
        document=document,
        kept=[(k, v) for k, v in pairs if k.startswith("/") or (k == OFF and v.startswith("/"))],
        asked=asked,
        part="answer" if request.query_params.get("part") == "answer" else "page",
        other=other,
    )


async def viewed(request: Request, lang: str, view: View) -> Response:
    """A view as it comes: its top at once, its form, and its answer when it is there."""
    body = orjson.dumps(view)
    if view.part == "answer":
        response = await drawn(request, lang, answer_part, body)
        response.headers.update({**HEADERS, "Content-Language": lang})
        return as_page(request, response) if response.media_type == PROBLEM_JSON else response
    workers_of(request).check_room()
    top, _, bottom = render("scenario.html", lang, view=view, tabs=TABS, here=here(request)).partition(PART)
    headers = {**HEADERS, "Content-Language": lang, "X-Accel-Buffering": "no"}
    return StreamingResponse(_parts(request, lang, top, body, bottom), headers=headers, media_type=HTML)


async def _parts(request: Request, lang: str, top: bytes, body: bytes, bottom: bytes) -> AsyncIterator[bytes]:
    yield top
    for work in (form_part, answer_part):
        part = await _part(request, lang, work, body)
        if part is None:
            return
        yield part
    yield bottom


async def _part(request: Request, lang: str, work: Work, body: bytes) -> bytes | None:
    """A part of a page; a problem stands in its place, since the page has begun. None where nobody reads it."""
    try:
        response = await drawn(request, lang, work, body)
    except ProblemError as error:
        answer = error.problem.answer(lang, new_instance())
        return render("views/problem.html", lang, problem=json.loads(answer.body))
    except Exception:
        instance = new_instance()
        log.exception("unexpected failure %s on %s", instance, request.url.path)
        answer = Problem("unexpected").answer(lang, instance)
        return render("views/problem.html", lang, problem=json.loads(answer.body))
    if response.status_code == CLIENT_GONE:
        return None
    if response.media_type == PROBLEM_JSON:
        return render("views/problem.html", lang, problem=json.loads(bytes(response.body)))
    return bytes(response.body)


def as_page(request: Request, response: Response) -> Response:
    """A worker's problem as a page for a browser, as it is for others."""
    answer = Answer(response.status_code, bytes(response.body), PROBLEM_JSON)
    return problem_page(request, answer) or response


def problem_page(request: Request, answer: Answer) -> Response | None:
    """A problem as a page, for a browser at one of the page's addresses; None for all other clients."""
    entries = dict(weighted(entry.lower()) for entry in request.headers.get("accept", "").split(","))
    if request.url.path.startswith("/v1/") or not entries.get("text/html", 0) > entries.get(JSON, 0):
        return None
    lang = lenient_language(request)
    if answer.status == 401:
        content = login_form(request, lang)
    else:
        content = render("problem.html", lang, problem=json.loads(answer.body), here=here(request))
    response = page_response(content, lang, answer.status)
    response.headers.update(dict(answer.headers))
    return response


def login_form(request: Request, lang: str) -> bytes:
    """A form for the token; it leads back to the page that was asked for."""
    at_login = request.url.path == LOGIN
    query = f"?{request.url.query}" if request.url.query else ""
    to = "/" if at_login else within(f"{request.url.path}{query}")
    return render("login.html", lang, wrong=at_login, to=to, here=here(request))


def here(request: Request) -> Any:
    """The address of this page in another language."""

    def in_language(code: str) -> str:
        if request.method == "POST":
            # What answers a form has no address of its own; the page before it has.
            return f"{request.url.path.rpartition('/')[0] or '/'}?{urlencode({'lang': code})}"
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
    if name == script_name():
        # Made once a process, in two seconds: others are not kept waiting.
        content, media_type = await asyncio.to_thread(script), "text/javascript"
    elif name in statics():
        content, media_type = statics()[name]
    else:
        raise refuse("not-found")
    return Response(content, headers={"Cache-Control": "public, max-age=31536000, immutable"}, media_type=media_type)
