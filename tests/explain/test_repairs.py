"""Clashes and repairs: worked by hand, and on random scenarios without a plan."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from explain_cases import scenario, site, tier
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from optimiser import allocate, load_document, repair
from optimiser.explain.written import written_rows
from optimiser.model.build import build_model
from optimiser.solve.arrays import arrays_of

sys.path.append(str(Path(__file__).parents[1] / "reference"))

from random_scenarios import random_scenario


def changes(option):
    return {c.pointer: c.after for c in option.changes}


def labels(answer):
    return {r.label for r in answer.clash.rules}


def test_money_or_one_site_less():
    document = scenario([site("a", 100), site("b", 60)], [tier(size=120)], [{"kind": "count", "at_least": 2}])
    answer = repair(document)
    assert answer.feasible is False and answer.clash.irreducible
    assert [(r.pointers, r.enough) for r in answer.clash.rules] == [
        (["/fund/tiers/union/size"], True),
        (["/constraints/rule-0/at_least"], True),
    ]
    money, fewer = answer.repairs
    assert changes(money) == {"/fund/tiers/union/size": 160} and money.money == 40
    assert money.size == pytest.approx(40 / 120) and money.proven_least
    assert changes(fewer) == {"/constraints/rule-0/at_least": 1} and fewer.money == 0
    assert "money someone must find" in money.changes[0].text
    assert money.command == "--set '/fund/tiers/union/size=160'"


def test_a_floor_of_money_is_too_high():
    document = scenario(
        [site("a", 100, tags=["x"], pledge=60), site("b", 60)],
        [tier(size=200)],
        [{"kind": "money", "of": {"tags": ["x"]}, "at_least": 120}],
    )
    answer = repair(document)
    assert changes(answer.repairs[0]) == {"/constraints/rule-0/at_least": 100}
    assert "20 EUR million too high" in answer.repairs[0].changes[0].text


def test_a_share_gives_way_as_far_as_the_cost_asks():
    """a costs 100 and is locked in; its pledge of 50 and 35 % of public money leave 15: either may give way."""
    document = scenario([site("a", 100, pledge=50, locked="in")], [tier(size=200)], fund={"max_public_share": 0.35})
    answer = repair(document)
    assert labels(answer) == {"F2", "S2", "L3"}
    assert [changes(r) for r in answer.repairs] == [
        {"/candidates/a/private_pledge": 65},
        {"/fund/max_public_share": 0.5},
    ]


def test_a_share_of_what_is_spent_is_taken_at_the_plan():
    """Both must be in: a gets at most 60 of the 60 + 90 spent at least, which is 40 % and not half."""
    document = scenario(
        [site("a", 60, tags=["x"]), site("b", 90)],
        [tier(size=200)],
        [{"kind": "money", "of": {"tags": ["x"]}, "at_least_share": 0.5}, {"kind": "count", "at_least": 2}],
    )
    answer = repair(document)
    assert {"/constraints/rule-0/at_least_share": 0.4} in [changes(r) for r in answer.repairs]


def test_ceilings_that_carry_over_give_way_in_the_year_that_is_short():
    union = tier(size=100, annual_ceiling={"2027": 30, "2028": 70}, carry_over=True)
    document = scenario([site("a", {"2027": 50, "2028": 50}, locked="in")], [union])
    answer = repair(document)
    assert changes(answer.repairs[0]) == {"/fund/tiers/union/annual_ceiling/2027": 50}


def test_locks_are_lifted_only_where_nothing_else_helps():
    document = scenario([site("a", locked="in"), site("b")], [tier(size=500, eligible={"candidates": ["b"]})])
    answer = repair(document)
    assert labels(answer) == {"L3"}
    assert [changes(r) for r in answer.repairs] == [{"/candidates/a/locked": None}]
    free = scenario([site("a", locked="in"), site("b")], [tier(size=90)])
    assert [changes(r) for r in repair(free).repairs] == [{"/fund/tiers/union/size": 100}]


def test_a_floor_that_leaves_everyone_out():
    rules = [{"kind": "floor", "attribute": "value", "at_least": 5}, {"kind": "count", "at_least": 1, "at_most": 2}]
    answer = repair(scenario([site("a"), site("b")], [tier(size=100)], rules))
    assert labels(answer) == {"A2", "N1"}
    assert {"/constraints/rule-0/effect": "finding"} in [changes(r) for r in answer.repairs]


def test_a_floor_is_lowered_to_nothing():
    """The union may not pay a: at least 0 is no rule any more, which is said, and no error."""
    rules = [{"kind": "money", "of": {"candidates": ["a"]}, "at_least": 30, "tiers": ["union"]}]
    document = scenario([site("a"), site("b")], [tier(eligible={"candidates": ["b"]}), tier("other")], rules)
    answer = repair(document)
    assert [(r.rule, r.enough) for r in answer.clash.rules] == [("rule-0", True)]
    (option,) = answer.repairs
    assert changes(option) == {"/constraints/rule-0/at_least": 0} and option.proven_least
    loaded = load_document(document, changes(option))
    assert [(f.severity, f.code) for f in loaded.findings] == [("warning", "rule-without-bound")]


def test_a_site_that_needs_one_that_is_locked_out():
    rules = [{"kind": "requires", "candidate": "a", "needs": ["b"]}]
    answer = repair(scenario([site("a", locked="in"), site("b", locked="out")], [tier()], rules))
    assert sorted(r.label for r in answer.clash.rules) == ["L2", "L3", "L3"]
    assert [changes(r) for r in answer.repairs] == [{"/candidates/b/locked": None}, {"/candidates/a/locked": None}]


def test_pledges_of_many_sites_are_one_rule():
    """Half of each site is public money; a pledge of 10 is not the other half, and one of six must be funded."""
    sites = [site(f"s{n}", 100, pledge=10) for n in range(6)]
    document = scenario(sites, [tier(size=900)], [{"kind": "count", "at_least": 1}], fund={"max_public_share": 0.5})
    answer = repair(document)
    pledges = next(r for r in answer.clash.rules if r.label == "F2")
    assert len(pledges.pointers) == 6 and pledges.value is None and "6 sites" in pledges.text
    assert {"/fund/max_public_share": 0.9} in [changes(r) for r in answer.repairs]


def beyond_numbers():
    """Money is signed for a, which needs b, which nobody may pay: no number of a rule brings a plan about."""
    signed = {"id": "p", "cost": {"2027": 50}, "attributes": {"value": 5}, "committed": {"t": {"2027": 50}}}
    return {
        "fund": {
            "tiers": [{"id": "t", "instrument": "grant", "size": 200, "eligible": {"candidates": ["a", "c", "e"]}}]
        },
        "candidates": [
            {"id": "a", "phases": [signed]},
            {"id": "b", "cost": {"2027": 50}},
            {"id": "c", "phases": [signed]},
            {"id": "d", "cost": {"2027": 50}},
            {"id": "e", "cost": {"2027": 30}, "attributes": {"value": 2}},
        ],
        "constraints": [{"id": "first", "kind": "requires", "candidate": "a", "needs": ["b"]}],
        "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
    }


def test_a_rule_no_number_of_which_helps_is_dropped():
    answer = repair(beyond_numbers())
    (only,) = answer.repairs
    assert [(c.pointer, c.after) for c in only.changes] == [("/constraints/first", None)]
    assert (only.objective, only.rules_changed, only.proven_least) == (12, 1, False)


def test_rules_are_dropped_one_of_each_clash():
    document = beyond_numbers()
    document["constraints"].append({"id": "second", "kind": "requires", "candidate": "c", "needs": ["d"]})
    (only,) = repair(document).repairs
    assert sorted(c.pointer for c in only.changes) == ["/constraints/first", "/constraints/second"]
    assert only.objective == 12


def test_of_several_clashes_each_gives_up_a_rule():
    # The floor clashes by itself: what is signed and what it needs leave 2 to be had.
    document = beyond_numbers()
    floor = {"id": "floor", "kind": "attribute", "attribute": "value", "at_least": 20}
    document["constraints"].append(floor)
    (only,) = repair(document).repairs
    assert {"/".join(c.pointer.split("/")[:3]) for c in only.changes} == {"/constraints/first", "/constraints/floor"}
    assert (only.rules_changed, only.objective, only.proven_least) == (2, 12, False)


def test_a_scenario_with_a_plan_needs_no_repair():
    answer = repair(scenario([site("a")], [tier(size=100)]))
    assert answer.feasible is True and answer.clash is None and answer.repairs == []


def test_without_time_nothing_is_claimed():
    from optimiser import SolveOptions

    document = scenario([site("a")], [tier(size=90)], [{"kind": "count", "at_least": 1}])
    answer = repair(document, SolveOptions(time_limit_s=1e-9))
    assert answer.feasible is None and answer.not_computed == ["clash"] and answer.repairs == []


def test_phases_that_must_start_too_far_apart():
    """Both start in 2027 or 2028, three years apart: the order in time goes, or a lock."""
    window = {"start": {"earliest": 2027, "latest": 2028}}
    phases = [
        {"id": "p1", "cost_since_start": {"0": 100}, **window},
        {"id": "p2", "cost_since_start": {"0": 100}, **window, "locked": "in", "after_years": 3},
    ]
    answer = repair(scenario([site("a", phases=phases)], [tier()]))
    assert labels(answer) == {"T1", "L3"}
    assert [changes(r) for r in answer.repairs] == [{"/candidates/a/phases/p2/after_years": None}]


def test_a_revolving_tier_is_short_in_one_year():
    """The 30 lent in 2027 are back by 2029: the 80 of that year are 30 more than the tier has."""
    bank = tier("bank", 50, instrument="loan", public=False, seniority=0, revolving={"grace_years": 0, "years": 1})
    answer = repair(scenario([site("a", {"2027": 30, "2029": 80}, locked="in")], [bank]))
    assert labels(answer) == {"B3", "L3"}
    assert changes(answer.repairs[0]) == {"/fund/tiers/bank/size": 80} and answer.repairs[0].money == 30


def test_a_published_plan_is_too_close():
    """a is published, b must be in and there is money for one: two candidates change, and none may."""
    rules = [
        {"kind": "stay_close", "plan": {"a": ["main"]}, "at_most_changes": 0},
        {"kind": "count", "of": {"candidates": ["b"]}, "at_least": 1},
    ]
    document = scenario([site("a"), site("b")], [tier(size=100)], rules)
    answer = repair(document)
    assert labels(answer) == {"T2", "N1"}
    assert [changes(r) for r in answer.repairs] == [
        {"/constraints/rule-1/at_least": 0},
        {"/constraints/rule-0/at_most_changes": 2},
    ]
    document["constraints"][0]["soft"] = {"priority": 1}
    assert repair(document).feasible is True


def test_limits_on_losses_clash_too():
    """The one lender bears all losses, 10 % on average, and allows 5."""
    limits = {"expected_loss": {"at_most": 0.05}}
    document = scenario(
        [site("a", 100)],
        [tier("bank", 200, instrument="loan", public=False, seniority=0, limits=limits)],
        [{"kind": "count", "at_least": 1}],
        risk={"model": "table", "losses": {"a": [0, 1]}, "probabilities": [0.9, 0.1]},
    )
    answer = repair(document)
    assert labels(answer) == {"R2", "N1"} and answer.clash.irreducible
    limit = next(r for r in answer.repairs if r.changes[0].label == "R2")
    assert limit.changes[0].after == pytest.approx(0.1, abs=1e-5)


def test_a_hurdle_gives_way():
    """A loan at 5 % that never fails cannot return 8 %."""
    bank = tier("bank", 200, instrument="loan", public=False, seniority=0, return_if_success=0.05, hurdle=0.08)
    document = scenario(
        [site("a", 100)],
        [bank],
        [{"kind": "count", "at_least": 1}],
        risk={"model": "table", "losses": {"a": [0, 0]}, "probabilities": [0.9, 0.1]},
    )
    answer = repair(document)
    assert labels(answer) == {"R1", "N1"}
    hurdle = next(r for r in answer.repairs if r.changes[0].label == "R1")
    assert hurdle.changes[0].after == pytest.approx(0.05, abs=1e-4)


def _infeasible(seeds):
    for seed in seeds:
        document = random_scenario(Random(seed), 0.3, 5, "points")
        loaded = load_document(document)
        if loaded.scenario is not None and allocate(loaded).termination == "infeasible":
            yield seed, document, loaded.scenario


INFEASIBLE = list(_infeasible(range(60)))


@pytest.mark.parametrize(("document", "found"), [c[1:] for c in INFEASIBLE], ids=[str(c[0]) for c in INFEASIBLE])
def test_random_scenarios(document, found):
    """scipy says of every clash that it leaves no plan, and one without any rule of it; every repair leaves one."""
    answer = repair(document)
    assert answer.feasible is False and answer.clash.irreducible
    places = [set(r.pointers) for r in answer.clash.rules]
    assert not _has_plan(found, places)
    for n in range(len(places)):
        assert _has_plan(found, places[:n] + places[n + 1 :]), answer.clash.rules[n]
    assert answer.repairs
    for option in answer.repairs:
        if option.command:
            repaired = allocate(load_document(document, changes(option)))
            assert repaired.termination == "optimal" and repaired.certificate.holds
            assert repaired.objective.value == pytest.approx(option.objective, abs=1e-5)


def funds_without_a_plan(most):
    """Small funds of whole sites that no choice satisfies, each with the size of its smallest repair, by trying all."""
    for seed in range(most):
        draw = Random(seed)
        n = draw.randint(2, 4)
        cost, mw = ([draw.randint(20, 100) for _ in range(n)] for _ in range(2))
        budget, least, power = draw.randint(30, 90), draw.randint(1, 2), draw.randint(10, 60)
        sizes = []
        for chosen in range(2**n):
            inside = [i for i in range(n) if chosen >> i & 1]
            # Σ |change| / |number written| over what this choice breaks.
            over = max(sum(cost[i] for i in inside) - budget, 0) / budget
            over += max(sum(mw[i] for i in inside) - power, 0) / power
            sizes.append(over + max(least - len(inside), 0) / least)
        if min(sizes) > 0:
            document = scenario(
                [site(f"c{i}", cost[i], attributes={"mw": mw[i]}) for i in range(n)],
                [tier(size=budget)],
                [
                    {"kind": "count", "at_least": least},
                    {"kind": "attribute", "attribute": "mw", "at_most": power},
                ],
            )
            yield document, min(sizes)


def test_the_first_repair_is_the_smallest_there_is():
    tried = list(funds_without_a_plan(30))
    assert len(tried) >= 10
    nobody = 0
    for document, least in tried:
        option = repair(document).repairs[0]
        assert option.size == pytest.approx(least, abs=1e-6)
        repaired = allocate(load_document(document, changes(option)))
        assert repaired.termination == "optimal" and repaired.certificate.holds
        nobody += not repaired.money
    # A floor lowered to 0 is a repair too, although the rule then says nothing.
    assert 0 < nobody < len(tried)


def test_there_are_enough_random_scenarios():
    assert len(INFEASIBLE) >= 8


def _has_plan(found, places):
    """Whether a plan keeps what no user decides, and the rules at these places."""
    model = build_model(found)
    arrays = arrays_of(model.programme)
    kept = [
        n
        for n, w in enumerate(written_rows(model))
        if w is None or any(set(w.pointers) <= pointers for pointers in places)
    ]
    matrix = csr_array((arrays.value, arrays.index, arrays.start), shape=(len(arrays.row_lower), len(arrays.cost)))[
        kept
    ]
    solved = milp(
        np.zeros(len(arrays.cost)),
        constraints=LinearConstraint(matrix, arrays.row_lower[kept], arrays.row_upper[kept]),
        bounds=Bounds(arrays.lower, arrays.upper),
        integrality=arrays.integer.astype(int),
        options={"presolve": False},
    )
    assert solved.status in (0, 2)
    return solved.status == 0
