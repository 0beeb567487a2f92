"""``POST /v1/explanations`` and ``POST /v1/repairs``: why this answer, and what to do where there is none."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import explanation_documentation, repair_documentation
from api.languages import Language
from api.requests import solved
from api.work.explanations import explain_answer, repair_scenario

router = APIRouter(prefix="/v1", tags=["explanations"])


@router.post("/explanations", summary="Explain an answer", openapi_extra=explanation_documentation())
async def post_explanation(request: Request, lang: Language) -> Response:
    """Why a candidate is funded or not, the price at which it enters, who replaces whom; or why a country has nothing.

    With neither `candidate` nor `country`, about every candidate. Without a plan, `repair` says which rules clash.
    """
    return await solved(request, lang, explain_answer)


@router.post("/repairs", summary="Repair a scenario without a plan", openapi_extra=repair_documentation())
async def post_repair(request: Request, lang: Language) -> Response:
    """Which rules of a scenario clash, as an irreducible set, and the least changes that leave a plan."""
    return await solved(request, lang, repair_scenario)
