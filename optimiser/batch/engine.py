"""Where the work is done: processes of this machine, or a cluster. Both are ``concurrent.futures`` executors."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing import connection
from multiprocessing.context import BaseContext
from typing import Any

from optimiser.errors import InvestAIError

CONNECT_S = 10
"""How long a cluster may take to answer."""


class ClusterUnavailable(InvestAIError):
    """The cluster does not answer, or the part that speaks to it is not installed."""


def copies_of(module: str) -> BaseContext:
    """How to start workers: as copies of a process that has imported the module, where the system can copy one.

    The module must start no thread: a copy has only the thread that made it.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


class _Pool(ProcessPoolExecutor):
    """The standard pool, which is broken also where a worker is to begin while it comes down because another died."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        try:
            return super().submit(fn, *args, **kwargs)
        except OSError as error:
            # What is handed to the new worker is closed already. Where the system refuses, it gives a number.
            if error.errno is None:
                raise BrokenProcessPool("a worker died while another began") from error
            raise


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """A pool of worker processes; killed when the block is left early."""
    pool = _Pool(workers, mp_context=copies_of("optimiser.batch.preload"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        _kill(pool)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster, which must have this program installed.

    Errors: ClusterUnavailable.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ClusterUnavailable("a cluster needs the extra: pip install 'investai-optimiser[cluster]'") from error
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=CONNECT_S, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterUnavailable(f"no cluster answers at {address}: {error}") from error
    try:
        # Pure tasks would be merged by their arguments; the store does that, and knows more.
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _begin() -> None:
    """Prepare a worker process."""
    # A Ctrl-C goes to the whole group of processes; the one that leads them ends the others in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: the pool itself would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the processes at once: a solver that runs hears nothing."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()


def executors_of(
    workers: int | None, address: str | None
) -> tuple[Callable[[], AbstractContextManager[Executor]], int]:
    """How to open the workers, and how many they are: a cluster's where it is named, else processes of this machine.

    Errors: ClusterUnavailable.
    """
    if address is None:
        count = workers or os.cpu_count() or 1
        return partial(processes, count), count
    with cluster(address) as executor:
        count = len(executor._client.scheduler_info()["workers"])  # type: ignore[attr-defined]
    return partial(cluster, address), max(count, 1)
