"""``POST /v1/frontiers``: questions that solve many versions of one scenario."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import frontier_documentation
from api.languages import Language
from api.requests import worked
from api.work.studies import draw_frontier

router = APIRouter(prefix="/v1", tags=["studies"])


@router.post("/frontiers", summary="Draw a frontier", openapi_extra=frontier_documentation())
async def post_frontier(request: Request, lang: Language) -> Response:
    """Plans between two terms of the objective, of which neither can be raised without the other falling.

    `points` floors are tried evenly, or with `complete` all points found. Each point is proven, or marked; what the
    time limit left open is listed. Full results stand under `results`.
    """
    return await worked(request, lang, draw_frontier)
