"""What is shared lacks every confidential figure, wherever it stands, and is not solved as if it did not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from optimiser import load_bytes, load_document
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.confidential import shared
from optimiser.scenario.workbook.reading import read_workbook
from optimiser.scenario.workbook.writing import document_workbook

SECRET = 4711.25

DOCUMENT: dict[str, Any] = {
    "name": "bids",
    "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 100}]},
    "candidates": [
        {"id": "a", "country": "PT", "cost": {"2027": 60}, "private_pledge": SECRET, "attributes": {"x": 1}},
        {"id": "b", "country": "ES", "cost": {"2027": 60}, "private_pledge": SECRET, "assumptions": ["one", "two"]},
    ],
    "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
}


def marked(*pointers: str, **more: Any) -> dict[str, Any]:
    """The scenario with confidential places."""
    return copy.deepcopy({**DOCUMENT, "confidential": list(pointers), **more})


def codes(document: Any) -> set[str]:
    """Codes of errors."""
    return {f.code for f in load_document(document).findings if f.severity == "error"}


def test_every_member_is_meant_by_a_star() -> None:
    document = marked("/candidates/*/private_pledge")
    assert load_document(document).scenario is not None
    copied = shared(document)
    assert str(SECRET) not in json.dumps(copied)
    assert copied["left_out"] == ["/candidates/a/private_pledge", "/candidates/b/private_pledge"]
    assert "confidential" not in copied and document["candidates"][0]["private_pledge"] == SECRET
    assert codes(copied) == {"left-out"}


def test_an_optional_figure_that_is_left_out_is_not_taken_for_its_default() -> None:
    # Without the pledge the site would pay all of its cost: another answer, found without a word.
    loaded = load_document(shared(marked("/candidates/a/private_pledge")))
    assert loaded.scenario is None
    assert "/candidates/a/private_pledge" in loaded.findings[0].message()


def test_a_required_figure_says_that_it_was_left_out_too() -> None:
    assert codes(shared(marked("/candidates/a/country", "/fund/tiers/eu/size"))) >= {"left-out", "missing-key"}


def test_a_size_of_one_number_is_the_bound_it_states() -> None:
    document = marked("/fund/tiers/eu/size/at_most")
    assert load_document(document).scenario is not None
    copied = shared(document)
    assert copied["left_out"] == ["/fund/tiers/eu/size"] and "size" not in copied["fund"]["tiers"][0]


def test_members_of_lists_are_left_out_whole() -> None:
    copied = shared(marked("/candidates/b/assumptions/0", "/candidates/a"))
    assert [c["id"] for c in copied["candidates"]] == ["b"]
    assert copied["candidates"][0]["assumptions"] == ["two"]
    assert copied["left_out"] == ["/candidates/a", "/candidates/b/assumptions/0"]


@pytest.mark.parametrize(
    "more",
    [
        {"variants": [{"id": "v", "patch": {"/candidates/a/private_pledge": SECRET}}]},
        {"uncertain": [{"pointer": "/candidates/a/private_pledge", "low": SECRET, "high": SECRET}]},
    ],
)
def test_figures_stated_a_second_time_are_left_out_with_them(more: dict[str, Any]) -> None:
    document = marked("/candidates/*/private_pledge", **more)
    assert load_document(document).scenario is not None
    assert str(SECRET) not in json.dumps(shared(document))
    stress = {"stresses": [{"id": "s", "patch": {"/candidates/a/private_pledge": SECRET}}]}
    copied = shared(marked("/candidates/*/private_pledge", risk=stress))
    assert str(SECRET) not in json.dumps(copied) and "/risk/stresses/s/patch" in copied["left_out"]


def test_what_has_nothing_confidential_is_shared_whole() -> None:
    assert shared(DOCUMENT) == DOCUMENT
    assert shared(marked()) == DOCUMENT


def test_marks_change_no_answer_and_no_hash() -> None:
    plain, secret = (load_document(d).expect() for d in (DOCUMENT, marked("/candidates/*/private_pledge")))
    assert scenario_sha256(plain) == scenario_sha256(secret)


def test_a_shared_workbook_lacks_them_too_and_is_refused() -> None:
    book = read_workbook(document_workbook(shared(marked("/candidates/*/private_pledge"))))
    assert str(SECRET) not in json.dumps(book.document)
    assert "left-out" in {f.code for f in load_document(book.document).findings}
    own = read_workbook(document_workbook(marked("/candidates/*/private_pledge")))
    assert (
        load_document(own.document).expect()
        == load_bytes(json.dumps(marked("/candidates/*/private_pledge")).encode()).expect()
    )
