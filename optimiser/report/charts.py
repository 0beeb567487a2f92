"""Charts, by Altair, as SVG or PNG, without browser or network; their data stands beside them as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optimiser.messages import digits
from optimiser.report import tile_map
from optimiser.report.numbers import amounts, number

if TYPE_CHECKING:
    from optimiser.result.result import Result, RiskReport
    from optimiser.study.robustness import Certainty

PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999",
    "#004466", "#8A5F00", "#005C43", "#7B3F61", "#2E7CA6", "#803800", "#9A9000", "#555555",
)  # fmt: skip
"""Okabe and Ito's colours, told apart by every kind of eye, then darker ones; ``page.css`` has the same for legends."""

TINTS = ("#eef2f5", "#c9ddeb", "#8fbbda", "#4a90c0", "#0b5c92")
"""Of a country that gets nothing, then from little to most."""

WIDTH, HEIGHT = 360, 230
"""Of the plot: narrow, so that its letters stay as large as those around it on a phone too."""

LETTERS = 13
INK = "#17202a"
SHORT = 22
"""Letters of a name of which two stand side by side in a legend."""

NAMES = 240
"""Room for the names of sites beside their bars [pixels]."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Amounts to be stacked. rows: ``tier``, ``amount``, ``place`` and what they stand at. order: tiers from below."""

    rows: list[dict[str, Any]]
    order: list[str]


def yearly(result: Result, names: Mapping[str, str], private: str) -> Stack:
    """Money by tier and ``year``, the consortia's own last.

    names: what tiers are called. private: what the consortia's money is called.
    """
    return _stacked(result, names, private, "year")


def by_site(result: Result, names: Mapping[str, str], private: str) -> Stack:
    """Money by tier and ``candidate``, by the site's name."""
    stack = _stacked(result, names, private, "candidate")
    called = {c.id: c.name or c.id for c in result.candidates}
    order = {c: n for n, c in enumerate(called)}
    sorted_rows = sorted(stack.rows, key=lambda row: order[row["candidate"]])
    return Stack([row | {"candidate": called[row["candidate"]]} for row in sorted_rows], stack.order)


def _stacked(result: Result, names: Mapping[str, str], private: str, at: str) -> Stack:
    sums: dict[tuple[str, Any], float] = defaultdict(float)
    for cell in result.money:
        sums[cell.tier, getattr(cell, at)] += cell.amount
    guarantees = result.indicators.guarantees if result.indicators is not None else {}
    paid = [u.tier for u in result.unspent if u.tier not in guarantees]
    named = {k: names.get(k, k) for k in paid if any(tier == k for tier, _ in sums)}
    # Two tiers of one name stay two.
    doubled = {k: f"{n} ({k})" if list(named.values()).count(n) > 1 else n for k, n in named.items()}
    by_name = {(doubled[k], t): amount for (k, t), amount in sums.items() if k in doubled}
    own = private if private not in doubled.values() else f"{private}, "
    for cell_ in result.private_money:
        by_name[own, getattr(cell_, at)] = by_name.get((own, getattr(cell_, at)), 0.0) + cell_.amount
    order = list(dict.fromkeys([*doubled.values(), *(name for name, _ in by_name)]))
    place = {name: n for n, name in enumerate(order)}
    rows = [{"tier": name, at: t, "amount": amount, "place": place[name]} for (name, t), amount in by_name.items()]
    return Stack(sorted(rows, key=lambda row: (row["place"], row[at])), order)


def bars(stack: Stack, legend: Any = None) -> Any:
    """Upright bars of ``amount`` by ``year``, stacked by ``tier`` in this order from the ground up."""
    import altair

    return (
        altair.Chart(altair.InlineData(values=stack.rows), width=WIDTH, height=HEIGHT)
        .mark_bar()
        .encode(
            x=altair.X("year", type="ordinal", title=None, axis=altair.Axis(labelAngle=0, labelOverlap=True)),
            y=altair.Y("amount", type="quantitative", title=None, axis=altair.Axis(tickCount=5, format=",.0f")),
            color=_colour(stack, legend),
            order=altair.Order("place", type="quantitative"),
            tooltip=_tooltip("tier", "year"),
        )
    )


def site_bars(stack: Stack, legend: Any = None) -> Any:
    """Bars of ``amount`` from left to right, one a ``candidate`` in the order of the rows, stacked by ``tier``."""
    import altair

    sites = list(dict.fromkeys(row["candidate"] for row in stack.rows))
    axis = altair.Axis(labelLimit=NAMES)
    return (
        altair.Chart(altair.InlineData(values=stack.rows), width=WIDTH, height=altair.Step(26))
        .mark_bar()
        .encode(
            x=altair.X("amount", type="quantitative", title=None, axis=altair.Axis(tickCount=5, format=",.0f")),
            y=altair.Y("candidate", type="nominal", title=None, sort=sites, axis=axis),
            color=_colour(stack, legend),
            order=altair.Order("place", type="quantitative"),
            tooltip=_tooltip("tier", "candidate"),
        )
    )


