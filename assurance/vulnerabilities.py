"""Known vulnerabilities of everything in requirements.lock, by pip-audit: ``python assurance/vulnerabilities.py``.

Exit code 1 where one is known. Where the advisories cannot be reached nothing is known, and that is said: no package
counts as clean that was not looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def verdict(report: str) -> tuple[int, str]:
    """The exit code and a line about a report in JSON; empty where pip-audit could not make one."""
    try:
        found = json.loads(report)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return 0, "NOT AUDITED: pip-audit could not reach its advisories"
    looked_up = [package for package in found if "skip_reason" not in package]
    left_out = len(found) - len(looked_up)
    known = [f"{p['name']} {p['version']}: {v['id']}" for p in looked_up for v in p["vulns"]]
    if known:
        return 1, "\n".join(["KNOWN VULNERABILITIES", *known])
    if not looked_up:
        return 0, f"NOT AUDITED: the advisories of {left_out} packages cannot be reached from here"
    return 0, f"{len(looked_up)} packages without a known vulnerability" + (
        f"; NOT AUDITED: {left_out}" if left_out else ""
    )


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock"), "--format", "json"]
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "15"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    code, line = verdict(done.stdout)
    print(line)
    if not done.stdout:
        print(done.stderr.strip().splitlines()[-1:], file=sys.stderr)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
