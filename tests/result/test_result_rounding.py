"""Whole euros: envelopes and sources hold exactly however badly the money divides."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from random import Random

import pytest
from result_cases import GIVE, M, odd_scenario, scenario, site, solve, solved, tier

from optimiser import allocate
from optimiser.certificate import certify
from optimiser.plan import exact
from optimiser.solve.rounding import _Cells, _transport

CASES = 360
GROUPS = 12


def broken(certificate):
    return [(r.label, r.rule, r.at) for r in certificate.rules if r.violation > r.allowance]


def cents(values, numbers):
    """Whether some of these amounts are no whole number of euros [within a twentieth]."""
    return any(abs(values[i] * M - round(values[i] * M)) > 0.05 for i in numbers)


@pytest.mark.parametrize("group", range(GROUPS))
def test_odd_money(group):
    """F1, B1 and B2 hold exactly, every rule within its allowance, every cell within a euro of the solver's."""
    odd = 0
    for seed in range(group * CASES // GROUPS, (group + 1) * CASES // GROUPS):
        document = odd_scenario(Random(f"odd-{seed}"))
        scenario, model, values, plan = solved(document)
        if plan is None:
            continue
        columns = model.columns
        odd += cents(values, [*columns.x.values(), *columns.m.values()])
        certificate = certify(scenario, plan)
        assert certificate.holds, (seed, broken(certificate))
        costs = [amount for c in scenario.candidates for p in c.all_phases for amount in p.cost.values()]
        whole_uses = all((exact(a) * M).denominator == 1 for a in costs) and all(y == 1 for y in plan.fraction.values())
        for check in certificate.rules:
            if check.label in ("B1", "B2") or (check.label == "F1" and whole_uses):
                assert check.violation == 0, (seed, check)
            elif check.label == "F1":
                assert check.violation < 1 / M, (seed, check)
        # A thousandth of a euro: the solver's own tolerance.
        for cells, numbers in ((plan.money, columns.x), (plan.private_money, columns.m)):
            for key, i in numbers.items():
                assert abs(cells.get(key, 0) - values[i] * M) < 1 + 1e-3, (seed, key)
    assert odd >= 8


def test_every_total_is_a_sum_of_cells():
    """In the result, where all amounts are read back as whole euros."""

    def euros(amount):
        assert (exact(amount) * M).denominator == 1
        return int(exact(amount) * M)

    for seed in range(12):
        result = allocate(odd_scenario(Random(f"odd-{seed}")))
        if not result.has_allocation:
            continue
        by_tier, by_site, by_year, own = defaultdict(int), defaultdict(int), defaultdict(int), defaultdict(int)
        for cell in result.money:
            by_tier[cell.tier] += euros(cell.amount)
            by_site[cell.candidate, cell.tier] += euros(cell.amount)
            by_year[str(cell.year)] += euros(cell.amount)
        for cell in result.private_money:
            own[cell.candidate] += euros(cell.amount)
            by_year[str(cell.year)] += euros(cell.amount)
        assert {k: euros(v) for k, v in result.indicators.by_tier.items() if v} == by_tier
        assert {k: euros(v) for k, v in result.indicators.by_year.items() if v} == by_year
        assert {(c.id, k): euros(v) for c in result.candidates for k, v in c.money.items() if v} == by_site
        assert {c.id: euros(c.private_money) for c in result.candidates if c.private_money} == own
        assert euros(result.indicators.total_cost) == sum(by_tier.values()) + sum(own.values())


def test_shares_of_euros_that_add_up():
    # 0.17 of 100.000088 is 0.96 of a euro beyond a whole one; 25 of them are 24 euros, which is all there is.
    sites = [site(f"s{n:02}", 100.000088, locked="in", pledge="unlimited") for n in range(25)]
    result = solve(scenario(sites, [tier(size=425.000374, max_share_of_cost=0.17)], terms=[GIVE]))
    assert result.indicators.public_money == 425.000374
    assert result.unspent[0].amount == 0
    assert {cell.amount for cell in result.money} == {17.000014, 17.000015}


def test_almost_all_of_a_large_site_is_not_all():
    # One euro of 2,000 million lacks: a part in 2·10^9, and yet a euro.
    result = solve(scenario([site("a", 2000, divisible=True)], [tier(size=1999.999999)]))
    assert result.candidates[0].funded == 0.9999999995
    assert result.indicators.public_money == 1999.999999


def test_noise_on_a_fraction_is_none():
    # Thirds of three tiers: the fraction is 1 whatever the sum of doubles says.
    tiers = [tier(f"t{n}", max_share_of_cost=1 / 3) for n in range(3)] + [tier("rest", 1)]
    result = solve(scenario([site("a", 70, divisible=True)], tiers))
    assert result.candidates[0].funded == 1
    assert sum(round(cell.amount * M) for cell in result.money) == 70 * M


def test_costs_finer_than_a_euro():
    # 0.4 euros a year for three years: F1 takes either whole number beside each, the envelope is kept.
    a = site("a", {"2027": 10.0000004, "2028": 10.0000004, "2029": 10.0000004})
    result = solve(scenario([a], [tier(size=30.000002)]))
    check = next(r for r in result.certificate.rules if r.label == "F1")
    assert check.violation < 1 / M
    assert 30 <= result.indicators.public_money <= 30.000002


def test_a_fraction_has_fifteen_digits():
    result = solve(scenario([site("a", 3, divisible=True)], [tier(size=1)]))
    assert result.candidates[0].funded == 0.333333333333333
    assert exact(result.candidates[0].funded) == Fraction(333333333333333, 10**15)
    assert result.indicators.public_money == 1


def test_open_cells_go_to_the_nearer_euro():
    """As far as their rows allow; where a row asks for one more or less, the cell nearest to it gives way."""
    cells = _Cells({}, [0, 0, 0], [0.9, 0.4, 0.7])
    every = [0, 1, 2]
    assert _transport(cells, [(every, 0, 3)]) == [1, 0, 1]
    assert _transport(cells, [(every, 1, 1)]) == [1, 0, 0]
    assert _transport(cells, [(every, 3, 3)]) == [1, 1, 1]
    assert _transport(cells, [([0], 0, 0), ([1, 2], 1, 1)]) == [0, 0, 1]
    assert _transport(cells, [(every, 4, 4)]) is None
