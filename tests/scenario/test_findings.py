"""Every finding of the catalogue, provoked: the smallest change to a sound scenario that brings it about."""

# ruff: noqa: E501 - one case a line, so that the table can be read
from __future__ import annotations

import copy
import json

import pytest

from optimiser import evaluate, load_bytes, load_document, load_file
from optimiser.errors import PlanError
from optimiser.messages import catalogue
from optimiser.scenario.pointer import set_value

SOUND = {
    "name": "sound",
    "horizon": {"first_year": 2026, "last_year": 2030},
    "attributes": {"chips": {"unit": "chips"}, "pue": {"additive": False}},
    "fund": {
        "tiers": [
            {"id": "eu", "instrument": "grant", "size": 100},
            {"id": "bank", "instrument": "loan", "size": 100, "public": False},
        ],
        "matching": [{"id": "match", "tiers": ["bank"], "of": ["eu"], "at_least": 0.1}],
    },
    "candidates": [
        {"id": "a", "country": "PT", "tags": ["x"], "private_pledge": 50, "attributes": {"chips": 5, "pue": 1.1, "mw": 10},
         "phases": [{"id": "p1", "cost": {"2027": 60}}, {"id": "p2", "cost": {"2028": 40}}]},
        {"id": "b", "country": "ES", "private_pledge": 50, "attributes": {"chips": 4, "pue": 1.2, "mw": 20}, "cost": {"2027": 60}},
    ],
    "constraints": [
        {"id": "n", "kind": "count", "at_most": 2},
        {"id": "g", "kind": "money", "of": {"tags": ["x"]}, "at_most": 90},
        {"id": "w", "kind": "attribute", "attribute": "pue", "average_by": "mw", "at_most": 1.3},
        {"id": "s", "kind": "award", "at_most": 70},
        {"id": "f", "kind": "floor", "attribute": "mw", "at_least": 5},
        {"id": "e", "kind": "exclusive", "candidates": ["a", "b"], "at_most": 2},
        {"id": "r", "kind": "requires", "candidate": "b", "needs": ["a"]},
    ],
    "objective": {"terms": [{"term": "attribute", "attribute": "chips"}]},
}  # fmt: skip

COVER = {"id": "cover", "instrument": "guarantee", "size": 50, "covers": ["bank"], "cover_share": 0.5}
A, EU, TERM = "/candidates/a", "/fund/tiers/eu", "/objective/terms/0"

BANK_SENIORITY = "/fund/tiers/bank/seniority"
BANK = {"id": "bank", "instrument": "loan", "size": 100, "public": False, "seniority": 0}
TABLE = {"model": "table", "losses": {"a": [0, 1]}}
CLOSE = {"id": "n", "kind": "stay_close", "plan": {"a": ["p1"]}, "at_most_changes": 1}
CELL = {"tier": "eu", "candidate": "a", "phase": "p1", "year": 2027, "amount": 5}
NEAR = {"id": "n", "kind": "stay_close", "plan_money": [CELL], "at_most_money": 5}
P1, P2 = f"{A}/phases/p1", f"{A}/phases/p2"
WINDOW = {"earliest": 2028, "latest": 2030}
DECIDED = {f"{P2}/cost": {}, f"{P2}/cost_since_start": {"0": 40}, f"{P2}/start": WINDOW}


def _stress(table: bool = False, **keys: object) -> dict[str, object]:
    risk: dict[str, object] = {**TABLE} if table else {}
    return {BANK_SENIORITY: 0, "/risk": {**risk, "stresses": [{"id": "s", **keys}]}}


S = "/risk/stresses/s"


def covered(*guarantees: dict[str, object], **of_bank: object) -> dict[str, object]:
    """The sound fund with guarantees; without any, with the one of ``COVER``."""
    eu, bank = SOUND["fund"]["tiers"]  # type: ignore[index]
    return {"/fund/tiers": [eu, {**bank, **of_bank}, *(guarantees or (COVER,))]}


REVOLVING = {"/fund/tiers/bank/revolving": {"years": 1}}
ELICITED = "/score/elicitation"
SWING = {"method": "swing", "points": {"mw": 100}}
JUDGED = {"attribute": "mw", "over": "chips", "times": 9}
SIX = [{"id": c, "attributes": {"chips": 1}} for c in "abcdef"]

