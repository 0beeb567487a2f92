"""The whole command: every subject's module registers its commands when it is imported, in this order of help."""

from __future__ import annotations

from optimiser.cli import allocations, audits, batches, comparisons, explanations, formats, reports, service, studies
from optimiser.cli.root import app

__all__ = [
    "allocations",
    "app",
    "audits",
    "batches",
    "comparisons",
    "explanations",
    "formats",
    "reports",
    "service",
    "studies",
]
