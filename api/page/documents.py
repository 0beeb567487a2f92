"""Documents that views are made of, by the id in their address: of the library, or saved; ``id@2`` is a version."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.page.safety import check_name
from api.problems import ProblemError, refuse
from api.queue import queue_of, stored
from api.routes.library import library
from optimiser.desk.decisions import DecisionLog
from optimiser.desk.scenarios import Saved, SavedScenarios


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands. number: of a saved scenario's version, 0 in the library; latest: of its newest."""

    id: str
    number: int
    latest: int

    @property
    def is_saved(self) -> bool:
        """Whether it is a saved scenario, not one of the library."""
        return self.number > 0

    @property
    def is_latest(self) -> bool:
        """Whether no version came after it."""
        return self.number == self.latest


def desk_of(request: Request) -> SavedScenarios:
    """The saved scenarios of the service."""
    return SavedScenarios(queue_of(request).jobs.store)


def log_of(request: Request) -> DecisionLog:
    """The decisions of the service."""
    return DecisionLog(queue_of(request).jobs.store)


async def found(request: Request, id: str) -> dict[str, Any]:
    """The document of a scenario, of the library or saved; a fresh one, that may be changed.

    Errors: ProblemError unknown-scenario, and foreign-name for what was saved.
    """
    return (await placed(request, id))[1]


async def listed(request: Request, first: int = 0, most: int | None = None) -> list[Saved] | None:
    """What was saved, all or a part; None under a name the service does not go by, and while there is no store."""
    try:
        check_name(request)
        return await stored(desk_of(request).listed, first, most)
    except ProblemError:
        return None


async def placed(request: Request, id: str) -> tuple[Place, dict[str, Any]]:
    """Where the document of an address stands, and the document. Errors: as ``found``."""
    content = library().get(id)
    if content is not None:
        return Place(id, 0, 0), json.loads(content)
    check_name(request)
    base, _, version = id.replace("\0", "").partition("@")
    desk = desk_of(request)
    latest = await stored(desk.latest, base[:40])
    digits = version.isascii() and version.isdecimal() and len(version) < 9
    number = int(version) if digits else latest if not version else None
    if latest is not None and number is not None:
        document = await stored(desk.document, base[:40], number)
        if document is not None:
            return Place(base, number, latest), document
    raise refuse("unknown-scenario", id=id[:80], known=list(library()))


async def saved_place(request: Request, id: str) -> Place:
    """The place of a saved scenario. Errors: ProblemError unknown-scenario, and foreign-name."""
    place, _ = await placed(request, id)
    if not place.is_saved:
        raise refuse("not-saved", id=id[:80])
    return place
