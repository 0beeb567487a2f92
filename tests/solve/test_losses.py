"""Loss functions over many draws: what learnt rows find is what every draw written out gives, and what theory says."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from optimiser import allocate, load_document
from optimiser.model.build import build_model
from optimiser.solve import learnt as solve_learnt
from optimiser.solve import losses as solve_losses
from optimiser.solve import session as solve_session
from optimiser.solve import slopes as solve_slopes
from optimiser.solve import unspent
from optimiser.solve.arrays import arrays_of
from optimiser.solve.losses import LossSession
from optimiser.solve.session import Session
from optimiser.solve.written_out import with_plain_losses

EURO = 1e-6
SECONDS = 120.0
TERMS = (
    [{"term": "attribute", "attribute": "value"}, {"term": "public_money", "weight": 0.05}],
    [{"term": "attribute", "attribute": "value"}, {"term": "cvar", "alpha": 0.9, "weight": 0.03}],
    [
        {"term": "attribute", "attribute": "value"},
        {"term": "expected_loss", "level": 1, "weight": 0.2},
        {"term": "public_money", "tier": "first", "weight": 0.02},
    ],
)


def limits(rng, mean, tail, alpha):
    """Either limit or both: at most ``mean`` of the level on average, ``tail`` of it in the worst draws."""
    kinds = rng.choice((("expected_loss",), ("cvar",), ("expected_loss", "cvar")))
    stated = {"expected_loss": {"at_most": mean}, "cvar": {"level": alpha, "at_most": tail}}
    return {kind: stated[kind] for kind in kinds}


def random_fund(seed, draws, divisible, sharing="waterfall", n=10):
    """A fund of three levels, of which each may be limited, that builds as much as its limits let it."""
    rng = random.Random(seed)
    tiers = [
        {"id": "first", "instrument": "equity", "size": 60 + 30 * n * rng.random(), "seniority": 0},
        {"id": "middle", "instrument": "quasi_equity", "size": 20 * n, "seniority": 1, "loss_given_failure": 0.7},
        {"id": "senior", "instrument": "loan", "public": False, "size": "unlimited", "seniority": 2,
         "loss_given_failure": 0.5, "return_if_success": 0.04, "hurdle": rng.choice((0.0, 0.02)), "holding_years": 5},
    ]  # fmt: skip
    tiers[1]["limits"] = limits(rng, 0.25 * rng.random(), 0.4 + 0.5 * rng.random(), 0.9)
    tiers[2]["limits"] = limits(rng, 0.04 * rng.random(), 0.05 + 0.2 * rng.random(), 0.95)
    if rng.random() < 0.5:
        tiers[1]["limits"].setdefault("cvar", {"level": 0.9, "at_most": 0.3})["of"] = "level_and_above"
    if sharing == "pari_passu":  # where a tier bears its own losses their mean needs no draws
        tiers[1]["limits"].setdefault("cvar", {"level": 0.9, "at_most": 0.4})
    candidates = [
        {
            "id": f"c{i}",
            "country": rng.choice(("PT", "ES")),
            "cost": {"2027": round(50 + 100 * rng.random(), 3)},
            "attributes": {"value": round(1 + 9 * rng.random(), 3)},
            "failure_probability": round(0.02 + 0.3 * rng.random(), 3),
            "divisible": divisible,
        }
        for i in range(n)
    ]
    return {
        "fund": {"tiers": tiers, "loss_sharing": sharing},
        "candidates": candidates,
        "objective": {"terms": TERMS[seed % 3] if sharing == "waterfall" else TERMS[seed % 2]},
        "risk": {"model": "gaussian_copula", "correlation": 0.25, "country_correlation": 0.1, "draws": draws},
    }


def stated(document):
    model = build_model(load_document(document).expect())
    assert model.losses
    return model, arrays_of(model.programme)


def kept_run(model, arrays):
    session = LossSession(arrays, 1, model.losses)
    session.maximise(arrays.cost)
    return session, session.run(SECONDS)


def plain_run(model, arrays):
    plain = with_plain_losses(arrays, model.losses)
    session = Session(plain, 1)
    session.maximise(plain.cost)
    return session.run(SECONDS)


def assert_same(document):
    """Both programmes have one optimum; and the plan found without them keeps every loss function."""
    model, arrays = stated(document)
    session, run = kept_run(model, arrays)
    plain = plain_run(model, arrays)
    assert run.ending == plain.ending
    if run.ending == "optimal":
        assert run.objective == pytest.approx(plain.objective, rel=1e-7, abs=1e-7)
        assert len(run.values) == len(arrays.cost)
        for f in model.losses:
            above = f.losses @ run.values[list(f.exposures)] - run.values[list(f.threshold)].sum()
            exposed = max(np.abs(run.values[list(f.exposures)]).sum(), 1)
            assert f.probability @ np.maximum(above, 0) - run.values[f.excess] <= 1e-9 * exposed
    return session, run


@pytest.mark.parametrize("seed", range(12))
def test_learnt_rows_equal_every_draw_written_out(seed):
    assert_same(random_fund(seed, (500, 1000, 2000)[seed % 3], divisible=True))


@pytest.mark.parametrize("seed", range(12, 20))
def test_learnt_rows_equal_every_draw_written_out_all_or_nothing(seed):
    assert_same(random_fund(seed, 500, divisible=False, n=7))


@pytest.mark.parametrize("seed", range(20, 26))
def test_learnt_rows_equal_every_draw_written_out_pari_passu(seed):
    assert_same(random_fund(seed, 500, divisible=seed % 2 == 0, sharing="pari_passu", n=7))


def plateau(n, draws, tail, chance=0.1):
    """Sites of one size and one value: many plans are worth the same, and few keep a tight limit."""
    rng = random.Random(1)
    limit = {"cvar": {"level": 0.95, "at_most": tail}}
    tiers = [
        {"id": "grant", "instrument": "grant", "size": "unlimited", "max_share_of_cost": 0.3},
        {"id": "first", "instrument": "equity", "size": 60, "seniority": 0},
        {"id": "senior", "instrument": "loan", "public": False, "size": "unlimited", "seniority": 1,
         "loss_given_failure": 0.5, "limits": limit},
    ]  # fmt: skip
    candidates = [
        {
            "id": f"c{i}",
            "cost": {"2027": 100},
            "attributes": {"value": 1},
            "failure_probability": round(chance + 0.02 * rng.random(), 3),
        }
        for i in range(n)
    ]
    return {
        "fund": {"tiers": tiers, "loss_sharing": "waterfall"},
        "candidates": candidates,
        "objective": {"terms": [{"term": "attribute", "attribute": "value"}]},
        "risk": {"model": "gaussian_copula", "correlation": 0.1, "draws": draws},
    }


def tight_fund(n, draws, first, tail, alike):
    """Little first loss under two limited levels: choosing 5 of 14 took a minute before there was a tree."""
    rng = random.Random(1)
    tiers = [
        {"id": "first", "instrument": "equity", "size": first, "seniority": 0, "max_share_of_cost": 0.3},
        {"id": "middle", "instrument": "quasi_equity", "size": 40 * n, "seniority": 1, "max_share_of_cost": 0.3,
         "loss_given_failure": 0.8, "limits": {"cvar": {"level": 0.95, "at_most": 4 * tail, "of": "level_and_above"}}},
        {"id": "senior", "instrument": "loan", "public": False, "size": "unlimited", "seniority": 2,
         "loss_given_failure": 0.5, "limits": {"cvar": {"level": 0.95, "at_most": tail}}},
    ]  # fmt: skip
    candidates = [
        {
            "id": f"c{i}",
            "cost": {"2027": round(50 + 100 * rng.random(), 3)},
            "attributes": {"value": 1 if alike else round(1 + 9 * rng.random(), 2)},
            "failure_probability": round(0.02 + 0.3 * rng.random(), 3),
        }
        for i in range(n)
    ]
    return plateau(1, draws, tail) | {"fund": {"tiers": tiers, "loss_sharing": "waterfall"}, "candidates": candidates}


TIGHT = [(first, tail, alike) for first in (40, 90) for tail in (0.02, 0.04, 0.06) for alike in (True, False)]


@pytest.mark.parametrize("first, tail, alike", TIGHT)
@pytest.mark.parametrize(
    ("looks", "nodes"), [(solve_losses.LOOKS, 400), (0, 400), (0, 3)], ids=["look", "tree", "integer search"]
)
def test_tight_limits_on_all_or_nothing_sites(monkeypatch, first, tail, alike, looks, nodes):
    # With three nodes the tree gives up at once, and HiGHS's integer search has to do the rest.
    monkeypatch.setattr(solve_losses, "LOOKS", looks)
    monkeypatch.setattr(solve_losses, "TREE_NODES", nodes)
    assert_same(tight_fund(8, 200, first, tail, alike))


def test_every_choice_of_sites_settled_by_itself_finds_no_better_plan():
    # Brute force: for each of 2^7 choices the linear programme with every draw written out.
    document = tight_fund(7, 100, 60, 0.03, alike=False)
    model, arrays = stated(document)
    whole = np.flatnonzero(arrays.integer)
    assert len(whole) == 7
    plain = Session(with_plain_losses(arrays, model.losses), 1)
    plain.maximise(plain.arrays.cost)
    plain.relax()
    worth = []
    for chosen in itertools.product((0.0, 1.0), repeat=7):
        plain.bound_columns(whole, np.array(chosen), np.array(chosen))
        run = plain.run(SECONDS)
        if run.ending == "optimal":
            worth.append(run.objective)
    assert 1 < len(worth) < 2**7
    assert kept_run(model, arrays)[1].objective == pytest.approx(max(worth), rel=1e-8)


class Counting(LossSession):
    """Counts the programmes that HiGHS's own integer search was asked."""

    searches = 0

    def _run(self, time_limit_s):
        self.searches += self._integer
        return super()._run(time_limit_s)


