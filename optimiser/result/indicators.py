"""The headline numbers of a plan, and what each candidate receives."""

from __future__ import annotations

from collections import defaultdict

from quicktions import Fraction

from optimiser.plan import EUROS_PER_MILLION, Plan, exact, million
from optimiser.result.measures import attribute_total
from optimiser.result.repayments import repaid_euros
from optimiser.result.result import CandidateAward, Guaranteed, Indicators, Reason
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.groups import countries_of
from optimiser.scenario.scenario import Scenario


def country_label(c: Candidate) -> str:
    """The candidate's country; a joint bid's joined by a plus sign; "-" where none is given."""
    return "+".join(c.all_countries) or "-"


def indicators_of(scenario: Scenario, plan: Plan) -> Indicators:
    """Sites, public and private money, leverage, totals by country, tier and year, and every additive attribute.

    A joint bid stands under its countries together (``ES+PT``): how it divides its money is not for us to say.
    """
    tiers = {t.id: t for t in scenario.fund.tiers}
    rate = {k: exact(t.budget_rate) for k, t in tiers.items() if t.is_guarantee}
    places = {(c.id, p.id): "+".join(countries_of(c, p)) or "-" for c in scenario.candidates for p in c.all_phases}
    by_tier = {t.id: 0 for t in scenario.fund.tiers}
    by_year: dict[int, int] = defaultdict(int)
    by_country: dict[str, dict[str, int | Fraction]] = defaultdict(lambda: {"public_money": 0, "private_money": 0})
    public = private = 0
    provision: Fraction | int = 0
    is_public = {k for k, t in tiers.items() if t.public}
    for (k, c, p, t), euros in plan.money.items():
        by_tier[k] = by_tier.get(k, 0) + euros
        if k in rate:
            if k in is_public:
                provision += rate[k] * euros
                by_country[places[c, p]]["public_money"] += rate[k] * euros
            continue
        by_year[t] += euros
        if k in is_public:
            public += euros
            by_country[places[c, p]]["public_money"] += euros
        else:
            private += euros
            by_country[places[c, p]]["private_money"] += euros
    for (c, p, t), euros in plan.private_money.items():
        by_year[t] += euros
        private += euros
        by_country[places[c, p]]["private_money"] += euros
    funded = {c for (c, _), y in plan.fraction.items() if y}
    sites: dict[str, int] = defaultdict(int)
    for candidate in scenario.candidates:
        if candidate.id in funded:
            sites[country_label(candidate)] += 1
            by_country[country_label(candidate)]["public_money"] += 0  # it stands there, without money too
    used = public + provision
    names = dict.fromkeys(a for c in scenario.candidates for p in c.all_phases for a in (*c.attributes, *p.attributes))
    additive = [a for a in names if a not in scenario.attributes or scenario.attributes[a].additive]
    return Indicators(
        sites=len(funded),
        public_money=million(used),
        private_money=million(private),
        total_cost=million(public + private),
        private_per_public=float(Fraction(private) / used) if used else None,
        multiplier=float(Fraction(public + private) / used) if used else None,
        by_country={
            place: {"sites": sites.get(place, 0)} | {kind: million(euros) for kind, euros in sums.items()}
            for place, sums in sorted(by_country.items())
        },
        by_tier={k: million(euros) for k, euros in by_tier.items()},
        by_year={str(t): million(by_year[t]) for t in scenario.years},
        attributes={a: float(attribute_total(scenario, plan, a)) for a in additive},
        repaid={
            k: {str(t): million(euros) for t, euros in by_year.items()}
            for k, by_year in repaid_euros(scenario, plan).items()
        },
        guarantees={k: Guaranteed(million(by_tier[k]), million(by_tier[k] * r)) for k, r in rate.items()},
    )


def awards_of(scenario: Scenario, plan: Plan, reasons: dict[str, Reason]) -> list[CandidateAward]:
    """What each candidate receives, in the order of the file."""
    money: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    own: dict[str, int] = defaultdict(int)
    for (k, c, _, _), euros in plan.money.items():
        money[c][k] += euros
    for (c, _, _), euros in plan.private_money.items():
        own[c] += euros
    return [
        CandidateAward(
            id=c.id,
            name=c.name,
            country=country_label(c),
            funded=float(plan.fraction.get((c.id, c.all_phases[0].id), 0)),
            phases={p.id: float(plan.fraction.get((c.id, p.id), 0)) for p in c.all_phases},
            starts={p.id: plan.start[c.id, p.id] for p in c.all_phases if (c.id, p.id) in plan.start},
            money={k: million(euros) for k, euros in money[c.id].items()},
            private_money=million(own[c.id]),
            reason=reasons[c.id],
        )
        for c in scenario.candidates
    ]


def unspent_euros(scenario: Scenario, plan: Plan) -> dict[str, int | Fraction | None]:
    """What each tier leaves of its (greatest) size [euros], a guarantee of what may be set aside; None if unlimited.

    Of a revolving tier: what it holds at the end of the horizon, size and repayments less what it paid.
    """
    spent: dict[str, int] = defaultdict(int)
    for (k, *_), euros in plan.money.items():
        spent[k] += euros
    repaid = repaid_euros(scenario, plan)
    left: dict[str, int | Fraction | None] = {}
    for t in scenario.fund.tiers:
        if t.size.at_most == float("inf"):
            left[t.id] = None
            continue
        back = sum((e for year, e in repaid.get(t.id, {}).items() if year in scenario.years), Fraction(0))
        used = exact(t.budget_rate) * spent[t.id] if t.is_guarantee else spent[t.id]
        left[t.id] = int(exact(t.size.at_most) * EUROS_PER_MILLION) - used + (back or 0)
    return left
