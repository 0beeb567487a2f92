"""What came out, as data: the names of this module are the names in the JSON a user reads.

Amounts in EUR million; each is a whole number of euros.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from pydantic import Field

if TYPE_CHECKING:
    import pandas as pd

RangeEnd = float | Literal["unlimited"] | None
Termination = Literal["optimal", "time_limit", "infeasible", "unbounded", "error"]


@dataclass(frozen=True, slots=True)
class TermValue:
    """One term of the objective, as the rounded plan gives it."""

    term: str
    sense: str
    weight: float
    value: float
    unit: str
    attribute: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the search: its optimum, the proven bound and the gap between them."""

    name: str
    value: float | None
    bound: float | None
    gap: float | None
    proven: bool


@dataclass(frozen=True, slots=True)
class ObjectiveValue:
    """The objective: Σ weight·(maximised terms) − Σ weight·(minimised terms); bound and gap of its (first) stage.

    another_optimum: "exists" where another plan is proven as good, "none" where proven that none is, else "unknown".
    """

    value: float | None
    bound: float | None
    gap: float | None
    absolute_gap: float
    another_optimum: Literal["exists", "none", "unknown"]
    terms: list[TermValue] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate is funded or not: a code, its parameters and the words."""

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CandidateAward:
    """What one candidate receives. ``funded`` is the fraction of its first phase.

    starts: the year in which each funded phase starts whose start was to be decided.
    """

    id: str
    name: str
    country: str
    funded: float
    phases: dict[str, float]
    starts: dict[str, int]
    money: dict[str, float]
    private_money: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class MoneyCell:
    """Money of one tier to one phase in one year [EUR million]."""

    tier: str
    candidate: str
    phase: str
    year: int
    amount: float


@dataclass(frozen=True, slots=True)
class PrivateCell:
    """Money of a candidate's own consortium to one phase in one year [EUR million]."""

    candidate: str
    phase: str
    year: int
    amount: float


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """The amount of a guarantee, and what is set aside for it [EUR million]."""

    amount: float
    provision: float


@dataclass(frozen=True, slots=True)
class Indicators:
    """The headline numbers. Ratios are null where they divide by nothing.

    sites: candidates funded at all. public_money: public tiers, with what is set aside for public guarantees.
    private_money: consortia and private tiers. total_cost: what is paid in all; guarantees and provisions pay nothing.
    private_per_public = private_money / public_money; multiplier = total_cost / public_money.
    by_tier: money of each tier, of a guarantee the amount guaranteed. by_year: what is paid.
    guarantees: of each, its amount and what is set aside for it. repaid: what comes back to each revolving tier by
    year, after the horizon too; the money of such a tier counts each time it is paid.
    """

    sites: int
    public_money: float
    private_money: float
    total_cost: float
    private_per_public: float | None
    multiplier: float | None
    by_country: dict[str, dict[str, float]]
    by_tier: dict[str, float]
    by_year: dict[str, float]
    attributes: dict[str, float]
    guarantees: dict[str, Guaranteed] = field(default_factory=dict)
    repaid: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unspent:
    """What a tier leaves of its size, and the rules that keep it so.

    Of a guarantee: what is not set aside. Of a revolving tier: what it holds at the end of the horizon.

    proven: no plan at all spends more of this tier without another tier spending less or a soft rule being broken
    further. Otherwise other plans would, and
    ``kept_by`` says what stands in the way given the sites chosen, or "objective" where spending more is worth less.
    """

    tier: str
    amount: float | None
    kept_by: list[str]
    proven: bool


Holds = Literal["both_ways", "upwards", "downwards", "here"]
"""To which side a bound may move while its price holds."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A rule at its bound, and what one more unit of it is worth in the objective.

    shadow_price: objective gained per unit by which the user's bound is raised; null where it is not known, and where a
    further unit would first let a soft rule be broken less. For a plan with whole
    decisions these are fixed (``integers_fixed``). Valid while the bound stays in [from, to], where
    that is known: for linear programmes. holds: where the bound lies in that range. Strictly inside ("both_ways"), the
    price is the only one; at an end ("upwards", "downwards", "here": the range is this very point) the plan is
    degenerate, the dual need not be unique, and a move to the other side may be worth something else.
    """

    label: str
    rule: str
    at: str
    bound: Literal["at_least", "at_most", "equal"]
    shadow_price: float | None
    integers_fixed: bool
    from_: Annotated[RangeEnd, Field(validation_alias="from")] = None
    to: RangeEnd = None
    holds: Holds | None = None


