"""Variants, decisions and uncertain numbers: what studies read, checked with the rest of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optimiser.errors import PointerError
from optimiser.findings import Finding
from optimiser.messages import Phrase
from optimiser.scenario.pointer import join, split, value_at
from optimiser.scenario.scenario import Scenario, Uncertain

PROBABILITY_SLACK = 1e-9
"""Nine decimals are more than anyone writes."""

INPUTS = frozenset({"fund", "candidates", "constraints", "objective", "risk", "countries", "discount_rate", "score"})
"""Parts of a scenario whose numbers change an answer."""


def set_aside(s: Scenario) -> Iterator[Finding]:
    """What one allocation does not act on, and which command does."""
    for key, command in (("variants", "--two-stage"), ("decisions", "--two-stage"), ("uncertain", "--draws")):
        if getattr(s, key):
            yield Finding("note", "set-aside", f"/{key}", {"key": key, "option": command})


def variants(s: Scenario) -> Iterator[Finding]:
    """Probabilities: all or none, and together 1."""
    known = [v.probability for v in s.variants if v.probability is not None]
    if known and len(known) < len(s.variants):
        for v in s.variants:
            if v.probability is None:
                yield Finding("error", "variant-without-probability", join(("variants", v.id)), {"variant": v.id})
    elif known and abs(sum(known) - 1.0) > PROBABILITY_SLACK:
        yield Finding("error", "probabilities-sum", "/variants", {"total": sum(known)})


def decisions(s: Scenario) -> Iterator[Finding]:
    """Decisions of now name a phase of a candidate, each once."""
    known = [f"{c.id}/{p.id}" for c in s.candidates for p in c.all_phases]
    now = s.decisions.now if s.decisions is not None else []
    for n, name in enumerate(now):
        if name not in known:
            yield Finding("error", "unknown-decision", f"/decisions/now/{n}", {"id": name, "known": known[:12]})
        elif name in now[:n]:
            yield Finding("error", "named-twice", f"/decisions/now/{n}")


def uncertain(s: Scenario) -> Iterator[Finding]:
    """Each pointer leads to a number that changes an answer, with a range around it."""
    if not s.uncertain:
        return
    document = s.model_dump(mode="json", by_alias=True)
    seen: set[str] = set()
    for n, u in enumerate(s.uncertain):
        place = f"/uncertain/{n}"
        if u.pointer in seen:
            yield Finding("error", "uncertain-twice", f"{place}/pointer", {"pointer": u.pointer})
        seen.add(u.pointer)
        yield from _range(u, place)
        yield from _value(u, place, document)


def _range(u: Uncertain, place: str) -> Iterator[Finding]:
    for key in ("low", "high"):
        if getattr(u, key) is None:
            yield Finding("error", "uncertain-without-range", place, {"key": key})
    if u.low is not None and u.high is not None and u.low > u.high:
        yield Finding("error", "bounds-crossed", place, {"at_least": u.low, "at_most": u.high})


def _value(u: Uncertain, place: str, document: Any) -> Iterator[Finding]:
    try:
        parts = split(u.pointer)
        value = stated_number(value_at(document, u.pointer))
    except PointerError as error:
        yield Finding("error", "pointer-leads-nowhere", f"{place}/pointer", {"reason": error.where})
        return
    if not parts or parts[0] not in INPUTS or parts[-1] == "seed":
        yield Finding("error", "uncertain-not-an-input", f"{place}/pointer", {"known": sorted(INPUTS)})
    elif not isinstance(value, int | float) or isinstance(value, bool):
        shown = Phrase("nothing") if value is None else str(value)[:40]
        yield Finding("error", "uncertain-not-a-number", f"{place}/pointer", {"found": shown})
    elif u.low is not None and u.high is not None and u.low <= u.high and not u.low <= value <= u.high:
        severity: Any = "error" if u.distribution == "triangular" else "warning"
        params = {"value": value, "low": u.low, "high": u.high}
        yield Finding(severity, "uncertain-outside", place, params)


def stated_number(value: Any) -> Any:
    """The number that stands at a place; of a size without a least amount, its greatest."""
    if isinstance(value, dict) and value.keys() <= {"at_least", "at_most"} and not value.get("at_least"):
        return value.get("at_most")
    return value


CHECKS = (set_aside, variants, decisions, uncertain)
