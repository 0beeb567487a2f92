"""The one place that knows which PuLP is installed: 3.3 (Python 3.11) or 4 (3.12 and later).

Only what both have is used: ``add_variable``, expressions made from pairs in one go, ``constraints()``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pulp

_OWNS_VARIABLES = not hasattr(pulp.LpProblem, "addVariable")
"""PuLP 4 keeps variables and rows in its problem and numbers them; 3.3 keeps them as objects."""

AT_MOST, EQUAL, AT_LEAST = pulp.LpConstraintLE, pulp.LpConstraintEQ, pulp.LpConstraintGE


def new_problem(name: str) -> pulp.LpProblem:
    """An empty problem that is maximised."""
    return pulp.LpProblem(name, pulp.LpMaximize)


def add_variable(problem: pulp.LpProblem, name: str, lower: float, upper: float, integer: bool) -> Any:
    """A new variable, lower ≤ variable ≤ upper; infinite bounds are none."""
    low, high = (None if math.isinf(bound) else bound for bound in (lower, upper))
    return problem.add_variable(name, lowBound=low, upBound=high, cat="Integer" if integer else "Continuous")


def add_row(problem: pulp.LpProblem, name: str, terms: Sequence[tuple[Any, float]], sense: int, bound: float) -> None:
    """A new row: Σ coefficient·variable, ``sense``, bound. A variable may stand in ``terms`` only once."""
    if _OWNS_VARIABLES:
        expression = pulp.LpAffineExpression.from_list(terms)
        if sense == AT_MOST:
            row = expression <= bound
        elif sense == AT_LEAST:
            row = expression >= bound
        else:
            row = expression == bound
        problem.addConstraint(row, name)
    else:
        problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, bound))


def set_objective(problem: pulp.LpProblem, terms: Sequence[tuple[Any, float]]) -> None:
    """The expression to maximise."""
    make = pulp.LpAffineExpression.from_list if _OWNS_VARIABLES else pulp.LpAffineExpression
    problem.setObjective(make(terms)) if not _OWNS_VARIABLES else setattr(problem, "objective", make(terms))


def rows(problem: pulp.LpProblem, variables: Sequence[Any]) -> Iterator[tuple[list[int], list[float], int, float]]:
    """The rows in the order they were added: positions of their variables, coefficients, sense, bound."""
    if _OWNS_VARIABLES:
        for row in problem.constraints():
            items = row.items()
            yield [v.id for v, _ in items], [a for _, a in items], row.sense, -row.constant
    else:
        position = {v: i for i, v in enumerate(variables)}
        for row in problem.constraints():
            yield [position[v] for v in row.keys()], list(row.values()), row.sense, -row.constant  # noqa: SIM118


def objective_terms(problem: pulp.LpProblem, variables: Sequence[Any]) -> tuple[list[int], list[float]]:
    """Positions and coefficients of the objective."""
    items = list(problem.objective.items()) if problem.objective is not None else []
    if _OWNS_VARIABLES:
        return [v.id for v, _ in items], [a for _, a in items]
    position = {v: i for i, v in enumerate(variables)}
    return [position[v] for v, _ in items], [a for _, a in items]
