"""Routes of batches: many scenarios at once, watched while they are solved."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from api.page.desk import at_work, led_to, page
from api.page.desk_work import Sweep, read_sweep
from api.page.documents import desk_of, found
from api.page.forms import Form, read_form
from api.page.safety import check_name
from api.page.site import PageLanguage
from api.problems import Answer, refuse
from api.queue import found_batch, queue_of, queued_batch, stored
from api.routes.library import library
from api.work.jobs import NewBatch, read_batch
from optimiser.batch.job import ENDED

router = APIRouter(include_in_schema=False)

RECENT = 50
"""Batches in the list."""

PAGE = 100
"""Scenarios of a batch on a page."""


@router.get("/batches", response_class=Response)
async def get_batches(request: Request, lang: PageLanguage) -> Response:
    """The batches there are, and a form for the next."""
    check_name(request)
    rows = await stored(queue_of(request).jobs.recent_batches, RECENT)
    saved = await stored(desk_of(request).listed)
    carried = {name: json.loads(content).get("name") or name for name, content in library().items()}
    return page(request, "batches.html", lang, batches=rows, saved=saved, carried=carried)


@router.post("/batches", response_class=Response)
async def post_batch(request: Request, lang: PageLanguage) -> Response:
    """A batch of the scenarios that are ticked, or of the sweep in a file."""
    form = await read_form(request)
    body = await _body(request, lang, form)
    if isinstance(body, Response):
        return body
    read = await at_work(request, lang, body, read_batch)
    if not isinstance(read, NewBatch):
        return _refused(request, lang, read)
    answer = await queued_batch(request, read)
    return led_to(f"/batches/{json.loads(answer.body)['id']}", lang)


@router.get("/batches/{id}", response_class=Response)
async def get_batch(request: Request, id: str, lang: PageLanguage) -> Response:
    """A batch: how far it is, and how each of its scenarios ended, with the reason where one failed."""
    check_name(request)
    batch = await found_batch(request, id)
    after = request.query_params.get("after", "-1")
    first = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else -1
    children = await stored(queue_of(request).jobs.children, batch.id, first, PAGE)
    more = children[-1].number if children and children[-1].number + 1 < batch.total else None
    context: dict[str, Any] = {"batch": batch, "children": children, "more": more, "ended": ENDED}
    return page(request, "batch.html", lang, **context)


@router.post("/batches/{id}/cancel", response_class=Response)
async def post_cancel(request: Request, id: str, lang: PageLanguage) -> Response:
    """Cancels what has not ended; what runs keeps its best plan."""
    await read_form(request)
    batch = await found_batch(request, id)
    await stored(queue_of(request).jobs.cancel_batch, batch.id)
    queue_of(request).wake()
    return led_to(f"/batches/{batch.id}", lang)


async def _body(request: Request, lang: str, form: Form) -> bytes | Response:
    """The body that ``/v1/batches`` takes; or the page that says what is wrong with the file."""
    name, content = form.files.get("file", ("", b""))
    if content:
        sweep: Sweep = await at_work(request, lang, content, read_sweep, name)
        if sweep.document is None:
            return page(request, "refused.html", lang, 422, findings=sweep.findings, name=name)
        return _json({"sweep": sweep.document})
    scenarios = [await found(request, id) for id in dict.fromkeys(form.all("scenario"))]
    if not scenarios:
        raise refuse("incomplete-form", missing=["scenario"])
    return _json({"scenarios": scenarios})


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _refused(request: Request, lang: str, answer: Answer) -> Response:
    """What a worker said against a batch, as a page."""
    return page(request, "refused.html", lang, answer.status, findings=json.loads(answer.body)["errors"], name="")
