"""What cannot work or means little: warnings and notes. Solving goes on, and may end infeasible, which is an answer."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.plan import EUROS_PER_MILLION, exact
from optimiser.scenario.attributes import value_up_to
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.groups import belongs
from optimiser.scenario.pointer import join
from optimiser.scenario.rules import FloorRule, MoneyRule, RequiresRule
from optimiser.scenario.scenario import Scenario

SIZES_APART = 1e7
"""Amounts (or values of one attribute) further apart than this strain the solver's arithmetic."""


def _warning(code: str, *place: str | int, **params: object) -> Finding:
    return Finding("warning", code, join(place), params)


def unfinanceable(s: Scenario) -> Iterator[Finding]:
    """The pledge and the shares of the tiers that may pay stay below a phase's cost."""
    for c in s.candidates:
        if c.locked == "out":
            continue
        for p in c.all_phases:
            cost = p.total_cost
            if cost <= 0:
                continue
            most = most_money(s, c, p, cost)
            if most < cost * (1 - 1e-9):
                yield _warning("unfinanceable", *_phase(c, p), cost=cost, most=most)


def unfinanceable_together(s: Scenario) -> Iterator[Finding]:
    """Each phase could be paid, but the one pledge of the candidate does not reach for all of them."""
    for c in s.candidates:
        if c.locked == "out" or len(c.all_phases) < 2 or math.isinf(c.private_pledge):
            continue
        costs = [(p, p.total_cost) for p in c.all_phases]
        lacking = [(cost - most_money(s, c, p, cost) + c.private_pledge, cost) for p, cost in costs if cost > 0]
        needed = sum(max(from_pledge, 0.0) for from_pledge, _ in lacking)
        each_fits = all(from_pledge <= c.private_pledge + 1e-9 * cost for from_pledge, cost in lacking)
        if each_fits and needed > c.private_pledge * (1 + 1e-9):
            yield _warning("unfinanceable-together", "candidates", c.id, needed=needed, pledge=c.private_pledge)


def most_money(s: Scenario, c: Candidate, p: Phase, cost: float) -> float:
    """The most money pledge and shares allow to one phase, tier by tier, before any budget [EUR million]."""
    share = s.fund.max_public_share if c.max_public_share is None else c.max_public_share
    public, private = 0.0, 0.0
    for t in s.fund.tiers:
        if t.pays_cost and (t.eligible is None or belongs(t.eligible, c, p)):
            # What a revolving tier pays over the years may be more than its size.
            size = t.size.at_most if t.revolving is None else math.inf
            most = min(t.max_share_of_cost * cost, size, t.max_ticket)
            public, private = (public + most, private) if t.public else (public, private + most)
    return min(public, share * cost if share < math.inf else math.inf) + private + c.private_pledge


def free_private(s: Scenario) -> Iterator[Finding]:
    """An unlimited pledge with no least public share needs no public money: every euro of the fund would be a gift."""
    for c in s.candidates:
        least = s.fund.least_public_share if c.least_public_share is None else c.least_public_share
        if math.isinf(c.private_pledge) and least == 0 and any(p.stated_cost[1] for p in c.all_phases):
            yield _warning("free-private", "candidates", c.id, "private_pledge")


def concentration(s: Scenario) -> Iterator[Finding]:
    """The concentration cap times the candidates a tier may pay stays below one: the tier cannot be spent."""
    for t in s.fund.tiers:
        if t.concentration is None:
            continue
        takers = sum(any(belongs(t.eligible, c, p) for p in c.all_phases) for c in s.candidates)
        if exact(t.concentration.at_most) * takers < 1:
            yield _warning(
                "concentration-too-tight",
                *("fund", "tiers", t.id, "concentration"),
                share=t.concentration.at_most,
                count=takers,
            )


def share_met_by_zero(s: Scenario) -> Iterator[Finding]:
    """A rule on shares alone holds when nothing is spent."""
    for r in s.constraints:
        if isinstance(r, MoneyRule) and r.at_least_share > 0 and r.at_least == 0:
            yield Finding("note", "share-met-by-zero", join(("constraints", r.id)), {"share": r.at_least_share})


