"""Workbooks: what is in the library comes back, and every bad cell gets a finding that names its sheet and cell."""

from __future__ import annotations

import datetime
import io
import json
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from optimiser import load_document, load_file
from optimiser.errors import ScenarioError
from optimiser.library import library_files
from optimiser.scenario.load import document_of
from optimiser.scenario.workbook import reading
from optimiser.scenario.workbook.cells import LONGEST, NotReadable, number
from optimiser.scenario.workbook.layout import sheets
from optimiser.scenario.workbook.reading import read_workbook
from optimiser.scenario.workbook.writing import document_workbook, scenario_workbook, template_workbook

SOUND = {
    "name": "sound",
    "horizon": {"first_year": 2026, "last_year": 2030},
    "fund": {
        "tiers": [
            {"id": "eu", "instrument": "grant", "size": 100, "eligible": {"countries": ["PT", "ES"]}},
            {"id": "bank", "instrument": "loan", "size": {"at_least": 0, "at_most": "unlimited"}, "public": False},
        ]
    },
    "candidates": [
        {"id": "a", "country": "PT", "private_pledge": 50, "attributes": {"chips": 5},
         "phases": [{"id": "p1", "cost": {"2027": 60}}, {"id": "p2", "cost": {"2028": 40}}]},
        {"id": "b", "country": "ES", "attributes": {"chips": 4}, "cost": {"2027": 60}},
    ],
    "constraints": [{"id": "n", "kind": "count", "at_most": 2}],
    "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
}  # fmt: skip


def changed(change):
    """The bytes of the sound workbook after a change by openpyxl."""
    book = load_workbook(io.BytesIO(document_workbook(SOUND)))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def loaded(content, tmp_path):
    (tmp_path / "book.xlsx").write_bytes(content)
    return load_file(tmp_path / "book.xlsx")


def errors(content, tmp_path):
    return [(f.code, f.cell) for f in loaded(content, tmp_path).findings if f.severity == "error"]


def column(page, name):
    """The letter of a column by its name."""
    return next(c.column_letter for c in page[1] if str(c.value).split(" [")[0] == name)


def cell_of(sheet, name, row):
    page = load_workbook(io.BytesIO(document_workbook(SOUND)))[sheet]
    return f"{column(page, name)}{row}"


def put(sheet, name, row, value):
    def change(book):
        book[sheet][f"{column(book[sheet], name)}{row}"].value = value

    return change


def row_of(key):
    """The row of a key of the sheet Scenario."""
    page = load_workbook(io.BytesIO(document_workbook(SOUND)))["Scenario"]
    return next(cell.row for cell in page["A"] if cell.value == key)


@pytest.mark.parametrize("name", library_files())
def test_a_carried_scenario_comes_back(name, tmp_path):
    scenario = load_file(library_files()[name]).expect()
    again = loaded(scenario_workbook(scenario), tmp_path)
    assert again.expect() == scenario
    assert document_of(again.expect()) == document_of(scenario)


def test_findings_are_those_of_the_json_file_with_their_cells(tmp_path):
    broken = json.loads(json.dumps(SOUND))
    broken["fund"]["tiers"][0]["max_share_of_cost"] = 1.7
    broken["candidates"][1]["country"] = "Spain"
    broken["candidates"][0]["phases"][1]["cost"]["2028"] = -4
    broken["constraints"].append({"id": "r", "kind": "requires", "candidate": "a", "needs": ["nobody"]})
    plain = {(f.code, f.pointer) for f in load_document(broken).findings}
    found = loaded(document_workbook(broken), tmp_path).findings
    assert {(f.code, f.pointer) for f in found} == plain
    cells = {f.pointer: f.cell for f in found if f.severity == "error"}
    assert cells["/fund/tiers/eu/max_share_of_cost"].startswith("Tiers!") and cells[
        "/fund/tiers/eu/max_share_of_cost"
    ].endswith("2")
    assert cells["/candidates/b/country"] == "Candidates!B3"
    assert cells["/candidates/a/phases/p2/cost/2028"] == "Costs!D3"
    assert cells["/constraints/r/needs"].endswith("3")


def formula(book):
    book["Tiers"]["A9"] = "=1+1"


def merged(book):
    book["Tiers"].merge_cells("A3:B3")


def far(book):
    book["Tiers"]["XFD1048576"] = 1


def error_value(book):
    book["Candidates"]["A2"].value = "#REF!"
    book["Candidates"]["A2"].data_type = "e"


def own_sheets(book):
    book.create_sheet("Notes")["A1"] = "x"
    book.create_sheet("# mine")["A1"] = "x"


def twice(book):
    book["Costs"].append(["a", "p1", 2027, 5])


def key_twice(book):
    book["Scenario"].cell(200, 1, "name")
    book["Scenario"].cell(200, 2, "again")


def no_header(book):
    book["Costs"]["F2"] = 5


def unknown_column(book):
    book["Costs"]["E1"] = "colour"
    book["Costs"]["F1"] = "# remark"
    book["Costs"]["F2"] = "mine"


