"""What the service tells those who run it: logs without content, numbers without addresses, headers of safety."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

import pytest
from api_cases import ALLOCATIONS, VALIDATE, hard_scenario, reference
from api_servers import running_client, wait_until
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import LOGGING, JsonLines
from api.settings import Settings

SECRET = "a-name-nobody-shall-read"


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What would stand in the log."""
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def numbers(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample of ``/metrics`` by name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(response.text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def sample(found: dict[Any, float], name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-123", True),
        ("0af7651916cd43dd8448eb211c80319c", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        ("two words", False),
        ('"}\\n{"level": "error', False),
        ("<script>", False),
        ("caf\xe9", False),
    ],
)
def test_the_id_of_a_request_is_returned_where_it_is_well_formed(client: TestClient, given: str, kept: bool) -> None:
    response = client.get("/v1/version", headers={"X-Request-Id": given.encode("latin-1")})
    found = response.headers["x-request-id"]
    assert (found == given) == kept and (kept or re.fullmatch(r"[0-9a-f]{32}", found))


def test_every_answer_has_an_id(client: TestClient) -> None:
    answers = [client.get("/nowhere"), client.post(ALLOCATIONS, content=b"{"), client.options(ALLOCATIONS)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


def test_a_line_a_request_and_nothing_of_the_scenario(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    scenario = reference("primavera") | {"name": SECRET, "description": SECRET}
    with caplog.at_level(logging.INFO, "api"):
        assert client.post(ALLOCATIONS, json=scenario, headers={"X-Request-Id": "mine"}).status_code == 200
        assert client.post(ALLOCATIONS, json=scenario | {SECRET: 1}).status_code == 422
        assert client.get(f"/v1/jobs/{SECRET}").status_code == 404
        assert client.get(f"/{SECRET}?{SECRET}=1").status_code == 404
        assert client.get(f"/v1/version?{SECRET}=1").status_code == 400
    lines = [line for line in lines_of(caplog) if line["message"] == "answered"]
    assert [(line["method"], line.get("route"), line["status"]) for line in lines] == [
        ("POST", ALLOCATIONS, 200),
        ("POST", ALLOCATIONS, 422),
        ("GET", "/v1/jobs/{id}", 404),
        ("GET", None, 404),
        ("GET", "/v1/version", 400),
    ]
    assert lines[0]["request_id"] == "mine" and lines[0]["ms"] > 0
    assert SECRET not in json.dumps(lines_of(caplog))


def test_a_failure_is_logged_by_kind_and_place_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(Settings(workers=1))

    @app.get("/fails/{id}")
    async def fail(id: str) -> None:
        raise RuntimeError(id)

    with caplog.at_level(logging.ERROR, "api"):
        response = TestClient(app).get(f"/fails/{SECRET}", headers={"X-Request-Id": "mine"})
    assert response.status_code == 500
    [line] = lines_of(caplog)
    assert line["error"] == "RuntimeError" and line["at"][-1].endswith(" fail") and line["request_id"] == "mine"
    assert line["instance"] == response.json()["instance"] and line["route"] == "/fails/{id}"
    assert SECRET not in json.dumps(line)


def test_the_log_is_set_up_as_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    import logging.config

    before = {name: logging.getLogger(name).level for name in ("", "api", "uvicorn", "uvicorn.access")}
    handlers = logging.getLogger().handlers[:]
    try:
        logging.config.dictConfig(LOGGING)
        logging.getLogger().handlers[0].setStream(sys.stderr)  # type: ignore[attr-defined]
        logging.getLogger("api.requests").info('two\nlines "quoted"')
        logging.getLogger("uvicorn.access").info("a query")
    finally:
        logging.getLogger().handlers[:] = handlers
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == 'two\nlines "quoted"'


def test_metrics_count_requests_by_their_route(client: TestClient) -> None:
    before = numbers(client)
    for _ in range(3):
        client.get("/v1/scenarios/investai-2025")
    client.get("/v1/scenarios/none")
    client.get("/nowhere/1")
    client.get("/nowhere/2")
    client.request("BREW", "/v1/limits")
    client.head("/v1/limits")
    client.post(VALIDATE, json=reference("primavera"))
    after = numbers(client)

    def more(name: str, **labels: str) -> float:
        return sample(after, name, **labels) - sample(before, name, **labels)

    counted, template = "investai_requests_total", "/v1/scenarios/{id}"
    assert more(counted, method="GET", route=template, status="200") == 3
    assert more(counted, method="GET", route=template, status="404") == 1
    assert more(counted, method="GET", route="none", status="404") == 2
    assert more(counted, method="other", route="/v1/limits", status="405") == 1
    assert more(counted, method="HEAD", route="/v1/limits", status="200") == 1
    assert more("investai_request_seconds_count", route=template) == 4
    assert more("investai_work_total", **{"for": "clients", "work": "validate_scenario", "end": "done"}) == 1
    assert sample(after, "investai_workers", **{"for": "clients"}) == 1
    assert not any("nowhere" in str(key) or "investai-2025" in str(key) for key in after)


def test_metrics_show_jobs_work_and_workers_that_were_replaced() -> None:
    with running_client(Settings(workers=1, max_time_limit_s=1.0, max_reading_s=0.5)) as client:
        assert sample(numbers(client), "investai_jobs", state="succeeded") == 0
        submitted = client.post(ALLOCATIONS, json=reference("primavera"), headers={"Prefer": "respond-async"})
        place = submitted.json()["links"]["self"]
        wait_until(lambda: client.get(place).json()["state"] == "succeeded")
        # The worker is told to sleep and is ended by its own limit: that is what a scenario does that is too hard.
        status = client.post(ALLOCATIONS, json=hard_scenario(1.0)).status_code
        found = numbers(client)
        assert status == 200 and sample(found, "investai_jobs", state="succeeded") == 1
        assert sample(found, "investai_work_total", **{"for": "jobs", "work": "work_on", "end": "done"}) == 1
        for name in ("investai_queue_depth", "investai_at_work"):
            assert sample(found, name, **{"for": "clients"}) == 0
        assert ("investai_worker_restarts_total", frozenset({("for", "clients")})) in found


def test_every_answer_isolates_itself(client: TestClient) -> None:
    for answer in (client.get("/v1/limits"), client.get("/nowhere"), client.post(VALIDATE, content=b"")):
        headers = answer.headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "no-referrer" and "camera=()" in headers["permissions-policy"]
        assert "access-control-allow-origin" not in headers
