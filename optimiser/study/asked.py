"""What a question asks for, checked: over HTTP anything may stand where a number should."""

from __future__ import annotations

from typing import Any

from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.messages import Phrase


def check_numbers(*found: Finding | None) -> None:
    """Errors: QuestionError with every finding there is."""
    findings = [f for f in found if f is not None]
    if findings:
        raise QuestionError(findings)


def whole(pointer: str, value: Any, least: int, most: int) -> Finding | None:
    """A finding unless the value is a whole number in this range."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return None
    params = {"found": str(value)[:40], "least": least, "most": most}
    return Finding("error", "not-whole-in-range", pointer, params)


def number(pointer: str, value: Any, least: float, most: float) -> Finding | None:
    """A finding unless the value is a number in this range."""
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return None
    return Finding("error", "not-in-range", pointer, {"found": str(value)[:40], "least": least, "most": most})


def flag(pointer: str, value: Any) -> Finding | None:
    """A finding unless the value is true or false."""
    if isinstance(value, bool):
        return None
    return Finding("error", "wrong-type", pointer, {"found": str(value)[:40], "expected": Phrase("a-boolean")})
