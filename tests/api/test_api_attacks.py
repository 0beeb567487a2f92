"""What an attacker sends, each once and for a few seconds: it ends in a refusal, and others are served meanwhile."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import uvicorn
from api_cases import ALLOCATIONS, JSON_HEADERS, VALIDATE, reference, with_changes
from api_servers import wait_until
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem

from api.app import create_app
from api.serving import is_loopback, server_config
from api.settings import Settings
from api.work.job import MOST_FINDINGS

LITTLE_BYTES = 1_000_000_000
"""A third more than a worker with the page has at its start, nearly all of it untouched."""

HEAD_S, UPLOAD_S = 1.0, 1.5

LORIE_SAVAGE = reference("lorie-savage")
BODY = json.dumps(LORIE_SAVAGE).encode()


class Served:
    """The service as ``investai serve`` serves it, with little patience."""

    def __init__(self) -> None:
        settings = Settings(workers=1, max_head_s=HEAD_S, max_upload_s=UPLOAD_S, max_connections=40)
        self.server = uvicorn.Server(server_config(settings, port=0, log_level="critical"))
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        wait_until(lambda: self.server.started)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]
        wait_until(lambda: b" 200 " in self.asked(b"GET /health/ready HTTP/1.0\r\n\r\n"))

    def connect(self) -> socket.socket:
        """A new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def asked(self, request: bytes) -> bytes:
        """All that comes back until the server closes."""
        with closing(self.connect()) as raw:
            raw.sendall(request)
            return everything(raw)


def everything(raw: socket.socket) -> bytes:
    """What arrives until the other end closes, in whatever way."""
    found = b""
    try:
        while part := raw.recv(65_536):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The server of these tests."""
    found = Served()
    yield found
    found.server.should_exit = True
    found.thread.join(30)


@pytest.fixture(autouse=True)
def others_are_served(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every attack on the server it answers as before."""
    yield
    if "served" in request.fixturenames:
        served = request.getfixturevalue("served")
        wait_until(lambda: len(served.server.server_state.connections) == 0, 20)
        assert b" 200 " in served.asked(posted(VALIDATE, BODY))


def posted(path: str, body: bytes, *headers: bytes) -> bytes:
    head = [f"POST {path} HTTP/1.0".encode(), b"Content-Type: application/json", *headers]
    return b"\r\n".join([*head, f"Content-Length: {len(body)}".encode(), b"", body])


@pytest.mark.parametrize("sent", [b"", b"G", b"GET /v1/limits HTTP/1.1\r\nHost: a\r\n"])
def test_a_connection_that_asks_nothing_is_closed(served: Served, sent: bytes) -> None:
    begun = time.monotonic()
    assert served.asked(sent) == b""
    assert 0.5 * HEAD_S < time.monotonic() - begun < HEAD_S + 5


def test_a_head_that_trickles_wins_no_time(served: Served) -> None:
    begun = time.monotonic()
    with closing(served.connect()) as raw:
        try:
            for byte in b"GET /v1/limits HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 200:
                raw.send(bytes([byte]))
                time.sleep(0.1)
                if time.monotonic() - begun > HEAD_S + 10:
                    break
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert time.monotonic() - begun < HEAD_S + 5


def test_the_second_head_of_a_connection_may_not_trickle_either(served: Served) -> None:
    with closing(served.connect()) as raw:
        raw.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        assert raw.recv(65_536).startswith(b"HTTP/1.1 200")
        begun = time.monotonic()
        raw.sendall(b"GET /hea")
        everything(raw)
        assert time.monotonic() - begun < HEAD_S + 5


def test_a_body_that_trickles_is_refused_and_costs_no_worker(served: Served) -> None:
    with closing(served.connect()) as raw:
        raw.sendall(posted(VALIDATE, b" " * 10_000)[:-9_990])
        begun = time.monotonic()
        assert b" 200 " in served.asked(posted(VALIDATE, BODY))
        answer = everything(raw)
    assert b" 408 " in answer.partition(b"\r\n")[0] and b"body-too-slow" in answer
    assert time.monotonic() - begun < UPLOAD_S + 8


def test_who_does_not_read_is_hung_up_on(served: Served) -> None:
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    with closing(raw):
        raw.connect(("127.0.0.1", served.port))
        # Far more than the buffers of both ends hold.
        for _ in range(200):
            raw.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: len(served.server.server_state.connections) == 0, UPLOAD_S + 15)


def test_many_idle_connections_leave_room_when_they_are_gone(served: Served) -> None:
    idle = [served.connect() for _ in range(45)]
    refused = served.asked(b"GET /v1/limits HTTP/1.0\r\n\r\n")
    assert b" 503 " in refused.partition(b"\r\n")[0]
    for raw in idle:
        assert everything(raw) == b""
        raw.close()


