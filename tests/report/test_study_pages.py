"""Pages of studies in the states they rarely have: nothing found, time over, one point, all the rows."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from optimiser import SolveOptions, budget_curve, deciding_inputs, frontier
from optimiser.report.robustness import inputs_page
from optimiser.report.studies import curve_page, frontier_page

TERMS = ["attribute:chips", "public_money"]


def fund(divisible: bool, sites: int = 4, size: float = 160, **keys: Any) -> dict[str, Any]:
    """Sites of one tier, each dearer and better than the one before."""
    return {
        "name": "pages",
        "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": size}]},
        "candidates": [
            {"id": f"s{n}", "divisible": divisible, "cost": {"2027": 40 + 11 * n}, "attributes": {"chips": 3 + n * n}}
            for n in range(sites)
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
        **keys,
    }


def said(blocks: list[Any]) -> str:
    """All words of a page, one after the other."""
    return " ".join(str(word) for block in blocks for word in _words(asdict(block)))


def _words(part: Any) -> Any:
    if isinstance(part, dict):
        for value in part.values():
            yield from _words(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _words(value)
    elif part is not None and not isinstance(part, bool):
        yield part


def test_how_often_the_solver_began_anew_is_for_whoever_wants_all():
    answer = budget_curve(fund(True), "union")
    assert "The solver began anew" not in said(curve_page(answer))
    assert "The solver began anew for 1 of" in said(curve_page(answer, everything=True))
    inputs = deciding_inputs(fund(True))
    assert "The solver began anew" in said(inputs_page(inputs, everything=True))


def test_a_curve_with_whole_sites_shows_where_the_list_changes():
    answer = budget_curve(fund(False), "union")
    page = said(curve_page(answer, everything=True))
    assert answer.steps
    for step in answer.steps:
        assert all(name.removesuffix("/main") in page for name in (*step.entering, *step.leaving))


def test_a_curve_on_which_the_list_never_changes_says_so():
    answer = budget_curve(fund(False), "union", low=200, high=210)
    assert not answer.steps and answer.method == "bisection"
    assert "list" in said(curve_page(answer))


def test_a_curve_beside_the_size_as_it_stands_speaks_of_the_range():
    answer = budget_curve(fund(True), "union", low=20, high=40)
    assert answer.value is None
    assert "160" not in said(curve_page(answer)[:1])


def test_a_curve_without_any_plan():
    locked = fund(True)
    locked["candidates"][0]["locked"] = "in"
    answer = budget_curve(locked, "union", low=1, high=20)
    assert answer.termination == "infeasible" and answer.points
    assert said(curve_page(answer)[:1]) != said(curve_page(budget_curve(fund(True), "union"))[:1])


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_time_left_open_stands_on_the_page(lang):
    curve = budget_curve(fund(True), "union", options=SolveOptions(time_limit_s=0.0))
    assert curve.termination == "time_limit"
    assert said(curve_page(curve, lang))
    whole = fund(False, 40, 900)
    points = frontier(whole, TERMS, points=5, options=SolveOptions(time_limit_s=1e-9))
    assert points.termination == "time_limit"
    assert said(frontier_page(points, lang))


def test_a_frontier_of_one_point_and_one_of_none():
    one = frontier(fund(False, 1, 50), ["attribute:chips", "private_money"])
    assert len(one.points) == 1
    assert "one" in said(frontier_page(one)).lower()
    none = replace(one, points=[], results=[], termination="infeasible", complete=False)
    assert said(frontier_page(none)[:1]) != said(frontier_page(one)[:1])


def test_rows_that_do_not_fit_a_screen_are_counted():
    answer = deciding_inputs(fund(True, 12, 400))
    moving = [i for i in answer.inputs if i.move is not None]
    short, everything = said(inputs_page(answer)), said(inputs_page(answer, everything=True))
    assert len(moving) > 10 and len(everything) > len(short)
