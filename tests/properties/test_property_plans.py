"""What must hold of every answer, whatever the scenario: order, symmetry, scale, relaxation, certificate, duality."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from property_cases import (
    FAMILIES,
    NOISE,
    PROPERTY,
    any_documents,
    cells,
    documents,
    fractions,
    near,
    no_worse,
    reference_documents,
    same_stages,
    value,
)

from optimiser import allocate
from optimiser.allocation import loaded_from, solve_scenario
from optimiser.solve.arrays import Arrays, Floats


@PROPERTY
@given(any_documents())
def test_the_certificate_is_clean(document):
    result = allocate(document)
    event(result.termination)
    assert result.termination in ("optimal", "infeasible")
    if result.has_allocation:
        assert result.certificate is not None and result.certificate.holds
        # What the search promises is what the plan is worth.
        assert result.objective.bound == pytest.approx(result.objective.value, rel=NOISE, abs=NOISE * 100)


@PROPERTY
@given(any_documents(tuple(f for f in FAMILIES if f not in ("losses", "soft"))))
def test_primal_equals_dual(document):
    """With the whole decisions fixed: Σ price · bound of every row and column is the objective (strong duality).

    The prices are those the solver leaves; that no column could still gain follows from them alone.
    """
    optimum = solve_scenario(loaded_from(document).expect())
    assume(optimum.outcome.termination == "optimal")
    price, values = optimum.outcome.row_dual, optimum.outcome.values
    assert price is not None and values is not None and optimum.outcome.objective is not None
    reached = optimum.outcome.objective.value
    assert reached == pytest.approx(float(first_costs(optimum) @ values), rel=NOISE, abs=NOISE)
    assert dual_value(optimum.arrays, first_costs(optimum), price, values) == pytest.approx(
        reached, rel=NOISE, abs=NOISE
    )


def first_costs(optimum) -> Floats:
    """The objective's first stage, a number a column."""
    costs = np.zeros(len(optimum.arrays.cost))
    for column, amount in optimum.model.goals[0].pairs:
        costs[column] += amount
    return costs


def dual_value(arrays: Arrays, costs: Floats, price: Floats, values: Floats) -> float:
    """Σ_r price·bound + Σ_j reduced cost·bound, each at the bound its sign asks for; ∞ where there is none.

    Prices of less than 1e-7 count as none: the solver's tolerance of dual feasibility.
    """
    whole = arrays.integer
    lower, upper = np.where(whole, np.round(values), arrays.lower), np.where(whole, np.round(values), arrays.upper)
    total = 0.0
    for one, least, most in (
        (price, arrays.row_lower, arrays.row_upper),
        (costs - arrays.transposed(price), lower, upper),
    ):
        counts = np.abs(one) > 1e-7
        bound = np.where(one > 0, most, least)[counts]
        total += float(one[counts] @ bound)
    return total


@PROPERTY
@given(any_documents(), st.integers(0, 3), st.sampled_from((1, 20, 1000, "unlimited")))
def test_more_budget_never_hurts(document, which, more):
    richer = copy.deepcopy(document)
    tier = richer["fund"]["tiers"][which % len(richer["fund"]["tiers"])]
    size = tier["size"] if isinstance(tier["size"], dict) else {"at_least": 0, "at_most": tier["size"]}
    assume(size["at_most"] != "unlimited")
    assume(more != "unlimited" or tier.get("concentration", {}).get("of") != "size")
    tier["size"] = size | {"at_most": more if more == "unlimited" else size["at_most"] + more}
    assert no_worse(allocate(richer), allocate(document))


OF_TIERS = (
    "max_share_of_cost", "min_ticket", "max_ticket", "eligible", "annual_ceiling", "ceilings", "concentration",
    "limits", "hurdle",
)  # fmt: skip
OF_FUNDS = ("matching", "max_public_share", "least_private_share", "least_public_share")
OF_CANDIDATES = ("max_public_share", "least_private_share", "least_public_share", "least_fraction", "locked")
OF_PHASES = ("locked", "committed", "after_years")


@PROPERTY
@given(any_documents(), st.data())
def test_dropping_a_rule_never_hurts(document, data):
    looser = copy.deepcopy(document)
    places = [(looser["constraints"], n) for n in range(len(looser["constraints"]))]
    places += [(tier, key) for tier in looser["fund"]["tiers"] for key in OF_TIERS if key in tier]
    places += [(looser["fund"], key) for key in OF_FUNDS if key in looser["fund"]]
    places += [(c, key) for c in looser["candidates"] for key in OF_CANDIDATES if key in c]
    places += [(p, key) for c in looser["candidates"] for p in c.get("phases", []) for key in OF_PHASES if key in p]
    assume(places)
    # By its place in the list: what is drawn must not depend on the ids of objects.
    where, key = places[data.draw(st.integers(0, len(places) - 1))]
    if where is not looser["fund"] and key in OF_FUNDS:
        where[key] = "unlimited" if key == "max_public_share" else 0  # without it the fund's own would hold
    else:
        del where[key]
    if key == "least_fraction":
        # A part that takes part counts as one: without it the number asked for may be out of reach.
        assume(not any(rule["kind"] in ("count", "requires") for rule in looser["constraints"]))
    assume(load_is_clean(looser))
    assert no_worse(allocate(looser), allocate(document))


