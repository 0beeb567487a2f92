"""A family of scenarios, read one after the other: what a change cannot touch is taken over from the one before.

The findings and the scenario are those of reading it alone: a part that stands as it stood is the part that was read,
and a check is run again unless nothing it reads has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from optimiser.findings import Finding
from optimiser.scenario.canonical import Canonical, canonical_part
from optimiser.scenario.check import CHECKS, Check, check_scenario, guarantees, plausible, references, revolving, risk
from optimiser.scenario.check import rules as rule_checks
from optimiser.scenario.scenario import Scenario
from optimiser.scenario.shape import shape_scenario

CHECKS_THAT_READ: dict[str, tuple[Check, ...]] = {
    "discount_rate": (),
    "solver": (),
    "fund/tiers/size": (
        rule_checks.crossed_bounds,
        rule_checks.instrument_keys,
        guarantees.guarantee_keys,
        guarantees.needed,
        plausible.unfinanceable,
        plausible.unfinanceable_together,
        plausible.ceilings,
        plausible.sizes_apart,
    ),
    "objective": (
        references.unknown_tiers,
        references.unknown_attributes,
        rule_checks.terms,
        risk.needs_risk,
        risk.levels,
        guarantees.needed,
        revolving.exposure_in_time,
        plausible.without_effect,
    ),
}
"""Parts of a scenario, and the checks that read them. Any other part may be read by every check."""

OTHER_VERSIONS = ("variants", "uncertain", "risk")
"""Parts with patches or pointers into all others: where one is stated, nothing is taken over."""


class ReadFamily:
    """The scenario read last: its document, its parts, what each check found, its canonical form."""

    def __init__(self) -> None:
        self._document: dict[str, Any] | None = None
        self._scenario: Scenario | None = None
        self._found: dict[Check, list[Finding]] = {}
        self._canonical: dict[str, tuple[Any, Any, bool]] = {}
        self._changed: set[str] | None = None

    def shape(self, document: dict[str, Any]) -> tuple[Scenario | None, bool, list[Finding]]:
        """As ``shape_scenario``; parts that stand as they stood are not read again."""
        near, scenario = self._document, self._scenario
        self._changed = None
        if near is not None and scenario is not None and not any(document.get(key) for key in OTHER_VERSIONS):
            self._changed = set(_changed(near, document))
        if self._changed is None or scenario is None or list(near or ()) != list(document):
            shaped = shape_scenario(document)
        else:
            whole = {name.partition("/")[0] for name in self._changed}
            try:
                parts = {key: value if key in whole else getattr(scenario, key) for key, value in document.items()}
                shaped = Scenario.model_validate(parts), True, []
            except ValidationError:
                shaped = shape_scenario(document)
        self._document, self._scenario = (document, shaped[0]) if shaped[1] else (None, None)
        return shaped

    def check(self, scenario: Scenario) -> list[Finding]:
        """As ``check_scenario``; a check is not run again where nothing it reads has changed."""
        changed = self._changed
        if changed is None or changed - CHECKS_THAT_READ.keys() or not self._found:
            anew = set(CHECKS)
        else:
            anew = {check for name in changed for check in CHECKS_THAT_READ[name]}
        self._found = {c: check_scenario(scenario, (c,)) if c in anew else self._found[c] for c in CHECKS}
        return [finding for found in self._found.values() for finding in found]

    def canonical(self, scenario: Scenario) -> Canonical:
        """As ``canonical_of``; parts that are the same objects are not written again."""
        written: dict[str, tuple[Any, Any, bool]] = {}
        for name in Scenario.model_fields:
            part, kept = getattr(scenario, name), self._canonical.get(name)
            same = kept is not None and _is_same_part(kept[0], part)
            written[name] = kept if same and kept is not None else (part, *canonical_part(scenario, name))
        self._canonical = written
        document = {key: value for _, parts, _ in written.values() for key, value in parts.items()}
        return Canonical(document, all(plain for *_, plain in written.values()))


def _is_same_part(one: Any, other: Any) -> bool:
    """Whether two parts are the same objects, or lists of them."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
    return one is other


def _changed(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """The parts in which two documents differ, as ``CHECKS_THAT_READ`` names them where it does."""
    for key in {**one, **other}:
        if key not in one or key not in other:
            yield key
        elif not _same(one[key], other[key]):
            yield "fund/tiers/size" if key == "fund" and _differ_in_sizes_alone(one[key], other[key]) else key


def _differ_in_sizes_alone(one: Any, other: Any) -> bool:
    def rest(fund: Any) -> Any:
        tiers = [{k: v for k, v in tier.items() if k != "size"} for tier in fund["tiers"]]
        return {**fund, "tiers": tiers}, ["size" in tier for tier in fund["tiers"]]

    try:
        return _same(list(rest(one)), list(rest(other)))
    except (TypeError, KeyError, AttributeError):
        return False


def _same(one: Any, other: Any) -> bool:
    """Whether two documents are the same to the letter: 1 is not true, nor 1.0."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
