"""Prices of entry, replacements, the reserve list and other plans, worked by hand on one knapsack.

One tier of 120: a (cost 100, value 10) is in; b (60, 5) and c (50, 4) together cost 110 and are worth 9.
"""

from __future__ import annotations

import copy
from itertools import combinations

import pytest
from explain_cases import SAVE, VALUE, scenario, site, tier

from optimiser import QuestionError, allocate, explain_candidate, load_document
from optimiser.explain.entry import TOLERANCE, roundest
from optimiser.scenario.pointer import set_value

COST = {"a": 100, "b": 60, "c": 50}
WORTH = {"a": 10, "b": 5, "c": 4}


def knapsack(size=120, **keys):
    return scenario([site(name, COST[name], WORTH[name]) for name in COST], [tier(size=size)], **keys)


def cases(answer):
    return {c.id: c for c in answer.candidates}


def prices(case):
    return {(e.by, e.of): e for e in case.entry}


def test_who_replaces_whom_and_what_is_lost():
    answer = explain_candidate(knapsack())
    assert answer.funded == ["a"] and answer.not_computed == []
    a, b = cases(answer)["a"], cases(answer)["b"]
    assert a.reason.code == "funded" and b.reason.code == "no-money-left"
    assert a.replacement.comes_in == ["b", "c"] and a.replacement.drops_out == ["a"]
    assert [(t.before, t.after, t.lost) for t in a.replacement.terms] == [(10, 9, 1)]
    assert b.forced.drops_out == ["a"] and b.forced.comes_in == ["b", "c"] and b.forced.proven
    assert a.forced is None and b.replacement is None and a.entry == []


@pytest.mark.parametrize(
    ("name", "cost", "value", "money"),
    # b beside a: 120 − 100 = 20 are left. b and c instead of a: 5 + 1. Both b and a: 160.
    [("b", 20, 6, 160), ("c", 20, 5, 210)],
)
def test_entry_prices_of_a_knapsack(name, cost, value, money):
    found = prices(cases(explain_candidate(knapsack(), name))[name])
    for key, price in ((("cost", None), cost), (("attribute", "value"), value), (("tier", "union"), money)):
        assert found[key].found
        assert found[key].enters == pytest.approx(price), key
        assert 0 < found[key].tolerance <= TOLERANCE * found[key].now


def test_c_alone_beside_a_needs_150_but_a_and_b_are_worth_more_from_160_on():
    """More money is no road in one direction: c is in from 150 to 160, and then again from 210 on."""
    assert {c.id for c in allocate(knapsack(155)).candidates if c.funded} == {"a", "c"}
    assert {c.id for c in allocate(knapsack(165)).candidates if c.funded} == {"a", "b"}


def test_a_price_is_solved_at_both_ends():
    for case in explain_candidate(knapsack()).candidates:
        for price in case.entry:
            inside = allocate(load_document(knapsack(), price.settings))
            if price.by == "cost":
                inside = allocate(load_document(knapsack(), _scaled(price.settings, 1 - 1e-6)))
            elif price.by == "attribute":
                inside = allocate(load_document(knapsack(), _scaled(price.settings, 1 + 1e-6)))
            assert next(c.funded for c in inside.candidates if c.id == case.id) == 1, price
            out = allocate(load_document(knapsack(), _scaled(price.settings, price.stays_out / price.enters)))
            assert next(c.funded for c in out.candidates if c.id == case.id) == 0, price


def _scaled(settings, factor):
    return {
        k: {t: a * factor for t, a in v.items()} if isinstance(v, dict) else v * factor for k, v in settings.items()
    }


def test_who_is_as_good_needs_no_price():
    answer = explain_candidate(scenario([site("a"), site("b")], [tier(size=100)]))
    b = cases(answer)["b"]
    assert b.forced.terms[0].lost == 0 and b.forced.drops_out == ["a"] and b.entry == []


