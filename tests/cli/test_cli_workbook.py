"""Workbooks on the command line: written, filled in, read, saved, and a batch of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from optimiser import load_file
from optimiser.library import library_files
from optimiser.report.workbook import tables_workbook


@pytest.fixture
def book(investai: Callable[..., Any], tmp_path: Path) -> Path:
    """A carried scenario as a workbook."""
    path = tmp_path / "book.xlsx"
    answer = investai("export", "private-pledge", "--xlsx", path)
    assert answer.exit_code == 0 and "book.xlsx" in answer.stdout.replace("\n", "")
    return path


def test_an_exported_workbook_is_the_same_scenario(book: Path) -> None:
    assert load_file(book).expect() == load_file(library_files()["private-pledge"]).expect()


def test_a_workbook_is_allocated_like_its_json_and_saved_as_a_workbook(
    investai: Callable[..., Any], book: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "plan.xlsx"
    answer = json.loads(investai("allocate", book, "--json", "--out", saved).stdout)
    plain = json.loads(investai("allocate", "private-pledge", "--json").stdout)
    assert answer["scenario"] == plain["scenario"]
    assert answer["money"] == plain["money"]
    pages = load_workbook(saved)
    assert pages.sheetnames[0] == "summary" and {"money", "candidates", "certificate"} <= set(pages.sheetnames)
    rows = [[cell.value for cell in row] for row in pages["money"].iter_rows()]
    assert rows[0] == ["tier", "candidate", "phase", "year", "amount"]
    assert [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] == answer["money"]
    assert pages["money"]["E2"].number_format == "#,##0.000000" and pages["money"]["D2"].number_format == "0"
    summary = {row[0].value: row[1].value for row in pages["summary"].iter_rows()}
    assert summary["certificate.holds"] is True
    assert summary["indicators.public_money"] == answer["indicators"]["public_money"]


def test_a_bad_cell_is_named(investai: Callable[..., Any], book: Path, tmp_path: Path) -> None:
    pages = load_workbook(book)
    letter = next(c.column_letter for c in pages["Tiers"][1] if str(c.value).startswith("instrument"))
    pages["Tiers"][f"{letter}2"] = "gift"
    pages.save(book)
    answer = investai("validate", book)
    assert answer.exit_code == 3 and f"Tiers!{letter}2" in answer.stdout
    saved = tmp_path / "findings.xlsx"
    document = json.loads(investai("validate", book, "--json", "--out", saved).stdout)
    assert [f["cell"] for f in document["findings"] if f["code"] == "not-a-choice"] == [f"Tiers!{letter}2"]
    rows = [[cell.value for cell in row] for row in load_workbook(saved)["findings"].iter_rows()]
    assert rows[0][-1] == "cell" and f"Tiers!{letter}2" in [row[-1] for row in rows]


def test_a_template_is_written(investai: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    assert json.loads(investai("export", "--template", "--xlsx", path, "--json").stdout)["written"] == [
        {"file": str(path)}
    ]
    assert "Read me" in load_workbook(path).sheetnames


def test_a_batch_reads_workbooks(investai: Callable[..., Any], book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    book.rename(folder / "one.xlsx")
    (folder / "~$one.xlsx").write_bytes(b"the lock of an open workbook")
    answer = investai("batch", folder, "--out", tmp_path / "results")
    assert answer.exit_code == 0, answer.stdout + answer.stderr
    saved = [p for p in (tmp_path / "results").rglob("*.json") if "money" in p.read_text()]
    assert saved


def test_answers_keep_text_text_and_numbers_numbers(tmp_path: Path) -> None:
    row = ["=1+1", "-1", "@a", "+a", -1.5, True, None, "a\x00b", ["x", "y"]]
    (tmp_path / "t.xlsx").write_bytes(tables_workbook({"t": ([f"c{n}" for n in range(len(row))], [row])}))
    cells = load_workbook(tmp_path / "t.xlsx")["t"][2]
    assert [c.value for c in cells] == ["=1+1", "-1", "@a", "+a", -1.5, True, None, "a\ufffdb", "x y"]
    assert [c.data_type for c in cells[:6]] == ["s", "s", "s", "s", "n", "b"]
    assert all(c.quotePrefix for c in cells[:4])


def test_without_the_library_the_call_is_refused(
    investai: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for call in (["export", "--template", "--xlsx"], ["validate", "private-pledge", "--out"]):
        answer = investai(*call, tmp_path / "x.xlsx")
        assert answer.exit_code == 2 and "openpyxl" in answer.stderr
