"""A service with its page behind a port of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from api.app import create_app
from api.settings import Settings

PATIENCE_S = 60.0
"""A test machine may be busy; a page of a small scenario takes a fraction of a second otherwise."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the service is reached, once a worker has answered."""
    app = create_app(Settings(workers=1, max_time_limit_s=20.0))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + PATIENCE_S
    try:
        while not (server.started and app.state.workers.ready):
            assert time.monotonic() < end and thread.is_alive(), "the service did not become ready"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """A client that says it is a browser."""
    with httpx.Client(base_url=address, headers={"Accept": "text/html,*/*;q=0.8"}, timeout=PATIENCE_S) as found:
        yield found
