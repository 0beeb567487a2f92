"""Why a candidate is funded or not: every reason of the catalogue, and that none is given where it would be false."""

from __future__ import annotations

from random import Random

import pytest
from result_cases import GIVE, SAVE, VALUE, loan, phase, scenario, site, solve, tier

from optimiser import allocate, evaluate, load_document
from optimiser.messages import catalogue, text

TWO = [site("a", value=2), site("b", value=1)]

PHASED = site("a", phases=[phase("p1"), phase("p2")])


def rule(kind, **keys):
    return {"kind": kind, "id": "r", **keys}


PROVOKED = {
    # code: (scenario, candidate, parameters), worked by hand
    "funded": (scenario([site("a")]), "a", {}),
    "funded-locked": (scenario([site("a", value=0, locked="in")]), "a", {}),
    "funded-committed": (
        scenario([site("a", value=0, phases=[phase("p1", committed={"union": {"2027": 10}})])]),
        "a",
        {},
    ),
    # 40 of the 100 a costs.
    "funded-in-part": (scenario([site("a", divisible=True)], [tier(size=40)]), "a", {"fraction": 0.4}),
    # The second phase brings no points and costs public money.
    "funded-some-phases": (scenario([PHASED]), "a", {"last": "p1"}),
    "locked-out": (scenario([site("a", locked="out")]), "a", {}),
    "below-floor": (
        scenario([site("a", attributes={"mw": 50})], rules=[rule("floor", attribute="mw", at_least=80)]),
        "a",
        {"attribute": "mw", "value": 50, "floor": 80, "rule": "r"},
    ),
    "not-eligible": (
        scenario([site("a", pledge=40, country="PT")], [tier(eligible={"countries": ["ES"]})]),
        "a",
        {"pledge": 40, "cost": 100},
    ),
    # Half of 100 from the union, 40 of its own.
    "unfinanceable": (
        scenario([site("a", pledge=40)], [tier(max_share_of_cost=0.5)]),
        "a",
        {"most": 90, "cost": 100},
    ),
    # The union pays in Spain alone, and a Portuguese site may not do without it.
    "award-out-of-reach": (
        scenario(
            [site("a", country="PT")],
            [tier(eligible={"countries": ["ES"]}), tier("states")],
            [rule("award", tiers=["union"], at_least=5), rule("award", tiers=["states"], at_least=1) | {"id": "met"}],
        ),
        "a",
        {"rule": "r", "needed": 5, "most": 0, "tiers": ["union"]},
    ),
    "rival-funded": (
        scenario(TWO, rules=[rule("exclusive", candidates=["a", "b"])]),
        "b",
        {"rivals": ["a"], "rule": "r"},
    ),
    # b would be a second change; a is the one that is allowed.
    "no-change-left": (
        scenario(TWO, rules=[rule("stay_close", plan={}, at_most_changes=1)]),
        "b",
        {"rule": "r", "count": 1},
    ),
    "needs-other": (
        scenario([site("a", locked="out"), site("b")], rules=[rule("requires", candidate="b", needs=["a"])]),
        "b",
        {"needs": ["a"], "rule": "r"},
    ),
    "no-place-left": (scenario(TWO, rules=[rule("count", at_most=1)]), "b", {"count": 1, "rule": "r"}),
    # a takes 100 of 120 + 30; b needs 100 less its own 45.
    "no-money-left": (
        scenario([TWO[0], site("b", pledge=45)], [tier(size=120), loan(size=30)]),
        "b",
        {"needed": 55, "left": 50, "tiers": ["union", "bank"]},
    ),
    # a brings 60 of the 100 allowed, b would bring 50.
    "limit-reached": (
        scenario(
            [site("a", value=2, attributes={"mw": 60}), site("b", attributes={"mw": 50})],
            rules=[rule("attribute", attribute="mw", at_most=100)],
        ),
        "b",
        {"rule": "r", "total": 60, "at_most": 100},
    ),
    "adds-nothing": (scenario([site("a"), site("b", value=0)]), "b", {}),
    # The year has room for one, the tier's size for two.
    "outranked": (scenario(TWO, [tier(size=200, annual_ceiling={"2027": 150})]), "b", {}),
}


