"""Is my own plan allowed, and how good is it? Any hand-made allocation, checked and scored by the same code."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quicktions import Fraction

from optimiser.allocation import Source, loaded_from, money_cells, private_cells, provenance
from optimiser.certificate import certify
from optimiser.errors import PlanError
from optimiser.findings import Finding
from optimiser.messages import Phrase, type_of
from optimiser.plan import EUROS_PER_MILLION, CellKey, PhaseKey, Plan, PrivateKey, exact
from optimiser.result.aid import grant_equivalents
from optimiser.result.indicators import awards_of, indicators_of, unspent_euros
from optimiser.result.losses import call_findings, loss_book, own_loss_findings, risk_report
from optimiser.result.measures import exact_values, objective_value, term_values
from optimiser.result.reasons import reasons_of, unspent_million
from optimiser.result.result import ObjectiveValue, Reason, Result, ScenarioId, Unspent
from optimiser.result.soft import soft_bounds, soft_findings
from optimiser.result.stresses import stress_reports
from optimiser.risk.draws import draws_of
from optimiser.scenario.load import Loaded
from optimiser.scenario.scenario import Scenario


def evaluate(source: Source, plan_document: Any, lang: str = "en") -> Result:
    """A hand-made plan against its scenario: the certificate, the objective's terms, the indicators.

    plan_document: a result's ``money`` and, optionally, ``private_money`` and ``candidates`` (their ``phases``
    give the fractions, their ``starts`` the years in which phases start whose start is to be decided). Without
    candidates a phase counts as funded by the share of its cost that is paid; without private_money the consortium pays
    what is missing of the phases named; a start nobody stated is the one the money fits, where there is only one.
    Errors: ScenarioError where the scenario has errors; PlanError where the plan names what it does not have.
    """
    started = time.perf_counter()
    loaded = loaded_from(source)
    plan = plan_from(loaded.expect(), plan_document)
    return scored(loaded, plan, "evaluate", lang, started)


def scored(
    loaded: Loaded,
    plan: Plan,
    strategy: str,
    lang: str = "en",
    started: float | None = None,
    findings: Iterable[Finding] = (),
    reasons: Mapping[str, Reason] | None = None,
) -> Result:
    """The result of a plan that was not made by the scenario's own objective: scored, checked, every rule it breaks
    named by the certificate.

    strategy: who made it, as the result says. started: when (``time.perf_counter``), for the time it took.
    findings: said beside those of the scenario. reasons: why each candidate is in or out; by default, that it is.
    """
    started = time.perf_counter() if started is None else started
    scenario = loaded.expect()
    draws = draws_of(scenario) if scenario.risk is not None else None
    book = loss_book(scenario, plan, draws) if draws is not None else None
    soft = soft_bounds(scenario, plan)
    certificate = certify(scenario, plan, draws, soft)
    risk = risk_report(book) if book is not None else None
    exactly = exact_values(scenario, plan, book)
    of_losses = (*own_loss_findings(risk), *call_findings(risk))
    return Result(
        schema_version="1",
        scenario=ScenarioId(scenario.name, loaded.sha256),
        strategy=strategy,
        termination="optimal" if certificate.holds else "infeasible",
        has_allocation=True,
        has_duals=False,
        objective=ObjectiveValue(
            objective_value(scenario, plan, book, exactly),
            None,
            None,
            0.0,
            "unknown",
            term_values(scenario, plan, book, exactly),
        ),
        candidates=awards_of(
            scenario, plan, dict(reasons or reasons_of(scenario, plan, soft, optimised=False, lang=lang))
        ),
        money=money_cells(plan),
        private_money=private_cells(plan),
        indicators=indicators_of(scenario, plan),
        soft=soft,
        unspent=[Unspent(k, unspent_million(e), [], False) for k, e in unspent_euros(scenario, plan).items()],
        binding=[],
        risk=risk,
        stresses=stress_reports(scenario, plan, book, risk, certificate),
        grant_equivalents=grant_equivalents(scenario, plan, draws),
        certificate=certificate,
        findings=[
            f.as_dict(lang) for f in (*loaded.findings, *findings, *soft_findings(soft, certificate), *of_losses)
        ],
        provenance=provenance("none", started, 0.0),
    )


def plan_from(scenario: Scenario, document: Any) -> Plan:
    """The plan a document describes, in whole euros.

    Errors: PlanError with every place that does not fit.
    """
    if not isinstance(document, Mapping):
        raise PlanError([Finding("error", "plan-not-an-object", "", {"found": type_of(document)})])
    reader = _Reader(scenario, document)
    reader.read_awards()
    money = {
        (k, c, p, t): euros for (k, c, p, t), euros in reader.cells("money", ("tier", "candidate", "phase", "year"))
    }
    given = "private_money" in document
    private = {(c, p, t): euros for (c, p, t), euros in reader.cells("private_money", ("candidate", "phase", "year"))}
    if reader.findings:
        raise PlanError(reader.findings)
    fraction = reader.fractions or _paid_shares(scenario, money, private, given)
    starts = _starts(scenario, _paid_years(money, private), fraction, reader.starts)
    if not given:
        private = _missing_money(scenario, money, fraction, starts)
    return Plan({key: y for key, y in fraction.items() if y}, _nonzero(money), _nonzero(private), starts)


class _Reader:
    """Reads a plan document, collecting every finding."""

    def __init__(self, scenario: Scenario, document: Mapping[str, Any]):
        self.document = document
        self.findings: list[Finding] = []
        self.years: dict[PhaseKey, set[int]] = {}
        self.fractions: dict[PhaseKey, Fraction] = {}
        self.starts: dict[PhaseKey, int] = {}
        self.tiers = {t.id for t in scenario.fund.tiers}
        self.phases = {c.id: {p.id: p for p in c.all_phases} for c in scenario.candidates}

    def cells(self, key: str, names: tuple[str, ...]) -> Iterator[tuple[Any, int]]:
        """The cells of one list: their key, and their euros."""
        cells = self.document.get(key, [])
        if not isinstance(cells, list):
            self._wrong(f"/{key}", cells, Phrase("a-list"))
            return
        seen = set()
        for n, cell in enumerate(cells):
            place = f"/{key}/{n}"
            if not isinstance(cell, Mapping):
                self._wrong(place, cell, Phrase("an-object"))
                continue
            found = tuple(cell.get(name) for name in names)
            amount = cell.get("amount")
            if not self._cell_fits(place, dict(zip(names, found, strict=True)), amount):
                continue
            if found in seen:
                self.findings.append(Finding("error", "plan-cell-twice", place))
            seen.add(found)
            yield found, round(exact(float(amount)) * EUROS_PER_MILLION)  # type: ignore[arg-type]

    def read_awards(self) -> None:
        """The fractions and start years stated by ``candidates``, each with its ``phases``, its ``starts`` or both."""
        awards = self.document.get("candidates", [])
        if not isinstance(awards, list):
            self._wrong("/candidates", awards, Phrase("a-list"))
            return
        for n, award in enumerate(awards):
            place = f"/candidates/{n}"
            said = award if isinstance(award, Mapping) else {}
            parts = {"phases": said.get("phases"), "starts": said.get("starts", {})}
            if parts["phases"] is None and parts["starts"]:
                parts["phases"] = {}
            for key, by_phase in parts.items():
                if not isinstance(by_phase, Mapping):
                    self._wrong(f"{place}/{key}", by_phase, Phrase("an-object"))
                elif by_phase and not self._known(place, "candidate", said.get("id"), self.phases):
                    break
                else:
                    self._read_award(f"{place}/{key}", key, said.get("id", ""), by_phase)

    def _read_award(self, place: str, key: str, candidate: str, by_phase: Mapping[str, Any]) -> None:
        for phase, value in by_phase.items():
            if not self._known(place, "phase", phase, self.phases[candidate]):
                continue
            here = f"{place}/{phase}"
            if key == "phases" and (not _is_number(value) or not 0 <= value <= 1):
                self.findings.append(Finding("error", "plan-fraction", here, {"fraction": str(value)[:40]}))
            elif key == "phases":
                self.fractions[candidate, phase] = exact(float(value))
            elif self.phases[candidate][phase].possible_starts is None:
                named = {"candidate": candidate, "phase": phase}
                self.findings.append(Finding("error", "plan-start-fixed", here, named))
            elif not _is_year(value):
                self._wrong(here, value, Phrase("a-year"))
            else:
                self.starts[candidate, phase] = value

    def _cell_fits(self, place: str, key: dict[str, Any], amount: Any) -> bool:
        fits = "tier" not in key or self._known(place, "tier", key["tier"], self.tiers)
        if not self._known(place, "candidate", key["candidate"], self.phases):
            return False
        phases = self.phases[key["candidate"]]
        if not self._known(place, "phase", key["phase"], phases):
            return False
        if not _is_year(key["year"]):
            self._wrong(f"{place}/year", key["year"], Phrase("a-whole-number"))
            return False
        if not _is_number(amount):
            self._wrong(f"{place}/amount", amount, Phrase("a-number"))
            return False
        if amount < 0:
            self.findings.append(Finding("error", "plan-negative", f"{place}/amount", {"amount": float(amount)}))
            return False
        if amount > 0 and key["year"] not in self._costly_years(key["candidate"], key["phase"]):
            self.findings.append(Finding("error", "plan-no-cost", place, key))
            return False
        return fits

    def _costly_years(self, candidate: str, phase: str) -> set[int]:
        """Years in which the phase costs something: from the start stated, else from any there may be."""
        key = candidate, phase
        if key not in self.years:
            of = self.phases[candidate][phase]
            costs = [of.cost_from(self.starts[key])] if key in self.starts else of.schedules().values()
            self.years[key] = {year for cost in costs for year in cost}
        return self.years[key]

    def _known(self, place: str, what: str, name: Any, known: Any) -> bool:
        if isinstance(name, str) and name in known:
            return True
        self.findings.append(
            Finding(
                "error",
                "plan-unknown",
                f"{place}/{what}",
                {"what": Phrase(f"plan.{what}"), "id": str(name)[:80], "known": sorted(known)[:12]},
            )
        )
        return False

    def _wrong(self, place: str, found: Any, expected: Phrase) -> None:
        self.findings.append(Finding("error", "wrong-type", place, {"found": type_of(found), "expected": expected}))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _is_year(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _paid_years(money: dict[CellKey, int], private: dict[PrivateKey, int]) -> dict[PhaseKey, set[int]]:
    """The years in which each phase is paid."""
    paid: dict[PhaseKey, set[int]] = defaultdict(set)
    cells = [((c, p, t), euros) for (_, c, p, t), euros in money.items()]
    for (c, p, t), euros in (*cells, *private.items()):
        if euros:
            paid[c, p].add(t)
    return paid


def _starts(
    scenario: Scenario, paid: dict[PhaseKey, set[int]], fraction: dict[PhaseKey, Fraction], stated: dict[PhaseKey, int]
) -> dict[PhaseKey, int]:
    """The start of each funded phase whose start is to be decided: the one stated, else the one its money fits.

    Errors: PlanError where the money fits several starts, or none.
    """
    starts: dict[PhaseKey, int] = {}
    findings: list[Finding] = []
    for candidate in scenario.candidates:
        for phase in candidate.all_phases:
            key = candidate.id, phase.id
            if phase.possible_starts is None or not (fraction.get(key) or paid.get(key)):
                continue
            years = paid.get(key, set())
            if key in stated:
                starts[key] = stated[key]
                continue
            fitting = [start for start in phase.possible_starts if years <= phase.cost_from(start).keys()]
            named: dict[str, Any] = {"candidate": candidate.id, "phase": phase.id}
            if len(fitting) == 1:
                starts[key] = fitting[0]
            elif fitting:
                known = {"starts": fitting, "first": fitting[0]}
                findings.append(Finding("error", "plan-start-unknown", "/candidates", named | known))
            else:
                findings.append(Finding("error", "plan-start-none", "/money", named | {"years": sorted(years)}))
    if findings:
        raise PlanError(findings)
    return starts


def _paid_shares(
    scenario: Scenario, money: dict[Any, int], private: dict[Any, int], private_given: bool
) -> dict[tuple[str, str], Fraction]:
    """Fractions nobody stated: a phase that is paid counts in full, a divisible one by the share of its cost paid."""
    pays = {t.id for t in scenario.fund.tiers if t.pays_cost}
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for (k, c, p, _), euros in money.items():
        paid[c, p] += euros if k in pays else 0
    for (c, p, _), euros in private.items():
        paid[c, p] += euros
    fractions = {}
    for candidate in scenario.candidates:
        for phase in candidate.all_phases:
            euros = paid.get((candidate.id, phase.id), 0)
            cost = phase.total_euros
            if euros:
                share = min(Fraction(euros) / cost, Fraction(1))
                whole = not candidate.divisible or not private_given
                fractions[candidate.id, phase.id] = Fraction(1) if whole else Fraction(f"{float(share):.15g}")
    return fractions


def _missing_money(
    scenario: Scenario, money: dict[Any, int], fraction: dict[PhaseKey, Fraction], starts: dict[PhaseKey, int]
) -> dict[tuple[str, str, int], int]:
    """Consortium money nobody stated: what tiers leave of the cost of each phase and year."""
    pays = {t.id for t in scenario.fund.tiers if t.pays_cost}
    paid: dict[tuple[str, str, int], int] = defaultdict(int)
    for (k, c, p, t), euros in money.items():
        if k in pays:
            paid[c, p, t] += euros
    missing = {}
    for candidate in scenario.candidates:
        for phase in candidate.all_phases:
            key = candidate.id, phase.id
            y = fraction.get(key, Fraction(0))
            for t, amount in phase.cost_from(starts.get(key)).items():
                rest = round(exact(amount) * EUROS_PER_MILLION * y) - paid.get((*key, t), 0)
                if rest > 0:
                    missing[*key, t] = rest
    return missing


def _nonzero(cells: dict[Any, int]) -> dict[Any, int]:
    return {key: euros for key, euros in cells.items() if euros}
