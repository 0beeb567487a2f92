"""The page where policy staff compare strategies: rendered on the server, nothing from outside, every view a link.

It needs the extra ``page``; without it the service answers everything else.
"""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = ("altair", "jinja2", "vl_convert")
"""Modules of the extra ``page``."""


def installed() -> bool:
    """Whether the extra ``page`` is installed."""
    return all(find_spec(name) is not None for name in NEEDED)
