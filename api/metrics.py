"""``/metrics``: what the service counts, for Prometheus.

Everything is counted in the process that serves, where the answers of the workers arrive, so that nothing is lost
with a worker. Several services on one store are a target each; jobs are those of the whole store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

UNMATCHED = "none"
"""Route of a request that none answers: an attacker shall not make a series an address."""

METHODS = frozenset(("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"))


class Counted(Protocol):
    """Workers, as far as they are counted."""

    waiting: int
    running: int
    restarts: int
    ended: Mapping[tuple[str, str], int]

    @property
    def pids(self) -> list[int]:
        """Processes that have answered."""


class Metrics:
    """The numbers of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "investai_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "investai_request_seconds",
            "From the head of a request to the end of its answer.",
            ("route",),
            buckets=BUCKETS_S,
            registry=self._registry,
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method if method in METHODS else "other", route or UNMATCHED, str(status)).inc()
        self._seconds.labels(route or UNMATCHED).observe(seconds)

    def shown(self, workers: Mapping[str, Counted], jobs: Mapping[str, int]) -> bytes:
        """Everything counted, in the text format of Prometheus.

        workers: by whom they work for: clients that wait, or jobs. jobs: of the store, by state.
        """
        now = CollectorRegistry()
        now.register(_Now(workers, jobs))
        return bytes(generate_latest(self._registry)) + bytes(generate_latest(now))


class _Now(Collector):
    """How it is at this moment."""

    def __init__(self, workers: Mapping[str, Counted], jobs: Mapping[str, int]):
        self._workers = workers
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        """The families, one after the other."""
        work = CounterMetricFamily("investai_work", "Work ended by a worker.", labels=("for", "work", "end"))
        restarts = CounterMetricFamily("investai_worker_restarts", "Workers replaced.", labels=("for",))
        gauges: dict[str, Any] = {
            "waiting": GaugeMetricFamily(
                "investai_queue_depth", "Requests and jobs without a worker.", labels=("for",)
            ),
            "running": GaugeMetricFamily("investai_at_work", "Requests and jobs with a worker.", labels=("for",)),
            "pids": GaugeMetricFamily("investai_workers", "Workers that have answered.", labels=("for",)),
        }
        for whom, found in self._workers.items():
            for (name, end), count in found.ended.items():
                work.add_metric((whom, name, end), count)
            restarts.add_metric((whom,), found.restarts)
            gauges["waiting"].add_metric((whom,), found.waiting)
            gauges["running"].add_metric((whom,), found.running)
            gauges["pids"].add_metric((whom,), len(found.pids))
        jobs = GaugeMetricFamily("investai_jobs", "Jobs in the store.", labels=("state",))
        for state, count in self._jobs.items():
            jobs.add_metric((state,), count)
        yield from (work, restarts, *gauges.values(), jobs)
