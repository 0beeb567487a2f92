"""Every command does what it says, and ends with the exit code that says how."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import pytest

from optimiser.library import library_files
from optimiser.result.result import Result
from optimiser.solve.external import available_solvers

NO_ROOM = '/constraints=[{"id": "three", "kind": "count", "at_least": 3}]'
NO_LIMIT = ("--set", "/fund/tiers/budget/size=unlimited")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lorie-savage", 70.272727),
        ("lorie-savage-integer", 70),
        ("primavera", 1000),
        ("fractional-knapsack", 240),
        ("shadow-price-ranges", 40.5),
    ],
)
def test_allocate_gives_the_published_optimum(investai: Any, reference: Any, name: str, value: float) -> None:
    answer = investai("allocate", reference(name), "--json")
    assert answer.exit_code == 0
    # Published to six digits at most.
    assert json.loads(answer.stdout)["objective"]["value"] == pytest.approx(value, rel=1e-6)


def test_allocate_takes_the_id_of_a_carried_scenario(investai: Any) -> None:
    answer = investai("allocate", "investai-2025", "--json")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert document["scenario"]["name"].startswith("InvestAI 2025")
    assert document["certificate"]["holds"]


def test_allocate_reads_standard_input(investai: Any, primavera: Path) -> None:
    answer = investai("allocate", "-", "--json", stdin=primavera.read_bytes())
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["objective"]["value"] == 1000


def test_a_file_in_the_way_wins_over_a_carried_scenario(
    investai: Any, primavera: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "investai-2025").write_bytes(primavera.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert json.loads(investai("allocate", "investai-2025", "--json").stdout)["objective"]["value"] == 1000


def test_infeasible_is_an_answer_with_exit_code_4(investai: Any, primavera: Path) -> None:
    answer = investai("allocate", primavera, "--set", NO_ROOM, "--json")
    assert answer.exit_code == 4
    document = json.loads(answer.stdout)
    assert (document["termination"], document["has_allocation"]) == ("infeasible", False)
    assert "No plan keeps every rule" in investai("allocate", primavera, "--set", NO_ROOM).stdout


@pytest.mark.parametrize(
    ("termination", "has_allocation", "code"),
    [
        ("optimal", True, 0),
        ("error", False, 1),
        ("infeasible", False, 4),
        ("time_limit", True, 5),
        ("time_limit", False, 6),
        ("unbounded", False, 7),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_every_termination_has_its_exit_code(
    investai: Any,
    primavera: Path,
    allocating: Any,
    monkeypatch: pytest.MonkeyPatch,
    termination: Any,
    has_allocation: bool,
    code: int,
    as_json: bool,
) -> None:
    solved = allocating.allocate

    def ended(*arguments: Any) -> Result:
        result = replace(solved(*arguments), termination=termination, has_allocation=has_allocation)
        return result if has_allocation else replace(result, indicators=None, money=[], certificate=None, candidates=[])

    monkeypatch.setattr(allocating, "allocate", ended)
    answer = investai("allocate", primavera, *(["--json"] if as_json else []))
    assert answer.exit_code == code
    assert answer.stdout


def test_a_time_limit_too_short_for_any_plan(investai: Any) -> None:
    answer = investai("allocate", "stargate-scale-500", "--time-limit", "0.001", "--json")
    assert answer.exit_code in (5, 6)
    document = json.loads(answer.stdout)
    assert document["termination"] == "time_limit"
    assert answer.exit_code == (5 if document["has_allocation"] else 6)


def test_the_options_of_the_solver_reach_it(
    investai: Any, primavera: Path, allocating: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    solved = allocating.allocate

    def noted(loaded: Any, options: Any, lang: str) -> Result:
        seen.append(options)
        return solved(loaded, lang=lang)

    monkeypatch.setattr(allocating, "allocate", noted)
    # The threads are not really changed: HiGHS keeps one number a process.
    set_in_file = ("--set", '/solver={"time_limit_s": 7, "mip_gap": 0.5}')
    investai("allocate", primavera, *set_in_file)
    investai("allocate", primavera, *set_in_file, "--time-limit", "3", "--mip-gap", "0.1", "--threads", "4")
    first, second = [(o.time_limit_s, o.mip_gap, o.threads, o.solver) for o in seen]
    assert first == (7, 0.5, 1, "highs")
    assert second == (3, 0.1, 4, "highs")


# PuLP 3.3 has its CBC under this name only; PuLP 4 brings none under it.
@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated:DeprecationWarning")
@pytest.mark.parametrize("solver", available_solvers())
def test_any_solver_of_pulp_gives_the_same_optimum(investai: Any, primavera: Path, solver: str) -> None:
    answer = investai("allocate", primavera, "--solver", solver, "--json")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert document["objective"]["value"] == 1000
    assert document["provenance"]["solver"] == solver


def test_an_unknown_solver_is_named_with_those_that_are_there(investai: Any, primavera: Path) -> None:
    answer = investai("allocate", primavera, "--solver", "nix")
    assert answer.exit_code == 2
    shown = " ".join(answer.stderr.replace("│", " ").split())
    for name in ("nix", "highs", *available_solvers()):
        assert name in shown


def test_set_changes_a_value_by_json_or_text(investai: Any, primavera: Path) -> None:
    richer = investai("allocate", primavera, "--set", "/fund/tiers/budget/size=700", "--json")
    assert json.loads(richer.stdout)["objective"]["value"] == 1400
    free = investai("allocate", primavera, *NO_LIMIT, "--json")
    assert json.loads(free.stdout)["objective"]["value"] == 1800
    both = investai(
        "allocate", primavera, *NO_LIMIT, "--set", "/candidates/a/locked=out", "--set", "/name=a=b", "--json"
    )
    document = json.loads(both.stdout)
    assert (document["objective"]["value"], document["scenario"]["name"]) == (800, "a=b")


def test_a_pointer_that_leads_nowhere_is_a_finding(investai: Any, primavera: Path) -> None:
    answer = investai("allocate", primavera, "--set", "/fund/tiers/nix/size=7", "--json")
    assert answer.exit_code == 3
    assert [f["code"] for f in json.loads(answer.stdout)["errors"]] == ["pointer-leads-nowhere"]


def test_validate_says_valid(investai: Any, primavera: Path) -> None:
    answer = investai("validate", primavera, "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"valid": True, "findings": []}
    assert "valid" in investai("validate", primavera).stdout


def test_validate_lists_every_finding(investai: Any, invalid: Path) -> None:
    answer = investai("validate", invalid, "--json")
    assert answer.exit_code == 3
    document = json.loads(answer.stdout)
    assert document["valid"] is False
    assert {f["pointer"] for f in document["findings"]} >= {"/zzz", "/fund/tiers/a/instrument", "/fund/tiers/a/size"}
    shown = investai("validate", invalid)
    assert shown.exit_code == 3
    for pointer in ("/zzz", "/fund/tiers/a/instrument", "/fund/tiers/a/size"):
        assert pointer in shown.stdout


@pytest.mark.parametrize("name", library_files())
def test_every_carried_scenario_is_valid(investai: Any, name: str) -> None:
    assert investai("validate", name).exit_code == 0


def test_evaluate_takes_a_whole_result(investai: Any, primavera: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert investai("allocate", primavera, "--out", plan).exit_code == 0
    answer = investai("evaluate", primavera, plan, "--json")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert (document["strategy"], document["certificate"]["holds"]) == ("evaluate", True)
    assert "The plan is allowed" in investai("evaluate", primavera, plan).stdout


def plan_of(**amounts: float) -> str:
    cells = [{"tier": "budget", "candidate": c, "phase": "main", "year": 2026, "amount": a} for c, a in amounts.items()]
    return json.dumps({"money": cells})


def test_evaluate_says_what_a_plan_breaks(investai: Any, primavera: Path) -> None:
    answer = investai("evaluate", primavera, "-", stdin=plan_of(a=400, b=300))
    assert answer.exit_code == 4
    assert "not allowed" in answer.stdout
    assert "size of the tier: budget" in answer.stdout
    assert "200" in answer.stdout


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (plan_of(nobody=1), "plan-unknown"),
        (plan_of(a=-1), "plan-negative"),
        ("[]", "plan-not-an-object"),
        ("{", "not-json"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(investai: Any, primavera: Path, plan: str, code: str) -> None:
    answer = investai("evaluate", primavera, "-", "--json", stdin=plan)
    assert answer.exit_code == 3
    assert [f["code"] for f in json.loads(answer.stdout)["errors"]] == [code]


def test_a_plan_that_is_not_there_and_a_scenario_that_is_invalid(investai: Any, primavera: Path, invalid: Path) -> None:
    assert investai("evaluate", primavera, "nowhere.json").exit_code == 3
    assert investai("evaluate", invalid, "-", stdin=plan_of(a=1)).exit_code == 3
    assert investai("evaluate", "-", "-").exit_code == 2


def test_schema_is_the_published_one(investai: Any, tmp_path: Path) -> None:
    from optimiser import scenario_schema

    answer = investai("schema")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == json.loads(json.dumps(scenario_schema()))
    saved = investai("schema", "--out", tmp_path / "deep" / "schema.json")
    assert saved.exit_code == 0
    assert json.loads((tmp_path / "deep" / "schema.json").read_text()) == json.loads(answer.stdout)


def test_scenarios_lists_the_library(investai: Any) -> None:
    answer = investai("scenarios", "--json")
    assert answer.exit_code == 0
    listed = json.loads(answer.stdout)["scenarios"]
    assert [s["id"] for s in listed] == list(library_files())
    assert all(s["name"] for s in listed)
    shown = investai("scenarios").stdout
    for name in library_files():
        assert name in shown


def reread(path: Path) -> tuple[float, int, int, list[str]]:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    # The file may hold tied plans; presolve plays no part in what is asked here.
    assert highs.readModel(str(path)) != highspy.HighsStatus.kError
    highs.run()
    value = highs.getInfo().objective_function_value
    return value, highs.getNumCol(), highs.getNumRow(), list(highs.getLp().col_names_)


@pytest.mark.parametrize("ending", ["lp", "mps"])
@pytest.mark.parametrize("name", ["lorie-savage", "lorie-savage-integer", "primavera", "investai-2025", "ai-factories"])
def test_an_exported_model_has_the_same_optimum(
    investai: Any, reference: Any, tmp_path: Path, name: str, ending: str
) -> None:
    source = name if name in library_files() else reference(name)
    path = tmp_path / "folder" / f"model.{ending}"
    answer = investai("export", source, f"--{ending}", path, "--json")
    assert answer.exit_code == 0
    [written] = json.loads(answer.stdout)["written"]
    value, columns, rows, names = reread(path)
    result = json.loads(investai("allocate", source, "--json").stdout)
    # Both stop within HiGHS's default tolerances of 1e-6 on rows.
    assert value == pytest.approx(result["objective"]["value"], rel=1e-6)
    assert (columns, rows) == (written["model"]["columns"], written["model"]["rows"])
    assert any(n.startswith("y.") for n in names)
    assert {p.name for p in path.parent.iterdir()} == {path.name}


def test_export_names_rows_by_their_label(investai: Any, primavera: Path, tmp_path: Path) -> None:
    answer = investai("export", primavera, "--lp", tmp_path / "a.txt", "--mps", tmp_path / "b.txt")
    assert answer.exit_code == 0
    text = (tmp_path / "a.txt").read_text()
    assert " B1." in text and "budget" in text and "x.budget.a.main.2026" in text
    assert (tmp_path / "b.txt").read_text().startswith("NAME")
    assert "columns" in answer.stdout


def test_export_says_which_stage_the_file_holds(investai: Any, tmp_path: Path) -> None:
    assert "first of" in investai("export", "investai-2025", "--lp", tmp_path / "a.lp").stdout


def test_serve_takes_ports_that_exist(investai: Any) -> None:
    assert investai("serve", "--port", "99999").exit_code == 2