CASES: list[tuple[str, str, dict[str, object]]] = [
    # shape
    ("missing-key", "/fund", {"/": {"candidates": [], "objective": SOUND["objective"]}}),
    ("unknown-key", f"{EU}/sise", {f"{EU}/sise": 5}),
    ("wrong-type", f"{A}/private_pledge", {f"{A}/private_pledge": "50"}),
    ("wrong-type", f"{EU}/size", {f"{EU}/size": "large"}),
    ("wrong-type", f"{A}/divisible", {f"{A}/divisible": 1}),
    ("not-finite", f"{A}/private_pledge", {f"{A}/private_pledge": float("nan")}),
    ("not-finite", f"{A}/attributes/chips", {f"{A}/attributes/chips": float("-inf")}),
    ("below-least", f"{A}/phases/p1/cost/2027", {f"{A}/phases/p1/cost/2027": -1}),
    ("above-greatest", f"{EU}/max_share_of_cost", {f"{EU}/max_share_of_cost": 1.7}),
    ("not-above", f"{TERM}/weight", {f"{TERM}/weight": 0}),
    ("not-below", f"{EU}/limits/cvar/level", {f"{EU}/limits": {"cvar": {"level": 1, "at_most": 0.1}}}),
    ("too-short", f"{EU}/eligible/countries", {f"{EU}/eligible": {"countries": []}}),
    ("too-short", "/objective/terms", {"/objective": {"terms": []}}),
    ("text-empty", f"{A}/tags/0", {f"{A}/tags": [""]}),
    ("text-too-long", "/name", {"/name": "x" * 20_001}),
    ("not-a-choice", f"{EU}/instrument", {f"{EU}/instrument": "gift"}),
    ("unknown-kind", "/constraints/n", {"/constraints/n/kind": "sum"}),
    ("missing-kind", "/constraints/n", {"/constraints/n": {"id": "n", "at_most": 2}}),
    ("bad-pattern", f"{A}/country", {f"{A}/country": "Portugal"}),
    ("bad-year", f"{A}/phases/p1/cost/27", {f"{A}/phases/p1/cost": {"27": 60}}),
    ("bad-year", f"{A}/phases/p1/cost/0830", {f"{A}/phases/p1/cost": {"0830": 60}}),
    ("bad-id", f"{A}/tags/0", {f"{A}/tags": [" x"]}),
    ("not-whole", "/constraints/n/at_most", {"/constraints/n/at_most": 1.5}),
    ("too-large", f"{A}/attributes/chips", {f"{A}/attributes/chips": 1e13}),
    ("too-small", f"{A}/attributes/chips", {f"{A}/attributes/chips": 1e-12}),
    ("too-much-money", f"{A}/private_pledge", {f"{A}/private_pledge": 2e9}),
    # stresses
    ("stress-kind-or-patch", S, _stress()),
    ("stress-kind-or-patch", S, _stress(kind="delay", years=1, patch={})),
    ("stress-needs-key", S, _stress(kind="chip_price_fall")),
    ("stress-needs-key", S, _stress(kind="budget_refused", tiers=["eu"])),
    ("stress-has-no-key", f"{S}/share", _stress(kind="delay", years=1, share=0.5)),
    ("stress-has-no-key", f"{S}/from", _stress(patch={}, **{"from": 2028})),
    ("not-a-choice", f"{S}/kind", _stress(kind="flood")),
    ("above-greatest", f"{S}/share", _stress(kind="chip_price_fall", share=1.4)),
    ("below-least", f"{S}/years", _stress(kind="delay", years=0)),
    ("wrong-type", f"{S}/years", _stress(kind="delay", years=1.5)),
    ("bad-year", f"{S}/from", _stress(kind="budget_refused", **{"from": "soon"})),
    ("unknown-key", f"{S}/year", _stress(kind="delay", years=1, year=2)),
    ("bad-pattern", f"{S}/country", _stress(kind="country_failure", country="Spain")),
    ("unknown-country", f"{S}/country", _stress(kind="country_failure", country="IT")),
    ("unknown-tier", f"{S}/tiers", _stress(kind="budget_refused", tiers=["us"], **{"from": 2028})),
    ("stress-not-public", f"{S}/tiers", _stress(kind="budget_refused", tiers=["bank"], **{"from": 2028})),
    ("year-outside-horizon", f"{S}/from", _stress(kind="budget_refused", **{"from": 2031})),
    ("unknown-source", f"{S}/sources", _stress(kind="delay", years=1, sources=["x"])),
    ("duplicate-id", "/risk/stresses", {BANK_SENIORITY: 0, "/risk": {"stresses": [{"id": "s", "kind": "delay", "years": 1}] * 2}}),
    ("above-greatest", f"{S}/risk/horizon_years", _stress(kind="delay", years=95)),
    ("delay-keeps-table", S, _stress(table=True, kind="delay", years=1)),
    ("stress-with-gains", S, {BANK_SENIORITY: 0, "/fund/loss_sharing": "pari_passu", "/risk": {"model": "table", "losses": {"a": [-0.1, 1]}, "stresses": [{"id": "s", "kind": "chip_price_fall", "share": 0.1}]}}),
    ("patch-leads-nowhere", f"{S}/patch", _stress(patch={"fund": {"tiers": {"us": {"size": 1}}}})),
    ("below-least", f"{S}/patch/fund/tiers/eu/size", _stress(patch={"fund": {"tiers": {"eu": {"size": -1}}}})),
    ("wrong-type", f"{S}/patch", _stress(patch=[])),
    ("stress-changes-question", f"{S}/patch", _stress(patch={"candidates": [{"id": "c", "attributes": {"chips": 1}}], "constraints": []})),
    ("stress-changes-question", f"{S}/patch", _stress(patch={"/objective": {"terms": [{"term": "public_money"}]}})),
    ("stress-changes-question", f"{S}/patch", _stress(patch={"/risk": None})),
    ("unknown-source", "/fund/reference_rate/sources", {"/fund/reference_rate": {"rate": 0.04, "sources": ["x"]}}),
    ("below-least", "/fund/reference_rate/rate", {"/fund/reference_rate": {"rate": -0.01}}),
    ("missing-key", "/fund/reference_rate/rate", {"/fund/reference_rate": {}}),
    # references
    ("no-candidates", "/candidates", {"/candidates": []}),
    ("duplicate-id", "/candidates", {"/candidates/b/id": "a"}),
    ("duplicate-id", f"{A}/phases", {f"{A}/phases/p2/id": "p1"}),
    ("unknown-tier", "/fund/tier_order", {"/fund/tier_order": ["nobody"]}),
    ("unknown-tier", f"{A}/phases/p1/committed", {f"{A}/phases/p1/committed": {"nobody": {"2027": 1}}}),
    ("unknown-candidate", "/constraints/r/needs", {"/constraints/r/needs": ["nobody"]}),
    ("unknown-tag", "/constraints/g/of/tags", {"/constraints/g/of/tags": ["y"]}),
    ("unknown-phase", "/constraints/n/phase", {"/constraints/n/phase": "p9"}),
    ("unknown-phase-of", "/constraints/n/plan", {"/constraints/n": {**CLOSE, "plan": {"b": ["p1"]}}}),
    ("unknown-phase-of", "/constraints/n/plan_money", {"/constraints/n": {**NEAR, "plan_money": [{**CELL, "phase": "main"}]}}),
    ("unknown-candidate", "/constraints/n/plan", {"/constraints/n": {**CLOSE, "plan": {"nobody": ["p1"]}}}),
    ("unknown-candidate", "/constraints/n/plan_money", {"/constraints/n": {**NEAR, "plan_money": [{**CELL, "candidate": "c"}]}}),
    ("unknown-tier", "/constraints/n/plan_money", {"/constraints/n": {**NEAR, "plan_money": [{**CELL, "tier": "nobody"}]}}),
    ("unknown-attribute", f"{TERM}/attribute", {f"{TERM}/attribute": "votes"}),
    ("unknown-source", f"{A}/sources", {f"{A}/sources": ["nowhere"]}),
    # not honoured
    # contradictions
    ("no-tiers", "/fund/tiers", {"/fund": {"tiers": []}}),
    ("bounds-crossed", f"{EU}/size", {f"{EU}/size": {"at_least": 9, "at_most": 8}}),
    ("bounds-crossed", "/constraints/n", {"/constraints/n/at_least": 3}),
    ("shares-beyond-one", "/fund", {"/fund/least_public_share": 0.6, "/fund/least_private_share": 0.5}),
    ("years-reversed", "/horizon", {"/horizon": {"first_year": 2030, "last_year": 2026}}),
    ("years-reversed", f"{EU}/ceilings/0", {f"{EU}/ceilings": [{"from": 2028, "to": 2027, "at_most": 5}]}),
    ("horizon-too-long", "/horizon", {"/horizon/last_year": 2999}),
    ("year-outside-horizon", f"{A}/phases/p1/cost/2035", {f"{A}/phases/p1/cost/2035": 5}),
    ("key-not-for-instrument", f"{EU}/seniority", {f"{EU}/seniority": 0}),
    ("key-not-for-instrument", f"{EU}/covers", {f"{EU}/covers": ["bank"]}),
    ("key-not-for-instrument", f"{A}/return_if_success/eu", {f"{A}/return_if_success": {"eu": 0.1}}),
    ("concentration-of-unlimited", f"{EU}/concentration", {f"{EU}/size": "unlimited", f"{EU}/concentration": {"at_most": 0.5, "of": "size"}}),
    ("matching-itself", "/fund/matching/match", {"/fund/matching/match/of": ["bank"]}),
    ("cost-and-phases", A, {f"{A}/cost": {"2027": 5}}),
    ("fraction-not-divisible", f"{A}/least_fraction", {f"{A}/least_fraction": 0.5}),
    ("attribute-twice", f"{A}/phases/p1/attributes/chips", {f"{A}/phases/p1/attributes": {"chips": 5}}),
    ("lock-contradicts", f"{A}/phases/p1", {f"{A}/locked": "out", f"{A}/phases/p1/locked": "in"}),
    ("committed-not-eligible", f"{A}/phases/p1/committed/eu", {f"{EU}/eligible": {"countries": ["ES"]}, f"{A}/phases/p1/committed": {"eu": {"2027": 1}}}),
    ("committed-beyond-cost", f"{A}/phases/p1/committed", {f"{A}/phases/p1/committed": {"eu": {"2028": 1}}}),
    ("cost-twice", P2, {**DECIDED, f"{P2}/cost": {"2028": 40}}),
    ("start-missing", f"{P2}/cost_since_start", {f"{P2}/cost": {}, f"{P2}/cost_since_start": {"0": 9}}),
    ("start-without-cost", f"{P2}/start", {f"{P2}/start": WINDOW}),
    ("bad-pattern", f"{P2}/cost_since_start/00", {**DECIDED, f"{P2}/cost_since_start": {"00": 40}}),
    ("bad-pattern", f"{P2}/cost_since_start/2028", {**DECIDED, f"{P2}/cost_since_start": {"2028": 40}}),
    ("too-much-money", f"{P2}/cost_since_start/0", {**DECIDED, f"{P2}/cost_since_start": {"0": 2e9}}),
    ("below-least", f"{P2}/cost_since_start/0", {**DECIDED, f"{P2}/cost_since_start": {"0": -1}}),
    ("below-least", f"{P2}/after_years", {f"{P2}/after_years": -1}),
    ("years-reversed", f"{P2}/start", {**DECIDED, f"{P2}/start": {"earliest": 2030, "latest": 2028}}),
    ("window-leaves-horizon", f"{P2}/start/earliest", {**DECIDED, f"{P2}/start": {"earliest": 2025, "latest": 2028}}),
    ("window-leaves-horizon", f"{P2}/start/latest", {**DECIDED, f"{P2}/start": {"earliest": 2028, "latest": 2031}}),
    ("window-leaves-horizon", f"{P2}/start/latest", {**DECIDED, f"{P2}/cost_since_start": {"0": 20, "1": 20}}),
    ("horizon-too-long", "/horizon", {**DECIDED, "/horizon": None, f"{P2}/start": {"earliest": 2028, "latest": 9000}}),
    ("after-nothing", f"{P1}/after_years", {f"{P1}/after_years": 1}),
    ("committed-without-start", f"{P2}/committed", {**DECIDED, f"{P2}/committed": {"eu": {"2027": 1}}}),
    ("committed-without-start", f"{P2}/committed", {**DECIDED, f"{P2}/committed": {"eu": {"2028": 30}, "bank": {"2028": 11}}}),
    ("committed-without-start", f"{P2}/committed", {**DECIDED, f"{P2}/committed": {"eu": {"2028": 1, "2029": 1}}}),
    ("rule-without-bound", "/constraints/n", {"/constraints/n": {"id": "n", "kind": "count"}}),
    ("rule-without-bound", "/constraints/n", {"/constraints/n": {"id": "n", "kind": "stay_close", "plan": {"a": ["p1"]}}}),
    ("bound-without-plan", "/constraints/n/at_most_money", {"/constraints/n": {**CLOSE, "at_most_money": 5}}),
    ("bound-without-plan", "/constraints/n/at_most_changes", {"/constraints/n": {**NEAR, "at_most_changes": 5}}),
    ("plan-without-bound", "/constraints/n/plan", {"/constraints/n": {**NEAR, "plan": {"a": ["p1"]}}}),
    ("plan-without-bound", "/constraints/n/plan_money", {"/constraints/n": {**CLOSE, "plan_money": [CELL]}}),
    ("plan-cell-twice", "/constraints/n/plan_money/1", {"/constraints/n": {**NEAR, "plan_money": [CELL, {**CELL, "amount": 1}]}}),
    ("soft-finding", "/constraints/f/soft", {"/constraints/f/effect": "finding", "/constraints/f/soft": {"priority": 1}}),
    ("award-per-country", "/constraints/s/at_least", {"/constraints/s/per": "country", "/constraints/s/at_least": 5}),
    ("requires-itself", "/constraints/r", {"/constraints/r/needs": ["b"]}),
    ("named-twice", "/constraints/e/candidates", {"/constraints/e/candidates": ["a", "a"]}),
    ("attribute-lacking", "/constraints/f", {"/candidates/b/attributes": {"chips": 4}}),
    ("not-additive", f"{TERM}/attribute", {f"{TERM}/attribute": "pue"}),
    ("average-lacks-value", "/constraints/w", {f"{A}/attributes": {"chips": 5}, f"{A}/phases/p1/attributes": {"pue": 1, "mw": 1}, f"{A}/phases/p2/attributes": {"mw": 1}}),
    ("average-lacks-weight", "/constraints/w", {f"{A}/attributes": {"mw": 5}, f"{A}/phases/p1/attributes": {"pue": 1}, f"{A}/phases/p2/attributes": {"pue": 2}}),
    ("negative-weight", "/constraints/w/average_by", {f"{A}/attributes/mw": -10}),
    ("term-needs-key", TERM, {TERM: {"term": "attribute"}}),
    ("term-needs-key", TERM, {TERM: {"term": "discounted_attribute", "attribute": "chips"}}),
    ("term-has-no-key", f"{TERM}/life_years", {f"{TERM}/life_years": 5}),
    ("sense-unbounded", f"{TERM}/sense", {TERM: {"term": "least_served", "group_by": "country", "sense": "minimise"}}),
    ("tolerance-needs-stages", f"{TERM}/tolerance", {f"{TERM}/tolerance": 0.1}),
    ("term-not-of-tier", f"{TERM}/tier", {TERM: {"term": "public_money", "tier": "bank"}}),
    ("population-needs-country", f"{TERM}/per", {TERM: {"term": "least_served", "group_by": "tag", "per": "population"}}),
    ("population-unknown", f"{TERM}/per", {TERM: {"term": "least_served", "group_by": "country", "per": "population"}, f"{A}/country": "XX"}),
    ("no-group", f"{TERM}/group_by", {TERM: {"term": "least_served", "group_by": "tag"}, A: {"id": "a", "attributes": {"chips": 5}}}),
    ("no-group", f"{TERM}/group_by", {TERM: {"term": "least_served", "group_by": "country"}, "/candidates": [{"id": "a", "tags": ["x"]}, {"id": "b"}]}),
    # risk
    ("needs-risk", "/fund/loss_sharing", {"/fund/loss_sharing": "waterfall"}),
    ("needs-risk", "/fund/tiers/bank/hurdle", {"/fund/tiers/bank/hurdle": 0.04}),
    ("needs-risk", "/fund/tiers/bank/limits", {"/fund/tiers/bank/limits": {"expected_loss": {"at_most": 0.02}}}),
    ("needs-risk", TERM, {TERM: {"term": "cvar"}}),
    ("needs-risk", TERM, {TERM: {"term": "expected_loss"}}),
    ("key-not-for-model", "/risk/losses", {BANK_SENIORITY: 0, "/risk": {"losses": {"a": [0, 1]}}}),
    ("key-not-for-model", "/risk/probabilities", {BANK_SENIORITY: 0, "/risk": {"probabilities": [0.5, 0.5]}}),
    ("key-not-for-model", "/risk/seed", {BANK_SENIORITY: 0, "/risk": {**TABLE, "seed": 7}}),
    ("key-not-for-model", "/risk/correlation", {BANK_SENIORITY: 0, "/risk": {**TABLE, "correlation": 0.2}}),
    ("too-many-draws", "/risk/draws", {BANK_SENIORITY: 0, "/risk": {"draws": 10_000_000}, "/candidates": SIX}),
    ("correlation-beyond-one", "/risk/country_correlation", {BANK_SENIORITY: 0, "/risk": {"correlation": 0.6, "country_correlation": 0.5}}),
    ("correlation-beyond-one", "/risk/country_correlation", {BANK_SENIORITY: 0, "/risk": {"country_correlation": 0.8}}),
    ("table-missing", "/risk/losses", {BANK_SENIORITY: 0, "/risk": {"model": "table"}}),
    ("table-ragged", "/risk/losses", {BANK_SENIORITY: 0, "/risk": {"model": "table", "losses": {"a": [0, 1], "b": [0]}}}),
    ("table-ragged", "/risk/losses", {BANK_SENIORITY: 0, "/risk": {"model": "table", "losses": {"a": []}}}),
    ("table-ragged", "/risk/probabilities", {BANK_SENIORITY: 0, "/risk": {**TABLE, "probabilities": [1]}}),
    ("probabilities-sum", "/risk/probabilities", {BANK_SENIORITY: 0, "/risk": {**TABLE, "probabilities": [0.5, 0.4]}}),
    ("loss-beyond-one", "/risk/losses/a", {BANK_SENIORITY: 0, "/risk": {"model": "table", "losses": {"a": [0, 1.1]}}}),
    ("gain-in-waterfall", "/risk/losses/a", {BANK_SENIORITY: 0, "/risk": {"model": "table", "losses": {"a": [0, -0.1]}}}),
    ("unknown-candidate", "/risk/losses", {BANK_SENIORITY: 0, "/risk": {"model": "table", "losses": {"nobody": [0, 1]}}}),
    ("probability-beside-table", f"{A}/failure_probability", {BANK_SENIORITY: 0, "/risk": TABLE, f"{A}/failure_probability": 0.1}),
    ("levels-disagree", "/fund/tiers/other", {BANK_SENIORITY: 0, "/risk": {}, "/fund/tiers": [BANK, {**BANK, "id": "other", "hurdle": 0.04}], "/fund/matching": []}),
    ("levels-disagree", "/fund/tiers/other", {BANK_SENIORITY: 0, "/risk": {}, "/fund/tiers": [BANK, {**BANK, "id": "other", "limits": {"expected_loss": {"at_most": 0.1}}}], "/fund/matching": []}),
    ("unknown-level", f"{TERM}/level", {BANK_SENIORITY: 0, "/risk": {}, TERM: {"term": "cvar", "level": 1}}),
    ("unknown-level", f"{TERM}/level", {BANK_SENIORITY: 0, "/risk": {}, TERM: {"term": "expected_loss", "level": 0}, "/fund/loss_sharing": "pari_passu"}),
    ("seniority-missing", "/fund/tiers/bank", {"/risk": {}}),
    ("pool-empty", "/risk", {"/risk": {}, "/fund/tiers/bank/instrument": "grant"}),
    # guarantees
    ("guarantee-needs-key", "/fund/tiers/bank", {"/fund/tiers/bank/instrument": "guarantee", "/fund/matching": []}),
    ("guarantee-needs-key", "/fund/tiers/cover", covered({k: v for k, v in COVER.items() if k != "cover_share"})),
    ("not-above", "/fund/tiers/cover/cover_share", covered({**COVER, "cover_share": 0})),
    ("covers-no-losses", "/fund/tiers/cover/covers", covered({**COVER, "covers": ["bank", "eu"]})),
    ("unknown-tier", "/fund/tiers/cover/covers", covered({**COVER, "covers": ["nobody"]})),
    ("covered-twice", "/fund/tiers/other/cover_share", covered(COVER, {**COVER, "id": "other", "cover_share": 0.6})),
    ("provision-of-nothing", "/fund/tiers/cover/size", covered({**COVER, "provision_rate": 0, "size": {"at_least": 1}})),
    ("guarantee-in-matching", "/fund/matching/match/of", {**covered(), "/fund/matching/match/of": ["cover"]}),
    ("guarantee-in-matching", "/fund/matching/match/tiers", {**covered(), "/fund/matching/match/tiers": ["cover"]}),
    ("guarantee-without-order", "/fund/tiers/cover", {**covered(seniority=1), "/risk": {}, "/fund/loss_sharing": "pari_passu"}),
    ("seniority-missing", "/fund/tiers/cover", {**covered(seniority=1), "/risk": {}}),
    ("guarantee-beside-pool", "/fund/tiers/cover/seniority", {**covered({**COVER, "seniority": 1}, seniority=1), "/risk": {}}),
    ("misplaced-cover", "/fund/tiers/cover/covers", {**covered({**COVER, "seniority": 1}, seniority=0), "/risk": {}}),
    ("guarantee-not-needed", "/fund/tiers/cover", covered()),
    ("guarantee-not-needed", "/fund/tiers/cover", {**covered({**COVER, "seniority": 0}, seniority=1), "/risk": {}}),
    ("key-not-for-instrument", "/fund/tiers/cover/max_share_of_cost", covered({**COVER, "max_share_of_cost": 0.5})),
    ("key-not-for-instrument", "/fund/tiers/cover/limits", covered({**COVER, "limits": {"expected_loss": {"at_most": 0.1}}})),
    ("key-not-for-instrument", "/fund/tiers/cover/hurdle", covered({**COVER, "hurdle": 0.1})),
    ("key-not-for-instrument", "/fund/tiers/cover/loss_given_failure", covered({**COVER, "loss_given_failure": 0.1})),
    ("key-not-for-instrument", "/fund/tiers/cover/revolving", covered({**COVER, "revolving": {"years": 5}})),
    ("key-not-for-instrument", "/fund/tiers/bank/provision_rate", covered(provision_rate=0.5)),
    ("key-not-for-instrument", "/fund/tiers/bank/cover_share", covered(cover_share=0.5)),
    ("term-not-of-tier", f"{TERM}/tier", {**covered({**COVER, "public": False}), TERM: {"term": "private_money", "tier": "cover"}}),
    ("committed-beyond-cost", f"{A}/phases/p1/committed", {**covered(), f"{A}/phases/p1/committed": {"cover": {"2028": 1}}}),
    # revolving tiers
    ("revolving-with-losses", "/fund/tiers/bank/limits", {**REVOLVING, BANK_SENIORITY: 0, "/risk": {}, "/fund/tiers/bank/limits": {"expected_loss": {"at_most": 0.1}}}),
    ("revolving-with-losses", "/fund/tiers/bank/hurdle", {**REVOLVING, BANK_SENIORITY: 0, "/risk": {}, "/fund/tiers/bank/hurdle": 0.1}),
    ("revolving-with-losses", TERM, {**REVOLVING, BANK_SENIORITY: 0, "/risk": {}, TERM: {"term": "cvar"}}),
    ("revolving-with-losses", TERM, {**REVOLVING, BANK_SENIORITY: 0, "/risk": {}, TERM: {"term": "expected_loss"}}),
    ("repaid-in-full", "/fund/tiers/bank/revolving", REVOLVING),
    ("exposed-at-once", "/fund/tiers/bank/revolving", {**REVOLVING, BANK_SENIORITY: 0, "/risk": {}}),
    ("repaid-too-late", "/fund/tiers/bank/revolving", REVOLVING),
    ("key-not-for-instrument", f"{EU}/revolving", {f"{EU}/revolving": {"years": 1}}),
    ("below-least", "/fund/tiers/bank/revolving/years", {"/fund/tiers/bank/revolving": {"years": 0}}),
    # the score
    ("score-without-weights", "/score", {"/score": {}}),
    ("score-weights-twice", ELICITED, {"/score": {"weights": {"mw": 1}, "elicitation": SWING}}),
    ("key-not-for-method", f"{ELICITED}/judgements", {"/score": {"elicitation": {**SWING, "judgements": [JUDGED]}}}),
    ("method-needs-key", ELICITED, {"/score": {"elicitation": {"method": "pairwise"}}}),
    ("swing-without-points", f"{ELICITED}/points", {"/score": {"elicitation": {"method": "swing", "points": {"mw": 0}}}}),
    ("pair-twice", f"{ELICITED}/judgements/1", {"/score": {"elicitation": {"method": "pairwise", "judgements": [JUDGED, JUDGED]}}}),
    ("pair-twice", f"{ELICITED}/judgements/0", {"/score": {"elicitation": {"method": "pairwise", "judgements": [{**JUDGED, "over": "mw"}]}}}),
    ("pair-missing", f"{ELICITED}/judgements", {"/score": {"elicitation": {"method": "pairwise", "judgements": [JUDGED, {**JUDGED, "over": "pue"}]}}}),
    ("too-many-compared", f"{ELICITED}/judgements", {"/score": {"elicitation": {"method": "pairwise", "judgements": [{"attribute": f"x{m}", "over": f"x{n}", "times": 1} for n in range(16) for m in range(n)]}}, f"{A}/attributes": {"pue": 1.1, "mw": 10, "chips": 5, **{f"x{n}": n + 1 for n in range(16)}}}),
    ("judgements-inconsistent", f"{ELICITED}/judgements", {"/score": {"elicitation": {"method": "pairwise", "judgements": [JUDGED, {"attribute": "chips", "over": "pue", "times": 9}, {"attribute": "pue", "over": "mw", "times": 9}]}}}),
    ("range-without-weight", f"{ELICITED}/ranges/chips", {"/score": {"elicitation": {**SWING, "ranges": {"chips": {"worst": 0, "best": 1}}}}}),
    ("range-empty", f"{ELICITED}/ranges/mw", {"/score": {"elicitation": {**SWING, "ranges": {"mw": {"worst": 1, "best": 1}}}}}),
    ("range-empty", ELICITED, {"/score": {"elicitation": SWING}, "/candidates/b/attributes/mw": 10}),
    ("unknown-attribute", f"{ELICITED}/points", {"/score": {"elicitation": {"method": "swing", "points": {"votes": 1}}}}),
    ("unknown-attribute", f"{ELICITED}/judgements/0", {"/score": {"elicitation": {"method": "pairwise", "judgements": [{**JUDGED, "over": "votes"}]}}}),
    # warnings and notes
    ("unfinanceable", f"{A}/phases/p1", {f"{EU}/max_share_of_cost": 0.1, "/fund/tiers/bank/max_share_of_cost": 0.05, f"{A}/private_pledge": 5}),
    ("unfinanceable-together", A, {f"{EU}/max_share_of_cost": 0.1, "/fund/tiers/bank/max_share_of_cost": 0.1, f"{A}/private_pledge": 50}),
    ("unfinanceable", P2, {**DECIDED, f"{EU}/max_share_of_cost": 0.1, "/fund/tiers/bank/max_share_of_cost": 0.05, f"{A}/private_pledge": 5}),
    ("never-late-enough", f"{P2}/after_years", {f"{P2}/after_years": 2}),
    ("never-late-enough", f"{P2}/after_years", {**DECIDED, f"{P2}/after_years": 4}),
    ("sizes-apart", f"{P2}/cost_since_start/0", {**DECIDED, f"{P2}/cost_since_start": {"0": 1e-6}}),
    ("finer-than-a-euro", f"{P2}/cost_since_start", {**DECIDED, f"{P2}/cost_since_start": {"0": 0.1234567}}),
    ("free-private", f"{A}/private_pledge", {f"{A}/private_pledge": "unlimited"}),
    ("concentration-too-tight", f"{EU}/concentration", {f"{EU}/concentration": {"at_most": 0.4}}),
    ("share-met-by-zero", "/constraints/g", {"/constraints/g/at_least_share": 0.2}),
    ("ceiling-beyond-size", f"{EU}/ceilings/0", {f"{EU}/ceilings": [{"from": 2026, "to": 2027, "at_most": 500}]}),
    ("ceilings-below-size", f"{EU}/annual_ceiling", {f"{EU}/annual_ceiling": {"2027": 50}}),
    ("below-floor-excluded", A, {"/constraints/f/at_least": 15}),
    ("below-floor", A, {"/constraints/f/at_least": 15, "/constraints/f/effect": "finding"}),
    ("tier-for-nobody", f"{EU}/eligible", {f"{EU}/eligible": {"countries": ["DE"]}}),
    ("rule-on-nobody", "/constraints/g/of", {"/constraints/g/of": {"countries": ["DE"]}}),
    ("requires-cycle", "/constraints", {"/constraints/e": {"id": "e", "kind": "requires", "candidate": "a", "needs": ["b"]}}),
    ("sizes-apart", "/candidates/b/cost/2027", {"/candidates/b/cost/2027": 1e-6}),
    ("finer-than-a-euro", "/candidates/b/cost", {"/candidates/b/cost/2027": 0.1234567}),
    ("seniority-without-losses", "/fund/tiers/bank/seniority", {"/fund/tiers/bank/seniority": 0}),
    ("return-without-term", "/fund/tiers/bank/return_if_success", {"/fund/tiers/bank/return_if_success": 0.05}),
    ("score-for-ranking", "/score", {"/score": {"weights": {"chips": 1}}}),
    ("weight-without-sum", f"{TERM}/weight", {"/objective/mode": "lexicographic", f"{TERM}/weight": 2}),
    ("named-twice-in-order", "/fund/tier_order", {"/fund/tier_order": ["eu", "eu"]}),
    ("confidential-nowhere", "/confidential/0", {"/confidential": ["/candidates/nobody/cost"]}),
    ("confidential-nowhere", "/confidential/1", {"/confidential": ["/candidates/*/private_pledge", "/candidates/*/pledge"]}),
    ("confidential-whole", "/confidential/0", {"/confidential": ["/"]}),
    ("confidential-whole", "/confidential/0", {"/confidential": ["/*"]}),
    ("pointer-leads-nowhere", "/confidential/0", {"/confidential": ["candidates"]}),
    ("left-out", "/left_out", {"/left_out": ["/candidates/a/private_pledge"]}),
    ("set-aside", "/variants", {"/variants": [{"id": "v", "patch": {}}]}),
    ("set-aside", "/decisions", {"/decisions": {"now": ["a/p1"]}}),
    ("set-aside", "/uncertain", {"/uncertain": [{"pointer": f"{EU}/size", "low": 1, "high": 200}]}),
    ("variant-without-probability", "/variants/w", {"/variants": [{"id": "v", "probability": 1, "patch": {}}, {"id": "w", "patch": {}}]}),
    ("probabilities-sum", "/variants", {"/variants": [{"id": "v", "probability": 0.5, "patch": {}}, {"id": "w", "probability": 0.4, "patch": {}}]}),
    ("below-least", f"/variants/v/patch{EU}/size", {"/variants": [{"id": "v", "patch": {"fund": {"tiers": {"eu": {"size": -1}}}}}]}),
    ("patch-leads-nowhere", "/variants/v/patch", {"/variants": [{"id": "v", "patch": {"fund": {"tiers": {"us": {"size": 1}}}}}]}),
    ("unknown-decision", "/decisions/now/0", {"/decisions": {"now": ["a/p9"]}}),
    ("named-twice", "/decisions/now/1", {"/decisions": {"now": ["a/p1", "a/p1"]}}),
    ("pointer-leads-nowhere", "/uncertain/0/pointer", {"/uncertain": [{"pointer": "/fund/tiers/us/size", "low": 1, "high": 2}]}),
    ("uncertain-twice", "/uncertain/1/pointer", {"/uncertain": [{"pointer": f"{EU}/size", "low": 1, "high": 200}] * 2}),
    ("uncertain-without-range", "/uncertain/0", {"/uncertain": [{"pointer": f"{EU}/size", "low": 1}]}),
    ("bounds-crossed", "/uncertain/0", {"/uncertain": [{"pointer": f"{EU}/size", "low": 2, "high": 1}]}),
    ("uncertain-not-an-input", "/uncertain/0/pointer", {"/uncertain": [{"pointer": "/solver/time_limit_s", "low": 1, "high": 200}]}),
    ("uncertain-not-a-number", "/uncertain/0/pointer", {"/uncertain": [{"pointer": f"{EU}/instrument", "low": 1, "high": 200}]}),
    ("uncertain-outside", "/uncertain/0", {"/uncertain": [{"pointer": f"{EU}/size", "low": 1, "high": 20, "distribution": "triangular"}]}),
    ("uncertain-outside", "/uncertain/0", {"/uncertain": [{"pointer": f"{EU}/size", "low": 1, "high": 20}]}),
    ("pointer-leads-nowhere", "/fund/tiers/us/size", {}),
]  # fmt: skip


