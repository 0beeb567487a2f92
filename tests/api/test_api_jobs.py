"""Jobs and batches over HTTP: submitted, watched, cancelled, read, removed; and what is refused."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from api_cases import ALLOCATIONS, JSON_HEADERS, hard_scenario, reference
from api_servers import LocalServer, Server, running_client, running_local_server, wait_until
from sqlalchemy import event
from starlette.testclient import TestClient
from test_api_problem_shape import assert_problem

from api.settings import Settings
from api.work.jobs import Control, JobWork, work_on
from api.work.jobs import _last as last
from optimiser import allocate
from optimiser.batch.job import Ending

ASYNC = {"Prefer": "respond-async"}
BATCHES = "/v1/batches"
LORIE_SAVAGE = reference("lorie-savage")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A service of its own, with limits small enough to be met."""
    settings = Settings(
        workers=2, job_workers=2, max_time_limit_s=20, max_job_time_limit_s=30, max_candidates=400, max_batch=50
    )
    with running_client(settings) as found:
        yield found


def small(cost: float = 6, **changes: Any) -> dict[str, Any]:
    """A scenario solved in milliseconds: one site, one tier of 10."""
    return {
        "name": f"costs {cost}",
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10}]},
        "candidates": [{"id": "a", "name": "Alpha", "country": "PT", "cost": {"2027": cost}, "attributes": {"x": 1}}],
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
        **changes,
    }


def submitted(client: TestClient, document: Any, **headers: str) -> str:
    """The address of a job."""
    response = client.post(ALLOCATIONS, json=document, headers={**ASYNC, **headers})
    assert response.status_code == 202, response.text
    assert response.headers["location"] == response.json()["links"]["self"]
    return str(response.headers["location"])


def batched(client: TestClient, document: Any) -> str:
    """The address of a batch."""
    response = client.post(BATCHES, json=document)
    assert response.status_code == 202, response.text
    return str(response.headers["location"])


def ended(client: TestClient, address: str, limit_s: float = 30.0) -> dict[str, Any]:
    """The job or batch, once it has ended."""
    wait_until(lambda: client.get(address).json()["ended_at"] is not None, limit_s)
    document: dict[str, Any] = client.get(address).json()
    return document


def running(client: TestClient, address: str) -> None:
    """Waits until the search has found a plan."""
    wait_until(lambda: client.get(address).json()["progress"]["value"] is not None)


