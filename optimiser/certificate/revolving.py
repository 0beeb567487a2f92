"""B3: what a revolving tier has out, by year, and what has come back to it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from quicktions import Fraction

from optimiser.certificate.arithmetic import Number, millionths
from optimiser.certificate.envelopes import money_booked
from optimiser.certificate.ledger import Ledger
from optimiser.certificate.worst import Worst
from optimiser.result.result import RuleCheck
from optimiser.scenario.fund import Tier


def repayments(ledger: Ledger) -> Iterator[RuleCheck]:
    """B3  Σ_{τ≤t} Paid[k,τ] − Σ_{τ<t} Repaid[k,τ] ≤ at_most[k] for every year t, by revolving tier k.  [EUR million]

    A ceiling from year a on: Σ_{a≤τ≤t} Booked[k,τ] − Σ_{a≤τ≤t} Repaid[k,τ−1] ≤ at_most for every year t of it; of a
    year t: a = t, and with carry-over a is the first year and the ceilings cumulate. Each euro paid in τ is repaid,
    less the mean loss of its candidate, in equal parts from the year after τ and the grace. Allowance: one euro for
    each nonzero cell of the tier.
    """
    for tier in ledger.scenario.fund.tiers:
        if tier.revolving is None:
            continue
        worst = Worst("B3", tier.id)
        _, cells = ledger.tiers[tier.id].total()
        paid: dict[int, Number] = dict(ledger.payments[tier.id])
        booked: dict[int, Number] = dict(money_booked(ledger, tier))
        # Money that came back in a year can be spent from the next.
        free = {year + 1: euros for year, euros in _repaid(ledger, tier).items()}
        years = sorted({*ledger.scenario.years, *paid, *booked, *free, *(tier.annual_ceiling or {})})
        out: Number = 0
        carried: Number = 0
        for year in years:
            out += paid.get(year, 0) - free.get(year, 0)
            if tier.size.at_most != math.inf:
                worst.see(out - millionths(tier.size.at_most), cells, ("size", year))
            if tier.annual_ceiling is not None:
                room = millionths(tier.annual_ceiling.get(year, 0.0)) + free.get(year, 0) - booked.get(year, 0)
                room += carried if tier.carry_over else 0
                worst.see(-room, cells, ("year", year))
                carried = room
        for span in tier.ceilings:
            net: Number = 0
            for year in range(span.from_, span.to + 1) if span.at_most != math.inf else ():
                net += booked.get(year, 0) - free.get(year, 0)
                worst.see(net - millionths(span.at_most), cells, (f"{span.from_}-{span.to}", year))
        yield worst.check()


def _repaid(ledger: Ledger, tier: Tier) -> dict[int, Number]:
    """Euros that come back, by year."""
    assert tier.revolving is not None
    by_year: dict[int, Number] = {}
    for (name, candidate, _, year), euros in ledger.money.items():
        if name == tier.id and euros:
            lost = max(Fraction(ledger.mean_loss.get(candidate, 0.0)), Fraction(0))
            part = euros * (1 - lost) / tier.revolving.years
            first = year + tier.revolving.grace_years + 1
            for back in range(first, first + tier.revolving.years):
                by_year[back] = by_year.get(back, 0) + part
    return by_year
