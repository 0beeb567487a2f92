"""A real server: what only shows over a socket, with several clients and with signals."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import statistics
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from api_cases import ALLOCATIONS, JSON_HEADERS, hard_scenario, reference
from conftest import Server, running_server, wait_until

FAST = json.dumps(reference("lorie-savage")).encode()
MIB = 2**20


def post(server: Server, body: bytes, path: str = ALLOCATIONS) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and document of an answer."""
    connection = server.connect()
    try:
        connection.request("POST", path, body, JSON_HEADERS)
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, json.loads(response.read())
    finally:
        connection.close()


def hard(time_limit_s: float) -> bytes:
    return json.dumps(hard_scenario(time_limit_s)).encode()


def at_work(server: Server) -> list[int]:
    """Process ids of the server's children that use the processor now."""
    before = _children_ticks(server.process.pid)
    time.sleep(0.15)
    after = _children_ticks(server.process.pid)
    # Ticks are hundredths of a second.
    return [pid for pid, ticks in after.items() if pid in before and ticks > before[pid] + 5]


def _children_ticks(parent: int) -> dict[int, int]:
    """Processor time of every child of a process [ticks]."""
    ticks = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # A process may end between being listed and being read.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                ticks[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    return ticks


def test_a_slow_request_blocks_neither_a_fast_one_nor_the_health_check(server: Server) -> None:
    with ThreadPoolExecutor() as threads:
        slow: Future[Any] = threads.submit(post, server, hard(3.0))
        wait_until(lambda: bool(at_work(server)))
        status, _, result = post(server, FAST)
        assert status == 200 and result["termination"] == "optimal"
        connection = server.connect()
        seconds = []
        for _ in range(50):
            begun = time.perf_counter()
            connection.request("GET", "/health/live")
            assert connection.getresponse().read() == b'{"status":"live"}'
            seconds.append(time.perf_counter() - begun)
        connection.close()
        assert not slow.done()
        # Alone it takes under a millisecond; the machine of the test is busy.
        assert statistics.median(seconds) < 0.02
        status, _, result = slow.result()
        assert status == 200 and result["termination"] == "time_limit" and result["has_allocation"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused_at_once(server: Server, chunked: bool) -> None:
    body = (b" " * MIB for _ in range(50)) if chunked else b" " * (50 * MIB)
    connection = server.connect()
    begun = time.monotonic()
    connection.request("POST", ALLOCATIONS, body, JSON_HEADERS, encode_chunked=chunked)
    response = connection.getresponse()
    document = json.loads(response.read())
    connection.close()
    assert response.status == 413 and document["type"] == "/problems/body-too-large"
    assert time.monotonic() - begun < 4


def test_a_client_that_asks_first_is_told_before_it_sends(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(
            b"POST /v1/allocations HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
            b"Content-Length: 50000000\r\nExpect: 100-continue\r\n\r\n"
        )
        begun = time.monotonic()
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
        assert time.monotonic() - begun < 1


def test_a_client_that_goes_away_frees_its_worker(server: Server) -> None:
    body = hard(15.0)
    head = f"POST {ALLOCATIONS} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(head.encode() + b"\r\n\r\n" + body)
        wait_until(lambda: bool(at_work(server)))
        [worker] = at_work(server)
    wait_until(lambda: not _alive(worker), 5.0)
    assert post(server, FAST)[0] == 200


def test_a_worker_that_is_killed_gives_a_problem_and_the_next_request_works(server: Server) -> None:
    with ThreadPoolExecutor() as threads:
        lost = threads.submit(post, server, hard(15.0))
        wait_until(lambda: bool(at_work(server)))
        for worker in at_work(server):
            os.kill(worker, signal.SIGKILL)
        status, _, document = lost.result()
    assert status == 500 and document["type"] == "/problems/worker-lost"
    assert post(server, FAST)[0] == 200


def test_a_full_queue_says_when_to_come_again() -> None:
    with running_server(workers=1, max_queue=0) as server, ThreadPoolExecutor() as threads:
        slow = threads.submit(post, server, hard(2.0))
        wait_until(lambda: bool(at_work(server)))
        status, headers, document = post(server, FAST)
        assert status == 429 and document["type"] == "/problems/queue-full"
        assert re.fullmatch(r"[1-9]\d*", headers["retry-after"])
        assert slow.result()[0] == 200


def test_a_stop_lets_work_end_takes_no_more_and_leaves_nothing_behind() -> None:
    with running_server(workers=1) as server, ThreadPoolExecutor() as threads:
        slow = threads.submit(post, server, hard(2.0))
        wait_until(lambda: bool(at_work(server)))
        workers = at_work(server)
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as late:
            head = f"POST {ALLOCATIONS} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
            late.sendall(head.encode() + f"Content-Length: {len(FAST)}\r\n\r\n".encode())
            # The server must have seen the head before it is told to stop.
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            late.sendall(FAST)
            answer = late.recv(10_000)
        assert answer.startswith(b"HTTP/1.1 503"), answer
        assert slow.result()[0] == 200
        log = server.stop()
        # Uvicorn raises the signal again once it has ended: that is how a stopped process looks to its parent.
        assert server.process.returncode in (0, -signal.SIGTERM)
        assert "Traceback" not in log
        for worker in workers:
            assert not _alive(worker)


def test_a_stop_has_a_limit() -> None:
    with running_server(workers=1, drain_s=0.5) as server, ThreadPoolExecutor() as threads:
        slow = threads.submit(post, server, hard(30.0))
        wait_until(lambda: bool(at_work(server)))
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        status, _, document = slow.result()
        assert status == 503 and document["type"] == "/problems/draining"
        server.stop()
        assert time.monotonic() - begun < 10


def test_many_at_once_are_all_answered(server: Server) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: post(server, FAST), range(48)))
    assert {status for status, _, _ in answers} == {200}


def _alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
