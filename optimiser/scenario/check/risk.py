"""The risk model, and the rules and terms that need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from optimiser.findings import Finding
from optimiser.scenario.fund import Tier
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Risk, Scenario

GREATEST_TABLE = 50_000_000
"""Draws times candidates; 400 MB of losses."""


def _error(code: str, *place: str | int, **params: object) -> Finding:
    return Finding("error", code, join(place), params)


def needs_risk(s: Scenario) -> Iterator[Finding]:
    """Limits, hurdles and terms on losses need a risk model to draw them."""
    if s.risk is not None:
        return
    if s.fund.loss_sharing is not None:
        yield _error("needs-risk", "fund", "loss_sharing", what="loss_sharing")
    for t in s.fund.tiers:
        for key in ("hurdle", "limits"):
            if getattr(t, key) is not None:
                yield _error("needs-risk", "fund", "tiers", t.id, key, what=key)
    for i, term in enumerate(s.objective.terms):
        if term.term in ("cvar", "expected_loss"):
            yield _error("needs-risk", "objective", "terms", i, what=term.term)


def risk_model(s: Scenario) -> Iterator[Finding]:
    """The keys of the model that is named, and their agreement with the candidates."""
    if s.risk is None:
        return
    if s.risk.model == "table":
        yield from _table(s, s.risk)
        return
    for key in ("losses", "probabilities"):
        if getattr(s.risk, key) is not None:
            yield _error("key-not-for-model", "risk", key, key=key, model=s.risk.model)
    if s.candidates and (s.risk.draws or 0) * len(s.candidates) > GREATEST_TABLE:
        yield _error("too-many-draws", "risk", "draws", draws=s.risk.draws, most=GREATEST_TABLE // len(s.candidates))
    own = 0.24 if s.risk.correlation in (None, "basel") else float(s.risk.correlation or 0.0)
    of_country = s.risk.country_correlation or 0.0
    if own + of_country > 1:
        yield _error("correlation-beyond-one", "risk", "country_correlation", own=own, country=of_country)


def _table(s: Scenario, risk: Risk) -> Iterator[Finding]:
    for key in ("correlation", "country_correlation", "horizon_years", "draws", "seed"):
        if getattr(risk, key) is not None:
            yield _error("key-not-for-model", "risk", key, key=key, model="table")
    if not risk.losses:
        yield _error("table-missing", "risk", "losses")
        return
    known = {c.id for c in s.candidates}
    lengths = {len(draws) for draws in risk.losses.values()}
    for c, draws in risk.losses.items():
        if c not in known:
            yield _error("unknown-candidate", "risk", "losses", id=c, known=sorted(known)[:12])
        if draws and max(draws) > 1:
            yield _error("loss-beyond-one", "risk", "losses", c, value=max(draws))
        if draws and min(draws) < 0 and s.fund.loss_sharing != "pari_passu":
            yield _error("gain-in-waterfall", "risk", "losses", c, value=min(draws))
    if len(lengths) > 1 or 0 in lengths:
        yield _error("table-ragged", "risk", "losses", lengths=sorted(lengths))
    elif risk.probabilities is not None:
        if len(risk.probabilities) not in lengths:
            yield _error("table-ragged", "risk", "probabilities", lengths=[*lengths, len(risk.probabilities)])
        elif abs(sum(risk.probabilities) - 1) > 1e-9:
            yield _error("probabilities-sum", "risk", "probabilities", total=sum(risk.probabilities))
    for candidate in s.candidates:
        if candidate.failure_probability is not None:
            yield _error("probability-beside-table", "candidates", candidate.id, "failure_probability")


def levels(s: Scenario) -> Iterator[Finding]:
    """Tiers of one seniority form one level, with one limit and hurdles for all or none of them."""
    by_rank: dict[int, list[Tier]] = defaultdict(list)
    for t in s.fund.tiers:
        if t.in_pool:
            by_rank[t.seniority or 0].append(t)
            if t.seniority is None and s.risk is not None and s.fund.loss_sharing != "pari_passu":
                yield _error("seniority-missing", "fund", "tiers", t.id, tier=t.id)
    if s.risk is not None and not by_rank:
        yield Finding("note", "pool-empty", "/risk")
    if s.fund.loss_sharing != "pari_passu":
        for tiers in by_rank.values():
            stated = {(t.limits.model_dump_json() if t.limits else "", t.hurdle is None) for t in tiers}
            if len(stated) > 1:
                yield _error("levels-disagree", "fund", "tiers", tiers[1].id, tiers=[t.id for t in tiers])
    for i, term in enumerate(s.objective.terms):
        named = term.level if term.term in ("cvar", "expected_loss") and s.risk is not None else None
        if named is not None and (s.fund.loss_sharing == "pari_passu" or named not in by_rank):
            yield _error("unknown-level", "objective", "terms", i, "level", level=named, known=sorted(by_rank))


CHECKS = (needs_risk, risk_model, levels)
