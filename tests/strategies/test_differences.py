"""What differs between two: inputs by pointer, who enters and leaves, money; between scenarios and between results."""

from __future__ import annotations

import copy
import json

import pytest
from strategy_cases import four, scenario, site

from optimiser import QuestionError, ScenarioError, allocate, difference
from optimiser.solve.options import SolveOptions


def changed(document, change):
    other = copy.deepcopy(document)
    change(other)
    return other


def poorer():
    """60 instead of 100: b (55) instead of b and c."""

    def cut(document):
        document["fund"]["tiers"][0]["size"] = 60

    return changed(four(), cut)


def test_one_change_of_size():
    found = difference(four(), poorer())
    assert [(c.pointer, c.kind, c.before, c.after) for c in found.inputs or ()] == [
        ("/fund/tiers/eu/size/at_most", "changed", 100, 60)
    ]
    assert [(d.id, d.change, d.money_before, d.money_after, d.money_change) for d in found.decisions] == [
        ("c", "leaves", 40, 0, -40)
    ]
    assert [(m.by, m.of, m.before, m.after, m.change) for m in found.money] == [
        ("tier", "eu", 90, 50, -40),
        ("site", "c", 40, 0, -40),
        ("year", "2027", 90, 50, -40),
    ]
    assert (found.before.objective, found.after.objective) == (105, 55)


def test_what_is_the_same_says_nothing():
    found = difference(four(), four(name="another name"))
    assert found.inputs == [] and found.decisions == [] and found.money == []


def test_members_are_compared_by_id_wherever_they_stand():
    def change(document):
        document["candidates"] = document["candidates"][::-1]
        document["candidates"][0]["attributes"]["s"] = 61  # d
        document["candidates"].pop()  # a
        document["candidates"].append(site("e", 5, 1, 1, "FR"))

    found = {c.pointer: c for c in difference(four(), changed(four(), change)).inputs or ()}
    assert set(found) == {"/candidates/a", "/candidates/e", "/candidates/d/attributes/s"}
    assert found["/candidates/a"].kind == "removed" and found["/candidates/e"].kind == "added"
    assert (found["/candidates/d/attributes/s"].before, found["/candidates/d/attributes/s"].after) == (60, 61)


def test_defaults_are_no_difference():
    def spell_out(document):
        document["fund"]["tiers"][0] |= {"public": True, "min_ticket": 0, "max_ticket": "unlimited"}

    assert difference(four(), changed(four(), spell_out)).inputs == []


def test_who_enters_gains_loses_and_shifts():
    def two(*costs):
        candidates = [site(name, cost, 1, private_pledge=5) for name, cost in zip("abc", costs, strict=True)]
        return scenario(candidates, size=1000)

    before = two(50, 50, 50)
    before["candidates"][1]["locked"] = "out"
    after = two(60, 50, 40)
    found = {d.id: d for d in difference(before, after).decisions}
    assert {c: d.change for c, d in found.items()} == {"b": "enters", "a": "gains", "c": "loses"}
    assert list(found) == ["b", "a", "c"]

    def later(document):
        document["candidates"][0]["cost"] = {"2028": 50}

    moved = difference(before, changed(before, later))
    assert [(d.id, d.change) for d in moved.decisions] == [("a", "shifts")]
    assert [(m.by, m.of, m.change) for m in moved.money] == [("year", "2027", -50), ("year", "2028", 50)]


def test_two_results_are_compared_without_their_inputs(tmp_path):
    results = [allocate(four()), allocate(poorer())]
    (tmp_path / "a.json").write_bytes(results[0].to_json())
    expected = difference(four(), poorer())
    for one, other in (results, (str(tmp_path / "a.json"), json.loads(results[1].to_json())), (four(), results[1])):
        found = difference(one, other)
        assert found.inputs is None
        assert (found.decisions, found.money, found.before, found.after) == (
            expected.decisions,
            expected.money,
            expected.before,
            expected.after,
        )


def test_a_result_that_cannot_be_read_is_refused_with_every_place():
    document = json.loads(allocate(four()).to_json())
    document["money"][0]["amount"] = "much"
    del document["objective"]
    with pytest.raises(QuestionError) as error:
        difference(document, four())
    assert {(f.code, f.pointer) for f in error.value.findings} == {
        ("result-unreadable", "/money/0/amount"),
        ("result-unreadable", "/objective"),
    }


def test_a_scenario_with_errors_is_refused():
    with pytest.raises(ScenarioError):
        difference(four(), {"fund": {}})


def test_where_one_has_no_plan_only_inputs_differ():
    def impossible(document):
        document["constraints"] = [{"id": "four", "kind": "count", "at_least": 4}]

    found = difference(four(), changed(four(), impossible))
    assert found.after.termination == "infeasible" and not found.after.has_allocation
    assert (
        found.decisions == [] and found.money == [] and [c.pointer for c in found.inputs or ()] == ["/constraints/four"]
    )


def test_the_time_limit_is_for_both():
    found = difference(four(), poorer(), SolveOptions(time_limit_s=20))
    assert found.before.termination == found.after.termination == "optimal"


def test_tables():
    found = difference(four(), poorer())
    assert list(found.frame("inputs").columns) == ["pointer", "kind", "before", "after"]
    assert list(found.frame("decisions")["id"]) == ["c"] and len(found.frame("money")) == 3
    assert difference(allocate(four()), four()).frame("inputs").empty
    with pytest.raises(KeyError):
        found.frame("nonsense")
