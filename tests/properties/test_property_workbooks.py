"""A workbook loses nothing: any document of the shape of the schema comes back as it was, whatever its texts hold."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from property_cases import PROPERTY, documents

from optimiser import load_document
from optimiser.scenario.load import document_of
from optimiser.scenario.schema import scenario_schema
from optimiser.scenario.workbook.reading import read_workbook
from optimiser.scenario.workbook.writing import document_workbook, scenario_workbook

Node = dict[str, Any]

NASTY = [
    "=1+1",
    "-1",
    "@a",
    "+a",
    '"',
    '"a"',
    " a ",
    "",
    "null",
    "true",
    "1",
    "1,5",
    "[1",
    "{",
    "a, b",
    "a\nb",
    "\r\n",
    "\t",
]
NASTY += [
    "_x0041_",
    "x005F_",
    "\x00\x1f",
    "\ud800",
    "\ufffe",
    "#",
    "é\u00a0",
    "\u2028",
    "unlimited",
    "=cmd|' /c calc'!A1",
]

SCHEMA = scenario_schema()


def forms(node: Node) -> list[Node]:
    several = node.get("anyOf") or node.get("oneOf")
    if "$ref" in node:
        return forms(SCHEMA["$defs"][node["$ref"].rsplit("/", 1)[1]])
    if several:
        return [form for option in several for form in forms(option)]
    return [] if node.get("type") == "null" else [node]


def members(form: Node) -> Node:
    """The schema of an object's values, where its keys are the user's own."""
    patterns = list(form.get("patternProperties", {}).values())
    return patterns[0] if patterns else form.get("additionalProperties", True)


def keys_of(form: Node) -> list[str]:
    """Keys an object of the user's own words may have."""
    if form.get("patternProperties"):
        return ["PT", "ES"]
    pattern = form.get("propertyNames", {}).get("pattern", "")
    return ["2027", "2028"] if "{4}" in pattern else ["0", "12"] if pattern else [t for t in NASTY if t] + ["a", "b"]


def round_trip(document: Node) -> Node:
    book = read_workbook(document_workbook(document))
    assert book.findings == []
    assert book.document is not None
    return book.document


CHARACTERS = st.characters(exclude_categories=["Cs"])
"""All that UTF-8 can hold; named by category, as a codec's table is worked out at a cost and kept between runs."""

TEXTS = st.one_of(st.sampled_from(NASTY), st.text(CHARACTERS, max_size=5))
NUMBERS = st.one_of(
    st.integers(-10, 10),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((0.1 + 0.2, 1 / 3, 1e308, 5e-324, 2**60 + 1, 1e16, 100.0)),
)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


def of_form(form: Node) -> st.SearchStrategy[Any]:
    """Any value of a form."""
    kind = form.get("type")
    if "properties" in form:
        named = form["properties"]
        values = {key: st.deferred(lambda node=node: of_node(node)) for key, node in named.items()}
        needed = {key: values.pop(key) for key in ("id", "kind") if key in values}
        return st.fixed_dictionaries(needed, optional=values)
    if kind == "object" and isinstance(members(form), dict):
        return st.dictionaries(st.sampled_from(keys_of(form)), of_node(members(form)), max_size=2)
    if kind == "object":
        return st.dictionaries(TEXTS, ANY, max_size=2)
    if kind == "array":
        return st.lists(of_node(form["items"]), max_size=2).map(named_apart)
    if "const" in form or "enum" in form:
        return st.sampled_from(form.get("enum") or [form["const"]])
    return {"number": NUMBERS, "integer": NUMBERS, "boolean": st.booleans(), "string": TEXTS}[kind]


def named_apart(items: list[Any]) -> list[Any]:
    """With ids that differ and are not empty, as the format asks."""
    return [{**x, "id": f"{n}{x['id']}"} if isinstance(x, dict) and "id" in x else x for n, x in enumerate(items)]


@cache
def _of_node(key: str) -> st.SearchStrategy[Any]:
    return st.one_of([of_form(form) for form in forms(_NODES[key])])


_NODES: dict[str, Node] = {}


def of_node(node: Node) -> st.SearchStrategy[Any]:
    _NODES[repr(node)] = node
    return _of_node(repr(node))


@settings(PROPERTY, max_examples=25)
@given(of_node({**SCHEMA}))
def test_any_document_of_the_schema_comes_back(document):
    document.setdefault("objective", {"mode": "weighted"})
    assert round_trip(document) == document


@settings(PROPERTY, max_examples=10)
@given(documents())
def test_a_scenario_comes_back(document):
    scenario = load_document(document).expect()
    book = read_workbook(scenario_workbook(scenario))
    again = load_document(book.document).expect()
    assert again == scenario
    assert document_of(again) == document_of(scenario)


def every(node: Node, number: int) -> Any:
    """A value with every key there is; of several forms the one of this number."""
    options = forms(node)
    form = options[number % len(options)]
    kind = form.get("type")
    if "properties" in form:
        return {key: every(value, number) for key, value in form["properties"].items()}
    if kind == "object":
        inner = members(form)
        return {key: every(inner, number) if isinstance(inner, dict) else {"k": 1} for key in keys_of(form)[:2]}
    if kind == "array":
        several = forms(form["items"])
        return named_apart([every(item, number) for item in (several if len(several) > 1 else several * 2)])
    if "const" in form or "enum" in form:
        return (form.get("enum") or [form["const"]])[0]
    return {"number": 0.5, "integer": 3, "boolean": True, "string": "text"}[kind]


def test_every_key_of_the_schema_is_carried():
    """A key added to the schema that a workbook would lose fails here."""
    most = max(
        len(forms(node)) for part in [SCHEMA, *SCHEMA["$defs"].values()] for node in part.get("properties", {}).values()
    )
    for number in range(most):
        document = every(SCHEMA, number)
        assert round_trip(document) == document


def test_numbers_keep_every_digit():
    document = {"discount_rate": math.nextafter(0.1, 1), "solver": {"time_limit_s": 2**53 + 1}, "fund": {}, "name": "x"}
    assert round_trip({**document, "fund": {"least_private_share": 1 / 3}})["discount_rate"] == math.nextafter(0.1, 1)
