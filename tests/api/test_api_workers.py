"""Workers: killed, lost, cancelled, full, drained; and the service goes on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from api_cases import hard_scenario, reference

from api.problems import ProblemError
from api.settings import Settings
from api.work.allocations import allocate_scenario
from api.work.job import Job, hard_stop_s, process_number
from api.workers import Workers

LIMIT_S = 60.0


@asynccontextmanager
async def started(count: int = 1, max_queue: int = 8, most_bytes: int = 0) -> AsyncIterator[Workers]:
    """Workers that have answered."""
    workers = Workers(count, max_queue, most_bytes=most_bytes)
    workers.start()
    try:
        await until(lambda: len(workers.pids) == count)
        yield workers
    finally:
        await workers.drain(0.1)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def refused(work: Awaitable[object]) -> str:
    """The code of the problem the work ends in."""
    with pytest.raises(ProblemError) as caught:
        await work
    return caught.value.problem.code


def fail() -> None:
    """Raises what no work should raise."""
    raise KeyError("a bug")


def break_recursion() -> None:
    """Raises what the pool itself could raise too."""
    raise RecursionError


def hoard() -> int:
    """Asks for more and more memory, and holds it."""
    held = []
    while len(held) < 64:
        held.append(b"x" * 100_000_000)
    return len(held)


def test_the_hard_stop_comes_after_the_time_limit() -> None:
    for limit in (0.1, 1.0, 60.0):
        assert hard_stop_s(limit) >= limit + 5


def test_work_beyond_its_limit_is_killed() -> None:
    async def run() -> None:
        async with started() as workers:
            first = workers.pids
            begun = time.monotonic()
            assert await refused(workers.run(time.sleep, 60, timeout_s=0.5)) == "time-limit-hard-stop"
            assert time.monotonic() - begun < 40  # of the 60 it would have slept
            assert await workers.run(process_number, timeout_s=LIMIT_S) not in first

    asyncio.run(run())


def test_a_worker_ends_itself_at_its_own_hard_stop() -> None:
    async def run() -> None:
        async with started() as workers:
            # The alarm a worker sets once it has read a scenario's own time limit.
            await workers.run(signal.setitimer, signal.ITIMER_REAL, 0.3, timeout_s=LIMIT_S)
            assert await refused(workers.run(time.sleep, 60, timeout_s=LIMIT_S)) == "time-limit-hard-stop"

    asyncio.run(run())


def test_a_reading_that_takes_too_long_is_ended() -> None:
    body = json.dumps(hard_scenario(1.0)).encode()
    job = Job(body, "en", "urn:uuid:0", Settings(max_reading_s=0.001))

    async def run() -> None:
        async with started() as workers:
            assert await refused(workers.run(allocate_scenario, job, timeout_s=LIMIT_S)) == "time-limit-hard-stop"

    asyncio.run(run())


def test_a_worker_that_dies_at_work_is_replaced() -> None:
    async def run() -> None:
        async with started() as workers:
            lost = workers.run(signal.raise_signal, signal.SIGKILL, timeout_s=LIMIT_S)
            assert await refused(lost) == "worker-lost"
            assert await workers.run(process_number, timeout_s=LIMIT_S) in workers.pids

    asyncio.run(run())


def test_work_that_takes_too_much_memory_fails_alone() -> None:
    async def run() -> None:
        async with started(2, most_bytes=1_000_000_000) as workers:
            before = set(workers.pids)
            other = asyncio.ensure_future(workers.run(time.sleep, 1.0, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1)
            assert await refused(workers.run(hoard, timeout_s=LIMIT_S)) == "worker-lost"
            await other
            assert workers.restarts == 1 and len(before & set(workers.pids)) == 1
            assert workers.ended == {("sleep", "done"): 1, ("hoard", "worker-lost"): 1}

    asyncio.run(run())


@pytest.mark.parametrize("pause_s", [0.0, 0.5])
def test_a_worker_that_dies_while_idle_is_not_noticed_by_anybody(pause_s: float) -> None:
    async def run() -> None:
        async with started() as workers:
            [first] = workers.pids
            os.kill(first, signal.SIGKILL)
            await asyncio.sleep(pause_s)
            assert await workers.run(process_number, timeout_s=LIMIT_S) != first

    asyncio.run(run())


@pytest.mark.parametrize(("function", "error"), [(fail, KeyError), (break_recursion, RecursionError)])
def test_a_bug_in_the_work_leaves_the_worker_alone(function: Callable[[], None], error: type[Exception]) -> None:
    async def run() -> None:
        async with started() as workers:
            before = workers.pids
            with pytest.raises(error):
                await workers.run(function, timeout_s=LIMIT_S)
            assert [await workers.run(process_number, timeout_s=LIMIT_S)] == before

    asyncio.run(run())


def test_cancelling_kills_the_work() -> None:
    async def run() -> None:
        async with started() as workers:
            [first] = workers.pids
            task = asyncio.ensure_future(workers.run(time.sleep, 60, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await workers.run(process_number, timeout_s=LIMIT_S) != first
            await until(lambda: not is_alive(first))

    asyncio.run(run())


def test_the_queue_has_an_end() -> None:
    async def run() -> None:
        async with started(max_queue=1) as workers:
            at_work = asyncio.ensure_future(workers.run(time.sleep, 1, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1)
            waiting = asyncio.ensure_future(workers.run(process_number, timeout_s=LIMIT_S))
            await until(lambda: workers.waiting == 1)
            with pytest.raises(ProblemError) as caught:
                await workers.run(process_number, timeout_s=LIMIT_S)
            assert caught.value.problem.code == "queue-full"
            assert int(dict(caught.value.problem.headers)["Retry-After"]) >= 1
            await at_work
            assert await waiting in workers.pids

    asyncio.run(run())


def test_who_stops_waiting_costs_nothing() -> None:
    async def run() -> None:
        async with started() as workers:
            before = workers.pids
            at_work = asyncio.ensure_future(workers.run(time.sleep, 0.5, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1)
            waiting = asyncio.ensure_future(workers.run(time.sleep, 60, timeout_s=LIMIT_S))
            await until(lambda: workers.waiting == 1)
            waiting.cancel()
            await at_work
            assert [await workers.run(process_number, timeout_s=LIMIT_S)] == before
            assert workers.waiting == workers.running == 0

    asyncio.run(run())


def test_one_slow_request_does_not_block_another() -> None:
    async def run() -> None:
        async with started(2) as workers:
            slow = asyncio.ensure_future(workers.run(time.sleep, 1.0, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1)
            await workers.run(process_number, timeout_s=LIMIT_S)
            assert not slow.done()
            await slow

    asyncio.run(run())


def test_killing_one_leaves_the_other_at_work() -> None:
    async def run() -> None:
        async with started(2) as workers:
            long = asyncio.ensure_future(workers.run(time.sleep, 2.0, timeout_s=LIMIT_S))
            assert await refused(workers.run(time.sleep, 60, timeout_s=0.2)) == "time-limit-hard-stop"
            assert not long.done()
            await long

    asyncio.run(run())


def test_draining_lets_work_end_and_takes_no_more() -> None:
    async def run() -> None:
        async with started() as workers:
            at_work = asyncio.ensure_future(workers.run(time.sleep, 0.5, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1)
            workers.begin_drain(30)
            assert not workers.ready
            assert await refused(workers.run(process_number, timeout_s=LIMIT_S)) == "draining"
            await at_work
            pids = workers.pids
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    asyncio.run(run())


def test_draining_has_a_limit() -> None:
    async def run() -> None:
        async with started() as workers:
            at_work = asyncio.ensure_future(workers.run(time.sleep, 60, timeout_s=LIMIT_S))
            waiting = asyncio.ensure_future(workers.run(process_number, timeout_s=LIMIT_S))
            await until(lambda: workers.running == 1 and workers.waiting == 1)
            await workers.drain(0.2)
            assert await refused(at_work) == await refused(waiting) == "draining"

    asyncio.run(run())


def test_a_solve_ends_at_its_limit_with_a_plan() -> None:
    job = Job(json.dumps(hard_scenario(1.0)).encode(), "en", "urn:uuid:0", Settings())

    async def run() -> None:
        async with started() as workers:
            answer = await workers.run(allocate_scenario, job, timeout_s=LIMIT_S)
            result = json.loads(answer.body)
            assert answer.status == 200
            assert result["termination"] == "time_limit" and result["has_allocation"]

    asyncio.run(run())


def test_the_work_of_a_worker_is_the_librarys() -> None:
    job = Job(json.dumps(reference("primavera")).encode(), "en", "urn:uuid:0", Settings())
    answer = allocate_scenario(job)
    assert answer.status == 200 and json.loads(answer.body)["objective"]["value"] == 1000


def test_what_workers_are_copied_from_starts_no_thread() -> None:
    # A copy has only the thread that made it, and waits for ever for what another one held.
    counted = "import os, api.work.preload; print(os.listdir('/proc/self/task') == [str(os.getpid())])"
    done = subprocess.run([sys.executable, "-c", counted], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "True\n"
