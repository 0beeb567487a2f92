"""From a request to the worker and back: media type, body within its limit, client that goes away."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

from api.idempotency import once
from api.languages import lenient_language, weighted
from api.problems import JSON, Answer, Problem, refuse
from api.settings import Settings
from api.work.job import Job, Work, hard_stop_s
from optimiser.messages import Phrase

if TYPE_CHECKING:
    from api.workers import Workers

CLIENT_GONE = 499
"""Status for the log alone: nobody is left to read it."""


def settings_of(request: Request) -> Settings:
    """The settings of the service."""
    settings: Settings = request.app.state.settings
    return settings


def workers_of(request: Request) -> Workers:
    """The workers of the service."""
    workers: Workers = request.app.state.workers
    return workers


def new_instance() -> str:
    """An address for one occurrence of a problem, the same in the answer and in the log."""
    return f"urn:uuid:{uuid.uuid4()}"


def response_of(answer: Answer) -> Response:
    """The answer as the framework's response."""
    return Response(answer.body, answer.status, dict(answer.headers), media_type=answer.media_type)


def problem_response(request: Request, problem: Problem) -> Response:
    """The problem in words: as a page for a browser at one of the page's addresses, as JSON otherwise."""
    answer = problem.answer(lenient_language(request), new_instance())
    page: Callable[[Request, Answer], Response | None] | None = request.app.state.problem_page
    return (page(request, answer) if page else None) or response_of(answer)


def conditional(request: Request, body: bytes, media_type: str = JSON) -> Response:
    """The body with its tag; 304 without it where the client has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    seen = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in seen or "*" in seen:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def solved(request: Request, lang: str, work: Work) -> Response:
    """The answer of a worker to the request's body.

    Errors: ProblemError for every refusal before and around the work.
    """

    async def act(job: Job) -> Answer:
        return await workers_of(request).run(work, job, timeout_s=longest_s(job.settings))

    return await worked(request, lang, act)


def longest_s(settings: Settings) -> float:
    """When a worker is ended that has not ended itself [s]: it knows nearer limits, and keeps them where it can."""
    return settings.max_reading_s + hard_stop_s(settings.max_time_limit_s) + 1.0


async def worked(request: Request, lang: str, act: Callable[[Job], Coroutine[Any, Any, Answer]]) -> Response:
    """What ``act`` answers to the request's body; with an Idempotency-Key, once.

    Errors: ProblemError for every refusal before and around it.
    """
    settings = settings_of(request)
    workers = workers_of(request)
    check_accept(request)
    check_media_type(request)
    workers.check_room()
    body = await read_body(request, settings.max_body_bytes, settings.max_upload_s)
    job = Job(body, lang, new_instance(), settings)
    if "idempotency-key" in request.headers:
        # Carried through even if the client goes away: it will come again for the answer.
        answer: Answer | None = await once(request, body, lambda: act(job))
    else:
        answer = await _while_connected(request, act(job))
    response = response_of(answer) if answer is not None else Response(status_code=CLIENT_GONE)
    response.headers["Content-Language"] = lang
    return response


async def drawn(request: Request, lang: str, work: Work, body: bytes) -> Response:
    """The page a worker draws of a body that the service made itself.

    Errors: ProblemError where no worker has room.
    """
    settings = settings_of(request)
    at_work = workers_of(request).run(work, Job(body, lang, new_instance(), settings), timeout_s=longest_s(settings))
    answer = await _while_connected(request, at_work)
    return response_of(answer) if answer is not None else Response(status_code=CLIENT_GONE)


async def _while_connected(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer | None:
    """The answer, or None where the client went away first; then the work is cancelled."""
    at_work = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((at_work, gone), return_when=asyncio.FIRST_COMPLETED)
        return await at_work if at_work.done() else None
    finally:
        gone.cancel()
        at_work.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def check_accept(request: Request) -> None:
    """Refuses a client that would not read JSON.

    Errors: ProblemError not-acceptable.
    """
    header = request.headers.get("accept", "")
    entries = [weighted(entry) for entry in header.split(",") if entry.strip()]
    ranges = {name.lower() for name, weight in entries if weight > 0}
    if entries and not ranges & {"*/*", "application/*", "application/json"}:
        raise refuse("not-acceptable")


def check_media_type(request: Request) -> None:
    """Refuses a body that is not declared as JSON in UTF-8, uncompressed.

    Errors: ProblemError media-type.
    """
    declared = request.headers.get("content-type")
    header = Message()
    header["content-type"] = declared or ""
    charset = header.get_param("charset", "utf-8")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if declared is None or declared.partition(";")[0].strip().lower() != "application/json":
        raise refuse("media-type", found=declared[:80] if declared else Phrase("no-stated-type"))
    if str(charset).lower() not in ("utf-8", "utf8"):
        raise refuse("media-type", found=Phrase("charset", {"charset": str(charset)[:72]}))
    if encoding not in ("", "identity"):
        raise refuse("media-type", found=encoding[:80])


async def read_body(request: Request, limit: int, seconds: float) -> bytes:
    """The whole body, refused before it is read where its length is stated, and while it is read otherwise.

    Errors: ProblemError body-too-large or body-too-slow.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and (len(stated) > 18 or int(stated) > limit):
        raise refuse("body-too-large", limit=limit)
    chunks, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise refuse("body-too-large", limit=limit)
                chunks.append(chunk)
    except TimeoutError:
        raise refuse("body-too-slow", (("Connection", "close"),), seconds=seconds) from None
    return b"".join(chunks)
