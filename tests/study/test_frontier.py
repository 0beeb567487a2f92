"""Frontiers: worked by hand, against brute force, with what a time limit leaves open."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from optimiser import QuestionError, frontier, load_document
from optimiser.allocation import build_model
from optimiser.model.objective import stage_name
from optimiser.solve import stages
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.solve.session import Session
from optimiser.study import frontiers

Document = dict[str, Any]


def fund(values: list[tuple[Any, ...]], budget: Any, **keys: Any) -> Document:
    """Sites a, b, c … given as (cost, first attribute, second attribute); one tier; both attributes are maximised."""
    return {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": budget}]},
        "candidates": [
            {
                "id": chr(97 + n) if n < 26 else f"s{n}",
                "cost": {"2027": cost},
                "attributes": {"chips": one, "jobs": two},
            }
            for n, (cost, one, two) in enumerate(values)
        ],
        "objective": {
            "terms": [{"term": "attribute", "attribute": "chips"}, {"term": "attribute", "attribute": "jobs"}]
        },
        **keys,
    }


def values_of(answer: Any) -> list[tuple[float, float]]:
    return [p.values for p in answer.points]


def test_three_sites_by_hand():
    # Two of three sites fit: a+b (10+6, 1+4), a+c (10+1, 1+9), b+c (6+1, 4+9); none beats another.
    answer = frontier(fund([(100, 10, 1), (100, 6, 4), (100, 1, 9)], 200), complete=True)
    assert values_of(answer) == [(16, 5), (11, 10), (7, 13)]
    assert answer.method == "steps" and answer.complete and answer.termination == "optimal"
    assert all(p.proven for p in answer.points) and answer.open == []
    assert [sorted(p.funded) for p in answer.points] == [
        ["a/main", "b/main"],
        ["a/main", "c/main"],
        ["b/main", "c/main"],
    ]
    assert [p.given_up for p in answer.points] == [None, 1.0, pytest.approx(4 / 3)]
    for p in answer.points:
        result = answer.results[p.result]
        assert result.certificate.holds and result.strategy == "frontier"
        assert tuple(t.value for t in result.objective.terms) == p.values


def test_an_unsupported_point_is_found():
    # a+b (5, 0) and c+d (0, 5) span a line; a+c (2, 2) lies below it, so that no weights ever find it.
    values = [(100, 5, 0), (100, 0, 5), (100, 2, 2)]
    answer = frontier(fund(values, 100), complete=True)
    assert values_of(answer) == [(5, 0), (2, 2), (0, 5)]


def test_minimised_money_against_chips():
    document = fund([(100, 10, 0), (60, 6, 0), (30, 1, 0)], 200)
    answer = frontier(document, ["attribute:chips", "public_money"], complete=True)
    # 0: nothing; 30: 1; 60: 6; 90: 7; 100: 10; 130: 11; 160: 16; 190: 17.
    assert values_of(answer) == [(17, 190), (16, 160), (11, 130), (10, 100), (7, 90), (6, 60), (1, 30), (0, 0)]
    assert [t.sense for t in answer.terms] == ["maximise", "minimise"]
    assert [t.step for t in answer.terms] == [1.0, None]
    swapped = frontier(document, ["public_money", "attribute:chips"], complete=True)
    assert values_of(swapped) == [pair[::-1] for pair in values_of(answer)][::-1]


def test_decimals_move_in_steps_too():
    answer = frontier(fund([(100, 0.3, 1), (100, 0.2, 2)], 100), complete=True)
    assert values_of(answer) == [(0.3, 1), (0.2, 2)]
    assert answer.terms[0].step == pytest.approx(0.1)


@pytest.mark.parametrize("seed", range(12))
def test_complete_agrees_with_brute_force(seed):
    draw = random.Random(seed)
    values = [(draw.randint(10, 90), draw.randint(0, 30), draw.randint(0, 30)) for _ in range(9)]
    budget = sum(v[0] for v in values) // 2
    answer = frontier(fund(values, budget), complete=True)
    assert values_of(answer) == _non_dominated(values, budget)
    assert answer.complete and all(p.proven for p in answer.points)
    # Any number of floors gives points of the same frontier, both ends among them.
    some = values_of(frontier(fund(values, budget), points=5))
    assert set(some) <= set(values_of(answer))
    assert (some[0], some[-1]) == (values_of(answer)[0], values_of(answer)[-1])


def _non_dominated(values: list[tuple[int, int, int]], budget: int) -> list[tuple[int, int]]:
    reached = {
        (sum(v[1] for v in chosen), sum(v[2] for v in chosen))
        for n in range(len(values) + 1)
        for chosen in itertools.combinations(values, n)
        if sum(v[0] for v in chosen) <= budget
    }
    best = [p for p in reached if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in reached)]
    return sorted(best, reverse=True)


def test_breakpoints_of_a_linear_programme():
    # One budget of 100 and costs of 100: fractions sum to 1, so the corners are the sites on the upper hull.
    document = fund([(100, 10, 0), (100, 8, 5), (100, 5, 7), (100, 0, 10)], 100)
    for candidate in document["candidates"]:
        candidate["divisible"] = True
    answer = frontier(document, complete=True)
    assert answer.method == "breakpoints" and answer.complete
    assert [tuple(round(v, 9) for v in pair) for pair in values_of(answer)] == [(10, 0), (8, 5), (5, 7), (0, 10)]
    # (5, 7) taken down to the line from (8, 5) to (0, 10) is no corner any more.
    document["candidates"][2]["attributes"] = {"chips": 4, "jobs": 7.5}
    corners = [tuple(round(v, 9) for v in pair) for pair in values_of(frontier(document, complete=True))]
    assert corners == [(10, 0), (8, 5), (0, 10)]
    # Floors between lie on the straight lines: jobs 2.5 costs 1 of the 10 chips.
    even = values_of(frontier(document, points=5))
    assert [tuple(round(v, 6) for v in pair) for pair in even][1] == (9, 2.5)


def test_one_plan_best_in_both():
    answer = frontier(fund([(100, 5, 5), (100, 1, 1)], 100), points=7)
    assert values_of(answer) == [(5, 5)] and answer.points[0].proven


def test_E1_floor_on_a_stage_of_the_objective():
    document = fund([(100, 10, 1), (100, 1, 9)], 100)
    document["objective"]["mode"] = "lexicographic"
    scenario = load_document(document).expect()
    name = stage_name(1, scenario.objective.terms[1])
    rows = [r for r in build_model(scenario, {name: 2.0}).programme.rows if r.label == "E1"]
    assert [(r.rule, r.bound) for r in rows] == [(name, "at_least")]
    assert not [r for r in build_model(scenario).programme.rows if r.label == "E1"]


def test_losses_can_be_traded():
    document = fund([(100, 10, 1), (100, 6, 1)], 200)
    document["fund"]["tiers"] = [{"id": "bank", "instrument": "loan", "size": 200, "public": False, "seniority": 0}]
    document["risk"] = {"model": "table", "losses": {"a": [0, 1], "b": [0, 0.5]}}
    answer = frontier(document, ["attribute:chips", "expected_loss"], complete=True)
    assert [tuple(round(v, 6) for v in p.values) for p in answer.points] == [(16, 75), (10, 50), (6, 25), (0, 0)]


def test_infeasible_is_an_answer():
    document = fund([(100, 10, 1)], 100, constraints=[{"id": "two", "kind": "count", "at_least": 2}])
    answer = frontier(document)
    assert (answer.termination, answer.points, answer.complete) == ("infeasible", [], False)


def test_what_time_left_open_is_said():
    draw = random.Random(3)
    values = [(draw.randint(1000, 9000), draw.randint(100, 999), draw.randint(100, 999)) for _ in range(200)]
    document = fund(values, 300_000)
    answer = frontier(document, complete=True, options=SolveOptions(time_limit_s=1.5))
    assert answer.termination == "time_limit" and not answer.complete
    assert answer.open and answer.open[-1].to <= sum(v[2] for v in values)
    assert "frontier-open" in {f["code"] for f in answer.findings}
    # No point stands that another beats.
    pairs = values_of(answer)
    assert pairs == sorted(pairs, key=lambda p: (-p[0], p[1]))


@pytest.mark.parametrize(
    ("keys", "code", "pointer"),
    [
        ({"terms": ["attribute:chips"]}, "frontier-not-two", "/terms"),
        ({"terms": "attribute:chips"}, "frontier-not-two", "/terms"),
        ({"terms": ["attribute:chips", "attribute:chips"]}, "frontier-same-term", "/terms"),
        ({"terms": ["attribute:chips", "attribute:nothing"]}, "unknown-attribute", "/terms/1/attribute"),
        ({"terms": ["attribute:chips", "public_money:nobody"]}, "unknown-tier", "/terms/1/tier"),
        ({"terms": ["nonsense", "attribute:chips"]}, "not-a-choice", "/terms/0/term"),
        ({"terms": [{"term": "attribute"}, "attribute:chips"]}, "term-needs-key", "/terms/0"),
        ({"terms": [5, "attribute:chips"]}, "wrong-type", "/terms/0"),
        ({"points": 1}, "not-whole-in-range", "/points"),
        ({"points": 2.5}, "not-whole-in-range", "/points"),
        ({"complete": "yes"}, "wrong-type", "/complete"),
        ({"terms": ["public_money", "private_money"], "complete": True}, "frontier-not-whole", "/complete"),
    ],
)
def test_what_cannot_be_asked(keys, code, pointer):
    with pytest.raises(QuestionError) as error:
        frontier(fund([(100, 10, 1)], 100), **keys)
    assert (code, pointer) in {(f.code, f.pointer) for f in error.value.findings}


def test_default_terms():
    document = fund([(100, 10, 1)], 100)
    document["objective"]["terms"].append({"term": "public_money"})
    assert "frontier-first-two" in {f["code"] for f in frontier(document).findings}
    del document["objective"]["terms"][1:]
    with pytest.raises(QuestionError) as error:
        frontier(document)
    assert [f.code for f in error.value.findings] == ["frontier-needs-terms"]


def test_tables_and_progress():
    said: list[tuple[int, int]] = []
    answer = frontier(fund([(100, 10, 1), (100, 1, 9)], 100), points=3, progress=lambda *a: said.append(a))
    frame = answer.frame("points")
    assert list(frame.columns)[:2] == ["chips", "jobs"] and len(frame) == 2
    assert said[-1] == (3, 3)
    with pytest.raises(KeyError):
        answer.frame("nothing")


def in_two_searches(monkeypatch):
    """Each point by one search for the first term and another for the second."""
    monkeypatch.setattr(frontiers._Search, "_both_at_once", lambda *_: None)


class Searches(Session):
    """Counts integer searches."""

    count = 0

    def _run(self, time_limit_s):
        Searches.count += self._integer
        return super()._run(time_limit_s)


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_both_terms_in_one_search_give_the_points_of_two(monkeypatch, seed, complete):
    rng = random.Random(seed)
    document = fund([(rng.randint(20, 90), rng.randint(1, 40), rng.randint(1, 40)) for _ in range(10)], 250)
    terms = ["attribute:chips", "attribute:jobs" if seed % 2 else "public_money"]
    monkeypatch.setattr(stages, "Session", Searches)
    counts, answers = [], []
    for once in (True, False):
        if not once:
            in_two_searches(monkeypatch)
        Searches.count = 0
        answers.append(frontier(document, terms, points=9, complete=complete))
        counts.append(Searches.count)
    one, two = answers
    assert one.points and values_of(one) == values_of(two) and one.complete == two.complete
    assert all(p.proven for p in one.points)
    # A complete frontier against money has its floors on the chips: the term to search for first has no steps.
    assert counts[0] == counts[1] if complete and seed % 2 == 0 else counts[0] < counts[1]


def test_steps_too_small_for_doubles_are_searched_twice(monkeypatch):
    # A step of a ten-millionth beside values of hundreds of thousands, against money to the euro.
    values = [(90.000001, 300000.0000001, 1), (70.5, 200000.0000003, 1), (60.25, 200000.0000002, 1)]
    monkeypatch.setattr(stages, "Session", Searches)
    Searches.count = 0
    answer = frontier(fund(values, 160), ["attribute:chips", "public_money"], points=5)
    once = Searches.count
    in_two_searches(monkeypatch)
    Searches.count = 0
    assert values_of(frontier(fund(values, 160), ["attribute:chips", "public_money"], points=5)) == values_of(answer)
    assert Searches.count == once


class Ends:
    """Time that is over after so many looks at the clock."""

    def __init__(self, looks):
        self.looks = looks

    def __get__(self, clock, kind=None):
        self.looks -= 1
        return self.looks < 0


SHAPES = {
    "floors": ({"points": 7}, True),
    "breakpoints": ({"complete": True}, True),
    "steps": ({"complete": True}, False),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_wherever_time_ends_what_is_left_is_named(monkeypatch, shape):
    """No point is lost without a word: each of the whole frontier is found, or lies in an interval that is open."""
    asked, divisible = SHAPES[shape]
    sites = [{"id": f"s{n}", "cost": {"2027": 20 + 7 * n}, "attributes": {"chips": 2 + n * n}, "divisible": divisible}
             for n in range(5)]  # fmt: skip
    document = {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": 100}]},
        "candidates": sites,
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}, {"term": "public_money"}]},
    }
    whole = frontier(document, **asked)
    assert not whole.open and len(whole.points) > 3
    ended = 0
    for looks in range(12):
        monkeypatch.setattr(Clock, "over", Ends(looks))
        part = frontier(document, **asked)
        monkeypatch.undo()
        if not part.open:
            assert [p.values for p in part.points] == [p.values for p in whole.points]
            continue
        ended += 1
        assert part.termination == "time_limit" and not part.complete
        assert [f["code"] for f in part.findings if f["code"] == "frontier-open"] == ["frontier-open"]
        found = {tuple(round(v, 6) for v in p.values) for p in part.points}
        for point in whole.points:
            inside = any(
                min(o.from_, o.to) - 1e-6 <= point.values[o.term] <= max(o.from_, o.to) + 1e-6 for o in part.open
            )
            assert inside or tuple(round(v, 6) for v in point.values) in found, (looks, point.values)
    assert ended > 2


def test_two_terms_of_one_kind_have_names_of_their_own():
    document = {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": 100},
                           {"id": "states", "instrument": "grant", "size": 60}]},
        "candidates": [{"id": "a", "divisible": True, "cost": {"2027": 90}, "attributes": {"chips": 5}}],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
    }  # fmt: skip
    terms = [{"term": "public_money", "tier": "union", "sense": "maximise"}, {"term": "public_money", "tier": "states"}]
    columns = list(frontier(document, terms, points=3).frame("points").columns)
    assert columns[:2] == ["public_money union maximise", "public_money states minimise"]
