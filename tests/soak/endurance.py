"""Endurance: the service is killed again and again while it works through a batch, and nothing is lost or doubled.

    make soak ROUNDS=50
    python tests/soak/endurance.py --rounds 50 --scenarios 500 --kills 5

A round submits a batch of small scenarios, kills the server and all its processes (SIGKILL) at random moments, starts
it anew on the same store each time, and lets it end. Then every scenario must have exactly one result, and the right
one: which sites are funded was counted by hand, a result in the store each, and one ``child`` event each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from optimiser.batch.store import Store
from optimiser.batch.tables import results

ROOT = Path(__file__).parents[2]

SITES = 4
COST = 3.0
LEASE_S = 1.5
"""Short: a round shall not wait long for what the dead process held."""

LIMIT_S = 300.0
"""After which a round that has not ended has lost something."""


class Wrong(AssertionError):
    """What must hold does not."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round was like. kills: of the server. seconds: until the batch had ended."""

    scenarios: int
    kills: int
    begun_again: int
    seconds: float


def scenario(number: int) -> dict[str, Any]:
    """Four like sites of EUR 3 million and a fund of its own size: it pays as many as fit in it, each of its worth.

    The size grows by a thousandth a number, so that no two scenarios are one question.
    """
    return {
        "name": f"number {number}",
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": size(number)}]},
        "candidates": [{"id": f"s{n}", "cost": {"2027": COST}, "attributes": {"x": n + 1}} for n in range(SITES)],
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
    }


def size(number: int) -> float:
    """Of the fund of a scenario."""
    return round(1.0 + 0.037 * (number % 317) + 0.001 * (number // 317), 6)


def expected_value(number: int) -> int:
    """What the fund reaches: the worthiest sites that fit."""
    fitting = min(int(size(number) / COST + 1e-9), SITES)
    return sum(range(SITES, SITES - fitting, -1))


class Service:
    """The service on one store, started anew after every kill."""

    def __init__(self, store: str, workers: int):
        self.store, self.workers = store, workers
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        settings = {"STORE": self.store, "WORKERS": self.workers, "JOB_WORKERS": self.workers, "LEASE_S": LEASE_S}
        environment = {f"INVESTAI_{name}": str(value) for name, value in settings.items()}
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--log-level", "error"],
            env={**os.environ, **environment, "PYTHONPATH": path},
            start_new_session=True,
        )
        end = time.monotonic() + 60
        while self.get("/health/live") is None:
            if self.process.poll() is not None or time.monotonic() > end:
                raise Wrong("the server did not start")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it with all its processes: nobody gets to say goodbye."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def get(self, path: str) -> Any:
        """A document; None where the server does not answer."""
        return self._asked("GET", path, None)[1]

    def submit(self, documents: list[dict[str, Any]]) -> str:
        """The address of a batch of these scenarios."""
        status, document = self._asked("POST", "/v1/batches", json.dumps({"scenarios": documents}))
        if status != 202:
            raise Wrong(f"the batch was not taken: {document}")
        return str(document["links"]["self"])

    def _asked(self, method: str, path: str, body: str | None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            content = response.read()
            return response.status, content if "stream" in response.headers["content-type"] else json.loads(content)
        except (OSError, HTTPException):
            return 0, None
        finally:
            connection.close()


def endure(store: str, scenarios: int, kills: int, draw: random.Random, workers: int = 2) -> Round:
    """One round on an empty store. Errors: Wrong."""
    service = Service(store, workers)
    killed = 0
    try:
        service.start()
        begun = time.monotonic()
        address = service.submit([scenario(n) for n in range(scenarios)])
        while True:
            batch = service.get(f"{address}?limit=1")
            if batch is not None and batch["ended_at"] is not None:
                break
            if time.monotonic() - begun > LIMIT_S:
                raise Wrong(f"not ended after {LIMIT_S} s: {batch}")
            if killed < kills:
                # From the middle of starting its workers to the middle of a batch.
                time.sleep(draw.uniform(0.05, 3.0))
                service.kill()
                killed += 1
                service.start()
            else:
                time.sleep(0.1)
        seconds = time.monotonic() - begun
        again = check(service, address, store, scenarios)
    finally:
        service.kill()
    return Round(scenarios, killed, again, round(seconds, 1))


def check(service: Service, address: str, store: str, scenarios: int) -> int:
    """Every scenario has exactly one right result; how many jobs were begun more than once. Errors: Wrong."""
    batch = service.get(f"{address}?limit=1000")
    if (batch["state"], batch["succeeded"], batch["total"]) != ("succeeded", scenarios, scenarios):
        raise Wrong(f"the batch ended as {batch['state']}, {batch['succeeded']} of {scenarios} succeeded")
    if [job["number"] for job in batch["jobs"]] != list(range(scenarios)):
        raise Wrong("a child is missing or stands twice")
    again = 0
    for number, job in enumerate(batch["jobs"]):
        result = service.get(f"{job['link']}/result")
        right = result["termination"] == "optimal" and result["certificate"]["holds"]
        if not right or result["objective"]["value"] != expected_value(number):
            raise Wrong(f"scenario {number}: {result['objective']['value']}, not {expected_value(number)}")
        again += service.get(job["link"])["attempts"] > 1
    told = service.get(f"{address}/events").decode().split("\n\n")
    data = [json.loads(block.partition("data: ")[2]) for block in told if "event: child" in block]
    if Counter(event["number"] for event in data) != Counter(range(scenarios)):
        raise Wrong("an end was told twice, or not at all")
    opened = Store(store)
    with opened.reading() as connection:
        kept = len(connection.execute(results.select()).all())
    opened.close()
    if kept != scenarios:
        raise Wrong(f"{kept} results are kept of {scenarios} scenarios")
    return again


def main() -> None:
    """Run the rounds, a line each; ends with code 1 at the first that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scenarios", type=int, default=500)
    parser.add_argument("--kills", type=int, default=5, help="in each round")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    total = Counter[str]()
    for number in range(1, given.rounds + 1):
        with tempfile.TemporaryDirectory(prefix="investai-soak-") as folder:
            done = endure(str(Path(folder) / "store.sqlite"), given.scenarios, given.kills, draw)
        print(f"round {number}: {done.kills} kills, {done.begun_again} begun again, {done.seconds} s", flush=True)
        total += Counter(kills=done.kills, scenarios=done.scenarios, again=done.begun_again)
    print(
        f"{given.rounds} rounds, {total['scenarios']} scenarios, {total['kills']} kills, "
        f"{total['again']} begun more than once: every scenario has exactly one right result"
    )


if __name__ == "__main__":
    main()
