"""Bodies that are wrong in every way a client has found: never a 500, and always the place and the cure."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from api_cases import ALLOCATIONS, EVALUATIONS, JSON_HEADERS, VALIDATE, reference, with_changes
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem

from api.settings import Settings

LORIE_SAVAGE = reference("lorie-savage")
WHOLE = json.dumps(LORIE_SAVAGE).encode()
MIB = 2**20


def _changed(**changes: object) -> bytes:
    return json.dumps(with_changes(LORIE_SAVAGE, **changes)).encode()


BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not-json"),
    "blank": (b" \n", "not-json"),
    "truncated": (WHOLE[: len(WHOLE) // 2], "not-json"),
    "two documents": (WHOLE + WHOLE, "not-json"),
    "not UTF-8": (b"\xff\xfe", "not-utf8"),
    "null": (b"null", "not-an-object"),
    "a list": (b"[]", "not-an-object"),
    "a long number": (b"9" * 100_000, "not-an-object"),
    "brackets": (b"[" * 100_000, "too-deep"),
    "braces": (b'{"a":' * 100_000, "too-deep"),
    "closed brackets": (b"[" * 1_000 + b"]" * 1_000, "too-deep"),
    "key twice": (b'{"name": "a", "name": "b",' + WHOLE[1:], "key-twice"),
    "unknown key": (_changed(extra=1), "unknown-key"),
    "wrong type": (_changed(name=["a"]), "wrong-type"),
    "half a surrogate pair": (_changed(name="\ud800"), "wrong-type"),
    "half a surrogate pair as key": (_changed(**{"\ud800": 1}), "wrong-type"),
    "NaN": (_changed(discount_rate=float("nan")), "not-finite"),
    "infinity": (_changed(discount_rate=float("inf")), "not-finite"),
    "no candidates": (_changed(candidates=[]), "no-candidates"),
    "duplicate ids": (_changed(candidates=[LORIE_SAVAGE["candidates"][0]] * 2), "duplicate-id"),
    "money without tiers": (
        _changed(candidates=[{"id": "a", "cost": {"1955": 5}, "attributes": {"npv": 1, "year_1": 1, "year_2": 1}}]),
        "no-tiers",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_with_its_finding(client: TestClient, name: str) -> None:
    body, code = BODIES[name]
    document = assert_problem(client.post(ALLOCATIONS, content=body, headers=JSON_HEADERS), "invalid-scenario", 422)
    assert code in {e["code"] for e in document["errors"]}
    validation = client.post(VALIDATE, content=body, headers=JSON_HEADERS)
    assert validation.status_code == 200
    assert validation.json() == {"valid": False, "findings": document["errors"], "sha256": None}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_scenario_in_an_evaluation_is_refused(client: TestClient, name: str) -> None:
    body = b'{"plan": {}, "scenario": ' + BODIES[name][0] + b"}"
    response = client.post(EVALUATIONS, content=body, headers=JSON_HEADERS)
    assert response.status_code == 422, response.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": ""},
        {"Content-Type": "text/json"},
        {"Content-Type": "application/x-yaml"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_only_json_in_utf8_is_taken(client: TestClient, headers: dict[str, str]) -> None:
    assert_problem(client.post(ALLOCATIONS, content=WHOLE, headers=headers), "media-type", 415)


@pytest.mark.parametrize(
    "declared",
    ["application/json", "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'],
)
def test_json_may_say_that_it_is_utf8(client: TestClient, declared: str) -> None:
    response = client.post(VALIDATE, content=WHOLE, headers={"Content-Type": declared})
    assert response.json()["valid"]


def test_a_byte_order_mark_is_taken(client: TestClient) -> None:
    response = client.post(VALIDATE, content=b"\xef\xbb\xbf" + WHOLE, headers=JSON_HEADERS)
    assert response.json()["valid"]


def test_a_body_beyond_the_limit_is_refused_before_it_is_parsed(client: TestClient) -> None:
    limit = Settings().max_body_bytes
    document = assert_problem(
        client.post(ALLOCATIONS, content=b" " * (limit + 1), headers=JSON_HEADERS), "body-too-large", 413
    )
    assert str(limit) in document["detail"]


def test_a_body_of_unstated_length_is_refused_while_it_is_read(client: TestClient) -> None:
    read = []

    def chunks() -> Iterator[bytes]:
        for number in range(50):
            read.append(number)
            yield b" " * MIB

    assert_problem(client.post(ALLOCATIONS, content=chunks(), headers=JSON_HEADERS), "body-too-large", 413)


def test_a_body_at_the_limit_is_read(client: TestClient) -> None:
    body = WHOLE + b" " * (Settings().max_body_bytes - len(WHOLE))
    assert client.post(VALIDATE, content=body, headers=JSON_HEADERS).json()["valid"]
