"""A batch for people: how many ended in which way, and what is wrong with those that failed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from optimiser.batch.summary import BatchSummary
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, words

MOST_FAILURES = 30
"""Failed scenarios shown; the summary's file has all."""


def batch_page(summary: BatchSummary, lang: str = "en") -> list[Block]:
    """The page of a batch."""
    say = words(lang)
    # What is counted: those with a result, where some have none.
    count = summary.total if summary.state in ("succeeded", "failed") else summary.succeeded
    others = {"total": summary.total, "failed": summary.failed, "unfinished": summary.unfinished}
    sentences = [say(f"batch.{summary.state}", count=count, **others)]
    blocks: list[Block] = [Heading(say("batch.title"), sentences, summary.state == "succeeded")]
    ways = Counter(row.termination or row.state for row in summary.scenarios)
    rows = [[say(f"batch.way.{way}"), str(count)] for way, count in ways.most_common()]
    blocks.append(Table("", [Column(""), Column(say("batch.column.scenarios"), numeric=True)], rows))
    failures = [row for row in summary.scenarios if row.state == "failed"]
    if failures:
        shown = [(row.name, _reason(row.findings)) for row in failures[:MOST_FAILURES]]
        notes = [say("batch.more-failed", count=len(failures) - len(shown))] if len(failures) > len(shown) else []
        columns = [Column(say("batch.column.scenario")), Column(say("batch.column.reason"))]
        blocks.append(Table(say("batch.failures"), columns, [list(pair) for pair in shown], notes))
    rate = summary.new / summary.seconds if summary.seconds else 0.0
    skipped = summary.succeeded - summary.new
    took = say(
        "batch.took",
        new=summary.new,
        skipped=skipped,
        seconds=say.digits(f"{summary.seconds:.1f}"),
        rate=say.digits(f"{rate:.1f}"),
    )
    blocks.append(Paragraph("", [took]))
    return blocks


def _reason(findings: list[dict[str, Any]]) -> str:
    """The first finding: where, what, and the cure."""
    if not findings:
        return ""
    first = findings[0]
    where = f"{first['pointer']}: " if first["pointer"] else ""
    return f"{where}{first['message']} {first['cure']}".rstrip()
