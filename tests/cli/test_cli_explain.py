"""``explain`` and ``repair`` as people use them."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def broken(tmp_path, primavera):
    document = json.loads(primavera.read_text())
    document["constraints"] = [{"id": "all", "kind": "count", "at_least": 3}]
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))
    return path


def test_explain_shows_why_and_what_would_have_to_change(investai, primavera):
    shown = investai("explain", primavera)
    assert shown.exit_code == 0, shown.output
    for title in ("If a funded site drops out", "Not funded: why", "What would have to change", "Reserve list"):
        assert title in shown.stdout
    assert "Traceback" not in shown.output and "{" not in shown.stdout


def test_explain_one_candidate_with_other_plans(investai, primavera):
    shown = investai("explain", primavera, "--candidate", "a", "--alternatives", "2", "--within", "0.9")
    assert shown.exit_code == 0
    assert "Other plans that lose at most 90 %" in shown.stdout
    assert "What would have to change" not in shown.stdout  # a is funded


def test_explain_a_country_is_a_letter(investai):
    shown = investai("explain", "deepseek-efficiency", "--country", "HU")
    assert shown.exit_code == 0
    assert "Letter about HU" in shown.stdout and "No site in HU was proposed" in " ".join(shown.stdout.split())


def test_json_is_the_answer_and_nothing_else(investai, primavera, tmp_path):
    shown = investai("explain", primavera, "--json", "--out", tmp_path / "x.json")
    document = json.loads(shown.stdout)
    assert document["funded"] == ["a"] and document["not_computed"] == []
    assert json.loads((tmp_path / "x.json").read_text()) == document


def test_a_folder_holds_every_table(investai, primavera, broken, tmp_path):
    investai("explain", primavera, "--out", f"{tmp_path}/why/")
    names = {"explanation.json", "candidates.csv", "entry.csv", "reserve.csv", "alternatives.csv"}
    assert {p.name for p in (tmp_path / "why").iterdir()} == names
    investai("repair", broken, "--out", f"{tmp_path}/mend/")
    assert {p.name for p in (tmp_path / "mend").iterdir()} == {"repair.json", "repairs.csv", "clash.csv"}


def test_repair_says_what_clashes_and_a_command_that_works(investai, broken):
    refused = investai("allocate", broken)
    assert refused.exit_code == 4 and "investai repair" in investai("allocate", broken, "-v").stdout
    shown = investai("repair", broken)
    assert shown.exit_code == 0 and "These rules clash" in shown.stdout and "all: at least 3 sites" in shown.stdout
    for option in json.loads(investai("repair", broken, "--json").stdout)["repairs"]:
        settings = [part for c in option["changes"] for part in ("--set", f"{c['pointer']}={json.dumps(c['after'])}")]
        assert investai("allocate", broken, *settings).exit_code == 0


def test_nothing_to_repair(investai, primavera):
    shown = investai("repair", primavera)
    assert shown.exit_code == 0 and "nothing needs repair" in shown.stdout


def test_explaining_what_has_no_plan_repairs_it(investai, broken):
    shown = investai("explain", broken)
    assert shown.exit_code == 4 and "These rules clash" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--candidate", "zz"), 3),
        (("--country", "nowhere"), 3),
        (("--country", "HU", "--candidate", "a"), 2),
        (("--within", "2"), 2),
    ],
)
def test_questions_that_cannot_be_asked(investai, primavera, arguments, code):
    shown = investai("explain", primavera, *arguments)
    assert shown.exit_code == code and "Traceback" not in shown.output


def test_out_of_time_is_said(investai, primavera):
    shown = investai("explain", primavera, "--time-limit", "0.001")
    assert shown.exit_code in (0, 5, 6)
    assert "did not suffice" in shown.stdout or "time limit" in shown.stdout


def test_a_plan_is_kept_when_the_budget_is_cut(investai, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_bytes(investai("allocate", "eurohpc-2026-call", "--json").stdout.encode())
    cut = ("allocate", "eurohpc-2026-call", "--set", "/fund/tiers/union/size=1000", "--keep", plan)
    cut = (*cut, "--signed-until", 2027)
    shown = investai(*cut)
    assert shown.exit_code == 0, shown.output
    for words in ("Who loses, who gains", "Every award of a tier cut by the same share: breaks F1 fund"):
        assert words in " ".join(shown.stdout.split())
    document = json.loads(investai(*cut, "--json", "--out", f"{tmp_path}/kept/").stdout)
    assert [r["strategy"] for r in document["results"]] == ["before", "keep", "proportional"]
    assert {p.name for p in (tmp_path / "kept").iterdir()} == {"kept.json", "moves.csv", "money.csv"}
    none = investai("allocate", "eurohpc-2026-call", "--set", "/fund/tiers/union/size=700", *cut[4:])
    assert none.exit_code == 4 and "all that is signed" in " ".join(none.stdout.split())


def test_keeping_needs_a_plan(investai, primavera, tmp_path):
    assert investai("allocate", primavera, "--signed-until", 2027).exit_code == 2
    assert investai("allocate", primavera, "--keep", tmp_path / "none.json").exit_code == 3
    assert investai("allocate", "-", "--keep", "-", stdin="{}").exit_code == 2
