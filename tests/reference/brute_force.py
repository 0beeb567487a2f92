"""An oracle: every way of deciding the whole decisions, each financed by scipy's linear programmes.

Stated a second time, from the document alone, as dense matrices; nothing of the library is used. Whole decisions
(phases of all-or-nothing candidates, who takes part with a least fraction, which tiers take part where a least ticket
is asked) are enumerated; money and fractions are a linear programme for each of them, with presolve off.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

Document = dict[str, Any]
Terms = dict[tuple[Any, ...], float]

FEASIBLE = 1e-9
"""Tolerance asked of scipy's HiGHS; amounts here are below 10^4, shares have two decimals."""


@dataclass(slots=True)
class Phase:
    """One phase: its candidate, its place in it, and where it stands."""

    candidate: Document
    index: int
    id: str
    cost: dict[int, float]
    attributes: dict[str, float]
    countries: set[str]
    locked: str | None
    committed: Document

    @property
    def key(self) -> tuple[str, str]:
        return self.candidate["id"], self.id

    @property
    def total(self) -> float:
        return sum(self.cost.values())


@dataclass(slots=True)
class Statement:
    """Columns and rows: Σ terms ≤ bound, or = bound."""

    columns: dict[tuple[Any, ...], int] = field(default_factory=dict)
    most: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    at_most: list[tuple[Terms, float]] = field(default_factory=list)
    equal: list[tuple[Terms, float]] = field(default_factory=list)
    soft: Document | None = None
    violations: dict[int, Terms] = field(default_factory=dict)

    def column(self, *name: Any, most: float = math.inf, whole: bool = False) -> None:
        self.columns[name] = len(self.columns)
        self.most.append(most)
        self.whole.append(whole)

    def le(self, terms: Terms, bound: float, scale: float | None = None) -> None:
        """While ``soft`` is set the row may be broken, by a column that counts, divided by the scale."""
        if bound == math.inf:
            return
        if self.soft is not None:
            broken = ("broken", len(self.columns))
            self.column(*broken)
            divisor = abs(bound if scale is None else scale) or 1.0
            self.violations.setdefault(self.soft.get("priority", 1), {})[broken] = -1.0 / divisor
            terms = {**terms, broken: -1.0}
        self.at_most.append((terms, bound))

    def ge(self, terms: Terms, bound: float, scale: float | None = None) -> None:
        self.le({name: -a for name, a in terms.items()}, -bound, scale)


def plus(*parts: Terms, scale: tuple[float, ...] = ()) -> Terms:
    """Sum of sums, each times its scale."""
    total: Terms = {}
    for n, part in enumerate(parts):
        for name, a in part.items():
            total[name] = total.get(name, 0.0) + a * (scale[n] if scale else 1.0)
    return total


def number(value: Any, unlimited: float = math.inf) -> float:
    return unlimited if value is None or value == "unlimited" else float(value)


