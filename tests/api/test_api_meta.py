"""Library, schema, limits, version, health, description: what the service says about itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from api_cases import ALLOCATIONS, EVALUATIONS, VALIDATE, reference
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem

from api.app import create_app
from api.languages import accepted_language
from api.problems import STATUS
from api.settings import Settings
from optimiser.library import library_files
from optimiser.messages import LANGUAGES
from optimiser.scenario.schema import scenario_schema

GETS = ["/v1/scenarios", "/v1/schema", "/v1/limits", "/v1/version", "/health/live", "/health/ready", "/openapi.json"]


@pytest.fixture(scope="module")
def openapi(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def test_the_library_is_listed(client: TestClient) -> None:
    entries = client.get("/v1/scenarios").json()["scenarios"]
    assert [e["id"] for e in entries] == list(library_files())
    for entry in entries:
        assert list(entry) == ["id", "name", "description", "link"]
        assert entry["name"] and entry["description"]
        assert client.get(entry["link"]).content == library_files()[entry["id"]].read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "no-such",
        "..%2f..%2fpyproject.toml",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..",
        "....//....//etc/passwd",
        "investai-2025.json",
        "investai-2025%00",
        "%2fetc%2fpasswd",
        "README",
        "\ud7ff" * 500,
    ],
)
def test_only_the_library_is_reached(client: TestClient, name: str) -> None:
    response = client.get(f"/v1/scenarios/{name}")
    assert response.status_code == 404
    assert response.json()["type"] in ("/problems/unknown-scenario", "/problems/not-found")


def test_an_unknown_scenario_names_the_known_ones(client: TestClient) -> None:
    document = assert_problem(client.get("/v1/scenarios/no-such"), "unknown-scenario", 404)
    assert all(name in document["errors"][0]["cure"] for name in library_files())


def test_the_schema_is_the_librarys(client: TestClient) -> None:
    assert client.get("/v1/schema").json() == json.loads(json.dumps(scenario_schema()))


def test_the_limits_are_the_settings(client: TestClient) -> None:
    limits = client.get("/v1/limits").json()
    assert limits["max_time_limit_s"] == 20 and limits["max_candidates"] == 400 and limits["workers"] == 1
    assert limits["max_body_bytes"] == 20_000_000 and limits["max_queue"] == 64
    assert limits["store"] == "temporary" and limits["max_batch"] == 10_000
    assert limits["hard_stop_s"] == 1.25 * 20 + 5
    assert limits["languages"] == list(LANGUAGES)


def test_the_version_says_what_stands_below(client: TestClient) -> None:
    document = client.get("/v1/version").json()
    assert document["schema_version"] == "1"
    assert {"pulp", "highspy", "python"} <= set(document["versions"])


def test_a_service_without_a_worker_is_alive_but_not_ready() -> None:
    app = create_app(Settings(workers=1))
    with TestClient(app) as client:
        # Importing takes a worker far longer than this request.
        assert_problem(client.get("/health/ready"), "not-ready", 503)
        assert client.get("/health/live").json() == {"status": "live"}


@pytest.mark.parametrize("address", GETS)
def test_every_get_also_answers_head(client: TestClient, address: str) -> None:
    got, headed = client.get(address), client.head(address)
    assert got.status_code == headed.status_code == 200
    assert headed.content == b""
    assert headed.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize(("address", "allowed"), [(ALLOCATIONS, "OPTIONS, POST"), ("/v1/limits", "GET, HEAD, OPTIONS")])
def test_options_names_the_methods(client: TestClient, address: str, allowed: str) -> None:
    response = client.options(address)
    assert response.status_code == 204 and response.content == b""
    assert response.headers["allow"] == allowed
    assert client.put(address).headers["allow"] == allowed


@pytest.mark.parametrize("address", [*GETS, "/v1/scenarios/investai-2025", "/nowhere"])
def test_every_answer_bears_the_security_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_answers_to_posts_are_not_stored(client: TestClient) -> None:
    assert client.post(VALIDATE, json={}).headers["cache-control"] == "no-store"


def test_no_page_loads_anything(client: TestClient) -> None:
    for address in [*GETS, "/docs", "/redoc", "/nowhere"]:
        assert "html" not in client.get(address).headers["content-type"]


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("xx, en;q=0.1", "en"),
        ("en;q=0", "en"),
        ("*", "en"),
        (";;q=,;=,en;q=high", "en"),
        (",".join(["de"] * 5_000), "en"),
    ],
)
def test_the_language_follows_the_header(client: TestClient, header: str, lang: str) -> None:
    assert accepted_language(header) == lang
    response = client.post(VALIDATE, json=reference("primavera"), headers={"Accept-Language": header[:1_000]})
    assert response.headers["content-language"] == lang
    assert "accept-language" in response.headers["vary"].lower()


def test_the_language_of_the_address_is_taken(client: TestClient) -> None:
    assert client.post(f"{VALIDATE}?lang=en", json={}).headers["content-language"] == "en"


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/*;q=0.5", "text/html,application/xml;q=0.9,*/*;q=0.8"]
)
def test_clients_that_read_json_are_answered(client: TestClient, accept: str) -> None:
    assert client.post(VALIDATE, json={}, headers={"Accept": accept}).status_code == 200


def test_the_description_lists_every_route(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1")
    assert set(openapi["paths"]) == {
        ALLOCATIONS,
        VALIDATE,
        EVALUATIONS,
        "/v1/explanations",
        "/v1/frontiers",
        "/v1/robustness",
        "/v1/comparisons",
        "/v1/differences",
        "/v1/batches",
        "/v1/batches/{id}",
        "/v1/batches/{id}/cancel",
        "/v1/batches/{id}/events",
        "/v1/jobs/{id}",
        "/v1/jobs/{id}/cancel",
        "/v1/jobs/{id}/events",
        "/v1/jobs/{id}/model.lp",
        "/v1/jobs/{id}/model.mps",
        "/v1/jobs/{id}/result",
        "/v1/scenarios",
        "/v1/scenarios/{id}",
        "/v1/schema",
        "/v1/limits",
        "/v1/repairs",
        "/v1/version",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/problems/{code}",
    }


def test_every_reference_of_the_description_resolves(openapi: dict[str, Any]) -> None:
    references = set(_references(openapi))
    assert references
    for found in references:
        place: Any = openapi
        for key in found.removeprefix("#/").split("/"):
            place = place[key]


def test_the_description_documents_the_problems(openapi: dict[str, Any]) -> None:
    responses = openapi["paths"][ALLOCATIONS]["post"]["responses"]
    assert set(responses) == {
        "200",
        "202",
        "400",
        "401",
        "406",
        "408",
        "409",
        "413",
        "415",
        "422",
        "429",
        "500",
        "503",
        "504",
    }
    for status, response in responses.items():
        if status not in ("200", "202"):
            assert list(response["content"]) == ["application/problem+json"]
    assert "Retry-After" in responses["429"]["headers"]
    assert "HTTPValidationError" not in json.dumps(openapi)
    kinds = openapi["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert kinds == [f"/problems/{code}" for code in STATUS]


def test_the_examples_fit_the_schema_of_the_request(openapi: dict[str, Any]) -> None:
    content = openapi["paths"][ALLOCATIONS]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == set(library_files()) == set(openapi["components"]["examples"])
    validator = _validator(openapi, "Scenario")
    for name, example in openapi["components"]["examples"].items():
        assert not list(validator.iter_errors(example["value"])), name


def test_answers_fit_the_schema_of_the_response(client: TestClient, openapi: dict[str, Any]) -> None:
    scenario = reference("lorie-savage")
    result = client.post(ALLOCATIONS, json=scenario).json()
    _validator(openapi, "Result").validate(result)
    primavera = client.post(ALLOCATIONS, json=reference("primavera")).json()
    _validator(openapi, "Result").validate(primavera)
    minimal = client.post(ALLOCATIONS, json=scenario, headers={"Prefer": "return=minimal"}).json()
    _validator(openapi, "MinimalResult").validate(minimal)
    assert list(openapi["components"]["schemas"]["MinimalResult"]["properties"]) == list(minimal)
    for answer in (result, minimal):
        _validator(openapi, "Allocation").validate(answer)
    _validator(openapi, "Evaluation").validate({"scenario": scenario, "plan": primavera})
    _validator(openapi, "Validation").validate(client.post(VALIDATE, json=scenario).json())
    _validator(openapi, "Problem").validate(client.post(ALLOCATIONS, json={}).json())
    batch = {"scenarios": [scenario, {}]}
    _validator(openapi, "NewBatch").validate(batch)
    submitted = client.post("/v1/batches", json=batch)
    shown = client.get(submitted.headers["location"]).json()
    for document in (submitted.json(), shown):
        _validator(openapi, "Batch").validate(document)
    _validator(openapi, "Job").validate(client.get(shown["jobs"][0]["link"]).json())


def test_the_schema_of_the_response_names_every_key(client: TestClient, openapi: dict[str, Any]) -> None:
    result = client.post(ALLOCATIONS, json=reference("lorie-savage")).json()
    schemas = openapi["components"]["schemas"]
    assert list(schemas["Result"]["properties"]) == list(result)
    assert set(schemas["Result.Binding"]["properties"]) == set(result["binding"][0])


def _validator(openapi: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": openapi["components"]})


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "$ref" and isinstance(child, str):
                yield child
            else:
                yield from _references(child)
    elif isinstance(value, list):
        for child in value:
            yield from _references(child)