@pytest.mark.parametrize("sites, nodes, searched", [(14, 400, False), (9, 3, True)])
def test_choosing_a_few_of_many_needs_the_tree_alone(monkeypatch, sites, nodes, searched):
    monkeypatch.setattr(solve_losses, "LOOKS", 0)
    monkeypatch.setattr(solve_losses, "TREE_NODES", nodes)
    model, arrays = stated(tight_fund(sites, 500, 60, 0.02, alike=False))
    session = Counting(arrays, 1, model.losses)
    session.maximise(arrays.cost)
    run = session.run(SECONDS)
    assert run.ending == "optimal" and run.bound - run.objective <= 1e-7
    assert (session.searches > 0) == searched


def test_limits_that_hardly_bind_need_no_tree(monkeypatch):
    monkeypatch.setattr(LossSession, "_branched", lambda *_: pytest.fail("a tree was grown"))
    document = tight_fund(8, 200, 90, 0.2, alike=False)
    model, arrays = stated(document)
    session = Counting(arrays, 1, model.losses)
    session.maximise(arrays.cost)
    run = session.run(SECONDS)
    assert run.ending == "optimal" and 1 <= session.searches <= solve_losses.LOOKS
    assert run.bound - run.objective <= 1e-7 * run.objective


def test_after_a_look_in_vain_everything_stands_as_before(monkeypatch):
    document = tight_fund(14, 500, 60, 0.02, alike=False)
    model, arrays = stated(document)
    session = LossSession(arrays, 1, model.losses)
    session.maximise(arrays.cost)
    rows, stated_before = session._highs.getNumRow(), [dict(d.stated) for d in session._rows.draws]
    seen, promised = session._looked_at(np.inf, 0.0, 0.0, lambda value, than: value > than, None)
    assert seen is None and np.isfinite(promised)
    assert session._highs.getNumRow() == rows and [d.stated for d in session._rows.draws] == stated_before
    best = session.run(SECONDS)
    assert best.objective <= promised + 1e-6


