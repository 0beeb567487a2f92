"""Several processes on one store, and processes that die: nothing is lost, nothing is done twice that counts."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from api_cases import ALLOCATIONS, JSON_HEADERS, hard_scenario
from api_servers import Server, running_server, wait_until
from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "soak"))

import endurance  # noqa: E402


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store that several processes may share."""
    if request.param == "sqlite":
        yield str(tmp_path / "store.sqlite")
        return
    base = make_url(request.getfixturevalue("postgres"))
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE service"))
    engine.dispose()
    yield base.set(database="service").render_as_string(hide_password=False)


def asked(server: Server, method: str, path: str, document: Any = None, **headers: str) -> tuple[int, Any]:
    """Status and document of an answer."""
    body = None if document is None else json.dumps(document)
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request(method, path, body, {**JSON_HEADERS, **headers})
        response = connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_batch_survives_kills_of_the_server(tmp_path: Path, seed: int) -> None:
    """A short round of ``make soak``."""
    done = endurance.endure(str(tmp_path / "store.sqlite"), 40, 1, random.Random(seed))
    assert (done.scenarios, done.kills) == (40, 1)


def test_the_values_the_endurance_test_expects_were_counted_by_hand() -> None:
    # A fund of 1 pays none of four sites of 3 each; of 3.035 the worthiest (4); of 6.032 two (4 + 3); of 12.1 all.
    assert {n: endurance.expected_value(n) for n in (0, 55, 136, 300)} == {0: 0, 55: 4, 136: 7, 300: 10}
    assert len({json.dumps(endurance.scenario(n)["fund"]) for n in range(500)}) == 500


def test_two_servers_share_a_store(address: str) -> None:
    """What one takes in the other works on, tells and cancels; what one held when it died is ended by the other."""
    settings: dict[str, int | float | str] = {"workers": 1, "store": address, "lease_s": 1, "max_job_time_limit_s": 40}
    with running_server(**settings) as first, running_server(**settings) as second:
        documents = [endurance.scenario(n) for n in range(30)]
        status, batch = asked(first, "POST", "/v1/batches", {"scenarios": documents})
        assert status == 202
        place = batch["links"]["self"]
        wait_until(lambda: asked(second, "GET", place)[1]["ended_at"] is not None)
        _, batch = asked(second, "GET", place)
        assert (batch["state"], batch["succeeded"]) == ("succeeded", 30)
        for number, job in enumerate(batch["jobs"]):
            result = asked(first, "GET", f"{job['link']}/result")[1]
            assert result["objective"]["value"] == endurance.expected_value(number)
            assert asked(second, "GET", job["link"])[1]["attempts"] == 1
        # A key is known to both, and a search longer than its lease is not begun twice.
        headers = {"Prefer": "respond-async", "Idempotency-Key": "k"}
        answers = [asked(server, "POST", ALLOCATIONS, hard_scenario(2.5), **headers) for server in (first, second)]
        assert answers[0] == answers[1] and answers[0][0] == 202
        place = answers[0][1]["links"]["self"]
        wait_until(lambda: asked(second, "GET", place)[1]["ended_at"] is not None)
        job = asked(second, "GET", place)[1]
        assert (job["state"], job["attempts"]) == ("succeeded", 1)
        # Two searches that do not end: one for each server.
        jobs = [
            asked(first, "POST", ALLOCATIONS, hard_scenario(limit), Prefer="respond-async")[1]["links"]["self"]
            for limit in (40, 39)
        ]
        wait_until(lambda: all(asked(second, "GET", job)[1]["progress"]["value"] is not None for job in jobs))
        first.kill()
        wait_until(lambda: all(asked(second, "POST", f"{job}/cancel")[0] in (200, 202) for job in jobs))
        wait_until(lambda: all(asked(second, "GET", job)[1]["ended_at"] is not None for job in jobs))
        ends = [asked(second, "GET", job)[1] for job in jobs]
        assert [end["state"] for end in ends] == ["cancelled", "cancelled"]
        # The one that lived kept its plan; the other's was lost with its server.
        assert Counter(end["has_allocation"] for end in ends) == {True: 1, False: 1}


def test_work_of_a_dead_server_is_taken_over(tmp_path: Path) -> None:
    settings: dict[str, int | float | str] = {"workers": 1, "store": str(tmp_path / "s.sqlite"), "lease_s": 1}
    with running_server(**settings) as first, running_server(**settings) as second:
        place = asked(first, "POST", ALLOCATIONS, hard_scenario(3), Prefer="respond-async")[1]["links"]["self"]
        wait_until(lambda: asked(first, "GET", place)[1]["state"] == "running")
        # Both are killed, so that it does not matter which of them had it.
        first.kill()
        second.kill()
        with running_server(**settings) as third:
            wait_until(lambda: asked(third, "GET", place)[1]["ended_at"] is not None)
            job = asked(third, "GET", place)[1]
            assert (job["state"], job["attempts"], job["has_allocation"]) == ("succeeded", 2, True)
