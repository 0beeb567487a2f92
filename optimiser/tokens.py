"""Bearer tokens of the service: made once, shown once, kept as their SHA-256 in a file of lines.

    # name, SHA-256 of the token, last day it holds (may be left out)
    ministry sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 2027-06-30

A token is 256 random bits. There is nothing to guess, so a plain hash is as good at rest as a slow one, and the
service checks it on every request without being slowed down by whoever sends wrong ones.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime

from optimiser.errors import TokenError

PREFIX = "investai_"
"""By which a token that leaked into a repository or a log is found."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_HASH = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What is kept of a token. sha256: its hash in hex. last_day: until when it holds (UTC), None for ever."""

    name: str
    sha256: str
    last_day: date | None = None

    @property
    def holds(self) -> bool:
        """Whether its last day is not over."""
        return self.last_day is None or datetime.now(UTC).date() <= self.last_day

    @property
    def line(self) -> str:
        """The token as a line of the file."""
        return " ".join([self.name, f"sha256:{self.sha256}", *([self.last_day.isoformat()] if self.last_day else [])])


def new_token(name: str, last_day: date | None = None) -> tuple[str, KeptToken]:
    """A token nobody has seen, and what to keep of it.

    Errors: TokenError for a name that is not letters, digits, dot, dash and underscore.
    """
    if not NAME.fullmatch(name):
        raise TokenError(
            f"{name[:80]!r} is no name of a token; write 1 to 64 letters, digits, dots, dashes, underscores"
        )
    token = PREFIX + secrets.token_urlsafe(32)
    return token, KeptToken(name, _sha256(token), last_day)


def read_tokens(content: str) -> tuple[KeptToken, ...]:
    """The tokens in the text of a file; a name may stand on several lines, while one is changed for another.

    Errors: TokenError that names the line which is none; never its content, which may be a token.
    """
    kept = []
    for number, line in enumerate(content.splitlines(), 1):
        fields = line.partition("#")[0].split()
        if fields:
            kept.append(_kept(number, fields))
    return tuple(kept)


def _kept(number: int, fields: list[str]) -> KeptToken:
    found = _HASH.fullmatch(fields[1]) if len(fields) in (2, 3) and NAME.fullmatch(fields[0]) else None
    try:
        last_day = date.fromisoformat(fields[2]) if len(fields) == 3 else None
    except ValueError:
        found = None
    if found is None:
        raise TokenError(f"line {number} of the tokens is not NAME sha256:HASH, with a last day as 2027-06-30 or none")
    return KeptToken(fields[0], found[1], last_day)


def owner_of(token: str, kept: tuple[KeptToken, ...]) -> str | None:
    """The name a token goes by; None where it is none of those kept, or its last day is over.

    Every kept hash is compared, each in constant time: how long it takes says nothing about any of them.
    """
    given = _sha256(token)
    owner = None
    for one in kept:
        if hmac.compare_digest(given, one.sha256) and one.holds:
            owner = one.name
    return owner


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
