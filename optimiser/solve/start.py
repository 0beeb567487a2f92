"""What one solved scenario leaves to the next of its family."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from optimiser.solve.arrays import Arrays
from optimiser.solve.session import Session


class Unsettled(Exception):
    """A search that began from a neighbour did not end where every search must: it is done again from nothing."""


@dataclass(slots=True)
class Start:
    """The solver session, and the basis with which each linear programme of the last search ended.

    iterations: of the simplex method, in all. hot, cold: answers found from a neighbour's bases, and from nothing.
    """

    bases: dict[str, Any] = field(default_factory=dict)
    iterations: int = 0
    hot: int = 0
    cold: int = 0
    _session: Session | None = None
    _threads: int = 0

    def session(self, arrays: Arrays, threads: int) -> Session:
        """The session, changed to these numbers; a new one where the matrix is another."""
        kept = self._session
        if kept is not None and self._threads == threads and kept.arrays.same_matrix(arrays):
            kept.change(arrays)
            return kept
        if kept is not None and not kept.arrays.same_shape(arrays):
            self.bases = {}
        self._session, self._threads = Session(arrays, threads), threads
        return self._session

    def forget(self) -> None:
        """Drop what the last scenario left."""
        self._session, self.bases = None, {}

    def count(self, hot: bool) -> None:
        """One answer more."""
        self.hot, self.cold = self.hot + hot, self.cold + (not hot)
