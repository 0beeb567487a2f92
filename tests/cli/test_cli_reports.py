"""``investai report``: a document of saved answers, and what it says where it cannot make one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimiser import allocate
from optimiser.library import library_files

REFERENCE = Path(__file__).parents[1] / "reference" / "scenarios" / "primavera.json"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved answer."""
    path = tmp_path / "answer.json"
    path.write_bytes(allocate(REFERENCE).to_json())
    return path


@pytest.mark.parametrize("ending", [".html", ".docx", ".md", ".xlsx"])
def test_it_writes_the_report(investai: Callable[..., Any], saved: Path, ending: str) -> None:
    out = saved.parent / "deep" / f"note{ending}"
    ran = investai("report", saved, saved, "--out", out, "--scenario", REFERENCE, "--lang", "fr")
    assert ran.exit_code == 0, ran.output
    assert out.stat().st_size > 1000 and str(out) in ran.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["--out", "x.pdf"], 2, "x.pdf does not end in .html, .docx, .md or .xlsx"),
        (["--out", "x.md", "--set", '/name="y"'], 2, "name it with --scenario"),
        (["--out", "x.md", "--scenario", "investai-2025"], 3, "Answer 1 is of another scenario"),
    ],
)
def test_what_cannot_be_is_told(
    investai: Callable[..., Any], saved: Path, asked: list[str], code: int, said: str
) -> None:
    ran = investai("report", saved, *asked)
    assert ran.exit_code == code
    assert said in " ".join(ran.stderr.replace("│", " ").split())


def test_a_format_without_its_libraries_names_the_extra(
    investai: Callable[..., Any], saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optimiser.report.documents.writing.NEEDS", {".md": ("altair", "not_installed_here")})
    ran = investai("report", saved, "--out", "x.md")
    assert ran.exit_code == 2
    assert "needs not_installed_here: pip install" in " ".join(ran.stderr.replace("│", " ").split())


def test_a_scenario_is_no_answer(investai: Callable[..., Any], tmp_path: Path) -> None:
    ran = investai("report", library_files()["investai-2025"], "--out", tmp_path / "x.md")
    assert ran.exit_code == 3
    assert "no answer of this program" in " ".join(ran.stderr.split())


def test_a_changed_answer_says_where(investai: Callable[..., Any], saved: Path) -> None:
    document = json.loads(saved.read_bytes())
    document["candidates"][0]["funded"] = "much"
    saved.write_text(json.dumps(document), "utf-8")
    ran = investai("report", saved, "--out", saved.with_name("x.md"))
    assert ran.exit_code == 3
    assert "/candidates/0/funded" in ran.stderr
