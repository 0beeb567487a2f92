"""``POST /v1/allocations`` and ``POST /v1/validate``: the body is the scenario itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import allocation_documentation, validation_documentation
from api.languages import Language
from api.requests import worked
from api.work.allocations import allocate_scenario, validate_scenario

router = APIRouter(prefix="/v1", tags=["allocations"])


@router.post("/allocations", summary="Allocate the fund of a scenario", openapi_extra=allocation_documentation())
async def post_allocation(request: Request, lang: Language) -> Response:
    """The best allocation, with its certificate, prices and reasons: 200 also when infeasible, which is an answer.

    The time limit of the scenario holds, up to `max_time_limit_s` of `/v1/limits`; a finding says so where it was
    lowered. The solver cannot be chosen. `Prefer: respond-async` is not applied.
    """
    return await worked(request, lang, allocate_scenario)


@router.post("/validate", summary="Check a scenario", openapi_extra=validation_documentation())
async def post_validation(request: Request, lang: Language) -> Response:
    """Every finding of a scenario, without solving it: 200 also when it has errors, or is no JSON at all."""
    return await worked(request, lang, validate_scenario)
