"""The views of a scenario: every one in every language, whatever is asked of it, with the numbers of the library."""

from __future__ import annotations

import io
import json
import re
import zipfile

import httpx
import orjson
import pytest

from api.page.levers import figure, levers_of, value_of
from api.page.rendering import first_sentence
from api.page.views import TABS
from api.page.views.allocation import money_by_site, tiles_of, with_plan
from api.page.views.files import FILES
from api.page.views.frontier import scale
from api.page.views.robustness import with_costs
from api.page.work import answer_part, form_part
from api.settings import Settings
from api.work.job import Job
from optimiser import allocate
from optimiser.library import library_files
from optimiser.messages import LANGUAGES, listed, text
from optimiser.report.page import Heading
from optimiser.scenario.load import load_document

SMALL = "/scenarios/first-loss-design"
POINTER = "/fund/tiers/first-loss/size"
INFEASIBLE = {POINTER: "10", "/fund/tiers/private-senior/limits/cvar/at_most": "0.0001"}
QUICK = {
    "compare": {"strategies": "pro-rata"},
    "frontier": {"points": "5"},
    "robustness": {"draws": "5"},
    "explain": {"candidate": "pt-sines"},
}
"""A question of each view that the small scenario answers in a second or two."""


def document() -> dict:
    """The small scenario as its file stands."""
    return json.loads(library_files()["first-loss-design"].read_bytes())


def parts(scenario: dict, tab: str, **asked: str) -> str:
    """Form and answer of a view of a scenario, made as a worker makes them."""
    view = {"tab": tab, "base": "/x", "link": "/x", "document": scenario, "asked": {k: [v] for k, v in asked.items()}}
    if tab == "differences":
        view |= {"other": document(), "choices": {"x": scenario["name"]}}
    job = Job(orjson.dumps(view), "en", "urn:uuid:0", Settings())
    form, answer = form_part(job), answer_part(job)
    assert form.status == answer.status == 200
    return (form.body + answer.body).decode()


def answer_of(page: str) -> str:
    """What stands in the place of the answer."""
    return page.partition('id="answer"')[2]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("tab", QUICK)
