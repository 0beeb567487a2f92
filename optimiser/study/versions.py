"""Versions of one scenario that differ in numbers, solved one after the other for who is funded.

What a version shares with the one before is neither read nor stated again, and each linear programme begins from the
basis with which it ended there. Only bounds, prices and coefficients may differ: a version of another shape (another
number of columns or rows) is stated and searched from nothing, and ``anew`` counts those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optimiser.allocation import Optimum, solve_stated
from optimiser.model.family import StatedFamily
from optimiser.scenario.family import ReadFamily
from optimiser.scenario.load import Loaded, load_document
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays, arrays_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.start import Start


class Versions:
    """Reads and solves versions of a scenario. anew: how many were searched from nothing."""

    def __init__(self) -> None:
        self._read = ReadFamily()
        self._stated = StatedFamily()
        self._start = Start()
        self._last: Arrays | None = None
        self.anew = 0

    def load(self, document: dict[str, Any]) -> Loaded:
        """A version, with everything found in it; the document may not be changed after."""
        return load_document(document, family=self._read)

    def solved(self, scenario: Scenario, options: SolveOptions) -> Optimum:
        """The objective's optimum and, of the plans that reach it, the list the tie-break chooses.

        How equally good plans differ in money is left open, and so is what keeps money unspent: no list depends on it.
        Errors: SolverError where the solver refuses.
        """
        model = self._stated.model_of(scenario, self._read.canonical(scenario).document)
        arrays = arrays_of(model.programme)
        same = self._last is not None and self._last.same_shape(arrays)
        self.anew += not same or bool(arrays.integer.any())
        self._last = arrays
        asked = replace(options, settle_money=False, unspent=False, prices=False)
        return solve_stated(scenario, model, arrays, asked, start=self._start)
