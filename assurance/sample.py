"""A random sample of the mutants of a folder: which share of them the tests notice, and how sure that is.

python assurance/sample.py optimiser/solve 300 [--seed 1]

All of them would take a day; a sample of 300 tells the share to within five points. Run where mutmut is installed.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from math import sqrt
from pathlib import Path

NOTICED = {1, 3, 24, -24, 36, 152, 255, 37}
"""What a mutant's run ends with where it is noticed (mutmut's own numbers): a test failed, it took too long, or the
type check speaks of it."""

SURE = 1.96
"""Standard deviations of 95 %."""


def main() -> int:
    """Make the mutants, draw some, run these, say how many were noticed and which were not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("mutants", type=int)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    # A name that none has: they are made, and none is run.
    subprocess.run([mutmut, "run", "--max-children", "2", "none.of.them"], check=False, capture_output=True)
    names = sorted(results(asked.folder))
    if len(names) < asked.mutants:
        print(f"{asked.folder} has {len(names)} mutants", file=sys.stderr)
        return 2
    drawn = sorted(random.Random(asked.seed).sample(names, asked.mutants))
    subprocess.run([mutmut, "run", "--max-children", "2", *drawn], check=True, stdout=subprocess.DEVNULL)
    found = results(asked.folder)
    ended = [name for name in drawn if found[name] is not None]
    noticed = sum(found[name] in NOTICED for name in ended)
    low, high = wilson(noticed, len(ended))
    print(f"{noticed} of {len(ended)} mutants noticed, of {len(names)}: {noticed / len(ended):.1%}", end=" ")
    print(f"(95 % sure: {low:.1%} to {high:.1%}). Not noticed:")
    print("\n".join(f"  {name} ({found[name]})" for name in ended if found[name] not in NOTICED))
    return 0


def results(folder: Path) -> dict[str, int | None]:
    """The mutants of a folder by name, with what their runs ended with; None where one was not run."""
    found: dict[str, int | None] = {}
    for path in sorted((Path("mutants") / folder).glob("**/*.meta")):
        found |= json.loads(path.read_text())["exit_code_by_key"]
    return found


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Wilson's interval of a share (1927, doi 10.1080/01621459.1927.10502953)."""
    share, z = hits / tries, SURE**2 / tries
    middle, half = share + z / 2, SURE * sqrt(share * (1 - share) / tries + z / tries / 4)
    return (middle - half) / (1 + z), (middle + half) / (1 + z)


if __name__ == "__main__":
    sys.exit(main())
