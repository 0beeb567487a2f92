"""A family: scenarios that differ in numbers, solved one after the other, each from what the one before left.

The answers are those of ``allocate`` to the letter, but for the times in their provenance: what is taken over is
compared part by part, and an answer does not depend on where its search began. A scenario that has little in common
with the one before is stated and solved from nothing, so that any scenarios may come in any order.
"""

from __future__ import annotations

import time

from optimiser.allocation import collector_paused, options_of, solve_stated, solved, write_up
from optimiser.model.family import StatedFamily
from optimiser.result.result import Result
from optimiser.scenario.canonical import Canonical
from optimiser.scenario.family import ReadFamily
from optimiser.scenario.load import Loaded
from optimiser.solve.arrays import arrays_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.start import Start


class Family:
    """What the scenario solved last leaves to the next: its rows and columns, the solver's session and its bases."""

    def __init__(self) -> None:
        self.read = ReadFamily()
        self.stated = StatedFamily()
        self.start = Start()

    def allocate(
        self,
        loaded: Loaded,
        options: SolveOptions | None = None,
        lang: str = "en",
        canonical: Canonical | None = None,
    ) -> Result:
        """The best allocation of the next scenario.

        canonical: of the scenario, where it is known. Errors: as of ``allocate``; the family goes on all the same.
        """
        started = time.perf_counter()
        scenario = loaded.expect()
        options = options or options_of(scenario)
        with collector_paused():
            canonical = canonical or self.read.canonical(scenario)
            if options.solver != "highs":
                return write_up(loaded, solved(scenario, options, started), lang, started)
            try:
                model = self.stated.model_of(scenario, canonical.document)
                arrays = arrays_of(model.programme)
                passed = time.perf_counter() - started
                optimum = solve_stated(scenario, model, arrays, options, passed, self.start)
                return write_up(loaded, optimum, lang, started, canonical.sha256())
            except BaseException:
                # What broke in the middle is no place to begin from.
                self.stated, self.start = StatedFamily(), Start()
                raise