def test_where_limits_bind_much_no_integer_search_is_asked(monkeypatch):
    model, arrays = stated(tight_fund(14, 500, 60, 0.02, alike=False))
    run, integer = Session.run, []
    monkeypatch.setattr(Session, "run", lambda self, *a, **k: integer.append(self._integer) or run(self, *a, **k))
    found = []
    for falls_far in (solve_losses.FALLS_FAR, 1.0):
        monkeypatch.setattr(solve_losses, "FALLS_FAR", falls_far)
        session = LossSession(arrays, 1, model.losses)
        session.maximise(arrays.cost)
        integer.clear()
        found.append(session.run(SECONDS).objective)
        assert any(integer) == (falls_far == 1.0)
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_a_plan_found_while_looking_is_kept_where_time_ends_before_the_tree(monkeypatch):
    monkeypatch.setattr(solve_losses, "FALLS_FAR", 1.0)
    document = tight_fund(14, 500, 60, 0.02, alike=False)
    model, arrays = stated(document)
    session = LossSession(arrays, 1, model.losses)
    session.maximise(arrays.cost)
    settle = LossSession._settled
    plans = []

    def settled(self, values, deadline):
        # The choice that HiGHS found cannot be financed as it is; building nothing can.
        less = values.copy()
        less[self._whole] = 0.0
        plans.append(settle(self, less, deadline))
        return plans[-1]

    monkeypatch.setattr(LossSession, "_settled", settled)
    monkeypatch.setattr(solve_losses, "TREE_NODES", 0)
    monkeypatch.setattr(session, "_is_over", lambda deadline: True)
    run = session.run(SECONDS)
    best = max(p.objective for p in plans if p is not None)
    assert run.ending == "time_limit" and run.objective == pytest.approx(best) and run.bound > best
    assert session._suggested is None


