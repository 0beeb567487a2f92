"""``/health``: whether the process lives, and whether it can take work."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.documentation import problems_documentation
from api.problems import refuse
from api.requests import workers_of

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="Alive")
async def get_live() -> dict[str, str]:
    """200 as long as the process answers, however busy the workers are."""
    return {"status": "live"}


@router.get("/ready", summary="Ready for work", responses=problems_documentation(503))
async def get_ready(request: Request) -> dict[str, str]:
    """200 once a worker has answered; 503 before, and again while the service stops."""
    workers = workers_of(request)
    if workers.draining:
        raise refuse("draining")
    if not workers.ready:
        raise refuse("not-ready", (("Retry-After", "1"),))
    return {"status": "ready"}
