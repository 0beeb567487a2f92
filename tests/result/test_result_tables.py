"""The result as JSON and as tables: names, types, and what is left when there is nothing."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype
from result_cases import loan, phase, scenario, site, tier

from optimiser import allocate

TABLES = {
    "candidates": ["id", "name", "country", "funded", "union", "bank", "private_money", "reason"],
    "money": ["tier", "candidate", "phase", "year", "amount"],
    "private_money": ["candidate", "phase", "year", "amount"],
    "unspent": ["tier", "amount", "kept_by", "proven"],
    "binding": ["label", "rule", "at", "bound", "shadow_price", "integers_fixed", "from", "to", "holds"],
    "certificate": ["label", "rule", "at", "violation", "allowance", "unit", "checked", "soft", "stated"],
    "soft": ["rule", "label", "priority", "at", "bound", "asked", "reached", "violation", "scaled", "unit"],
}

SOME = scenario(
    [
        {**site("a", {"2027": 60, "2028": 40}, 2, 20, country="PT", divisible=True), "name": "Alpha"},
        site("b", value=None, pledge=50, divisible=True, phases=[phase("p1", attributes={"value": 1}), phase("p2")]),
    ],
    [tier(size=70), loan(size=30)],
    [{"id": "places", "kind": "count", "at_most": 5, "soft": {"priority": 1}}],
)

NONE = scenario([site("a", locked="in")], [tier(size=50)])


@pytest.fixture(scope="module")
def some():
    return allocate(SOME)


@pytest.fixture(scope="module")
def none():
    return allocate(NONE)


@pytest.mark.parametrize("table", TABLES)
def test_columns(some, table):
    frame = some.frame(table)
    assert list(frame.columns) == TABLES[table]
    assert len(frame) > 0


@pytest.mark.parametrize("table", TABLES)
def test_columns_of_an_empty_result(none, table):
    frame = none.frame(table)
    tiers = {"union", "bank"} if table == "candidates" else set()
    assert list(frame.columns) == [name for name in TABLES[table] if name not in tiers]
    assert len(frame) == 0


@pytest.mark.parametrize("table, column", [("money", "amount"), ("private_money", "amount"), ("unspent", "amount")])
def test_amounts_are_numbers(some, table, column):
    assert is_float_dtype(some.frame(table)[column])


def test_types(some):
    assert all(is_integer_dtype(some.frame(table)["year"]) for table in ("money", "private_money"))
    assert is_bool_dtype(some.frame("unspent")["proven"])
    assert is_integer_dtype(some.frame("certificate")["checked"])
    candidates = some.frame("candidates")
    assert all(is_float_dtype(candidates[name]) for name in ("funded", "union", "bank", "private_money"))
    assert is_float_dtype(some.frame("binding")["shadow_price"])


def test_rows(some):
    # a takes 20 of its own and 80; b gets the 20 left, and 50 of its own.
    money = some.frame("money")
    assert money["amount"].sum() == 100
    candidates = some.frame("candidates").set_index("id")
    assert candidates.loc["a", "name"] == "Alpha" and candidates.loc["b", "country"] == "-"
    assert candidates[["union", "bank"]].sum().to_dict() == {"union": 70, "bank": 30}
    assert candidates["private_money"].to_dict() == {"a": 20, "b": 50}
    assert candidates["reason"].to_dict() == {"a": "funded", "b": "funded-in-part"}
    assert candidates["funded"].to_dict() == {"a": 1, "b": 0.7}


def test_an_unlimited_tier_has_no_amount():
    result = allocate(scenario([site("a")], [tier(size=150), loan(max_share_of_cost=0.5)]))
    frame = result.frame("unspent").set_index("tier")
    assert frame.loc["union", "amount"] == 100
    assert pd.isna(frame.loc["bank", "amount"])


def test_there_is_no_other_table(some):
    with pytest.raises(KeyError, match="there are: money, candidates"):
        some.frame("indicators")


KEYS = [
    *("schema_version", "scenario", "strategy", "termination", "has_allocation", "has_duals", "objective"),
    *("candidates", "money", "private_money", "indicators", "soft", "unspent", "binding", "certificate", "findings"),
    "provenance",
]

PARTS = {
    # what a part has at least: the names the format promises
    "scenario": {"name", "sha256"},
    "objective": {"value", "bound", "gap", "terms"},
    "objective.terms": {"term", "attribute", "weight", "value"},
    "candidates": {"id", "funded", "phases", "money", "private_money", "reason"},
    "candidates.reason": {"code", "text"},
    "money": {"tier", "candidate", "phase", "year", "amount"},
    "private_money": {"candidate", "phase", "year", "amount"},
    "indicators": {
        *("sites", "public_money", "private_money", "private_per_public", "multiplier", "by_country", "by_tier"),
    },
    "unspent": {"tier", "amount", "kept_by"},
    "binding": {"label", "rule", "shadow_price", "from", "to"},
    "certificate": {"holds", "largest_violation", "rules"},
    "certificate.rules": {"label", "rule", "violation", "allowance"},
    "provenance": {"versions", "seed", "solver", "seconds", "solver_seconds"},
}


def parts(document, path):
    """Every object found at a dotted path, lists gone through."""
    found = [document]
    for key in path.split("."):
        found = [part[key] for part in found]
        found = [part for one in found for part in (one if isinstance(one, list) else [one])]
    return found


def test_json_has_the_names_of_the_format(some):
    document = json.loads(some.to_json())
    assert [key for key in document if key in KEYS] == KEYS
    for path, names in PARTS.items():
        found = parts(document, path)
        assert found
        for part in found:
            assert part.keys() >= names
    assert all("from_" not in binding for binding in document["binding"])
    assert document["scenario"]["sha256"] == some.scenario.sha256


def test_dict_and_json_say_the_same(some):
    assert list(some.as_dict()) == list(json.loads(some.to_json()))


def test_json_of_no_allocation(none):
    document = json.loads(none.to_json())
    assert [key for key in document if key in KEYS] == KEYS
    assert (document["termination"], document["has_allocation"], document["has_duals"]) == ("infeasible", False, False)
    assert document["indicators"] is document["certificate"] is document["objective"]["value"] is None
    for name in ("candidates", "money", "private_money", "unspent", "binding"):
        assert document[name] == []


def test_json_has_no_numbers_that_json_lacks():
    # Unlimited amounts, prices and ranges without end: all are null or words.
    text = allocate(scenario([site("a", pledge="unlimited", divisible=True)], [tier(), loan()])).to_json().decode()
    assert "NaN" not in text and "Infinity" not in text
