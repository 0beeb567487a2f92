"""Strategies: each turns a checked scenario into a plan; all plans go through the same check and the same indicators.

A strategy is one module with one ``STRATEGY``, listed in ``registry.py``.
"""
