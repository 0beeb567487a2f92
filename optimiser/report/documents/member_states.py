"""Member States as documents of the Council name and order them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from optimiser.messages import country_name
from optimiser.result.result import Result

PROTOCOL = (
    "BE", "BG", "CZ", "DK", "DE", "EE", "IE", "GR", "ES", "FR", "HR", "IT", "CY", "LV", "LT", "LU", "HU", "MT", "NL",
    "AT", "PL", "PT", "RO", "SI", "SK", "FI", "SE",
)  # fmt: skip
"""By the name of each in its own language (Belgique, България, Česko …): Interinstitutional Style Guide, 7.1."""

_PLACE = {country: n for n, country in enumerate(PROTOCOL)}


def named(countries: str, lang: str) -> str:
    """The name of a country by its code; of all of them for a joint bid (``PL+LT``)."""
    return " + ".join(country_name(code, lang) for code in countries.split("+"))


def in_protocol_order(countries: Iterable[str], lang: str) -> list[str]:
    """Member States in protocol order, then other countries by their names."""
    last = len(PROTOCOL)
    return sorted(countries, key=lambda c: (_PLACE.get(c.split("+")[0], last), named(c, lang)))


def as_in_a_note(result: Result, lang: str) -> Result:
    """The result with its sites in protocol order of their Member States, which are called by their names."""
    order = {c: n for n, c in enumerate(in_protocol_order({c.country for c in result.candidates}, lang))}
    sites = sorted(result.candidates, key=lambda c: order[c.country])
    noted = [replace(c, country=named(c.country, lang)) for c in sites]
    place = {c.id: n for n, c in enumerate(sites)}
    aid, indicators = result.grant_equivalents, result.indicators
    if aid is not None:
        aid = replace(aid, candidates=sorted(aid.candidates, key=lambda x: place[x.candidate]))
    if indicators is not None:
        money = indicators.by_country
        by_name = {named(c, lang): money[c] for c in in_protocol_order(money, lang)}
        indicators = replace(indicators, by_country=by_name)
    return replace(result, candidates=noted, grant_equivalents=aid, indicators=indicators)
