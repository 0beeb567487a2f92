"""``POST /v1/frontiers``, ``POST /v1/robustness``: questions that solve many versions of one scenario."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import frontier_documentation, robustness_documentation
from api.languages import Language
from api.requests import solved
from api.work.studies import ask_robustness, draw_frontier

router = APIRouter(prefix="/v1", tags=["studies"])


@router.post("/frontiers", summary="Draw a frontier", openapi_extra=frontier_documentation())
async def post_frontier(request: Request, lang: Language) -> Response:
    """Plans between two terms of the objective, of which neither can be raised without the other falling.

    `points` floors are tried evenly, or with `complete` all points found. Each point is proven, or marked; what the
    time limit left open is listed. Full results stand under `results`. With `budget` (a tier), the objective by the
    size of that tier instead.
    """
    return await solved(request, lang, draw_frontier)


@router.post("/robustness", summary="Does the list hold?", openapi_extra=robustness_documentation())
async def post_robustness(request: Request, lang: Language) -> Response:
    """Certainty of selection over draws of the uncertain inputs, core index over weights, price over the variants.

    With `two_stage`, what to decide now over the variants and what information is worth; with `inputs`, which input
    must move least before the list of funded phases changes.
    """
    return await solved(request, lang, ask_robustness)
