"""The tables of a result, each a function from the result to a block of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from optimiser.messages import Phrase, rule_named, text
from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Cell, Column, Paragraph, Table, Words
from optimiser.result.reasons import said_in
from optimiser.result.result import Binding, CandidateAward, ObjectiveValue, Result, TermValue, Unspent

MOST_BINDING = 12
"""Rows of the table of prices where not everything is asked for."""

_PER = {"N1": "site", "L1": "site", "T2": "site"} | dict.fromkeys(
    ("F1", "F2", "F3", "B1", "B2", "S1", "S2", "S3", "S4", "S5", "S7", "G1", "W1", "R1", "R2", "R3", "GU", "B3"),
    "million",
)
"""What one more of a rule's bound is; a unit where it depends on the rule."""


def headline(result: Result, say: Words) -> Table:
    """What was decided, in numbers: the objective's terms, sites, money, multiplier."""
    rows = _objective(result.objective, say)
    if result.indicators is not None:
        i, million = result.indicators, say("headline.million")
        rows.append([say("headline.sites"), say("headline.of", count=i.sites, all=len(result.candidates)), ""])
        if i.total_cost:
            money = [a.replace(NOTHING, "0") for a in say.amounts([i.public_money, i.private_money, i.total_cost])]
            names = ("public_money", "private_money", "total_cost")
            said = {t.term for t in result.objective.terms if t.tier is None}
            named = [(name, value) for name, value in zip(names, money, strict=True) if name not in said]
            rows += [[say(f"headline.{name}"), value, million] for name, value in named]
        for k, g in i.guarantees.items():
            shown = [a.replace(NOTHING, "0") for a in say.amounts([g.amount, g.provision])]
            rows.append([say("headline.guaranteed", tier=k), shown[0], million])
            rows.append([say("headline.provision", tier=k), shown[1], million])
        if i.multiplier is not None:
            rows.append(
                [say("headline.multiplier"), say.digits(f"{i.multiplier:,.2f}"), say("headline.multiplier-unit")]
            )
    return Table("", [Column(""), Column("", numeric=True), Column("")], rows)


def _objective(found: ObjectiveValue, say: Words) -> list[list[str]]:
    """The terms; their weighted sum where there is one; the best possible where the plan may be short of it."""
    rows = [
        [term_name(t, say), say.value(t.value, t.unit), f"{say.unit(t.unit)}, {say(f'headline.{t.sense}d')}"]
        for t in found.terms
    ]
    if not found.terms or found.value is None:
        return rows
    # One term alone, or the first of several stages, is the objective itself, up to its sign: that is maximised.
    first = found.terms[0]
    weighted = abs(found.value) != abs(first.value)
    if weighted:
        rows.append([say("headline.weighted"), say.number(found.value), say("headline.weighted-unit")])
    if found.bound is not None and found.gap:
        bound = -found.bound if first.sense == "minimise" and not weighted else found.bound
        best = [say("headline.bound"), say.number(bound), say("headline.gap", gap=say.share(found.gap))]
        rows.insert(len(rows) if weighted else 1, best)
    return rows


