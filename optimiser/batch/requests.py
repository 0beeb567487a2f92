"""Requests that bear a key: the same request sent twice is acted on once, and answered twice."""

from __future__ import annotations

import hashlib
import time
from typing import Literal

from sqlalchemy import select, update

from optimiser.batch.store import Store
from optimiser.batch.tables import requests

Told = Literal["new", "other", "running"]
"""Of a request whose key was seen before: its body is another; or the first is still at work."""


class Requests:
    """The keyed requests of a store. Every method raises StoreError where the database refuses."""

    def __init__(self, store: Store):
        self.store = store

    def begin(self, key: str, body: bytes, seconds: float) -> Told | bytes:
        """Whether this is the first request with its key; else the answer kept of it, or why there is none.

        seconds: after which a first request that gave no answer counts as lost.
        """
        now = time.time()
        name, digest = _hash(key.encode()), _hash(body)
        row = {"key": name, "digest": digest, "answer": None, "held_until": now + seconds, "created_at": now}
        with self.store.writing() as connection:
            if self.store.insert_once(connection, requests, row):
                return "new"
            found = connection.execute(select(requests).where(requests.c.key == name).with_for_update()).one()
            if found.digest != digest:
                return "other"
            if found.answer is not None:
                return bytes(found.answer)
            if found.held_until >= now:
                return "running"
            connection.execute(update(requests).where(requests.c.key == name).values(held_until=now + seconds))
            return "new"

    def answer(self, key: str, answer: bytes) -> None:
        """Keep the answer of a request."""
        with self.store.writing() as connection:
            connection.execute(update(requests).where(requests.c.key == _hash(key.encode())).values(answer=answer))

    def drop(self, key: str) -> None:
        """Forget a request that gave no answer worth keeping, so that it may be sent again."""
        with self.store.writing() as connection:
            waiting = (requests.c.key == _hash(key.encode())) & requests.c.answer.is_(None)
            connection.execute(requests.delete().where(waiting))

    def forget(self, before: float) -> None:
        """Remove requests older than this time."""
        with self.store.writing() as connection:
            connection.execute(requests.delete().where(requests.c.created_at < before))


def _hash(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()
