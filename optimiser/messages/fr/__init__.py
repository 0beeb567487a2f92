"""French texts, with the codes and parameters of the English ones.

They are written with plain spaces and apostrophes; ``typeset`` puts the spaces and apostrophes of French print.
"""

from __future__ import annotations

import re

_NARROW, _WIDE = "\u202f", "\u00a0"
"""The spaces that never end a line: narrow, and as wide as any."""

MARKS: dict[str, str] = {".": ",", ",": _NARROW, " ": _NARROW}
"""What stands for the marks of a number as English writes it."""


def typeset(words: str) -> str:
    """French print: narrow spaces inside « » and before ; ? ! %, a wide one before a colon, a curved apostrophe."""
    words = re.sub(r"(?<=\w)'(?=[\w{«])", "\u2019", words)
    words = re.sub(r" (?=[;?!%»])|(?<=«) ", _NARROW, words)
    return re.sub(r" (?=:)", _WIDE, words)
