"""What every view is made of: a form that asks, and an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario
from optimiser.solve.options import SolveOptions

if TYPE_CHECKING:
    from api.page.work import View

Context = dict[str, Any]
"""What a template is given."""


@dataclass(frozen=True, slots=True)
class Question:
    """A view's question about a checked scenario, within the service's limits."""

    view: View
    loaded: Loaded
    options: SolveOptions
    lang: str

    @property
    def scenario(self) -> Scenario:
        return self.loaded.expect()


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a view is drawn.

    form: of the view, the scenario as written (None where it cannot be read), the one with its edits, the language.
    answer: of a question. It may raise QuestionError and SolverError.
    """

    form: Callable[[View, Scenario | None, Loaded, str], Context]
    answer: Callable[[Question], Context]
