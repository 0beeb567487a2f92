"""How often a client may ask: the generic cell rate algorithm (ITU-T I.371), one number a client.

    A request is due when the one before it was due, plus 60 s / n. It may come early by a minute less that, so that
    n come at once after a pause, and n a minute for ever.

Libraries for this were looked at: their memory stores keep every request or start a thread and walk over all
clients on each, which is work that an attacker with many addresses gets for nothing.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

PERIOD_S = 60.0

MOST_CLIENTS = 20_000
"""Remembered at once; beyond it those heard of first are forgotten first."""


class Rate:
    """The rate of every client. per_minute: requests of each; 0 is no limit."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic):
        self.per_minute = per_minute
        self._now = now
        self._due: dict[str, float] = {}

    def wait_s(self, client: str) -> float:
        """0 where the client may ask now, which is counted; else when it may [s]."""
        if not self.per_minute:
            return 0.0
        now, step = self._now(), PERIOD_S / self.per_minute
        due = max(self._due.pop(client, now), now)
        early = due - now - (PERIOD_S - step)
        # The allowance is for the noise of floats alone: a microsecond.
        self._due[client] = due if early > 1e-6 else due + step
        while len(self._due) > MOST_CLIENTS:
            del self._due[next(iter(self._due))]
        return max(early, 0.0) if early > 1e-6 else 0.0


def client_of_address(address: str) -> str:
    """By what an address is counted: itself, or the network of an IPv6 host, which has addresses without number."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
