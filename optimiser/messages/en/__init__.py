"""The English texts: the source of the catalogue, by code.

A text is its words, with parameters in braces; where it depends on a number, two forms: for one, and for many.
"""

from __future__ import annotations

from optimiser.messages.en import desk, findings, service
from optimiser.messages.en.answers import LABELS, PHRASES, REASONS, UNITS, VERDICTS
from optimiser.messages.en.commands import CLI
from optimiser.messages.en.explanations import EXPLAIN
from optimiser.messages.en.page import PAGE
from optimiser.messages.en.reports import REPORTS
from optimiser.messages.en.words import Words

FINDINGS = findings.FINDINGS | service.FINDINGS | desk.FINDINGS
PROBLEMS = service.PROBLEMS | desk.PROBLEMS
SUBJECTS = {
    "reason": REASONS,
    "label": LABELS,
    "phrase": PHRASES,
    "unit": UNITS,
    "verdict": VERDICTS,
    "cli": CLI | REPORTS,
    "page": PAGE,
    "desk": desk.DESK,
}

TEXTS: dict[str, Words] = {
    **{f"finding.{code}": message for code, (message, _) in FINDINGS.items()},
    **{f"cure.{code}": cure for code, (_, cure) in FINDINGS.items()},
    **{f"problem.{code}": title for code, (title, _, _) in PROBLEMS.items()},
    **{f"problem.{code}.detail": detail for code, (_, detail, _) in PROBLEMS.items()},
    **{f"problem.{code}.cure": cure for code, (_, _, cure) in PROBLEMS.items()},
    **{f"{subject}.{code}": words for subject, texts in SUBJECTS.items() for code, words in texts.items()},
    **EXPLAIN,
}
"""Every text by its code."""
