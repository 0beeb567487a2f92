"""Stress tests of a plan: two sites by hand, plain numpy beside the report, and the same for any plan."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

from optimiser import allocate, evaluate, load_document
from optimiser.result.result import Result, StressReport
from optimiser.risk.draws import draws_of
from optimiser.risk.measures import cvar, expected_loss
from optimiser.risk.pool import level_losses
from optimiser.scenario.load import with_stress

Document = dict[str, Any]

NOISE = 1e-9
"""Sums of a few doubles of up to some 10^3."""


def two_sites(*stresses: Document, **risk: Any) -> Document:
    """Spain's x and Portugal's y cost 100 each; a failure loses half; 80 of public equity stand below 120 lent."""
    return {
        "horizon": {"first_year": 2026, "last_year": 2028},
        "discount_rate": 0.05,
        "fund": {
            "tiers": [
                {
                    **{"id": "base", "instrument": "equity", "seniority": 0, "loss_given_failure": 0.5},
                    "size": {"at_least": 80, "at_most": 80},
                },
                {
                    **{
                        "id": "lender",
                        "instrument": "loan",
                        "public": False,
                        "seniority": 1,
                        "loss_given_failure": 0.5,
                    },
                    **{"size": 200, "limits": {"cvar": {"level": 0.95, "at_most": 0.1}}},
                },
            ],
        },
        "candidates": [
            {"id": "x", "country": "ES", "cost": {"2027": 100}, "locked": "in", "attributes": {"chips": 10}},
            {"id": "y", "country": "PT", "cost": {"2027": 100}, "locked": "in"},
        ],
        "risk": {
            "model": "table",
            "losses": {"x": [0, 1, 0, 1], "y": [0, 0, 1, 1]},
            "probabilities": [0.83, 0.07, 0.07, 0.03],
            **risk,
            "stresses": list(stresses),
        },
        "objective": {
            "terms": [{"term": "discounted_attribute", "attribute": "chips", "life_years": 1}],
        },
    }


def stress(kind: str, **keys: Any) -> Document:
    return {"id": "s", "kind": kind, **keys}


def drawn(*stresses: Document) -> Document:
    """The same sites with drawn losses."""
    document = two_sites(*stresses)
    document["risk"] = {"correlation": 0.2, "draws": 4000, "stresses": list(stresses)}
    for candidate in document["candidates"]:
        candidate["failure_probability"] = 0.1
    return document


def report(document: Document) -> tuple[Result, StressReport]:
    result = allocate(document)
    assert result.certificate is not None and result.certificate.holds
    (found,) = result.stresses
    return result, found


def means(found: StressReport) -> dict[str | None, float]:
    return {x.tier: x.losses.expected_loss for x in (found.pool, *found.tiers)}


def test_a_fall_of_chip_prices_by_hand() -> None:
    _, found = report(two_sites(stress("chip_price_fall", share=0.4)))
    # Half lost becomes 70 %: 70 where one fails, 140 where both do. The base has 80, so 60 reach the lender in 3 %.
    assert means(found) == pytest.approx({None: 14.0, "base": 0.14 * 70 + 0.03 * 80, "lender": 1.8}, abs=NOISE)
    base, lender = found.tiers
    assert base.change.expected_loss == pytest.approx(12.2 - 9.4) and base.change.exposure == 0
    assert (lender.losses.probability_of_loss, lender.change.probability_of_loss) == (pytest.approx(0.03), 0)
    # Worst 5 %: 3 % lose 60 and 2 % nothing: 36 of 120 where 12 were allowed and reached.
    assert lender.losses.cvar_95 == pytest.approx(36) and lender.change.cvar_95 == pytest.approx(24)
    assert not found.holds
    (rule,) = found.rules
    assert (rule.label, rule.rule, rule.unit) == ("R3", "level 1", "EUR million")
    assert rule.by == pytest.approx(24, abs=1e-5) and rule.before == pytest.approx(0, abs=1e-5)
    (exceeded,) = found.limits
    assert exceeded.tiers == ["lender"] and exceeded.limit.bounded_share == pytest.approx(0.3)
    assert found.objective_change == 0 and found.unfunded is None


def test_a_country_that_fails_by_hand() -> None:
    result, found = report(two_sites(stress("country_failure", country="ES")))
    # Spain's site is lost in all four cases, Portugal's in 10 %: 50 always, 100 in 10 %, of which 20 reach the lender.
    assert means(found) == pytest.approx({None: 55.0, "base": 0.9 * 50 + 0.1 * 80, "lender": 2.0}, abs=NOISE)
    assert found.pool.losses.probability_of_loss == pytest.approx(1)
    base, lender = found.levels
    assert base.flip_point.probability == pytest.approx(1) and base.probability_change == pytest.approx(0.83)
    assert lender.flip_point.probability == pytest.approx(0.1) and lender.probability_change == pytest.approx(0.07)
    # It still takes both sites to reach the lender: the plan has not changed.
    assert lender.flip_point.fewest_failures == 2 and lender.flip_point.pool_loss == 80
    assert result.risk is not None and lender.flip_point.share_of_pool == result.risk.levels[1].flip_point.share_of_pool
    assert [(r.label, pytest.approx(r.by)) for r in found.rules] == [("R3", 8.0)]


def test_a_delay_by_hand() -> None:
    document = two_sites(stress("delay", years=2))
    document["fund"]["tiers"][0]["ceilings"] = [
        {"from": 2026, "to": 2028, "at_most": 90},
        {"from": 2029, "to": 2029, "at_most": 30},
    ]
    document["horizon"]["last_year"] = 2029
    result, found = report(document)
    # The chips serve from 2028 (two years from 2026), after the delay from 2030.
    assert result.objective.value == pytest.approx(10 / 1.05**2)
    assert found.objective == pytest.approx(10 / 1.05**4)
    assert found.objective_change == pytest.approx(10 / 1.05**4 - 10 / 1.05**2)
    assert [t.value for t in found.terms] == [found.objective]
    # The 80 of the base fall due in 2029, when 30 may be paid. A table of losses knows no years.
    assert [(r.label, r.rule, r.at, r.by, r.before) for r in found.rules] == [("B2", "base", "2029-2029", 50, 0)]
    assert found.pool.change.expected_loss == 0 and found.limits == []


def test_a_delay_moves_a_start_that_was_decided() -> None:
    document = two_sites(stress("delay", years=3))
    x = document["candidates"][0]
    del x["cost"], x["locked"]
    x["phases"] = [
        {
            **{"id": "p", "cost_since_start": {"0": 60, "1": 40}, "locked": "in"},
            "start": {"earliest": 2026, "latest": 2027},
        }
    ]
    result, found = report(document)
    # It starts in 2026 and serves from 2028, after the delay from 2031. No rule minds: the window moves along.
    assert result.candidates[0].starts == {"p": 2026}
    assert found.objective == pytest.approx(10 / 1.05**5) and result.objective.value == pytest.approx(10 / 1.05**2)
    assert found.holds and found.rules == []
    refusal = stress("budget_refused", **{"from": 2027})
    document["risk"]["stresses"] = [refusal]
    document["fund"]["tiers"][0]["ceiling_basis"] = "commitments"
    result, found = report(document)
    # What x gets was committed when it started, in 2026; what y gets is not.
    given = sum(m.amount for m in result.money if m.tier == "base" and m.candidate == "y")
    assert found.unfunded is not None and found.unfunded.total == given
    assert result.grant_equivalents is not None
    assert {a.candidate: a.cost for a in result.grant_equivalents.candidates} == {"x": 100, "y": 100}


def test_a_delay_lengthens_the_time_at_risk() -> None:
    _, found = report(drawn(stress("delay", years=10)))
    # Each site fails in 19 % of cases instead of 10: half of it is lost. 4,000 quasi-random draws miss PD by less
    # than two standard errors of plain ones, 2 · √(0.19 · 0.81 / 4000) = 0.0124.
    assert found.pool.losses.expected_loss == pytest.approx(100 * 0.19, abs=100 * 0.0124)
    assert found.pool.losses.expected_loss - found.pool.change.expected_loss == pytest.approx(10, abs=100 * 0.0124)


def refused(**union: Any) -> Document:
    """The Union pays 40 to x in 2027 and to y in 2028, out of 50 a span; base and lender pay the rest."""
    document = two_sites(stress("budget_refused", **{"from": 2028}))
    document["candidates"][1]["cost"] = {"2028": 100}
    spans = [{"from": 2026, "to": 2027, "at_most": 50}, {"from": 2028, "to": 2028, "at_most": 50}]
    tier = {"id": "union", "instrument": "grant", "size": 100, "ceilings": spans, **union}
    document["fund"]["tiers"] = [
        tier,
        {"id": "bank", "instrument": "loan", "public": False, "size": 200, "seniority": 0},
    ]
    document["constraints"] = [{"id": "forty", "kind": "award", "tiers": ["union"], "at_least": 40, "at_most": 40}]
    return document


def test_a_refused_budget_by_hand() -> None:
    _, found = report(refused())
    assert found.unfunded is not None
    assert found.unfunded.total == 40
    assert found.unfunded.by_year == {"2028": 40} and found.unfunded.by_tier == {"union": 40}
    assert found.unfunded.by_candidate == {"y": 40}
    # 80 of what is now 50; 40 in a span in which nothing may be paid.
    broken = {(r.label, r.rule, r.at): r.by for r in found.rules}
    assert broken == {("B1", "union", ""): 30, ("B2", "union", "2028-2028"): 40}
    assert found.pool.change.expected_loss == 0


def test_what_was_committed_before_the_refusal_is_still_paid() -> None:
    document = refused(ceiling_basis="commitments")
    document["candidates"][1]["cost"] = {"2027": 50, "2028": 50}
    document["fund"]["tiers"][0]["ceilings"][0]["at_most"] = 80
    _, found = report(document)
    assert found.unfunded is not None and found.unfunded.total == 0 and found.rules == [] and found.holds
    document = refused(ceiling_basis="commitments")
    document["candidates"][1]["cost"] = {"2028": 50, "2029": 50}
    document["horizon"]["last_year"] = 2029
    document["candidates"][0]["cost"] = {"2027": 100}
    _, found = report(document)
    assert found.unfunded is not None
    # All of it was to be committed in 2028, in whichever of its years it is paid.
    assert found.unfunded.total == 40 and set(found.unfunded.by_year) <= {"2028", "2029"}


def test_named_tiers_only() -> None:
    document = refused()
    document["fund"]["tiers"].append({"id": "state", "instrument": "grant", "size": 100})
    document["risk"]["stresses"][0]["tiers"] = ["state"]
    _, found = report(document)
    assert found.unfunded is not None and "union" not in found.unfunded.by_tier
    assert not any(r.rule == "union" for r in found.rules)


def test_a_patch_by_hand() -> None:
    result, found = report(two_sites({"id": "s", "patch": {"risk": {"probabilities": [0.7, 0.1, 0.1, 0.1]}}}))
    assert found.kind == "patch"
    assert means(found) == pytest.approx({None: 20.0, "base": 0.2 * 50 + 0.1 * 80, "lender": 2.0}, abs=NOISE)
    assert result.risk is not None
    assert result.risk.pool.expected_loss == pytest.approx(10)


@pytest.mark.parametrize(
    "what",
    [
        stress("chip_price_fall", share=0.3),
        stress("delay", years=3),
        stress("country_failure", country="PT"),
        stress("budget_refused", **{"from": 2027}),
        {"id": "s", "patch": {"/risk/seed": 11, "/candidates/x/failure_probability": 0.4}},
    ],
)
def test_agrees_with_plain_numpy(what: Document) -> None:
    document = drawn(what)
    result, found = report(document)
    scenario = load_document(document).expect()
    assert scenario.risk is not None
    there = with_stress(scenario, scenario.risk.stresses[0]).expect()
    draws = draws_of(there)
    exposed = np.zeros((2, 2))
    for cell in result.money:
        exposed[["x", "y"].index(cell.candidate), ["base", "lender"].index(cell.tier)] += cell.amount
    lgd = np.array([t.loss_given_failure for t in there.fund.tiers])
    lost = draws.losses.astype(float) @ (exposed @ lgd)
    own = level_losses(lost, exposed.sum(axis=0))
    for losses, summary in ((lost, found.pool), (own[:, 0], found.tiers[0]), (own[:, 1], found.tiers[1])):
        assert summary.losses.expected_loss == pytest.approx(expected_loss(losses, draws.probability), abs=NOISE)
        assert summary.losses.cvar_99 == pytest.approx(cvar(losses, draws.probability, 0.99), abs=NOISE)
        assert summary.losses.probability_of_loss == pytest.approx(float((losses > 1e-9).mean()), abs=NOISE)


def test_pari_passu_has_limits_by_tier_and_no_levels() -> None:
    document = two_sites(stress("chip_price_fall", share=0.4))
    document["fund"]["loss_sharing"] = "pari_passu"
    document["fund"]["tiers"][1]["limits"]["cvar"]["at_most"] = 0.45
    _, found = report(document)
    # Worst 5 %: 3 % lose 84 of 120 and 2 % a half of that at most.
    assert found.levels == [] and [x.tiers for x in found.limits] == [["lender"]]
    assert means(found) == pytest.approx({None: 14.0, "base": 5.6, "lender": 8.4}, abs=NOISE)


def test_a_made_plan_is_stressed_like_the_optimisers() -> None:
    document = drawn(stress("chip_price_fall", share=0.3), {**stress("delay", years=1), "id": "late"})
    result = allocate(document)
    scored = evaluate(document, json.loads(result.to_json()))
    assert scored.stresses == result.stresses and [x.id for x in scored.stresses] == ["s", "late"]


def test_a_rule_broken_before_says_by_how_much() -> None:
    document = two_sites(stress("chip_price_fall", share=0.4))
    money = [
        {"tier": k, "candidate": c, "phase": "main", "year": 2027, "amount": amount}
        for c in "xy"
        for k, amount in (("base", 30), ("lender", 70))
    ]
    scored = evaluate(document, {"money": money})
    (found,) = scored.stresses
    rules = {r.label: r for r in found.rules}
    # The base has 60 of its 80. Before, 40 reached the lender in 3 %: 24 on average in the worst 5 %, 14 were allowed.
    assert rules["B1"].by == rules["B1"].before == 20
    assert rules["R3"].before == pytest.approx(24 - 14)
    assert rules["R3"].by == pytest.approx((0.03 * 80 + 0.02 * 10) / 0.05 - 14)


def test_no_stress_without_one_and_none_without_a_plan() -> None:
    document = two_sites()
    assert allocate(document).stresses == []
    impossible = two_sites(stress("delay", years=1))
    impossible["fund"]["tiers"][1]["size"] = 1
    result = allocate(impossible)
    assert result.termination == "infeasible" and result.stresses == []
    assert len(result.frame("stresses")) == len(result.frame("stress_rules")) == 0


def test_stressing_changes_neither_the_plan_nor_the_rest() -> None:
    plain, tested = drawn(), drawn(stress("country_failure", country="ES"))
    before = copy.deepcopy(tested)
    one, other = allocate(plain), allocate(tested)
    assert tested == before
    assert (one.money, one.risk, one.certificate) == (other.money, other.risk, other.certificate)


def test_tables() -> None:
    result, found = report(two_sites(stress("chip_price_fall", share=0.4)))
    frame = result.frame("stresses")
    assert frame["tier"].fillna("").tolist() == ["", "base", "lender"] and set(frame["stress"]) == {"s"}
    assert frame["change_cvar_95"].tolist() == pytest.approx([x.change.cvar_95 for x in (found.pool, *found.tiers)])
    rules = result.frame("stress_rules")
    assert rules[["stress", "label", "rule"]].values.tolist() == [["s", "R3", "level 1"]]
    empty = allocate(two_sites())
    assert list(empty.frame("stresses").columns) == list(frame.columns)
    assert list(empty.frame("stress_rules").columns) == list(rules.columns)


def test_a_soft_rule_is_named_where_a_stress_breaks_it_further() -> None:
    # Two sites where one was asked for, delayed or not; only then is money paid in other years than planned.
    document = two_sites(stress("delay", years=1))
    planned = [
        {key: getattr(cell, key) for key in ("tier", "candidate", "phase", "year", "amount")}
        for cell in allocate(document).money
    ]
    document["constraints"] = [
        {"id": "few", "kind": "count", "at_most": 1, "soft": {"priority": 1}},
        {"id": "near", "kind": "stay_close", "plan_money": planned, "at_most_money": 0, "soft": {"priority": 1}},
    ]
    result, found = report(document)
    assert [b.rule for b in result.soft if b.violation > 0] == ["few"]
    soft = [(r.label, r.rule, r.by, r.before) for r in found.rules if r.rule in ("few", "near")]
    assert soft == [("T2", "near", 200, 0)]
