"""Saved scenarios: a document under an id, in numbered versions; who changed which figure, when and why.

A version is never changed or removed. Who saves says which version he saw; if that is not the latest any more, nothing
is saved, and he looks again.
"""

from __future__ import annotations

import json
import time
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from optimiser.batch.store import Store
from optimiser.batch.tables import saved, versions
from optimiser.scenario.canonical import scenario_sha256
from optimiser.scenario.load import load_document
from optimiser.study.differences import InputChange, document_changes

LONGEST_NAME = 200
"""Characters of a person's name, and of a scenario's in lists."""

LONGEST_REASON = 2000
"""Characters of a reason."""


class Stale(Exception):
    """Someone saved meanwhile. seen: the version that was looked at. latest: the newest there is."""

    def __init__(self, seen: int, latest: int):
        self.seen, self.latest = seen, latest
        super().__init__(seen, latest)


@dataclass(frozen=True, slots=True)
class Written:
    """A scenario to be saved: its document as it was written, without errors; its name and the hash it is known by."""

    document: Mapping[str, Any]
    name: str
    sha256: str


def written(document: Mapping[str, Any]) -> Written:
    """A document, read and checked. Errors: ScenarioError with every finding where it is no sound scenario."""
    scenario = load_document(document).expect()
    return Written(document, storable(scenario.name, LONGEST_NAME), scenario_sha256(scenario))


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved scenario in a list: its newest version, and who saved that, when and why."""

    id: str
    name: str
    latest: int
    who: str
    why: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Version:
    """One version. sha256: of the canonical scenario. changes: since the version before, or the origin of the first."""

    scenario: str
    number: int
    name: str
    sha256: str
    who: str
    why: str
    changes: tuple[InputChange, ...]
    created_at: float


class SavedScenarios:
    """The saved scenarios of a store. Every method raises StoreError where the database refuses."""

    def __init__(self, store: Store):
        self.store = store

    def create(self, scenario: Written, who: str, why: str, origin: Mapping[str, Any] | None = None) -> str:
        """Save a scenario for the first time; its id. origin: the document it was copied from, if it was."""
        id, now = uuid.uuid4().hex[:16], time.time()
        row = {"id": id, "name": scenario.name, "latest": 1, "created_at": now}
        with self.store.writing() as connection:
            connection.execute(saved.insert().values(row))
            self._add(connection, id, 1, scenario, origin, who, why, now)
        return id

    def save(self, id: str, seen: int, scenario: Written, who: str, why: str) -> int | None:
        """Save the next version; its number, or None where nothing differs from the version seen.

        seen: the version that was changed. Errors: Stale where it is not the latest; KeyError for an unknown id.
        """
        with self.store.writing() as connection:
            latest = self.locked(connection, id)
            if latest != seen:
                raise Stale(seen, latest)
            before = self._document(connection, id, latest)
            if before == scenario.document:
                return None
            self._add(connection, id, latest + 1, scenario, before, who, why, time.time())
            connection.execute(update(saved).where(saved.c.id == id).values(latest=latest + 1, name=scenario.name))
        return latest + 1

    def locked(self, connection: Connection, id: str) -> int:
        """The latest version, which stays the latest until the transaction ends. Errors: KeyError for an unknown id."""
        latest = connection.execute(select(saved.c.latest).where(saved.c.id == id).with_for_update()).scalar()
        if latest is None:
            raise KeyError(id)
        return int(latest)

    def _add(
        self,
        connection: Connection,
        id: str,
        number: int,
        scenario: Written,
        before: Mapping[str, Any] | None,
        who: str,
        why: str,
        now: float,
    ) -> None:
        changes = [] if before is None else [asdict(c) for c in document_changes(before, scenario.document)]
        row = {
            "scenario": id,
            "number": number,
            "name": scenario.name,
            "sha256": scenario.sha256,
            "document": zlib.compress(json.dumps(scenario.document).encode()),
            "who": storable(who, LONGEST_NAME),
            "why": storable(why, LONGEST_REASON),
            "changes": json.dumps(changes),
            "created_at": now,
        }
        connection.execute(versions.insert().values(row))

    def _document(self, connection: Connection, id: str, number: int) -> dict[str, Any] | None:
        query = select(versions.c.document).where(versions.c.scenario == id, versions.c.number == number)
        found = connection.execute(query).scalar()
        if found is None:
            return None
        document: dict[str, Any] = json.loads(zlib.decompress(found))
        return document

    def document(self, id: str, number: int) -> dict[str, Any] | None:
        """The document of a version, as it was written; None where there is none."""
        with self.store.reading() as connection:
            return self._document(connection, id, number)

    def latest(self, id: str) -> int | None:
        """The number of the newest version; None for an unknown id."""
        with self.store.reading() as connection:
            found: int | None = connection.execute(select(saved.c.latest).where(saved.c.id == id)).scalar()
        return found

    def versions(self, id: str) -> list[Version]:
        """Every version, the newest first; none for an unknown id."""
        names = list(Version.__dataclass_fields__)
        query = select(*(versions.c[name] for name in names)).where(versions.c.scenario == id)
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(versions.c.number.desc())).all()
        return [
            Version(**dict(row._mapping) | {"changes": tuple(InputChange(**c) for c in json.loads(row.changes))})
            for row in rows
        ]

    def listed(self, first: int = 0, most: int | None = None) -> list[Saved]:
        """Saved scenarios, what was saved last first: all, or at most so many from a place of the list on."""
        newest = (versions.c.scenario == saved.c.id) & (versions.c.number == saved.c.latest)
        columns = (saved.c.id, saved.c.name, saved.c.latest, versions.c.who, versions.c.why, versions.c.created_at)
        query = select(*columns).join(versions, newest).order_by(versions.c.created_at.desc(), saved.c.id)
        query = query.offset(first).limit(most)
        with self.store.reading() as connection:
            return [Saved(*row) for row in connection.execute(query)]


def storable(words: str, most: int) -> str:
    """Words as every database takes them."""
    return words[:most].encode("utf-8", "replace").decode().replace("\0", "?")
