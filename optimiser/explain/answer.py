"""What comes out of a question about an answer: the names of this module are the names in the JSON.

Amounts in EUR million, shares 0..1. Every text comes from the catalogue.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import orjson

from optimiser.result.result import Provenance, Reason, ScenarioId

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class RuleInClash:
    """A rule of the user's. pointers: where it is written. value: the number written, null where there is none.

    enough: whether dropping it alone gives the whole scenario a plan; null where the time did not suffice.
    """

    label: str
    rule: str
    pointers: list[str]
    bound: str
    value: float | None
    unit: str
    text: str
    description: str = ""
    enough: bool | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Rules that cannot hold together. irreducible: proven that they hold as soon as any one of them is dropped."""

    rules: list[RuleInClash]
    irreducible: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the scenario, as ``--set`` takes it. by: how far the number moves; null where a rule is lifted."""

    label: str
    rule: str
    pointer: str
    before: Any
    after: Any
    by: float | None
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class RepairOption:
    """Changes that together give the scenario a plan again: they were applied, and one was found.

    size: Σ |change| / |number written| over the rules changed (a rule lifted or dropped counts 1). money: what tiers
    need more [EUR million]. proven_least: that no smaller change of the rules that were allowed to change is enough.
    objective: what the plan found reaches. command: the changes as ``--set`` takes them; empty where
    a rule must be dropped.
    """

    changes: list[Change]
    size: float
    rules_changed: int
    money: float
    proven_least: bool
    objective: float | None
    command: str


@dataclass(frozen=True, slots=True)
class Repair:
    """Which rules clash, and the cheapest ways out. ``feasible`` where there is a plan and nothing to repair;
    null where the time did not suffice to tell."""

    schema_version: str
    scenario: ScenarioId
    feasible: bool | None
    clash: Clash | None
    repairs: list[RepairOption]
    not_computed: list[str]
    findings: list[dict[str, str]]
    provenance: Provenance

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables; the first is what a single CSV file holds."""
        return ("repairs", "clash")

    def frame(self, table: str) -> pd.DataFrame:
        """Changes, a row each with the number of their repair; or the rules that clash.

        Errors: KeyError for any other table.
        """
        if table == "repairs":
            rows = [{"repair": n, **_plain(c)} for n, r in enumerate(self.repairs, 1) for c in r.changes]
            return _frame(rows, ("repair", *Change.__dataclass_fields__))
        if table == "clash":
            rules = self.clash.rules if self.clash is not None else []
            return _frame([_plain(r) for r in rules], tuple(RuleInClash.__dataclass_fields__))
        raise KeyError(f"no table {table!r}; there are: {', '.join(self.tables)}")

    def to_json(self) -> bytes:
        """The answer as JSON (UTF-8), as the command and the service give it."""
        return orjson.dumps(self)


@dataclass(frozen=True, slots=True)
class TermChange:
    """One term of the objective before and after. lost: by how much it gets worse (negative: better)."""

    term: str
    attribute: str | None
    tier: str | None
    sense: str
    unit: str
    before: float
    after: float
    lost: float


@dataclass(frozen=True, slots=True)
class Swap:
    """The best plan with (or without) a candidate beside the plan as it stands.

    possible: whether there is such a plan at all; null where the time did not suffice to tell. proven: that none of
    that kind is better. clash: where impossible, the rules that stand against it.
    """

    possible: bool | None
    proven: bool
    terms: list[TermChange] = field(default_factory=list)
    comes_in: list[str] = field(default_factory=list)
    drops_out: list[str] = field(default_factory=list)
    clash: Clash | None = None


