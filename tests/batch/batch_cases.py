"""Scenarios of these tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimiser.batch.items import Item
from optimiser.scenario.load import Loaded, load_document


def small(cost: float = 6, **changes: Any) -> dict[str, Any]:
    """A scenario solved in milliseconds: one site, one tier of 10."""
    return {
        "name": "small",
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10}]},
        "candidates": [{"id": "a", "name": "Alpha", "country": "PT", "cost": {"2027": cost}, "attributes": {"x": 1}}],
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
        **changes,
    }


@dataclass(frozen=True, slots=True)
class MarkedItem(Item):
    """A scenario that leaves a mark for every time it is loaded in a worker; and may end the worker's process there.

    deaths: how many workers die of it before one survives.
    """

    folder: Path
    deaths: int = 0
    cost: float = 6

    def content(self) -> bytes:
        return f"{self.name} {self.cost}".encode()

    def load(self, settings: Mapping[str, Any]) -> Loaded:
        marks = self.folder / self.name
        with marks.open("a") as file:
            file.write("x")
        if len(marks.read_text()) <= self.deaths:
            os._exit(9)
        return load_document(small(self.cost), settings)


@dataclass(frozen=True, slots=True)
class RaisingItem(Item):
    """An item that a bug meets."""

    def content(self) -> bytes:
        return self.name.encode()

    def load(self, settings: Mapping[str, Any]) -> Loaded:
        raise RuntimeError("a bug")
