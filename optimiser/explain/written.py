"""Which number of the user's each row of the model comes from, and where it is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from optimiser.model.build import Model
from optimiser.model.data import PhaseData
from optimiser.model.programme import Row
from optimiser.model.shares import most_exposure
from optimiser.scenario.fund import Tier
from optimiser.scenario.pointer import join
from optimiser.scenario.rules import AwardRule, CountRule, ExclusiveRule, Rule
from optimiser.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Written:
    """What a user wrote that a row comes from. Rows with the same pointers are one rule.

    pointers: where it stands; several where tiers of one level must say the same.
    bound: "at_least" and "at_most" are numbers that can be moved; "lock" and "rule" can only be taken away.
    value: the number as written; None for a lock or a rule without one.
    unit: "EUR million", "share", "ratio", "count", "rate" or the unit of an attribute.
    """

    label: str
    rule: str
    pointers: tuple[str, ...]
    bound: str
    value: float | None
    unit: str

    @property
    def is_number(self) -> bool:
        """Whether a little more or less of it can be asked for."""
        return self.value is not None

    @property
    def is_whole(self) -> bool:
        """Whether it counts things."""
        return self.unit == "count"


@dataclass(frozen=True, slots=True)
class _Page:
    """What the rows are looked up in."""

    scenario: Scenario
    model: Model
    phases: dict[str, PhaseData]
    rules: dict[str, Rule]

    def tier(self, name: str) -> Tier:
        return self.model.data.tiers[name]


def written_rows(model: Model) -> list[Written | None]:
    """For each row what the user wrote; None for what no user decides (sources equal uses, phases in order …)."""
    scenario = model.data.scenario
    phases = {p.at: p for p in model.data.phases}
    page = _Page(scenario, model, phases, {r.id: r for r in scenario.constraints})
    return [_PLACES[row.label](page, row) if row.label in _PLACES else None for row in model.programme.rows]


def _share_of_phase(key: str, unit: str = "share") -> Callable[[_Page, Row], Written]:
    """A share of cost a candidate may state in place of the fund's."""

    def place(page: _Page, row: Row) -> Written:
        p = page.phases[row.at]
        own = getattr(p.candidate, key)
        pointer = ("fund", key) if own is None else ("candidates", p.candidate.id, key)
        value = getattr(page.scenario.fund, key) if own is None else own
        rule = "fund" if own is None else p.candidate.id
        return Written(row.label, rule, (join(pointer),), row.bound, value, unit)

    return place


def _consortium(page: _Page, row: Row) -> Written:
    if row.bound == "at_least":
        return _share_of_phase("least_private_share")(page, row)
    pledge = next(c.private_pledge for c in page.scenario.candidates if c.id == row.at)
    pointer = join(("candidates", row.at, "private_pledge"))
    return Written("F2", row.at, (pointer,), "at_most", pledge, "EUR million")


def _envelope(page: _Page, row: Row) -> Written:
    size = page.tier(row.rule).size
    place: tuple[str, ...] = ("fund", "tiers", row.rule, "size")
    if size.at_least > 0:
        place = (*place, row.bound)
    value = size.at_least if row.bound == "at_least" else size.at_most
    return Written("B1", row.rule, (join(place),), row.bound, value, "EUR million")


def _ceiling(page: _Page, row: Row) -> Written:
    tier = page.tier(row.rule)
    spans = [f"{span.from_}-{span.to}" for span in tier.ceilings]
    if row.at in spans:
        n = spans.index(row.at)
        place = join(("fund", "tiers", tier.id, "ceilings", n, "at_most"))
        return Written("B2", row.rule, (place,), "at_most", tier.ceilings[n].at_most, "EUR million")
    place = join(("fund", "tiers", tier.id, "annual_ceiling", row.at))
    value = (tier.annual_ceiling or {}).get(int(row.at), 0.0)
    return Written("B2", row.rule, (place,), "at_most", value, "EUR million")


