"""Whole pages: a result, findings, the library. What stands on them and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optimiser.report import tables
from optimiser.report.losses import losses
from optimiser.report.page import Block, Column, Findings, Heading, Paragraph, Table, Words, words
from optimiser.report.stresses import stresses
from optimiser.result.result import Result

GREATEST_GAP = 100.0
"""A larger gap, as of a plan worth next to nothing, says no more than that the distance is not known."""

SEVERITIES = ("error", "warning", "note")


def result_page(result: Result, lang: str = "en", everything: bool = False, title: str = "") -> list[Block]:
    """A result for people.

    everything: notes and every price too. title: stands on top where the scenario has no name.
    """
    say = words(lang)
    blocks: list[Block | None] = [
        Heading(result.scenario.name or title, outcome_sentences(result, say), is_good(result))
    ]
    if result.has_allocation:
        blocks += [
            tables.headline(result, say),
            tables.funded(result, say),
            tables.not_funded(result, say),
            tables.years(result, say),
            tables.repaid(result, say),
            tables.countries(result, say),
            *losses(result, say),
            *stresses(result, say, lang),
            tables.aid(result, say),
            tables.soft(result, say, lang, everything),
            tables.unspent(result, say, lang),
            tables.binding(result, say, lang, everything),
            tables.certificate(result, say, lang),
        ]
    if result.findings:
        blocks.append(findings_block(say("title.findings"), result.findings, say, everything))
    blocks.append(Paragraph("", [_took(result, say)]))
    return [block for block in blocks if block is not None]


def findings_page(
    title: str, findings: Sequence[Mapping[str, Any]], lang: str = "en", everything: bool = False
) -> list[Block]:
    """Findings about a scenario or a plan, under a sentence that says what they amount to."""
    say = words(lang)
    good = not any(f["severity"] == "error" for f in findings)
    blocks: list[Block] = [Heading("", [title], good)]
    if findings:
        blocks.append(findings_block("", findings, say, everything))
    return blocks


def library_page(names: Mapping[str, str], lang: str = "en") -> list[Block]:
    """The carried scenarios: id and name."""
    say = words(lang)
    columns = [Column(say("column.id")), Column(say("column.name"))]
    notes = [say("use-scenario", id=next(iter(names)))] if names else []
    return [Table(say("title.scenarios"), columns, [list(item) for item in names.items()], notes)]


def findings_block(title: str, findings: Iterable[Mapping[str, Any]], say: Words, everything: bool) -> Findings:
    """Errors and warnings; notes are counted, and shown where everything is asked for."""
    listed = [dict(f) for f in findings]
    count = Counter(f["severity"] for f in listed)
    shown = [f for f in listed if everything or f["severity"] != "note"]
    notes = [say("findings.counts", errors=count["error"], warnings=count["warning"], notes=count["note"])]
    if len(shown) < len(listed):
        notes = [f"{notes[0]} {say('findings.notes-hidden')}"]
    return Findings(title, shown, {s: say(f"findings.severity.{s}") for s in SEVERITIES}, notes)


def outcome_sentences(result: Result, say: Words) -> list[str]:
    """How it ended, in words."""
    if result.strategy == "evaluate" and result.certificate is not None:
        broken = sum(not r.holds for r in result.certificate.rules)
        soft = sum(r.soft and r.broken for r in result.certificate.rules)
        held = say("outcome.holds-but-soft", count=soft) if soft else say("outcome.holds")
        return [say("outcome.breaks", count=broken) if broken else held]
    gap = result.objective.gap
    if result.termination == "time_limit":
        if not result.has_allocation:
            return [say("outcome.no-plan")]
        unknown = gap is None or gap > GREATEST_GAP
        return [say("outcome.time_limit-unknown") if unknown else say("outcome.time_limit", gap=say.share(gap or 0.0))]
    if result.termination != "optimal":
        return [say(f"outcome.{result.termination}")]
    if gap:
        return [say("outcome.within-gap", gap=say.share(gap))]
    return [say("outcome.optimal"), say(f"outcome.another.{result.objective.another_optimum}")]


def is_good(result: Result) -> bool:
    """Whether the plan is the best, and proven."""
    return result.termination == "optimal"


def _took(result: Result, say: Words) -> str:
    seconds = say.digits(f"{result.provenance.seconds:.2f}")
    if result.strategy == "evaluate":
        return say("took-evaluate", seconds=seconds)
    solver = result.provenance.solver
    if solver == "highs":
        solver = f"HiGHS {result.provenance.versions.get('highspy', '')}".strip()
    return say("took", seconds=seconds, solver=solver)
