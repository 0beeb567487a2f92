"""``investai verify`` and ``investai dossier``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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


def test_what_cannot_be_verified(investai: Any, primavera: Path, tmp_path: Path) -> None:
    assert investai("verify", primavera).exit_code == 2
    assert investai("verify", tmp_path / "none.zip").exit_code == 1
    assert investai("verify", primavera, tmp_path / "none.json").exit_code == 3
    assert investai("verify", primavera, primavera, "--solver", "nobody").exit_code == 2
