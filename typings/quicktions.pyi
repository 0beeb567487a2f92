"""The library's fraction behaves as the standard one: types are checked against that."""

from fractions import Fraction as Fraction
