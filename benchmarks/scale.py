"""What a batch costs: seconds by number of scenarios and of sites, memory, and bytes kept; with a model that predicts.

python benchmarks/scale.py [--most 10000] [--sites 10 30 60 120 240] [--each 20] [--write docs/scale.md]

Every figure comes from the command itself, ``investai batch``, in processes of its own. The model of the time is

    processor seconds = start + n · (a + b · sites^p)

with a, b and p fitted to batches of equal funds on one worker; the last lines are batches the fit has not seen.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from funds import fund_of
from scipy.optimize import nnls

ROOT = Path(__file__).parents[1]
MARKS = ("<!-- measured -->\n", "<!-- end of measured -->\n")
POWERS = np.linspace(0.6, 2.0, 57)
"""Exponents tried in the fit; for each, a and b are the least squares of relative errors."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One run of the command. seconds of the clock; cpu: of all its processes. early, late: the most memory of all
    processes [MB] in the first fifth of the time, and after it. store, results: bytes a scenario."""

    count: int
    sites: int
    workers: int
    seconds: float
    cpu: float
    early: float
    late: float
    store: float
    results: float


def main() -> None:
    """Measure, fit, predict; print, and write into the document where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--most", type=int, default=10_000, help="scenarios of the longest batch, of three sites")
    arguments.add_argument("--sites", type=int, nargs="+", default=[10, 30, 60, 120, 240])
    arguments.add_argument("--each", type=int, default=20, help="scenarios of each size")
    arguments.add_argument("--write", type=Path)
    asked = arguments.parse_args()
    lines = list(report(asked.most, asked.sites, asked.each))
    print("\n".join(lines))
    if asked.write is not None:
        text = asked.write.read_text()
        before, after = text.split(MARKS[0])[0], text.split(MARKS[1])[1]
        asked.write.write_text(before + MARKS[0] + "\n".join(lines) + "\n" + MARKS[1] + after)


def report(most: int, sites: Sequence[int], each: int) -> Iterator[str]:
    """The lines of the tables, as they are measured."""
    load = os.getloadavg()[0]
    cores, version = os.cpu_count(), platform.python_version()
    yield f"Measured on {date.today():%d %B %Y}: {cores} cores, load {load:.1f} at the start, Python {version}.\n"
    alone = batch(1, 3, 1)
    sizes = [batch(each, n, 1) for n in sites]
    a, b, p = fitted(sizes, alone.cpu)
    numbers = [batch(n, 3, 1) for n in (most // 100, most // 10) if n > 1] + [batch(most, 3, 2)]
    unseen = [batch(2 * each, 2 * sites[len(sites) // 2] * 2 // 3, workers) for workers in (1, 2)]
    yield "| scenarios | sites | workers | seconds | processor s | predicted | a scenario, ms of processor |"
    yield "|---|---|---|---|---|---|---|"
    for run in (alone, *sizes, *numbers, *unseen):
        predicted = alone.cpu + run.count * (a + b * run.sites**p)
        yield (
            f"| {run.count:,} | {run.sites} | {run.workers} | {run.seconds:.1f} | {run.cpu:.1f} | {predicted:.1f} | "
            f"{1000 * (run.cpu - alone.cpu) / run.count:.0f} |"
        )
    yield f"\nFitted: {alone.cpu:.2f} s + n · ({a:.4f} s + {b:.3g} s · sites^{p:.2f}) of processor. The last two"
    yield "lines were not part of the fit, nor those of three sites.\n"
    yield (
        "| scenarios | most memory in the first fifth of the time [MB] | after it [MB] | store [kB a scenario] "
        "| files [kB a scenario] |"
    )
    yield "|---|---|---|---|---|"
    for run in numbers:
        yield f"| {run.count:,} | {run.early:.0f} | {run.late:.0f} | {run.store / 1e3:.1f} | {run.results / 1e3:.1f} |"
    yield ""
    many, one = unseen[0], alone
    kept = ((many.store + many.results) * many.count - one.store - one.results) / (many.count - 1) / many.sites
    yield from million(a, b, p, kept)


def million(a: float, b: float, p: float, kept: float) -> Iterator[str]:
    """What a million scenarios need, by the fit. kept: bytes a scenario and site, beyond an empty store."""
    yield "| a million scenarios of | core-hours | on 64 cores | store and files |"
    yield "|---|---|---|---|"
    for sites in (10, 60, 240):
        hours = 1e6 * (a + b * sites**p) / 3600
        yield f"| {sites} sites | {hours:,.0f} | {hours / 64:,.1f} h | {kept * sites * 1e6 / 1e9:,.0f} GB |"


def batch(count: int, sites: int, workers: int) -> Batch:
    """The command on this many different funds, as one file of JSON Lines."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "funds.jsonl", Path(folder) / "out"
        path.write_text("".join(json.dumps(fund) + "\n" for fund in funds(count, sites)))
        command = [sys.executable, "-m", "optimiser.cli", "batch", str(path), "--out", str(out)]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        memory, cpu = watched(process)
        seconds = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(f"the batch ended with {process.returncode}")
        fifth = max(1, len(memory) // 5)
        store = sum(f.stat().st_size for f in out.glob("store.sqlite*"))
        results = sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) - store
        return Batch(
            count,
            sites,
            workers,
            seconds,
            cpu,
            max(memory[:fifth]),
            max(memory[fifth:]),
            store / count,
            results / count,
        )


def funds(count: int, sites: int) -> Iterator[dict[str, Any]]:
    """Divisible funds, no two alike: the first tier's size differs."""
    base = fund_of(sites)
    rng = random.Random(sites)
    for n in range(count):
        tiers = [dict(tier) for tier in base["fund"]["tiers"]]
        tiers[0]["size"] = round(sites * rng.uniform(20, 100), 3) + n / 1e3
        yield {**base, "name": f"{n}", "fund": {**base["fund"], "tiers": tiers}}


def watched(process: subprocess.Popen[bytes]) -> tuple[list[float], float]:
    """Memory of all processes [MB], five times a second until the end, and what they used of processors [s].

    What a process uses after it was last looked at is not counted: a tenth of a second on average.
    """
    seen: list[float] = []
    used: dict[int, float] = {}
    root = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        for member in _family(root):
            try:
                # What processes share counts once, with the one that shares least.
                total += member.memory_full_info().pss
                times = member.cpu_times()
            except psutil.Error:
                continue
            used[member.pid] = times.user + times.system
        seen.append(total / 2**20)
        time.sleep(0.2)
    return seen, sum(used.values())


def _family(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def fitted(runs: Sequence[Batch], start: float) -> tuple[float, float, float]:
    """a, b ≥ 0 and p of the module's formula, with the least squares of relative errors."""
    each = np.array([(run.cpu - start) / run.count for run in runs])
    sites = np.array([run.sites for run in runs], dtype=float)
    tried = []
    for p in POWERS:
        (a, b), residual = nnls(np.column_stack([np.ones_like(sites), sites**p]) / each[:, None], np.ones_like(each))
        tried.append((residual, float(a), float(b), float(p)))
    return min(tried)[1:]


if __name__ == "__main__":
    main()