class Oracle:
    """One document, stated."""

    def __init__(self, document: Document):
        self.document = document
        self.fund = document["fund"]
        self.tiers = {t["id"]: t for t in self.fund["tiers"]}
        self.phases = [p for c in document["candidates"] for p in phases_of(c)]
        self.of = {c["id"]: [p for p in self.phases if p.candidate is c] for c in document["candidates"]}
        self.s = Statement()
        self._columns()
        self._financing()
        self._envelopes()
        self._shares()
        self._guarantees()
        self._structure()
        self._constraints()
        self.goals = [self._goal(n, term) for n, term in enumerate(document["objective"]["terms"])]
        self._finish()

    # -- columns and sums -------------------------------------------------------------------------------------------

    def _columns(self) -> None:
        for p in self.phases:
            divisible = p.candidate.get("divisible", False)
            self.s.column("y", *p.key, most=1, whole=not divisible)
            for t in p.cost:
                for k, tier in self.tiers.items():
                    if belongs(tier.get("eligible"), p):  # S6
                        self.s.column("x", k, *p.key, t)
                self.s.column("m", *p.key, t)
        for c in self.document["candidates"]:
            if c.get("least_fraction") is not None:
                self.s.column("v", c["id"], most=1, whole=True)
            for k, tier in self.tiers.items():
                if tier.get("min_ticket", 0) > 0:
                    self.s.column("u", c["id"], k, most=1, whole=True)

    def y(self, p: Phase) -> Terms:
        return {("y", *p.key): 1.0}

    def n(self, p: Phase) -> Terms:
        """What a phase counts in a number of candidates."""
        if p.index == 0 and ("v", p.key[0]) in self.s.columns:
            return {("v", p.key[0]): 1.0}
        return self.y(p)

    def money(self, tiers: Any, phases: Any, years: Any = None) -> Terms:
        named, keys = set(tiers), {p.key for p in phases}
        return {
            name: 1.0
            for name in self.s.columns
            if name[0] == "x" and name[1] in named and name[2:4] in keys and (years is None or name[4] in years)
        }

    def consortium(self, phases: Any) -> Terms:
        keys = {p.key for p in phases}
        return {name: 1.0 for name in self.s.columns if name[0] == "m" and name[1:3] in keys}

    @property
    def public(self) -> list[str]:
        return [k for k in self.paying if self.tiers[k].get("public", True)]

    @property
    def paying(self) -> list[str]:
        return [k for k, tier in self.tiers.items() if tier["instrument"] != "guarantee"]

    def budget(self, tiers: Any, phases: Any, years: Any = None) -> Terms:
        """Budget these tiers use: their money, and of a guarantee what is set aside for it."""
        rates = {k: self.tiers[k].get("provision_rate", 1) for k in self.tiers if k not in self.paying}
        return {name: rates.get(name[1], 1.0) for name in self.money(tiers, phases, years)}

    # -- rules ------------------------------------------------------------------------------------------------------

    def _financing(self) -> None:
        for p in self.phases:
            for t, cost in p.cost.items():  # F1
                paid = plus(self.money(self.paying, [p], [t]), {("m", *p.key, t): 1.0})
                self.s.equal.append((plus(paid, self.y(p), scale=(1, -cost)), 0.0))
            private = self._own(p, "least_private_share", 0.0)
            self.s.ge(plus(self.consortium([p]), self.y(p), scale=(1, -private * p.total)), 0)  # F2
            public = self._own(p, "least_public_share", 0.0)
            self.s.ge(plus(self.money(self.public, [p]), self.y(p), scale=(1, -public * p.total)), 0)  # F3
            most = number(self._own(p, "max_public_share", None))
            if most < math.inf:  # S2
                self.s.le(plus(self.money(self.public, [p]), self.y(p), scale=(1, -most * p.total)), 0)
        for phases in self.of.values():  # F2
            self.s.le(self.consortium(phases), number(phases[0].candidate.get("private_pledge", 0)))

    def _own(self, p: Phase, share: str, absent: Any) -> Any:
        own = p.candidate.get(share)
        return self.fund.get(share, absent) if own is None else own

    def _envelopes(self) -> None:
        for k, tier in self.tiers.items():
            least, most = size_of(tier)
            spent = self.budget([k], self.phases)
            self.s.ge(spent, least)  # B1
            if tier.get("revolving") is not None:
                self._revolving(k, tier, most)
                continue
            self.s.le(spent, most)
            annual = {int(t): a for t, a in (tier.get("annual_ceiling") or {}).items()}
            if tier.get("annual_ceiling") is not None:  # B2
                for t in self.years():
                    span = [a for a in self.years() if a <= t] if tier.get("carry_over") else [t]
                    self.s.le(self._booked(k, tier, span), sum(annual.get(a, 0) for a in span))
            for ceiling in tier.get("ceilings", []):
                span = range(ceiling["from"], ceiling["to"] + 1)
                self.s.le(self._booked(k, tier, span), number(ceiling["at_most"]))

    def _revolving(self, k: str, tier: Document, most: float) -> None:  # B3
        years = self.years()
        annual = tier.get("annual_ceiling")
        for t in years:
            self.s.le(
                plus(self.money([k], self.phases, range(years[0], t + 1)), self._back(k, tier, years[0], t)), most
            )
            if annual is not None:
                span = range(years[0] if tier.get("carry_over") else t, t + 1)
                net = plus(self._booked(k, tier, span), self._back(k, tier, span[0], t))
                self.s.le(net, sum(annual.get(str(a), 0) for a in span))
        for ceiling in tier.get("ceilings", []):
            for t in range(ceiling["from"], ceiling["to"] + 1):
                net = plus(
                    self._booked(k, tier, range(ceiling["from"], t + 1)), self._back(k, tier, ceiling["from"], t)
                )
                self.s.le(net, number(ceiling["at_most"]))

    def _back(self, k: str, tier: Document, first: int, last: int) -> Terms:
        """What can be spent again from ``first`` to ``last``, with a minus: each part a year after it is repaid."""
        parts: Terms = {}
        n = tier["revolving"]["years"]
        for name in self.money([k], self.phases):
            for part in range(1, n + 1):
                if first <= name[4] + tier["revolving"].get("grace_years", 0) + part + 1 <= last:
                    parts[name] = parts.get(name, 0.0) - (1 - self.mean_loss(name[2])) / n
        return parts

    def mean_loss(self, candidate: str) -> float:
        table = self.document.get("risk", {}).get("losses", {}).get(candidate, [0])
        return sum(table) / len(table)

    def years(self) -> range:
        return range(self.document["horizon"]["first_year"], self.document["horizon"]["last_year"] + 1)

    def _booked(self, k: str, tier: Document, span: Any) -> Terms:
        if tier.get("ceiling_basis", "payments") == "payments":
            return self.budget([k], self.phases, set(span))
        return self.budget([k], [p for p in self.phases if p.cost and min(p.cost) in span])

    def _shares(self) -> None:
        for k, tier in self.tiers.items():
            for p in self.phases:  # S1
                share = tier.get("max_share_of_cost", 1)
                self.s.le(plus(self.money([k], [p]), self.y(p), scale=(1, -share * p.total)), 0)
            for c, phases in self.of.items():  # S4, S5
                exposure = self.money([k], phases)
                if tier.get("min_ticket", 0) > 0:
                    cost = sum(p.total for p in phases)
                    self.s.ge(plus(exposure, {("u", c, k): -tier["min_ticket"]}), 0)
                    self.s.le(plus(exposure, {("u", c, k): -cost}), 0)
                self.s.le(exposure, number(tier.get("max_ticket")))
                if (rule := tier.get("concentration")) is not None:
                    if rule.get("of") == "size":
                        self.s.le(self.budget([k], phases), rule["at_most"] * size_of(tier)[1])
                    else:
                        everyone = self.money([k], self.phases)
                        self.s.le(plus(exposure, everyone, scale=(1, -rule["at_most"])), 0)
        for rule in self.fund.get("matching", []):  # S3
            self.s.soft = rule.get("soft")
            places = [[p] for p in self.phases] if rule.get("by", "phase") == "phase" else list(self.of.values())
            for phases in places:
                matched = self.money(rule["of"], phases)
                given = plus(self.money(rule["tiers"], phases), matched, scale=(1, -rule["at_least"]))
                self.s.ge(given, 0, rule["at_least"])
        self.s.soft = None

    def _guarantees(self) -> None:  # GU
        for k in self.tiers.keys() - set(self.paying):
            tier = self.tiers[k]
            for phases in self.of.values():
                covered = self.money(tier["covers"], phases)
                self.s.le(plus(self.money([k], phases), covered, scale=(1, -tier["cover_share"])), 0)
            for p in self.phases:
                self.s.le(plus(self.money([k], [p]), self.y(p), scale=(1, -p.total)), 0)

    def _structure(self) -> None:
        for c, phases in self.of.items():
            for earlier, later in itertools.pairwise(phases):  # Q1
                self.s.le(plus(self.y(later), self.y(earlier), scale=(1, -1)), 0)
            least = phases[0].candidate.get("least_fraction")
            if least is not None:  # Y1
                self.s.ge(plus(self.y(phases[0]), {("v", c): -least}), 0)
                self.s.le(plus(self.y(phases[0]), {("v", c): -1.0}), 0)
        for p in self.phases:  # L3
            of_candidate = p.candidate.get("locked")
            if p.locked == "in" or p.committed or (of_candidate == "in" and p.index == 0):
                self.s.ge(self.y(p), 1)
            if p.locked == "out" or of_candidate == "out":
                self.s.le(self.y(p), 0)
            for k, amounts in p.committed.items():
                for t, amount in amounts.items():
                    self.s.ge({("x", k, *p.key, int(t)): 1.0}, amount)

    def _constraints(self) -> None:
        kinds: dict[str, Callable[[Document], None]] = {
            "count": self._count,
            "money": self._money_rule,
            "attribute": self._attribute_rule,
            "award": self._award,
            "floor": self._floor,
            "exclusive": self._exclusive,
            "requires": self._requires,
            "stay_close": self._stay_close,
        }
        for rule in self.document.get("constraints", []):
            self.s.soft = rule.get("soft")
            kinds[rule["kind"]](rule)
        self.s.soft = None

    def _count(self, rule: Document) -> None:  # N1
        counted = [p for p in self.phases if (p.id == rule["phase"] if "phase" in rule else p.index == 0)]
        total = plus(*(self.n(p) for p in counted if belongs(rule.get("of"), p)))
        if rule.get("at_least", 0):
            self.s.ge(total, rule["at_least"])
        self.s.le(total, number(rule.get("at_most")))

    def _money_rule(self, rule: Document) -> None:  # G1
        group = [p for p in self.phases if belongs(rule.get("of"), p)]
        sums = [self.money(rule.get("tiers", self.public), phases) for phases in (group, self.phases)]
        if rule.get("private"):
            sums = [plus(sums[0], self.consortium(group)), plus(sums[1], self.consortium(self.phases))]
        if "at_least" in rule:
            self.s.ge(sums[0], rule["at_least"])
        self.s.le(sums[0], number(rule.get("at_most")))
        if "at_least_share" in rule:
            self.s.ge(plus(*sums, scale=(1, -rule["at_least_share"])), 0, rule["at_least_share"])
        if number(rule.get("at_most_share")) < math.inf:
            self.s.le(plus(*sums, scale=(1, -rule["at_most_share"])), 0, rule["at_most_share"])

    def _attribute_rule(self, rule: Document) -> None:  # A1
        group = [p for p in self.phases if belongs(rule.get("of"), p)]
        for side, absent, state in (("at_most", math.inf, self.s.le), ("at_least", -math.inf, self.s.ge)):
            bound = number(rule.get(side), absent)
            if math.isinf(bound):
                continue
            if "average_by" not in rule:
                state(
                    plus(*(self.y(p) for p in group), scale=tuple(value_of(p, rule["attribute"]) for p in group)), bound
                )
            else:
                # Only candidates that state both in the same place are generated: values, once, with their phase.
                weights = [value_of(p, rule["average_by"]) for p in group]
                values = [value_of(p, rule["attribute"]) for p in group]
                excess = tuple((value - bound) * weight for value, weight in zip(values, weights, strict=True))
                state(plus(*(self.y(p) for p in group), scale=excess), 0, bound)

    def _award(self, rule: Document) -> None:  # S7
        tiers = rule.get("tiers", self.public)
        listed = [p for p in self.phases if belongs(rule.get("of"), p) and p.id in rule.get("phases", [p.id])]
        if rule.get("per") == "country":
            for country in {country for p in listed for country in p.countries}:
                self.s.le(self.money(tiers, [p for p in listed if country in p.countries]), number(rule.get("at_most")))
            return
        for p in listed:
            given = self.money(tiers, [p])
            for side, strictest, state in (("at_least", max, self.s.ge), ("at_most", min, self.s.le)):
                stated = [(side, 1.0), (f"{side}_share", p.total)]
                bounds = [rule[key] * scale for key, scale in stated if rule.get(key, "unlimited") != "unlimited"]
                if bounds:
                    bound = strictest(bounds)
                    state(plus(given, self.y(p), scale=(1, -bound)), 0, bound)

    def _floor(self, rule: Document) -> None:  # A2
        if rule.get("effect", "exclude") == "exclude":
            for phases in self.of.values():
                ids = [p.id for p in phases]
                if "phase" in rule and rule["phase"] not in ids:
                    continue
                at = ids.index(rule["phase"]) if "phase" in rule else 0
                summed = phases[: at + 1] if "phase" in rule else phases
                value = sum(value_of(p, rule["attribute"]) for p in summed)
                if belongs(rule.get("of"), phases[at]) and value < rule["at_least"]:
                    if "soft" in rule:
                        lacks = rule["at_least"] - value
                        self.s.le(plus(self.y(phases[at]), scale=(lacks,)), 0, rule["at_least"])
                        continue
                    for p in phases[at:]:
                        self.s.le(self.y(p), 0)

    def _exclusive(self, rule: Document) -> None:  # L1
        self.s.le(plus(*(self.n(self.of[c][0]) for c in rule["candidates"])), rule.get("at_most", 1))

    def _requires(self, rule: Document) -> None:  # L2
        for need in rule["needs"]:
            self.s.le(plus(self.n(self.of[rule["candidate"]][0]), self.n(self.of[need][0]), scale=(1, -1)), 0)

    def _stay_close(self, rule: Document) -> None:  # T2
        soft, self.s.soft = self.s.soft, None
        differ: Terms = {}
        if "plan" in rule:
            for c, phases in self.of.items():
                self.s.column("changed", c, most=1, whole=phases[0].candidate.get("divisible", False))
                differ["changed", c] = 1.0
                for p in phases:
                    if p.id in rule["plan"].get(c, []):
                        self.s.ge(plus(self.y(p), {("changed", c): 1.0}), 1)
                    else:
                        self.s.le(plus(self.y(p), {("changed", c): -1.0}), 0)
        before = {(a["tier"], a["candidate"], a["phase"], a["year"]): a["amount"] for a in rule.get("plan_money", [])}
        if "plan_money" in rule:
            # Money that flows from cell to cell, in and out: x − in + out = x⁰, each of Σ in and Σ out at most "moved".
            self.s.column("moved")
            ins: Terms = {}
            outs: Terms = {}
            for name in [name for name in self.s.columns if name[0] == "x"]:
                for kind, into in (("in", ins), ("out", outs)):
                    self.s.column(kind, *name)
                    into[kind, *name] = 1.0
                row = {name: 1.0, ("in", *name): -1.0, ("out", *name): 1.0}
                self.s.equal.append((row, before.pop(name[1:], 0.0)))
            for flow, gone in ((ins, 0.0), (outs, sum(before.values()))):
                self.s.le(plus(flow, {("moved",): -1.0}), -gone)
        self.s.soft = soft
        if "plan" in rule:
            self.s.le(differ, number(rule.get("at_most_changes")))
        if "plan_money" in rule:
            self.s.le({("moved",): 1.0}, number(rule.get("at_most_money")))

    # -- objective --------------------------------------------------------------------------------------------------

    def _goal(self, n: int, term: Document) -> Terms:
        sign = -1.0 if term.get("sense", "minimise" if term["term"] == "public_money" else "") == "minimise" else 1.0
        terms: Terms = getattr(self, f"_{term['term']}")(n, term)
        return {name: sign * a for name, a in terms.items()}

    def _attribute(self, n: int, term: Document) -> Terms:
        return plus(*map(self.y, self.phases), scale=tuple(value_of(p, term["attribute"]) for p in self.phases))

    def _discounted_attribute(self, n: int, term: Document) -> Terms:
        rate, first = self.document.get("discount_rate", 0.0), self.years()[0]
        factors = []
        for p in self.phases:
            start = (max(p.cost) if p.cost else first) + term.get("service_lag_years", 1) - first
            served = [(1 + rate) ** -a for a in range(start, start + term["life_years"])]
            factors.append(value_of(p, term["attribute"]) * sum(served))
        return plus(*map(self.y, self.phases), scale=tuple(factors))

    def _private_money(self, n: int, term: Document) -> Terms:
        private = [k for k in self.paying if k not in self.public and term.get("tier", k) == k]
        own = {} if "tier" in term else self.consortium(self.phases)
        return plus(self.money(private, self.phases), own)

    def _public_money(self, n: int, term: Document) -> Terms:
        public = [k for k, tier in self.tiers.items() if tier.get("public", True) and term.get("tier", k) == k]
        return self.budget(public, self.phases)

    def _expected_return(self, n: int, term: Document) -> Terms:
        parts, scales = [], []
        for k, tier in self.tiers.items():
            if tier["instrument"] in ("loan", "equity", "quasi_equity") and term.get("tier", k) == k:
                for phases in self.of.values():
                    c = phases[0].candidate
                    fails = self.mean_loss(c["id"]) if "risk" in self.document else c.get("failure_probability", 0)
                    rate = c.get("return_if_success", {}).get(k, tier.get("return_if_success", 0))
                    gain = (1 + rate) ** tier.get("holding_years", 10) - 1
                    parts.append(self.money([k], phases))
                    scales.append((1 - fails) * gain - fails * tier.get("loss_given_failure", 1))
        return plus(*parts, scale=tuple(scales))

    def _least_served(self, n: int, term: Document) -> Terms:
        self.s.column("least served", n)
        groups: dict[str, list[Phase]] = {}
        for p in self.phases:
            own = p.candidate.get("tags", [])
            for group in {"candidate": [p.key[0]], "country": p.countries, "tag": own}[term["group_by"]]:
                groups.setdefault(group, []).append(p)
        for group, phases in groups.items():
            if "attribute" in term:
                served = plus(*map(self.y, phases), scale=tuple(value_of(p, term["attribute"]) for p in phases))
            else:
                served = self.money([term["tier"]] if "tier" in term else self.public, phases)
            heads = self.document["countries"][group]["population"] if term.get("per") == "population" else 1.0
            self.s.ge(plus(served, {("least served", n): -heads}), 0)
        return {("least served", n): 1.0}

    # -- search -----------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        s = self.s
        self.a_ub, self.b_ub = self._matrix(s.at_most)
        self.a_eq, self.b_eq = self._matrix(s.equal)
        self.whole = np.flatnonzero(s.whole)
        # Rows over whole decisions alone are seen through without a linear programme.
        loose = np.ones(len(s.columns), dtype=bool)
        loose[self.whole] = False
        self.plain = ~(self.a_ub[:, loose] != 0).any(axis=1) if len(self.a_ub) else np.zeros(0, dtype=bool)

    def _matrix(self, rows: list[tuple[Terms, float]]) -> tuple[np.ndarray, np.ndarray]:
        matrix = np.zeros((len(rows), len(self.s.columns)))
        for n, (terms, _) in enumerate(rows):
            for name, a in terms.items():
                matrix[n, self.s.columns[name]] = a
        return matrix, np.array([bound for _, bound in rows])

    def vector(self, terms: Terms) -> np.ndarray:
        cost = np.zeros(len(self.s.columns))
        for name, a in terms.items():
            cost[self.s.columns[name]] = a
        return cost

    def decisions(self) -> Iterator[np.ndarray]:
        """Every way of deciding the whole decisions that holds by itself."""
        if not len(self.whole):
            yield np.zeros(0)
            return
        ways = np.array(list(itertools.product((0.0, 1.0), repeat=len(self.whole))))
        rows = self.a_ub[np.ix_(self.plain, self.whole)]
        yield from ways[(ways @ rows.T <= self.b_ub[self.plain] + FEASIBLE).all(axis=1)]

    def solve(self, cost: np.ndarray, fixed: np.ndarray, kept: Any = (), presolve: bool = False) -> float | None:
        """The optimum with the whole decisions fixed; None where there is no plan. ``kept``: (cost, least) rows."""
        bounds = np.column_stack([np.zeros(len(self.s.most)), np.array(self.s.most)])
        for name, i in self.s.columns.items():
            if name[0] == "least served":
                bounds[i, 0] = -np.inf
        bounds[self.whole] = fixed[:, None]
        a_ub = np.vstack([self.a_ub, *(-c for c, _ in kept)])
        b_ub = np.concatenate([self.b_ub, [-least for _, least in kept]])
        done = linprog(
            -cost,
            A_ub=a_ub if len(a_ub) else None,
            b_ub=b_ub if len(a_ub) else None,
            A_eq=self.a_eq if len(self.a_eq) else None,
            b_eq=self.b_eq if len(self.a_eq) else None,
            bounds=bounds,
            options={
                "presolve": presolve,
                "primal_feasibility_tolerance": FEASIBLE,
                "dual_feasibility_tolerance": FEASIBLE,
            },
        )
        assert done.status in (0, 2), done.message
        return -done.fun if done.status == 0 else None

    def optimum(self) -> Optimum:
        """Optima stage by stage, the decisions that reach them, and the least public money among those."""
        objective = self.document["objective"]
        if objective.get("mode", "weighted") == "weighted":
            weights = tuple(term.get("weight", 1.0) for term in objective["terms"])
            costs = [self.vector(plus(*self.goals, scale=weights))]
        else:
            costs = [self.vector(goal) for goal in self.goals]
        costs = [self.vector(self.s.violations[n]) for n in sorted(self.s.violations)] + costs
        used = self.budget([k for k, tier in self.tiers.items() if tier.get("public", True)], self.phases)
        public = self.vector(plus(used, scale=(-1.0,)))
        ways = list(self.decisions())
        kept: list[tuple[np.ndarray, float]] = []
        values: list[float] = []
        for cost in costs:
            reached = self._best(cost, ways, kept)
            if not reached:
                return Optimum([], frozenset(), math.nan)
            best = max(value for value, _ in reached)
            # With less room than this, presolve calls kept sums of violations divided by their bounds infeasible.
            looser = [(kept_cost, least - 1e-8) for kept_cost, least in kept]
            again = self.solve(cost, next(w for value, w in reached if value == best), looser, presolve=True)
            assert again is not None and math.isclose(again, best, rel_tol=1e-7, abs_tol=1e-5)
            near = max(1.0, abs(best))
            ways = [way for value, way in reached if value >= best - 1e-6 * near]
            kept.append((cost, best - 1e-9 * near))
            values.append(best)
        named = {self.s.columns["y", *p.key]: p.key for p in self.phases}
        whole_phases = [(n, named[i]) for n, i in enumerate(self.whole) if i in named]
        choices = frozenset(frozenset(key for n, key in whole_phases if way[n]) for way in ways)
        cheapest = self._best(public, ways, kept)
        return Optimum(values, choices, -max(value for value, _ in cheapest))

    def _best(
        self, cost: np.ndarray, ways: list[np.ndarray], kept: list[tuple[np.ndarray, float]]
    ) -> list[tuple[float, np.ndarray]]:
        """Every decision with its optimum; where only whole decisions have a worth, those worth most."""
        loose = cost.copy()
        loose[self.whole] = 0
        if loose.any() or not len(self.whole):
            found = [(self.solve(cost, way, kept), way) for way in ways]
            return [(value, way) for value, way in found if value is not None]
        worth = sorted(((float(cost[self.whole] @ way), n) for n, way in enumerate(ways)), reverse=True)
        reached: list[tuple[float, np.ndarray]] = []
        for value, n in worth:
            if reached and value < reached[0][0] - 1e-9:
                break
            if self.solve(np.zeros(len(cost)), ways[n], kept) is not None:
                reached.append((value, ways[n]))
        return reached


