"""A service in this process, a real one in a thread of it, and one in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import uvicorn
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.workers import Workers

ROOT = Path(__file__).parents[2]


def wait_until(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    """Waits, and fails when it takes longer than the limit."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, f"not so within {limit_s} s"
        time.sleep(0.02)


@contextmanager
def running_client(settings: Settings) -> Iterator[TestClient]:
    """The service in this process, once a worker has answered."""
    with TestClient(create_app(settings)) as client:
        wait_until(lambda: client.get("/health/ready").status_code == 200)
        yield client


class LocalServer:
    """A real server in a thread of this process: sockets, and a look at its workers."""

    def __init__(self, settings: Settings):
        self.app = create_app(settings)
        self.uvicorn = uvicorn.Server(uvicorn.Config(self.app, port=0, log_level="warning"))
        self.thread = threading.Thread(target=self.uvicorn.run)
        self.thread.start()
        wait_until(lambda: self.uvicorn.started and self.workers.ready)
        self.port = self.uvicorn.servers[0].sockets[0].getsockname()[1]

    @property
    def workers(self) -> Workers:
        """The workers of the service."""
        workers: Workers = self.app.state.workers
        return workers

    def stop(self) -> None:
        """Ends the server and waits for it."""
        self.uvicorn.should_exit = True
        self.thread.join(30)


@contextmanager
def running_local_server(settings: Settings) -> Iterator[LocalServer]:
    """A real server in a thread, with these settings."""
    server = LocalServer(settings)
    try:
        yield server
    finally:
        server.stop()


class Server:
    """A real server in a process of its own."""

    def __init__(self, **settings: int | float | str):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        given = {f"INVESTAI_{name.upper()}": str(value) for name, value in settings.items()}
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-W", "error", "-m", "uvicorn", "--factory", "api.app:create_app"]
        # In a group of its own, so that a test can kill it with its workers.
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--log-level", "warning"],
            env={**os.environ, **given, "PYTHONPATH": path},
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        wait_until(self.is_ready)

    def is_ready(self) -> bool:
        """Whether the server answers and has a worker."""
        assert self.process.poll() is None, "the server ended"
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
                connection.request("GET", "/health/ready")
                return connection.getresponse().status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """Kills the server with its workers, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> str:
        """Tells the server to stop, and gives what it wrote to its log."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=60)[1].decode()


@contextmanager
def running_server(**settings: int | float | str) -> Iterator[Server]:
    """A real server with these settings."""
    server = Server(**settings)
    try:
        yield server
    finally:
        try:
            server.stop()
        finally:
            server.process.kill()
            server.process.wait()
