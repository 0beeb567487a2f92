"""The service: checks, worker processes that can be killed, the whole answer."""

from __future__ import annotations

from typing import Any

from .served import Call, serve

NAME = "**InvestAI Optimiser, service**"
PACKAGES = ("investai-optimiser", "fastapi")


def prepare(job: str, data: Any) -> Call:
    return serve("api.app:create_app", "/v1/allocations", data, "/health/ready", "--factory")


def round_trip(call: Call) -> list[float]:
    return [call.answer()["objective"]["value"]]
