"""The form of a text."""

from __future__ import annotations

Words = str | tuple[str, str]
"""Words with their parameters in braces; or, where the parameter ``count`` decides, the words for one and for more."""
