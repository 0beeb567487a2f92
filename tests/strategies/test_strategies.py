"""What holds of every strategy: how it is asked for, when it is refused, the clock, and that none beats the optimum."""

from __future__ import annotations

import json
from random import Random

import pytest
from strategy_cases import S, chosen, four, scenario, site, strategy

from optimiser import QuestionError, allocate, compare, load_document
from optimiser.solve.options import SolveOptions
from optimiser.strategies.registry import STRATEGIES, asked_for

REFUSED = {
    "unknown-strategy": (["best"], {}),
    "unknown-parameter": (["rank-and-cut:depth=3"], {}),
    "bad-parameter": (["rank-and-cut:skip=perhaps"], {}),
    "wrong-type": ([5], {}),
    "strategy-needs-score": (["rank-and-cut"], {"score": None}),
    "strategy-needs-risk": (["risk-averse"], {}),
    "strategy-needs-public-loss": (["risk-averse"], {"risk": {"model": "table", "losses": {"a": [0, 1]}}}),
    "strategy-needs-variants": (["robust"], {}),
    "key-without-countries": (["share-by-key"], {"country": None}),
    "key-lacks-country": ([{"strategy": "share-by-key", "key": {"PT": 1}}], {}),
    "key-sums-to-nothing": ([{"strategy": "share-by-key", "key": {"PT": 0, "ES": 0}}], {}),
    "key-of-unlimited": (["share-by-key"], {"size": "unlimited"}),
    "unknown-attribute": (["max-min:attribute=votes"], {}),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_applied_is_refused_with_a_finding(code):
    wanted, changes = REFUSED[code]
    document = four(**{k: v for k, v in changes.items() if k in ("risk", "size")})
    if "score" in changes:
        del document["score"]
    if "country" in changes:
        for c in document["candidates"]:
            del c["country"]
    with pytest.raises(QuestionError) as error:
        compare(document, ["optimise", *wanted])
    found = {f.code: f for f in error.value.findings}
    assert code in found, found
    assert "{" not in found[code].message() and found[code].cure()
    if code in ("unknown-strategy", "unknown-parameter", "bad-parameter", "wrong-type"):
        assert found[code].pointer == "/strategies/1"


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("share-by-key", {"key": "wealth"}),
        ("share-by-key", {"key": {"PT": -1}}),
        ("share-by-key", {"key": {}}),
        ("share-by-key", {"key": ["gdp"]}),
        ("share-by-key", {"order": "random"}),
        ("risk-averse", {"weight": -1}),
        ("risk-averse", {"alpha": 1}),
        ("risk-averse", {"weight": True}),
        ("max-min", {"per": "gdp"}),
        ("max-min", {"attribute": 5}),
        ("rank-and-cut", {"skip": None}),
    ],
)
def test_parameters_are_checked(name, bad):
    asked, findings = asked_for([{"strategy": name, **bad}])
    assert asked == [] and [f.code for f in findings] == ["bad-parameter"]


def test_texts_and_objects_ask_for_the_same():
    text, _ = asked_for(["rank-and-cut:skip=false", "share-by-key:order=cheapest:key=population"])
    objects, _ = asked_for(
        [
            {"strategy": "rank-and-cut", "skip": False},
            {"strategy": "share-by-key", "key": "population", "order": "cheapest"},
        ]
    )
    assert [a.label for a in text] == [a.label for a in objects]
    assert [dict(a.values) for a in text] == [dict(a.values) for a in objects]
    assert [a.label for a in text] == ["rank-and-cut:skip=false", "share-by-key:key=population:order=cheapest"]


def test_one_strategy_asked_for_twice_is_compared_once():
    found = compare(four(), ["pro-rata", "pro-rata", "optimise"])
    assert [r.strategy for r in found.results] == ["optimise", "pro-rata"]


def test_without_names_all_that_apply_are_compared_and_the_others_named():
    found = compare(four())
    assert [r.strategy for r in found.results] == [n for n in STRATEGIES if n not in ("robust", "risk-averse")]
    assert [n.strategy for n in found.comparison.not_applied] == ["robust", "risk-averse"]


