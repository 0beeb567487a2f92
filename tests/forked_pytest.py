"""pytest again and again, on trees that differ: each run a child of a process that has imported what takes long.

Reads lines of JSON from standard input, ``{"tree": folder, "arguments": […], "limit_s": seconds}``, and answers each
with a line, ``{"code": exit code, "said": what pytest printed}``; the code is null for a run without an end. Nothing of
the tree is imported here, so that every child imports its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from importlib import import_module

for name in ("numpy", "pandas", "scipy.stats", "pulp", "highspy", "pydantic", "yaml", "orjson", "pytest"):
    import_module(name)


def child(tree: str, arguments: list[str], out: int) -> None:
    """Runs pytest in the tree and never returns."""
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.chdir(tree)
    sys.path.insert(0, tree)
    sys.argv = ["pytest", *arguments]
    code = 70
    try:
        code = int(import_module("pytest").main(arguments))
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def ended(process: int, limit_s: float) -> int | None:
    """The exit code of a child, or None where it has to be killed."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None


for line in sys.stdin:
    asked = json.loads(line)
    with tempfile.TemporaryFile() as out:
        forked = os.fork()
        if forked == 0:
            child(asked["tree"], asked["arguments"], out.fileno())
        code = ended(forked, asked["limit_s"])
        out.seek(0)
        said = out.read().decode(errors="replace")
    print(json.dumps({"code": code, "said": said}), flush=True)
