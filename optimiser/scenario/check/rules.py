"""Rules, terms and locks that contradict themselves or lack what they need: errors."""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimiser.findings import Finding, Severity
from optimiser.messages import Phrase
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.countries import population
from optimiser.scenario.fund import Tier
from optimiser.scenario.groups import belongs
from optimiser.scenario.pointer import join
from optimiser.scenario.rules import (
    AttributeRule,
    AwardRule,
    CountRule,
    ExclusiveRule,
    FloorRule,
    MoneyRule,
    RequiresRule,
    StayCloseRule,
)
from optimiser.scenario.scenario import Scenario


def _error(code: str, *place: str | int, **params: object) -> Finding:
    return Finding("error", code, join(place), params)


def tiers_without_use(s: Scenario) -> Iterator[Finding]:
    """Costs need tiers to pay them."""
    if not s.fund.tiers:
        costly = [c.id for c in s.candidates if any(p.total_cost > 0 for p in c.all_phases)]
        if costly:
            yield _error("no-tiers", "fund", "tiers", candidates=costly[:12])


def crossed_bounds(s: Scenario) -> Iterator[Finding]:
    """A lower bound is not above its upper bound."""
    bounds: list[tuple[tuple[str | int, ...], float, float]] = []
    for t in s.fund.tiers:
        if t.revolving is None:  # a revolving tier may spend more than it ever has out
            bounds += [(("fund", "tiers", t.id, "size"), t.size.at_least, t.size.at_most)]
        bounds += [(("fund", "tiers", t.id, "min_ticket"), t.min_ticket, t.max_ticket)]
    for r in s.constraints:
        if isinstance(r, CountRule | MoneyRule | AttributeRule | AwardRule):
            bounds.append((("constraints", r.id), r.at_least, r.at_most))
        if isinstance(r, MoneyRule | AwardRule):
            bounds.append((("constraints", r.id, "at_least_share"), r.at_least_share, r.at_most_share))
    bounds.append((("fund", "least_public_share"), s.fund.least_public_share, s.fund.max_public_share))
    for c in s.candidates:
        least, most = c.least_public_share, c.max_public_share
        if least is not None or most is not None:
            least = s.fund.least_public_share if least is None else least
            most = s.fund.max_public_share if most is None else most
            bounds.append((("candidates", c.id, "max_public_share"), least, most))
    for place, least, most in bounds:
        if least > most:
            yield _error("bounds-crossed", *place, at_least=least, at_most=most)


def shares_beyond_one(s: Scenario) -> Iterator[Finding]:
    """Least public and least consortium share leave no more than the whole."""
    places: list[tuple[tuple[str, ...], float, float]] = [
        (("fund",), s.fund.least_public_share, s.fund.least_private_share)
    ]
    for c in s.candidates:
        if c.least_public_share is not None or c.least_private_share is not None:
            public = s.fund.least_public_share if c.least_public_share is None else c.least_public_share
            private = s.fund.least_private_share if c.least_private_share is None else c.least_private_share
            places.append((("candidates", c.id), public, private))
    for place, public, private in places:
        if public + private > 1 + 1e-12:
            yield _error("shares-beyond-one", *place, public=public, private=private)


def years(s: Scenario) -> Iterator[Finding]:
    """Costs, ceilings and spans lie inside the horizon, in their order."""
    if s.horizon is not None and s.horizon.first_year > s.horizon.last_year:
        yield _error("years-reversed", "horizon", first=s.horizon.first_year, last=s.horizon.last_year)
        return
    if len(s.years) > 200:
        yield _error("horizon-too-long", "horizon", years=len(s.years), limit=200)
        return
    named: list[tuple[tuple[str | int, ...], int]] = []
    for t in s.fund.tiers:
        named += [(("fund", "tiers", t.id, "annual_ceiling", year), year) for year in t.annual_ceiling or ()]
        for i, span in enumerate(t.ceilings):
            if span.from_ > span.to:
                yield _error("years-reversed", "fund", "tiers", t.id, "ceilings", i, first=span.from_, last=span.to)
    for c in s.candidates:
        for p in c.all_phases:
            named += [((*_phase(c, p), "cost", year), year) for year in p.cost]
            named += [
                ((*_phase(c, p), "committed", k, year), year) for k, amounts in p.committed.items() for year in amounts
            ]
    for place, year in named:
        if year not in s.years:
            yield _error("year-outside-horizon", *place, year=year, first=s.years[0], last=s.years[-1])