def test_a_time_limit_returns_the_best_exact_plan_and_a_valid_bound():
    # A plateau that no search here ends within minutes; plans that keep every loss are found at once.
    document = plateau(14, 2000, 0.1) | {"solver": {"time_limit_s": 3}}
    model, arrays = stated(document)
    session = LossSession(arrays, 1, model.losses)
    session.maximise(arrays.cost)
    run = session.run(3.0)
    assert run.ending == "time_limit" and run.values is not None
    relaxed = LossSession(arrays, 1, model.losses)
    relaxed.relax()
    relaxed.maximise(arrays.cost)
    assert run.objective < run.bound <= relaxed.run(SECONDS).objective + 1e-6
    result = allocate(document)
    assert result.termination == "time_limit" and result.certificate.holds
    assert result.objective.value <= result.objective.bound < 14


def test_learnt_rows_of_gains_and_unequal_probabilities():
    rng = random.Random(5)
    document = random_fund(1, 1, divisible=True, sharing="pari_passu")
    for c in document["candidates"]:
        del c["failure_probability"]
    weight = [rng.randint(0, 5) for _ in range(300)]  # draws of probability 0 among them
    document["risk"] = {
        "model": "table",
        "losses": {c["id"]: [round(rng.uniform(-0.3, 0.9), 3) for _ in weight] for c in document["candidates"]},
        "probabilities": [w / sum(weight) for w in weight],
    }
    for t in document["fund"]["tiers"][1:]:
        t["limits"] = {"cvar": {"level": 0.6, "at_most": 0.25}}
    assert_same(document)


def test_the_funds_are_not_trivial():
    # Somewhere a limit binds that, without it, more would be built against; and several functions are kept at once.
    bound, several = 0, 0
    for seed in range(12):
        document = random_fund(seed, 500, divisible=True)
        model, arrays = stated(document)
        several += len(model.losses) > 1
        free = Session(arrays, 1)
        free.maximise(arrays.cost)
        bound += free.run(SECONDS).objective > kept_run(model, arrays)[1].objective + 1e-3
    assert bound >= 8 and several >= 8


