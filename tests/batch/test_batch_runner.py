"""Running a batch on real processes: skipped, shared, resumed, survived."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from batch_cases import MarkedItem, RaisingItem, small

from optimiser import allocate
from optimiser.batch.engine import processes
from optimiser.batch.items import Item, items_of
from optimiser.batch.runner import MOST_ATTEMPTS, Batch, Ended
from optimiser.batch.solving import BatchOptions, labelled
from optimiser.batch.store import Store
from optimiser.errors import StoreError

OPTIONS = BatchOptions({})


class Here(Executor):
    """Runs tasks in this process, and counts what it solves."""

    solved: int = 0

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        Here.solved += len(args[0]) if function.__name__ == "solve" else 0
        future.set_result(function(*args, **kwargs))
        return future


@contextmanager
def here() -> Iterator[Executor]:
    yield Here()


def run(store: Store, items: list[Item], executors: Any = here, options: BatchOptions = OPTIONS) -> dict[str, Ended]:
    ended: dict[str, Ended] = {}

    def on_end(end: Ended) -> None:
        assert end.item.name not in ended, "an item ends once"
        ended[end.item.name] = end

    Here.solved = 0
    Batch(store, options, executors, 2, on_end).run(items)
    assert ended.keys() == {item.name for item in items}
    return ended


def items(*paths: object) -> list[Item]:
    return items_of([str(path) for path in paths])


def test_results_are_those_of_allocate(store: Store, write: Any) -> None:
    documents = {f"{n}.json": small(cost=n) for n in (3, 6, 12)}
    paths = [write(name, document) for name, document in documents.items()]
    ended = run(store, items(*paths), partial(processes, 2))
    for document, end in zip(documents.values(), ended.values(), strict=False):
        document = documents[f"{end.item.name}.json"]
        assert end.kept is not None
        kept = json.loads(store.body(end.kept.key) or b"")
        alone = json.loads(allocate(document).to_json())
        for result in (kept, alone):
            result.pop("provenance")
        assert kept == alone


def test_again_nothing_is_solved(store: Store, write: Any) -> None:
    paths = [write("a.json", small()), write("b.json", b"{broken"), write("c.json", small(7))]
    first = run(store, items(*paths))
    assert (Here.solved, [first[n].skipped for n in "abc"]) == (2, [False] * 3)
    again = run(store, items(*paths))
    assert (Here.solved, [again[n].skipped for n in "abc"]) == (0, [True] * 3)
    assert {n: (e.state, e.exit_code, e.kept) for n, e in again.items()} == {
        n: (e.state, e.exit_code, e.kept) for n, e in first.items()
    }


def test_what_changed_is_solved(store: Store, write: Any) -> None:
    paths = [write("a.json", small()), write("b.json", small(7))]
    run(store, items(*paths))
    write("b.json", small(8))
    ended = run(store, items(*paths))
    assert (Here.solved, ended["a"].skipped, ended["b"].skipped) == (1, True, False)
    # Other options are another question.
    run(store, items(*paths), options=BatchOptions({}, mip_gap=0.1))
    assert Here.solved == 2
    run(store, items(*paths), options=BatchOptions({"/fund/tiers/eu/size": 9}))
    assert Here.solved == 2


def test_the_same_scenario_is_solved_once(store: Store, write: Any) -> None:
    other_words = small(name="other", description="the same question")
    other_words["candidates"][0]["name"] = "Beta"
    paths = [
        write("a.json", small()),
        write("b.json", small()),
        write("c.json", json.dumps(small(), indent=3).encode()),
        write("d.json", other_words),
    ]
    ended = run(store, items(*paths), options=OPTIONS)
    assert Here.solved == 1
    assert len({end.kept.key for end in ended.values() if end.kept}) == 1
    body = store.body(ended["d"].kept.key)  # type: ignore[union-attr]
    named = json.loads(labelled(body or b"", ended["d"].prepared.names))  # type: ignore[union-attr]
    assert (named["scenario"]["name"], named["candidates"][0]["name"]) == ("other", "Beta")
    assert named["scenario"]["sha256"] == json.loads(body or b"")["scenario"]["sha256"]


def test_points_of_a_sweep_that_ask_the_same_get_one_answer(store: Store, write: Any) -> None:
    path = write("s.json", {"base": small(), "grid": {"/name": ["x", "y"], "/discount_rate": [0.1, 0.1, 0.2]}})
    ended = run(store, items(path))
    assert len({end.kept.key for end in ended.values() if end.kept}) == 2


def test_one_bad_item_never_stops_the_rest(store: Store, write: Any) -> None:
    infeasible = small()
    infeasible["candidates"][0]["locked"] = "in"
    infeasible["fund"]["tiers"][0]["size"] = 1
    batch = [
        *items(write("bad.json", b"\xff"), write("inf.json", infeasible), write("good.json", small())),
        RaisingItem("raises", "test"),
        *items("nowhere.json"),
    ]
    ended = run(store, batch, partial(processes, 2))
    assert {name: (end.state, int(end.exit_code)) for name, end in ended.items()} == {
        "bad": ("failed", 3),
        "inf": ("succeeded", 4),
        "good": ("succeeded", 0),
        "raises": ("failed", 1),
        "nowhere": ("failed", 1),
    }
    assert [f["code"] for f in ended["raises"].findings] == ["item-failed"]
    # A failure that is not the scenario's is not kept: it is tried again.
    again = run(store, batch[3:4])
    assert not again["raises"].skipped


@pytest.mark.parametrize("deaths", [1, MOST_ATTEMPTS - 1])
def test_a_worker_that_dies_loses_nothing(store: Store, tmp_path: Path, deaths: int) -> None:
    batch: list[Item] = [MarkedItem(f"m{n}", "test", tmp_path, deaths if n == 3 else 0, n + 1) for n in range(12)]
    ended = run(store, batch, partial(processes, 2))
    assert {end.state for end in ended.values()} == {"succeeded"}
    assert len({end.kept.key for end in ended.values() if end.kept}) == 12


def test_an_item_that_kills_every_worker_fails_alone(store: Store, tmp_path: Path) -> None:
    batch: list[Item] = [MarkedItem(f"m{n}", "test", tmp_path, 99 if n == 3 else 0, n + 1) for n in range(8)]
    ended = run(store, batch, partial(processes, 2))
    assert [name for name, end in ended.items() if end.state == "failed"] == ["m3"]
    assert [f["code"] for f in ended["m3"].findings] == ["worker-died"]
    assert len((tmp_path / "m3").read_text()) == MOST_ATTEMPTS


def test_a_worker_that_begins_while_the_pool_comes_down_loses_nothing(store: Store, write: Any) -> None:
    opened: list[Any] = []

    @contextmanager
    def coming_down_once() -> Iterator[Executor]:
        with processes(2) as pool:
            opened.append(pool)
            if len(opened) == 1:
                # As the pool's own thread does where a worker has died, between two steps of another's start.
                opened[0]._call_queue._reader.close()
            yield pool

    ended = run(store, items(*(write(f"{n}.json", small(n + 1)) for n in range(4))), coming_down_once)
    assert [end.state for end in ended.values()] == ["succeeded"] * 4
    assert len(opened) == 2


def test_what_the_system_refuses_is_told_as_it_is() -> None:
    with processes(1) as pool, pytest.MonkeyPatch.context() as patched, pytest.raises(OSError, match="No child"):

        def refuse() -> None:
            raise ChildProcessError(errno.ECHILD, "No child processes")

        patched.setattr(pool, "_adjust_process_count", refuse)
        pool.submit(abs, -1)


def test_an_interrupt_keeps_what_was_solved(store: Store, write: Any) -> None:
    paths = [write(f"{n}.json", small(n + 1)) for n in range(6)]
    ended: list[str] = []

    def stop(end: Ended) -> None:
        ended.append(end.item.name)
        if len(ended) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Batch(store, OPTIONS, here, 1, stop).run(items(*paths))
    resumed = run(store, items(*paths))
    assert [end.skipped for name, end in resumed.items() if name in ended] == [True] * 3
    assert Here.solved <= 3


def test_a_store_that_refuses_stops_the_batch_and_loses_nothing(store: Store, write: Any, monkeypatch: Any) -> None:
    paths = [write(f"{n}.json", small(n + 1)) for n in range(4)]
    keep, kept = store.keep, []

    def refuse(found: Any) -> None:
        if len(kept) == 2:
            raise StoreError("the store cannot be used: database or disk is full")
        kept.append(found)
        keep(found)

    monkeypatch.setattr(store, "keep", refuse)
    with pytest.raises(StoreError, match="disk is full"):
        Batch(store, OPTIONS, here, 1, lambda end: None).run(items(*paths))
    monkeypatch.undo()
    run(store, items(*paths))
