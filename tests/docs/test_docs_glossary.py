"""The glossary has an entry for every technical term that the titles of pages use, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optimiser.messages import LANGUAGES, catalogue

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"

TERMS = {
    "en": "tier|candidate|site|phase|consortium|share|floor|envelope|guarantee|level|hurdle|stress|grant equivalent"
    "|soft rule|certificate|finding|strategy|regret|frontier|robustness|core index"
    "|repair|reserve list|batch|multiplier|objective",
    "fr": "tranche|candidat|site|phase|consortium|part|plancher|enveloppe|garantie|niveau|rendement exigé"
    "|test de résistance|équivalent-subvention|règle souple|certificat|constat|stratégie|regret|frontière|robustesse"
    "|indice de noyau|réparation|liste de réserve|lot|effet multiplicateur|objectif|perte attendue|prix dual|CVaR",
}
"""Words of the trade; a title may use them only where the glossary explains them."""


def _entries(lang: str) -> set[str]:
    rows = [line.split("|")[1:-1] for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")][1:]
    cells = [row[LANGUAGES.index(lang)] for row in rows]
    return {name.strip().lower() for cell in cells for name in re.split(r"[,()]", cell) if name.strip()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_of_a_title_is_explained(lang):
    titles = [w for code, w in catalogue(lang).items() if re.search(r"\b(title|column|headline|term)\.", code)]
    used = {found.lower() for title in titles for found in re.findall(rf"\b(?:{TERMS[lang]})\b", title, re.I)}
    assert len(used) > 10
    assert used <= _entries(lang)


def test_every_entry_is_complete_in_both_languages():
    rows = [line.split("|")[1:-1] for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")][1:]
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
    assert all(row[2].strip().endswith(".") and row[3].strip().endswith(".") for row in rows)