@pytest.mark.parametrize("divisible", [True, False])
def test_a_limit_that_cannot_be_met_is_infeasible(divisible):
    document = random_fund(0, 1000, divisible)
    for c in document["candidates"]:
        c["locked"] = "in"
    document["fund"]["tiers"][0]["size"] = 5
    document["fund"]["tiers"][1]["limits"] = {"cvar": {"level": 0.9, "at_most": 0.01}}
    document["fund"]["tiers"][2]["limits"] = {"cvar": {"level": 0.95, "at_most": 0.001}}
    _, run = assert_same(document)
    assert run.ending == "infeasible"
    assert allocate(document).termination == "infeasible"


def rows_learnt(session):
    return sum(len(draws.stated) for draws in session._rows.draws)


def test_rows_stay_far_below_draws():
    # 20,000 draws, three functions and more: some dozen rows for each.
    model, arrays = stated(random_fund(2, 20_000, divisible=True, n=40))
    session, run = kept_run(model, arrays)
    assert run.ending == "optimal"
    assert len(model.losses) >= 2
    assert rows_learnt(session) < 400
    assert session.rounds < 120


def test_asking_at_the_mean_of_plans_needs_fewer_rounds(monkeypatch):
    # With a weight of 1 the mean is the plan itself: the cutting planes of Kelley.
    rounds, plain_rounds = 0, 0
    for seed in (3, 4, 7):
        document = random_fund(seed, 2000, divisible=True, n=76)
        for t in document["fund"]["tiers"][1:]:
            t["limits"] = {"cvar": {"level": 0.9, "at_most": 0.3 if t["id"] == "middle" else 0.1}}
        model, arrays = stated(document)
        session, run = kept_run(model, arrays)
        with monkeypatch.context() as patch:
            patch.setattr(solve_learnt, "NEW", 1.0)
            plain, same = kept_run(model, arrays)
        assert run.ending == same.ending == "optimal"
        assert run.objective == pytest.approx(same.objective, rel=1e-9)
        rounds, plain_rounds = rounds + session.rounds, plain_rounds + plain.rounds
    assert rounds < 0.85 * plain_rounds


@pytest.mark.parametrize("seed", range(4))
def test_every_row_learnt_is_true_of_every_plan(seed):
    # At any numbers the true excess is at least what every row says, and at the row's own plan exactly that.
    document = random_fund(seed, 500, divisible=True)
    model, arrays = stated(document)
    session, _ = kept_run(model, arrays)
    added = rows_learnt(session)
    assert added > len(model.losses)
    rng = np.random.default_rng(seed)
    for draws in session._rows.draws:
        f = draws.function
        for _ in range(50):
            plan = np.zeros(len(arrays.cost))
            plan[list(f.exposures)] = rng.uniform(0, 100, len(f.exposures))
            plan[list(f.threshold)] = rng.uniform(0, 400, len(f.threshold))
            above = f.losses @ plan[list(f.exposures)] - plan[list(f.threshold)].sum()
            plan[f.excess] = f.probability @ np.maximum(above, 0)
            point = draws.point(plan)
            (exact,) = draws.slopes([point], cheaply=False)
            assert exact.hides(point) == pytest.approx(0, abs=1e-8)
            assert all(slope.hides(point) <= 1e-8 for slope in draws.slopes([point], cheaply=True))
            assert max(slope.hides(point) for slope in draws.stated.values()) <= 1e-8


def test_draws_that_were_above_lately_are_looked_at_first():
    # Their rows are true of every plan, and where they hide nothing all draws are asked.
    model, arrays = stated(tight_fund(14, 5000, 60, 0.02, alike=False))
    session, run = kept_run(model, arrays)
    assert run.ending == "optimal"
    for draws in session._rows.draws:
        f, plan = draws.function, [draws.point(run.values)]
        assert draws._few_are_new
        lost = f.losses @ run.values[list(f.exposures)] - run.values[list(f.threshold)].sum()
        assert run.values[f.excess] >= f.probability @ np.maximum(lost, 0) - 1e-6
        draws._looks += -draws._looks % solve_slopes.ALL_EVERY
        (cheap,) = draws.slopes(plan, cheaply=True)
        some = draws._lately
        assert 0 < len(some) < len(f.probability)
        assert np.allclose(draws._part.lost(plan[0].exposed), f.losses[some] @ plan[0].exposed)
        (exact,) = draws.slopes(plan, cheaply=False)
        assert set(np.flatnonzero(lost > 0)) <= set(some)
        assert cheap.weight == exact.weight and np.allclose(cheap.lost, exact.lost)
        assert draws._part is None  # those of the next cheap look
        draws._looks -= draws._looks % solve_slopes.ALL_EVERY + 1
        list(draws.slopes(plan, cheaply=True))
        assert draws._part is None  # it was time for all draws


