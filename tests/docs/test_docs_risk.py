"""The worked example of docs/risk.md is computed anew: every number the page states, and no number but those."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from optimiser import allocate
from optimiser.report.numbers import number, share

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "risk.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- example: begin -->(.*)<!-- example: end -->", PAGE, re.DOTALL)[1]
SCENARIO = json.loads((DOCS / "examples" / "two-candidates.json").read_text(encoding="utf-8"))

COST = [candidate["cost"]["2027"] for candidate in SCENARIO["candidates"]]
FIRST, SENIOR = SCENARIO["fund"]["tiers"]
FAILS = np.array(list(SCENARIO["risk"]["losses"].values()))
CHANCE = np.array(SCENARIO["risk"]["probabilities"])
POOL = FIRST["loss_given_failure"] * np.array(COST) @ FAILS
ALPHA = SENIOR["limits"]["cvar"]["level"]


@pytest.fixture(scope="module")
def result():
    return allocate(SCENARIO)


def table(first_title):
    """The rows of the example's table whose first column has this title, without title and line."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in EXAMPLE.splitlines() if line.startswith("|")
    ]
    start = next(n for n, row in enumerate(rows) if row[0] == first_title)
    columns = len(rows[start])
    found = []
    for row in rows[start + 2 :]:
        if len(row) != columns or set(row[1]) <= set("-:"):
            break
        found.append(row)
    return found


def worst(losses):
    """Mean of the worst 5 % of the four cases, by hand: the worst case whole, the rest of the next."""
    left, total = 1 - ALPHA, 0.0
    for n in np.argsort(-losses, kind="stable"):
        part = min(left, CHANCE[n])
        total += part * losses[n]
        left -= part
    return total / (1 - ALPHA)


def money(value):
    return number(round(value, 6))


def rate(value):
    return share(round(value, 9))


def test_the_cases_are_those_of_the_scenario():
    words = {0: "stands", 1: "fails"}
    assert table("case") == [
        [str(s + 1), rate(CHANCE[s]), words[FAILS[0, s]], words[FAILS[1, s]], money(POOL[s])] for s in range(4)
    ]


def test_each_thickness_of_the_first_loss():
    rows = table("first loss")
    assert [row[0] for row in rows] == ["0", "50", "80", "100"]
    for first, *stated in rows:
        senior = sum(COST) - float(first)
        reaches = np.maximum(POOL - float(first), 0)
        bad = worst(reaches)
        assert reaches[1] == reaches[2]
        assert stated == [money(senior), money(reaches[1]), money(reaches[3]), money(bad), rate(bad / senior)]


def test_the_plan_is_the_one_the_page_finds_by_trying(result):
    assert result.termination == "optimal" and result.certificate.holds
    assert result.indicators.by_tier == {"first-loss": 80, "senior": 120}
    limit = SENIOR["limits"]["cvar"]["at_most"]
    kept = [row[0] for row in table("first loss") if float(row[5].rstrip(" %")) <= 100 * limit]
    assert money(result.indicators.by_tier["first-loss"]) == kept[0]
    assert {c.id: c.funded for c in result.candidates} == {"alder": 1, "birch": 1}


def test_the_table_of_losses_is_the_results(result):
    def cells(name, losses):
        return [
            name,
            money(losses.exposure),
            money(losses.expected_loss),
            rate(losses.probability_of_loss),
            money(losses.cvar_95),
            money(losses.cvar_99),
        ]

    expected = [
        [
            *cells(t.tier, t.losses),
            rate(t.expected_yearly_return),
            "-" if t.hurdle is None else rate(t.hurdle),
        ]
        for t in result.risk.tiers
    ]
    assert table("tier") == [*expected, [*cells("all together", result.risk.pool), "", ""]]


