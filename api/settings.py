"""Settings of the service: environment variables ``INVESTAI_*``, read once, published at ``/v1/limits``."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from optimiser.errors import InvestAIError

PREFIX = "INVESTAI_"

SECRET = ("store", "tokens")
"""Where these are is nobody's business outside."""

MAY_BE_ZERO = ("max_queue", "requests_per_minute", "max_worker_bytes")


class SettingsError(InvestAIError, ValueError):
    """An environment variable that cannot be used."""


def _cpus() -> int:
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service allows.

    workers: processes that read and solve [count].
    threads: of the solver, in each worker; fixed, since HiGHS takes one number a process [count].
    max_body_bytes: greatest body of a request [bytes].
    max_candidates: greatest number of candidates solved while the client waits [count].
    max_time_limit_s: greatest time limit of one solve; a scenario that asks for more gets this much [s].
    max_reading_s: greatest time for reading and checking one body, apart from the solve [s].
    max_queue: requests that may wait for a worker; the next is refused [count].
    drain_s: how long running requests may go on once the service was told to stop [s].
    store: where jobs and results are kept: a path or an address; "" is a store that goes when the service ends.
    store_wait_s: how long a request waits for a store that another writes to [s].
    job_workers: further processes for jobs, started with the first of them; they give way to the others [count].
    max_jobs: jobs that may wait or run in the store; more are refused [count].
    max_batch: greatest number of scenarios in one batch [count].
    max_job_candidates: greatest number of candidates of a job [count].
    max_job_time_limit_s: greatest time limit of the solve of a job [s].
    lease_s: after which a job whose process is not heard of is taken up by another [s].
    hosts: names under which forms and what was saved may be reached, with commas; those of loopback always are.
    keep_jobs_s: how long a job is kept after it ended, and the answer to a keyed request [s].
    tokens: the file of tokens that may use the service; "" lets everybody who reaches it.
    requests_per_minute: of one token, or of one address where there are none; 0 is no limit [count].
    max_connections: open at once; more are answered 503 [count].
    max_head_s: within which a connection sends the head of a request [s].
    max_upload_s: within which a body arrives, and within which a client reads on [s].
    max_worker_bytes: memory a worker may have (Linux); work that needs more is given up; 0 is no limit [bytes].
    """

    workers: int = field(default_factory=_cpus)
    threads: int = 1
    max_body_bytes: int = 20_000_000
    max_candidates: int = 5_000
    max_time_limit_s: float = 60.0
    max_reading_s: float = 30.0
    max_queue: int = 64
    drain_s: float = 30.0
    store: str = ""
    store_wait_s: float = 5.0
    job_workers: int = field(default_factory=lambda: max(_cpus() - 1, 1))
    max_jobs: int = 20_000
    max_batch: int = 10_000
    max_job_candidates: int = 50_000
    max_job_time_limit_s: float = 3600.0
    lease_s: float = 30.0
    hosts: str = ""
    keep_jobs_s: float = 604_800.0
    tokens: str = ""
    requests_per_minute: int = 6_000
    max_connections: int = 1_000
    max_head_s: float = 10.0
    max_upload_s: float = 120.0
    max_worker_bytes: int = 4_000_000_000

    def for_jobs(self) -> Settings:
        """The same, with the limits of jobs where those of waiting clients stand."""
        return replace(self, max_candidates=self.max_job_candidates, max_time_limit_s=self.max_job_time_limit_s)

    @property
    def store_kind(self) -> str:
        """What kind of store it is: its address is nobody's business outside."""
        if not self.store:
            return "temporary"
        return "postgresql" if self.store.startswith("postgresql") else "sqlite"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings in ``INVESTAI_WORKERS``, ``INVESTAI_MAX_BODY_BYTES`` …; what is not set keeps its default.

        Errors: SettingsError where a value is not a number or too small.
        """
        given: dict[str, int | float | str] = {}
        for setting in fields(cls):
            variable = PREFIX + setting.name.upper()
            if variable in environment and setting.type == "str":
                given[setting.name] = environment[variable]
            elif variable in environment:
                whole = setting.type == "int"
                given[setting.name] = _number(variable, environment[variable], whole, setting.name in MAY_BE_ZERO)
        return cls(**given)  # type: ignore[arg-type]


def _number(variable: str, text: str, whole: bool, zero_allowed: bool) -> int | float:
    kind = "a whole number" if whole else "a number"
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        raise SettingsError(f"{variable} is {text!r}; write {kind}") from None
    if not math.isfinite(value) or value < 0 or (value == 0 and not zero_allowed):
        raise SettingsError(f"{variable} is {text!r}; write {kind} {'of 0 or more' if zero_allowed else 'above 0'}")
    return value
