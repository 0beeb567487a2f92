"""Reports: every kind of answer in every format, in both languages, with nothing from elsewhere in the file."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from optimiser import (
    AnswerError,
    allocate,
    answer_of,
    budget_curve,
    compare,
    deciding_inputs,
    explain_candidate,
    frontier,
    repair,
    report_bytes,
    robustness,
    two_stage,
)
from optimiser.errors import InvestAIError
from optimiser.report.charts import svg_of
from optimiser.report.documents.contents import Figure, contents_of
from optimiser.report.documents.member_states import PROTOCOL, in_protocol_order
from optimiser.report.documents.writing import NEEDS
from optimiser.report.page import Table
from optimiser.scenario.load import load_document

SITES = {"sines": ("PT", 60, 5), "athens": ("GR", 50, 4), "baltic": ("PL+LT", 45, 3), "<b>lyon</b>": ("FR", 40, 1)}


def fund(size: float = 120, **changes: Any) -> dict[str, Any]:
    """Four sites, two tiers that lose in order, something uncertain, and variants."""
    candidates = [
        {
            "id": f"site-{n}",
            "name": name,
            "country": country if "+" not in country else None,
            "countries": country.split("+") if "+" in country else None,
            "cost": {"2026": cost / 2, "2027": cost / 2},
            "attributes": {"chips": chips},
            "failure_probability": 0.1,
            "assumptions": ["cost: announced"],
            "sources": ["press"],
        }
        for n, (name, (country, cost, chips)) in enumerate(SITES.items())
    ]
    return {
        "name": "Four sites",
        "horizon": {"first_year": 2026, "last_year": 2028},
        "sources": [{"id": "press", "text": "A newspaper", "url": "https://example.org", "grade": "C"}],
        "fund": {
            "loss_sharing": "waterfall",
            "tiers": [
                {"id": "first", "name": "The Union's first loss", "instrument": "equity", "size": size, "seniority": 0},
                {"id": "senior", "instrument": "loan", "public": False, "size": 200, "seniority": 1,
                 "max_share_of_cost": 0.5, "loss_given_failure": 0.5},
            ],
        },
        "candidates": [{k: v for k, v in c.items() if v is not None} for c in candidates],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}, {"term": "public_money", "weight": 0.01}]},
        "risk": {"correlation": 0.2, "draws": 400},
        "uncertain": [{"pointer": "/candidates/site-0/cost/2026", "low": 20, "high": 60}],
        "variants": [
            {"id": "voted", "probability": 0.6, "patch": {}},
            {"id": "halved", "probability": 0.4, "patch": {"fund": {"tiers": {"first": {"size": 60}}}}},
        ],
        "decisions": {"now": ["site-0/main"]},
    } | changes  # fmt: skip


def infeasible() -> dict[str, Any]:
    """Not enough money for four sites."""
    return fund(20, constraints=[{"id": "all", "kind": "count", "at_least": 4}])


MAKERS: dict[str, Callable[[], Any]] = {
    "allocation": lambda: allocate(fund()),
    "comparison": lambda: compare(fund(), ["pro-rata", "max-min"]),
    "frontier": lambda: frontier(fund(), points=5),
    "complete": lambda: frontier(fund(), complete=True),
    "curve": lambda: budget_curve(fund(), "first", steps=4),
    "robustness": lambda: robustness(fund(), draws=6, weights=6),
    "stages": lambda: two_stage(fund()),
    "inputs": lambda: deciding_inputs(fund(), bound=0.2),
    "explanation": lambda: explain_candidate(fund(), "site-3"),
    "none": lambda: allocate(infeasible()),
    "repair": lambda: repair(infeasible()),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """One answer of every kind, read back from its JSON."""
    return {name: answer_of(json.loads(make().to_json())) for name, make in MAKERS.items()}


def words_of(content: bytes) -> str:
    """All text of a Word document."""
    return "\n".join(t.text or "" for t in Document(io.BytesIO(content)).element.body.iter(qn("w:t")))


def test_an_answer_is_read_back_as_it_was(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        assert json.loads(answer.to_json()) == json.loads(answer_of(json.loads(answer.to_json())).to_json()), name
    curve = answers["curve"]
    ends = [p.from_ for p in curve.pieces] + [s.from_ for s in curve.steps]
    assert ends and all(isinstance(end, float) for end in ends)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_answer_in_every_format(answers: dict[str, Any], kind: str, lang: str) -> None:
    made = {ending: report_bytes([answers[kind]], f"x{ending}", lang) for ending in NEEDS}
    html = made[".html"].decode()
    assert f'<html lang="{lang}">' in html and "Four sites" in html
    assert not re.search(r"""(src|href)=["'](?!#|data:)|url\((?!#)|<script|@import""", html)
    assert "cli." not in html and "Undefined" not in html
    if kind != "none":
        assert ("Source: own calculation." if lang == "en" else "Source\u00a0: calculs propres.") in html
    markdown = made[".md"].decode()
    assert markdown.startswith("# Four sites\n") and "http" not in re.sub(r"\[figure-\d+\]: data:\S+", "", markdown)
    assert load_workbook(io.BytesIO(made[".xlsx"])).sheetnames
    assert "Four sites" in words_of(made[".docx"])