def funded(result: Result, say: Words) -> Block:
    """Who is in: fraction, phases, and money by tier."""
    awards = [c for c in result.candidates if _is_in(c)]
    if not awards:
        return Paragraph("", [say("title.nobody")])
    lead_columns, lead = _who(awards, say)
    if any(c.funded != 1 for c in awards):
        lead_columns.append(Column(say("column.share"), numeric=True))
        lead = [[*row, say.share(c.funded)] for row, c in zip(lead, awards, strict=True)]
    if any(len(c.phases) > 1 for c in awards):
        lead_columns.append(Column(say("column.phases")))
        lead = [[*row, _phases(c, say)] for row, c in zip(lead, awards, strict=True)]
    if any(c.starts for c in awards):
        lead_columns.append(Column(say("column.starts")))
        lead = [[*row, _starts(c)] for row, c in zip(lead, awards, strict=True)]
    tiers = [k for k in _tiers(result) if any(c.money.get(k) for c in awards)]
    if not tiers and not any(c.private_money for c in awards):
        return Table(say("title.funded").partition(" (")[0], lead_columns, lead)
    own = [c.private_money for c in awards]
    sources = [*([c.money.get(k, 0.0) for c in awards] for k in tiers), *([own] if any(own) else [])]
    pays = [k for k in tiers if k not in _guarantees(result)]
    paid_in_all = [sum(c.money.get(k, 0.0) for k in pays) + c.private_money for c in awards]
    *paid_columns, totals = say.grid([*sources, paid_in_all])
    names = [*tiers, say("column.own")][: len(sources)]
    shown = list(zip(*paid_columns, strict=True))
    wide = [[*row, *cells, total] for row, cells, total in zip(lead, shown, totals, strict=True)]
    paid = [[(name, cell) for name, cell in zip(names, cells, strict=True) if cell != NOTHING] for cells in shown]
    narrow: list[list[Cell]] = [
        [*row, total, tuple(name for name, _ in by), tuple(cell for _, cell in by)]
        for row, total, by in zip(lead, totals, paid, strict=True)
    ]
    total_column = Column(say("column.total"), numeric=True)
    return Table(
        say("title.funded"),
        [*lead_columns, *(Column(name, numeric=True) for name in names), total_column],
        wide,
        notes=_not_in_totals(result, tiers, say),
        narrow=Table(
            say("title.funded"),
            [*lead_columns, total_column, Column(say("column.paid-by")), Column(say("column.amount"), numeric=True)],
            narrow,
            notes=_not_in_totals(result, tiers, say),
        ),
    )


def not_funded(result: Result, say: Words) -> Block | None:
    """Who is not, and why."""
    awards = [c for c in result.candidates if not _is_in(c)]
    if not awards:
        return None
    columns, rows = _who(awards, say)
    reasons = [said_in(c.reason, say.lang) for c in awards]
    shown = [why if why != before else say("as-above") for why, before in zip(reasons, ["", *reasons], strict=False)]
    why = [[*row, reason] for row, reason in zip(rows, shown, strict=True)]
    return Table(say("title.not-funded"), [*columns, Column(say("column.why"))], why)


def years(result: Result, say: Words) -> Block | None:
    """Money by tier and year, the consortia's own money and the sums last."""
    own, total = say("column.own"), say("column.total")
    cells: dict[str, dict[int, float]] = {k: defaultdict(float) for k in [*_tiers(result), own, total]}
    guarantees = _guarantees(result)
    for x in result.money:
        cells[x.tier][x.year] += x.amount
        cells[total][x.year] += 0.0 if x.tier in guarantees else x.amount
    for m in result.private_money:
        cells[own][m.year] += m.amount
        cells[total][m.year] += m.amount
    if not cells[total]:
        return None
    span = range(min(cells[total]), max(cells[total]) + 1)
    rows = [(name, [by.get(t, 0.0) for t in span]) for name, by in cells.items() if any(by.values())]
    by_year = [[values[n] for _, values in rows] for n in range(len(span))]
    columns = say.grid([*by_year, [sum(values) for _, values in rows]])
    return Table(
        say("title.years"),
        [Column(say("column.tier")), *(Column(str(t), numeric=True) for t in span), Column(total, numeric=True)],
        [[name, *(column[n] for column in columns)] for n, (name, _) in enumerate(rows)],
        _not_in_totals(result, [name for name, _ in rows], say),
    )


def repaid(result: Result, say: Words) -> Block | None:
    """What comes back to revolving tiers, by year."""
    by_tier = {k: by_year for k, by_year in (result.indicators.repaid if result.indicators else {}).items() if by_year}
    if not by_tier:
        return None
    years = sorted({year for by_year in by_tier.values() for year in by_year})
    columns = say.grid([[by_year.get(year, 0.0) for year in years] for by_year in by_tier.values()])
    rows = [[year, *(column[n] for column in columns)] for n, year in enumerate(years)]
    titles = [Column(say("column.year")), *(Column(k, numeric=True) for k in by_tier)]
    return Table(say("title.repaid"), titles, rows, [say("repaid.note")])


