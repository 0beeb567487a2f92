"""Small scenarios for questions about answers, built in a line or two.

Amounts are EUR million. A site brings ``value`` points and costs 100 in 2027 unless told otherwise; a
tier is an unlimited public grant. What a test does not say is no rule.
"""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

VALUE: Document = {"term": "attribute", "attribute": "value"}
SAVE: Document = {"term": "public_money"}


def tier(name: str = "union", size: Any = "unlimited", **keys: Any) -> Document:
    return {"id": name, "instrument": "grant", "size": size, **keys}


def site(name: str, /, cost: Any = 100, value: float = 1, pledge: Any = 0, **keys: Any) -> Document:
    by_year = cost if isinstance(cost, dict) else {"2027": cost}
    known = {"id": name, "private_pledge": pledge, **keys}
    known["attributes"] = {"value": value, **keys.get("attributes", {})}
    return known if "phases" in known else {**known, "cost": by_year}


def scenario(
    candidates: list[Document],
    tiers: list[Document] | None = None,
    rules: list[Document] | None = None,
    terms: list[Document] | None = None,
    fund: Document | None = None,
    **keys: Any,
) -> Document:
    return {
        "fund": {"tiers": [tier()] if tiers is None else tiers, **(fund or {})},
        "candidates": candidates,
        "constraints": [{"id": f"rule-{n}", **rule} for n, rule in enumerate(rules or [])],
        "objective": {"terms": terms or [VALUE]},
        **keys,
    }
