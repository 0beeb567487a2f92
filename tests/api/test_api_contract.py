"""Requests made from the description itself: every answer is described, fits its schema, and is no failure.

``make contract EXAMPLES=200`` makes more of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import schemathesis
from api_servers import LocalServer, running_local_server
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from api.app import create_app
from api.settings import Settings

EXAMPLES = int(os.environ.get("INVESTAI_TEST_EXAMPLES", "2"))

# What a schema cannot say, findings do: a scenario that fits its schema may still be refused, in full.
POSITIVE = ["2xx", "3xx", 404, 409, 422]

CONFIG = {
    "generation": {"max-examples": EXAMPLES, "deterministic": True},
    "phases": {"coverage": {"enabled": False}, "stateful": {"enabled": False}},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": POSITIVE},
        # What is unknown is refused by a code of its own; 200 of /v1/validate says what is wrong, which is its answer.
        "negative_data_rejection": {"enabled": False},
    },
}


@pytest.fixture(scope="module")
def contract_server() -> Iterator[LocalServer]:
    """A real server whose hard stop no carried scenario meets, however busy the machine."""
    with running_local_server(
        Settings(workers=2, max_time_limit_s=10.0, max_job_time_limit_s=5.0, requests_per_minute=0)
    ) as found:
        yield found


schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi(), config=SchemathesisConfig.from_dict(CONFIG))


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_service_keeps_its_description(case: schemathesis.Case, contract_server: LocalServer) -> None:
    case.call_and_validate(base_url=f"http://127.0.0.1:{contract_server.port}", timeout=60)
