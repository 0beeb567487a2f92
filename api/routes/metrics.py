"""``GET /metrics``: what the service counts, as Prometheus reads it."""

from __future__ import annotations

from typing import get_args

from fastapi import APIRouter, Request, Response

from api.documentation import metrics_documentation
from api.metrics import MEDIA_TYPE
from api.queue import queue_of, stored
from api.requests import workers_of
from optimiser.batch.job import State

router = APIRouter(tags=["about"])


@router.get("/metrics", summary="What the service counts", openapi_extra=metrics_documentation())
async def get_metrics(request: Request) -> Response:
    """Requests by route and status, how long they took, work by its end, workers, queue and jobs, for Prometheus."""
    queue = queue_of(request)
    workers = {"clients": workers_of(request), "jobs": queue.dispatcher.workers}
    jobs = dict.fromkeys(get_args(State), 0) | await stored(queue.jobs.counts)
    content = request.app.state.metrics.shown(workers, jobs)
    return Response(content, headers={"Cache-Control": "no-store"}, media_type=MEDIA_TYPE)
