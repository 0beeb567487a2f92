"""What people see: numbers, words, tables that fit the screen and never cut a number."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimiser import allocate, evaluate
from optimiser.certificate.certify import RULES
from optimiser.library import library_files
from optimiser.messages import LANGUAGES, catalogue
from optimiser.model.build import RULES as MODEL_RULES
from optimiser.report.numbers import amounts, grid, number, share
from optimiser.report.page import Column, Findings, Heading, Paragraph, Table
from optimiser.report.pages import result_page
from optimiser.report.screen import rendered
from optimiser.result.result import Result


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1234567, 1000, 0], ["1,234,567", "1,000", "-"]),
        ([0.5, 1], ["0.5", "1.0"]),
        ([1.005, 2.25], ["1.00", "2.25"]),
        ([0.000001, 1000], ["0.000001", "1,000"]),
        ([0.0025, 0.25], ["0.0025", "0.25"]),
        ([-200, None], ["-200", "-"]),
        ([], []),
    ],
)
def test_amounts(values: list[float | None], shown: list[str]) -> None:
    assert amounts(values) == shown


def test_a_grid_has_one_number_of_decimals() -> None:
    assert grid([[1, 2], [0.5, 0]]) == [["1.0", "2.0"], ["0.5", "-"]]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (70.27272727, "70.2727"),
        (0.13636363, "0.136364"),
        (2158406.6298, "2,158,406.63"),
        (500000, "500,000"),
        (1e-12, "0.000000000001"),
        (-3.5, "-3.5"),
        (float("inf"), "inf"),
    ],
)
def test_numbers(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(1, "100 %"), (0.045454, "4.55 %"), (0, "0 %"), (1e-9, "< 0.01 %")])
def test_shares(value: float, shown: str) -> None:
    assert share(value) == shown


def test_every_label_has_words_in_every_language() -> None:
    labels = {rule.__doc__.split()[0] for rule in (*MODEL_RULES, *RULES) if rule.__doc__} | {"S6", "O1", "objective"}
    for lang in LANGUAGES:
        assert {f"label.{label}" for label in labels} <= set(catalogue(lang))


def test_every_text_of_the_command_exists_in_every_language() -> None:
    own = {code for code in catalogue("en") if code.startswith(("cli.", "label."))}
    for lang in LANGUAGES:
        assert own <= set(catalogue(lang))


@cache
def carried(name: str) -> Result:
    """The answer of a carried scenario, found once."""
    return allocate(library_files()[name])


@pytest.mark.parametrize("width", [60, 80, 100, 160])
@pytest.mark.parametrize("name", ["investai-2025", "eurohpc-2026-call", "ai-factories"])
def test_pages_fit_the_screen_and_cut_no_number(name: str, width: int) -> None:
    result = carried(name)
    shown = rendered(result_page(result), width)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "…" not in shown
    for award in result.candidates:
        total = sum(award.money.values()) + award.private_money
        if total:
            assert amounts([total])[0] in shown


@pytest.mark.parametrize(("term", "said"), [("public_money", "Private money"), ("private_money", "Public money")])
def test_money_that_is_a_term_is_said_once(term: str, said: str) -> None:
    result = allocate(
        {
            "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 60}]},
            "candidates": [{"id": "a", "cost": {"2027": 100}, "private_pledge": 40, "locked": "in"}],
            "objective": {"terms": [{"term": term}]},
        }
    )
    shown = [line.split("  ")[0] for line in rendered(result_page(result), 80).splitlines()]
    assert shown.count("Public money") == shown.count("Private money") == 1
    assert said in shown


def test_a_page_says_who_is_in_who_is_out_and_why(investai: Any) -> None:
    shown = investai("allocate", "investai-2025").stdout
    for words in (
        "The best plan, and proven",
        "Sites funded",
        "5 of 14",
        "Multiplier",
        "Funded (EUR million)",
        "Not funded, and why",
        "places of",
        "Money by tier and year",
        "Money by country",
        "What stays unspent",
        "public share of cost",
        "All rules hold",
        "Solved in",
        "HiGHS",
    ):
        assert words in shown
    assert "seniority" not in investai("allocate", "french-plan").stdout.lower()
    assert "seniority" in investai("allocate", "french-plan", "--verbose").stdout.lower()


def test_prices_are_shown_in_plain_words(investai: Any, reference: Any) -> None:
    shown = investai("allocate", reference("fractional-knapsack")).stdout
    line = next(line for line in shown.splitlines() if line.startswith("size of the tier: budget"))
    assert line.split()[-7:] == ["most", "4", "EUR", "million", "30", "to", "60"]
    assert "fixed" not in shown
    assert "66.67 %" in shown


def test_prices_of_whole_plans_say_what_is_fixed(investai: Any, primavera: Path) -> None:
    # A divisible candidate beside a whole one: the budget has a price once the whole one is decided.
    settings = ("--set", "/candidates/c/divisible=true")
    shown = investai("allocate", primavera, *settings).stdout
    assert "size of the tier: budget" in shown
    assert "with the chosen sites fixed" in shown


def test_numbers_are_never_cut_but_moved_to_further_parts() -> None:
    columns = [Column("Tier"), *(Column(str(year), numeric=True) for year in range(2026, 2046))]
    row = ["a tier with quite a long name", *("1,234,567.89" for _ in range(20))]
    shown = rendered([Table("Title", columns, [row])], 60)
    assert shown.count("1,234,567.89") == 20
    assert all(str(year) in shown for year in range(2026, 2046))
    assert max(len(line) for line in shown.splitlines()) <= 60


def test_what_a_file_says_is_neither_markup_nor_a_code() -> None:
    nasty = "[bold]x[/bold] \x1b[31mred\x1b[0m :smile: a\nb"
    finding = {"severity": "error", "code": "x", "pointer": nasty, "message": nasty, "cure": nasty}
    page = [
        Heading(nasty, [nasty]),
        Paragraph(nasty, [nasty]),
        Table(nasty, [Column(nasty)], [[nasty]]),
        Findings(nasty, [finding], {"error": "error"}),
    ]
    shown = rendered(page, 100)
    assert "\x1b" not in shown
    assert shown.count("[bold]x[/bold]") == 11
    assert ":smile:" in shown


def test_colours_on_a_terminal_only() -> None:
    page = [Heading("Title", ["Sentence"])]
    assert "\x1b[" in rendered(page, 80, colours=True)
    assert rendered(page, 80) == "Title\n\n Sentence\n"


SOFT: dict[str, Any] = {
    "fund": {"tiers": [{"id": "union", "instrument": "grant", "size": 150}]},
    "candidates": [{"id": c, "cost": {"2027": 100}, "attributes": {"value": 1}} for c in "ab"],
    "constraints": [
        {"id": "cohesion", "kind": "money", "of": {"candidates": ["a"]}, "at_least": 120, "soft": {"priority": 2}},
        {"id": "sites", "kind": "count", "at_most": 1, "soft": {"priority": 1}},
    ],
    "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
}


def test_soft_rules_say_what_was_asked_and_reached() -> None:
    result = allocate(SOFT)
    page = rendered(result_page(result), 120)
    assert "Soft rules" in page
    row = next(line for line in page.split("\n") if "cohesion" in line)
    assert row.split()[-7:] == ["at", "least", "120", "100", "20", "EUR", "million"]
    assert "money to a group: sites" not in page and "number of sites: sites" not in page
    assert "Soft rules that are broken: 1" in page
    assert "All rules hold exactly: 5 rules" in page
    assert "cohesion: 100 of 120 EUR million reached." in page
    assert "more room would first serve a soft rule: money to a group (cohesion)." in " ".join(page.split())
    everything = rendered(result_page(result, everything=True), 120)
    assert "number of sites: sites" in everything


def test_soft_rules_that_are_kept_take_a_sentence() -> None:
    page = rendered(result_page(allocate({**SOFT, "constraints": SOFT["constraints"][1:]})), 120)
    assert "Every soft rule is kept." in page
    assert "Soft rules that are broken" not in page


def test_a_plan_that_breaks_a_soft_rule_is_allowed_but_not_said_to_keep_every_rule() -> None:
    plan = {"money": [{"tier": "union", "candidate": "a", "phase": "main", "year": 2027, "amount": 100}]}
    page = rendered(result_page(evaluate(SOFT, plan)), 120)
    assert "The plan is allowed: it keeps every rule but one that may be broken." in page