def load_is_clean(document) -> bool:
    """Whether what is left is a scenario: a rule may be what another one leans on."""
    return loaded_from(document).scenario is not None


@PROPERTY
@given(any_documents(), st.randoms(use_true_random=False))
def test_permuting_candidates_and_rules_changes_nothing(document, random):
    permuted = copy.deepcopy(document)
    random.shuffle(permuted["candidates"])
    random.shuffle(permuted["constraints"])
    one, other = allocate(document), allocate(permuted)
    assert same_stages(one, other)
    if one.has_allocation:
        assert value(other) == pytest.approx(value(one), rel=NOISE, abs=NOISE)
        assert fractions(other) == near(fractions(one))
        amounts, same = cells(one), cells(other)
        for place in amounts.keys() | same.keys():
            # An amount that is no whole euro may be rounded the other way.
            assert same.get(place, 0.0) == pytest.approx(amounts.get(place, 0.0), abs=2e-6)


def renamed(part, new):
    """The same with every id in ``new`` replaced, wherever it stands."""
    if isinstance(part, dict):
        return {new.get(key, key): renamed(inner, new) for key, inner in part.items()}
    if isinstance(part, list):
        return [renamed(inner, new) for inner in part]
    return new.get(part, part) if isinstance(part, str) else part


@PROPERTY
@given(any_documents(), st.permutations(["tail", "mid", "α β", "Z/1~x"]), st.permutations(["t1", "A", "ω", "m n"]))
def test_renaming_changes_nothing_but_ties(document, names, of_tiers):
    """Candidates, tiers, phases and rules; where the optimum is the only one, the sites are the same."""
    tiers = [tier["id"] for tier in document["fund"]["tiers"]]
    new = dict(zip("abcd", names, strict=True)) | dict(zip(tiers, of_tiers, strict=False))
    new |= {"p1": "zwei", "p2": "eins"} | {rule["id"]: f"no {n}" for n, rule in enumerate(document["constraints"])}
    one, other = allocate(document), allocate(renamed(document, new))
    assert same_stages(one, other)
    if one.objective.another_optimum == other.objective.another_optimum == "none" and one.has_allocation:
        assert fractions(other) == near(renamed(fractions(one), new))


AMOUNTS_OF_TIERS = ("size", "min_ticket", "max_ticket", "annual_ceiling", "ceilings")
AMOUNTS_OF_RULES = {"money": ("at_least", "at_most"), "award": ("at_least", "at_most")}
POINTS = ("attribute", "discounted_attribute")


def times(scale, amount):
    """Every amount of money times ``scale``, at any depth; not the years of a span."""
    if isinstance(amount, dict):
        return {key: inner if key in ("from", "to") else times(scale, inner) for key, inner in amount.items()}
    if isinstance(amount, list):
        return [times(scale, inner) for inner in amount]
    return amount if amount == "unlimited" else scale * amount


def scaled(document, scale):
    larger = copy.deepcopy(document)
    parts = [(tier, AMOUNTS_OF_TIERS) for tier in larger["fund"]["tiers"]]
    parts += [(c, ("private_pledge", "cost")) for c in larger["candidates"]]
    phases = [p for c in larger["candidates"] for p in c.get("phases", [])]
    parts += [(p, ("cost", "cost_since_start", "committed")) for p in phases]
    parts += [(rule, AMOUNTS_OF_RULES.get(rule["kind"], ())) for rule in larger["constraints"]]
    for part, keys in parts:
        part |= {key: times(scale, part[key]) for key in keys if key in part}
    for term in larger["objective"]["terms"]:
        if term["term"] not in POINTS and "attribute" not in term:
            term["weight"] = term.get("weight", 1.0) / scale
    return larger


@PROPERTY
@given(
    any_documents(tuple(f for f in FAMILIES if f not in ("soft", "lexicographic"))),
    st.sampled_from((0.001, 0.5, 3, 1000)),
)
def test_scaling_money_scales_it(document, scale):
    """Every amount times ``scale``: the same decisions cost so many times as much."""
    one, other = allocate(document), allocate(scaled(document, scale))
    assert one.termination == other.termination
    if one.has_allocation:
        # A euro is a thousand times as much where amounts are a thousandth.
        assert value(other) == pytest.approx(value(one), rel=NOISE, abs=NOISE * max(1.0, 100 / scale))
        if one.objective.another_optimum == other.objective.another_optimum == "none":
            assert fractions(other) == {
                c: {p: pytest.approx(y, abs=NOISE * max(1.0, 100 / scale)) for p, y in phases.items()}
                for c, phases in fractions(one).items()
            }


@PROPERTY
@given(st.one_of(documents(divisible=False), reference_documents()))
def test_whole_sites_are_worth_at_most_divisible_ones(document):
    relaxed = copy.deepcopy(document)
    for c in relaxed["candidates"]:
        c["divisible"] = True
        c.pop("least_fraction", None)
    if any("least_fraction" in c for c in document["candidates"]):
        # A part that takes part counts as one: without it the number asked for may be out of reach.
        assume(not any(rule["kind"] in ("count", "requires") for rule in document["constraints"]))
    assert no_worse(allocate(relaxed), allocate(document))


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
@given(any_documents())
def test_the_same_answer_twice(document):
    one, other = allocate(document), allocate(document)
    assert (one.money, one.private_money, one.candidates) == (other.money, other.private_money, other.candidates)
    assert one.binding == other.binding
