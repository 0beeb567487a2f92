"""``compare`` and ``diff``: pages, JSON, files, exit codes, what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from optimiser import allocate, compare


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """100 to spend: by score a (60) and c (40), by value b and c."""
    rows = {"a": (60, 40, 90), "b": (50, 55, 80), "c": (40, 50, 70), "d": (30, 10, 60)}
    document = {
        "name": "Four sites",
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 100}]},
        "candidates": [
            {"id": c, "country": "PT", "cost": {"2027": cost}, "attributes": {"value": value, "s": score}}
            for c, (cost, value, score) in rows.items()
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
        "score": {"weights": {"s": 1}},
    }
    path = tmp_path / "four.json"
    path.write_text(json.dumps(document))
    return path


def test_compare_shows_differences_first(investai: Any, scored: Path) -> None:
    answer = investai("compare", scored, "--strategies", "rank-and-cut,pro-rata")
    assert answer.exit_code == 0
    page = answer.stdout
    assert page.startswith("Four sites")
    order = [
        "Where the strategies differ",
        "What each strategy reaches",
        "Rules that are broken",
        "Remarks",
        "Findings",
    ]
    places = [page.index(title) for title in order]
    assert places == sorted(places)
    assert "14.29 %" in page and "55.56 %" in page and "breaks 1" in page
    assert "pro-rata: whole sites, least fraction." in page
    assert max(len(line) for line in page.splitlines()) <= 80


def test_compare_gives_the_json_of_the_library(investai: Any, scored: Path) -> None:
    answer = investai("compare", scored, "--json", "--strategies", "rank-and-cut:skip=false")
    assert answer.exit_code == 0
    given = json.loads(answer.stdout)
    expected = json.loads(compare(scored, ["rank-and-cut:skip=false"]).to_json())
    for document in (given, expected):
        document["comparison"].pop("seconds")
        for result in document["results"]:
            result.pop("provenance")
    assert given == expected


def test_compare_takes_a_json_list(investai: Any, scored: Path) -> None:
    wanted = '[{"strategy": "share-by-key", "key": {"PT": 1}}, "pro-rata"]'
    answer = investai("compare", scored, "--json", "--strategies", wanted)
    labels = [r["strategy"] for r in json.loads(answer.stdout)["results"]]
    assert labels == ["optimise", "share-by-key:key=PT/1", "pro-rata"]


def test_compare_saves_its_tables(investai: Any, scored: Path, tmp_path: Path) -> None:
    answer = investai("compare", scored, "--strategies", "rank-and-cut", "--out", f"{tmp_path}/out/")
    assert answer.exit_code == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "strategies.csv",
        "sites.csv",
        "broken.csv",
        "comparison.json",
    }
    rows = list(csv.DictReader((tmp_path / "out" / "sites.csv").read_text().splitlines()))
    assert {r["id"]: (r["optimise"], r["rank-and-cut"]) for r in rows}["a"] == ("0", "1")


@pytest.mark.parametrize(
    ("strategies", "code", "said"),
    [
        ("best", 3, "no strategy"),
        ("risk-averse", 3, "nothing says how they arise"),
        ("rank-and-cut:depth=2", 3, "no parameter"),
        ("[broken", 2, "JSON list"),
        ('["optimise"', 2, "JSON list"),
    ],
)
def test_what_cannot_be_compared_is_refused(investai: Any, scored: Path, strategies: str, code: int, said: str) -> None:
    answer = investai("compare", scored, "--strategies", strategies)
    assert answer.exit_code == code
    assert said in " ".join(answer.stderr.split()).replace("│ ", "").replace(" │", "")


def test_refusals_stand_in_the_json_too(investai: Any, scored: Path) -> None:
    answer = investai("compare", scored, "--json", "--strategies", "best")
    document = json.loads(answer.stdout)
    assert document["errors"][0]["code"] == "unknown-strategy" and document["errors"][0]["pointer"] == "/strategies/0"


def test_compare_of_an_infeasible_scenario_ends_with_4(investai: Any, scored: Path) -> None:
    rule = '/constraints=[{"id": "four", "kind": "count", "at_least": 4}]'
    answer = investai("compare", scored, "--set", rule, "--strategies", "rank-and-cut")
    assert answer.exit_code == 4 and "No plan keeps every rule" in answer.stdout


def test_compare_without_enough_time_says_what_is_not_solved(investai: Any, scored: Path) -> None:
    answer = investai("compare", scored, "--time-limit", "0.001")
    assert answer.exit_code in (5, 6)
    assert "Not solved within the time limit" in answer.stdout


@pytest.mark.parametrize("name", ["eurohpc-2026-call", "ai-factories"])
def test_carried_scenarios_are_compared_on_80_columns(investai: Any, name: str) -> None:
    answer = investai("compare", name)
    assert answer.exit_code == 0
    assert max(len(line) for line in answer.stdout.splitlines()) <= 80
    assert "What each strategy reaches" in answer.stdout and "Traceback" not in answer.stderr


def test_diff_says_inputs_decisions_money(investai: Any, scored: Path) -> None:
    answer = investai("diff", scored, scored, "--set", "/fund/tiers/eu/size=60")
    assert answer.exit_code == 0
    page = answer.stdout
    order = ["Inputs that differ", "How they ended", "Who fares differently", "Money by tier", "Money by site"]
    places = [page.rindex(title) for title in order]
    assert places == sorted(places)
    assert "/fund/tiers/eu/size/at_most" in page and "leaves" in page and "-40" in page
    assert max(len(line) for line in page.splitlines()) <= 80


def test_diff_of_results_and_of_ids(investai: Any, scored: Path, tmp_path: Path) -> None:
    saved = tmp_path / "result.json"
    saved.write_bytes(allocate(scored).to_json())
    document = json.loads(investai("diff", saved, scored, "--json").stdout)
    assert document["inputs"] is None and document["decisions"] == [] and document["money"] == []
    page = investai("diff", saved, saved).stdout
    assert "answer the same scenario" in page and "Every site fares the same" in page
    same = investai("diff", "ai-factories", "ai-factories", "--json")
    assert same.exit_code == 0 and json.loads(same.stdout)["inputs"] == []


def test_diff_saves_its_tables(investai: Any, scored: Path, tmp_path: Path) -> None:
    where = tmp_path / "d"
    investai("diff", scored, scored, "--set", "/fund/tiers/eu/size=60", "--out", f"{where}/")
    assert {p.name for p in where.iterdir()} == {"inputs.csv", "decisions.csv", "money.csv", "difference.json"}


def test_diff_ends_as_the_worse_of_the_two_did(investai: Any, scored: Path) -> None:
    rule = '/constraints=[{"id": "four", "kind": "count", "at_least": 4}]'
    answer = investai("diff", scored, scored, "--set", rule)
    assert answer.exit_code == 4 and "There is no plan to compare: after" in answer.stdout


def test_diff_refuses_what_it_cannot_read(investai: Any, scored: Path, tmp_path: Path, invalid: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"termination": "optimal", "has_allocation": true}')
    assert investai("diff", broken, scored).exit_code == 3
    assert investai("diff", scored, invalid).exit_code == 3
    assert investai("diff", tmp_path / "missing.json", scored).exit_code == 3
    assert investai("diff", "-", "-").exit_code == 2
