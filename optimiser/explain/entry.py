"""The entry price of a candidate: the least change of its cost, of what it offers or of the budget that brings it in.

In means: a plan with it is as good as any without it. Each price is searched by solving: it is kept between a value at
which the candidate was solved to be in and one at which it was solved to be out. What is asked between them are the
roundest numbers, so that 300 comes out as 300. With whole sites more money need not help, so that a smaller change may
bring a candidate in for a moment; the price is one at which it is in, and just short of which it is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from optimiser.explain.answer import EntryPrice
from optimiser.explain.inquiry import Inquiry
from optimiser.result.indicators import unspent_euros
from optimiser.result.measures import unit_of
from optimiser.scenario.attributes import value_with
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import belongs
from optimiser.scenario.objective import Term
from optimiser.scenario.pointer import join

TOLERANCE = 1e-3
"""How far apart in and out may stay, as a share of the number now (of the one found, where that is larger)."""

LEAST_COST = 1e-3
"""A cost is lowered to this share of itself at most: a site that costs nothing has no years in which it is built."""

GREATEST_FACTOR = 1024.0
"""Public money is not searched beyond this many times what there is."""

Settings = dict[str, Any]


def entry_prices(inquiry: Inquiry, candidates: Sequence[Candidate]) -> dict[str, list[EntryPrice]]:
    """The prices of entry of candidates that are not funded.

    One kind for all of them before the next kind, so that each is told something where the time does not suffice.
    """
    prices: dict[str, list[EntryPrice]] = {c.id: [] for c in candidates}
    for kind in (_cost, _attributes, _budgets):
        for c in candidates:
            prices[c.id] += kind(inquiry, c)
    return prices


def _cost(inquiry: Inquiry, c: Candidate) -> list[EntryPrice]:
    """Every cost of it lowered in the same proportion; its pledge stays as it is."""
    total = sum(p.total_cost for p in c.all_phases)
    if total <= 0:
        return []

    def settings(cost: float) -> Settings:
        share = cost / total
        if c.phases is None:
            return {join(("candidates", c.id, "cost")): _times(c.cost or {}, share)}
        stated = [(p.id, *p.stated_cost) for p in c.phases]
        return {join(("candidates", c.id, "phases", p, key)): _times(cost, share) for p, key, cost in stated}

    far = [LEAST_COST * total]
    return [_price(inquiry, c, "cost", None, "EUR million", total, far, settings, fixed_rivals=True)]


def _times(by_year: Mapping[int, float], factor: float) -> dict[str, float]:
    """Amounts by year in the same proportion, to the euro."""
    return {str(t): round(amount * factor, 6) for t, amount in by_year.items()}


def _attributes(inquiry: Inquiry, c: Candidate) -> list[EntryPrice]:
    """Each attribute of the objective, of the first phase: more of what is maximised, less of what is minimised."""
    prices = []
    seen = set()
    for term in inquiry.scenario.objective.terms:
        if term.attribute is None or term.term == "least_served" or term.attribute in seen:
            continue
        seen.add(term.attribute)
        far = _far(inquiry, c, term)
        place = _attribute_place(c, term.attribute)
        if far is None or place is None:
            continue
        now = value_with(c, c.all_phases[0], term.attribute)
        unit = unit_of(inquiry.scenario, term.model_copy(update={"term": "attribute"}))
        prices.append(
            _price(
                inquiry,
                c,
                "attribute",
                term.attribute,
                unit,
                now,
                far,
                lambda value, place=place: {place: value},  # type: ignore[misc]
                fixed_rivals=True,
            )
        )
    return prices


def _far(inquiry: Inquiry, c: Candidate, term: Term) -> list[float] | None:
    """Towards where is searched: as much as the best site brings, then as all sites together; or nothing at all."""
    name = term.attribute or ""
    now = value_with(c, c.all_phases[0], name)
    brought = [value_with(o, p, name) for o in inquiry.scenario.candidates for p in o.all_phases]
    if not term.maximised:
        return [0.0] if now > 0 else None
    best, together = max(brought, default=0.0), sum(v for v in brought if v > 0)
    return [v for v in (best, 2 * best, together, 2 * together) if v > now] or None


def _attribute_place(c: Candidate, name: str) -> str | None:
    """Where the attribute is written; on the candidate where it has none. None where only later phases have it."""
    if name in c.attributes or not any(name in p.attributes for p in c.all_phases):
        return join(("candidates", c.id, "attributes", name)) if c.attributes else None
    first = c.all_phases[0]
    return join(("candidates", c.id, "phases", first.id, "attributes", name)) if name in first.attributes else None


def _budgets(inquiry: Inquiry, c: Candidate) -> list[EntryPrice]:
    """Of the public tiers that may pay it the one that is spent most, grown alone; and all public tiers together."""
    tiers = [t for t in inquiry.scenario.fund.tiers if t.public and t.pays_cost and math.isfinite(t.size.at_most)]
    open_ = [t for t in tiers if t.size.at_most > 0 and belongs(t.eligible, c, c.all_phases[0])]
    if not open_:
        return []
    prices = []
    scarcest = _scarcest(inquiry, open_)
    prices.append(_budget(inquiry, c, "tier", scarcest.id, [scarcest]))
    if len(tiers) > 1:
        prices.append(_budget(inquiry, c, "public", None, tiers))
    return prices


def _scarcest(inquiry: Inquiry, tiers: list[Tier]) -> Tier:
    """The tier of which the greatest share is spent; the first of them."""
    assert inquiry.optimum.plan is not None
    unspent = unspent_euros(inquiry.scenario, inquiry.optimum.plan)
    return min(tiers, key=lambda t: (unspent[t.id] or 0) / t.size.at_most)


def _budget(
    inquiry: Inquiry, c: Candidate, by: Literal["tier", "public"], of: str | None, tiers: list[Tier]
) -> EntryPrice:
    """Sizes and ceilings of these tiers grown in the same proportion.

    First as if there were no end of it: who does not come in then is not kept out by money.
    """
    total = sum(t.size.at_most for t in tiers)

    def settings(amount: float) -> Settings:
        return {key: value for t in tiers for key, value in _grown(t, amount / total).items()}

    endless = {key: value for t in tiers for key, value in _endless(t).items()}
    inside = _is_in(inquiry, c, endless, fixed_rivals=False)
    if not inside:
        return EntryPrice(by, of, "EUR million", inside, total)
    far = [total * 2.0**n for n in range(1, int(math.log2(GREATEST_FACTOR)) + 1)]
    return _price(inquiry, c, by, of, "EUR million", total, far, settings, fixed_rivals=False)


def _grown(t: Tier, factor: float) -> Settings:
    place = ("fund", "tiers", t.id)
    size: Any = t.size.at_most * factor
    if t.size.at_least > 0:
        size = {"at_least": t.size.at_least, "at_most": size}
    settings: Settings = {join((*place, "size")): size}
    if t.annual_ceiling is not None:
        settings[join((*place, "annual_ceiling"))] = _times(t.annual_ceiling, factor)
    for n, span in enumerate(t.ceilings):
        if math.isfinite(span.at_most):
            settings[join((*place, "ceilings", n, "at_most"))] = span.at_most * factor
    return settings


def _endless(t: Tier) -> Settings:
    place = ("fund", "tiers", t.id)
    size: Any = "unlimited" if t.size.at_least == 0 else {"at_least": t.size.at_least, "at_most": "unlimited"}
    settings: Settings = {join((*place, "size")): size}
    if t.concentration is not None and t.concentration.of == "size":
        settings[join((*place, "size"))] = t.size.at_most * GREATEST_FACTOR
    if t.annual_ceiling is not None:
        settings[join((*place, "annual_ceiling"))] = None
    if t.ceilings:
        settings[join((*place, "ceilings"))] = []
    return settings


def _price(
    inquiry: Inquiry,
    c: Candidate,
    by: Literal["cost", "attribute", "tier", "public"],
    of: str | None,
    unit: str,
    now: float,
    far: list[float],
    settings: Callable[[float], Settings],
    fixed_rivals: bool,
) -> EntryPrice:
    """The search: from ``now``, where the candidate is out, to the first of the values in ``far`` where it is in."""
    out, inside = now, None
    for value in far:
        is_in = _is_in(inquiry, c, settings(value), fixed_rivals)
        if is_in is None:
            return EntryPrice(by, of, unit, None, now)
        if is_in:
            inside = value
            break
        out = value
    if inside is None:
        return EntryPrice(by, of, unit, False, now)
    tolerance = TOLERANCE * (abs(now) or max(abs(inside), abs(out)))
    last = False
    while abs(inside - out) > tolerance or not last:
        last = abs(inside - out) <= tolerance
        value = roundest(out, inside, 0.25 if not last else 0.02)
        is_in = _is_in(inquiry, c, settings(value), fixed_rivals)
        if is_in is None:
            return EntryPrice(by, of, unit, None, now, inside, out, abs(inside - out), settings(inside))
        inside, out = (value, out) if is_in else (inside, value)
    return EntryPrice(by, of, unit, True, now, inside, out, abs(inside - out), settings(inside))


def _is_in(inquiry: Inquiry, c: Candidate, settings: Settings, fixed_rivals: bool) -> bool | None:
    """Whether with these settings a plan with the candidate is as good as the best; None where time did not suffice.

    fixed_rivals: whether the settings leave plans without it as they are, so that the best of them is known.
    """
    forced = inquiry.best(settings, inside=[c.id])
    if forced is None:
        return False
    if forced.possible is None or (forced.possible and not forced.proven):
        return None
    if not forced.possible:
        return False
    free = inquiry.base if fixed_rivals else inquiry.free(settings)
    if free is None or not free.possible or not free.proven:
        return None
    return inquiry.as_good(forced, free)


def roundest(one: float, other: float, margin: float) -> float:
    """The number with the fewest digits between two, no nearer to either than a share ``margin`` of their distance."""
    low, high = min(one, other), max(one, other)
    low, high = low + margin * (high - low), high - margin * (high - low)
    if low <= 0 <= high:
        return 0.0
    for exponent in range(math.floor(math.log10(max(abs(low), abs(high)))), -16, -1):
        for unit in (10.0**exponent, 0.5 * 10.0**exponent):
            value = round(math.ceil(low / unit - 1e-9) * unit, max(1 - exponent, 0))
            if low <= value <= high:
                return value
    return (low + high) / 2
