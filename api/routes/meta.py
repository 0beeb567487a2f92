"""What the service says about itself: schema, limits, version, kinds of problem, its own description."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import asdict
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response

from api.documentation import problems_documentation
from api.languages import Language
from api.problems import JSON, STATUS, json_bytes, problem_type, refuse
from api.requests import conditional, settings_of
from api.settings import SECRET
from api.work.job import hard_stop_s
from optimiser.messages import LANGUAGES, catalogue
from optimiser.scenario.schema import scenario_schema

router = APIRouter(tags=["about"])

PACKAGES = ("pulp", "highspy", "numpy", "pydantic")


@cache
def schema_json() -> bytes:
    """The published schema of the scenario format."""
    return json_bytes(scenario_schema())


@router.get("/v1/schema", summary="The scenario format", response_class=Response, responses=problems_documentation(400))
async def get_schema(request: Request, lang: Language) -> Response:
    """JSON Schema (2020-12) of a scenario."""
    return conditional(request, schema_json())


@router.get("/v1/limits", summary="What the service allows", responses=problems_documentation(400))
async def get_limits(request: Request, lang: Language) -> dict[str, Any]:
    """Limits in force: times in seconds, sizes in bytes, the rest counts.

    `hard_stop_s`: when a solve at the greatest time limit is ended, whatever it does.
    """
    settings = settings_of(request)
    limits = {name: value for name, value in asdict(settings).items() if name not in SECRET}
    limits["authentication"] = "bearer" if settings.tokens else "none"
    own = {"store": settings.store_kind, "job_hard_stop_s": hard_stop_s(settings.max_job_time_limit_s)}
    return limits | own | {"hard_stop_s": hard_stop_s(settings.max_time_limit_s), "languages": list(LANGUAGES)}


@router.get("/v1/version", summary="Versions", responses=problems_documentation(400))
async def get_version(lang: Language) -> dict[str, Any]:
    """Version of the service, of the scenario format, and of what stands below."""
    return {"version": _version("investai-optimiser"), "schema_version": "1", "versions": _versions()}


@router.get("/problems/{code}", summary="A kind of problem", responses=problems_documentation(400, 404))
async def get_problem(code: str, lang: Language) -> dict[str, Any]:
    """What a problem's `type` means; words in braces are filled in when it happens."""
    if code not in STATUS:
        raise refuse("not-found")
    texts = catalogue(lang)
    key = f"problem.{code}"
    parts = {"title": texts[key], "detail": texts[f"{key}.detail"], "cure": texts[f"{key}.cure"]}
    return {"type": problem_type(code), "status": STATUS[code], **parts}


@router.get("/openapi.json", include_in_schema=False)
def get_openapi(request: Request) -> Response:
    """The OpenAPI description of the service."""
    # Not async: the first one takes a while to write, and the event loop shall stay free.
    return Response(json_bytes(request.app.openapi()), media_type=JSON)


@cache
def _versions() -> dict[str, str]:
    return {name: _version(name) for name in PACKAGES} | {"python": platform.python_version()}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "source"
