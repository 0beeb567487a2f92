"""What stands in a report, and in which order: sections of blocks and figures, before anyone asks for a format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from optimiser.explain.answer import Explanation
from optimiser.messages import day
from optimiser.report import charts, tables
from optimiser.report.comparisons import comparison_page
from optimiser.report.documents.member_states import as_in_a_note
from optimiser.report.documents.reading import AnyAnswer
from optimiser.report.explanations import explanation_page, repair_page
from optimiser.report.losses import losses
from optimiser.report.names import site_names, tier_names, with_names
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, Words, words
from optimiser.report.pages import findings_block, is_good, outcome_sentences
from optimiser.report.robustness import inputs_page, robustness_page, two_stages_page
from optimiser.report.stresses import stresses
from optimiser.report.studies import curve_page, frontier_page, term_named, without_bars
from optimiser.result.result import Result
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.fund import Tier
from optimiser.scenario.scenario import Scenario
from optimiser.strategies.comparison import Comparison
from optimiser.study.curves import BudgetCurve
from optimiser.study.frontiers import Frontier
from optimiser.study.inputs import DecidingInputs
from optimiser.study.robustness import Robustness
from optimiser.study.two_stages import TwoStages

DECIMALS = 1
"""Of every amount in EUR million, as notes of the Council have them."""

MOST_PLANS = 6
"""Points of a frontier whose plans stand in the report; the others are rows of its table."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart. says: what it shows in one sentence, for whoever does not see it; its numbers stand in a table."""

    title: str
    chart: Any
    says: str