def reason(document, name="a"):
    return {c.id: c.reason for c in solve(document).candidates}[name]


@pytest.mark.parametrize("code", PROVOKED)
def test_reason(code):
    document, name, params = PROVOKED[code]
    found = reason(document, name)
    assert (found.code, found.params) == (code, params)
    assert found.text == text(f"reason.{code}", params)


def test_of_a_plan_nobody_optimised():
    result = evaluate(
        scenario(TWO), {"money": [{"tier": "union", "candidate": "b", "phase": "main", "year": 2027, "amount": 100}]}
    )
    assert {c.id: (c.reason.code, c.reason.params) for c in result.candidates} == {
        "a": ("not-in-plan", {}),
        "b": ("in-plan", {}),
    }


SOFT = {"priority": 1}


@pytest.mark.parametrize(
    "code, soft",
    [
        ("rival-funded", rule("exclusive", candidates=["a", "b"], soft=SOFT)),
        ("needs-other", rule("requires", candidate="b", needs=["c"], soft=SOFT)),
        ("no-place-left", rule("count", at_most=1, soft=SOFT)),
        ("limit-reached", rule("attribute", attribute="value", at_most=2, soft=SOFT)),
        ("below-floor", rule("floor", attribute="value", at_least=2, soft=SOFT)),
        ("no-change-left", rule("stay_close", plan={}, at_most_changes=1, soft=SOFT)),
    ],
)
def test_a_soft_rule_is_a_reason_unless_another_needs_it_broken(code, soft):
    sites = [*TWO, site("c", value=1, locked="out")]
    assert reason(scenario(sites, rules=[soft]), "b").code == code
    # A soft rule as high cannot be kept: who heals it and what that breaks is a matter of size, not of this rule.
    broken = {"kind": "count", "id": "q", "at_least": 3, "of": {"candidates": ["a", "c"]}, "soft": SOFT}
    assert reason(scenario(sites, rules=[soft, broken]), "b").code == "outranked"
    # One that may be broken sooner changes nothing.
    assert reason(scenario(sites, rules=[soft, {**broken, "soft": {"priority": 2}}]), "b").code == code


def test_every_reason_is_provoked():
    of_plans = {"in-plan", "not-in-plan"}
    of_strategies = {c for c in catalogue("en") if c.startswith(("reason.list-", "reason.share-", "reason.key-"))}
    assert {f"reason.{code}" for code in PROVOKED.keys() | of_plans} | of_strategies == {
        c for c in catalogue("en") if c.startswith("reason.")
    }


class TestFunded:
    def test_a_later_phase_locked_in_funds_the_first(self):
        # Worth nothing, and yet funded: the second phase was decided.
        phases = [phase("p1"), phase("p2", locked="in")]
        assert reason(scenario([site("a", value=0, phases=phases)])).code == "funded-locked"

    def test_a_later_phase_committed_funds_the_first(self):
        phases = [phase("p1"), phase("p2", committed={"union": {"2027": 10}})]
        assert reason(scenario([site("a", value=0, phases=phases)])).code == "funded-committed"

    def test_a_second_phase_in_part_is_not_all(self):
        # 140 pay all of p1 and 0.4 of p2.
        phases = [phase("p1"), phase("p2", attributes={"more": 1})]
        a = site("a", divisible=True, phases=phases)
        found = reason(scenario([a], [tier(size=140)], terms=[VALUE, {"term": "attribute", "attribute": "more"}]))
        assert (found.code, found.params) == ("funded-some-phases", {"last": "p1"})