def countries(result: Result, say: Words, total: bool = False) -> Block | None:
    """Sites and money by country; nothing where there is one country only. total: with a last row of sums."""
    if result.indicators is None or len(result.indicators.by_country) < 2:
        return None
    places = result.indicators.by_country
    public = [sums["public_money"] for sums in places.values()]
    private = [sums["private_money"] for sums in places.values()]
    together = [a + b for a, b in zip(public, private, strict=True)]
    if not any(together):
        return None
    titles = [say(f"column.{name}") for name in ("sites", "public", "private", "total")]
    names, sites = list(places), [int(sums["sites"]) for sums in places.values()]
    if total:
        names, sites = [*names, say("column.total")], [*sites, sum(sites)]
        public, private, together = ([*amounts, sum(amounts)] for amounts in (public, private, together))
    rows = zip(names, map(str, sites), *say.grid([public, private, together]), strict=True)
    columns = [Column(say("column.country")), *(Column(title, numeric=True) for title in titles)]
    return Table(say("title.countries"), columns, [list(row) for row in rows])


def unspent(result: Result, say: Words, lang: str) -> Block | None:
    """What each tier leaves, and the rules that keep it so, in words."""
    left = [u for u in result.unspent if u.amount != 0]
    if not result.unspent:
        return None
    if not left:
        return Paragraph("", [say("title.all-spent")])
    columns = [Column(say("column.tier")), Column(say("column.left"), numeric=True)]
    shown = zip(left, say.amounts(u.amount for u in left), strict=True)
    rows = [[u.tier, a if u.amount is not None else say("unspent.unlimited")] for u, a in shown]
    if any(u.kept_by for u in left):
        columns.append(Column(say("column.kept-by")))
        rows = [[*row, _kept(u, say, lang)] for row, u in zip(rows, left, strict=True)]
    return Table(say("title.unspent"), columns, rows)


def aid(result: Result, say: Words) -> Block | None:
    """Grant equivalents by site and tier, where a reference rate says what repayments are worth."""
    given = result.grant_equivalents
    if given is None or given.reference_rate is None or not given.total:
        return None
    awards = {c.id: c for c in result.candidates}
    rows = [x for x in given.candidates if x.total]
    tiers = [k for k in _tiers(result) if any(x.by_tier.get(k) for x in rows)]
    who, named = _who([awards[x.candidate] for x in rows], say)
    *by_tier, totals = say.grid([*([x.by_tier.get(k, 0.0) for x in rows] for k in tiers), [x.total for x in rows]])
    shares = [NOTHING if x.intensity is None else say.share(x.intensity) for x in rows]
    last = [Column(say("column.total"), numeric=True), Column(say("column.share-of-cost"), numeric=True)]
    notes = [say("aid.note", rate=say.share(given.reference_rate))]
    if given.not_counted:
        notes.append(say("aid.not-counted", tiers=", ".join(x.tier for x in given.not_counted)))
    short = Table(
        say("title.aid"),
        [*who, *last],
        [[*row, total, part] for row, total, part in zip(named, totals, shares, strict=True)],
        notes,
    )
    wide = [[*row, *(column[n] for column in by_tier), totals[n], shares[n]] for n, row in enumerate(named)]
    columns = [*who, *(Column(k, numeric=True) for k in tiers), *last]
    return Table(say("title.aid"), columns, wide, notes, narrow=short)


def soft(result: Result, say: Words, lang: str, everything: bool) -> Block | None:
    """Soft rules that are broken by more than rounding explains: asked, reached; all of them where asked for."""
    if not result.soft or result.certificate is None:
        return None
    broken = {(r.label, r.rule) for r in result.certificate.rules if r.soft and r.broken}
    shown = [b for b in result.soft if everything or (b.violation > 0 and (b.label, b.rule) in broken)]
    if not shown:
        return Paragraph("", [say("soft.kept")])
    titles = ["rule", "priority", "bound", "asked", "reached", "broken-by", "unit"]
    numeric = {"priority", "asked", "reached", "broken-by"}
    columns = [Column(say(f"column.{title}"), numeric=title in numeric) for title in titles]
    rows = [
        [
            say("rule-of", words=label_words(b.label, lang), rule=", ".join(part for part in (b.rule, b.at) if part)),
            str(b.priority),
            say(f"bound.{b.bound}"),
            say.number(b.asked),
            NOTHING if b.reached is None else say.number(b.reached),
            say.number(b.violation),
            say.unit(b.unit),
        ]
        for b in shown
    ]
    return Table(say("title.soft"), columns, rows, [say("soft.note")])


