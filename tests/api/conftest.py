"""A service in this process, and a real one behind a port of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_servers import Server, running_client, running_server
from starlette.testclient import TestClient

from api.settings import Settings


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """The service in this process, with limits small enough to be met by a test."""
    with running_client(
        Settings(workers=1, max_time_limit_s=20.0, max_candidates=400, max_job_candidates=500)
    ) as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real server with two workers."""
    with running_server(workers=2, max_time_limit_s=20) as found:
        yield found
