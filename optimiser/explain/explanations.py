"""Why this plan: for each candidate, and for a country."""

from __future__ import annotations

import time
from collections.abc import Sequence

from optimiser.allocation import Source, loaded_from, options_of, provenance
from optimiser.errors import QuestionError
from optimiser.explain.alternatives import alternatives
from optimiser.explain.answer import Alternative, CandidateCase, CountryCase, EntryPrice, Explanation, Reserve, Swap
from optimiser.explain.country import country_case, loss_key
from optimiser.explain.entry import entry_prices
from optimiser.explain.inquiry import Inquiry
from optimiser.explain.repairs import repaired
from optimiser.findings import Finding
from optimiser.result.reasons import reasons_of
from optimiser.result.result import ScenarioId
from optimiser.result.soft import soft_bounds
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.groups import countries_of
from optimiser.scenario.load import Loaded
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions

WITHIN = 0.01
"""The loss within which other plans are looked for, unless told otherwise [share]."""


def explain_candidate(
    source: Source,
    candidate: str | None = None,
    options: SolveOptions | None = None,
    lang: str = "en",
    within: float = WITHIN,
    count: int = 0,
) -> Explanation:
    """Why a candidate is funded or not, what would have to change, what its loss would cost; all where none is named.

    options: their time limit is the whole question's. count: how many other plans to look for that lose no more than
    the share ``within``.
    Errors: ScenarioError with all findings where the scenario has errors, QuestionError where it has no such candidate;
    SolverError where the solver refuses.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    scenario = loaded.expect()
    known = [c.id for c in scenario.candidates]
    if candidate is not None and candidate not in known:
        raise QuestionError(
            [Finding("error", "unknown-candidate", "/candidate", {"id": candidate[:80], "known": known[:12]})]
        )
    inquiry = Inquiry(scenario, Clock(options or options_of(scenario), started))
    asked = [c for c in scenario.candidates if candidate in (None, c.id)]
    others, ended = alternatives(inquiry, count, within) if count and inquiry.base.possible else ([], True)
    cases = _cases(inquiry, asked, lang, prices=True) if inquiry.base.possible else []
    not_computed = [] if ended else ["alternatives"]
    return _explanation(loaded, inquiry, cases, None, others, within if count else None, not_computed, lang)


def explain_country(source: Source, country: str, options: SolveOptions | None = None, lang: str = "en") -> Explanation:
    """Why a country has what it has, what one site there would cost the others, and a letter that says so.

    country: its code, as in HU. options: their time limit is the whole question's.
    Errors: as ``explain_candidate``; QuestionError where the code is none.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    scenario = loaded.expect()
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise QuestionError([Finding("error", "bad-pattern", "/country", {"found": country[:80]})])
    inquiry = Inquiry(scenario, Clock(options or options_of(scenario), started))
    if not inquiry.base.possible:
        return _explanation(loaded, inquiry, [], None, [], None, [], lang)
    own = [c for c in scenario.candidates if country in _countries(c)]
    # Who would be next to drop out is asked only where there is no site to be forced in.
    asked = own or [c for c in scenario.candidates if c.id in inquiry.funded]
    cases = _cases(inquiry, asked, lang, prices=False)
    case = country_case(inquiry, country, own, cases, lang)
    return _explanation(loaded, inquiry, cases if own else [], case, [], None, [], lang)


def _countries(c: Candidate) -> list[str]:
    return list(dict.fromkeys(code for p in c.all_phases for code in countries_of(c, p)))


def _cases(inquiry: Inquiry, asked: Sequence[Candidate], lang: str, prices: bool) -> list[CandidateCase]:
    """First every candidate against its place in the plan, then the prices of entry, which take longest."""
    swaps = {c.id: _swapped(inquiry, c, lang) for c in asked}
    outside = [c for c in asked if c.id not in inquiry.funded and not _is_as_good(swaps[c.id])]
    entry = entry_prices(inquiry, outside) if prices else {}
    return [_case(inquiry, c, swaps[c.id], entry.get(c.id, []), lang) for c in asked]


def _is_as_good(swap: Swap) -> bool:
    """Whether the plan with the candidate loses nothing: it needs no price."""
    return bool(swap.terms) and not any(t.lost > 0 for t in swap.terms)


def _swapped(inquiry: Inquiry, c: Candidate, lang: str) -> Swap:
    if c.id in inquiry.funded:
        return inquiry.swap(inquiry.best(outside=[c.id]), (), lang)
    return inquiry.swap(inquiry.best(inside=[c.id]), [c.id], lang)


def _case(inquiry: Inquiry, c: Candidate, swap: Swap, entry: list[EntryPrice], lang: str) -> CandidateCase:
    plan = inquiry.optimum.plan
    assert plan is not None
    funded = c.id in inquiry.funded
    reason = reasons_of(inquiry.scenario, plan, soft_bounds(inquiry.scenario, plan), lang=lang)[c.id]
    not_computed = [] if swap.possible is not None else ["replacement" if funded else "forced"]
    if any(e.found is None for e in entry):
        not_computed.append("entry")
    return CandidateCase(
        id=c.id,
        name=c.name,
        country=c.country or "",
        funded=float(plan.fraction.get((c.id, c.all_phases[0].id), 0)),
        reason=reason,
        forced=None if funded else swap,
        entry=entry,
        replacement=swap if funded else None,
        not_computed=not_computed,
    )


def _reserve(inquiry: Inquiry, cases: Sequence[CandidateCase]) -> list[Reserve]:
    """Unfunded candidates by what funding them costs, the first stage of the objective first: who is next."""
    possible = [(c.id, c.forced) for c in cases if c.forced is not None and c.forced.possible]
    ranked = sorted(possible, key=lambda item: loss_key(inquiry.scenario, item[1]))
    return [Reserve(name, swap.terms, swap.drops_out) for name, swap in ranked]


def _explanation(
    loaded: Loaded,
    inquiry: Inquiry,
    cases: list[CandidateCase],
    country: CountryCase | None,
    others: list[Alternative],
    within: float | None,
    not_computed: list[str],
    lang: str,
) -> Explanation:
    scenario = inquiry.scenario
    infeasible = inquiry.base.possible is False
    missing = [what for case in cases for what in case.not_computed]
    findings = [f.as_dict(lang) for f in loaded.findings]
    return Explanation(
        schema_version="1",
        scenario=ScenarioId(scenario.name, scenario_sha256(scenario)),
        termination=inquiry.optimum.outcome.termination,
        funded=list(inquiry.funded),
        candidates=cases,
        country=country,
        reserve=_reserve(inquiry, cases),
        alternatives=others,
        within=within,
        repair=repaired(scenario, inquiry.clock, [], lang) if infeasible else None,
        not_computed=list(dict.fromkeys([*not_computed, *missing])),
        findings=findings,
        provenance=provenance(
            inquiry.clock.options.solver, inquiry.clock.started, time.perf_counter() - inquiry.clock.started
        ),
    )
