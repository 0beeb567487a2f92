"""Start years that were decided, in all that is said of a plan: whole euros, results, reasons, evaluations."""

from __future__ import annotations

import json
from random import Random

import pytest
from result_cases import loan, odd_scenario, phase, scenario, site, solved, tier, with_windows

from optimiser import PlanError, Scenario, allocate, evaluate
from optimiser.certificate import certify
from optimiser.messages import text
from optimiser.report.pages import result_page
from optimiser.report.screen import rendered
from optimiser.scenario.canonical import scenario_sha256

GROUPS = 4


def decided(name, since, earliest, latest, **keys):
    window = {"earliest": earliest, "latest": latest}
    return {"id": name, "cost_since_start": since, "start": window, **keys}


MONEY = tier(annual_ceiling={"2027": 60, "2028": 60, "2029": 60}, carry_over=False)
TWO = scenario(
    [
        site(
            "a",
            pledge=40,
            phases=[phase("p1", {"2027": 30}), decided("p2", {"0": 50, "1": 50}, 2027, 2029, after_years=1)],
        ),
        site("b", pledge=0, phases=[decided("main", {"0": 60}, 2027, 2029)]),
        site("c", pledge=0, phases=[decided("main", {"0": 500}, 2027, 2029)]),
    ],
    [MONEY, loan(size=100)],
    terms=[{"term": "attribute", "attribute": "value"}, {"term": "private_money", "weight": 0.001}],
    horizon={"first_year": 2027, "last_year": 2030},
)


def cell(amount, year, candidate="b", part="main", name="union"):
    return {"tier": name, "candidate": candidate, "phase": part, "year": year, "amount": amount}


@pytest.fixture(scope="module")
def two():
    return allocate(TWO)


class TestWholeEuros:
    @pytest.mark.parametrize("group", range(GROUPS))
    def test_odd_money_of_decided_starts(self, group):
        # F1, B1 and B2 to the euro, whatever starts were decided, and a result fed back says the same.
        starts = fractions = 0
        for seed in range(group, 60, GROUPS):
            document = with_windows(Random(f"windows-{seed}"), odd_scenario(Random(f"odd-{seed}")))
            of, _, _, plan = solved(document)
            if plan is None:
                continue
            certificate = certify(of, plan)
            assert certificate.holds, (seed, [r for r in certificate.rules if r.violation > r.allowance])
            for check in certificate.rules:
                assert check.violation == 0 or check.label not in ("B1", "B2", "T1"), (seed, check)
            assert set(plan.start) <= {key for key, y in plan.fraction.items() if y}
            starts += len(plan.start)
            fractions += sum(0 < plan.fraction[key] < 1 for key in plan.start)
        assert starts >= 15 and fractions >= 1

    def test_fed_back_with_its_starts(self):
        for seed in range(15):
            document = with_windows(Random(f"windows-{seed}"), odd_scenario(Random(f"odd-{seed}")))
            result = allocate(document)
            if not result.has_allocation:
                continue
            again = evaluate(document, json.loads(result.to_json()))
            assert again.certificate == result.certificate
            assert (again.objective.value, again.objective.terms) == (result.objective.value, result.objective.terms)
            assert [c.starts for c in again.candidates] == [c.starts for c in result.candidates]


class TestResult:
    def test_starts_by_phase(self, two):
        assert {c.id: c.starts for c in two.candidates} == {"a": {"p2": 2028}, "b": {"main": 2027}, "c": {}}
        document = json.loads(two.to_json())
        assert document["candidates"][0]["starts"] == {"p2": 2028}

    def test_none_where_nothing_is_decided(self):
        assert allocate(scenario([site("a")])).candidates[0].starts == {}

    def test_reasons_say_the_start(self, two):
        a, b, c = (award.reason for award in two.candidates)
        assert a.params == {"starts": {"p2": 2028}}
        assert a.text == f"{text('reason.funded', {})} Decided start: p2 2028."
        assert b.text.endswith(" Decided start: main 2027.")
        assert "start" not in c.text and "starts" not in c.params

    def test_the_table_of_candidates_has_a_column(self, two):
        frame = two.frame("candidates").set_index("id")
        assert list(frame.columns)[:4] == ["name", "country", "funded", "starts"]
        assert frame["starts"].to_dict() == {"a": ["p2=2028"], "b": ["main=2027"], "c": []}

    def test_no_column_where_nothing_is_decided(self):
        assert "starts" not in allocate(scenario([site("a")])).frame("candidates").columns

    def test_a_tier_of_that_name_says_that_it_is_one(self):
        result = allocate(scenario([site("a", phases=[decided("p", {"0": 9}, 2027, 2027)])], [tier("starts")]))
        assert {"starts", "tier starts"} <= set(result.frame("candidates").columns)

    def test_the_page_shows_the_year_alone_where_there_is_one_phase(self, two):
        page = rendered(result_page(two), 120)
        lines = {line.split()[0]: line for line in page.splitlines() if line.split()[:1] in (["a"], ["b"])}
        assert "Starts" in page and "p2 2028" in lines["a"] and " 2027 " in lines["b"] and "main" not in lines["b"]


