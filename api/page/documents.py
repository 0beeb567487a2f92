"""Documents that views are made of, by the id in their address."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

from api.problems import refuse
from api.routes.library import library


async def found(request: Request, id: str) -> dict[str, Any]:
    """The document of a scenario of the library; a fresh one, that may be changed.

    Errors: ProblemError unknown-scenario.
    """
    content = library().get(id)
    if content is None:
        raise refuse("unknown-scenario", id=id[:80], known=list(library()))
    document: dict[str, Any] = json.loads(content)
    return document
