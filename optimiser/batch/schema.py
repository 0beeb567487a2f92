"""The store's schema, brought up to date when it is opened: migrations in order, each in one transaction."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from optimiser.errors import StoreError

LATEST = "0003"
"""The newest migration: a store that says so needs none, and nothing of the migration tool is loaded."""


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest version; two processes that do it at once do not disturb each other.

    Errors: StoreError where the store was written by a newer program.
    """
    if version_of(engine) == LATEST:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # One number for "InvestAI migrates": the second process waits, and finds nothing to do.
            connection.execute(text("SELECT pg_advisory_xact_lock(4683001)"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(f"the store was written by another version of this program: {error}") from error


def version_of(engine: Engine) -> str | None:
    """The store's version; None where it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found
