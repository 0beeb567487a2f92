"""Small scenarios for the tests of the rules, built and solved in a line or two.

Amounts are EUR million. A site brings ``value`` points and costs 100 in 2027 unless told otherwise; a
tier is an unlimited public grant. What a test does not say is no rule.
"""

from __future__ import annotations

from typing import Any

import pytest

from optimiser import Result, allocate

Document = dict[str, Any]

EURO = 1e-6
"""One euro in EUR million: a plan is in whole euros, so nothing can be nearer to an amount worked by hand."""

VALUE: Document = {"term": "attribute", "attribute": "value"}
GIVE: Document = {"term": "public_money", "sense": "maximise"}
SAVE: Document = {"term": "public_money"}
LEVER: Document = {"term": "private_money"}


def tier(name: str = "union", size: Any = "unlimited", **keys: Any) -> Document:
    return {"id": name, "instrument": "grant", "size": size, **keys}


def loan(name: str = "bank", size: Any = "unlimited", **keys: Any) -> Document:
    return tier(name, size, instrument="loan", public=False, **keys)


def site(name: str, cost: Any = 100, value: float | None = 1, pledge: Any = 0, **keys: Any) -> Document:
    """A candidate; ``cost`` is a number (spent in 2027) or by year; with ``phases`` it has none of its own."""
    known: Document = {"id": name, "private_pledge": pledge, **keys}
    if value is not None:
        known["attributes"] = {"value": value, **keys.get("attributes", {})}
    return known if "phases" in known else {**known, "cost": by_year(cost)}


def phase(name: str, cost: Any = 100, **keys: Any) -> Document:
    return {"id": name, "cost": by_year(cost), **keys}


def by_year(cost: Any) -> Document:
    return cost if isinstance(cost, dict) else {"2027": cost}


def scenario(
    candidates: list[Document],
    tiers: list[Document] | None = None,
    rules: list[Document] | None = None,
    terms: list[Document] | None = None,
    fund: Document | None = None,
    **keys: Any,
) -> Document:
    """A document; terms given make a weighted objective, unless ``objective`` says otherwise."""
    return {
        "fund": {"tiers": [tier()] if tiers is None else tiers, **(fund or {})},
        "candidates": candidates,
        "constraints": [{"id": f"rule-{n}", **rule} for n, rule in enumerate(rules or [])],
        "objective": {"terms": terms or [VALUE]},
        **keys,
    }


def solve(document: Document, value: float | None = None) -> Result:
    """The proven optimum; its certificate holds and, where given, the objective has this value."""
    result = allocate(document)
    assert result.termination == "optimal"
    assert result.certificate is not None and result.certificate.holds
    assert result.objective.gap == 0
    assert all(stage.proven for stage in result.objective.stages)
    if value is not None:
        # Relative: the solver's own 1e-9. Absolute: what rounding to a euro may move.
        assert result.objective.value == pytest.approx(value, rel=1e-9, abs=EURO)
        assert result.objective.bound == pytest.approx(value, rel=1e-8, abs=EURO)
    return result


def solve_infeasible(document: Document) -> None:
    """No plan at all satisfies the rules."""
    result = allocate(document)
    assert result.termination == "infeasible"
    assert not result.has_allocation
    assert result.certificate is None


def funded(result: Result) -> dict[str, float]:
    """Fraction of each phase above 0, by "candidate" where there is one phase, else by "candidate/phase"."""
    return {
        candidate.id if set(candidate.phases) == {"main"} else f"{candidate.id}/{name}": pytest.approx(
            fraction, abs=1e-9
        )
        for candidate in result.candidates
        for name, fraction in candidate.phases.items()
        if fraction > 0
    }


def chosen(result: Result) -> set[str]:
    """Candidates whose first phase is funded."""
    return {candidate.id for candidate in result.candidates if candidate.funded > 0}


def paid(result: Result, **where: Any) -> float:
    """Money of tiers, of the cells that agree with ``where`` (tier, candidate, phase, year)."""
    return pytest.approx(_sum(result.money, where), abs=EURO)


def pledged(result: Result, **where: Any) -> float:
    """Consortium money, of the cells that agree with ``where`` (candidate, phase, year)."""
    return pytest.approx(_sum(result.private_money, where), abs=EURO)


def price(result: Result, label: str, rule: str, bound: str, at: str = "") -> float:
    """The shadow price of one bound of one rule."""
    found = [b for b in result.binding if (b.label, b.rule, b.bound, b.at) == (label, rule, bound, at)]
    assert len(found) == 1, [(b.label, b.rule, b.bound, b.at) for b in result.binding]
    return pytest.approx(found[0].shadow_price, abs=1e-9)


def _sum(cells: list[Any], where: Document) -> float:
    return sum(cell.amount for cell in cells if all(getattr(cell, key) == value for key, value in where.items()))
