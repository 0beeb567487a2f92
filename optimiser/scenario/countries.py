"""Figures of countries: carried by the library, replaced where the scenario gives its own."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from optimiser.scenario.scenario import Scenario


@cache
def carried_figures() -> dict[str, dict[str, float]]:
    """The table of ``optimiser/data/countries.csv`` by country code; sources stand beside it."""
    table = (files("optimiser") / "data" / "countries.csv").read_text(encoding="utf-8").splitlines()
    return {row.pop("country"): {k: float(v) for k, v in row.items() if v} for row in csv.DictReader(table)}


def population(scenario: Scenario, country: str) -> float | None:
    """Inhabitants [millions], the scenario's own figure first; None where neither knows."""
    own = scenario.countries.get(country)
    if own is not None and own.population is not None:
        return own.population
    return carried_figures().get(country, {}).get("population_m")


def gdp(scenario: Scenario, country: str) -> float | None:
    """Gross domestic product [EUR billion], the scenario's own figure first; None where neither knows."""
    own = scenario.countries.get(country)
    if own is not None and own.gdp is not None:
        return own.gdp
    return carried_figures().get(country, {}).get("gdp_bn_eur")
