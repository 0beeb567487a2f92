"""When an answer agrees with the oracle's: values, bounds, what soft rules are broken by, public money, uniqueness."""

from __future__ import annotations

import pytest
from brute_force import Optimum, Oracle

from optimiser import Result


def agrees(result: Result, expected: Optimum, only_phases_are_whole: bool) -> None:
    if not expected.stages:
        assert result.termination == "infeasible"
        return
    assert result.termination == "optimal"
    assert result.certificate is not None and result.certificate.holds
    # What the search says: both solvers' tolerances of 1e-9, on sums of some 10^3.
    assert [stage.value for stage in result.objective.stages] == pytest.approx(expected.stages, rel=1e-6, abs=1e-6)
    assert [stage.bound for stage in result.objective.stages] == pytest.approx(expected.stages, rel=1e-6, abs=1e-6)
    # What the plan in whole euros is worth: each cell may be off by a euro, times at most a point a euro.
    names = [stage.name for stage in result.objective.stages]
    priorities = [int(name.removeprefix("soft-")) for name in names if name.startswith("soft-")]
    assert result.objective.value == pytest.approx(expected.stages[len(priorities)], rel=1e-6, abs=1e-4)
    for n, stage in zip(priorities, expected.stages, strict=False):
        broken = sum(bound.scaled for bound in result.soft if bound.priority == n)
        assert broken == pytest.approx(-stage, rel=1e-6, abs=1e-4)
    if not unfinished(result):
        # The tie-break's first stage: 1e-9 of the objective may buy some euros.
        assert result.indicators is not None
        assert result.indicators.public_money == pytest.approx(expected.public_money, abs=0.02)
    if result.objective.another_optimum == "none":
        assert expected.ways == 1
    if result.objective.another_optimum == "exists" and only_phases_are_whole:
        assert expected.ways > 1


def unfinished(result) -> bool:
    return any(finding["code"] == "tie-break-unfinished" for finding in result.findings)


def only_phases_are_whole(oracle: Oracle) -> bool:
    return all(
        whole == (name[0] == "y")
        for name, whole in zip(oracle.s.columns, oracle.s.whole, strict=True)
        if name[0] in "yuv"
    )
