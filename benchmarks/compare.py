"""The optimiser and its peers on the same work: same machine, same run, in turn, with the same optimal values.

python benchmarks/compare.py [--only allocation] [--peers pulp_cbc] [--smoke] [--write docs/benchmarks.md]

Every peer lives in a process of its own, with its imports and one small job behind it before the clock starts. Runs go
round the peers in turn, so that a busy minute falls on all of them. A peer that takes longer than --limit seconds at
one size is not asked for larger ones. Exit code 1 where optimal values differ by more than 1e-6, relative, or their
number does.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import math
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as LimitReached
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from jobs import JOBS, SHOWN, Job
from pebble import ProcessPool

PEERS = (
    "investai_whole", "investai_solve", "raw_highs", "pulp_cbc", "pyomo_highs", "linopy_highs", "cvxpy_highs",
    "skfolio_mean_risk", "riskfolio_cvar", "investai_service", "investai_minimal", "pulp_service",
)  # fmt: skip
SAME = 1e-6
"""Relative difference within which two optimal values are the same."""

BEGIN, END = "<!-- figures: written by benchmarks/compare.py -->", "<!-- end of figures -->"

ALONE: dict[tuple[str, str, int], Any] = {}
"""In a peer's process: what a job was prepared to."""


@dataclass(slots=True)
class Laps:
    """Runs of one peer at one job and size [s]; what it returned. late: it took longer than the limit."""

    seconds: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    late: bool = False
    failed: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


Table = dict[tuple[str, int], dict[str, Laps]]
"""By job and size, then by peer."""


def peer_called(name: str) -> ModuleType | None:
    """The module of a peer; None where its packages are not installed."""
    try:
        return importlib.import_module(f"peers.{name}")
    except ImportError:
        return None


def lap(name: str, job: Job, size: int, warm: bool) -> tuple[float, list[float]]:
    """In the peer's process: one run [s] and its values."""
    peer = importlib.import_module(f"peers.{name}")
    key = (name, job.name, size)
    if key not in ALONE:
        ALONE.clear()
        prepare = getattr(peer, "prepare", None)
        data = job.data(size)
        ALONE[key] = prepare(job.name, data) if prepare is not None else data
    started = time.perf_counter()
    values = getattr(peer, job.name)(ALONE[key])
    seconds = time.perf_counter() - started
    if warm:
        ALONE.clear()
    return seconds, [float(value) for value in values]


@contextmanager
def processes(peers: Sequence[str]) -> Iterator[dict[str, ProcessPool]]:
    """A process for each peer."""
    context = multiprocessing.get_context("spawn")
    pools = {name: ProcessPool(max_workers=1, context=context) for name in peers}
    try:
        yield pools
    finally:
        for pool in pools.values():
            pool.close()
            pool.join()


def measured(
    job: Job, sizes: Sequence[int], pools: dict[str, ProcessPool], runs: int, limit_s: float, warm: bool = True
) -> Table:
    """Runs of every peer at every size, in turn. warm: after one that is not counted."""
    able = [name for name in pools if hasattr(peer_called(name), job.name)]
    table: Table = {}
    for name in able if warm else ():
        pools[name].schedule(lap, args=(name, job, job.smoke, True)).result()
    slow: set[str] = set()
    for size in sizes:
        laps = {name: Laps(late=name in slow) for name in able}
        for _ in range(runs):
            for name in able:
                _one_lap(pools[name], name, job, size, laps[name], limit_s)
        slow = {name for name in able if laps[name].late or laps[name].failed}
        table[job.name, size] = laps
        told(f"{job.title}, {size} {job.unit}: " + ", ".join(f"{n} {_seconds(of)}" for n, of in laps.items()))
    return table


def _one_lap(pool: ProcessPool, name: str, job: Job, size: int, laps: Laps, limit_s: float) -> None:
    if laps.late or laps.failed:
        return
    try:
        seconds, values = pool.schedule(lap, args=(name, job, size, False), timeout=limit_s).result()
    except LimitReached:
        laps.late = True
    except Exception as error:  # of any library: it is told, and fails the comparison
        laps.failed = f"{type(error).__name__}: {error}"
    else:
        laps.seconds.append(seconds)
        laps.values = values


def differences(table: Table) -> Iterator[str]:
    """Where a peer's values are not the first one's."""
    for (job, size), laps in table.items():
        done = {name: one.values for name, one in laps.items() if one.seconds}
        for name, one in laps.items():
            if one.failed:
                yield f"{job} {size}: {name} failed: {one.failed}"
        if not done:
            yield f"{job} {size}: nobody did it"
            continue
        first, expected = next(iter(done.items()))
        for name, values in done.items():
            if len(values) != len(expected):
                yield f"{job} {size}: {name} gives {len(values)} values, {first} {len(expected)}"
                continue
            for n, (one, other) in enumerate(zip(values, expected, strict=True)):
                if not math.isclose(one, other, rel_tol=SAME, abs_tol=SAME * abs(max(expected, key=abs))):
                    yield f"{job} {size}: value {n} is {one!r} for {name}, {other!r} for {first}"
                    break


def exponent(points: Sequence[tuple[int, float]]) -> float | None:
    """b of seconds = a · size^b, by least squares on logarithms over the four largest sizes; None for fewer than 3."""
    points = points[-4:]
    if len(points) < 3:
        return None
    x = [math.log(size) for size, _ in points]
    y = [math.log(seconds) for _, seconds in points]
    return statistics.linear_regression(x, y).slope


