"""Losses on the page and in files: in plain words, only where there is a risk model, within 80 columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimiser import allocate
from optimiser.report.pages import result_page
from optimiser.report.screen import rendered
from optimiser.result.frames import TABLES, frame_of

Scenario = dict[str, Any]


def scenario(**fund: Any) -> Scenario:
    """Two sites of 100 of which half is lost on failure; a lender above the first loss; both fail in 3 % of cases."""
    return {
        "schema_version": "1",
        "name": "Two sites",
        "horizon": {"first_year": 2027, "last_year": 2027},
        "fund": {
            "tiers": [
                {"id": "base", "instrument": "equity", "size": 200, "seniority": 0, "loss_given_failure": 0.5},
                {
                    "id": "lender",
                    "instrument": "loan",
                    "public": False,
                    "size": 200,
                    "seniority": 1,
                    "return_if_success": 0.05,
                    "hurdle": 0.04,
                    "loss_given_failure": 0.5,
                    "limits": {"cvar": {"at_most": 0.1}, "expected_loss": {"at_most": 0.02}},
                },
            ],
            **fund,
        },
        "candidates": [{"id": c, "cost": {"2027": 100}} for c in ("x", "y")],
        "risk": {
            "model": "table",
            "losses": {"x": [0, 1, 0, 1], "y": [0, 0, 1, 1]},
            "probabilities": [0.83, 0.07, 0.07, 0.03],
        },
        "objective": {"terms": [{"term": "private_money"}]},
    }


def built(document: Scenario) -> Scenario:
    """The same with both sites locked in."""
    for candidate in document["candidates"]:
        candidate["locked"] = "in"
    return document


@pytest.fixture
def page(investai: Callable[..., Any], tmp_path: Path) -> Callable[[Scenario], str]:
    """What the command prints, on one line with single blanks, after a look at its width."""

    def shown(document: Scenario) -> str:
        path = tmp_path / "scenario.json"
        path.write_text(json.dumps(document))
        answer = investai("allocate", path)
        assert answer.exit_code == 0, answer.stderr
        assert max(len(line) for line in answer.stdout.splitlines()) <= 80
        return " ".join(answer.stdout.split())

    return shown


def test_losses_by_tier(page: Any) -> None:
    shown = page(scenario())
    assert "Losses (EUR million)" in shown
    # exposed, average, chance, worst 5 %, worst 1 %
    assert "base 80.0 9.4 17 % 68.0 80.0" in shown
    assert "lender 120.0 0.6 3 % 12.0 20.0" in shown
    assert "base -1.24 % - lender 4.55 % 4 %" in shown
    assert "all together 200.0 10.0 17 % 80.0 100.0" in shown
    assert "over the 4 draws of the table; junior levels lose first." in shown


def test_losses_by_level(page: Any) -> None:
    shown = page(scenario())
    assert "0 base 0 80 none 1 lender 80 200" in shown
    assert "average loss at most 2 %, reached 0.5 %; average loss in the worst 5 % at most 10 %, reached 10 %" in shown


def test_the_way_to_the_most_senior_level(page: Any) -> None:
    many = "It takes 2 failures until the most senior level (lender) loses its first euro: more than 80 of 200"
    assert f"{many} must be lost, a chance of 3 %." in page(scenario())
    thin = built(scenario())
    del thin["fund"]["tiers"][1]["limits"]
    assert "It takes one failure until the most senior level (lender)" in page(thin)
    thick = built(scenario())
    thick["fund"]["tiers"][0]["size"] = {"at_least": 120, "at_most": 200}
    assert "The most senior level (lender) loses nothing even where every site fails." in page(thick)


def test_a_level_that_others_stand_above_is_counted_cautiously(page: Any) -> None:
    document = built(scenario())
    document["fund"]["tiers"][0]["size"] = {"at_least": 80, "at_most": 80}
    document["fund"]["tiers"][0]["limits"] = {"expected_loss": {"at_most": 0.2}}
    # 10 reach the first level on average; 9.4 of them it bears itself.
    assert "average loss at most 20 %, reached 12.5 % as the limit counts, 11.75 % of its own money" in page(document)


def test_pari_passu_has_no_levels(page: Any) -> None:
    document = built(scenario(loss_sharing="pari_passu"))
    document["fund"]["tiers"][1]["limits"]["cvar"]["at_most"] = 0.5
    document["fund"]["tiers"][1]["limits"]["expected_loss"]["at_most"] = 0.05
    shown = page(document)
    assert "each tier loses its own money" in shown
    assert "Who loses first" not in shown and "failure until" not in shown
    assert "Limits on losses" in shown
    assert "lender average loss at most 5 %, reached 5 %; average loss in the worst 5 % at most 50 %" in shown


def test_a_level_without_money_keeps_its_limit(page: Any) -> None:
    document = built(scenario(loss_sharing="pari_passu"))
    assert "average loss at most 2 %, no money in it" in page(document)


def test_nothing_exposed(page: Any) -> None:
    document = scenario(loss_sharing="pari_passu")
    assert "No money of this plan is exposed to losses." in page(document)


def test_drawn_losses_name_draws_and_seed(page: Any) -> None:
    document = scenario()
    document["risk"] = {"draws": 2000}
    for candidate in document["candidates"]:
        candidate["failure_probability"] = 0.1
    assert "over 2,000 draws (seed 7)" in page(document)


def test_no_section_without_a_risk_model(page: Any) -> None:
    document = scenario()
    del document["risk"]
    for tier in document["fund"]["tiers"]:
        for key in ("hurdle", "limits"):
            tier.pop(key, None)
    shown = page(document)
    assert "Losses" not in shown and "Who loses first" not in shown


@pytest.mark.parametrize("term", ["expected_loss", "cvar"])
def test_terms_on_losses_have_words(page: Any, term: str) -> None:
    document = built(scenario())
    document["objective"] = {"terms": [{"term": term}]}
    words = {"expected_loss": "Average loss", "cvar": "Average of the worst losses"}
    assert f"{words[term]} {'10' if term == 'expected_loss' else '80'} EUR million, minimised" in page(document)


def test_rules_on_losses_have_words_and_units(page: Any) -> None:
    shown = page(scenario())
    assert "limit on the average of the worst losses: level" in shown
    assert "at most 2 EUR million" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_large_amounts_fit_the_screen(width: int) -> None:
    document = scenario()
    for tier in document["fund"]["tiers"]:
        tier["size"] = 2_000_000
        tier["id"] += "-with-quite-a-long-name"
    for candidate in document["candidates"]:
        candidate["cost"]["2027"] = 123_456.789
    result = allocate(document)
    shown = rendered(result_page(result), width)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert result.risk is not None
    for tier in result.risk.tiers:
        assert f"{tier.losses.exposure:,.2f}" in shown


def test_the_table_of_losses(investai: Any, tmp_path: Path) -> None:
    result = allocate(scenario())
    frame = result.frame("risk")
    assert list(frame["tier"]) == ["base", "lender"]
    assert frame["exposure"].tolist() == [80, 120]
    assert frame["cvar_95"].tolist() == pytest.approx([68, 12])
    assert frame["hurdle"].tolist()[1] == 0.04
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(scenario()))
    assert investai("allocate", path, "--out", f"{tmp_path}/answer/").exit_code == 0
    assert {p.stem for p in (tmp_path / "answer").glob("*.csv")} == set(TABLES)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "answer" / "risk.csv").read_text())))
    assert [(r["tier"], float(r["exposure"]), r["hurdle"]) for r in rows] == [("base", 80, ""), ("lender", 120, "0.04")]


def stressed(document: Scenario) -> Scenario:
    """The same with every kind of stress, and a first loss whose budget ends in 2027."""
    document["candidates"][0]["country"] = "ES"
    document["risk"]["stresses"] = [
        {"id": "prices", "name": "Chip prices fall by 40 %", "kind": "chip_price_fall", "share": 0.4},
        {"id": "late", "kind": "delay", "years": 1},
        {"id": "spain", "kind": "country_failure", "country": "ES"},
        {"id": "vote", "kind": "budget_refused", "from": 2027},
        {"id": "patched", "patch": {"/risk/probabilities": [0.9, 0.05, 0.05, 0]}},
    ]
    return document


def test_stress_tests_in_words(page: Any) -> None:
    shown = page(stressed(scenario()))
    assert "Stress tests: the plan held fixed, the world changed (EUR million)" in shown
    # case, average loss, worst 1 %, chance for the lender, not paid
    assert "as planned 10 100 3 % -" in shown
    assert "Chip prices fall by 40 % 14 140 3 % -" in shown
    assert "late 10 100 3 % -" in shown
    assert "spain 55 100 10 % -" in shown
    assert "vote 10 100 3 % 80" in shown
    assert "patched 5 50 0 % -" in shown
    assert "vote: public money that would not be paid, by year: 2027: 80 (sites: 1)." in shown
    # as planned, and 70 % lost where half was
    assert "as planned 9.4 0.6" in shown and "Chip prices fall by 40 % 12.2 1.8" in shown


def test_what_breaks_under_stress_in_words(page: Any) -> None:
    shown = page(stressed(scenario()))
    after = shown.partition("Rules the plan no longer keeps under a stress")[2]
    assert "limit on the average of the worst losses: level 1 (lender), by 24 EUR million" in after
    assert "vote size of the tier: base, by 80 EUR million; ceilings by year: base, by 80 EUR million" in after
    assert "late" not in after.partition("unspent")[0] and "patched" not in after
    assert "keeps every rule in each" not in shown
    document = stressed(scenario())
    document["risk"]["stresses"] = document["risk"]["stresses"][1:2]
    assert "The plan keeps every rule in each of these cases." in page(document)


def test_many_broken_rules_are_counted(page: Any) -> None:
    document = stressed(built(scenario()))
    for n in range(4):
        document["fund"]["tiers"].append(
            {"id": f"state-{n}", "instrument": "grant", "size": {"at_least": 5, "at_most": 5}}
        )
    document["risk"]["stresses"] = [{"id": "vote", "kind": "budget_refused", "from": 2027}]
    assert "; 7 more in the full result" in page(document)


def test_no_stress_tests_without_one(page: Any) -> None:
    assert "Stress tests" not in page(scenario())


def test_a_page_says_what_a_delay_does_to_later_service(page: Any) -> None:
    document = stressed(built(scenario()))
    document["discount_rate"] = 0.05
    document["candidates"][0]["attributes"] = {"chips": 100}
    document["objective"]["terms"] = [{"term": "discounted_attribute", "attribute": "chips", "life_years": 1}]
    assert "late: chips, discounted 90.7029 instead of 95.2381." in page(document)


def test_a_page_says_that_nothing_waits_on_a_budget(page: Any) -> None:
    document = stressed(scenario())
    document["horizon"]["last_year"] = 2028
    document["risk"]["stresses"] = [{"id": "vote", "kind": "budget_refused", "from": 2028}]
    assert "vote: no public money of this plan waits on that budget." in page(document)


def test_stress_tests_of_a_plan_that_exposes_nothing(page: Any) -> None:
    document = stressed(scenario(loss_sharing="pari_passu"))
    shown = page(document)
    after = shown.partition("the world changed (EUR million)")[2]
    assert after.startswith(" No money of this plan is exposed to losses. vote: no public money of this plan waits")
    assert "as planned" not in shown


def test_grant_equivalents_on_the_page(page: Any) -> None:
    document = built(scenario())
    document["fund"]["tiers"][0]["size"] = {"at_least": 80, "at_most": 80}
    assert "Grant equivalents" not in page(document)
    document["fund"]["reference_rate"] = {"rate": 0.04}
    shown = page(document)
    # 10 % fail and lose half: 95 % of the money comes back after ten years, 0.95 / 1.04^10 = 0.641786.
    assert "Grant equivalents of public money (EUR million)" in shown
    assert sum(x.total for x in allocate(document).grant_equivalents.candidates) == pytest.approx(  # type: ignore[union-attr]
        80 * (1 - 0.641786), abs=1e-4
    )
    assert "discounted at 4 % a year" in shown


def test_the_table_of_losses_is_empty_without_a_risk_model() -> None:
    document = json.loads((Path(__file__).parents[1] / "reference" / "scenarios" / "primavera.json").read_text())
    frame = frame_of(allocate(document), "risk")
    assert list(frame.columns) == list(frame_of(allocate(scenario()), "risk").columns)
    assert len(frame) == 0


def guaranteed() -> Scenario:
    """Two sites of 50, half of which is lost in one of ten cases; 30 guaranteed keep the lender's limit."""
    document = scenario(
        tiers=[
            {
                "id": "cover",
                "instrument": "guarantee",
                "size": 20,
                "covers": ["lender"],
                "cover_share": 1,
                "provision_rate": 0.4,
                "seniority": 0,
            },
            {
                "id": "lender",
                "instrument": "loan",
                "public": False,
                "size": 200,
                "seniority": 1,
                "limits": {"cvar": {"level": 0.9, "at_most": 0.2}},
            },
        ]
    )
    for candidate in built(document)["candidates"]:
        candidate["cost"] = {"2027": 50}
    lost = [0.0] * 9 + [0.5]
    document["risk"] = {"model": "table", "losses": {"x": lost, "y": lost}}
    return {**document, "objective": {"terms": [{"term": "public_money"}]}}


def test_a_guarantee_on_the_page(page: Any) -> None:
    shown = page(guaranteed())
    assert "Paid in all 100 EUR million" in shown
    assert "Guaranteed by cover 30 EUR million Set aside for cover 12 EUR million" in shown
    # x is guaranteed with 30; both cost 50 and are paid 50.
    assert "x 30 50 50 y - 50 50 Guaranteed, not paid, and in no total: cover." in shown
    assert "cover 30 30 lender 100 100 Total 100 100 Guaranteed, not paid, and in no total: cover." in shown
    # exposed, average, chance, worst 5 %, worst 1 %, set aside
    assert "cover 30 3 10 % 30 30 12 lender 100 2 10 % 20 20 - all together 100 5 10 % 50 50" in shown
    assert "0 cover 0 30 none 1 lender 30 130" in shown
    assert 'The guarantee "cover" is called for 3 EUR million on average and for 30 in the worst 1 % of cases;' in shown


def test_a_guarantee_in_the_table_of_risk() -> None:
    frame = frame_of(allocate(guaranteed()), "risk").set_index("tier")
    assert frame.loc["cover", "provision"] == 12
    assert frame.loc["lender", "provision"] is None or frame["provision"].isna()["lender"]