@dataclass(frozen=True, slots=True)
class SoftBound:
    """One bound of a soft rule: what it asks, what the plan reaches, by how much it is broken.

    priority: 1 is broken last. asked, reached: in ``unit``; reached is null for an average of nothing. violation: in
    ``unit``; of an average times the weights' sum. scaled: the violation divided by the number the user wrote (a share
    of an award by what it comes to; 1 where that is 0). A priority's stage minimises the sum of these.
    """

    rule: str
    label: str
    priority: int
    at: str
    bound: Literal["at_least", "at_most"]
    asked: float
    reached: float | None
    violation: float
    scaled: float
    unit: str


@dataclass(frozen=True, slots=True)
class LossSummary:
    """A distribution of losses [EUR million; probability as a share]. cvar: mean of the worst 5 % (1 %)."""

    exposure: float
    expected_loss: float
    probability_of_loss: float
    cvar_95: float
    cvar_99: float


@dataclass(frozen=True, slots=True)
class Quantile:
    """Value at risk: in a share ``level`` of all cases at most ``loss`` is lost [EUR million]."""

    level: float
    loss: float


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """Where a level loses its first euro: the pool loss, as a share of the pool, how likely, by how few failures."""

    pool_loss: float
    share_of_pool: float | None
    probability: float
    draws: int
    fewest_failures: int | None


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """A limit on losses: what the model bounds (all loss that reaches the level) and the level's own loss [shares].

    of: whose money divides the bounded loss, "level" or "level_and_above".
    """

    kind: str
    of: str
    at_most: float
    bounded_share: float | None
    own_share: float | None


@dataclass(frozen=True, slots=True)
class LevelRisk:
    """One level of the waterfall [EUR million]. own: what it loses itself. reaching: all that reaches it and above."""

    seniority: int
    tiers: list[str]
    attachment: float
    detachment: float
    own: LossSummary
    reaching: LossSummary
    flip_point: FlipPoint
    limits: list[LimitCheck]