def ceilings(s: Scenario) -> Iterator[Finding]:
    """Ceilings beyond the size bind nothing; ceilings below it keep the tier from being spent."""
    for t in s.fund.tiers:
        here = ("fund", "tiers", t.id)
        for i, span in enumerate(t.ceilings):
            if span.at_most > t.size.at_most:
                yield _warning("ceiling-beyond-size", *here, "ceilings", i, ceiling=span.at_most, size=t.size.at_most)
        if t.annual_ceiling is not None and not math.isinf(t.size.at_most):
            total = sum(t.annual_ceiling.values())
            if total > t.size.at_most * (1 + 1e-9):
                yield _warning("ceiling-beyond-size", *here, "annual_ceiling", ceiling=total, size=t.size.at_most)
            elif total < t.size.at_most * (1 - 1e-9):
                yield _warning("ceilings-below-size", *here, "annual_ceiling", ceiling=total, size=t.size.at_most)


def floors(s: Scenario) -> Iterator[Finding]:
    """Candidates below a floor (A2), left out or only reported."""
    for r in s.constraints:
        if isinstance(r, FloorRule):
            for c in s.candidates:
                value = value_up_to(c, r.attribute, r.phase)
                counts = next((p for p in c.all_phases if p.id == r.phase), c.all_phases[0])
                if belongs(r.of, c, counts) and value is not None and value < r.at_least:
                    code = "below-floor-excluded" if r.effect == "exclude" else "below-floor"
                    yield _warning(
                        code,
                        *("candidates", c.id),
                        candidate=c.id,
                        attribute=r.attribute,
                        value=value,
                        floor=r.at_least,
                        rule=r.id,
                        unit=s.attributes[r.attribute].unit if r.attribute in s.attributes else "1",
                    )


def nobody(s: Scenario) -> Iterator[Finding]:
    """Tiers and rules that reach no candidate."""
    for t in s.fund.tiers:
        if s.candidates and not any(belongs(t.eligible, c, p) for c in s.candidates for p in c.all_phases):
            yield _warning("tier-for-nobody", "fund", "tiers", t.id, "eligible", tier=t.id)
    for r in s.constraints:
        group = getattr(r, "of", None)
        if group is not None and not any(belongs(group, c, p) for c in s.candidates for p in c.all_phases):
            yield _warning("rule-on-nobody", "constraints", r.id, "of", rule=r.id)


def requires_cycle(s: Scenario) -> Iterator[Finding]:
    """Candidates that need each other are funded together or not at all."""
    needs: dict[str, set[str]] = {}
    for r in s.constraints:
        if isinstance(r, RequiresRule):
            needs.setdefault(r.candidate, set()).update(r.needs)
    reported: set[str] = set()
    for start in needs:
        reached, queue = set(), [start]
        while queue:
            for need in needs.get(queue.pop(), ()):
                if need not in reached:
                    reached.add(need)
                    queue.append(need)
        ring = {x for x in reached if x in needs and start in _reach(needs, x)} if start in reached else set()
        if ring and start not in reported:
            reported |= ring
            yield _warning("requires-cycle", "constraints", candidates=sorted(ring))