def test_draws_that_have_not_been_above_for_long_are_looked_at_no_more(monkeypatch):
    monkeypatch.setattr(solve_slopes, "LATELY", 3)
    model, _ = stated(tight_fund(6, 300, 60, 0.02, alike=False))
    f = model.losses[0]
    draws = solve_slopes.Draws(f, {})
    plans, above = [], []
    for n in (0, len(f.exposures) // 2):  # one site after the other has all that may be lost
        plan = np.zeros(model.programme.width)
        plan[f.exposures[n]] = 100.0
        plans.append([draws.point(plan)])
        above.append(set(np.flatnonzero(f.losses @ plan[list(f.exposures)] > 0)))
    assert above[0] - above[1]
    list(draws.slopes(plans[0], cheaply=True))
    for _ in range(4):
        (slope,) = draws.slopes(plans[1], cheaply=True)
        assert slope.weight == pytest.approx(f.probability[sorted(above[1])].sum())
    assert set(draws._lately) == above[1]


@pytest.mark.parametrize("exposures", [1, 8, 20])
@pytest.mark.parametrize("kind", ["failures", "any share", "uneven probabilities", "gains", "no draw"])
def test_draws_are_summed_as_a_matrix_would_be(kind, exposures):
    chance = np.random.default_rng(exposures)
    count = 0 if kind == "no draw" else 203
    losses = (chance.random((count, exposures)) < 0.3) * chance.uniform(0.2, 1, exposures)
    losses[:, 0] *= exposures == 1  # the first of many never fails
    probability = np.full(count, 1 / max(count, 1))
    if kind == "any share":
        losses *= chance.random(losses.shape)
    elif kind == "uneven probabilities":
        probability = chance.dirichlet(np.ones(count))
    elif kind == "gains":
        losses[:, -1] = chance.normal(size=count)
    part = solve_slopes.part_of(losses, probability)
    assert isinstance(part, solve_slopes._Failures) == (kind == "failures")
    for some in (np.arange(count), np.flatnonzero(chance.random(count) < 0.5), np.array([], dtype=np.intp)):
        smaller = part.of(some)
        exposed = chance.random(exposures) * (chance.random(exposures) < 0.7)
        assert smaller.lost(exposed) == pytest.approx(losses[some] @ exposed)
        asked = chance.random(len(some)) < 0.4
        slope, weight = smaller.slope(asked), probability[some][asked]
        assert slope.weight == pytest.approx(weight.sum())
        assert slope.lost == pytest.approx(losses[some][asked].T @ weight)


def test_after_a_tree_the_session_has_the_solvers_own_choices_again():
    model, arrays = stated(tight_fund(14, 500, 60, 0.02, alike=False))
    session, _ = kept_run(model, arrays)
    fresh = Session(arrays, 1)._highs
    for option, small, usual in solve_session._SMALL_CHANGES:
        assert fresh.getOptionValue(option)[1] == usual != small
        assert session._highs.getOptionValue(option)[1] == usual


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 7])
def test_the_price_of_a_tail_limit_lies_between_finite_differences(seed):
    # The optimum is a concave function of the right side: its slope at 0 lies between those to either side.
    document = random_fund(seed, 800, divisible=True)
    for t in document["fund"]["tiers"][1:]:
        t["limits"]["cvar"] = {"level": 0.9, "at_most": 0.3 if t["id"] == "middle" else 0.1}
    model, arrays = stated(document)
    _, run = kept_run(model, arrays)
    rows = [n for n, row in enumerate(model.programme.rows) if row.label == "R3"]
    assert len(rows) == 2 and max(run.row_dual[rows]) > 1e-4
    step = 1e-3  # EUR million, of hundreds: the optimum is told to 1e-9, so slopes to 1e-6 or so

    def moved(row, by):
        upper = arrays.row_upper.copy()
        upper[row] += by
        return kept_run(model, replace(arrays, row_upper=upper))[1].objective

    for row in rows:
        right, left = (moved(row, step) - run.objective) / step, (run.objective - moved(row, -step)) / step
        assert right - 1e-5 <= run.row_dual[row] <= left + 1e-5


