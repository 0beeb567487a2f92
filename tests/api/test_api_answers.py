"""Scenarios and plans over HTTP: published optima, infeasible ones, limits of the service."""

from __future__ import annotations

from typing import Any

import pytest
from api_cases import (
    ALLOCATIONS,
    EVALUATIONS,
    VALIDATE,
    hard_scenario,
    infeasible_scenario,
    library_scenario,
    reference,
    with_changes,
)
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem


def test_lorie_savage_has_its_published_optimum_and_prices(client: TestClient) -> None:
    response = client.post(ALLOCATIONS, json=reference("lorie-savage"))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-language"] == "en"
    result = response.json()
    assert result["termination"] == "optimal" and result["has_duals"]
    # Published to five digits.
    assert result["objective"]["value"] == pytest.approx(70.27273, abs=5e-6)
    prices = {binding["rule"]: binding["shadow_price"] for binding in result["binding"]}
    assert prices["year-1"] == pytest.approx(0.13636, abs=5e-6)
    assert prices["year-2"] == pytest.approx(1.86364, abs=5e-6)
    assert result["certificate"]["holds"]


def test_primavera_has_its_published_choice(client: TestClient) -> None:
    result = client.post(ALLOCATIONS, json=reference("primavera")).json()
    assert result["objective"]["value"] == 1000
    assert [c["id"] for c in result["candidates"] if c["funded"]] == ["a"]
    assert sum(cell["amount"] for cell in result["money"]) == 400


def test_infeasible_is_an_answer(client: TestClient) -> None:
    response = client.post(ALLOCATIONS, json=infeasible_scenario())
    assert response.status_code == 200
    result = response.json()
    assert result["termination"] == "infeasible"
    assert not result["has_allocation"] and result["candidates"] == []


def test_the_same_bytes_give_the_same_answer(client: TestClient) -> None:
    first, second = (client.post(ALLOCATIONS, json=reference("primavera")).json() for _ in range(2))
    del first["provenance"], second["provenance"]
    assert first == second


PLAN_ALONE = [
    "schema_version",
    "scenario",
    "strategy",
    "termination",
    "has_allocation",
    "objective",
    "candidates",
    "money",
    "private_money",
    "indicators",
    "soft",
    "certificate",
    "findings",
    "provenance",
]


@pytest.mark.parametrize(
    "scenario", [reference("lorie-savage"), reference("primavera"), library_scenario("investai-2025")]
)
def test_the_plan_alone_is_the_plan_of_the_whole_answer(client: TestClient, scenario: dict[str, Any]) -> None:
    whole = client.post(ALLOCATIONS, json=scenario)
    alone = client.post(ALLOCATIONS, json=scenario, headers={"Prefer": "return=minimal"})
    assert alone.status_code == 200 and alone.headers["preference-applied"] == "return=minimal"
    assert "preference-applied" not in whole.headers and len(alone.content) < len(whole.content)
    result, brief = whole.json(), alone.json()
    assert list(brief) == PLAN_ALONE
    assert brief["certificate"]["holds"]
    same = set(PLAN_ALONE) - {"candidates", "objective", "provenance"}
    assert {key: brief[key] for key in same} == {key: result[key] for key in same}
    assert brief["objective"] | {"another_optimum": None} == result["objective"] | {"another_optimum": None}
    funded = [{key: c[key] for key in ("id", "phases", "starts")} for c in result["candidates"] if c["funded"]]
    assert brief["candidates"] == funded
    plan = {key: brief[key] for key in ("money", "private_money", "candidates")}
    scored = client.post(EVALUATIONS, json={"scenario": scenario, "plan": plan}).json()
    assert scored["certificate"]["holds"] and scored["objective"]["value"] == brief["objective"]["value"]


def test_the_plan_alone_of_what_has_none_or_is_refused(client: TestClient) -> None:
    headers = {"Prefer": "return=minimal"}
    none = client.post(ALLOCATIONS, json=infeasible_scenario(), headers=headers).json()
    assert list(none) == PLAN_ALONE and none["termination"] == "infeasible" and none["candidates"] == []
    refused = client.post(ALLOCATIONS, json={"fund": {}}, headers=headers)
    assert_problem(refused, "invalid-scenario", 422)
    assert "preference-applied" not in refused.headers


@pytest.mark.parametrize(
    ("stated", "applies"),
    [
        ("return=minimal", True),
        ('wait=10, Return = "minimal"; foo', True),
        ("return=minimal, return=representation", True),
        ("return=representation, return=minimal", False),
        ("return", False),
        ("minimal", False),
        (", ;=", False),
    ],
)
def test_preferences_are_read_as_they_may_be_written(client: TestClient, stated: str, applies: bool) -> None:
    response = client.post(ALLOCATIONS, json=reference("primavera"), headers={"Prefer": stated})
    assert response.status_code == 200
    assert response.headers.get("preference-applied") == ("return=minimal" if applies else None)
    assert ("binding" in response.json()) is not applies


