"""The objective: what is better, in terms that are kept apart and each reported."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from optimiser.scenario.types import Id, Number, Part, Share

TermName = Literal[
    "attribute",
    "discounted_attribute",
    "private_money",
    "public_money",
    "expected_return",
    "least_served",
    "expected_loss",
    "cvar",
]

MINIMISED_TERMS = frozenset({"public_money", "expected_loss", "cvar"})
"""Terms that are better when small, unless ``sense`` says otherwise."""


class Term(Part):
    """One term of the objective."""

    term: TermName = Field(description="what is counted [choice]")
    sense: Literal["maximise", "minimise"] | None = Field(
        None, description="whether more or less is better; absent means the term's own sense [choice]"
    )
    weight: Number = Field(1.0, gt=0, description="points per unit of the term, positive [1 per unit of the term]")
    tolerance: Share = Field(
        0.0, description="lexicographic: share of this stage's optimum later stages may give up [share 0..1]"
    )
    attribute: Id | None = Field(None, description="attribute counted by attribute terms and least_served [name]")
    tier: Id | None = Field(None, description="only this tier's money; absent means every tier of the term [id]")
    level: int | None = Field(None, ge=0, description="level of seniority whose loss counts [rank]")
    alpha: float | None = Field(None, gt=0, lt=1, description="confidence of cvar [share 0..1]")
    group_by: Literal["country", "candidate", "tag"] | None = Field(
        None, description="least_served: groups of which the worst served counts [choice]"
    )
    per: Literal["population"] | None = Field(
        None,
        description="least_served: divide by the country's population in millions; absent means not at all [choice]",
    )
    life_years: int | None = Field(
        None, ge=1, le=200, description="discounted_attribute: years the attribute is delivered [years]"
    )
    service_lag_years: int | None = Field(
        None,
        ge=0,
        le=100,
        description="discounted_attribute: years from the last cost year to the first of service, 1 if absent [years]",
    )

    @property
    def maximised(self) -> bool:
        """Whether more of the term is better."""
        if self.sense is None:
            return self.term not in MINIMISED_TERMS
        return self.sense == "maximise"


class Objective(Part):
    """Terms summed with their weights, or taken one after the other."""

    mode: Literal["weighted", "lexicographic"] = Field(
        "weighted", description="weighted sum, or one stage a term in their order [choice]"
    )
    terms: list[Term] = Field(min_length=1, description="the terms [list]")
