"""What others say of the same scenario: a second solver, every way tried by brute force, a worker that is warm."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest
from agreement import agrees, only_phases_are_whole
from brute_force import Oracle, optimum_over_starts
from hypothesis import event, given
from hypothesis import strategies as st
from property_cases import FAMILIES, PROPERTY, any_documents, documents, reference_documents
from random_scenarios import neighbour

from optimiser import allocate, load_document, second_opinion
from optimiser.batch.family import Family
from optimiser.dossier.opinion import AGREED
from optimiser.solve.external import available_solvers

SOLVER = next(name for name in ("PULP_CBC_CMD", "COIN_CMD", "GLPK_CMD", "HiGHS") if name in available_solvers())


# PuLP 3.3 has its CBC under this name only; PuLP 4 brings none under it.
@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated:DeprecationWarning")
@PROPERTY
@given(any_documents())
def test_a_second_solver_agrees(document):
    found = second_opinion(document, json.loads(allocate(document).to_json()), SOLVER)
    event(found.verdict)
    assert found.verdict in AGREED, (found.sentence, found.stages)


@PROPERTY
@given(reference_documents(tuple(f for f in FAMILIES if f not in ("windows", "losses"))))
def test_brute_force_agrees(document):
    oracle = Oracle(document)
    agrees(allocate(document), oracle.optimum(), only_phases_are_whole(oracle))


@PROPERTY
@given(reference_documents(("windows",)))
def test_brute_force_agrees_T1_over_every_start(document):
    # A ticket is one decision more for each start: what else is as good cannot be told from the phases alone.
    plain = not any("min_ticket" in t for t in document["fund"]["tiers"])
    whole = plain and not any(c.get("divisible") for c in document["candidates"])
    agrees(allocate(document), optimum_over_starts(document), whole)


@PROPERTY
@given(any_documents(), st.randoms(use_true_random=False), documents(divisible=True))
def test_hot_equals_cold(document, rng, stranger):
    """Three neighbours and a stranger in one family: each answer is the one found from nothing, to the letter."""
    family = Family()
    scenarios = [document]
    for _ in range(2):
        scenarios.append(neighbour(rng, copy.deepcopy(scenarios[-1])))
    for scenario in [*scenarios, stranger, document]:
        loaded = load_document(scenario)
        if loaded.scenario is not None:
            cold = allocate(loaded)
            assert replace(family.allocate(loaded), provenance=cold.provenance) == cold
