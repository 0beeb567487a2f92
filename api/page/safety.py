"""Who may write: forms of this service's own pages, under a name it goes by.

A page elsewhere can make a browser send a form here, but not with headers of its choosing: the browser states where
the form came from. So no token is kept: ``Sec-Fetch-Site``, or ``Origin`` where a browser is too old for it, decides.
A client that states neither is no browser, and has nobody's rights but its own. A name that an attacker lets point at
this machine (DNS rebinding) passes both; so what was saved is read and written under known names alone.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from api.problems import refuse
from api.requests import settings_of

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine, for itself."""


def check_name(request: Request) -> None:
    """Refuses a request under a name this service does not go by.

    Errors: ProblemError foreign-name.
    """
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    known = LOOPBACK | {host.strip().lower() for host in settings_of(request).hosts.split(",") if host.strip()}
    if name not in known:
        raise refuse("foreign-name", name=name[:80])


def check_own(request: Request) -> None:
    """Refuses a form that no page of this service sent.

    Errors: ProblemError foreign-name, foreign-form.
    """
    check_name(request)
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise refuse("foreign-form", origin=(origin or site)[:80])
    if site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise refuse("foreign-form", origin=origin[:80])
