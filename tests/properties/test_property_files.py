"""What must hold of reading and writing: load ∘ dump is the identity, and no bytes bring the loader down."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st
from property_cases import PROPERTY, any_documents

from optimiser import Loaded, load_bytes, load_document


@PROPERTY
@given(any_documents())
def test_load_after_dump_is_the_identity(document):
    scenario = load_document(document).expect()
    dumped = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert load_document(dumped).expect() == scenario
    # Also by way of bytes, and without defaults.
    assert load_bytes(json.dumps(dumped, allow_nan=False).encode()).expect() == scenario
    short = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert load_document(short).expect() == scenario


def is_answer(loaded: Loaded) -> bool:
    """A scenario without an error, or errors without a scenario."""
    errors = [finding for finding in loaded.findings if finding.severity == "error"]
    return (loaded.scenario is None) == bool(errors)


@PROPERTY
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf{}")
@example(b"null")
@example(b"[" * 5000)
@example(b'{"a": 1e999, "a": NaN}')
def test_any_bytes_give_findings_or_a_scenario(content):
    assert is_answer(load_bytes(content))


CHARACTERS = st.characters(exclude_categories=["Cs"])
"""All that UTF-8 can hold."""

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(CHARACTERS, max_size=8)
    | st.sampled_from(["unlimited", "2027"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=8), inner, max_size=3),
    max_leaves=8,
)


@PROPERTY
@given(JSON)
def test_any_json_gives_findings_or_a_scenario(document):
    assert is_answer(load_document(document))
    assert is_answer(load_bytes(json.dumps(document).encode()))


@PROPERTY
@given(any_documents(), JSON, st.data())
def test_a_scenario_with_any_value_put_in_gives_findings_or_a_scenario(document, junk, data):
    """Something else in the place of one value, at any depth."""
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = keys[data.draw(st.integers(0, len(keys) - 1))]
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = junk
    assert is_answer(load_document(document))


@PROPERTY
@given(any_documents(), st.data())
def test_a_scenario_with_any_bytes_changed_gives_findings_or_a_scenario(document, data):
    content = bytearray(json.dumps(document).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert is_answer(load_bytes(bytes(content)))
