"""Down a list: sites taken one after the other for as long as the programme can pay for them.

A candidate takes as many of its phases as can be paid, in their order, before the next candidate's turn; one that
needs others (L2) brings those along. A divisible phase that can no longer be paid in full is cut to what can be.
Where the list does not skip, it ends at the first phase that cannot be paid in full. A rule on who may be funded with
whom (a count, an exclusion, a total of an attribute) bars a candidate without ending the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from optimiser.plan import PhaseKey
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.rules import RequiresRule
from optimiser.scenario.scenario import Scenario
from optimiser.solve.selection import Selector
from optimiser.strategies.strategy import Found


@dataclass(slots=True)
class Descent:
    """One walk down a list.

    selection: what is taken so far, with the fraction of each phase. reasons: of the candidates seen.
    ended: whether the money ended on a list that does not skip.
    """

    selector: Selector
    skip: bool = True
    selection: dict[PhaseKey, float] = field(default_factory=dict)
    reasons: dict[str, Found] = field(default_factory=dict)
    ended: bool = False

    def begin(self) -> None:
        """Take what is decided beforehand: phases locked in or committed, with those before them."""
        for key in decided_beforehand(self.selector.scenario):
            self.selection[key] = 1.0

    def holds(self, candidate: str) -> bool:
        """Whether the candidate is taken."""
        return any(c == candidate for c, _ in self.selection)

    def offer(self, candidate: Candidate, taken: Callable[[], Found]) -> bool:
        """Take the candidate if it can be paid; whether it was taken.

        taken: the reason that is given for it then.
        """
        first = {(c.id, c.all_phases[0].id): 1.0 for c in self._with_needs(candidate)}
        tried = first | self.selection
        row = self.selector.barred_by(tried)
        if row is not None:
            self.reasons[candidate.id] = ("list-barred", {"label": row.label, "rule": row.rule})
            return False
        if self.selector.can_pay(tried):
            self.selection = tried
        elif not self._cut(candidate, tried):
            self.reasons[candidate.id] = ("list-no-money", {})
            self.ended = self.ended or not self.skip
            return False
        for name in dict.fromkeys(c for c, _ in first):
            self.reasons[name] = taken()
        self._later_phases(candidate)
        return True

    def _cut(self, candidate: Candidate, tried: dict[PhaseKey, float]) -> bool:
        """A divisible candidate cut to what can be paid of its first phase."""
        if not candidate.divisible:
            return False
        key = (candidate.id, candidate.all_phases[0].id)
        found = self.selector.greatest_fraction(tried, key)
        if found <= 0:
            return False
        self.selection = {**tried, key: found}
        self.ended = self.ended or not self.skip
        return True

    def _later_phases(self, candidate: Candidate) -> None:
        if self.selection.get((candidate.id, candidate.all_phases[0].id)) != 1.0:
            return
        for phase in candidate.all_phases[1:]:
            key = (candidate.id, phase.id)
            tried = {**self.selection, key: 1.0}
            if self.selector.barred_by(tried) is not None:
                return
            if not self.selector.can_pay(tried):
                found = self.selector.greatest_fraction(tried, key) if candidate.divisible else 0.0
                if found > 0:
                    self.selection[key] = found
                self.ended = self.ended or not self.skip
                return
            self.selection = tried

    def _with_needs(self, candidate: Candidate) -> list[Candidate]:
        """The candidate, then those it needs, those they need, and so on."""
        scenario = self.selector.scenario
        by_id = {c.id: c for c in scenario.candidates}
        found = [candidate.id]
        for name in found:
            for rule in scenario.constraints:
                if isinstance(rule, RequiresRule) and rule.candidate == name:
                    found += [need for need in rule.needs if need not in found]
        return [by_id[name] for name in found]


def decided_beforehand(scenario: Scenario) -> Iterator[PhaseKey]:
    """Phases locked in or committed, and those that must stand before them."""
    for c in scenario.candidates:
        last = -1
        for n, p in enumerate(c.all_phases):
            if p.locked == "in" or p.committed or (n == 0 and c.locked == "in"):
                last = n
        yield from ((c.id, p.id) for p in c.all_phases[: last + 1])