def _changed(changes: dict[str, object]) -> dict[str, object]:
    document = copy.deepcopy(SOUND)
    for pointer, value in changes.items():
        if pointer == "/":
            return copy.deepcopy(value)  # type: ignore[return-value]
        set_value(document, pointer, value)
    return document


def test_the_sound_scenario_has_no_findings():
    assert load_document(SOUND).findings == ()


@pytest.mark.parametrize(("code", "pointer", "changes"), CASES, ids=[f"{c}:{n}" for n, (c, _, _) in enumerate(CASES)])
def test_finding(code, pointer, changes):
    settings = {pointer: 1} if not changes else {}
    loaded = load_document(_changed(changes), settings)
    found = {(f.code, f.pointer): f for f in loaded.findings}
    assert (code, pointer) in found, [(f.code, f.pointer) for f in loaded.findings]
    finding = found[code, pointer]
    assert "{" not in finding.message() and finding.cure()
    assert (loaded.scenario is None) == any(f.severity == "error" for f in loaded.findings)


READING = {
    "not-json": b'{"name": "cut of',
    "not-utf8": b"\xff\xfe{",
    "not-an-object": b"[1, 2]",
    "answer-not-scenario": b'{"schema_version": "1", "termination": "optimal", "provenance": {}}',
    "key-twice": b'{"name": 1, "name": 2}',
    "too-deep": b'{"a":' * 100 + b"1" + b"}" * 100,
}


