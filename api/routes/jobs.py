"""``/v1/jobs`` and ``/v1/batches``: work that nobody waits for with an open connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.documentation import (
    batch_documentation,
    documented,
    events_documentation,
    job_documentation,
    model_documentation,
    posted_batch_documentation,
    result_documentation,
)
from api.event_stream import events_of, last_event_id
from api.job_documents import batch_document, job_document
from api.languages import Language, language_among
from api.problems import JSON, Answer, json_bytes, refuse
from api.queue import accepted, deleted, found_batch, found_job, queue_of, queued_batch, stored
from api.requests import check_accept, conditional, new_instance, response_of, settings_of, worked, workers_of
from api.work.job import Job, hard_stop_s
from api.work.jobs import ModelWork, NewBatch, read_batch, write_model
from optimiser.batch.job import ENDED
from optimiser.batch.solving import labelled
from optimiser.messages import Phrase

router = APIRouter(prefix="/v1", tags=["jobs"])

PAGE = 100
MOST_OF_PAGE = 1000

AFTER: dict[str, Any] = {"pattern": "^(-1|[0-9]{1,9})$"}
LIMIT: dict[str, Any] = {"pattern": "^([1-9][0-9]{0,2}|1000)$"}
"""What is taken, as described: words for it are refused with their cure, which the framework would not give."""

Paged = Annotated[str, Depends(language_among("after", "limit"))]


@router.post("/batches", summary="Submit a batch", openapi_extra=posted_batch_documentation())
async def post_batch(request: Request, lang: Language) -> Response:
    """Many scenarios, listed or swept, as one batch of jobs: 202 with its address.

    Each scenario is a job with a state of its own; one that cannot be used fails alone. What was answered before
    succeeds at once.
    """

    async def act(job: Job) -> Answer:
        read = await workers_of(request).run(read_batch, job, timeout_s=settings_of(request).max_reading_s + 1.0)
        return await queued_batch(request, read) if isinstance(read, NewBatch) else read

    return await worked(request, lang, act)


@router.get("/batches/{id}", summary="A batch", openapi_extra=batch_documentation())
async def get_batch(
    request: Request,
    id: str,
    lang: Paged,
    after: Annotated[str, Query(description="children after this number", json_schema_extra=AFTER)] = "-1",
    limit: Annotated[str, Query(description="children on this page", json_schema_extra=LIMIT)] = str(PAGE),
) -> Response:
    """State and counts of a batch, and a page of its children with their states; `links.next` is the next page."""
    first, most = _whole("after", after, -1, 2**31 - 1), _whole("limit", limit, 1, MOST_OF_PAGE)
    batch = await found_batch(request, id)
    children = await stored(queue_of(request).jobs.children, id, first, most)
    return conditional(request, json_bytes(batch_document(batch, children, most)))


@router.get("/batches/{id}/events", summary="What happens to a batch", openapi_extra=events_documentation())
async def get_batch_events(request: Request, id: str, lang: Language) -> Response:
    """Server-sent events: `state` of the batch, `child` for every job that ends; `Last-Event-ID` resumes."""
    await found_batch(request, id)
    return _stream(request, id, partial(found_batch, request, id))


@router.post("/batches/{id}/cancel", summary="Cancel a batch", openapi_extra=batch_documentation(202))
async def post_batch_cancel(request: Request, id: str, lang: Language) -> Response:
    """Cancels every job of the batch that has not ended; those that run keep their best plan."""
    await found_batch(request, id)
    await stored(queue_of(request).jobs.cancel_batch, id)
    queue_of(request).wake()
    batch = await found_batch(request, id)
    body = json_bytes(batch_document(batch, [], 0))
    return Response(body, 202 if batch.ended_at is None else 200, media_type=JSON)


@router.delete("/batches/{id}", summary="Delete a batch", status_code=204, openapi_extra=documented(204, 404, 409, 503))
async def delete_batch(request: Request, id: str, lang: Language) -> Response:
    """Removes the batch, its jobs and their results; nothing of it may be running."""
    await found_batch(request, id)
    return await deleted(queue_of(request).jobs.delete_batch, id)


@router.get("/jobs/{id}", summary="A job", openapi_extra=job_documentation())
async def get_job(request: Request, id: str, lang: Language) -> Response:
    """State, progress and findings of a job. How its search ended is `termination`, apart from the job's `state`."""
    return conditional(request, json_bytes(job_document(await found_job(request, id))))


