"""InvestAI Optimiser: decides how a layered fund is spent, and defends it.

    from optimiser import Scenario, allocate

    result = allocate("scenarios/investai-2025.json")
    result.frame("money")

Everything public stands in ``__all__``; it is loaded when first used, so that ``import optimiser`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.allocation import allocate
    from optimiser.certificate import certify
    from optimiser.errors import (
        InvestAIError,
        PlanError,
        PointerError,
        QuestionError,
        ScenarioError,
        SolverError,
        SolverUnavailable,
    )
    from optimiser.evaluation import evaluate
    from optimiser.findings import Finding
    from optimiser.plan import Plan
    from optimiser.result.result import Result
    from optimiser.scenario.load import Loaded, load_bytes, load_document, load_file
    from optimiser.scenario.scenario import Scenario
    from optimiser.scenario.schema import scenario_schema
    from optimiser.solve.options import SolveOptions
    from optimiser.strategies.comparison import Comparison, compare
    from optimiser.study.differences import Difference, difference

_PLACES = {
    "Comparison": "strategies.comparison",
    "Difference": "study.differences",
    "Finding": "findings",
    "InvestAIError": "errors",
    "Loaded": "scenario.load",
    "Plan": "plan",
    "PlanError": "errors",
    "PointerError": "errors",
    "QuestionError": "errors",
    "Result": "result.result",
    "Scenario": "scenario.scenario",
    "ScenarioError": "errors",
    "SolveOptions": "solve.options",
    "SolverError": "errors",
    "SolverUnavailable": "errors",
    "allocate": "allocation",
    "certify": "certificate",
    "compare": "strategies.comparison",
    "difference": "study.differences",
    "evaluate": "evaluation",
    "load_bytes": "scenario.load",
    "load_document": "scenario.load",
    "load_file": "scenario.load",
    "scenario_schema": "scenario.schema",
}

__all__ = [
    "Comparison",
    "Difference",
    "Finding",
    "InvestAIError",
    "Loaded",
    "Plan",
    "PlanError",
    "PointerError",
    "QuestionError",
    "Result",
    "Scenario",
    "ScenarioError",
    "SolveOptions",
    "SolverError",
    "SolverUnavailable",
    "allocate",
    "certify",
    "compare",
    "difference",
    "evaluate",
    "load_bytes",
    "load_document",
    "load_file",
    "scenario_schema",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'optimiser' has no attribute {name!r}")
    value = getattr(import_module(f"optimiser.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
