"""The published JSON Schema of the scenario format."""

from __future__ import annotations

import math
from typing import Any

from optimiser.scenario.scenario import Scenario


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file; "unlimited" stands where the library holds infinity."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_finite(schema)}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return "unlimited" if isinstance(value, float) and math.isinf(value) else value
