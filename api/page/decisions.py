"""Routes of decisions: a plan looked at, adopted or rejected by someone for a reason, and the log of it."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import orjson
from fastapi import APIRouter, Request, Response

from api.page.desk import as_file, at_work, led_to, number_in, page, seen_version, stale_page
from api.page.desk_work import solve_for_decision
from api.page.documents import Place, log_of, placed, saved_place
from api.page.forms import read_form
from api.page.safety import check_name
from api.page.site import PageLanguage
from api.problems import Answer, refuse
from api.queue import stored
from api.requests import response_of
from optimiser.desk.scenarios import Stale
from optimiser.dossier.decisions import Entry, Verdict, log_document
from optimiser.messages import decimal_mark
from optimiser.report.files import CsvFormat, csv_bytes

router = APIRouter(include_in_schema=False)

HEADLINE = ("termination", "objective", "bound", "sites", "public_money", "private_money")


@router.get("/scenarios/{id}/decide", response_class=Response)
async def get_decide(request: Request, id: str, lang: PageLanguage) -> Response:
    """The plan of the latest version of a saved scenario, and a form to adopt or to reject it."""
    place, document = await _saved(request, id)
    if not place.is_latest:
        return stale_page(request, place.id, lang, Stale(place.number, place.latest))
    found = await at_work(request, lang, orjson.dumps(document), solve_for_decision)
    if isinstance(found, Answer):
        return response_of(found)
    entries = await stored(log_of(request).entries, place.id)
    context: dict[str, Any] = {
        "place": place,
        "name": document.get("name") or place.id,
        "plan": found,
        "entries": entries,
    }
    return page(request, "decide.html", lang, number=number_in(lang), **context)


@router.post("/scenarios/{id}/decisions", response_class=Response)
async def post_decision(request: Request, id: str, lang: PageLanguage) -> Response:
    """An entry of the log: about the plan that was shown, of the version that is still the latest."""
    form = await read_form(request, "who", "why", "verdict", "plan")
    seen = seen_version(request, form)
    if form("verdict") not in ("adopted", "rejected"):
        raise refuse("bad-form")
    place, document = await _saved(request, id)
    if seen != place.latest:
        return stale_page(request, place.id, lang, Stale(seen, place.latest))
    found = await at_work(request, lang, orjson.dumps(document), solve_for_decision)
    if isinstance(found, Answer):
        return response_of(found)
    if not found.has_allocation:
        raise refuse("nothing-to-decide")
    if found.sha256 != form("plan"):
        raise refuse("plan-changed")
    verdict = cast("Verdict", form("verdict"))
    try:
        add = log_of(request).add
        await stored(add, place.id, seen, verdict, form("who"), form("why"), found.result, found.headline)
    except Stale as stale:
        return stale_page(request, place.id, lang, stale)
    return led_to(f"/scenarios/{place.id}/decisions", lang)


@router.get("/decisions", response_class=Response)
async def get_decisions(request: Request, lang: PageLanguage) -> Response:
    """The log of every saved scenario."""
    check_name(request)
    entries = await stored(log_of(request).entries)
    return _log_page(request, lang, entries, "/decisions", "")


@router.get("/scenarios/{id}/decisions", response_class=Response)
async def get_decisions_of(request: Request, id: str, lang: PageLanguage) -> Response:
    """The log of one saved scenario."""
    place, document = await placed(request, (await saved_place(request, id)).id)
    entries = await stored(log_of(request).entries, place.id)
    address = f"/scenarios/{place.id}/decisions"
    return _log_page(request, lang, entries, address, str(document.get("name") or place.id))


@router.get("/decisions.{ending}", response_class=Response)
async def get_log(request: Request, ending: str, lang: PageLanguage) -> Response:
    """The whole log as a file."""
    check_name(request)
    return _log_file(await stored(log_of(request).entries), ending, lang, "decisions")


@router.get("/scenarios/{id}/decisions.{ending}", response_class=Response)
async def get_log_of(request: Request, id: str, ending: str, lang: PageLanguage) -> Response:
    """The log of one saved scenario as a file; its JSON is what ``investai dossier --decisions`` takes."""
    place = await saved_place(request, id)
    return _log_file(await stored(log_of(request).entries, place.id), ending, lang, f"decisions-{place.id}")


@router.get("/scenarios/{id}/decisions/{number}/result.json", response_class=Response)
async def get_decided_result(request: Request, id: str, number: int, lang: PageLanguage) -> Response:
    """The result an entry is about: the very bytes whose hash the entry holds."""
    place = await saved_place(request, id)
    content = await stored(log_of(request).result, place.id, number)
    if content is None:
        raise refuse("unknown-decision", number=number)
    response = Response(content, media_type="application/json")
    response.headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
    return as_file(response, f"result-{place.id}-{number}.json")


async def _saved(request: Request, id: str) -> tuple[Place, dict[str, Any]]:
    """Place and document of a saved scenario. Errors: ProblemError not-saved and those of ``placed``."""
    place, document = await placed(request, id)
    if not place.is_saved:
        raise refuse("not-saved", id=id[:80])
    return place, document


def _log_page(request: Request, lang: str, entries: list[Entry], address: str, name: str) -> Response:
    newest = sorted(entries, key=lambda entry: entry.at, reverse=True)
    return page(request, "decisions.html", lang, entries=newest, address=address, name=name, number=number_in(lang))


def _log_file(entries: list[Entry], ending: str, lang: str, name: str) -> Response:
    if ending == "json":
        content = orjson.dumps(log_document(entries), option=orjson.OPT_INDENT_2)
        return as_file(Response(content, media_type="application/json"), f"{name}.json")
    if ending != "csv":
        raise refuse("not-found")
    columns = [key for key in Entry.model_fields if key != "headline"]
    rows = [[getattr(e, c) for c in columns] + [getattr(e.headline, c) for c in HEADLINE] for e in entries]
    style: CsvFormat = "fr" if decimal_mark(lang) == "," else "en"
    content = csv_bytes([*columns, *HEADLINE], rows, style)
    return as_file(Response(content, media_type="text/csv; charset=utf-8"), f"{name}.csv")
