"""B: what each tier may spend, in all and by year."""

from __future__ import annotations

import math
from collections.abc import Iterator

from quicktions import Fraction

from optimiser.certificate.arithmetic import MILLION, Number, millionths, whole
from optimiser.certificate.ledger import Ledger
from optimiser.certificate.worst import Worst
from optimiser.result.result import RuleCheck
from optimiser.scenario.fund import Tier


def tier_envelope(ledger: Ledger) -> Iterator[RuleCheck]:
    """B1  at_least[k] ≤ rate[k] · Σ_{c,p,t} x[c,p,k,t] ≤ at_most[k] for every tier k.  [EUR million]

    rate is 1, and a guarantee's provision rate. Allowance: none. Of a least size that is not whole euros (of a
    guarantee: not the provision of whole euros), the part below one euro is not asked for: a plan of whole euros could
    otherwise not spend a size given both ways. The greatest size of a revolving tier is B3's.
    """
    for tier in ledger.scenario.fund.tiers:
        worst = Worst("B1", tier.id)
        total, _ = ledger.tiers[tier.id].total()
        rate = _rate(tier)
        at_least = millionths(tier.size.at_least)
        worst.see(at_least - rate * total, at_least % rate if rate else 0)
        if tier.size.at_most != math.inf and tier.revolving is None:
            worst.see(rate * total - millionths(tier.size.at_most))
        yield worst.check()


def ceilings_by_year(ledger: Ledger) -> Iterator[RuleCheck]:
    """B2  Booked[k,t] ≤ annual[k,t], with carry-over Σ_{τ≤t} Booked[k,τ] ≤ Σ_{τ≤t} annual[k,τ], for every year t.

    Σ_{from≤t≤to} Booked[k,t] ≤ at_most for every span.  [EUR million]
    Booked are payments, or commitments: all of a phase's money in its first year with a cost; of a guarantee, its
    provision rate times that. A year missing from the yearly ceilings is 0. Allowance: none. Ceilings of a revolving
    tier are B3's.
    """
    horizon = ledger.scenario.years
    for tier in ledger.scenario.fund.tiers:
        if tier.revolving is not None:
            continue
        if tier.annual_ceiling is None and all(ceiling.at_most == math.inf for ceiling in tier.ceilings):
            continue
        worst = Worst("B2", tier.id)
        booked = _booked(ledger, tier)
        if tier.annual_ceiling is not None:
            _see_years(worst, tier, booked, horizon)
        for ceiling in tier.ceilings:
            if ceiling.at_most != math.inf:
                spent = sum(euros for year, euros in booked.items() if ceiling.from_ <= year <= ceiling.to)
                worst.see(spent - millionths(ceiling.at_most), 0, (f"{ceiling.from_}-{ceiling.to}",))
        yield worst.check()


def _rate(tier: Tier) -> Number:
    """Budget that one euro of the tier uses."""
    if tier.instrument != "guarantee" or tier.provision_rate is None:
        return 1
    return whole(Fraction(millionths(tier.provision_rate), MILLION))


def _booked(ledger: Ledger, tier: Tier) -> dict[int, Number]:
    """Euros of budget by the year in which the tier's ceilings count them."""
    rate = _rate(tier)
    return {year: rate * euros for year, euros in money_booked(ledger, tier).items()}


def money_booked(ledger: Ledger, tier: Tier) -> dict[int, int]:
    """Euros of the tier by the year in which its ceilings count them."""
    if tier.ceiling_basis == "payments":
        return ledger.payments[tier.id]
    euros = ledger.tiers[tier.id].euros
    booked: dict[int, int] = {}
    for entry in ledger.phases:
        # Money of a phase without any cost has no year of commitment; it breaks F1.
        if entry.cost and entry.key in euros:
            first_year = min(entry.cost)
            booked[first_year] = booked.get(first_year, 0) + euros[entry.key]
    return booked


def _see_years(worst: Worst, tier: Tier, booked: dict[int, Number], horizon: range) -> None:
    annual = {year: millionths(amount) for year, amount in (tier.annual_ceiling or {}).items()}
    spent: Number = 0
    allowed: Number = 0
    for year in sorted({*horizon, *booked, *annual}):
        carried: Number = allowed - spent if tier.carry_over else 0
        room = carried + annual.get(year, 0)
        worst.see(booked.get(year, 0) - room, 0, (year,))
        spent += booked.get(year, 0)
        allowed += annual.get(year, 0)
