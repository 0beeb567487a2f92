"""Soft rules: least violations, priority by priority, before the objective. Worked by hand."""

from __future__ import annotations

import pytest
from rule_cases import EURO, SAVE, VALUE, chosen, funded, loan, paid, phase, price, scenario, site, solve, tier

from optimiser import allocate, evaluate

SOFT = {"priority": 1}
LATER = {"priority": 2}


def broken(result):
    """Violation by rule and place, of those broken."""
    return {
        (b.rule, b.at): (pytest.approx(b.violation, abs=EURO), pytest.approx(b.scaled, abs=EURO))
        for b in result.soft
        if b.violation > EURO
    }


def stages(result):
    return {stage.name: pytest.approx(stage.value, abs=1e-9) for stage in result.objective.stages}


def kept(kind, **keys):
    return {"kind": kind, **keys, "soft": SOFT}


class TestStages:
    def test_soft_rules_come_before_the_objective(self):
        # 120 are asked for a; it costs 100. b is worth five times as much, and 150 do not pay both.
        rule = kept("money", of={"candidates": ["a"]}, at_least=120)
        result = solve(scenario([site("a"), site("b", value=5)], [tier(size=150)], [rule]), 1)
        assert chosen(result) == {"a"}
        assert broken(result) == {("rule-0", ""): (20, 1 / 6)}
        assert stages(result) == {"soft-1": -1 / 6, "objective": 1}
        assert [stage.bound for stage in result.objective.stages] == [pytest.approx(-1 / 6), 1]

    def test_soft_priority_1_is_broken_last(self):
        # Two places are asked for and one is allowed: whichever may be broken sooner gives way.
        most, least = {"kind": "count", "at_most": 1}, {"kind": "count", "at_least": 2}
        sites = [site("a", value=-1), site("b", value=-2)]
        result = solve(scenario(sites, rules=[{**most, "soft": SOFT}, {**least, "soft": LATER}]), -1)
        assert chosen(result) == {"a"}
        assert broken(result) == {("rule-1", ""): (1, 0.5)}
        assert stages(result) == {"soft-1": 0, "soft-2": -0.5, "objective": -1}
        result = solve(scenario(sites, rules=[{**most, "soft": LATER}, {**least, "soft": SOFT}]), -3)
        assert chosen(result) == {"a", "b"}
        assert broken(result) == {("rule-0", ""): (1, 1)}

    def test_soft_violations_are_weighed_by_their_bounds(self):
        # One place too many of 1 weighs more than one too few of 3.
        rules = [kept("count", at_most=1), kept("count", at_least=3)]
        result = solve(scenario([site(c) for c in "abc"], rules=rules), 1)
        assert broken(result) == {("rule-1", ""): (2, 2 / 3)}
        # For 100 million two places of 8 too many, 0.25, and for 8 places 20 million of 100 too little, 0.2.
        rules = [kept("count", at_most=8), kept("money", at_least=100)]
        sites = [site(c, 10, value=0) for c in "abcdefghijk"]
        result = solve(scenario(sites, rules=rules), 0)
        assert broken(result) == {("rule-1", ""): (20, 0.2)}
        rules[0]["at_most"] = 9
        sites = [site(c, 20, value=0) for c in "abcdefghijk"]
        rules[1]["at_least"] = 220
        # Two places of 9, or 40 million of 220, or one of each: 0.222, 0.182, 0.202.
        assert broken(solve(scenario(sites, rules=rules), 0)) == {("rule-1", ""): (40, 2 / 11)}

    def test_soft_with_the_hard_rules_kept_first(self):
        # No softness moves the envelope: 50 of the 80 asked for.
        a = site("a", divisible=True)
        result = solve(scenario([a], [tier(size=50)], [kept("money", at_least=80)]), 0.5)
        assert broken(result) == {("rule-0", ""): (30, 0.375)}
        assert stages(result) == {"soft-1": -0.375, "objective": 0.5}

    def test_soft_before_every_term_and_before_the_order_of_tiers(self):
        objective = {"mode": "lexicographic", "terms": [SAVE, VALUE]}
        rule = kept("money", tiers=["union"], at_least=30)
        document = scenario(
            [site("a", pledge=100)],
            [tier(), tier("state")],
            [rule],
            fund={"tier_order": ["state", "union"]},
            objective=objective,
        )
        result = solve(document, -30)
        assert [s.name for s in result.objective.stages] == [
            *("soft-1", "objective 1: public_money", "objective 2: attribute", "O1 state", "O1 union")
        ]
        assert [paid(result, tier="union"), paid(result, tier="state")] == [30, 0]

    def test_soft_rules_do_not_help_where_hard_rules_clash(self):
        rules = [kept("count", at_most=0), {"kind": "count", "at_least": 2}]
        assert allocate(scenario([site("a")], rules=rules)).termination == "infeasible"


