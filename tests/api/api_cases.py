"""Scenarios and small calls that the tests of the service share."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

from optimiser.library import library_files

HERE = Path(__file__).parent
REFERENCES = HERE.parent / "reference" / "scenarios"

JSON_HEADERS = {"Content-Type": "application/json"}

ALLOCATIONS, VALIDATE, EVALUATIONS = "/v1/allocations", "/v1/validate", "/v1/evaluations"


def reference(name: str) -> dict[str, Any]:
    """A scenario with a published optimum."""
    document: dict[str, Any] = json.loads((REFERENCES / f"{name}.json").read_text("utf-8"))
    return document


def library_scenario(name: str) -> dict[str, Any]:
    """A scenario of the library."""
    document: dict[str, Any] = json.loads(library_files()[name].read_bytes())
    return document


def with_changes(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with some keys replaced."""
    return {**copy.deepcopy(document), **changes}


def hard_scenario(time_limit_s: float, candidates: int = 300, rules: int = 30) -> dict[str, Any]:
    """A knapsack with so many tight rows that no solver proves its optimum in a minute."""
    draw = random.Random(1)
    names = [f"a{j}" for j in range(rules)]
    return {
        "horizon": {"first_year": 2026, "last_year": 2026},
        "fund": {"tiers": []},
        "candidates": [
            {"id": f"c{i}", "attributes": {"worth": draw.randint(50, 100), **{a: draw.randint(1, 100) for a in names}}}
            for i in range(candidates)
        ],
        "constraints": [
            {"id": f"row-{a}", "kind": "attribute", "attribute": a, "at_most": candidates * 50 // 3} for a in names
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "worth"}]},
        "solver": {"time_limit_s": time_limit_s},
    }


def infeasible_scenario() -> dict[str, Any]:
    """Two candidates must be funded and the money is enough for one."""
    document = reference("primavera")
    document["constraints"] = [{"id": "all", "kind": "count", "at_least": 3}]
    return document