Part = Block | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """One answer, or a part of it, under a title."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Contents:
    """A report. facts: where it comes from, line by line."""

    title: str
    lang: str
    sections: Sequence[Section]
    facts: Sequence[str]


def contents_of(answers: Sequence[AnyAnswer], lang: str = "en", scenario: Scenario | None = None) -> Contents:
    """The report of one answer or several, comparisons first.

    scenario: the one they answer, for the names of its tiers, its sources and assumptions.
    """
    say = words(lang, DECIMALS)
    tiers = tier_names(scenario) if scenario is not None else {}
    ordered = sorted(answers, key=lambda answer: not isinstance(answer, Comparison))
    several = len({_scenario_of(answer) for answer in ordered}) > 1
    sections = []
    for answer in ordered:
        of = f"{_scenario_of(answer)[0] or say('report.unnamed')}: " if several else ""
        found = _sections(answer, say, tiers, scenario)
        sections += [replace(section, title=f"{of}{section.title}") for section in found]
    if scenario is not None and (assumed := _assumptions(scenario, say)) is not None:
        sections.append(assumed)
    title = next((name for answer in ordered if (name := _scenario_of(answer)[0])), "")
    title = say("report.title") if several or not title else title
    return Contents(title, lang, sections, _facts(ordered, say))


def _sections(answer: AnyAnswer, say: Words, tiers: dict[str, str], scenario: Scenario | None) -> list[Section]:
    lang, names = say.lang, dict(site_names(scenario)) if scenario is not None else {}
    if isinstance(answer, Result):
        return [Section(_title(answer, say), _allocation(answer, say, tiers))]
    title, blocks, figures = "", [], []
    if isinstance(answer, Comparison):
        title, blocks = say("report.comparison"), comparison_page(answer, lang, True, "", DECIMALS)
    elif isinstance(answer, Frontier):
        title, blocks = say("report.frontier"), frontier_page(answer, lang, True, "", DECIMALS)
        figures = _frontier_figure(answer, say)
    elif isinstance(answer, BudgetCurve):
        title, blocks = say("report.curve"), curve_page(answer, lang, True, "", DECIMALS)
    elif isinstance(answer, Robustness):
        title, blocks = say("report.robustness"), robustness_page(answer, lang, True, "", DECIMALS)
        figures = _certainty_figure(answer, say, names)
    elif isinstance(answer, TwoStages):
        title, blocks = say("report.stages"), two_stages_page(answer, lang, True, "", DECIMALS)
    elif isinstance(answer, DecidingInputs):
        title, blocks = say("report.inputs"), inputs_page(answer, lang, True, "", DECIMALS)
    elif isinstance(answer, Explanation):
        title, blocks = say("report.explanation"), explanation_page(answer, lang, True, "", DECIMALS)
    else:
        title, blocks = say("report.repair"), repair_page(answer, lang, True, "", DECIMALS)
    first, *rest = (without_bars(b) for b in with_names(blocks, tiers | names))
    lead: list[Part] = [Paragraph("", first.sentences)] if isinstance(first, Heading) else [first]
    found = [Section(title, [*lead, *figures, *rest])]
    if isinstance(answer, Comparison) and answer.results:
        # The plans that are compared with it stand in the comparison; the optimum is shown in full.
        best = answer.results[0]
        found.append(Section(_title(best, say), _allocation(best, say, tiers)))
    if isinstance(answer, Frontier):
        found += _plans(answer, say, tiers)
    return found


def _allocation(result: Result, say: Words, tiers: dict[str, str]) -> list[Part]:
    """A plan with everything that defends it."""
    lang = say.lang
    # Tables follow the order of a note; the map needs the codes of countries.
    noted = as_in_a_note(result, lang)
    parts: list[Part | None] = [Paragraph("", outcome_sentences(result, say))]
    if result.has_allocation:
        parts += [
            _key_figures(noted, say),
            *_money_figures(noted, say, tiers),
            tables.years(noted, say),
            tables.funded(noted, say),
            *_map(result, say),
            tables.countries(noted, say, total=True),
            tables.not_funded(noted, say),
            *_losses(noted, say, tiers),
            *stresses(noted, say, lang),
            tables.aid(noted, say),
            tables.soft(noted, say, lang, True),
            tables.unspent(noted, say, lang),
            tables.binding(noted, say, lang, True),
            tables.certificate(noted, say, lang),
        ]
    if result.findings:
        parts.append(findings_block(say("title.findings"), result.findings, say, True))
    named: list[Part] = []
    for part in parts:
        if isinstance(part, Figure):
            named.append(part)
        elif part is not None:
            named += with_names([part], tiers)
    return named


def _key_figures(result: Result, say: Words) -> Table:
    return replace(tables.headline(result, say), title=say("report.key-figures"))


def _title(result: Result, say: Words) -> str:
    return say("report.allocation") if is_good(result) or result.has_allocation else say("report.no-allocation")


def _money_figures(result: Result, say: Words, tiers: dict[str, str]) -> list[Figure]:
    private = say("column.own")
    years, sites = charts.yearly(result, tiers, private), charts.by_site(result, tiers, private)
    if not years.rows:
        return []
    legend = charts.legend_below(years.order)
    return [
        Figure(say("report.money-by-year"), charts.bars(years, legend), say("report.money-by-year-says")),
        Figure(say("report.money-by-site"), charts.site_bars(sites, legend), say("report.money-by-site-says")),
    ]


def _map(result: Result, say: Words) -> list[Figure]:
    if result.indicators is None:
        return []
    places = result.indicators.by_country
    money = {c: sums["public_money"] + sums["private_money"] for c, sums in places.items() if c != "-"}
    if not any(money.values()):
        return []
    return [Figure(say("report.map"), charts.country_map(money, say.lang), say("report.map-says"))]


def _losses(result: Result, say: Words, tiers: dict[str, str]) -> list[Part]:
    blocks: list[Part] = list(losses(result, say))
    if result.risk is None or not any(t.quantiles and t.losses.exposure > 0 for t in result.risk.tiers):
        return blocks
    titles = (say("report.axis-lost"), say("report.axis-chance"))
    chart, _ = charts.loss_curves(result.risk, tiers, titles)
    return [Figure(say("report.losses"), chart, say("report.losses-says")), *blocks, _quantiles(result, say)]


def _quantiles(result: Result, say: Words) -> Table:
    """What the curves of losses are drawn from."""
    assert result.risk is not None
    shown = [t for t in result.risk.tiers if t.quantiles and t.losses.exposure > 0]
    columns = say.grid([[round(q.loss, 6) for q in t.quantiles] for t in shown])
    chances = [say.share(round(1 - q.level, 9)) for q in shown[0].quantiles]
    rows = [[chance, *(column[n] for column in columns)] for n, chance in enumerate(chances)]
    heads = [Column(say("report.column.chance"), True), *(Column(t.tier, True) for t in shown)]
    return Table(say("report.quantiles"), heads, rows, [say("report.quantiles-note")])


def _frontier_figure(answer: Frontier, say: Words) -> list[Figure]:
    if len(answer.points) < 2:
        return []
    first, second = (term_named(t, say) for t in answer.terms)
    points = [(p.values[0], p.values[1], p.proven) for p in answer.points]
    chart = charts.frontier_line(points, (first, second), say.lang)
    return [Figure(say("report.frontier-figure"), chart, say("report.frontier-says", first=first, second=second))]


def _certainty_figure(answer: Robustness, say: Words, names: dict[str, str]) -> list[Figure]:
    if not answer.certainty:
        return []
    chart = charts.certainty_bars(answer.certainty, names, say("column.certainty"))
    return [Figure(say("title.certainty"), chart, say("report.certainty-says"))]


def _plans(answer: Frontier, say: Words, tiers: dict[str, str]) -> list[Section]:
    """The plans of the frontier's points, evenly chosen where there are many."""
    count = len(answer.points)
    chosen = (
        range(count) if count <= MOST_PLANS else [round(n * (count - 1) / (MOST_PLANS - 1)) for n in range(MOST_PLANS)]
    )
    found = []
    for n in chosen:
        result = as_in_a_note(answer.results[answer.points[n].result], say.lang)
        values = [say.value(v, t.unit) for v, t in zip(answer.points[n].values, answer.terms, strict=True)]
        parts = [_key_figures(result, say), tables.funded(result, say)]
        found.append(Section(say("report.point", n=n + 1, first=values[0], second=values[1]), with_names(parts, tiers)))
    return found