@pytest.mark.parametrize("code", READING)
def test_reading(code):
    assert code in {f.code for f in load_bytes(READING[code]).findings}


def test_an_answer_sent_as_a_scenario_gives_one_finding():
    assert [f.code for f in load_bytes(READING["answer-not-scenario"]).findings] == ["answer-not-scenario"]


FILES = {
    "cannot-read": ("missing.json", None),
    "not-yaml": ("bad.yaml", b"a: [1, 2"),
    "yaml-alias": ("alias.yaml", b"a: &x [1]\nb: *x\n"),
    "format-not-read": ("book.ods", b"PK"),
    "not-xlsx": ("book.xlsx", b"PK"),
    "too-deep": ("deep.yaml", b"[" * 5000),
}


@pytest.mark.parametrize("code", FILES)
def test_reading_files(code, tmp_path):
    name, content = FILES[code]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert [f.code for f in load_file(tmp_path / name).findings] == [code]


def test_a_file_larger_than_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("optimiser.scenario.read.GREATEST_FILE", 10)
    (tmp_path / "large.json").write_bytes(json.dumps(SOUND).encode())
    assert [f.code for f in load_file(tmp_path / "large.json").findings] == ["file-too-large"]


@pytest.mark.parametrize(
    "changes",
    [
        DECIDED,
        {**DECIDED, f"{P2}/after_years": 3},
        {**DECIDED, f"{P2}/committed": {"eu": {"2029": 30}, "bank": {"2029": 10}}},
        {f"{P2}/after_years": 1},
        {**DECIDED, f"{P2}/cost_since_start": {"0": 0, "1": 40}, f"{P2}/start/latest": 2029},
    ],
)
def test_a_sound_window_has_no_findings(changes):
    assert load_document(_changed(changes)).findings == ()


