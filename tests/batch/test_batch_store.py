"""The store, in both databases: one result a key, all or nothing, damage noticed, refusals in words."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from optimiser.batch.migrations import versions
from optimiser.batch.schema import LATEST, upgrade, version_of
from optimiser.batch.solving import Answered, Prepared, Solved
from optimiser.batch.store import Store
from optimiser.batch.tables import metadata
from optimiser.errors import StoreError


def answered(key: str = "k", body: bytes = b"{}") -> Answered:
    return Answered(Prepared(key, names={"": "n"}), Solved(key, "s", "optimal", True, 0.5, body))


def test_what_is_kept_is_found(store: Store) -> None:
    wrong = Prepared(None, ({"code": "not-json"},))
    store.keep({"d1": answered(body=b'{"a": 1}'), "d2": wrong})
    assert store.known(["d1", "d2", "d3"]) == {"d1": Prepared("k", names={"": "n"}), "d2": wrong}
    assert {key: (k.termination, k.has_allocation, k.seconds) for key, k in store.kept(["k", "x"]).items()} == {
        "k": ("optimal", True, 0.5)
    }
    assert store.body("k") == b'{"a": 1}'
    assert store.body("x") is None


def test_of_two_results_the_first_stays(store: Store) -> None:
    store.keep({"d1": answered(body=b"first")})
    store.keep({"d2": answered(body=b"second")})
    assert store.body("k") == b"first"
    assert store.known(["d1", "d2"]).keys() == {"d1", "d2"}


def test_many_writers_at_once(address: str) -> None:
    """Processes and threads that keep the same and other results at the same time lose and double nothing."""

    def write(writer: int) -> None:
        own = Store(address)
        for n in range(20):
            own.keep({f"d{n}": answered(f"k{n}", b"%d" % n), f"w{writer}-{n}": answered(f"w{writer}-{n}")})
        own.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = Store(address)
    assert len(store.kept([f"k{n}" for n in range(20)])) == 20
    assert len(store.kept([f"w{w}-{n}" for w in range(4) for n in range(20)])) == 80
    assert [store.body(f"k{n}") for n in range(20)] == [b"%d" % n for n in range(20)]
    store.close()


def test_more_keys_than_a_query_takes(store: Store) -> None:
    store.keep({f"d{n}": answered(f"k{n}") for n in range(1200)})
    assert len(store.kept([f"k{n}" for n in range(5000)])) == 1200


def test_a_damaged_row_counts_as_none_and_goes(store: Store) -> None:
    store.keep({"d": answered(body=b"good")})
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE results SET body = :bad"), {"bad": b"\x00\x01"})
    assert store.body("k") is None
    assert store.kept(["k"]) == {}
    store.keep({"d": answered(body=b"again")})
    assert store.body("k") == b"again"


def test_all_or_nothing(store: Store) -> None:
    bad = Answered(Prepared("x"), Solved("x", "s", None, True, 0.5, b""))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="the store cannot be used"):
        store.keep({"d1": answered(), "d2": bad})
    assert store.known(["d1", "d2"]) == {}


def test_the_migrations_make_the_tables_of_the_code(address: str) -> None:
    store = Store(address)
    assert version_of(store.engine) == LATEST
    found = inspect(store.engine)
    for table in metadata.sorted_tables:
        columns = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
        assert columns == {c.name: c.nullable for c in table.columns}
        assert {i["name"] for i in found.get_indexes(table.name)} == {i.name for i in table.indexes}
    assert set(found.get_table_names()) == {t.name for t in metadata.sorted_tables} | {"alembic_version"}
    store.close()


def test_the_latest_migration_is_the_last_file() -> None:
    files = sorted(p.stem for p in Path(versions.__path__[0]).glob("[0-9]*.py"))
    assert files[-1].startswith(LATEST)


def test_opening_twice_at_once_migrates_once(address: str) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            Store(address).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def opened(path: Path) -> list[Path]:
    """This process's open files at a path; an error that is still held keeps those of its frames alive."""
    return [fd for fd in Path("/proc/self/fd").iterdir() if fd.exists() and fd.resolve() == path.resolve()]


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    Store(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="another version") as refused:
        Store(path)
    assert refused.value.__traceback__
    assert not opened(path), "a store that is refused is closed"


def test_downgrade_and_up_again(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    import optimiser.batch.migrations as migrations

    engine = create_engine(f"sqlite:///{tmp_path / 's.sqlite'}")
    upgrade(engine)
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    assert version_of(engine) == LATEST
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    ["sqlite:////proc/no/store.sqlite", "postgresql+psycopg://nobody@127.0.0.1:1/none", "nonsense://x", "://"],
)
def test_a_store_that_cannot_be_opened(address: str) -> None:
    with pytest.raises(StoreError, match="the store cannot be used"):
        Store(address)


def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database") as refused:
        Store(path)
    assert refused.value.__traceback__
    assert not opened(path), "a connection that fails on its first words is closed"


def test_a_locked_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimiser.batch.store.BUSY_TIMEOUT_S", 0.1)
    path = tmp_path / "s.sqlite"
    store = Store(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="database is locked"):
        store.keep({"d": answered()})
    other.execute("ROLLBACK")
    other.close()
    store.keep({"d": answered()})
    store.close()


def test_a_full_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    store.keep({"d": answered()})
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(Exception, match="full"):
            connection.execute(text("INSERT INTO contents VALUES ('x', null, :long, '{}', 0)"), {"long": "x" * 100_000})
    assert store.known(["d", "x"]).keys() == {"d"}
    store.close()


@pytest.mark.parametrize("change", ["file", "uri"])
def test_a_read_only_store(tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.sqlite"
    Store(path).close()
    address: Any = f"sqlite:///file:{path}?mode=ro&uri=true"
    if change == "file" and os.geteuid() != 0:
        path.chmod(0o444)
        address = path
    with pytest.raises(StoreError, match=r"readonly|read-only|unable to open"), closing(Store(address)) as store:
        store.keep({"d": answered()})
