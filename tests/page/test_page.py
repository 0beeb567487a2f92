"""The page without a browser: its words are escaped, its headers strict, its links canonical."""

from __future__ import annotations

import json
import re
import sys

import httpx
import orjson
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.page.levers import edits_of, grouped, levers_of, value_of
from api.page.work import answer_part, form_part
from api.settings import Settings
from api.work.job import Job
from optimiser.library import library_files
from optimiser.report.tile_map import TILES, tiles
from optimiser.scenario.load import load_document

SMALL = "/scenarios/first-loss-design"

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def document() -> dict:
    """The small scenario as its file stands."""
    return json.loads(library_files()["first-loss-design"].read_bytes())


def drawn(scenario: dict, tab: str = "allocation", **asked: str) -> tuple[int, str]:
    """Status and text of both parts of a view of a scenario, made as a worker makes them."""
    view = {"tab": tab, "base": "/x", "link": "/x", "document": scenario, "asked": {k: [v] for k, v in asked.items()}}
    view |= {"other": scenario} if tab == "differences" else {}
    job = Job(orjson.dumps(view), "en", "urn:uuid:0", Settings())
    form, answer = form_part(job), answer_part(job)
    return max(form.status, answer.status), (form.body + answer.body).decode()


def a_size() -> tuple[str, float]:
    """Pointer and value of the first lever of the small scenario that is an amount."""
    levers = levers_of(load_document(document()).expect(), {})
    lever = next(lever for lever in levers if lever.group == "sizes")
    assert isinstance(lever.base, float | int)
    return lever.pointer, lever.base


def test_the_start_names_every_scenario(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for name in library_files():
        assert f'href="/scenarios/{name}?lang=en"' in page.text


@pytest.mark.parametrize("path", ["/", SMALL, "/scenarios/none", "/nowhere"])
def test_pages_allow_nothing_inline_and_nothing_from_outside(client: httpx.Client, path: str) -> None:
    page = client.get(path)
    assert page.headers["content-security-policy"] == CSP
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r'<script(?! src="/static/)| style="|<style| on[a-z]+="', page.text)
    assert not re.search(r'(src|href)="(?!/|#)', page.text)


def test_every_file_of_a_page_is_there_and_may_be_kept(client: httpx.Client) -> None:
    links = re.findall(r'"(/static/[^"]+)"', client.get("/").text)
    assert len(links) == 4
    for link in links:
        found = client.get(link)
        assert found.status_code == 200 and "immutable" in found.headers["cache-control"]


def test_a_sites_name_is_never_markup() -> None:
    scenario = document()
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    scenario["name"] = scenario["description"] = attack
    for part in [*scenario["candidates"], *scenario["fund"]["tiers"]]:
        part["name"] = attack
        part["assumptions"] = [attack]
    status, page = drawn(scenario)
    assert status == 200
    assert "<script>alert" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_names_of_rules_are_no_keys_of_the_catalogue() -> None:
    scenario = document()
    tier = scenario["fund"]["tiers"][0]
    tier["name"] = "tiers/x_share"
    status, page = drawn(scenario)
    assert status == 200 and "tiers/x_share" in page


def test_a_lever_in_the_link_changes_the_answer(client: httpx.Client) -> None:
    pointer, base = a_size()
    written, less = client.get(SMALL), client.get(SMALL, params={pointer: str(base / 2)})
    assert 'class="lever moved"' in less.text and 'class="lever moved"' not in written.text
    answers = [page.text.partition('id="answer"')[2] for page in (written, less)]
    assert answers[0] != answers[1]


def test_an_invalid_lever_says_so_beside_its_field(client: httpx.Client) -> None:
    pointer, _ = a_size()
    page = client.get(SMALL, params={pointer: "plenty"})
    assert page.status_code == 200
    field = re.search(rf'<input[^>]*name="{pointer}"[^>]*>', page.text)
    assert field is not None and 'aria-invalid="true"' in field[0] and 'value="plenty"' in field[0]
    described = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert described is not None and f'<p class="finding" id="{described[1]}">' in page.text
    assert 'class="verdict warn"' in page.text


