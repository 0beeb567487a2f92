"""A family through a batch's worker against a loop of ``allocate``, one process each, same run: processor seconds.

Both give a result's JSON. The loop is given each document ready made; the worker makes it from the sweep, and its key.
Each process first solves a fund of three sites, so that what a process does once (imports) is counted for neither.

python benchmarks/families.py [--sites 60] [--sizes 8] [--rates 4] [--runs 3]

The family is a sweep over a tier's size and the discount rate, of a fund whose objective is discounted.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import statistics
import time
from typing import Any

from funds import fund_of

from optimiser.allocation import allocate
from optimiser.batch.items import Item, items_of_sweep
from optimiser.batch.solving import BatchOptions, solve
from optimiser.batch.sweep import sweep_of
from optimiser.scenario.patch import patched


def main() -> None:
    """Print processor seconds a scenario, median and mean of all runs, and how many times as many the family solves."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sites", type=int, default=60)
    arguments.add_argument("--sizes", type=int, default=8)
    arguments.add_argument("--rates", type=int, default=4)
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    sweep = sweep_document(asked.sites, asked.sizes, asked.rates)
    loops: list[float] = []
    families: list[float] = []
    for _ in range(asked.runs):
        loops += in_process(loop_seconds, sweep)
        families += in_process(family_seconds, sweep)
    loop, family = statistics.median(loops), statistics.median(families)
    print(f"{asked.sizes * asked.rates} scenarios of {asked.sites} sites, {asked.runs} runs: median processor seconds")
    print(f"  loop of allocate   {loop:8.4f}  ({min(loops):.4f}, {max(loops):.4f})")
    print(f"  family             {family:8.4f}  ({min(families):.4f}, {max(families):.4f})")
    print(f"  in all             {sum(loops):8.3f}  {sum(families):8.3f}, of it the first {families[0]:.3f}")
    print(f"  times as many: of medians {loop / family:.2f}, in all {sum(loops) / sum(families):.2f}")


def sweep_document(sites: int, sizes: int, rates: int) -> dict[str, Any]:
    """The size of the grants from a third of what is asked for, in steps of 2 %; the discount rate from 0 to 5 %."""
    base = fund_of(sites)
    base["objective"] = {"terms": [{"term": "discounted_attribute", "attribute": "chips", "life_years": 10}]}
    size = sites * 33
    return {
        "base": base,
        "grid": {
            "/discount_rate": {"from": 0.0, "to": 0.05, "count": rates},
            "/fund/tiers/grants/size": {"from": size, "to": size * (1 + 0.02 * (sizes - 1)), "count": sizes},
        },
    }


def in_process(work: Any, sweep: dict[str, Any]) -> list[float]:
    """The seconds of each scenario, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        laps: list[float] = pool.apply(work, (sweep,))
        return laps


def loop_seconds(document: dict[str, Any]) -> list[float]:
    """Each scenario as a document of its own, by ``allocate``, to JSON."""
    allocate(sweep_document(3, 1, 1)["base"]).to_json()
    sweep, findings = sweep_of(document)
    assert sweep is not None, findings
    laps = []
    for number in range(len(sweep)):
        scenario = copy.deepcopy(patched(sweep.base, sweep.patch(number)))
        started = time.process_time()
        allocate(scenario).to_json()
        laps.append(time.process_time() - started)
    return laps


def family_seconds(document: dict[str, Any]) -> list[float]:
    """Each scenario as a worker of a batch solves it: with its key, its result and its JSON."""
    laps = []
    for item in items(sweep_document(3, 2, 2)):
        solve([item], BatchOptions({}))
    for item in items(document):
        started = time.process_time()
        solve([item], BatchOptions({}))
        laps.append(time.process_time() - started)
    return laps


def items(document: dict[str, Any]) -> list[Item]:
    """The scenarios of the sweep."""
    sweep, findings = sweep_of(document)
    assert sweep is not None, findings
    return list(items_of_sweep(sweep, "family", "family.json"))


if __name__ == "__main__":
    main()
