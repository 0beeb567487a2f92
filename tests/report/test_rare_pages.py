"""What pages say of answers that time cut short, that are empty, or that another solver gave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from test_study_pages import fund, said

from optimiser import SolveOptions, allocate, explain_candidate, keep, repair, robustness, two_stage
from optimiser.report.explanations import explanation_page, kept_page, repair_page
from optimiser.report.pages import result_page
from optimiser.report.robustness import inputs_page, robustness_page, two_stages_page
from optimiser.result.result import GrantEquivalents, NotCounted
from optimiser.study.inputs import deciding_inputs

VARIANTS = {
    "variants": [
        {"id": "less", "probability": 0.5, "patch": {"/fund/tiers/union/size": 100}},
        {"id": "more", "probability": 0.5, "patch": {"/fund/tiers/union/size": 200}},
    ],
    "decisions": {"now": ["s0/main"]},
}


@pytest.fixture(scope="module")
def explained() -> Any:
    return explain_candidate(fund(False), "s0")


def with_case(answer: Any, **changes: Any) -> Any:
    """The explanation with its first candidate's case changed."""
    return replace(answer, candidates=[replace(answer.candidates[0], **changes)])


def test_an_explanation_without_a_plan_says_how_the_search_ended(explained: Any) -> None:
    none = replace(explained, funded=[], candidates=[], termination="time_limit")
    assert "nothing to explain" in said(explanation_page(none))
    nobody = replace(none, termination="optimal")
    assert "funds nobody" in said(explanation_page(nobody))


def test_what_time_did_not_suffice_for_is_named(explained: Any) -> None:
    price = explained.candidates[0].entry[0]
    open_, between = replace(price, found=None, enters=None), replace(price, found=None, enters=7.0, stays_out=5.0)
    page = said(explanation_page(with_case(replace(explained, not_computed=["entry"]), entry=[open_, between])))
    assert "not found out in time" in page and "between 5 and 7" in page and "The time did not suffice for" in page
    asked = replace(explained, within=0.01, alternatives=[], not_computed=["alternatives"])
    assert "Not found out in time." in said(explanation_page(asked))
    unknown = replace(explained.candidates[0].forced, possible=None)
    assert "not found out in time" in said(explanation_page(with_case(explained, forced=unknown)))


def test_a_clash_that_is_not_proven_irreducible_and_too_long_for_a_page() -> None:
    rules = [{"id": f"r{n}", "kind": "count", "of": {"candidates": ["s0"]}, "at_least": 1} for n in range(2)]
    answer = repair(fund(False, 1, 5, constraints=rules))
    assert answer.clash is not None
    long = replace(answer.clash, irreducible=False, rules=answer.clash.rules * 14)
    page = said(repair_page(replace(answer, clash=long, repairs=[], not_computed=["repairs"])))
    assert "some may have no part in it" in page and "more" in page and "The time did not suffice for" in page


def test_a_plan_kept() -> None:
    document = fund(False)
    result = allocate(document)
    plan = {"money": [{"tier": m.tier, "candidate": m.candidate, "phase": m.phase, "year": m.year, "amount": m.amount}
                      for m in result.money]}  # fmt: skip
    same = keep(document, plan)
    assert "nothing has to change" in said(kept_page(same))
    unproven = replace(same, termination="time_limit", changes=1.0, money_moved=4.0)
    assert "a nearer plan may exist" in said(kept_page(unproven))
    none = replace(same, results=[r for r in same.results if r.strategy != "keep"], termination="infeasible")
    assert "No plan keeps every rule." in said(kept_page(none))
    signed = said(kept_page(replace(none, signed_until=2027)))
    assert "all that is signed" in signed and "2027" in signed
    late = said(kept_page(replace(none, termination="time_limit")))
    assert late != signed and "No plan keeps" not in late


def test_studies_of_variants_without_a_plan() -> None:
    broken = {"constraints": [{"id": "n", "kind": "count", "at_least": 5}]}
    assert "no plan" in said(two_stages_page(two_stage(fund(False, **VARIANTS, **broken)))[:1]).lower()
    nothing = robustness(fund(False, **VARIANTS, **broken))
    assert nothing.price is None and said(robustness_page(nothing)[:1])


def test_a_price_of_robustness_that_is_not_there() -> None:
    answer = robustness(fund(False, **VARIANTS))
    assert answer.price is not None
    none = replace(answer, price=replace(answer.price, common=None, price=None, proven=True))
    assert "No list of phases can be funded" in said(robustness_page(none))
    unknown = replace(none, price=replace(none.price, proven=False))
    assert "The time limit came before a list was found" in said(robustness_page(unknown))
    softer = replace(answer, price=replace(answer.price, price=None))
    assert said(robustness_page(softer)) != said(robustness_page(answer))


def test_draws_that_are_not_proven_and_inputs_that_were_not_reached() -> None:
    uncertain = [{"pointer": "/fund/tiers/union/size", "low": 100, "high": 200}]
    answer = robustness(fund(False, uncertain=uncertain), draws=5)
    assert answer.draws is not None
    assert "not proven" in said(robustness_page(replace(answer, draws=replace(answer.draws, unproven=2))))
    inputs = deciding_inputs(fund(False), options=SolveOptions(time_limit_s=0.01))
    assert inputs.not_reached and "left the search open" in said(inputs_page(inputs))
    steady = replace(inputs, inputs=[], not_reached=[])
    assert "left the search open" not in said(inputs_page(steady))


@pytest.fixture(scope="module")
def result() -> Any:
    return allocate(fund(True))


def test_a_result_of_a_solver_without_prices(result: Any) -> None:
    bare = replace(result, has_duals=False, binding=[replace(b, shadow_price=None, holds=None) for b in result.binding])
    assert "This solver gives no prices" in said(result_page(bare))


def test_prices_that_hold_on_one_side_or_always(result: Any) -> None:
    first = result.binding[0]
    for ends, words in (
        ({"from_": None, "to": "unlimited"}, "always"),
        ({"from_": 5.0, "to": "unlimited"}, "from 5"),
        ({"from_": None, "to": 9.0}, "9"),
    ):
        shown = said(result_page(replace(result, binding=[replace(first, **ends, holds="upwards")])))
        assert words in shown


def test_an_unproven_plan_shows_its_bound_and_gap(result: Any) -> None:
    reached = replace(result.objective, bound=2 * result.objective.value, gap=1.0)
    page = said(result_page(replace(result, termination="time_limit", objective=reached)))
    assert "100 %" in page


def test_parts_that_are_not_there_are_left_out(result: Any) -> None:
    bare = replace(result, certificate=None, unspent=[], money=[], private_money=[], indicators=None)
    assert said(result_page(bare)) and len(said(result_page(bare))) < len(said(result_page(result)))
    unpaid = replace(bare, candidates=[replace(c, money={}, private_money=0.0) for c in result.candidates])
    assert said(result_page(unpaid))


def test_public_money_that_no_grant_equivalent_counts(result: Any) -> None:
    aid = result.grant_equivalents
    left_out = GrantEquivalents(aid.reference_rate or 0.04, aid.formula, aid.total, aid.candidates, [])
    left_out = replace(left_out, not_counted=[NotCounted("cover", "guarantee")])
    assert "Not counted: cover" in said(result_page(replace(result, grant_equivalents=left_out), everything=True))