def test_optimise_is_what_allocate_answers():
    found = compare(four(), ["optimise"]).results[0]
    alone = allocate(four())
    same = ("strategy", "termination", "objective", "candidates", "money", "binding", "certificate", "unspent")
    assert all(getattr(found, key) == getattr(alone, key) for key in same)


def test_sites_on_which_strategies_differ_stand_first():
    found = compare(four(), ["rank-and-cut"]).comparison
    assert [(s.id, s.agreed) for s in found.sites] == [("a", False), ("b", False), ("c", True), ("d", True)]
    assert found.sites[0].funded == {"optimise": 0, "rank-and-cut": 1}


def test_a_plan_that_breaks_rules_disputes_no_site():
    found = compare(four(), ["rank-and-cut", "pro-rata"]).comparison
    assert [(s.id, s.agreed) for s in found.sites] == [("a", False), ("b", False), ("c", True), ("d", True)]
    alone = compare(four(), ["pro-rata"]).comparison
    assert not any(s.agreed for s in alone.sites)


def test_tables_have_a_row_a_strategy_and_a_row_a_site():
    found = compare(four(), ["rank-and-cut", "pro-rata"])
    assert list(found.frame("strategies")["strategy"]) == ["optimise", "rank-and-cut", "pro-rata"]
    assert list(found.frame("sites").columns) == [
        "id",
        "name",
        "country",
        "agreed",
        "optimise",
        "rank-and-cut",
        "pro-rata",
    ]
    assert list(found.frame("broken")["label"]) == ["Y1"]
    with pytest.raises(KeyError):
        found.frame("nonsense")


def test_the_json_holds_results_and_comparison():
    asked = four()
    asked["candidates"][0]["divisible"] = True  # takes what is left, so that the tier's size binds
    document = json.loads(compare(asked, ["rank-and-cut"]).to_json())
    assert set(document) == {"results", "comparison"}
    assert [r["strategy"] for r in document["results"]] == ["optimise", "rank-and-cut"]
    assert "from" in document["results"][0]["binding"][0]


def test_what_is_not_solved_in_time_is_said():
    """A time limit that is over before anything begins."""
    found = compare(four(), options=SolveOptions(time_limit_s=1e-9)).comparison
    assert set(found.unsolved) >= {"rank-and-cut", "pro-rata", "share-by-key"}
    late = {row.strategy: row for row in found.strategies if not row.solved}
    assert set(late) == set(found.unsolved)
    assert all(row.termination == "time_limit" and row.sites is None for row in late.values())


def test_an_infeasible_scenario_is_an_answer():
    document = four(constraints=[{"id": "four", "kind": "count", "at_least": 4}])
    found = compare(document, ["rank-and-cut", "max-min"])
    assert [r.termination for r in found.results] == ["infeasible"] * 3
    assert found.comparison.price_of_fairness is None
    assert found.comparison.strategies[1].broken == ["N1 four"]


def _drawn(case: int):
    """A random scenario with a score, countries and variants in which every strategy that ranks and shares applies."""
    rng = Random(case)
    sites = []
    for n in "abcde"[: rng.randint(2, 5)]:
        keys = {"private_pledge": rng.choice((0, 20, 50))}
        if rng.random() < 0.3:
            keys |= {"divisible": True}
        if rng.random() < 0.3:
            keys["phases"] = [
                {"id": f"p{m}", "cost": {"2027": rng.randint(1, 6) * 10}, "attributes": {"mw": rng.randint(1, 5)}}
                for m in (1, 2)
            ]
        sites.append(
            site(n, rng.randint(1, 9) * 10, rng.randint(1, 20), rng.randint(0, 9), rng.choice(("PT", "ES")), **keys)
        )
    rules = [
        {"id": "few", "kind": "count", "at_most": rng.randint(1, 4)},
        {"id": "some", "kind": "count", "at_least": 1},
        {"id": "spain", "kind": "money", "of": {"countries": ["ES"]}, "at_least_share": 0.3},
        {"id": "pair", "kind": "requires", "candidate": "a", "needs": ["b"]},
        {"id": "rivals", "kind": "exclusive", "candidates": ["a", "b"]},
    ]
    variant = {"id": "v", "patch": {"candidates": {"a": {"attributes": {"value": rng.randint(1, 20)}}}}}
    document = scenario(
        sites,
        size=rng.randint(3, 20) * 10,
        score=S,
        variants=[variant],
        constraints=rng.sample(rules, rng.randint(0, 2)),
    )
    if rng.random() < 0.5:
        document["objective"]["terms"].append({"term": "public_money", "weight": 0.1})
    return document