@router.get("/jobs/{id}/result", summary="The result of a job", openapi_extra=result_documentation())
async def get_result(request: Request, id: str, lang: Language) -> Response:
    """The result, as `POST /v1/allocations` gives it; of a cancelled job the best plan it had found."""
    check_accept(request)
    job = await found_job(request, id)
    if job.state not in ENDED:
        raise refuse("not-ended", (("Retry-After", "1"),), state=Phrase(f"state.{job.state}"))
    body = None if job.key is None else await stored(queue_of(request).jobs.store.body, job.key)
    if body is not None:
        response = conditional(request, labelled(body, job.names))
        response.headers["Content-Language"] = job.lang
        return response
    if job.state != "succeeded":
        raise refuse("no-result", state=Phrase(f"state.{job.state}"))
    # The row was damaged on its disk: the job is worked on again.
    await stored(queue_of(request).jobs.again, id)
    queue_of(request).wake()
    raise refuse("not-ended", (("Retry-After", "1"),), state=Phrase("state.queued"))


@router.get("/jobs/{id}/events", summary="What happens to a job", openapi_extra=events_documentation())
async def get_job_events(request: Request, id: str, lang: Language) -> Response:
    """Server-sent events: `state`, and `progress` with value, bound and gap; `Last-Event-ID` resumes."""
    await found_job(request, id)
    return _stream(request, id, partial(found_job, request, id))


@router.get("/jobs/{id}/model.lp", summary="The model of a job, LP", openapi_extra=model_documentation())
async def get_model_lp(request: Request, id: str, lang: Language) -> Response:
    """The model exactly as the solver gets it, in LP format, for other solvers."""
    return await _model(request, id, lang, ".lp")


@router.get("/jobs/{id}/model.mps", summary="The model of a job, MPS", openapi_extra=model_documentation())
async def get_model_mps(request: Request, id: str, lang: Language) -> Response:
    """The model exactly as the solver gets it, in MPS format, for other solvers."""
    return await _model(request, id, lang, ".mps")


@router.post("/jobs/{id}/cancel", summary="Cancel a job", openapi_extra=job_documentation(202))
async def post_cancel(request: Request, id: str, lang: Language) -> Response:
    """Stops the search and keeps the best plan so far: 202 until the worker has handed it over, 200 where it ended."""
    await found_job(request, id)
    await stored(queue_of(request).jobs.cancel, id)
    queue_of(request).wake()
    job = await found_job(request, id)
    return response_of(accepted(job_document(job), 200 if job.state in ENDED else 202))


@router.delete("/jobs/{id}", summary="Delete a job", status_code=204, openapi_extra=documented(204, 404, 409, 503))
async def delete_job(request: Request, id: str, lang: Language) -> Response:
    """Removes the job and its result. A running one is cancelled first; a child goes with its batch."""
    job = await found_job(request, id)
    if job.batch is not None:
        raise refuse("child-of-batch", batch=job.batch)
    return await deleted(queue_of(request).jobs.delete, id)


async def _model(request: Request, id: str, lang: str, ending: str) -> Response:
    await found_job(request, id)
    content = await stored(queue_of(request).jobs.content, id)
    if content is None:
        raise refuse("unknown-job", id=id[:80])
    settings = settings_of(request).for_jobs()
    work = ModelWork(*content, ending, lang, new_instance(), settings)
    timeout_s = settings.max_reading_s + hard_stop_s(settings.max_time_limit_s) + 1.0
    answer = await workers_of(request).run(write_model, work, timeout_s=timeout_s)
    return response_of(answer)


def _stream(request: Request, id: str, found: Any) -> Response:
    after = last_event_id(request)
    stream: AsyncIterator[bytes] = events_of(request, id, after, found)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _whole(key: str, text: str, least: int, greatest: int) -> int:
    """A whole number of the query. Errors: ProblemError bad-page."""
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 10 or not least <= int(text) <= greatest:
        raise refuse("bad-page", key=key, value=text[:40], most=MOST_OF_PAGE)
    return int(text)
