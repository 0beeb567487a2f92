"""What stands around the solver's own run: seconds by step, medians over several runs of one process.

python benchmarks/run.py [--sites 60 1000] [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from funds import fund_of

from optimiser.allocation import Optimum, write_up
from optimiser.certificate import certify
from optimiser.model.build import build_model
from optimiser.result.reasons import reasons_of
from optimiser.result.soft import soft_bounds
from optimiser.scenario.load import load_file
from optimiser.solve.arrays import arrays_of
from optimiser.solve.options import SolveOptions
from optimiser.solve.rounding import plan_of
from optimiser.solve.stages import solve_model


def main() -> None:
    """Print a table: a row a step, a column a size."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sites", type=int, nargs="+", default=[60, 1000])
    arguments.add_argument("--runs", type=int, default=5)
    asked = arguments.parse_args()
    for sites in asked.sites:
        laps: dict[str, list[float]] = defaultdict(list)
        for _ in range(asked.runs):
            for step, seconds in one_run(sites).items():
                laps[step].append(seconds)
        print(f"{sites} sites, {asked.runs} runs: median seconds (least, most)")
        for step, seconds in laps.items():
            print(f"  {step:<24}{statistics.median(seconds):9.4f}  ({min(seconds):.4f}, {max(seconds):.4f})")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def one_run(sites: int) -> dict[str, float]:
    """Seconds of each step of one allocation, as ``allocate`` takes them, and what is not the solver's."""
    laps: dict[str, float] = {}
    clock = time.perf_counter

    def lap(step: str, since: float) -> float:
        laps[step] = clock() - since
        return clock()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fund.json"
        path.write_text(json.dumps(fund_of(sites)))
        at = clock()
        loaded = load_file(path)
        at = lap("load", at)
    scenario = loaded.expect()
    model = build_model(scenario)
    at = lap("state the model", at)
    arrays = arrays_of(model.programme)
    at = lap("take out as arrays", at)
    outcome = solve_model(model, arrays, SolveOptions())
    at = lap("search, all stages", at)
    assert outcome.values is not None
    plan = plan_of(model, outcome.values)
    at = lap("round to euros", at)
    optimum = Optimum(scenario, SolveOptions(), model, arrays, outcome, plan)
    result = write_up(loaded, optimum, "en", at)
    at = lap("write up", at)
    result.to_json()
    at = lap("JSON", at)
    laps["all but HiGHS"] = sum(laps.values()) - outcome.solver_seconds
    laps["HiGHS"] = outcome.solver_seconds
    certify(scenario, plan)
    at = lap("of it: certificate", at)
    reasons_of(scenario, plan, soft_bounds(scenario, plan))
    lap("of it: reasons", at)
    return laps


if __name__ == "__main__":
    main()
