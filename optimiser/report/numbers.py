"""Numbers as people read them, with the marks of a language. Amounts in EUR million."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from optimiser.messages import digits

EUROS = 6
"""Decimals of a euro in EUR million: no amount has more."""

NOTHING = "-"
"""Stands in a table for an amount of zero, so that what is paid stands out."""


def amounts(values: Iterable[float | None], lang: str = "en", decimals: int | None = None) -> list[str]:
    """A column of amounts with thousands separators, all with the same decimals; zero and None as a dash.

    At most 2 decimals; a smaller amount is shown to the euro, since else it would show as nothing.
    decimals: so many instead, whatever the amounts are.
    """
    listed = list(values)
    if decimals is not None:
        return [digits(f"{v:,.{decimals}f}", lang) if v else NOTHING for v in listed]
    most = max((_decimals(v) for v in listed if v and not _is_small(v)), default=0)
    return [digits(f"{v:,.{_decimals(v) if _is_small(v) else most}f}", lang) if v else NOTHING for v in listed]


def grid(columns: Sequence[Sequence[float]], lang: str = "en", decimals: int | None = None) -> list[list[str]]:
    """Several columns of amounts, all with the same decimals."""
    shown = iter(amounts((value for column in columns for value in column), lang, decimals))
    return [[next(shown) for _ in column] for column in columns]


def number(value: float, lang: str = "en") -> str:
    """Any number: 6 significant digits, 2 decimals from 1,000 on, never an exponent."""
    if math.isinf(value) or math.isnan(value):
        return str(value)
    if abs(value) >= 1000 or value == 0:
        return digits(_without_zeros(f"{value:,.2f}"), lang)
    return digits(_without_zeros(f"{Decimal(f'{value:.6g}'):f}"), lang)


def share(value: float, lang: str = "en") -> str:
    """A share 0..1 as a percentage with at most 2 decimals."""
    percent = 100 * value
    if 0 < percent < 0.01:
        return digits("< 0.01 %", lang)
    return digits(f"{_without_zeros(f'{percent:,.2f}')} %", lang)


def _decimals(value: float) -> int:
    return len(_without_zeros(f"{value:.{EUROS if _is_small(value) else 2}f}").partition(".")[2])


def _is_small(value: float) -> bool:
    return abs(value) < 0.01


def _without_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
