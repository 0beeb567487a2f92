"""The pure function a batch maps over its items: a scenario and options in, a finished result out.

Its answer is known by its key, a hash of the scenario, the options and the version: nothing else decides it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import orjson

from optimiser.allocation import allocate, options_of
from optimiser.batch.family import Family
from optimiser.batch.items import Item, SweepItem
from optimiser.findings import Finding
from optimiser.result.exit_codes import Exit, exit_code
from optimiser.scenario.canonical import Canonical, canonical_of
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario
from optimiser.solve.options import SolveOptions

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How every scenario of a batch is read and solved. What is None comes from the scenario's own ``solver``.

    settings: values by pointer, put into each scenario first.
    """

    settings: Mapping[str, Any]
    lang: str = "en"
    solver: str = "highs"
    time_limit_s: float | None = None
    mip_gap: float | None = None
    threads: int | None = None

    def solve_options(self, scenario: Scenario) -> SolveOptions:
        """The options of one scenario."""
        own = options_of(scenario, self.solver)
        return SolveOptions(
            own.time_limit_s if self.time_limit_s is None else self.time_limit_s,
            own.mip_gap if self.mip_gap is None else self.mip_gap,
            own.threads if self.threads is None else self.threads,
            self.solver,
        )


@dataclass(frozen=True, slots=True)
class Solved:
    """A finished result: its key, how it ended, and its JSON."""

    key: str
    scenario: str
    termination: str
    has_allocation: bool
    seconds: float
    body: bytes

    @property
    def exit_code(self) -> Exit:
        """The number its termination stands for."""
        return exit_code(self.termination, self.has_allocation)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item that was read: the key of its answer and the names it goes by; or what is wrong with it.

    findings: as the result shows them, where there is no key. names: of the scenario ("") and of its candidates by id:
    they are no part of the key, so that the kept result may have been solved under others.
    """

    key: str | None
    findings: tuple[dict[str, Any], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """An item that failed for no fault of its scenario; nothing of it is kept, so that it is tried again."""

    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A solved item: what its reading and its solving gave."""

    prepared: Prepared
    solved: Solved


def content_digest(item: Item, options: BatchOptions) -> str:
    """What an item's reading depends on, as a hash: where it is known, nothing has changed since. Errors: OSError."""
    read = [options.lang, options.solver, options.time_limit_s, options.mip_gap, options.threads, version()]
    settings = orjson.dumps([dict(options.settings), read], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(settings + b"\n" + item.content()).hexdigest()


def prepare(items: Sequence[Item], options: BatchOptions) -> list[Prepared | Failed]:
    """Read and check items, without solving them: one a given item, in their order."""
    return [_guarded(item, options, lambda i, o: _prepared(i.load(o.settings), o)) for item in items]


def _prepared(loaded: Loaded, options: BatchOptions, canonical: Canonical | None = None) -> Prepared:
    if loaded.scenario is None:
        return Prepared(None, tuple(f.as_dict(options.lang) for f in loaded.findings))
    names = {"": loaded.scenario.name} | {c.id: c.name for c in loaded.scenario.candidates if c.name}
    canonical = canonical or canonical_of(loaded.scenario)
    return Prepared(key_of(loaded.scenario, canonical.sha256(), options), names=names)


def key_of(scenario: Scenario, sha256: str, options: BatchOptions) -> str:
    """The key of the answer to a scenario of a batch. sha256: its canonical hash."""
    return answer_key(sha256, options.solve_options(scenario), options.lang)


def answer_key(sha256: str, options: SolveOptions, lang: str) -> str:
    """SHA-256 of a scenario's canonical hash, the options and the version, as 64 hexadecimal digits."""
    decided = [sha256, asdict(options), lang, version()]
    return hashlib.sha256(orjson.dumps(decided, option=orjson.OPT_SORT_KEYS)).hexdigest()


def solve(items: Sequence[Item], options: BatchOptions) -> list[Answered | Prepared | Failed]:
    """Solve items one after the other: for each its result, or what is wrong with it."""
    return [_guarded(item, options, _answered) for item in items]


def _guarded(item: Item, options: BatchOptions, work: Callable[[Item, BatchOptions], Answer]) -> Answer | Failed:
    """Whatever an item does to the library is its own: it fails, and the rest goes on."""
    try:
        return work(item, options)
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        return failed("item-failed", {"reason": reason[:500]}, options.lang)


def _answered(item: Item, options: BatchOptions) -> Answered | Prepared:
    read = _family().read if isinstance(item, SweepItem) else None
    loaded = item.load(options.settings, read) if isinstance(item, SweepItem) else item.load(options.settings)
    canonical = None
    if loaded.scenario is not None:
        canonical = read.canonical(loaded.scenario) if read is not None else canonical_of(loaded.scenario)
    prepared = _prepared(loaded, options, canonical)
    if loaded.scenario is None or prepared.key is None:
        return prepared
    solve_options = options.solve_options(loaded.scenario)
    if isinstance(item, SweepItem):
        result = _family().allocate(loaded, solve_options, options.lang, canonical)
    else:
        result = allocate(loaded, solve_options, options.lang)
    solved = Solved(
        prepared.key,
        result.scenario.sha256,
        result.termination,
        result.has_allocation,
        result.provenance.seconds,
        result.to_json(),
    )
    return Answered(prepared, solved)


_of_thread = threading.local()
"""Workers of a cluster may be threads of one process; a solver session is one thread's."""


def _family() -> Family:
    """The family of this worker: scenarios of a sweep come one after the other, over many tasks."""
    if not hasattr(_of_thread, "family"):
        _of_thread.family = Family()
    family: Family = _of_thread.family
    return family


def failed(code: str, params: Mapping[str, Any], lang: str) -> Failed:
    """The failure of an item, in words."""
    return Failed((Finding("error", code, "", params).as_dict(lang),))


def labelled(body: bytes, names: Mapping[str, str]) -> bytes:
    """A result's JSON under the names of the item that asks for it."""
    document = orjson.loads(body)
    document["scenario"]["name"] = names.get("", "")
    for award in document["candidates"]:
        award["name"] = names.get(award["id"], "")
    return orjson.dumps(document)


@cache
def version() -> str:
    """The version whose answers are kept: this program to the letter, and the solver below it."""
    source = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(folder.rglob("*.py")):
        source.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return f"{_installed('investai-optimiser')} {source.hexdigest()[:16]} highspy {_installed('highspy')}"


def _installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "source"
