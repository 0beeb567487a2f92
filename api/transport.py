"""What every exchange has in common, whatever answers it: headers, HEAD and OPTIONS, no bare failure."""

from __future__ import annotations

import asyncio
import logging
import time

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import lenient_language
from api.logs import REQUEST_ID, request_id
from api.metrics import Metrics
from api.problems import Problem
from api.requests import CLIENT_GONE, new_instance, response_of

log = logging.getLogger("api")
answered = logging.getLogger("api.requests")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}

STRICT_TRANSPORT = "max-age=31536000"
"""Said behind TLS alone: without it a browser must not heed it, and a laptop's loopback has none."""

LINGER_S = 2.0
"""How long the rest of a refused body is still read and thrown away. A server that closes at once resets the
connection, and the client may lose the answer that says why."""


class Transport:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp, metrics: Metrics):
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        asked, begun = scope["method"], time.perf_counter()
        if asked == "HEAD":
            scope = {**scope, "method": "GET"}
        known = REQUEST_ID.set(exchange.named["request_id"])
        try:
            await self._answer(scope, exchange)
        finally:
            self._note(scope, asked, exchange, time.perf_counter() - begun)
            REQUEST_ID.reset(known)

    async def _answer(self, scope: Scope, exchange: _Exchange) -> None:
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except Exception:
            instance = new_instance()
            log.exception(
                "unexpected failure %s",
                instance,
                extra=exchange.named | {"route": route_of(scope), "instance": instance},
            )
            if exchange.started:
                raise
            answer = Problem("unexpected").answer(lenient_language(Request(scope)), instance)
            await response_of(answer)(scope, exchange.receive, exchange.send)

    def _note(self, scope: Scope, asked: str, exchange: _Exchange, seconds: float) -> None:
        route, status = route_of(scope), exchange.status
        self.metrics.answered(asked, route, status, seconds)
        quiet = route is not None and route.startswith("/health/")
        client = scope.get("state", {}).get("client")
        noted = exchange.named | {
            "client": client,
            "method": asked[:20],
            "route": route,
            "status": status,
            "ms": round(1e3 * seconds, 1),
        }
        answered.log(logging.DEBUG if quiet else logging.INFO, "answered", extra=noted)


def route_of(scope: Scope) -> str | None:
    """The template of the route that answers, as ``/v1/jobs/{id}``; None where there is none."""
    path: str | None = getattr(scope.get("route"), "path", None)
    return path


class _Exchange:
    """One request and its response, on their way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send):
        self._post = scope["method"] == "POST"
        self._head = scope["method"] == "HEAD"
        self._secure = scope.get("scheme") == "https"
        headers = dict(scope["headers"])
        self.named = {"request_id": request_id(headers.get(b"x-request-id", b"").decode("latin-1"))}
        self.status = CLIENT_GONE
        waits = headers.get(b"expect", b"").lower() == b"100-continue"
        has_body = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
        # A client that waits for leave to send its body never sends a refused one.
        self._unread = has_body and not waits
        self._receive = receive
        self._send = send
        self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            self._add_headers(message)
        elif message["type"] == "http.response.body":
            if self._head:
                message = {**message, "body": b""}
            if self._unread and not message.get("more_body", False):
                await self._send({**message, "more_body": True})
                await self._read_the_rest()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def _add_headers(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = self.named["request_id"]
        if self._secure:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        if self._post or message["status"] >= 400:
            headers["Cache-Control"] = "no-store"
        headers.add_vary_header("Accept-Language")

    async def _read_the_rest(self) -> None:
        try:
            async with asyncio.timeout(LINGER_S):
                while self._unread:
                    await self.receive()
        except TimeoutError:
            return
