"""``optimise``: the scenario's own objective, by linear or mixed-integer programming."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimiser.strategies.strategy import Case, Choice, Strategy


def choose(case: Case, values: Mapping[str, Any]) -> Choice:
    """max objective over every rule: what ``allocate`` answers."""
    return Choice(case.best)


STRATEGY = Strategy("optimise", choose)
