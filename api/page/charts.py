"""Charts, by Altair, as inline SVG; their data stands beside them as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from optimiser.result.result import Result

CONFIG: dict[str, Any] = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    # The page's own colour of text, light or dark.
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "domainColor": "currentColor",
        "tickColor": "currentColor",
        "gridOpacity": 0.2,
        "gridColor": "currentColor",
    },
    "legend": {"labelColor": "currentColor", "titleColor": "currentColor", "orient": "bottom", "title": None},
    # Okabe and Ito's colours: told apart by every kind of eye.
    "range": {"category": ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"]},
}


def money_by_year(result: Result, private: str, unit: str) -> str | None:
    """Stacked bars: money by year and tier, the consortia's own on top; None where nothing is paid.

    private: what the consortia's money is called. unit: title of the axis.
    """
    sums: dict[tuple[str, int], float] = defaultdict(float)
    for cell in result.money:
        sums[cell.tier, cell.year] += cell.amount
    for own in result.private_money:
        sums[private, own.year] += own.amount
    if not sums:
        return None
    order = list(dict.fromkeys(tier for tier, _ in sums))
    rows = [{"tier": tier, "year": year, "amount": amount} for (tier, year), amount in sorted(sums.items())]
    return svg_of(bars(rows, order, unit))


def bars(rows: Sequence[Mapping[str, Any]], order: Sequence[str], unit: str) -> Any:
    """Bars of ``amount`` by ``year``, stacked by ``tier`` in this order."""
    import altair

    return (
        altair.Chart(altair.InlineData(values=rows), width=560, height=220)
        .mark_bar()
        .encode(
            x=altair.X("year", type="ordinal", title=None, axis=altair.Axis(labelAngle=0)),
            y=altair.Y("amount", type="quantitative", title=unit, axis=altair.Axis(tickCount=5)),
            color=altair.Color("tier", type="nominal", sort=list(order)),
            order=altair.Order("tier", type="nominal"),
        )
    )


def svg_of(chart: Any) -> str:
    """An Altair chart as SVG that shrinks with the screen and is passed over by screen readers: the table speaks."""
    import altair
    import vl_convert

    # The parts were checked when they were made; checking the whole again takes longer than drawing it.
    specification = chart.to_dict(validate=False) | {"config": CONFIG}
    version = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    drawn: str = vl_convert.vegalite_to_svg(specification, vl_version=version)
    return drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