@dataclass(frozen=True, slots=True)
class TierRisk:
    """One tier's own losses and return. expected_gain over the holding years [EUR million], rates a year.

    Of a guarantee: exposure is the amount guaranteed, losses are its calls, provision what is set aside for them.
    quantiles: its distribution of losses, from the median to the worst in a thousand.
    """

    tier: str
    losses: LossSummary
    expected_gain: float
    expected_yearly_return: float | None
    hurdle: float | None
    limits: list[LimitCheck]
    provision: float | None = None
    quantiles: list[Quantile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Losses of the plan, counted draw by draw. first_loss: public money lost before any private euro [EUR million]."""

    model: str
    draws: int
    seed: int | None
    loss_sharing: str
    pool: LossSummary
    first_loss: float | None
    private_per_first_loss: float | None
    levels: list[LevelRisk]
    tiers: list[TierRisk]


@dataclass(frozen=True, slots=True)
class StressedLosses:
    """Losses under a stress, and how much each number is above the unstressed one. tier: null for the whole pool."""

    tier: str | None
    losses: LossSummary
    change: LossSummary


@dataclass(frozen=True, slots=True)
class StressedLevel:
    """Where a level loses its first euro under a stress. probability_change: against the unstressed [share]."""

    seniority: int
    tiers: list[str]
    flip_point: FlipPoint
    probability_change: float


@dataclass(frozen=True, slots=True)
class ExceededLimit:
    """A limit on losses that a stress breaks, as the model bounds it, and whose it is."""

    tiers: list[str]
    limit: LimitCheck


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule the held plan breaks under a stress. by: violation; before: violation without the stress."""

    label: str
    rule: str
    at: str
    by: float
    before: float
    unit: str


@dataclass(frozen=True, slots=True)
class Unfunded:
    """Public money of the plan that a refused budget does not pay [EUR million], by the year it would be paid in."""

    total: float
    by_year: dict[str, float]
    by_tier: dict[str, float]
    by_candidate: dict[str, float]


@dataclass(frozen=True, slots=True)
class StressReport:
    """The plan held fixed and counted in the world of one stress.

    kind: of the stress, or "patch". objective: the value the held plan has there; objective_change: that less the value
    without the stress. holds: whether it still keeps every rule. unfunded: for refused budgets only.
    """

    id: str
    name: str
    kind: str
    holds: bool
    objective: float
    objective_change: float
    terms: list[TermValue]
    pool: StressedLosses
    tiers: list[StressedLosses]
    levels: list[StressedLevel]
    limits: list[ExceededLimit]
    rules: list[BrokenRule]
    unfunded: Unfunded | None


@dataclass(frozen=True, slots=True)
class CandidateAid:
    """Aid to one candidate [EUR million]: grant equivalent by tier and in all. intensity: total / cost (null at 0)."""

    candidate: str
    by_tier: dict[str, float]
    total: float
    cost: float
    intensity: float | None


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A public tier whose money counts in no grant equivalent, and why."""

    tier: str
    why: Literal["no-reference-rate", "guarantee"]


@dataclass(frozen=True, slots=True)
class GrantEquivalents:
    """What public money amounts to if it were all given: by candidate and public tier [EUR million].

    reference_rate: a year, as the scenario states it. formula: of tiers that are repaid; grants and purchases count
    whole. not_counted: public tiers that are left out of the sums.
    """

    reference_rate: float | None
    formula: str
    total: float
    candidates: list[CandidateAid]
    not_counted: list[NotCounted]


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """One rule recomputed from the scenario. Violation and allowance in the rule's own unit.

    soft: the rule may be broken; violation is then the sum over its instances, and stated what the result says it is.
    """

    label: str
    rule: str
    at: str
    violation: float
    allowance: float
    unit: str
    checked: int
    soft: bool = False
    stated: float | None = None

    @property
    def broken(self) -> bool:
        """Whether the rule is broken by more than rounding explains, soft or not."""
        return self.violation > self.allowance

    @property
    def holds(self) -> bool:
        """Within its allowance; of a soft rule, that what is stated of it is so."""
        if not self.soft:
            return not self.broken
        return self.stated is None or abs(self.stated - self.violation) <= 1e-9 * max(self.violation, 1.0)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Every rule of the scenario, recomputed on the whole-euro plan in exact arithmetic.

    holds: no rule is broken but soft ones, and those as far as ``soft`` says. largest_violation: of all others.
    at: where the rule's worst violation stands. checked: how many instances of the rule were recomputed.
    """

    holds: bool
    largest_violation: float
    rules: list[RuleCheck] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the answer came about, enough to redo it."""

    versions: dict[str, str]
    seed: int
    solver: str
    seconds: float
    solver_seconds: float
    created: str


@dataclass(frozen=True, slots=True)
class ScenarioId:
    """Which scenario: its name, and the SHA-256 of its canonical JSON."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one scenario. Infeasible is an answer too: then there is no allocation."""

    schema_version: str
    scenario: ScenarioId
    strategy: str
    termination: Termination
    has_allocation: bool
    has_duals: bool
    objective: ObjectiveValue
    candidates: list[CandidateAward]
    money: list[MoneyCell]
    private_money: list[PrivateCell]
    indicators: Indicators | None
    soft: list[SoftBound]
    unspent: list[Unspent]
    binding: list[Binding]
    risk: RiskReport | None
    stresses: list[StressReport]
    grant_equivalents: GrantEquivalents | None
    certificate: Certificate | None
    findings: list[dict[str, str]]
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """The result by the names of its JSON; parts stay dataclasses, which ``to_json`` writes as objects."""
        document = {f.name: getattr(self, f.name) for f in fields(self)}
        document["binding"] = [_with_range(b) for b in self.binding]
        return document

    def to_json(self) -> bytes:
        """The result as JSON (UTF-8), as the command and the service give it."""
        return orjson.dumps(self.as_dict(), option=orjson.OPT_NON_STR_KEYS)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables; the first is what a single CSV file holds."""
        from optimiser.result.frames import TABLES

        return TABLES

    def frame(
        self,
        table: Literal[
            "candidates",
            "money",
            "private_money",
            "soft",
            "unspent",
            "binding",
            "certificate",
            "risk",
            "stresses",
            "stress_rules",
            "grant_equivalents",
        ],
    ) -> pd.DataFrame:
        """One table of the result as a pandas DataFrame, amounts in EUR million."""
        from optimiser.result.frames import frame_of

        return frame_of(self, table)


def _with_range(binding: Binding) -> dict[str, Any]:
    document = {name: getattr(binding, name) for name in _BINDING}
    document["from"], document["to"] = binding.from_, binding.to
    return document


_BINDING = tuple(f.name for f in fields(Binding) if f.name not in ("from_", "to"))