PLANS = {
    "plan-not-an-object": [],
    "plan-unknown": {"money": [{"tier": "us", "candidate": "a", "phase": "p1", "year": 2027, "amount": 1}]},
    "plan-no-cost": {"money": [{"tier": "eu", "candidate": "a", "phase": "p1", "year": 2028, "amount": 1}]},
    "plan-cell-twice": {"money": [{"tier": "eu", "candidate": "a", "phase": "p1", "year": 2027, "amount": 1}] * 2},
    "plan-negative": {"money": [{"tier": "eu", "candidate": "a", "phase": "p1", "year": 2027, "amount": -1}]},
    "plan-fraction": {"money": [], "candidates": [{"id": "a", "phases": {"p1": 1.5}}]},
    "wrong-type": {"money": 5},
    "plan-start-fixed": {"money": [], "candidates": [{"id": "a", "phases": {"p1": 1}, "starts": {"p1": 2027}}]},
}

PLANS_OF_WINDOWS = {
    "plan-start-unknown": {"money": [], "candidates": [{"id": "a", "phases": {"p1": 1, "p2": 1}}]},
    "plan-start-none": {
        "money": [{"tier": "eu", "candidate": "a", "phase": "p2", "year": t, "amount": 1} for t in (2028, 2029)]
    },
}