def figures(table: Table, jobs: Sequence[Job], note: str) -> Iterator[str]:
    """The tables in Markdown."""
    yield f"Measured on {date.today().isoformat()}: {os.cpu_count()} processors, {platform.system()}"
    yield f"{platform.machine()}, Python {platform.python_version()}. {note}".rstrip()
    for job in jobs:
        sizes = [size for of, size in table if of == job.name]
        for size in [s for s in sizes if s in SHOWN.get(job.name, sizes)] or sizes[-1:]:
            yield ""
            yield f"**{job.title}: {size:,} {job.unit}**"
            yield ""
            yield from _rows(table[job.name, size])
    for job in jobs:
        sizes = [size for of, size in table if of == job.name]
        if len(sizes) >= 3:
            yield ""
            yield f"**Growth: {job.title[0].lower()}{job.title[1:]}, median seconds by {job.unit}**"
            yield ""
            yield f"| | {' | '.join(f'{size:,}' for size in sizes)} | exponent |"
            yield "|---|" + "---:|" * (len(sizes) + 1)
            for name in table[job.name, sizes[0]]:
                laps = [(size, table[job.name, size][name]) for size in sizes]
                b = exponent([(size, one.median) for size, one in laps if one.seconds])
                shown = [f"{one.median:.3g}" if one.seconds else _missing(one) for _, one in laps]
                yield f"| {_called(name)} | {' | '.join(shown)} | {'' if b is None else f'{b:.2f}'} |"
    yield ""
    yield "Versions: " + ", ".join(f"{package} {version}" for package, version in versions().items()) + "."


def _rows(laps: dict[str, Laps]) -> Iterator[str]:
    ours = [name for name in laps if name.startswith("investai") and laps[name].seconds]
    yield (
        "| | median s | least, most | " + " | ".join(f"× {_called(name).strip('*')}" for name in ours) + " | optimum |"
    )
    yield "|---|---:|---:|" + "---:|" * len(ours) + "---:|"
    for name, one in laps.items():
        if not one.seconds:
            yield f"| {_called(name)} | {_missing(one)} | | " + " | ".join("" for _ in ours) + " | |"
            continue
        ratios = " | ".join(f"{one.median / laps[other].median:.2f}" for other in ours)
        spread = f"{min(one.seconds):.3g}, {max(one.seconds):.3g}"
        total = math.fsum(one.values)
        optimum = f"{total:,.6g}" if len(one.values) == 1 else f"{len(one.values)} values, sum {total:,.8g}"
        yield f"| {_called(name)} | {one.median:.3g} | {spread} | {ratios} | {optimum} |"


def _called(name: str) -> str:
    peer = peer_called(name)
    return str(peer.NAME) if peer is not None else name


def _missing(laps: Laps) -> str:
    return "failed" if laps.failed else "over the limit"


def _seconds(laps: Laps) -> str:
    return f"{laps.median:.3g} s" if laps.seconds else _missing(laps)


def versions() -> dict[str, str]:
    """Of every package a peer that is here names."""
    named = [package for peer in map(peer_called, PEERS) if peer is not None for package in peer.PACKAGES]
    found = {}
    for package in dict.fromkeys(named):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "from source"
    return found


def write(path: Path, lines: Sequence[str]) -> None:
    """Put the tables between the two marks of a page."""
    page = path.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n" + "\n".join(lines) + f"\n\n{END}{after}", encoding="utf-8")


def told(line: str) -> None:
    """Progress, apart from the tables."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, perhaps write them; 1 where values differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[job.name for job in JOBS], help="jobs")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--sizes", nargs="+", type=int, help="other sizes than the jobs' own")
    parser.add_argument("--runs", type=int, help="of every peer and size; otherwise the job's own number")
    parser.add_argument("--limit", type=float, default=300, help="seconds a run may take")
    parser.add_argument("--smoke", action="store_true", help="the smallest size once: are the values the same?")
    parser.add_argument("--shown", action="store_true", help="only the sizes with a table of their own: no growth")
    parser.add_argument("--note", default="", help="a sentence about the machine, for the page")
    parser.add_argument("--write", type=Path, help="page whose tables are written anew")
    asked = parser.parse_args(arguments)
    jobs = [job for job in JOBS if asked.only is None or job.name in asked.only]
    absent = [name for name in asked.peers if peer_called(name) is None]
    if absent:
        told(f"not installed here: {', '.join(absent)}")
    table: Table = {}
    with processes([name for name in asked.peers if name not in absent]) as pools:
        for job in jobs:
            of_job = SHOWN.get(job.name, job.sizes) if asked.shown else job.sizes
            sizes = [job.smoke] if asked.smoke else asked.sizes or of_job
            runs = 1 if asked.smoke else asked.runs or job.runs
            table |= measured(job, sizes, pools, runs, asked.limit, warm=not asked.smoke)
    lines = list(figures(table, jobs, asked.note))
    print("\n".join(lines))
    if asked.write:
        write(asked.write, lines)
    wrong = list(differences(table))
    for line in wrong:
        told(f"NOT THE SAME: {line}")
    if not wrong:
        told(f"every optimal value agrees within {SAME:g}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
