"""Every translation is whole: each English text has its words in it, with the same parameters, and no others."""

from __future__ import annotations

import importlib.util
import string
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from optimiser.messages import HERE, LANGUAGES, text
from optimiser.messages.en import TEXTS

ROOT = Path(__file__).parents[2]

TRANSLATIONS = sorted(HERE.glob("*.po"))


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def _forms(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _parameters(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def faults(catalogue: Catalog) -> list[str]:
    """What keeps a translation from being whole."""
    found = []
    entries = {m.context: m for m in catalogue if m.id}
    found += [f"{code}: left over" for code in entries.keys() - TEXTS.keys()]
    for code, words in TEXTS.items():
        entry = entries.get(code)
        if entry is None or entry.id != words:
            found.append(f"{code}: missing, or of another English text")
            continue
        forms = _forms(entry.string)
        if not all(forms):
            found.append(f"{code}: empty")
            continue
        asked = 1 if isinstance(words, str) else catalogue.num_plurals
        if len(forms) != asked:
            found.append(f"{code}: {len(forms)} forms, not {asked}")
        if entry.fuzzy:
            found.append(f"{code}: fuzzy")
        for form in forms:
            # The form for one may leave the number out, as the English one may.
            if _parameters(form) | {"count"} != _parameters(_forms(words)[-1]) | {"count"}:
                found.append(f"{code}: other parameters")
        if ("count" in _parameters(forms[-1])) != ("count" in _parameters(_forms(words)[-1])):
            found.append(f"{code}: no number in the form for many")
    return found


def test_there_is_a_translation():
    assert [path.stem for path in TRANSLATIONS] == list(LANGUAGES[1:]) == ["fr"]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_a_translation_is_whole_and_as_the_script_writes_it(path):
    assert faults(_read(path)) == []
    assert _script().updated(path) == path.read_bytes(), "run: make catalogue"


def test_what_is_not_whole_is_seen():
    french = _read(HERE / "fr.po")
    entries = {m.context: m for m in french if m.id}
    entries["page.skip"].string = ""
    entries["page.languages"].flags.add("fuzzy")
    entries["page.tier-total"].string = "{tier} par site"
    entries["cli.draws.infeasible"].string = ("Dans {count} tirage", "Dans des tirages")
    entries["page.footer"].id = "Another text"
    french.add("Gone", "Parti", context="page.gone")
    assert sorted(faults(french)) == [
        "cli.draws.infeasible: no number in the form for many",
        "page.footer: missing, or of another English text",
        "page.gone: left over",
        "page.languages: fuzzy",
        "page.skip: empty",
        "page.tier-total: other parameters",
    ]


def test_the_script_brings_a_translation_up_to_date(tmp_path, monkeypatch):
    script = _script()
    changed = {
        **TEXTS,
        "page.skip": "Skip to the main content",
        "page.brand-new": "Wholly unlike what was there before",
    }
    del changed["page.languages"]
    monkeypatch.setattr(script, "TEXTS", changed)
    path = tmp_path / "fr.po"
    path.write_bytes((HERE / "fr.po").read_bytes())
    path.write_bytes(script.updated(path))
    entries = {m.context: m for m in _read(path) if m.id}
    assert entries["page.skip"].fuzzy
    assert entries["page.skip"].string == "Aller au contenu"
    assert not entries["page.brand-new"].string
    assert "page.languages" not in entries
    assert not entries["page.footer"].fuzzy
    assert script.updated(path) == path.read_bytes()


def test_an_empty_file_begins_another_language(tmp_path):
    path = tmp_path / "pl.po"
    path.touch()
    path.write_bytes(_script().updated(path))
    polish = _read(path)
    assert polish.num_plurals == 3
    assert {m.context for m in polish if m.id} == TEXTS.keys()


@pytest.mark.parametrize(
    ("lang", "count", "said"),
    [
        ("en", 0, "In 0 further draws no plan keeps every rule."),
        ("en", 1, "In 1 further draw no plan keeps every rule."),
        ("en", 2, "In 2 further draws no plan keeps every rule."),
        ("fr", 0, "Dans 0 autre tirage, aucun plan ne respecte toutes les règles."),
        ("fr", 1, "Dans 1 autre tirage, aucun plan ne respecte toutes les règles."),
        ("fr", 2000, "Dans 2\u202f000 autres tirages, aucun plan ne respecte toutes les règles."),
    ],
)
def test_the_number_decides_by_the_rule_of_the_language(lang, count, said):
    assert text("cli.draws.infeasible", {"count": count}, lang) == said