class TestFloor:
    """The floor counts a candidate where its first phase stands, as the rule itself does."""

    FLOOR = rule("floor", attribute="mw", at_least=80, of={"countries": ["ES"]})

    def test_the_phases_own_country_decides(self):
        a = site("a", country="PT", attributes={"mw": 50}, phases=[phase("p1", country="ES")])
        assert reason(scenario([a], rules=[self.FLOOR])).code == "below-floor"

    def test_and_not_the_candidates(self):
        a = site("a", country="ES", attributes={"mw": 50}, phases=[phase("p1", country="PT")])
        assert reason(scenario([a], [tier(size=60)], [self.FLOOR])).code != "below-floor"

    def test_a_floor_on_a_later_phase_keeps_nobody_out(self):
        phases = [phase("p1"), phase("p2")]
        a = site("a", attributes={"mw": 50}, phases=phases)
        floor = rule("floor", attribute="mw", at_least=80, phase="p2")
        assert reason(scenario([a], rules=[floor])).code == "funded-some-phases"

    def test_a_floor_that_only_reports_keeps_nobody_out(self):
        a = site("a", attributes={"mw": 50})
        floor = rule("floor", attribute="mw", at_least=80, effect="finding")
        assert reason(scenario([a], [tier(size=60)], [floor])).code == "unfinanceable"


class TestMoney:
    def test_one_eligible_country_of_a_joint_bid_is_enough(self):
        a = site("a", countries=["PT", "ES"])
        assert reason(scenario([a], [tier(size=60, eligible={"countries": ["ES"]})])).code == "unfinanceable"
        assert reason(scenario([a], [tier(size=100, eligible={"countries": ["ES"]})])).code == "funded"

    def test_a_phase_in_another_country_is_not_eligible(self):
        a = site("a", country="ES", phases=[phase("p1", country="PT")])
        assert reason(scenario([a], [tier(eligible={"countries": ["ES"]})])).code == "not-eligible"

    def test_parts_that_no_tier_may_pay(self):
        a = site("a", country="PT", divisible=True)
        found = reason(scenario([a], [tier(eligible={"countries": ["ES"]})]))
        assert (found.code, found.params) == ("not-eligible", {"pledge": 0, "cost": 100})

    def test_parts_that_shares_leave_short(self):
        # 0.17 of whatever part, and nobody for the rest.
        found = reason(scenario([site("a", divisible=True)], [tier(max_share_of_cost=0.17)]))
        assert (found.code, found.params) == ("unfinanceable", {"most": 17, "cost": 100})

    def test_parts_that_are_short_only_as_a_whole(self):
        # 30 and 0.5 of whatever part pay 0.6 of it.
        a = site("a", pledge=30, divisible=True)
        found = reason(scenario([a], [tier(max_share_of_cost=0.5)]))
        assert (found.code, found.params) == ("funded-in-part", {"fraction": 0.6})

    def test_a_least_fraction_that_is_short(self):
        # 0.6 again, and 0.7 is the least.
        a = site("a", pledge=30, divisible=True, least_fraction=0.7)
        found = reason(scenario([a], [tier(max_share_of_cost=0.5)]))
        assert (found.code, found.params) == ("unfinanceable", {"most": 80, "cost": 100})

    def test_money_left_for_another_year_is_no_reason(self):
        # 250 of the tier, 150 of them in 2027: b finds 150 left in all, and 50 in its year.
        document = scenario(TWO, [tier(size=250, annual_ceiling={"2027": 150, "2028": 100})])
        assert reason(document, "b").code == "outranked"

    def test_an_unlimited_tier_always_has_money(self):
        document = scenario(TWO, [tier(size=100), loan(annual_ceiling={"2027": 50})])
        assert reason(document, "b").code == "outranked"

    def test_a_tier_that_may_not_pay_has_nothing_for_it(self):
        tiers = [tier(size=150), loan(size=500, eligible={"candidates": ["a"]}, max_ticket=50)]
        found = reason(scenario([site("a", 150, 3), site("b")], tiers, terms=[{**VALUE, "weight": 9}, GIVE]), "b")
        assert (found.code, found.params) == ("no-money-left", {"needed": 100, "left": 0, "tiers": ["union"]})

    def test_the_least_public_share_needs_money_too(self):
        # Its own 100 would do, were 0.3 of it not to be public; a takes all there is.
        sites = [site("a", value=2), site("b", pledge=100, least_public_share=0.3)]
        found = reason(scenario(sites, [tier(size=110)]), "b")
        assert (found.code, found.params) == ("no-money-left", {"needed": 30, "left": 10, "tiers": ["union"]})

    def test_a_site_that_costs_nothing_needs_no_money(self):
        sites = [site("a", value=2), site("b", 0)]
        assert reason(scenario(sites, [tier(size=100)]), "b").code == "funded"
        found = reason(scenario(sites, [tier(size=100)], [rule("count", at_most=1)]), "b")
        assert found.code == "no-place-left"

    def test_a_site_that_adds_nothing_lacks_no_money(self):
        # Another 100 would not fund it.
        assert reason(scenario([site("a"), site("b", value=0)], [tier(size=100)]), "b").code == "adds-nothing"


