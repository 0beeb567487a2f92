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
    from optimiser.dossier.files import dossier_bytes, read_dossier
    from optimiser.dossier.opinion import SecondOpinion, second_opinion
    from optimiser.errors import (
        AnswerError,
        DecisionLogError,
        DossierError,
        InvestAIError,
        PlanError,
        PointerError,
        QuestionError,
        ScenarioError,
        SolverError,
        SolverUnavailable,
        StoreError,
    )
    from optimiser.evaluation import evaluate
    from optimiser.explain.answer import Explanation, Repair
    from optimiser.explain.explanations import explain_candidate, explain_country
    from optimiser.explain.kept import Kept, keep
    from optimiser.explain.repairs import repair
    from optimiser.findings import Finding
    from optimiser.plan import Plan
    from optimiser.report.documents.reading import answer_of
    from optimiser.report.documents.writing import report_bytes
    from optimiser.result.result import Result
    from optimiser.scenario.load import Loaded, load_bytes, load_document, load_file
    from optimiser.scenario.scenario import Scenario
    from optimiser.scenario.schema import scenario_schema
    from optimiser.solve.options import SolveOptions
    from optimiser.strategies.comparison import Comparison, compare
    from optimiser.study.curves import BudgetCurve, budget_curve
    from optimiser.study.differences import Difference, difference
    from optimiser.study.frontiers import Frontier, frontier
    from optimiser.study.inputs import DecidingInputs, deciding_inputs
    from optimiser.study.robustness import Robustness, robustness
    from optimiser.study.two_stages import TwoStages, two_stage

_PLACES = {
    "AnswerError": "errors",
    "BudgetCurve": "study.curves",
    "Comparison": "strategies.comparison",
    "DecidingInputs": "study.inputs",
    "Difference": "study.differences",
    "DecisionLogError": "errors",
    "DossierError": "errors",
    "Explanation": "explain.answer",
    "Finding": "findings",
    "Frontier": "study.frontiers",
    "InvestAIError": "errors",
    "Kept": "explain.kept",
    "Loaded": "scenario.load",
    "Plan": "plan",
    "PlanError": "errors",
    "PointerError": "errors",
    "QuestionError": "errors",
    "Repair": "explain.answer",
    "Result": "result.result",
    "Robustness": "study.robustness",
    "Scenario": "scenario.scenario",
    "ScenarioError": "errors",
    "SecondOpinion": "dossier.opinion",
    "SolveOptions": "solve.options",
    "SolverError": "errors",
    "SolverUnavailable": "errors",
    "StoreError": "errors",
    "TwoStages": "study.two_stages",
    "allocate": "allocation",
    "answer_of": "report.documents.reading",
    "budget_curve": "study.curves",
    "certify": "certificate",
    "compare": "strategies.comparison",
    "deciding_inputs": "study.inputs",
    "difference": "study.differences",
    "dossier_bytes": "dossier.files",
    "evaluate": "evaluation",
    "explain_candidate": "explain.explanations",
    "explain_country": "explain.explanations",
    "frontier": "study.frontiers",
    "keep": "explain.kept",
    "load_bytes": "scenario.load",
    "load_document": "scenario.load",
    "load_file": "scenario.load",
    "read_dossier": "dossier.files",
    "repair": "explain.repairs",
    "report_bytes": "report.documents.writing",
    "robustness": "study.robustness",
    "scenario_schema": "scenario.schema",
    "second_opinion": "dossier.opinion",
    "two_stage": "study.two_stages",
}

__all__ = [
    "AnswerError",
    "BudgetCurve",
    "Comparison",
    "DecidingInputs",
    "DecisionLogError",
    "Difference",
    "DossierError",
    "Explanation",
    "Finding",
    "Frontier",
    "InvestAIError",
    "Kept",
    "Loaded",
    "Plan",
    "PlanError",
    "PointerError",
    "QuestionError",
    "Repair",
    "Result",
    "Robustness",
    "Scenario",
    "ScenarioError",
    "SecondOpinion",
    "SolveOptions",
    "SolverError",
    "SolverUnavailable",
    "StoreError",
    "TwoStages",
    "allocate",
    "answer_of",
    "budget_curve",
    "certify",
    "compare",
    "deciding_inputs",
    "difference",
    "dossier_bytes",
    "evaluate",
    "explain_candidate",
    "explain_country",
    "frontier",
    "keep",
    "load_bytes",
    "load_document",
    "load_file",
    "read_dossier",
    "repair",
    "report_bytes",
    "robustness",
    "scenario_schema",
    "second_opinion",
    "two_stage",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'optimiser' has no attribute {name!r}")
    value = getattr(import_module(f"optimiser.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