CASES = [
    ("workbook-sheet", "Notes!A1", own_sheets),
    ("workbook-sheet-twice", "Costs !A1", lambda book: book.create_sheet("Costs ").append(["x"])),
    ("workbook-column", "Costs!E1", unknown_column),
    ("workbook-column-twice", "Costs!E1", lambda book: book["Costs"].cell(1, 5, "amount [EUR million]")),
    ("workbook-no-header", "Costs!F2", no_header),
    ("workbook-key", "Scenario!A200", lambda book: book["Scenario"].cell(200, 1, "horizont")),
    ("workbook-keys", "Costs!C5", lambda book: book["Costs"].cell(5, 3, 2029)),
    ("workbook-no-such-row", "Costs!A5", lambda book: book["Costs"].append(["c", None, 2029, 1])),
    ("workbook-no-such-row", "Costs!B5", lambda book: book["Costs"].append(["a", "p9", 2029, 1])),
    ("workbook-no-such-row", "Costs!B5", lambda book: book["Costs"].append(["b", "p1", 2029, 1])),
    ("workbook-no-value", "Costs!A5", lambda book: book["Costs"].append(["a", "p1", 2029])),
    ("workbook-twice", "Costs!A5", twice),
    ("duplicate-id", "Candidates!A4", lambda book: book["Candidates"].append(["a", "PT", 5])),
    ("workbook-twice", "Tiers!E2", lambda book: book["Tiers"].__setitem__("E2", 20)),
    ("workbook-twice", "Scenario!A200", key_twice),
    ("workbook-key", "Scenario!B200", lambda book: book["Scenario"].cell(200, 2, "alone")),
    ("workbook-column", "Scenario!A1", lambda book: book["Scenario"].__setitem__("B1", "content")),
    ("workbook-json", "Costs!A2", put("Costs", "candidate", 2, '"a')),
    ("workbook-merged", "Tiers!A3", merged),
    ("workbook-formula", "Tiers!A9", formula),
    ("workbook-error", "Candidates!A2", error_value),
    ("workbook-date", "Costs!D2", put("Costs", "amount", 2, datetime.date(2027, 1, 1))),
    ("workbook-number", "Costs!D2", put("Costs", "amount", 2, "1,500")),
    ("workbook-json", "Candidates!A2", put("Candidates", "id", 2, '"a')),
    ("workbook-cells", "Tiers!A1", far),
]


@pytest.mark.parametrize(("code", "cell", "change"), CASES)
def test_what_cannot_be_read_is_found_at_its_cell(code, cell, change, tmp_path):
    found = loaded(changed(change), tmp_path).findings
    assert (code, cell) in {(f.code, f.cell) for f in found}
    for f in found:
        # The words of the catalogue fit their parameters.
        assert f.message() and f.cure() and f.as_dict()


def test_a_sheet_without_a_row_is_no_sheet(tmp_path):
    def change(book):
        book["Constraints"].delete_rows(1, 9)

    without = {key: value for key, value in SOUND.items() if key != "constraints"}
    assert loaded(changed(change), tmp_path).expect() == load_document(without).expect()


def test_a_date_is_said_in_the_readers_language(tmp_path):
    found = loaded(changed(put("Costs", "amount", 2, datetime.date(2027, 1, 5))), tmp_path).findings
    dated = next(f for f in found if f.code == "workbook-date")
    assert dated.message("en") == "The cell holds a date (5 Jan 2027)."
    assert "5 janv. 2027" in dated.message("fr")


def test_what_is_the_users_own_is_left_alone(tmp_path):
    def change(book):
        book.create_sheet("# mine")["A1"] = "x"
        book["Costs"]["F1"], book["Costs"]["F2"] = "# remark", "mine"
        book["Tiers"].insert_rows(2, 3)
        book["Costs"].insert_cols(1, 2)

    assert loaded(changed(change), tmp_path).expect() == load_document(SOUND).expect()


def test_bad_cells_come_all_at_once(tmp_path):
    def change(book):
        twice(book)
        put("Candidates", "private_pledge", 2, "much")(book)
        put("Tiers", "instrument", 2, "gift")(book)

    found = loaded(changed(change), tmp_path).findings
    assert {"workbook-twice", "wrong-type", "not-a-choice"} <= {f.code for f in found}
    assert f"Candidates!{cell_of('Candidates', 'private_pledge', 2)}" in {f.cell for f in found}


