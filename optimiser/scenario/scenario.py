"""The scenario: everything a user says about one decision, as one frozen object."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from optimiser.scenario.candidate import Candidate
from optimiser.scenario.fund import Fund, Group
from optimiser.scenario.objective import Objective
from optimiser.scenario.rules import Constraint
from optimiser.scenario.types import Country, Id, Number, Part, Share, Text, Year


class Source(Part):
    """Where a figure comes from."""

    id: Id = Field(description="name used by `sources` lists [id]")
    text: Text = Field(description="the source in words [text]")
    url: Text = Field("", description="public address [address]")
    grade: Literal["A", "B", "C", "D", "der", "asm"] | None = Field(
        None,
        description="A official text, B quoted by a third party, C press, D weak, der derived, asm assumption [grade]",
    )


class Horizon(Part):
    """Years the fund runs."""

    first_year: Year = Field(description="first year, to which is discounted [year]")
    last_year: Year = Field(description="last year, included [year]")


class AttributeKind(Part):
    """What an attribute is."""

    unit: Text = Field("1", description="unit of the attribute [text]")
    additive: bool = Field(True, description="whether a sum over candidates means something [true or false]")
    description: Text = Field("", description="what the attribute is [text]")


class CountryFigures(Part):
    """Figures of a country that replace those carried by the library."""

    population: Number | None = Field(None, gt=0, description="inhabitants [millions]")
    gdp: Number | None = Field(None, gt=0, description="gross domestic product [EUR billion]")


class Quota(Part):
    """Places in a ranking kept for, or barred to, a group."""

    of: Group | None = Field(None, description="which candidates [group]")
    at_least: int = Field(0, ge=0, description="least number taken [count]")
    at_most: int | None = Field(None, ge=0, description="greatest number taken [count]")


class Judgement(Part):
    """One comparison of two attributes."""

    attribute: Id = Field(description="the one that matters more, or as much [name]")
    over: Id = Field(description="the one it is compared with [name]")
    times: float = Field(ge=1 / 9, le=9, description="how many times as much it matters, Saaty's scale [ratio 1/9..9]")


class SwingRange(Part):
    """From where to where an attribute was imagined to swing."""

    worst: Number = Field(description="value that earns nothing [unit of the attribute]")
    best: Number = Field(
        description="value that earns every point; below `worst` if less is better [unit of the attribute]"
    )


class Elicitation(Part):
    """How weights were asked for, in place of weights. Scores then run from 0 to 100 points."""

    method: Literal["swing", "pairwise"] = Field(description="swing weights, or pairwise comparisons (AHP) [choice]")
    points: dict[Id, Annotated[float, Field(ge=0, le=100)]] | None = Field(
        None,
        min_length=1,
        description="swing: worth of each swing, 100 for the greatest [points 0..100 by attribute]",
    )
    judgements: list[Judgement] | None = Field(
        None, min_length=1, description="pairwise: every pair of attributes compared once [list]"
    )
    ranges: dict[Id, SwingRange] = Field(
        default_factory=dict,
        description="worst and best value; absent means the least and the greatest of the candidates [by attribute]",
    )


class Score(Part):
    """A score, thresholds and quotas, used by the strategies that rank."""

    weights: dict[Id, Number] | None = Field(
        None, min_length=1, description="points per unit of each attribute [1 per unit]"
    )
    elicitation: Elicitation | None = Field(None, description="judgements from which the weights follow [object]")
    thresholds: dict[Id, Number] = Field(
        default_factory=dict, description="least value of each attribute [unit of the attribute]"
    )
    total_at_least: Number | None = Field(None, description="least total score [points]")
    quotas: list[Quota] = Field(default_factory=list, description="places by group [list]")
    skip: bool = Field(True, description="whether a candidate that no longer fits is passed over [true or false]")


class Stress(Part):
    """A named stress test: the plan is held, and counted in another world. It has a ``kind`` or a ``patch``."""

    id: Id = Field(description="name used in findings and results [id]")
    name: Text = Field("", description="name for people [text]")
    description: Text = Field("", description="why this is tried [text]")
    kind: Literal["chip_price_fall", "delay", "country_failure", "budget_refused"] | None = Field(
        None, description="what happens, in place of a patch [choice]"
    )
    share: Share | None = Field(None, description="chip_price_fall: part of its worth collateral loses [share 0..1]")
    years: int | None = Field(None, ge=1, le=100, description="delay: how much later every cost falls due [years]")
    country: Country | None = Field(None, description="country_failure: all its candidates fail [country code]")
    from_: Year | None = Field(None, alias="from", description="budget_refused: first year without public money [year]")
    tiers: list[Id] | None = Field(
        None, min_length=1, description="budget_refused: whose budget; absent means all public tiers [ids]"
    )
    patch: dict[str, Any] | None = Field(None, description="what changes, in place of a kind [patch]")
    assumptions: list[Text] = Field(default_factory=list, description="what is assumed, not known [texts]")
    sources: list[Id] = Field(default_factory=list, description="sources of the figures [ids of sources]")


class Risk(Part):
    """How losses are drawn."""

    model: Literal["gaussian_copula", "table"] = Field("gaussian_copula", description="how losses arise [choice]")
    correlation: Share | Literal["basel"] | None = Field(None, description="asset correlation ρ [share 0..1]")
    country_correlation: Share | None = Field(None, description="further correlation within a country [share 0..1]")
    horizon_years: Number | None = Field(None, gt=0, le=100, description="horizon of failure_probability [years]")
    draws: int | None = Field(None, ge=1, le=10_000_000, description="number of loss draws [count]")
    seed: int | None = Field(None, ge=0, description="seed of the draws [number]")
    losses: dict[Id, list[float]] | None = Field(
        None, description="table: share lost by candidate and draw [share 0..1]"
    )
    probabilities: list[Share] | None = Field(None, description="table: probability of each draw [share 0..1]")
    stresses: list[Stress] = Field(default_factory=list, description="named stress tests [list]")


class Variant(Part):
    """Another version of the scenario."""

    id: Id = Field(description="name of the variant [id]")
    probability: Share | None = Field(None, description="how likely it is [share 0..1]")
    patch: dict[str, Any] = Field(description="what differs from the scenario [patch]")


class Decisions(Part):
    """Which decisions are taken here and now."""

    now: list[Id] = Field(default_factory=list, description="candidate/phase decided before the variant is known [ids]")


class Uncertain(Part):
    """A number that is not known."""

    pointer: Text = Field(description="which number [pointer]")
    low: Number | None = Field(None, description="least value [unit of the number]")
    high: Number | None = Field(None, description="greatest value [unit of the number]")
    distribution: Literal["uniform", "triangular", "normal"] | None = Field(
        None, description="how it is spread [choice]"
    )


class SolverOptions(Part):
    """How hard to search."""

    time_limit_s: Number = Field(60.0, gt=0, le=86_400, description="greatest time for all solving [s]")
    mip_gap: float = Field(0.0, ge=0, le=1, description="relative gap at which an integer search may stop [share 0..1]")
    threads: int = Field(1, ge=1, le=64, description="threads of the solver [count]")


class Scenario(Part):
    """A fund, its candidates, rules and objective. Amounts in EUR million, shares 0..1."""

    schema_version: Literal["1"] = Field("1", description="version of this format [version]")
    name: Text = Field("", description="name for people [text]")
    description: Text = Field("", description="what the scenario asks [text]")
    currency: Text = Field("EUR", description="currency of every amount [ISO 4217]")
    price_year: Year | None = Field(None, description="year of the prices [year]")
    sources: list[Source] = Field(default_factory=list, description="where figures come from [list]")
    horizon: Horizon | None = Field(
        None,
        description="years the fund runs; absent means all years that costs, windows and ceilings name [object]",
    )
    discount_rate: float = Field(0.0, ge=0, le=1, description="social discount rate [rate a year]")
    attributes: dict[Id, AttributeKind] = Field(default_factory=dict, description="what the attributes are [by name]")
    countries: dict[Country, CountryFigures] = Field(
        default_factory=dict, description="figures of countries that replace the library's own [by country code]"
    )
    fund: Fund = Field(description="the layered fund [object]")
    candidates: list[Candidate] = Field(description="the sites that ask for money [list]")
    constraints: list[Constraint] = Field(default_factory=list, description="further rules [list]")
    objective: Objective = Field(description="what is better [object]")
    score: Score | None = Field(None, description="score for the strategies that rank [object]")
    risk: Risk | None = Field(None, description="how losses are drawn [object]")
    variants: list[Variant] = Field(default_factory=list, description="other versions of the scenario [list]")
    decisions: Decisions | None = Field(None, description="which decisions are taken now [object]")
    uncertain: list[Uncertain] = Field(default_factory=list, description="numbers that are not known [list]")
    confidential: list[Text] = Field(
        default_factory=list, description="places left out of shared copies; `*` stands for every member [pointers]"
    )
    left_out: list[Text] = Field(
        default_factory=list,
        description="confidential places that this shared copy lacks, for which it is not solved [pointers]",
    )
    solver: SolverOptions = Field(default_factory=SolverOptions, description="how hard to search [object]")

    @property
    def years(self) -> range:
        """Years of the horizon; without one, from the first to the last year that costs and ceilings name."""
        if self.horizon is not None:
            return range(self.horizon.first_year, self.horizon.last_year + 1)
        named = {t for c in self.candidates for p in c.all_phases for t in p.named_years()}
        for tier in self.fund.tiers:
            named |= (tier.annual_ceiling or {}).keys() | {y for span in tier.ceilings for y in (span.from_, span.to)}
        return range(min(named), max(named) + 1) if named else range(0)
