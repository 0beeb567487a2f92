"""Worker processes that can be killed, and the queue in front of them.

Each worker has a pool of its own (``pebble``, one process): killing one touches no other, waiting requests
stay in this process where dropping them costs nothing, and whatever goes wrong in one worker is mended by
replacing it.
"""

from __future__ import annotations

import asyncio
import logging
import math
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from api.problems import ProblemError, refuse
from api.work.job import process_number, warm_up
from optimiser.batch.engine import copies_of

Value = TypeVar("Value")

log = logging.getLogger("api.workers")

START_TIME_LIMIT_S = 60.0
"""A worker that has not answered after this long is started anew."""

_HARD_STOP_EXIT = -int(getattr(signal, "SIGALRM", 0)) or None


class _Lost(Exception):
    """The worker was gone before it began."""


class _Worker:
    """One process, and its id once it has answered."""

    def __init__(self, prepare: Callable[[int, int], None], niceness: int, most_bytes: int) -> None:
        context = copies_of("api.work.preload")
        self.pool = ProcessPool(max_workers=1, initializer=prepare, initargs=[niceness, most_bytes], context=context)
        self.pid: int | None = None

    async def begin(self) -> None:
        """Starts the process and waits for its first answer."""
        # In a thread: starting a process takes some milliseconds.
        first = await asyncio.to_thread(self.pool.schedule, process_number)
        async with asyncio.timeout(START_TIME_LIMIT_S):
            self.pid = await asyncio.wrap_future(first)

    async def ask(self, function: Callable[..., Value], args: tuple[Any, ...], timeout_s: float) -> Value:
        """The function's value, computed in the process; the process is killed after the timeout."""
        try:
            future = self.pool.schedule(function, args=args, timeout=timeout_s)
        except RuntimeError:
            raise _Lost from None
        try:
            value: Value = await asyncio.wrap_future(future)
        except BrokenProcessPool:
            raise _Lost from None
        return value

    def end(self) -> threading.Thread:
        """Kills the process, without waiting for it."""
        # A daemon: nothing shall wait for a pool that does not come down.
        thread = threading.Thread(target=self._end, daemon=True)
        thread.start()
        return thread

    def _end(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()


class Workers:
    """The workers of one service, from start to drain.

    prepare: what a worker does before its first task, given its niceness and how many bytes it may take, 0 for all.
    niceness: by how much its processes give way to others on a busy machine.
    waiting, running: requests without and with a worker. draining: whether new work is refused.
    ended: work that has ended, by its name and how: done, or the problem it ended in. restarts: workers replaced.
    """

    def __init__(
        self,
        count: int,
        max_queue: int,
        niceness: int = 0,
        prepare: Callable[[int, int], None] = warm_up,
        most_bytes: int = 0,
    ):
        self.niceness = niceness
        self.count = count
        self.max_queue = max_queue
        self.prepare = prepare
        self.most_bytes = most_bytes
        self.draining = False
        self.waiting = 0
        self.running = 0
        self.restarts = 0
        self.ended: Counter[tuple[str, str]] = Counter()
        self._halted = False
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._free = asyncio.Semaphore(0)
        self._starts: set[asyncio.Task[None]] = set()
        self._ends: list[threading.Thread] = []
        self._at_work: set[asyncio.Future[Any]] = set()
        self._mean_s = 1.0

    @property
    def ready(self) -> bool:
        """Whether a worker has answered and new work is taken."""
        return not self.draining and bool(self.pids)

    @property
    def spare(self) -> int:
        """Workers that are free while nothing waits for one."""
        return 0 if self.waiting or self.draining else len(self._idle)

    @property
    def pids(self) -> list[int]:
        """Ids of the processes that have answered."""
        return [worker.pid for worker in self._all if worker.pid is not None]

    def start(self) -> None:
        """Starts every worker; each takes work as soon as it has answered."""
        for _ in range(self.count):
            self._start_one()

    def check_room(self) -> None:
        """Refuses what could not even wait; asked before a body is read, too.

        Errors: ProblemError draining or queue-full.
        """
        if self.draining:
            raise refuse("draining", (("Retry-After", "5"), ("Connection", "close")))
        if self._free.locked() and self.waiting >= self.max_queue:
            seconds = math.ceil(min(max(self._mean_s * (self.waiting + 1) / self.count, 1.0), 60.0))
            raise refuse("queue-full", (("Retry-After", str(seconds)),), count=self.waiting, seconds=seconds)

    async def run(self, function: Callable[..., Value], *args: Any, timeout_s: float) -> Value:
        """The function's value, computed in a worker; cancelling kills the worker that is at it.

        Errors: ProblemError queue-full, draining, time-limit-hard-stop or worker-lost; else what the function raised.
        """
        self.check_room()
        end = "failed"
        try:
            value = await self._run(function, args, timeout_s)
            end = "done"
            return value
        except ProblemError as error:
            end = error.problem.code
            raise
        except asyncio.CancelledError:
            end = "cancelled"
            raise
        finally:
            self.ended[function.__name__, end] += 1

    async def _run(self, function: Callable[..., Value], args: tuple[Any, ...], timeout_s: float) -> Value:
        # Twice: a worker may have died while it was idle, which shows only when it is asked.
        for _ in range(2):
            worker = await self._lease()
            try:
                return await self._run_on(worker, function, args, timeout_s)
            except _Lost:
                log.warning("worker %s was gone; it is replaced", worker.pid)
        raise refuse("worker-lost")

    async def _lease(self) -> _Worker:
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        if self._halted:
            raise refuse("draining", (("Connection", "close"),))
        return self._idle.pop()

    async def _run_on(
        self, worker: _Worker, function: Callable[..., Value], args: tuple[Any, ...], timeout_s: float
    ) -> Value:
        started = time.monotonic()
        asked = asyncio.ensure_future(worker.ask(function, args, timeout_s))
        self.running += 1
        self._at_work.add(asked)
        healthy = False
        try:
            value = await asked
            healthy = True
            return value
        except TimeoutError:
            raise refuse("time-limit-hard-stop") from None
        except ProcessExpired as error:
            log.warning("worker %s ended while at work, exit code %s", worker.pid, error.exitcode)
            code = "time-limit-hard-stop" if error.exitcode == _HARD_STOP_EXIT else "worker-lost"
            raise refuse(code) from None
        except MemoryError:
            raise refuse("worker-lost") from None
        except asyncio.CancelledError:
            if self._halted:
                raise refuse("draining", (("Connection", "close"),)) from None
            raise
        except _Lost:
            raise
        except Exception:
            healthy = True
            raise
        finally:
            self.running -= 1
            self._at_work.discard(asked)
            self._mean_s += 0.2 * (time.monotonic() - started - self._mean_s)
            self._take_back(worker, healthy)

    def _take_back(self, worker: _Worker, healthy: bool) -> None:
        if healthy:
            self._idle.append(worker)
            self._free.release()
            return
        self._end(worker)
        if not self._halted:
            self.restarts += 1
            self._start_one()

    def _end(self, worker: _Worker) -> None:
        if worker not in self._all:
            return
        self._all.discard(worker)
        self._ends = [thread for thread in self._ends if thread.is_alive()]
        self._ends.append(worker.end())

    def _start_one(self) -> None:
        start = asyncio.get_running_loop().create_task(self._started())
        self._starts.add(start)
        start.add_done_callback(self._starts.discard)

    async def _started(self) -> None:
        while True:
            worker = _Worker(self.prepare, self.niceness, self.most_bytes)
            self._all.add(worker)
            try:
                await worker.begin()
                break
            except Exception as error:
                log.error("a worker did not start: %r", error)
                self._end(worker)
                await asyncio.sleep(1.0)
        self._idle.append(worker)
        self._free.release()

    def begin_drain(self, limit_s: float) -> None:
        """Refuses new work from now on; what has not finished after the limit is ended."""
        if not self.draining:
            self.draining = True
            asyncio.get_running_loop().call_later(limit_s, self._halt)

    async def drain(self, limit_s: float) -> None:
        """Waits for running and waiting requests, up to the limit, and ends every worker."""
        self.begin_drain(limit_s)
        while not self._halted and (self.running or self.waiting):
            await asyncio.sleep(0.02)
        self._halt()
        for start in self._starts:
            start.cancel()
        for worker in list(self._all):
            self._end(worker)
        for thread in self._ends:
            await asyncio.to_thread(thread.join, 5.0)

    def _halt(self) -> None:
        if self._halted:
            return
        self._halted = True
        for asked in self._at_work:
            asked.cancel()
        for _ in range(self.waiting):
            self._free.release()
