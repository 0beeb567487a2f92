"""Exact numbers that are plain integers wherever they can be: integers are many times faster than fractions."""

from __future__ import annotations

from decimal import Decimal

from quicktions import Fraction

Number = int | Fraction

MILLION = 1_000_000

GREATEST_FAST = 10**15


def whole(value: Number) -> Number:
    """The same number, as an integer if it is one."""
    return value.numerator if value.denominator == 1 else value


def magnitude(value: Number) -> Number:
    """|value|; ``abs`` of the two kinds of number has no type that says so."""
    return value if value >= 0 else -value


def millionths(value: float) -> Number:
    """10^6 · ``value``, where ``value`` is the decimal as written: euros of EUR million, millionths of a share.

    The same number as ``optimiser.plan.exact(value) * 10**6``, several times faster. ``value`` must be finite.
    """
    scaled = round(value * 1e6)
    # A double stands for one decimal of at most 15 digits. If it is the double nearest to scaled / 10^6 (the division
    # is correctly rounded), then that decimal is the one the user wrote, and no text needs to be read.
    if -GREATEST_FAST < scaled < GREATEST_FAST and scaled / 1e6 == value:
        return scaled
    numerator, denominator = Decimal(repr(value)).as_integer_ratio()
    return whole(Fraction(numerator * MILLION, denominator))
