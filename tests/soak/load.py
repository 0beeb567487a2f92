"""Load: many connections at once, a mix of reads, allocations and jobs; nothing fails, no job is lost, memory is flat.

    make load CONNECTIONS=64 SECONDS=60

A real server on loopback with its store in a file. Each connection is a client of its own with keep-alive, which asks
the next question as soon as it has its answer: 60 % reads, 30 % allocations, 10 % jobs. A 429 says that
the queue was full, as it should; anything of 500 or more is a failure. Afterwards every job taken in must have ended
with the right value.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from endurance import expected_value, scenario

ROOT = Path(__file__).parents[2]

READS = ("/v1/scenarios", "/v1/schema", "/v1/limits", "/v1/scenarios/investai-2025", "/health/live", "/metrics")

ENDED = ("succeeded", "failed", "cancelled")


@dataclass(slots=True)
class Seen:
    """What the clients saw. seconds: of each answer that was no refusal, by kind. jobs: question by id."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    jobs: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def resident(parent: int) -> int:
    """Memory of a process and all below it, shared pages counted once a process (PSS) [bytes]."""
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children[int(stat.read_text("utf-8").rpartition(")")[2].split()[1])].append(int(stat.parent.name))
        except OSError:
            continue
    total, open_ = 0, [parent]
    while open_:
        pid = open_.pop()
        open_ += children[pid]
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


async def client(number: int, address: str, end: float, seen: Seen) -> None:
    """One connection, until the end."""
    draw = random.Random(number)
    async with httpx.AsyncClient(base_url=address, timeout=120) as http:
        while time.monotonic() < end:
            question, kind = draw.randrange(200), draw.choices(("read", "allocation", "job"), (6, 3, 1))[0]
            begun = time.perf_counter()
            if kind == "read":
                answer = await http.get(draw.choice(READS))
            else:
                headers = {"Prefer": "respond-async"} if kind == "job" else {}
                answer = await http.post("/v1/allocations", json=scenario(question), headers=headers)
            seconds = time.perf_counter() - begun
            seen.statuses[kind, answer.status_code] += 1
            if answer.status_code == 429:
                await asyncio.sleep(0.2)
                continue
            seen.seconds[kind].append(seconds)
            if kind == "allocation" and answer.status_code == 200:
                if answer.json()["objective"]["value"] != expected_value(question):
                    seen.wrong.append(f"allocation {question}")
            elif kind == "job" and answer.status_code == 202:
                seen.jobs[answer.json()["id"]] = question


async def measured(parent: int, end: float, every: float = 2.0) -> list[int]:
    """Memory from time to time [bytes]."""
    found = []
    while time.monotonic() < end:
        found.append(await asyncio.to_thread(resident, parent))
        await asyncio.sleep(every)
    return found


async def all_jobs_ended(address: str, seen: Seen, limit_s: float = 300.0) -> None:
    """Waits for every job taken in, and looks at its result."""
    end = time.monotonic() + limit_s
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        for id, question in seen.jobs.items():
            while (job := (await http.get(f"/v1/jobs/{id}")).json()).get("state") not in ENDED:
                if time.monotonic() > end:
                    seen.wrong.append(f"job {id} is {job.get('state')}")
                    break
                await asyncio.sleep(0.1)
            else:
                result = (await http.get(f"/v1/jobs/{id}/result")).json()
                if result.get("objective", {}).get("value") != expected_value(question):
                    seen.wrong.append(f"job {id} is {job['state']} with another value")


async def loaded(address: str, parent: int, connections: int, seconds: float) -> tuple[Seen, list[int]]:
    """What the clients saw, and memory meanwhile."""
    seen, end = Seen(), time.monotonic() + seconds
    asking = asyncio.gather(*(client(number, address, end, seen) for number in range(connections)))
    memory, _ = await asyncio.gather(measured(parent, end), asking)
    await all_jobs_ended(address, seen)
    return seen, memory


def start(folder: str) -> tuple[subprocess.Popen[bytes], str]:
    """The service, and its address once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = {"INVESTAI_STORE": f"{folder}/store.sqlite", "INVESTAI_REQUESTS_PER_MINUTE": "0"}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        [sys.executable, "-m", "optimiser.cli", "serve", "--port", str(port)],
        env={**os.environ, **settings, "PYTHONPATH": path},
        stderr=subprocess.DEVNULL,
    )
    address, end = f"http://127.0.0.1:{port}", time.monotonic() + 120
    while True:
        try:
            if httpx.get(f"{address}/health/ready").status_code == 200:
                return process, address
        except httpx.TransportError:
            pass
        assert process.poll() is None and time.monotonic() < end, "the service did not start"
        time.sleep(0.1)


def growth(memory: list[int]) -> float:
    """How much memory grew from the middle third to the last, as a share: what is warm by then should be flat."""
    third = len(memory) // 3
    return statistics.median(memory[-third:]) / statistics.median(memory[third:-third]) - 1 if third else 0.0


def report(seen: Seen, memory: list[int], seconds: float) -> dict[str, Any]:
    """The figures."""
    shown: dict[str, Any] = {}
    for kind, found in sorted(seen.seconds.items()):
        cuts = statistics.quantiles(found, n=100) if len(found) > 1 else found * 99
        shown[kind] = {
            "answers": len(found),
            "a_second": round(len(found) / seconds, 1),
            "p50_ms": round(1e3 * cuts[49], 1),
            "p99_ms": round(1e3 * cuts[98], 1),
        }
    statuses = {f"{kind} {status}": count for (kind, status), count in sorted(seen.statuses.items())}
    sizes = [round(size / 1e6) for size in memory]
    return {
        **shown,
        "statuses": statuses,
        "jobs": len(seen.jobs),
        "wrong": seen.wrong[:10],
        "memory_mb": {"first": sizes[0], "greatest": max(sizes), "last": sizes[-1], "growth": round(growth(memory), 4)},
    }


def main() -> None:
    """Load a service, print the figures, and fail where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="investai-load-") as folder:
        process, address = start(folder)
        try:
            seen, memory = asyncio.run(loaded(address, process.pid, given.connections, given.seconds))
        finally:
            process.terminate()
            process.wait(60)
    print(json.dumps(report(seen, memory, given.seconds), indent=1))
    failures = {key: count for key, count in seen.statuses.items() if key[1] >= 500}
    if failures or seen.wrong or growth(memory) > 0.1:
        sys.exit(f"failures: {failures}; wrong: {seen.wrong[:10]}; growth of memory: {growth(memory):.1%}")


if __name__ == "__main__":
    main()
