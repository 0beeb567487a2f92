"""What a batch consists of: items from files, folders, globs, JSON Lines and sweeps, each with a name of its own."""

from __future__ import annotations

import glob
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from optimiser.batch.sweep import Sweep, is_sweep, sweep_of
from optimiser.errors import PointerError
from optimiser.findings import Finding, has_errors
from optimiser.library import library_files
from optimiser.scenario.family import ReadFamily
from optimiser.scenario.load import Loaded, load_document, load_file, load_read
from optimiser.scenario.patch import patched
from optimiser.scenario.read import GREATEST_FILE, read_file, read_json

ENDINGS = (".json", ".yaml", ".yml", ".xlsx", ".jsonl", ".ndjson")
"""Files of a folder that belong to a batch; others lie there for people."""


@dataclass(frozen=True, slots=True)
class Item(ABC):
    """One scenario of a batch, before anybody has read it: small, and able to travel to a worker.

    name: of its results, unique in the batch. source: where it stands, for people.
    """

    name: str
    source: str

    @abstractmethod
    def content(self) -> bytes:
        """What decides its answer: the same bytes give the same scenario. Errors: OSError."""

    @abstractmethod
    def load(self, settings: Mapping[str, Any]) -> Loaded:
        """The scenario, with everything found in it."""


@dataclass(frozen=True, slots=True)
class FileItem(Item):
    """A file."""

    path: Path

    def content(self) -> bytes:
        size = self.path.stat().st_size
        # A file too large to be read is refused for its size, whatever stands in it.
        return self.path.suffix.lower().encode() + (self.path.read_bytes() if size <= GREATEST_FILE else b"%d" % size)

    def load(self, settings: Mapping[str, Any]) -> Loaded:
        return load_file(self.path, settings)


@dataclass(frozen=True, slots=True)
class LineItem(Item):
    """A line of a JSON Lines file, read when it is needed."""

    path: Path
    offset: int
    length: int

    def content(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.length)

    def load(self, settings: Mapping[str, Any]) -> Loaded:
        try:
            content = self.content()
        except OSError as error:
            return Loaded(None, (_unreadable(self.path, error),))
        document, findings = read_json(content)
        if is_sweep(document):
            return Loaded(None, (Finding("error", "sweep-in-lines", ""),))
        return load_read(document, findings, settings)


@dataclass(frozen=True, slots=True)
class SweepItem(Item):
    """A scenario of a sweep: its number."""

    sweep: Sweep
    number: int

    def content(self) -> bytes:
        return orjson.dumps([self.sweep.base, self.sweep.patch(self.number)])

    def load(self, settings: Mapping[str, Any], family: ReadFamily | None = None) -> Loaded:
        try:
            document = patched(self.sweep.base, self.sweep.patch(self.number))
        except PointerError as error:
            return Loaded(None, (Finding("error", "patch-leads-nowhere", "", {"reason": error.where}),))
        return load_document(document, settings, family)


@dataclass(frozen=True, slots=True)
class BrokenItem(Item):
    """What was named and cannot be read as scenarios: it fails, and the rest goes on."""

    findings: tuple[Finding, ...]

    def content(self) -> bytes:
        return repr(self.findings).encode()

    def load(self, settings: Mapping[str, Any]) -> Loaded:
        return Loaded(None, self.findings)


def items_of(paths: Sequence[str]) -> list[Item]:
    """The items behind files, folders (with those below), globs and ids of carried scenarios, in that order.

    A file is read here only where it holds several scenarios: a sweep or JSON Lines.
    """
    items: list[Item] = []
    for given in paths:
        for path, name in _files(given):
            items += _items_of_file(path, name)
    return _named_apart(items)


def items_of_sweep(sweep: Sweep, name: str, source: str) -> Iterator[Item]:
    """The scenarios of a sweep, named ``name/…``."""
    for n in range(len(sweep)):
        yield SweepItem(f"{name}/{_safe(sweep.name(n))}", source, sweep, n)


def _files(given: str) -> Iterable[tuple[Path, str]]:
    """Files behind one argument, with the names of their results."""
    path = Path(given)
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if _belongs(p))
        return [(p, p.relative_to(path).with_suffix("").as_posix()) for p in inside]
    if os.path.lexists(path):
        return [(path, path.stem)]
    if glob.has_magic(given):
        matches = [Path(p) for p in sorted(glob.glob(given, recursive=True))]
        return [pair for match in matches for pair in _files(str(match))]
    if given in library_files():
        return [(library_files()[given], given)]
    return [(path, path.stem)]


def _belongs(path: Path) -> bool:
    """Whether a file of a folder is read; what a spreadsheet puts beside an open workbook is not."""
    return path.suffix.lower() in ENDINGS and path.is_file() and not path.name.startswith("~$")


def _items_of_file(path: Path, name: str) -> Iterator[Item]:
    name, source = _safe(name), str(path)
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        yield from _lines(path, name)
        return
    if suffix == ".xlsx":
        yield FileItem(name, source, path)
        return
    try:
        # A sweep says so in its first lines; reading every file twice to find out would cost more than it saves.
        with path.open("rb") as file:
            may_be_sweep = b"base" in file.read(65_536)
    except OSError:
        may_be_sweep = False
    if may_be_sweep:
        document, findings = read_file(path)
        if is_sweep(document) and not has_errors(findings):
            sweep, found = sweep_of(document, path.parent)
            if sweep is None:
                yield BrokenItem(name, source, tuple(found))
            else:
                yield from items_of_sweep(sweep, name, source)
            return
    yield FileItem(name, source, path)


def _lines(path: Path, name: str) -> Iterator[Item]:
    """Each line a scenario; empty lines are none. The name is the line's number, so that it stays when others go."""
    try:
        with path.open("rb") as file:
            lines = [(len(line), bool(line.strip())) for line in file]
    except OSError as error:
        yield BrokenItem(name, str(path), (_unreadable(path, error),))
        return
    offset, digits = 0, len(str(len(lines)))
    for n, (length, filled) in enumerate(lines, start=1):
        if filled:
            yield LineItem(f"{name}/{n:0{digits}}", f"{path}:{n}", path, offset, length)
        offset += length


def _unreadable(path: Path, error: OSError) -> Finding:
    reason = error.strerror or type(error).__name__
    return Finding("error", "cannot-read", "", {"file": path.name, "reason": reason})


def _safe(name: str) -> str:
    """A name that is a path below any folder: no steps upwards, no characters a file system minds."""
    parts = [re.sub(r"[^\w.=+ -]", "_", part).strip(". ")[:120] for part in name.split("/")]
    return "/".join(part or "_" for part in parts)


def _named_apart(items: Sequence[Item]) -> list[Item]:
    """The same items, later ones of one name numbered; names that differ in case alone are one on some disks."""
    seen: set[str] = set()
    named = []
    for item in items:
        name, n = item.name, 2
        while name.lower() in seen:
            name, n = f"{item.name}-{n}", n + 1
        seen.add(name.lower())
        named.append(item if name == item.name else replace(item, name=name))
    return named
