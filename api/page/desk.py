"""Routes of the desk: the start page, uploads, saved scenarios with their history, and their files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import orjson
from fastapi import APIRouter, Request, Response

from api.page.desk_work import Reading, change_document, make_workbook, read_upload
from api.page.documents import desk_of, listed, placed, saved_place
from api.page.forms import Form, read_form
from api.page.levers import OFF, edits_of
from api.page.rendering import HEADERS, page_response, render
from api.page.site import PageLanguage, here
from api.problems import Problem, refuse
from api.queue import stored
from api.requests import longest_s, new_instance, response_of, settings_of, workers_of
from api.routes.library import library
from api.work.job import Job
from optimiser.desk.scenarios import Stale
from optimiser.messages import digits, text
from optimiser.report.numbers import number
from optimiser.scenario.confidential import shared

router = APIRouter(include_in_schema=False)

Value = TypeVar("Value")

PAGE = 20
"""Saved scenarios on the start page at once."""

SHOWN = 160
"""Characters of a value in a list of changes."""


@router.get("/", response_class=Response)
async def get_start(request: Request, lang: PageLanguage) -> Response:
    """What was saved, the scenario library, and ways to bring a scenario of one's own."""
    entries = [json.loads(content) | {"id": name} for name, content in library().items()]
    first = _first_of(request.query_params.get("from", ""))
    # One more than is shown tells whether there are more.
    saved = await listed(request, first, PAGE + 1)
    earlier, later = max(first - PAGE, 0) if first else None, first + PAGE if len(saved or ()) > PAGE else None
    context: dict[str, Any] = {"entries": entries, "saved": saved and saved[:PAGE], "earlier": earlier, "later": later}
    return page(request, "start.html", lang, kept=bool(settings_of(request).store), **context)


@router.post("/scenarios", response_class=Response)
async def post_upload(request: Request, lang: PageLanguage) -> Response:
    """A scenario from a file or from pasted text, saved where it has no errors."""
    form = await read_form(request, "who", "why")
    name, content = form.files.get("file", ("", b""))
    if not content:
        name, content = "", form("text").encode()
    if not content:
        raise refuse("incomplete-form", missing=["file"])
    reading: Reading = await at_work(request, lang, content, read_upload, name)
    if reading.written is None:
        return page(request, "refused.html", lang, 422, findings=reading.findings, name=name)
    id = await stored(desk_of(request).create, reading.written, form("who"), form("why"))
    return led_to(f"/scenarios/{id}", lang)


@router.get("/template.xlsx", response_class=Response)
async def get_template(request: Request, lang: PageLanguage) -> Response:
    """A workbook to be filled in."""
    return as_file(response_of(await at_work(request, lang, b"", make_workbook)), "scenario-template.xlsx")


@router.get("/scenarios/{id}/save", response_class=Response)
async def get_save(request: Request, id: str, lang: PageLanguage) -> Response:
    """What the link changes, and a form to save it under a name and a reason."""
    place, document = await placed(request, id)
    pairs = request.query_params.multi_items()
    edits, off = edits_of(pairs)
    if not place.is_latest:
        return stale_page(request, place.id, lang, Stale(place.number, place.latest), _carried(pairs))
    body = orjson.dumps({"document": document, "edits": edits, "off": off})
    reading: Reading = await at_work(request, lang, body, change_document)
    name = document.get("name") or id
    status = 200 if reading.written is not None else 422
    context: dict[str, Any] = {
        "place": place,
        "name": name,
        "pairs": _carried(pairs),
        "findings": _errors(reading),
        "id": id,
    }
    context |= {"changes": reading.changes, "shown": shown_in(lang)}
    return page(request, "save_page.html", lang, status, **context)


@router.post("/scenarios/{id}/versions", response_class=Response)
async def post_version(request: Request, id: str, lang: PageLanguage) -> Response:
    """The edits of a form as the next version; of a scenario of the library, or with ``copy``, as a new scenario.

    The version the edits were made on stands in the form, or in If-Match; where it is not the latest, 412.
    """
    form = await read_form(request, "who", "why")
    place, document = await placed(request, id)
    edits, off = edits_of(form.fields)
    name = form("name")
    if name and name != document.get("name"):
        edits["/name"] = name
    body = orjson.dumps({"document": document, "edits": edits, "off": off})
    reading: Reading = await at_work(request, lang, body, change_document)
    if reading.written is None:
        return page(request, "refused.html", lang, 422, findings=reading.findings, name="")
    desk = desk_of(request)
    if not place.is_saved or form("copy"):
        new = await stored(desk.create, reading.written, form("who"), form("why"), document)
        return led_to(f"/scenarios/{new}", lang)
    seen = seen_version(request, form)
    try:
        if await stored(desk.save, place.id, seen, reading.written, form("who"), form("why")) is None:
            raise refuse("nothing-changed")
    except Stale as stale:
        return stale_page(request, place.id, lang, stale, _carried(form.fields))
    return led_to(f"/scenarios/{place.id}/history", lang)