def test_reasons_are_told_in_the_language_of_the_report() -> None:
    answer = answer_of(json.loads(allocate(fund(60)).to_json()))
    said = report_bytes([answer], "x.md", "fr").decode()
    saved = [c.reason.text for c in answer.candidates if not c.funded]
    assert saved and all(text.startswith("Not funded") for text in saved)
    assert "Non financé" in said and "Not funded" not in said


def test_a_reason_this_version_does_not_know_is_told_as_it_was_saved() -> None:
    document = json.loads(allocate(fund(60)).to_json())
    for candidate in document["candidates"]:
        candidate["reason"] = {"code": "of-another-version", "text": "As it was saved.", "params": {}}
    assert "As it was saved." in report_bytes([answer_of(document)], "x.md", "fr").decode()


def test_charts_are_there_and_say_what_they_show(answers: dict[str, Any]) -> None:
    shown = contents_of([answers["allocation"], answers["frontier"], answers["robustness"]], "en")
    figures = [part for section in shown.sections for part in section.parts if isinstance(part, Figure)]
    assert [f.title for f in figures] == [
        "Money by year and tier (EUR million)",
        "Money by site and tier (EUR million)",
        "Money by country (EUR million)",
        "Chance of losing at least a share of a tier",
        "Plans between the two terms",
        "Certainty of selection",
    ]
    assert all(f.says.endswith(".") and "<svg" in svg_of(f.chart) for f in figures)


