"""What the desk says: saved scenarios, decisions, uploads, batches."""

from __future__ import annotations

FINDINGS: dict[str, tuple[str, str]] = {
    "no-decision-log": (
        "This is not an entry of a decision log.",
        'Give the log as the page exports it: {{"decisions": [{{…}}, …]}}.',
    ),
    "decision-changed": (
        "Entry {number} of the log is not what was written: its hash, its number or the entry before it does not fit.",
        "Export the log again from the service that keeps it, whole and in order.",
    ),
    "decisions-of-others": (
        "No entry of the log is about this scenario (SHA-256 {sha256}).",
        "Give the log of this scenario, in the version the decision was about.",
    ),
}
"""Findings of uploads and logs: message and cure."""

PROBLEMS: dict[str, tuple[str, str, str]] = {}

DESK: dict[str, str] = {}
