"""Scenarios and pools for the tests of risk."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from optimiser.scenario.fund import Tier
from optimiser.scenario.scenario import Scenario

RISK_PROPERTY = settings(
    derandomize="RISK_PROPERTY_EXAMPLES" not in os.environ,
    deadline=None,
    max_examples=int(os.environ.get("RISK_PROPERTY_EXAMPLES", "100")),
)
"""The same examples on every machine; RISK_PROPERTY_EXAMPLES=5000 looks for new ones."""

NOISE = 1e-9
"""Relative and absolute: sums of a few dozen doubles of up to some 10^3 are right to 1e-12."""


def scenario(candidates: list[dict[str, Any]], tiers: list[dict[str, Any]] | None = None, **risk: Any) -> Scenario:
    document: dict[str, Any] = {
        "fund": {"tiers": tiers or []},
        "candidates": candidates,
        "objective": {"terms": [{"term": "public_money"}]},
    }
    if risk:
        document["risk"] = risk
    return Scenario.model_validate(document)


def site(name: str, pd: float | None = None, country: str | None = None, **keys: Any) -> dict[str, Any]:
    return {
        "id": name,
        **({"failure_probability": pd} if pd is not None else {}),
        **({"country": country} if country else {}),
        **keys,
    }


def alike(n: int, pd: float) -> list[dict[str, Any]]:
    return [site(f"c{i:04}", pd) for i in range(n)]


def tier(name: str, instrument: str = "loan", seniority: int | None = None, **keys: Any) -> Tier:
    document = {"id": name, "instrument": instrument, "size": "unlimited", **keys}
    return Tier.model_validate(document if seniority is None else {**document, "seniority": seniority})


@st.composite
def distributions(draw: st.DrawFn, of: int = 1) -> tuple[np.ndarray, ...]:
    """``of`` lists of losses, gains among them, and the probabilities of their draws, some of them 0."""
    count = draw(st.integers(1, 12))
    value = st.integers(-40, 100).map(float)
    losses = [np.array(draw(st.lists(value, min_size=count, max_size=count))) for _ in range(of)]
    weight = np.array(draw(st.lists(st.integers(0, 5), min_size=count, max_size=count).filter(any)), dtype=float)
    return (*losses, weight / weight.sum())


LEVELS_OF_CONFIDENCE = st.sampled_from((0.0, 0.1, 0.5, 0.8, 0.9, 0.95, 0.99))
