"""Why a country has what it has, and what one site there would cost the others: half a page for a letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optimiser.explain.answer import CandidateCase, CountryCase, RuleInClash, Swap, TermChange
from optimiser.explain.clash import shown
from optimiser.explain.inquiry import Inquiry
from optimiser.messages import digits, joined, listed, text
from optimiser.plan import million
from optimiser.scenario.candidate import Candidate
from optimiser.scenario.groups import belongs
from optimiser.scenario.scenario import Scenario


def country_case(
    inquiry: Inquiry, country: str, own: Sequence[Candidate], cases: Sequence[CandidateCase], lang: str
) -> CountryCase:
    """The case of a country. cases: of its own candidates; where it has none, of all that are funded."""
    paying = [t for t in inquiry.scenario.fund.tiers if t.pays_cost]
    lists = {t.id: t.eligible.countries if t.eligible is not None else None for t in paying}
    open_ = [k for k, listed in lists.items() if listed is None or country in listed]
    closed = [k for k in lists if k not in open_]
    letter = _Letter(inquiry, country, lang)
    letter.say("opening", scenario=inquiry.scenario.name or "-", count=len(inquiry.funded), names=_names(inquiry, lang))
    cheapest = _cheapest(inquiry.scenario, cases) if own else None
    if not own:
        answer = "no-candidate"
        letter.no_candidate(cases, open_)
    elif any(c.funded > 0 for c in cases):
        answer = "funded"
        letter.funded([c for c in cases if c.funded > 0])
    elif not any(belongs(t.eligible, c, p) for t in paying for c in own for p in c.all_phases):
        answer = "no-tier"
        letter.say("no-tier", tiers=letter.tiers(closed or list(lists)))
        letter.sites(cases)
    elif cheapest is not None:
        answer = "outranked"
        letter.sites(cases)
        letter.price(cheapest)
    elif any(c.forced is not None and c.forced.possible is None for c in cases):
        answer = "unknown"
        letter.sites(cases)
        letter.say("unknown")
    else:
        answer = "forced-out"
        letter.sites(cases)
        letter.rules(cases)
    if closed and answer != "no-tier":
        letter.say("closed", tiers=letter.tiers(closed))
    letter.say("closing" if inquiry.optimum.proven else "closing-unproven")
    name = cheapest.id if cheapest is not None else None
    return CountryCase(country, answer, [c.id for c in own], open_, closed, name, letter.sentences)  # type: ignore[arg-type]


class _Letter:
    """The sentences, each from the catalogue."""

    def __init__(self, inquiry: Inquiry, country: str, lang: str):
        self.sentences: list[str] = []
        self._inquiry = inquiry
        self._country = country
        self._lang = lang

    def say(self, code: str, **params: Any) -> None:
        self.sentences.append(text(f"letter.{code}", {"country": self._country, **params}, self._lang))

    def funded(self, cases: Sequence[CandidateCase]) -> None:
        plan = self._inquiry.optimum.plan
        assert plan is not None
        for c in cases:
            money = sum(euros for (_, name, _, _), euros in plan.money.items() if name == c.id)
            self.say("funded", site=_called(c), money=shown(million(money), "EUR million", self._lang))
            if c.replacement is not None and c.replacement.possible:
                code = "replaced" if c.replacement.comes_in else "not-replaced"
                self.say(
                    code,
                    site=_called(c),
                    others=self._called(c.replacement.comes_in),
                    lost=self._lost(c.replacement.terms),
                )

    def sites(self, cases: Sequence[CandidateCase]) -> None:
        self.say("sites", count=len(cases), sites=[_called(c) for c in cases])
        for c in cases:
            self.say("reason", site=_called(c), reason=c.reason.text)

    def price(self, case: CandidateCase) -> None:
        swap = case.forced
        assert swap is not None
        if not any(t.lost > 0 for t in swap.terms):
            self.say("as-good", site=_called(case), others=self._called(swap.drops_out))
            return
        self.say("price", site=_called(case), lost=self._lost(swap.terms))
        self.say("displaces" if swap.drops_out else "displaces-nobody", others=self._called(swap.drops_out))

    def rules(self, cases: Sequence[CandidateCase]) -> None:
        for c in cases:
            clash = c.forced.clash if c.forced is not None else None
            rules = [_in_full(r) for r in clash.rules] if clash is not None else []
            self.say("rules" if rules else "rules-unknown", site=_called(c), rules=joined(rules, self._lang))

    def no_candidate(self, funded: Sequence[CandidateCase], open_: Sequence[str]) -> None:
        self.say("no-candidate")
        self.say("may-pay" if open_ else "none-may-pay", tiers=self.tiers(open_))
        weakest = _weakest(self._inquiry.scenario, funded)
        if weakest is not None and open_:
            c = self._inquiry.candidate(weakest.id)
            cost = sum(p.total_cost for p in c.all_phases)
            terms = weakest.replacement.terms if weakest.replacement is not None else []
            self.say(
                "to-beat",
                site=_called(weakest),
                cost=shown(cost, "EUR million", self._lang),
                lost=self._lost(terms, nothing="letter.nothing-lost"),
            )

    def tiers(self, names: Sequence[str]) -> list[str]:
        """The tiers by the names people know them by."""
        called = {t.id: t.name or t.id for t in self._inquiry.scenario.fund.tiers}
        return [called[k] for k in names]

    def _lost(self, terms: Sequence[TermChange], nothing: str = "letter.nothing") -> str:
        parts = [
            text(
                "letter.worse" if t.lost > 0 else "letter.better",
                {
                    "term": text(f"cli.term.{t.term}", {"attribute": t.attribute or ""}, self._lang),
                    "before": shown(t.before, t.unit, self._lang),
                    "after": shown(t.after, t.unit, self._lang),
                    "share": digits(f"{100 * abs(t.lost) / abs(t.before):.3g} %", self._lang) if t.before else "-",
                },
                self._lang,
            )
            for t in terms
            if t.lost != 0
        ]
        return joined(parts, self._lang) or text(nothing, {}, self._lang)

    def _called(self, names: Sequence[str]) -> str:
        called = [self._inquiry.candidate(n).name or n for n in names]
        return listed(called, self._lang) or text("letter.nobody", {}, self._lang)


def _cheapest(scenario: Scenario, cases: Sequence[CandidateCase]) -> CandidateCase | None:
    """The candidate whose best plan loses least."""
    possible = [c for c in cases if c.forced is not None and c.forced.possible]
    return min(possible, key=lambda c: loss_key(scenario, c.forced), default=None)


def _weakest(scenario: Scenario, funded: Sequence[CandidateCase]) -> CandidateCase | None:
    """The funded candidate whose loss would cost least."""
    possible = [c for c in funded if c.replacement is not None and c.replacement.possible]
    return min(possible, key=lambda c: loss_key(scenario, c.replacement), default=None)


def loss_key(scenario: Scenario, swap: Swap | None) -> tuple[float, ...]:
    """What a plan loses, for comparing: the weighted sum; or term by term where one is taken after the other."""
    terms = swap.terms if swap is not None else []
    if scenario.objective.mode == "lexicographic":
        return tuple(t.lost for t in terms)
    return (sum(o.weight * t.lost for o, t in zip(scenario.objective.terms, terms, strict=True)),)


def _in_full(rule: RuleInClash) -> str:
    """The rule, and why the user says it is there."""
    return f"{rule.text} ({rule.description})" if rule.description else rule.text


def _called(case: CandidateCase) -> str:
    return case.name or case.id


def _names(inquiry: Inquiry, lang: str) -> str:
    return listed([inquiry.candidate(c).name or c for c in inquiry.funded], lang) or "-"
