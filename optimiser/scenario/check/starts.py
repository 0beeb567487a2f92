"""Phases whose start is decided: both halves of it given, inside the horizon, in an order that can be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from optimiser.findings import Finding, Severity
from optimiser.scenario.candidate import Candidate, Phase
from optimiser.scenario.pointer import join
from optimiser.scenario.scenario import Scenario


def cost_forms(s: Scenario) -> Iterator[Finding]:
    """A phase has fixed years, or costs since a start together with the window of that start."""
    for c, p in _phases(s):
        if p.cost_since_start is not None and p.cost:
            yield _finding("error", "cost-twice", c, p)
        if p.cost_since_start is not None and p.start is None:
            yield _finding("error", "start-missing", c, p, "cost_since_start")
        if p.cost_since_start is None and p.start is not None:
            yield _finding("error", "start-without-cost", c, p, "start")


def windows(s: Scenario) -> Iterator[Finding]:
    """A window has its years in order; no start in it leads to costs outside the horizon."""
    sound = 0 < len(s.years) <= 200  # else the horizon has a finding of its own
    for c, p in _phases(s):
        if p.start is None:
            continue
        if p.start.earliest > p.start.latest:
            yield _finding("error", "years-reversed", c, p, "start", first=p.start.earliest, last=p.start.latest)
        elif sound and p.cost_since_start is not None:
            earliest, latest, reached = p.named_years()
            for key, start, year in (("earliest", earliest, earliest), ("latest", latest, reached)):
                if year not in s.years:
                    horizon = {"first": s.years[0], "last": s.years[-1]}
                    yield _finding(
                        "error", "window-leaves-horizon", c, p, "start", key, start=start, year=year, **horizon
                    )


def years_after(s: Scenario) -> Iterator[Finding]:
    """``after_years`` counts from a phase before, and some pair of starts is that far apart."""
    first_year = s.years[0] if s.years else 0
    for c in s.candidates:
        first, *_ = c.all_phases
        if first.after_years is not None:
            yield _finding("error", "after-nothing", c, first, "after_years")
        for earlier, later in pairwise(c.all_phases):
            starts, froms = later.start_years(first_year), earlier.start_years(first_year)
            if later.after_years is None or not starts or not froms:
                continue
            if starts[-1] < froms[0] + later.after_years:
                yield _finding(
                    *("warning", "never-late-enough", c, later, "after_years"),
                    start=starts[-1],
                    count=later.after_years,
                    earlier=earlier.id,
                    earlier_start=froms[0],
                )


def commitments_in_windows(s: Scenario) -> Iterator[Finding]:
    """Some start has, in every year in which money is committed, a cost as large as that."""
    guarantees = {t.id for t in s.fund.tiers if t.is_guarantee}
    for c, p in _phases(s):
        if p.possible_starts is None or not p.committed:
            continue
        committed: dict[int, float] = {}
        stands: set[int] = set()  # a guarantee pays no cost: it only needs years that have one
        for k, amounts in p.committed.items():
            for year, amount in amounts.items():
                if k in guarantees:
                    stands |= {year} if amount > 0 else set()
                else:
                    committed[year] = committed.get(year, 0.0) + amount
        if not any(
            stands <= cost.keys()
            and all(amount <= cost.get(year, 0.0) * (1 + 1e-12) for year, amount in committed.items())
            for cost in p.schedules().values()
        ):
            yield _finding("error", "committed-without-start", c, p, "committed", years=sorted({*committed, *stands}))


def _phases(s: Scenario) -> Iterator[tuple[Candidate, Phase]]:
    """Every phase as the user wrote it: the one made from a candidate's own cost has fixed years."""
    return ((c, p) for c in s.candidates for p in c.phases or ())


def _finding(severity: Severity, code: str, c: Candidate, p: Phase, *place: str, **params: object) -> Finding:
    return Finding(severity, code, join(("candidates", c.id, "phases", p.id, *place)), params)


CHECKS = (cost_forms, windows, years_after, commitments_in_windows)
