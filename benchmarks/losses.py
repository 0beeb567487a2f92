"""A CVaR limit that binds: adaptive aggregation of draws against every draw written out, in one run.

python benchmarks/losses.py [--draws 20000] [--plain]
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from typing import Any

from optimiser import allocate, load_document
from optimiser.model.build import build_model
from optimiser.solve.arrays import arrays_of
from optimiser.solve.losses import with_plain_losses
from optimiser.solve.session import Session


def layered_fund(sites: int = 76, draws: int = 20_000, at_most: float = 0.05, seed: int = 3) -> dict[str, Any]:
    """Divisible sites, four tiers, and a limit on the middle level and all above it. Amounts in EUR million."""
    rng = random.Random(seed)
    candidates = []
    for n in range(sites):
        cost = rng.randint(1000, 8000)
        candidates.append(
            {
                "id": f"site-{n:02d}",
                "divisible": True,
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
    return {
        "fund": {"loss_sharing": "waterfall", "tiers": tiers},
        "candidates": candidates,
        "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
        "risk": {"correlation": 0.2, "draws": draws, "seed": 7},
    }


def main() -> None:
    """Print seconds and optima; with --plain the programme with every draw written out beside it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--draws", type=int, default=20_000)
    arguments.add_argument("--plain", action="store_true")
    asked = arguments.parse_args()
    document = layered_fund(draws=asked.draws)
    started = time.perf_counter()
    result = allocate(document)
    print(
        f"{asked.draws} draws: {result.objective.value:.3f}, job {time.perf_counter() - started:.2f} s, "
        f"HiGHS in all stages {result.provenance.solver_seconds:.2f} s"
    )
    if asked.plain:
        model = build_model(load_document(document).expect())
        arrays = with_plain_losses(arrays_of(model.programme), model.losses)
        session = Session(arrays, threads=1)
        session.maximise(arrays.cost)
        started = time.perf_counter()
        run = session.run(600, method="interior")
        print(f"written out, interior point: {run.objective:.3f}, {time.perf_counter() - started:.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