def binding(result: Result, say: Words, lang: str, everything: bool) -> Block | None:
    """Rules at their bound with a shadow price, the dearest first; those without one in a sentence."""
    if not result.has_allocation or result.strategy == "evaluate":
        return None
    if not result.binding:
        return Paragraph("", [say("title.nothing-binds")])
    priced = sorted((b for b in result.binding if b.shadow_price), key=lambda b: -abs(b.shadow_price or 0.0))
    served = [b for b in result.binding if b.shadow_price is None and result.has_duals]
    unpriced = [b for b in result.binding if b.shadow_price is not None or not result.has_duals]
    free = _free(unpriced, say, len(result.binding) if everything else MOST_BINDING)
    notes = [say("binding.note")] if priced else []
    if not result.has_duals:
        notes.append(say("binding.no-prices"))
    elif priced and result.binding[0].integers_fixed:
        notes.append(say("binding.whole"))
    shown = priced if everything else priced[:MOST_BINDING]
    listed = free if everything else free[:MOST_BINDING]
    if listed:
        notes.append(say("binding.free", rules=say.joined(listed)))
    if served:
        notes.append(say("binding.soft", rules=say.joined(_free(served, say, MOST_BINDING))))
    hidden = len(priced) + len(free) - len(shown) - len(listed)
    if hidden:
        notes.append(say("binding.more", count=hidden))
    columns = [
        Column(say("column.rule")),
        Column(say("column.bound")),
        Column(say("column.worth"), numeric=True),
        Column(say("column.per")),
    ]
    rows = [[_rule(b, say), say(f"bound.{b.bound}"), say.number(b.shadow_price or 0.0), _per(b, say)] for b in shown]
    if any(b.holds for b in shown):
        columns.append(Column(say("column.holds")))
        rows = [[*row, _holds(b, say)] for row, b in zip(rows, shown, strict=True)]
    if any(b.holds not in (None, "both_ways") for b in shown):
        notes.append(say("binding.one-sided"))
    return Table(say("title.binding"), columns, rows, notes) if rows else Paragraph(say("title.binding"), notes)


def _per(b: Binding, say: Words) -> str:
    return say(f"per.{'million' if b.at == 'money' else _PER.get(b.label, 'unit')}")


def _holds(b: Binding, say: Words) -> str:
    """From where to where the bound may move while its price holds."""
    if b.holds is None:
        return ""
    low, high = (None if end in (None, "unlimited") else say.number(float(end)) for end in (b.from_, b.to))
    if low is None or high is None:
        span = say("holds.from", low=low) if low else say("holds.to", high=high) if high else say("holds.always")
    else:
        span = say("holds.between", low=low, high=high)
    return span if b.holds == "both_ways" else say(f"holds.{b.holds}", span=span)


def certificate(result: Result, say: Words, lang: str) -> Block | None:
    """The certificate in one sentence; every rule that is broken in a table."""
    checked = result.certificate
    if checked is None:
        return None
    if checked.holds:
        code = "certificate.holds" if checked.largest_violation else "certificate.exact"
        kept = [r for r in checked.rules if not (r.soft and r.broken)]
        sentence = say(
            code,
            count=len(kept),
            places=Phrase("at-places", {"count": sum(r.checked for r in kept)}),
            largest=say.number(checked.largest_violation),
        )
        but = [say("certificate.soft", broken=len(checked.rules) - len(kept))] if len(kept) < len(checked.rules) else []
        return Paragraph(say("title.certificate"), [sentence, *but])
    broken = [r for r in checked.rules if not r.holds]
    titles = ["rule", "site", "broken-by", "allowed", "unit"]
    numeric = {"broken-by", "allowed"}
    named = [say("rule-of", words=label_words(r.label, lang), rule=rule_named(r.label, r.rule)) for r in broken]
    rows = [
        [name, r.at, say.number(r.violation), say.number(r.allowance), say.unit(r.unit)]
        for name, r in zip(named, broken, strict=True)
    ]
    columns = [Column(say(f"column.{title}"), numeric=title in numeric) for title in titles]
    return Table(say("certificate.fails"), columns, rows)


