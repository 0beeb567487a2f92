"""Pages of the studies: a frontier, a budget curve, robustness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, Words, words
from optimiser.report.pages import findings_block
from optimiser.result.result import Provenance
from optimiser.study.curves import BudgetCurve
from optimiser.study.frontiers import Frontier, FrontierTerm
from optimiser.study.versions import SessionUse

BAR = 16
"""Characters of the longest bar."""

MOST_ROWS = 40
"""Rows of a table on the screen; the rest is in the full answer."""


def without_bars(block: Block) -> Block:
    """A table without the bars it has on a screen of letters: a chart shows more."""
    if not isinstance(block, Table):
        return block
    kept = [n for n in range(len(block.columns)) if not _is_bars([row[n] for row in block.rows])]
    rows = [[row[n] for n in kept] for row in block.rows]
    return replace(block, columns=[block.columns[n] for n in kept], rows=rows)


def _is_bars(cells: Sequence[Any]) -> bool:
    return any(cells) and all(isinstance(cell, str) and not cell.strip("#") for cell in cells)


def frontier_page(
    answer: Frontier, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """The frontier as a table with bars; what stayed open; findings."""
    say = words(lang, decimals)
    heading = Heading(answer.scenario.name or title, _frontier_sentences(answer, say), answer.termination == "optimal")
    blocks: list[Block] = [heading]
    if answer.points:
        blocks.append(_points(answer, say, everything))
    if answer.open:
        listed = [say("frontier.interval", low=say.number(o.from_), high=say.number(o.to)) for o in answer.open]
        blocks.append(
            Paragraph(
                say("title.open"),
                [say("frontier.open", term=term_named(answer.terms[answer.open[0].term], say)), *listed],
            )
        )
    return [*blocks, *closing(answer.findings, answer.provenance, say, everything, answer.session)]


def closing(
    findings: list[dict[str, str]],
    provenance: Provenance,
    say: Words,
    everything: bool,
    session: SessionUse,
) -> list[Block]:
    """The end of every page: findings, how long it took, and for whoever wants all how often the solver began anew."""
    blocks: list[Block] = [findings_block(say("title.findings"), findings, say, everything)] if findings else []
    lines = [say("took-study", seconds=say.digits(f"{provenance.seconds:.2f}"))]
    if everything:
        reasons = [say(f"session.{why}", times=times) for why, times in session.built.items()]
        lines.append(say("session", built=sum(session.built.values()), solved=session.solved, reasons=reasons))
    return [*blocks, Paragraph("", lines)]


def bars(values: Sequence[float]) -> list[str]:
    """A bar for each value, from the least (nothing) to the greatest."""
    low, high = min(values), max(values)
    return ["#" * (round(BAR * (v - low) / (high - low)) if high > low else BAR) for v in values]


def shown_rows(rows: list[list[str]], say: Words, everything: bool) -> tuple[list[list[str]], list[str]]:
    """The rows that fit a screen, and a note about those that do not."""
    if everything or len(rows) <= MOST_ROWS:
        return rows, []
    return rows[:MOST_ROWS], [say("more-rows", count=len(rows) - MOST_ROWS)]


def changed_phases(before: Mapping[str, float], after: Mapping[str, float], say: Words) -> str:
    """Which phases came in and went out; of candidates with one phase the candidate alone is named."""
    changes = []
    for code, here, there in (("in", after, before), ("out", before, after)):
        names = [name.removesuffix("/main") for name in here if name not in there]
        if names:
            changes.append(say(f"frontier.{code}", names=names))
    return say.joined(changes)


def _frontier_sentences(answer: Frontier, say: Words) -> list[str]:
    if not answer.points:
        return [say("outcome.no-plan") if answer.termination == "time_limit" else say(f"outcome.{answer.termination}")]
    proven = sum(p.proven for p in answer.points)
    first = say("frontier.proven", count=len(answer.points), proven=proven)
    if answer.complete:
        return [first, say(f"frontier.complete.{answer.method}")]
    return [first, say("frontier.one")] if len(answer.points) == 1 and proven else [first]


def _points(answer: Frontier, say: Words, everything: bool) -> Table:
    first, second = (term_named(t, say) for t in answer.terms)
    columns = [
        Column(_with_unit(answer.terms[0], first, say), True),
        Column(_with_unit(answer.terms[1], second, say), True),
        Column(say("column.given-up"), True),
        Column(say("column.sites"), True),
        Column(say("column.proven")),
        Column(second),
        Column(say("column.against-above")),
    ]
    drawn = bars([p.values[1] for p in answer.points])
    rows = []
    for n, (p, bar) in enumerate(zip(answer.points, drawn, strict=True)):
        indicators = answer.results[p.result].indicators
        rows.append(
            [
                say.number(p.values[0]),
                say.number(p.values[1]),
                NOTHING if p.given_up is None else say.number(p.given_up),
                str(indicators.sites) if indicators is not None else NOTHING,
                say("yes" if p.proven else "no"),
                bar,
                changed_phases(answer.points[n - 1].funded, p.funded, say) if n else "",
            ]
        )
    rows, notes = shown_rows(rows, say, everything)
    return Table(say("title.frontier"), columns, rows, [say("frontier.note", first=first, second=second), *notes])


def term_named(term: FrontierTerm, say: Words) -> str:
    """A term of the frontier in words."""
    name = say(f"term.{term.term}", attribute=term.attribute or "")
    return say("term.of-tier", term=name, tier=term.tier) if term.tier else name


def _with_unit(term: FrontierTerm, name: str, say: Words) -> str:
    return name if term.unit in ("1", name) else f"{name} ({say.unit(term.unit)})"


def curve_page(
    answer: BudgetCurve, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """The objective by the size of a tier: pieces or steps, and every size asked."""
    say = words(lang, decimals)
    blocks: list[Block] = [Heading(answer.scenario.name or title, _curve_sentences(answer, say), not answer.open)]
    has_plans = any(p.value is not None for p in answer.points)
    if answer.pieces:
        columns = [Column(say(f"column.{c}"), True) for c in ("from", "to", "price")]
        rows = [[say.number(p.from_), say.number(p.to), say.number(p.price)] for p in answer.pieces]
        rows, notes = shown_rows(rows, say, everything)
        blocks.append(Table(say("title.pieces", tier=answer.tier), columns, rows, [say("curve.pieces"), *notes]))
    elif answer.method == "bisection" and has_plans and not answer.steps:
        blocks.append(Paragraph("", [say("curve.no-steps")]))
    elif answer.method == "bisection" and has_plans:
        blocks.append(_curve_steps(answer, say, everything))
    if answer.open:
        listed = [say("frontier.interval", low=say.number(o.from_), high=say.number(o.to)) for o in answer.open]
        blocks.append(Paragraph(say("title.open"), [say("curve.open"), *listed]))
    if has_plans:
        blocks.append(_sizes(answer, say, everything))
    return [*blocks, *closing(answer.findings, answer.provenance, say, everything, answer.session)]


def _curve_sentences(answer: BudgetCurve, say: Words) -> list[str]:
    if not any(p.value is not None for p in answer.points):
        return [say("outcome.no-plan") if answer.termination == "time_limit" else say(f"outcome.{answer.termination}")]
    if answer.size is None or answer.value is None:
        return [say("curve.range", tier=answer.tier)]
    here = say("curve.here", tier=answer.tier, size=say.number(answer.size), value=say.number(answer.value))
    if answer.unique is None:
        return [here]
    if answer.unique:
        return [here, say("curve.price", price=say.number(answer.price_above or 0.0))]
    params = {"below": say.number(answer.price_below or 0.0), "above": say.number(answer.price_above or 0.0)}
    return [here, say("curve.not-unique", **params)]


def _curve_steps(answer: BudgetCurve, say: Words, everything: bool) -> Table:
    columns = [Column(say(f"column.{c}"), True) for c in ("from", "to", "gain")] + [Column(say("column.change"))]
    rows = []
    for s in answer.steps:
        change = changed_phases(dict.fromkeys(s.leaving, 1.0), dict.fromkeys(s.entering, 1.0), say)
        rows.append([say.number(s.from_), say.number(s.to), NOTHING if s.gain is None else say.number(s.gain), change])
    rows, notes = shown_rows(rows, say, everything)
    note = say("curve.steps", tolerance=say.number(answer.tolerance))
    return Table(say("title.steps", tier=answer.tier), columns, rows, [note, *notes])


def _sizes(answer: BudgetCurve, say: Words, everything: bool) -> Table:
    points = [p for p in answer.points if p.value is not None]
    drawn = bars([p.value or 0.0 for p in points])
    columns = [Column(say("column.size"), True), Column(say("headline.weighted"), True), Column(say("column.proven"))]
    rows = [
        [say.number(p.size), say.number(p.value or 0.0), say("yes" if p.proven else "no"), bar]
        for p, bar in zip(points, drawn, strict=True)
    ]
    rows, notes = shown_rows(rows, say, everything)
    return Table(say("title.sizes"), [*columns, Column("")], rows, notes)
