"""Second opinions and dossiers: every verdict provoked, with a real second solver."""

from __future__ import annotations

import copy
import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pulp
import pytest

from optimiser import (
    DossierError,
    SolveOptions,
    SolverUnavailable,
    allocate,
    dossier_bytes,
    load_document,
    read_dossier,
    second_opinion,
)
from optimiser.library import library_files
from optimiser.solve import external
from optimiser.solve.arrays import Arrays
from optimiser.solve.external import ExternalSession, available_solvers

SOLVER = next(name for name in ("PULP_CBC_CMD", "COIN_CMD", "GLPK_CMD", "HiGHS") if name in available_solvers())

# PuLP 3.3 has its CBC under this name only; PuLP 4 brings none under it.
pytestmark = pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated:DeprecationWarning")


def fund(*costs: float, size: float = 10, worth: tuple[float, ...] = (), **changes: Any) -> dict[str, Any]:
    sites = [
        {"id": f"s{n}", "country": "PT", "cost": {"2027": cost}, "attributes": {"x": (worth or costs)[n]}}
        for n, cost in enumerate(costs)
    ]
    return {
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": size}]},
        "candidates": sites,
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
        **changes,
    }


def result_of(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(allocate(document).to_json())
    return found


def _funded(result: dict[str, Any]) -> set[str]:
    return {c["id"] for c in result["candidates"] if c["funded"]}


def verdict(document: dict[str, Any], result: dict[str, Any]) -> str:
    found = second_opinion(document, result, SOLVER)
    assert "{" not in found.sentence
    return found.verdict


def test_the_same_answer_is_confirmed() -> None:
    document = fund(3, 4, 5)
    found = second_opinion(document, result_of(document), SOLVER)
    assert (found.verdict, int(found.exit_code), found.certificate_holds) == ("confirmed", 0, True)
    assert [(s.stated, s.recounted, s.other) for s in found.stages] == [(9, 9, 9)]
    assert list(found.frame().columns) == ["stage", "stated", "recounted", "other"]


def test_another_plan_as_good_is_no_error() -> None:
    document = fund(6, 6)
    result = result_of(document)
    other = json.loads(json.dumps(result).replace('"s0"', '"S"').replace('"s1"', '"s0"').replace('"S"', '"s1"'))
    assert _funded(other) != _funded(result)
    assert sorted([verdict(document, result), verdict(document, other)]) == ["confirmed", "confirmed-other-sites"]


def test_a_worse_plan_that_calls_itself_optimal_is_caught() -> None:
    document = fund(3, 4, 5)
    worse = result_of(fund(3, 4, 5, size=4))
    worse["scenario"] = result_of(document)["scenario"]
    found = second_opinion(document, worse, SOLVER)
    assert (found.verdict, int(found.exit_code)) == ("better-found", 1)
    worse["termination"] = "time_limit"
    assert verdict(document, worse) == "better-than-unproven"


def test_a_plan_that_breaks_a_rule_is_caught() -> None:
    document = fund(3, 4, 5)
    beyond = result_of(fund(3, 4, 5, size=12))
    beyond["scenario"] = result_of(document)["scenario"]
    found = second_opinion(document, beyond, SOLVER)
    assert (found.verdict, found.broken) == ("breaks-rules", ["B1 eu"])


def test_a_value_that_is_not_the_plans_is_caught() -> None:
    document = fund(3, 4, 5)
    result = result_of(document)
    result["objective"]["value"] = 9.5
    assert verdict(document, result) == "misstated"


def test_a_result_of_another_scenario_is_not_compared() -> None:
    assert verdict(fund(3, 4), result_of(fund(3, 5))) == "other-scenario"
    assert verdict(fund(3, 4), {}) == "other-scenario"


def test_infeasible_is_confirmed_or_not() -> None:
    document = fund(30)
    document["candidates"][0]["locked"] = "in"
    result = result_of(document)
    assert verdict(document, result) == "confirmed-ending"
    feasible = fund(3)
    result["scenario"] = result_of(feasible)["scenario"]
    assert verdict(feasible, result) == "other-ending"


def test_terms_in_order_are_compared_in_order() -> None:
    terms = [{"term": "attribute", "attribute": "x"}, {"term": "public_money"}]
    document = fund(3, 4, worth=(5, 5), size=6, objective={"mode": "lexicographic", "terms": terms})
    result = result_of(document)
    assert verdict(document, result) == "confirmed"
    dearer = copy.deepcopy(result)
    for cell in dearer["money"]:
        cell.update(candidate="s1", amount=4)
    for award in dearer["candidates"]:
        award["phases"] = {"main": 1.0 if award["id"] == "s1" else 0.0}
    dearer["objective"]["terms"][1]["value"] = 4
    assert verdict(document, dearer) == "better-found"


def test_a_soft_rule_broken_more_than_it_must_be_is_caught() -> None:
    rule = {"id": "most", "kind": "count", "at_most": 1, "soft": {"priority": 1}}
    document = fund(3, 4, constraints=[rule])
    both = result_of(fund(3, 4))
    assert verdict(document, result_of(document)) == "confirmed"
    both["scenario"] = result_of(document)["scenario"]
    assert verdict(document, both) == "better-found"


def test_a_search_that_cannot_end_is_open() -> None:
    draw = random.Random(1)
    document = fund(*[0.0] * 300)
    for site in document["candidates"]:
        site["attributes"] = {"x": draw.randint(50, 100), **{f"a{n}": draw.randint(1, 100) for n in range(30)}}
    document["constraints"] = [
        {"id": f"row-{n}", "kind": "attribute", "attribute": f"a{n}", "at_most": 5000} for n in range(30)
    ]
    result = json.loads(allocate(document, SolveOptions(time_limit_s=1)).to_json())
    found = second_opinion(document, result, SOLVER, SolveOptions(time_limit_s=1))
    assert found.verdict in ("not-proven", "better-than-unproven")


def test_an_unknown_solver_is_refused() -> None:
    with pytest.raises(SolverUnavailable, match="there is no solver 'nobody'"):
        second_opinion(fund(3), {}, "nobody")


def test_a_dossier_holds_all_that_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    loaded = load_document(json.loads(library_files()["ai-factories"].read_bytes()))
    result = allocate(loaded)
    path.write_bytes(dossier_bytes(loaded, result))
    document, kept = read_dossier(path)
    assert load_document(document).scenario == loaded.scenario
    assert kept == json.loads(result.to_json())
    with zipfile.ZipFile(path) as archive:
        assert b"ROWS" in archive.read("model.mps")
        assert result.scenario.sha256 in archive.read("README.txt").decode()
    assert dossier_bytes(loaded, result) == path.read_bytes()


@pytest.mark.parametrize(("lang", "made"), [("en", "4 Nov 2026, 03:05 UTC"), ("fr", "4 nov. 2026 à 03:05 UTC")])
def test_a_dossier_says_when_it_was_made(lang: str, made: str) -> None:
    document = fund(3)
    result = allocate(document)
    result = replace(result, provenance=replace(result.provenance, created="2026-11-04T04:05:06+01:00"))
    with zipfile.ZipFile(io.BytesIO(dossier_bytes(document, result, lang))) as archive:
        assert made in archive.read("README.txt").decode()
        assert json.loads(archive.read("result.json"))["provenance"]["created"] == "2026-11-04T04:05:06+01:00"


@pytest.mark.parametrize("change", ["result.json", "scenario.json"])
def test_a_changed_dossier_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "d.zip"
    document = fund(3)
    path.write_bytes(dossier_bytes(document, allocate(document)))
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents[change] = contents[change].replace(b"3", b"4")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    with pytest.raises(DossierError, match=f"was changed after it was written: {change}"):
        read_dossier(path)


def test_what_is_no_dossier(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    path.write_bytes(b"PK nonsense")
    with pytest.raises(DossierError, match="is no dossier"):
        read_dossier(path)
    with pytest.raises(DossierError, match="is no dossier"):
        read_dossier(tmp_path / "nothing.zip")


def test_infeasible_whole_decisions_are_called_so_by_both() -> None:
    # Only the ticket of 20, in whole decisions, rules every plan out; CBC finds that before its search begins.
    document: dict[str, Any] = {
        "horizon": {"first_year": 2027, "last_year": 2029},
        "fund": {
            "tiers": [
                {
                    "id": "union",
                    "instrument": "grant",
                    "min_ticket": 20,
                    "size": {"at_least": 5, "at_most": 20},
                    "concentration": {"at_most": 0.4, "of": "size"},
                    "annual_ceiling": {"2027": 5},
                    "ceiling_basis": "commitments",
                }
            ],
            "least_private_share": 0.2,
            "least_public_share": 0.15,
        },
        "candidates": [
            {
                "id": "a",
                "cost": {"2027": 40},
                "private_pledge": 0,
                "least_private_share": 0,
                "least_public_share": 0,
                "attributes": {"value": 1},
            },
            {
                "id": "b",
                "phases": [
                    {"id": "p1", "cost": {"2027": 45}, "attributes": {"value": 1}},
                    {"id": "p2", "cost": {"2027": 100}},
                ],
                "max_public_share": 0.25,
            },
            {"id": "c", "cost": {"2027": 10}, "attributes": {"value": 1}},
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
    }
    result = result_of(document)
    assert result["termination"] == "infeasible"
    assert verdict(document, result) == "confirmed-ending"


def test_a_search_cut_off_without_a_plan_is_no_error() -> None:
    # A market split (Cornuéjols and Dawande 1999): no solver finds or refutes a plan of it in a tenth of a second.
    rng = random.Random(1)
    rows, columns = 6, 50
    matrix = np.array([[rng.randint(0, 99) for _ in range(columns)] for _ in range(rows)], dtype=float)
    half = np.floor(matrix.sum(axis=1) / 2)
    arrays = Arrays(
        cost=np.ones(columns),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.ones(columns, dtype=bool),
        row_lower=half,
        row_upper=half,
        start=np.arange(0, rows * columns + 1, columns, dtype=np.int32),
        index=np.tile(np.arange(columns, dtype=np.int32), rows),
        value=matrix.ravel(),
    )
    session = ExternalSession(arrays, SOLVER, columns)
    session.maximise(arrays.cost)
    assert session.run(0.1).ending == "time_limit"


def test_a_column_that_nothing_names_comes_back_too() -> None:
    # max a, a ≤ 3 by a row; b stands in no row and is worth nothing.
    arrays = Arrays(
        cost=np.array([1.0, 0.0]),
        lower=np.zeros(2),
        upper=np.array([9.0, 5.0]),
        integer=np.zeros(2, dtype=bool),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([3.0]),
        start=np.array([0, 1], dtype=np.int32),
        index=np.array([0], dtype=np.int32),
        value=np.array([1.0]),
    )
    session = ExternalSession(arrays, SOLVER, 2)
    session.maximise(arrays.cost)
    run = session.run(10.0)
    assert run.ending == "optimal" and run.values is not None
    assert len(run.values) == 2 and run.values[0] == pytest.approx(3) and 0 <= run.values[1] <= 5


@pytest.mark.parametrize(
    "word, has_solution, ending",
    [
        ("Optimal", True, "optimal"),
        ("GapLimit", True, "optimal"),
        ("GapLimit", False, "time_limit"),
        ("TimeLimit", True, "time_limit"),
        ("NodeLimit", False, "time_limit"),
        ("Infeasible", False, "infeasible"),
        ("Unbounded", False, "unbounded"),
        ("Failed", False, "error"),
    ],
)
def test_how_a_solver_ended_in_the_words_of_the_newer_pulp(word: str, has_solution: bool, ending: str) -> None:
    answer = SimpleNamespace(status=SimpleNamespace(name=word), has_solution=has_solution)
    assert external._ending(pulp.LpProblem("any"), answer) == ending
