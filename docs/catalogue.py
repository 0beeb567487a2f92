"""Brings the translations up to date: every ``optimiser/messages/*.po`` with the English texts of today.

python docs/catalogue.py          write: new texts come empty, changed ones are marked fuzzy, gone ones are dropped
python docs/catalogue.py --check  fail if anything would change

An empty file ``de.po`` there begins with German.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from optimiser.messages import HERE  # noqa: E402
from optimiser.messages.en import TEXTS  # noqa: E402


def main() -> int:
    """Write (or check) every translation; 1 where something differs."""
    differing = []
    for path in sorted(HERE.glob("*.po")):
        content = updated(path)
        if content == path.read_bytes():
            continue
        if "--check" in sys.argv:
            differing.append(path.name)
        else:
            path.write_bytes(content)
    if differing:
        print(f"not up to date: {', '.join(differing)}; run: make catalogue", file=sys.stderr)
    return 1 if differing else 0


def updated(path: Path) -> bytes:
    """The translation as it is with the English texts of today."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    catalogue.project, catalogue.version = "InvestAI Optimiser", ""
    catalogue.fuzzy = False
    english = Catalog()
    for code, words in TEXTS.items():
        english.add(words, context=code)
    catalogue.update(english, update_creation_date=False)
    written = BytesIO()
    write_po(written, catalogue, ignore_obsolete=True)
    return written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
