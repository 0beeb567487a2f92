"""Many versions of one scenario, solved one after the other: what one left, the next begins from.

What a version shares with the one before is neither read nor stated again. Where versions are linear programmes one
solver session is kept: bounds, costs and right-hand sides are changed in it. It is built anew where they cannot be
(``Start.built`` says how often, and why), from the last basis where there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from optimiser.allocation import Optimum, collector_paused, solve_stated
from optimiser.model.family import StatedFamily
from optimiser.scenario.family import ReadFamily
from optimiser.scenario.load import Loaded, load_document
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import arrays_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.start import Start


@dataclass(frozen=True, slots=True)
class SessionUse:
    """How many questions were solved, and for how many the solver's session was built anew, by reason (``Built``)."""

    solved: int
    built: dict[str, int]


SIDE_BY_SIDE = SessionUse(1, {"first": 1})
"""Of one programme that holds several versions: a session of its own."""


@dataclass(slots=True)
class Versions:
    """Versions of a scenario under way."""

    start: Start = field(default_factory=Start)
    _read: ReadFamily = field(default_factory=ReadFamily)
    _stated: StatedFamily = field(default_factory=StatedFamily)

    def load(self, document: dict[str, Any]) -> Loaded:
        """A version, with everything found in it; the document may not be changed after."""
        return load_document(document, family=self._read)

    def solved(self, scenario: Scenario, options: SolveOptions) -> Optimum:
        """The best plan of the next version, as ``solve_scenario`` gives it. Errors: SolverError."""
        with collector_paused():
            model = self._stated.model_of(scenario, self._read.canonical(scenario).document)
            return solve_stated(scenario, model, arrays_of(model.programme), options, start=self.start)

    @property
    def use(self) -> SessionUse:
        """How the session was used so far."""
        return use_of(self.start)


def use_of(*starts: Start) -> SessionUse:
    """The use of the sessions of a study."""
    return together(SessionUse(s.hot + s.cold, {str(why): times for why, times in s.built.items()}) for s in starts)


def together(uses: Iterable[SessionUse]) -> SessionUse:
    """Several uses as one."""
    listed = list(uses)
    built: Counter[str] = Counter()
    for use in listed:
        built.update(use.built)
    return SessionUse(sum(use.solved for use in listed), dict(sorted(built.items())))
