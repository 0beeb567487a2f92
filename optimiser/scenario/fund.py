"""The fund: tiers, their instruments and rules, and matching between tiers."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from optimiser.scenario.types import (
    GREATEST_AMOUNT,
    Amount,
    AmountOrUnlimited,
    Country,
    Id,
    Number,
    Part,
    Share,
    ShareOrUnlimited,
    Tag,
    Text,
    Year,
    YearAmounts,
)

Instrument = Literal["grant", "purchase", "equity", "quasi_equity", "loan", "guarantee"]

SPENT_INSTRUMENTS = frozenset({"grant", "purchase"})
"""Pay costs and are spent: outside the pool, never repaid."""

POOL_INSTRUMENTS = frozenset({"equity", "quasi_equity", "loan"})
"""Pay costs, bear losses and are repaid."""


class Group(Part):
    """Which candidates: keys intersect, entries in a list are alternatives, absent means all."""

    countries: list[Country] | None = Field(
        None, min_length=1, description="ISO 3166 codes; a candidate with any of them belongs [country codes]"
    )
    tags: list[Tag] | None = Field(None, min_length=1, description="a candidate with any of them belongs [tags]")
    candidates: list[Id] | None = Field(None, min_length=1, description="candidates named one by one [ids]")


class Soft(Part):
    """A rule that may be broken, by as little as those of a higher rank allow, before the objective counts."""

    priority: int = Field(1, ge=1, description="1 is broken last [rank]")


class Size(Part):
    """A tier whose size is decided between two bounds."""

    at_least: Amount = Field(0.0, description="least money the tier must spend [EUR million]")
    at_most: AmountOrUnlimited = Field(math.inf, description="most money the tier may spend [EUR million]")


def _size(value: Any) -> Any:
    if value == "unlimited" or value is None:
        return {"at_most": None}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"at_most": value}
    return value


TierSize = Annotated[
    Size,
    BeforeValidator(_size),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": GREATEST_AMOUNT},
                {"const": "unlimited"},
                {"type": "null"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "at_least": {"type": "number", "minimum": 0, "maximum": GREATEST_AMOUNT},
                        "at_most": {
                            "anyOf": [{"type": "number", "minimum": 0}, {"const": "unlimited"}, {"type": "null"}]
                        },
                    },
                },
            ]
        }
    ),
]


class Ceiling(Part):
    """A ceiling on what a tier books over a span of years (B2)."""

    from_: Year = Field(alias="from", description="first year of the span [year]")
    to: Year = Field(description="last year of the span, included [year]")
    at_most: AmountOrUnlimited = Field(description="most money booked over the span [EUR million]")


class ExpectedLossLimit(Part):
    """Limit on a level's expected loss (R2)."""

    at_most: Share = Field(description="share of the level's exposure [share 0..1]")


class CvarLimit(Part):
    """Limit on a level's conditional value at risk (R3)."""

    level: float = Field(0.95, gt=0, lt=1, description="confidence α [share 0..1]")
    at_most: Share = Field(description="share of the level's exposure [share 0..1]")
    of: Literal["level", "level_and_above"] = Field("level", description="whose exposure divides the loss [choice]")


class Limits(Part):
    """Limits on a level's losses."""

    expected_loss: ExpectedLossLimit | None = Field(None, description="limit on the mean loss [object]")
    cvar: CvarLimit | None = Field(None, description="limit on the mean of the worst losses [object]")


class Concentration(Part):
    """How much of a tier one candidate may take (S5)."""

    at_most: Share = Field(description="share one candidate may take [share 0..1]")
    of: Literal["allocated", "size"] = Field(
        "allocated", description="share of the money the tier allocates, or of its (greatest) size [choice]"
    )


class Revolving(Part):
    """Repayments that flow back into the tier, and can be spent again from the year after (B3)."""

    grace_years: int = Field(
        0, ge=0, le=100, description="years without repayment after the one in which money is paid [years]"
    )
    years: int = Field(ge=1, le=100, description="years over which the money is repaid in equal parts [years]")


