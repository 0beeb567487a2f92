"""A budget is cut on Monday: worked by hand."""

from __future__ import annotations

import json

import pytest
from explain_cases import VALUE, scenario, site, tier

from optimiser import PlanError, allocate, keep, load_document


def three(size=300, **keys):
    sites = [site("a", 100, 5), site("b", 100, 9), site("c", 100, 7), site("d", 50, 6)]
    return scenario(sites, [tier(size=size)], **keys)


def plan_of(document):
    return json.loads(allocate(document).to_json())


def certificates(answer):
    return {r.strategy: r.certificate for r in answer.results}


def test_fewest_changes_then_the_objective():
    """With 300 b, c and d are funded (250). With 220 one of them must go: d moves the least money."""
    answer = keep(three(220), plan_of(three()))
    assert answer.termination == "optimal" and answer.changes == 1
    assert answer.drops_out == ["d"] and answer.comes_in == []
    assert answer.money_moved == 50
    assert [(m.candidate, m.before, m.after) for m in answer.moves if m.after != m.before] == [("d", 50, 0)]
    assert certificates(answer)["keep"].holds and not certificates(answer)["before"].holds


def test_a_plan_that_is_out_stays_although_another_is_worth_more():
    """a alone is out, and b would be worth more."""
    document = three(100)
    out = plan_of(document | {"candidates": document["candidates"][:1]})
    answer = keep(document, out)
    assert answer.changes == 0 and answer.new_plan.objective.value == 5
    assert allocate(document).objective.value == 9


def test_what_is_signed_stays():
    """d would move least money, but its own is signed: of b and c, which cost as much, the one worth less goes."""
    document = three(220)
    document["candidates"][3]["cost"] = {"2026": 50}
    before = three(300)
    before["candidates"][3]["cost"] = {"2026": 50}
    answer = keep(document, plan_of(before), signed_until=2026)
    assert answer.drops_out == ["c"]
    assert {m.candidate: m.signed for m in answer.moves}["d"] == 50


def test_more_signed_than_there_is():
    answer = keep(three(200), plan_of(three()), signed_until=2027)
    assert answer.termination == "infeasible" and answer.new_plan is None
    assert answer.changes is None and all(m.after is None for m in answer.moves)
    assert set(certificates(answer)) == {"before", "proportional"}


def test_a_proportional_cut_stands_beside_it_and_says_what_breaks():
    answer = keep(three(200), plan_of(three()))
    assert answer.shares == {"union": pytest.approx(0.8)}
    assert {m.candidate: m.proportional for m in answer.moves} == {"b": 80, "c": 80, "d": 40}
    cut = certificates(answer)["proportional"]
    assert not cut.holds and {r.label for r in cut.rules if r.violation > r.allowance} == {"F1"}


def test_nothing_changes_where_nothing_must():
    answer = keep(three(), plan_of(three()))
    assert answer.changes == 0 and answer.money_moved == 0 and answer.moves == []
    assert certificates(answer)["proportional"].holds


def test_money_moves_as_little_as_it_can():
    """The state has money for what the union no longer pays: nobody drops out, and 20 move from tier to tier."""
    tiers = [tier("union", 100), tier("state", 100)]
    document = scenario([site("a", 100, 5)], tiers, terms=[VALUE])
    plan = plan_of(document)
    document["fund"]["tiers"][0]["size"] = 80
    answer = keep(document, plan)
    assert answer.changes == 0 and answer.money_moved == 40  # 20 less from one, 20 more from the other
    assert answer.new_plan.indicators.by_tier == {"union": 80, "state": 20}


def test_fractions_count_as_parts():
    sites = [site("a", 100, 5, divisible=True), site("b", 100, 9, divisible=True)]
    answer = keep(scenario(sites, [tier(size=120)]), plan_of(scenario(sites, [tier(size=150)])))
    assert answer.changes == pytest.approx(0.3) and answer.money_moved == 30
    assert [m.candidate for m in answer.moves if m.after < m.before] == ["a"]


def test_a_plan_that_does_not_fit_is_refused():
    with pytest.raises(PlanError):
        keep(three(), {"money": [{"tier": "x", "candidate": "a", "phase": "main", "year": 2027, "amount": 1}]})


def test_tables():
    answer = keep(load_document(three(220)), plan_of(three()))
    assert answer.frame("moves")["candidate"].tolist()[0] == "d" and len(answer.frame("money")) == 2
    with pytest.raises(KeyError):
        answer.frame("nonsense")
