"""``--out``: JSON, CSV for either spreadsheet, folders; text that a spreadsheet could run is defused."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from optimiser.report.files import csv_bytes, replacing, target_of, write_whole

TABLES = {"candidates", "money", "private_money", "unspent", "binding", "certificate", "risk"} | {
    "soft",
    "stresses",
    "stress_rules",
    "grant_equivalents",
}


def test_a_saved_result_is_the_printed_one(investai: Any, primavera: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "result.json"
    answer = investai("allocate", primavera, "--json", "--out", path)
    assert answer.exit_code == 0
    assert path.read_bytes() == answer.stdout_bytes
    assert str(path) in answer.stderr
    assert str(path) in investai("allocate", primavera, "--out", path).stdout


def test_csv_holds_the_money(investai: Any, primavera: Path, tmp_path: Path) -> None:
    path = tmp_path / "money.csv"
    assert investai("allocate", primavera, "--out", path, "--set", "/candidates/a/cost/2026=400.25").exit_code == 0
    assert path.read_bytes() == b"tier,candidate,phase,year,amount\r\nbudget,a,main,2026,400.25\r\n"


def test_french_csv_has_semicolons_commas_and_a_mark(investai: Any, primavera: Path, tmp_path: Path) -> None:
    path = tmp_path / "money.csv"
    settings = ("--set", "/candidates/a/cost/2026=400.25")
    assert investai("allocate", primavera, "--out", path, "--csv-format", "fr", *settings).exit_code == 0
    assert path.read_bytes() == b"\xef\xbb\xbftier;candidate;phase;year;amount\r\nbudget;a;main;2026;400,25\r\n"


@pytest.mark.parametrize("named", ["with a slash", "existing"])
def test_a_folder_holds_every_table(investai: Any, tmp_path: Path, named: str) -> None:
    folder = tmp_path / "answer"
    if named == "existing":
        folder.mkdir()
    out = f"{folder}/" if named == "with a slash" else str(folder)
    assert investai("allocate", "investai-2025", "--out", out).exit_code == 0
    assert {p.name for p in folder.iterdir()} == {f"{t}.csv" for t in TABLES} | {"result.json"}
    result = json.loads((folder / "result.json").read_bytes())
    rows = list(csv.DictReader(io.StringIO((folder / "money.csv").read_text())))
    assert [(r["tier"], r["candidate"], int(r["year"]), float(r["amount"])) for r in rows] == [
        (m["tier"], m["candidate"], m["year"], m["amount"]) for m in result["money"]
    ]


def test_an_answer_without_a_plan_is_saved_too(investai: Any, primavera: Path, tmp_path: Path) -> None:
    none = ("--set", '/constraints=[{"id": "three", "kind": "count", "at_least": 3}]')
    assert investai("allocate", primavera, *none, "--out", f"{tmp_path}/all/").exit_code == 4
    assert (tmp_path / "all" / "money.csv").read_text().strip() == "tier,candidate,phase,year,amount"


def test_validate_and_evaluate_save_their_answers(
    investai: Any, primavera: Path, invalid: Path, tmp_path: Path
) -> None:
    assert investai("validate", invalid, "--out", tmp_path / "v.json").exit_code == 3
    assert json.loads((tmp_path / "v.json").read_bytes())["valid"] is False
    assert investai("validate", invalid, "--out", tmp_path / "v.csv").exit_code == 3
    assert (tmp_path / "v.csv").read_text().startswith("severity,code,pointer,message,cure")
    assert investai("validate", invalid, "--out", f"{tmp_path}/v/").exit_code == 3
    assert {p.name for p in (tmp_path / "v").iterdir()} == {"validation.json", "findings.csv"}
    assert investai("evaluate", primavera, "-", "--out", tmp_path / "e.csv", stdin='{"money": []}').exit_code == 0
    assert (tmp_path / "e.csv").exists()


def test_names_that_look_like_formulas_are_defused(investai: Any, primavera: Path, tmp_path: Path) -> None:
    document = json.loads(primavera.read_bytes())
    document["candidates"][0]["name"] = '=HYPERLINK("http://example.org")'
    assert investai("allocate", "-", "--out", f"{tmp_path}/a/", stdin=json.dumps(document)).exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a" / "candidates.csv").read_text())))
    assert rows[0]["name"] == '\'=HYPERLINK("http://example.org")'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_is_escaped_and_numbers_are_not(start: str) -> None:
    content = csv_bytes([f"{start}name"], [[f"{start}1+1"], [-1.5], [-2]]).decode()
    assert [row[0] for row in csv.reader(io.StringIO(content, newline=""))] == [
        f"'{start}name",
        f"'{start}1+1",
        "-1.5",
        "-2",
    ]


def test_cells_are_written_exactly() -> None:
    row = [None, True, 2026, 1e-06, 123456789.123456, 5.0, ["S2", "B1"], "a;b,c", "-"]
    assert csv_bytes(["x"], [row]).decode().splitlines()[1] == ',true,2026,0.000001,123456789.123456,5,S2 B1,"a;b,c",-'
    french = csv_bytes(["x"], [row], "fr").decode("utf-8-sig")
    assert french.splitlines()[1] == ';true;2026;0,000001;123456789,123456;5;S2 B1;"a;b,c";-'


def test_targets_by_ending(tmp_path: Path) -> None:
    assert target_of("a.JSON").kind == "json"
    assert target_of("a.csv").kind == "csv"
    assert target_of("a/").kind == target_of(str(tmp_path)).kind == "folder"
    with pytest.raises(ValueError, match=r"\.json"):
        target_of("a")


def test_links_are_followed_and_devices_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    with replacing(Path(os.devnull)) as temporary:
        assert temporary == Path(os.devnull)