@dataclass(frozen=True, slots=True)
class Optimum:
    """stages: optimum of each, none where there is no plan. choices: sets of whole phases that reach it.

    public_money: the least public money of all plans that reach it [EUR million].
    """

    stages: list[float]
    choices: frozenset[frozenset[Any]]
    public_money: float

    @property
    def ways(self) -> int:
        return len(self.choices)


def optimum_over_starts(document: Document) -> Optimum:
    """T1  The best over every way of choosing the start years, each way a scenario of fixed years by itself."""
    reached: list[Optimum] = []
    for starts in itertools.product(*map(_possible_starts, _windows(document))):
        fixed = fixed_at(document, dict(zip([key for key, _ in _windows(document)], starts, strict=True)))
        if fixed is None:
            continue
        optimum = Oracle(fixed).optimum()
        if optimum.stages:
            named = dict(zip([key for key, _ in _windows(document)], starts, strict=True))
            choices = frozenset(frozenset((key, named.get(key)) for key in choice) for choice in optimum.choices)
            reached.append(Optimum(optimum.stages, choices, optimum.public_money))
    for n in range(len(reached[0].stages) if reached else 0):
        best = max(optimum.stages[n] for optimum in reached)
        reached = [optimum for optimum in reached if optimum.stages[n] >= best - 1e-6 * max(1.0, abs(best))]
    if not reached:
        return Optimum([], frozenset(), math.nan)
    every = frozenset().union(*(optimum.choices for optimum in reached))
    return Optimum(reached[0].stages, every, min(optimum.public_money for optimum in reached))