def test_every_view_answers_in_every_language(client: httpx.Client, tab: str, lang: str) -> None:
    page = client.get(f"{SMALL}/{tab}", params=QUICK[tab] | {"lang": lang})
    assert page.status_code == 200 and f'<html lang="{lang}">' in page.text
    assert text(f"page.tab.{tab}", {}, lang) in page.text
    assert text(f"page.about.{tab}", {}, lang) in page.text.replace("&#39;", "'")
    assert 'class="verdict good"' in answer_of(page.text)
    assert page.text.rstrip().endswith("</html>")
    assert not re.search(r'<script(?! src="/static/)| style="|<style| on[a-z]+="', page.text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_differences_show_the_changes_of_the_link_only(client: httpx.Client, lang: str) -> None:
    scenario = {"a": "first-loss-design", "b": "first-loss-design"}
    page = answer_of(client.get("/differences", params=scenario | {POINTER: "4500", "lang": lang}).text)
    inputs = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert inputs.count("<tr>") == 1 and POINTER in inputs
    same = client.get("/differences", params=scenario | {"lang": lang}).text
    assert text("cli.diff.same-inputs", {}, lang) in same


def test_any_two_scenarios_are_compared_where_none_or_one_is_named(client: httpx.Client) -> None:
    for asked in ({}, {"b": "ai-factories"}):
        page = client.get("/differences", params=asked).text
        first, second = re.findall(r'<option value="([^"]+)" selected>', page)
        assert first != second == "ai-factories"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_of_the_page_are_explained_on_it(client: httpx.Client, lang: str) -> None:
    page = client.get(SMALL, params={"lang": lang}).text
    words = re.findall(r"<dt>([^<]+)</dt><dd>([^<]{20,})</dd>", page)
    assert len(words) == 7 and any("CVaR" in meaning for _, meaning in words)


@pytest.mark.parametrize(
    ("tab", "asked"),
    [
        ("compare", {"strategies": "nobody"}),
        ("compare", {"strategies": "rank-and-cut"}),
        ("frontier", {"points": "many"}),
        ("frontier", {"points": "1e9"}),
        ("frontier", {"first": "nothing", "second": "attribute:nowhere"}),
        ("frontier", {"first": "public_money", "second": "public_money"}),
        ("robustness", {"draws": "-1"}),
        ("robustness", {"draws": "0.5"}),
        ("robustness", {"costs": "a lot"}),
        ("robustness", {"costs": "1"}),
        ("robustness", {"seed": "true"}),
        ("explain", {"candidate": "nobody"}),
        ("explain", {"country": "Nowhere"}),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_cannot_be_asked_is_a_finding(client: httpx.Client, tab: str, asked: dict, lang: str) -> None:
    page = client.get(f"{SMALL}/{tab}", params=asked | {"lang": lang})
    assert page.status_code == 200
    answer = answer_of(page.text)
    assert 'class="verdict warn"' in answer and '<li class="error">' in answer


@pytest.mark.parametrize("tab", [*QUICK, "allocation", "differences"])
def test_a_scenario_that_cannot_be_read_is_a_finding_in_every_view(client: httpx.Client, tab: str) -> None:
    path = {"allocation": SMALL, "differences": "/differences"}.get(tab, f"{SMALL}/{tab}")
    asked = QUICK.get(tab, {}) | {"a": "first-loss-design", "b": "first-loss-design"}
    page = client.get(path, params=asked | {POINTER: "plenty"})
    assert page.status_code == 200 and '<li class="error">' in answer_of(page.text)
    assert POINTER in answer_of(page.text)


@pytest.mark.parametrize(
    "path", ["/scenarios/none/compare", f"{SMALL}/nothing", f"{SMALL}/files/x", "/differences?a=none"]
)
def test_what_is_not_there_is_a_page_that_says_so(client: httpx.Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404 and "<h1>" in page.text


@pytest.mark.parametrize("tab", [*TABS, "differences"])
def test_names_are_never_markup_in_any_view(tab: str) -> None:
    scenario = document()
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    scenario["name"] = attack
    for part in [*scenario["candidates"], *scenario["fund"]["tiers"]]:
        part["name"] = attack
    page = parts(scenario, tab, **QUICK.get(tab, {}))
    assert "<script" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_changes_go_along_to_every_view_and_file(client: httpx.Client) -> None:
    page = client.get(SMALL, params={POINTER: "4500", "lang": "en"}).text
    links = [httpx.URL(link.replace("&amp;", "&")) for link in re.findall(r'href="(/[^"]*)"', page)]
    carried = [link for link in links if link.path.startswith((f"{SMALL}/", "/differences"))]
    assert {link.path for link in carried} >= {f"{SMALL}/{tab}" for tab in QUICK} | {
        f"{SMALL}/files/{n}" for n in FILES
    }
    assert all(link.params[POINTER] == "4500" for link in carried)
    form = client.get(f"{SMALL}/explain", params={POINTER: "4500"}).text
    assert form.count(f'<input type="hidden" name="{POINTER}" value="4500">') == 2


def test_the_first_part_of_a_page_does_not_wait_for_the_answer(client: httpx.Client) -> None:
    with client.stream("GET", SMALL) as page:
        chunks = page.iter_raw()
        first = next(chunks)
        assert b"<h1>" in first and b'id="answer"' not in first
        rest = b"".join(chunks)
    assert rest.index(b'class="levers"') < rest.index(b'class="waiting"') < rest.index(b'id="answer"')
    assert first.count(b"<!--part-->") == rest.count(b"<!--part-->") == 0
    # Every part closes what it opened.
    assert (first + rest).count(b"<div") == (first + rest).count(b"</div>")


@pytest.mark.parametrize("tab", ["compare", "frontier", "robustness", "explain"])
def test_parts_close_what_they_open(client: httpx.Client, tab: str) -> None:
    for asked in (QUICK[tab], {POINTER: "plenty"}):
        page = client.get(f"{SMALL}/{tab}", params=asked).text
        for element in ("div", "section", "details", "ul", "table", "form"):
            assert len(re.findall(rf"<{element}[ >]", page)) == page.count(f"</{element}>"), element


def test_every_point_of_a_frontier_leads_to_its_plan(client: httpx.Client) -> None:
    page = client.get(
        f"{SMALL}/frontier", params={"first": "private_money", "second": "public_money", "points": "5"}
    ).text
    points = re.findall(r'<a href="#plan-(\d+)" aria-label', page)
    plans = re.findall(r'<section class="plan" id="plan-(\d+)">', page)
    assert len(points) > 1 and points == plans == [str(n) for n in range(1, len(points) + 1)]


def test_a_repair_is_a_link_to_a_scenario_with_a_plan(client: httpx.Client) -> None:
    page = client.get(SMALL, params=INFEASIBLE | {"lang": "en"}).text
    assert text("cli.title.clash", {}, "en") in page
    links = [link.replace("&amp;", "&") for link in re.findall(r'<a class="button" href="([^"]+)"', page)]
    assert links
    mended = client.get(links[0]).text
    assert 'class="verdict good"' in answer_of(mended)


def test_an_entry_price_is_a_link_to_a_scenario_in_which_the_site_is_in() -> None:
    scenario = json.loads(library_files()["deepseek-efficiency"].read_bytes())
    result = allocate(scenario)
    out = next(c for c in result.candidates if not c.funded)
    page = parts(scenario, "explain", candidate=out.id)
    links = [httpx.URL(link.replace("&amp;", "&")) for link in re.findall(r'<li><a href="(/x\?[^"]+)"', page)]
    assert links
    edits = {k: value_of(v) for k, v in links[0].params.multi_items() if k.startswith("/")}
    loaded = load_document(scenario, edits)
    assert next(c.funded for c in allocate(loaded).candidates if c.id == out.id)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_every_file_is_what_its_name_says(client: httpx.Client, name: str, lang: str) -> None:
    file = client.get(f"{SMALL}/files/{name}", params={POINTER: "4500", "lang": lang})
    assert file.status_code == 200
    assert file.headers["content-disposition"] == f'attachment; filename="first-loss-design-{name}"'
    if name == "scenario.json":
        tiers = {t["id"]: t for t in file.json()["fund"]["tiers"]}
        assert tiers["first-loss"]["size"]["at_most"] == 4500
    elif name == "allocation.json":
        assert file.json()["termination"] == "optimal"
    elif name == "model.lp":
        assert file.text.splitlines()[1] in ("min", "max") and file.text.rstrip().endswith("end")
    elif name == "report.html":
        assert f'<html lang="{lang}">' in file.text and "<svg" in file.text
    elif name == "money-by-year.png":
        assert file.content.startswith(b"\x89PNG")
    else:
        inside = zipfile.ZipFile(io.BytesIO(file.content)).namelist()
        held = {"tables.zip": "money.csv", "report.docx": "word/document.xml", "allocation.xlsx": "xl/workbook.xml"}
        assert held[name] in inside


def test_a_file_of_a_scenario_that_cannot_be_read_is_a_problem(client: httpx.Client) -> None:
    page = client.get(f"{SMALL}/files/allocation.json", params={POINTER: "plenty"})
    assert page.status_code == 422 and POINTER in page.text
    nothing = client.get(f"{SMALL}/files/money-by-year.png", params=INFEASIBLE)
    assert nothing.status_code == 404


def test_a_question_that_takes_too_long_says_so_in_its_place(client: httpx.Client) -> None:
    # No machine reads the clock twice within a microsecond of work.
    scenario = document() | {"solver": {"time_limit_s": 1e-6}}
    page = answer_of(parts(scenario, "compare", strategies="risk-averse"))
    assert 'class="verdict warn"' in page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("value", [1000.0, 0.35, 3, 1234567.5, 1e-7, -2.5])
def test_a_field_shows_what_it_reads_back(value: float, lang: str) -> None:
    shown = figure(value, lang)
    assert value_of(shown) == value
    assert not shown.endswith(".0")


def test_the_verdict_names_the_plan_and_its_money() -> None:
    result = allocate(document())
    heading = with_plan(Heading("", ["Proven."]), result, "en")
    assert isinstance(heading, Heading)
    assert heading.sentences[1].startswith(
        "Funded: Móra la Nova and San Fernando de Henares, Sines, AION, Kajaani, Vienna."
    )
    assert "EUR 7,194 million of public money and 13,806 million of private." in heading.sentences[1]
    nothing = allocate(document() | {"constraints": [{"id": "none", "kind": "count", "at_most": 0}]})
    assert with_plan(Heading("", ["No."]), nothing, "en") == Heading("", ["No."])


def test_a_share_in_a_question_has_the_mark_of_the_language() -> None:
    assert 'name="costs" value="0,2"' in asked_in("fr")
    assert 'name="costs" value="0.2"' in asked_in("en")


def asked_in(lang: str) -> str:
    """The form of the question how sure each site is."""
    view = {"tab": "robustness", "base": "/x", "link": "/x", "document": document(), "asked": {}}
    return form_part(Job(orjson.dumps(view), lang, "urn:uuid:0", Settings())).body.decode()


def test_a_thousand_with_a_comma_is_not_guessed() -> None:
    assert value_of("1,000") == "1,000"
    assert value_of("0,125") == 0.125
    assert value_of("12,5") == 12.5


def test_two_bounds_of_a_rule_have_two_labels(client: httpx.Client) -> None:
    page = client.get("/scenarios/investai-2025", params={"lang": "en"}).text
    labels = re.findall(r"<label for=[^>]*>([^<]+)</label>", page)
    rules = [label for label in labels if label.startswith("sites")]
    assert rules == ["sites, at least", "sites, at most"]
    written = load_document(json.loads(library_files()["investai-2025"].read_bytes())).expect()
    assert [lever.bound for lever in levers_of(written, {}) if lever.label == "sites"] == ["at_least", "at_most"]


def test_the_map_sums_money_and_the_tables_sum_to_it() -> None:
    result = allocate(document())
    assert result.indicators is not None
    drawn = tiles_of(result, "fr")
    assert drawn is not None
    total = sum(t.amount for t in drawn["tiles"])
    assert total == pytest.approx(result.indicators.public_money + result.indicators.private_money)
    tables = money_by_site(result, "en", {})
    in_all = sum(float(row[-1].replace(",", "")) for _, table in tables for row in table.rows)
    assert in_all == pytest.approx(sum(c.amount for c in (*result.money, *result.private_money)), abs=0.01)


def test_french_pages_have_french_numbers(client: httpx.Client) -> None:
    page = client.get(SMALL, params={"lang": "fr"}).text
    drawn = "".join(re.findall(r"<svg.*?</svg>", page, re.S))
    assert not re.search(r">\d{1,3},\d{3}<", drawn)
    assert re.search(r">\d[\u202f\u00a0]\d{3}<", drawn)
    assert 'value="0,2"' in page


def test_names_with_commas_are_told_apart() -> None:
    assert listed(["Sines", "Kajaani"], "en") == "Sines, Kajaani"
    assert listed(["BSC AIF, Barcelona", "IT4LIA, Bologna"], "en") == "BSC AIF, Barcelona; IT4LIA, Bologna"
    agreed = text("cli.compare.agreed-in", {"sites": ["BSC AIF, Barcelona", "Sines"]}, "en")
    assert "BSC AIF, Barcelona; Sines" in agreed


def test_a_description_is_folded_after_its_first_sentence() -> None:
    assert first_sentence("What? And then. More.") == ("What?", "And then. More.")
    assert first_sentence("Only this") == ("Only this", "")
    assert first_sentence("") == ("", "")


def test_costs_are_drawn_around_what_is_written() -> None:
    loaded = with_costs(load_document(document()), 0.1)
    scenario = loaded.expect()
    costs = [(u.low, u.high) for u in scenario.uncertain]
    assert len(costs) == sum(len(p.cost) for c in scenario.candidates for p in c.all_phases)
    assert all(high / low == pytest.approx(1.1 / 0.9) for low, high in costs if low and high)


@pytest.mark.parametrize("values", [[0.0, 10.0], [3.0, 3.0], [-5.0, 1e6], [1e-5, 2e-5], [4194.1, 4194.2]])
def test_axes_hold_every_value(values: list[float]) -> None:
    marks = scale(values)
    assert marks[0] <= min(values) and max(values) <= marks[-1]
    assert 2 <= len(marks) <= 8