def instrument_keys(s: Scenario) -> Iterator[Finding]:
    """Keys of exposure and loss only on instruments that have them."""
    tiers = {t.id: t for t in s.fund.tiers}
    for t in s.fund.tiers:
        refused: tuple[str, ...] = ()
        if not t.in_pool:
            refused = ("loss_given_failure", "hurdle", "limits", "return_if_success", "holding_years", "revolving")
        if not t.in_pool and not t.is_guarantee:
            refused += ("seniority",)
        if not t.is_guarantee:
            refused += ("covers", "cover_share", "provision_rate")
        for key in refused:
            if getattr(t, key) is not None:
                yield _error("key-not-for-instrument", "fund", "tiers", t.id, key, key=key, instrument=t.instrument)
        if t.is_guarantee and t.max_share_of_cost < 1:
            key = "max_share_of_cost"
            yield _error("key-not-for-instrument", "fund", "tiers", t.id, key, key=key, instrument=t.instrument)
        if t.concentration is not None and t.concentration.of == "size" and math.isinf(t.size.at_most):
            yield _error("concentration-of-unlimited", "fund", "tiers", t.id, "concentration")
    for c in s.candidates:
        for k in c.return_if_success:
            if k in tiers and not tiers[k].in_pool:
                yield _error(
                    "key-not-for-instrument",
                    *("candidates", c.id, "return_if_success", k),
                    key="return_if_success",
                    instrument=tiers[k].instrument,
                )


def matching_itself(s: Scenario) -> Iterator[Finding]:
    """A tier does not match itself."""
    for m in s.fund.matching:
        for k in sorted(set(m.tiers) & set(m.of)):
            yield _error("matching-itself", "fund", "matching", m.id, tier=k)


def candidates(s: Scenario) -> Iterator[Finding]:
    """Keys of a candidate that exclude each other."""
    for c in s.candidates:
        if c.cost is not None and c.phases is not None:
            yield _error("cost-and-phases", "candidates", c.id)
        if c.least_fraction is not None and not c.divisible:
            yield _error("fraction-not-divisible", "candidates", c.id, "least_fraction")
        for p in c.phases or ():
            for a in sorted(c.attributes.keys() & p.attributes.keys()):
                yield _error("attribute-twice", *_phase(c, p), "attributes", a, attribute=a, candidate=c.id)
        yield from _locks(c)


def _locks(c: Candidate) -> Iterator[Finding]:
    stopped = Phrase("candidate") if c.locked == "out" else None
    for p in c.all_phases:
        if p.locked == "out" and (p.committed or (c.locked == "in" and p is c.all_phases[0])):
            yield _error(
                "lock-contradicts", *_phase(c, p), "locked", what=Phrase("phase"), other=Phrase("commitment-or-lock")
            )
        if stopped and (p.locked == "in" or p.committed):
            yield _error("lock-contradicts", *_phase(c, p), what=stopped, other=Phrase("lock-or-commitment"))
        if p.locked == "out" and not stopped:
            stopped = Phrase("earlier-phase", {"phase": p.id})


def commitments(s: Scenario) -> Iterator[Finding]:
    """Committed money stands where the tier may pay, in years with a cost, and within it."""
    tiers = {t.id: t for t in s.fund.tiers}
    for c in s.candidates:
        for p in c.all_phases:
            committed_by_year: dict[int, float] = {}
            for k, amounts in p.committed.items():
                if k in tiers and not belongs(tiers[k].eligible, c, p):
                    yield _error("committed-not-eligible", *_phase(c, p), "committed", k, tier=k, candidate=c.id)
                for year, amount in amounts.items():
                    # A guarantee pays no cost: it only needs a year that has one.
                    pays = k not in tiers or tiers[k].pays_cost or p.cost.get(year, 0.0) <= 0
                    committed_by_year[year] = committed_by_year.get(year, 0.0) + (amount if pays else 0.0)
            if p.possible_starts is not None:
                continue  # which cost a year has depends on the start: see ``starts``
            for year, amount in committed_by_year.items():
                cost = p.cost.get(year, 0.0)
                if amount > cost * (1 + 1e-12):
                    yield _error(
                        "committed-beyond-cost", *_phase(c, p), "committed", committed=amount, cost=cost, year=year
                    )


