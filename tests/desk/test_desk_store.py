"""Saved scenarios and decisions in both kinds of store: versions, who changed what, and nothing overwritten."""

from __future__ import annotations

import copy
import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from optimiser import allocate
from optimiser.batch.store import Store
from optimiser.desk.decisions import DecisionLog, kept_result
from optimiser.desk.scenarios import SavedScenarios, Stale, Written, written
from optimiser.dossier.decisions import FIRST, headline_of, log_document, read_log
from optimiser.errors import DecisionLogError
from optimiser.scenario.pointer import set_value

DOCUMENT: dict[str, Any] = {
    "name": "two sites",
    "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10}]},
    "candidates": [
        {"id": "a", "country": "PT", "cost": {"2027": 6}, "attributes": {"x": 2}},
        {"id": "b", "country": "ES", "cost": {"2027": 6}, "attributes": {"x": 1}},
    ],
    "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
}


def changed(**values: Any) -> Written:
    """The scenario with values put in by pointer."""
    document = copy.deepcopy(DOCUMENT)
    for pointer, value in values.items():
        set_value(document, pointer, value)
    return written(document)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store: an SQLite file, or a new database of a PostgreSQL server."""
    address = f"sqlite:///{tmp_path / 'store.sqlite'}"
    if request.param == "postgresql":
        base = make_url(request.getfixturevalue("postgres"))
        name = f"test_{uuid.uuid4().hex}"
        engine = create_engine(base, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        address = base.set(database=name).render_as_string(hide_password=False)
    found = Store(address)
    yield found
    found.close()


@pytest.fixture
def desk(store: Store) -> SavedScenarios:
    """The saved scenarios of the store."""
    return SavedScenarios(store)


def test_a_version_says_who_changed_which_figure_when_and_why(desk: SavedScenarios) -> None:
    id = desk.create(changed(), "Ana", "copied", DOCUMENT)
    assert desk.save(id, 1, changed(**{"/fund/tiers/eu/size": 12, "/name": "more"}), "Léa \0", "the June budget") == 2
    newest, first = desk.versions(id)
    assert (newest.number, newest.who, newest.why, newest.name) == (2, "Léa ?", "the June budget", "more")
    assert [(c.pointer, c.kind, c.before, c.after) for c in newest.changes] == [
        ("/name", "changed", "two sites", "more"),
        ("/fund/tiers/eu/size", "changed", 10, 12),
    ]
    assert (first.who, first.changes) == ("Ana", ()) and first.created_at <= newest.created_at
    assert first.sha256 != newest.sha256
    assert desk.document(id, 1) == DOCUMENT
    assert desk.document(id, 2) == changed(**{"/fund/tiers/eu/size": 12, "/name": "more"}).document
    assert desk.document(id, 3) is None and desk.latest(id) == 2 and desk.latest("none") is None
    assert [(s.id, s.name, s.latest, s.who) for s in desk.listed()] == [(id, "more", 2, "Léa ?")]


def test_a_copy_says_what_differs_from_its_origin(desk: SavedScenarios) -> None:
    id = desk.create(changed(**{"/fund/tiers/eu/size": 20}), "Ana", "", DOCUMENT)
    assert [(c.pointer, c.before, c.after) for c in desk.versions(id)[0].changes] == [("/fund/tiers/eu/size", 10, 20)]


def test_a_stale_edit_is_refused_and_nothing_is_overwritten(desk: SavedScenarios) -> None:
    id = desk.create(changed(), "Ana", "")
    desk.save(id, 1, changed(**{"/fund/tiers/eu/size": 11}), "Ana", "")
    with pytest.raises(Stale) as refused:
        desk.save(id, 1, changed(**{"/fund/tiers/eu/size": 99}), "Ben", "")
    assert (refused.value.seen, refused.value.latest) == (1, 2)
    assert desk.latest(id) == 2 and desk.document(id, 2)["fund"]["tiers"][0]["size"] == 11  # type: ignore[index]
    with pytest.raises(KeyError):
        desk.save("none", 1, changed(), "Ben", "")


def test_saving_what_does_not_differ_makes_no_version(desk: SavedScenarios) -> None:
    id = desk.create(changed(), "Ana", "")
    assert desk.save(id, 1, changed(), "Ben", "") is None
    assert desk.latest(id) == 1


def test_of_many_who_save_at_once_one_succeeds(desk: SavedScenarios) -> None:
    id = desk.create(changed(), "Ana", "")
    told: list[object] = []

    def save(size: int) -> None:
        try:
            told.append(desk.save(id, 1, changed(**{"/fund/tiers/eu/size": size}), str(size), ""))
        except Stale as stale:
            told.append(stale.latest)

    threads = [threading.Thread(target=save, args=(size,)) for size in range(20, 26)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One got version 2; the others were told of it.
    assert told == [2] * 6
    assert [v.number for v in desk.versions(id)] == [2, 1]


def test_a_decision_holds_the_version_the_hashes_and_the_headline(store: Store, desk: SavedScenarios) -> None:
    log = DecisionLog(store)
    id = desk.create(changed(), "Ana", "")
    result = allocate(DOCUMENT)
    kept = kept_result(result)
    entry = log.add(id, 1, "rejected", "Ana", "one site only", kept, headline_of(result))
    second = log.add(id, 1, "adopted", "Léa", "the minister agreed", kept, headline_of(result))
    assert (entry.number, entry.version, entry.verdict, entry.previous) == (1, 1, "rejected", FIRST)
    assert (second.number, second.previous) == (2, entry.digest)
    assert entry.scenario_sha256 == result.scenario.sha256 == desk.versions(id)[0].sha256
    assert log.result(id, 1) == kept and hashlib.sha256(kept).hexdigest() == entry.result_sha256
    assert (entry.headline.sites, entry.headline.objective) == (1, 2.0)
    assert log.entries(id) == log.entries() == [entry, second]
    assert log.result(id, 3) is None
    # The same answer, found again, is kept in the same bytes.
    assert kept_result(allocate(DOCUMENT)) == kept


def test_a_decision_about_an_older_version_is_refused(store: Store, desk: SavedScenarios) -> None:
    log = DecisionLog(store)
    id = desk.create(changed(), "Ana", "")
    desk.save(id, 1, changed(**{"/fund/tiers/eu/size": 11}), "Ben", "")
    result = allocate(DOCUMENT)
    with pytest.raises(Stale):
        log.add(id, 1, "adopted", "Ana", "", kept_result(result), headline_of(result))
    assert log.entries() == []


def logged(tmp_path: Path) -> tuple[dict[str, Any], str]:
    """A log of two entries as it is exported, and the hash of the scenario it is about."""
    store = Store(tmp_path / "log.sqlite")
    id = SavedScenarios(store).create(changed(), "Ana", "")
    result = allocate(DOCUMENT)
    log = DecisionLog(store)
    for verdict in ("rejected", "adopted"):
        log.add(id, 1, verdict, "Ana", "because", kept_result(result), headline_of(result))  # type: ignore[arg-type]
    document = json.loads(json.dumps(log_document(log.entries())))
    store.close()
    return document, result.scenario.sha256


def test_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    document, sha256 = logged(tmp_path)
    assert [entry.verdict for entry in read_log(document, sha256)] == ["rejected", "adopted"]


@pytest.mark.parametrize(
    ("code", "place", "spoil"),
    [
        ("decision-changed", "/decisions/0", lambda d: d[0].update(why="another reason")),
        ("decision-changed", "/decisions/0", lambda d: d[0]["headline"].update(sites=5)),
        ("decision-changed", "/decisions/0", lambda d: d.pop(0)),
        ("decision-changed", "/decisions/0", lambda d: d.reverse()),
        ("decision-changed", "/decisions/2", lambda d: d.append(d[1])),
        ("no-decision-log", "/decisions/0/verdict", lambda d: d[0].update(verdict="postponed")),
        ("no-decision-log", "/decisions/1/number", lambda d: d[1].update(number="2")),
        ("no-decision-log", "/decisions/1", lambda d: d.__setitem__(1, 5)),
    ],
)
def test_a_log_that_was_changed_is_refused(tmp_path: Path, code: str, place: str, spoil: Any) -> None:
    document, _ = logged(tmp_path)
    spoil(document["decisions"])
    with pytest.raises(DecisionLogError) as refused:
        read_log(document)
    assert (refused.value.findings[0].code, refused.value.findings[0].pointer) == (code, place)


def test_a_log_of_other_scenarios_is_refused(tmp_path: Path) -> None:
    document, _ = logged(tmp_path)
    with pytest.raises(DecisionLogError, match="No entry of the log is about this scenario"):
        read_log(document, "0" * 64)
    for document in ([], {}, {"decisions": 3}, None):
        with pytest.raises(DecisionLogError):
            read_log(document)