def _windows(document: Document) -> list[tuple[tuple[str, str], Document]]:
    phases = [((c["id"], p["id"]), p) for c in document["candidates"] for p in c.get("phases", [])]
    return [(key, p) for key, p in phases if "start" in p]


def _possible_starts(window: tuple[tuple[str, str], Document]) -> range:
    return range(window[1]["start"]["earliest"], window[1]["start"]["latest"] + 1)


def fixed_at(document: Document, starts: dict[tuple[str, str], int]) -> Document | None:
    """The document with every start decided; a phase too near to the one before is locked out.

    None where money is committed in a year in which such a start costs nothing, or a phase locked in comes too early.
    """
    fixed = copy.deepcopy(document)
    for c in fixed["candidates"]:
        before = None
        for p in c.get("phases", []):
            start = starts.get((c["id"], p["id"]))
            if start is None:
                start = min(int(t) for t, amount in p["cost"].items() if amount > 0)
            else:
                p["cost"] = {str(start + int(n)): a for n, a in p.pop("cost_since_start").items() if a > 0}
                del p["start"]
            if any(t not in p["cost"] for amounts in p.get("committed", {}).values() for t in amounts):
                return None
            after = p.pop("after_years", None)
            if before is not None and after is not None and start < before + after:
                if p.get("locked") == "in" or p.get("committed"):
                    return None
                p["locked"] = "out"
            before = start
    return fixed