class Tier(Part):
    """A tier of the fund: one instrument, one size, one place in the order of losses."""

    id: Id = Field(description="name used by rules and results [id]")
    name: Text = Field("", description="name for people [text]")
    description: Text = Field("", description="what the tier is [text]")
    instrument: Instrument = Field(description="how the money is given [choice]")
    public: bool = Field(True, description="whether the money is public, for aid shares and indicators [true or false]")
    programme: Text = Field("", description="budget programme the money comes from [text]")
    size: TierSize = Field(
        description='envelope: a number, "unlimited", or bounds between which it is decided; '
        "of a guarantee, what is set aside for it (B1) [EUR million]"
    )
    ceilings: list[Ceiling] = Field(default_factory=list, description="ceilings over spans of years [list]")
    annual_ceiling: YearAmounts | None = Field(
        None, description="ceiling of each year; a year that is missing is 0; absent means none [EUR million by year]"
    )
    carry_over: bool = Field(
        False, description="whether what a yearly ceiling leaves unused may be used later [true or false]"
    )
    ceiling_basis: Literal["payments", "commitments"] = Field(
        "payments",
        description="ceilings count payments, or all of a phase's money in its first year with a cost [choice]",
    )
    max_share_of_cost: Share = Field(1.0, description="most of a phase's cost the tier may pay (S1) [share 0..1]")
    min_ticket: Amount = Field(0.0, description="least money to a candidate the tier takes part in (S4) [EUR million]")
    max_ticket: AmountOrUnlimited = Field(math.inf, description="most money to one candidate (S4) [EUR million]")
    eligible: Group | None = Field(None, description="where the tier may pay (S6); absent means everywhere [group]")
    concentration: Concentration | None = Field(None, description="how much one candidate may take (S5) [object]")
    seniority: int | None = Field(None, ge=0, le=100, description="place in the order of losses, 0 loses first [rank]")
    return_if_success: Number | None = Field(
        None, gt=-1, le=10, description="yearly return where the candidate succeeds [rate a year]"
    )
    hurdle: Number | None = Field(
        None, gt=-1, le=10, description="least yearly return asked of the level (R1) [rate a year]"
    )
    holding_years: Number | None = Field(
        None, gt=0, le=100, description="years the money is held, 10 if absent [years]"
    )
    loss_given_failure: Share | None = Field(
        None, description="share lost where the candidate fails, 1 if absent [share 0..1]"
    )
    limits: Limits | None = Field(None, description="limits on losses (R2, R3) [object]")
    revolving: Revolving | None = Field(None, description="repayments flow back into the tier (B3) [object]")
    covers: list[Id] | None = Field(
        None, min_length=1, description="tiers a guarantee covers: in a waterfall all of the pool above it [ids]"
    )
    cover_share: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="greatest share of the covered money of a candidate a guarantee covers (GU) [share 0..1]"
    )
    provision_rate: Share | None = Field(
        None, description="budget a guarantee uses per euro guaranteed (B1, B2), 1 if absent [share 0..1]"
    )
    assumptions: list[Text] = Field(default_factory=list, description="what is assumed, not known [texts]")
    sources: list[Id] = Field(default_factory=list, description="sources of the figures [ids of sources]")

    @cached_property
    def pays_cost(self) -> bool:
        """Whether the tier's money pays costs (in F1): all but guarantees."""
        return not self.is_guarantee

    @property
    def in_pool(self) -> bool:
        """Whether the tier is exposed to the candidates' success: equity, quasi-equity, loan."""
        return self.instrument in POOL_INSTRUMENTS

    @cached_property
    def is_guarantee(self) -> bool:
        """Whether the tier pays no cost and stands for what others lose."""
        return self.instrument == "guarantee"

    @property
    def pays_public_money(self) -> bool:
        """Whether the tier is meant by "all public tiers": those whose money pays costs."""
        return self.public and self.pays_cost

    @property
    def budget_rate(self) -> float:
        """Budget used by one euro of the tier: 1, and of a guarantee what is set aside for it."""
        return self.provision_rate if self.is_guarantee and self.provision_rate is not None else 1.0


class Matching(Part):
    """Money of some tiers that must come with money of others (S3)."""

    id: Id = Field(description="name used in findings and results [id]")
    tiers: list[Id] = Field(min_length=1, description="tiers that match [ids]")
    of: list[Id] = Field(min_length=1, description="tiers that are matched [ids]")
    at_least: float = Field(ge=0, le=1000, description="euros of `tiers` per euro of `of` [ratio]")
    by: Literal["phase", "candidate"] = Field(
        "phase", description="whether each phase or each candidate must match [choice]"
    )
    soft: Soft | None = Field(None, description="whether the rule may be broken [object]")


class ReferenceRate(Part):
    """The rate by which repayments are worth less for coming later: base rate and margin, for grant equivalents."""

    rate: float = Field(ge=0, le=1, description="base rate and margin for present values [rate a year]")
    assumptions: list[Text] = Field(default_factory=list, description="what is assumed, not known [texts]")
    sources: list[Id] = Field(default_factory=list, description="sources of the rate [ids of sources]")


class Fund(Part):
    """The layered fund: its tiers and the rules that hold across them."""

    loss_sharing: Literal["waterfall", "pari_passu"] | None = Field(
        None, description="how losses are shared between tiers [choice]"
    )
    tier_order: list[Id] | None = Field(
        None, min_length=1, description="tiers used in this order where the objective does not mind (O1) [ids]"
    )
    tiers: list[Tier] = Field(description="the tiers; an empty list where every candidate costs nothing [list]")
    matching: list[Matching] = Field(default_factory=list, description="matching rules (S3) [list]")
    max_public_share: ShareOrUnlimited = Field(
        math.inf, description="most of a phase's cost public tiers may pay (S2) [share 0..1]"
    )
    least_private_share: Share = Field(
        0.0, description="least of a phase's cost its own consortium pays (F2) [share 0..1]"
    )
    least_public_share: Share = Field(0.0, description="least of a phase's cost public tiers pay (F3) [share 0..1]")
    reference_rate: ReferenceRate | None = Field(
        None,
        description="rate for grant equivalents; absent means that only grants and purchases have one [object]",
    )
