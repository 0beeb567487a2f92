"""The allocation of a scenario: its levers, and the plan with everything that defends it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from api.page.charts import money_by_year
from api.page.levers import grouped, levers_of, switches_of
from api.page.rendering import words
from api.page.views.drawing import Context, Drawing, Question
from api.page.views.files import FILES, can_be_made
from optimiser.allocation import allocate
from optimiser.explain.answer import Repair
from optimiser.explain.repairs import repair
from optimiser.messages import listed
from optimiser.report.explanations import repair_page
from optimiser.report.names import tier_names, with_names
from optimiser.report.numbers import NOTHING, amounts
from optimiser.report.page import Block, Cell, Column, Heading, Paragraph, Table
from optimiser.report.page import words as report_words
from optimiser.report.pages import result_page
from optimiser.report.tile_map import size, tiles
from optimiser.result.result import Result
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.fund import Tier
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario
from optimiser.solve.clock import Clock

MOST_NAMED = 8
"""Sites the verdict names; of more it gives the number."""


def levers(view: Any, written: Scenario | None, loaded: Loaded, lang: str) -> Context:
    """The levers, with what is found in the scenario beside the field it speaks of."""
    findings: dict[str, list[dict[str, str]]] = {}
    for f in loaded.findings:
        findings.setdefault(f.pointer, []).append(f.as_dict(lang))
    if written is None:
        return {"levers": [], "switches": [], "findings": findings}
    return {
        "levers": grouped(levers_of(written, view.edits)),
        "switches": switches_of(written, view.off),
        "findings": findings,
    }


def answered(q: Question) -> Context:
    """The plan; where there is none, which rules clash and what would mend it."""
    say = words(q.lang)
    clock = Clock(q.options)
    result = allocate(q.loaded, q.options, q.lang)
    named = replace(result, scenario=replace(result.scenario, name=""))
    names = tier_names(q.scenario)
    blocks = with_names(result_page(named, q.lang, everything=True), names)
    context: Context = {
        "heading": [with_plan(blocks[0], result, q.lang)],
        "sections": [_section(block, result, q, names) for block in blocks[1:]],
        "chart": money_by_year(result, names, say("consortia"), q.lang),
        "map": tiles_of(result, q.lang),
        "sources": sources_of(q.scenario),
        "files": {name: q.view.to(f"files/{name}", q.lang) for name in FILES if _is_offered(name, result)},
        "repairs": [],
    }
    if result.termination == "infeasible":
        found = repair(q.loaded, clock.next(), q.lang)
        context["repairs"] = repairs_of(found, q)
    return context


def with_plan(heading: Block, result: Result, lang: str) -> Block:
    """The verdict, and the plan in one sentence: who is funded, and with how much money."""
    sites = [c.name or c.id for c in result.candidates if c.funded > 0 or any(c.phases.values())]
    if not isinstance(heading, Heading) or result.indicators is None or not sites:
        return heading
    public, private = amounts([round(result.indicators.public_money), round(result.indicators.private_money)], lang)
    shown = listed(sites, lang) if len(sites) <= MOST_NAMED else words(lang)("sites", count=len(sites))
    said = words(lang)(
        "plan-is", sites=shown, public=public.replace(NOTHING, "0"), private=private.replace(NOTHING, "0")
    )
    return replace(heading, sentences=[*heading.sentences, said])


def _is_offered(name: str, result: Result) -> bool:
    """Some files need a plan, some a library that may not be installed."""
    without_plan = name in ("scenario.json", "model.lp", "allocation.json")
    return (result.has_allocation or without_plan) and can_be_made(name)


def repairs_of(found: Repair, q: Question) -> list[tuple[Block, str | None]]:
    """The clash and each repair, with the link that applies it where numbers alone are changed."""
    # Without the heading, which the page has said, and without the time it took.
    blocks = repair_page(found, q.lang)[1:-1]
    commands = {option.command for option in found.repairs if option.command}
    shown: list[tuple[Block, str | None]] = []
    options = iter(found.repairs)
    for block in blocks:
        # Of the page's paragraphs, only repairs hold a command: there stands a link here.
        if isinstance(block, Paragraph) and block.title and (option := next(options, None)) is not None:
            sentences = [s.removeprefix("- ") for s in block.sentences if s not in commands]
            shown.append((replace(block, sentences=sentences), _applied(option.changes, q) if option.command else None))
        else:
            shown.append((block, None))
    return shown


def _applied(changes: Iterable[Any], q: Question) -> str:
    """The link of the scenario with these changes."""
    import orjson

    settings = {c.pointer: c.after if isinstance(c.after, str) else orjson.dumps(c.after).decode() for c in changes}
    kept = [(k, v) for k, v in q.view.kept if k not in settings]
    return replace(q.view, kept=[*kept, *settings.items()]).to("allocation", q.lang)


def with_sites(blocks: Iterable[Block], names: dict[str, str], lang: str) -> list[Block]:
    """The same blocks with sites called by their names wherever a cell holds ids alone, one or several."""

    def called(cell: Cell) -> Cell:
        if not isinstance(cell, str):
            return cell
        ids = cell.split(", ")
        return listed([names[i] for i in ids], lang) if all(i in names for i in ids) else cell

    return [
        replace(b, rows=[[called(cell) for cell in row] for row in b.rows]) if isinstance(b, Table) else b
        for b in blocks
    ]


def _section(block: Block, result: Result, q: Question, names: dict[str, str]) -> dict[str, Any]:
    """A block with what a page adds to it: links to explanations, and each tier's money by site and year."""
    report, say = report_words(q.lang), words(q.lang)
    title = block.title.partition(" (")[0]
    section: dict[str, Any] = {"block": block, "links": [], "folded": []}
    for code, which, label in (("title.funded", True, "why-in"), ("title.not-funded", False, "why-out")):
        if title == report(code).partition(" (")[0] and isinstance(block, Table):
            asked = [c for c in result.candidates if (c.funded > 0 or any(c.phases.values())) is which]
            section["links"] = [
                {"href": q.view.to("explain", q.lang, {"candidate": c.id}), "text": say(label), "of": c.name or c.id}
                for c in asked
            ]
    if title == report("title.years").partition(" (")[0]:
        section["folded"] = money_by_site(result, q.lang, names)
    return section


