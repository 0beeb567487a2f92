"""The worst instance of one rule, or the sum of a soft rule's: what a line of the certificate is made of."""

from __future__ import annotations

import math

from quicktions import Fraction

from optimiser.certificate.arithmetic import MILLION, Number
from optimiser.result.result import RuleCheck

EUR_MILLION = "EUR million"
COUNT = "count"
FRACTION = "fraction"
YEARS = "years"

Place = tuple[str | int, ...]
"""As much of (candidate, phase, year) as applies to an instance."""

FRACTION_ERROR = 10**9
"""Sums of fractions of divisible phases hold to one part in 10^9: a search ends within a tolerance, and moving
such a sum by less would move less than one euro in EUR 1 billion."""


class Worst:
    """Goes through the instances of one rule and keeps the worst.

    Amounts come as exact numbers, ``scale`` of them to one ``unit``: euros to EUR million, for instance. An instance
    beyond its allowance is worse than any within; otherwise the larger excess, or violation, is the worse. Of a soft
    rule violations and their allowances are summed; the worst says where.
    """

    def __init__(self, label: str, rule: str, unit: str = EUR_MILLION, scale: int = MILLION, soft: bool = False):
        self.label, self.rule, self.unit, self.scale, self.soft = label, rule, unit, scale, soft
        self.checked = 0
        self.violation: Number = 0
        self.allowance: Number = 0
        self.greatest_allowance: Number = 0
        self.place: Place = ()
        self._beyond: Number = 0
        self._total: Number = 0
        self._allowed: Number = 0

    def hold(self, instances: int = 1) -> None:
        """Take in instances that hold and have no allowance."""
        self.checked += instances

    def see(self, excess: Number, allowance: Number = 0, place: Place = ()) -> None:
        """Take in one instance: by how much its left side exceeds its right side (negative where there is room)."""
        self.checked += 1
        if excess <= 0 and not allowance:
            return
        if allowance > self.greatest_allowance:
            self.greatest_allowance = allowance
        if excess > 0:
            self._total += excess
            self._allowed += allowance
            beyond = max(excess - allowance, 0)
            if (beyond, excess) > (self._beyond, self.violation):
                self._beyond, self.violation, self.allowance, self.place = beyond, excess, allowance, place

    def check(self) -> RuleCheck:
        """The line of the certificate. A rule that holds exactly stands nowhere, with the greatest allowance it had."""
        worst, allowed = (self._total, self._allowed) if self.soft else (self.violation, self.allowance)
        violation = float(Fraction(worst) / self.scale)
        allowance = float(Fraction(allowed if self.violation else self.greatest_allowance) / self.scale)
        if self._beyond and not self.soft and violation <= allowance:
            # Different exactly, equal as doubles: the verdict must not change by being written down.
            violation = math.nextafter(allowance, math.inf)
        return RuleCheck(
            label=self.label,
            rule=self.rule,
            at="/".join(map(str, self.place)),
            violation=violation,
            allowance=allowance,
            unit=self.unit,
            checked=self.checked,
            soft=self.soft,
        )


def fraction_allowance(fractional: bool, size: Number) -> Number:
    """Allowance of a sum of fractions as large as ``size``; whole decisions have none."""
    return Fraction(size) / FRACTION_ERROR if fractional else 0
