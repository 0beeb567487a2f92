"""Server-sent events of jobs and batches: told from the store, so that any process of the service can tell them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request

from api.languages import weighted
from api.problems import ProblemError, refuse
from api.queue import queue_of, stored
from api.requests import workers_of
from optimiser.batch.job import BatchRow, Event, JobRow

POLL_S = 0.25
"""How often it looks for new events."""

SILENCE_S = 10.0
"""After so long without an event a comment is sent, by which both ends know that the other still listens."""

EVENT_STREAM = "text/event-stream"


def last_event_id(request: Request) -> int:
    """The event after which to begin: 0, or what the client has seen.

    Errors: ProblemError not-acceptable, bad-header.
    """
    entries = [weighted(entry) for entry in request.headers.get("accept", "").split(",") if entry.strip()]
    ranges = {name.lower() for name, weight in entries if weight > 0}
    if entries and not ranges & {"*/*", "text/*", EVENT_STREAM}:
        raise refuse("not-acceptable")
    seen = request.headers.get("last-event-id", "0").strip() or "0"
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 10):
        raise refuse("bad-header", header="Last-Event-ID")
    return int(seen)


async def events_of(
    request: Request, id: str, after: int, found: Callable[[], Awaitable[JobRow | BatchRow]]
) -> AsyncIterator[bytes]:
    """Events as they happen, until the job or batch has ended and all are told; or the service stops.

    A store that refuses ends the stream too: the client comes again, with the last id it has seen.
    """
    yield b"retry: 1000\n\n"
    told_at = time.monotonic()
    while not workers_of(request).draining:
        try:
            # In this order: what happened before the end is told before the end is seen.
            ended = (await found()).ended_at is not None
            news = await stored(queue_of(request).jobs.events, id, after)
        except ProblemError:
            return
        for event in news:
            after = event.number
            yield _written(event)
        if news:
            told_at = time.monotonic()
        elif ended:
            return
        elif time.monotonic() - told_at > SILENCE_S:
            told_at = time.monotonic()
            yield b": still here\n\n"
        if not news:
            await asyncio.sleep(POLL_S)


def _written(event: Event) -> bytes:
    # JSON without line breaks: a line of data each would be read as one.
    return f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(dict(event.data))}\n\n".encode()