def test_terms_taken_one_after_the_other():
    """As good in value; b costs 10 more public money, and enters at a's cost (a tie) or with more value."""
    objective = {"mode": "lexicographic", "terms": [VALUE, SAVE]}
    document = scenario(
        [site("a", 100, 1), site("b", 110, 1)],
        [tier(size=500)],
        [{"kind": "count", "at_most": 1}],
        objective=objective,
    )
    b = cases(explain_candidate(document))["b"]
    assert [t.lost for t in b.forced.terms] == [0, 10]
    found = prices(b)
    assert found["cost", None].enters == pytest.approx(100)
    assert found["attribute", "value"].enters == pytest.approx(1, abs=2 * TOLERANCE)
    assert found["attribute", "value"].enters > 1 >= found["attribute", "value"].stays_out
    assert found["tier", "union"].found is False


def test_a_divisible_site_enters_at_its_reduced_cost():
    """b is worth 0.5 a million, a 1: b enters where it costs half as much, or is worth twice as much."""
    document = scenario([site("a", 100, 100, divisible=True), site("b", 100, 50, divisible=True)], [tier(size=100)])
    found = prices(cases(explain_candidate(document, "b"))["b"])
    assert found["cost", None].enters == pytest.approx(50, rel=2e-3)
    assert found["attribute", "value"].enters == pytest.approx(100, rel=2e-3)
    assert found["tier", "union"].enters == pytest.approx(101, rel=2e-3)  # a hundredth of b beside the whole of a


def test_the_cost_of_phases_that_start_when_they_may():
    phases = [{"id": "p", "cost_since_start": {"0": 60, "1": 60}, "start": {"earliest": 2027, "latest": 2029}}]
    document = scenario([site("a", 100, 10), site("b", value=5, phases=phases)], [tier(size=120)])
    found = prices(cases(explain_candidate(document, "b"))["b"])
    assert found["cost", None].enters == pytest.approx(20)


def test_public_tiers_grow_together():
    document = scenario(
        [site("a", 100, 10), site("b", 100, 5)], [tier("x", 60), tier("y", 60)], fund={"max_public_share": 1}
    )
    found = prices(cases(explain_candidate(document, "b"))["b"])
    assert found["public", None].now == 120
    assert found["public", None].enters == pytest.approx(200)
    assert found["tier", "x"].enters == pytest.approx(140)


def test_who_cannot_come_in_hears_which_rules_stand_against_it():
    document = scenario([site("a"), site("b")], [tier(size=500)], [{"kind": "exclusive", "candidates": ["a", "b"]}])
    document["candidates"][0]["locked"] = "in"
    b = cases(explain_candidate(document))["b"]
    assert b.forced.possible is False
    assert {r.label for r in b.forced.clash.rules} == {"L1", "L3"} and b.forced.clash.irreducible
    assert all(e.found is False for e in b.entry)


def test_reserve_list_is_by_what_funding_costs():
    document = scenario(
        [site("a", 100, 10), site("b", 100, 7), site("c", 100, 9)], [tier(size=500)], [{"kind": "count", "at_most": 1}]
    )
    answer = explain_candidate(document)
    assert [(r.id, r.terms[0].lost, r.replaces) for r in answer.reserve] == [("c", 1, ["a"]), ("b", 3, ["a"])]


def test_other_plans_within_a_loss():
    """Of the plans {a} 10, {b, c} 9, {b} 5 and {c} 4 those within half are the first three."""
    answer = explain_candidate(knapsack(), "a", within=0.5, count=9)
    assert [set(a.funded) for a in answer.alternatives] == [{"b", "c"}, {"b"}]
    assert [a.changes for a in answer.alternatives] == [3, 2]
    assert all(a.proven and a.terms[0].after >= 5 for a in answer.alternatives)
    within = [s for n in range(4) for s in combinations(COST, n) if sum(COST[c] for c in s) <= 120]
    assert sum(sum(WORTH[c] for c in s) >= 5 for s in within) == 1 + len(answer.alternatives)
    assert explain_candidate(knapsack(), "a", within=0.01, count=3).alternatives == []


def test_what_the_time_did_not_suffice_for_is_said():
    from optimiser import SolveOptions

    answer = explain_candidate(knapsack(), options=SolveOptions(time_limit_s=1e-9))
    assert answer.not_computed or answer.termination == "time_limit"
    assert all(e.found is None for c in answer.candidates for e in c.entry)


