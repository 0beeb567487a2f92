"""Entries of a decision log: who adopted or rejected which plan, when and why.

Each entry holds the SHA-256 of the one before it and its own, both over canonical JSON (RFC 8785): an entry that was
changed, left out or put in between is seen by anyone who counts the hashes again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from optimiser.errors import DecisionLogError
from optimiser.findings import Finding
from optimiser.result.result import Result

FIRST = "0" * 64
"""What the first entry holds in place of the hash of an entry before it."""

Verdict = Literal["adopted", "rejected"]

Sha256 = Field(pattern=r"^[0-9a-f]{64}$")


class Headline(BaseModel):
    """What the plan amounts to [EUR million; count]."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    termination: str
    objective: float | None
    bound: float | None
    sites: int
    public_money: float | None
    private_money: float | None


class Entry(BaseModel):
    """One decision. version: of the saved scenario. result_sha256: of the bytes of the result as it is kept."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    scenario: str
    number: int = Field(ge=1)
    version: int = Field(ge=1)
    verdict: Verdict
    who: str = Field(min_length=1)
    why: str = Field(min_length=1)
    at: str
    scenario_sha256: str = Sha256
    result_sha256: str = Sha256
    headline: Headline
    previous: str = Sha256
    digest: str = Sha256

    @property
    def counted(self) -> str:
        """Its hash, counted again."""
        return entry_digest(self.model_dump(exclude={"digest"}))


def entry_digest(entry: Mapping[str, Any]) -> str:
    """The hash of an entry without its own."""
    return hashlib.sha256(rfc8785.dumps(dict(entry))).hexdigest()


def headline_of(result: Result) -> Headline:
    """The headline of a result."""
    indicators = result.indicators
    return Headline(
        termination=result.termination,
        objective=result.objective.value,
        bound=result.objective.bound,
        sites=sum(any(c.phases.values()) for c in result.candidates),
        public_money=None if indicators is None else indicators.public_money,
        private_money=None if indicators is None else indicators.private_money,
    )


def read_log(document: Any, sha256: str | None = None) -> list[Entry]:
    """The entries of a log ``{"decisions": [{…}, …]}``, in order.

    sha256: of a scenario some entry must be about.
    Errors: DecisionLogError where it is no log, its hashes do not hold, or it is about other scenarios.
    """
    listed = document.get("decisions") if isinstance(document, Mapping) else None
    try:
        entries = TypeAdapter(list[Entry]).validate_python(listed)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        place = "".join(f"/{part}" for part in ("decisions", *found["loc"]))
        raise DecisionLogError([Finding("error", "no-decision-log", place, {})]) from None
    findings = list(_broken(entries))
    if not findings and sha256 is not None and all(entry.scenario_sha256 != sha256 for entry in entries):
        findings.append(Finding("error", "decisions-of-others", "/decisions", {"sha256": sha256}))
    if findings:
        raise DecisionLogError(findings)
    return entries


def log_document(entries: Iterable[Entry]) -> dict[str, Any]:
    """A log as it is exported and read."""
    return {"decisions": [entry.model_dump() for entry in entries]}


def _broken(entries: Sequence[Entry]) -> Iterable[Finding]:
    """Entries whose hashes do not hold; each scenario has its own chain."""
    before: dict[str, tuple[int, str]] = {}
    for n, entry in enumerate(entries):
        number, previous = before.get(entry.scenario, (0, FIRST))
        if entry.counted != entry.digest or (entry.number, entry.previous) != (number + 1, previous):
            yield Finding("error", "decision-changed", f"/decisions/{n}", {"number": entry.number})
        before[entry.scenario] = (entry.number, entry.digest)
