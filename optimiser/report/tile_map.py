"""Europe as tiles: a country a square, so that small ones are seen as well as large ones.

Places after the usual tile-grid maps of Europe: neighbours stay neighbours where they can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TILES: dict[str, tuple[int, int]] = {
    "IE": (0, 2), "GB": (1, 2), "NO": (3, 0), "SE": (4, 0), "FI": (5, 0),
    "DK": (4, 1), "EE": (6, 1), "NL": (3, 2), "LV": (6, 2), "LT": (6, 3),
    "BE": (2, 3), "LU": (3, 3), "DE": (4, 2), "PL": (5, 2), "FR": (2, 4), "CH": (3, 4),
    "CZ": (5, 3), "AT": (4, 4), "SK": (6, 4), "HU": (6, 5), "SI": (4, 5), "HR": (5, 5),
    "PT": (0, 5), "ES": (1, 5), "IT": (3, 5), "RO": (7, 5), "BG": (7, 6), "GR": (6, 7),
    "CY": (8, 7), "MT": (3, 7),
}  # fmt: skip
"""Column and row of each country."""

SIDE, GAP = 46, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """One country: where it is drawn, how much it gets, and how strongly it is coloured (0 nothing .. 4 most)."""

    country: str
    x: int
    y: int
    amount: float
    step: int


def tiles(amounts: Mapping[str, float]) -> list[Tile]:
    """The tiles of all countries; those without a place on the map stand below the others.

    amounts: by country [EUR million].
    """
    most = max(amounts.values(), default=0.0)
    places = dict(TILES)
    last = max(row for _, row in TILES.values())
    for n, country in enumerate(sorted(amounts.keys() - TILES.keys())):
        places[country] = (n % 9, last + 1 + n // 9)
    found = []
    for country, (column, row) in sorted(places.items(), key=lambda item: (item[1][1], item[1][0])):
        amount = amounts.get(country, 0.0)
        step = 0 if amount <= 0 else min(4, 1 + int(4 * amount / most * 0.9999))
        found.append(Tile(country, column * (SIDE + GAP), row * (SIDE + GAP), amount, step))
    return found


def size(drawn: list[Tile]) -> tuple[int, int]:
    """Width and height of the map."""
    return max(t.x for t in drawn) + SIDE, max(t.y for t in drawn) + SIDE
