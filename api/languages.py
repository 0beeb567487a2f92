"""Which language an answer speaks: ``?lang=`` first, then ``Accept-Language``, then English."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Query, Request

from api.problems import refuse
from optimiser.messages import LANGUAGES

DEFAULT = "en"


def language_among(*others: str) -> Callable[..., Awaitable[str]]:
    """A parameter of a route whose query has these keys, too: the language asked for.

    It refuses a language without texts, any other query key, and a key that stands twice.
    """
    known = ["lang", *others]

    async def language_of(
        request: Request,
        lang: Annotated[
            str | None,
            Query(
                description="language of texts, before Accept-Language",
                examples=["en"],
                json_schema_extra={"enum": list(LANGUAGES)},
            ),
        ] = None,
    ) -> str:
        keys = [key for key, _ in request.query_params.multi_items()]
        odd = sorted({key[:80] for key in keys if key not in known or keys.count(key) > 1})
        if odd:
            raise refuse("bad-query", keys=odd, known=known)
        if lang is None:
            return accepted_language(request.headers.get("accept-language", ""))
        if lang not in LANGUAGES:
            raise refuse("unknown-language", lang=lang[:40], known=list(LANGUAGES))
        return lang

    return language_of


Language = Annotated[str, Depends(language_among())]
"""Parameter of a route: the language of its answer."""


def lenient_language(request: Request) -> str:
    """The language asked for where there is one with texts, English otherwise: for problems."""
    lang = request.query_params.get("lang")
    return lang if lang in LANGUAGES else accepted_language(request.headers.get("accept-language", ""))


def accepted_language(header: str) -> str:
    """The language with texts that an Accept-Language header prefers; English where it names none."""
    best, best_weight = DEFAULT, 0.0
    for entry in header.split(","):
        name, weight = weighted(entry)
        primary = name.partition("-")[0].lower()
        if primary in LANGUAGES and weight > best_weight:
            best, best_weight = primary, weight
    return best


def weighted(entry: str) -> tuple[str, float]:
    """One entry of an Accept header and its weight q: 1 where none is given, 0 where it is broken."""
    name, *parameters = (part.strip() for part in entry.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                weight = float(value)
            except ValueError:
                return name, 0.0
            return name, weight if 0 <= weight <= 1 else 0.0
    return name, 1.0
