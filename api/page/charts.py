"""Charts, by Altair, as inline SVG or PNG; their data stands beside them as tables.

Whoever points at a chart gets it once more, drawn by Vega in the browser, where each part says what it is. The script
is made here out of the installed packages, is fetched only then, and evaluates nothing (its expressions are
interpreted), as the page's Content-Security-Policy demands.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from optimiser.messages import digits
from optimiser.result.result import Result

PALETTE = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999",
    "#004466", "#8A5F00", "#005C43", "#7B3F61", "#2E7CA6", "#803800", "#9A9000", "#555555",
)  # fmt: skip
"""Okabe and Ito's colours, told apart by every kind of eye, then darker ones; ``page.css`` has the same for legends."""

WIDTH, HEIGHT = 360, 230
"""Of the plot: narrow, so that its letters stay as large as those around it on a phone too."""

LETTERS = 13


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart and its legend: the name of each colour, in the order of the palette.

    again: what the browser draws it from, as JSON.
    """

    svg: str
    legend: list[str]
    again: str


def money_by_year(result: Result, names: Mapping[str, str], private: str, lang: str) -> Chart | None:
    """Stacked bars: money by year and tier, the consortia's own on top; None where nothing is paid.

    names: what tiers are called. private: what the consortia's money is called.
    """
    rows, order = _yearly(result, names, private)
    if not rows:
        return None
    chart = bars(rows, order)
    return Chart(svg_of(chart, lang), order, _again(chart, lang))


def money_picture(result: Result, names: Mapping[str, str], private: str, title: str, lang: str) -> bytes | None:
    """The same as a PNG with its title and legend, on white, for other people's documents."""
    import altair
    import vl_convert

    rows, order = _yearly(result, names, private)
    if not rows:
        return None
    legend = altair.Legend(orient="bottom", columns=2, title=None, labelLimit=300, labelFontSize=LETTERS)
    drawn = _specification(bars(rows, order, legend), "#17202a")
    drawn |= {"background": "white", "padding": 12, "title": {"text": title, "anchor": "start", "fontSize": 15}}
    made: bytes = vl_convert.vegalite_to_png(drawn, vl_version=_version(), scale=3, format_locale=_marks(lang))
    return made


def _yearly(result: Result, names: Mapping[str, str], private: str) -> tuple[list[dict[str, Any]], list[str]]:
    sums: dict[tuple[str, int], float] = defaultdict(float)
    for cell in result.money:
        sums[cell.tier, cell.year] += cell.amount
    guarantees = result.indicators.guarantees if result.indicators is not None else {}
    paid = [u.tier for u in result.unspent if u.tier not in guarantees]
    named = {k: names.get(k, k) for k in paid if any(tier == k for tier, _ in sums)}
    # Two tiers of one name stay two.
    doubled = {k: f"{n} ({k})" if list(named.values()).count(n) > 1 else n for k, n in named.items()}
    by_name = {(doubled[k], t): amount for (k, t), amount in sums.items() if k in doubled}
    own = private if private not in doubled.values() else f"{private}, "
    for cell_ in result.private_money:
        by_name[own, cell_.year] = by_name.get((own, cell_.year), 0.0) + cell_.amount
    order = list(dict.fromkeys([*doubled.values(), *(name for name, _ in by_name)]))
    place = {name: n for n, name in enumerate(order)}
    rows = [
        {"tier": name, "year": year, "amount": amount, "place": place[name]} for (name, year), amount in by_name.items()
    ]
    return sorted(rows, key=lambda row: (row["place"], row["year"])), order


def bars(rows: Sequence[Mapping[str, Any]], order: Sequence[str], legend: Any = None) -> Any:
    """Bars of ``amount`` by ``year``, stacked by ``tier`` in this order from the ground up."""
    import altair

    colours = [PALETTE[n % len(PALETTE)] for n in range(len(order))]
    return (
        altair.Chart(altair.InlineData(values=rows), width=WIDTH, height=HEIGHT)
        .mark_bar()
        .encode(
            x=altair.X("year", type="ordinal", title=None, axis=altair.Axis(labelAngle=0, labelOverlap=True)),
            y=altair.Y("amount", type="quantitative", title=None, axis=altair.Axis(tickCount=5, format=",.0f")),
            color=altair.Color(
                "tier", type="nominal", scale=altair.Scale(domain=list(order), range=colours), legend=legend
            ),
            order=altair.Order("place", type="quantitative"),
            tooltip=[
                altair.Tooltip("tier", type="nominal", title=""),
                altair.Tooltip("year", type="ordinal", title=""),
                altair.Tooltip("amount", type="quantitative", title="", format=",.0f"),
            ],
        )
    )


def svg_of(chart: Any, lang: str = "en") -> str:
    """An Altair chart as SVG that shrinks with the screen and is passed over by screen readers: the table speaks."""
    import vl_convert

    # The page's own colour of text, light or dark.
    drawn: str = vl_convert.vegalite_to_svg(
        _specification(chart, "currentColor"), vl_version=_version(), format_locale=_marks(lang)
    )
    return drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _again(chart: Any, lang: str) -> str:
    return json.dumps({"chart": _specification(chart, "currentColor"), "locale": _marks(lang)}, ensure_ascii=False)


def _marks(lang: str) -> dict[str, Any]:
    """How numbers are written on axes, as D3 has it."""
    return {"decimal": digits(".", lang), "thousands": digits(",", lang), "grouping": [3], "currency": ["", ""]}


_SNIPPET = """
globalThis.drawChart = (place, {chart, locale}) => vegaEmbed(place, chart, {
  ast: true, actions: false, defaultStyle: false, renderer: "svg", formatLocale: locale,
  tooltip: {disableDefaultStyle: true},
});
"""
"""What the page's own script calls. ``ast``: expressions are interpreted, not compiled."""


@cache
def script() -> bytes:
    """Vega with all it needs, as one script (0.9 MB, made in two seconds, once a process)."""
    import vl_convert

    made: str = vl_convert.javascript_bundle(_SNIPPET, vl_version=_version())
    return made.encode()


@cache
def script_name() -> str:
    """Its name, known before it is made: it changes with the snippet and the packages it is made of."""
    made_of = f"{_SNIPPET} {version('altair')} {version('vl-convert-python')}"
    return f"vega.{hashlib.sha256(made_of.encode()).hexdigest()[:12]}.js"


def _specification(chart: Any, ink: str) -> dict[str, Any]:
    # The parts were checked when they were made; checking the whole again takes longer than drawing it.
    found: dict[str, Any] = chart.to_dict(validate=False)
    axis: dict[str, Any] = {"labelColor": ink, "titleColor": ink, "domainColor": ink, "tickColor": ink}
    axis |= {"gridOpacity": 0.2, "gridColor": ink, "labelFontSize": LETTERS, "titleFontSize": LETTERS}
    config = {"background": None, "font": "system-ui, sans-serif", "view": {"stroke": None}}
    return found | {"config": config | {"axis": axis | {"titleFontWeight": "normal"}}}


def _version() -> str:
    import altair

    return ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
