"""GU: what a guarantee stands for is no more than its share of the money it covers, where that money is."""

from __future__ import annotations

from collections.abc import Iterator

from optimiser.certificate.arithmetic import MILLION, millionths
from optimiser.certificate.ledger import Ledger
from optimiser.certificate.worst import EUR_MILLION, Worst
from optimiser.result.result import RuleCheck
from optimiser.scenario.fund import Tier


def guaranteed_amount(ledger: Ledger) -> Iterator[RuleCheck]:
    """GU  Σ_{p,t} x[c,p,g,t] ≤ cover_share[g] · Σ_{k∈covers[g]} e[c,k] for every candidate, by guarantee g.

    Σ_t x[c,p,g,t] ≤ Σ_t cost[c,p,t] · y[c,p] for every phase; nothing in a year without a cost.  [EUR million]
    Allowance: one euro for each nonzero cell in the sums; none in a year without a cost.
    """
    for tier in ledger.scenario.fund.tiers:
        if tier.instrument == "guarantee":
            worst = Worst("GU", tier.id, EUR_MILLION, MILLION * MILLION)
            _see_candidates(worst, ledger, tier)
            _see_places(worst, ledger, tier)
            yield worst.check()


def _see_candidates(worst: Worst, ledger: Ledger, tier: Tier) -> None:
    share = millionths(tier.cover_share or 0.0)
    guaranteed = ledger.tiers[tier.id].by_candidate()
    covered = ledger.together(tier.covers or ()).by_candidate()
    for candidate in ledger.scenario.candidates:
        amount, cells = guaranteed.get(candidate.id, (0, 0))
        money, covered_cells = covered.get(candidate.id, (0, 0))
        worst.see(amount * MILLION - share * money, (cells + covered_cells) * MILLION, (candidate.id,))


def _see_places(worst: Worst, ledger: Ledger, tier: Tier) -> None:
    years = {entry.key: entry.cost for entry in ledger.phases}
    for entry in ledger.phases:
        amount, cells = ledger.tiers[tier.id].of(entry.key)
        worst.see((amount - entry.due) * MILLION, cells * MILLION, entry.key)
    for (name, candidate, phase, year), euros in ledger.money.items():
        if name == tier.id and year not in years.get((candidate, phase), {}):
            worst.see(euros * MILLION, 0, (candidate, phase, year))
