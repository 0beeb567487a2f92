"""The views of a scenario, each a form and an answer."""

from __future__ import annotations

from collections.abc import Mapping

from api.page.views import allocation, compare, differences, explain, frontier, robustness
from api.page.views.drawing import Drawing

DRAWINGS: Mapping[str, Drawing] = {
    "allocation": allocation.DRAWING,
    "compare": compare.DRAWING,
    "frontier": frontier.DRAWING,
    "robustness": robustness.DRAWING,
    "explain": explain.DRAWING,
    "differences": differences.DRAWING,
}
"""Every view by the name in its address."""

TABS = ("allocation", "compare", "frontier", "robustness", "explain")
"""Views of one scenario, in the order of the page."""
