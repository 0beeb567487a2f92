"""The pages of a comparison of strategies, and of a difference between two scenarios or results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, Words, words
from optimiser.report.pages import findings_block, outcome_sentences
from optimiser.report.tables import label_words
from optimiser.strategies.comparison import Comparison, Overview, Price, SiteRow, StrategyRow
from optimiser.study.differences import Difference, MoneyChange

LONGEST_VALUE = 40
"""Characters of an input shown in a table; longer ones are cut, and whole in the JSON."""


def comparison_page(
    c: Comparison, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """Strategies side by side: differences first."""
    say = words(lang, decimals)
    overview = c.comparison
    name = c.results[0].scenario.name if c.results else ""
    blocks: list[Block | None] = [
        Heading(name or title, _compared_sentences(c, say), overview.proven and not overview.unsolved),
        _sites(overview, say),
        _agreed(overview, say),
        _strategies(c, say),
        _measures(overview, say),
        _prices(overview, say),
        _broken(overview, say),
        _remarks(c, say),
    ]
    if c.results and c.results[0].findings:
        blocks.append(findings_block(say("title.findings"), c.results[0].findings, say, everything))
    blocks.append(Paragraph("", [say("took-compare", seconds=say.digits(f"{overview.seconds:.2f}"))]))
    return [block for block in blocks if block is not None]


def _compared_sentences(c: Comparison, say: Words) -> list[str]:
    overview = c.comparison
    sentences = [say("compare.count", count=len(c.results))]
    if c.results:
        best = outcome_sentences(c.results[0], say)[0]
        sentences.append(say("compare.remark", strategy=_strategy("optimise", say), sentence=best))
    unproven = [_strategy(r.strategy, say) for r in c.results[1:] if r.termination == "time_limit"]
    if unproven:
        sentences.append(say("compare.unproven", strategies=unproven))
    if overview.unsolved:
        sentences.append(say("compare.unsolved", strategies=[_strategy(s, say) for s in overview.unsolved]))
    return sentences


def _sites(overview: Overview, say: Words) -> Block | None:
    """Sites on which the strategies differ, a column a strategy."""
    rows = [s for s in overview.sites if not s.agreed]
    if not rows:
        return Paragraph("", [say("compare.all-agree")]) if len(overview.strategies) > 1 else None
    labels = list(rows[0].funded)
    columns = [Column(say("column.site")), *(Column(_strategy(label, say), numeric=True) for label in labels)]
    cells = [[s.name or s.id, *(_state(s, label, say) for label in labels)] for s in rows]
    return Table(say("compare.title.disputed"), columns, cells, [say("compare.sites-note")])


def _state(site: SiteRow, label: str, say: Words) -> str:
    """In, out, the fraction of the first phase, or how many phases where strategies differ in that."""
    funded, phases = site.funded[label], site.phases[label]
    if not phases:
        return NOTHING
    if funded < 1:
        return say.share(funded)
    return f"{say('compare.in')} {phases}" if len(set(site.phases.values()) - {0}) > 1 else say("compare.in")


def _agreed(overview: Overview, say: Words) -> Block | None:
    agreed = [s for s in overview.sites if s.agreed and s.funded]
    kept = {r.strategy for r in overview.strategies if r.allowed} or {r.strategy for r in overview.strategies}
    into = [s.name or s.id for s in agreed if any(n for k, n in s.phases.items() if k in kept)]
    out = [s.name or s.id for s in agreed if not any(n for k, n in s.phases.items() if k in kept)]
    sentences = []
    if into:
        sentences.append(say("compare.agreed-in", sites=into))
    if out:
        sentences.append(say("compare.agreed-out", sites=out))
    return Paragraph(say("compare.title.agreed"), sentences) if sentences else None


def _strategies(c: Comparison, say: Words) -> Block:
    """What each reaches, gives up and costs."""
    rows = c.comparison.strategies
    notes = [say("compare.given-up-note")]
    if any(stage.name.startswith("objective 2") for r in c.results[:1] for stage in r.objective.stages):
        notes.append(say("compare.first-term-note"))
    public = say.amounts(r.public_money for r in rows)
    private = say.amounts(r.private_money for r in rows)
    titles = ("compare.column.objective", "compare.column.given-up", "column.sites", "column.public", "column.private")
    columns = [
        Column(say("compare.column.strategy")),
        *(Column(say(title), numeric=True) for title in titles),
        Column(say("compare.column.rules")),
    ]
    cells = [
        [
            _strategy(r.strategy, say),
            NOTHING if r.objective is None else say.number(r.objective),
            _given_up(r, say),
            NOTHING if r.sites is None else str(r.sites),
            NOTHING if r.sites is None else public[n],
            NOTHING if r.sites is None else private[n],
            _rules(r, say),
        ]
        for n, r in enumerate(rows)
    ]
    return Table(say("compare.title.strategies"), columns, cells, notes)


def _given_up(r: StrategyRow, say: Words) -> str:
    if r.given_up_share is None:
        return NOTHING if r.given_up is None else say.number(r.given_up)
    return (
        say.share(r.given_up_share)
        if r.given_up_share > 0
        else say.share(0.0)
        if r.given_up == 0
        else say.share(r.given_up_share)
    )


def _rules(r: StrategyRow, say: Words) -> str:
    if not r.solved:
        return say("compare.not-solved")
    if r.allowed is None:
        return say("compare.no-plan")
    return say("compare.kept") if r.allowed else say("compare.breaks", count=len(r.broken))


def _measures(overview: Overview, say: Words) -> Block | None:
    """Fairness, losses and regret, where there are any."""
    rows = [r for r in overview.strategies if r.sites is not None]
    kept: list[tuple[str, list[str]]] = []
    for name in ("countries_served", "least_served", "worst_public_loss", "greatest_regret"):
        values = [getattr(r, name) for r in rows]
        if any(v is not None for v in values) and (name == "countries_served" or any(values)):
            shown = say.amounts(values) if name == "worst_public_loss" else [_number(say, v) for v in values]
            kept.append((name, shown))
    if not kept:
        return None
    columns = [
        Column(say("compare.column.strategy")),
        *(Column(say(f"compare.column.{name}"), numeric=True) for name, _ in kept),
    ]
    cells = [[_strategy(r.strategy, say), *(shown[n] for _, shown in kept)] for n, r in enumerate(rows)]
    notes = [say(f"compare.{name}-note") for name, _ in kept if name != "countries_served"]
    return Table(say("compare.title.measures"), columns, cells, notes)


def _number(say: Words, value: float | None) -> str:
    return NOTHING if value is None else say.number(float(value))


def _prices(overview: Overview, say: Words) -> Block | None:
    priced: list[tuple[str, Price | None]] = [
        ("fairness", overview.price_of_fairness),
        ("caution", overview.price_of_caution),
    ]
    sentences = [_price(name, price, say) for name, price in priced if price is not None]
    return Paragraph(say("compare.title.prices"), sentences) if sentences else None


def _price(name: str, p: Price, say: Words) -> str:
    cost = (
        say("compare.no-price")
        if p.price is None
        else say("compare.price-none")
        if p.price <= 0
        else say.share(p.price)
    )
    measure = say(f"compare.column.{p.measure}").lower()
    return say(
        f"compare.price-{name}",
        price=cost,
        measure=measure,
        unit=say.unit(p.unit),
        before=say.number(p.before),
        after=say.number(p.after),
    )


def _broken(overview: Overview, say: Words) -> Block | None:
    sentences = []
    for r in overview.strategies:
        if r.broken:
            named = [_rule(rule, say) for rule in r.broken]
            sentences.append(say("compare.broken", strategy=_strategy(r.strategy, say), rules=say.joined(named)))
    return Paragraph(say("compare.title.broken"), sentences) if sentences else None


def _rule(rule: str, say: Words) -> str:
    label, _, name = rule.partition(" ")
    words = label_words(label, say.lang)
    return words if name == "fund" else f"{words} ({say.rule(label, name)})"


def _strategy(label: str, say: Words) -> str:
    """A strategy by its name in the language, with its parameters."""
    name, colon, parameters = label.partition(":")
    return say(f"compare.strategy.{name}") + colon + parameters


def _remarks(c: Comparison, say: Words) -> Block | None:
    """What strategies say of themselves beyond what the scenario's findings say, and who was left out."""
    known = c.results[0].findings if c.results else []
    sentences = [
        say("compare.remark", strategy=_strategy(r.strategy, say), sentence=f["message"])
        for r in c.results[1:]
        for f in r.findings
        if f not in known and f["message"]
    ]
    if c.comparison.score is not None:
        score = c.comparison.score
        weights = [f"{a} {say.number(w)}" for a, w in score.weights.items()]
        ratio = score.consistency_ratio
        sentences.append(say(f"compare.score-{score.method}", weights=weights))
        sentences += [] if ratio is None else [say("compare.score-ratio", ratio=say.number(ratio))]
    sentences += [
        say("compare.left-out", strategy=_strategy(n.strategy, say), why=n.findings[0]["message"])
        for n in c.comparison.not_applied
    ]
    return Paragraph(say("compare.title.remarks"), sentences) if sentences else None


