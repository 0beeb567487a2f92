"""The tables of the store. A change here needs a migration beside it: tests hold the two against each other."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

results = Table(
    "results",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("scenario", String(64), nullable=False),
    Column("termination", String(16), nullable=False),
    Column("has_allocation", Boolean, nullable=False),
    Column("seconds", Float, nullable=False),
    # Compressed JSON, and the SHA-256 of these bytes: a row that a disk has changed is known, and solved again.
    Column("body", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Index("results_created_at", "created_at"),
)

contents = Table(
    "contents",
    metadata,
    Column("digest", String(64), primary_key=True),
    # The key of the answer; null where the content is no scenario, and then what is wrong with it.
    Column("key", String(64), nullable=True),
    Column("findings", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("total", Integer, nullable=False),
    # How many children have ended, and how.
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False),
    # Compressed: the document that the children of a sweep change; null where each child is a whole scenario.
    Column("base", LargeBinary, nullable=True),
    Column("last_event", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float, nullable=True),
    Column("ended_at", Float, nullable=True),
    Index("batches_ended_at", "ended_at"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("batch", String(32), ForeignKey("batches.id"), nullable=True),
    Column("number", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("lang", String(8), nullable=False),
    # Compressed: the scenario, or what a child of a sweep changes in its base.
    Column("content", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("cancel_asked", Boolean, nullable=False),
    # Who works on it and until when nobody else may; how many have begun and not handed it back.
    Column("lease", String(32), nullable=True),
    Column("leased_until", Float, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("progress", Text, nullable=False),
    # The key of its result; null where it has none.
    Column("key", String(64), nullable=True),
    Column("names", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("last_event", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float, nullable=True),
    Column("ended_at", Float, nullable=True),
    Index("jobs_batch", "batch", "number"),
    Index("jobs_state", "state", "leased_until"),
    Index("jobs_ended_at", "ended_at"),
    Index("jobs_key", "key"),
)

# What happened to a job or a batch (stream), numbered from 1: rows are only ever added.
events = Table(
    "events",
    metadata,
    Column("stream", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("data", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

# Answers to requests that bear a key, so that a request sent twice is acted on once.
requests = Table(
    "requests",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    # Null while the first is at work, which counts as lost after a while.
    Column("answer", LargeBinary, nullable=True),
    Column("held_until", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("requests_created_at", "created_at"),
)

# Scenarios that people saved; rows of the two tables below are only ever added.
saved = Table(
    "saved",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("latest", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("scenario", String(32), ForeignKey("saved.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    # Of the canonical scenario, and the document as it was written, compressed.
    Column("sha256", String(64), nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("changes", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

# Plans adopted or rejected. An entry holds the hash of the one before it, and its own.
decisions = Table(
    "decisions",
    metadata,
    Column("scenario", String(32), ForeignKey("saved.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    # The entry as its hash was taken, and the result it is about, compressed.
    Column("entry", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
)