def rules_without_bound(s: Scenario) -> Iterator[Finding]:
    """A rule says something, and only what its kind can say."""
    for r in s.constraints:
        if isinstance(r, CountRule | MoneyRule | AttributeRule | AwardRule | StayCloseRule) and not _bounded(r):
            # A floor written as 0 was lowered on purpose, as a repair does: no rule is left, and that is said.
            lowered = {"at_least", "at_least_share"} & r.model_fields_set
            severity: Severity = "warning" if lowered else "error"
            yield Finding(severity, "rule-without-bound", join(("constraints", r.id)), {"rule": r.id})
        if isinstance(r, StayCloseRule):
            yield from _plan_and_bound(r)
        if isinstance(r, AwardRule) and r.per == "country":
            for key in ("at_least", "at_least_share"):
                if getattr(r, key) > 0:
                    yield _error("award-per-country", "constraints", r.id, key, key=key)
            if not math.isinf(r.at_most_share):
                yield _error("award-per-country", "constraints", r.id, "at_most_share", key="at_most_share")
        if isinstance(r, RequiresRule) and r.candidate in r.needs:
            yield _error("requires-itself", "constraints", r.id, candidate=r.candidate)
        if isinstance(r, FloorRule) and r.effect == "finding" and r.soft is not None:
            yield _error("soft-finding", "constraints", r.id, "soft")
        if isinstance(r, ExclusiveRule) and len(set(r.candidates)) < len(r.candidates):
            yield _error("named-twice", "constraints", r.id, "candidates")


def _plan_and_bound(r: StayCloseRule) -> Iterator[Finding]:
    """A bound needs the plan it speaks of, and a plan its bound."""
    for plan, bound in (("plan", "at_most_changes"), ("plan_money", "at_most_money")):
        bounded = getattr(r, bound) < math.inf
        if bounded and getattr(r, plan) is None:
            yield _error("bound-without-plan", "constraints", r.id, bound, bound=bound, plan=plan)
        if not bounded and getattr(r, plan) is not None:
            yield _error("plan-without-bound", "constraints", r.id, plan, bound=bound, plan=plan)
    seen = set()
    for n, cell in enumerate(r.plan_money or ()):
        key = (cell.tier, cell.candidate, cell.phase, cell.year)
        if key in seen:
            yield _error("plan-cell-twice", "constraints", r.id, "plan_money", n)
        seen.add(key)


def _bounded(r: CountRule | MoneyRule | AttributeRule | AwardRule | StayCloseRule) -> bool:
    if isinstance(r, StayCloseRule):
        return min(r.at_most_changes, r.at_most_money) < math.inf
    nothing = -math.inf if isinstance(r, AttributeRule) else 0
    if r.at_least > nothing or r.at_most < math.inf:
        return True
    return isinstance(r, MoneyRule | AwardRule) and (r.at_least_share > 0 or r.at_most_share < math.inf)


def attribute_rules(s: Scenario) -> Iterator[Finding]:
    """Averages and floors need the attribute of each candidate; totals need an additive attribute."""
    for r in s.constraints:
        if not isinstance(r, AttributeRule | FloorRule):
            continue
        needed = [r.attribute]
        if isinstance(r, AttributeRule):
            if r.average_by is None:
                if not _additive(s, r.attribute):
                    yield _error("not-additive", "constraints", r.id, "attribute", attribute=r.attribute)
                continue
            needed.append(r.average_by)
            if not _additive(s, r.average_by):
                yield _error("not-additive", "constraints", r.id, "average_by", attribute=r.average_by)
        for a in needed:
            lacking = [c.id for c in s.candidates if _in_group(r, c) and not _has(c, a)]
            if lacking and len(lacking) < len(s.candidates):
                yield _error("attribute-lacking", "constraints", r.id, attribute=a, candidates=lacking[:12])
        if isinstance(r, AttributeRule):
            yield from _negative_weights(s, r)
            yield from _average_by_phase(s, r)


def _negative_weights(s: Scenario, r: AttributeRule) -> Iterator[Finding]:
    weight = r.average_by or ""
    for c in s.candidates:
        values = [c.attributes.get(weight, 0.0)] + [p.attributes.get(weight, 0.0) for p in c.all_phases]
        if min(values) < 0:
            yield _error("negative-weight", "constraints", r.id, "average_by", attribute=weight, candidate=c.id)


