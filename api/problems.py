"""Refusals and failures as RFC 9457 problems. Knows nothing of the web framework: workers write problems too.

    {"type": "/problems/invalid-scenario", "title": …, "status": 422, "detail": …, "instance": "urn:uuid:…",
     "errors": [{"severity": …, "code": …, "pointer": …, "message": …, "cure": …}]}

``errors`` holds every finding of the scenario at once; a refusal that has none carries itself there, with its cure.
``type`` and the codes are stable; words come from the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from optimiser.messages import text

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

STATUS: dict[str, int] = {
    "bad-query": 400,
    "bad-page": 400,
    "bad-header": 400,
    "unknown-language": 400,
    "unauthorised": 401,
    "bad-form": 400,
    "foreign-form": 403,
    "foreign-name": 403,
    "not-found": 404,
    "unknown-scenario": 404,
    "unknown-job": 404,
    "unknown-batch": 404,
    "no-result": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "body-too-slow": 408,
    "not-saved": 404,
    "unknown-decision": 404,
    "not-ended": 409,
    "nothing-changed": 409,
    "plan-changed": 409,
    "nothing-to-decide": 409,
    "child-of-batch": 409,
    "still-running": 409,
    "request-running": 409,
    "stale": 412,
    "body-too-large": 413,
    "too-many-candidates": 413,
    "media-type": 415,
    "invalid-request": 422,
    "invalid-scenario": 422,
    "invalid-plan": 422,
    "key-reused": 422,
    "too-many-requests": 429,
    "incomplete-form": 422,
    "queue-full": 429,
    "backlog-full": 429,
    "unexpected": 500,
    "solver-refused": 500,
    "worker-lost": 500,
    "page-not-installed": 501,
    "workbooks-not-installed": 501,
    "draining": 503,
    "store-unavailable": 503,
    "not-ready": 503,
    # 504 and not 503: the same request would end the same way; what timed out stands behind this face.
    "time-limit-hard-stop": 504,
}
"""HTTP status of every problem the service gives."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished HTTP answer, as a worker sends it back."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, before it has words.

    code: key of STATUS and of the catalogue. params: filled into the catalogue's texts.
    findings: of the scenario or plan, already in words. headers: further headers of the answer.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self, lang: str, instance: str) -> Answer:
        """The problem in words, as a finished answer."""
        status = STATUS[self.code]
        detail = text(f"problem.{self.code}.detail", self.params, lang)
        document = {
            "type": problem_type(self.code),
            "title": text(f"problem.{self.code}", {}, lang),
            "status": status,
            "detail": detail,
            "instance": instance,
            "errors": list(self.findings) or [self.finding(lang)],
        }
        return Answer(status, json_bytes(document), PROBLEM_JSON, self.headers)

    def finding(self, lang: str) -> dict[str, str]:
        """The problem itself as a finding, with its cure."""
        detail = text(f"problem.{self.code}.detail", self.params, lang)
        cure = text(f"problem.{self.code}.cure", self.params, lang)
        return {"severity": "error", "code": self.code, "pointer": "", "message": detail, "cure": cure}


class ProblemError(Exception):
    """Raised where a request ends in a problem."""

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.code)


def refuse(code: str, headers: tuple[tuple[str, str], ...] = (), **params: Any) -> ProblemError:
    """The error to raise for a problem without findings of its own."""
    return ProblemError(Problem(code, params, headers=headers))


def problem_type(code: str) -> str:
    """The stable relative address that names a kind of problem."""
    return f"/problems/{code}"


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8; text a user wrote with half a surrogate pair stays escaped, since UTF-8 cannot hold it."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(value).encode()
