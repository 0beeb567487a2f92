"""Which rules clash: an irreducible set, found by leaving rules out one at a time (Chinneck and Dravnieks 1991)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.explain.answer import Clash, RuleInClash
from optimiser.explain.written import Written, written_rows
from optimiser.messages import digits, rule_named, text, unit_words
from optimiser.model.build import Model
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import Arrays
from optimiser.solve.clock import Clock
from optimiser.solve.relaxation import Feasibility

RulePlace = tuple[str, ...]
"""The pointers of a rule: what it is known by."""

FEW = 4
"""Rules of one kind about several candidates (pledges, say) are named one by one up to this many, else together."""


@dataclass(frozen=True, slots=True)
class ClashingRule:
    """One rule of a clash; or many of one kind, each about one candidate, that are named together.

    enough: whether dropping it alone gives the whole scenario a plan; None where the time did not suffice.
    """

    members: tuple[Written, ...]
    enough: bool | None = None

    @property
    def places(self) -> list[RulePlace]:
        """What its members are known by."""
        return [w.pointers for w in self.members]


@dataclass(frozen=True, slots=True)
class Clashing:
    """feasible: whether there is a plan, None where the time did not suffice to tell. rules: if not, those that clash.
    irreducible: whether the set is proven to be so.
    """

    feasible: bool | None
    rules: list[ClashingRule] = field(default_factory=list)
    irreducible: bool = False


def clashing_rules(model: Model, arrays: Arrays, clock: Clock) -> Clashing:
    """An irreducible set of rules of a model without a plan.

    Each rule is left out; where there is still no plan it stays out, and else it belongs to the set. What remains at
    the end has a plan as soon as any rule of it is left out, since every kept one was tested against a larger set.
    Rules of one kind about single candidates are left out together first, then one by one where a few of them suffice.
    """
    deletion = _Deletion(model, arrays, clock)
    whole = deletion.holds(())
    if whole is not False:
        return Clashing(whole)
    kinds = deletion.kinds()
    kept = deletion.left([rules for _, rules in sorted(kinds.items())])
    rules: list[ClashingRule] = []
    for group in kept or []:
        before = set(deletion.dropped)
        few = deletion.left([[w] for w in group], FEW) if len(group) > 1 else [group]
        if few is None:
            deletion.dropped = before
            few = [group]
        rules += [ClashingRule(tuple(some)) for some in few]
    return Clashing(False, [replace(r, enough=deletion.enough(r)) for r in rules], deletion.proven)


class _Deletion:
    """Rules left out of one model, as long as there is still no plan."""

    def __init__(self, model: Model, arrays: Arrays, clock: Clock):
        self.dropped: set[int] = set()
        self.proven = True
        self._clock = clock
        self._feasibility = Feasibility(model, arrays, clock.options.threads)
        self._written: dict[RulePlace, Written] = {}
        self._rows: dict[RulePlace, set[int]] = defaultdict(set)
        for row, written in enumerate(written_rows(model)):
            if written is not None:
                self._written.setdefault(written.pointers, written)
                self._rows[written.pointers].add(row)

    def kinds(self) -> dict[tuple[int, str, str, str], list[Written]]:
        """The rules, those of one kind about single candidates together, in the order in which they are left out."""
        found: dict[tuple[int, str, str, str], list[Written]] = defaultdict(list)
        for place, w in self._written.items():
            of_candidates = place[0].startswith("/candidates/") and w.label != "L3"
            found[_interest(w), w.label, w.bound, "" if of_candidates else "\0".join(place)].append(w)
        return found

    def holds(self, without: Collection[int]) -> bool | None:
        """Whether there is a plan without these rows; None where the time does not suffice."""
        return None if self._clock.over else self._feasibility.holds(without, self._clock.next().time_limit_s)

    def left(self, groups: list[list[Written]], most: int | None = None) -> list[list[Written]] | None:
        """The groups without which there is a plan; the others stay dropped. None as soon as there are more than
        ``most``."""
        kept: list[list[Written]] = []
        while groups:
            # Many at once first: most rules have no part in a clash.
            chunk = max(len(groups) // 2, 1)
            while True:
                tried = self.dropped.union(*(self._rows_of(group) for group in groups[:chunk]))
                holds = self.holds(tried)
                if holds is False:
                    self.dropped, groups = tried, groups[chunk:]
                    break
                if chunk == 1:
                    self.proven = self.proven and holds is True
                    kept.append(groups.pop(0))
                    break
                chunk = max(chunk // 2, 1)
            if most is not None and len(kept) > most:
                return None
        return kept

    def enough(self, rule: ClashingRule) -> bool | None:
        """Whether dropping the rule alone gives the whole model a plan."""
        return self.holds(self._rows_of(rule.members))

    def _rows_of(self, group: Iterable[Written]) -> set[int]:
        return set().union(*(self._rows[w.pointers] for w in group))


def clash_of(scenario: Scenario, found: Clashing, lang: str) -> Clash:
    """The set as the answer shows it."""
    rules = []
    for rule in found.rules:
        words = in_words(scenario, rule.members[0], lang)
        if len(rule.members) > 1:
            pointers = [pointer for place in rule.places for pointer in place]
            many = text(f"rule.{words.label}.{words.bound}.many", {"count": len(rule.members)}, lang)
            words = replace(words, rule="candidates", pointers=pointers, value=None, text=many)
        rules.append(replace(words, enough=rule.enough))
    return Clash(rules, found.irreducible)


def in_words(scenario: Scenario, w: Written, lang: str) -> RuleInClash:
    """A rule in the user's words."""
    described = {r.id: r.description for r in scenario.constraints}
    code = f"rule.{w.label}.{w.bound}"
    if w.label == "L3" and w.bound == "lock":
        code = "rule.L3.committed" if w.pointers[0].endswith("committed") else f"rule.L3.{_locked(scenario, w)}"
    elif w.unit == "share" and w.label in ("G1", "S7"):
        code += "_share"
    params: dict[str, Any] = {
        "rule": rule_named(w.label, w.rule),
        "value": shown(w.value, w.unit, lang),
        "pointer": w.pointers[0],
    }
    if w.label == "N1" and w.value is not None:
        params["count"] = int(w.value)
    return RuleInClash(
        w.label,
        w.rule,
        list(w.pointers),
        w.bound,
        w.value,
        w.unit,
        text(code, params, lang),
        described.get(w.rule, "") if w.pointers[0].startswith("/constraints/") else "",
    )


def shown(value: float | None, unit: str, lang: str) -> str:
    """A number with its unit, as a sentence has it: amounts and totals with separators, shares as percentages."""
    if value is None:
        return ""
    if unit in ("share", "rate"):
        return digits(f"{round(100 * value, 7):,.10g} %", lang)
    number = f"{value:,.6f}".rstrip("0").rstrip(".") if abs(value) >= 1e-6 or value == 0 else f"{value:.6g}"
    number = digits(number, lang)
    return number if unit in ("count", "ratio", "1") else f"{number} {unit_words(unit, lang)}"


def _locked(scenario: Scenario, w: Written) -> str:
    c = next(c for c in scenario.candidates if c.id == w.rule)
    phase = next((p.locked for p in c.all_phases if f"/phases/{p.id}/locked" in w.pointers[0] and p.locked), None)
    return str(phase or c.locked)


def _interest(written: Written) -> int:
    """The order in which rules are left out: those of one candidate first, those a user added last, so that the set
    speaks of these where it can speak of either."""
    place = written.pointers[0]
    for n, start in enumerate(("/candidates/", "/fund/tiers/", "/fund/", "/constraints/")):
        if place.startswith(start) and written.label != "L3":
            return n
    return 2