def events(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Number, kind and data of every event of a stream."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith((":", "retry")))
        if lines:
            found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
    return found


def plain(result: dict[str, Any]) -> dict[str, Any]:
    """A result without its times."""
    return {key: value for key, value in result.items() if key != "provenance"}


def test_a_job_from_submission_to_its_result(client: TestClient) -> None:
    response = client.post(ALLOCATIONS, json=LORIE_SAVAGE, headers=ASYNC)
    assert response.status_code == 202 and response.headers["preference-applied"] == "respond-async"
    address = response.headers["location"]
    told = events(client.get(f"{address}/events").text)
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert [data["state"] for _, kind, data in told if kind == "state"] == ["queued", "running", "succeeded"]
    job = client.get(address).json()
    assert (job["state"], job["termination"], job["has_allocation"]) == ("succeeded", "optimal", True)
    assert job["progress"]["gap"] == 0 and job["progress"]["value"] == job["progress"]["bound"]
    result = client.get(job["links"]["result"])
    alone = json.loads(allocate(LORIE_SAVAGE).to_json())
    assert plain(result.json()) == plain(alone)
    assert result.headers["content-language"] == "en"


def test_a_question_answered_before_succeeds_at_once(client: TestClient) -> None:
    first = ended(client, submitted(client, small(2.5)))
    other_words = small(2.5, name="other words")
    response = client.post(ALLOCATIONS, json=other_words, headers=ASYNC)
    assert response.json()["state"] == "succeeded" and response.json()["id"] != first["id"]
    assert client.get(response.json()["links"]["result"]).json()["scenario"]["name"] == "other words"
    batch = client.post(BATCHES, json={"scenarios": [small(2.25), small(2.75)]})
    ended(client, batch.headers["location"])
    again = client.post(BATCHES, json={"scenarios": [small(2.25), small(2.75)]}).json()
    assert (again["state"], again["succeeded"]) == ("succeeded", 2)


def test_infeasible_is_a_success(client: TestClient) -> None:
    impossible = small(20)
    impossible["candidates"][0]["locked"] = "in"
    job = ended(client, submitted(client, impossible))
    assert (job["state"], job["termination"], job["has_allocation"]) == ("succeeded", "infeasible", False)
    assert client.get(job["links"]["result"]).json()["termination"] == "infeasible"


def test_what_cannot_be_used_is_refused_at_once(client: TestClient) -> None:
    response = client.post(ALLOCATIONS, json={"fund": {}}, headers=ASYNC)
    assert len(assert_problem(response, "invalid-scenario", 422)["errors"]) > 1
    assert_problem(client.post(BATCHES, json=[]), "invalid-request", 422)
    for body in ({}, {"scenarios": []}, {"scenarios": {}}, {"sweep": []}, {"scenarios": [{}], "sweep": {}}):
        document = assert_problem(client.post(BATCHES, json=body), "invalid-request", 422)
        assert [e["code"] for e in document["errors"]] == ["batch-form"]
    document = assert_problem(client.post(BATCHES, json={"scenarios": [{}] * 51}), "invalid-request", 422)
    assert [(e["code"], e["pointer"]) for e in document["errors"]] == [("batch-too-large", "/scenarios")]
    grid = {"base": "investai-2025", "grid": {"/discount_rate": [0.1] * 51}}
    document = assert_problem(client.post(BATCHES, json={"sweep": grid}), "invalid-request", 422)
    assert [(e["code"], e["pointer"]) for e in document["errors"]] == [("sweep-too-large", "/sweep/grid")]
    file = {"base": "../../pyproject.toml", "variants": [{"id": "v", "patch": {}}]}
    document = assert_problem(client.post(BATCHES, json={"sweep": file}), "invalid-request", 422)
    assert [e["code"] for e in document["errors"]] == ["sweep-base"]


def test_past_the_limit_of_a_waiting_client_it_is_a_job() -> None:
    many = hard_scenario(1.0, candidates=30, rules=1)
    with running_client(Settings(workers=1, max_candidates=20, max_job_candidates=40)) as client:
        response = client.post(ALLOCATIONS, json=many)
        assert response.status_code == 202 and "preference-applied" not in response.headers
        assert ended(client, response.headers["location"])["state"] == "succeeded"
        more = hard_scenario(1.0, candidates=41, rules=1)
        assert_problem(client.post(ALLOCATIONS, json=more), "too-many-candidates", 413)
        assert_problem(client.post(ALLOCATIONS, json=more, headers=ASYNC), "too-many-candidates", 413)
        batch = ended(client, batched(client, {"scenarios": [more, small()]}))
        assert batch["state"] == "partially_failed"
        [job] = [client.get(j["link"]).json() for j in batch["jobs"] if j["state"] == "failed"]
        assert [f["code"] for f in job["findings"]] == ["too-many-candidates"]


def test_a_cancelled_search_keeps_its_best_plan(client: TestClient) -> None:
    address = submitted(client, hard_scenario(30))
    running(client, address)
    assert client.get(f"{address}/result").status_code == 409
    assert_problem(client.delete(address), "still-running", 409)
    begun = time.monotonic()
    response = client.post(f"{address}/cancel")
    assert response.status_code == 202 and response.json()["cancel_asked"]
    job = ended(client, address)
    assert time.monotonic() - begun < 25  # seconds of the 30 it was given
    assert (job["state"], job["termination"], job["has_allocation"]) == ("cancelled", "time_limit", True)
    result = client.get(f"{address}/result").json()
    assert result["certificate"]["holds"]
    assert [f["code"] for f in result["findings"]] == ["search-stopped"]
    value, bound, gap = (result["objective"][key] for key in ("value", "bound", "gap"))
    assert 0 < value <= bound and job["progress"]["value"] == value and job["progress"]["gap"] == gap
    assert client.post(f"{address}/cancel").status_code == 200
    told = events(client.get(f"{address}/events").text)
    assert [data["state"] for _, kind, data in told if kind == "state"] == ["queued", "running", "cancelled"]
    assert any(kind == "progress" and data["bound"] is not None for _, kind, data in told)
    # A plan cut short answers no other question.
    other = client.post(ALLOCATIONS, json=hard_scenario(30), headers=ASYNC).json()
    assert other["state"] in ("queued", "running")
    client.post(other["links"]["cancel"])
    ended(client, other["links"]["self"])


def test_events_resume_where_they_were_left(client: TestClient) -> None:
    address = submitted(client, small(1.5))
    told = events(client.get(f"{address}/events").text)
    rest = client.get(f"{address}/events", headers={"Last-Event-ID": "1", "Accept": "text/event-stream"})
    assert rest.headers["content-type"].startswith("text/event-stream")
    assert events(rest.text) == told[1:]
    assert events(client.get(f"{address}/events", headers={"Last-Event-ID": str(told[-1][0])}).text) == []
    for bad in ("x", "-1", "1.5", "9" * 30):
        assert_problem(client.get(f"{address}/events", headers={"Last-Event-ID": bad}), "bad-header", 400)
    assert_problem(client.get(f"{address}/events", headers={"Accept": "image/png"}), "not-acceptable", 406)


def test_a_batch_ends_with_a_state_for_every_child(client: TestClient) -> None:
    address = batched(client, {"scenarios": [small(1), {"nonsense": 1}, small(3), "text", small(4)]})
    told = events(client.get(f"{address}/events").text)
    batch = client.get(address).json()
    assert (batch["state"], batch["succeeded"], batch["failed"]) == ("partially_failed", 3, 2)
    assert [(j["number"], j["state"]) for j in batch["jobs"]] == [
        (0, "succeeded"),
        (1, "failed"),
        (2, "succeeded"),
        (3, "failed"),
        (4, "succeeded"),
    ]
    assert [j["name"] for j in batch["jobs"]] == ["costs 1", "scenarios/1", "costs 3", "scenarios/3", "costs 4"]
    assert sum(kind == "child" for _, kind, _ in told) == 5
    assert told[-1][1:] == ("state", {"state": "partially_failed"})
    failed = client.get(batch["jobs"][1]["link"]).json()
    assert {f["code"] for f in failed["findings"]} >= {"unknown-key", "missing-key"}
    assert_problem(client.get(f"{batch['jobs'][1]['link']}/result"), "no-result", 404)
    assert_problem(client.delete(batch["jobs"][0]["link"]), "child-of-batch", 409)
    pages = client.get(f"{address}?limit=2").json()
    assert [j["number"] for j in pages["jobs"]] == [0, 1]
    pages = client.get(pages["links"]["next"]).json()
    assert [j["number"] for j in pages["jobs"]] == [2, 3]
    pages = client.get(pages["links"]["next"]).json()
    assert [j["number"] for j in pages["jobs"]] == [4] and "next" not in pages["links"]
    for query in ("limit=0", "limit=1001", "after=-2", "after=x", "limit=１"):
        assert_problem(client.get(f"{address}?{query}"), "bad-page", 400)
    assert_problem(client.get(f"{address}?page=1"), "bad-query", 400)


def test_a_sweep_is_a_batch_written_down(client: TestClient) -> None:
    sizes = [3, 6, 9]
    address = batched(client, {"sweep": {"base": small(6), "grid": {"/fund/tiers/eu/size": sizes}}})
    batch = ended(client, address)
    assert batch["state"] == "succeeded"
    for size, job in zip(sizes, batch["jobs"], strict=True):
        result = client.get(f"{job['link']}/result").json()
        document = small(6)
        document["fund"]["tiers"][0]["size"] = size
        assert plain(result) == plain(json.loads(allocate(document).to_json()))
    nowhere = {"base": small(), "variants": [{"id": "v", "patch": {"/fund/tiers/us/size": 1}}]}
    assert ended(client, batched(client, {"sweep": nowhere}))["state"] == "failed"


def divisible(size: float) -> dict[str, Any]:
    """Eight sites that may be funded in part."""
    sites = [
        {
            "id": f"s{n}",
            "country": "PT",
            "divisible": True,
            "cost": {"2027": 5 + n},
            "attributes": {"x": 30 + 7 * n % 5},
        }
        for n in range(8)
    ]
    tiers = [{"id": "eu", "instrument": "grant", "size": size}, {"id": "pt", "instrument": "grant", "size": 11}]
    return small(candidates=sites, fund={"tiers": tiers})


def test_a_worker_goes_on_from_the_point_it_solved_last(tmp_path: Path) -> None:
    settings = Settings().for_jobs()
    control = Control(tmp_path / "stop", tmp_path / "progress")

    def worked(content: Any, base: Any | None) -> Ending:
        of_sweep = None if base is None else json.dumps(base).encode()
        return work_on(JobWork("id", json.dumps(content).encode(), of_sweep, "en", settings, control))

    last.clear()
    for size in (20, 21, 22.5, 20):
        ending = worked({"/fund/tiers/eu/size": size}, divisible(1))
        assert ending.state == "succeeded" and ending.solved is not None and ending.prepared is not None
        alone = worked(divisible(size), None) if size == 22.5 else None  # a job of its own comes between
        expected = json.loads(allocate(divisible(size)).to_json())
        assert plain(json.loads(ending.solved.body)) == plain(expected)
        assert ending.solved.scenario == expected["scenario"]["sha256"]
        if alone is None:
            start = last[0].family.start
            assert (start.cold, start.hot) == {20: (1, 0), 21: (1, 1)}[size]
        else:
            # The same question has the same key, by either way; and nothing is kept for a job of its own.
            assert alone.prepared is not None and alone.prepared.key == ending.prepared.key
            assert last == []
    # A point that cannot be used, one that is cancelled before it begins, another sweep: the family goes on.
    assert worked({"/fund/tiers/us/size": 1}, divisible(1)).state == "failed"
    assert worked({"/fund/tiers/eu/size": "much"}, divisible(1)).state == "failed"
    control.stop.touch()
    assert worked({"/fund/tiers/eu/size": 23}, divisible(1)).state == "cancelled"
    control.stop.unlink()
    for base in (divisible(1), divisible(2)):
        ending = worked({"/fund/tiers/eu/size": 24}, base)
        assert ending.solved is not None
        assert plain(json.loads(ending.solved.body)) == plain(json.loads(allocate(divisible(24)).to_json()))
    assert len(last) == 1 and json.loads(last[0].base) == divisible(2)


def test_a_cancelled_batch(client: TestClient) -> None:
    address = batched(
        client, {"scenarios": [hard_scenario(30), hard_scenario(29), *(small(5 + n / 8) for n in range(8))]}
    )
    wait_until(lambda: client.get(address).json()["jobs"][1]["state"] == "running")
    assert_problem(client.delete(address), "still-running", 409)
    assert client.post(f"{address}/cancel").status_code == 202
    batch = ended(client, address)
    assert batch["state"] == "cancelled" and batch["cancelled"] == 10
    assert client.post(f"{address}/cancel").status_code == 200
    assert client.delete(address).status_code == 204
    assert_problem(client.get(address), "unknown-batch", 404)
    assert_problem(client.get(batch["jobs"][0]["link"]), "unknown-job", 404)


def test_deleting_a_job(client: TestClient) -> None:
    address = submitted(client, small(0.5))
    ended(client, address)
    assert client.delete(address).status_code == 204
    for method, part in (("GET", ""), ("GET", "/result"), ("GET", "/events"), ("GET", "/model.lp"), ("DELETE", "")):
        assert_problem(client.request(method, address + part), "unknown-job", 404)
    assert_problem(client.post(f"{address}/cancel"), "unknown-job", 404)
    # Its result is gone with it: the question is worked on anew.
    assert ended(client, submitted(client, small(0.5)))["attempts"] == 1


@pytest.mark.parametrize("id", ["x", "%00", "é" * 50, "a" * 32])
def test_what_is_not_there(client: TestClient, id: str) -> None:
    assert_problem(client.get(f"/v1/jobs/{id}"), "unknown-job", 404)
    assert_problem(client.get(f"{BATCHES}/{id}"), "unknown-batch", 404)
    assert_problem(client.post(f"{BATCHES}/{id}/cancel"), "unknown-batch", 404)


def test_the_model_of_a_job(client: TestClient) -> None:
    batch = ended(client, batched(client, {"sweep": {"base": small(), "grid": {"/fund/tiers/eu/size": [7]}}}))
    address = batch["jobs"][0]["link"]
    lp, mps = client.get(f"{address}/model.lp"), client.get(f"{address}/model.mps")
    assert lp.headers["content-type"].startswith("text/plain")
    assert "max" in lp.text and "ROWS" in mps.text
    wrong = ended(client, batched(client, {"scenarios": [{}]}))
    assert_problem(client.get(f"{wrong['jobs'][0]['link']}/model.lp"), "invalid-scenario", 422)


def test_tags_save_the_second_answer(client: TestClient) -> None:
    address = submitted(client, small(4.5))
    ended(client, address)
    for place in (address, f"{address}/result", "/v1/schema", "/v1/scenarios", "/v1/scenarios/investai-2025"):
        first = client.get(place)
        again = client.get(place, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
        assert client.get(place, headers={"If-None-Match": '"other"'}).content == first.content


def test_a_request_with_a_key_is_acted_on_once(client: TestClient) -> None:
    headers = {**ASYNC, "Idempotency-Key": "one"}
    first = client.post(ALLOCATIONS, json=small(3.5), headers=headers)
    again = client.post(ALLOCATIONS, json=small(3.5), headers=headers)
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert_problem(client.post(ALLOCATIONS, json=small(3.6), headers=headers), "key-reused", 422)
    assert_problem(client.post(BATCHES, json=small(3.5), headers=headers), "key-reused", 422)
    for bad in ("", "x" * 256, "a\tb"):
        response = client.post(ALLOCATIONS, json=small(), headers={"Idempotency-Key": bad})
        assert_problem(response, "bad-header", 400)
    # The plan alone is another request than all there is; a job keeps the whole result.
    both = client.post(ALLOCATIONS, json=small(3.5), headers={"Prefer": "respond-async, return=minimal"})
    assert both.status_code == 202 and both.headers["preference-applied"] == "respond-async"
    brief = {"Prefer": "return=minimal", "Idempotency-Key": "brief"}
    first, again = (client.post(ALLOCATIONS, json=small(3.5), headers=brief) for _ in range(2))
    assert again.content == first.content and again.headers["preference-applied"] == "return=minimal"
    assert_problem(client.post(ALLOCATIONS, json=small(3.5), headers={"Idempotency-Key": "brief"}), "key-reused", 422)
    # A waiting client may have a key, too; refusals of the body are answers like any other.
    results = [client.post(ALLOCATIONS, json=small(1.1), headers={"Idempotency-Key": "two"}) for _ in range(2)]
    assert results[0].content == results[1].content and results[0].status_code == 200
    refusals = [client.post(BATCHES, json={}, headers={"Idempotency-Key": "three"}) for _ in range(2)]
    assert refusals[0].content == refusals[1].content


def test_a_damaged_result_is_found_and_made_again(tmp_path: Path) -> None:
    with running_client(Settings(workers=1, store=str(tmp_path / "s.sqlite"))) as client:
        address = submitted(client, small())
        ended(client, address)
        first = client.get(f"{address}/result").json()
        with contextlib.closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection, connection:
            connection.execute("UPDATE results SET body = x'00'")
        assert_problem(client.get(f"{address}/result"), "not-ended", 409)
        ended(client, address)
        assert plain(client.get(f"{address}/result").json()) == plain(first)


def test_a_backlog_has_an_end() -> None:
    with running_client(Settings(workers=1, max_jobs=3)) as client:
        response = client.post(BATCHES, json={"scenarios": [small()] * 4})
        assert_problem(response, "backlog-full", 429)
        assert int(response.headers["retry-after"]) > 0
        ended(client, batched(client, {"scenarios": [small()] * 3}))


def test_a_store_that_is_locked_or_full_is_a_problem_of_the_service(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with running_client(Settings(workers=1, store=str(path), store_wait_s=0.1)) as client:
        done = submitted(client, small())
        ended(client, done)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for response in (
            client.post(ALLOCATIONS, json=small(5), headers=ASYNC),
            client.post(BATCHES, json={"scenarios": [small(5)]}),
            client.post(f"{done}/cancel"),
            client.delete(done),
            client.post(ALLOCATIONS, json=small(5), headers={"Idempotency-Key": "k"}),
        ):
            document = assert_problem(response, "store-unavailable", 503)
            assert "locked" in document["detail"] and int(response.headers["retry-after"]) > 0
        # What is only read, and what needs no store, goes on.
        assert client.get(f"{done}/result").status_code == 200
        assert client.post(ALLOCATIONS, json=small(5)).status_code == 200
        other.execute("ROLLBACK")
        other.close()
        assert ended(client, submitted(client, small(5)))["state"] == "succeeded"
        engine = client.app.state.queue.jobs.store.engine  # type: ignore[attr-defined]
        # As on a full disk: no connection may make the file larger.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
        engine.dispose()
        long = small(5.5, description=random.Random(1).randbytes(9_000).hex())
        full = client.post(ALLOCATIONS, json=long, headers=ASYNC)
        assert "full" in assert_problem(full, "store-unavailable", 503)["detail"]


def test_jobs_are_removed_some_time_after_they_ended(tmp_path: Path) -> None:
    with running_client(Settings(workers=1, keep_jobs_s=0.5)) as client:
        address = submitted(client, small())
        wait_until(lambda: client.get(address).status_code == 404)


def test_a_stop_hands_work_back(tmp_path: Path) -> None:
    path = str(tmp_path / "s.sqlite")
    with running_client(Settings(workers=1, store=path, drain_s=0.2, max_job_time_limit_s=30)) as client:
        address = submitted(client, hard_scenario(30))
        running(client, address)
        queue = client.app.state.queue  # type: ignore[attr-defined]
    from optimiser.batch.jobs import Jobs
    from optimiser.batch.store import Store

    store = Store(path)
    job = Jobs(store).job(address.rpartition("/")[2])
    assert queue is not None and job is not None and (job.state, job.attempts) == ("queued", 0)
    store.close()


def test_a_stream_tells_what_happens_while_it_happens() -> None:
    settings = Settings(workers=1, max_job_time_limit_s=30)
    with running_local_server(settings) as server:
        address = _posted(server, ALLOCATIONS, hard_scenario(30), ASYNC)
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", f"{address}/events")
        stream, seen = connection.getresponse(), []
        while not seen or seen[-1] != b"event: progress\n":
            seen.append(stream.readline())
        assert b"retry: 1000\n" in seen and b"event: state\n" in seen
        _posted(server, f"{address}/cancel", None)
        rest = stream.read()
        assert b'"state": "cancelled"' in rest
        connection.close()


def _posted(server: Server | LocalServer, path: str, document: Any, headers: dict[str, str] | None = None) -> str:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    body = None if document is None else json.dumps(document)
    connection.request("POST", path, body, {**JSON_HEADERS, **(headers or {})})
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status in (200, 202)
    return response.headers.get("location", "")
