"""Levers: the figures of a scenario that people move. A lever is a pointer, so that an edited scenario is a link.

``/scenarios/investai-2025?/fund/tiers/investeu/size=3000`` is the scenario with that figure changed: the same pointers
as in ``--set``, in findings and in patches. ``off=/constraints/sites`` leaves a rule out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from optimiser.messages import decimal_mark
from optimiser.scenario.pointer import join, split
from optimiser.scenario.scenario import Scenario

OFF = "off"
"""Query key that names a rule to leave out."""

UNLIMITED = "unlimited"

FUND_SHARES = ("max_public_share", "least_private_share", "least_public_share")
"""Shares of the fund as a whole: their labels are keys of the catalogue, all others are the scenario's own names."""

_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+")
"""A thousand to one reader, one and some thousandths to another: not guessed."""

GROUPS = ("sizes", "shares", "limits-expected_loss", "limits-cvar", "rules", "weights")
"""Headings of levers, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One figure: where it stands, what it is called, its value and the one the scenario was written with.

    kind: "amount" [EUR million], "share" [0..1], "count" or "number". group: under which heading it stands.
    bound: which bound of a rule it is ("at_least" …), None where it is no rule's.
    """

    pointer: str
    group: str
    label: str
    kind: str
    value: float | str
    base: float | str
    bound: str | None = None

    @property
    def moved(self) -> bool:
        """Whether it is no longer where the scenario had it."""
        return self.value != self.base

    @property
    def of_fund(self) -> bool:
        """Whether its label is a key of the catalogue, and no name of the scenario."""
        return self.pointer in {join(("fund", key)) for key in FUND_SHARES}


@dataclass(frozen=True, slots=True)
class Switch:
    """A rule that can be left out."""

    pointer: str
    label: str
    on: bool


def levers_of(scenario: Scenario, edits: Mapping[str, Any]) -> list[Lever]:
    """The levers of the scenario as written, with the edits on them."""
    return [
        Lever(
            pointer, group, label, kind, _stated(edits.get(pointer, value)), _stated(value), _bound_of(pointer, group)
        )
        for pointer, group, label, kind, value in _levers(scenario)
    ]


def grouped(levers: Iterable[Lever]) -> list[tuple[str, list[Lever]]]:
    """The levers under their headings; headings without levers are left out."""
    listed = list(levers)
    groups = [(group, [lever for lever in listed if lever.group == group]) for group in GROUPS]
    return [(group, members) for group, members in groups if members]


def switches_of(scenario: Scenario, off: Sequence[str]) -> list[Switch]:
    """Every rule of the scenario as written, on or off."""
    rules = [(join(("constraints", r.id)), r.id) for r in scenario.constraints]
    rules += [(join(("fund", "matching", m.id)), m.id) for m in scenario.fund.matching]
    return [Switch(pointer, label, pointer not in off) for pointer, label in rules]


def _levers(s: Scenario) -> Iterator[tuple[str, str, str, str, float]]:
    """Pointer, group, label, kind and value of every lever, in the order of the page."""
    for t in s.fund.tiers:
        size = ("fund", "tiers", t.id, "size")
        stated = "size" in t.model_fields_set
        if stated and t.size.at_least == 0:
            yield join(size), "sizes", t.name or t.id, "amount", t.size.at_most
        if math.isfinite(t.max_share_of_cost) and t.max_share_of_cost < 1:
            yield join((*size[:3], "max_share_of_cost")), "shares", t.name or t.id, "share", t.max_share_of_cost
        for name, limit in ((n, getattr(t.limits, n, None)) for n in ("expected_loss", "cvar")):
            if limit is not None:
                place = join((*size[:3], "limits", name, "at_most"))
                yield place, f"limits-{name}", t.name or t.id, "share", limit.at_most
    for key in FUND_SHARES:
        if key in s.fund.model_fields_set:
            yield join(("fund", key)), "shares", key, "share", getattr(s.fund, key)
    for r in s.constraints:
        for key in ("at_least", "at_most", "at_least_share", "at_most_share"):
            bound = getattr(r, key, None)
            if bound is not None and key in r.model_fields_set and not isinstance(bound, bool):
                yield join(("constraints", r.id, key)), "rules", r.id, _kind_of(r.kind, key), bound
    if len(s.objective.terms) > 1 and s.objective.mode == "weighted":
        for n, term in enumerate(s.objective.terms):
            name = term.attribute or term.term
            yield join(("objective", "terms", n, "weight")), "weights", name, "number", term.weight


def _kind_of(kind: str, key: str) -> str:
    if key.endswith("share"):
        return "share"
    return {"count": "count", "exclusive": "count", "stay_close": "count", "money": "amount", "award": "amount"}.get(
        kind, "number"
    )


def _bound_of(pointer: str, group: str) -> str | None:
    return split(pointer)[-1].removesuffix("_share") if group == "rules" else None


def _stated(value: Any) -> float | str:
    return UNLIMITED if isinstance(value, float) and math.isinf(value) else value


def figure(value: Any, lang: str) -> str:
    """A value as it stands in a field, which ``value_of`` reads back: 1000, not 1000.0; 0,35 in French."""
    if isinstance(value, bool) or value is None:
        return orjson.dumps(value).decode()
    if isinstance(value, int | float):
        shown = f"{Decimal(repr(value)):f}"
        whole = shown.rstrip("0").rstrip(".") if "." in shown else shown
        return whole.replace(".", decimal_mark(lang))
    return str(value)


def edits_of(query: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], list[str]]:
    """Values by pointer and rules left out, as a query says."""
    edits: dict[str, Any] = {}
    off: list[str] = []
    for key, text in query:
        if key.startswith("/"):
            edits[key] = value_of(text)
        elif key == OFF and text.startswith("/"):
            off.append(text)
    return edits, off


def value_of(text: str) -> Any:
    """What a field says: a number (with a decimal comma too), true, false or null as in JSON; else the text itself."""
    plain = text.strip().replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    if _AMBIGUOUS.fullmatch(plain):
        return text.strip()
    for candidate in (plain, plain.replace(",", ".")):
        try:
            # orjson: no NaN, and what it reads it can write again for the worker.
            value = orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(value, dict | list | str):
            return value
    return text.strip()


def without(document: dict[str, Any], off: Iterable[str]) -> dict[str, Any]:
    """The document without these rules (members of its lists of rules); it is changed in place."""
    for pointer in off:
        *way, last = split(pointer)
        here: Any = document
        for part in way:
            here = here.get(part, {}) if isinstance(here, dict) else {}
        if isinstance(here, list):
            here[:] = [rule for rule in here if not (isinstance(rule, dict) and rule.get("id") == last)]
    return document
