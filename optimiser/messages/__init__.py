"""One catalogue for every text a person reads: findings, cures, reasons.

A text is found by its code and filled with parameters; code elsewhere never writes a sentence of
its own. Languages are modules of this package with one dictionary ``TEXTS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

LANGUAGES = ("en", "fr")


def catalogue(lang: str = "en") -> Mapping[str, str]:
    """The texts of a language by code.

    Errors: KeyError for a language without a catalogue.
    """
    if lang not in LANGUAGES:
        raise KeyError(f"no catalogue for language {lang!r}; there are: {', '.join(LANGUAGES)}")
    texts: Mapping[str, str] = import_module(f"optimiser.messages.{lang}").TEXTS
    return texts


def text(code: str, params: Mapping[str, Any], lang: str = "en") -> str:
    """The text of ``code`` in ``lang``, with ``params`` filled in (numbers without float noise)."""
    return catalogue(lang)[code].format_map({k: _shown(v) for k, v in params.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(_shown(v)) for v in value) or "none"
    return value
