"""A report as one HTML file: style, charts and tables in it, nothing from elsewhere, no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from optimiser.report.charts import svg_of
from optimiser.report.documents.contents import Contents, Figure, Part
from optimiser.report.page import Findings, Table, words


def html_of(contents: Contents) -> bytes:
    """The file's bytes (UTF-8)."""
    say = words(contents.lang)
    drawn: str = _template().render(
        contents=contents,
        say=say,
        kind=_kind,
        svg=lambda figure: svg_of(figure.chart, contents.lang),
        numbers=numbers_of(contents),
    )
    return drawn.encode()


def numbers_of(contents: Contents) -> dict[int, int]:
    """The number of every table and of every figure, by the identity of the part; each counted by itself."""
    tables = figures = 0
    found = {}
    for section in contents.sections:
        for part in section.parts:
            if isinstance(part, Table):
                tables += 1
                found[id(part)] = tables
            elif isinstance(part, Figure):
                figures += 1
                found[id(part)] = figures
    return found


def _kind(part: Part) -> str:
    return "findings" if isinstance(part, Findings) else type(part).__name__.lower()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["id"] = id
    return environment.get_template("report.html")
