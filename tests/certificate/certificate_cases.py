"""Small scenarios and plans for the tests of the certificate, made by hand: no solver, no model."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from optimiser.certificate import certify
from optimiser.plan import Plan, exact
from optimiser.result.result import Certificate, RuleCheck
from optimiser.scenario.scenario import Scenario

M = 1_000_000
"""Euros in EUR million."""

EURO = 1e-6
"""One euro in EUR million."""


def tier(name: str = "union", **keys: Any) -> dict[str, Any]:
    return {"id": name, "instrument": "grant", "size": "unlimited", **keys}


def site(name: str, cost: dict[str, float] | None = None, **keys: Any) -> dict[str, Any]:
    """A candidate whose consortium may pay everything; one phase, unless ``phases`` is given."""
    known: dict[str, Any] = {"id": name, "country": "PT", "private_pledge": "unlimited", **keys}
    return known if "phases" in known else {**known, "cost": {"2027": 100} if cost is None else cost}


def phase(name: str, cost: dict[str, float] | None = None, **keys: Any) -> dict[str, Any]:
    return {"id": name, "cost": {"2027": 100} if cost is None else cost, **keys}


def scenario(
    candidates: list[dict[str, Any]],
    tiers: list[dict[str, Any]] | None = None,
    constraints: list[dict[str, Any]] | None = None,
    fund: dict[str, Any] | None = None,
    **keys: Any,
) -> Scenario:
    return Scenario.model_validate(
        {
            "fund": {"tiers": [tier()] if tiers is None else tiers, **(fund or {})},
            "candidates": candidates,
            "constraints": constraints or [],
            "objective": {"terms": [{"term": "private_money"}]},
            **keys,
        }
    )


def plan(of: Scenario, money: dict[str, int] | None = None, fraction: dict[str, int | Fraction] | None = None) -> Plan:
    """A plan by "tier/candidate/phase/year" [euros] and "candidate/phase" [1, every phase, where absent].

    Consortia pay what is missing, to the lower euro, so that F1 holds wherever the money given is not too much.
    """
    cells = {}
    for place, euros in (money or {}).items():
        name, candidate, part, year = place.split("/")
        cells[name, candidate, part, int(year)] = euros
    y: dict[tuple[str, str], Fraction] = {}
    private: dict[tuple[str, str, int], int] = {}
    for candidate in of.candidates:
        for part in candidate.all_phases:
            key = candidate.id, part.id
            y[key] = Fraction(1 if fraction is None else fraction.get("/".join(key), 0))
            for year, cost in part.cost.items():
                paid = sum(euros for (_, c, p, t), euros in cells.items() if (c, p, t) == (*key, year))
                missing = int(exact(cost) * M * y[key]) - paid
                if missing > 0:
                    private[(*key, year)] = missing
    return Plan(fraction=y, money=cells, private_money=private)


def lines(certificate: Certificate, label: str) -> dict[str, RuleCheck]:
    """The certificate's lines of one label, by rule."""
    return {check.rule: check for check in certificate.rules if check.label == label}


def broken(certificate: Certificate) -> set[tuple[str, str]]:
    return {(check.label, check.rule) for check in certificate.rules if check.violation > check.allowance}


def assert_inside(of: Scenario, with_plan: Plan, label: str, rule: str) -> RuleCheck:
    """Every rule holds, and this one holds exactly."""
    certificate = certify(of, with_plan)
    assert broken(certificate) == set()
    assert certificate.holds
    check = lines(certificate, label)[rule]
    assert (check.violation, check.at) == (0.0, "")
    assert check.checked > 0
    return check


def assert_outside(of: Scenario, with_plan: Plan, label: str, rule: str, at: str, violation: float) -> RuleCheck:
    """This rule, and no other, is broken, there and by so much."""
    certificate = certify(of, with_plan)
    assert broken(certificate) == {(label, rule)}
    assert not certificate.holds
    check = lines(certificate, label)[rule]
    assert (check.at, check.violation) == (at, violation)
    return check


def assert_allowed(of: Scenario, with_plan: Plan, label: str, rule: str, violation: float, allowance: float) -> None:
    """The rule is off by no more than its allowance."""
    certificate = certify(of, with_plan)
    assert certificate.holds
    check = lines(certificate, label)[rule]
    assert (check.violation, check.allowance) == (violation, allowance)
