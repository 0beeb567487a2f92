"""A real Dask cluster of two workers: the same answers, also when one is killed in mid-run."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from batch_cases import MarkedItem, small

from optimiser.batch.engine import ClusterUnavailable, cluster, executors_of
from optimiser.batch.items import Item, items_of
from optimiser.batch.runner import Batch, Ended
from optimiser.batch.solving import BatchOptions
from optimiser.batch.store import Store


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    with warnings.catch_warnings():
        # What the cluster says of its own ports and its own shutdown is no matter of ours.
        warnings.simplefilter("ignore")
        from distributed import LocalCluster

        with LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", silence_logs=50
        ) as running:
            yield running


def run(store: Store, items: list[Item], address: str, on_end: Any = None) -> dict[str, Ended]:
    ended: dict[str, Ended] = {}

    def note(end: Ended) -> None:
        assert end.item.name not in ended
        ended[end.item.name] = end
        if on_end is not None:
            on_end(end)

    Batch(store, BatchOptions({}), partial(cluster, address), 2, note).run(items)
    return ended


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_solves_a_batch(dask: Any, tmp_path: Path, write: Any) -> None:
    store = Store(tmp_path / "s.sqlite")
    path = write("s.json", {"base": small(), "grid": {"/candidates/a/cost/2027": [3, 6, 12, 24]}})
    assert executors_of(None, dask.scheduler_address)[1] == 2
    ended = run(store, items_of([str(path), "nowhere.json"]), dask.scheduler_address)
    assert {name: end.state for name, end in ended.items()} == {
        **dict.fromkeys(("s/0", "s/1", "s/2", "s/3"), "succeeded"),
        "nowhere": "failed",
    }
    store.close()


@pytest.mark.filterwarnings("ignore")
def test_a_worker_killed_in_mid_run_loses_nothing_and_doubles_nothing(dask: Any, tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    items: list[Item] = [MarkedItem(f"m{n}", "test", tmp_path, 0, n + 1) for n in range(60)]
    killed = threading.Event()

    def kill_one(_: Ended) -> None:
        if not killed.is_set():
            killed.set()
            worker = next(iter(dask.workers.values()))
            os.kill(worker.process.pid, signal.SIGKILL)
            time.sleep(0.2)

    ended = run(store, items, dask.scheduler_address, kill_one)
    assert killed.is_set()
    assert {end.state for end in ended.values()} == {"succeeded"}
    keys = [end.kept.key for end in ended.values() if end.kept]
    assert len(ended) == len(set(keys)) == len(store.kept(keys)) == 60
    store.close()


def test_a_cluster_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.batch.engine.CONNECT_S", 1)
    with pytest.raises(ClusterUnavailable, match="no cluster answers"):
        executors_of(None, "tcp://127.0.0.1:1")
