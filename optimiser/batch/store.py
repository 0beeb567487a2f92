"""Where results are kept: one row a key, in an SQLite file or a PostgreSQL database.

Everything is written in one transaction or not at all; of two results for one key the first stays.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from optimiser.batch.schema import upgrade
from optimiser.batch.solving import Answered, Prepared, Solved
from optimiser.batch.tables import contents, results
from optimiser.errors import StoreError

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another before the store counts as locked."""

MOST_AT_ONCE = 500
"""Keys of one query: databases limit their number."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a kept result ended, without its body."""

    key: str
    termination: str
    has_allocation: bool
    seconds: float


class Store:
    """A store of results.

    url: an SQLAlchemy address, ``sqlite:///results.sqlite`` or ``postgresql+psycopg://…``, or the path of an SQLite
    file, which is made where it is missing. busy_s: how long a writer waits for another [s].
    Errors: StoreError where it cannot be opened; every method raises it where the database refuses.
    """

    def __init__(self, url: str | Path, busy_s: float | None = None):
        address = f"sqlite:///{url}" if isinstance(url, Path) or "://" not in str(url) else str(url)
        with _refusals():
            self.engine = _engine(address, BUSY_TIMEOUT_S if busy_s is None else busy_s)
            try:
                upgrade(self.engine)
            except BaseException:
                self.close()  # who has no store cannot close it
                raise

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def known(self, digests: Sequence[str]) -> dict[str, Prepared]:
        """What is known of contents: the key of their answer, or what is wrong with them."""
        query = select(contents.c.digest, contents.c.key, contents.c.findings, contents.c.names)
        with self.reading() as connection:
            rows = [r for part in _parts(digests) for r in connection.execute(query.where(contents.c.digest.in_(part)))]
        return {r.digest: Prepared(r.key, tuple(json.loads(r.findings)), json.loads(r.names)) for r in rows}

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """How the results for these keys ended, where there are any."""
        columns = (results.c.key, results.c.termination, results.c.has_allocation, results.c.seconds)
        with self.reading() as connection:
            rows = [
                r for part in _parts(keys) for r in connection.execute(select(*columns).where(results.c.key.in_(part)))
            ]
        return {row.key: Kept(*row) for row in rows}

    def body(self, key: str) -> bytes | None:
        """The JSON of a result; None where there is none, or where its row was damaged, which is then removed."""
        query = select(results.c.body, results.c.digest).where(results.c.key == key)
        with self.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if hashlib.sha256(row.body).hexdigest() != row.digest:
            with self.writing() as connection:
                connection.execute(results.delete().where(results.c.key == key, results.c.digest == row.digest))
            return None
        return zlib.decompress(row.body)

    def keep(self, found: Mapping[str, Prepared | Answered]) -> None:
        """Keep what was found for these digests, all of it or nothing. A key that has a result keeps it."""
        with self.writing() as connection:
            for digest, answer in found.items():
                if isinstance(answer, Answered):
                    self.keep_result(connection, answer.solved)
                self.keep_content(connection, digest, answer.prepared if isinstance(answer, Answered) else answer)

    def keep_content(self, connection: Connection, digest: str, prepared: Prepared) -> None:
        """Keep what reading a content gave, as part of a transaction."""
        row = {
            "digest": digest,
            "key": prepared.key,
            "findings": json.dumps(prepared.findings),
            "names": json.dumps(prepared.names),
            "created_at": time.time(),
        }
        self.insert_once(connection, contents, row)

    def keep_result(self, connection: Connection, solved: Solved) -> None:
        """Keep a result, as part of a transaction."""
        body = zlib.compress(solved.body, 6)
        row = {
            "key": solved.key,
            "scenario": solved.scenario,
            "termination": solved.termination,
            "has_allocation": solved.has_allocation,
            "seconds": solved.seconds,
            "body": body,
            "digest": hashlib.sha256(body).hexdigest(),
            "created_at": time.time(),
        }
        self.insert_once(connection, results, row)

    def insert_once(self, connection: Connection, table: Any, row: Mapping[str, Any]) -> bool:
        """Insert a row unless its key is there; whether it was inserted."""
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        insert = dialect.insert(table).values(row).on_conflict_do_nothing().returning(*table.primary_key)
        return connection.execute(insert).first() is not None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with _refusals(), self.engine.connect().execution_options(reads=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing."""
        with _refusals(), self.engine.begin() as connection:
            yield connection


def _engine(address: str, busy_s: float) -> Engine:
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database and not url.database.startswith((":memory:", "file:")):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": busy_s})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver shall not begin transactions itself: a reader that turns writer would find the file locked.
        connection.isolation_level = None
        _write_ahead(connection, busy_s)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: Any, busy_s: float) -> None:
    """Readers and one writer at a time do not wait for each other; a power cut loses the last transactions at most.

    Of several that open a new file at once all but one are refused, and SQLite does not make them wait.
    """
    end = time.monotonic() + busy_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= end:
                raise
        time.sleep(0.01)


@contextmanager
def _refusals() -> Iterator[None]:
    """Whatever the database says, as one error in words."""
    try:
        yield
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise StoreError(f"the store cannot be used: {reason}") from error
    except (SQLAlchemyError, OSError, ModuleNotFoundError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise StoreError(f"the store cannot be used: {reason}") from error


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[n : n + MOST_AT_ONCE] for n in range(0, len(values), MOST_AT_ONCE))
