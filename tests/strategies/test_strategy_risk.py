"""Caution and least regret, worked by hand and against every choice there is."""

# ruff: noqa: E501 - a tier or a variant a line, so that the case can be read
from __future__ import annotations

from itertools import product

import pytest
from strategy_cases import chosen, codes, scenario, site, strategy

from optimiser import allocate, load_document
from optimiser.scenario.load import document_of, with_patch


def risky(**keys):
    """One of two sites can be paid: a brings 10 and is lost in one of two draws, b brings 9 and never is."""
    document = scenario([site("a", 100, 10), site("b", 100, 9)], **keys)
    document["fund"] = {
        "loss_sharing": "pari_passu",
        "tiers": [{"id": "eu", "instrument": "equity", "size": 100}],
    }
    document["risk"] = {"model": "table", "losses": {"a": [0, 1], "b": [0, 0]}}
    return document


@pytest.mark.parametrize(("weight", "winner"), [(0.009, "a"), (0.011, "b")])
def test_the_weight_decides_between_value_and_safety(weight, winner):
    """10 − weight · 100 against 9: they are equal at 0.01."""
    result, row, _ = strategy(risky(), {"strategy": "risk-averse", "weight": weight})
    assert chosen(result) == {winner: 1}
    assert row.worst_public_loss == (100 if winner == "a" else 0)


def test_percent_for_percent_without_a_weight():
    """The weight is 10 / 100: percent for percent. b gives up 10 % and avoids all."""
    result, row, found = strategy(risky(), "risk-averse")
    assert chosen(result) == {"b": 1} and row.given_up_share == pytest.approx(0.1)
    price = found.comparison.price_of_caution
    assert price is not None
    assert (price.price, price.before, price.after) == (pytest.approx(0.1), 100, 0)
    assert "risk-averse-weight" in codes(result)


@pytest.mark.parametrize(("weight", "winner"), [(0.019, "a"), (0.021, "b")])
def test_pari_passu_charges_public_money_alone(weight, winner):
    """Half of each site is private: the public loss is 50, and the two are equal at 0.02."""
    document = risky()
    document["fund"]["tiers"] = [
        {"id": "eu", "instrument": "equity", "size": 50, "max_share_of_cost": 0.5},
        {"id": "bank", "instrument": "loan", "size": 50, "max_share_of_cost": 0.5, "public": False},
    ]
    assert chosen(strategy(document, {"strategy": "risk-averse", "weight": weight})[0]) == {winner: 1}


@pytest.mark.parametrize(
    ("public_below", "weight", "winner"),
    [(True, 0.011, "b"), (True, 0.009, "a"), (False, 0.019, "a"), (False, 0.021, "b")],
)
def test_a_waterfall_charges_what_reaches_public_money(public_below, weight, winner):
    """All 100 reach public money at the bottom; where private money of 50 stands below it, 50 do."""
    document = risky()
    document["fund"] = {
        "loss_sharing": "waterfall",
        "tiers": [
            {"id": "eu", "instrument": "equity", "size": 50, "max_share_of_cost": 0.5, "seniority": 0 if public_below else 1},
            {"id": "bank", "instrument": "loan", "size": 50, "max_share_of_cost": 0.5, "seniority": 1 if public_below else 0, "public": False},
        ],
    }  # fmt: skip
    assert chosen(strategy(document, {"strategy": "risk-averse", "weight": weight})[0]) == {winner: 1}


def test_other_stages_of_the_objective_follow_the_cautious_one():
    document = risky(
        objective={
            "mode": "lexicographic",
            "terms": [{"term": "attribute", "attribute": "s"}, {"term": "attribute", "attribute": "value"}],
        }
    )
    for c in document["candidates"]:
        c["attributes"]["s"] = 1
    assert chosen(strategy(document, {"strategy": "risk-averse", "weight": 0})[0]) == {"a": 1}
    assert chosen(strategy(document, {"strategy": "risk-averse", "weight": 0.001})[0]) == {"b": 1}


def worlds(**keys):
    """One place. As written a brings 10 and b 8; in the variant a brings 2 and b 7: regrets 0 and 5, or 2 and 0."""
    one = {"id": "one", "kind": "count", "at_most": 1}
    variant = {
        "id": "late",
        "patch": {"candidates": {"a": {"attributes": {"value": 2}}, "b": {"attributes": {"value": 7}}}},
    }
    return scenario([site("a", 10, 10), site("b", 10, 8)], constraints=[one], variants=[variant], **keys)


