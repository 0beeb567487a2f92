"""The page's charts: inline SVG with a legend beside it, and the script that draws a chart again under the pointer.

Whoever points at a chart gets it once more, drawn by Vega in the browser, where each part says what it is. The script
is made here out of the installed packages, is fetched only then, and evaluates nothing (its expressions are
interpreted), as the page's Content-Security-Policy demands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from optimiser.report import charts
from optimiser.result.result import Result


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
    stack = charts.yearly(result, names, private)
    if not stack.rows:
        return None
    drawn = charts.bars(stack)
    again = {"chart": charts.specification(drawn, "currentColor"), "locale": charts.marks(lang)}
    return Chart(charts.svg_of(drawn, lang), stack.order, json.dumps(again, ensure_ascii=False))


def money_picture(result: Result, names: Mapping[str, str], private: str, title: str, lang: str) -> bytes | None:
    """The same as a PNG with its title and legend, on white, for other people's documents."""
    stack = charts.yearly(result, names, private)
    return charts.png_of(charts.bars(stack, charts.legend_below(stack.order)), lang, title) if stack.rows else None


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

    made: str = vl_convert.javascript_bundle(_SNIPPET, vl_version=charts.vega_lite_version())
    return made.encode()


@cache
def script_name() -> str:
    """Its name, known before it is made: it changes with the snippet and the packages it is made of."""
    made_of = f"{_SNIPPET} {version('altair')} {version('vl-convert-python')}"
    return f"vega.{hashlib.sha256(made_of.encode()).hexdigest()[:12]}.js"
