"""T1: what must hold of decided starts, whatever the scenario."""

from __future__ import annotations

import copy
from itertools import pairwise

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from property_cases import NOISE, PROPERTY, documents, no_less, optimum, value

from optimiser import allocate


def with_windows(document, width, after=None):
    """Every start decided, in a window that opens in the first year with a cost; later phases ``after`` years later."""
    moved = copy.deepcopy(document)
    moved["horizon"] = {"first_year": 2027, "last_year": 2031}
    for c in moved["candidates"]:
        if "cost" in c:
            c["phases"] = [{"id": "main", "cost": c.pop("cost")}]
        for p in c["phases"]:
            cost = {int(t): amount for t, amount in p.pop("cost").items()}
            first = min(cost)
            p["cost_since_start"] = {str(t - first): amount for t, amount in cost.items()}
            p["start"] = {"earliest": first, "latest": first + width}
        for p in c["phases"][1:]:
            p |= {} if after is None else {"after_years": after}
    return moved


def with_the_same_horizon(document):
    return document | {"horizon": {"first_year": 2027, "last_year": 2031}}


@PROPERTY
@given(documents())
def test_T1_a_window_of_one_year_is_fixed_years(document):
    fixed = optimum(with_the_same_horizon(document))
    assert optimum(with_windows(document, 0)) == pytest.approx(fixed, rel=NOISE, abs=NOISE)


@PROPERTY
@given(documents(), st.integers(1, 2))
def test_T1_a_wider_window_never_hurts(document, width):
    assert no_less(optimum(with_windows(document, width)), optimum(with_windows(document, width - 1)))


@PROPERTY
@given(documents(), st.integers(0, 2))
def test_T1_fewer_years_between_phases_never_hurt(document, years):
    least = None if years == 0 else years - 1
    assert no_less(optimum(with_windows(document, 2, least)), optimum(with_windows(document, 2, years)))


@PROPERTY
@given(documents(), st.integers(0, 2))
def test_T1_the_certificate_is_clean_and_starts_are_in_order(document, years):
    moved = with_windows(document, 2, years)
    result = allocate(moved)
    event(result.termination)
    if result.has_allocation:
        assert value(result) == result.objective.value
        assert result.certificate is not None and result.certificate.holds
        for stated, c in zip(moved["candidates"], result.candidates, strict=True):
            assert {p for p, y in c.phases.items() if y} == set(c.starts)
            for earlier, later in pairwise(p["id"] for p in stated["phases"]):
                assert later not in c.starts or c.starts[later] >= c.starts[earlier] + years
