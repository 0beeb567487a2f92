"""``Idempotency-Key``: a request sent twice is acted on once, and both are answered alike."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from collections.abc import Awaitable, Callable

from fastapi import Request

from api.preferences import MINIMAL, prefers
from api.problems import Answer, refuse
from api.work.job import hard_stop_s
from optimiser.batch.requests import Requests

MOST_CHARACTERS = 255

Act = Callable[[], Awaitable[Answer]]


async def once(request: Request, body: bytes, act: Act) -> Answer:
    """What ``act`` answers, or what it answered to the same request before.

    Only answers that would come again are kept: a failure of the service or a full queue is worth another try.
    Errors: ProblemError bad-header, key-reused or request-running.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return await act()
    if not (0 < len(key) <= MOST_CHARACTERS and key.isprintable()):
        raise refuse("bad-header", header="Idempotency-Key")
    # A key is its client's own: another's shall neither get the answer nor spoil the key.
    if (client := getattr(request.state, "client", None)) is not None:
        key = f"{client} {key}"
    requests: Requests = request.app.state.requests
    settings = request.app.state.settings
    seconds = 2 * (settings.max_reading_s + hard_stop_s(settings.max_time_limit_s))
    shape = MINIMAL if prefers(request, MINIMAL) else ""
    asked = hashlib.sha256(f"{request.url.path}?{request.url.query}\n{shape}".encode() + body).digest()
    told = await asyncio.to_thread(requests.begin, key, asked, seconds)
    if isinstance(told, bytes):
        return _unpacked(told)
    if told == "other":
        raise refuse("key-reused")
    if told == "running":
        raise refuse("request-running", (("Retry-After", "2"),))
    kept = False
    try:
        answer = await act()
        if answer.status < 500 and answer.status != 429:
            await asyncio.to_thread(requests.answer, key, _packed(answer))
            kept = True
        return answer
    finally:
        if not kept:
            await asyncio.shield(asyncio.to_thread(requests.drop, key))


def _packed(answer: Answer) -> bytes:
    head = json.dumps([answer.status, answer.media_type, answer.headers]).encode()
    return zlib.compress(head + b"\n" + answer.body)


def _unpacked(packed: bytes) -> Answer:
    head, _, body = zlib.decompress(packed).partition(b"\n")
    status, media_type, headers = json.loads(head)
    replayed = ("Idempotency-Replayed", "true")
    return Answer(status, body, media_type, (*((name, value) for name, value in headers), replayed))
