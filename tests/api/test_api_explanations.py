"""Explanations and repairs over HTTP: the same bytes as the command, questions that cannot be asked."""

from __future__ import annotations

import json

import pytest
from api_cases import infeasible_scenario, reference
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem

from optimiser import explain_candidate, repair

EXPLANATIONS, REPAIRS = "/v1/explanations", "/v1/repairs"


def _timeless(document: dict) -> dict:
    return {key: value for key, value in document.items() if key != "provenance"}


def test_every_candidate_as_in_python(client: TestClient) -> None:
    response = client.post(EXPLANATIONS, json={"scenario": reference("primavera")})
    assert response.status_code == 200
    expected = json.loads(explain_candidate(reference("primavera")).to_json())
    assert _timeless(response.json()) == _timeless(expected)


def test_one_candidate_with_other_plans(client: TestClient) -> None:
    body = {"scenario": reference("primavera"), "candidate": "a", "alternatives": 1, "within": 0.9}
    document = client.post(EXPLANATIONS, json=body).json()
    assert [c["id"] for c in document["candidates"]] == ["a"]
    assert len(document["alternatives"]) == 1 and document["within"] == 0.9


def test_a_country(client: TestClient) -> None:
    document = client.post(EXPLANATIONS, json={"scenario": reference("primavera"), "country": "HU"}).json()
    assert document["country"]["answer"] == "no-candidate" and document["country"]["letter"]


def test_repairs_as_in_python(client: TestClient) -> None:
    response = client.post(REPAIRS, json={"scenario": infeasible_scenario()})
    assert response.status_code == 200
    expected = json.loads(repair(infeasible_scenario()).to_json())
    assert _timeless(response.json()) == _timeless(expected)
    assert response.json()["clash"]["irreducible"] and response.json()["repairs"]


def test_an_infeasible_scenario_is_explained_by_its_repair(client: TestClient) -> None:
    document = client.post(EXPLANATIONS, json={"scenario": infeasible_scenario()}).json()
    assert document["termination"] == "infeasible" and document["repair"]["repairs"]


@pytest.mark.parametrize(
    ("question", "pointer"),
    [
        ({"candidate": "zz"}, "/candidate"),
        ({"candidate": 5}, "/candidate"),
        ({"country": "nowhere"}, "/country"),
        ({"country": ["HU"]}, "/country"),
        ({"country": "HU", "candidate": "a"}, "/candidate"),
        ({"alternatives": "x"}, "/alternatives"),
        ({"alternatives": -1}, "/alternatives"),
        ({"alternatives": 101}, "/alternatives"),
        ({"alternatives": True}, "/alternatives"),
        ({"within": 2}, "/within"),
        ({"within": None}, "/within"),
        ({"why": 1}, "/why"),
    ],
)
def test_questions_that_cannot_be_asked(client: TestClient, question: dict, pointer: str) -> None:
    response = client.post(EXPLANATIONS, json={"scenario": reference("primavera"), **question})
    problem = assert_problem(response, "invalid-request", 422)
    assert [e["pointer"] for e in problem["errors"]] == [pointer]


def test_the_scenario_is_missing_or_wrong(client: TestClient) -> None:
    for address in (EXPLANATIONS, REPAIRS):
        assert_problem(client.post(address, json={}), "invalid-request", 422)
        assert_problem(client.post(address, json={"scenario": {}}), "invalid-scenario", 422)


def test_answers_fit_their_schemas(client: TestClient) -> None:
    from jsonschema import Draft202012Validator

    document = client.get("/openapi.json").json()
    for address, body in (
        (EXPLANATIONS, {"scenario": reference("primavera"), "alternatives": 1}),
        (EXPLANATIONS, {"scenario": infeasible_scenario()}),
        (REPAIRS, {"scenario": infeasible_scenario()}),
    ):
        schema = document["paths"][address]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = client.post(address, json=body).json()
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer)
