"""A page as text for a screen or a pipe, by rich. Numbers are never cut, whatever the width."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from optimiser.report.page import Block, Cell, Column, Findings, Heading, Paragraph, Table

GAP = 2
"""Blank cells after a column but the last."""

LINE = 1
"""Width of the (blank) line that the box draws between two columns."""

LEAST_TEXT = 14
"""Width a column of text is not squeezed below, unless its longest cell is shorter."""

LEAST_LAST = 24
"""The same for the last column of a table that ends in text, where sentences stand."""

_COLOURS = {"error": "bold red", "warning": "yellow", "note": "dim"}

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

_HELD = {"\u202f": "\ue000", "\u00a0": "\ue001"}
"""Spaces that never end a line, and what stands for them while lines are broken: for rich they are like any other."""


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """What stands for a character the encoding lacks: a plain space or quotation mark, a letter without accent."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = lacking.translate(str.maketrans("\ue000\ue001\u2019\u00ab\u00bb", '  \'""'))
    letters = (unicodedata.normalize("NFKD", c).encode("ascii", "ignore").decode() or "?" for c in plain)
    return "".join(letters), error.end


codecs.register_error("plainer", _plainer)


def rendered(page: Sequence[Block], width: int, colours: bool = False, encoding: str = "utf-8") -> str:
    """The page as text.

    width: of the screen [characters]. colours: with ANSI codes. encoding: of what it is written to; lines that it
    lacks are drawn with plain characters.
    """
    buffer = io.BytesIO()
    # A wrapper of its own, since rich asks its file for the encoding.
    file = io.TextIOWrapper(buffer, encoding=encoding, errors="plainer", newline="\n")
    console = Console(
        file=file,
        width=width,
        force_terminal=colours,
        color_system="auto" if colours else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for block in page:
        for part in _parts(block, width):
            console.print(part)
    file.flush()
    shown = buffer.getvalue().decode(encoding)
    for space, held in _HELD.items():
        shown = shown.replace(held, space)
    lines = shown.split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _parts(block: Block, width: int) -> Iterator[RenderableType]:
    if isinstance(block, Heading):
        yield from _heading(block)
    elif isinstance(block, Findings):
        yield from _findings(block)
    elif isinstance(block, Paragraph):
        yield Text()
        if block.title:
            yield _title(block.title)
        for sentence in block.sentences:
            yield Padding(_plain(sentence), (0, 0, 0, 2 if block.title else 1))
    else:
        yield Text()
        yield from _table(block, width)


def _heading(block: Heading) -> Iterator[RenderableType]:
    if block.title:
        yield _plain(block.title, "bold")
        yield Text()
    for n, sentence in enumerate(block.sentences):
        yield Padding(_plain(sentence, ("bold green" if block.good else "bold yellow") if n == 0 else ""), (0, 0, 0, 1))


def _findings(block: Findings) -> Iterator[RenderableType]:
    yield Text()
    if block.title:
        yield _title(block.title)
    for f in block.findings:
        head = _plain(block.severities.get(f["severity"], f["severity"]), _COLOURS.get(f["severity"], ""))
        yield Padding(Text.assemble(head, "  ", _plain(_where(f))), (0, 0, 0, 2))
        yield Padding(_plain(f["message"]), (0, 0, 0, 6))
        yield Padding(_plain(f["cure"], "dim"), (0, 0, 0, 6))
    for note in block.notes:
        yield Padding(_plain(note), (0, 0, 0, 2))


def _where(finding: Mapping[str, Any]) -> str:
    """The place in the file, and the cell of a workbook."""
    return "  ".join(part for part in (finding.get("cell", ""), finding["pointer"]) if part) or "/"


def _table(block: Table, width: int) -> Iterator[RenderableType]:
    if block.narrow is not None and _needs(block, range(len(block.columns))) > width:
        block = block.narrow
    if block.title:
        yield _title(block.title)
    for chosen in _chunks(block, width):
        yield _drawn(block, chosen, width)
    for note in block.notes:
        yield Padding(_plain(note, "dim"), (0, 0, 0, 2))


def _drawn(block: Table, chosen: Sequence[int], width: int) -> RichTable:
    greatest = _greatest(block, chosen, width)
    headed = any(c.title for c in block.columns)
    table = RichTable(box=SIMPLE_HEAD if headed else None, show_header=headed, pad_edge=False, padding=(0, GAP, 0, 0))
    table.show_edge = False
    for n in chosen:
        column = block.columns[n]
        table.add_column(
            Text("\n".join(_header(block, n)), "bold"),
            justify="right" if column.numeric else "left",
            vertical="top",
            no_wrap=column.numeric,
            overflow="fold",
            min_width=_least(block, n),
            max_width=greatest.get(n),
        )
    for row in block.rows:
        table.add_row(*(Text("\n").join(_plain(part) for part in _lines(row[n])) for n in chosen))
    return table


def _chunks(block: Table, width: int) -> Iterator[list[int]]:
    """Columns that fit beside each other; each further part starts with the table's first column again."""
    left = list(range(len(block.columns)))
    chosen: list[int] = []
    for n in left:
        if len(chosen) > 1 and _needs(block, [*chosen, n]) > width:
            yield chosen
            chosen = [0]
        chosen.append(n)
    yield chosen


def _greatest(block: Table, chosen: Sequence[int], width: int) -> dict[int, int]:
    """How wide the columns of text before the last may become, where not everything fits on one line.

    Rich narrows columns of text evenly, down to where the last one no longer has its least width and is cut.
    """
    lacks = {n: max(_widest(block, n) - _least(block, n), 0) for n in chosen}
    spare = max(width - _needs(block, chosen), 0)
    if sum(lacks.values()) <= spare:
        return {}
    greatest = {}
    flowing = sorted((n for n in chosen[:-1] if not block.columns[n].numeric), key=lambda n: lacks[n])
    for left, n in zip(range(len(flowing), 0, -1), flowing, strict=True):
        more = min(lacks[n], spare // left)
        greatest[n] = _least(block, n) + more
        spare -= more
    return greatest


def _needs(block: Table, chosen: Sequence[int]) -> int:
    return _between(chosen) + sum(_least(block, n) for n in chosen)


def _between(chosen: Sequence[int]) -> int:
    return (GAP + LINE) * (len(chosen) - 1)


def _least(block: Table, n: int) -> int:
    """The least width of a column: all of a number, the longest word of a text (up to a limit)."""
    column = block.columns[n]
    widest = _widest(block, n)
    header = max((len(line) for line in _header(block, n)), default=0)
    if column.numeric:
        return max(widest, header)
    limit = LEAST_LAST if n == len(block.columns) - 1 else LEAST_TEXT
    return max(min(widest, limit), min(header, limit), 1)


def _header(block: Table, n: int) -> list[str]:
    """The title of a column in lines not much wider than what stands below it."""
    column: Column = block.columns[n]
    title = _UNSEEN.sub(" ", column.title)
    if not column.numeric:
        return [title]
    room = _widest(block, n)
    lines = [""]
    pieces = re.findall(r"[^-_ ]+[-_ ]*|[-_ ]+", title)
    for piece, following in zip_longest(pieces, pieces[1:]):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip() if following is None else piece) > max(room, 8):
            lines.append("")
        lines[-1] += piece
    return [line.rstrip(" ") for line in lines]


def _widest(block: Table, n: int) -> int:
    return max((len(part) for row in block.rows for part in _lines(row[n])), default=0)


def _lines(cell: Cell) -> tuple[str, ...]:
    return (cell,) if isinstance(cell, str) else cell


def _title(title: str) -> Text:
    return _plain(title, "bold cyan")


def _plain(content: str, style: str = "") -> Text:
    """Text as it is: what a file says is neither markup nor a code for the terminal."""
    shown = _UNSEEN.sub(" ", content)
    return Text("".join(_HELD.get(c, c) for c in shown), style)
