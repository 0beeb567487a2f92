"""A plan: which phases are funded, and which euro of which tier goes where, in whole euros.

A plan knows nothing of how it was found. The optimiser, a hand-made file and any other strategy all
end here, and everything said about an allocation (certificate, indicators, reasons) is said of a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from quicktions import Fraction

PhaseKey = tuple[str, str]
"""(candidate, phase)"""

CellKey = tuple[str, str, str, int]
"""(tier, candidate, phase, year)"""

PrivateKey = tuple[str, str, int]
"""(candidate, phase, year)"""

EUROS_PER_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """An allocation in exact numbers.

    fraction: y by (candidate, phase), exact, 0 where absent. A divisible phase's fraction has at most 15 digits.
    money: x by (tier, candidate, phase, year) [whole euros], 0 where absent.
    private_money: m by (candidate, phase, year) [whole euros], 0 where absent.
    start: the year in which each funded phase starts, by (candidate, phase), for phases whose start is decided.
    """

    fraction: Mapping[PhaseKey, Fraction]
    money: Mapping[CellKey, int]
    private_money: Mapping[PrivateKey, int]
    start: Mapping[PhaseKey, int] = field(default_factory=dict)


@lru_cache(maxsize=100_000)
def exact(value: float) -> Fraction:
    """The number as its shortest decimal says it: 0.17 is 17/100, not the double nearest to it."""
    return Fraction(repr(value))


def euros_of(amount: float) -> int | Fraction:
    """EUR million as euros, exact: a whole number wherever the amount has at most six decimals."""
    whole = round(amount * EUROS_PER_MILLION)
    return whole if whole / EUROS_PER_MILLION == amount else exact(amount) * EUROS_PER_MILLION


def million(euros: int | Fraction) -> float:
    """Euros as EUR million, correctly rounded."""
    return euros / EUROS_PER_MILLION if isinstance(euros, int) else float(euros / EUROS_PER_MILLION)
