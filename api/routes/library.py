"""``GET /v1/scenarios``: the library of scenarios that the package carries."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response

from api.documentation import problems_documentation
from api.languages import Language
from api.problems import json_bytes, refuse
from api.requests import conditional
from optimiser.library import library_files

router = APIRouter(prefix="/v1", tags=["library"])


@cache
def library() -> dict[str, bytes]:
    """Every carried scenario by its id, as its file stands."""
    return {name: path.read_bytes() for name, path in library_files().items()}


@cache
def contents() -> bytes:
    """The list of scenarios, as JSON."""
    return json_bytes({"scenarios": [_entry(name, json.loads(content)) for name, content in library().items()]})


def _entry(name: str, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "name": document.get("name", ""),
        "description": document.get("description", ""),
        "link": f"/v1/scenarios/{name}",
    }


@router.get("/scenarios", summary="List the library", response_class=Response, responses=problems_documentation(400))
async def get_scenarios(request: Request, lang: Language) -> Response:
    """Id, name, description and link of every scenario the package carries."""
    return conditional(request, contents())


@router.get(
    "/scenarios/{id}",
    summary="A scenario of the library",
    response_class=Response,
    responses=problems_documentation(400, 404),
)
async def get_scenario(request: Request, id: str, lang: Language) -> Response:
    """The scenario's file, ready to be posted to `/v1/allocations`."""
    content = library().get(id)
    if content is None:
        raise refuse("unknown-scenario", id=id[:80], known=list(library()))
    return conditional(request, content)
