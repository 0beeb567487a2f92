"""S: which share of what a tier may, or must, pay, and where it may pay at all.

Shares are compared in millionths: x ≤ share · cost reads 10^6 · x ≤ millionths(share) · cost, in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimiser.certificate.arithmetic import MILLION, Number, millionths
from optimiser.certificate.ledger import Ledger, PhaseEntry, Sums, membership
from optimiser.certificate.worst import EUR_MILLION, Worst
from optimiser.result.result import RuleCheck
from optimiser.scenario.rules import AwardRule

SHARE_SCALE = MILLION * MILLION
"""Millionths of a euro to EUR million."""


def tier_share_of_cost(ledger: Ledger) -> Iterator[RuleCheck]:
    """S1  Σ_t x[c,p,k,t] ≤ max_share_of_cost[k] · Σ_t cost[c,p,t] · y[c,p] for every phase, by tier k.  [EUR million]

    Allowance: one euro for each nonzero cell in the sum.
    """
    for tier in ledger.scenario.fund.tiers:
        if tier.max_share_of_cost >= 1:
            continue
        worst = Worst("S1", tier.id, EUR_MILLION, SHARE_SCALE)
        share = millionths(tier.max_share_of_cost)
        money = ledger.tiers[tier.id]
        for entry in ledger.phases:
            paid, cells = money.of(entry.key)
            if not cells and entry.due >= 0:
                worst.hold()
            else:
                worst.see(paid * MILLION - share * entry.due, cells * MILLION, entry.key)
        yield worst.check()


def public_share_of_cost(ledger: Ledger) -> Iterator[RuleCheck]:
    """S2  Σ_{k public,t} x[c,p,k,t] ≤ max_public_share · Σ_t cost[c,p,t] · y[c,p] for every phase.  [EUR million]

    The candidate's own share replaces the fund's. Allowance: one euro for each nonzero cell in the sum.
    """
    worst = Worst("S2", "fund", EUR_MILLION, SHARE_SCALE)
    public = ledger.together(ledger.public_tiers)
    of_fund = ledger.scenario.fund.max_public_share
    for entry in ledger.phases:
        own = entry.candidate.max_public_share
        share = of_fund if own is None else own
        if share != math.inf:
            paid, cells = public.of(entry.key)
            worst.see(paid * MILLION - millionths(share) * entry.due, cells * MILLION, entry.key)
    if worst.checked:
        yield worst.check()


def matching(ledger: Ledger) -> Iterator[RuleCheck]:
    """S3  Σ_{k∈tiers} Σ x ≥ at_least · Σ_{k∈of} Σ x for every phase, or candidate, by matching rule.  [EUR million]

    A tier that may not pay counts as 0: money it pays all the same breaks S6. Allowance: one euro for each nonzero
    cell, those of `of` times `at_least` where that exceeds 1.
    """
    for rule in ledger.scenario.fund.matching:
        worst = Worst("S3", rule.id, EUR_MILLION, SHARE_SCALE, rule.soft is not None)
        ratio = millionths(rule.at_least)
        given, asked = ledger.together(rule.tiers), ledger.together(rule.of)
        for entries in ledger.by_candidate.values():
            every = [entry.key for entry in entries]
            for keys in [every] if rule.by == "candidate" else [[key] for key in every]:
                paid, cells = given.over(keys)
                matched, matched_cells = asked.over(keys)
                if not cells and not matched_cells:
                    worst.hold()
                    continue
                allowance = cells * MILLION + matched_cells * max(ratio, MILLION)
                place = keys[0][:1] if rule.by == "candidate" else keys[0]
                worst.see(ratio * matched - paid * MILLION, allowance, place)
        yield worst.check()


def tickets(ledger: Ledger) -> Iterator[RuleCheck]:
    """S4  e[c,k] = 0 or e[c,k] ≥ min_ticket[k]; e[c,k] ≤ max_ticket[k] for every candidate, by tier k.  [EUR million]

    Allowance: one euro for each nonzero cell of e. A ticket below the least lacks the difference, however small it is.
    """
    for tier in ledger.scenario.fund.tiers:
        if tier.min_ticket <= 0 and tier.max_ticket == math.inf:
            continue
        worst = Worst("S4", tier.id)
        least = millionths(tier.min_ticket)
        most = None if tier.max_ticket == math.inf else millionths(tier.max_ticket)
        exposure = ledger.tiers[tier.id].by_candidate()
        for candidate in ledger.scenario.candidates:
            euros, cells = exposure.get(candidate.id, (0, 0))
            worst.see(least - euros if euros else 0, cells, (candidate.id,))
            if most is not None:
                worst.see(euros - most, cells, (candidate.id,))
        yield worst.check()


def concentration(ledger: Ledger) -> Iterator[RuleCheck]:
    """S5  e[c,k] ≤ share[k] · Σ_c e[c,k], or rate[k] · e[c,k] ≤ share[k] · size[k], for every candidate, by tier k.

    [EUR million]  rate is 1, and a guarantee's provision rate.

    Allowance: one euro for each nonzero cell in the sums.
    """
    for tier in ledger.scenario.fund.tiers:
        if tier.concentration is None:
            continue
        money = ledger.tiers[tier.id]
        total, total_cells = money.total()
        of_size = tier.concentration.of == "size"
        worst = Worst("S5", tier.id, EUR_MILLION, SHARE_SCALE)
        whole_tier = millionths(tier.size.at_most) if of_size else total
        most = millionths(tier.concentration.at_most) * whole_tier
        # The share of a guarantee's size is of what is set aside for it.
        used = of_size and tier.instrument == "guarantee" and tier.provision_rate is not None
        rate = millionths(tier.provision_rate or 0.0) if used else MILLION
        exposure = money.by_candidate()
        for candidate in ledger.scenario.candidates:
            euros, cells = exposure.get(candidate.id, (0, 0))
            worst.see(euros * rate - most, (cells if of_size else total_cells) * MILLION, (candidate.id,))
        yield worst.check()


def eligibility(ledger: Ledger) -> Iterator[RuleCheck]:
    """S6  Σ_t x[c,p,k,t] = 0 for every phase where tier k may not pay, by tier.  [EUR million]

    A tier that the scenario does not have may pay nowhere. Allowance: none.
    """
    tiers = {tier.id: tier for tier in ledger.scenario.fund.tiers}
    for name, money in ledger.tiers.items():
        worst = Worst("S6", name)
        if name not in tiers:
            for key, euros in money.euros.items():
                worst.see(euros, 0, key)
        elif (group := tiers[name].eligible) is not None:
            may_pay = membership(group)
            for entry in ledger.phases:
                worst.see(0 if may_pay(entry) else money.of(entry.key)[0], 0, entry.key)
        if worst.checked:
            yield worst.check()


def award_limits(ledger: Ledger) -> Iterator[RuleCheck]:
    """S7  at_least · y ≤ Σ_{k∈tiers,t} x[c,p,k,t] ≤ at_most · y for every candidate of the group and listed phase.

    at_least_share · Σ_t cost · y ≤ Σ_{k∈tiers,t} x ≤ at_most_share · Σ_t cost · y likewise; per country:
    Σ over the phases that stand in the country ≤ at_most, a joint bid in full in each.  [EUR million]
    Allowance: one euro for each nonzero cell in the sum.
    """
    for rule in ledger.scenario.constraints:
        if isinstance(rule, AwardRule):
            worst = Worst("S7", rule.id, EUR_MILLION, SHARE_SCALE, rule.soft is not None)
            money = ledger.together(ledger.public_tiers if rule.tiers is None else rule.tiers)
            entries = [e for e in ledger.members(rule.of) if rule.phases is None or e.phase.id in rule.phases]
            if rule.per == "country":
                _see_countries(worst, rule, money, entries)
            else:
                _see_awards(worst, rule, money, entries)
            if worst.checked:
                yield worst.check()


def _see_awards(worst: Worst, rule: AwardRule, money: Sums, entries: list[PhaseEntry]) -> None:
    bounds = [
        (sign, millionths(bound), is_share)
        for sign, bound, vacuous, is_share in (
            (-1, rule.at_least, 0, False),
            (1, rule.at_most, math.inf, False),
            (-1, rule.at_least_share, 0, True),
            (1, rule.at_most_share, math.inf, True),
        )
        if bound != vacuous
    ]
    for entry in entries:
        paid, cells = money.of(entry.key)
        excess: dict[int, Number] = {}
        for sign, bound, is_share in bounds:
            limit = bound * entry.due if is_share else bound * entry.y * MILLION
            beyond = sign * (paid * MILLION - limit)
            excess[sign] = max(excess.get(sign, beyond), beyond)  # amount and share are one bound, the stricter
        for beyond in excess.values():
            worst.see(beyond, cells * MILLION, entry.key)


def _see_countries(worst: Worst, rule: AwardRule, money: Sums, entries: list[PhaseEntry]) -> None:
    if rule.at_most == math.inf:
        return
    standing: dict[str, list[PhaseEntry]] = {}
    for entry in entries:
        for country in entry.countries:
            standing.setdefault(country, []).append(entry)
    for country, hosted in standing.items():
        paid, cells = money.over(entry.key for entry in hosted)
        worst.see((paid - millionths(rule.at_most)) * MILLION, cells * MILLION, (country,))