def _revolving(page: _Page, row: Row) -> Written:
    """Size and ceilings of a revolving tier, year by year: the number is the same as without repayments."""
    at, _, year = row.at.rpartition("/")
    if at == "size":
        stated = _envelope(page, row)
    else:
        stated = _ceiling(page, row._replace(at=year if at == "year" else at))
    return replace(stated, label="B3")


def _cover(page: _Page, row: Row) -> Written | None:
    """The share a guarantee may cover; that it stands where a phase is funded is no number of the user's."""
    if row.at not in page.model.data.phases_of:
        return None
    return _tier_key("cover_share", "share")(page, row)


def _closeness(page: _Page, row: Row) -> Written | None:
    """How much may change against a published plan; what counts the changes is no number of the user's."""
    if row.at not in ("", "money"):
        return None
    key, unit = ("at_most_money", "EUR million") if row.at == "money" else ("at_most_changes", "count")
    value = float(getattr(page.rules[row.rule], key))
    return Written("T2", row.rule, (join(("constraints", row.rule, key)),), "at_most", value, unit)


def _tier_key(key: str, unit: str) -> Callable[[_Page, Row], Written]:
    def place(page: _Page, row: Row) -> Written:
        value = getattr(page.tier(row.rule), key)
        return Written(row.label, row.rule, (join(("fund", "tiers", row.rule, key)),), row.bound, value, unit)

    return place


def _matching(page: _Page, row: Row) -> Written:
    rule = next(m for m in page.scenario.fund.matching if m.id == row.rule)
    return Written(
        "S3", rule.id, (join(("fund", "matching", rule.id, "at_least")),), "at_least", rule.at_least, "ratio"
    )


def _ticket(page: _Page, row: Row) -> Written | None:
    tier = page.tier(row.rule)
    if row.bound == "at_least":
        return _tier_key("min_ticket", "EUR million")(page, row)
    if most_exposure(page.model.data, tier, row.at) < tier.max_ticket and tier.min_ticket > 0:
        return None  # the big M is then another rule's bound, stated there
    return _tier_key("max_ticket", "EUR million")(page, row)


def _concentration(page: _Page, row: Row) -> Written | None:
    rule = page.tier(row.rule).concentration
    if rule is None or row.at == "total":
        return None
    pointer = join(("fund", "tiers", row.rule, "concentration", "at_most"))
    return Written("S5", row.rule, (pointer,), "at_most", rule.at_most, "share")


def _award(page: _Page, row: Row) -> Written:
    rule = page.rules[row.rule]
    assert isinstance(rule, AwardRule)
    cost = page.phases[row.at].total_cost if row.at in page.phases else 0.0
    if row.bound == "at_least":
        by_share = rule.at_least_share * cost > rule.at_least
    else:
        by_share = rule.per == "candidate" and rule.at_most_share < 1 and rule.at_most_share * cost < rule.at_most
    return _constraint(page, row, "_share" if by_share else "")


def _group_money(page: _Page, row: Row) -> Written:
    return _constraint(page, row, "_share" if row.at == "share" else "")


def _constraint(page: _Page, row: Row, suffix: str = "") -> Written:
    rule = page.rules[row.rule]
    key = row.bound + suffix
    if isinstance(rule, CountRule | ExclusiveRule):
        unit = "count"
    elif row.label == "A1":
        kind = page.scenario.attributes.get(getattr(rule, "attribute", ""))
        unit = kind.unit if kind is not None else "1"
    else:
        unit = "share" if suffix else "EUR million"
    value = float(getattr(rule, key))
    return Written(row.label, row.rule, (join(("constraints", row.rule, key)),), row.bound, value, unit)


def _floor(page: _Page, row: Row) -> Written:
    return Written("A2", row.rule, (join(("constraints", row.rule)),), "rule", None, "1")


def _rule_itself(page: _Page, row: Row) -> Written:
    return Written(row.label, row.rule, (join(("constraints", row.rule)),), "rule", None, "1")


