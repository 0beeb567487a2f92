"""Two stages: the farmer of Birge and Louveaux, funds by brute force, decisions that cannot be kept."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest

from optimiser import QuestionError, allocate, load_document, two_stage
from optimiser.scenario.load import with_patch
from optimiser.solve.arrays import Arrays
from optimiser.solve.clock import Clock
from optimiser.solve.options import SolveOptions
from optimiser.solve.stacked import Block, solve_stacked
from optimiser.study.two_stages import mean_of

Document = dict[str, Any]

YIELDS = {"poor": (2.0, 2.4, 16.0), "mean": (2.5, 3.0, 20.0), "good": (3.0, 3.6, 24.0)}
"""Tonnes an acre of wheat, corn and sugar beet: the mean, and 20 % less and more."""


def farmer(yields: tuple[float, float, float], acres: tuple[float, ...] | None = None) -> Block:
    """Birge and Louveaux, section 1.1: 500 acres; columns are acres (3), bought (2), sold (wheat, corn, beet, beet
    above the quota of 6000). 200 t of wheat and 240 t of corn are needed for feed."""
    gain = np.array([-150.0, -230, -260, -238, -210, 170, 150, 36, 10])
    rows = np.zeros((4, 9))
    rows[0, :3] = 1
    rows[1, [0, 3, 5]] = yields[0], 1, -1
    rows[2, [1, 4, 6]] = yields[1], 1, -1
    rows[3, [2, 7, 8]] = yields[2], -1, -1
    lower, upper = np.zeros(9), np.full(9, np.inf)
    upper[7] = 6000
    if acres is not None:
        lower[:3] = upper[:3] = acres
    arrays = Arrays(
        cost=gain,
        lower=lower,
        upper=upper,
        integer=np.zeros(9, dtype=bool),
        row_lower=np.array([-np.inf, 200, 240, 0]),
        row_upper=np.array([500, np.inf, np.inf, np.inf]),
        start=np.arange(0, 37, 9, dtype=np.int32),
        index=np.tile(np.arange(9), 4).astype(np.int32),
        value=rows.reshape(-1),
    )
    return Block(arrays, gain, 1.0)


def best(blocks: list[Block], linked: list[list[int]]) -> Any:
    return solve_stacked(blocks, linked, Clock(SolveOptions()))


def test_the_farmer_has_his_published_measures():
    weighted = [Block(b.arrays, b.cost, 1 / 3) for b in map(farmer, YIELDS.values())]
    linked = [[n] * 3 for n in range(3)]
    recourse = best(weighted, linked)
    waiting = best(weighted, [])
    mean = best([farmer(YIELDS["mean"])], [])
    eev = best([Block(farmer(y, tuple(mean.values[0][:3])).arrays, b.cost, 1 / 3) for y, b in zip(YIELDS.values(), weighted, strict=True)], linked)  # noqa: E501  # fmt: skip
    assert recourse.value == pytest.approx(108_390, abs=0.5)
    assert waiting.value == pytest.approx(115_405.56, abs=0.5)
    assert eev.value == pytest.approx(107_240, abs=0.5)
    assert waiting.value - recourse.value == pytest.approx(7_015.56, abs=0.5)
    assert recourse.value - eev.value == pytest.approx(1_150, abs=0.5)
    # The published acres: 170 wheat, 80 corn, 250 beet, in every year alike.
    for values in recourse.values:
        # The tie-break may give up a billionth of 108,390, which moves acres worth tens of dollars by as little.
        assert values[:3] == pytest.approx([170, 80, 250], abs=1e-4)


@pytest.mark.parametrize("before", [{}, {1: np.eye(9)[3]}], ids=["objective", "soft rules first"])
def test_blocks_that_no_plan_keeps_have_no_value(before):
    too_much = farmer(YIELDS["mean"], (200.0, 200.0, 200.0))
    outcome = best([Block(too_much.arrays, too_much.cost, 1.0, before=before)], [])
    assert (outcome.ending, outcome.value, outcome.values) == ("infeasible", None, ())


def fund(budgets: list[float], chances: list[float], sites: list[tuple[float, float]], now: list[str]) -> Document:
    """Sites (cost, worth) and a tier whose size differs between the variants."""
    return {
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": budgets[0]}]},
        "candidates": [
            {"id": chr(97 + n), "cost": {"2027": cost}, "attributes": {"worth": worth}}
            for n, (cost, worth) in enumerate(sites)
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "worth"}]},
        "variants": [
            {"id": f"v{n}", "probability": p, "patch": {"/fund/tiers/union/size": b}}
            for n, (p, b) in enumerate(zip(chances, budgets, strict=True))
        ],
        "decisions": {"now": [f"{i}/main" for i in now]},
    }


def test_one_decision_by_hand():
    # With 100 or 200 to come: a (200, worth 10) fits only the rich variant, b (100, worth 4) both. Deciding on a now
    # is not possible if the poor variant may come: a is not funded now; b and c (100, worth 3) follow in the rich one.
    answer = two_stage(fund([100, 200], [0.5, 0.5], [(200, 10), (100, 4), (100, 3)], ["a"]))
    assert answer.now == {"a/main": 0.0} and answer.proven
    assert (answer.recourse, answer.wait_and_see) == (0.5 * 4 + 0.5 * 7, 0.5 * 4 + 0.5 * 10)
    assert answer.evpi == 1.5
    # The mean, 150, pays b alone: nothing of a either.
    assert answer.mean_now == {"a/main": 0.0}
    assert answer.eev == answer.recourse and answer.vss == 0
    assert [sorted(v.funded) for v in answer.variants] == [["b/main"], ["b/main", "c/main"]]
    assert all(r.certificate.holds for r in answer.results)


def test_a_plan_for_the_mean_that_cannot_be_kept():
    # The mean of 100 and 300 pays a (200), which the poor variant cannot.
    answer = two_stage(fund([100, 300], [0.5, 0.5], [(200, 10), (100, 4)], ["a"]))
    assert answer.mean_now == {"a/main": 1.0}
    assert (answer.eev, answer.vss, answer.mean_fails) == (None, None, "v0")
    assert answer.recourse == 4


def brute(document: Document) -> tuple[float, float]:
    """RP and WS by trying every set of decisions of now, and every plan after them."""
    cost = {c["id"]: c["cost"]["2027"] for c in document["candidates"]}
    worth = {c["id"]: c["attributes"]["worth"] for c in document["candidates"]}
    now = [name.split("/")[0] for name in document["decisions"]["now"]]
    later = [i for i in cost if i not in now]

    def value(budget: float, fixed: tuple[str, ...], free: list[str]) -> float:
        plans = (fixed + more for n in range(len(free) + 1) for more in itertools.combinations(free, n))
        return max((sum(worth[i] for i in p) for p in plans if sum(cost[i] for i in p) <= budget), default=-np.inf)

    chances = [(v["probability"], v["patch"]["/fund/tiers/union/size"]) for v in document["variants"]]
    sets = [fixed for n in range(len(now) + 1) for fixed in itertools.combinations(now, n)]
    recourse = max(sum(p * value(b, fixed, later) for p, b in chances) for fixed in sets)
    return recourse, sum(p * value(b, (), [*cost]) for p, b in chances)


@pytest.mark.parametrize("seed", range(8))
def test_small_funds_agree_with_brute_force(seed):
    draw = random.Random(seed)
    sites = [(draw.randint(40, 160), draw.randint(1, 30)) for _ in range(7)]
    budgets = [draw.randint(150, 600) for _ in range(3)]
    document = fund(budgets, [0.5, 0.25, 0.25], sites, ["a", "c", "e", "f"])
    answer = two_stage(document)
    recourse, waiting = brute(document)
    assert answer.recourse == pytest.approx(recourse, abs=1e-9) and answer.proven
    assert answer.wait_and_see == pytest.approx(waiting, abs=1e-9)
    assert answer.evpi >= 0 and (answer.vss is None or answer.vss >= 0)
    for v in answer.variants:
        assert all((name in v.funded) == (y > 0) for name, y in answer.now.items())


def test_a_variant_that_is_infeasible():
    document = fund([100, 200], [0.5, 0.5], [(200, 10), (100, 4)], ["a"])
    document["variants"][0]["patch"] = {"candidates": {"a": {"locked": "in"}}, "/fund/tiers/union/size": 100}
    answer = two_stage(document)
    assert (answer.termination, answer.recourse, answer.variants) == ("infeasible", None, [])
    assert [f["pointer"] for f in answer.findings if f["code"] == "variant-infeasible"] == ["/variants/v0"]


def test_losses_in_two_stages():
    # A limit on losses holds in each variant by itself: with 50 % lost in half the draws, nothing may be lent.
    document = fund([200, 200], [0.5, 0.5], [(100, 5), (100, 4)], ["a", "b"])
    document["fund"]["tiers"] = [
        {"id": "union", "instrument": "loan", "public": False, "size": 200, "seniority": 0,
         "limits": {"expected_loss": {"at_most": 0.3}}}
    ]  # fmt: skip
    document["risk"] = {"model": "table", "losses": {"a": [0, 1], "b": [0, 0.2]}}
    document["variants"][1]["patch"] = {"risk": {"losses": {"a": [1, 1], "b": [0, 0.2]}}}
    answer = two_stage(document)
    # v0: a loses 0.5 and b 0.1 on average, both together 0.3; v1: a loses 1, so that a and b lose 0.55.
    assert {name for name, y in answer.now.items() if y} == {"b/main"}
    assert answer.recourse == 4 and answer.wait_and_see == pytest.approx(0.5 * 9 + 0.5 * 4)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"variants": []}, "two-stage-needs-variants"),
        ({"variants": [{"id": "v", "patch": {}}]}, "two-stage-needs-variants"),
        ({"decisions": {"now": []}}, "two-stage-needs-decisions"),
        (
            {
                "variants": [
                    {"id": "v", "probability": 1, "patch": {"candidates": [{"id": "z", "attributes": {"worth": 1}}]}}
                ]
            },
            "decision-not-in-variant",
        ),
    ],
)
def test_what_cannot_be_asked(change, code):
    document = {**fund([100, 200], [0.5, 0.5], [(100, 5)], ["a"]), **change}
    with pytest.raises(QuestionError) as error:
        two_stage(document)
    assert code in {f.code for f in error.value.findings}


def test_a_mean_that_is_no_scenario():
    document = fund([100, 200], [0.5, 0.5], [(100, 5), (100, 4)], ["a"])
    document["variants"][1]["patch"] = {"candidates": {"b": {"locked": "out"}}}
    answer = two_stage(document)
    assert answer.vss is None and answer.mean_now is None and answer.recourse == 5
    assert "mean-undefined" in {f["code"] for f in answer.findings}
    assert "set-aside" not in {f["code"] for f in answer.findings}


def test_means():
    assert mean_of([{"a": 1, "b": [2, "x"]}, {"a": 3, "b": [2, "x"]}], [0.25, 0.75]) == {"a": 2.5, "b": [2, "x"]}
    with pytest.raises(ValueError, match="x / y"):
        mean_of(["x", "y"], [0.5, 0.5])


def test_a_plain_allocation_sets_variants_aside():
    document = fund([100, 200], [0.5, 0.5], [(100, 5), (100, 4)], ["a"])
    result = allocate(document)
    notes = {f["pointer"]: f for f in result.findings if f["code"] == "set-aside"}
    assert set(notes) == {"/variants", "/decisions"} and "--two-stage" in notes["/variants"]["cure"]
    scenario = load_document(document).expect()
    assert with_patch(scenario, document["variants"][1]["patch"]).expect().fund.tiers[0].size.at_most == 200