class TestEvaluation:
    def test_a_start_that_is_stated(self):
        plan = {"money": [cell(60, 2029)], "candidates": [{"id": "b", "starts": {"main": 2029}}]}
        result = evaluate(TWO, plan)
        assert result.certificate.holds and result.candidates[1].starts == {"main": 2029}

    def test_the_one_start_the_money_fits(self):
        result = evaluate(TWO, {"money": [cell(60, 2028)]})
        assert result.certificate.holds and result.candidates[1].starts == {"main": 2028}

    def test_money_of_one_year_of_two_fits_two_starts(self):
        with pytest.raises(PlanError) as raised:
            evaluate(TWO, {"money": [cell(30, 2027, "a", "p1"), cell(50, 2029, "a", "p2")]})
        (found,) = raised.value.findings
        assert (found.code, found.params["starts"]) == ("plan-start-unknown", [2028, 2029])
        assert '{"id": "a", "starts": {"p2": 2028}}' in found.cure()

    def test_consortium_money_counts_where_it_is_given(self):
        paid = [cell(30, 2027, "a", "p1"), cell(50, 2029, "a", "p2"), cell(10, 2030, "a", "p2", "bank")]
        own = [{"candidate": "a", "phase": "p2", "year": 2030, "amount": 40}]
        result = evaluate(TWO, {"money": paid, "private_money": own})
        assert result.certificate.holds and result.candidates[0].starts == {"p2": 2029}

    def test_the_consortium_pays_what_is_missing_from_the_stated_start(self):
        plan = {
            "money": [cell(30, 2027, "a", "p1"), cell(50, 2029, "a", "p2"), cell(10, 2030, "a", "p2", "bank")],
            "candidates": [{"id": "a", "phases": {"p1": 1, "p2": 1}, "starts": {"p2": 2029}}],
        }
        assert [(m.phase, m.year, m.amount) for m in evaluate(TWO, plan).private_money] == [("p2", 2030, 40)]

    def test_a_start_outside_its_window_is_judged_not_refused(self):
        plan = {"money": [cell(60, 2030)], "candidates": [{"id": "b", "starts": {"main": 2030}}]}
        result = evaluate(TWO, plan)
        assert [(r.label, r.at) for r in result.certificate.rules if r.violation > r.allowance] == [
            *[("B2", "2030"), ("T1", "b/main")]
        ]

    def test_a_start_too_soon_after_the_phase_before(self):
        paid = [cell(30, 2027, "a", "p1"), cell(20, 2027, "a", "p2"), cell(30, 2027, "a", "p2", "bank")]
        paid += [cell(10, 2028, "a", "p2", "bank")]
        plan = {"money": paid, "candidates": [{"id": "a", "phases": {"p1": 1, "p2": 1}, "starts": {"p2": 2027}}]}
        assert [
            (r.label, r.at, r.violation) for r in evaluate(TWO, plan).certificate.rules if r.violation > r.allowance
        ] == [("T1", "a/p2", 1)]

    @pytest.mark.parametrize(
        "money, candidates, codes",
        [
            ([cell(60, 2028)], [{"id": "b", "starts": {"main": 2027}}], ["plan-no-cost"]),
            ([cell(30, 2027), cell(30, 2028)], None, ["plan-start-none"]),
            ([cell(1, 2035)], None, ["plan-no-cost"]),
            ([], [{"id": "a", "starts": {"p1": 2027}}], ["plan-start-fixed"]),
            ([], [{"id": "a", "starts": {"p9": 2027}}], ["plan-unknown"]),
            ([], [{"id": "z", "phases": {"p9": 1}, "starts": {"p9": 2027}}], ["plan-unknown"]),
            ([], [{"id": "b", "starts": {"main": "2027"}}], ["wrong-type"]),
            ([], [{"id": "b", "starts": {"main": True}}], ["wrong-type"]),
            ([], [{"id": "b", "phases": {"main": 1}, "starts": [2027]}], ["wrong-type"]),
            ([], [{"id": "b", "phases": {"main": 1}}], ["plan-start-unknown"]),
            ([], [5], ["wrong-type"]),
            ([], {"b": 1}, ["wrong-type"]),
        ],
    )
    def test_what_no_plan_can_say(self, money, candidates, codes):
        with pytest.raises(PlanError) as raised:
            evaluate(TWO, {"money": money} | ({} if candidates is None else {"candidates": candidates}))
        assert [f.code for f in raised.value.findings] == codes


def test_the_hash_tells_windows_apart():
    def sha256(**keys):
        phases = [decided("p1", {"0": 10}, 2027, 2029), {**decided("p2", {"0": 10}, 2027, 2029), **keys}]
        return scenario_sha256(Scenario.model_validate(scenario([site("a", phases=phases)])))

    base = sha256()
    assert sha256(cost_since_start={"0": 10.0}) == base == sha256(after_years=None) == sha256(name="second")
    changed = [
        sha256(start={"earliest": 2027, "latest": 2028}),
        sha256(start={"earliest": 2028, "latest": 2029}),
        sha256(cost_since_start={"1": 10}),
        sha256(after_years=0),
        sha256(after_years=1),
    ]
    assert len({base, *changed}) == 6
