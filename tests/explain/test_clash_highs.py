"""HiGHS's own irreducible infeasible subsystem as a second opinion on clashes of linear scenarios."""

from __future__ import annotations

import dataclasses

import highspy
import numpy as np
import pytest
from explain_cases import scenario, site, tier

from optimiser import load_document, repair
from optimiser.explain.written import written_rows
from optimiser.model.build import build_model
from optimiser.solve.arrays import arrays_of
from optimiser.solve.session import QuietHighs, lp_of

SITES = [site("a", 100, divisible=True, tags=["x"]), site("b", 60, divisible=True), site("c", 80, divisible=True)]

CLASHES = {
    "money below a floor": ([tier(size=50)], [{"kind": "money", "at_least": 70}]),
    "floor of one group, ceiling of all": (
        [tier(size=500)],
        [{"kind": "money", "of": {"tags": ["x"]}, "at_least": 90}, {"kind": "money", "at_most": 60}],
    ),
    "share of the cost": (
        [tier(size=500, max_share_of_cost=0.5)],
        [{"kind": "money", "of": {"candidates": ["b", "c"]}, "at_least": 100}, {"kind": "count", "at_most": 3}],
    ),
    "three together": (
        [tier(size=150)],
        [
            {"kind": "money", "of": {"candidates": ["a"]}, "at_least": 80},
            {"kind": "money", "of": {"candidates": ["b", "c"]}, "at_least": 90},
            {"kind": "money", "of": {"candidates": ["c"]}, "at_most": 70},
        ],
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_highs_needs_every_rule_of_the_clash(name):
    tiers, rules = CLASHES[name]
    document = scenario(SITES, tiers, rules)
    clash = repair(document).clash
    assert clash.irreducible
    places = [frozenset(r.pointers) for r in clash.rules]
    assert _named_by_highs(load_document(document).expect(), places) == set(places)


def _named_by_highs(found, places):
    """The rules that HiGHS calls infeasible together, of those in the clash and what no user decides."""
    model = build_model(found)
    arrays = arrays_of(model.programme)
    assert not arrays.integer.any()
    of_row = [
        None if w is None else next((p for p in places if set(w.pointers) <= p), "other") for w in written_rows(model)
    ]
    free = np.array([p == "other" for p in of_row])
    lower, upper = np.where(free, -np.inf, arrays.row_lower), np.where(free, np.inf, arrays.row_upper)
    highs = QuietHighs()
    highs.passModel(lp_of(dataclasses.replace(arrays, row_lower=lower, row_upper=upper)))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    highs.setOptionValue("iis_strategy", 2 + 4)  # from the linear programme, irreducible
    status, iis = highs.getIis()
    assert status == highspy.HighsStatus.kOk
    return {of_row[n] for n in iis.row_index_} - {None}
