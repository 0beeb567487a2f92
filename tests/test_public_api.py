"""The names a user imports, and what the first import costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import optimiser


def test_every_public_name_is_there():
    assert sorted(optimiser.__all__) == sorted(optimiser._PLACES)
    for name in optimiser.__all__:
        assert getattr(optimiser, name).__doc__, name


def test_no_public_name_is_hidden_by_a_module():
    code = (
        "import pkgutil, importlib, optimiser\n"
        "modules = {m.name for m in pkgutil.iter_modules(optimiser.__path__)}\n"
        "print(sorted(modules & set(optimiser.__all__)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        optimiser.nonsense  # noqa: B018


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, optimiser; print(sorted({'numpy', 'pandas', 'pulp', 'highspy', 'pydantic'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_readme_example():
    result = optimiser.allocate("scenarios/investai-2025.json")
    money = result.frame("money")
    assert list(money.columns) == ["tier", "candidate", "phase", "year", "amount"]
    assert money["amount"].sum() == pytest.approx(sum(c.amount for c in result.money))
