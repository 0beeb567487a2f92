"""Small scenarios for the tests of strategies: whole sites, one public grant unless told otherwise, EUR million."""

from __future__ import annotations

from typing import Any

from optimiser import Comparison, Result, compare, load_document
from optimiser.strategies.comparison import StrategyRow

Document = dict[str, Any]


def site(name: str, cost: float, value: float, score: float = 0, country: str | None = "PT", **keys: Any) -> Document:
    attributes = {"value": value, "s": score, **keys.pop("attributes", {})}
    found = {"id": name, "attributes": attributes, **({"country": country} if country else {}), **keys}
    return found if "phases" in found else {**found, "cost": {"2027": cost}}


def scenario(candidates: list[Document], size: Any = 100, score: Any = None, **keys: Any) -> Document:
    document = {
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": size}]},
        "candidates": candidates,
        "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
        **keys,
    }
    return document if score is None else {**document, "score": score}


S = {"weights": {"s": 1}}


def four(**keys: Any) -> Document:
    """100 to spend. By value b and c are best (105 for 90); by score a stands first, and pays itself and c."""
    sites = [
        site("a", 60, 40, 90, "PT"),
        site("b", 50, 55, 80, "PT"),
        site("c", 40, 50, 70, "ES"),
        site("d", 30, 10, 60, "ES"),
    ]
    return scenario(sites, **{"score": S, **keys})


def chosen(result: Result) -> dict[str, float]:
    """Fraction of the first phase of everyone who is in."""
    return {c.id: c.funded for c in result.candidates if c.funded}


def strategy(document: Document, name: Any, **options: Any) -> tuple[Result, StrategyRow, Comparison]:
    """One strategy beside the optimum."""
    found = compare(document, [name], **options)
    assert found.results[0].strategy == "optimise"
    return found.results[-1], found.comparison.strategies[-1], found


def reason(result: Result, candidate: str) -> str:
    return next(c.reason.code for c in result.candidates if c.id == candidate)


def codes(result: Result) -> set[str]:
    return {f["code"] for f in result.findings}


def load(document: Document) -> None:
    assert load_document(document).scenario is not None