def label_words(label: str, lang: str) -> str:
    """The short words for a label; the label itself where there are none."""
    try:
        return text(f"label.{label}", {}, lang)
    except KeyError:
        return label


def term_name(t: TermValue, say: Words) -> str:
    """A term of the objective in words."""
    name = say(f"term.{t.term}", attribute=t.attribute or "")
    return say("term.of-tier", term=name, tier=t.tier) if t.tier else name


def _is_in(award: CandidateAward) -> bool:
    return award.funded > 0 or any(award.phases.values())


def _who(awards: Sequence[CandidateAward], say: Words) -> tuple[list[Column], list[list[str]]]:
    """Name and country; no country where nobody has one."""
    if all(c.country == "-" for c in awards):
        return [Column(say("column.site"))], [[c.name or c.id] for c in awards]
    return [Column(say("column.site")), Column(say("column.country"))], [[c.name or c.id, c.country] for c in awards]


def _phases(award: CandidateAward, say: Words) -> str:
    return say("phases.of", count=sum(y > 0 for y in award.phases.values()), all=len(award.phases))


def _starts(award: CandidateAward) -> str:
    """The year alone where there is one phase, else each phase with its year."""
    if len(award.phases) == 1:
        return ", ".join(str(year) for year in award.starts.values())
    return ", ".join(f"{phase} {year}" for phase, year in award.starts.items())


def _tiers(result: Result) -> list[str]:
    """The tiers in the order of the scenario."""
    return [u.tier for u in result.unspent]


def _guarantees(result: Result) -> frozenset[str]:
    """Tiers that pay nothing: their amounts stand in the tables and not in the totals."""
    return frozenset(result.indicators.guarantees) if result.indicators is not None else frozenset()


def _not_in_totals(result: Result, shown: Sequence[str], say: Words) -> list[str]:
    """A note on the guarantees among the tiers shown."""
    named = [k for k in shown if k in _guarantees(result)]
    return [say("totals.guarantees", tiers=", ".join(named))] if named else []


def _kept(u: Unspent, say: Words, lang: str) -> str:
    """F1 always holds, so naming it explains nothing; where it stands alone, nothing is left to pay."""
    named = ", ".join(label_words(k, lang) for k in u.kept_by if k not in ("objective", "F1"))
    if not named and "F1" in u.kept_by:
        named = say("unspent.paid-in-full")
    if u.proven:
        return say("unspent.proven", rules=named) if named else ""
    return say("unspent.given-sites", rules=named) if named else say("unspent.worth-less")


def _free(binding: Sequence[Binding], say: Words, most: int) -> list[str]:
    """Rules without a price, at most ``most`` of a label, those together: ``size of the tier (union, state-pt)``."""
    places: dict[str, list[str]] = defaultdict(list)
    for b in binding:
        if not b.shadow_price:
            places[b.label].append(" ".join(_places(b, say)))
    named = {}
    for label, where in places.items():
        known = list(dict.fromkeys(p for p in where if p))
        named[label] = ", ".join(known[:most]) + (", …" if len(known) > most else "")
    return [
        f"{label_words(k, say.lang)} ({where})" if where else label_words(k, say.lang) for k, where in named.items()
    ]


def _places(b: Binding, say: Words) -> list[str]:
    """The user's rule and the place it speaks of; "fund" stands for what the fund asks of everyone."""
    return [part for part in (say.rule(b.label, b.rule) if b.rule != "fund" else "", b.at) if part]


def _rule(b: Binding, say: Words) -> str:
    """The rule in words with its id and place: ``size of the tier: union``."""
    where = ", ".join(_places(b, say))
    words = label_words(b.label, say.lang)
    return say("rule-of", words=words, rule=where) if where else words
