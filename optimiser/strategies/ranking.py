"""``rank-and-cut`` and ``score-per-euro``: down a list of scores until the money ends.

How most calls for projects are decided. Both ignore what the next best combination of sites would bring: a dear
candidate high on the list may keep out two cheaper ones that together bring more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.groups import belongs
from optimiser.scenario.scenario import Quota, Scenario
from optimiser.solve.selection import Selector
from optimiser.strategies.descent import Descent
from optimiser.strategies.score import below_threshold, marks_of, needs_score
from optimiser.strategies.strategy import Case, Choice, Found, Parameter, Strategy, finance


def rank_and_cut(case: Case, values: Mapping[str, Any]) -> Choice:
    """By score, the highest first, ties by id; thresholds and the least total keep out; quotas reserve and bar.

    First each quota's ``at_least`` places go to the best of its group, then the list goes down for everyone.
    """
    marks = _points(case.scenario)
    return _down_the_list(case, values, marks, {c: (-points, c) for c, points in marks.items()})


def score_per_euro(case: Case, values: Mapping[str, Any]) -> Choice:
    """By score per euro of the least public money with which the candidate can be paid alone, the highest first.

    Counted over as many of its phases as can be paid alone; who needs no public money comes first, by score.
    """
    marks = _points(case.scenario)
    selector = Selector(case.scenario, case.clock)
    order: dict[str, tuple[Any, ...]] = {}
    for c in case.scenario.candidates:
        euros = least_public_alone(selector, c)
        if euros is None:
            order[c.id] = (2, 0.0, c.id)
        else:
            order[c.id] = (1, -marks[c.id] / euros, c.id) if euros > 0 else (0, -marks[c.id], c.id)
    return _down_the_list(case, values, marks, order, selector)


def least_public_alone(selector: Selector, candidate: Candidate) -> float | None:
    """The least public money the candidate needs, financed alone, for as many phases as can be [EUR million].

    None where not even its first phase (or a part of it, if divisible) can be paid.
    """
    selection = {(candidate.id, candidate.all_phases[0].id): 1.0}
    found = selector.least_public_money(selection)
    if found is None:
        key = (candidate.id, candidate.all_phases[0].id)
        part = selector.greatest_fraction(selection, key) if candidate.divisible else 0.0
        return selector.least_public_money({key: part}) if part > 0 else None
    for phase in candidate.all_phases[1:]:
        selection[candidate.id, phase.id] = 1.0
        more = selector.least_public_money(selection)
        if more is None:
            break
        found = more
    return found


def _points(scenario: Scenario) -> dict[str, float]:
    marks = marks_of(scenario)
    assert marks is not None, "checked: a ranking needs a score"
    return marks.points


def _down_the_list(
    case: Case,
    values: Mapping[str, Any],
    marks: Mapping[str, float],
    order: Mapping[str, tuple[Any, ...]],
    selector: Selector | None = None,
) -> Choice:
    scenario = case.scenario
    assert scenario.score is not None
    skip = scenario.score.skip if values["skip"] is None else values["skip"]
    selector = Selector(scenario, case.clock) if selector is None else selector
    descent = Descent(selector, skip)
    descent.begin()
    ranked = sorted(scenario.candidates, key=lambda c: order[c.id])
    place = {c.id: n + 1 for n, c in enumerate(ranked)}
    admitted = []
    for c in ranked:
        below = _kept_out(scenario, c, marks[c.id])
        if below is None:
            admitted.append(c)
        else:
            descent.reasons[c.id] = below
    quotas = scenario.score.quotas
    for quota in quotas:
        for c in admitted:
            if _taken(descent, scenario, quota) >= quota.at_least or descent.ended:
                break
            if belongs(quota.of, c) and not descent.holds(c.id):
                _offer(descent, scenario, quotas, c, place, marks)
    for c in admitted:
        if descent.ended:
            break
        if not descent.holds(c.id):
            _offer(descent, scenario, quotas, c, place, marks)
    optimum, findings = finance(selector, descent.selection)
    findings += tuple(_quotas_missed(descent, scenario, quotas))
    return Choice(optimum, _all_reasons(descent, scenario, place, marks), findings)


def _kept_out(scenario: Scenario, c: Candidate, points: float) -> Found | None:
    """Why a candidate is not on the list at all: a threshold, or the least total."""
    assert scenario.score is not None
    attribute = below_threshold(scenario, c)
    if attribute is not None:
        return "list-below-threshold", {"attribute": attribute, "least": scenario.score.thresholds[attribute]}
    least = scenario.score.total_at_least
    if least is not None and points < least:
        return "list-below-total", {"points": round(points, 6), "least": least}
    return None


def _offer(
    descent: Descent,
    scenario: Scenario,
    quotas: Sequence[Quota],
    c: Candidate,
    place: Mapping[str, int],
    marks: Mapping[str, float],
) -> None:
    for quota in quotas:
        if quota.at_most is not None and belongs(quota.of, c) and _taken(descent, scenario, quota) >= quota.at_most:
            descent.reasons[c.id] = ("list-quota", {"count": int(quota.at_most)})
            return
    descent.offer(c, lambda: ("list-taken", {"place": place[c.id], "points": round(marks[c.id], 6)}))


def _taken(descent: Descent, scenario: Scenario, quota: Quota) -> int:
    return sum(belongs(quota.of, c) and descent.holds(c.id) for c in scenario.candidates)


def _all_reasons(
    descent: Descent, scenario: Scenario, place: Mapping[str, int], marks: Mapping[str, float]
) -> dict[str, Found]:
    reasons = dict(descent.reasons)
    for c in scenario.candidates:
        if c.id not in reasons:
            beforehand: Found = ("list-beforehand", {})
            after: Found = ("list-after-cut", {"place": place[c.id], "points": round(marks[c.id], 6)})
            reasons[c.id] = beforehand if descent.holds(c.id) else after
    return reasons


def _quotas_missed(descent: Descent, scenario: Scenario, quotas: Sequence[Quota]) -> Iterator[Finding]:
    """Quotas are the score's own, no rules of the scenario: the certificate does not know them."""
    counted = Counter({n: _taken(descent, scenario, quota) for n, quota in enumerate(quotas)})
    for n, quota in enumerate(quotas):
        most = quota.at_most
        if counted[n] < quota.at_least or (most is not None and counted[n] > most):
            params = {"taken": counted[n], "at_least": quota.at_least, "at_most": "unlimited" if most is None else most}
            yield Finding("warning", "quota-missed", f"/score/quotas/{n}", params)


def _refused(scenario: Scenario, values: Mapping[str, Any]) -> Iterator[Finding]:
    return needs_score(scenario)


_SKIP = Parameter("skip", None, lambda value: isinstance(value, bool), Phrase("a-boolean"))

RANK_AND_CUT = Strategy("rank-and-cut", rank_and_cut, (_SKIP,), _refused)

SCORE_PER_EURO = Strategy("score-per-euro", score_per_euro, (_SKIP,), _refused)
