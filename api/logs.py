"""Logs of the service: one JSON object a line, with the id of the request and nothing of any scenario.

    {"time": …, "level": "info", "logger": "api.requests", "message": "answered", "request_id": …, "client": …,
     "method": "POST", "route": "/v1/allocations", "status": 200, "ms": 41.2}

Routes stand as their templates and without queries: a lever of the page is part of its query. Of a failure the log
has its kind and where it was raised, not its message, which may quote what somebody wrote.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

REQUEST_ID = ContextVar("REQUEST_ID", default="")
"""Of the request that is being answered."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:-]{1,128}")

FIELDS = ("client", "method", "route", "status", "ms", "instance")
"""What a record may carry besides its message."""


def request_id(given: str | None) -> str:
    """The id a client gave its request, where it is well formed; a new one otherwise."""
    return given if given and _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


class JsonLines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if asked := getattr(record, "request_id", REQUEST_ID.get()):
            line["request_id"] = asked
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line)


def _places(raised: TracebackType | None) -> list[str]:
    """Where an error came from, outermost first; without the lines of code or the message."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(raised)]


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "api.logs.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["lines"], "level": "WARNING"},
    "loggers": {
        "api": {"level": "INFO"},
        # Its own line a request would have the query in it; ours stands under api.requests.
        "uvicorn.access": {"level": "CRITICAL"},
        "uvicorn": {"level": "INFO"},
    },
}
"""What ``investai serve`` sets up; a server of one's own may use it, too."""
