"""What one solved scenario leaves to the next of its family."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from optimiser.solve.arrays import Arrays, Floats
from optimiser.solve.neighbour import Found, Neighbour, Question, found_beside, neighbour_of
from optimiser.solve.rounding import Rounding
from optimiser.solve.session import Session
from optimiser.solve.tie_break import TieBreak

Built = Literal["first", "size", "coefficients", "threads", "whole", "losses", "watched", "solver"]
"""Why a session was built: the first of all; other columns or rows; another coefficient; other threads; whole decisions
(a search over them must begin cold); loss limits (whose rows are learnt anew); who looks on; another solver."""


class Unsettled(Exception):
    """What was asked beside a neighbour has no answer there: the scenario is solved from nothing."""


@dataclass(slots=True)
class Start:
    """The solver session, the basis with which each linear programme of the last search ended, and the neighbour.

    runs, iterations: of the solver, in all. hot, cold: answers found beside a neighbour's, and from nothing.
    prices: for which the first programme of the last search was best.
    built: how often a session was built, by the reason why none could be kept.
    """

    bases: dict[str, Any] = field(default_factory=dict)
    runs: int = 0
    iterations: int = 0
    hot: int = 0
    cold: int = 0
    built: Counter[Built] = field(default_factory=Counter)
    prices: Floats | None = None
    neighbour: Neighbour | None = None
    tie_break: TieBreak = field(default_factory=TieBreak)
    rounding: Rounding = field(default_factory=Rounding)
    _session: Session | None = None
    _threads: int = 0

    def session(self, arrays: Arrays, threads: int) -> Session:
        """The session, changed to these numbers; a new one where the matrix is another."""
        kept = self._session
        why = self._why_anew(arrays, threads)
        if kept is not None and why is None:
            kept.change(arrays)
            kept.seconds = 0.0
            return kept
        assert why is not None
        self.built[why] += 1
        if why == "size":
            self.bases, self.prices = {}, None
        self._session, self._threads = Session(arrays, threads), threads
        if kept is not None and why == "coefficients":
            basis = kept.basis()
            # What later stages held in rows of their own is no part of the model.
            if len(basis.row_status) == len(arrays.row_lower):
                self._session.start_from(basis)
        return self._session

    def _why_anew(self, arrays: Arrays, threads: int) -> Built | None:
        """Why the session cannot be kept; None where it can."""
        kept = self._session
        if kept is None:
            return "first"
        if not kept.arrays.same_shape(arrays):
            return "size"
        if not kept.arrays.same_matrix(arrays):
            return "coefficients"
        return None if self._threads == threads else "threads"

    def settle(self, arrays: Arrays, values: Floats, plan: str, prices: str) -> None:
        """Take over the bases of the programmes of these names, with which the last answer was found."""
        if plan in self.bases and prices in self.bases:
            self.neighbour = neighbour_of(arrays, values, self.bases[plan], self.bases[prices])

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
