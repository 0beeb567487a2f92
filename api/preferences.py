"""What a client would rather have (RFC 7240): a job instead of waiting, the plan alone instead of all there is."""

from __future__ import annotations

from fastapi import Request

ASYNC = "respond-async"
MINIMAL = "return=minimal"


def prefers(request: Request, preference: str) -> bool:
    """Whether the client states a preference, ``name`` or ``name=value``. Of one stated twice the first counts."""
    stated: dict[str, str] = {}
    for one in ",".join(request.headers.getlist("prefer")).split(","):
        name, _, value = one.partition(";")[0].partition("=")
        stated.setdefault(name.strip().lower(), value.strip().strip('"').lower())
    name, _, value = preference.partition("=")
    return stated.get(name) == value