def test_names_are_text_and_never_code(answers: dict[str, Any]) -> None:
    html = report_bytes([answers["allocation"]], "x.html").decode()
    assert "<b>lyon</b>" not in html
    assert "&lt;b&gt;lyon&lt;/b&gt;" in html
    assert "\\<b\\>lyon" in report_bytes([answers["allocation"]], "x.md").decode()
    risky = {**fund(), "name": "=1+1"}
    book = load_workbook(io.BytesIO(report_bytes([allocate(risky)], "x.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells) and not any(cell.data_type == "f" for cell in cells)


def test_a_note_orders_member_states_by_protocol() -> None:
    assert in_protocol_order(["PT", "FR", "GR", "GB", "PL+LT", "CH"], "en") == ["GR", "FR", "PL+LT", "PT", "CH", "GB"]
    assert len(set(PROTOCOL)) == 27


def test_a_note_has_numbered_tables_one_decimal_and_a_footnote(answers: dict[str, Any]) -> None:
    scenario = load_document(fund()).expect()
    content = report_bytes([answers["allocation"]], "x.docx", "en", scenario)
    note = Document(io.BytesIO(content))
    captions = [p.text for p in note.paragraphs if p.style.name == "Caption" and p.text.startswith("Table")]
    assert [re.match(r"Table\xa0(\d+)", c)[1] for c in captions] == [str(n) for n in range(1, len(captions) + 1)]
    assert len(captions) == len(note.tables)
    codes = [t.text for t in note.element.body.iter(qn("w:instrText"))]
    assert codes.count(" SEQ Table \\* ARABIC ") == len(captions)
    by_country = next(t for t, c in zip(note.tables, captions, strict=True) if "Money by country" in c)
    rows = [[cell.text for cell in row.cells] for row in by_country.rows]
    assert [row[0] for row in rows[1:]] == ["Greece", "France", "Poland + Lithuania", "Portugal", "Total"]
    assert all(re.fullmatch(r"-|[\d,]+\.\d", cell) for row in rows[1:] for cell in row[2:])
    total = sum(float(row[4].replace(",", "")) for row in rows[1:-1])
    assert total == pytest.approx(float(rows[-1][4].replace(",", "")), abs=0.3)
    assert total == pytest.approx(answers["allocation"].indicators.total_cost, abs=0.1)
    footnotes = next(p for p in note.part.package.iter_parts() if p.partname == "/word/footnotes.xml")
    assert b"Figures may not add up to totals because of rounding." in footnotes.blob
    assert len(list(note.element.body.iter(qn("w:footnoteReference")))) == 1
    repeated = [
        t
        for t in note.tables
        if t.rows[0]._tr.trPr is not None and t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    ]
    assert len(repeated) == sum(
        any(c.text for c in t.rows[0].cells) and "w:shd" in t.rows[0]._tr.xml for t in note.tables
    )
    pictures = list(note.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == 4 and all(p.get("descr") for p in pictures)
    assert "The Union's first loss" in words_of(content) and "A newspaper https://example.org [C]" in words_of(content)
    language = note.styles["Normal"].element.rPr.find(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-GB"


def test_the_workbook_holds_numbers_and_charts(answers: dict[str, Any]) -> None:
    book = load_workbook(io.BytesIO(report_bytes([answers["allocation"]], "x.xlsx")))
    sheet = book["Money by year and tier (EUR mil"]
    total = sum(cell.value for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row)
    assert total == pytest.approx(answers["allocation"].indicators.total_cost)
    assert len(sheet._charts) == 1
    assert sum(len(s._charts) for s in book) == 4
    money = [row[-1].value for row in book["money"].iter_rows(min_row=2)]
    assert sum(money) == pytest.approx(sum(c.amount for c in answers["allocation"].money))


def test_a_comparison_comes_first_and_numbers_go_on(answers: dict[str, Any]) -> None:
    html = report_bytes([answers["allocation"], answers["comparison"]], "x.html").decode()
    titles = re.findall(r"<h2>(.*?)</h2>", html)
    assert titles[0] == "Strategies compared" and titles.count("The allocation") == 2
    numbers = [int(n) for n in re.findall(r"<caption>Table (\d+)", html)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_losses_are_told_at_every_chance(answers: dict[str, Any]) -> None:
    for tier in answers["allocation"].risk.tiers:
        losses = [q.loss for q in tier.quantiles]
        assert losses == sorted(losses) and losses[-1] <= tier.losses.exposure + 1e-6
        # The mean of the worst 5 % is no less than the loss at their edge.
        assert next(q.loss for q in tier.quantiles if q.level == 0.95) <= tier.losses.cvar_95 + 1e-9
    section = contents_of([answers["allocation"]]).sections[0]
    assert any(isinstance(p, Table) and p.title.startswith("What each tier loses at least") for p in section.parts)


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ([], "", "not-an-answer"),
        ({"fund": {}}, "", "not-an-answer"),
        ({"certificate": None}, "/schema_version", "answer-changed"),
    ],
)
def test_what_is_no_answer_is_told(document: Any, pointer: str, code: str) -> None:
    with pytest.raises(AnswerError) as told:
        answer_of(document)
    assert (told.value.findings[0].pointer, told.value.findings[0].code) == (pointer, code)
    assert isinstance(told.value, InvestAIError)


def test_answers_of_another_scenario_are_refused(answers: dict[str, Any]) -> None:
    other = load_document(fund(80)).expect()
    with pytest.raises(AnswerError, match="Answer 1 is of another scenario"):
        report_bytes([answers["allocation"]], "x.md", "en", other)
    with pytest.raises(AnswerError, match="no answer"):
        report_bytes([], "x.md")


def test_sections_of_several_scenarios_say_whose_they_are(answers: dict[str, Any]) -> None:
    other = allocate({**fund(90), "name": "Three sites"})
    shown = contents_of([answers["allocation"], other])
    assert [s.title for s in shown.sections] == ["Four sites: The allocation", "Three sites: The allocation"]
    assert shown.title == "Allocation of a layered fund"
