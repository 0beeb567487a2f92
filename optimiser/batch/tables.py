"""The tables of the store. A change here needs a migration beside it: tests hold the two against each other."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, LargeBinary, MetaData, String, Table, Text

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
