"""Rules a user adds to a scenario, one class a kind (the key ``constraints``)."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from optimiser.scenario.fund import Group, Soft
from optimiser.scenario.types import (
    Amount,
    AmountOrUnlimited,
    CountOrUnlimited,
    FloorOrUnlimited,
    Id,
    Number,
    NumberOrUnlimited,
    Part,
    Share,
    ShareOrUnlimited,
    Text,
    Year,
)


class Rule(Part):
    """What every rule has."""

    id: Id = Field(description="name used in findings and results [id]")
    description: Text = Field("", description="why the rule is there [text]")
    soft: Soft | None = Field(None, description="whether the rule may be broken [object]")
    sources: list[Id] = Field(default_factory=list, description="sources of the rule [ids of sources]")
    assumptions: list[Text] = Field(default_factory=list, description="what is assumed, not known [texts]")


class CountRule(Rule):
    """How many candidates are funded (N1)."""

    kind: Literal["count"] = Field(description="kind of rule [choice]")
    of: Group | None = Field(None, description="which candidates count; absent means all [group]")
    phase: Id | None = Field(None, description="phase that counts; absent means each candidate's first [id]")
    at_least: int = Field(0, ge=0, description="least number funded [count]")
    at_most: CountOrUnlimited = Field(math.inf, description="greatest number funded [count]")


class MoneyRule(Rule):
    """How much money a group receives (G1)."""

    kind: Literal["money"] = Field(description="kind of rule [choice]")
    of: Group | None = Field(None, description="which candidates receive; absent means all [group]")
    tiers: list[Id] | None = Field(
        None, min_length=1, description="whose money; absent means all public tiers that pay [ids]"
    )
    private: bool = Field(False, description="whether consortium money counts too [true or false]")
    at_least: Amount = Field(0.0, description="least money to the group [EUR million]")
    at_most: AmountOrUnlimited = Field(math.inf, description="most money to the group [EUR million]")
    at_least_share: Share = Field(0.0, description="least share of the money those tiers allocate [share 0..1]")
    at_most_share: ShareOrUnlimited = Field(
        math.inf, description="greatest share of the money those tiers allocate [share 0..1]"
    )


class AttributeRule(Rule):
    """Bounds on an attribute's total, or on its weighted average (A1)."""

    kind: Literal["attribute"] = Field(description="kind of rule [choice]")
    attribute: Id = Field(description="the attribute that is bounded [name]")
    of: Group | None = Field(None, description="which candidates count; absent means all [group]")
    average_by: Id | None = Field(
        None, description="attribute that weights the average; absent means a total is bounded [name]"
    )
    at_least: FloorOrUnlimited = Field(-math.inf, description="least total or average [unit of the attribute]")
    at_most: NumberOrUnlimited = Field(math.inf, description="greatest total or average [unit of the attribute]")


class AwardRule(Rule):
    """Limits on the money of each candidate and phase (S7)."""

    kind: Literal["award"] = Field(description="kind of rule [choice]")
    tiers: list[Id] | None = Field(
        None, min_length=1, description="whose money; absent means all public tiers that pay [ids]"
    )
    of: Group | None = Field(None, description="which candidates are limited; absent means all [group]")
    phases: list[Id] | None = Field(None, min_length=1, description="which phases; absent means all [ids]")
    per: Literal["candidate", "country"] = Field(
        "candidate", description="limits hold for each candidate and phase, or for each country's sum [choice]"
    )
    at_least: Amount = Field(0.0, description="least money where funded [EUR million]")
    at_most: AmountOrUnlimited = Field(math.inf, description="most money [EUR million]")
    at_least_share: Share = Field(0.0, description="least share of the phase's cost [share 0..1]")
    at_most_share: ShareOrUnlimited = Field(math.inf, description="greatest share of the phase's cost [share 0..1]")


class FloorRule(Rule):
    """Least value of an attribute for each candidate (A2)."""

    kind: Literal["floor"] = Field(description="kind of rule [choice]")
    attribute: Id = Field(description="the attribute with a floor [name]")
    of: Group | None = Field(None, description="which candidates must meet it; absent means all [group]")
    phase: Id | None = Field(
        None,
        description="phase up to which the attribute is summed, and which is left out below the floor; "
        "absent means all phases, and the candidate is left out [id]",
    )
    at_least: Number = Field(description="the floor [unit of the attribute]")
    effect: Literal["exclude", "finding"] = Field(
        "exclude", description="whether the candidate is left out or only reported [choice]"
    )


class ExclusiveRule(Rule):
    """Candidates that exclude each other (L1)."""

    kind: Literal["exclusive"] = Field(description="kind of rule [choice]")
    candidates: list[Id] = Field(min_length=1, description="the rivals [ids]")
    at_most: int = Field(1, ge=0, description="how many of them may be funded [count]")


class RequiresRule(Rule):
    """A candidate that needs others (L2)."""

    kind: Literal["requires"] = Field(description="kind of rule [choice]")
    candidate: Id = Field(description="the candidate that needs the others [id]")
    needs: list[Id] = Field(min_length=1, description="the candidates it needs, all of them [ids]")


class PlannedMoney(Part):
    """Money of one tier to one phase in one year, as a result's `money` has it."""

    tier: Id = Field(description="whose money [id]")
    candidate: Id = Field(description="who receives it [id]")
    phase: Id = Field(description="for which phase [id]")
    year: Year = Field(description="in which year [year]")
    amount: Amount = Field(description="how much [EUR million]")


class StayCloseRule(Rule):
    """Few changes against a published plan (T2)."""

    kind: Literal["stay_close"] = Field(description="kind of rule [choice]")
    plan: dict[Id, list[Id]] | None = Field(
        None, description="the published plan: funded phases by candidate; a candidate left out was not funded [ids]"
    )
    at_most_changes: CountOrUnlimited = Field(
        math.inf, description="greatest number of candidates whose funded phases differ from `plan` [count]"
    )
    plan_money: list[PlannedMoney] | None = Field(None, description="money of the published plan [list]")
    at_most_money: AmountOrUnlimited = Field(
        math.inf,
        description="most money taken from cells of `plan_money` (tier, candidate, phase, year), "
        "and most money given beyond them [EUR million]",
    )


Constraint = Annotated[
    CountRule | MoneyRule | AttributeRule | AwardRule | FloorRule | ExclusiveRule | RequiresRule | StayCloseRule,
    Field(discriminator="kind"),
]
