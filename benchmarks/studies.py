"""Studies against a loop that states and solves each version of the scenario afresh, with the same solver.

python benchmarks/studies.py [--sites 60] [--points 100] [--draws 1000] [--loop 20]

The loop does what a practised user would write: the scenario with its floor or its numbers, ``solve_scenario``, next.
It has no certificate and no reasons to write; the frontier is told with and without the seconds these take. Of a loop,
``--loop`` versions are solved and the rest is counted at the same mean. Seconds are of one process; frontier and loop
take turns within one run.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from funds import fund_of

from optimiser.allocation import options_of, solve_scenario, solve_stated
from optimiser.batch.engine import processes
from optimiser.evaluation import scored
from optimiser.model.build import build_model
from optimiser.model.objective import stage_name
from optimiser.scenario.load import alone, load_document
from optimiser.scenario.objective import Objective, Term
from optimiser.scenario.scenario import Scenario
from optimiser.solve.arrays import arrays_of
from optimiser.study import frontiers
from optimiser.study.draws import Draws
from optimiser.study.frontiers import frontier
from optimiser.study.robustness import inputs_of, robustness

KINDS = ("linear", "whole", "draws")


def main() -> None:
    """One line a study."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sites", type=int, default=60)
    arguments.add_argument("--points", type=int, default=100)
    arguments.add_argument("--draws", type=int, default=1000)
    arguments.add_argument("--loop", type=int, default=20, help="versions the loop really solves")
    arguments.add_argument(
        "--only", choices=("linear", "whole", "draws"), nargs="+", default=["linear", "whole", "draws"]
    )
    asked = arguments.parse_args()
    for kind in asked.only:
        if kind == "draws":
            print(draws(asked.sites, asked.draws, asked.loop))
        else:
            print(points(asked.sites, kind == "linear", asked.points, asked.loop))


def traded(sites: int, divisible: bool) -> dict[str, Any]:
    """The fund with two terms to trade: chips against public money."""
    document = fund_of(sites, divisible)
    terms = [{"term": "attribute", "attribute": "chips"}, {"term": "public_money"}]
    return document | {"objective": {"terms": terms}, "solver": {"time_limit_s": 3600}}


def points(sites: int, divisible: bool, count: int, loop: int) -> str:
    """A frontier of so many floors, and its points one after the other afresh."""
    document = traded(sites, divisible)
    frontier(traded(3, divisible), points=3)
    writing: list[float] = []
    frontiers.scored = clocked(scored, writing)
    started = time.perf_counter()
    answer = frontier(document, points=count)
    took = time.perf_counter() - started
    frontiers.scored = scored
    scenario = load_document(document).expect()
    floors = [-p.values[1] for p in answer.points]
    chosen = floors[:: max(1, len(floors) // loop)][:loop]
    started = time.perf_counter()
    for floor in chosen:
        afresh(scenario, floor)
    each = (time.perf_counter() - started) / len(chosen)
    kind = "divisible" if divisible else "whole"
    return (
        f"frontier, {sites} {kind} sites: {len(answer.points)} points ({sum(p.proven for p in answer.points)} proven) "
        f"of {count} floors in {took:.2f} s; afresh {each:.3f} s each, {each * len(answer.points):.1f} s in all: "
        f"{each * len(answer.points) / took:.1f} times, without certificates and write-up ({sum(writing):.2f} s) "
        f"{each * len(answer.points) / (took - sum(writing)):.1f} times"
    )


def clocked(work: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    """The same function, which notes how long each call takes."""

    def call(*arguments: Any) -> Any:
        started = time.perf_counter()
        answer = work(*arguments)
        seconds.append(time.perf_counter() - started)
        return answer

    return call


def afresh(scenario: Scenario, floor: float) -> None:
    """One point: the model with its floor, stated and solved from nothing in its two stages."""
    terms = [Term.model_validate(t.model_dump()) for t in scenario.objective.terms]
    changed = scenario.model_copy(update={"objective": Objective(mode="lexicographic", terms=terms)})
    model = build_model(changed, {stage_name(1, terms[1]): floor - 1e-4})
    solve_stated(changed, model, arrays_of(model.programme), options_of(scenario))


def draws(sites: int, count: int, loop: int) -> str:
    """Certainty of selection over costs of a third of the sites, and its draws one after the other afresh."""
    document = fund_of(sites) | {"solver": {"time_limit_s": 3600}}
    document["uncertain"] = list(uncertain(document))
    with processes(os.cpu_count() or 1) as pool:
        started = time.perf_counter()
        answer = robustness(document, draws=count, workers=pool)
        took = time.perf_counter() - started
    assert answer.draws is not None
    scenario = load_document(document).expect()
    started = time.perf_counter()
    for version in Draws(alone(scenario), inputs_of(scenario), loop, 7).documents(0, loop):
        solve_scenario(load_document(version).expect())
    each = (time.perf_counter() - started) / loop
    return (
        f"robustness, {sites} divisible sites: {answer.draws.solved} draws in {took:.1f} s; afresh {each:.3f} s each, "
        f"{each * count:.0f} s in all: {each * count / took:.1f} times"
    )


def uncertain(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Costs of every third site within a fifth, of its first phase year by year; and the size of a tier."""
    yield {"pointer": "/fund/tiers/grants/size", "low": 4000, "high": 8000}
    for site in document["candidates"][::3]:
        phase = site["phases"][0]
        for year, cost in phase["cost"].items():
            pointer = f"/candidates/{site['id']}/phases/{phase['id']}/cost/{year}"
            yield {"pointer": pointer, "low": 0.8 * cost, "high": 1.2 * cost}


if __name__ == "__main__":
    main()