def _lock(page: _Page, row: Row) -> Written:
    p = page.phases.get(row.at)
    if p is None:
        candidate, phase, tier, year = next(
            (q.key[0], q.key[1], k, t)
            for q in page.model.data.phases
            for k, amounts in q.phase.committed.items()
            for t in amounts
            if row.at == f"{q.at}/{k}/{t}"
        )
        amount = page.model.data.phases_of[candidate]
        value = next(q.phase.committed[tier][year] for q in amount if q.key[1] == phase)
        pointer = join(("candidates", candidate, "phases", phase, "committed", tier, year))
        return Written("L3", candidate, (pointer,), "at_least", value, "EUR million")
    c = p.candidate
    if p.phase.locked is not None:
        place: tuple[str, ...] = ("candidates", c.id, "phases", p.phase.id, "locked")
    elif c.locked == "out" or (p.first and c.locked == "in"):
        place = ("candidates", c.id, "locked")
    else:
        place = ("candidates", c.id, "phases", p.phase.id, "committed")
    return Written("L3", c.id, (join(place),), "lock", None, "1")


def _order_in_time(page: _Page, row: Row) -> Written | None:
    p = page.phases.get(row.at.rpartition("/")[0])
    if p is None:
        return None  # one start of a phase: what a start is, not a rule of the user's
    pointer = join(("candidates", p.candidate.id, "phases", p.phase.id, "after_years"))
    return Written("T1", p.candidate.id, (pointer,), "rule", None, "1")


def _level(key: tuple[str, ...], unit: str) -> Callable[[_Page, Row], Written | None]:
    """A number that every tier of a level states; the level is named as in the model."""

    def place(page: _Page, row: Row) -> Written | None:
        stated = []
        for t in page.scenario.fund.tiers:
            if t.in_pool and row.rule in (t.id, f"level {t.seniority or 0}"):
                value: object = t
                for part in key:
                    value = getattr(value, part, None)
                if value is not None:
                    stated.append((join(("fund", "tiers", t.id, *key)), float(str(value))))
        if not stated:
            return None
        return Written(row.label, row.rule, tuple(p for p, _ in stated), row.bound, stated[0][1], unit)

    return place


_PLACES: dict[str, Callable[[_Page, Row], Written | None]] = {
    "F2": _consortium,
    "F3": _share_of_phase("least_public_share"),
    "B1": _envelope,
    "B2": _ceiling,
    "B3": _revolving,
    "GU": _cover,
    "T2": _closeness,
    "S1": _tier_key("max_share_of_cost", "share"),
    "S2": _share_of_phase("max_public_share"),
    "S3": _matching,
    "S4": _ticket,
    "S5": _concentration,
    "S7": _award,
    "N1": _constraint,
    "G1": _group_money,
    "A1": _constraint,
    "A2": _floor,
    "L1": _constraint,
    "L2": _rule_itself,
    "L3": _lock,
    "T1": _order_in_time,
    "R1": _level(("hurdle",), "rate"),
    "R2": _level(("limits", "expected_loss", "at_most"), "share"),
    "R3": _level(("limits", "cvar", "at_most"), "share"),
}


def loosened(written: Written, amount: float) -> float:
    """The number after it gave way by ``amount`` ≥ 0: more of what is a ceiling, less of what is a floor."""
    assert written.value is not None
    value = written.value + amount if written.bound == "at_most" else written.value - amount
    if written.unit == "share":
        value = min(max(value, 0.0), 1.0)
    elif written.label not in ("A1", "R1"):
        value = max(value, 0.0)
    return value


def scale_of(written: Written) -> float:
    """What a change is measured by: the number itself, 1 where it is 0."""
    return abs(written.value) if written.value and not math.isinf(written.value) else 1.0


def most_loosening(written: Written) -> float:
    """How far a number can give way at all: a share to 0 or 1, a floor to 0."""
    value = written.value or 0.0
    if written.unit == "share":
        return 1.0 - value if written.bound == "at_most" else value
    if written.bound == "at_least" and written.label not in ("A1", "R1"):
        return value
    return math.inf
