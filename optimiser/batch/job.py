"""A job and a batch of jobs, as they are submitted, worked on, ended and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from optimiser.batch.solving import Prepared, Solved

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Held = Literal["held", "cancel", "lost"]

ENDED: tuple[State, ...] = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be: its content (a scenario, or the patch of a sweep's point), and its answer where that is known."""

    name: str
    lang: str
    content: bytes
    known: Prepared | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that its holder shall work on. base: what the content changes; None where it is a whole scenario."""

    id: str
    lease: str
    lang: str
    content: bytes
    base: bytes | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How work on a job ended. digest: of its content, under which its reading is kept; "" keeps none.

    prepared: what reading gave. solved: the result. findings: why there is none.
    progress: how far the search came in the end; None leaves what was reported before.
    """

    state: State
    digest: str = ""
    prepared: Prepared | None = None
    solved: Solved | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    progress: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it stands. termination, has_allocation: of its result; None where it has none."""

    id: str
    batch: str | None
    number: int
    name: str
    lang: str
    state: State
    cancel_asked: bool
    attempts: int
    progress: Mapping[str, Any]
    key: str | None
    names: Mapping[str, str]
    findings: tuple[Mapping[str, Any], ...]
    created_at: float
    started_at: float | None
    ended_at: float | None
    termination: str | None
    has_allocation: bool | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it stands: how many children it has, and how many of them ended in which way."""

    id: str
    total: int
    succeeded: int
    failed: int
    cancelled: int
    created_at: float
    started_at: float | None
    ended_at: float | None

    @property
    def state(self) -> str:
        """Of the whole: "partially_failed" where some children failed and others did not."""
        if self.ended_at is None:
            return "queued" if self.started_at is None else "running"
        if self.cancelled:
            return "cancelled"
        if self.failed:
            return "failed" if self.failed == self.total else "partially_failed"
        return "succeeded"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; numbered from 1 within its job or batch."""

    number: int
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


class BacklogFull(Exception):
    """There are too many jobs already. waiting: how many have not ended."""

    def __init__(self, waiting: int):
        self.waiting = waiting
        super().__init__(waiting)


class StillRunning(Exception):
    """What is being worked on cannot be deleted."""