@pytest.mark.parametrize("value", ["50", "50,0", " 50.0 ", 50.0])
def test_a_number_stored_as_text_is_a_number(value, tmp_path):
    content = changed(put("Candidates", "private_pledge", 2, value))
    assert loaded(content, tmp_path).expect() == load_document(SOUND).expect()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,5", 1.5), ("1 234,5", 1234.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("0,125", 0.125), ("17 %", 0.17),
     ("-3", -3), ("1e3", 1000), ("12", 12), ("unlimited", "unlimited"), ("1,2,3", "1,2,3"), ("", "")],
)  # fmt: skip
def test_numbers_as_text(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize("text", ["1,500", "1.500", "12,345", "-1.000"])
def test_what_may_be_thousands_or_decimals_is_refused(text):
    with pytest.raises(NotReadable):
        number(text)


def test_a_formula_counts_by_its_stored_value(tmp_path):
    def replaced(name, content):
        if not name.startswith("xl/worksheets/") or b"<v>60</v>" not in content:
            return content
        return content.replace(b"<v>60</v>", b"<f>30+30</f><v>60</v>")

    content = rewritten(document_workbook(SOUND), replaced)
    assert content != document_workbook(SOUND)
    assert loaded(content, tmp_path).expect() == load_document(SOUND).expect()


def rewritten(content, replaced):
    """The workbook with its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, replaced(part.filename, old.read(part)))
    return file.getvalue()


def packed(size):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * size)
    return file.getvalue()


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    assert [f.code for f in read_workbook(packed(5_000_000)).findings] == ["workbook-packed"]
    monkeypatch.setattr(reading, "GREATEST_UNPACKED", 1000)
    assert [f.code for f in read_workbook(packed(1001)).findings] == ["workbook-unpacked"]


def test_entities_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    content = rewritten(document_workbook(SOUND), lambda name, part: bomb if name == "xl/workbook.xml" else part)
    assert [f.code for f in read_workbook(content).findings] == ["not-xlsx"]


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", packed(10), document_workbook(SOUND)[:-100]])
def test_what_is_no_workbook(content):
    assert [f.code for f in read_workbook(content).findings] == ["not-xlsx"]


def test_damaged_parts_give_findings():
    whole = document_workbook(SOUND)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = archive.namelist()
    for damaged in names:
        content = rewritten(
            whole, lambda name, part, damaged=damaged: part[: len(part) // 2] if name == damaged else part
        )
        book = read_workbook(content)
        assert book.findings or book.document is not None


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    assert [f.code for f in read_workbook(packed(10)).findings] == ["workbook-needs-library"]


def test_a_cell_longer_than_a_workbook_holds_is_refused():
    document = {**SOUND, "variants": [{"id": "v", "patch": {"name": "x" * LONGEST}}]}
    with pytest.raises(ScenarioError) as refused:
        document_workbook(document)
    assert [f.code for f in refused.value.findings] == ["workbook-too-long"]


def test_the_template_has_every_sheet_and_choice():
    book = load_workbook(io.BytesIO(template_workbook()))
    assert set(book.sheetnames) == {*sheets(), "Read me", "Lists"}
    assert book["Lists"].sheet_state == "hidden"
    tiers = book["Tiers"]
    letter = column(tiers, "instrument")
    offered = [v for v in tiers.data_validations.dataValidation if f"{letter}2" in v.sqref]
    assert len(offered) == 1
    page, cells = offered[0].formula1.replace("$", "").split("!")
    assert [c[0].value for c in book[page][cells]] == [
        "grant",
        "purchase",
        "equity",
        "quasi_equity",
        "loan",
        "guarantee",
    ]
    assert tiers.freeze_panes == "A2"
    assert "EUR million" in next(c.value for c in tiers[1] if str(c.value).startswith("min_ticket"))


def test_a_template_filled_in_by_hand_is_a_scenario(tmp_path):
    book = load_workbook(io.BytesIO(template_workbook()))
    fill(book["Tiers"], id="eu", instrument="grant", size=100)
    fill(book["Candidates"], id="a", country="PT", divisible="no")
    fill(book["Costs"], candidate="a", year=2027, amount="60,5")
    fill(book["Candidate attributes"], candidate="a", attribute="chips", value=5)
    fill(book["Objective terms"], term="attribute", attribute="chips")
    file = io.BytesIO()
    book.save(file)
    scenario = loaded(file.getvalue(), tmp_path).expect()
    assert document_of(scenario) == {
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": {"at_most": 100}}]},
        "candidates": [
            {"id": "a", "country": "PT", "divisible": False, "cost": {"2027": 60.5}, "attributes": {"chips": 5}}
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
    }


def fill(page, **values):
    for name, value in values.items():
        page[f"{column(page, name)}2"] = value


def test_text_that_looks_like_a_formula_stays_text():
    book = load_workbook(io.BytesIO(document_workbook({**SOUND, "name": "=1+1"})))
    cell = next(row[1] for row in book["Scenario"].iter_rows() if row[0].value == "name")
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_a_value_set_afterwards_is_not_blamed_on_a_cell(tmp_path):
    (tmp_path / "book.xlsx").write_bytes(document_workbook(SOUND))
    found = load_file(tmp_path / "book.xlsx", {"/candidates/a/private_pledge": "x"}).findings
    assert [(f.code, f.cell) for f in found if f.severity == "error"] == [("wrong-type", "")]


def test_an_empty_workbook_lacks_what_is_required(tmp_path):
    file = io.BytesIO()
    Workbook().save(file)
    assert {code for code, _ in errors(file.getvalue(), tmp_path)} >= {"workbook-sheet", "missing-key"}
