"""Pages about robustness: certainty of selection, core index, two stages, the inputs that decide."""

from __future__ import annotations

from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Column, Heading, Paragraph, Table, Words, words
from optimiser.report.studies import changed_phases, closing, shown_rows
from optimiser.study.core import CoreIndex
from optimiser.study.inputs import DecidingInputs
from optimiser.study.robustness import Robustness
from optimiser.study.two_stages import TwoStages


def robustness_page(
    answer: Robustness, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """How well the list holds: over draws, over weights, over variants."""
    say = words(lang, decimals)
    heading = Heading(
        answer.scenario.name or title, _robustness_sentences(answer, say), answer.termination == "optimal"
    )
    blocks: list[Block] = [heading]
    if answer.certainty:
        blocks.append(_certainty(answer, say, everything))
    if answer.core is not None:
        blocks.append(_core(answer.core, say, everything))
    if answer.price is not None:
        blocks.append(_price(answer, say))
    return [*blocks, *closing(answer.findings, answer.provenance, say, everything, answer.session)]


def two_stages_page(
    answer: TwoStages, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """What to decide now, what follows in each variant, and what it is worth."""
    say = words(lang, decimals)
    if not answer.variants:
        code = "outcome.no-plan" if answer.termination == "time_limit" else f"outcome.{answer.termination}"
        heading = Heading(answer.scenario.name or title, [say(code)], False)
        return [heading, *closing(answer.findings, answer.provenance, say, everything, answer.session)]
    funded = [name.removesuffix("/main") for name, y in answer.now.items() if y]
    sentences = [say("stages.now", names=funded) if funded else say("stages.nothing-now")]
    sentences += [] if answer.proven else [say("stages.not-proven")]
    blocks: list[Block] = [Heading(answer.scenario.name or title, sentences, answer.proven)]
    rows = [
        [v.variant, say.share(v.probability), say.number(v.value), say.number(v.wait_and_see), _names(v.funded)]
        for v in answer.variants
    ]
    columns = [
        Column(say("column.variant")),
        Column(say("column.probability"), True),
        Column(say("headline.weighted"), True),
        Column(say("column.wait"), True),
        Column(say("column.funded")),
    ]
    blocks.append(Table(say("title.variants"), columns, rows))
    blocks.append(_measures(answer, say))
    return [*blocks, *closing(answer.findings, answer.provenance, say, everything, answer.session)]


def inputs_page(
    answer: DecidingInputs, lang: str = "en", everything: bool = False, title: str = "", decimals: int | None = None
) -> list[Block]:
    """The inputs by how little they must move."""
    say = words(lang, decimals)
    moving = [i for i in answer.inputs if i.move is not None]
    steady = sum(i.move is None and i.reached for i in answer.inputs)
    sentences = [say("inputs.found", count=len(moving), bound=say.share(answer.bound), all=len(answer.inputs))]
    sentences.append(say("inputs.steady", count=steady))
    if answer.not_reached:
        sentences.append(say("inputs.not-reached", count=len(answer.not_reached)))
    blocks: list[Block] = [Heading(answer.scenario.name or title, sentences, answer.termination == "optimal")]
    if moving:
        columns = [
            Column(say("column.input")),
            Column(say("column.move"), True),
            Column(say("column.value"), True),
            Column(say("column.to"), True),
            Column(say("column.standing")),
            Column(say("column.change")),
        ]
        rows = [
            [
                i.pointer,
                f"{'+' if (i.move or 0) > 0 else '-'}{say.share(abs(i.move or 0.0))}",
                NOTHING if i.value is None else say.number(i.value),
                NOTHING if i.to is None else say.number(i.to),
                say(f"standing.{i.standing}"),
                say("inputs.no-plan")
                if i.infeasible
                else changed_phases(dict.fromkeys(i.leaving, 1.0), dict.fromkeys(i.entering, 1.0), say),
            ]
            for i in moving
        ]
        rows, notes = shown_rows(rows, say, everything)
        blocks.append(Table(say("title.inputs"), columns, rows, [say("inputs.note"), *notes]))
    return [*blocks, *closing(answer.findings, answer.provenance, say, everything, answer.session)]


def _robustness_sentences(answer: Robustness, say: Words) -> list[str]:
    sentences = []
    if answer.draws is not None:
        d = answer.draws
        sentences.append(say("draws.same", same=d.same_list, count=d.solved, lists=d.lists))
        if d.infeasible:
            sentences.append(say("draws.infeasible", count=d.infeasible))
        if d.unproven:
            sentences.append(say("draws.unproven", count=d.unproven))
    if answer.objective is not None:
        o = answer.objective
        params = {"low": say.number(o.low_5), "median": say.number(o.median), "high": say.number(o.high_95)}
        sentences.append(say("draws.objective", **params))
    if not sentences and answer.termination not in ("optimal", "time_limit"):
        sentences.append(say(f"outcome.{answer.termination}"))
    return sentences


def _certainty(answer: Robustness, say: Words, everything: bool) -> Table:
    columns = [
        Column(say("column.site")),
        Column(say("column.phases")),
        Column(say("column.certainty"), True),
        Column(say("column.interval"), True),
        Column(say("column.in-plan")),
    ]
    ranked = sorted(answer.certainty, key=lambda c: -c.share)
    rows = [
        [
            c.candidate,
            c.phase,
            say.share(c.share),
            f"{say.share(c.low)} .. {say.share(c.high)}",
            say("yes" if c.in_plan else "no"),
        ]
        for c in ranked
    ]
    rows, notes = shown_rows(rows, say, everything)
    return Table(say("title.certainty"), columns, rows, [say("draws.note"), *notes])


def _core(core: CoreIndex, say: Words, everything: bool) -> Table:
    columns = [
        Column(say("column.site")),
        Column(say("column.phases")),
        Column(say("column.core"), True),
        Column(say("column.of-weights"), True),
        Column(say("column.kind")),
    ]
    ranked = sorted(core.phases, key=lambda i: (-i.core_index, -i.share))
    rows = [[i.candidate, i.phase, say.share(i.core_index), say.share(i.share), say(f"kind.{i.kind}")] for i in ranked]
    rows, notes = shown_rows(rows, say, everything)
    params = {"portfolios": core.portfolios, "count": core.done, "range": say.share(core.weight_range)}
    return Table(say("title.core"), columns, rows, [say("core.note", **params), *notes])


def _price(answer: Robustness, say: Words) -> Paragraph:
    price = answer.price
    assert price is not None
    if price.common is None or price.best is None:
        code = "price.none" if price.proven else "price.unknown"
        return Paragraph(say("title.price"), [say(code)])
    params = {"best": say.number(price.best), "common": say.number(price.common)}
    if price.price is None:
        found = say("price.softer", **params)
    else:
        found = say("price.found", **params, price=say.number(price.price))
    values = [f"{name}: {NOTHING if value is None else say.number(value)}" for name, value in price.by_variant.items()]
    sentences = [found, say("price.list", names=_names(price.funded)), *values]
    return Paragraph(say("title.price"), sentences if price.proven else [*sentences, say("stages.not-proven")])


def _measures(answer: TwoStages, say: Words) -> Table:
    measures = {
        "recourse": answer.recourse,
        "wait": answer.wait_and_see,
        "evpi": answer.evpi,
        "eev": answer.eev,
        "vss": answer.vss,
    }
    rows = [
        [say(f"measure.{name}"), NOTHING if value is None else say.number(value)] for name, value in measures.items()
    ]
    notes = [say("stages.mean-fails", variant=answer.mean_fails)] if answer.mean_fails is not None else []
    return Table(say("title.measures"), [Column(""), Column(say("headline.weighted"), True)], rows, notes)


def _names(funded: dict[str, float]) -> str:
    return ", ".join(name.removesuffix("/main") for name, y in funded.items() if y) or NOTHING
