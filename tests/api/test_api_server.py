"""A real server: what only shows over a socket, with several clients and with signals."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from api_cases import ALLOCATIONS, JSON_HEADERS, hard_scenario, reference
from api_servers import LocalServer, Server, running_local_server, running_server, wait_until

from api.settings import Settings

FAST = json.dumps(reference("lorie-savage")).encode()
MIB = 2**20


def connect(server: Server | LocalServer) -> HTTPConnection:
    """A new connection."""
    return HTTPConnection("127.0.0.1", server.port, timeout=60)


def post(
    server: Server | LocalServer, body: bytes, path: str = ALLOCATIONS
) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and document of an answer."""
    connection = connect(server)
    try:
        connection.request("POST", path, body, JSON_HEADERS)
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, json.loads(response.read())
    finally:
        connection.close()


def hard(time_limit_s: float) -> bytes:
    return json.dumps(hard_scenario(time_limit_s)).encode()


def at_work(server: Server) -> list[int]:
    """Process ids of the server's workers that use the processor now; right for one worker that has started."""
    before = _group_ticks(server.process.pid)
    time.sleep(0.15)
    after = _group_ticks(server.process.pid)
    return [pid for pid, ticks in after.items() if pid in before and ticks > before[pid]]


def _group_ticks(leader: int) -> dict[int, int]:
    """Processor time of every process of a group but the one that leads it [ticks]."""
    ticks = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # A process may end between being listed and being read.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
            if int(fields[2]) == leader != int(stat.parent.name):
                ticks[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    return ticks


def test_a_slow_request_blocks_neither_a_fast_one_nor_the_health_check(server: Server) -> None:
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(post, server, hard(3.0))
        time.sleep(0.5)
        status, _, result = post(server, FAST)
        assert status == 200 and result["termination"] == "optimal"
        connection = connect(server)
        for _ in range(50):
            connection.request("GET", "/health/live")
            assert connection.getresponse().read() == b'{"status":"live"}'
        connection.close()
        assert not slow.done()
        status, _, result = slow.result()
        assert status == 200 and result["termination"] == "time_limit" and result["has_allocation"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused_at_once(server: Server, chunked: bool) -> None:
    body = (b" " * MIB for _ in range(50)) if chunked else b" " * (50 * MIB)
    connection = connect(server)
    connection.request("POST", ALLOCATIONS, body, JSON_HEADERS, encode_chunked=chunked)
    response = connection.getresponse()
    document = json.loads(response.read())
    connection.close()
    assert response.status == 413 and document["type"] == "/problems/body-too-large"


def test_a_client_that_asks_first_is_told_before_it_sends(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(
            b"POST /v1/allocations HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
            b"Content-Length: 50000000\r\nExpect: 100-continue\r\n\r\n"
        )
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


def test_a_client_that_goes_away_frees_its_worker() -> None:
    body = hard(15.0)
    head = f"POST {ALLOCATIONS} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with running_local_server(Settings(workers=1)) as server:
        [worker] = server.workers.pids
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(head.encode() + b"\r\n\r\n" + body)
            wait_until(lambda: server.workers.running == 1)
        wait_until(lambda: not alive(worker), 10.0)
        assert post(server, FAST)[0] == 200


def test_a_worker_that_is_killed_gives_a_problem_and_the_next_request_works() -> None:
    with running_local_server(Settings(workers=1)) as server, ThreadPoolExecutor() as threads:
        lost = threads.submit(post, server, hard(15.0))
        wait_until(lambda: server.workers.running == 1)
        # The worker must have taken the work up: a death before that goes unnoticed, by a second try.
        time.sleep(0.5)
        os.kill(server.workers.pids[0], signal.SIGKILL)
        status, _, document = lost.result()
        assert status == 500 and document["type"] == "/problems/worker-lost"
        assert post(server, FAST)[0] == 200


def test_a_full_queue_says_when_to_come_again() -> None:
    settings = Settings(workers=1, max_queue=0)
    with running_local_server(settings) as server, ThreadPoolExecutor() as threads:
        slow = threads.submit(post, server, hard(2.0))
        wait_until(lambda: server.workers.running == 1)
        status, headers, document = post(server, FAST)
        assert status == 429 and document["type"] == "/problems/queue-full"
        assert re.fullmatch(r"[1-9]\d*", headers["retry-after"])
        assert slow.result()[0] == 200


def test_a_stop_lets_work_end_takes_no_more_and_leaves_nothing_behind() -> None:
    with running_server(workers=1) as server, ThreadPoolExecutor() as threads:
        workers: list[int] = []
        slow = threads.submit(post, server, hard(2.0))
        wait_until(lambda: bool(workers.extend(at_work(server)) or workers))
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
            assert not alive(worker)


def test_a_stop_has_a_limit() -> None:
    with running_server(workers=1, drain_s=0.5) as server, ThreadPoolExecutor() as threads:
        workers: list[int] = []
        slow = threads.submit(post, server, hard(30.0))
        wait_until(lambda: bool(workers.extend(at_work(server)) or workers))
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        status, _, document = slow.result()
        assert status == 503 and document["type"] == "/problems/draining"
        server.stop()
        assert time.monotonic() - begun < 25  # seconds of the 30 its work would have taken
        assert not any(map(alive, workers))


def test_many_at_once_are_all_answered(server: Server) -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: post(server, FAST), range(48)))
    assert {status for status, _, _ in answers} == {200}


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