def difference_page(d: Difference, lang: str = "en", titles: tuple[str, str] = ("A", "B")) -> list[Block]:
    """First the inputs, then the decisions, then the money."""
    say = words(lang)
    good = d.before.termination == d.after.termination == "optimal"
    blocks: list[Block | None] = [
        Heading(f"{titles[0]} → {titles[1]}", _difference_sentences(d, say), good),
        _inputs(d, say),
        _outcomes(d, say),
        _decisions(d, say),
        *(_sums(d.money, by, say) for by in ("tier", "site", "year")),
        Paragraph("", [say("took-diff", seconds=say.digits(f"{d.seconds:.2f}"))]),
    ]
    return [block for block in blocks if block is not None]


def _difference_sentences(d: Difference, say: Words) -> list[str]:
    sentences = []
    if d.inputs is not None:
        sentences.append(say("diff.inputs", count=len(d.inputs)) if d.inputs else say("diff.same-inputs"))
    elif d.before.sha256 == d.after.sha256:
        sentences.append(say("diff.same-scenario"))
    else:
        sentences.append(say("diff.other-scenario"))
    if d.before.has_allocation and d.after.has_allocation:
        sentences.append(say("diff.decisions", count=len(d.decisions)) if d.decisions else say("diff.same-decisions"))
    else:
        lacking = [say(f"diff.{which}") for which in ("before", "after") if not getattr(d, which).has_allocation]
        sentences.append(say("diff.no-plan", sides=lacking))
    return sentences


