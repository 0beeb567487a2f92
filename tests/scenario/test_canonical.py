"""The quick way to canonical JSON writes what RFC 8785 asks for."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import rfc8785

from optimiser.library import library_files
from optimiser.scenario.canonical import Canonical, canonical_of
from optimiser.scenario.load import load_document, load_file


def with_value(value: float, attribute: str = "x") -> Canonical:
    document: dict[str, Any] = {
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": "unlimited"}]},
        "candidates": [{"id": "a\u00e9", "cost": {"2027": 10}, "attributes": {attribute: value}}],
        "objective": {"terms": [{"term": "attribute", "attribute": attribute}]},
    }
    return canonical_of(load_document(document).expect())


@pytest.mark.parametrize("name", sorted(library_files()))
def test_of_the_library(name: str) -> None:
    canonical = canonical_of(load_file(library_files()[name]).expect())
    assert canonical.as_bytes() == rfc8785.dumps(canonical.document)


@pytest.mark.parametrize("value", [0.1, 1e-4, 12345.678901, 100.0, 1e-5, 1e-7, 1e12])
def test_of_numbers_of_every_size(value: float) -> None:
    canonical = with_value(value)
    assert canonical.as_bytes() == rfc8785.dumps(canonical.document)


def test_keys_beyond_ascii_go_the_long_way() -> None:
    # RFC 8785 sorts by UTF-16: U+1F600 (a surrogate pair from D83D on) stands before U+FB33, in UTF-8 after it.
    canonical = with_value(1.0, "\ufb33")
    assert not canonical.plain
    assert canonical.as_bytes() == rfc8785.dumps(canonical.document)


def test_the_quick_way_is_taken() -> None:
    canonical = with_value(1.5)
    assert canonical.plain
    assert canonical.as_bytes() == orjson.dumps(canonical.document, option=orjson.OPT_SORT_KEYS)