def _colour(stack: Stack, legend: Any) -> Any:
    import altair

    colours = [PALETTE[n % len(PALETTE)] for n in range(len(stack.order))]
    scale = altair.Scale(domain=list(stack.order), range=colours)
    return altair.Color("tier", type="nominal", scale=scale, legend=legend)


def _tooltip(*keys: str) -> list[Any]:
    import altair

    shown = [altair.Tooltip(key, type="ordinal" if key == "year" else "nominal", title="") for key in keys]
    return [*shown, altair.Tooltip("amount", type="quantitative", title="", format=",.0f")]


def legend_below(names: Sequence[str]) -> Any:
    """A legend that stands in the picture, for documents that write none of their own; long names line by line."""
    import altair

    columns = 1 if any(len(name) > SHORT for name in names) else 2
    return altair.Legend(orient="bottom", columns=columns, title=None, labelLimit=360, labelFontSize=LETTERS)


def country_map(money: Mapping[str, float], lang: str) -> Any:
    """Europe as tiles, darker where more money goes; amounts stand in the tiles.

    money: by country code [EUR million].
    """
    import altair

    drawn = tile_map.tiles(money)
    width, height = tile_map.size(drawn)
    rows = [
        {
            "x": t.x,
            "y": t.y,
            "x2": t.x + tile_map.SIDE,
            "y2": t.y + tile_map.SIDE,
            "middle": t.x + tile_map.SIDE / 2,
            "name": t.y + tile_map.SIDE * 0.34,
            "below": t.y + tile_map.SIDE * 0.72,
            "country": t.country,
            "amount": amounts([round(t.amount)], lang)[0] if t.amount else "",
            "tint": TINTS[t.step],
            "ink": "white" if t.step >= 3 else INK if t.amount else "#5c6873",
        }
        for t in drawn
    ]
    base = altair.Chart(altair.InlineData(values=rows), width=width, height=height)

    def across(key: str) -> Any:
        scale = altair.Scale(domain=[0, width], nice=False, zero=False)
        return altair.X(key, type="quantitative", axis=None, scale=scale, title=None)

    def down(key: str) -> Any:
        scale = altair.Scale(domain=[height, 0], nice=False, zero=False)
        return altair.Y(key, type="quantitative", axis=None, scale=scale, title=None)

    ink = altair.Color("ink", type="nominal", scale=None)
    boxes = base.mark_rect(cornerRadius=4).encode(
        x=across("x"),
        x2=altair.X2("x2"),
        y=down("y"),
        y2=altair.Y2("y2"),
        color=altair.Color("tint", type="nominal", scale=None),
    )
    codes = base.mark_text(fontSize=12, fontWeight="bold").encode(
        x=across("middle"), y=down("name"), text=altair.Text("country", type="nominal"), color=ink
    )
    sums = base.mark_text(fontSize=10.5).encode(
        x=across("middle"), y=down("below"), text=altair.Text("amount", type="nominal"), color=ink
    )
    return altair.layer(boxes, codes, sums)


def frontier_line(points: Sequence[tuple[float, float, bool]], titles: tuple[str, str], lang: str) -> Any:
    """Points joined by a line: the first term across, the second upwards; hollow where not proven.

    points: both values, and whether proven. titles: of the two axes.
    """
    import altair

    rows = [
        {"a": a, "b": b, "n": n, "proven": proven, "said": f"{number(a, lang)}; {number(b, lang)}"}
        for n, (a, b, proven) in enumerate(points, 1)
    ]
    base = altair.Chart(altair.InlineData(values=rows), width=WIDTH, height=HEIGHT).encode(
        x=altair.X("a", type="quantitative", title=titles[0], scale=altair.Scale(zero=False), axis=_few()),
        y=altair.Y("b", type="quantitative", title=titles[1], scale=altair.Scale(zero=False), axis=_few()),
        order=altair.Order("n", type="quantitative"),
    )
    fill = altair.condition("datum.proven", altair.value(PALETTE[0]), altair.value("white"))
    dots = base.mark_point(size=60, filled=True, stroke=PALETTE[0], strokeWidth=1.5, opacity=1).encode(
        fill=fill, tooltip=[altair.Tooltip("said", type="nominal", title="")]
    )
    return altair.layer(base.mark_line(color=PALETTE[0], strokeWidth=1.5), dots)


def _few() -> Any:
    import altair

    return altair.Axis(tickCount=5, format=",~r")