HARD = {
    # kind: (sites, tiers, rule), each binding where it is hard
    "N1": ([site("a"), site("b", value=2)], None, {"kind": "count", "at_most": 1}),
    "G1": (
        [site("a"), site("b", value=2)],
        [tier(size=120)],
        {"kind": "money", "of": {"candidates": ["a"]}, "at_least": 9},
    ),
    "G1 share": (
        [site("a", divisible=True), site("b", value=2, divisible=True)],
        [tier(size=120)],
        {"kind": "money", "of": {"candidates": ["a"]}, "at_least_share": 0.25},
    ),
    "G1 most": (
        [site("a", divisible=True), site("b", value=2, divisible=True)],
        [tier(size=120)],
        {"kind": "money", "of": {"candidates": ["b"]}, "at_most_share": 0.25},
    ),
    "A1": ([site("a"), site("b", value=2)], None, {"kind": "attribute", "attribute": "value", "at_most": 2}),
    "A1 average": (
        [site("a", attributes={"pue": 1.1, "mw": 10}), site("b", value=2, attributes={"pue": 1.3, "mw": 10})],
        None,
        {"kind": "attribute", "attribute": "pue", "average_by": "mw", "at_most": 1.15},
    ),
    "A2": ([site("a"), site("b", value=2)], None, {"kind": "floor", "attribute": "value", "at_least": 2}),
    "S7": ([site("a", pledge=100), site("b", value=2)], None, {"kind": "award", "at_least": 30}),
    "S7 country": (
        [site("a", country="PT"), site("b", value=2, country="PT")],
        None,
        {"kind": "award", "at_most": 100, "per": "country"},
    ),
    "L1": ([site("a"), site("b", value=2)], None, {"kind": "exclusive", "candidates": ["a", "b"]}),
    "L2": ([site("a", value=-3), site("b", value=2)], None, {"kind": "requires", "candidate": "b", "needs": ["a"]}),
    "T2": ([site("a"), site("b", value=2)], None, {"kind": "stay_close", "plan": {}, "at_most_changes": 1}),
    "T2 money": (
        [site("a"), site("b", value=2, divisible=True)],
        None,
        {"kind": "stay_close", "plan_money": [], "at_most_money": 130},
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_soft_and_hard_are_the_same_where_the_rule_can_be_kept(name):
    sites, tiers, rule = HARD[name]
    free = solve(scenario(sites, tiers))
    hard = solve(scenario(sites, tiers, [rule]))
    assert (free.money, free.private_money) != (hard.money, hard.private_money), "the case says nothing"
    soft = solve(scenario(sites, tiers, [{**rule, "soft": SOFT}]), hard.objective.value)
    assert (soft.money, soft.private_money) == (hard.money, hard.private_money)
    assert broken(soft) == {}
    assert stages(soft)["soft-1"] == 0


class TestViolations:
    """What each rule's violation is, and what divides it: one site that is locked in breaks it."""

    def broken(self, rule, *sites, tiers=None, **keys):
        result = solve(scenario(list(sites), tiers, [{**rule, "soft": SOFT}], **keys))
        (found,) = [b for b in result.soft if b.violation > 0]
        line = next(check for check in result.certificate.rules if check.soft)
        assert line.violation == pytest.approx(found.violation) == line.stated
        assert stages(result)["soft-1"] == -found.scaled
        return found.asked, found.reached, pytest.approx(found.violation), pytest.approx(found.scaled)

    def test_soft_N1(self):
        assert self.broken({"kind": "count", "at_most": 0}, site("a", locked="in")) == (0, 1, 1, 1)
        assert self.broken({"kind": "count", "at_least": 4}, site("a")) == (4, 1, 3, 0.75)

    def test_soft_G1(self):
        rule = {"kind": "money", "of": {"candidates": ["a"]}}
        sites = [site("a", locked="in"), site("b", 300, locked="in")]
        assert self.broken({**rule, "at_most": 80}, *sites) == (80, 100, 20, 0.25)
        assert self.broken({**rule, "at_least": 125}, *sites) == (125, 100, 25, 0.2)
        # Half of the 400 allocated are 200: 100 are missing, for a share of 0.5.
        assert self.broken({**rule, "at_least_share": 0.5}, *sites) == (200, 100, 100, 200)
        assert self.broken({**rule, "at_most_share": 0.2}, *sites) == (80, 100, 20, 100)
        private = {"kind": "money", "of": {"candidates": ["a"]}, "private": True, "at_most": 50}
        assert self.broken(private, site("a", pledge=60, locked="in")) == (50, 100, 50, 1)

    def test_soft_A1(self):
        rule = {"kind": "attribute", "attribute": "value"}
        assert self.broken({**rule, "at_most": 8}, site("a", value=10, locked="in")) == (8, 10, 2, 0.25)
        assert self.broken({**rule, "at_least": -8}, site("a", value=-10, locked="in")) == (-8, -10, 2, 0.25)
        # 1.5 instead of 1.2 over 10 MW: 3, of 1.2.
        a = site("a", locked="in", attributes={"pue": 1.5, "mw": 10})
        average = {"kind": "attribute", "attribute": "pue", "average_by": "mw"}
        assert self.broken({**average, "at_most": 1.2}, a) == (1.2, 1.5, 3, 2.5)
        assert self.broken({**average, "at_least": 2}, a) == (2, 1.5, 5, 2.5)

    def test_soft_A2(self):
        # Half of a site with 60 of 80 MW.
        rule = {"kind": "floor", "attribute": "mw", "at_least": 80}
        assert self.broken(rule, site("a", locked="in", attributes={"mw": 60})) == (80, 60, 20, 0.25)
        a = site("a", divisible=True, attributes={"mw": 60})
        least = {"kind": "count", "at_least": 1}
        result = solve(scenario([a], [tier(size=50)], [{**rule, "soft": LATER}, {**least, "soft": SOFT}]), 0.5)
        assert broken(result) == {("rule-0", "a/main"): (10, 0.125), ("rule-1", ""): (0.5, 0.5)}

    def test_soft_A2_of_a_later_phase(self):
        # Up to p2 it has 60 of 80; p2 is the phase that lacks 20, and p3 goes with it.
        phases = [phase(f"p{n}", attributes={"mw": 30}) for n in (1, 2, 3)]
        rule = {"kind": "floor", "attribute": "mw", "at_least": 80, "phase": "p2"}
        a = site("a", value=None, phases=phases)
        terms = [{"term": "attribute", "attribute": "mw"}]
        assert funded(solve(scenario([a], rules=[{**rule, "soft": SOFT}], terms=terms), 30)) == {"a/p1": 1}
        a["phases"][2]["locked"] = "in"
        assert self.broken(rule, a, terms=terms) == (80, 60, 20, 0.25)

    def test_soft_S3(self):
        # The union pays 80 and the state has 20: 60 are missing of a match of one for one.
        fund = {"matching": [{"id": "match", "tiers": ["state"], "of": ["union"], "at_least": 0.5, "soft": SOFT}]}
        tiers = [tier("union", {"at_least": 80, "at_most": 100}), tier("state", 20)]
        result = solve(scenario([site("a", locked="in")], tiers, fund=fund))
        assert broken(result) == {("match", "a/main"): (20, 40)}
        by = {"matching": [{**fund["matching"][0], "by": "candidate"}]}
        assert broken(solve(scenario([site("a", locked="in")], tiers, fund=by))) == {("match", "a"): (20, 40)}

    def test_soft_S7(self):
        a = site("a", locked="in")
        assert self.broken({"kind": "award", "at_most": 80}, a) == (80, 100, 20, 0.25)
        assert self.broken({"kind": "award", "at_most": 80, "at_most_share": 0.5}, a) == (50, 100, 50, 1)
        assert self.broken({"kind": "award", "at_least": 125}, a) == (125, 100, 25, 0.2)
        assert self.broken({"kind": "award", "at_least": 110, "at_least_share": 1}, a) == (110, 100, 10, 1 / 11)
        country = {"kind": "award", "at_most": 80, "per": "country"}
        assert self.broken(country, site("a", locked="in", country="PT")) == (80, 100, 20, 0.25)

    def test_soft_S7_sums_over_the_candidates(self):
        sites = [site("a", locked="in"), site("b", 160, locked="in"), site("c", 60, locked="in")]
        result = solve(scenario(sites, rules=[kept("award", at_most=80)]))
        assert broken(result) == {("rule-0", "a/main"): (20, 0.25), ("rule-0", "b/main"): (80, 1)}
        assert stages(result)["soft-1"] == -1.25
        (line,) = [check for check in result.certificate.rules if check.soft]
        assert (line.violation, line.stated, line.at) == (100, 100, "b/main")
        (finding,) = [f for f in result.findings if f["code"].startswith("soft")]
        assert finding["message"] == "rule-0: broken at 2 places, by 100 EUR million together, most at b/main."

    def test_soft_L1_and_L2(self):
        sites = [site("a", locked="in"), site("b", locked="in"), site("c", locked="in"), site("d", locked="out")]
        assert self.broken({"kind": "exclusive", "candidates": ["a", "b", "c"], "at_most": 2}, *sites) == (2, 3, 1, 0.5)
        assert self.broken({"kind": "requires", "candidate": "a", "needs": ["d"]}, *sites) == (0, 1, 1, 1)


class TestPrices:
    def test_soft_rules_that_are_kept_have_the_hard_rules_price(self):
        # Of 80, half must go to a, worth 1 a hundred; the rest to b, worth 3.
        sites = [site("a", value=1, divisible=True), site("b", value=3, divisible=True)]
        rule = {"kind": "money", "of": {"candidates": ["a"]}, "at_least": 40}
        for stated in (rule, {**rule, "soft": SOFT}):
            result = solve(scenario(sites, [tier(size=80)], [stated]), 1.6)
            assert price(result, "B1", "union", "at_most") == 0.03
            assert price(result, "G1", "rule-0", "at_least") == -0.02

    def test_soft_no_price_where_a_unit_more_would_serve_a_soft_rule_first(self):
        # 30 of the 40 asked for: a 31st million is worth what it mends, not 0.01.
        a = site("a", divisible=True)
        result = solve(scenario([a], [tier(size=30)], [kept("money", at_least=40)]), 0.3)
        assert {(b.label, b.shadow_price) for b in result.binding} == {("B1", None), ("G1", None)}

    def test_soft_unspent_is_kept_by_a_soft_rule_that_would_be_broken_further(self):
        a = site("a", divisible=True)
        result = solve(scenario([a], [tier(size=80)], [kept("money", at_most=50)]), 0.5)
        (left,) = result.unspent
        assert (left.amount, left.kept_by, left.proven) == (30, ["G1"], True)

    def test_soft_unspent_is_not_kept_by_a_soft_rule_with_room(self):
        # Broken or not, the places keep nothing: the site is paid in full.
        rules = [kept("money", at_most=150), kept("count", at_least=3)]
        (left,) = solve(scenario([site("a", divisible=True)], [tier(size=180)], rules), 1).unspent
        assert "G1" not in left.kept_by and "N1" not in left.kept_by


class TestAnswers:
    def test_soft_findings_say_what_is_reached(self):
        cohesion = {"id": "cohesion", "kind": "money", "at_least": 120, "soft": SOFT}
        result = allocate({**scenario([site("a", 118)]), "constraints": [cohesion]})
        (finding,) = result.findings
        assert (finding["severity"], finding["pointer"]) == ("warning", "/constraints/cohesion")
        assert finding["message"] == "cohesion: 118 of 120 EUR million reached."
        result = allocate(scenario([site("a", locked="in")], rules=[kept("count", at_most=0)]))
        assert [f["message"] for f in result.findings] == ["rule-0: 1, asked: at most 0."]

    def test_soft_a_matching_rule_is_pointed_at_where_it_stands(self):
        fund = {"matching": [{"id": "match", "tiers": ["state"], "of": ["union"], "at_least": 1, "soft": SOFT}]}
        result = solve(scenario([site("a", locked="in")], [tier(), tier("state", 30)], fund=fund))
        (finding,) = [f for f in result.findings if f["code"].startswith("soft")]
        assert finding["pointer"] == "/fund/matching/match"

    def test_soft_rounding_is_no_violation(self):
        # A third of 100 to each: the euros are rounded, and the rule is not called broken.
        sites = [site(c, divisible=True) for c in "abc"]
        rules = [kept("money", of={"candidates": [c]}, at_least_share=1 / 3) for c in "abc"]
        result = solve(scenario(sites, [tier(size=100)], rules), 1)
        assert [f for f in result.findings if f["code"].startswith("soft")] == []

    def test_soft_evaluate_says_the_same(self):
        document = scenario([site("a"), site("b")], [tier(size=300)], [kept("count", at_most=1)])
        plan = {
            "money": [{"tier": "union", "candidate": c, "phase": "main", "year": 2027, "amount": 100} for c in "ab"]
        }
        result = evaluate(document, plan)
        assert result.termination == "optimal" and result.certificate.holds
        assert broken(result) == {("rule-0", ""): (1, 1)}
        assert [f["code"] for f in result.findings] == ["soft-at-most-broken"]
        del document["constraints"][0]["soft"]
        assert not evaluate(document, plan).certificate.holds

    def test_soft_with_losses(self):
        # The bank's average loss, 10 % of its money, must stay at 5 % of it unless the union loses first.
        bank = loan("bank", 90, seniority=1, limits={"expected_loss": {"at_most": 0.05}})
        first = tier("first", instrument="equity", seniority=0)
        a = site("a", divisible=True, failure_probability=0.1)
        risk = {"model": "table", "losses": {"a": [0, 1]}, "probabilities": [0.9, 0.1]}
        a.pop("failure_probability")
        rule = kept("money", tiers=["first"], at_most=20)
        result = solve(scenario([a], [first, bank], [rule], fund={"loss_sharing": "waterfall"}, risk=risk))
        # 10 % of a loss that reaches the bank in full: its limit never holds with any money of it.
        assert paid(result, tier="bank") == 0
        assert paid(result, tier="first") == 20
        assert broken(result) == {}
