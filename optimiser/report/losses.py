"""The losses of a plan in plain words: what each tier and level loses, and what it takes to reach the most senior."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimiser.report.numbers import NOTHING
from optimiser.report.page import Block, Column, Paragraph, Table, Words
from optimiser.result.result import LevelRisk, LimitCheck, LossSummary, Result, RiskReport, TierRisk

EUROS = 6
"""Decimals of a euro in EUR million: what is smaller is noise of sums over thousands of draws."""

SAME = 5e-5
"""Shares closer than this look alike with two decimals of a percentage."""


def losses(result: Result, say: Words) -> list[Block]:
    """Losses by tier, by level, and the way to the most senior level; nothing without a risk model."""
    risk = result.risk
    if risk is None:
        return []
    if not risk.pool.exposure > 0:
        return [Paragraph(say("title.losses"), [say("losses.none")])]
    blocks: list[Block] = [_by_tier(risk, say)]
    if any(t.expected_gain or t.hurdle is not None for t in risk.tiers):
        blocks.append(_returns(risk.tiers, say))
    if risk.levels:
        blocks.append(_by_level(risk, say))
    elif any(t.limits for t in risk.tiers):
        blocks.append(_limits_by_tier(risk, say))
    return blocks


def _by_tier(risk: RiskReport, say: Words) -> Block:
    """A row a tier, the pool last where it is more than one tier."""
    named: list[tuple[str, LossSummary]] = [(t.tier, t.losses) for t in risk.tiers]
    if len(named) > 1:
        named.append((say("losses.pool"), risk.pool))
    money = [euros(x.exposure for _, x in named), euros(x.expected_loss for _, x in named)]
    worst = [euros(x.cvar_95 for _, x in named), euros(x.cvar_99 for _, x in named)]
    exposed, mean, worst_5, worst_1 = say.grid([*money, *worst])
    chance = [percent(say, x.probability_of_loss) for _, x in named]
    titles = ["exposed", "mean-loss", "chance", "worst-5", "worst-1"]
    cells = [exposed, mean, chance, worst_5, worst_1]
    set_aside = [t.provision for t in risk.tiers]
    notes = [say("losses.note"), _counted(risk, say)]
    if any(provision is not None for provision in set_aside):
        titles.append("provision")
        cells.append([*say.amounts(set_aside), *[""] * (len(named) - len(set_aside))])
        notes.insert(0, say("losses.guarantees"))
    columns = [Column(say("column.tier")), *(Column(say(f"column.{title}"), numeric=True) for title in titles)]
    rows = [[name, *(column[n] for column in cells)] for n, (name, _) in enumerate(named)]
    return Table(say("title.losses"), columns, rows, notes)


def _returns(tiers: Sequence[TierRisk], say: Words) -> Block:
    """Return against hurdle: a table of its own, so that the two stand together on a narrow screen."""
    titles = ["return", "hurdle"] if any(t.hurdle is not None for t in tiers) else ["return"]
    columns = [Column(say("column.tier")), *(Column(say(f"column.{title}"), numeric=True) for title in titles)]
    rows = [[t.tier, percent(say, t.expected_yearly_return), percent(say, t.hurdle)][: len(columns)] for t in tiers]
    return Table(say("title.returns"), columns, rows)


def _by_level(risk: RiskReport, say: Words) -> Block:
    """A row a level that holds money: from and to which loss of the pool it loses, and its limits."""
    levels = [level for level in risk.levels if level.own.exposure > 0]
    start, end = say.grid([euros(x.attachment for x in levels), euros(x.detachment for x in levels)])
    start = [shown.replace(NOTHING, "0") for shown in start]
    columns = [
        Column(say("column.level")),
        Column(say("column.tiers")),
        Column(say("column.loses-from"), numeric=True),
        Column(say("column.loses-to"), numeric=True),
        Column(say("column.limits")),
    ]
    rows = [
        [str(x.seniority), ", ".join(x.tiers), a, b, _limits(x.limits, say)]
        for x, a, b in zip(levels, start, end, strict=True)
    ]
    return Table(say("title.levels"), columns, rows, [say("levels.note"), _way_to(levels[-1], risk, say)])


def _limits_by_tier(risk: RiskReport, say: Words) -> Block:
    limited = [t for t in risk.tiers if t.limits]
    columns = [Column(say("column.tier")), Column(say("column.limits"))]
    return Table(say("title.limits"), columns, [[t.tier, _limits(t.limits, say)] for t in limited])


def _limits(limits: Sequence[LimitCheck], say: Words) -> str:
    """Each limit as asked and as reached; the level's own loss too where it is less than what is bounded."""
    return say.joined(_limit(limit, say) for limit in limits) or say("limit.none")


def _limit(limit: LimitCheck, say: Words) -> str:
    kind, _, alpha = limit.kind.partition(" ")
    what = say(f"limit.{kind}", worst=percent(say, 1 - float(alpha or 0)))
    if limit.bounded_share is None:
        return say("limit.empty", what=what, asked=percent(say, limit.at_most))
    own = limit.own_share
    differs = own is not None and abs(own - limit.bounded_share) > SAME
    code = "limit.own" if differs else "limit.reached"
    return say(
        code,
        what=what,
        asked=percent(say, limit.at_most),
        reached=percent(say, limit.bounded_share),
        own=percent(say, own),
    )


def _way_to(level: LevelRisk, risk: RiskReport, say: Words) -> str:
    """How many failures it takes until the most senior level that holds money loses its first euro."""
    flip, tiers = level.flip_point, ", ".join(level.tiers)
    if flip.fewest_failures is None:
        return say("flip.never", tiers=tiers)
    return say(
        "flip.failures",
        tiers=tiers,
        count=flip.fewest_failures,
        loss=say.amounts(euros([flip.pool_loss]))[0].replace(NOTHING, "0"),
        pool=say.amounts(euros([risk.pool.exposure]))[0],
        chance=percent(say, flip.probability),
    )


def _counted(risk: RiskReport, say: Words) -> str:
    code = "losses.counted-table" if risk.model == "table" else "losses.counted"
    sharing = say(f"losses.{risk.loss_sharing}")
    return say(code, count=risk.draws, seed=risk.seed, sharing=sharing)


def euros(values: Iterator[float] | Sequence[float]) -> list[float]:
    """Amounts without the noise of sums, to the euro."""
    return [round(v, EUROS) + 0.0 for v in values]


def percent(say: Words, value: float | None) -> str:
    """A share as a percentage without the noise of sums; a dash for none."""
    return NOTHING if value is None else say.share(round(value, 9) + 0.0)
