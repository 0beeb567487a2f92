"""Every id that is named exists, and exists once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from optimiser.findings import Finding
from optimiser.scenario.fund import Group
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
from optimiser.scenario.scenario import Scenario, Stress

UNKNOWN_CODES = (
    "unknown-tier",
    "unknown-candidate",
    "unknown-tag",
    "unknown-phase",
    "unknown-phase-of",
    "unknown-attribute",
    "unknown-source",
    "unknown-country",
)


def no_candidates(s: Scenario) -> Iterator[Finding]:
    """There is somebody to fund."""
    if not s.candidates:
        yield Finding("error", "no-candidates", "/candidates")


def duplicate_ids(s: Scenario) -> Iterator[Finding]:
    """Ids are unique in their list."""
    lists: list[tuple[str, Iterable[str]]] = [
        ("/sources", (x.id for x in s.sources)),
        ("/fund/tiers", (x.id for x in s.fund.tiers)),
        ("/fund/matching", (x.id for x in s.fund.matching)),
        ("/candidates", (x.id for x in s.candidates)),
        ("/constraints", (x.id for x in s.constraints)),
        ("/variants", (x.id for x in s.variants)),
        ("/risk/stresses", (x.id for x in _stresses(s))),
    ]
    lists += [(join(("candidates", c.id, "phases")), (p.id for p in c.phases or ())) for c in s.candidates]
    for place, ids in lists:
        for name, times in Counter(ids).items():
            if times > 1:
                yield Finding("error", "duplicate-id", place, {"id": name, "times": times})


def unknown_tiers(s: Scenario) -> Iterator[Finding]:
    """Tiers named by rules, terms, candidates and commitments exist."""
    known = {t.id for t in s.fund.tiers}
    named: list[tuple[str, Iterable[str]]] = [("/fund/tier_order", s.fund.tier_order or ())]
    for m in s.fund.matching:
        named += [(join(("fund", "matching", m.id, "tiers")), m.tiers), (join(("fund", "matching", m.id, "of")), m.of)]
    for t in s.fund.tiers:
        named.append((join(("fund", "tiers", t.id, "covers")), t.covers or ()))
    for c in s.candidates:
        named.append((join(("candidates", c.id, "return_if_success")), c.return_if_success))
        named += [(join(("candidates", c.id, "phases", p.id, "committed")), p.committed) for p in c.phases or ()]
    for r in s.constraints:
        if isinstance(r, MoneyRule | AwardRule):
            named.append((join(("constraints", r.id, "tiers")), r.tiers or ()))
        if isinstance(r, StayCloseRule):
            named.append((join(("constraints", r.id, "plan_money")), [cell.tier for cell in r.plan_money or ()]))
    for i, term in enumerate(s.objective.terms):
        named.append((join(("objective", "terms", i, "tier")), (term.tier,) if term.tier is not None else ()))
    named += [(join(("risk", "stresses", x.id, "tiers")), x.tiers or ()) for x in _stresses(s)]
    yield from _unknown("unknown-tier", known, named)


def unknown_candidates(s: Scenario) -> Iterator[Finding]:
    """Candidates named by rules and groups exist."""
    known = {c.id for c in s.candidates}
    named: list[tuple[str, Iterable[str]]] = [
        (place + "/candidates", group.candidates or ()) for place, group in _groups(s)
    ]
    for r in s.constraints:
        here = ("constraints", r.id)
        if isinstance(r, ExclusiveRule):
            named.append((join((*here, "candidates")), r.candidates))
        elif isinstance(r, RequiresRule):
            named += [(join((*here, "candidate")), (r.candidate,)), (join((*here, "needs")), r.needs)]
        elif isinstance(r, StayCloseRule):
            named.append((join((*here, "plan")), r.plan or ()))
            named.append((join((*here, "plan_money")), [cell.candidate for cell in r.plan_money or ()]))
    yield from _unknown("unknown-candidate", known, named)


def unknown_tags(s: Scenario) -> Iterator[Finding]:
    """Tags named by groups are borne by a candidate: else the rule would vanish without a word."""
    known = {tag for c in s.candidates for tag in c.tags}
    yield from _unknown("unknown-tag", known, [(place + "/tags", group.tags or ()) for place, group in _groups(s)])


def unknown_phases(s: Scenario) -> Iterator[Finding]:
    """Phases named by rules belong to a candidate."""
    known = {p.id for c in s.candidates for p in c.all_phases}
    named: list[tuple[str, Iterable[str]]] = []
    for r in s.constraints:
        if isinstance(r, CountRule | FloorRule) and r.phase is not None:
            named.append((join(("constraints", r.id, "phase")), (r.phase,)))
        elif isinstance(r, AwardRule):
            named.append((join(("constraints", r.id, "phases")), r.phases or ()))
    yield from _unknown("unknown-phase", known, named)


def unknown_phases_of_plans(s: Scenario) -> Iterator[Finding]:
    """Phases of a published plan belong to the candidate under which they stand."""
    phases = {c.id: [p.id for p in c.all_phases] for c in s.candidates}
    for r in s.constraints:
        if not isinstance(r, StayCloseRule):
            continue
        named = [("plan", c, p) for c, planned in (r.plan or {}).items() for p in planned]
        named += [("plan_money", cell.candidate, cell.phase) for cell in r.plan_money or ()]
        for key, c, p in dict.fromkeys(named):
            if c in phases and p not in phases[c]:
                place = join(("constraints", r.id, key))
                yield Finding("error", "unknown-phase-of", place, {"id": p, "candidate": c, "known": phases[c][:12]})


def unknown_attributes(s: Scenario) -> Iterator[Finding]:
    """Attributes named by rules, terms and the score are had by a candidate."""
    known = {a for c in s.candidates for a in c.attributes} | {
        a for c in s.candidates for p in c.all_phases for a in p.attributes
    }
    named: list[tuple[str, Iterable[str]]] = []
    for r in s.constraints:
        if isinstance(r, AttributeRule | FloorRule):
            named.append((join(("constraints", r.id, "attribute")), (r.attribute,)))
        if isinstance(r, AttributeRule) and r.average_by is not None:
            named.append((join(("constraints", r.id, "average_by")), (r.average_by,)))
    for i, term in enumerate(s.objective.terms):
        if term.attribute is not None:
            named.append((join(("objective", "terms", i, "attribute")), (term.attribute,)))
    if s.score is not None:
        named += [("/score/weights", s.score.weights or ()), ("/score/thresholds", s.score.thresholds)]
        if s.score.elicitation is not None:
            asked, here = s.score.elicitation, "/score/elicitation"
            named += [(f"{here}/points", asked.points or ()), (f"{here}/ranges", asked.ranges)]
            for i, judged in enumerate(asked.judgements or ()):
                named.append((f"{here}/judgements/{i}", (judged.attribute, judged.over)))
    yield from _unknown("unknown-attribute", known, named)


def unknown_sources(s: Scenario) -> Iterator[Finding]:
    """Sources cited are listed."""
    known = {x.id for x in s.sources}
    named: list[tuple[str, Iterable[str]]] = []
    if s.fund.reference_rate is not None:
        named.append(("/fund/reference_rate/sources", s.fund.reference_rate.sources))
    for t in s.fund.tiers:
        named.append((join(("fund", "tiers", t.id, "sources")), t.sources))
    for c in s.candidates:
        named.append((join(("candidates", c.id, "sources")), c.sources))
        named += [(join(("candidates", c.id, "phases", p.id, "sources")), p.sources) for p in c.phases or ()]
    named += [(join(("constraints", r.id, "sources")), r.sources) for r in s.constraints]
    named += [(join(("risk", "stresses", x.id, "sources")), x.sources) for x in _stresses(s)]
    yield from _unknown("unknown-source", known, named)


def unknown_countries(s: Scenario) -> Iterator[Finding]:
    """The country that fails in a stress has a candidate."""
    known = {
        k for c in s.candidates for p in c.all_phases for k in (*c.all_countries, *([p.country] if p.country else []))
    }
    named = [(join(("risk", "stresses", x.id, "country")), (x.country,) if x.country else ()) for x in _stresses(s)]
    yield from _unknown("unknown-country", known, named)


def _stresses(s: Scenario) -> list[Stress]:
    return s.risk.stresses if s.risk is not None else []


def _groups(s: Scenario) -> Iterator[tuple[str, Group]]:
    for t in s.fund.tiers:
        if t.eligible is not None:
            yield join(("fund", "tiers", t.id, "eligible")), t.eligible
    for r in s.constraints:
        group = getattr(r, "of", None)
        if group is not None:
            yield join(("constraints", r.id, "of")), group
    for i, quota in enumerate(s.score.quotas if s.score else ()):
        if quota.of is not None:
            yield join(("score", "quotas", i, "of")), quota.of


def _unknown(code: str, known: set[str], named: Iterable[tuple[str, Iterable[str]]]) -> Iterator[Finding]:
    for place, names in named:
        for name in dict.fromkeys(names):
            if name not in known:
                yield Finding("error", code, place, {"id": name, "known": sorted(known)[:12]})


CHECKS = (
    no_candidates,
    duplicate_ids,
    unknown_tiers,
    unknown_candidates,
    unknown_tags,
    unknown_phases,
    unknown_phases_of_plans,
    unknown_attributes,
    unknown_sources,
    unknown_countries,
)
