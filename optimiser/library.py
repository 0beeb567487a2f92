"""The scenario library: files carried with the package, addressed by their name without ending."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def library_folder() -> Path:
    """Where the carried scenarios lie: inside an installed package, else in the source tree's ``scenarios``."""
    here = Path(__file__).parent
    carried = here / "_scenarios"
    return carried if carried.is_dir() else here.parent / "scenarios"


def library_files() -> dict[str, Path]:
    """Every carried scenario by its id (the file's name without ending)."""
    return {path.stem: path for path in sorted(library_folder().glob("*.json"))}
