"""Jobs and batches as the service shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from optimiser.batch.job import ENDED, BatchRow, JobRow


def job_document(job: JobRow) -> dict[str, Any]:
    """A job: its state, apart from how its search ended (``termination``), and how far it is (``progress``)."""
    address = f"/v1/jobs/{job.id}"
    links = {"self": address, "events": f"{address}/events", "cancel": f"{address}/cancel"}
    links |= {"model_lp": f"{address}/model.lp", "model_mps": f"{address}/model.mps"}
    if job.key is not None:
        links["result"] = f"{address}/result"
    return {
        **_entry(job),
        "batch": job.batch,
        "cancel_asked": job.cancel_asked,
        "attempts": job.attempts,
        "progress": {key: job.progress.get(key) for key in ("stage", "value", "bound", "gap", "seconds")},
        "findings": list(job.findings),
        "created_at": _time(job.created_at),
        "started_at": _time(job.started_at),
        "ended_at": _time(job.ended_at),
        "links": links,
    }


def batch_document(batch: BatchRow, children: Sequence[JobRow], most: int) -> dict[str, Any]:
    """A batch, and a page of its children: those after the number asked for."""
    address = f"/v1/batches/{batch.id}"
    links = {"self": address, "events": f"{address}/events", "cancel": f"{address}/cancel"}
    if children and len(children) == most and children[-1].number + 1 < batch.total:
        links["next"] = f"{address}?after={children[-1].number}&limit={most}"
    return {
        "id": batch.id,
        "state": batch.state,
        "total": batch.total,
        "succeeded": batch.succeeded,
        "failed": batch.failed,
        "cancelled": batch.cancelled,
        "created_at": _time(batch.created_at),
        "started_at": _time(batch.started_at),
        "ended_at": _time(batch.ended_at),
        "jobs": [{**_entry(job), "link": f"/v1/jobs/{job.id}"} for job in children],
        "links": links,
    }


def _entry(job: JobRow) -> dict[str, Any]:
    return {
        "id": job.id,
        "number": job.number,
        "name": job.name,
        "state": job.state,
        "termination": job.termination,
        "has_allocation": bool(job.has_allocation) if job.state in ENDED else None,
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
