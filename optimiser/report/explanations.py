"""Pages of explanations, repairs and plans kept."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimiser.explain.answer import CandidateCase, Clash, EntryPrice, Explanation, Repair, TermChange
from optimiser.explain.kept import Kept
from optimiser.messages import labelled
from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, Words, words
from optimiser.report.pages import findings_block
from optimiser.result.reasons import said_in

ROWS = 12
"""Rules of a clash that are shown one by one."""


def explanation_page(
    answer: Explanation, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """An explanation for people. title: stands on top where the scenario has no name."""
    say = words(lang, decimals)
    name = answer.scenario.name or title
    if answer.repair is not None:
        return repair_page(answer.repair, lang, everything, title)
    if not answer.funded and not answer.candidates:
        return [Heading(name, [say(f"explain.ended.{answer.termination}")], False)]
    blocks: list[Block | None] = [Heading(name, [say("explain.plan", sites=", ".join(answer.funded) or NOTHING)])]
    if answer.country is not None:
        blocks.append(Paragraph(say("title.letter", country=answer.country.country), answer.country.letter))
        if answer.country.cheapest is not None:
            blocks.append(Paragraph("", [say("explain.see-it", candidate=answer.country.cheapest)]))
    else:
        blocks += [_funded(answer, say), _outside(answer, say), _entry(answer, say), _forced_out(answer, say)]
        blocks += [_reserve(answer, say), _alternatives(answer, say)]
    if answer.not_computed:
        blocks.append(Paragraph("", [say("explain.not-computed", what=_named(answer.not_computed, say))]))
    if answer.findings and everything:
        blocks.append(findings_block(say("title.findings"), answer.findings, say, everything))
    blocks.append(Paragraph("", [say("explain.took", seconds=say.digits(f"{answer.provenance.seconds:.2f}"))]))
    return [block for block in blocks if block is not None]


def repair_page(
    answer: Repair, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """A repair for people."""
    say = words(lang, decimals)
    outcome = {True: "repair.feasible", False: "outcome.infeasible", None: "repair.unknown"}[answer.feasible]
    blocks: list[Block] = [Heading(answer.scenario.name or title, [say(outcome)], bool(answer.feasible))]
    if answer.clash is not None:
        blocks.append(_clash(answer.clash, say))
        for n, option in enumerate(answer.repairs, 1):
            notes = [say("repair.proven" if option.proven_least else "repair.not-proven")]
            if option.money:
                notes.append(say("repair.money", amount=say.number(option.money)))
            if option.objective is not None:
                notes.append(say("repair.objective", value=say.number(option.objective)))
            if option.command:
                notes.append(option.command)
            heading = say("title.repair", n=n, size=say.share(option.size))
            blocks.append(Paragraph(heading, [*(f"- {c.text}" for c in option.changes), *notes]))
        if not answer.repairs:
            blocks.append(Paragraph("", [say("repair.none")]))
    if answer.not_computed:
        blocks.append(Paragraph("", [say("explain.not-computed", what=_named(answer.not_computed, say))]))
    if answer.findings and everything:
        blocks.append(findings_block(say("title.findings"), answer.findings, say, everything))
    blocks.append(Paragraph("", [say("explain.took", seconds=say.digits(f"{answer.provenance.seconds:.2f}"))]))
    return blocks


def kept_page(
    answer: Kept, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """A plan kept, for people: what changes, who loses, and a proportional cut beside it."""
    say = words(lang, decimals)
    name = answer.results[0].scenario.name or title
    blocks: list[Block] = [Heading(name, _kept_sentences(answer, say), answer.new_plan is not None)]
    if answer.moves:
        columns = say.grid(
            [[getattr(m, key) or 0.0 for m in answer.moves] for key in ("before", "after", "proportional", "signed")]
        )
        rows = [[m.candidate, *cells] for m, *cells in zip(answer.moves, *columns, strict=True)]
        titles = [Column(say("column.site"))]
        titles += [Column(say(f"column.{key}"), True) for key in ("before", "after", "proportional", "signed")]
        blocks.append(Table(say("title.moves"), titles, rows))
    sentences = []
    for r in answer.results:
        plan = say(f"keep.strategy.{r.strategy}")
        assert r.certificate is not None
        broken = [labelled(c.label, c.rule) for c in r.certificate.rules if c.violation > c.allowance]
        sentences.append(say("keep.breaks", plan=plan, rules=broken) if broken else say("keep.holds", plan=plan))
        sentences.append(say("keep.objective", plan=plan, value=_number(say, r.objective.value)))
    blocks.append(Paragraph(say("title.beside"), sentences))
    if everything and answer.results[0].findings:
        blocks.append(findings_block(say("title.findings"), answer.results[0].findings, say, everything))
    return blocks


def _kept_sentences(answer: Kept, say: Words) -> list[str]:
    if answer.new_plan is None:
        if answer.termination != "infeasible":
            return [
                say("outcome.no-plan") if answer.termination == "time_limit" else say(f"outcome.{answer.termination}")
            ]
        signed = sum(m.signed for m in answer.moves)
        if answer.signed_until is None:
            return [say("keep.none-unsigned")]
        return [say("keep.none", signed=say.number(signed), year=answer.signed_until)]
    if not answer.changes and not answer.money_moved:
        return [say("keep.unchanged")]
    changes, moved = answer.changes or 0.0, answer.money_moved or 0.0
    sentences = [say("keep.changes", count=math.ceil(changes), changes=say.number(changes), moved=say.number(moved))]
    for code, sites in (("comes-in", answer.comes_in), ("drops-out", answer.drops_out)):
        if sites:
            sentences.append(say(f"keep.{code}", sites=", ".join(sites)))
    return sentences if answer.termination == "optimal" else [*sentences, say("keep.unproven")]


def _clash(clash: Clash, say: Words) -> Block:
    rows = [[r.text, r.pointers[0], say(f"repair.enough.{_yes(r.enough)}")] for r in clash.rules[:ROWS]]
    notes = [say("repair.irreducible" if clash.irreducible else "repair.not-irreducible")]
    if len(clash.rules) > ROWS:
        notes.append(say("repair.more", count=len(clash.rules) - ROWS))
    columns = [Column(say("column.rule")), Column(say("column.place")), Column(say("column.enough"))]
    return Table(say("title.clash"), columns, rows, notes)


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def _funded(answer: Explanation, say: Words) -> Block | None:
    """Funded candidates: who would come in for each, and what would be lost."""
    rows = []
    for c in answer.candidates:
        if c.replacement is None:
            continue
        if c.replacement.possible is None:
            rows.append([c.id, say("explain.not-known"), ""])
        elif not c.replacement.possible:
            rows.append([c.id, say("explain.no-plan-without"), ""])
        else:
            others = _moves(c, say)
            rows.append([c.id, others, _lost(c.replacement.terms, say)])
    columns = [Column(say("column.site")), Column(say("column.comes-in")), Column(say("column.lost"))]
    return Table(say("title.replacement"), columns, rows) if rows else None


def _outside(answer: Explanation, say: Words) -> Block | None:
    """Unfunded candidates: why, whom each would displace, and what would be lost."""
    rows = []
    for c in answer.candidates:
        if c.forced is None:
            continue
        if c.forced.possible:
            out = ", ".join(c.forced.drops_out) or NOTHING
            rows.append([c.id, said_in(c.reason, say.lang), out, _lost(c.forced.terms, say)])
        else:
            code = "explain.not-known" if c.forced.possible is None else "explain.no-plan-with"
            rows.append([c.id, said_in(c.reason, say.lang), NOTHING, say(code)])
    columns = [Column(say(f"column.{name}")) for name in ("site", "why", "displaces", "lost")]
    return Table(say("title.outside"), columns, rows) if rows else None


def _moves(c: CandidateCase, say: Words) -> str:
    assert c.replacement is not None
    also = [name for name in c.replacement.drops_out if name != c.id]
    comes_in = ", ".join(c.replacement.comes_in) or say("explain.nobody")
    return say("explain.and-out", comes_in=comes_in, also=", ".join(also)) if also else comes_in


def _lost(terms: Sequence[TermChange], say: Words) -> str:
    parts = []
    for t in terms:
        if t.lost:
            term = say(f"term.{t.term}", attribute=t.attribute or "")
            parts.append(say("explain.term", term=term, before=say.number(t.before), after=say.number(t.after)))
    return say.joined(parts) or say("explain.as-good")


def _entry(answer: Explanation, say: Words) -> Block | None:
    rows = []
    for c in answer.candidates:
        for n, e in enumerate(c.entry):
            rows.append([c.id if n == 0 else "", _what(e, say), _number(say, e.now), _enters(e, say)])
    columns = [
        Column(say("column.site")),
        Column(say("column.what")),
        Column(say("column.now"), numeric=True),
        Column(say("column.enters")),
    ]
    return Table(say("title.entry"), columns, rows, [say("explain.entry-note")]) if rows else None


def _what(e: EntryPrice, say: Words) -> str:
    return say(f"entry.{e.by}", of=e.of or "", unit=say.unit(e.unit))


def _number(say: Words, value: float | None) -> str:
    return NOTHING if value is None else say.number(value)


def _enters(e: EntryPrice, say: Words) -> str:
    if e.found is None:
        if e.enters is None:
            return say("explain.not-known")
        return say("entry.bracket", enters=_number(say, e.enters), out=_number(say, e.stays_out))
    if not e.found:
        return say("entry.never")
    factor = say.digits(f" ({100 * (e.enters or 0) / e.now - 100:+.3g} %)") if e.now else ""
    return say("entry.at", enters=_number(say, e.enters), factor=factor, out=_number(say, e.stays_out))


def _forced_out(answer: Explanation, say: Words) -> Block | None:
    sentences = []
    for c in answer.candidates:
        if c.forced is not None and c.forced.clash is not None:
            rules = say.joined(r.text for r in c.forced.clash.rules)
            sentences.append(say("explain.against", candidate=c.id, rules=rules or NOTHING))
    return Paragraph(say("title.against"), sentences) if sentences else None


def _reserve(answer: Explanation, say: Words) -> Block | None:
    if len(answer.reserve) < 2:
        return None
    rows = [
        [str(n), r.id, ", ".join(r.replaces) or NOTHING, _lost(r.terms, say)] for n, r in enumerate(answer.reserve, 1)
    ]
    columns = [Column(say("column.place-in-list"), numeric=True)]
    columns += [Column(say(f"column.{name}")) for name in ("site", "displaces", "lost")]
    return Table(say("title.reserve"), columns, rows)


def _alternatives(answer: Explanation, say: Words) -> Block | None:
    if answer.within is None:
        return None
    if not answer.alternatives:
        code = "explain.alternatives-unknown" if "alternatives" in answer.not_computed else "explain.no-alternatives"
        return Paragraph(say("title.alternatives", within=say.share(answer.within)), [say(code)])
    rows = [
        [", ".join(a.comes_in) or NOTHING, ", ".join(a.drops_out) or NOTHING, _lost(a.terms, say)]
        for a in answer.alternatives
    ]
    columns = [Column(say(f"column.{name}")) for name in ("comes-in", "drops-out", "lost")]
    return Table(say("title.alternatives", within=say.share(answer.within)), columns, rows)


def _named(what: Sequence[str], say: Words) -> str:
    return ", ".join(say(f"question.{name}") for name in what)