LIST = {"N1", "G1", "A1", "B1"}
"""Rules on the list as a whole, which a walk down a list cannot always keep."""

WHO = {"Y1", "L1", "L2"}
"""Rules on who may be funded, which a share for everyone does not ask."""


@pytest.mark.parametrize("case", range(40))
def test_no_strategy_that_keeps_the_rules_beats_the_optimum(case):
    document = _drawn(case)
    if load_document(document).scenario is None:
        document["constraints"] = []
    found = compare(document)
    best = found.results[0]
    compared = 0
    for row in found.comparison.strategies[1:]:
        if row.allowed and best.objective.value is not None and row.objective is not None:
            compared += 1
            assert row.objective <= best.objective.value + 1e-6 * max(1.0, abs(best.objective.value)), row
    may_break = {"rank-and-cut": LIST, "score-per-euro": LIST, "share-by-key": LIST, "pro-rata": LIST | WHO}
    for row in found.comparison.strategies:
        broken = {rule.split()[0] for rule in row.broken}
        assert broken <= may_break.get(row.strategy, set()), row
    assert compared or best.termination == "infeasible"


def test_a_strategy_is_the_same_for_candidates_in_any_order():
    document = four()
    turned = {**document, "candidates": document["candidates"][::-1]}
    for name in ("rank-and-cut", "score-per-euro", "pro-rata", "share-by-key", "max-min"):
        assert chosen(strategy(document, name)[0]) == pytest.approx(chosen(strategy(turned, name)[0]))


WINDOW = {"earliest": 2027, "latest": 2028}


def waiting():
    """60 may be paid in each of two years: a (60) and b (60) fit where one of them starts a year later."""
    phases = [{"id": "only", "cost_since_start": {"0": 60}, "start": WINDOW}]
    document = scenario([site(name, 0, 1, n, phases=phases) for n, name in enumerate("ab")], size=120, score=S)
    document["fund"]["tiers"][0]["annual_ceiling"] = {"2027": 60, "2028": 60}
    return document


@pytest.mark.parametrize("name", ["rank-and-cut", "score-per-euro", "pro-rata", "max-min"])
def test_starts_are_decided_where_sites_are_chosen_otherwise(name):
    result, row, _ = strategy(waiting(), name)
    assert chosen(result) == {"a": 1, "b": 1} and row.allowed
    assert sorted(m.year for m in result.money) == [2027, 2028]


def test_robust_lets_starts_adapt_to_the_world():
    """In the variant nothing can be paid in 2027 and 120 in 2028: the same two sites, started otherwise, no regret."""
    document = waiting()
    late = {"annual_ceiling": {"2027": 0, "2028": 120}}
    document["variants"] = [{"id": "late", "patch": {"fund": {"tiers": {"eu": late}}}}]
    result, row, _ = strategy(document, "robust")
    assert chosen(result) == {"a": 1, "b": 1} and row.greatest_regret == 0


def test_every_reason_of_a_strategy_is_provoked_here():
    from pathlib import Path

    from optimiser.messages import catalogue

    tests = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))
    codes = [
        c.removeprefix("reason.")
        for c in catalogue("en")
        if c.startswith(("reason.list-", "reason.share-", "reason.key-"))
    ]
    assert len(codes) == 12 and [c for c in codes if f'"{c}"' not in tests] == []