class TestPlaces:
    def test_a_count_of_a_named_phase_counts_that_phase(self):
        # One "build" is allowed; a is funded without its own, so the place is free and money is what lacks.
        a = site("a", 0, 5, phases=[phase("prepare"), phase("build", locked="out")])
        b = site("b", phases=[phase("build")])
        document = scenario([a, b, site("c", 10)], [tier(size=150)], [rule("count", phase="build", at_most=1)])
        assert reason(document, "b").code == "no-money-left"

    def test_and_not_the_first_phase_of_those_without_it(self):
        # a's one phase is called main.
        b = site("b", phases=[phase("build")])
        document = scenario([site("a", value=2), b], [tier(size=150)], [rule("count", phase="build", at_most=1)])
        assert reason(document, "b").code == "no-money-left"

    def test_a_second_phase_takes_the_place(self):
        a = site("a", 0, 5, phases=[phase("prepare"), phase("build", attributes={"more": 9})])
        b = site("b", phases=[phase("build")])
        terms = [VALUE, {"term": "attribute", "attribute": "more"}]
        document = scenario([a, b], rules=[rule("count", phase="build", at_most=1)], terms=terms)
        assert reason(document, "b").code == "no-place-left"

    def test_half_a_site_leaves_half_a_place(self):
        # a's 0.4 and a whole b are more than one, and yet the place is not taken.
        sites = [site("a", value=10, divisible=True), site("b")]
        tiers = [tier(size=40, eligible={"candidates": ["a"]}), loan(eligible={"candidates": ["b"]})]
        assert reason(scenario(sites, tiers, [rule("count", at_most=1)]), "b").code == "outranked"

    def test_a_least_fraction_takes_a_whole_place(self):
        sites = [site("a", value=10, divisible=True, least_fraction=0.2), site("b")]
        tiers = [tier(size=40, eligible={"candidates": ["a"]}), loan(eligible={"candidates": ["b"]})]
        assert reason(scenario(sites, tiers, [rule("count", at_most=1)]), "b").code == "no-place-left"

    def test_another_groups_places(self):
        sites = [site("a", value=2, tags=["x"]), site("b", tags=["y"])]
        document = scenario(sites, [tier(size=150)], [rule("count", of={"tags": ["x"]}, at_most=1)])
        assert reason(document, "b").code == "no-money-left"


