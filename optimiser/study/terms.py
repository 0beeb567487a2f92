"""Two terms of a frontier, as a user names them: ``attribute:chips``, ``public_money``, or as in a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd, lcm
from typing import Any

from quicktions import Fraction

from optimiser.errors import QuestionError
from optimiser.findings import Finding
from optimiser.plan import exact
from optimiser.scenario.attributes import value_with
from optimiser.scenario.load import with_patch
from optimiser.scenario.objective import Term
from optimiser.scenario.scenario import Scenario

_OF_ATTRIBUTES = frozenset({"attribute", "discounted_attribute", "least_served"})
"""Terms whose name after the colon is an attribute; with all others it is a tier."""


def two_terms(scenario: Scenario, asked: Sequence[Any] | None) -> tuple[Scenario, list[Finding]]:
    """The scenario with these two terms, one after the other, as its objective; and what is to be said about them.

    asked: two names or term objects; the objective's own (first) two where None.
    Errors: QuestionError where there are not two, or one cannot be used.
    """
    own = scenario.objective.terms
    if asked is None:
        if len(own) < 2:
            raise QuestionError([Finding("error", "frontier-needs-terms", "/terms", {"own": name_of(own[0])})])
        documents: list[Any] = [_document(term) for term in own[:2]]
        names = [name_of(term) for term in own]
        findings = [Finding("note", "frontier-first-two", "/terms", {"names": names})] if len(own) > 2 else []
    else:
        # Over HTTP anything may stand here.
        given: Any = asked
        if not isinstance(given, list | tuple) or len(given) != 2:
            raise QuestionError([Finding("error", "frontier-not-two", "/terms")])
        documents, findings = [_named(scenario, item) for item in asked], []
    stages = [{**d, "tolerance": 0.0} if isinstance(d, Mapping) else d for d in documents]
    loaded = with_patch(scenario, {"objective": {"mode": "lexicographic", "terms": stages}})
    if loaded.scenario is None:
        # The scenario itself was sound: whatever is wrong now is wrong with the terms.
        raise QuestionError(
            [Finding(f.severity, f.code, f.pointer.removeprefix("/objective"), f.params) for f in loaded.findings]
        )
    terms = loaded.scenario.objective.terms
    if _document(terms[0]) == _document(terms[1]):
        raise QuestionError([Finding("error", "frontier-same-term", "/terms", {"term": name_of(terms[0])})])
    return loaded.scenario, findings


def name_of(term: Term) -> str:
    """The term as a user names it: ``attribute:chips``."""
    of = term.attribute if term.term in _OF_ATTRIBUTES and term.attribute is not None else term.tier
    return f"{term.term}:{of}" if of is not None else term.term


def unit_of_steps(scenario: Scenario, term: Term) -> Fraction | None:
    """The number of which every value of the term is a whole multiple; None where it has none, or none is known.

    Attributes of all-or-nothing candidates move in steps of their greatest common divisor, decimals included.
    """
    if term.term not in ("attribute", "least_served") or term.attribute is None or term.per is not None:
        return None
    brought = [(c, exact(value_with(c, p, term.attribute))) for c in scenario.candidates for p in c.all_phases]
    if any(c.divisible and value for c, value in brought):
        return None
    values = [abs(value) for _, value in brought if value]
    if not values:
        return Fraction(1)
    common = lcm(*(v.denominator for v in values))
    return Fraction(gcd(*(int(v * common) for v in values)), common)


def _named(scenario: Scenario, item: Any) -> Any:
    """A term's document: the scenario's own term of that name, else one made from the name alone."""
    if not isinstance(item, str):
        return item
    kind, colon, of = item.partition(":")
    for term in scenario.objective.terms:
        if term.term == kind and (not colon or of in (term.attribute, term.tier)):
            return _document(term)
    return {"term": kind, ("attribute" if kind in _OF_ATTRIBUTES else "tier"): of} if colon else {"term": kind}


def _document(term: Term) -> dict[str, Any]:
    document: dict[str, Any] = term.model_dump(mode="json", exclude_unset=True, exclude={"weight", "tolerance"})
    return document