def phases_of(c: Document) -> list[Phase]:
    stated = c.get("phases") or [{"id": "main", "cost": c.get("cost", {})}]
    own = set(filter(None, [c.get("country"), *c.get("countries", [])]))
    phases = []
    for n, p in enumerate(stated):
        cost = {int(t): float(a) for t, a in p.get("cost", {}).items() if a > 0}
        brought = dict(p.get("attributes", {}))
        if n == 0:
            brought = {**c.get("attributes", {}), **brought}
        stands = {p["country"]} if p.get("country") else own
        phases.append(Phase(c, n, p["id"], cost, brought, stands, p.get("locked"), p.get("committed", {})))
    return phases


def belongs(group: Document | None, p: Phase) -> bool:
    group = group or {}
    return (
        p.key[0] in group.get("candidates", [p.key[0]])
        and (("tags" not in group) or bool(set(group["tags"]) & set(p.candidate.get("tags", []))))
        and (("countries" not in group) or bool(set(group["countries"]) & p.countries))
    )


def value_of(p: Phase, attribute: str) -> float:
    return p.attributes.get(attribute, 0.0)


def size_of(tier: Document) -> tuple[float, float]:
    size = tier["size"]
    if isinstance(size, dict):
        return size.get("at_least", 0.0), number(size.get("at_most"))
    return 0.0, number(size)
