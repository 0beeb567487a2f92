"""Signing in with a browser: the token is sent once and comes back as a cookie that no script reads."""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response

from api.access import COOKIE, LOGIN, Access
from api.page.rendering import HEADERS
from api.problems import refuse
from api.requests import read_body, settings_of

router = APIRouter(include_in_schema=False)

MOST_BYTES = 4_000
"""A token and an address."""


@router.get(LOGIN, response_class=Response)
async def get_login() -> Response:
    """There is nothing here but the form's goal; the form stands wherever a page was refused."""
    return Response(status_code=303, headers={**HEADERS, "Location": "/"})


@router.post(LOGIN, response_class=Response)
async def post_login(request: Request) -> Response:
    """Back to the page that was asked for, with the token as a cookie. Errors: ProblemError unauthorised."""
    access: Access = request.app.state.access
    body = await read_body(request, MOST_BYTES, settings_of(request).max_upload_s)
    form = parse_qs(body.decode("utf-8", "replace"))
    token = form.get("token", [""])[0].strip()
    if access.tokens and access.owner(token) is None:
        raise refuse("unauthorised", (("WWW-Authenticate", 'Bearer realm="investai"'),))
    headers = {**HEADERS, "Location": within(form.get("to", ["/"])[0])}
    if access.tokens:
        headers["Set-Cookie"] = cookie(token, request.url.scheme == "https")
    return Response(status_code=303, headers=headers)


def cookie(token: str, secure: bool) -> str:
    """The cookie that bears a token until the browser is closed."""
    made = SimpleCookie({COOKIE: token})
    kept = made[COOKIE]
    kept["path"], kept["samesite"], kept["httponly"], kept["secure"] = "/", "Strict", True, secure
    return kept.OutputString()


def within(address: str) -> str:
    """The address, where it stays on this service; the start otherwise."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside and address.isascii() and address.isprintable() else "/"
