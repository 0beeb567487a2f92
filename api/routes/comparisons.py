"""``POST /v1/comparisons`` and ``/v1/differences``: strategies side by side, and what differs between two scenarios."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import comparison_documentation, difference_documentation
from api.languages import Language
from api.requests import solved
from api.work.comparisons import compare_strategies, differ

router = APIRouter(prefix="/v1", tags=["comparisons"])


@router.post("/comparisons", summary="Compare strategies", openapi_extra=comparison_documentation())
async def post_comparison(request: Request, lang: Language) -> Response:
    """Several strategies on one scenario: who is in and out with each, what each gives up, which rules it breaks.

    Without `strategies` all that can be applied are compared. The time limit of the scenario is for the whole
    comparison; a strategy that is not solved within it is listed under `unsolved`.
    """
    return await solved(request, lang, compare_strategies)


@router.post("/differences", summary="Compare two scenarios", openapi_extra=difference_documentation())
async def post_difference(request: Request, lang: Language) -> Response:
    """What differs between two scenarios, each solved: first the inputs, then the decisions, then the money."""
    return await solved(request, lang, differ)