def test_the_least_regretted_site_is_chosen():
    result, row, found = strategy(worlds(), "robust")
    assert chosen(result) == {"b": 1} and row.allowed
    assert row.greatest_regret == pytest.approx(2) and row.given_up == 2
    assert "robust-regret" in codes(result) and "as written" in next(
        f["message"] for f in result.findings if f["code"] == "robust-regret"
    )
    assert chosen(found.results[0]) == {"a": 1}


def test_sites_must_be_possible_in_every_world():
    """With half the money a (100) cannot be paid: b is chosen, and regretted by 4 as things are written."""
    half = {"id": "half", "patch": {"fund": {"tiers": {"eu": {"size": 50}}}}}
    document = scenario([site("a", 100, 10), site("b", 50, 6), site("c", 50, 3)], variants=[half])
    result, row, _ = strategy(document, "robust")
    assert chosen(result) == {"b": 1} and row.greatest_regret == pytest.approx(4)


def test_money_adapts_to_the_world():
    """The state pays what the union cannot when its envelope is halved: the same sites, no regret."""
    document = scenario([site("a", 60, 10), site("b", 40, 6)])
    document["fund"]["tiers"].append({"id": "state", "instrument": "grant", "size": 60})
    document["variants"] = [{"id": "half", "patch": {"fund": {"tiers": {"eu": {"size": 50}}}}}]
    result, row, _ = strategy(document, "robust")
    assert chosen(result) == {"a": 1, "b": 1} and row.greatest_regret == 0


def test_a_world_without_any_plan_is_left_out_and_said():
    document = worlds()
    document["variants"].append(
        {"id": "none", "patch": {"constraints": {"one": {"at_least": 1}}, "fund": {"tiers": {"eu": {"size": 1}}}}}
    )
    result, row, _ = strategy(document, "robust")
    assert row.greatest_regret == pytest.approx(2) and "robust-world-without-plan" in codes(result)


def test_no_choice_may_be_possible_in_all_worlds():
    only = {"id": "only-b", "patch": {"candidates": {"a": {"locked": "out"}}, "constraints": {"one": {"at_least": 1}}}}
    document = worlds()
    document["variants"] = [
        only,
        {"id": "only-a", "patch": {"candidates": {"b": {"locked": "out"}}, "constraints": {"one": {"at_least": 1}}}},
    ]
    result, row, _ = strategy(document, "robust")
    assert result.termination == "infeasible" and row.sites is None and "robust-no-common-choice" in codes(result)


@pytest.mark.parametrize("seed", range(6))
def test_robust_against_every_choice_there_is(seed):
    """The greatest regret of each set of sites, by solving every world with the set locked in and the others out."""
    from random import Random

    rng = Random(seed)
    sites = [site(n, rng.randint(2, 9) * 10, rng.randint(1, 20), private_pledge=rng.choice((0, 20))) for n in "abcd"]
    variants = [
        {"id": f"v{n}", "patch": {"fund": {"tiers": {"eu": {"size": rng.choice((60, 90, 150))}}}, "candidates": {c: {"attributes": {"value": rng.randint(1, 20)}} for c in rng.sample("abcd", 2)}}}
        for n in range(2)
    ]  # fmt: skip
    document = scenario(sites, size=120, variants=variants)
    _, row, _ = strategy(document, "robust")
    base = load_document(document).expect()
    all_worlds = [{k: v for k, v in document.items() if k != "variants"}]
    all_worlds += [document_of(with_patch(base, v["patch"]).expect()) for v in variants]
    best = [allocate(world).objective.value for world in all_worlds]
    least = min(_greatest_regret(all_worlds, best, locks) for locks in product(("in", "out"), repeat=4))
    assert row.greatest_regret == pytest.approx(least, abs=1e-6)


def _greatest_regret(all_worlds, best, locks):
    regrets = []
    for world, optimum in zip(all_worlds, best, strict=True):
        locked = [{**c, "locked": lock} for c, lock in zip(world["candidates"], locks, strict=True)]
        result = allocate({**world, "candidates": locked})
        regrets.append(optimum - result.objective.value if result.has_allocation else float("inf"))
    return max(regrets)


def test_soft_rules_are_broken_no_more_than_the_best_plan_of_a_world_breaks_them():
    """At most one site, softly: were it broken for free, both would be funded and nothing regretted."""
    document = worlds()
    document["constraints"][0]["soft"] = {"priority": 1}
    result, row, _ = strategy(document, "robust")
    assert chosen(result) == {"b": 1} and row.greatest_regret == pytest.approx(2)
