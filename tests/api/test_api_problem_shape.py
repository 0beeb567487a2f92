"""The one shape of everything the service refuses: nothing else pins it."""

from __future__ import annotations

import json
import logging
import re
import string
from typing import Any

import pytest
from api_cases import ALLOCATIONS, EVALUATIONS, JSON_HEADERS, VALIDATE, reference, with_changes
from starlette.testclient import TestClient

from api.app import create_app
from api.problems import STATUS, Answer, Problem
from api.settings import Settings
from optimiser.messages import LANGUAGES, catalogue

KEYS = ["type", "title", "status", "detail", "instance", "errors"]
FINDING_KEYS = ["severity", "code", "pointer", "message", "cure"]


def assert_problem(response: Any, code: str, status: int) -> dict[str, Any]:
    """The response is the named problem, with every key, no more, and all of them filled."""
    assert response.status_code == status == STATUS[code], response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    document: dict[str, Any] = response.json()
    assert list(document) == KEYS
    assert document["type"] == f"/problems/{code}"
    assert document["status"] == status
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["instance"])
    assert document["title"] and document["detail"] and document["errors"]
    for finding in document["errors"]:
        assert list(finding) == FINDING_KEYS
        assert finding["severity"] in ("error", "warning", "note")
        assert finding["code"] and finding["message"] and finding["cure"]
    return document


LORIE_SAVAGE = reference("lorie-savage")

REFUSED: list[tuple[str, int, str, str, dict[str, Any]]] = [
    ("bad-query", 400, "GET", "/v1/limits?verbose=1", {}),
    ("bad-query", 400, "GET", "/v1/limits?lang=en&lang=en", {}),
    ("unknown-language", 400, "GET", "/v1/limits?lang=tlh", {}),
    ("unknown-language", 400, "POST", f"{ALLOCATIONS}?lang=tlh", {"json": LORIE_SAVAGE}),
    ("not-found", 404, "GET", "/v2/allocations", {}),
    ("not-found", 404, "GET", "/docs", {}),
    ("not-found", 404, "GET", "/redoc", {}),
    ("not-found", 404, "POST", f"{ALLOCATIONS}/", {"json": LORIE_SAVAGE}),
    ("not-found", 404, "GET", "/problems/no-such", {}),
    ("unknown-scenario", 404, "GET", "/v1/scenarios/no-such", {}),
    ("method-not-allowed", 405, "GET", ALLOCATIONS, {}),
    ("method-not-allowed", 405, "DELETE", "/v1/scenarios", {}),
    ("not-acceptable", 406, "POST", ALLOCATIONS, {"json": LORIE_SAVAGE, "headers": {"Accept": "text/csv"}}),
    ("media-type", 415, "POST", ALLOCATIONS, {"content": b"{}"}),
    ("invalid-scenario", 422, "POST", ALLOCATIONS, {"json": {}}),
    ("invalid-request", 422, "POST", EVALUATIONS, {"json": {}}),
    ("invalid-plan", 422, "POST", EVALUATIONS, {"json": {"scenario": LORIE_SAVAGE, "plan": []}}),
]


@pytest.mark.parametrize(("code", "status", "method", "address", "request_"), REFUSED)
def test_every_refusal_has_the_one_shape(
    client: TestClient, code: str, status: int, method: str, address: str, request_: dict[str, Any]
) -> None:
    assert_problem(client.request(method, address, **request_), code, status)


def test_all_findings_come_at_once(client: TestClient) -> None:
    broken = with_changes(LORIE_SAVAGE, discount_rate=7, nonsense=1, fund={})
    document = assert_problem(client.post(ALLOCATIONS, json=broken), "invalid-scenario", 422)
    assert {(e["code"], e["pointer"]) for e in document["errors"]} >= {
        ("above-greatest", "/discount_rate"),
        ("unknown-key", "/nonsense"),
        ("missing-key", "/fund/tiers"),
    }


def test_an_unexpected_failure_shows_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(Settings(workers=1))

    @app.get("/fails")
    async def fail() -> None:
        raise RuntimeError("a secret")

    with caplog.at_level(logging.ERROR, "api"):
        response = TestClient(app).get("/fails")
    document = assert_problem(response, "unexpected", 500)
    assert "secret" not in response.text and "Traceback" not in response.text
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    # The log has what the answer leaves out, under the same address.
    assert document["instance"] in caplog.text and "a secret" in caplog.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", STATUS)
def test_every_problem_has_words_in_every_language(code: str, lang: str) -> None:
    texts = catalogue(lang)
    parts = [texts[f"problem.{code}{part}"] for part in ("", ".detail", ".cure")]
    names = {name for text in parts for _, name, _, _ in string.Formatter().parse(text) if name}
    for count in (1, 2):
        params = {name: count if name == "count" else "this" for name in names}
        answer = Problem(code, params).answer(lang, "urn:uuid:0")
        assert isinstance(answer, Answer)
        assert list(json.loads(answer.body)) == KEYS


@pytest.mark.parametrize("code", STATUS)
def test_every_type_leads_somewhere(client: TestClient, code: str) -> None:
    document = client.get(f"/problems/{code}").json()
    assert document["type"] == f"/problems/{code}"
    assert document["status"] == STATUS[code]


def test_validation_is_an_answer_where_allocation_refuses(client: TestClient) -> None:
    response = client.post(VALIDATE, content=b"{", headers=JSON_HEADERS)
    assert response.status_code == 200
    assert list(response.json()["findings"][0]) == FINDING_KEYS
