"""Takes jobs from the store to the workers and back.

Every process of the service runs one. It leases jobs while its workers are free, renews what it holds, hears of
cancels, and gives back what it cannot finish. Several of them share a store: what one that died
held is taken up by another.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from api.problems import ProblemError
from api.settings import Settings
from api.work.job import hard_stop_s
from api.work.jobs import Control, JobWork, content_digest, work_on
from api.workers import Workers
from optimiser.batch.job import Ending, Held, Leased
from optimiser.batch.jobs import Jobs
from optimiser.batch.requests import Requests
from optimiser.batch.solving import Prepared, failed
from optimiser.errors import StoreError

Value = TypeVar("Value")

log = logging.getLogger("api.dispatcher")

POLL_S = 0.5
"""How often it looks for work that other processes took in."""

BEAT_S = 0.5
"""How often it renews leases, passes progress on and hears of cancels."""

CANCEL_GRACE_S = 5.0
"""How long a cancelled search may take to hand over its plan; then its worker is ended."""

CLOSE_S = 5.0
"""How long giving back may take."""

NICENESS = 2
"""By how much the workers of jobs give way to those of clients that wait."""

TIDY_S = 3600.0
"""How often it removes what was kept long enough."""


@dataclass(slots=True)
class _Held:
    """A job held by this process. reported: the progress last passed on."""

    leased: Leased
    control: Control
    task: asyncio.Task[None] | None = None
    reported: Mapping[str, Any] | None = None
    cancelled_at: float | None = None
    fate: Held = "held"


@dataclass(slots=True)
class Dispatcher:
    """The dispatcher of one process, from start to close."""

    jobs: Jobs
    requests: Requests
    settings: Settings
    workers: Workers = field(init=False)
    _started: bool = False
    _held: dict[str, _Held] = field(default_factory=dict)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _work: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _folder: Any = None
    _closing: bool = False

    def __post_init__(self) -> None:
        # Workers of its own, which give way: a client that waits never waits for a job.
        self.workers = Workers(
            self.settings.job_workers, self.settings.job_workers, NICENESS, most_bytes=self.settings.max_worker_bytes
        )

    def start(self) -> None:
        """Begin to take work; the workers are started when there is some."""
        self._folder = tempfile.TemporaryDirectory(prefix="investai-jobs-")
        create = asyncio.get_running_loop().create_task
        self._loops = [create(self._take()), create(self._beat()), create(self._tidy())]

    def wake(self) -> None:
        """There is new work, or a cancel: look at once."""
        self._work.set()
        self._news.set()

    async def close(self, limit_s: float) -> None:
        """Let jobs end until the limit, give back what has not, and end."""
        self._closing = True
        await self.workers.drain(limit_s)
        tasks = [held.task for held in self._held.values() if held.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_S)
        for task in [*self._loops, *tasks]:
            task.cancel()
        await asyncio.gather(*self._loops, *tasks, return_exceptions=True)
        if self._folder is not None:
            self._folder.cleanup()

    async def _take(self) -> None:
        """Lease work while there are workers for it."""
        while True:
            self._work.clear()
            if not self._started and any(state in ("queued", "running") for state in await self._states()):
                self._started = True
                self.workers.start()
            room = min(self.workers.spare, self.settings.job_workers - len(self._held))
            found = 0
            if room > 0:
                leased = await self._stored(self.jobs.lease, room, self.settings.lease_s) or []
                found = len(leased)
                for one in leased:
                    self._begin(one)
            if not found:
                await _until(self._work, POLL_S)

    async def _states(self) -> Mapping[str, int]:
        """How many jobs of the store are in which state."""
        return await self._stored(self.jobs.counts) or {}

    def _begin(self, leased: Leased) -> None:
        folder = Path(self._folder.name)
        control = Control(folder / f"{leased.lease}.stop", folder / f"{leased.lease}.progress")
        held = self._held[leased.id] = _Held(leased, control)
        held.task = asyncio.get_running_loop().create_task(self._carry_out(held))

    async def _carry_out(self, held: _Held) -> None:
        """Work on one job to its end, whatever that is."""
        leased = held.leased
        try:
            ending = await self._worked(held)
            if isinstance(ending, Ending):
                await self._finish(leased, ending)
            elif held.fate != "lost":
                await self._stored(self.jobs.release, leased.id, leased.lease, ending)
        finally:
            self._held.pop(leased.id, None)
            for path in (held.control.stop, held.control.progress):
                path.unlink(missing_ok=True)
            self._work.set()

    async def _worked(self, held: _Held) -> Ending | bool:
        """How the job ended; or whether its giving back counts as an attempt that failed."""
        leased, settings = held.leased, self.settings.for_jobs()
        known = await self._known(leased, settings)
        if known is not None:
            return known
        work = JobWork(leased.id, leased.content, leased.base, leased.lang, settings, held.control)
        timeout_s = settings.max_reading_s + hard_stop_s(settings.max_time_limit_s) + 1.0
        try:
            return await self.workers.run(work_on, work, timeout_s=timeout_s)
        except ProblemError as error:
            if error.problem.code in ("draining", "queue-full"):
                return False
            if error.problem.code == "worker-lost":
                return True
            return Ending("failed", findings=(error.problem.finding(leased.lang),))
        except asyncio.CancelledError:
            if held.fate == "cancel":
                return Ending("cancelled")
            return False
        except Exception as error:
            log.exception("job %s failed", leased.id)
            reason = " ".join(str(error).split()) or type(error).__name__
            return Ending("failed", findings=failed("item-failed", {"reason": reason[:500]}, leased.lang).findings)

    async def _known(self, leased: Leased, settings: Settings) -> Ending | None:
        """The answer, where the same content was answered before."""
        digest = content_digest(leased.content, leased.base, leased.lang, settings)
        found = (await self._stored(self.jobs.store.known, [digest]) or {}).get(digest)
        if found is None:
            return None
        return await self.ending_of(found)

    async def ending_of(self, found: Prepared) -> Ending | None:
        """How a job ends whose reading is known; None where its result is not."""
        if found.key is None:
            return Ending("failed", prepared=found, findings=found.findings)
        if found.key in (await self._stored(self.jobs.store.kept, [found.key]) or {}):
            return Ending("succeeded", prepared=found)
        return None

    async def _finish(self, leased: Leased, ending: Ending) -> None:
        """Write an ending down; while the store refuses, as long as the lease may hold."""
        last = time.monotonic() + self.settings.lease_s
        while await self._stored(self.jobs.finish, leased.id, leased.lease, ending) is None:
            if time.monotonic() > last:
                log.error("job %s could not be written down; it will be worked on again", leased.id)
                return
            await asyncio.sleep(0.5)

    async def _beat(self) -> None:
        """Renew what is held, pass progress on, hear of cancels."""
        while True:
            await _until(self._news, min(BEAT_S, self.settings.lease_s / 3))
            self._news.clear()
            if not self._held:
                continue
            news = {id: (held.leased.lease, _progress(held)) for id, held in self._held.items()}
            told = await self._stored(self.jobs.renew, news, self.settings.lease_s) or {}
            for id, fate in told.items():
                if (held := self._held.get(id)) is not None and held.leased.lease == news[id][0]:
                    held.reported = news[id][1] or held.reported
                    self._hear(held, fate)

    def _hear(self, held: _Held, fate: Held) -> None:
        held.fate = fate
        assert held.task is not None
        if fate == "lost":
            held.task.cancel()
        elif fate == "cancel" and held.cancelled_at is None:
            held.cancelled_at = time.monotonic()
            held.control.stop.touch()
        elif fate == "cancel" and time.monotonic() > (held.cancelled_at or 0.0) + CANCEL_GRACE_S:
            held.task.cancel()

    async def _tidy(self) -> None:
        """Remove what was kept long enough."""
        while True:
            before = time.time() - self.settings.keep_jobs_s
            await self._stored(self.jobs.forget, before)
            await self._stored(self.requests.forget, before)
            await asyncio.sleep(min(TIDY_S, self.settings.keep_jobs_s))

    async def _stored(self, function: Callable[..., Value], *args: Any) -> Value | None:
        """What the store answers, from a thread; None where it refuses, which is logged: there is a next time."""
        try:
            return await asyncio.to_thread(function, *args)
        except StoreError as error:
            log.warning("%s", error)
            await asyncio.sleep(0.2)
            return None


def _progress(held: _Held) -> Mapping[str, Any] | None:
    """What the worker reports, where it is new."""
    try:
        found: Mapping[str, Any] = json.loads(held.control.progress.read_bytes())
    except (OSError, ValueError):
        return None
    before = held.reported or {}
    changed = any(found.get(key) != before.get(key) for key in ("stage", "value", "bound"))
    return found if changed else None


async def _until(event: asyncio.Event, limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await event.wait()
    except TimeoutError:
        return