class TestRivals:
    def test_two_of_three(self):
        sites = [site("a", value=3), site("b", value=2), site("c")]
        exclusive = rule("exclusive", candidates=["a", "b", "c"], at_most=2)
        found = reason(scenario(sites, rules=[exclusive]), "c")
        assert (found.code, found.params) == ("rival-funded", {"rivals": ["a", "b"], "rule": "r"})

    def test_one_of_two_funded_is_no_rival(self):
        # a and c, or b and c, may stand together: money is what lacks.
        sites = [site("a", value=3), site("b", value=2, locked="out"), site("c")]
        exclusive = rule("exclusive", candidates=["a", "b", "c"], at_most=2)
        assert reason(scenario(sites, [tier(size=150)], [exclusive]), "c").code == "no-money-left"

    def test_nobody_may_be_funded(self):
        # No rival is funded, so none can be named.
        assert reason(scenario(TWO, rules=[rule("exclusive", candidates=["a", "b"], at_most=0)])).code == "outranked"

    def test_part_of_a_rival_leaves_room_for_a_part(self):
        # a takes 0.3 of the one that is allowed, b 0.7; what b lacks beyond is a's.
        sites = [site(c, value=v, divisible=True) for c, v in (("a", 9), ("b", 1), ("c", 0.5))]
        tiers = [tier(size=30, eligible={"candidates": ["a"]}), loan(eligible={"candidates": ["b", "c"]})]
        result = solve(scenario(sites, tiers, [rule("exclusive", candidates=["a", "b", "c"])]))
        codes = {c.id: (c.reason.code, c.reason.params) for c in result.candidates}
        assert codes == {
            "a": ("funded-in-part", {"fraction": 0.3}),
            "b": ("funded-in-part", {"fraction": 0.7}),
            "c": ("rival-funded", {"rivals": ["a", "b"], "rule": "r"}),
        }

    def test_part_of_a_rival_is_no_rival_of_a_part(self):
        # 0.7 of one is left for b, which finds no money.
        sites = [site("a", value=9, divisible=True), site("b", divisible=True)]
        document = scenario(sites, [tier(size=30)], [rule("exclusive", candidates=["a", "b"])])
        assert reason(document, "b").code == "outranked"

    def test_all_it_needs_is_funded(self):
        sites = [site("a", value=5), site("b")]
        document = scenario(sites, [tier(size=150)], [rule("requires", candidate="b", needs=["a"])])
        assert reason(document, "b").code == "no-money-left"


class TestLimits:
    def test_what_brings_nothing_reaches_no_limit(self):
        # 2/3 of a bring all 2 that are allowed, and the fifteenth digit a little more.
        sites = [site("a", value=9, attributes={"mw": 3}, divisible=True), site("b", attributes={"mw": 0})]
        result = solve(scenario(sites, [tier(size=120)], [rule("attribute", attribute="mw", at_most=2)]))
        assert result.candidates[0].funded * 3 > 2
        assert result.candidates[1].reason.code == "no-money-left"

    def test_parts_that_find_the_limit_reached(self):
        sites = [site(c, value=v, attributes={"mw": 10}, divisible=True) for c, v in (("a", 2), ("b", 1))]
        document = scenario(sites, rules=[rule("attribute", attribute="mw", at_most=10)])
        assert reason(document, "b").code == "limit-reached"

    def test_parts_that_find_room(self):
        sites = [site(c, value=v, attributes={"mw": 10}, divisible=True) for c, v in (("a", 2), ("b", 1))]
        document = scenario(sites, [tier(size=100)], [rule("attribute", attribute="mw", at_most=11)])
        assert reason(document, "b").code == "outranked"

    def test_an_average_is_no_total(self):
        sites = [
            site("a", value=2, attributes={"pue": 1.0, "mw": 10}),
            site("b", attributes={"pue": 2.0, "mw": 100}),
        ]
        rules = [rule("attribute", attribute="pue", average_by="mw", at_most=1.2)]
        assert reason(scenario(sites, rules=rules), "b").code == "outranked"


class TestAdding:
    def test_what_serves_the_worst_served_adds(self):
        # b costs nothing and would serve ES; it may not be beside a, which an average keeps out of the others' way.
        term = {"term": "least_served", "group_by": "country", "attribute": "value"}
        sites = [
            site("a", 0, 5, country="PT", locked="in", attributes={"pue": 1.1, "mw": 10}),
            site("b", 0, 5, country="ES", attributes={"pue": 2.0, "mw": 10}),
        ]
        rules = [rule("attribute", attribute="pue", average_by="mw", at_most=1.2)]
        assert reason(scenario(sites, rules=rules, terms=[term]), "b").code == "outranked"

    def test_less_of_a_minimised_attribute_adds(self):
        emissions = {"term": "attribute", "attribute": "co2", "sense": "minimise"}
        sites = [site("a", value=None, attributes={"co2": 5}), site("b", value=None, attributes={"co2": -5})]
        result = solve(scenario(sites, terms=[emissions]))
        assert [c.reason.code for c in result.candidates] == ["adds-nothing", "funded"]

    def test_only_a_later_phase_adds(self):
        # 5 points for p2, 200 for both; a's 6 for 200 are better.
        phases = [phase("p1"), phase("p2", attributes={"value": 5})]
        b = {"id": "b", "phases": phases}
        assert reason(scenario([site("a", 200, 6), b], [tier(size=200)]), "b").code == "no-money-left"

    def test_what_costs_more_than_it_adds(self):
        terms = [VALUE, {**SAVE, "weight": 0.1}]
        assert reason(scenario([site("a")], terms=terms)).code == "outranked"


