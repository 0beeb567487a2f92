"""The service in this process, for what the studies answer over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """The service with one worker, once it has answered."""
    with TestClient(create_app(Settings(workers=1, max_time_limit_s=30.0))) as found:
        end = time.monotonic() + 30
        while found.get("/health/ready").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.02)
        yield found
