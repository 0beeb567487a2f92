"""The compiled fractions of the certificate against those of the standard library."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from optimiser.library import library_files

PROGRAM = """
import json, sys
if sys.argv[1] == "standard":
    import fractions
    sys.modules["quicktions"] = fractions
from optimiser import allocate
from optimiser.plan import Fraction
result = json.loads(allocate(sys.argv[2]).to_json())
print(json.dumps([Fraction.__module__, result["certificate"], result["objective"]["terms"], result["indicators"]]))
"""


@pytest.mark.parametrize("name", ["investai-2025", "first-loss-design"])
def test_standard_and_compiled_fractions_certify_the_same(name):
    runs = [
        json.loads(
            subprocess.check_output([sys.executable, "-c", PROGRAM, kind, str(library_files()[name])], text=True)
        )
        for kind in ("standard", "compiled")
    ]
    (standard, *told), (compiled, *told_again) = runs
    assert (standard, compiled) == ("fractions", "quicktions")
    assert told == told_again
