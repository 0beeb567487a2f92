"""Tables of a result as pandas DataFrames. Amounts in EUR million, shares 0..1."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd

from optimiser.result.result import Result

TABLES = (
    "money",
    "candidates",
    "private_money",
    "soft",
    "unspent",
    "binding",
    "certificate",
    "risk",
    "stresses",
    "stress_rules",
    "grant_equivalents",
)


def frame_of(result: Result, table: str) -> pd.DataFrame:
    """One table: a row a candidate, cell, tier, rule or check.

    Errors: KeyError for a table the result does not have.
    """
    if table == "candidates":
        rows, names = _candidates(result), ["id", "name", "country", "funded", "private_money", "reason"]
    elif table in _ROWS:
        rows, names = _ROWS[table](result), _COLUMNS[table]
    elif table in TABLES:
        source: list[Any] = getattr(result, table) if table != "certificate" else _checks(result)
        rows, names = [asdict(r) for r in source], _COLUMNS[table]
    else:
        raise KeyError(f"no table {table!r}; there are: {', '.join(TABLES)}")
    frame = pd.DataFrame(rows, columns=None if rows else names)
    return frame.rename(columns={"from_": "from"})


def _candidates(result: Result) -> list[dict[str, Any]]:
    tiers = list(dict.fromkeys(k for c in result.candidates for k in c.money))
    decided = any(c.starts for c in result.candidates)
    return [
        {"id": c.id, "name": c.name, "country": c.country, "funded": c.funded}
        | ({"starts": [f"{phase}={year}" for phase, year in c.starts.items()]} if decided else {})
        | {_column(k): c.money.get(k, 0.0) for k in tiers}
        | {"private_money": c.private_money, "reason": c.reason.code}
        for c in result.candidates
    ]


def _column(tier: str) -> str:
    """A column a tier; one that is called like another column says that it is a tier."""
    return f"tier {tier}" if tier in _OF_CANDIDATES else tier


def _tier_losses(result: Result) -> list[dict[str, Any]]:
    """A row a tier of the pool, without its limits."""
    tiers = result.risk.tiers if result.risk is not None else []
    return [
        {"tier": t.tier}
        | asdict(t.losses)
        | {"expected_gain": t.expected_gain, "expected_yearly_return": t.expected_yearly_return, "hurdle": t.hurdle}
        | {"provision": t.provision}
        for t in tiers
    ]


def _stressed_losses(result: Result) -> list[dict[str, Any]]:
    """A row a stress and tier, and one for the pool (no tier): the losses, and how much each number changed."""
    return [
        {"stress": s.id, "kind": s.kind, "tier": x.tier}
        | asdict(x.losses)
        | {f"change_{name}": value for name, value in asdict(x.change).items() if name != "exposure"}
        for s in result.stresses
        for x in (s.pool, *s.tiers)
    ]


def _stressed_rules(result: Result) -> list[dict[str, Any]]:
    return [{"stress": s.id, "kind": s.kind} | asdict(r) for s in result.stresses for r in s.rules]


def _aid(result: Result) -> list[dict[str, Any]]:
    """A row a candidate with a cost, a column a public tier."""
    given = result.grant_equivalents
    if given is None:
        return []
    tiers = list(dict.fromkeys(k for x in given.candidates for k in x.by_tier))
    taken = ("candidate", "total", "cost", "intensity")
    return [
        {"candidate": x.candidate}
        | {f"tier {k}" if k in taken else k: x.by_tier.get(k, 0.0) for k in tiers}
        | {"total": x.total, "cost": x.cost, "intensity": x.intensity}
        for x in given.candidates
    ]


_ROWS = {"risk": _tier_losses, "stresses": _stressed_losses, "stress_rules": _stressed_rules, "grant_equivalents": _aid}


def _checks(result: Result) -> list[Any]:
    return result.certificate.rules if result.certificate is not None else []


_OF_CANDIDATES = ("id", "name", "country", "funded", "starts", "private_money", "reason")
"""Columns of the candidates beside the tiers; the starts only where some were decided."""

_COLUMNS = {
    "money": ["tier", "candidate", "phase", "year", "amount"],
    "private_money": ["candidate", "phase", "year", "amount"],
    "soft": ["rule", "label", "priority", "at", "bound", "asked", "reached", "violation", "scaled", "unit"],
    "unspent": ["tier", "amount", "kept_by", "proven"],
    "binding": ["label", "rule", "at", "bound", "shadow_price", "integers_fixed", "from", "to", "holds"],
    "certificate": ["label", "rule", "at", "violation", "allowance", "unit", "checked", "soft", "stated"],
    "risk": [
        "tier",
        "exposure",
        "expected_loss",
        "probability_of_loss",
        "cvar_95",
        "cvar_99",
        "expected_gain",
        "expected_yearly_return",
        "hurdle",
        "provision",
    ],
    "stresses": [
        "stress",
        "kind",
        "tier",
        "exposure",
        "expected_loss",
        "probability_of_loss",
        "cvar_95",
        "cvar_99",
        "change_expected_loss",
        "change_probability_of_loss",
        "change_cvar_95",
        "change_cvar_99",
    ],
    "stress_rules": ["stress", "kind", "label", "rule", "at", "by", "before", "unit"],
    "grant_equivalents": ["candidate", "total", "cost", "intensity"],
}
