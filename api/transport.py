"""What every exchange has in common, whatever answers it: headers, HEAD and OPTIONS, no bare failure."""

from __future__ import annotations

import asyncio
import logging

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import lenient_language
from api.problems import Problem
from api.requests import new_instance, response_of

log = logging.getLogger("api")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

LINGER_S = 2.0
"""How long the rest of a refused body is still read and thrown away. A server that closes at once resets the
connection, and the client may lose the answer that says why."""


class Transport:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except Exception:
            instance = new_instance()
            log.exception("unexpected failure %s on %s %s", instance, scope["method"], scope["path"])
            if exchange.started:
                raise
            answer = Problem("unexpected").answer(lenient_language(Request(scope)), instance)
            await response_of(answer)(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its response, on their way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send):
        self._post = scope["method"] == "POST"
        self._head = scope["method"] == "HEAD"
        headers = dict(scope["headers"])
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
            self.started = True
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
