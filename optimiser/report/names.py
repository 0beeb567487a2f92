"""Names in the place of ids: what tiers and sites are called, and tables that call them so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from optimiser.report.page import Block, Table
from optimiser.scenario.scenario import Scenario


def tier_names(scenario: Scenario) -> dict[str, str]:
    """What tiers are called."""
    return {t.id: t.name or t.id for t in scenario.fund.tiers}


def with_names(blocks: Iterable[Block], names: Mapping[str, str]) -> list[Block]:
    """The same blocks with tiers called by their names, where an id stands alone as a column's or a row's title."""
    return [_named(b, names) if isinstance(b, Table) else b for b in blocks]


def site_names(scenario: Scenario) -> dict[str, str]:
    """What candidates are called."""
    return {c.id: c.name or c.id for c in scenario.candidates}


def _named(table: Table, names: Mapping[str, str]) -> Table:
    columns = [replace(c, title=names.get(c.title, c.title)) for c in table.columns]
    rows = [[names.get(row[0], row[0]) if isinstance(row[0], str) else row[0], *row[1:]] for row in table.rows]
    return replace(table, columns=columns, rows=rows)
