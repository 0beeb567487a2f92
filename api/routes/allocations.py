"""``POST /v1/allocations`` and ``POST /v1/validate``: the body is the scenario itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import allocation_documentation, validation_documentation
from api.languages import Language
from api.preferences import ASYNC, MINIMAL, prefers
from api.problems import Answer
from api.queue import queued
from api.requests import longest_s, solved, worked, workers_of
from api.work.allocations import allocate_briefly, allocate_scenario, validate_scenario
from api.work.job import Job
from api.work.jobs import read_job
from optimiser.batch.job import NewJob

router = APIRouter(prefix="/v1", tags=["allocations"])


@router.post("/allocations", summary="Allocate the fund of a scenario", openapi_extra=allocation_documentation())
async def post_allocation(request: Request, lang: Language) -> Response:
    """The best allocation, with its certificate, prices and reasons: 200 also when infeasible, which is an answer.

    The time limit of the scenario holds, up to `max_time_limit_s` of `/v1/limits`; a finding says so where it was
    lowered. The solver cannot be chosen. With `Prefer: respond-async`, or with more candidates than `max_candidates`,
    the answer is 202 with the address of a job. With `Prefer: return=minimal` it is the plan, what it reaches and its
    certificate alone, sooner; a job keeps the whole result.
    """

    async def act(job: Job) -> Answer:
        directly = allocate_briefly if prefers(request, MINIMAL) else allocate_scenario
        work = read_job if prefers(request, ASYNC) else directly
        answer = await workers_of(request).run(work, job, timeout_s=longest_s(job.settings))
        return await queued(request, answer) if isinstance(answer, NewJob) else answer

    return await worked(request, lang, act)


@router.post("/validate", summary="Check a scenario", openapi_extra=validation_documentation())
async def post_validation(request: Request, lang: Language) -> Response:
    """Every finding of a scenario, without solving it: 200 also when it has errors, or is no JSON at all."""
    return await solved(request, lang, validate_scenario)
