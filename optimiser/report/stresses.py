"""Stress tests in plain words: what each does to losses, to public money and to the rules."""

from __future__ import annotations

from optimiser.report.losses import euros, percent
from optimiser.report.page import Block, Column, Paragraph, Table, Words
from optimiser.report.tables import label_words, term_name
from optimiser.result.result import BrokenRule, Result, RiskReport, StressReport

MOST_RULES = 3
"""Broken rules named in a cell; the full result has them all."""


def stresses(result: Result, say: Words, lang: str) -> list[Block]:
    """The plan as it is and under each stress; nothing where the scenario has none."""
    if not result.stresses or result.risk is None:
        return []
    blocks: list[Block] = [_cases(result, result.risk, say)]
    if sum(t.losses.exposure > 0 for t in result.risk.tiers) > 1:
        blocks.append(_by_tier(result, result.risk, say))
    levels = {f"level {x.seniority}": say("level-of", level=x.seniority, tiers=x.tiers) for x in result.risk.levels}
    broken = [[x.name or x.id, _rules(x.rules, levels, say, lang)] for x in result.stresses if x.rules]
    if broken:
        columns = [Column(say("column.case")), Column(say("column.breaks"))]
        blocks.append(Table(say("title.stressed-rules"), columns, broken))
    else:
        blocks.append(Paragraph("", [say("stress.holds")]))
    return blocks


def _cases(result: Result, risk: RiskReport, say: Words) -> Block:
    """A row a case, the plan without a stress first: losses of the pool, money refused."""
    tested = result.stresses
    columns = [Column(say("column.case"))]
    shown = [[say("stress.none"), *(x.name or x.id for x in tested)]]
    if risk.pool.exposure > 0:
        pools = [risk.pool, *(x.pool.losses for x in tested)]
        shown += say.grid([euros([x.expected_loss for x in pools]), euros([x.cvar_99 for x in pools])])
        columns += [Column(say(f"column.{title}"), numeric=True) for title in ("mean-loss", "worst-1")]
        held = [n for n, level in enumerate(risk.levels) if level.own.exposure > 0]
        if held:
            flips = [risk.levels[held[-1]].flip_point, *(x.levels[held[-1]].flip_point for x in tested)]
            shown.append([percent(say, x.probability) for x in flips])
            columns.append(Column(say("column.chance-of", tiers=", ".join(risk.levels[held[-1]].tiers)), numeric=True))
    refused = [0.0, *(x.unfunded.total if x.unfunded is not None else 0.0 for x in tested)]
    if any(refused):
        shown.append(say.amounts(refused))
        columns.append(Column(say("column.refused"), numeric=True))
    notes = [note for x in tested for note in _notes(result, x, say)]
    if len(columns) == 1:
        return Paragraph(say("title.stresses"), [say("losses.none"), *notes])
    return Table(say("title.stresses"), columns, [list(row) for row in zip(*shown, strict=True)], notes)


def _rules(broken: list[BrokenRule], levels: dict[str, str], say: Words, lang: str) -> str:
    named = [
        say(
            "stress.broken",
            what=say("rule-of", words=label_words(r.label, lang), rule=levels.get(r.rule, r.rule)),
            by=say.number(r.by),
            unit=say.unit(r.unit),
        )
        for r in broken[:MOST_RULES]
    ]
    if len(broken) > MOST_RULES:
        named.append(say("stress.more", count=len(broken) - MOST_RULES))
    return say.joined(named)


def _notes(result: Result, stress: StressReport, say: Words) -> list[str]:
    """What the table has no room for: the years of refused money, terms of the objective that move."""
    name, found = stress.name or stress.id, []
    if stress.unfunded is not None:
        years = zip(stress.unfunded.by_year, say.amounts(stress.unfunded.by_year.values()), strict=True)
        by_year = ", ".join(f"{year}: {amount}" for year, amount in years)
        code = "stress.refused" if by_year else "stress.none-refused"
        found.append(say(code, name=name, years=by_year, sites=len(stress.unfunded.by_candidate)))
    for before, after in zip(result.objective.terms, stress.terms, strict=True):
        if abs(after.value - before.value) > 1e-9 * max(abs(before.value), 1.0):
            term, values = term_name(after, say), (say.number(after.value), say.number(before.value))
            found.append(say("stress.term", name=name, term=term, value=values[0], before=values[1]))
    return found


def _by_tier(result: Result, risk: RiskReport, say: Words) -> Block:
    """A row a case, a column a tier that holds money: its average loss."""
    held = [n for n, t in enumerate(risk.tiers) if t.losses.exposure > 0]
    cases = [[t.losses for t in risk.tiers], *([t.losses for t in x.tiers] for x in result.stresses)]
    shown = say.grid([euros([case[n].expected_loss for case in cases]) for n in held])
    names = [say("stress.none"), *(x.name or x.id for x in result.stresses)]
    columns = [Column(say("column.case")), *(Column(risk.tiers[n].tier, numeric=True) for n in held)]
    rows = [[name, *(column[row] for column in shown)] for row, name in enumerate(names)]
    return Table(say("title.stressed-tiers"), columns, rows)
