"""T2 on plans made by hand: candidates that change, money that moves."""

from __future__ import annotations

from fractions import Fraction

import pytest
from certificate_cases import EURO, M, phase, plan, scenario, site

from optimiser.certificate import certify


def checked(rule, money=None, fraction=None, sites=None):
    """The lines of T2, of three sites with one phase."""
    rules = [{"id": "near", "kind": "stay_close", **rule}]
    s = scenario([site("a"), site("b"), site("c")] if sites is None else sites, constraints=rules)
    return [c for c in certify(s, plan(s, money, fraction)).rules if c.label == "T2"]


class TestT2Changes:
    @pytest.mark.parametrize(
        "planned, funded, violation",
        [
            ("ab", {"a/main": 1, "b/main": 1}, 0),
            ("ab", {"a/main": 1}, 0),
            ("ab", {}, 1),
            ("ab", {"c/main": 1}, 2),
            ("", {"c/main": 1}, 0),
            ("", {"c/main": 1, "a/main": 1}, 1),
        ],
    )
    def test_candidates_that_come_and_go(self, planned, funded, violation):
        (line,) = checked({"plan": {c: ["main"] for c in planned}, "at_most_changes": 1}, fraction=funded)
        assert (line.unit, line.violation, line.allowance, line.checked) == ("count", violation, 0, 1)

    def test_a_candidate_planned_without_phases_was_not_funded(self):
        (line,) = checked({"plan": {"a": []}, "at_most_changes": 0}, fraction={"a/main": 1})
        assert line.violation == 1

    @pytest.mark.parametrize("y, changes", [(Fraction(1, 2), 1), (1 - Fraction(1, 10**6), 1), (Fraction(1, 10**6), 1)])
    def test_a_fraction_is_a_change(self, y, changes):
        for planned in ({"a": ["main"]}, {}):
            sites = [site("a", divisible=True)]
            (line,) = checked({"plan": planned, "at_most_changes": 0}, fraction={"a/main": y}, sites=sites)
            assert line.violation == changes

    def test_a_fraction_within_the_solvers_tolerance_is_none(self):
        sites = [site("a", divisible=True)]
        rule = {"plan": {"a": ["main"]}, "at_most_changes": 0}
        (line,) = checked(rule, fraction={"a/main": 1 - Fraction(1, 10**9)}, sites=sites)
        assert line.violation == 0

    def test_phases_of_one_candidate_are_one_change(self):
        sites = [site("a", phases=[phase("p1"), phase("p2")])]
        rule = {"plan": {}, "at_most_changes": 0}
        (line,) = checked(rule, fraction={"a/p1": 1, "a/p2": 1}, sites=sites)
        assert line.violation == 1
        rule = {"plan": {"a": ["p1"]}, "at_most_changes": 0}
        (line,) = checked(rule, fraction={"a/p1": 1, "a/p2": 1}, sites=sites)
        assert line.violation == 1


class TestT2Money:
    RULE = {  # noqa: RUF012 - read only
        "plan_money": [{"tier": "union", "candidate": c, "phase": "main", "year": 2027, "amount": 50} for c in "ab"],
        "at_most_money": 10,
    }

    @pytest.mark.parametrize(
        "a, b, c, violation",
        [
            (50, 50, 0, 0),
            (45, 45, 10, 0),  # 10 taken, 10 given: they moved once
            (45, 40, 15, 5),
            (40, 30, 0, 20),  # taken alone
            (50, 65, 0, 5),  # given alone
            (20, 80, 0, 20),
        ],
    )
    def test_money_that_moves(self, a, b, c, violation):
        money = {f"union/{name}/main/2027": euros * M for name, euros in (("a", a), ("b", b), ("c", c))}
        (line,) = checked(self.RULE, money)
        assert (line.unit, line.violation) == ("EUR million", violation)
        assert line.allowance == (3 if c else 2) * EURO

    def test_a_cell_that_is_gone_was_taken(self):
        (line,) = checked(self.RULE, {"union/a/main/2027": 50 * M})
        assert (line.violation, line.allowance) == (40, 2 * EURO)

    def test_both_bounds_are_two_lines(self):
        lines = checked({**self.RULE, "plan": {}, "at_most_changes": 1})
        assert [(line.unit, line.violation) for line in lines] == [("count", 2), ("EUR million", 90)]
