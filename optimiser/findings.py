"""Findings: what is wrong or odd in a scenario, where, and the cure.

A finding is a code with parameters; its words come from the catalogue in ``optimiser.messages``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from optimiser.messages import text

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    severity: "error" stops the scenario; "warning" and "note" do not.
    code: key of the catalogue.
    pointer: place in the file, list members by id, e.g. ``/fund/tiers/union/size``.
    params: the values that disagree, filled into the catalogue's text.
    cell: place in a workbook, e.g. ``Tiers!C4``; empty for other files.
    """

    severity: Severity
    code: str
    pointer: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cell: str = ""

    def message(self, lang: str = "en") -> str:
        """What disagrees, in words."""
        return text(f"finding.{self.code}", self.params, lang)

    def cure(self, lang: str = "en") -> str:
        """What to do about it, in words."""
        return text(f"cure.{self.code}", self.params, lang)

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """The finding as the result and the service show it."""
        return {
            "severity": self.severity,
            "code": self.code,
            "pointer": self.pointer,
            "message": self.message(lang),
            "cure": self.cure(lang),
        } | ({"cell": self.cell} if self.cell else {})


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(f.severity == "error" for f in findings)