def ruled_scenario(rng):
    """Whole sites with rules that exclude, count and limit."""
    names = "abcdef"
    sites = [
        site(
            c,
            rng.randint(2, 20) * 5,
            rng.choice((0, 1, 3, 7, 9)),
            rng.choice((0, 0, 20, 50)),
            country=rng.choice(("PT", "ES")),
            attributes={"mw": rng.randint(0, 9) * 10},
            **rng.choice(({}, {}, {}, {"locked": "out"}, {"least_public_share": 0.5})),
        )
        for c in names
    ]
    narrow = rng.choice(({}, {}, {"eligible": {"countries": ["PT"]}}))
    tiers = [
        tier("union", rng.randint(50, 300), max_share_of_cost=rng.choice((0.6, 1, 1)), **narrow),
        tier("state", rng.randint(20, 200), eligible={"countries": [rng.choice(("PT", "ES"))]}),
    ]
    if rng.random() < 0.3:
        tiers[0]["annual_ceiling"] = {"2027": rng.randint(50, 200)}
    of = {"countries": [rng.choice(("PT", "ES"))]}
    rules = [
        {"kind": "exclusive", "candidates": rng.sample(names, 3), "at_most": rng.randint(1, 2)},
        {"kind": "requires", "candidate": "a", "needs": rng.sample("bcdef", 1)},
        {"kind": "count", "of": of, "at_most": rng.randint(1, 3)},
        {"kind": "attribute", "attribute": "mw", "at_most": rng.randint(5, 25) * 10},
        {"kind": "floor", "attribute": "mw", "at_least": 10},
        {"kind": "award", "tiers": ["state"], "of": of, "at_least": rng.choice((1, 30))},
    ]
    terms = [VALUE, {**SAVE, "weight": 0.001}]
    return scenario(sites, tiers, rng.sample(rules, rng.randint(1, 5)), terms)


NEVER = {"below-floor", "not-eligible", "unfinanceable", "award-out-of-reach"}
NOT_BESIDE = {"rival-funded", "needs-other", "no-place-left", "no-money-left", "limit-reached"}


def forced(document, name, others=None):
    """The scenario with a candidate locked in and, where told, the others as they are."""
    sites = []
    for s in document["candidates"]:
        if s["id"] == name:
            s = {**s, "locked": "in"}
        elif others is not None:
            s = {**s, "locked": "in" if s["id"] in others else "out"}
        sites.append(s)
    return allocate({**document, "candidates": sites})


def test_reasons_are_true_of_random_plans():
    """Kept out for good, a site fits no plan; kept out by the plan, it does not fit beside it; else it adds nothing."""
    seen = set()
    for seed in range(80):
        document = ruled_scenario(Random(f"reasons-{seed}"))
        if load_document(document).scenario is None:
            continue
        result = solve(document)
        chosen = {c.id for c in result.candidates if c.funded}
        for award in result.candidates:
            code = award.reason.code
            if award.funded or code == "locked-out":
                continue
            seen.add(code)
            plan = forced(document, award.id, chosen if code in NOT_BESIDE or code == "adds-nothing" else None)
            if code in NEVER | NOT_BESIDE:
                assert not plan.has_allocation, (seed, award)
            else:
                # 1e-9: what the search may leave, on sums of some 10 points.
                assert not plan.has_allocation or plan.objective.value <= result.objective.value + 1e-8, (seed, award)
    assert seen == NEVER | NOT_BESIDE | {"adds-nothing", "outranked"}
