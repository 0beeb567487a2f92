"""How the command is run as a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment_of(more: dict[str, str]) -> dict[str, str]:
    """This environment, with the source tree first on the path and warnings as errors."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **more}