def money_by_site(result: Result, lang: str, names: dict[str, str]) -> list[tuple[str, Table]]:
    """For each tier and the consortia, a table of money by site and year, under its name and total."""
    say, report = words(lang), report_words(lang)
    cells: dict[str, dict[tuple[str, int], float]] = defaultdict(lambda: defaultdict(float))
    own = say("consortia")
    for x in result.money:
        cells[names.get(x.tier, x.tier)][x.candidate, x.year] += x.amount
    for m in result.private_money:
        cells[own][m.candidate, m.year] += m.amount
    called = {c.id: c.name or c.id for c in result.candidates}
    found = []
    for name, amount in cells.items():
        sites = [c for c in called if any(site == c for site, _ in amount)]
        years = range(min(t for _, t in amount), max(t for _, t in amount) + 1)
        sums = [sum(amount.get((c, t), 0.0) for t in years) for c in sites]
        columns = report.grid([*([amount.get((c, t), 0.0) for c in sites] for t in years), sums])
        titles = [*map(str, years), report("column.total")]
        rows = [[called[c], *(column[n] for column in columns)] for n, c in enumerate(sites)]
        heads = [Column(report("column.site")), *(Column(t, True) for t in titles)]
        total = amounts([sum(sums)], lang)[0]
        found.append((say("tier-total", tier=name, total=total), Table("", heads, rows)))
    return found


def tiles_of(result: Result, lang: str) -> dict[str, Any] | None:
    """The map: public and private money by country; None where there is none."""
    if result.indicators is None:
        return None
    countries = result.indicators.by_country
    money = {c: sums["public_money"] + sums["private_money"] for c, sums in countries.items()}
    if not any(money.values()):
        return None
    drawn = tiles(money)
    width, height = size(drawn)
    shown = {c: amounts([round(amount)], lang)[0] for c, amount in money.items() if amount}
    return {"tiles": drawn, "width": width, "height": height, "shown": shown}


def sources_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Sources and assumptions of every figure: what a reader may doubt."""
    texts = {s.id: s for s in scenario.sources}
    found = []
    parts: Sequence[Tier | Candidate] = [*scenario.fund.tiers, *scenario.candidates]
    for part in parts:
        if part.assumptions or part.sources:
            named = [texts[s] for s in part.sources if s in texts]
            found.append({"name": part.name or part.id, "assumptions": part.assumptions, "sources": named})
    return found


DRAWING = Drawing(levers, answered)