def test_an_unknown_candidate_is_refused():
    with pytest.raises(QuestionError) as error:
        explain_candidate(knapsack(), "zz")
    assert [(f.code, f.pointer) for f in error.value.findings] == [("unknown-candidate", "/candidate")]


def test_nothing_to_explain_is_repaired_instead():
    answer = explain_candidate(knapsack(rules=[{"kind": "count", "at_least": 3}]))
    assert answer.termination == "infeasible" and answer.candidates == []
    assert answer.repair.clash.irreducible and answer.repair.repairs


def test_every_table_has_its_columns():
    answer = explain_candidate(knapsack(), count=1, within=0.5)
    for table in answer.tables:
        assert len(answer.frame(table)) > 0, table
    with pytest.raises(KeyError):
        answer.frame("nonsense")


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [(0, 1000, 100), (499.7, 500.2, 500), (119.3, 160.9, 150), (-3, 5, 0), (0.011, 0.019, 0.015), (-20.3, -19.8, -20)],
)
def test_the_roundest_number_between_two(one, other, value):
    assert roundest(one, other, 0.1) == value
    assert roundest(other, one, 0.1) == value


def test_a_site_that_costs_nothing_has_no_price_of_cost():
    document = scenario([site("a", 100, 10), site("free", 0, 1, locked="out")], [tier(size=120)])
    assert not any(e.by == "cost" for e in cases(explain_candidate(document, "free"))["free"].entry)


def test_no_money_is_no_price_where_no_public_tier_may_pay():
    """A tier for Spain alone and an unlimited private one: there is no budget of which more would help."""
    tiers = [
        tier("es", 100, eligible={"countries": ["ES"]}),
        tier("bank", public=False, instrument="loan", max_share_of_cost=0.5),
    ]
    document = scenario([site("a", 100, 10, country="ES"), site("b", 100, 9, country="PT")], tiers)
    assert not any(e.by in ("tier", "public") for e in cases(explain_candidate(document, "b"))["b"].entry)


def test_a_budget_grows_with_its_floor_and_its_ceilings():
    """Twice the money in all, as b needs 60 beside a: 160 of 120 in each of the three forms a size can have."""
    for more in (
        {"size": {"at_least": 10, "at_most": 120}},
        {"size": 120, "annual_ceiling": {"2027": 120}},
        {"size": 120, "ceilings": [{"from": 2027, "to": 2027, "at_most": 120}]},
        {"size": 120, "concentration": {"at_most": 0.9, "of": "size"}},
    ):
        document = scenario([site(n, COST[n], WORTH[n]) for n in ("a", "b")], [{**tier(), **more}])
        found = prices(cases(explain_candidate(document, "b"))["b"])["tier", "union"]
        assert found.found and found.enters == pytest.approx(160, abs=0.2), more
        # What is to be set in the file: the size, and whatever else held the money back.
        changed = explain_candidate({**document, "fund": applied(document, found.settings)}, "b")
        assert "b" in changed.funded, (more, found.settings)


def applied(document, settings):
    """The fund with these values at their pointers."""
    changed = copy.deepcopy(document)
    for pointer, value in settings.items():
        set_value(changed, pointer, value)
    return changed["fund"]


def test_an_attribute_of_phases_is_asked_where_it_is_written():
    """b's second phase alone has an attribute of that name: nothing on the first one can be raised."""
    phases = [
        {"id": "p1", "cost": {"2027": 50}, "attributes": {"value": 2}},
        {"id": "p2", "cost": {"2028": 10}, "attributes": {"value": 1}},
    ]
    b = {"id": "b", "private_pledge": 0, "phases": phases}
    found = prices(cases(explain_candidate(scenario([site("a", 100, 10), b], [tier(size=120)]), "b"))["b"])
    assert found["attribute", "value"].settings.keys() == {"/candidates/b/phases/p1/attributes/value"}
    del phases[0]["attributes"]["value"]
    found = prices(cases(explain_candidate(scenario([site("a", 100, 10), b], [tier(size=120)]), "b"))["b"])
    assert ("attribute", "value") not in found
