"""French pages: words, numbers and spaces as French print has them, whatever the screen can show."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from optimiser.messages import HERE, digits, text, type_of
from optimiser.report.numbers import amounts, grid, number, share
from optimiser.report.page import Paragraph
from optimiser.report.screen import rendered

THIN, WIDE = "\u202f", "\u00a0"


def test_numbers_have_a_decimal_comma_and_narrow_spaces():
    assert amounts([1234.5, 0, 2], "fr") == [f"1{THIN}234,5", "-", "2,0"]
    assert grid([[1234.5], [0.25]], "fr") == [[f"1{THIN}234,50"], ["0,25"]]
    assert number(1234567.891, "fr") == f"1{THIN}234{THIN}567,89"
    assert number(-0.125, "fr") == "-0,125"
    assert (share(0.1234, "fr"), share(0.00001, "fr")) == (f"12,34{THIN}%", f"<{THIN}0,01{THIN}%")
    assert digits("1,234.5 %", "en") == "1,234.5 %"


def test_numbers_in_sentences_have_them_too():
    assert text("finding.probabilities-sum", {"total": 0.9}, "fr") == "La somme des probabilités est 0,9."
    assert text("finding.probabilities-sum", {"total": 0.9}, "en") == "The probabilities sum to 0.9."


def test_words_in_sentences_are_translated():
    assert text("finding.not-an-object", {"found": type_of([])}, "fr").endswith(f"ceci est{WIDE}: une liste.")
    assert text("finding.not-an-object", {"found": type_of([])}, "en").endswith("this is a list.")


def test_every_french_text_has_french_spaces_and_apostrophes():
    with (HERE / "fr.po").open("rb") as file:
        texts = [(m.context, m.string if isinstance(m.string, tuple) else (m.string,)) for m in read_po(file) if m.id]
    for code, forms in texts:
        for words in forms:
            assert "« " not in words and " »" not in words, code
            assert not any(f" {mark}" in words for mark in ";?:%"), code
            assert not re.search(r"\w'(?=[\w{«])", words), code


def test_our_marks_are_those_of_cldr():
    assert digits("1,234,567.5", "fr") == format_decimal(Decimal("1234567.5"), locale="fr")
    assert digits("1,234,567.5", "en") == format_decimal(Decimal("1234567.5"), locale="en_150")


def test_no_line_ends_within_a_number():
    sentence = "x " * 8 + f"12{THIN}345{THIN}678,25 millions"
    shown = rendered([Paragraph("", [sentence])], 24)
    assert f"12{THIN}345{THIN}678,25" in shown


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_an_old_screen_gets_plain_characters(encoding):
    shown = rendered([Paragraph("", [f"l’été : 1{THIN}234,5{THIN}%"])], 60, encoding=encoding)
    assert "1 234,5 %" in shown
    assert "?" not in shown
    shown.encode(encoding)


def test_pages_are_french(investai, primavera, tmp_path):
    outcome = investai("allocate", primavera, "--lang", "fr")
    assert outcome.exit_code == 0
    assert "Le meilleur plan" in outcome.output
    assert "Certificat" in outcome.output
    for english in ("EUR million", "maximised", "Certificate", "Funded"):
        assert english not in outcome.output
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": "x"}]}}))
    said = investai("validate", broken, "--lang", "fr").output
    assert "là où il faut un nombre" in said


def test_json_has_the_same_numbers_in_every_language(investai, primavera):
    english, french = (
        json.loads(investai("allocate", primavera, "--json", "--lang", lang).stdout) for lang in ("en", "fr")
    )
    assert english["money"] == french["money"]
    assert english["indicators"] == french["indicators"]
    assert english["candidates"][0]["reason"]["text"] != french["candidates"][0]["reason"]["text"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", {1: "Not funded: the 1 place of n is taken.", 2: "Not funded: all 2 places of n are taken."}),
        (
            "fr",
            {
                1: "Non financé : n n’a que 1 place, et elle est prise.",
                2: "Non financé : les 2 places de n sont toutes prises.",
            },
        ),
    ],
)
@pytest.mark.parametrize("places", [1, 2])
def test_one_place_and_two(investai, tmp_path, lang, said, places):
    sites = [{"id": f"s{n}", "cost": {"2027": 1}, "attributes": {"x": 3 - n}} for n in range(3)]
    document = {
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10}]},
        "candidates": sites,
        "constraints": [{"id": "n", "kind": "count", "at_most": places}],
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
    }
    path = tmp_path / "places.json"
    path.write_text(json.dumps(document))
    shown = _plain(investai("allocate", path, "--lang", lang).output)
    assert said[places] in shown
    # What clashes with a lock of one more is said with the same number.
    for site in sites:
        site["locked"] = "in"
    path.write_text(json.dumps(document))
    shown = _plain(investai("repair", path, "--lang", lang).output)
    rules = {"en": f"n: at most {places} site", "fr": f"n : {places} site"}
    assert rules[lang] + ("s" if places > 1 else " au" if lang == "fr" else " ") in shown


def test_levels_strategies_and_units_have_french_names(investai):
    compared = _plain(investai("compare", "first-loss-design", "--lang", "fr").output)
    for english in ("level", "share-by-key", "pro-rata", "cvar", "EUR million", "inhabitants"):
        assert english not in compared, english
    for french in (
        "clé par pays : limite de la moyenne des pires pertes (niveau 1)",
        "ES 2 627",
        "million d’habitants",
    ):
        assert french in compared, french
    hurdle = "/fund/tiers/private-senior/hurdle=0.9"
    repaired = _plain(investai("repair", "first-loss-design", "--set", hurdle, "--lang", "fr").output)
    assert "niveau 1 doit rapporter" in repaired
    allocated = _plain(investai("allocate", "first-loss-design", "--lang", "fr").output)
    assert "limite de la moyenne des pires pertes :" in allocated and "niveau 1" in allocated


def _plain(shown: str) -> str:
    """Words as they are read: rows of a table on one line, spaces of any width alike."""
    return re.sub(r"\s+", " ", shown)
