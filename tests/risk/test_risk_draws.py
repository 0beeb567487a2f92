"""The draws: the same everywhere, and distributed as the copula says."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from closed_forms import both_fail, finite_pool, finite_pool_within, limit_quantile
from risk_cases import alike, scenario, site

from optimiser.risk.draws import BLOCK, Draws, basel_correlation, draws_of, yearly_probability

MANY = 65_536


def standard_errors(share, expected, count):
    """By how many standard errors of plain random numbers a share of draws is off."""
    return np.abs(share - expected) / np.sqrt(expected * (1 - expected) / count)


SURE = 4.0
"""Standard errors: plain random numbers are off by more once in 16,000 times; these are closer, and fixed by a seed."""

MIXED = [
    site("sines", 0.08, "PT"),
    site("mora", 0.1, "ES"),
    site("both", 0.05, countries=["ES", "PT"]),
    site("nowhere", 0.2),
    site("safe", country="FR"),
    site("lost", 1.0, "FR"),
    site("aion", 0.03, "FR"),
]


class TestTheSameEverywhere:
    def test_pinned(self):
        # Other numbers here mean that every published result changes: say so in the changelog.
        draws = draws_of(scenario(MIXED, correlation=0.2, country_correlation=0.1))
        assert draws.losses.shape == (5000, 7) and draws.losses.dtype == np.bool_
        assert (
            hashlib.sha256(draws.losses.tobytes()).hexdigest()
            == "0531d6a77d5b37950db7c79b6a90a942112064c072c01bf0f02afc53577de5d3"
        )

    def test_the_seed_decides(self):
        one, same, other = (draws_of(scenario(MIXED, draws=500, seed=s)).losses for s in (1, 1, 2))
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)

    def test_the_order_in_the_file_changes_nothing(self):
        keys = {"draws": 2000, "country_correlation": 0.1}
        one, other = draws_of(scenario(MIXED, **keys)), draws_of(scenario(MIXED[::-1], **keys))
        assert other.candidates == one.candidates[::-1]
        assert np.array_equal(other.losses, one.losses[:, ::-1])

    @pytest.mark.parametrize("count", [1, 2, 3, 1000, BLOCK, BLOCK + 1])
    def test_fewer_draws_are_the_first_of_more(self, count):
        more = draws_of(scenario(MIXED, draws=2 * BLOCK + 5)).losses
        draws = draws_of(scenario(MIXED, draws=count))
        assert np.array_equal(draws.losses, more[:count])
        assert draws.count == count and draws.probability == pytest.approx(1 / count)

    def test_a_changed_probability_is_seen_through_the_same_numbers(self):
        worse = [{**c, "failure_probability": 0.4} if c["id"] == "mora" else c for c in MIXED]
        keys = {"draws": 2000, "correlation": 0.2}
        one, other = draws_of(scenario(MIXED, **keys)).losses, draws_of(scenario(worse, **keys)).losses
        assert np.array_equal(np.delete(one, 1, 1), np.delete(other, 1, 1))
        assert (one[:, 1] <= other[:, 1]).all() and one[:, 1].sum() < other[:, 1].sum()

    def test_defaults(self):
        stated = draws_of(
            scenario(MIXED, correlation="basel", country_correlation=0, horizon_years=10, draws=5000, seed=7)
        )
        assert np.array_equal(draws_of(scenario(MIXED)).losses, stated.losses)


class TestCopula:
    def test_each_candidate_fails_as_often_as_it_should(self):
        mean = draws_of(scenario(MIXED, country_correlation=0.1, draws=MANY)).mean()
        assert mean[[4, 5]].tolist() == [0.0, 1.0]
        at = [0, 1, 2, 3, 6]
        expected = np.array([0.08, 0.1, 0.05, 0.2, 0.03])
        assert (standard_errors(mean[at], expected, MANY) < SURE).all()

    @pytest.mark.parametrize("countries", [0, 8])
    def test_many_candidates_at_the_default_number_of_draws(self, countries):
        # In a hundred dimensions some sequences are uneven: a Sobol sequence fails here.
        pds = 0.02 + 0.002 * np.arange(80)
        names = ["DE", "ES", "FI", "FR", "IT", "PL", "PT", "SE"]
        sites = [site(f"c{i:02}", float(p), names[i % 8]) for i, p in enumerate(pds)]
        draws = draws_of(scenario(sites, correlation=0.16, country_correlation=0.1 if countries else 0))
        assert (standard_errors(draws.mean(), pds, draws.count) < SURE).all()

    @pytest.mark.parametrize(("rho", "of_country"), [(0.0, 0.0), (0.2, 0.0), (0.2, 0.3), (0.0, 0.5), (0.7, 0.3)])
    def test_pairs_fail_together_as_often_as_they_should(self, rho, of_country):
        pds = {"a": 0.05, "b": 0.1, "c": 0.2, "d": 0.3}
        homes = {"a": ["ES", "PT"], "b": ["ES"], "c": ["PT"], "d": None}
        sites = [site(k, p, **({"countries": homes[k]} if homes[k] else {})) for k, p in pds.items()]
        losses = draws_of(scenario(sites, correlation=rho, country_correlation=of_country, draws=MANY)).losses
        for n, one in enumerate(pds):
            for m, other in list(enumerate(pds))[n + 1 :]:
                # A joint bid fails with its first country, so only a and b share one.
                tied = rho + (of_country if {one, other} == {"a", "b"} else 0.0)
                expected = min(pds[one], pds[other]) if tied == 1 else both_fail(pds[one], pds[other], tied)
                together = float((losses[:, n] & losses[:, m]).mean())
                assert standard_errors(together, expected, MANY) < SURE, (one, other)

    def test_basel_correlations_of_a_pair(self):
        sites = [site("a", 0.05), site("b", 0.3)]
        yearly = 1 - (1 - np.array([0.05, 0.3])) ** (1 / 5)
        f = (1 - np.exp(-50 * yearly)) / (1 - np.exp(-50))
        tied = float(np.sqrt(np.prod(0.12 * f + 0.24 * (1 - f))))
        losses = draws_of(scenario(sites, horizon_years=5, draws=MANY)).losses
        expected = both_fail(0.05, 0.3, tied)
        assert standard_errors(float(losses.all(axis=1).mean()), expected, MANY) < SURE
        # Told from what other readings (ten years, the whole PD) would give.
        assert both_fail(0.05, 0.3, 0.12) < expected - 1e-3

    def test_wholly_correlated_candidates_fail_in_order(self):
        losses = draws_of(scenario([site("a", 0.05), site("b", 0.3)], correlation=1.0)).losses
        assert (losses[:, 0] <= losses[:, 1]).all()

    def test_vasicek_finite_pool(self):
        n, pd, rho = 12, 0.08, 0.2
        failures = draws_of(scenario(alike(n, pd), correlation=rho, draws=MANY)).losses.sum(axis=1)
        drawn = np.bincount(failures, minlength=n + 1) / MANY
        exact = finite_pool(n, pd, rho)
        assert exact.sum() == pytest.approx(1, abs=1e-9)
        # One draw is 1.5e-5: where fewer are expected than ten, only that there are few.
        seen = exact > 10 / MANY
        assert (standard_errors(drawn[seen], exact[seen], MANY) < SURE).all()
        assert drawn[~seen].sum() < 20 / MANY

    @pytest.mark.parametrize("q", [0.5, 0.9, 0.95, 0.99])
    def test_vasicek_limit(self, q):
        n, pd, rho, count = 400, 0.08, 0.2, 16_384
        losses = draws_of(scenario(alike(n, pd), correlation=rho, draws=count)).losses
        at = limit_quantile(q, pd, rho)
        finite = finite_pool_within(at, n, pd, rho)
        # Of 400 candidates one is 0.0025 of the pool; half of that, times the density of losses at the median, 6.9, is
        # 0.009, and the further scatter given the factor is smaller.
        assert finite == pytest.approx(q, abs=0.009)
        assert standard_errors((losses.mean(axis=1) <= at).mean(), finite, count) < SURE


class TestFormulas:
    @pytest.mark.parametrize(("pd", "rho"), [(0.0067, 0.206), (0.01, 0.193), (0.02, 0.164), (0.05, 0.130)])
    def test_basel_as_published(self, pd, rho):
        assert basel_correlation(np.array([pd]))[0] == pytest.approx(rho, abs=5e-4)  # three decimals are published

    def test_basel_ends(self):
        assert basel_correlation(np.array([0.0, 1.0])) == pytest.approx([0.24, 0.12], abs=1e-15)

    def test_yearly_probability(self):
        assert yearly_probability(np.array([0.0, 0.19, 1.0]), 2.0) == pytest.approx([0.0, 0.1, 1.0], abs=1e-15)

    def test_correlations_that_exceed_one(self):
        with pytest.raises(ValueError, match=r"'a'.* together exceed 1"):
            draws_of(scenario([site("a", 0.1, "PT")], correlation=0.6, country_correlation=0.5))


class TestTable:
    def test_as_written(self):
        draws = draws_of(
            scenario(
                [site("a"), site("b"), site("c")],
                model="table",
                losses={"c": [0.0, 0.4, 1.0], "a": [1.0, -0.2, 0.0]},
                probabilities=[0.5, 0.25, 0.25],
            )
        )
        assert draws.losses.tolist() == [[1.0, 0.0, 0.0], [-0.2, 0.0, 0.4], [0.0, 0.0, 1.0]]
        assert draws.mean() == pytest.approx([0.45, 0.0, 0.35])
        assert draws.lost(np.array([10.0, 7.0, 100.0])) == pytest.approx([10.0, 38.0, 100.0])

    def test_equal_probabilities_if_absent(self):
        draws = draws_of(scenario([site("a")], model="table", losses={"a": [0.0, 0.5, 1.0]}))
        assert draws.probability == pytest.approx([1 / 3] * 3)

    @pytest.mark.parametrize(
        "risk",
        [
            {},
            {"losses": {}},
            {"losses": {"a": []}},
            {"losses": {"a": [0.0, 1.0], "b": [0.0]}},
            {"losses": {"a": [0.0, 1.0]}, "probabilities": [1.0]},
            {"losses": {"a": [0.0, 1.0]}, "probabilities": [0.5, 0.4]},
        ],
    )
    def test_refused(self, risk):
        with pytest.raises(ValueError, match=r"lists of one length|sum to 1"):
            draws_of(scenario([site("a"), site("b")], model="table", **risk))

    def test_probabilities_may_be_off_by_a_rounding(self):
        third = 0.3333333333
        draws = draws_of(
            scenario([site("a")], model="table", losses={"a": [0.0, 0.5, 1.0]}, probabilities=[third, third, third])
        )
        assert draws.probability.tolist() == [third] * 3  # as written, not brought to 1


class TestDraws:
    def test_in_blocks_as_at_once(self):
        draws = draws_of(scenario(MIXED, draws=2 * BLOCK + 3))
        exposed = np.arange(14.0).reshape(7, 2)
        whole = draws.losses.astype(float)
        assert draws.lost(exposed) == pytest.approx(whole @ exposed)
        assert draws.lost(exposed[:, 1]) == pytest.approx(whole @ exposed[:, 1])
        uneven = np.arange(draws.count) / np.arange(draws.count).sum()
        again = Draws(draws.candidates, draws.losses, uneven)
        assert again.mean() == pytest.approx(uneven @ whole)

    def test_read_only(self):
        draws = draws_of(scenario(MIXED, draws=4))
        with pytest.raises(ValueError, match="read-only"):
            draws.losses[0, 0] = True

    def test_refused(self):
        with pytest.raises(ValueError, match="shape"):
            Draws(("a",), np.zeros((2, 2)), np.array([0.5, 0.5]))
        with pytest.raises(ValueError, match="not a finite number"):
            Draws(("a",), np.array([[np.nan]]), np.array([1.0]))
        with pytest.raises(ValueError, match="at least 0"):
            Draws(("a",), np.zeros((2, 1)), np.array([1.5, -0.5]))
        with pytest.raises(ValueError, match="exposures of the shape"):
            Draws(("a",), np.zeros((1, 1)), np.array([1.0])).lost(np.zeros(2))

    def test_no_candidates(self):
        draws = draws_of(scenario([], draws=3))
        assert draws.lost(np.zeros(0)).tolist() == [0.0, 0.0, 0.0] and draws.mean().shape == (0,)
