"""``investai verify`` and ``investai dossier``."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from optimiser import allocate, read_dossier
from optimiser.batch.store import Store
from optimiser.desk.decisions import DecisionLog, kept_result
from optimiser.desk.scenarios import SavedScenarios, written
from optimiser.dossier.decisions import headline_of, log_document
from optimiser.errors import DossierError
from optimiser.solve.external import available_solvers

SOLVER = next(name for name in ("PULP_CBC_CMD", "COIN_CMD", "GLPK_CMD", "HiGHS") if name in available_solvers())

# PuLP 3.3 has its CBC under this name only; PuLP 4 brings none under it.
pytestmark = pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated:DeprecationWarning")


def test_a_dossier_is_written_and_confirmed(investai: Any, primavera: Path, tmp_path: Path) -> None:
    out = tmp_path / "d.zip"
    made = investai("dossier", primavera, "--out", out)
    assert made.exit_code == 0
    assert "investai verify" in made.stdout
    checked = investai("verify", out, "--solver", SOLVER)
    assert checked.exit_code == 0, checked.stdout
    assert checked.stdout.strip().startswith("Confirmed")


def test_a_result_is_verified_beside_its_scenario(investai: Any, primavera: Path, tmp_path: Path) -> None:
    result = tmp_path / "r.json"
    assert investai("allocate", primavera, "--out", result).exit_code == 0
    answer = investai("verify", primavera, result, "--solver", SOLVER, "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["certificate_holds"] is True
    changed = json.loads(result.read_bytes())
    changed["objective"]["value"] += 1
    result.write_text(json.dumps(changed))
    wrong = investai("verify", primavera, result, "--solver", SOLVER)
    assert wrong.exit_code == 1
    assert "Wrong: the result states another value" in wrong.stdout


def test_a_result_of_a_carried_scenario_is_enough(investai: Any, tmp_path: Path) -> None:
    result, out = tmp_path / "r.json", tmp_path / "d.zip"
    changed = ("--set", "/fund/max_public_share=0.3")
    assert investai("allocate", "deepseek-efficiency", *changed, "--out", result).exit_code == 0
    checked = investai("verify", result, *changed, "--solver", SOLVER)
    assert checked.exit_code == 0 and checked.stdout.strip().startswith("Confirmed"), checked.output
    assert investai("dossier", result, *changed, "--out", out, "--alternatives", 0).exit_code == 0
    _, held = read_dossier(out)
    assert held["scenario"]["sha256"] == json.loads(result.read_bytes())["scenario"]["sha256"]
    # Without what was set it is another scenario, which is none of the carried ones.
    other = investai("verify", result)
    assert other.exit_code == 2 and "none of those carried" in " ".join(other.output.split())


@pytest.mark.parametrize("command", [["allocate"], ["compare"], ["validate"], ["frontier"]])
def test_an_answer_is_no_scenario(investai: Any, primavera: Path, tmp_path: Path, command: list[str]) -> None:
    result = tmp_path / "r.json"
    assert investai("allocate", primavera, "--out", result).exit_code == 0
    refused = investai(*command, result)
    assert refused.exit_code == 3 and "not a scenario" in refused.output and "Errors: 1," in refused.output


def log_of(scenario: Path, folder: Path) -> Path:
    """The exported log of a decision about the scenario."""
    document, result = json.loads(scenario.read_bytes()), allocate(scenario)
    store = Store(folder / "log.sqlite")
    id = SavedScenarios(store).create(written(document), "Ana", "a copy")
    DecisionLog(store).add(id, 1, "adopted", "Ana", "the best plan", kept_result(result), headline_of(result))
    path = folder / "log.json"
    path.write_text(json.dumps(log_document(DecisionLog(store).entries(id))))
    store.close()
    return path


def test_a_dossier_holds_the_decisions_about_its_scenario(investai: Any, primavera: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "d.zip", log_of(primavera, tmp_path)
    assert investai("dossier", primavera, "--out", out, "--decisions", log).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert json.loads(contents["decisions.json"]) == json.loads(log.read_bytes())
    assert "decisions.json" in contents["SHA256SUMS"].decode()
    read_dossier(out)
    for spoiled in (contents | {"decisions.json": b"{}"}, {k: v for k, v in contents.items() if k != "decisions.json"}):
        other = tmp_path / "other.zip"
        with zipfile.ZipFile(other, "w") as archive:
            for name, content in spoiled.items():
                archive.writestr(name, content)
        with pytest.raises(DossierError, match=r"was changed after it was written: decisions\.json"):
            read_dossier(other)


def test_a_dossier_takes_no_log_that_was_changed_or_is_of_others(
    investai: Any, primavera: Path, tmp_path: Path
) -> None:
    log = log_of(primavera, tmp_path)
    asked = ("dossier", "--out", tmp_path / "d.zip", "--decisions", log)
    other = investai(*asked, "first-loss-design")
    assert other.exit_code == 3 and "No entry of the log is about this scenario" in " ".join(other.stderr.split())
    log.write_text(log.read_text().replace("Ana", "Ben"))
    assert investai(*asked, primavera).exit_code == 3
    log.write_text("[]")
    assert investai(*asked, primavera).exit_code == 3
    assert not (tmp_path / "d.zip").exists()


def test_what_cannot_be_verified(investai: Any, primavera: Path, tmp_path: Path) -> None:
    assert investai("verify", primavera).exit_code == 2
    assert investai("verify", tmp_path / "none.zip").exit_code == 1
    assert investai("verify", primavera, tmp_path / "none.json").exit_code == 3
    assert investai("verify", primavera, primavera, "--solver", "nobody").exit_code == 2


def test_a_dossier_holds_what_an_auditor_asks_for(investai: Any, primavera: Path, tmp_path: Path) -> None:
    out, plan, compared = tmp_path / "d.zip", tmp_path / "plan.json", tmp_path / "compared.json"
    scenario = tmp_path / "scenario.json"
    document = json.loads(primavera.read_bytes())
    document["sources"] = [{"id": "book", "text": "A manual", "url": "https://example.org/m", "grade": "B"}]
    document["candidates"][0] |= {"sources": ["book"], "assumptions": ["worth: as in the manual"]}
    scenario.write_text(json.dumps(document), "utf-8")
    assert investai("allocate", scenario, "--out", plan).exit_code == 0
    assert investai("compare", scenario, "--strategies", "pro-rata", "--out", compared).exit_code == 0
    assert investai("dossier", scenario, plan, "--considered", compared, "--out", out).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        held = {name: archive.read(name).decode() for name in archive.namelist()}
    assert json.loads(held["result.json"]) == json.loads(plan.read_bytes())
    assert "book [B]: A manual https://example.org/m" in held["sources.txt"]
    assert "Assumed: worth: as in the manual" in held["sources.txt"]
    others = json.loads(held["considered/alternatives.json"])
    assert others["candidates"] and others["reserve"]
    assert json.loads(held["considered/1-compared.json"])["comparison"]["strategies"]
    assert "Subject To" in held["model.lp"].replace("subject to", "Subject To").replace("st\n", "Subject To\n")
    assert held["model.mps"].startswith("NAME") and "investai allocate scenario.json" in held["README.txt"]
    checked = investai("verify", out, "--solver", SOLVER)
    assert checked.exit_code == 0 and checked.stdout.strip().startswith("Confirmed")


def test_what_was_considered_cannot_be_changed_unseen(primavera: Path, tmp_path: Path, investai: Any) -> None:
    out = tmp_path / "d.zip"
    assert investai("dossier", primavera, "--out", out).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    for changed in (b"{}", None):
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in held.items():
                given = changed if name.startswith("considered/") else content
                if given is not None:
                    archive.writestr(name, given)
        with pytest.raises(DossierError, match=r"considered/alternatives\.json"):
            read_dossier(out)


def test_a_dossier_takes_only_a_result_of_its_scenario(primavera: Path, tmp_path: Path, investai: Any) -> None:
    other, compared = tmp_path / "other.json", tmp_path / "compared.json"
    other.write_bytes(allocate("scenarios/first-loss-design.json").to_json())
    refused = investai("dossier", primavera, other, "--out", tmp_path / "d.zip")
    assert refused.exit_code == 3 and "another scenario" in " ".join(refused.stderr.split())
    assert investai("compare", primavera, "--strategies", "pro-rata", "--out", compared).exit_code == 0
    refused = investai("dossier", primavera, compared, "--out", tmp_path / "d.zip")
    assert refused.exit_code == 2 and "holds no result" in " ".join(refused.stderr.replace("│", " ").split())
