"""A second opinion for people."""

from __future__ import annotations

from optimiser.dossier.opinion import AGREED, SecondOpinion
from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, words


def opinion_page(opinion: SecondOpinion, lang: str = "en") -> list[Block]:
    """The verdict, and what was compared."""
    say = words(lang)
    blocks: list[Block] = [Heading("", [opinion.sentence], opinion.verdict in AGREED)]
    if opinion.stages:
        titles = ["stated", "recounted", "other"]
        columns = [Column(say("opinion.stage")), *(Column(say(f"opinion.{t}"), numeric=True) for t in titles)]
        rows = [
            [s.stage, *(NOTHING if v is None else say.number(v) for v in (s.stated, s.recounted, s.other))]
            for s in opinion.stages
        ]
        blocks.append(Table(say("opinion.title"), columns, rows, [say("opinion.note")]))
    seconds = f"{opinion.seconds:.2f}"
    blocks.append(Paragraph("", [say("opinion.took", solver=opinion.solver, seconds=seconds)]))
    return blocks
