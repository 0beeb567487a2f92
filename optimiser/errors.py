"""What can go wrong, as one tree.

    InvestAIError
    ├── ScenarioError        the scenario has errors; carries every finding
    │   ├── PlanError        a hand-made plan does not fit its scenario
    │   ├── QuestionError    a question does not fit the scenario it is asked of
    │   ├── AnswerError      a file is no answer of this program, or was changed
    │   └── DecisionLogError a log of decisions is none, was changed, or is about other scenarios
    ├── PointerError         a pointer leads nowhere in the file
    ├── SolverError          the solver refused the model or answered nonsense
    │   └── SolverUnavailable  the named solver is not installed
    ├── TokenError           a file of the service's tokens, or a name for one, cannot be used
    ├── DossierError         a dossier cannot be read, or was changed
    └── StoreError           the store of results cannot be read or written

An infeasible scenario or a time limit is an answer, not an error: both come back as a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimiser.findings import Finding
    from optimiser.messages import Phrase


class InvestAIError(Exception):
    """Root of every error this library raises on purpose."""


class ScenarioError(InvestAIError):
    """The scenario cannot be used; ``findings`` says where, what and how to cure it."""

    def __init__(self, findings: Sequence[Finding]):
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.severity == "error"]
        lines = [f"{f.cell or f.pointer or '/'}: {f.message()} {f.cure()}" for f in errors]
        super().__init__("\n".join(lines) or "the scenario has errors")


class PlanError(ScenarioError):
    """A plan names what its scenario does not have; ``findings`` lists every place."""


class QuestionError(ScenarioError):
    """A question does not fit its scenario; ``findings`` lists every place, with pointers into the question."""


class AnswerError(ScenarioError):
    """A document is no answer of this program, or is not one any more; ``findings`` lists every place."""


class DecisionLogError(ScenarioError):
    """A log of decisions cannot be used; ``findings`` lists every place."""


class PointerError(InvestAIError):
    """A pointer leads nowhere in the scenario; ``where`` says it in any language."""

    def __init__(self, where: Phrase | str):
        super().__init__(str(where))
        self.where = where

    def __reduce__(self) -> Any:
        return type(self), (self.where,)


class SolverError(InvestAIError):
    """The solver refused the model, or its answer cannot be trusted."""


class SolverUnavailable(SolverError):
    """The named solver is not installed on this machine."""


class StoreError(InvestAIError):
    """The store of results cannot be opened, read or written: locked, full, read-only, damaged or newer."""


class DossierError(InvestAIError):
    """A file is no dossier, or a part of it is not what it was written with."""


class TokenError(InvestAIError):
    """A file of tokens cannot be read, or a name is none for a token."""
