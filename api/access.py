"""Who may use the service, and how often: bearer tokens and rates, before anything else looks at a request.

Without a file of tokens everybody who reaches the service may use it; ``investai serve`` then listens on loopback
alone. A browser sends its token once, to ``/login``, and has it back as a cookie that only reads, and sends the forms
of the page: whatever else changes something needs the ``Authorization`` header, which no other site can make a browser
send.
"""

from __future__ import annotations

import logging
import math
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem
from api.rates import Rate, client_of_address
from api.requests import problem_response
from api.settings import Settings, SettingsError
from optimiser.errors import TokenError
from optimiser.tokens import KeptToken, owner_of, read_tokens

log = logging.getLogger("api.access")

COOKIE = "investai"

UNCOUNTED = ("/health/live", "/health/ready", "/static/")
"""Open to everybody and not counted: probes, and what the page looks like."""

LOGIN = "/login"


class TokenFile:
    """The tokens in a file, read again whenever it changes. A file that cannot be read lets nobody in."""

    def __init__(self, path: str):
        self.path = Path(path)
        self._stamp: tuple[int, int, int] | None = None
        self._kept: tuple[KeptToken, ...] = ()
        try:
            self._read()
        except (OSError, UnicodeDecodeError, TokenError) as error:
            raise SettingsError(f"INVESTAI_TOKENS cannot be used: {error}") from None

    def owner(self, token: str) -> str | None:
        """The name a token goes by, or None."""
        try:
            self._read()
        except (OSError, UnicodeDecodeError, TokenError) as error:
            if self._kept:
                log.error("the tokens cannot be read, nobody is let in: %s", error)
            self._kept, self._stamp = (), None
        return owner_of(token, self._kept)

    def _read(self) -> None:
        found = self.path.stat()
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp != self._stamp:
            self._kept = read_tokens(self.path.read_text("utf-8"))
            self._stamp = stamp


class Access:
    """The tokens and rates of one service."""

    def __init__(self, settings: Settings):
        self.tokens = TokenFile(settings.tokens) if settings.tokens else None
        self.rate = Rate(settings.requests_per_minute)

    def owner(self, token: str) -> str | None:
        """The name a token goes by, or None; None, too, where the service has no tokens."""
        return self.tokens.owner(token) if self.tokens and token else None

    def refusal(self, request: Request) -> Problem | None:
        """Why a request goes no further, or None. Who sent it is noted in the request's state, as ``client``."""
        path = request.url.path
        if path in UNCOUNTED or path.startswith("/static/"):
            return None
        owner = request.state.client = self.owner(token_of(request))
        address = request.client.host if request.client else ""
        wait_s = self.rate.wait_s(f"token {owner}" if owner else client_of_address(address))
        if wait_s:
            seconds = math.ceil(wait_s)
            params = {"count": self.rate.per_minute, "seconds": seconds}
            return Problem("too-many-requests", params, headers=(("Retry-After", str(seconds)),))
        if self.tokens and owner is None and path != LOGIN:
            return Problem("unauthorised", headers=(("WWW-Authenticate", 'Bearer realm="investai"'),))
        return None


def token_of(request: Request) -> str:
    """The token a request bears: in its Authorization, or in its cookie to read and to send forms; "" for none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    form = request.method == "POST" and not request.url.path.startswith("/v1/") and is_own_form(request)
    if request.method in ("GET", "HEAD") or form:
        try:
            found = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""
    return ""


def is_own_form(request: Request) -> bool:
    """Whether a browser states that a page of this service sent the form, which no other site can make it state."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


class Gate:
    """ASGI middleware that lets through what ``Access`` does not refuse."""

    def __init__(self, app: ASGIApp, access: Access):
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        problem = self.access.refusal(request)
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await problem_response(request, problem)(scope, receive, send)
