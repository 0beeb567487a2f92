"""A result's plan and its proof alone, for who asks many times and reads no reasons."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from optimiser.result.result import (
    Certificate,
    Indicators,
    MoneyCell,
    ObjectiveValue,
    PrivateCell,
    Provenance,
    Result,
    ScenarioId,
    SoftBound,
    Termination,
)


@dataclass(frozen=True, slots=True)
class MinimalAward:
    """What is decided for one candidate that is funded: the share of each phase, and the starts that were decided."""

    id: str
    phases: dict[str, float]
    starts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MinimalResult:
    """The plan, what it reaches, how far that is proven, and its certificate; no prices, reasons or risk report.

    candidates: those that are funded. Each part is the one of the same name of a result; with ``money`` and
    ``private_money`` they are a plan as evaluations take it.
    """

    schema_version: str
    scenario: ScenarioId
    strategy: str
    termination: Termination
    has_allocation: bool
    objective: ObjectiveValue
    candidates: list[MinimalAward]
    money: list[MoneyCell]
    private_money: list[PrivateCell]
    indicators: Indicators | None
    soft: list[SoftBound]
    certificate: Certificate | None
    findings: list[dict[str, str]]
    provenance: Provenance

    def to_json(self) -> bytes:
        """As JSON (UTF-8)."""
        return orjson.dumps(self, option=orjson.OPT_NON_STR_KEYS)


def minimal(result: Result) -> MinimalResult:
    """The parts of a result that a minimal one has."""
    return MinimalResult(
        schema_version=result.schema_version,
        scenario=result.scenario,
        strategy=result.strategy,
        termination=result.termination,
        has_allocation=result.has_allocation,
        objective=result.objective,
        candidates=[MinimalAward(c.id, c.phases, c.starts) for c in result.candidates if any(c.phases.values())],
        money=result.money,
        private_money=result.private_money,
        indicators=result.indicators,
        soft=result.soft,
        certificate=result.certificate,
        findings=result.findings,
        provenance=result.provenance,
    )
