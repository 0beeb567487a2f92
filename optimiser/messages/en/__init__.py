"""English texts."""

from __future__ import annotations

MARKS: dict[str, str] = {}
"""What stands for the marks of a number as English writes it."""


def typeset(words: str) -> str:
    """English print, as the texts are written."""
    return words
