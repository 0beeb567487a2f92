"""A report as a workbook: numbers as numbers, a sheet a table, and charts that Excel draws from them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference, ScatterChart, Series

from optimiser.report import charts
from optimiser.report.documents.contents import Contents
from optimiser.report.documents.reading import AnyAnswer
from optimiser.report.files import rows_of
from optimiser.report.page import Words, words
from optimiser.report.studies import term_named
from optimiser.report.workbook import add_sheet
from optimiser.result.result import Result
from optimiser.strategies.comparison import Comparison
from optimiser.study.frontiers import Frontier
from optimiser.study.robustness import Robustness

LONGEST = 31
"""Characters of a sheet's name."""


def sheets_of(contents: Contents, answers: Sequence[AnyAnswer], tiers: Mapping[str, str]) -> bytes:
    """The file's bytes: where it comes from, the charts, then the tables of every answer."""
    say = words(contents.lang)
    book = Workbook()
    book.remove(book.active)
    add_sheet(
        book, _free(book, say("report.about")), ("", ""), [("", fact) for fact in (contents.title, *contents.facts)]
    )
    for n, answer in enumerate(answers, 1):
        for name, rows, chart in _drawn(answer, say, tiers):
            sheet = add_sheet(book, _free(book, name), rows[0], rows[1:])
            sheet.add_chart(chart(sheet, len(rows), len(rows[0])), f"{_letter(len(rows[0]) + 2)}2")
        for table in answer.tables:
            names, rows_ = rows_of(answer, table)
            if rows_:
                add_sheet(book, _free(book, table if len(answers) == 1 else f"{n} {table}"), names, rows_)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


Drawn = tuple[str, list[Sequence[Any]], Callable[[Any, int, int], Any]]


def _drawn(answer: AnyAnswer, say: Words, tiers: Mapping[str, str]) -> list[Drawn]:
    """Sheets with a chart: their names, their rows with the heading first, and the chart of such rows."""
    if isinstance(answer, Comparison):
        return _drawn(answer.results[0], say, tiers) if answer.results else []
    if isinstance(answer, Result):
        return _money(answer, say, tiers)
    if isinstance(answer, Frontier) and len(answer.points) > 1:
        heads = [term_named(t, say) for t in answer.terms]
        rows: list[Sequence[Any]] = [heads, *(p.values for p in answer.points)]
        return [(say("report.frontier-figure"), rows, _points)]
    if isinstance(answer, Robustness) and answer.certainty:
        ranked = sorted(answer.certainty, key=lambda c: -c.share)
        heads = [say("column.site"), say("column.certainty")]
        return [(say("title.certainty"), [heads, *((f"{c.candidate}/{c.phase}", c.share) for c in ranked)], _bars)]
    return []


def _money(result: Result, say: Words, tiers: Mapping[str, str]) -> list[Drawn]:
    private = say("column.own")
    found: list[Drawn] = []
    for stack, at, name in (
        (charts.yearly(result, tiers, private), "year", "report.money-by-year"),
        (charts.by_site(result, tiers, private), "candidate", "report.money-by-site"),
    ):
        places = (
            sorted({row[at] for row in stack.rows}) if at == "year" else list(dict.fromkeys(r[at] for r in stack.rows))
        )
        amount = {(row[at], row["tier"]): row["amount"] for row in stack.rows}
        if places:
            heads = [say("column.year" if at == "year" else "column.site"), *stack.order]
            rows = [[str(place), *(amount.get((place, tier), 0.0) for tier in stack.order)] for place in places]
            found.append((say(name), [heads, *rows], _stacked))
    if result.indicators is not None and len(result.indicators.by_country) > 1:
        heads = [say("column.country"), say("column.public"), say("column.private")]
        by_country = result.indicators.by_country.items()
        money = [[c, sums["public_money"], sums["private_money"]] for c, sums in by_country]
        found.append((say("report.map"), [heads, *money], _stacked))
    if result.risk is not None:
        shown = [t for t in result.risk.tiers if t.quantiles]
        if shown:
            heads = [say("report.column.chance"), *(tiers.get(t.tier, t.tier) for t in shown)]
            rows = [[1 - q.level, *(t.quantiles[n].loss for t in shown)] for n, q in enumerate(shown[0].quantiles)]
            found.append((say("report.losses"), [heads, *rows], _points))
    return found


def _stacked(sheet: Any, rows: int, columns: int) -> Any:
    chart = _bars(sheet, rows, columns)
    chart.grouping, chart.overlap = "stacked", 100
    return chart


def _bars(sheet: Any, rows: int, columns: int) -> Any:
    chart = BarChart()
    chart.type = "bar" if rows > 12 else "col"
    chart.add_data(Reference(sheet, min_col=2, max_col=columns, min_row=1, max_row=rows), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=rows))
    return _sized(chart)


def _points(sheet: Any, rows: int, columns: int) -> Any:
    chart = ScatterChart()
    across = Reference(sheet, min_col=1, min_row=2, max_row=rows)
    for column in range(2, columns + 1):
        values = Reference(sheet, min_col=column, min_row=1, max_row=rows)
        chart.series.append(Series(values, across, title_from_data=True))
    chart.x_axis.title = sheet.cell(1, 1).value
    return _sized(chart)


def _sized(chart: Any) -> Any:
    chart.width, chart.height = 22, 11
    # Without these openpyxl's axes are hidden in current versions of Excel.
    chart.x_axis.delete = chart.y_axis.delete = False
    return chart


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    letter: str = get_column_letter(column)
    return letter


def _free(book: Any, name: str) -> str:
    """A name for a sheet that Excel takes and no other sheet has."""
    plain = "".join("-" if c in "[]:*?/\\" else c for c in name)[:LONGEST]
    taken, n = {s.lower() for s in book.sheetnames}, 1
    found = plain
    while found.lower() in taken:
        n += 1
        found = f"{plain[: LONGEST - len(str(n)) - 1]} {n}"
    return found
