"""CVaR limits that bind, on one level or three, over sites in part or as a whole: seconds, bounds and memory of a job.

python benchmarks/losses.py [--draws 5000 20000] [--levels 3] [--whole] [--seeds 1 2] [--threads 2] [--seconds 60]
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import time
from typing import Any

from optimiser import allocate


def layered_fund(
    sites: int = 76, draws: int = 20_000, at_most: float = 0.05, seed: int = 3, levels: int = 1, whole: bool = False
) -> dict[str, Any]:
    """Four tiers, and limits on one level (the middle and all above it) or on all three. Amounts in EUR million."""
    rng = random.Random(seed)
    candidates = []
    for n in range(sites):
        cost = rng.randint(1000, 8000)
        candidates.append(
            {
                "id": f"site-{n:02d}",
                "divisible": not whole,
                "private_pledge": round(0.35 * cost),
                "failure_probability": round(rng.uniform(0.03, 0.25), 3),
                "attributes": {"chips": round(cost * rng.uniform(15, 35))},
                "cost": {"2027": cost},
            }
        )
    limit = {"cvar": {"level": 0.95, "at_most": at_most, "of": "level_and_above"}}
    tiers = [
        {"id": "grant", "instrument": "grant", "size": 8000, "max_share_of_cost": 0.17},
        {"id": "equity", "instrument": "equity", "size": 6000, "max_share_of_cost": 0.3, "seniority": 0},
        {"id": "middle", "instrument": "quasi_equity", "size": 8000, "max_share_of_cost": 0.3, "seniority": 1,
         "loss_given_failure": 0.8, "limits": limit},
        {"id": "senior", "instrument": "loan", "size": 30000, "max_share_of_cost": 0.6, "seniority": 2,
         "loss_given_failure": 0.5, "public": False},
    ]  # fmt: skip
    if levels == 3:
        tiers[1]["limits"] = {"cvar": {"level": 0.9, "at_most": 0.6}}
        tiers[3]["limits"] = {"cvar": {"level": 0.99, "at_most": at_most / 2}, "expected_loss": {"at_most": 0.001}}
    return {
        "fund": {"loss_sharing": "waterfall", "tiers": tiers},
        "candidates": candidates,
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
        "risk": {"correlation": 0.2, "draws": draws, "seed": 7},
    }


def main() -> None:
    """One line a job: its optimum, how far it is proven, seconds and memory so far."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--draws", type=int, nargs="+", default=[5_000, 20_000, 100_000])
    arguments.add_argument("--levels", type=int, choices=(1, 3), default=1)
    arguments.add_argument("--whole", action="store_true", help="sites are built as a whole or not at all")
    arguments.add_argument("--sites", type=int, default=76)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[3], help="one fund for each")
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=60, help="time limit of a job")
    asked = arguments.parse_args()
    for draws, seed in itertools.product(asked.draws, asked.seeds):
        document = layered_fund(asked.sites, draws, levels=asked.levels, whole=asked.whole, seed=seed)
        document["solver"] = {"time_limit_s": asked.seconds, "threads": asked.threads}
        started = time.perf_counter()
        result = allocate(document)
        seconds = time.perf_counter() - started
        reached = result.objective
        print(
            f"{draws} draws, seed {seed}, {result.termination}: {reached.value:,.1f}, gap {reached.gap:.2%}, another "
            f"as good: {reached.another_optimum}, job {seconds:.2f} s, HiGHS {result.provenance.solver_seconds:.2f} s, "
            f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
