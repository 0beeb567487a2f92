"""Q, N, L, T, Y: which phases and candidates may be funded together, when they start, and to which fraction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

from quicktions import Fraction

from optimiser.certificate.arithmetic import Number, magnitude, millionths
from optimiser.certificate.ledger import Ledger, PhaseEntry
from optimiser.certificate.worst import COUNT, FRACTION, YEARS, Worst, fraction_allowance
from optimiser.plan import exact
from optimiser.result.result import RuleCheck
from optimiser.scenario.candidate import StartWindow
from optimiser.scenario.rules import CountRule, ExclusiveRule, RequiresRule

FIFTEENTH_DIGIT = Fraction(1, 10**15)


def phases_in_order(ledger: Ledger) -> Iterator[RuleCheck]:
    """Q1  y[c,p+1] ≤ y[c,p] for every phase but the last.  [fraction]

    Allowance: none, or 10^-9 of the larger where one is a fraction.
    """
    worst = Worst("Q1", "fund", FRACTION, 1)
    for entries in ledger.by_candidate.values():
        for earlier, later in pairwise(entries):
            _see_order(worst, later.y, earlier.y, later.key)
    if worst.checked:
        yield worst.check()


def _see_order(worst: Worst, less: Number, more: Number, place: tuple[str, ...]) -> None:
    if isinstance(less, int) and isinstance(more, int) and less <= more:
        worst.hold()
        return
    fractional = less.denominator != 1 or more.denominator != 1
    worst.see(less - more, fraction_allowance(fractional, max(less, more)), place)


def number_funded(ledger: Ledger) -> Iterator[RuleCheck]:
    """N1  at_least ≤ Σ n[c] ≤ at_most over the candidates of the group, by rule.  [count]

    n is y of the named phase (candidates without it do not count) or of the first; v, not the fraction, where the
    candidate has a least fraction. Allowance: none, or 10^-9 of the sum where a fraction is in it.
    """
    for rule in ledger.scenario.constraints:
        if not isinstance(rule, CountRule):
            continue
        worst = Worst("N1", rule.id, COUNT, 1, rule.soft is not None)
        members = ledger.members(rule.of)
        counted = [e for e in members if (e.index == 0 if rule.phase is None else e.phase.id == rule.phase)]
        total, fractional = _number(counted)
        if rule.at_least > 0:
            worst.see(rule.at_least - total, fraction_allowance(fractional, max(total, rule.at_least)))
        if rule.at_most != math.inf:
            most = int(rule.at_most)  # the format lets only whole numbers through
            worst.see(total - most, fraction_allowance(fractional, max(total, most)))
        if worst.checked:
            yield worst.check()


def _number(entries: Iterable[PhaseEntry]) -> tuple[Number, bool]:
    """Σ n, and whether a fraction is in it."""
    numbers = [entry.n for entry in entries]
    fractions = [n for n in numbers if n.denominator != 1]
    return sum(n.numerator for n in numbers if n.denominator == 1) + sum(fractions), bool(fractions)


def exclusive_candidates(ledger: Ledger) -> Iterator[RuleCheck]:
    """L1  Σ n[c] ≤ at_most over the named candidates, n as in N1, by rule.  [count]

    Allowance: as N1.
    """
    for rule in ledger.scenario.constraints:
        if isinstance(rule, ExclusiveRule):
            worst = Worst("L1", rule.id, COUNT, 1, rule.soft is not None)
            total, fractional = _number(ledger.by_candidate[name][0] for name in dict.fromkeys(rule.candidates))
            most = int(rule.at_most)  # the format lets only whole numbers through
            worst.see(total - most, fraction_allowance(fractional, max(total, most)))
            yield worst.check()


def required_candidates(ledger: Ledger) -> Iterator[RuleCheck]:
    """L2  n[a] ≤ n[b] for every candidate b that a needs, n as in N1, by rule.  [count]

    Allowance: none, or 10^-9 of the larger where one is a fraction.
    """
    for rule in ledger.scenario.constraints:
        if isinstance(rule, RequiresRule):
            worst = Worst("L2", rule.id, COUNT, 1, rule.soft is not None)
            needing = ledger.by_candidate[rule.candidate][0].n
            for name in dict.fromkeys(rule.needs):
                _see_order(worst, needing, ledger.by_candidate[name][0].n, (name,))
            yield worst.check()


def locks_and_commitments(ledger: Ledger) -> Iterator[RuleCheck]:
    """L3  y[c,p] = 1 locked in or with committed money, y[c,p] = 0 locked out [fraction]; x[c,p,k,t] ≥ committed amount
    [EUR million]: two checks, as the units differ.

    A candidate locked in has its first phase in; locked out, none. Allowance: none; of a committed amount that is not
    whole euros the part below one euro is not asked for.
    """
    fractions = Worst("L3", "fund", FRACTION, 1)
    amounts = Worst("L3", "fund")
    for entry in ledger.phases:
        by_candidate = entry.candidate.locked
        first_locked_in = by_candidate == "in" and entry.index == 0
        if first_locked_in or entry.phase.locked == "in" or entry.phase.committed:
            fractions.see(magnitude(1 - entry.y), 0, entry.key)
        if entry.phase.locked == "out" or by_candidate == "out":
            fractions.see(magnitude(entry.y), 0, entry.key)
        for tier, years in entry.phase.committed.items():
            for year, amount in years.items():
                committed = millionths(amount)
                paid = ledger.money.get((tier, *entry.key, year), 0)
                amounts.see(committed - paid, committed % 1, (*entry.key, year))
    for worst in (fractions, amounts):
        if worst.checked:
            yield worst.check()


def start_years(ledger: Ledger) -> Iterator[RuleCheck]:
    """T1  earliest ≤ start[c,p] ≤ latest; start[c,p+1] ≥ start[c,p] + after_years, for phases that are funded.  [years]

    A phase with fixed years starts in its first year with a cost (without any, in the first of the horizon). A phase
    whose start is to be decided has one where it is funded; a start of a phase that has none is one year off.
    Allowance: none.
    """
    worst = Worst("T1", "fund", YEARS, 1)
    for entries in ledger.by_candidate.values():
        for entry in entries:
            if entry.phase.start is not None:
                worst.see(_off_window(entry, entry.phase.start), 0, entry.key)
        for earlier, later in pairwise(entries):
            asked = later.phase.after_years
            if asked is None:
                continue
            starts, started = _starting_year(ledger, later), _starting_year(ledger, earlier)
            if starts is not None and started is not None:
                worst.see(started + asked - starts, 0, later.key)
    for key in ledger.unknown_starts:
        worst.see(1, 0, key)
    if worst.checked:
        yield worst.check()


def _off_window(entry: PhaseEntry, window: StartWindow) -> int:
    """Years by which the start lies outside its window; 1 where a funded phase has none, 0 where nothing is funded."""
    if not entry.y:
        return 0
    return 1 if entry.start is None else max(window.earliest - entry.start, entry.start - window.latest)


def _starting_year(ledger: Ledger, entry: PhaseEntry) -> int | None:
    """The year in which a phase starts; None where nothing is funded, or the plan does not say."""
    if not entry.y or entry.phase.start is not None:
        return entry.start if entry.y else None
    return min(entry.cost, default=ledger.scenario.years[0] if ledger.scenario.years else 0)


def phase_fraction(ledger: Ledger) -> Iterator[RuleCheck]:
    """Y1  y[c,p] ∈ {0,1}; 0 ≤ y[c,p] ≤ 1 where divisible; y[c,1] = 0 or ≥ least_fraction where stated.  [fraction]

    A fraction of a phase that is not in the scenario breaks it too. Allowance: none; one in the 15th digit, to which
    fractions are reported, below a least fraction.
    """
    worst = Worst("Y1", "fund", FRACTION, 1)
    for entry in ledger.phases:
        y = entry.y
        if not entry.candidate.divisible:
            worst.see(min(magnitude(y), magnitude(1 - y)), 0, entry.key)
            continue
        if isinstance(y, int) and 0 <= y <= 1:
            worst.hold()
        else:
            worst.see(max(-y, y - 1), 0, entry.key)
        least = entry.divisible_from
        if least is not None:
            worst.see(exact(least) - y if y > 0 else 0, FIFTEENTH_DIGIT, entry.key)
    for key, y in ledger.unknown_fractions.items():
        worst.see(magnitude(y), 0, key)
    yield worst.check()
