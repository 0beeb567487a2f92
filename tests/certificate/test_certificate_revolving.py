"""B3: a point inside and a point outside, worked by hand. Sites cost 100; consortia pay what ``bank`` does not."""

from __future__ import annotations

import pytest
from certificate_cases import EURO, M, assert_allowed, assert_inside, assert_outside, lines, plan, scenario, site, tier

from optimiser import evaluate
from optimiser.certificate import certify

HORIZON = {"first_year": 2027, "last_year": 2032}


def bank(size=100, years=1, grace_years=0, **keys):
    return tier("bank", instrument="loan", size=size, revolving={"years": years, "grace_years": grace_years}, **keys)


def fund(lender, first=2027, second=2029, **keys):
    """a pays in one year and b in another."""
    return scenario([site("a", {str(first): 200}), site("b", {str(second): 200})], [lender], horizon=HORIZON, **keys)


def lent(of, **amounts):
    """What the bank pays to each site in its year [EUR million]."""
    year = {c.id: next(iter(c.all_phases[0].cost)) for c in of.candidates}
    return plan(of, {f"bank/{c}/main/{year[c]}": round(amount * M) for c, amount in amounts.items()})


class TestB3:
    def test_what_is_back_can_be_spent_from_the_year_after(self):
        s = fund(bank())
        assert_inside(s, lent(s, a=100, b=100), "B3", "bank")
        assert_outside(s, lent(s, a=100, b=101), "B3", "bank", "size/2029", 1.0)
        s = fund(bank(), second=2028)
        assert_outside(s, lent(s, a=100, b=1), "B3", "bank", "size/2028", 1.0)

    def test_after_the_grace(self):
        s = fund(bank(grace_years=1), second=2030)
        assert_inside(s, lent(s, a=100, b=100), "B3", "bank")
        s = fund(bank(grace_years=1))
        assert_outside(s, lent(s, a=100, b=1), "B3", "bank", "size/2029", 1.0)

    def test_in_equal_parts(self):
        s = fund(bank(years=4), second=2031)
        assert_inside(s, lent(s, a=100, b=75), "B3", "bank")
        assert_outside(s, lent(s, a=100, b=76), "B3", "bank", "size/2031", 1.0)

    def test_in_every_year(self):
        # 120 in 2027 is too much, whatever comes back.
        s = fund(bank(), second=2030)
        assert_outside(s, lent(s, a=120), "B3", "bank", "size/2027", 20.0)

    def test_less_what_is_lost_on_average(self):
        # A quarter of a, by a table whose draws are not alike.
        risk = {"model": "table", "losses": {"a": [0, 1], "b": [0, 0]}, "probabilities": [0.75, 0.25]}
        s = fund(bank(seniority=0), risk=risk)
        assert_inside(s, lent(s, a=100, b=75), "B3", "bank")
        assert_outside(s, lent(s, a=100, b=76), "B3", "bank", "size/2029", 1.0)

    def test_never_more_than_was_paid(self):
        risk = {"model": "table", "losses": {"a": [-1], "b": [0]}}
        s = scenario([site("a", {"2027": 200}), site("b", {"2029": 200})], [bank()], horizon=HORIZON, risk=risk,
                     fund={"loss_sharing": "pari_passu"})  # fmt: skip
        assert_inside(s, lent(s, a=100, b=100), "B3", "bank")
        assert_outside(s, lent(s, a=100, b=101), "B3", "bank", "size/2029", 1.0)

    def test_the_ceiling_of_a_year(self):
        s = fund(bank("unlimited", annual_ceiling={"2027": 100, "2029": 20}))
        assert_inside(s, lent(s, a=100, b=120), "B3", "bank")
        assert_outside(s, lent(s, a=100, b=121), "B3", "bank", "year/2029", 1.0)

    @pytest.mark.parametrize("carry_over", [False, True])
    def test_what_a_year_leaves(self, carry_over):
        # 60 of 100, back in 2028 for 2029: in 2030 they count, and the 40 that were left, with carry-over alone.
        s = fund(bank("unlimited", annual_ceiling={"2027": 100}, carry_over=carry_over), second=2030)
        if carry_over:
            assert_inside(s, lent(s, a=60, b=100), "B3", "bank")
            assert_outside(s, lent(s, a=60, b=101), "B3", "bank", "year/2030", 1.0)
        else:
            assert_outside(s, lent(s, a=60, b=1), "B3", "bank", "year/2030", 1.0)

    def test_a_span_in_each_of_its_years(self):
        spans = {"ceilings": [{"from": 2027, "to": 2030, "at_most": 100}]}
        s = fund(bank("unlimited", **spans))
        assert_inside(s, lent(s, a=100, b=100), "B3", "bank")
        assert_outside(s, lent(s, a=101), "B3", "bank", "2027-2030/2027", 1.0)
        assert_outside(s, lent(s, a=100, b=101), "B3", "bank", "2027-2030/2029", 1.0)

    @pytest.mark.parametrize("start, room", [(2029, 100), (2028, 100)])
    def test_a_span_has_what_came_back_the_year_before_it(self, start, room):
        s = fund(bank("unlimited", ceilings=[{"from": start, "to": 2030, "at_most": 0}]))
        assert_inside(s, lent(s, a=100, b=room), "B3", "bank")
        assert_outside(s, lent(s, a=100, b=room + 1), "B3", "bank", f"{start}-2030/2029", 1.0)

    def test_a_span_does_not_have_what_came_back_before(self):
        s = fund(bank("unlimited", ceilings=[{"from": 2030, "to": 2031, "at_most": 0}]), second=2030)
        assert_outside(s, lent(s, a=100, b=1), "B3", "bank", "2030-2031/2030", 1.0)

    def test_commitments_are_booked_at_once(self):
        keys = {"annual_ceiling": {"2027": 100}, "ceiling_basis": "commitments"}
        s = scenario([site("a", {"2027": 100, "2029": 100})], [bank("unlimited", **keys)], horizon=HORIZON)
        money = {"bank/a/main/2027": 50 * M, "bank/a/main/2029": 50 * M}
        assert_inside(s, plan(s, money), "B3", "bank")
        money["bank/a/main/2029"] = 51 * M
        assert_outside(s, plan(s, money), "B3", "bank", "year/2027", 1.0)

    def test_a_euro_a_cell_is_allowed(self):
        # Two thirds of 100 are back in 2030.
        s = fund(bank(years=3), second=2030)
        p = lent(s, a=100, b=66.666668)
        assert_allowed(s, p, "B3", "bank", pytest.approx(4 / 3 * EURO, rel=1e-9), 2 * EURO)
        assert_outside(s, lent(s, a=100, b=66.666669), "B3", "bank", "size/2030", pytest.approx(7 / 3 * EURO, rel=1e-9))

    def test_B1_and_B2_leave_a_revolving_tier_to_B3(self):
        s = fund(bank({"at_least": 250, "at_most": 100}, ceilings=[{"from": 2027, "to": 2032, "at_most": 100}]))
        certificate = certify(s, lent(s, a=100, b=100))
        assert lines(certificate, "B1")["bank"].violation == 50.0
        assert lines(certificate, "B2") == {}
        assert lines(certificate, "B3")["bank"].violation == 0.0

    def test_other_tiers_have_no_line(self):
        s = scenario([site("a")])
        assert lines(certify(s, plan(s)), "B3") == {}


def test_a_hand_made_plan():
    document = {
        "horizon": HORIZON,
        "fund": {"tiers": [bank()]},
        "candidates": [{"id": c, "cost": {year: 100}} for c, year in (("a", "2027"), ("b", "2028"))],
        "objective": {"terms": [{"term": "private_money"}]},
    }
    cells = [
        {"tier": "bank", "candidate": c, "phase": "main", "year": year, "amount": 100}
        for c, year in (("a", 2027), ("b", 2028))
    ]
    result = evaluate(document, {"money": cells})
    broken = [(r.label, r.rule, r.at, r.violation) for r in result.certificate.rules if r.violation > r.allowance]
    assert broken == [("B3", "bank", "size/2028", 100.0)]
    assert result.indicators.repaid == {"bank": {"2028": 100, "2029": 100}}
    assert {u.tier: u.amount for u in result.unspent} == {"bank": 100}