def _reach(needs: dict[str, set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    queue = [start]
    while queue:
        fresh = needs.get(queue.pop(), set()) - reached
        reached |= fresh
        queue += fresh
    return reached


def sizes_apart(s: Scenario) -> Iterator[Finding]:
    """Numbers of one kind and very different size: one of them may be in the wrong unit."""
    apart = [what for what, values in _values(s).items() if _are_apart([abs(v) for v in values])]
    if not apart:
        return
    places = _places(s)
    for what in apart:
        sized = [(place, abs(v)) for place, v in places[what] if v != 0 and not math.isinf(v)]
        least, most = min(sized, key=lambda x: x[1]), max(sized, key=lambda x: x[1])
        named_so = Phrase("money") if what == "money" else what
        yield _warning("sizes-apart", *least[0], what=named_so, least=least[1], most=most[1], other=join(most[0]))


def _are_apart(sizes: list[float]) -> bool:
    sized = [size for size in sizes if 0 < size < math.inf]
    return bool(sized) and max(sized) > SIZES_APART * min(sized)


def _values(s: Scenario) -> dict[str, list[float]]:
    """All amounts of money, and the values of each attribute."""
    money = [t.size.at_most for t in s.fund.tiers]
    values: dict[str, list[float]] = {"money": money}
    for c in s.candidates:
        money.append(c.private_pledge)
        for p in c.all_phases:
            money += p.stated_cost[1].values()
        for attributes in (c.attributes, *(p.attributes for p in c.all_phases)):
            for a, value in attributes.items():
                values.setdefault(a, []).append(value)
    return values


def _places(s: Scenario) -> dict[str, list[tuple[tuple[str | int, ...], float]]]:
    """The same with the place of each."""
    money = [(("fund", "tiers", t.id, "size"), t.size.at_most) for t in s.fund.tiers]
    values: dict[str, list[tuple[tuple[str | int, ...], float]]] = {"money": list(money)}
    for c in s.candidates:
        values["money"].append((("candidates", c.id, "private_pledge"), c.private_pledge))
        for a, value in c.attributes.items():
            values.setdefault(a, []).append((("candidates", c.id, "attributes", a), value))
        for p in c.all_phases:
            key, stated = p.stated_cost
            values["money"] += [((*_phase(c, p), key, year), amount) for year, amount in stated.items()]
            for a, value in p.attributes.items():
                values.setdefault(a, []).append(((*_phase(c, p), "attributes", a), value))
    return values


def finer_than_a_euro(s: Scenario) -> Iterator[Finding]:
    """Costs that are no whole number of euros: what is paid is rounded to the euro."""
    for c in s.candidates:
        for p in c.all_phases:
            key, stated = p.stated_cost
            odd = [year for year, amount in stated.items() if amount % 1 and _is_finer_than_a_euro(amount)]
            if odd:
                yield Finding("note", "finer-than-a-euro", join((*_phase(c, p), key)), {"years": odd})


def _is_finer_than_a_euro(amount: float) -> bool:
    return (exact(amount) * EUROS_PER_MILLION).denominator != 1


def without_effect(s: Scenario) -> Iterator[Finding]:
    """Keys that are read, checked and kept, and bear on nothing in this scenario."""
    returns_count = s.risk is not None or any(t.term == "expected_return" for t in s.objective.terms)
    for t in s.fund.tiers:
        if t.seniority is not None and s.risk is None:
            yield Finding("note", "seniority-without-losses", join(("fund", "tiers", t.id, "seniority")))
        for key in ("return_if_success", "loss_given_failure", "holding_years"):
            if getattr(t, key) is not None and not returns_count:
                yield Finding("note", "return-without-term", join(("fund", "tiers", t.id, key)), {"key": key})
    if s.score is not None:
        yield Finding("note", "score-for-ranking", "/score")
    if s.objective.mode == "lexicographic":
        for i, term in enumerate(s.objective.terms):
            if term.weight != 1:
                yield Finding("note", "weight-without-sum", join(("objective", "terms", i, "weight")))
    if s.fund.tier_order and len(s.fund.tier_order) != len(set(s.fund.tier_order)):
        yield _warning("named-twice-in-order", "fund", "tier_order")


def _phase(c: Candidate, p: Phase) -> tuple[str, ...]:
    return ("candidates", c.id) if c.phases is None else ("candidates", c.id, "phases", p.id)


CHECKS = (
    unfinanceable,
    unfinanceable_together,
    free_private,
    concentration,
    share_met_by_zero,
    ceilings,
    floors,
    nobody,
    requires_cycle,
    sizes_apart,
    finer_than_a_euro,
    without_effect,
)
