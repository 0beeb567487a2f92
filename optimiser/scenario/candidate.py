"""Candidates: sites with costs by year, in one or more phases."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field
from quicktions import Fraction

from optimiser.plan import euros_of
from optimiser.scenario.types import (
    AmountOrUnlimited,
    Country,
    ElapsedAmounts,
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

Attributes = dict[Id, Number]
Schedule = dict[int, float]
"""Cost by year, where it is above 0, years ascending [EUR million by year]."""


class Location(Part):
    """Where the site stands (WGS 84)."""

    latitude: float = Field(ge=-90, le=90, description="north positive [degrees]")
    longitude: float = Field(ge=-180, le=180, description="east positive [degrees]")


class StartWindow(Part):
    """Years between which the start is decided (T1)."""

    earliest: Year = Field(description="earliest year of start [year]")
    latest: Year = Field(description="latest year of start, included [year]")


class Phase(Part):
    """A phase of a candidate; a later one needs the earlier one (Q1). It has ``cost``, or ``cost_since_start``."""

    id: Id = Field(description="name of the phase, unique in its candidate [id]")
    name: Text = Field("", description="name for people [text]")
    cost: YearAmounts = Field(
        default_factory=dict,
        description="capital cost of each year; it starts in its first year with a cost [EUR million by year]",
    )
    country: Country | None = Field(None, description="replaces the candidate's country for this phase [country code]")
    attributes: Attributes = Field(default_factory=dict, description="what the phase brings [unit of the attribute]")
    committed: dict[Id, YearAmounts] = Field(
        default_factory=dict,
        description="money already committed; the phase is then funded in full (L3) [EUR million by tier and year]",
    )
    locked: Literal["in", "out"] | None = Field(None, description="decided beforehand (L3) [choice]")
    cost_since_start: ElapsedAmounts | None = Field(
        None,
        description='capital cost by years since a start that is decided, "0" its first year; in place of cost, and '
        "with start [EUR million by year since start]",
    )
    start: StartWindow | None = Field(
        None, description="window in which the start year of the whole phase is decided (T1) [object]"
    )
    after_years: int | None = Field(
        None,
        ge=0,
        le=100,
        description="least number of years from the start of the phase before it to its own; absent means any order in "
        "time (T1) [years]",
    )
    assumptions: list[Text] = Field(default_factory=list, description="what is assumed, not known [texts]")
    sources: list[Id] = Field(default_factory=list, description="sources of the figures [ids of sources]")

    @cached_property
    def stated_cost(self) -> tuple[str, dict[int, float]]:
        """The key that states the cost, and its amounts by year, or by years since the start."""
        if self.start is None or self.cost_since_start is None:
            return "cost", self.cost
        return "cost_since_start", {int(elapsed): amount for elapsed, amount in self.cost_since_start.items()}

    @cached_property
    def total_cost(self) -> float:
        """What the whole phase costs, whenever it starts [EUR million]."""
        return sum(self.stated_cost[1].values())

    @cached_property
    def total_euros(self) -> int | Fraction:
        """What the whole phase costs, whenever it starts, exactly [euros]."""
        return sum([euros_of(amount) for amount in self.stated_cost[1].values()])

    @property
    def possible_starts(self) -> range | None:
        """The years in which its start may be decided; None where its years are fixed."""
        if self.start is None or self.cost_since_start is None:
            return None
        return range(self.start.earliest, self.start.latest + 1)

    def cost_from(self, start: int | None) -> Schedule:
        """Cost by year if it starts in this year; nothing without one. Fixed years stand whatever is given."""
        if self.possible_starts is None:
            return self.fixed_cost
        _, since = self.stated_cost
        stated = {} if start is None else {start + elapsed: amount for elapsed, amount in since.items()}
        return {year: amount for year, amount in sorted(stated.items()) if amount > 0}

    @cached_property
    def fixed_cost(self) -> Schedule:
        """Cost by year as it is stated, zero years left out."""
        return {year: amount for year, amount in sorted(self.cost.items()) if amount > 0}

    def schedules(self) -> dict[int | None, Schedule]:
        """Cost by year for every start that may be decided; of fixed years the one there is, under None."""
        return {start: self.cost_from(start) for start in self.possible_starts or (None,)}

    def start_years(self, first_year: int) -> range:
        """The years in which it may start: of its window, or its first year with a cost.

        first_year: of the horizon, in which a phase starts that has neither window nor cost.
        """
        if self.possible_starts is not None:
            return self.possible_starts
        year = min(self.cost_from(None), default=first_year)
        return range(year, year + 1)

    def named_years(self) -> list[int]:
        """Every year the phase names, and the first and last of those its window leads to."""
        _, stated = self.stated_cost
        if self.start is None or self.cost_since_start is None:
            return list(stated)
        earliest, latest = self.start.earliest, self.start.latest
        return [earliest, latest, latest + max(stated, default=0)]


class Candidate(Part):
    """A site that asks for money."""

    id: Id = Field(description="name used by rules and results [id]")
    name: Text = Field("", description="name for people [text]")
    description: Text = Field("", description="what the candidate is [text]")
    country: Country | None = Field(None, description="host country, ISO 3166 [country code]")
    countries: list[Country] | None = Field(
        None, min_length=1, description="a joint bid's countries; one eligible country is enough [country codes]"
    )
    tags: list[Tag] = Field(default_factory=list, description="free labels that rules refer to [tags]")
    location: Location | None = Field(None, description="where the site stands [object]")
    private_pledge: AmountOrUnlimited = Field(
        0.0, description="most money the candidate's own consortium pays (F2) [EUR million]"
    )
    least_private_share: Share | None = Field(
        None, description="replaces the fund's least consortium share (F2) [share 0..1]"
    )
    least_public_share: Share | None = Field(None, description="replaces the fund's funding gap (F3) [share 0..1]")
    max_public_share: ShareOrUnlimited | None = Field(
        None, description="replaces the fund's greatest public share (S2); absent keeps the fund's [share 0..1]"
    )
    failure_probability: Share | None = Field(
        None, description="probability that the candidate fails over the risk horizon [share 0..1]"
    )
    return_if_success: dict[Id, Annotated[float, Field(gt=-1, le=10)]] = Field(
        default_factory=dict, description="yearly return by tier, in place of the tier's own [rate a year]"
    )
    divisible: bool = Field(False, description="whether a fraction may be funded [true or false]")
    least_fraction: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="least fraction of the first phase of a divisible candidate that takes part [share 0..1]"
    )
    locked: Literal["in", "out"] | None = Field(
        None, description="first phase funded in full, or no phase at all (L3) [choice]"
    )
    attributes: Attributes = Field(
        default_factory=dict,
        description="what the candidate brings, counted once with its first phase [unit of the attribute]",
    )
    cost: YearAmounts | None = Field(
        None, description='capital cost of a candidate with one phase, called "main" [EUR million by year]'
    )
    phases: list[Phase] | None = Field(None, min_length=1, description="the phases in order [list]")
    assumptions: list[Text] = Field(default_factory=list, description="what is assumed, not known [texts]")
    sources: list[Id] = Field(default_factory=list, description="sources of the figures [ids of sources]")

    @cached_property
    def all_phases(self) -> list[Phase]:
        """The phases; where only ``cost`` is given, the one phase ``main`` made from it."""
        if self.phases is not None:
            return self.phases
        return [Phase(id="main", cost=self.cost or {})]

    @cached_property
    def all_countries(self) -> list[str]:
        """The host country and a joint bid's further countries, without repeats, in their order."""
        listed = ([self.country] if self.country else []) + (self.countries or [])
        return list(dict.fromkeys(listed))
