"""The log of decisions: a plan adopted or rejected by someone, for a reason. Entries are added and never changed."""

from __future__ import annotations

import hashlib
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import orjson
from sqlalchemy import select

from optimiser.batch.store import Store
from optimiser.batch.tables import decisions, versions
from optimiser.desk.scenarios import LONGEST_NAME, LONGEST_REASON, SavedScenarios, Stale, storable
from optimiser.dossier.decisions import FIRST, Entry, Headline, Verdict, entry_digest
from optimiser.result.result import Result


def kept_result(result: Result) -> bytes:
    """The result as a decision keeps it: without the moment and the seconds it took, so that its hash is the plan's."""
    provenance = replace(result.provenance, created="", seconds=0.0, solver_seconds=0.0)
    document = orjson.loads(replace(result, provenance=provenance).to_json())
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


class DecisionLog:
    """The decisions of a store. Every method raises StoreError where the database refuses."""

    def __init__(self, store: Store):
        self.store = store
        self.scenarios = SavedScenarios(store)

    def add(
        self, scenario: str, seen: int, verdict: Verdict, who: str, why: str, result: bytes, headline: Headline
    ) -> Entry:
        """Add an entry about the plan of a version. result: as ``kept_result`` gives it.

        Errors: Stale where the version seen is not the latest; KeyError for an unknown id.
        """
        now = time.time()
        with self.store.writing() as connection:
            latest = self.scenarios.locked(connection, scenario)
            if latest != seen:
                raise Stale(seen, latest)
            mine = decisions.c.scenario == scenario
            newest = select(decisions.c.number, decisions.c.digest).where(mine).order_by(decisions.c.number.desc())
            before = connection.execute(newest.limit(1)).first()
            version = (versions.c.scenario == scenario) & (versions.c.number == seen)
            fields = {
                "scenario": scenario,
                "number": 1 if before is None else before.number + 1,
                "version": seen,
                "verdict": verdict,
                "who": storable(who, LONGEST_NAME),
                "why": storable(why, LONGEST_REASON),
                "at": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
                "scenario_sha256": connection.execute(select(versions.c.sha256).where(version)).scalar_one(),
                "result_sha256": hashlib.sha256(result).hexdigest(),
                "headline": headline.model_dump(),
                "previous": FIRST if before is None else before.digest,
            }
            entry = Entry.model_validate({**fields, "digest": entry_digest(fields)})
            row = {
                "scenario": scenario,
                "number": entry.number,
                "entry": entry.model_dump_json(),
                "digest": entry.digest,
                "result": zlib.compress(result),
                "created_at": now,
            }
            connection.execute(decisions.insert().values(row))
        return entry

    def entries(self, scenario: str | None = None) -> list[Entry]:
        """The entries of a scenario, or of all, one scenario after the other, in the order in which they were made."""
        query = select(decisions.c.entry).order_by(decisions.c.scenario, decisions.c.number)
        if scenario is not None:
            query = query.where(decisions.c.scenario == scenario)
        with self.store.reading() as connection:
            return [Entry.model_validate_json(row.entry) for row in connection.execute(query)]

    def result(self, scenario: str, number: int) -> bytes | None:
        """The result an entry is about, the bytes its hash was taken of; None where there is none."""
        query = select(decisions.c.result).where(decisions.c.scenario == scenario, decisions.c.number == number)
        with self.store.reading() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else zlib.decompress(found)