@pytest.mark.parametrize(
    "flood",
    [
        b"".join(b"X-%d: a\r\n" % n for n in range(20_000)),
        b"X: " + b"a" * 1_000_000 + b"\r\n",
        b"Cookie: " + b"investai=a; " * 50_000 + b"\r\n",
    ],
    ids=["many", "long", "cookies"],
)
def test_a_flood_of_headers_is_refused(served: Served, flood: bytes) -> None:
    with closing(served.connect()) as raw:
        try:
            raw.sendall(b"GET /v1/limits HTTP/1.1\r\nHost: a\r\n" + flood + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            return
        answer = everything(raw)
    assert answer == b"" or b" 400 " in answer.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"POST /v1/validate HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/validate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET",
        b"POST /v1/validate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        b"POST /v1/validate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/limits HTTP/1.1\r\nHost: a\r\nHost: b\r\nX: a\x00b\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(served: Served, request_: bytes) -> None:
    answer = served.asked(request_)
    assert answer == b"" or answer.split(b" ", 2)[1] in (b"400", b"415", b"422", b"408")


def test_a_length_without_end_is_refused(served: Served) -> None:
    head = b"POST /v1/validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
    answer = served.asked(head + b"Content-Length: " + b"9" * 19 + b"\r\n\r\n")
    assert b" 413 " in answer.partition(b"\r\n")[0]


# scenarios


def test_a_grid_of_billions_is_refused_unmade(client: TestClient) -> None:
    values = {"from": 0.0, "to": 0.05, "count": 1_000_000_000}
    million = values | {"count": 1_000_000}
    grids: list[tuple[str, dict[str, Any]]] = [
        ("sweep-values", {"/discount_rate": values}),
        ("sweep-too-large", {f"/{n}": list(range(1_000)) for n in range(9)}),
        ("sweep-too-large", {f"/{n}": million for n in range(1_000)}),
    ]
    for code, grid in grids:
        begun = time.monotonic()
        document = {"sweep": {"base": "investai-2025", "grid": grid}}
        response = client.post("/v1/batches", json=document)
        assert_problem(response, "invalid-request", 422)
        assert response.json()["errors"][0]["code"] == code
        assert time.monotonic() - begun < 10


def _many(count: int) -> dict[str, Any]:
    return with_changes(LORIE_SAVAGE, **{f"odd-{n}": 1 for n in range(count)})


def test_many_findings_are_answered_with_some_of_them(client: TestClient) -> None:
    document = assert_problem(client.post(ALLOCATIONS, json=_many(MOST_FINDINGS + 5)), "invalid-scenario", 422)
    *first, last = document["errors"]
    assert len(first) == MOST_FINDINGS and last["code"] == "more-findings" and "5" in last["message"]
    assert str(MOST_FINDINGS + 5) in document["detail"].replace(",", "")
    assert len(client.post(VALIDATE, json=_many(MOST_FINDINGS + 5)).json()["findings"]) == MOST_FINDINGS + 1
    assert len(client.post(VALIDATE, json=_many(3)).json()["findings"]) == 3


def test_a_thousand_odd_keys_are_found_in_seconds(client: TestClient) -> None:
    candidates = [dict(LORIE_SAVAGE["candidates"][0], id=f"c{n}", contry="PT") for n in range(1_000)]
    begun = time.monotonic()
    findings = client.post(VALIDATE, json=with_changes(LORIE_SAVAGE, candidates=candidates)).json()["findings"]
    assert len(findings) == 1_000 and "country" in findings[0]["cure"] + findings[0]["message"]
    # Each took a tenth of a second when the known keys were looked up anew.
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon": {"first_year": 0, "last_year": 10**9}},
        {"horizon": {"first_year": 1, "last_year": 9_999}},
        {"name": "x" * 1_000_000},
        {"solver": {"time_limit_s": 1e300, "threads": 10**6}},
        {"solver": {"time_limit_s": 1e-300}},
        {"discount_rate": 10**400},
    ],
)
def test_numbers_without_measure_are_findings(client: TestClient, changes: dict[str, Any]) -> None:
    response = client.post(ALLOCATIONS, json=with_changes(LORIE_SAVAGE, **changes))
    assert_problem(response, "invalid-scenario", 422)


def test_a_scenario_that_needs_too_much_memory_hurts_itself_alone() -> None:
    """Read in one worker it is too much for, while another goes on."""
    # An empty object takes three bytes here and seventy there.
    heavy = b'{"candidates": [' + b"{}," * 6_000_000 + b"{}]}"
    with TestClient(create_app(Settings(workers=2, max_worker_bytes=LITTLE_BYTES))) as client:
        wait_until(lambda: client.get("/health/ready").status_code == 200)
        wait_until(lambda: len(client.app.state.workers.pids) == 2)  # type: ignore[attr-defined]
        ends: list[int] = []
        poison = threading.Thread(
            target=lambda: ends.append(client.post(ALLOCATIONS, content=heavy, headers=JSON_HEADERS).status_code)
        )
        poison.start()
        while poison.is_alive():
            assert client.post(VALIDATE, json=LORIE_SAVAGE).status_code == 200
        assert ends == [500]
        assert client.post(ALLOCATIONS, json=LORIE_SAVAGE).status_code == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("", False)],
)
def test_what_is_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) == local
