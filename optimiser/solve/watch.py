"""Looking at a search while it runs, and stopping it early with the best plan so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY_S = 0.1
"""How often it looks, at most: the solver calls thousands of times a second."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is. stage: what is optimised now. value: of the best plan; bound: no plan is worth more."""

    stage: str
    value: float | None
    bound: float | None
    seconds: float


@dataclass(slots=True)
class Watch:
    """One who looks on. Decides nothing of the answer unless it stops the search.

    wants_stop: asked now and then whether to stop. report: told how far the search is, as often.
    stopped_at: when the search was stopped [s of time.perf_counter]; None while it goes on.
    """

    wants_stop: Callable[[], bool]
    report: Callable[[Progress], None]
    stage: str = ""
    stopped_at: float | None = None
    _started: float = field(default_factory=time.perf_counter)
    _next: float = 0.0

    def stopped(self) -> bool:
        """Whether the search is to stop; once it is, it stays so."""
        if self.stopped_at is None and self.wants_stop():
            self.stopped_at = time.perf_counter()
        return self.stopped_at is not None

    def look(self, value: float | None, bound: float | None) -> bool:
        """Report how far the search is, and say whether it is to stop; most calls are let pass."""
        now = time.perf_counter()
        if now < self._next:
            return False
        self._next = now + EVERY_S
        self.report(Progress(self.stage, value, bound, round(now - self._started, 3)))
        return self.stopped()
