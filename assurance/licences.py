"""Writes docs/licences.md: the licence of every package the core and each extra bring, from what is installed.

A Python may need a package another one does not: the page is written with the oldest that is supported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
EXTRAS = ("page", "report", "xlsx", "parquet", "cluster", "postgres")

HEAD = """# Licences

The licence each package states of itself: first of those the optimiser brings when installed, then of what each extra
adds. Tools of development are not among them. `make licences` writes this page from the installed environment, with the
versions of `requirements.lock`. A package's own text decides, not this page.
"""


def main() -> int:
    PAGE.write_text(licences(), encoding="utf-8")
    return 0


def licences() -> str:
    """The page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [HEAD]
    seen: set[str] = set()
    for title, asked in [("Core", project["dependencies"])] + [
        (f"Extra `{extra}`", project["optional-dependencies"][extra]) for extra in EXTRAS
    ]:
        found = {name: found for name, found in closure(asked).items() if name not in seen}
        seen |= found.keys()
        lines += [f"## {title}", "", "| package | licence |", "|---|---|"]
        lines += [f"| {name} | {licence_of(one)} |" for name, one in sorted(found.items())]
        lines.append("")
    return "\n".join(lines)


def closure(asked: Iterable[str]) -> dict[str, Distribution]:
    """What is asked for and all it asks for in turn, as far as this Python needs it, by canonical name."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(text), "") for text in asked]
    done: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra_of_parent = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra_of_parent}):
            continue
        name = canonicalize_name(requirement.name)
        try:
            found[name] = distribution(name)
        except PackageNotFoundError as error:
            raise SystemExit(f"{name} is not installed: run this in the project's environment") from error
        for extra in ("", *requirement.extras):
            if (name, extra) not in done:
                done.add((name, extra))
                waiting += [(Requirement(text), extra) for text in found[name].requires or []]
    return found


def licence_of(package: Distribution) -> str:
    """Its expression (SPDX), else its classifiers, else the first line of its field."""
    metadata = package.metadata
    if metadata.get("License-Expression"):
        return str(metadata["License-Expression"])
    named = [c.rsplit(" :: ", 1)[1] for c in metadata.get_all("Classifier") or [] if c.startswith("License :: OSI")]
    if named:
        return "; ".join(sorted(set(named)))
    field = (metadata.get("License") or "").strip().splitlines()
    return field[0].strip() if field else "not stated"


if __name__ == "__main__":
    raise SystemExit(main())
