"""The certificate as a whole: its table of contents, its independence, its arithmetic, its verdict."""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from pathlib import Path

import pytest
from certificate_cases import EURO, M, lines, phase, plan, scenario, site, tier
from hypothesis import given
from hypothesis import strategies as st

import optimiser.certificate
from optimiser.certificate import certify
from optimiser.certificate.arithmetic import millionths
from optimiser.certificate.certify import RULES
from optimiser.certificate.worst import Worst
from optimiser.plan import Plan, exact

FOLDER = Path(optimiser.certificate.__file__).parent
LABELS = ["F1", "F2", "F3", "B1", "B2", "B3", "S1", "S2", "S3", "S4", "S5", "S6", "S7"]
LABELS += ["Q1", "N1", "G1", "A1", "A2", "L1", "L2", "L3", "T1", "T2", "Y1", "GU"]


def imported(source: str) -> set[str]:
    """Every module a source file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports would hide where they lead"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


# The draws are input, like the scenario: what is lost in each of them. What follows from it is counted here again.
ALLOWED = (
    "optimiser.certificate",
    "optimiser.plan",
    "optimiser.result.result",
    "optimiser.risk.draws",
    "optimiser.scenario.",
)
SCHEMA = {"candidate", "fund", "objective", "rules", "scenario", "types"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_the_second_opinion_is_independent(path):
    own = {name for name in imported(path.read_text()) if name.split(".")[0] == "optimiser"}
    assert [name for name in own if not name.startswith(ALLOWED)] == []
    assert {name.split(".")[2] for name in own if name.startswith("optimiser.scenario.")} <= SCHEMA


def test_nothing_else_is_needed():
    for path in FOLDER.glob("*.py"):
        others = {name.split(".")[0] for name in imported(path.read_text())} - {"optimiser"}
        assert others <= {
            "__future__",
            "collections",
            "dataclasses",
            "decimal",
            "itertools",
            "math",
            "numpy",
            "quicktions",
            "weakref",
        }


def test_the_table_lists_every_label_in_order():
    assert [(rule.__doc__ or "").split()[0] for rule in RULES] == LABELS


def test_lines_come_in_the_order_of_the_labels():
    s = scenario(
        [
            site(
                "sines",
                phases=[phase("phase-1"), phase("phase-2", after_years=0)],
                private_pledge=500,
                locked="in",
                tags=["lot-1"],
            )
        ],
        [
            tier("bank", instrument="loan", revolving={"years": 2}),
            tier("cover", instrument="guarantee", covers=["bank"], cover_share=0.5),
            tier(
                max_share_of_cost=0.5,
                annual_ceiling={"2027": 90},
                min_ticket=1,
                concentration={"at_most": 1},
                eligible={"countries": ["PT"]},
            ),
        ],
        [
            {"id": "pair", "kind": "requires", "candidate": "sines", "needs": ["sines"]},
            {"id": "rivals", "kind": "exclusive", "candidates": ["sines"]},
            {"id": "count", "kind": "count", "at_most": 5},
            {"id": "award", "kind": "award", "at_most": 90},
            {"id": "money", "kind": "money", "at_most": 90},
        ],
        {
            "max_public_share": 0.5,
            "least_public_share": 0.1,
            "matching": [{"id": "match", "tiers": ["union"], "of": ["union"], "at_least": 1}],
        },
    )
    money = {"union/sines/phase-1/2027": 20 * M, "union/sines/phase-2/2027": 20 * M}
    certificate = certify(s, plan(s, money))
    assert certificate.holds
    assert certificate.largest_violation == 0.0
    labels = dict.fromkeys(check.label for check in certificate.rules)
    assert list(labels) == [x for x in LABELS if x not in ("A1", "A2", "T2")]


def test_a_scenario_without_money_needs_a_line_of_f1_and_y1_only():
    s = scenario([site("sines", {})], tiers=[])
    certificate = certify(s, plan(s))
    assert certificate.holds
    assert [(check.label, check.checked) for check in certificate.rules] == [("F1", 0), ("Y1", 1)]


def test_the_largest_violation_is_over_all_lines():
    # The union gives 3 beyond its 50 and 13 beyond 40 % of 100.
    s = scenario([site("sines")], [tier(size=50, max_share_of_cost=0.4)])
    certificate = certify(s, plan(s, {"union/sines/main/2027": 53 * M}))
    assert lines(certificate, "B1")["union"].violation == 3.0
    assert lines(certificate, "S1")["union"].violation == 13.0
    assert certificate.largest_violation == 13.0
    assert not certificate.holds


def test_the_order_of_a_plans_cells_does_not_matter():
    s = scenario([site("sines"), site("evora")], [tier(max_share_of_cost=0.1)])
    p = plan(s, {"union/sines/main/2027": 20 * M, "union/evora/main/2027": 20 * M})
    turned = Plan(
        fraction=dict(reversed(p.fraction.items())),
        money=dict(reversed(p.money.items())),
        private_money=dict(reversed(p.private_money.items())),
    )
    assert certify(s, turned) == certify(s, p)


def test_cells_and_fractions_of_zero_are_as_if_absent():
    s = scenario([site("sines")], [tier(eligible={"countries": ["ES"]}, max_share_of_cost=0.1)])
    p = plan(s)
    zeros = Plan(
        fraction={**p.fraction, ("nowhere", "main"): Fraction(0)},
        money={("union", "sines", "main", 2027): 0, ("unheard-of", "sines", "main", 2027): 0},
        private_money={**p.private_money, ("nowhere", "main", 2027): 0},
    )
    assert certify(s, zeros).holds
    assert [c.allowance for c in certify(s, zeros).rules] == [c.allowance for c in certify(s, p).rules]


def test_what_a_plan_does_not_name_is_not_funded():
    s = scenario([site("sines", locked="out"), site("evora")], [tier(max_share_of_cost=0.1)])
    assert certify(s, Plan({}, {}, {})).holds


class TestWorst:
    def test_an_instance_beyond_its_allowance_is_worse_than_a_larger_one_within(self):
        worst = Worst("S1", "union")
        worst.see(5, 8, ("within",))
        worst.see(3, 1, ("beyond",))
        worst.see(4, 8, ("within", "too"))
        check = worst.check()
        assert (check.at, check.violation, check.allowance, check.checked) == ("beyond", 3 / M, EURO, 3)

    def test_among_instances_within_the_largest_violation_is_told(self):
        worst = Worst("S1", "union")
        for excess, name in ((1, "a"), (2, "b"), (-9, "c")):
            worst.see(excess, 5, (name,))
        assert (worst.check().at, worst.check().violation) == ("b", 2 / M)

    def test_a_rule_that_holds_tells_the_greatest_allowance_it_had(self):
        worst = Worst("S1", "union")
        for allowance in (1, 3, 2):
            worst.see(0, allowance, ("somewhere",))
        assert (worst.check().at, worst.check().violation, worst.check().allowance) == ("", 0.0, 3 / M)

    def test_the_verdict_survives_being_written_as_doubles(self):
        # Beyond the allowance by less than doubles can tell.
        worst = Worst("S1", "union")
        worst.see(1 + Fraction(1, 10**30), 1)
        check = worst.check()
        assert check.violation > check.allowance
        assert check.violation == math.nextafter(check.allowance, 1.0)


@given(st.floats(min_value=-1e12, max_value=1e12) | st.decimals(-(10**9), 10**9, places=6).map(float))
def test_millionths_are_those_of_the_decimal_as_written(value):
    assert millionths(value) == exact(value) * 10**6


@pytest.mark.parametrize(
    "value, expected",
    [(0.17, 170_000), (1e9, 10**15), (0.1 + 0.2, Fraction(30000000000000004, 10**11)), (-2.5, -2_500_000), (0.0, 0)],
)
def test_millionths_by_hand(value, expected):
    assert millionths(value) == expected