@pytest.mark.parametrize("value", ["9" * 40, "1e999", "NaN", "[" * 5_000, '"\\ud800"', "{}", "", "\x00"])
def test_no_value_of_a_lever_breaks_the_page(client: httpx.Client, value: str) -> None:
    pointer, _ = a_size()
    assert client.get(SMALL, params={pointer: value}).status_code == 200


@pytest.mark.parametrize("pointer", ["/nowhere", "/fund", "/candidates/0/id", "/", "/fund/tiers/nobody/size", "/~2"])
def test_a_pointer_to_nothing_is_a_finding(client: httpx.Client, pointer: str) -> None:
    page = client.get(SMALL, params={pointer: "1"})
    assert page.status_code == 200
    assert 'class="verdict warn"' in page.text


def test_a_form_without_script_is_led_to_the_canonical_link(client: httpx.Client) -> None:
    page = client.get(SMALL).text
    fields = re.findall(r'<input type="text"[^>]*name="([^"]+)" value="([^"]*)"', page)
    rules = re.findall(r'<input type="checkbox" name="on" value="([^"]+)" checked', page)
    pointer, base = a_size()
    sent = [(k, str(base / 2) if k == pointer else v) for k, v in fields]
    sent += [("on", rule) for rule in rules] + [("form", "1"), ("lang", "en")]
    answer = client.get(SMALL, params=httpx.QueryParams(sent))
    assert answer.status_code == 303
    link = httpx.URL(answer.headers["location"])
    assert link.path == SMALL
    assert link.params.multi_items() == [(pointer, str(base / 2)), ("lang", "en")]


def test_an_unknown_scenario_is_a_page_for_a_browser_and_json_for_others(client: httpx.Client) -> None:
    page = client.get("/scenarios/none")
    assert page.status_code == 404 and "<h1>" in page.text and "first-loss-design" in page.text
    other = client.get("/scenarios/none", headers={"Accept": "application/json"})
    assert other.status_code == 404 and other.json()["type"] == "/problems/unknown-scenario"


def test_the_language_of_the_link_is_the_pages(client: httpx.Client) -> None:
    page = client.get("/?lang=en", headers={"Accept-Language": "xx"})
    assert page.headers["content-language"] == "en" and '<html lang="en">' in page.text
    assert client.get("/?lang=xx").headers["content-language"] == "en"


def test_the_answer_alone_is_a_part_of_the_page(client: httpx.Client) -> None:
    part = client.get(SMALL, params={"part": "answer"}).text
    assert part.lstrip().startswith('<div id="answer"') and "<html" not in part


def test_without_its_extra_the_page_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with TestClient(create_app(Settings(workers=1))) as bare:
        answer = bare.get("/", headers={"Accept": "text/html"})
        assert answer.status_code == 501
        assert answer.json()["type"] == "/problems/page-not-installed"
        assert bare.get("/v1/scenarios").status_code == 200


def test_sizes_stand_first() -> None:
    for path in library_files().values():
        groups = [group for group, _ in grouped(levers_of(load_document(json.loads(path.read_bytes())).expect(), {}))]
        assert "sizes" not in groups[1:]


def test_figures_are_read_with_spaces_and_a_decimal_comma() -> None:
    assert value_of("1 234,5") == 1234.5
    assert value_of(" 12 ") == 12
    assert value_of("unlimited") == "unlimited"
    assert edits_of([("/a", "0,5"), ("off", "/constraints/x"), ("lang", "en"), ("off", "x")]) == (
        {"/a": 0.5},
        ["/constraints/x"],
    )


def test_a_country_without_a_place_stands_below_the_map() -> None:
    found = {t.country: t for t in tiles({"DE": 10.0, "XX": 5.0, "FR": 0.0})}
    assert len(found) == len(TILES) + 1
    assert found["XX"].y > max(t.y for country, t in found.items() if country != "XX")
    assert (found["DE"].step, found["XX"].step, found["FR"].step) == (4, 2, 0)
    assert len({(t.x, t.y) for t in found.values()}) == len(found)
