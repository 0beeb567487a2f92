"""Sweeps: a batch written down as one scenario and what changes in it.

    {"base": "investai-2025", "variants": [{"id": "half", "patch": {"/fund/tiers/eu/size": 10000}}]}
    {"base": "my-scenario.json", "grid": {"/fund/tiers/eu/size": [5000, 10000], "/discount_rate": [0.03, 0.05]}}
    {"base": {…}, "grid": {"/fund/tiers/eu/size": {"from": 1000, "to": 20000, "count": 20}}}

The base is a scenario itself, the id of a carried one, or a file beside the sweep. A grid is every combination of its
values, the last pointer changing fastest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimiser.findings import Finding
from optimiser.library import library_files
from optimiser.scenario.pointer import join
from optimiser.scenario.read import read_file

GREATEST_SWEEP = 1_000_000
"""Scenarios in one sweep: beyond it a grid is more likely a slip than a question."""

KEYS = ("base", "variants", "grid", "name")


@dataclass(frozen=True, slots=True)
class Sweep:
    """A base document, and the patches that make scenarios of it: listed, or every point of a grid."""

    base: Mapping[str, Any]
    variants: tuple[tuple[str, Mapping[str, Any]], ...]
    grid: Mapping[str, tuple[Any, ...]]

    def __len__(self) -> int:
        return len(self.variants) if self.variants else math.prod(len(values) for values in self.grid.values())

    def name(self, n: int) -> str:
        """The name of scenario ``n``: the variant's id, or the number of the grid's point."""
        return self.variants[n][0] if self.variants else f"{n:0{len(str(len(self) - 1))}}"

    def patch(self, n: int) -> Mapping[str, Any]:
        """What scenario ``n`` changes in the base; made when asked for, since a grid may have a million points."""
        if self.variants:
            return self.variants[n][1]
        point: dict[str, Any] = {}
        for pointer, values in reversed(list(self.grid.items())):
            n, at = divmod(n, len(values))
            point[pointer] = values[at]
        return {pointer: point[pointer] for pointer in self.grid}


def is_sweep(document: Any) -> bool:
    """Whether a document is a sweep: it names a base, which no scenario does."""
    return isinstance(document, Mapping) and "base" in document


def sweep_of(
    document: Mapping[str, Any], folder: Path | None = None, most: int = GREATEST_SWEEP
) -> tuple[Sweep | None, list[Finding]]:
    """The sweep a document describes; None, and every finding, where it does not.

    folder: where a base named by file lies; None allows no files. most: greatest number of scenarios.
    """
    found: list[Finding] = [
        Finding("error", "unknown-key-of-sweep", join([key[:80]]), {"key": key[:80], "known": list(KEYS)})
        for key in document
        if key not in KEYS
    ]
    base, base_findings = _base(document.get("base"), folder)
    found += base_findings
    if (size := _grid_size(document.get("grid"))) > most:
        return None, [*found, Finding("error", "sweep-too-large", "/grid", {"count": size, "limit": most})]
    variants = list(_variants(document.get("variants"), found))
    grid = dict(_grid(document.get("grid"), found))
    if ("variants" in document) == ("grid" in document):
        found.append(Finding("error", "sweep-form", ""))
    if found or base is None:
        return None, found
    sweep = Sweep(base, tuple(variants), grid)
    if len(sweep) > most:
        return None, [Finding("error", "sweep-too-large", "/variants", {"count": len(sweep), "limit": most})]
    return sweep, []


def _base(base: Any, folder: Path | None) -> tuple[Mapping[str, Any] | None, list[Finding]]:
    if isinstance(base, Mapping):
        return base, []
    if isinstance(base, str):
        path = library_files().get(base)
        if folder is not None and (folder / base).is_file():
            path = folder / base
        if path is not None:
            document, findings = read_file(path)
            return document if isinstance(document, Mapping) else None, list(findings)
    known = sorted(library_files())
    return None, [Finding("error", "sweep-base", "/base", {"base": str(base)[:80], "known": known})]


def _variants(given: Any, found: list[Finding]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if given is None:
        return
    if not isinstance(given, list) or not given:
        found.append(Finding("error", "sweep-values", "/variants"))
        return
    seen = set()
    for n, variant in enumerate(given):
        place = f"/variants/{n}"
        name = variant.get("id") if isinstance(variant, Mapping) else None
        patch = variant.get("patch") if isinstance(variant, Mapping) else None
        if not isinstance(name, str) or not name or not isinstance(patch, Mapping) or len(variant) > 2:
            found.append(Finding("error", "sweep-variant", place))
        elif name in seen:
            times = sum(v.get("id") == name for v in given if isinstance(v, Mapping))
            found.append(Finding("error", "duplicate-id", place, {"id": name[:80], "times": times}))
        else:
            seen.add(name)
            yield name, patch


def _grid(given: Any, found: list[Finding]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if given is None:
        return
    if not isinstance(given, Mapping) or not given:
        found.append(Finding("error", "sweep-values", "/grid"))
        return
    for pointer, values in given.items():
        listed = _listed(values)
        if not pointer.startswith("/") or not listed:
            found.append(Finding("error", "sweep-values", join(["grid", pointer[:200]])))
        else:
            yield pointer, listed


def _grid_size(given: Any) -> int:
    """Points of a grid, counted before any value is made; what is malformed counts once."""
    size = 1
    for values in given.values() if isinstance(given, Mapping) else ():
        count = values.get("count") if isinstance(values, Mapping) else len(values) if isinstance(values, list) else 1
        if isinstance(count, int) and 0 < count <= GREATEST_SWEEP:
            # Beyond this nobody reads the digits.
            size = min(size * count, 10**18)
    return size


def _listed(values: Any) -> tuple[Any, ...]:
    """The values of one pointer: as listed, or ``count`` equal steps from ``from`` to ``to``; none where malformed."""
    if isinstance(values, list):
        return tuple(values)
    if not isinstance(values, Mapping) or set(values) != {"from", "to", "count"}:
        return ()
    low, high, count = (values[key] for key in ("from", "to", "count"))
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < 1e15 for v in (low, high))
    if not numbers or not isinstance(count, int) or isinstance(count, bool) or not 2 <= count <= GREATEST_SWEEP:
        return ()
    return tuple(low + (high - low) * n / (count - 1) for n in range(count))
