"""Studies over HTTP and on the command line: the same bytes, pages that can be read, problems instead of failures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]


def two_terms() -> dict[str, Any]:
    """Sites a (10, 1), b (6, 4), c (1, 9) at 100 each, and money for two."""
    return {
        "name": "three sites",
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": 200}]},
        "candidates": [
            {"id": i, "cost": {"2027": 100}, "attributes": {"chips": one, "jobs": two}}
            for i, one, two in (("a", 10, 1), ("b", 6, 4), ("c", 1, 9))
        ],
        "objective": {
            "terms": [{"term": "attribute", "attribute": "chips"}, {"term": "attribute", "attribute": "jobs"}]
        },
        "uncertain": [{"pointer": "/candidates/a/attributes/chips", "low": 1, "high": 15}],
        "variants": [
            {"id": "as-planned", "probability": 0.7, "patch": {}},
            {"id": "less", "probability": 0.3, "patch": {"/fund/tiers/union/size": 100}},
        ],
        "decisions": {"now": ["a/main", "c/main"]},
    }


def command(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "optimiser.cli", *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


def without_time(document: dict[str, Any]) -> dict[str, Any]:
    """The answer without what differs from one run to the next."""
    kept = {k: v for k, v in document.items() if k != "provenance"}
    kept["results"] = [{k: v for k, v in r.items() if k != "provenance"} for r in document.get("results", [])]
    return kept


def schema_of(client: TestClient, name: str) -> Draft202012Validator:
    document = client.get("/openapi.json").json()
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


QUESTIONS: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    "frontier": ("/v1/frontiers", "Frontier", {"complete": True}, ["frontier", "--complete"]),
    "budget": (
        "/v1/frontiers",
        "BudgetCurve",
        {"budget": "union", "from": 0, "to": 300, "tolerance": 1},
        ["frontier", "--budget", "union", "--from", "0", "--to", "300", "--tolerance", "1"],
    ),
    "robustness": (
        "/v1/robustness",
        "Robustness",
        {"draws": 20, "seed": 3, "weights": 10},
        ["robustness", "--draws", "20", "--seed", "3", "--weights", "10"],
    ),
    "two-stage": ("/v1/robustness", "TwoStages", {"two_stage": True}, ["robustness", "--two-stage"]),
    "inputs": (
        "/v1/robustness",
        "DecidingInputs",
        {"inputs": True, "bound": 0.2},
        ["robustness", "--inputs", "--bound", "0.2"],
    ),
}
"""Address, schema of the answer, body beside the scenario, arguments of the command."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_service_and_command_give_the_same_answer_as_documented(client: TestClient, question: str) -> None:
    address, schema, body, arguments = QUESTIONS[question]
    scenario = two_terms()
    response = client.post(address, json={"scenario": scenario, **body})
    assert response.status_code == 200, response.text
    answer = response.json()
    assert list(schema_of(client, schema).iter_errors(answer)) == []
    request = "FrontierRequest" if address.endswith("frontiers") else "RobustnessRequest"
    assert list(schema_of(client, request).iter_errors({"scenario": scenario, **body})) == []
    printed = command(arguments[0], "-", *arguments[1:], "--json", stdin=json.dumps(scenario).encode())
    assert printed.returncode == 0, printed.stderr
    assert without_time(json.loads(printed.stdout)) == without_time(answer)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_a_page(question: str) -> None:
    arguments = QUESTIONS[question][3]
    shown = command(arguments[0], "-", *arguments[1:], stdin=json.dumps(two_terms()).encode())
    text = shown.stdout.decode()
    assert shown.returncode == 0, shown.stderr
    assert "three sites" in text and "Took" in text and "{" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize(
    ("address", "body", "code", "pointer"),
    [
        ("/v1/frontiers", {"terms": 5}, "frontier-not-two", "/terms"),
        ("/v1/frontiers", {"points": "many"}, "not-whole-in-range", "/points"),
        ("/v1/frontiers", {"terms": [None, {}]}, "wrong-type", "/terms/0"),
        ("/v1/frontiers", {"nonsense": 1}, "unknown-key-of-request", "/nonsense"),
        ("/v1/frontiers", {"budget": "nobody"}, "unknown-tier", "/budget"),
        ("/v1/frontiers", {"budget": "union", "points": 5}, "unknown-key-of-request", "/points"),
        ("/v1/frontiers", {"from": 5}, "unknown-key-of-request", "/from"),
        ("/v1/frontiers", {"budget": "union", "from": "x"}, "not-in-range", "/from"),
        ("/v1/robustness", {"draws": "many"}, "not-whole-in-range", "/draws"),
        ("/v1/robustness", {"two_stage": 1}, "wrong-type", "/two_stage"),
        ("/v1/robustness", {"two_stage": True, "draws": 5}, "unknown-key-of-request", "/draws"),
        ("/v1/robustness", {"inputs": True, "two_stage": True}, "unknown-key-of-request", "/inputs"),
        ("/v1/robustness", {"bound": 0.5}, "unknown-key-of-request", "/bound"),
        ("/v1/robustness", {"inputs": True, "bound": []}, "not-in-range", "/bound"),
    ],
)
def test_a_question_that_cannot_be_asked_is_a_problem(
    client: TestClient, address: str, body: dict[str, Any], code: str, pointer: str
) -> None:
    response = client.post(address, json={"scenario": two_terms(), **body})
    assert response.status_code == 422, response.text
    assert (code, pointer) in {(e["code"], e["pointer"]) for e in response.json()["errors"]}


def test_a_question_that_cannot_be_asked_ends_the_command() -> None:
    shown = command(
        "frontier", "-", "--terms", "attribute:chips", "attribute:x", stdin=json.dumps(two_terms()).encode()
    )
    assert shown.returncode == 3 and b"attribute" in shown.stderr and b"Traceback" not in shown.stderr


def test_a_frontier_is_saved_as_a_folder(tmp_path: Path) -> None:
    done = command("frontier", "-", "--complete", "--out", f"{tmp_path}/f/", stdin=json.dumps(two_terms()).encode())
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (tmp_path / "f").iterdir()) == ["frontier.json", "open.csv", "points.csv"]
    lines = (tmp_path / "f" / "points.csv").read_text().splitlines()
    assert lines[0].startswith("chips,jobs,proven") and lines[1].startswith("16,5,true")