@pytest.mark.parametrize("code", PLANS)
def test_plans(code):
    with pytest.raises(PlanError) as error:
        evaluate(SOUND, PLANS[code])
    assert code in {f.code for f in error.value.findings}


@pytest.mark.parametrize("code", PLANS_OF_WINDOWS)
def test_plans_of_windows(code):
    with pytest.raises(PlanError) as error:
        evaluate(_changed(DECIDED), PLANS_OF_WINDOWS[code])
    assert [f.code for f in error.value.findings] == [code]
    assert "{" not in error.value.findings[0].message() and error.value.findings[0].cure()


ELSEWHERE = {
    "answer-changed",
    "answer-of-another",
    "no-answers",
    "not-an-answer",
    "keep-unproven",
    "two-questions",
    "infeasible",
    "unbounded-objective",
    "tie-break-unfinished",
    "polish-failed",
    "certificate-fails",
    "level-loses-more",
    "calls-beyond-provision",
    "worst-calls-beyond-provision",
    "level-empty",
    "level-may-be-empty",
    "time-limit",
    "time-limit-no-plan",
    "solver-failed",
    "soft-at-least-broken",
    "soft-at-most-broken",
    "soft-rule-broken-often",
    "time-limit-capped",
    "threads-fixed",
    "unknown-key-of-sweep",
    "sweep-form",
    "sweep-base",
    "sweep-values",
    "sweep-variant",
    "sweep-too-large",
    "sweep-in-lines",
    "item-failed",
    "worker-died",
    "search-stopped",
    "batch-form",
    "batch-too-large",
    "request-not-an-object",
    "unknown-key-of-request",
    "frontier-needs-terms",
    "frontier-first-two",
    "frontier-not-two",
    "frontier-same-term",
    "frontier-not-whole",
    "frontier-open",
    "not-in-range",
    "not-whole-in-range",
    "uncertain-impossible",
    "robustness-nothing",
    "weights-nothing",
    "weights-one-term",
    "budget-needs-range",
    "study-open",
    "two-stage-needs-variants",
    "two-stage-needs-decisions",
    "decision-not-in-variant",
    "mean-undefined",
    "soft-broken-further",
    "variant-infeasible",
    # tests/strategies
    "unknown-strategy",
    "unknown-parameter",
    "bad-parameter",
    "strategies-not-a-list",
    "strategy-needs-score",
    "strategy-needs-risk",
    "strategy-needs-public-loss",
    "strategy-needs-variants",
    "strategy-gives-up",
    "key-without-countries",
    "key-lacks-country",
    "key-sums-to-nothing",
    "key-of-unlimited",
    "key-envelopes",
    "key-envelopes-raised",
    "quota-missed",
    "pro-rata-share",
    "risk-averse-weight",
    "max-min-nothing",
    "robust-world-without-plan",
    "robust-no-common-choice",
    "robust-regret",
    "result-unreadable",
    "sweep-not-a-table",
    "no-decision-log",
    "decision-changed",
    "decisions-of-others",
    "workbook-needs-library",
    "workbook-unpacked",
    "workbook-packed",
    "workbook-cells",
    "workbook-sheet",
    "workbook-sheet-twice",
    "workbook-column",
    "workbook-column-twice",
    "workbook-no-header",
    "workbook-key",
    "workbook-keys",
    "workbook-no-such-row",
    "workbook-no-value",
    "workbook-twice",
    "workbook-merged",
    "workbook-formula",
    "workbook-error",
    "workbook-date",
    "workbook-number",
    "workbook-json",
    "workbook-too-long",
    "more-findings",
}
"""Findings of solving, of batches, of reports, of the service and of workbooks, provoked by their own tests."""