def test_a_longer_time_limit_is_lowered_and_said_so(client: TestClient) -> None:
    scenario = with_changes(reference("primavera"), solver={"time_limit_s": 3600, "threads": 8})
    response = client.post(ALLOCATIONS, json=scenario)
    assert response.status_code == 200
    findings = {f["code"]: f for f in response.json()["findings"]}
    assert findings["time-limit-capped"]["pointer"] == "/solver/time_limit_s"
    assert "3600 s" in findings["time-limit-capped"]["message"] and "20 s" in findings["time-limit-capped"]["message"]
    assert findings["threads-fixed"]["severity"] == "note"


def test_a_shorter_time_limit_brings_no_finding(client: TestClient) -> None:
    assert client.post(ALLOCATIONS, json=reference("primavera")).json()["findings"] == []


def test_the_solver_cannot_be_chosen(client: TestClient) -> None:
    scenario = with_changes(reference("primavera"), solver={"name": "cbc"})
    document = assert_problem(client.post(ALLOCATIONS, json=scenario), "invalid-scenario", 422)
    assert document["errors"][0]["code"] == "unknown-key"


def test_too_many_candidates_are_refused_with_a_cure(client: TestClient) -> None:
    scenario = hard_scenario(1.0, candidates=501, rules=1)
    document = assert_problem(client.post(ALLOCATIONS, json=scenario), "too-many-candidates", 413)
    assert "501" in document["detail"] and "500" in document["detail"]
    assert client.post(VALIDATE, json=scenario).json()["valid"]


def test_validation_gives_the_hash_the_result_has(client: TestClient) -> None:
    scenario = reference("lorie-savage")
    validation = client.post(VALIDATE, json=scenario).json()
    assert list(validation) == ["valid", "findings", "sha256"]
    assert validation["valid"]
    assert validation["sha256"] == client.post(ALLOCATIONS, json=scenario).json()["scenario"]["sha256"]


def test_validation_of_errors_is_an_answer(client: TestClient) -> None:
    response = client.post(VALIDATE, json=with_changes(reference("lorie-savage"), candidates=[]))
    assert response.status_code == 200
    validation = response.json()
    assert not validation["valid"] and validation["sha256"] is None
    assert "no-candidates" in {f["code"] for f in validation["findings"]}


def test_an_answer_can_be_evaluated(client: TestClient) -> None:
    scenario = reference("primavera")
    result = client.post(ALLOCATIONS, json=scenario).json()
    response = client.post(EVALUATIONS, json={"scenario": scenario, "plan": result})
    assert response.status_code == 200
    evaluated = response.json()
    assert evaluated["strategy"] == "evaluate"
    assert evaluated["certificate"]["holds"]
    assert evaluated["objective"]["value"] == result["objective"]["value"]


def test_a_plan_that_breaks_rules_is_answered(client: TestClient) -> None:
    cells = [
        {"tier": "budget", "candidate": c, "phase": "main", "year": 2026, "amount": amount}
        for c, amount in (("a", 400), ("b", 300))
    ]
    response = client.post(EVALUATIONS, json={"scenario": reference("primavera"), "plan": {"money": cells}})
    assert response.status_code == 200
    assert not response.json()["certificate"]["holds"]


def test_pointers_of_an_evaluation_start_at_its_body(client: TestClient) -> None:
    scenario = reference("primavera")
    broken = {"scenario": with_changes(scenario, discount_rate=7), "plan": {}}
    document = assert_problem(client.post(EVALUATIONS, json=broken), "invalid-scenario", 422)
    assert [e["pointer"] for e in document["errors"]] == ["/scenario/discount_rate"]
    broken = {"scenario": scenario, "plan": {"money": [{"tier": "nobody"}]}}
    document = assert_problem(client.post(EVALUATIONS, json=broken), "invalid-plan", 422)
    assert all(e["pointer"].startswith("/plan/money/0") for e in document["errors"])


@pytest.mark.parametrize(
    ("envelope", "codes"),
    [
        ({}, {"missing-key"}),
        ([], {"request-not-an-object"}),
        ({"scenario": {}, "plan": {}, "solver": "cbc"}, {"unknown-key-of-request"}),
        ({"plan": {}, "scenarios": []}, {"missing-key", "unknown-key-of-request"}),
    ],
)
def test_the_envelope_of_an_evaluation_is_strict(client: TestClient, envelope: object, codes: set[str]) -> None:
    document = assert_problem(client.post(EVALUATIONS, json=envelope), "invalid-request", 422)
    assert {e["code"] for e in document["errors"]} == codes
