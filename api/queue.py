"""From a request to the store of jobs and back: submission, look-up, removal, and what the store refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from fastapi import Request, Response

from api.dispatcher import Dispatcher
from api.job_documents import batch_document, job_document
from api.preferences import ASYNC, prefers
from api.problems import Answer, json_bytes, refuse
from api.requests import settings_of, workers_of
from api.work.jobs import NewBatch, content_digest
from optimiser.batch.job import BacklogFull, BatchRow, JobRow, NewJob, StillRunning
from optimiser.batch.jobs import Jobs
from optimiser.batch.solving import Prepared
from optimiser.errors import StoreError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Queue:
    """The jobs of the service, and who works on them."""

    jobs: Jobs
    dispatcher: Dispatcher

    def wake(self) -> None:
        """There is something new for who works on them."""
        self.dispatcher.wake()


def queue_of(request: Request) -> Queue:
    """The queue of the service."""
    queue: Queue = request.app.state.queue
    return queue


async def stored(function: Callable[..., Value], *args: Any) -> Value:
    """What the store answers, asked in a thread. Errors: ProblemError store-unavailable."""
    try:
        return await asyncio.to_thread(function, *args)
    except StoreError as error:
        raise refuse("store-unavailable", (("Retry-After", "2"),), reason=str(error)[:300].capitalize()) from None


async def found_job(request: Request, id: str) -> JobRow:
    """The job. Errors: ProblemError unknown-job."""
    job = await stored(queue_of(request).jobs.job, id[:40].replace("\0", ""))
    if job is None:
        raise refuse("unknown-job", id=id[:80])
    return job


async def found_batch(request: Request, id: str) -> BatchRow:
    """The batch. Errors: ProblemError unknown-batch."""
    batch = await stored(queue_of(request).jobs.batch, id[:40].replace("\0", ""))
    if batch is None:
        raise refuse("unknown-batch", id=id[:80])
    return batch


async def queued(request: Request, new: NewJob) -> Answer:
    """Queue a job whose scenario was read; it has succeeded already where its answer is kept."""
    jobs = queue_of(request).jobs
    assert new.known is not None and new.known.key is not None
    if not await stored(jobs.store.kept, [new.known.key]):
        new = replace(new, known=None)
    id = await _submitted(request, jobs.submit, new)
    job = await found_job(request, id)
    applied = _applied(request)
    return accepted(job_document(job), 202, (("Location", f"/v1/jobs/{id}"), *applied))


async def queued_batch(request: Request, new: NewBatch) -> Answer:
    """Queue the children of a batch; what is known of their contents ends them at once."""
    jobs = queue_of(request).jobs
    known = await stored(_known, jobs, settings_of(request).for_jobs(), new)
    children = [replace(child, known=k) for child, k in zip(new.children, known, strict=True)]
    id = await _submitted(request, jobs.submit_batch, children, new.base)
    applied = _applied(request)
    document = batch_document(await found_batch(request, id), [], 0)
    return accepted(document, 202, (("Location", f"/v1/batches/{id}"), *applied))


def _known(jobs: Jobs, settings: Any, new: NewBatch) -> Sequence[Prepared | None]:
    """What is known of each child: the key of its kept result, or why it has none."""
    digests = [content_digest(child.content, new.base, child.lang, settings) for child in new.children]
    read = jobs.store.known(list(dict.fromkeys(digests)))
    kept = jobs.store.kept([p.key for p in read.values() if p.key is not None])
    usable = {d: p for d, p in read.items() if p.key is None or p.key in kept}
    return [usable.get(digest) for digest in digests]


async def _submitted(request: Request, submit: Callable[..., str], *args: Any) -> str:
    if workers_of(request).draining:
        raise refuse("draining", (("Retry-After", "5"), ("Connection", "close")))
    limit = settings_of(request).max_jobs
    try:
        id = await stored(submit, *args, limit)
    except BacklogFull as full:
        raise refuse("backlog-full", (("Retry-After", "30"),), count=full.waiting, limit=limit) from None
    queue_of(request).wake()
    return id


async def deleted(delete: Callable[[str], None], id: str) -> Response:
    """Delete, where nothing of it runs."""
    try:
        await stored(delete, id)
    except StillRunning:
        raise refuse("still-running") from None
    return Response(status_code=204)


def accepted(document: Any, status: int, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A document as an answer."""
    return Answer(status, json_bytes(document), headers=headers)


def _applied(request: Request) -> tuple[tuple[str, str], ...]:
    return (("Preference-Applied", ASYNC),) if prefers(request, ASYNC) else ()
