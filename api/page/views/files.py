"""Files made of a scenario: its document, its model, and its allocation in the formats people ask for."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

from api.page.charts import money_picture
from api.page.rendering import words
from api.page.views.drawing import Question
from api.problems import refuse
from optimiser.allocation import allocate
from optimiser.messages import decimal_mark
from optimiser.report.documents.writing import lacking, report_bytes
from optimiser.report.files import CsvFormat, csv_bytes, rows_of
from optimiser.result.result import Result
from optimiser.scenario.load import document_of
from optimiser.solve.export import export_model


def scenario_file(q: Question) -> bytes:
    """The scenario with its edits, ready to be sent to the service or the command."""
    return json.dumps(document_of(q.scenario), ensure_ascii=False, indent=2).encode() + b"\n"


def model_file(q: Question) -> bytes:
    """The model as it is handed to the solver, in LP format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.lp"
        export_model(q.scenario, path)
        return path.read_bytes()


def result_file(q: Question) -> bytes:
    """The result as the service gives it."""
    return _result(q).to_json()


def workbook_file(q: Question) -> bytes:
    """All tables, a sheet each."""
    from optimiser.report.workbook import answer_workbook

    return answer_workbook(_result(q))


def tables_file(q: Question) -> bytes:
    """All tables as CSV, for a spreadsheet of the page's language."""
    result = _result(q)
    style: CsvFormat = "fr" if decimal_mark(q.lang) == "," else "en"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in result.tables:
            archive.writestr(f"{table}.csv", csv_bytes(*rows_of(result, table), style))
    return file.getvalue()


def chart_file(q: Question) -> bytes:
    """The chart of money by year.

    Errors: ProblemError not-found where nothing is paid.
    """
    say = words(q.lang)
    names = {t.id: t.name or t.id for t in q.scenario.fund.tiers}
    made = money_picture(_result(q), names, say("consortia"), say("chart.money"), q.lang)
    if made is None:
        raise refuse("not-found")
    return made


def report_file(name: str) -> Callable[[Question], bytes]:
    """The report of the allocation in the format of this name.

    Errors: ProblemError not-found where what the format needs is not installed.
    """

    def made(q: Question) -> bytes:
        if not can_be_made(name):
            raise refuse("not-found")
        return report_bytes([_result(q)], name, q.lang, q.scenario)

    return made


def can_be_made(name: str) -> bool:
    """Whether the libraries that a file is made with are installed."""
    return not name.startswith("report.") or not lacking(PurePath(name).suffix)


def _result(q: Question) -> Result:
    return allocate(q.loaded, q.options, q.lang)


FILES: Mapping[str, tuple[Callable[[Question], bytes], str]] = {
    "allocation.xlsx": (
        workbook_file,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "tables.zip": (tables_file, "application/zip"),
    "allocation.json": (result_file, "application/json"),
    "report.docx": (
        report_file("report.docx"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "report.html": (report_file("report.html"), "text/html; charset=utf-8"),
    "money-by-year.png": (chart_file, "image/png"),
    "scenario.json": (scenario_file, "application/json"),
    "model.lp": (model_file, "text/plain; charset=utf-8"),
}
"""How each file is made, and its media type, by the name in its address."""
