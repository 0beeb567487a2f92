"""How a job ended, as one number: what the command exits with, and what a batch states for each of its scenarios."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes."""

    OPTIMAL = 0
    ERROR = 1
    USAGE = 2
    INVALID = 3
    INFEASIBLE = 4
    LIMIT_WITH_PLAN = 5
    LIMIT_WITHOUT_PLAN = 6
    UNBOUNDED = 7
    PART_FAILED = 8
    INTERRUPTED = 130


def exit_code(termination: str, has_allocation: bool) -> Exit:
    """The exit code of a result."""
    if termination == "time_limit":
        return Exit.LIMIT_WITH_PLAN if has_allocation else Exit.LIMIT_WITHOUT_PLAN
    codes = {"optimal": Exit.OPTIMAL, "infeasible": Exit.INFEASIBLE, "unbounded": Exit.UNBOUNDED}
    return codes.get(termination, Exit.ERROR)
