"""Stresses: what each kind changes in a scenario's document.

A stress is a patch, or a kind a policy officer can name without knowing where the figures stand:

    chip_price_fall   collateral is worth less     LGD'[k] = 1 − (1 − LGD[k])·(1 − share)
    delay             everything happens later     cost'[c,p,t+n] = cost[c,p,t], PD' = 1 − (1 − PD)^((h+n)/h)
    country_failure   a whole country fails        D[c,s] = 1 in every draw for its candidates
    budget_refused    the next budget is not voted B2 is 0 from that year on, B1 falls to what is left before it
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from quicktions import Fraction

from optimiser.plan import exact
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.fund import Tier
from optimiser.scenario.scenario import Scenario, Stress

Document = dict[str, Any]

ABSENT_HORIZON_YEARS = 10.0
"""What ``horizon_years`` means where it is absent."""


def stressed_document(document: Document, scenario: Scenario, stress: Stress) -> Document:
    """The scenario's document (changed in place) as the stress of a kind leaves it."""
    assert stress.kind is not None
    KINDS[stress.kind](document, scenario, stress)
    return document


def changed_question(scenario: Scenario, stressed: Scenario) -> list[str]:
    """What two scenarios must have in common for one plan to be held against both, and have not."""
    same: dict[str, Callable[[Scenario], Any]] = {
        "candidates": lambda s: {(c.id, p.id) for c in s.candidates for p in c.all_phases},
        "tiers": lambda s: {(t.id, t.instrument, t.public) for t in s.fund.tiers},
        "loss_sharing": lambda s: s.fund.loss_sharing or "waterfall",
        "seniority": lambda s: {(t.id, t.seniority) for t in s.fund.tiers},
        "objective": lambda s: s.objective,
        "risk": lambda s: s.risk is not None,
    }
    return [what for what, of in same.items() if of(scenario) != of(stressed)]


def chip_price_fall(document: Document, scenario: Scenario, stress: Stress) -> None:
    """LGD'[k] = 1 − (1 − LGD[k])·(1 − share) for every tier of the pool.  [share]

    What is recovered from a failed site, 1 − LGD, is what its chips and halls bring; it falls in proportion.
    """
    for tier, written in zip(scenario.fund.tiers, document["fund"]["tiers"], strict=True):
        if tier.in_pool:
            lgd = 1.0 if tier.loss_given_failure is None else tier.loss_given_failure
            written["loss_given_failure"] = 1.0 - (1.0 - lgd) * (1.0 - (stress.share or 0.0))


def delay(document: Document, scenario: Scenario, stress: Stress) -> None:
    """cost'[c,p,t+n] = cost[c,p,t]; PD'[c] = 1 − (1 − PD[c])^((h+n)/h), h' = h + n; ceilings and discounting stay.

    The yearly probability of failure stays, and with it the Basel correlation; a site is at risk for n years more.
    """
    later = stress.years or 0
    if scenario.years:
        document["horizon"] = {"first_year": scenario.years[0], "last_year": scenario.years[-1] + later}
    for written in document["candidates"]:
        for part in (written, *(written.get("phases") or ())):
            if part.get("cost"):
                part["cost"] = _later(part["cost"], later)
            if part.get("committed"):
                part["committed"] = {tier: _later(amounts, later) for tier, amounts in part["committed"].items()}
            if part.get("start"):
                part["start"] = {end: year + later for end, year in part["start"].items()}
    if scenario.risk is not None and scenario.risk.model != "table":
        horizon = ABSENT_HORIZON_YEARS if scenario.risk.horizon_years is None else scenario.risk.horizon_years
        document["risk"]["horizon_years"] = horizon + later
        for candidate, written in zip(scenario.candidates, document["candidates"], strict=True):
            if candidate.failure_probability is not None:
                written["failure_probability"] = 1.0 - (1.0 - candidate.failure_probability) ** (1.0 + later / horizon)


def _later(by_year: dict[str, float], years: int) -> dict[str, float]:
    return {str(int(year) + years): amount for year, amount in by_year.items()}


def country_failure(document: Document, scenario: Scenario, stress: Stress) -> None:
    """D[c,s] = 1 in every draw s for every candidate c of the country; the others as before.

    A joint bid or a phase in the country is enough.
    """
    assert scenario.risk is not None
    draws = len(next(iter((scenario.risk.losses or {}).values()), []))
    for candidate, written in zip(scenario.candidates, document["candidates"], strict=True):
        if not _stands_in(candidate, stress.country):
            continue
        if scenario.risk.model == "table":
            document["risk"]["losses"][candidate.id] = [1.0] * draws
        else:
            written["failure_probability"] = 1.0


def _stands_in(candidate: Candidate, country: str | None) -> bool:
    return country in candidate.all_countries or any(p.country == country for p in candidate.all_phases)


def budget_refused(document: Document, scenario: Scenario, stress: Stress) -> None:
    """Σ_{t≥from} Booked[k,t] ≤ 0 (B2) and size'[k] = min(size[k], what B2 allows before) for the tiers refused."""
    first = stress.from_ or 0
    refused = refused_tiers(scenario, stress)
    for tier, written in zip(scenario.fund.tiers, document["fund"]["tiers"], strict=True):
        if tier.id not in refused:
            continue
        before = [x for x in tier.ceilings if x.from_ < first]
        last = max([first, *scenario.years, *(x.to for x in tier.ceilings)])
        written["ceilings"] = [
            {"from": x.from_, "to": min(x.to, first - 1), "at_most": _written(x.at_most)} for x in before
        ] + [{"from": first, "to": last, "at_most": 0.0}]
        if tier.annual_ceiling is not None:
            written["annual_ceiling"] = {str(t): a for t, a in tier.annual_ceiling.items() if t < first}
        most = min(tier.size.at_most, bookable_before(tier, scenario.years, first))
        written["size"] = {"at_least": min(tier.size.at_least, most), "at_most": _written(most)}


def refused_tiers(scenario: Scenario, stress: Stress) -> frozenset[str]:
    """The public tiers whose budget is refused: those named, else all."""
    return frozenset(stress.tiers or (t.id for t in scenario.fund.tiers if t.public))


def bookable_before(tier: Tier, years: range, first: int) -> float:
    """The most a tier's ceilings (B2) let it book before the year ``first``; infinite where they do not say.

    Each ceiling bounds a run of years. The most that can be booked is what the cheapest set of ceilings allows that
    covers every year (the dual of a linear programme on intervals, whose matrix is totally unimodular).
    """
    left = [t for t in years if t < first]
    runs = [(x.from_, x.to, exact(x.at_most)) for x in tier.ceilings if x.at_most < math.inf]
    if tier.annual_ceiling is not None:
        allowed = Fraction(0)
        for t in left:
            own = exact(tier.annual_ceiling.get(t, 0.0))
            allowed += own
            runs.append((left[0], t, allowed) if tier.carry_over else (t, t, own))
    cheapest: dict[int, Fraction | float] = {}
    for t in left:
        covers = [amount + cheapest.get(start - 1, Fraction(0)) for start, to, amount in runs if start <= t <= to]
        cheapest[t] = min(covers, default=math.inf)
    return float(cheapest[left[-1]]) if left else 0.0


def _written(amount: float) -> float | str:
    return "unlimited" if math.isinf(amount) else amount


KINDS: dict[str, Callable[[Document, Scenario, Stress], None]] = {
    "chip_price_fall": chip_price_fall,
    "delay": delay,
    "country_failure": country_failure,
    "budget_refused": budget_refused,
}