def certainty_bars(certainty: Sequence[Certainty], names: Mapping[str, str], mean: str) -> Any:
    """How often each phase is in the best plan, the surest first, with its 95 % interval; pale where the plan lacks it.

    names: what sites are called. mean: title of the axis.
    """
    import altair

    several = {c.candidate for c in certainty if sum(o.candidate == c.candidate for o in certainty) > 1}
    rows = [
        {
            "site": f"{names.get(c.candidate, c.candidate)}, {c.phase}"
            if c.candidate in several
            else names.get(c.candidate, c.candidate),
            "share": c.share,
            "low": c.low,
            "high": c.high,
            "colour": PALETTE[0] if c.in_plan else "#9db8c9",
        }
        for c in sorted(certainty, key=lambda c: -c.share)
    ]
    sites = [str(row["site"]) for row in rows]
    base = altair.Chart(altair.InlineData(values=rows), width=WIDTH, height=altair.Step(24)).encode(
        y=altair.Y("site", type="nominal", title=None, sort=sites, axis=altair.Axis(labelLimit=NAMES))
    )
    axis = altair.Axis(format=".0%", tickCount=5)
    across = altair.X("share", type="quantitative", title=mean, scale=altair.Scale(domain=[0, 1]), axis=axis)
    filled = base.mark_bar(height=14).encode(x=across, color=altair.Color("colour", type="nominal", scale=None))
    interval = base.mark_rule(color=INK, strokeWidth=1.5).encode(
        x=altair.X("low", type="quantitative", title=mean), x2=altair.X2("high")
    )
    return altair.layer(filled, interval)


def loss_curves(risk: RiskReport, names: Mapping[str, str], titles: tuple[str, str]) -> tuple[Any, list[str]]:
    """How likely each tier is to lose at least so much of its money; the names of its lines.

    titles: of the axis across (share of the tier's money lost), and of the one upwards (chance).
    """
    import altair

    rows, order = [], []
    for tier in risk.tiers:
        if not tier.losses.exposure > 0 or not tier.quantiles:
            continue
        name = names.get(tier.tier, tier.tier)
        order.append(name)
        steps = [(1.0 - q.level, q.loss / tier.losses.exposure) for q in tier.quantiles]
        rows += [{"tier": name, "lost": lost, "chance": chance, "n": n} for n, (chance, lost) in enumerate(steps)]
    colours = [PALETTE[n % len(PALETTE)] for n in range(len(order))]
    chart = (
        altair.Chart(altair.InlineData(values=rows), width=WIDTH, height=HEIGHT)
        .mark_line(strokeWidth=2)
        .encode(
            x=altair.X("lost", type="quantitative", title=titles[0], axis=altair.Axis(format=".0%", tickCount=5)),
            y=altair.Y("chance", type="quantitative", title=titles[1], axis=altair.Axis(format=".0%", tickCount=5)),
            color=altair.Color(
                "tier", type="nominal", scale=altair.Scale(domain=order, range=colours), legend=legend_below(order)
            ),
            order=altair.Order("n", type="quantitative"),
        )
    )
    return chart, order


def svg_of(chart: Any, lang: str = "en") -> str:
    """An Altair chart as SVG that shrinks with the screen and is passed over by screen readers: the table speaks."""
    import vl_convert

    # The page's own colour of text, light or dark.
    drawn: str = vl_convert.vegalite_to_svg(
        specification(chart, "currentColor"), vl_version=vega_lite_version(), format_locale=marks(lang)
    )
    return drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def png_of(chart: Any, lang: str = "en", title: str = "") -> bytes:
    """An Altair chart as PNG on white, in three pixels to the point, for other people's documents."""
    import vl_convert

    drawn = specification(chart, INK) | {"background": "white", "padding": 12}
    if title:
        drawn |= {"title": {"text": title, "anchor": "start", "fontSize": 15}}
    made: bytes = vl_convert.vegalite_to_png(drawn, vl_version=vega_lite_version(), scale=3, format_locale=marks(lang))
    return made


def marks(lang: str) -> dict[str, Any]:
    """How numbers are written on axes, as D3 has it."""
    return {"decimal": digits(".", lang), "thousands": digits(",", lang), "grouping": [3], "currency": ["", ""]}


def specification(chart: Any, ink: str) -> dict[str, Any]:
    """The chart as Vega-Lite reads it, with lines and letters in this colour."""
    # The parts were checked when they were made; checking the whole again takes longer than drawing it.
    found: dict[str, Any] = chart.to_dict(validate=False)
    axis: dict[str, Any] = {"labelColor": ink, "titleColor": ink, "domainColor": ink, "tickColor": ink}
    axis |= {"gridOpacity": 0.2, "gridColor": ink, "labelFontSize": LETTERS, "titleFontSize": LETTERS}
    config: dict[str, Any] = {"background": None, "font": "system-ui, sans-serif", "view": {"stroke": None}}
    config |= {"legend": {"labelColor": ink, "titleColor": ink}}
    return found | {"config": config | {"axis": axis | {"titleFontWeight": "normal"}}}


def vega_lite_version() -> str:
    """The version of Vega-Lite that Altair writes, as vl-convert names it."""
    import altair

    return ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