def _average_by_phase(s: Scenario, r: AttributeRule) -> Iterator[Finding]:
    """Each phase that brings weight has a value, its own or the candidate's; one weight does not serve two values."""
    value, weight = r.attribute, r.average_by or ""
    for c in s.candidates:
        for n, p in enumerate(c.all_phases):
            if not belongs(r.of, c, p):
                continue
            if p.attributes.get(weight) and value not in p.attributes and value not in c.attributes:
                yield _error(
                    "average-lacks-value", "constraints", r.id, at=f"{c.id}/{p.id}", attribute=value, weight=weight
                )
            if n > 0 and value in p.attributes and weight in c.attributes:
                yield _error(
                    "average-lacks-weight", "constraints", r.id, at=f"{c.id}/{p.id}", attribute=value, weight=weight
                )


def _in_group(r: AttributeRule | FloorRule, c: Candidate) -> bool:
    return any(belongs(r.of, c, p) for p in c.all_phases)


def _has(c: Candidate, attribute: str) -> bool:
    return attribute in c.attributes or any(attribute in p.attributes for p in c.all_phases)


def _additive(s: Scenario, attribute: str) -> bool:
    kind = s.attributes.get(attribute)
    return kind is None or kind.additive


def terms(s: Scenario) -> Iterator[Finding]:
    """Each term has the keys it needs and no others, and a sense that is bounded."""
    tiers = {t.id: t for t in s.fund.tiers}
    for i, term in enumerate(s.objective.terms):
        here = ("objective", "terms", i)
        needs, may = _TERM_KEYS[term.term]
        for key in ("attribute", "tier", "level", "alpha", "group_by", "per", "life_years", "service_lag_years"):
            given = getattr(term, key) is not None
            if key in needs and not given:
                yield _error("term-needs-key", *here, term=term.term, key=key)
            elif given and key not in needs and key not in may:
                yield _error("term-has-no-key", *here, key, term=term.term, key=key)
        if (term.term, term.sense) in _UNBOUNDED_SENSES:
            yield _error("sense-unbounded", *here, "sense", term=term.term, sense=term.sense)
        if s.objective.mode == "weighted" and term.tolerance > 0:
            yield _error("tolerance-needs-stages", *here, "tolerance")
        if term.attribute is not None and not _additive(s, term.attribute):
            yield _error("not-additive", *here, "attribute", attribute=term.attribute)
        if term.tier in tiers and not _tier_fits(term.term, tiers[term.tier]):
            yield _error("term-not-of-tier", *here, "tier", term=term.term, tier=term.tier)
        if term.group_by == "tag" and not any(c.tags for c in s.candidates):
            yield _error("no-group", *here, "group_by", group_by="tag")
        if term.group_by == "country" and not any(
            c.all_countries or p.country for c in s.candidates for p in c.all_phases
        ):
            yield _error("no-group", *here, "group_by", group_by="country")
        if term.per == "population" and term.group_by is not None:
            if term.group_by != "country":
                yield _error("population-needs-country", *here, "per")
            else:
                unknown = sorted(
                    {k for c in s.candidates for p in c.all_phases for k in [*c.all_countries, p.country or ""] if k}
                )
                for country in unknown:
                    if population(s, country) is None:
                        yield _error("population-unknown", *here, "per", country=country)


_TERM_KEYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "attribute": (frozenset({"attribute"}), frozenset()),
    "discounted_attribute": (frozenset({"attribute", "life_years"}), frozenset({"service_lag_years"})),
    "private_money": (frozenset(), frozenset({"tier"})),
    "public_money": (frozenset(), frozenset({"tier"})),
    "expected_return": (frozenset(), frozenset({"tier"})),
    "least_served": (frozenset({"group_by"}), frozenset({"attribute", "tier", "per"})),
    "expected_loss": (frozenset(), frozenset({"level"})),
    "cvar": (frozenset(), frozenset({"level", "alpha"})),
}
"""Keys a term needs, and further keys it may have."""

_UNBOUNDED_SENSES = {("least_served", "minimise"), ("cvar", "maximise"), ("expected_loss", "maximise")}


def _tier_fits(term: str, tier: Tier) -> bool:
    return {
        "private_money": not tier.public and tier.pays_cost,
        "public_money": tier.public,
        "expected_return": tier.in_pool,
    }.get(term, True)


def _phase(c: Candidate, p: Phase) -> tuple[str, ...]:
    return ("candidates", c.id) if c.phases is None else ("candidates", c.id, "phases", p.id)


CHECKS = (
    tiers_without_use,
    crossed_bounds,
    shares_beyond_one,
    years,
    instrument_keys,
    matching_itself,
    candidates,
    commitments,
    rules_without_bound,
    attribute_rules,
    terms,
)