# An independent statement of the document: rows are written here, with SciPy, from nothing but the design.


def written_out(document):
    """The optimum of a small divisible fund in one year, by scipy.optimize.linprog; None where infeasible.

    Columns: y[c] in [0, 1]; x[c,k] ≥ 0; for each level z[j,s] ≥ 0, η[j], w[j,s] ≥ 0.
    """
    fund, candidates, risk = document["fund"], document["candidates"], document["risk"]
    tiers = fund["tiers"]
    losses = np.array([risk["losses"][c["id"]] for c in candidates])
    count = losses.shape[1]
    probability = np.array(risk.get("probabilities") or [1 / count] * count)
    n, k = len(candidates), len(tiers)
    ranks = sorted({t["seniority"] for t in tiers})
    start_z = n + n * k
    start_eta = start_z + len(ranks) * count
    start_w = start_eta + len(ranks)
    width = start_w + len(ranks) * count

    def x(c, t):
        return n + c * k + t

    rows, bounds, equal, sides = [], [], [], []

    def row():
        return np.zeros(width)

    for c, candidate in enumerate(candidates):  # F1: all of the cost comes from tiers
        r = row()
        r[[x(c, t) for t in range(k)]] = 1
        r[c] = -candidate["cost"]["2027"]
        equal.append(r)
        sides.append(0)
    for t, tier in enumerate(tiers):  # B1
        if tier["size"] != "unlimited":
            r = row()
            r[[x(c, t) for c in range(n)]] = 1
            rows.append(r)
            bounds.append(tier["size"])
    for j, rank in enumerate(ranks):
        here = [t for t in range(k) if tiers[t]["seniority"] == rank]
        for s in range(count):  # W1: L[s] − A[j] − z[j,s] ≤ 0, and R3's L[s] − A[j] − η[j] − w[j,s] ≤ 0
            r = row()
            for c in range(n):
                for t, tier in enumerate(tiers):
                    r[x(c, t)] += losses[c, s] * tier.get("loss_given_failure", 1)
                    r[x(c, t)] -= tier["seniority"] < rank
            tail = r.copy()
            r[start_z + j * count + s] = -1
            tail[start_eta + j] = tail[start_w + j * count + s] = -1
            rows += [r, tail]
            bounds += [0, 0]
        of_level = row()
        of_above = row()
        for c in range(n):
            of_level[[x(c, t) for t in here]] = 1
            of_above[[x(c, t) for t in range(k) if tiers[t]["seniority"] >= rank]] = 1
        mean = row()
        mean[start_z + j * count : start_z + (j + 1) * count] = probability
        stated_limits = tiers[here[0]].get("limits", {})
        if "expected_loss" in stated_limits:  # R2
            rows.append(mean - stated_limits["expected_loss"]["at_most"] * of_level)
            bounds.append(0)
        if "cvar" in stated_limits:  # R3
            limit = stated_limits["cvar"]
            of = of_above if limit.get("of") == "level_and_above" else of_level
            tail = row()
            tail[start_eta + j] = 1
            tail[start_w + j * count : start_w + (j + 1) * count] = probability / (1 - limit["level"])
            rows.append(tail - limit["at_most"] * of)
            bounds.append(0)
        if any("hurdle" in tiers[t] for t in here):  # R1
            r = mean.copy()
            for c in range(n):
                for t in here:
                    years = tiers[t].get("holding_years", 10)
                    gained = (1 + tiers[t].get("return_if_success", 0)) ** years - 1
                    asked = (1 + tiers[t].get("hurdle", 0)) ** years - 1
                    r[x(c, t)] -= (1 - losses[c] @ probability) * gained - asked
            rows.append(r)
            bounds.append(0)
    cost = row()
    for term in document["objective"]["terms"]:
        weight = term.get("weight", 1)
        if term["term"] == "attribute":
            cost[:n] -= [weight * c["attributes"]["value"] for c in candidates]
        else:
            assert term["term"] == "public_money"
            for t, tier in enumerate(tiers):
                if tier.get("public", True) and term.get("tier") in (None, tier["id"]):
                    cost[[x(c, t) for c in range(n)]] += weight
    funded = [(1 if c.get("locked") == "in" else 0, 1) for c in candidates]  # L3
    span = funded + [(0, None)] * (width - n)
    done = linprog(cost, np.array(rows), bounds, np.array(equal), sides, span, method="highs")
    return None if done.status == 2 else -done.fun


