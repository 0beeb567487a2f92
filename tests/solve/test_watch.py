"""Who looks on at a search sees how far it is, and may stop it: the plan so far is kept and made exact."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from optimiser import allocate
from optimiser.solve.losses import LossSession
from optimiser.solve.options import SolveOptions
from optimiser.solve.session import Run
from optimiser.solve.watch import Progress, Watch

LIMIT_S = 40.0


def knapsack(losses: bool = False) -> dict[str, Any]:
    """Too many tight rows for any solver to prove in the time: four attributes, each at most a third of its sum."""
    draw = random.Random(3)
    names = [f"a{j}" for j in range(25)]
    document: dict[str, Any] = {
        "fund": {"tiers": [{"id": "eu", "instrument": "loan" if losses else "grant", "size": 2000}]},
        "candidates": [
            {
                "id": f"c{i}",
                "cost": {"2027": draw.randint(5, 30)},
                "attributes": {"worth": draw.randint(50, 100), **{a: draw.randint(1, 100) for a in names}},
            }
            for i in range(200)
        ],
        "constraints": [{"id": f"row-{a}", "kind": "attribute", "attribute": a, "at_most": 3300} for a in names],
        "objective": {"terms": [{"term": "attribute", "attribute": "worth"}]},
    }
    if losses:
        document["fund"]["tiers"][0] |= {"seniority": 0, "limits": {"cvar": {"level": 0.9, "at_most": 0.95}}}
        for candidate in document["candidates"]:
            candidate["failure_probability"] = 0.01 + draw.random() / 10
        document["risk"] = {"draws": 100, "horizon_years": 10}
    return document


def stopping_later(losses: bool, seen: list[Progress], settled: list[Run | None]) -> Watch:
    """Stops soon after a plan is seen; where losses count, none is told on the way: once one is settled."""

    def wants_stop() -> bool:
        return any(settled) if losses else bool(seen) and seen[-1].value is not None

    return Watch(wants_stop, seen.append)


@pytest.mark.parametrize("losses", [False, True])
def test_a_stopped_search_keeps_its_plan(losses: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Progress] = []
    settled: list[Run | None] = []
    settle = LossSession._settled
    monkeypatch.setattr(LossSession, "_settled", lambda *a, **k: settled.append(settle(*a, **k)) or settled[-1])
    begun = time.perf_counter()
    result = allocate(knapsack(losses), SolveOptions(LIMIT_S, watch=stopping_later(losses, seen, settled)))
    assert time.perf_counter() - begun < LIMIT_S / 2
    assert (result.termination, result.has_allocation) == ("time_limit", True)
    codes = [f["code"] for f in result.findings]
    assert "search-stopped" in codes and "time-limit" not in codes
    assert result.certificate is not None and result.certificate.holds
    value, bound = result.objective.value, result.objective.bound
    assert value is not None and bound is not None and 0 < value < bound
    bounds = [p.bound for p in seen if p.stage == "objective" and p.bound is not None]
    assert (bounds or losses) and all(b >= bound - 1e-6 for b in bounds)
    values = [p.value for p in seen if p.stage == "objective" and p.value is not None]
    # The plans of a search that sees losses through groups are not yet plans.
    assert not values if losses else values and values == sorted(values) and values[-1] <= value + 1e-6


def test_a_search_stopped_before_it_begins_has_no_plan() -> None:
    result = allocate(knapsack(), SolveOptions(LIMIT_S, watch=Watch(lambda: True, lambda progress: None)))
    assert (result.termination, result.has_allocation) == ("time_limit", False)
    assert [f["code"] for f in result.findings if f["severity"] != "note"] == []


def test_who_only_looks_on_changes_nothing() -> None:
    document = knapsack()
    document["candidates"] = document["candidates"][:14]
    alone, watched = (
        json.loads(allocate(document, SolveOptions(LIMIT_S, watch=watch)).to_json())
        for watch in (None, Watch(lambda: False, lambda progress: None))
    )
    assert alone["termination"] == "optimal"
    for result in (alone, watched):
        del result["provenance"]
    assert alone == watched
