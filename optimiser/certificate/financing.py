"""F: sources equal uses, and who pays at least what."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimiser.certificate.arithmetic import MILLION, Number, millionths
from optimiser.certificate.ledger import Ledger
from optimiser.certificate.worst import EUR_MILLION, Worst
from optimiser.plan import PrivateKey
from optimiser.result.result import RuleCheck


def sources_equal_uses(ledger: Ledger) -> Iterator[RuleCheck]:
    """F1  Σ_{k pays} x[c,p,k,t] + m[c,p,t] = cost[c,p,t] · y[c,p] for every phase and year.  [EUR million]

    Money where there is no cost, and a cell below 0, break it too. Allowance: none, or less than one euro where
    cost · y is not a whole number of euros (either of the two whole numbers beside it will do).
    """
    uses: dict[PrivateKey, Number] = {}
    for entry in ledger.phases:
        candidate, phase = entry.key
        for year, due in entry.due_by_year():
            uses[candidate, phase, year] = due
    # All uses in one small part of a euro, mostly a whole euro, so that every comparison is one of integers.
    parts = math.lcm(*{due.denominator for due in uses.values()})
    worst = Worst("F1", "fund", EUR_MILLION, MILLION * parts)
    sources = ledger.sources
    odd = [(place, due) for place, due in uses.items() if sources.get(place, 0) != due]
    worst.hold(len(uses) - len(odd))
    for place, due in odd:
        due_parts = due.numerator * (parts // due.denominator)
        above_whole = due_parts % parts
        allowance = max(above_whole, parts - above_whole) if above_whole else 0
        worst.see(abs(sources.get(place, 0) * parts - due_parts), allowance, place)
    for place, paid in sources.items():
        if place not in uses:
            worst.see(paid * parts, 0, place)
    for place, amount in ledger.negative:
        worst.see(-amount * parts, 0, place)
    yield worst.check()


def private_pledge_and_share(ledger: Ledger) -> Iterator[RuleCheck]:
    """F2  Σ_{p,t} m ≤ pledge[c] for every candidate; Σ_t m[c,p,t] ≥ least_private_share · Σ_t cost · y for every phase.

    [EUR million]  The candidate's own share replaces the fund's. Consortium money only, not private tiers.
    Allowance: one euro for each nonzero cell in the sum.
    """
    worst = Worst("F2", "fund", EUR_MILLION, MILLION * MILLION)
    by_candidate = ledger.private.by_candidate()
    for candidate in ledger.scenario.candidates:
        if candidate.private_pledge != math.inf:
            paid, cells = by_candidate.get(candidate.id, (0, 0))
            excess = paid - millionths(candidate.private_pledge)
            worst.see(excess * MILLION, cells * MILLION, (candidate.id,))
    of_fund = ledger.scenario.fund.least_private_share
    for entry in ledger.phases:
        own = entry.candidate.least_private_share
        share = millionths(of_fund if own is None else own)
        if share > 0:
            paid, cells = ledger.private.of(entry.key)
            worst.see(share * entry.due - paid * MILLION, cells * MILLION, entry.key)
    if worst.checked:
        yield worst.check()


def least_public_share(ledger: Ledger) -> Iterator[RuleCheck]:
    """F3  Σ_{k public,t} x[c,p,k,t] ≥ least_public_share[c] · Σ_t cost · y for every phase.  [EUR million]

    The candidate's own share replaces the fund's. Allowance: one euro for each nonzero cell in the sum.
    """
    worst = Worst("F3", "fund", EUR_MILLION, MILLION * MILLION)
    public = ledger.together(ledger.public_tiers)
    of_fund = ledger.scenario.fund.least_public_share
    for entry in ledger.phases:
        own = entry.candidate.least_public_share
        share = millionths(of_fund if own is None else own)
        if share > 0:
            paid, cells = public.of(entry.key)
            worst.see(share * entry.due - paid * MILLION, cells * MILLION, entry.key)
    if worst.checked:
        yield worst.check()
