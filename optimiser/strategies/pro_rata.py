"""``pro-rata``: everybody who asks receives the same share of what they ask.

The same share θ of every phase of every candidate, as large as the money allows:

    max θ   where y[c,p] = θ for everyone who asks, under every rule on money

Who asks: every candidate that is not locked out and of which some part can be paid alone. Rules on who may be funded
(a count, an exclusion, a total of an attribute) are not asked: sharing alike is the opposite of choosing. For divisible
candidates the plan can be carried out. A site that is built whole or not at all cannot be built with a share of its
cost: then the certificate names Y1 as broken, for every such site, and the other rules that do not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from optimiser.findings import Finding
from optimiser.plan import PhaseKey
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.rules import AttributeRule, CountRule, ExclusiveRule, FloorRule, RequiresRule
from optimiser.scenario.scenario import Scenario
from optimiser.solve.selection import Selector
from optimiser.strategies.strategy import Case, Choice, Found, Strategy, finance

WHO = (CountRule, ExclusiveRule, RequiresRule, AttributeRule, FloorRule)
"""Rules on who may be funded, which a share for everyone does not ask."""


def choose(case: Case, values: Mapping[str, Any]) -> Choice:
    """The greatest common share, then paid as the scenario's objective (then least public money) would."""
    shared = _divisible(case.scenario)
    selector = Selector(shared, case.clock)
    asking = [key for c in shared.candidates for key in _asked_by(c, selector)]
    share = selector.common_fraction(asking)
    optimum, findings = finance(selector, dict.fromkeys(asking, share))
    names = list(dict.fromkeys(c for c, _ in asking))
    reasons: dict[str, Found] = {c.id: ("share-none", {}) for c in shared.candidates}
    reasons |= {c: ("share-of-ask", {"percent": round(100 * share, 4)}) for c in names}
    said = Finding("note", "pro-rata-share", "", {"percent": round(100 * share, 4), "count": len(names)})
    return Choice(replace(optimum, scenario=case.scenario), reasons, (said, *findings), {"share": share})


def _asked_by(candidate: Candidate, selector: Selector) -> list[PhaseKey]:
    """The candidate's phases up to the first that is locked out, if some part of them can be paid alone."""
    keys: list[PhaseKey] = []
    for p in candidate.all_phases:
        if candidate.locked == "out" or p.locked == "out":
            break
        keys.append((candidate.id, p.id))
    return keys if keys and selector.common_fraction(keys, alone=True) > 0 else []


def _divisible(scenario: Scenario) -> Scenario:
    """The scenario where any fraction of any site may be funded, and what is decided about whom is dropped."""
    candidates = [_freed(c) for c in scenario.candidates]
    kept = [r for r in scenario.constraints if not isinstance(r, WHO)]
    return scenario.model_copy(update={"candidates": candidates, "constraints": kept})


def _freed(c: Candidate) -> Candidate:
    phases = c.phases and [p.model_copy(update={"locked": _only_out(p.locked), "committed": {}}) for p in c.phases]
    free = {"divisible": True, "least_fraction": None, "locked": _only_out(c.locked), "phases": phases}
    freed = c.model_copy(update=free)
    # What the candidate's phases are is worked out once and kept; the copy must work it out anew.
    freed.__dict__.pop("all_phases", None)
    return freed


def _only_out(locked: str | None) -> str | None:
    return "out" if locked == "out" else None


STRATEGY = Strategy("pro-rata", choose)
