"""Worker processes that can be killed, and the queue in front of them.

Each worker has a pool of its own (``pebble``, one process): killing one touches no other, waiting requests
stay in this process where dropping them costs nothing, and whatever goes wrong in one worker is mended by
replacing its pool.
"""

from __future__ import annotations

import asyncio
import logging
import math
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from api.problems import refuse
from api.work import process_number, warm_up

Value = TypeVar("Value")

log = logging.getLogger("api.workers")

START_TIME_LIMIT_S = 60.0
"""A worker that has not answered after this long is started anew; imports take about one second."""


class _Worker:
    """One process, and its id once it has answered."""

    def __init__(self) -> None:
        self.pool = ProcessPool(max_workers=1, initializer=warm_up, context=multiprocessing.get_context("spawn"))
        self.pid: int | None = None

    async def ask(self, function: Callable[..., Value], args: tuple[Any, ...], timeout_s: float) -> Value:
        """The function's value, computed in the process."""
        value: Value = await asyncio.wrap_future(self.pool.schedule(function, args=args, timeout=timeout_s))
        return value

    def end(self) -> threading.Thread:
        """Kills the process, without waiting for it."""
        # A daemon: nothing waits for a pool that cannot be taken down.
        thread = threading.Thread(target=self._end, daemon=True)
        thread.start()
        return thread

    def _end(self) -> None:
        self.pool.stop()
        self.pool.join()


class Workers:
    """The workers of one service, from start to drain."""

    def __init__(self, count: int, max_queue: int):
        self.count = count
        self.max_queue = max_queue
        self.draining = False
        self.waiting = 0
        self.running = 0
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._all: set[_Worker] = set()
        self._starts: set[asyncio.Task[None]] = set()
        self._requests: set[asyncio.Task[Any]] = set()
        self._mean_s = 1.0

    @property
    def ready(self) -> bool:
        """Whether a worker has answered and new work is taken."""
        return not self.draining and any(worker.pid is not None for worker in self._all)

    @property
    def pids(self) -> list[int]:
        """Ids of the processes that have answered."""
        return [worker.pid for worker in self._all if worker.pid is not None]

    def start(self) -> None:
        """Starts every worker; each takes work as soon as it has answered."""
        for _ in range(self.count):
            self._start_one()

    def check_room(self) -> None:
        """Refuses what could not even wait: before the body is read.

        Errors: ProblemError draining or queue-full.
        """
        if self.draining:
            raise refuse("draining", (("Retry-After", "5"), ("Connection", "close")))
        if self._idle.empty() and self.waiting >= self.max_queue:
            seconds = math.ceil(min(max(self._mean_s * (self.waiting + 1) / self.count, 1.0), 60.0))
            raise refuse("queue-full", (("Retry-After", str(seconds)),), waiting=self.waiting, seconds=seconds)

    async def run(self, function: Callable[..., Value], *args: Any, timeout_s: float) -> Value:
        """The function's value, computed in a worker; cancelling kills the worker that is at it.

        Errors: ProblemError queue-full, draining, time-limit-hard-stop or worker-lost; else what the function raised.
        """
        self.check_room()
        this = asyncio.current_task()
        if this is not None:
            self._requests.add(this)
        try:
            worker = await self._next_idle()
            return await self._run_on(worker, function, args, timeout_s)
        except asyncio.CancelledError:
            if self.draining and this is not None and this in self._requests and not self._all:
                this.uncancel()
                raise refuse("draining", (("Connection", "close"),)) from None
            raise
        finally:
            if this is not None:
                self._requests.discard(this)
