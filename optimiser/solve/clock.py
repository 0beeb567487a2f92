"""One time limit for many solves: what remains of it is handed to each."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from optimiser.solve.options import SolveOptions

LEAST_S = 0.01
"""A solve gets at least this long, so that one begun just before the end still ends in order."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time limit of a whole question that takes many solves."""

    options: SolveOptions
    started: float = field(default_factory=time.perf_counter)

    @property
    def remaining_s(self) -> float:
        """Seconds until the limit, never below 0."""
        return max(self.started + self.options.time_limit_s - time.perf_counter(), 0.0)

    @property
    def ends_at(self) -> float:
        """When the limit is reached, by the clock that processes share (``time.time``)."""
        return time.time() + self.remaining_s

    @property
    def over(self) -> bool:
        """Whether the limit is reached: what is not solved yet stays unsolved, and is said to be."""
        return self.remaining_s <= 0.0

    def part(self, share: float) -> Clock:
        """A clock for a share of the time left: for one of several tasks, so that none alone uses it up."""
        return Clock(replace(self.options, time_limit_s=share * self.remaining_s))

    def next(self) -> SolveOptions:
        """Options of the next solve: the same, with the time that is left."""
        return replace(self.options, time_limit_s=max(self.remaining_s, LEAST_S))
