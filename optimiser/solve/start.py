"""What one solved scenario leaves to the next of its family."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.neighbour import Found, Neighbour, Question, found_beside, neighbour_of
from optimiser.solve.rounding import Rounding
from optimiser.solve.session import Session
from optimiser.solve.tie_break import TieBreak


class Unsettled(Exception):
    """What was asked beside a neighbour has no answer there: the scenario is solved from nothing."""


@dataclass(slots=True)
class Start:
    """The solver session, the basis with which each linear programme of the last search ended, and the neighbour.

    runs, iterations: of the solver, in all. hot, cold: answers found beside a neighbour's, and from nothing.
    """

    bases: dict[str, Any] = field(default_factory=dict)
    runs: int = 0
    iterations: int = 0
    hot: int = 0
    cold: int = 0
    neighbour: Neighbour | None = None
    tie_break: TieBreak = field(default_factory=TieBreak)
    rounding: Rounding = field(default_factory=Rounding)
    _session: Session | None = None
    _threads: int = 0

    def session(self, arrays: Arrays, threads: int) -> Session:
        """The session, changed to these numbers; a new one where the matrix is another."""
        kept = self._session
        if kept is not None and self._threads == threads and kept.arrays.same_matrix(arrays):
            kept.change(arrays)
            kept.seconds = 0.0
            return kept
        if kept is not None and not kept.arrays.same_shape(arrays):
            self.bases = {}
        self._session, self._threads = Session(arrays, threads), threads
        return self._session

    def settle(self, arrays: Arrays, values: Floats, plan: str, prices: str) -> None:
        """Take over the bases of the programmes of these names, with which the last answer was found."""
        if plan in self.bases:
            self.neighbour = neighbour_of(arrays, values, self.bases[plan], self.bases.get(prices))

    def has_neighbour_of(self, arrays: Arrays) -> bool:
        """Whether there is an answer to begin from."""
        return self.neighbour is not None and self.neighbour.arrays.same_shape(arrays)

    def beside(self, arrays: Arrays, question: Question, session: Session) -> Found | None:
        """The answer beside the last one; None where it is to be searched for."""
        return None if self.neighbour is None else found_beside(self.neighbour, arrays, question, session)

    def forget(self) -> None:
        """Drop what the last scenario left."""
        self._session, self.bases, self.neighbour = None, {}, None

    def count(self, hot: bool) -> None:
        """One answer more."""
        self.hot, self.cold = self.hot + hot, self.cold + (not hot)
