"""A family of scenarios, stated one after the other: what a change cannot touch is taken over from the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimiser.model import closeness, envelopes, groups, revolving, shares, structure
from optimiser.model.build import RULES, Model, Rule, build_model, model_with
from optimiser.model.columns import Columns, add_columns
from optimiser.model.data import Data, data_of
from optimiser.model.programme import Block, PlainPort, Programme, Row
from optimiser.scenario.scenario import Scenario

READERS: dict[str, tuple[Rule, ...]] = {
    "discount_rate": (),
    "objective": (),
    "solver": (),
    "fund/tiers/size": (envelopes.tier_envelope, revolving.repayments, shares.tickets, shares.concentration),
    "fund/tiers/max_share_of_cost": (shares.tier_share, shares.tickets),
    "fund/max_public_share": (shares.public_share,),
    "constraints": (
        shares.awards,
        structure.counts,
        groups.group_money,
        groups.attribute_bounds,
        groups.attribute_floors,
        structure.exclusions,
        structure.requirements,
        closeness.stay_close,
    ),
}
"""Parts of a scenario, and the rules that read them; the objective is stated each time. Any other part may be read by
every rule and by the columns."""


@dataclass(frozen=True, slots=True)
class _Added:
    """Columns: their bounds, and whether they are whole."""

    lower: list[float]
    upper: list[float]
    integer: list[bool]

    def add_to(self, programme: Programme) -> None:
        """Add them as they stood."""
        programme.lower += self.lower
        programme.upper += self.upper
        programme.integer += self.integer


@dataclass(frozen=True, slots=True)
class _Segment:
    """What one rule stated: its rows, and the columns it added."""

    labels: list[Row]
    rows: Block
    columns: _Added


OUTSIDE_DATA = frozenset(READERS) - {"fund/max_public_share"}
"""Parts the data do not lay out by phase."""


class StatedFamily:
    """The scenario stated last, rule by rule. restated: how many rules were stated anew, in all."""

    def __init__(self) -> None:
        self.restated = 0
        self._parts: dict[str, Any] = {}
        self._columns: Columns | None = None
        self._data: Data | None = None
        self._added = _Added([], [], [])
        self._segments: dict[Rule, _Segment] = {}

    def model_of(self, scenario: Scenario, document: Mapping[str, Any]) -> Model:
        """The model of a checked scenario, as ``build_model`` states it.

        document: the scenario as its canonical JSON has it, by which changes are known.
        """
        if scenario.risk is not None:
            self._columns = None
            return build_model(scenario)
        parts = _parts(document)
        changed = {name for name in parts | self._parts if parts.get(name) != self._parts.get(name)}
        if changed - READERS.keys():
            self._columns = None
        anew = {rule for name in changed if name in READERS for rule in READERS[name]}
        if changed - OUTSIDE_DATA:
            self._data = None
        self._parts = parts
        model = self._taken_over(scenario, anew) if self._columns is not None else None
        return model or self._stated(scenario)

    def _taken_over(self, scenario: Scenario, anew: set[Rule]) -> Model | None:
        """Some rules stated anew, the rest as they stood; None where columns would have other numbers."""
        assert self._columns is not None
        port = PlainPort()
        programme, data = Programme(port), self._data_of(scenario)
        self._added.add_to(programme)
        for rule in RULES:
            segment = self._segments[rule]
            if rule not in anew:
                segment.columns.add_to(programme)
                programme.rows += segment.labels
                port.take_over(segment.rows)
                continue
            self._segments[rule] = self._of_rule(rule, programme, port, data, self._columns)
            if len(self._segments[rule].columns.lower) != len(segment.columns.lower):
                self._columns = None
                return None
        return model_with(programme, data, self._columns)

    def _stated(self, scenario: Scenario) -> Model:
        """Every rule; what soft rules count beside their rows is not taken over."""
        port = PlainPort()
        programme, data = Programme(port), self._data_of(scenario)
        self._columns = add_columns(programme, data)
        self._added = _columns_from(programme, 0)
        columns = self._columns
        self._segments = {rule: self._of_rule(rule, programme, port, data, columns) for rule in RULES}
        if programme.slacks:
            self._columns = None
        return model_with(programme, data, columns)

    def _data_of(self, scenario: Scenario) -> Data:
        """As ``data_of``; the phases are laid out again only where one may be another."""
        if self._data is None:
            self._data = data_of(scenario)
        else:
            self._data = replace(self._data, scenario=scenario, tiers={t.id: t for t in scenario.fund.tiers})
        return self._data

    def _of_rule(self, rule: Rule, programme: Programme, port: PlainPort, data: Data, columns: Columns) -> _Segment:
        self.restated += 1
        rows, width = len(programme.rows), programme.width
        rule(programme, data, columns)
        return _Segment(programme.rows[rows:], port.close_block(), _columns_from(programme, width))


def _columns_from(programme: Programme, first: int) -> _Added:
    return _Added(programme.lower[first:], programme.upper[first:], programme.integer[first:])


def _parts(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document, taken apart into what ``READERS`` names and the rest."""
    fund = dict(document["fund"])
    parts: dict[str, Any] = {}
    tiers = [dict(tier) for tier in fund.pop("tiers")]
    for name in ("size", "max_share_of_cost"):
        parts[f"fund/tiers/{name}"] = [tier.pop(name, None) for tier in tiers]
    parts["fund/max_public_share"] = fund.pop("max_public_share", None)
    for name in ("discount_rate", "objective", "solver", "constraints"):
        parts[name] = document.get(name)
    rest = {name: value for name, value in document.items() if name not in parts and name != "fund"}
    return parts | {"rest": rest, "fund": fund, "tiers": tiers}