@dataclass(frozen=True, slots=True)
class EntryPrice:
    """The least change of one thing at which a plan with the candidate is as good as any without it.

    by: "cost", "attribute" (``of`` names it), "tier" (``of`` names it) or "public" (all public tiers, scaled).
    found: null where the time did not suffice. At ``enters`` it was solved and is in; at ``stays_out`` (no further
    off than ``tolerance``) it was solved and is not. settings: what to ``--set`` to see it.
    """

    by: Literal["cost", "attribute", "tier", "public"]
    of: str | None
    unit: str
    found: bool | None
    now: float | None
    enters: float | None = None
    stays_out: float | None = None
    tolerance: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CandidateCase:
    """What one candidate is told.

    forced: unfunded candidates, the best plan that has it. entry: their prices of entry.
    replacement: funded candidates, the best plan without it. not_computed: what the time did not suffice for.
    """

    id: str
    name: str
    country: str
    funded: float
    reason: Reason
    forced: Swap | None
    entry: list[EntryPrice]
    replacement: Swap | None
    not_computed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan within the loss allowed. changes: candidates in or out against the plan as it stands."""

    funded: list[str]
    comes_in: list[str]
    drops_out: list[str]
    changes: int
    terms: list[TermChange]
    proven: bool


@dataclass(frozen=True, slots=True)
class Reserve:
    """One place of the reserve list: the candidate, what funding it would cost, and for whom it would come in."""

    id: str
    terms: list[TermChange]
    replaces: list[str]


@dataclass(frozen=True, slots=True)
class CountryCase:
    """Why a country has what it has. answer: "funded", "no-candidate", "no-tier", "forced-out" (rules stand against
    every site of its) or "outranked"; "unknown" where the time did not suffice.

    cheapest: of its candidates the one that costs the others least. letter: half a page of text.
    """

    country: str
    answer: Literal["funded", "no-candidate", "no-tier", "forced-out", "outranked", "unknown"]
    candidates: list[str]
    tiers_open: list[str]
    tiers_closed: list[str]
    cheapest: str | None
    letter: list[str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answers about a plan. ``repair`` stands where there is no plan to explain."""

    schema_version: str
    scenario: ScenarioId
    termination: str
    funded: list[str]
    candidates: list[CandidateCase]
    country: CountryCase | None
    reserve: list[Reserve]
    alternatives: list[Alternative]
    within: float | None
    repair: Repair | None
    not_computed: list[str]
    findings: list[dict[str, str]]
    provenance: Provenance

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables; the first is what a single CSV file holds."""
        return ("candidates", "entry", "reserve", "alternatives")

    def frame(self, table: str) -> pd.DataFrame:
        """A row a candidate, price of entry, place of the reserve list or alternative plan.

        Errors: KeyError for any other table.
        """
        if table == "candidates":
            return _frame([_case_row(c) for c in self.candidates], _CASE)
        if table == "entry":
            rows = [{"candidate": c.id, **_plain(e)} for c in self.candidates for e in c.entry]
            return _frame(rows, ("candidate", *EntryPrice.__dataclass_fields__))
        if table == "reserve":
            return _frame(
                [
                    {"place": n, "id": r.id, "replaces": r.replaces, "lost": [t.lost for t in r.terms]}
                    for n, r in enumerate(self.reserve, 1)
                ],
                ("place", "id", "replaces", "lost"),
            )
        if table == "alternatives":
            rows = [{**_plain(a), "terms": [t.after for t in a.terms]} for a in self.alternatives]
            return _frame(rows, tuple(Alternative.__dataclass_fields__))
        raise KeyError(f"no table {table!r}; there are: {', '.join(self.tables)}")

    def to_json(self) -> bytes:
        """The answer as JSON (UTF-8), as the command and the service give it."""
        return orjson.dumps(self)


_CASE = ("id", "name", "country", "funded", "reason", "possible", "lost", "comes_in", "drops_out")


def _case_row(case: CandidateCase) -> dict[str, Any]:
    swap = case.forced or case.replacement
    row = {"id": case.id, "name": case.name, "country": case.country, "funded": case.funded, "reason": case.reason.code}
    if swap is None:
        return row
    return row | {
        "possible": swap.possible,
        "lost": [t.lost for t in swap.terms],
        "comes_in": swap.comes_in,
        "drops_out": swap.drops_out,
    }


def _plain(value: Any) -> dict[str, Any]:
    """A row of a table: what is not a plain value is written as JSON."""
    return {
        k: orjson.dumps(v).decode() if isinstance(v, dict) or k in ("before", "after") else v
        for k, v in asdict(value).items()
    }


def _frame(rows: list[dict[str, Any]], names: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(names))