def small_fund(seed):
    """Five candidates, three or four tiers, thirty draws of parts of losses, some with their probabilities."""
    rng = random.Random(seed)
    document = random_fund(3 * seed, 1, divisible=True, n=5)
    document["risk"] = {
        "model": "table",
        "losses": {
            c["id"]: [rng.choice((0, 0, 0, 0, 0, 0.25, 0.5, 1)) for _ in range(30)] for c in document["candidates"]
        },
    }
    if seed % 2:
        weight = [rng.randint(1, 4) for _ in range(30)]
        document["risk"]["probabilities"] = [w / sum(weight) for w in weight]
    for c in document["candidates"]:
        del c["failure_probability"]
    if seed % 3 == 0:  # a second senior tier: one level of two
        senior = document["fund"]["tiers"][2]
        document["fund"]["tiers"].append({**senior, "id": "other", "loss_given_failure": 1, "size": 100})
    document["fund"]["tiers"][1]["limits"].pop("expected_loss", None)
    document["fund"]["tiers"][2]["limits"] |= {"cvar": {"level": 0.8, "at_most": 0.3}}
    if seed % 3 == 0:
        document["fund"]["tiers"][3]["limits"] = document["fund"]["tiers"][2]["limits"]
    return document


@pytest.mark.parametrize("seed", range(12))
def test_an_independent_programme_has_the_same_optimum(seed):
    document = small_fund(seed)
    result = allocate(document)
    expected = written_out(document)
    assert result.termination == "optimal" and expected is not None
    assert result.certificate.holds
    # To the solver's own tolerance on a few points, and what rounding to a euro may move.
    assert result.objective.value == pytest.approx(expected, rel=1e-7, abs=20 * EURO)


def test_an_independent_programme_is_infeasible_too():
    # Everything is to be built, and the senior level may lose nothing in its worst fifth.
    document = small_fund(1)
    for c in document["candidates"]:
        c["locked"] = "in"
    document["fund"]["tiers"][0]["size"] = document["fund"]["tiers"][1]["size"] = 1
    document["fund"]["tiers"][2]["limits"] = {"cvar": {"level": 0.8, "at_most": 0.0}}
    assert allocate(document).termination == "infeasible"
    assert written_out(document) is None


def test_a_proof_of_what_keeps_money_unspent_may_be_given_up(monkeypatch):
    # Losses hide for more rounds than are allowed: the answer is then that of the plan's own sites, and says so.
    document = random_fund(1, 2000, divisible=False)
    proven = allocate(document)
    monkeypatch.setattr(unspent, "MOST_ROUNDS", 0)
    given_up = allocate(document)
    assert given_up.termination == "optimal" and given_up.certificate.holds
    assert given_up.objective.value == proven.objective.value
    assert [(u.tier, u.amount) for u in given_up.unspent] == [(u.tier, u.amount) for u in proven.unspent]
    assert [(u.kept_by, u.proven) for u in proven.unspent if u.amount] == 2 * [(["F1"], True)]
    # Which tiers still have losses to learn is a matter of what the search has met before.
    unproven = [u for u in given_up.unspent if u.amount and not u.proven]
    assert unproven and all("objective" in u.kept_by for u in unproven)
