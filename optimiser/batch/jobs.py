"""Jobs: scenarios that wait in a store until a process works on them, alone or as children of a batch.

    queued ──lease──▶ running ──finish──▶ succeeded, failed, cancelled
       ▲                 │
       └──release, expiry┘

Work is leased: who takes a job holds it for a while and must renew. What a dead process held is taken up by another
when its lease ends. So a job may be worked on more than once, and it ends once: the first ending stays.
Rows are locked in one order, jobs before batches, so that two transactions never wait for each other.
"""

from __future__ import annotations

import json
import time
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, update

from optimiser.batch.job import (
    ENDED,
    BacklogFull,
    BatchRow,
    Ending,
    Event,
    Held,
    JobRow,
    Leased,
    NewJob,
    State,
    StillRunning,
)
from optimiser.batch.solving import Prepared, failed
from optimiser.batch.store import MOST_AT_ONCE, Store
from optimiser.batch.tables import batches, contents, events, jobs, results

MOST_LEASES = 5
"""How often a job is begun whose workers die of it, before it is given up."""


class Jobs:
    """The jobs of a store. Every method raises StoreError where the database refuses."""

    def __init__(self, store: Store):
        self.store = store

    def submit(self, new: NewJob, most: int) -> str:
        """Queue a job; its id. most: how many may wait or run at once. Errors: BacklogFull."""
        with self.store.writing() as connection:
            self._check_room(connection, 1, most)
            return self._insert(connection, [new], None)[0]

    def submit_batch(self, new: Sequence[NewJob], base: bytes | None, most: int) -> str:
        """Queue the children of a batch, all or none; its id. Errors: BacklogFull."""
        now = time.time()
        id = uuid.uuid4().hex
        row = {
            "id": id,
            "total": len(new),
            "succeeded": 0,
            "failed": 0,
            "cancelled": 0,
            "base": None if base is None else zlib.compress(base),
            "last_event": 0,
            "created_at": now,
        }
        with self.store.writing() as connection:
            self._check_room(connection, len(new), most)
            connection.execute(batches.insert().values(row))
            _tell(connection, batches, id, "state", {"state": "queued"})
            ids = self._insert(connection, new, id)
            known = [(child, job.known) for child, job in zip(ids, new, strict=True) if job.known is not None]
            if known:
                connection.execute(update(batches).where(batches.c.id == id).values(started_at=now))
            for child, prepared in known:
                self._end(connection, child, _ending_of(prepared))
        return id

    def _check_room(self, connection: Connection, more: int, most: int) -> None:
        open_ = select(func.count()).select_from(jobs).where(jobs.c.state.in_(("queued", "running")))
        waiting = int(connection.execute(open_).scalar_one())
        if waiting + more > most:
            raise BacklogFull(waiting)

    def _insert(self, connection: Connection, new: Sequence[NewJob], batch: str | None) -> list[str]:
        now = time.time()
        rows = [
            {
                "id": uuid.uuid4().hex,
                "batch": batch,
                "number": number,
                "name": _storable(job.name),
                "lang": job.lang,
                "content": zlib.compress(job.content),
                "state": "queued",
                "cancel_asked": False,
                "attempts": 0,
                "progress": "{}",
                "names": "{}",
                "findings": "[]",
                "last_event": 1,
                "created_at": now,
            }
            for number, job in enumerate(new)
        ]
        connection.execute(jobs.insert(), rows)
        first = {"number": 1, "kind": "state", "data": '{"state": "queued"}', "created_at": now}
        connection.execute(events.insert(), [{"stream": row["id"], **first} for row in rows])
        if batch is None:
            for row, job in zip(rows, new, strict=True):
                if job.known is not None:
                    self._end(connection, str(row["id"]), _ending_of(job.known))
        return [str(row["id"]) for row in rows]

    def lease(self, most: int, seconds: float) -> list[Leased]:
        """Take up to so many jobs to work on, for so long; single ones first, then batches, the oldest first.

        What a dead process held is taken up again; what was held too often is given up.
        """
        now = time.time()
        expired = (jobs.c.state == "running") & (jobs.c.leased_until < now)
        columns = (jobs.c.id, jobs.c.batch, jobs.c.lang, jobs.c.content, jobs.c.attempts, jobs.c.cancel_asked)
        query = (
            select(*columns)
            .where(or_(jobs.c.state == "queued", expired))
            .order_by(jobs.c.batch.is_not(None), jobs.c.created_at, jobs.c.batch, jobs.c.number)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        taken = []
        with self.store.writing() as connection:
            for row in connection.execute(query).all():
                if row.cancel_asked:
                    self._end(connection, row.id, Ending("cancelled"))
                elif row.attempts >= MOST_LEASES:
                    findings = failed("worker-died", {"count": row.attempts}, row.lang).findings
                    self._end(connection, row.id, Ending("failed", findings=findings))
                else:
                    taken.append((row, uuid.uuid4().hex))
            for row, lease in taken:
                values = {
                    "state": "running",
                    "lease": lease,
                    "leased_until": now + seconds,
                    "attempts": row.attempts + 1,
                    "started_at": func.coalesce(jobs.c.started_at, now),
                }
                connection.execute(update(jobs).where(jobs.c.id == row.id).values(values))
                _tell(connection, jobs, row.id, "state", {"state": "running", "attempt": row.attempts + 1})
            bases = self._begun(connection, sorted({row.batch for row, _ in taken if row.batch is not None}), now)
        return [
            Leased(row.id, lease, row.lang, zlib.decompress(row.content), bases.get(row.batch)) for row, lease in taken
        ]

    def _begun(self, connection: Connection, ids: Sequence[str], now: float) -> dict[str, bytes]:
        """Note that these batches have begun; what the children of sweeps among them change."""
        bases = {}
        for id in ids:
            row = connection.execute(select(batches.c.base, batches.c.started_at).where(batches.c.id == id)).one()
            if row.base is not None:
                bases[id] = zlib.decompress(row.base)
            begun = update(batches).where(batches.c.id == id, batches.c.started_at.is_(None)).values(started_at=now)
            if row.started_at is None and connection.execute(begun).rowcount:
                _tell(connection, batches, id, "state", {"state": "running"})
        return bases

    def renew(self, held: Mapping[str, tuple[str, Mapping[str, Any] | None]], seconds: float) -> dict[str, Held]:
        """Go on holding jobs (lease and progress by id); for each whether it is still held, and to be cancelled."""
        until = time.time() + seconds
        told: dict[str, Held] = {}
        with self.store.writing() as connection:
            for id, (lease, progress) in sorted(held.items()):
                mine = (jobs.c.id == id) & (jobs.c.lease == lease) & (jobs.c.state == "running")
                values: dict[str, Any] = {"leased_until": until}
                if progress is not None:
                    values["progress"] = json.dumps(progress)
                asked = connection.execute(update(jobs).where(mine).values(values).returning(jobs.c.cancel_asked))
                cancel = asked.scalar()
                told[id] = "lost" if cancel is None else "cancel" if cancel else "held"
                if progress is not None and cancel is not None:
                    _tell(connection, jobs, id, "progress", progress)
        return told

    def release(self, id: str, lease: str, counts: bool) -> None:
        """Give a job back. counts: whether its worker died of it, perhaps."""
        mine = (jobs.c.id == id) & (jobs.c.lease == lease) & (jobs.c.state == "running")
        values = {"state": "queued", "lease": None, "leased_until": None}
        attempts = jobs.c.attempts - (0 if counts else 1)
        with self.store.writing() as connection:
            if connection.execute(update(jobs).where(mine).values(values | {"attempts": attempts})).rowcount:
                _tell(connection, jobs, id, "state", {"state": "queued"})

    def finish(self, id: str, lease: str, ending: Ending) -> bool:
        """End a job; False where it has ended already, or is gone.

        A result is taken from whoever brings it first; a failure only from the holder, since another may yet succeed.
        """
        with self.store.writing() as connection:
            query = select(jobs.c.state, jobs.c.lease).where(jobs.c.id == id).with_for_update()
            row = connection.execute(query).first()
            if row is None or row.state in ENDED or (ending.state != "succeeded" and row.lease != lease):
                return False
            self._end(connection, id, ending)
        return True

    def _end(self, connection: Connection, id: str, ending: Ending) -> None:
        """End a job, keep its result, and tell its batch: one transaction."""
        if ending.solved is not None:
            self.store.keep_result(connection, ending.solved)
        if ending.prepared is not None and ending.digest:
            self.store.keep_content(connection, ending.digest, ending.prepared)
        key = ending.solved.key if ending.solved is not None else ending.prepared.key if ending.prepared else None
        names = ending.prepared.names if ending.prepared is not None else {}
        values = {
            "state": ending.state,
            "lease": None,
            "leased_until": None,
            "key": key,
            "names": json.dumps(dict(names)),
            "findings": json.dumps(list(ending.findings)),
            "ended_at": time.time(),
        }
        if ending.progress is not None:
            values["progress"] = json.dumps(ending.progress)
        columns = (jobs.c.batch, jobs.c.number, jobs.c.name)
        row = connection.execute(update(jobs).where(jobs.c.id == id).values(values).returning(*columns)).one()
        told = {"state": ending.state, "termination": self._termination(connection, key)}
        _tell(connection, jobs, id, "state", told)
        if row.batch is not None:
            self._count(connection, row.batch, ending.state, {"id": id, "number": row.number, "name": row.name} | told)

    def _termination(self, connection: Connection, key: str | None) -> str | None:
        found: str | None = connection.execute(select(results.c.termination).where(results.c.key == key)).scalar()
        return found

    def _count(self, connection: Connection, id: str, state: State, child: Mapping[str, Any]) -> None:
        """Count the end of a child; the last one's ends the batch."""
        column = batches.c[state]
        counted = update(batches).where(batches.c.id == id).values({column: column + 1}).returning(*_BATCH)
        row = BatchRow(*connection.execute(counted).one())
        _tell(connection, batches, id, "child", child)
        if row.succeeded + row.failed + row.cancelled == row.total:
            ended = replace(row, ended_at=time.time())
            connection.execute(update(batches).where(batches.c.id == id).values(ended_at=ended.ended_at))
            _tell(connection, batches, id, "state", {"state": ended.state})

    def job(self, id: str) -> JobRow | None:
        """A job as it stands; None where there is none."""
        with self.store.reading() as connection:
            row = connection.execute(_job_query().where(jobs.c.id == id)).first()
        return None if row is None else _job(row)

    def batch(self, id: str) -> BatchRow | None:
        """A batch as it stands; None where there is none."""
        with self.store.reading() as connection:
            row = connection.execute(select(*_BATCH).where(batches.c.id == id)).first()
        return None if row is None else BatchRow(*row)

    def recent_batches(self, most: int) -> list[BatchRow]:
        """The batches that were submitted last, the newest first."""
        query = select(*_BATCH).order_by(batches.c.created_at.desc(), batches.c.id).limit(most)
        with self.store.reading() as connection:
            return [BatchRow(*row) for row in connection.execute(query)]

    def children(self, id: str, after: int, most: int) -> list[JobRow]:
        """Children of a batch by their number, those after the one given."""
        query = _job_query().where(jobs.c.batch == id, jobs.c.number > after).order_by(jobs.c.number).limit(most)
        with self.store.reading() as connection:
            return [_job(row) for row in connection.execute(query)]

    def content(self, id: str) -> tuple[bytes, bytes | None] | None:
        """What a job is about: its content, and its batch's base."""
        query = select(jobs.c.content, batches.c.base).join(batches, jobs.c.batch == batches.c.id, isouter=True)
        with self.store.reading() as connection:
            row = connection.execute(query.where(jobs.c.id == id)).first()
        if row is None:
            return None
        return zlib.decompress(row.content), None if row.base is None else zlib.decompress(row.base)

    def events(self, stream: str, after: int) -> list[Event]:
        """What happened to a job or a batch, after the event given, in order; at most a few hundred at once."""
        columns = (events.c.number, events.c.kind, events.c.data)
        query = select(*columns).where(events.c.stream == stream, events.c.number > after)
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(events.c.number).limit(MOST_AT_ONCE)).all()
        return [Event(row.number, row.kind, json.loads(row.data)) for row in rows]

    def cancel(self, id: str) -> None:
        """Cancel a job: at once where nobody works on it; else its holder is told, who keeps the best plan so far."""
        with self.store.writing() as connection:
            self._cancel(connection, jobs.c.id == id)

    def cancel_batch(self, id: str) -> None:
        """Cancel every child of a batch that has not ended."""
        with self.store.writing() as connection:
            self._cancel(connection, jobs.c.batch == id)

    def _cancel(self, connection: Connection, which: Any) -> None:
        query = select(jobs.c.id, jobs.c.state).where(which, jobs.c.state.in_(("queued", "running")))
        for row in connection.execute(query.order_by(jobs.c.number).with_for_update()).all():
            if row.state == "queued":
                self._end(connection, row.id, Ending("cancelled"))
            else:
                connection.execute(update(jobs).where(jobs.c.id == row.id).values(cancel_asked=True))

    def again(self, id: str) -> None:
        """Queue a job once more whose kept result was damaged."""
        values = {"state": "queued", "key": None, "attempts": 0, "ended_at": None}
        with self.store.writing() as connection:
            done = (jobs.c.id == id) & (jobs.c.state == "succeeded")
            row = connection.execute(update(jobs).where(done).values(values).returning(jobs.c.batch)).first()
            if row is None:
                return
            _tell(connection, jobs, id, "state", {"state": "queued"})
            if row.batch is not None:
                less = {"succeeded": batches.c.succeeded - 1, "ended_at": None}
                connection.execute(update(batches).where(batches.c.id == row.batch).values(less))
                _tell(connection, batches, row.batch, "state", {"state": "running"})

    def delete(self, id: str) -> None:
        """Remove a single job with its result and its events. Errors: StillRunning."""
        with self.store.writing() as connection:
            self._delete(connection, jobs.c.id == id)

    def delete_batch(self, id: str) -> None:
        """Remove a batch with all its children. Errors: StillRunning."""
        with self.store.writing() as connection:
            self._delete(connection, jobs.c.batch == id)
            connection.execute(events.delete().where(events.c.stream == id))
            connection.execute(batches.delete().where(batches.c.id == id))

    def _delete(self, connection: Connection, which: Any) -> None:
        rows = connection.execute(select(jobs.c.id, jobs.c.state, jobs.c.key).where(which).with_for_update()).all()
        if any(row.state == "running" for row in rows):
            raise StillRunning
        connection.execute(jobs.delete().where(which))
        for part in _parts([row.id for row in rows]):
            connection.execute(events.delete().where(events.c.stream.in_(part)))
        # A result goes with the last job that refers to it; what is known of contents with that answer, too.
        for part in _parts(list({row.key for row in rows if row.key is not None})):
            wanted = select(jobs.c.key).where(jobs.c.key.in_(part))
            for table in (results, contents):
                unused = table.c.key.in_(part) & table.c.key.not_in(wanted)
                connection.execute(table.delete().where(unused))

    def forget(self, before: float) -> int:
        """Remove single jobs and batches that ended before this time, and old readings; how many were removed."""
        with self.store.reading() as connection:
            old = connection.execute(select(jobs.c.id).where(jobs.c.batch.is_(None), jobs.c.ended_at < before))
            single = list(old.scalars())
            whole = list(connection.execute(select(batches.c.id).where(batches.c.ended_at < before)).scalars())
        for id in single:
            self.delete(id)
        for id in whole:
            self.delete_batch(id)
        with self.store.writing() as connection:
            unusable = contents.c.key.is_(None) & (contents.c.created_at < before)
            connection.execute(contents.delete().where(unusable))
        return len(single) + len(whole)

    def counts(self) -> dict[str, int]:
        """How many jobs are in which state."""
        with self.store.reading() as connection:
            rows = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state)).all()
        return dict(map(tuple, rows))


