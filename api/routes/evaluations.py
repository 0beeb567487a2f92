"""``POST /v1/evaluations``: a plan made elsewhere, checked and scored."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import evaluation_documentation
from api.languages import Language
from api.requests import solved
from api.work.evaluations import evaluate_plan

router = APIRouter(prefix="/v1", tags=["evaluations"])


@router.post("/evaluations", summary="Check and score a plan", openapi_extra=evaluation_documentation())
async def post_evaluation(request: Request, lang: Language) -> Response:
    """The certificate, the objective's terms and the indicators of a plan that was made by hand or elsewhere.

    The plan is a result's `money` and, optionally, its `private_money` and `candidates`. A plan that breaks rules
    is answered with 200 and a certificate that does not hold; one that names what the scenario does not have, with 422.
    """
    return await solved(request, lang, evaluate_plan)
