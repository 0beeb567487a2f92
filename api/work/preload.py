"""What every worker needs, imported once by the process that workers are copied from; starts no thread."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

# First of all, since it says how many threads there may be.
import optimiser.batch.preload as preload
from optimiser.messages import LANGUAGES, text

for name in ("allocations", "comparisons", "evaluations", "explanations", "jobs", "studies"):
    import_module(f"api.work.{name}")
if all(find_spec(name) for name in ("altair", "jinja2", "vl_convert")):
    import_module("api.page.work").prepare_page()

# A language is read when its first text is asked for.
for lang in LANGUAGES:
    text("phrase.none", {}, lang)

__all__ = ["preload"]
