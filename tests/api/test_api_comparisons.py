"""Comparisons and differences over HTTP: the bytes of the command, and what is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from api_cases import hard_scenario, infeasible_scenario, reference, with_changes
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem
from typer.testing import CliRunner

COMPARISONS, DIFFERENCES = "/v1/comparisons", "/v1/differences"


def scored() -> dict[str, Any]:
    document = reference("primavera")
    for n, c in enumerate(document["candidates"]):
        c["attributes"]["s"] = n
        c["country"] = "PT"
    return with_changes(document, score={"weights": {"s": 1}})


def without_times(document: Any) -> Any:
    """The same without clocks and dates."""
    if isinstance(document, dict):
        return {k: without_times(v) for k, v in document.items() if k not in ("provenance", "seconds")}
    return [without_times(v) for v in document] if isinstance(document, list) else document


def of_schema(client: TestClient, name: str) -> Draft202012Validator:
    document = client.get("/openapi.json").json()
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def command(*arguments: object) -> Any:
    from optimiser.cli.app import app

    return json.loads(CliRunner().invoke(app, [str(a) for a in arguments]).stdout)


def test_a_comparison_is_what_the_command_gives(client: TestClient, tmp_path: Path) -> None:
    body = {"scenario": scored(), "strategies": ["rank-and-cut", {"strategy": "rank-and-cut", "skip": False}]}
    response = client.post(COMPARISONS, json=body)
    assert response.status_code == 200, response.text
    document = response.json()
    assert [r["strategy"] for r in document["results"]] == ["optimise", "rank-and-cut", "rank-and-cut:skip=false"]
    of_schema(client, "Comparison").validate(document)
    of_schema(client, "ComparisonRequest").validate(body)
    (tmp_path / "s.json").write_text(json.dumps(scored()))
    given = command("compare", tmp_path / "s.json", "--json", "--strategies", "rank-and-cut,rank-and-cut:skip=false")
    assert without_times(given) == without_times(document)


def test_without_strategies_all_that_apply_are_compared(client: TestClient) -> None:
    document = client.post(COMPARISONS, json={"scenario": scored()}).json()
    assert {n["strategy"] for n in document["comparison"]["not_applied"]} == {"robust", "risk-averse"}
    assert len(document["results"]) == 6


@pytest.mark.parametrize(
    ("strategies", "code", "pointer"),
    [
        (["best"], "unknown-strategy", "/strategies/0"),
        (["optimise", "rank-and-cut:depth=2"], "unknown-parameter", "/strategies/1"),
        ([5], "wrong-type", "/strategies/0"),
        ([{"strategy": 5}], "wrong-type", "/strategies/0"),
        ([None], "wrong-type", "/strategies/0"),
        ([{"strategy": "share-by-key", "key": {"PT": [1]}}], "bad-parameter", "/strategies/0"),
        (["robust"], "strategy-needs-variants", "/strategies/0"),
        ("optimise", "strategies-not-a-list", "/strategies"),
        ({"optimise": 1}, "strategies-not-a-list", "/strategies"),
    ],
)
def test_what_cannot_be_compared_is_a_problem(client: TestClient, strategies: Any, code: str, pointer: str) -> None:
    response = client.post(COMPARISONS, json={"scenario": scored(), "strategies": strategies})
    problem = assert_problem(response, "invalid-request", 422)
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in problem["errors"]}


def test_infeasible_scenarios_are_compared(client: TestClient) -> None:
    response = client.post(COMPARISONS, json={"scenario": infeasible_scenario(), "strategies": ["pro-rata"]})
    assert response.status_code == 200
    assert response.json()["results"][0]["termination"] == "infeasible"


def test_the_time_limit_is_for_the_whole_comparison(client: TestClient) -> None:
    response = client.post(COMPARISONS, json={"scenario": hard_scenario(1.0), "strategies": ["pro-rata"]})
    assert response.status_code == 200
    document = response.json()
    assert document["results"][0]["termination"] == "time_limit" and not document["comparison"]["proven"]


def test_a_difference_is_what_the_command_gives(client: TestClient, tmp_path: Path) -> None:
    one, other = scored(), copy.deepcopy(scored())
    other["fund"]["tiers"][0]["size"] = 300
    body = {"scenario": one, "other": other}
    response = client.post(DIFFERENCES, json=body)
    assert response.status_code == 200, response.text
    document = response.json()
    assert [c["pointer"].rpartition("/")[0] for c in document["inputs"]] == [
        f"/fund/tiers/{one['fund']['tiers'][0]['id']}/size"
    ]
    assert document["decisions"]
    of_schema(client, "Difference").validate(document)
    of_schema(client, "DifferenceRequest").validate(body)
    for name, content in (("a", one), ("b", other)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    assert without_times(command("diff", tmp_path / "a.json", tmp_path / "b.json", "--json")) == without_times(document)


def test_both_scenarios_are_checked(client: TestClient) -> None:
    missing = assert_problem(client.post(DIFFERENCES, json={"scenario": scored()}), "invalid-request", 422)
    assert missing["errors"][0]["code"] == "missing-key"
    for wrong in ({"fund": {}}, 5, None, []):
        response = client.post(DIFFERENCES, json={"scenario": scored(), "other": wrong})
        problem = assert_problem(response, "invalid-scenario", 422)
        assert all(e["pointer"].startswith("/other") for e in problem["errors"] if e["severity"] == "error")
    many = with_changes(scored(), candidates=[{"id": f"c{n}", "attributes": {"value": 1, "s": 1}} for n in range(500)])
    assert_problem(client.post(DIFFERENCES, json={"scenario": scored(), "other": many}), "too-many-candidates", 413)
