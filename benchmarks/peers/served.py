"""A server in a process of its own, and one request after the other over one connection.

``python -m peers.served uvicorn-options`` is the server; it ends when whoever started it is gone.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ALIVE_S = 60.0

IDLE_S = 600
"""How long a connection lives while other peers have their turns; uvicorn's own 5 s may not be enough."""


@dataclass(frozen=True, slots=True)
class Call:
    """A connection, and what is posted to it."""

    connection: HTTPConnection
    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self) -> dict[str, Any]:
        """The document the server answers."""
        headers = {"Content-Type": "application/json", **self.headers}
        self.connection.request("POST", self.path, self.body, headers)
        response = self.connection.getresponse()
        content = response.read()
        assert response.status == 200, content[:500]
        document: dict[str, Any] = json.loads(content)
        return document


def serve(application: str, path: str, document: Any, ready: str, *options: str) -> Call:
    """Start an application with uvicorn on this machine alone; it ends with this process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--timeout-keep-alive", str(IDLE_S)]
    command = [sys.executable, "-m", __name__, *where, *options, application]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(__file__).parents[1])
    deadline = time.monotonic() + ALIVE_S
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=ALIVE_S)
        try:
            connection.request("GET", ready)
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return Call(connection, path, json.dumps(document).encode())
        except OSError:
            pass
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{application} does not answer")
        connection.close()
        time.sleep(0.2)


def end_with_starter() -> None:
    """The pipe from whoever started the server closes when that process ends, however it ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from uvicorn.main import main

    threading.Thread(target=end_with_starter, daemon=True).start()
    main()