def test_every_sentence(result):
    text = " ".join(EXAMPLE.split())
    mean, both = FAILS @ CHANCE, CHANCE[3]
    senior = result.risk.levels[-1]
    price = next(b.shadow_price for b in result.binding if b.label == "R3")
    beside = json.loads(json.dumps(SCENARIO))
    beside["fund"]["loss_sharing"] = "pari_passu"
    none = allocate(beside)
    assert mean[0] == pytest.approx(mean[1]) and COST[0] == COST[1]
    own = FIRST["loss_given_failure"]
    assert own == SENIOR["loss_given_failure"]
    # The least the lender can lose in its worst cases, on its own money: the same on both sites.
    least = min(worst(own * (a * FAILS[0] + (1 - a) * FAILS[1])) for a in np.linspace(0, 1, 101))
    counted = [100 * CHANCE[3], 100 * (1 - ALPHA) - 100 * CHANCE[3]]
    for sentence in (
        f"cost EUR {COST[0]} million each. Each fails with a chance of {rate(mean[0])}, and a site that fails loses "
        f"{rate(own)} of the money",
        f"both fail in {rate(both)} of cases, where independent sites would in {rate(mean[0] * mean[1])}.",
        f"On average the pool loses {rate(CHANCE[1])} · {money(POOL[1])} + {rate(CHANCE[2])} · {money(POOL[2])} + "
        f"{rate(CHANCE[3])} · {money(POOL[3])} = {money(POOL @ CHANCE)}.",
        f"The worst {rate(1 - ALPHA)} of cases are all of case 4 ({rate(both)}) and {money(counted[1])} % of cases 2 "
        f"and 3; their average is ({money(counted[0])} · {money(POOL[3])} + {money(counted[1])} · {money(POOL[1])}) / "
        f"{money(sum(counted))} = {money(worst(POOL))}, or {rate(worst(POOL) / sum(COST))} of the {sum(COST)}.",
        f"would lend at {rate(SENIOR['return_if_success'])} a year, asks for at least {rate(SENIOR['hurdle'])} after "
        f"losses, and for an average loss in the worst {rate(1 - ALPHA)} of at most "
        f"{rate(SENIOR['limits']['cvar']['at_most'])} of what it lends.",
        f"At {money(senior.attachment)} the lender's limit is just met, and it lends {money(senior.own.exposure)}.",
        f"One failure costs {money(POOL[1])}, less than the {money(senior.attachment)} below the lender. It takes "
        f"{senior.flip_point.fewest_failures} failures until the lender loses its first euro, a chance of "
        f"{rate(senior.flip_point.probability)}.",
        f"EUR 1 million beyond its {rate(SENIOR['limits']['cvar']['at_most'])} in the worst {rate(1 - ALPHA)} of "
        f"cases, it would lend EUR {money(price)} million more",
        f"loses at least {rate(least)} of its money in the worst {rate(1 - ALPHA)} of cases, whatever the public money "
        f"does; it lends {money(none.indicators.private_money)}, and {none.indicators.sites} sites are built.",
    ):
        assert sentence in text, sentence
        text = text.replace(sentence, "")
    left = re.sub(r"\|.*\||2, 3|first-loss|\(R3\)|\S+\.json", "", text)
    assert not re.findall(r"\d+ %|\d{2,}", left), "a number that no test computes"


def test_a_million_more_of_losses_is_worth_its_price(result):
    price = next(b.shadow_price for b in result.binding if b.label == "R3")
    lent = result.indicators.private_money + price
    more = json.loads(json.dumps(SCENARIO))
    limit = more["fund"]["tiers"][1]["limits"]["cvar"]
    limit["at_most"] = (limit["at_most"] * lent + 1) / lent
    assert allocate(more).indicators.private_money == pytest.approx(lent, abs=2e-6)  # two whole euros


def test_pictures_are_whole_and_small():
    for name in re.findall(r"\((pictures/[^)]+)\)", PAGE):
        content = (DOCS / name).read_bytes()
        assert len(content) < 5000
        assert b"href" not in content and b"script" not in content
        assert ElementTree.fromstring(content).tag.endswith("svg")