@router.get("/scenarios/{id}/history", response_class=Response)
async def get_history(request: Request, id: str, lang: PageLanguage) -> Response:
    """Every version of a saved scenario: who changed which figure, when and why."""
    place, document = await placed(request, (await saved_place(request, id)).id)
    versions = await stored(desk_of(request).versions, place.id)
    context: dict[str, Any] = {
        "confidential": document.get("confidential", []),
        "place": place,
        "versions": versions,
        "shown": shown_in(lang),
    }
    return page(request, "history.html", lang, name=versions[0].name or place.id, **context)


@router.get("/scenarios/{id}/scenario.{ending}", response_class=Response)
async def get_file(request: Request, id: str, ending: str, lang: PageLanguage) -> Response:
    """The document as a file, JSON or a workbook; its ETag is the version's number.

    With ``shared=1`` without what is confidential.
    """
    place, document = await placed(request, id)
    as_shared = request.query_params.get("shared") == "1"
    document = shared(document) if as_shared else document
    name = re.sub(r"[^A-Za-z0-9-]", "-", place.id) + (f"-v{place.number}" if place.is_saved else "")
    name += "-shared" if as_shared else ""
    if ending == "json":
        # Not orjson: text with half a surrogate pair, which UTF-8 cannot hold, stays escaped.
        response = Response(json.dumps(document, indent=2).encode(), media_type="application/json")
    elif ending == "xlsx":
        response = response_of(await at_work(request, lang, orjson.dumps(document), make_workbook))
    else:
        raise refuse("not-found")
    if place.is_saved and not as_shared:
        response.headers["ETag"] = f'"{place.number}"'
    return as_file(response, f"{name}.{ending}")


async def at_work(request: Request, lang: str, body: bytes, work: Callable[..., Value], *more: Any) -> Value:
    """What a worker makes of a body. Errors: ProblemError where no worker has room, and what the work refuses."""
    job = Job(body, lang, new_instance(), settings_of(request))
    return await workers_of(request).run(work, job, *more, timeout_s=longest_s(job.settings))


def page(request: Request, template: str, lang: str, status: int = 200, **context: Any) -> Response:
    """A page of the desk."""
    return page_response(render(template, lang, here=here(request), **context), lang, status)


def led_to(path: str, lang: str) -> Response:
    """Where the browser goes after a form, so that reloading sends nothing again."""
    return Response(status_code=303, headers={**HEADERS, "Location": f"{path}?{urlencode({'lang': lang})}"})


def as_file(response: Response, name: str) -> Response:
    """The response as a file to be kept."""
    if response.status_code < 400:
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        response.headers["Cache-Control"] = "private, no-store"
    return response


def seen_version(request: Request, form: Form) -> int:
    """The version a form was filled in for: If-Match, or the form's own field. Errors: ProblemError bad-form."""
    stated = request.headers.get("if-match", "").strip().strip('"') or form("version")
    if not (stated.isascii() and stated.isdecimal() and len(stated) < 9):
        raise refuse("bad-form")
    return int(stated)


def stale_page(request: Request, id: str, lang: str, stale: Stale, pairs: Sequence[tuple[str, str]] = ()) -> Response:
    """What is said to whom someone was faster than: where to look, and the same changes on the latest version."""
    problem = Problem("stale", {"seen": stale.seen, "latest": stale.latest})
    detail = problem.finding(lang)
    context = {"detail": detail["message"], "cure": detail["cure"], "pairs": list(pairs), "latest": stale.latest}
    return page(request, "stale.html", lang, 412, id=id, title=text("problem.stale", {}, lang), **context)


def _carried(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What of a link or a form changes the scenario."""
    return [(k, v) for k, v in pairs if (v if k == OFF else k).startswith("/")]


def _first_of(asked: str) -> int:
    """Which place of a list a page begins at; the top where none that can be is asked for."""
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0


def shown_in(lang: str) -> Callable[[Any], str]:
    """A value of a document as a person reads it."""

    def shown(value: Any) -> str:
        if value is None:
            return "–"
        if isinstance(value, int | float) and not isinstance(value, bool):
            return digits(f"{value:,.10g}", lang)
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"

    return shown


def number_in(lang: str) -> Callable[[float | None], str]:
    """A figure of a plan as a person reads it."""
    return lambda value: "–" if value is None else number(value, lang)


def _errors(reading: Reading) -> list[dict[str, Any]]:
    return [f for f in reading.findings if f["severity"] == "error"]
