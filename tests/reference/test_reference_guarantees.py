"""Layered funds with a guarantee against one linear programme that writes every draw out, without the library.

Divisible candidates, first loss, guarantee and lender; the lender has a limit on its mean loss, on its worst losses
and a hurdle. The objective is points less what the public uses.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from optimiser import allocate

CASES = 40


def drawn(case):
    rng = Random(f"guarantee-{case}")
    names = "abc"[: rng.randint(1, 3)]
    draws = rng.choice((4, 10, 25))
    limits = {}
    if rng.random() < 0.8:
        limits["cvar"] = {"level": rng.choice((0.5, 0.9)), "at_most": rng.choice((0.05, 0.2))}
        if rng.random() < 0.3:
            limits["cvar"]["of"] = "level_and_above"
    if rng.random() < 0.5:
        limits["expected_loss"] = {"at_most": rng.choice((0.01, 0.03))}
    senior = {
        "id": "senior",
        "instrument": "loan",
        "public": False,
        "size": "unlimited",
        "seniority": 2,
        "limits": limits,
    }
    if rng.random() < 0.4:
        senior |= {"return_if_success": 0.05, "hurdle": 0.04, "holding_years": 1}
    if rng.random() < 0.3:
        senior["loss_given_failure"] = 0.5
    order = rng.choice(((0, 1), (1, 0)))
    first = {"id": "first", "instrument": "equity", "size": rng.choice((0, 10, 30)), "seniority": order[0]}
    cover = {
        "id": "cover",
        "instrument": "guarantee",
        "size": rng.choice(("unlimited", 5, 12)),
        "covers": ["senior"] if order[1] else ["first", "senior"],
        "cover_share": rng.choice((0.2, 0.5, 1)),
        "provision_rate": rng.choice((0.2, 0.5, 1)),
        "seniority": order[1],
    }
    losses = {c: [max(0, rng.uniform(-1, 1)) ** 2 for _ in range(draws)] for c in names}
    return {
        "fund": {"tiers": [first, cover, senior]},
        "candidates": [
            {"id": c, "divisible": True, "cost": {"2027": cost}, "attributes": {"value": rng.randint(1, 9)}}
            for c, cost in ((c, rng.randint(20, 120)) for c in names)
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "value", "weight": 10}, {"term": "public_money"}]},
        "risk": {"model": "table", "losses": losses},
    }  # fmt: skip


def optimum(document):
    """Columns by candidate: y, first, cover, senior; then z and w by draw, and the value at risk."""
    first, cover, senior = document["fund"]["tiers"]
    sites = document["candidates"]
    n = len(sites)
    cost = np.array([c["cost"]["2027"] for c in sites], dtype=float)
    lost = np.array([document["risk"]["losses"][c["id"]] for c in sites])
    draws = lost.shape[1]
    of = {name: slice(k * n, (k + 1) * n) for k, name in enumerate(("y", "first", "cover", "senior"))}
    z, w, eta = slice(4 * n, 4 * n + draws), slice(4 * n + draws, 4 * n + 2 * draws), 4 * n + 2 * draws
    width = eta + 1
    at_most, equal = [], []

    def row(**parts):
        out = np.zeros(width)
        for name, values in parts.items():
            out[of[name]] = values
        return out

    for c in range(n):
        one = np.eye(n)[c]
        equal.append(row(first=one, senior=one, y=-cost[c] * one))
        covered = dict.fromkeys(cover["covers"], -cover["cover_share"] * one)
        at_most.append((row(cover=one, **covered), 0.0))
        at_most.append((row(cover=one, y=-cost[c] * one), 0.0))
    at_most.append((row(first=1.0), first["size"]))
    if cover["size"] != "unlimited":
        at_most.append((row(cover=cover["provision_rate"]), cover["size"]))
    lgd = senior.get("loss_given_failure", 1)
    for s in range(draws):
        reaching = row(first=lost[:, s], senior=lgd * lost[:, s]) - row(first=1.0, cover=1.0)
        at_most.append((reaching - np.eye(width)[z.start + s], 0.0))
        tail = reaching - np.eye(width)[w.start + s]
        tail[eta] = -1.0
        at_most.append((tail, 0.0))
    mean = np.zeros(width)
    mean[z] = 1 / draws
    limits = senior["limits"]
    if "expected_loss" in limits:
        at_most.append((mean - row(senior=limits["expected_loss"]["at_most"]), 0.0))
    if "cvar" in limits:
        limit = limits["cvar"]
        worst = np.zeros(width)
        worst[w] = 1 / draws / (1 - limit["level"])
        worst[eta] = 1.0
        # Nothing stands above the senior level: both ways of dividing are one.
        at_most.append((worst - row(senior=limit["at_most"]), 0.0))
    if "hurdle" in senior:
        gain = (1 - lost.mean(axis=1)) * senior["return_if_success"] - senior["hurdle"]
        at_most.append((mean - row(senior=gain), 0.0))
    objective = row(y=[10.0 * c["attributes"]["value"] for c in sites], first=-1.0, cover=-cover["provision_rate"])
    bounds = [(0, 1)] * n + [(0, None)] * (width - n)
    matrix, bound = np.array([a for a, _ in at_most]), np.array([b for _, b in at_most])
    done = linprog(-objective, A_ub=matrix, b_ub=bound, A_eq=np.array(equal), b_eq=np.zeros(n), bounds=bounds)
    assert done.status == 0, done.message
    return -done.fun, done.x[of["cover"]].sum()


@pytest.mark.parametrize("case", range(CASES))
def test_against_every_draw_written_out(case):
    document = drawn(case)
    expected, _ = optimum(document)
    result = allocate(document)
    assert result.termination == "optimal"
    assert result.certificate.holds
    assert result.objective.bound == pytest.approx(expected, rel=1e-6, abs=1e-6)
    # Each of up to nine cells may be off by a euro, times up to ten points.
    assert result.objective.value == pytest.approx(expected, rel=1e-6, abs=1e-4)


def test_the_cases_are_worth_their_time():
    """In many of them the guarantee is what makes the plan possible, and in many it is bounded by something."""
    used = [optimum(drawn(case))[1] for case in range(CASES)]
    assert sum(amount > 1 for amount in used) > CASES / 2
    labels = [b.label for case in range(CASES) for b in allocate(drawn(case)).binding if b.shadow_price]
    assert labels.count("GU") > 5
    assert {"B1", "R2", "R3"} <= set(labels)
