"""The service where the client prefers the plan alone: the optimum, and the plan with its certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import investai_service
from .served import Call

NAME = "**InvestAI Optimiser, service, plan alone**"
PACKAGES = investai_service.PACKAGES

round_trip = investai_service.round_trip


def prepare(job: str, data: Any) -> Call:
    return replace(investai_service.prepare(job, data), headers={"Prefer": "return=minimal"})
