"""Random small scenarios with rules of every kind, the same for the same seed."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

Document = dict[str, Any]

YEARS = ("2027", "2028", "2029")
COUNTRIES = ("PT", "ES", "FR")
TAGS = ("x", "y")


def random_scenario(
    rng: Random, divisible: float, most_candidates: int, wishes: str, most_windows: int = 0
) -> Document:
    """divisible: share of candidates that are. wishes: "points" (attributes alone), "any" or "lexicographic".

    most_windows: phases at most whose start is decided.
    """
    names = "abcdefgh"[: rng.randint(2, most_candidates)]
    tiers = [_tier(rng, n, name) for n, name in enumerate(("union", "state", "bank")[: rng.randint(1, 3)])]
    candidates = [_candidate(rng, name, tiers, divisible) for name in names]
    total = sum(sum(cost.values()) for c in candidates for cost in _costs(c))
    for tier in tiers:
        _envelope(rng, tier, total)
    tickets = [t for t in tiers if "min_ticket" in t]
    for tier in tickets[1:] if len(names) <= 4 else tickets:
        del tier["min_ticket"]  # each doubles the ways there are
    document: Document = {
        "horizon": {"first_year": 2027, "last_year": 2029},
        "discount_rate": 0.05,
        "attributes": {"pue": {"additive": False}},
        "countries": {"PT": {"population": 10}, "ES": {"population": 49}, "FR": {"population": 68.5}},
        "fund": {"tiers": tiers, **_fund(rng, tiers)},
        "candidates": candidates,
        "constraints": [
            {"id": f"r{n}", **_rule(rng, candidates, tiers)} for n in range(rng.choice((0, 1, 1, 2, 2, 3, 4)))
        ],
        "objective": _objective(rng, tiers, wishes),
    }
    if most_windows:
        _open_windows(rng, document, most_windows)
    return document


def _open_windows(rng: Random, document: Document, most: int) -> None:
    """Costs by year become costs since a start that is decided; later phases come some years after the ones before."""
    document["horizon"] = {"first_year": 2027, "last_year": 2031}
    for c in document["candidates"]:
        if "cost" in c:
            c["phases"] = [{"id": "main", "cost": c.pop("cost")}]
    phases = [p for c in document["candidates"] for p in c["phases"]]
    for p in rng.sample(phases, min(len(phases), rng.randint(1, most))):
        amounts = list(p.pop("cost").values())
        lead = rng.random() < 0.2  # nothing is paid in the year of the start itself
        p["cost_since_start"] = {str(n + lead): amount for n, amount in enumerate(amounts)}
        earliest = rng.randint(2027, 2028)
        p["start"] = {"earliest": earliest, "latest": earliest + rng.randint(0, 2)}
        p.pop("committed", None)
        payer = rng.choice(document["fund"]["tiers"])
        if rng.random() < 0.12 and p.get("locked") != "out" and "eligible" not in payer:
            # In a year with a cost from one start of the window at least.
            year = rng.randint(earliest, p["start"]["latest"]) + lead
            p["committed"] = {payer["id"]: {str(year): amounts[0] // 4}}
    total = sum(sum((p.get("cost") or p["cost_since_start"]).values()) for p in phases)
    for tier in document["fund"]["tiers"]:
        if rng.random() < 0.6:  # money comes year by year, which is what starts are decided for
            years = range(2027, 2032)
            tier["annual_ceiling"] = {str(t): round(total * rng.choice((0, 0.1, 0.2, 0.4))) for t in years}
            tier["carry_over"] = rng.random() < 0.5
            if isinstance(tier["size"], int | float):
                tier["size"] = max(tier["size"], round(total * 0.4))
    for c in document["candidates"]:
        for p in c["phases"][1:]:
            if rng.random() < 0.7:
                p["after_years"] = rng.randint(0, 2)


def with_guarantee(rng: Random, document: Document) -> Document:
    """The scenario with a guarantee on tiers of its pool, and mostly a rule that asks for some of it."""
    tiers = document["fund"]["tiers"]
    pool = [t["id"] for t in tiers if t["instrument"] in ("loan", "equity", "quasi_equity")]
    if not pool:
        tiers[-1]["instrument"] = "loan"
        pool = [tiers[-1]["id"]]
    total = sum(sum(cost.values()) for c in document["candidates"] for cost in _costs(c))
    rate = rng.choice((0, 0.25, 0.4, 1))
    cover: Document = {
        "id": "cover",
        "instrument": "guarantee",
        "public": rng.random() < 0.8,
        "covers": rng.sample(pool, rng.randint(1, len(pool))),
        "cover_share": rng.choice((0.3, 0.5, 1)),
        "provision_rate": rate,
    }
    if rng.random() < 0.2:
        cover["max_ticket"] = rng.choice((15, 40))
    if rng.random() < 0.2:
        cover["eligible"] = _group(rng, "abc")
    if rng.random() < 0.2:
        cover["concentration"] = {"at_most": rng.choice((0.4, 0.6)), "of": rng.choice(("allocated", "size"))}
    _envelope(rng, cover, rate * total)
    if rate == 0:
        cover["size"] = 10
    tiers.append(cover)
    asked = rng.choice(({"kind": "money", "at_least": round(0.1 * total)}, {"kind": "award", "at_least_share": 0.1}))
    if rng.random() < 0.8:
        document["constraints"].append({"id": "asked", "tiers": ["cover"], **asked})
    if rng.random() < 0.3:
        document["objective"]["terms"].append(
            {"term": "public_money", "tier": "cover", "sense": "maximise", "weight": 0.5}
        )
    return document


def with_losses(rng: Random, document: Document) -> Document:
    """The scenario with a pool of two or three tiers, losses in a few draws, and limits on what reaches them."""
    tiers = document["fund"]["tiers"]
    total = sum(sum(cost.values()) for c in document["candidates"] for cost in _costs(c))
    while len(tiers) < 2:
        tiers.append({"id": f"tier-{len(tiers)}", "public": rng.random() < 0.5, "size": round(total * 0.4)})
    waterfall = rng.random() < 0.8
    for n, tier in enumerate(tiers[-2:] if rng.random() < 0.5 else tiers):
        tier["instrument"] = "equity" if n == 0 else "loan"
        tier["loss_given_failure"] = rng.choice((0.5, 1))
        if waterfall:
            tier["seniority"] = n
        limits: Document = {}
        if rng.random() < 0.4:
            limits["expected_loss"] = {"at_most": rng.choice((0.02, 0.1, 0.2))}
        if rng.random() < 0.5:
            limits["cvar"] = {"level": rng.choice((0.5, 0.8)), "at_most": rng.choice((0.1, 0.3, 0.6))}
            if waterfall and rng.random() < 0.3:
                limits["cvar"]["of"] = "level_and_above"
        if limits:
            tier["limits"] = limits
        if rng.random() < 0.2:
            tier |= {"return_if_success": 0.06, "hurdle": 0.01, "holding_years": 5}
    document["fund"]["loss_sharing"] = "waterfall" if waterfall else "pari_passu"
    draws = rng.choice((2, 5, 10))
    chance = [[max(0.0, rng.uniform(-1, 1)) ** 2 for _ in range(draws)] for _ in document["candidates"]]
    losses = {c["id"]: [round(d, 3) for d in row] for c, row in zip(document["candidates"], chance, strict=True)}
    document["risk"] = {"model": "table", "losses": losses}
    for c in document["candidates"]:
        c.pop("failure_probability", None)
    if document["objective"].get("mode", "weighted") == "weighted" and rng.random() < 0.4:
        loss = rng.choice(({"term": "expected_loss"}, {"term": "cvar", "alpha": 0.8}))
        document["objective"]["terms"].append({**loss, "weight": rng.choice((0.1, 1))})
    return document


def with_revolving(rng: Random, document: Document) -> Document:
    """The scenario with one tier whose money comes back, little of it at a time, and costs spread over six years."""
    tier = rng.choice(document["fund"]["tiers"])
    if tier["instrument"] not in ("loan", "equity", "quasi_equity"):
        tier["instrument"] = "loan"
    tier["revolving"] = {"years": rng.choice((1, 1, 2, 3)), "grace_years": rng.choice((0, 0, 1))}
    document["horizon"] = {"first_year": 2027, "last_year": 2032}
    document["constraints"] = document["constraints"][:1]  # so that time is what binds most of them
    document["fund"] = {"tiers": document["fund"]["tiers"]}
    document["objective"] = {"terms": [{"term": "attribute", "attribute": "value"}]}
    if rng.random() < 0.3:
        document["objective"]["terms"].append({"term": "private_money", "weight": 0.1})
    moved = {c["id"]: min(n, 3) for n, c in enumerate(document["candidates"])}
    for c in document["candidates"]:
        for p in c.get("phases", [c]):
            p["cost"] = {str(int(year) + moved[c["id"]]): cost for year, cost in p["cost"].items()}
            for k, amounts in p.get("committed", {}).items():
                p["committed"][k] = {str(int(year) + moved[c["id"]]): amount for year, amount in amounts.items()}
    total = sum(sum(cost.values()) for c in document["candidates"] for cost in _costs(c))
    for t in document["fund"]["tiers"]:
        t["size"] = round(total * (rng.choice((0.2, 0.3, 0.5)) if t is tier else 0.05))
    for c in document["candidates"]:
        c["private_pledge"] = rng.choice((0, 10, 20))
        c.pop("least_public_share", None)
        c.pop("least_private_share", None)
    tier.pop("max_share_of_cost", None)
    tier.pop("eligible", None)
    if "annual_ceiling" in tier:
        tier["annual_ceiling"] |= {str(year): rng.randint(0, 60) for year in range(2030, 2033)}
    if rng.random() < 0.5:
        draws = rng.choice((1, 4))
        losses = {c["id"]: [round(rng.random(), 2) for _ in range(draws)] for c in document["candidates"]}
        document["risk"] = {"model": "table", "losses": losses}
        for n, t in enumerate(document["fund"]["tiers"]):
            if t["instrument"] in ("loan", "equity", "quasi_equity"):
                t["seniority"] = n
        for c in document["candidates"]:
            c.pop("failure_probability", None)
    return document


def softened(rng: Random, document: Document) -> Document:
    """The same with most of its rules soft, in two priorities, and often a published plan to stay close to."""
    candidates, tiers = document["candidates"], document["fund"]["tiers"]
    if rng.random() < 0.6:
        document["constraints"].append({"id": "close", **_stay_close(rng, candidates, tiers)})
    for rule in [*document["constraints"], *document["fund"].get("matching", [])]:
        if rng.random() < 0.75 and rule.get("effect") != "finding":
            rule["soft"] = {"priority": rng.randint(1, 2)}
            for bound in ("at_least", "at_most"):  # harder to keep
                if rule.get("kind") == "money" and bound in rule:
                    rule[bound] = rule[bound] * (4 if bound == "at_least" else 0.25)
    return document


def neighbour(rng: Random, document: Document) -> Document:
    """The same, but for a few numbers."""
    document = copy.deepcopy(document)
    for _ in range(rng.randint(1, 2)):
        tier = rng.choice(document["fund"]["tiers"])
        what = rng.choice(("size", "size", "size", "share", "price", "rate", "pledge", "public", "rule"))
        factor = rng.choice((0.5, 0.9, 1.1, 1.37))
        if what == "size" and isinstance(tier.get("size"), int | float):
            tier["size"] = round(tier["size"] * factor, 3)
        elif what == "share":
            tier["max_share_of_cost"] = rng.choice((0.2, 0.5, 0.75))
        elif what == "price":
            term = rng.choice(document["objective"]["terms"])
            term["weight"] = factor
        elif what == "rate":
            document["discount_rate"] = rng.choice((0.0, 0.03))
        elif what == "pledge":
            rng.choice(document["candidates"])["private_pledge"] = rng.randint(0, 200)
        elif what == "public":
            document["fund"]["max_public_share"] = rng.choice((0.4, 0.8))
        elif document["constraints"]:
            document["constraints"].pop()
    return document


def _stay_close(rng: Random, candidates: list[Document], tiers: list[Document]) -> Document:
    phases = [(c, p, cost) for c in candidates for p, cost in _named(c)]
    rule: Document = {"kind": "stay_close"}
    wish = rng.random()
    if wish < 0.7:
        plan: dict[str, list[str]] = {}
        for c, p, _ in phases:
            if rng.random() < 0.5:
                plan.setdefault(c["id"], []).append(p)
        rule |= {"plan": plan, "at_most_changes": rng.randint(0, 2)}
    if wish > 0.5:
        money = [
            {"tier": rng.choice(tiers)["id"], "candidate": c["id"], "phase": p, "year": int(year), "amount": amount / 2}
            for c, p, cost in phases
            for year, amount in cost.items()
            if rng.random() < 0.5
        ]
        rule |= {"plan_money": money, "at_most_money": rng.choice((0, 20, 60))}
    return rule


def _named(c: Document) -> list[tuple[str, dict[str, float]]]:
    """Phases with their costs by year; of a window, those of its first start."""
    if "phases" not in c:
        return [("main", c["cost"])]
    first = {p["id"]: p["start"]["earliest"] for p in c["phases"] if "start" in p}
    since = {p["id"]: p["cost_since_start"].items() for p in c["phases"] if "start" in p}
    moved = {p: {str(first[p] + int(n)): amount for n, amount in amounts} for p, amounts in since.items()}
    return [(p["id"], moved.get(p["id"], p.get("cost", {}))) for p in c["phases"]]


def _costs(c: Document) -> list[dict[str, float]]:
    return [p["cost"] for p in c["phases"]] if "phases" in c else [c["cost"]]


def _cost(rng: Random) -> dict[str, float]:
    first = rng.randrange(3)
    years = YEARS[first : first + rng.choice((1, 1, 2))]
    return {year: rng.randint(2, 20) * 5 for year in years}


def _tier(rng: Random, n: int, name: str) -> Document:
    private = n == 2
    tier: Document = {
        "id": name,
        "instrument": rng.choice(("loan", "equity")) if private else "grant",
        "public": not private,
    }
    if not private and rng.random() < 0.2:
        tier["instrument"] = rng.choice(("purchase", "quasi_equity"))
    if tier["instrument"] in ("loan", "equity", "quasi_equity") and rng.random() < 0.7:
        tier |= {"return_if_success": rng.choice((0.02, 0.05)), "holding_years": rng.choice((1, 8))}
        tier["loss_given_failure"] = rng.choice((0.5, 1))
    if rng.random() < 0.25:
        tier["max_share_of_cost"] = rng.choice((0.17, 0.35, 0.5))
    if rng.random() < 0.15:
        tier["min_ticket"] = rng.choice((20, 35))
    if rng.random() < 0.15:
        tier["max_ticket"] = rng.choice((40, 75))
    if rng.random() < 0.2:
        tier["eligible"] = _group(rng, "abc")
    if rng.random() < 0.12:
        tier["concentration"] = {"at_most": rng.choice((0.4, 0.6)), "of": rng.choice(("allocated", "size"))}
    return tier


def _envelope(rng: Random, tier: Document, total: float) -> None:
    size = round(total * rng.choice((0.1, 0.25, 0.4, 0.7)))
    draw = rng.random()
    if draw < 0.1:
        tier["size"] = {"at_least": size // 4, "at_most": size}
    elif draw < 0.2 and tier.get("concentration", {}).get("of") != "size":
        tier["size"] = "unlimited"
    else:
        tier["size"] = size
    if rng.random() < 0.2:
        named = rng.sample(YEARS, rng.randint(1, 3))
        tier |= {
            "annual_ceiling": {year: rng.randint(0, size) for year in sorted(named)},
            "carry_over": rng.random() < 0.5,
        }
    if rng.random() < 0.15:
        first = rng.randint(2027, 2028)
        tier["ceilings"] = [{"from": first, "to": rng.randint(first, 2029), "at_most": rng.randint(0, size)}]
    if rng.random() < 0.3:
        tier["ceiling_basis"] = "commitments"


def _candidate(rng: Random, name: str, tiers: list[Document], divisible: float) -> Document:
    c: Document = {"id": name, "country": rng.choice(COUNTRIES), "tags": rng.sample(TAGS, rng.randint(1, 2))}
    if rng.random() < 0.1:
        c["countries"] = rng.sample(COUNTRIES, 2)
    brings = {"value": rng.randint(1, 30), "mw": rng.randint(0, 20) * 10}
    c["attributes"] = {"pue": rng.choice((1.1, 1.2, 1.4))}
    if rng.random() < 0.25:
        phases = [{"id": f"p{n}", "cost": _cost(rng), "attributes": {}} for n in (1, 2)]
        phases[1]["attributes"]["value"] = rng.randint(0, 20)
        phases[0]["attributes"]["value"] = brings.pop("value")
        if rng.random() < 0.2:
            phases[1]["country"] = rng.choice(COUNTRIES)
        if rng.random() < 0.1:
            phases[rng.randrange(2)]["locked"] = rng.choice(("in", "out"))
        if rng.random() < 0.1:
            year, cost = next(iter(phases[0]["cost"].items()))
            payer = rng.choice(tiers)
            if "eligible" not in payer and phases[0].get("locked") != "out":
                phases[0]["committed"] = {payer["id"]: {year: cost // 4}}
        c["phases"] = phases
    else:
        c["cost"] = _cost(rng)
    c["attributes"] |= brings
    draw = rng.random()
    if draw < 0.6:
        c["private_pledge"] = rng.randint(0, 12) * 10
    elif draw < 0.75:
        c["private_pledge"] = "unlimited"
    if rng.random() < 0.15:
        c["least_private_share"] = rng.choice((0, 0.3))
    if rng.random() < 0.15:
        c["least_public_share"] = rng.choice((0, 0.2))
    if rng.random() < 0.15:
        c["max_public_share"] = rng.choice((0.25, 0.6, "unlimited"))
    if rng.random() < 0.3:
        c["failure_probability"] = rng.choice((0.05, 0.2))
    if rng.random() < 0.2 and any("return_if_success" in t for t in tiers):
        c["return_if_success"] = {next(t["id"] for t in tiers if "return_if_success" in t): 0.08}
    if rng.random() < divisible:
        c["divisible"] = True
        if rng.random() < 0.25:
            c["least_fraction"] = rng.choice((0.3, 0.5))
    if rng.random() < 0.08 and not any("locked" in p or "committed" in p for p in c.get("phases", [])):
        c["locked"] = rng.choice(("in", "out"))
    return c


def _fund(rng: Random, tiers: list[Document]) -> Document:
    fund: Document = {}
    if rng.random() < 0.25:
        fund["max_public_share"] = rng.choice((0.35, 0.6, 0.8))
    if rng.random() < 0.15:
        fund["least_private_share"] = 0.2
    if rng.random() < 0.15:
        fund["least_public_share"] = 0.15
    if len(tiers) > 1 and rng.random() < 0.25:
        by, ratio = rng.choice(("phase", "candidate")), rng.choice((0.5, 1, 2))
        fund["matching"] = [{"id": "match", "tiers": ["state"], "of": ["union"], "at_least": ratio, "by": by}]
    return fund


def _group(rng: Random, names: str) -> Document:
    draw = rng.random()
    if draw < 0.4:
        return {"countries": rng.sample(COUNTRIES, rng.randint(1, 2))}
    return {"tags": [rng.choice(TAGS)]} if draw < 0.8 else {"candidates": rng.sample(names, 2)}


def _rule(rng: Random, candidates: list[Document], tiers: list[Document]) -> Document:
    names = "".join(c["id"] for c in candidates)
    kind = rng.choice(
        ("count", "money", "money", "attribute", "average", "award", "award", "floor", "exclusive", "requires")
    )
    rule: Document = {"kind": kind}
    if kind not in ("exclusive", "requires") and rng.random() < 0.7:
        rule["of"] = _group(rng, names)
    if kind in ("money", "award") and rng.random() < 0.4:
        rule["tiers"] = [rng.choice(tiers)["id"]]
    if kind == "count":
        rule |= rng.choice(({"at_least": 1}, {"at_most": 1}, {"at_most": 2}, {"at_least": 1, "at_most": 2}))
        if rng.random() < 0.2 and any("phases" in c for c in candidates):
            rule["phase"] = "p2"
    elif kind == "money":
        bounds = ({"at_least": 30}, {"at_most": 60}, {"at_least_share": 0.25}, {"at_most_share": 0.5})
        rule |= rng.choice(bounds) | {"private": rng.random() < 0.3}
    elif kind == "attribute":
        rule |= {"attribute": "mw"} | rng.choice(
            ({"at_most": 200}, {"at_least": 100}, {"at_least": 50, "at_most": 300})
        )
    elif kind == "average":
        rule |= {"kind": "attribute", "attribute": "pue", "average_by": "mw"} | rng.choice(
            ({"at_most": 1.2}, {"at_least": 1.15})
        )
    elif kind == "award":
        rule |= rng.choice(
            ({"at_most": 40}, {"at_most_share": 0.3}, {"at_least": 10}, {"at_least_share": 0.1, "at_most": 60})
        )
        if rng.random() < 0.3 and any("cost" in c for c in candidates):
            rule["phases"] = ["main"]
        if rule.get("at_most") == 40 and rng.random() < 0.5:
            rule["per"] = "country"
    elif kind == "floor":
        rule |= {"attribute": "mw", "at_least": 60, "effect": rng.choice(("exclude", "exclude", "finding"))}
    elif kind == "exclusive":
        rule |= {"candidates": rng.sample(names, 2), "at_most": 1}
    else:
        a, b = rng.sample(names, 2)
        rule |= {"candidate": a, "needs": [b]}
    return rule


def _objective(rng: Random, tiers: list[Document], wishes: str) -> Document:
    points = [{"term": "attribute", "attribute": "value"}]
    points += [
        {"term": "discounted_attribute", "attribute": "value", "life_years": 5, "service_lag_years": rng.randint(0, 2)}
    ]
    if wishes == "points":
        return {"terms": [rng.choice(points)]}
    served: Document = {"term": "least_served", "group_by": rng.choice(("candidate", "country", "tag"))}
    if rng.random() < 0.5:
        served["attribute"] = "value"
    if served["group_by"] == "country" and rng.random() < 0.5:
        served["per"] = "population"
    money = [{"term": "private_money"}, {"term": "public_money"}, {"term": "public_money", "sense": "maximise"}, served]
    if any(t["instrument"] in ("loan", "equity", "quasi_equity") for t in tiers):
        money.append({"term": "expected_return"})
    if wishes == "lexicographic":
        return {"mode": "lexicographic", "terms": rng.sample([points[0], *money[:2]], 2)}
    if rng.random() < 0.5:
        return {"terms": [rng.choice(money[:1] + money[2:])]}
    return {
        "terms": [{**points[0], "weight": rng.choice((1, 10))}, {**rng.choice(money), "weight": rng.choice((0.1, 1))}]
    }