_BATCH = (
    batches.c.id,
    batches.c.total,
    batches.c.succeeded,
    batches.c.failed,
    batches.c.cancelled,
    batches.c.created_at,
    batches.c.started_at,
    batches.c.ended_at,
)


def _job_query() -> Select[Any]:
    names = [name for name in JobRow.__dataclass_fields__ if name not in ("termination", "has_allocation")]
    columns = [jobs.c[name] for name in names]
    query = select(*columns, results.c.termination, results.c.has_allocation)
    return query.join(results, jobs.c.key == results.c.key, isouter=True)


def _job(row: Any) -> JobRow:
    values = dict(row._mapping)
    for name in ("progress", "names", "findings"):
        values[name] = json.loads(values[name])
    return JobRow(**values | {"findings": tuple(values["findings"])})


def _ending_of(known: Prepared) -> Ending:
    """How a job ends whose answer is known when it is submitted."""
    if known.key is None:
        return Ending("failed", prepared=known, findings=known.findings)
    return Ending("succeeded", prepared=known)


def _tell(connection: Connection, table: Any, id: str, kind: str, data: Mapping[str, Any]) -> None:
    """Add an event. Its number comes from the row of its job or batch, whose lock keeps the order."""
    more = update(table).where(table.c.id == id).values(last_event=table.c.last_event + 1)
    number = connection.execute(more.returning(table.c.last_event)).scalar_one()
    row = {"stream": id, "number": number, "kind": kind, "data": json.dumps(dict(data)), "created_at": time.time()}
    connection.execute(events.insert().values(row))


def _storable(name: str) -> str:
    """A name as every database takes it."""
    return name[:200].encode("utf-8", "replace").decode().replace("\0", "?")


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[n : n + MOST_AT_ONCE] for n in range(0, len(values), MOST_AT_ONCE))
