"""Why money is left over: for each tier the amount, the rules that keep it so, and whether that is proven."""

from __future__ import annotations

import pytest
from result_cases import GIVE, LEVER, SAVE, VALUE, loan, scenario, site, solve, tier

from optimiser import allocate

WANTED = [{**VALUE, "weight": 1000}, GIVE]
"""A site is worth more than any money, and then as much public money as may be."""

FREE = site("a", pledge="unlimited")

TWO = [site("a", value=2), site("b", value=1)]


def left(result, name="union"):
    return {u.tier: (u.amount, u.kept_by, u.proven) for u in result.unspent}[name]


def rule(kind, **keys):
    return {"kind": kind, "id": "r", **keys}


HELD = {
    # what holds the tier back: (scenario, amount left of the union, rules)
    "S1": (scenario([FREE], [tier(size=80, max_share_of_cost=0.5)], terms=WANTED), 30, ["S1"]),
    "S2": (scenario([FREE], [tier(size=80)], terms=WANTED, fund={"max_public_share": 0.3}), 50, ["S2"]),
    # The state has 20, and matches the union euro for euro.
    "S3": (
        scenario(
            [FREE],
            [tier(size=80), tier("state", 20)],
            terms=WANTED,
            fund={"matching": [{"id": "m", "tiers": ["state"], "of": ["union"], "at_least": 1}]},
        ),
        60,
        ["B1", "S3"],
    ),
    "S4": (scenario([FREE], [tier(size=80, max_ticket=30)], terms=WANTED), 50, ["S4"]),
    "S5": (
        scenario(
            [FREE, site("b", pledge="unlimited")],
            [tier(size=100, concentration={"at_most": 0.3, "of": "size"})],
            terms=WANTED,
        ),
        40,
        ["S5"],
    ),
    "S7": (scenario([FREE], [tier(size=80)], [rule("award", at_most=20)], WANTED), 60, ["S7"]),
    "B2": (scenario([FREE], [tier(size=80, annual_ceiling={"2027": 50})], terms=WANTED), 30, ["B2"]),
    "B2 span": (
        scenario([FREE], [tier(size=80, ceilings=[{"from": 2026, "to": 2027, "at_most": 50}])], terms=WANTED),
        30,
        ["B2"],
    ),
    # The site costs 100.
    "F1": (scenario([FREE], [tier(size=180)], terms=WANTED), 80, ["F1"]),
    # 0.6 of 100 is for the consortium to pay.
    "F2": (scenario([site("a", pledge=70, least_private_share=0.6)], [tier(size=80)], terms=WANTED), 40, ["F1", "F2"]),
    "N1": (scenario(TWO, [tier(size=180)], [rule("count", at_most=1)]), 80, ["F1", "N1"]),
    "L1": (scenario(TWO, [tier(size=180)], [rule("exclusive", candidates=["a", "b"])]), 80, ["F1", "L1"]),
    "G1": (
        scenario([{**FREE, "tags": ["x"]}], [tier(size=80)], [rule("money", of={"tags": ["x"]}, at_most=20)], WANTED),
        60,
        ["G1"],
    ),
    "A1": (
        scenario(
            [site(c, value=v, attributes={"mw": 10}) for c, v in (("a", 2), ("b", 1))],
            [tier(size=180)],
            [rule("attribute", attribute="mw", at_most=10)],
        ),
        80,
        ["A1", "F1"],
    ),
    # Nobody may take it.
    "S6": (scenario([site("a", country="PT")], [loan(), tier(size=50, eligible={"countries": ["ES"]})]), 50, ["S6"]),
}


@pytest.mark.parametrize("held", HELD)
def test_held_by_rules(held):
    document, amount, labels = HELD[held]
    assert left(solve(document)) == (amount, labels, True)


def test_nothing_left():
    assert left(solve(scenario([site("a")], [tier(size=100)]))) == (0, [], True)


@pytest.mark.parametrize("divisible", [False, True])
@pytest.mark.parametrize("term", [SAVE, LEVER])
def test_held_by_the_objective(divisible, term):
    # The consortium pays all of it: the union could, and it would be worth less.
    a = site("a", pledge="unlimited", divisible=divisible)
    result = solve(scenario([a], [tier(size=80)], terms=[{**VALUE, "weight": 1000}, term]))
    assert left(result) == (80, ["objective"], False)


def test_other_sites_would_spend_more():
    # One place: a takes 50 and is worth more than b, which would take 100.
    sites = [site("a", value=5, pledge=50), site("b")]
    amount, labels, proven = left(solve(scenario(sites, [tier(size=100)], [rule("count", at_most=1)])))
    assert (amount, proven) == (50, False)
    assert "objective" in labels


def test_proof_covers_sites_left_out():
    # b would not take more than a does.
    sites = [site("a", value=5), site("b")]
    amount, labels, proven = left(solve(scenario(sites, [tier(size=150)], [rule("count", at_most=1)])))
    assert (amount, proven) == (50, True)
    assert "N1" in labels


def test_an_unlimited_tier_has_no_amount():
    assert left(solve(scenario([FREE], [tier(max_share_of_cost=0.5)], terms=WANTED))) == (None, ["S1"], True)


def test_every_tier_is_listed_in_its_order():
    tiers = [tier("z", 10), loan("a"), tier("m", 0)]
    assert [u.tier for u in solve(scenario([site("a")], tiers)).unspent] == ["z", "a", "m"]


def test_no_allocation_leaves_nothing_to_say():
    assert allocate(scenario([site("a", locked="in")], [tier(size=50)])).unspent == []
