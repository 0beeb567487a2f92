"""A report as Markdown (tables as GitHub writes them); charts stand in the file as pictures, at its end."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from optimiser.report.charts import png_of
from optimiser.report.documents.contents import Contents, Figure, Part
from optimiser.report.documents.html import numbers_of
from optimiser.report.page import Cell, Findings, Table, Words, words

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown_of(contents: Contents) -> bytes:
    """The file's bytes (UTF-8). Pictures are named where they stand and follow after the text, which stays legible."""
    say, numbers = words(contents.lang), numbers_of(contents)
    lines = [f"# {_plain(contents.title)}", ""]
    pictures: list[str] = []
    for section in contents.sections:
        lines += [f"## {_plain(section.title)}", ""]
        for part in section.parts:
            lines += [*_part(part, numbers.get(id(part), 0), say), ""]
            if isinstance(part, Figure):
                picture = base64.b64encode(png_of(part.chart, contents.lang)).decode()
                pictures.append(f"[figure-{numbers[id(part)]}]: data:image/png;base64,{picture}")
    lines += ["---", "", _plain(say("report.rounding")), "", *(f"{_plain(fact)}  " for fact in contents.facts), ""]
    return "\n".join([*lines, *pictures, ""]).encode()


def _part(part: Part, number: int, say: Words) -> Iterator[str]:
    if isinstance(part, Figure):
        yield f"**{_plain(say('report.figure', n=number, title=part.title))}**"
        yield ""
        yield f"![{_plain(part.says)}][figure-{number}]"
        yield ""
        yield f"*{_plain(say('report.source'))}*"
    elif isinstance(part, Table):
        yield f"**{_plain(say('report.table', n=number, title=part.title))}**"
        yield ""
        yield from _table(part)
        for note in (*part.notes, say("report.source")):
            yield ""
            yield f"*{_plain(note)}*"
    elif isinstance(part, Findings):
        yield f"### {_plain(part.title)}"
        for f in part.findings:
            yield ""
            where = f" `{f['pointer']}`" if f["pointer"] else ""
            yield f"- **{_plain(part.severities[f['severity']])}**{where}: {_plain(f['message'])} {_plain(f['cure'])}"
        for note in part.notes:
            yield ""
            yield _plain(note)
    else:
        if part.title:
            yield f"### {_plain(part.title)}"
            yield ""
        for sentence in part.sentences:
            yield _plain(sentence)
            yield ""


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(_plain(c.title) for c in table.columns)} |"
    yield f"|{'|'.join('---:' if c.numeric else '---' for c in table.columns)}|"
    for row in table.rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(cell: Cell) -> str:
    return "<br>".join(_plain(line) for line in ((cell,) if isinstance(cell, str) else cell))


def _plain(text: str) -> str:
    """Text that says what it says, whatever marks it holds; one line of it."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
