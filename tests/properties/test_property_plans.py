"""What must hold of every answer, whatever the scenario: monotony, symmetry, scale, relaxation, certificate."""

from __future__ import annotations

import copy

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from property_cases import NOISE, PROPERTY, cells, documents, no_less, optimum, value

from optimiser import allocate


@PROPERTY
@given(documents())
def test_the_certificate_is_clean(document):
    result = allocate(document)
    event(result.termination)
    assert result.termination in ("optimal", "infeasible")
    if result.has_allocation:
        assert result.certificate is not None and result.certificate.holds
        # What the search promises is what the plan is worth.
        assert result.objective.bound == pytest.approx(result.objective.value, rel=NOISE, abs=NOISE * 100)


@PROPERTY
@given(documents(), st.integers(0, 2), st.sampled_from((1, 20, 1000)))
def test_more_budget_never_hurts(document, which, euros):
    tiers = document["fund"]["tiers"]
    richer = copy.deepcopy(document)
    richer["fund"]["tiers"][which % len(tiers)]["size"] += euros
    assert no_less(optimum(richer), optimum(document))


@PROPERTY
@given(documents(), st.integers(0, 2))
def test_an_unlimited_budget_never_hurts(document, which):
    tiers = document["fund"]["tiers"]
    richer = copy.deepcopy(document)
    richer["fund"]["tiers"][which % len(tiers)]["size"] = "unlimited"
    assert no_less(optimum(richer), optimum(document))


@PROPERTY
@given(documents(), st.data())
def test_dropping_a_rule_never_hurts(document, data):
    looser = copy.deepcopy(document)
    places = [(looser["constraints"], n) for n in range(len(looser["constraints"]))]
    limits = ("max_share_of_cost", "min_ticket", "max_ticket", "eligible", "annual_ceiling", "concentration")
    places += [(tier, key) for tier in looser["fund"]["tiers"] for key in limits if key in tier]
    places += [(looser["fund"], key) for key in ("matching", "max_public_share") if key in looser["fund"]]
    places += [(c, key) for c in looser["candidates"] for key in ("max_public_share", "least_fraction") if key in c]
    assume(places)
    # By its place in the list: what is drawn must not depend on the ids of objects.
    where, key = places[data.draw(st.integers(0, len(places) - 1))]
    if key == "max_public_share" and where is not looser["fund"]:
        where[key] = "unlimited"  # without it the fund's own would hold
    else:
        del where[key]
    assert no_less(optimum(looser), optimum(document))


@PROPERTY
@given(documents(), st.randoms(use_true_random=False))
def test_permuting_candidates_and_rules_changes_nothing(document, random):
    permuted = copy.deepcopy(document)
    random.shuffle(permuted["candidates"])
    random.shuffle(permuted["constraints"])
    one, other = allocate(document), allocate(permuted)
    assert one.termination == other.termination
    if one.has_allocation:
        assert value(other) == pytest.approx(value(one), rel=NOISE, abs=NOISE)
        assert {c.id: c.phases for c in other.candidates} == {
            c.id: {p: pytest.approx(y, abs=NOISE) for p, y in c.phases.items()} for c in one.candidates
        }
        amounts, same = cells(one), cells(other)
        for place in amounts.keys() | same.keys():
            # An amount that is no whole euro may be rounded the other way.
            assert same.get(place, 0.0) == pytest.approx(amounts.get(place, 0.0), abs=2e-6)


@PROPERTY
@given(documents(), st.permutations(["tail", "mid", "α β", "Z/1~x"]))
def test_renaming_candidates_keeps_the_objective(document, names):
    new = dict(zip("abcd", names, strict=True))
    renamed = copy.deepcopy(document)
    for c in renamed["candidates"]:
        c["id"] = new[c["id"]]
    for rule in renamed["constraints"]:
        for key in ("candidates", "needs"):
            if key in rule:
                rule[key] = [new[name] for name in rule[key]]
        if "candidate" in rule:
            rule["candidate"] = new[rule["candidate"]]
    assert optimum(renamed) == pytest.approx(optimum(document), rel=NOISE, abs=NOISE)


@PROPERTY
@given(documents(), st.sampled_from((0.001, 0.5, 3, 1000)))
def test_scaling_money_scales_it(document, scale):
    """Every amount times ``scale``: the same decisions cost so many times as much."""
    scaled = copy.deepcopy(document)
    for tier in scaled["fund"]["tiers"]:
        for key in ("size", "min_ticket", "max_ticket"):
            if key in tier:
                tier[key] *= scale
        if "annual_ceiling" in tier:
            tier["annual_ceiling"] = {year: scale * amount for year, amount in tier["annual_ceiling"].items()}
    for c in scaled["candidates"]:
        if c.get("private_pledge", "unlimited") != "unlimited":
            c["private_pledge"] *= scale
        for part in c.get("phases", [c]):
            part["cost"] = {year: scale * amount for year, amount in part["cost"].items()}
    for rule in scaled["constraints"]:
        if rule["kind"] in ("money", "award"):
            rule |= {key: scale * rule[key] for key in ("at_least", "at_most") if key in rule}
    for term in scaled["objective"]["terms"]:
        if term["term"] != "attribute":
            term["weight"] = term.get("weight", 1.0) / scale
    one, other = allocate(document), allocate(scaled)
    assert one.termination == other.termination
    if one.has_allocation:
        # A euro is a thousand times as much where amounts are a thousandth.
        assert value(other) == pytest.approx(value(one), rel=NOISE, abs=NOISE * max(1.0, 100 / scale))


@PROPERTY
@given(documents(divisible=False))
def test_whole_sites_are_worth_at_most_divisible_ones(document):
    relaxed = copy.deepcopy(document)
    for c in relaxed["candidates"]:
        c["divisible"] = True
    assert no_less(optimum(relaxed), optimum(document))


@PROPERTY
@given(documents(divisible=True, most_rules=2))
def test_prices_have_the_users_sign(document):
    """Raising an at_most never loses, raising an at_least never gains."""
    for c in document["candidates"]:
        c.pop("least_fraction", None)
    for tier in document["fund"]["tiers"]:
        tier.pop("min_ticket", None)
    result = allocate(document)
    assume(result.termination == "optimal")
    assert result.has_duals
    for binding in result.binding:
        if binding.shadow_price is not None and binding.bound == "at_most":
            assert binding.shadow_price >= 0
        if binding.shadow_price is not None and binding.bound == "at_least":
            assert binding.shadow_price <= 0


@PROPERTY
@given(documents())
def test_the_same_answer_twice(document):
    one, other = allocate(document), allocate(document)
    assert (one.money, one.private_money, one.candidates) == (other.money, other.private_money, other.candidates)
    assert one.binding == other.binding