def _inputs(d: Difference, say: Words) -> Block | None:
    if not d.inputs:
        return None
    columns = [Column(say(f"diff.column.{title}")) for title in ("pointer", "before", "after")]
    rows = [[change.pointer, _value(change.before, say), _value(change.after, say)] for change in d.inputs]
    return Table(say("diff.title.inputs"), columns, rows)


def _value(value: Any, say: Words) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, int | float) and not isinstance(value, bool):
        return say.number(float(value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _outcomes(d: Difference, say: Words) -> Block:
    sides = (d.before, d.after)
    rows: list[list[str]] = [[say("diff.ended"), *(say(f"diff.ended.{s.termination}") for s in sides)]]
    rows.append([say("headline.weighted"), *(_number(say, s.objective) for s in sides)])
    rows.append([say("headline.sites"), *(str(s.sites) if s.has_allocation else NOTHING for s in sides)])
    for name in ("public_money", "private_money"):
        rows.append([say(f"headline.{name}"), *say.amounts(getattr(s, name) for s in sides)])
    columns = [
        Column(""),
        Column(say("diff.column.before"), numeric=True),
        Column(say("diff.column.after"), numeric=True),
    ]
    return Table(say("diff.title.outcomes"), columns, rows)


def _decisions(d: Difference, say: Words) -> Block | None:
    if not d.decisions:
        return None
    before, after, change = (
        say.amounts(values)
        for values in (
            [x.money_before for x in d.decisions],
            [x.money_after for x in d.decisions],
            [x.money_change for x in d.decisions],
        )
    )
    columns = [
        Column(say("column.site")),
        Column(say("diff.column.fares")),
        *(Column(say(f"diff.column.{title}"), numeric=True) for title in ("before", "after", "change")),
    ]
    rows = [
        [x.name or x.id, say(f"diff.{x.change}"), before[n], after[n], _signed(x.money_change, change[n])]
        for n, x in enumerate(d.decisions)
    ]
    return Table(say("diff.title.decisions"), columns, rows, [say("diff.money-note")])


def _sums(money: Sequence[MoneyChange], by: str, say: Words) -> Block | None:
    found = [m for m in money if m.by == by]
    if not found:
        return None
    shown = [say.amounts(getattr(m, name) for m in found) for name in ("before", "after", "change")]
    columns = [
        Column(say(f"column.{by}")),
        *(Column(say(f"diff.column.{title}"), numeric=True) for title in ("before", "after", "change")),
    ]
    rows = [[m.of, shown[0][n], shown[1][n], _signed(m.change, shown[2][n])] for n, m in enumerate(found)]
    return Table(say(f"diff.title.money-by-{by}"), columns, rows)


def _signed(value: float, shown: str) -> str:
    return f"+{shown}" if value > 0 else shown