def _assumptions(scenario: Scenario, say: Words) -> Section | None:
    """Sources and assumptions of every figure."""
    sources = {s.id: s for s in scenario.sources}
    rows = []
    parts: Sequence[Tier | Candidate] = [*scenario.fund.tiers, *scenario.candidates]
    for part in parts:
        named = [sources[s] for s in part.sources if s in sources]
        cited = tuple(" ".join(p for p in (s.text, s.url, f"[{s.grade}]" if s.grade else "") if p) for s in named)
        if part.assumptions or cited:
            rows.append([part.name or part.id, tuple(part.assumptions) or "-", cited or "-"])
    if not rows:
        return None
    columns = [Column(say(f"report.column.{name}")) for name in ("of", "assumed", "sources")]
    return Section(say("report.assumptions"), [Table(say("report.assumptions"), columns, rows, [say("report.grades")])])


def _scenario_of(answer: AnyAnswer) -> tuple[str, str]:
    """Name and hash of the scenario an answer is of."""
    scenario = answer.results[0].scenario if isinstance(answer, Comparison) else answer.scenario
    return scenario.name, scenario.sha256


def _facts(answers: Sequence[AnyAnswer], say: Words) -> list[str]:
    known = dict.fromkeys(_scenario_of(a) for a in answers)
    lines = [say("report.of", name=name or say("report.unnamed"), sha256=sha) for name, sha in known]
    provenance = [a.results[0].provenance if isinstance(a, Comparison) else a.provenance for a in answers]
    made = {f"investai-optimiser {p.versions.get('investai-optimiser', '')}".strip() for p in provenance}
    lines.append(say("report.with", versions=", ".join(sorted(made)), solver=provenance[0].solver))
    lines.append(say("report.made", day=day(datetime.now(UTC).date(), say.lang)))
    return lines
