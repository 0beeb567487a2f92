"""Jobs in the store: leased to one at a time, taken over when a holder dies, ended once, told in order."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from optimiser.batch.job import BacklogFull, Ending, NewJob, StillRunning
from optimiser.batch.jobs import MOST_LEASES, Jobs
from optimiser.batch.requests import Requests
from optimiser.batch.solving import Prepared, Solved
from optimiser.batch.store import Store

MOST = 1000


@pytest.fixture
def jobs(store: Store) -> Jobs:
    return Jobs(store)


def new(name: str = "n", content: bytes = b"{}", known: Prepared | None = None) -> NewJob:
    return NewJob(name, "en", content, known)


def succeeded(key: str = "k", body: bytes = b"{}", digest: str = "") -> Ending:
    return Ending("succeeded", digest, Prepared(key, names={"": "n"}), Solved(key, "s", "optimal", True, 0.5, body))


def told(jobs: Jobs, stream: str) -> list[tuple[int, str, Any]]:
    return [(e.number, e.kind, e.data.get("state")) for e in jobs.events(stream, 0)]


def test_a_job_from_submission_to_result(jobs: Jobs) -> None:
    id = jobs.submit(new("a", b'{"x": 1}'), MOST)
    row = jobs.job(id)
    assert row is not None and (row.state, row.name, row.attempts, row.termination) == ("queued", "a", 0, None)
    [leased] = jobs.lease(5, 60)
    assert (leased.id, leased.content, leased.base) == (id, b'{"x": 1}', None)
    assert jobs.lease(5, 60) == []
    assert jobs.renew({id: (leased.lease, {"bound": 3.0})}, 60) == {id: "held"}
    assert jobs.finish(id, leased.lease, succeeded(body=b"result"))
    row = jobs.job(id)
    assert row is not None and (row.state, row.termination, row.has_allocation) == ("succeeded", "optimal", True)
    assert row.progress == {"bound": 3.0} and row.names == {"": "n"} and row.key is not None
    assert jobs.store.body(row.key) == b"result"
    assert told(jobs, id) == [
        (1, "state", "queued"),
        (2, "state", "running"),
        (3, "progress", None),
        (4, "state", "succeeded"),
    ]
    assert [e.number for e in jobs.events(id, 2)] == [3, 4]


def test_a_job_ends_once(jobs: Jobs) -> None:
    id = jobs.submit(new(), MOST)
    [leased] = jobs.lease(1, 60)
    assert jobs.finish(id, leased.lease, succeeded("k1"))
    assert not jobs.finish(id, leased.lease, succeeded("k2"))
    assert not jobs.finish("nobody", leased.lease, succeeded("k3"))
    row = jobs.job(id)
    assert row is not None and row.key == "k1"
    assert jobs.store.kept(["k1", "k2", "k3"]).keys() == {"k1"}


def test_a_lease_that_ends_is_taken_over(jobs: Jobs) -> None:
    id = jobs.submit(new(), MOST)
    [dead] = jobs.lease(1, -1)
    [heir] = jobs.lease(1, 60)
    assert heir.id == id and heir.lease != dead.lease
    # The one thought dead lives: it is told, and its failure does not end what another works on.
    assert jobs.renew({id: (dead.lease, None)}, 60) == {id: "lost"}
    assert not jobs.finish(id, dead.lease, Ending("failed"))
    jobs.release(id, dead.lease, counts=True)
    row = jobs.job(id)
    assert row is not None and (row.state, row.attempts) == ("running", 2)
    # A result is a result, whoever brings it.
    assert jobs.finish(id, dead.lease, succeeded())
    assert not jobs.finish(id, heir.lease, succeeded())


def test_what_kills_every_worker_is_given_up(jobs: Jobs) -> None:
    id = jobs.submit(new(), MOST)
    for _ in range(MOST_LEASES):
        assert len(jobs.lease(1, -1)) == 1
    assert jobs.lease(1, -1) == []
    row = jobs.job(id)
    assert row is not None and (row.state, [f["code"] for f in row.findings]) == ("failed", ["worker-died"])


def test_what_is_handed_back_counts_as_not_begun(jobs: Jobs) -> None:
    id = jobs.submit(new(), MOST)
    for _ in range(MOST_LEASES + 1):
        [leased] = jobs.lease(1, 60)
        jobs.release(id, leased.lease, counts=False)
    [leased] = jobs.lease(1, 60)
    jobs.release(id, leased.lease, counts=True)
    row = jobs.job(id)
    assert row is not None and (row.state, row.attempts) == ("queued", 1)


def test_single_jobs_come_before_batches_and_older_before_newer(jobs: Jobs) -> None:
    batch = jobs.submit_batch([new("c0"), new("c1")], None, MOST)
    first, second = jobs.submit(new("s0"), MOST), jobs.submit(new("s1"), MOST)
    children = [row.id for row in jobs.children(batch, -1, 9)]
    assert [leased.id for leased in jobs.lease(3, 60)] == [first, second, children[0]]
    assert [leased.id for leased in jobs.lease(3, 60)] == [children[1]]


def test_a_batch_counts_how_its_children_end(jobs: Jobs) -> None:
    id = jobs.submit_batch([new(f"c{n}", b"[%d]" % n) for n in range(3)], b'{"base": 1}', MOST)
    batch = jobs.batch(id)
    assert batch is not None and (batch.state, batch.total) == ("queued", 3)
    leased = jobs.lease(9, 60)
    assert [(one.content, one.base) for one in leased] == [(b"[%d]" % n, b'{"base": 1}') for n in range(3)]
    jobs.finish(leased[0].id, leased[0].lease, succeeded("k0"))
    batch = jobs.batch(id)
    assert batch is not None and batch.state == "running"
    jobs.finish(leased[1].id, leased[1].lease, Ending("failed", findings=({"code": "not-json"},)))
    jobs.finish(leased[2].id, leased[2].lease, succeeded("k2"))
    batch = jobs.batch(id)
    assert batch is not None and (batch.state, batch.succeeded, batch.failed) == ("partially_failed", 2, 1)
    assert told(jobs, id) == [
        (1, "state", "queued"),
        (2, "state", "running"),
        (3, "child", "succeeded"),
        (4, "child", "failed"),
        (5, "child", "succeeded"),
        (6, "state", "partially_failed"),
    ]
    assert [row.number for row in jobs.children(id, 0, 1)] == [1]


def test_what_is_known_succeeds_at_once(jobs: Jobs) -> None:
    jobs.submit(new(), MOST)
    [leased] = jobs.lease(1, 60)
    jobs.finish(leased.id, leased.lease, succeeded("k"))
    row = jobs.job(jobs.submit(new(known=Prepared("k", names={"": "x"})), MOST))
    assert row is not None and (row.state, row.termination, row.names) == ("succeeded", "optimal", {"": "x"})
    wrong = Prepared(None, ({"code": "not-json"},))
    batch = jobs.batch(jobs.submit_batch([new(known=Prepared("k")), new(known=wrong)], None, MOST))
    assert batch is not None and batch.state == "partially_failed"
    assert jobs.lease(9, 60) == []


def test_cancelling(jobs: Jobs) -> None:
    queued, running = jobs.submit(new("q"), MOST), jobs.submit(new("r"), MOST)
    jobs.cancel(queued)
    [leased] = jobs.lease(9, 60)
    assert leased.id == running
    jobs.cancel(running)
    assert jobs.renew({running: (leased.lease, None)}, 60) == {running: "cancel"}
    jobs.finish(running, leased.lease, Ending("cancelled"))
    jobs.cancel(running)
    jobs.cancel("nobody")
    assert [row.state for row in map(jobs.job, (queued, running)) if row] == ["cancelled"] * 2


def test_a_cancelled_job_whose_holder_died_is_not_begun_again(jobs: Jobs) -> None:
    id = jobs.submit(new(), MOST)
    jobs.lease(1, -1)
    jobs.cancel(id)
    assert jobs.lease(1, 60) == []
    row = jobs.job(id)
    assert row is not None and row.state == "cancelled"


def test_cancelling_a_batch(jobs: Jobs) -> None:
    id = jobs.submit_batch([new() for _ in range(4)], None, MOST)
    [leased] = jobs.lease(1, 60)
    jobs.cancel_batch(id)
    batch = jobs.batch(id)
    assert batch is not None and (batch.state, batch.cancelled) == ("running", 3)
    jobs.finish(leased.id, leased.lease, succeeded())
    batch = jobs.batch(id)
    assert batch is not None and (batch.state, batch.succeeded) == ("cancelled", 1)


def test_deleting_takes_what_nobody_else_refers_to(jobs: Jobs) -> None:
    ids = [jobs.submit(new(), MOST) for _ in range(3)]
    for leased, key in zip(jobs.lease(3, 60), ("shared", "shared", "own"), strict=True):
        jobs.finish(leased.id, leased.lease, succeeded(key, digest=f"d-{key}"))
    jobs.delete(ids[0])
    jobs.delete(ids[2])
    assert jobs.store.kept(["shared", "own"]).keys() == {"shared"}
    assert jobs.store.known(["d-shared", "d-own"]).keys() == {"d-shared"}
    assert jobs.job(ids[0]) is None and jobs.events(ids[0], 0) == []
    assert jobs.events(ids[1], 0)


def test_what_runs_is_not_deleted(jobs: Jobs) -> None:
    id = jobs.submit_batch([new(), new()], None, MOST)
    [leased] = jobs.lease(1, 60)
    with pytest.raises(StillRunning):
        jobs.delete_batch(id)
    with pytest.raises(StillRunning):
        jobs.delete(leased.id)
    jobs.finish(leased.id, leased.lease, succeeded())
    jobs.delete_batch(id)
    assert jobs.batch(id) is None and jobs.job(leased.id) is None and jobs.store.kept(["k"]) == {}


def test_a_damaged_result_is_worked_on_again(jobs: Jobs) -> None:
    id = jobs.submit_batch([new()], None, MOST)
    [leased] = jobs.lease(1, 60)
    jobs.finish(leased.id, leased.lease, succeeded())
    with jobs.store.writing() as connection:
        connection.execute(text("UPDATE results SET body = :bad"), {"bad": b"\x00"})
    assert jobs.store.body("k") is None
    jobs.again(leased.id)
    batch = jobs.batch(id)
    assert batch is not None and (batch.state, batch.succeeded) == ("running", 0)
    [leased] = jobs.lease(1, 60)
    jobs.finish(leased.id, leased.lease, succeeded(body=b"anew"))
    batch = jobs.batch(id)
    assert batch is not None and batch.state == "succeeded" and jobs.store.body("k") == b"anew"


def test_a_backlog_has_an_end(jobs: Jobs) -> None:
    jobs.submit(new(), 2)
    with pytest.raises(BacklogFull) as caught:
        jobs.submit_batch([new(), new()], None, 2)
    assert caught.value.waiting == 1
    jobs.submit(new(), 2)
    with pytest.raises(BacklogFull):
        jobs.submit(new(), 2)
    # Those that have ended do not count.
    for leased in jobs.lease(2, 60):
        jobs.finish(leased.id, leased.lease, succeeded())
    jobs.submit(new(), 2)


def test_retention_takes_what_ended_long_ago(jobs: Jobs) -> None:
    ended, open_ = jobs.submit(new(), MOST), jobs.submit(new(), MOST)
    [leased] = jobs.lease(1, 60)
    jobs.finish(ended, leased.lease, succeeded())
    batch = jobs.submit_batch([new(known=Prepared(None))], None, MOST)
    assert jobs.forget(time.time() - 60) == 0
    assert jobs.forget(time.time() + 60) == 2
    assert (jobs.job(ended), jobs.batch(batch)) == (None, None) and jobs.job(open_) is not None


def test_names_no_database_takes(jobs: Jobs) -> None:
    row = jobs.job(jobs.submit(new("a\0b\ud800" + "é" * 300), MOST))
    assert row is not None and row.name.startswith("a?b?é") and len(row.name) == 200


def test_many_processes_lease_each_job_once(address: str) -> None:
    """Threads with a connection each lease and finish at once: no job is leased twice, every event has its number."""
    first = Store(address)
    batch = Jobs(first).submit_batch([new(str(n)) for n in range(60)], None, MOST)
    had: list[str] = []

    def work() -> None:
        store = Store(address)
        own = Jobs(store)
        while leased := own.lease(3, 60):
            for one in leased:
                had.append(one.id)
                own.renew({one.id: (one.lease, {"bound": 1})}, 60)
                assert own.finish(one.id, one.lease, succeeded(one.id))
        store.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(Counter(had).values()) == 1
    jobs = Jobs(first)
    row = jobs.batch(batch)
    assert row is not None and (row.state, row.succeeded) == ("succeeded", 60)
    assert [e.number for e in jobs.events(batch, 0)] == list(range(1, 64))
    first.close()


def test_a_request_with_a_key_is_acted_on_once(store: Store) -> None:
    requests = Requests(store)
    assert requests.begin("a", b"body", 60) == "new"
    assert requests.begin("a", b"body", 60) == "running"
    assert requests.begin("a", b"other", 60) == "other"
    requests.answer("a", b"answer")
    assert requests.begin("a", b"body", 60) == b"answer"
    assert requests.begin("a", b"other", 60) == "other"
    requests.drop("a")
    assert requests.begin("a", b"body", 60) == b"answer"
    requests.forget(time.time() + 1)
    assert requests.begin("a", b"other", 60) == "new"


def test_a_request_that_was_lost_may_be_sent_again(store: Store) -> None:
    requests = Requests(store)
    assert requests.begin("a", b"body", -1) == "new"
    assert requests.begin("a", b"body", 60) == "new"
    assert requests.begin("a", b"body", 60) == "running"
    requests.drop("a")
    assert requests.begin("a", b"another", 60) == "new"