def test_every_finding_of_the_catalogue_is_provoked():
    codes = {key.removeprefix("finding.") for key in catalogue() if key.startswith("finding.")}
    provoked = {code for code, _, _ in CASES} | READING.keys() | FILES.keys() | {"file-too-large"}
    provoked |= PLANS.keys() | PLANS_OF_WINDOWS.keys()
    assert codes - ELSEWHERE - provoked == set()
    assert provoked - codes == set()


def test_findings_come_all_at_once():
    document = _changed(
        {
            f"{EU}/sise": 5,
            f"{A}/private_pledge": "x",
            "/constraints/r/needs": ["nobody"],
        }
    )
    codes = {f.code for f in load_document(document).findings}
    assert {"unknown-key", "wrong-type", "unknown-candidate"} <= codes


def test_yaml_is_read_like_json(tmp_path):
    (tmp_path / "s.json").write_text(json.dumps(SOUND))
    (tmp_path / "s.yaml").write_text(
        json.dumps(SOUND).replace('"2027": 60', "2027: 60")  # JSON is YAML; years may stand without quotes
    )
    assert load_file(tmp_path / "s.yaml").expect() == load_file(tmp_path / "s.json").expect()


@pytest.mark.parametrize("year", ["0830", "0000", "10000", "२०२७"])
def test_a_year_without_four_digits_is_a_finding_where_the_candidate_has_no_phases_too(year):
    # "0830" was taken for 830 here, and refused with a traceback where the one phase is made from it.
    document = {
        "fund": {"tiers": [{"id": "t", "instrument": "grant", "size": 1}]},
        "candidates": [{"id": "a", "cost": {year: 1}}],
        "objective": {"terms": [{"term": "public_money"}]},
    }
    found = load_document(document).findings
    assert [(f.code, f.pointer) for f in found] == [("bad-year", f"/candidates/a/cost/{year}")]
