"""The desk without a browser: uploads, versions, decisions, batches; what is refused, in words, and saves nothing."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import time
import zipfile
from typing import Any

import httpx
import pytest

from api.page.desk import PAGE
from optimiser import load_bytes
from optimiser.dossier.decisions import read_log
from optimiser.library import library_files
from optimiser.scenario.workbook.reading import read_workbook
from optimiser.scenario.workbook.writing import document_workbook

SMALL = "first-loss-design"
SENIOR = "/fund/tiers/private-senior/limits/cvar/at_most"
SIGNED = {"who": "Ana", "why": "the June budget"}


def small(**changes: Any) -> dict[str, Any]:
    """A scenario solved in milliseconds: one site, one tier of 10."""
    return {
        "name": "one site",
        "fund": {"tiers": [{"id": "eu", "instrument": "grant", "size": 10}]},
        "candidates": [{"id": "a", "name": "Alpha", "country": "PT", "cost": {"2027": 6}, "attributes": {"x": 1}}],
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
        **changes,
    }


def uploaded(client: httpx.Client, content: bytes, name: str = "s.json", **more: str) -> httpx.Response:
    """What the page answers to an upload."""
    return client.post("/scenarios?lang=en", data={**SIGNED, **more}, files={"file": (name, content)})


def saved(client: httpx.Client, document: dict[str, Any] | None = None) -> str:
    """The address of a scenario that was saved."""
    answer = uploaded(client, json.dumps(document or small()).encode())
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def changed(client: httpx.Client, address: str, version: int, size: float, **more: str) -> httpx.Response:
    """What the page answers to a new version with another size."""
    data = {**SIGNED, "version": str(version), "/fund/tiers/eu/size": str(size), **more}
    return client.post(f"{address}/versions?lang=en", data=data)


def count(client: httpx.Client) -> int:
    """How many scenarios are saved, on all pages of the list."""
    return len(every_saved(client))


def every_saved(client: httpx.Client) -> list[str]:
    """The addresses of what is saved, read page by page."""
    found: list[str] = []
    address: str | None = "/?lang=en"
    while address is not None:
        shown = client.get(address).text.partition('id="library"')[0]
        found += re.findall(r'href="(/scenarios/[^"]+)/history', shown)
        on = re.search(r'href="([^"]+)">Saved earlier', shown)
        address = html.unescape(on[1]) if on else None
    return found


def plan_of(page: str) -> str:
    """The hash of the plan a page of decision shows."""
    found = re.search(r'name="plan" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def decided(client: httpx.Client, address: str, version: str = "1", **more: str) -> httpx.Response:
    """What the page answers to an adoption of the plan it shows."""
    plan = plan_of(client.get(f"{address}/decide").text)
    data = {**SIGNED, "version": version, "plan": plan, "verdict": "adopted", **more}
    return client.post(f"{address}/decisions?lang=en", data=data)


@pytest.mark.parametrize("ending", ["json", "yaml", "xlsx", "pasted"])
def test_a_scenario_comes_as_a_file_or_as_text(client: httpx.Client, ending: str) -> None:
    content = json.dumps(small()).encode()
    if ending == "pasted":
        answer = client.post("/scenarios", data={**SIGNED, "text": content.decode()}, files={"file": ("", b"")})
    else:
        answer = uploaded(client, document_workbook(small()) if ending == "xlsx" else content, f"ÿ s.{ending}")
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].partition("?")[0]
    assert "<h1>one site</h1>" in client.get(address).text
    kept = client.get(f"{address}/scenario.json")
    assert load_bytes(kept.content).expect() == load_bytes(content).expect()
    assert kept.headers["etag"] == '"1"' and kept.headers["content-disposition"].startswith("attachment")


def test_a_file_with_errors_is_refused_with_every_finding_and_saves_nothing(client: httpx.Client) -> None:
    before = count(client)
    document = small(candidates=[{"id": "a", "cost": {"2027": "six"}, "private_pledge": -1}])
    page = uploaded(client, json.dumps(document).encode())
    assert page.status_code == 422
    assert "/candidates/a/cost/2027" in page.text and "/candidates/a/private_pledge" in page.text
    document["candidates"] = [{"id": "a", "country": "PT", "cost": {"2027": -6}}]
    sheet = uploaded(client, document_workbook(document), "mine.xlsx")
    assert sheet.status_code == 422 and re.search(r"<code>Costs!\w+\d+</code>", sheet.text)
    assert uploaded(client, b"a,b", "s.csv").status_code == 422
    assert uploaded(client, b"\xff\xfe", "s.json").status_code == 422
    assert uploaded(client, b"a: &x 1\nb: *x", "s.yaml").status_code == 422
    assert count(client) == before


def test_a_bomb_is_refused_before_it_is_unpacked(client: httpx.Client) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 300_000_000)
    page = uploaded(client, file.getvalue(), "bomb.xlsx")
    assert page.status_code == 422 and "unpack" in page.text


def test_a_body_beyond_the_limit_is_refused(client: httpx.Client) -> None:
    assert uploaded(client, b" " * 20_000_001).status_code == 413


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"--x\r\n\r\nno name\r\n--x--", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="who"\r\n\r\nAna', "multipart/form-data; boundary=x"),
        (b"who=%ff", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"&".join(b"a=1" for _ in range(6000)), "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused(client: httpx.Client, content: bytes, kind: str) -> None:
    answer = client.post("/scenarios", content=content, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422) and "<h1>" in answer.text
    if kind.startswith("multipart") or content.startswith(b"{"):
        assert answer.status_code == 400


def test_who_and_why_are_asked_for(client: httpx.Client) -> None:
    before = count(client)
    answer = uploaded(client, json.dumps(small()).encode(), why=" ")
    assert answer.status_code == 422 and "why" in answer.text
    assert client.post("/scenarios", data=SIGNED).status_code == 422
    assert count(client) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "rebound.example"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(client: httpx.Client, headers: dict[str, str]) -> None:
    address = saved(client)
    before = count(client)
    for path in ("/scenarios", f"{address}/versions", f"{address}/decisions", "/batches", "/batches/x/cancel"):
        assert client.post(path, data=SIGNED, headers=headers).status_code == 403, path
    assert count(client) == before


def test_forms_state_where_they_come_from(client: httpx.Client) -> None:
    assert client.get("/").headers["referrer-policy"] == "same-origin"
    own = {"Origin": str(client.base_url).rstrip("/")}
    answer = client.post("/scenarios", data={**SIGNED, "text": json.dumps(small())}, headers=own)
    assert answer.status_code == 303


def test_what_was_saved_is_not_shown_under_a_foreign_name(client: httpx.Client) -> None:
    address, other = saved(client), {"Host": "rebound.example"}
    for path in (address, f"{address}/history", f"{address}/scenario.json", "/decisions", "/decisions.csv", "/batches"):
        assert client.get(path, headers=other).status_code == 403, path
    start = client.get("/?lang=en", headers=other)
    assert start.status_code == 200 and address not in start.text and "not shown here now" in start.text


def test_the_list_of_what_was_saved_has_pages(client: httpx.Client) -> None:
    while count(client) <= 2 * PAGE:
        saved(client)
    last = saved(client)
    every = every_saved(client)
    assert every[0] == last
    assert len(set(every)) == len(every) > 2 * PAGE
    pages = [client.get("/", params={"from": first, "lang": "fr"}).text for first in (0, PAGE, 2 * PAGE)]
    assert [page.partition('id="library"')[0].count("/history") for page in pages][:2] == [PAGE, PAGE]
    assert "Enregistrés plus tôt" in pages[0] and "Enregistrés plus tard" not in pages[0]
    assert "Enregistrés plus tard" in pages[1] and f"from={0}&amp;" in pages[1]
    for odd in ("-1", "x", "9" * 20, "²"):
        assert f"{last}/history" in client.get("/", params={"from": odd, "lang": "fr"}).text


@pytest.mark.parametrize(
    ("lang", "moment"),
    [
        ("en", r"\d{1,2} [A-Z][a-z]{2,3} 20\d\d, \d\d:\d\d UTC"),
        ("fr", r"\d{1,2} [a-zéû]{3,5}\.? 20\d\d à \d\d:\d\d UTC"),
    ],
)
def test_moments_are_those_of_the_language_and_of_machines(client: httpx.Client, lang: str, moment: str) -> None:
    address = saved(client)
    decided(client, address)
    batch = client.post("/batches?lang=en", data={"scenario": [address.rpartition("/")[2]]}, files={"file": ("", b"")})
    batch_page = batch.headers["location"].partition("?")[0]
    said = rf'<time datetime="(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)">({moment})</time>'
    for place in ("/", f"{address}/history", f"{address}/decisions", "/batches", batch_page):
        assert re.search(said, client.get(place, params={"lang": lang}).text), place


def test_a_saved_scenario_can_be_chosen_for_a_difference(client: httpx.Client) -> None:
    place = saved(client)
    option = f'<option value="{place.rsplit("/", 1)[-1].partition("?")[0]}"'
    address = "/differences?a=first-loss-design&b=first-loss-design&lang=en"
    assert client.get(address).text.count(option) == 2, "on either side"
    # Under a name the service does not go by, the library alone is shown.
    assert option not in client.get(address, headers={"Host": "elsewhere.example"}).text


def test_a_change_is_saved_with_who_when_and_why(client: httpx.Client) -> None:
    address = saved(client)
    page = client.get(f"{address}/save", params={"/fund/tiers/eu/size": "5", "lang": "en"})
    assert (
        re.search(r"size</code></th><td[^>]*>10</td><td[^>]*>5</td>", page.text)
        and 'name="version" value="1"' in page.text
    )
    assert changed(client, address, 1, 5, who="<b>Léa</b>").status_code == 303
    history = client.get(f"{address}/history?lang=en").text
    assert "&lt;b&gt;Léa&lt;/b&gt;" in history and "the June budget" in history and "<b>Léa" not in history
    row = re.search(r"<code>/fund/tiers/eu/size</code></th><td[^>]*>10</td><td[^>]*>5</td>", history)
    assert row is not None
    sizes = [client.get(f"{address}{v}/scenario.json").json()["fund"]["tiers"][0]["size"] for v in ("@1", "@2", "")]
    assert sizes == [10, 5, 5]
    assert client.get(f"{address}@3").status_code == 404
    assert client.get(f"{address}@x").status_code == 404


def test_a_stale_edit_is_refused_in_words(client: httpx.Client) -> None:
    address = saved(client)
    assert changed(client, address, 1, 5).status_code == 303
    refused = changed(client, address, 1, 7)
    assert refused.status_code == 412 and "the latest is version 2" in refused.text
    # What was typed is not lost: it can be put on the latest version.
    again = re.search(r'href="(/scenarios/[^"]+/save\?[^"]+size=7[^"]*)"', refused.text)
    assert again is not None and client.get(html.unescape(again[1])).status_code == 200
    matched = client.post(
        f"{address}/versions", data={**SIGNED, "/fund/tiers/eu/size": "7"}, headers={"If-Match": '"1"'}
    )
    assert matched.status_code == 412
    assert client.get(f"{address}@1/save").status_code == 412
    assert client.get(f"{address}/scenario.json").headers["etag"] == '"2"'
    as_copy = changed(client, address, 1, 7, copy="1")
    assert as_copy.status_code == 303 and address not in as_copy.headers["location"]


def test_a_change_that_breaks_the_scenario_is_not_saved(client: httpx.Client) -> None:
    address = saved(client)
    refused = changed(client, address, 1, -7)
    assert refused.status_code == 422 and "/fund/tiers/eu/size" in refused.text
    assert client.get(f"{address}/save", params={"/nowhere/at/all": "1"}).status_code == 422
    same = client.post(f"{address}/versions", data={**SIGNED, "version": "1"})
    assert same.status_code == 409
    assert client.get(f"{address}/scenario.json").headers["etag"] == '"1"'


def test_the_library_is_copied_with_the_levers_of_the_link(client: httpx.Client) -> None:
    address = f"/scenarios/{SMALL}"
    page = client.get(address, params={SENIOR: "0.3", "lang": "en"}).text
    assert re.search(rf'href="{address}/save\?[^"]*0\.3', page)
    data = {**SIGNED, "name": "my <own>", SENIOR: "0.3", "off": "/constraints/nobody"}
    answer = client.post(f"{address}/versions", data=data)
    assert answer.status_code == 303
    copy = answer.headers["location"].partition("?")[0]
    history = client.get(f"{copy}/history").text
    assert "my &lt;own&gt;" in history and SENIOR in history
    assert client.get(f"{address}/history").status_code == 404
    assert client.get(f"{address}/decide").status_code == 404
    assert client.get(f"{address}/scenario.json").json() == json.loads(library_files()[SMALL].read_bytes())


def test_files_of_a_scenario_and_the_template(client: httpx.Client) -> None:
    address = saved(client, small(name="=1+1"))
    book = read_workbook(client.get(f"{address}/scenario.xlsx").content)
    assert book.document is not None and book.document["name"] == "=1+1"
    template = client.get("/template.xlsx?lang=fr")
    assert template.status_code == 200 and "spreadsheetml" in template.headers["content-type"]
    assert client.get(f"{address}/scenario.pdf").status_code == 404


def test_a_shared_copy_lacks_what_is_confidential(client: httpx.Client) -> None:
    document = small(confidential=["/candidates/*/private_pledge"])
    document["candidates"][0]["private_pledge"] = 4711.25
    address = saved(client, document)
    assert "4711.25" in client.get(f"{address}/scenario.json").text
    shared = client.get(f"{address}/scenario.json?shared=1")
    assert "4711.25" not in shared.text and shared.json()["left_out"] == ["/candidates/a/private_pledge"]
    assert "-shared.json" in shared.headers["content-disposition"]
    book = read_workbook(client.get(f"{address}/scenario.xlsx?shared=1").content)
    assert book.document is not None and "4711.25" not in json.dumps(book.document)
    assert "cannot be solved to the same answer" in client.get(f"{address}/history?lang=en").text
    refused = uploaded(client, shared.content)
    assert refused.status_code == 422 and "/candidates/a/private_pledge" in refused.text


def test_a_plan_is_adopted_by_someone_for_a_reason(client: httpx.Client) -> None:
    address = saved(client)
    assert decided(client, address, who="=Ana", why="+cheap").status_code == 303
    page = client.get(f"{address}/decisions?lang=en").text
    assert "adopted" in page and "=Ana" in page
    log = client.get(f"{address}/decisions.json").json()
    (entry,) = read_log(log)
    assert (entry.verdict, entry.version, entry.headline.sites, entry.headline.public_money) == ("adopted", 1, 1, 6.0)
    result = client.get(f"{address}/decisions/1/result.json")
    assert hashlib.sha256(result.content).hexdigest() == entry.result_sha256
    assert result.json()["scenario"]["sha256"] == entry.scenario_sha256
    table = client.get(f"{address}/decisions.csv?lang=en").text
    # A spreadsheet must not take a name for a formula.
    assert ",'=Ana,'+cheap," in table
    assert address.rpartition("/")[2] in client.get("/decisions").text
    assert client.get("/decisions.json").json()["decisions"]
    assert client.get(f"{address}/decisions/2/result.json").status_code == 404


def test_a_decision_is_about_the_latest_version_and_the_plan_shown(client: httpx.Client) -> None:
    address = saved(client)
    shown = plan_of(client.get(f"{address}/decide").text)
    assert changed(client, address, 1, 5).status_code == 303
    assert decided(client, address, "1").status_code == 412
    assert decided(client, address, "2", plan=shown).status_code == 409, "another plan than the one that was shown"
    assert changed(client, address, 2, 6).status_code == 303
    assert decided(client, address, "3", plan=shown).status_code == 409
    assert decided(client, address, "3", verdict="postponed").status_code == 400
    assert client.get(f"{address}/decisions.json").json() == {"decisions": []}
    assert decided(client, address, "3", verdict="rejected").status_code == 303


def ended(client: httpx.Client, address: str) -> str:
    """The page of a batch, once it has ended."""
    end = time.monotonic() + 60
    while "data-events" in (page := client.get(address).text):
        assert time.monotonic() < end
        time.sleep(0.1)
    return page


def test_a_batch_shows_each_scenario_and_why_one_failed(client: httpx.Client) -> None:
    address = saved(client)
    id = address.rpartition("/")[2]
    answer = client.post("/batches?lang=en", data={"scenario": [id, id]}, files={"file": ("", b"")})
    assert answer.status_code == 303
    assert "one site" in ended(client, answer.headers["location"])
    sweep = {"base": small(), "grid": {"/fund/tiers/eu/size": [10, -1]}}
    answer = client.post("/batches?lang=en", files={"file": ("sweep.json", json.dumps(sweep).encode())})
    page = ended(client, answer.headers["location"])
    assert "some failed" in page and "proven optimal" in page and "<code>/fund/tiers/eu/size</code>" in page
    listed = client.get("/batches?lang=en").text
    assert answer.headers["location"].partition("?")[0] in listed
    assert client.post(answer.headers["location"].replace("?", "/cancel?"), data={"cancel": "1"}).status_code == 303


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("s.json", b'{"base": "nobody", "grid": {}}', 422),
        ("s.json", b"{", 422),
        ("s.xlsx", b"PK", 422),
        ("", b"", 422),
    ],
)
def test_a_batch_that_is_none_is_refused(client: httpx.Client, name: str, content: bytes, status: int) -> None:
    answer = client.post("/batches?lang=fr", files={"file": (name, content)})
    assert answer.status_code == status and '<html lang="fr">' in answer.text
    assert client.post("/batches", data={"scenario": ["nobody"]}).status_code == 404
    assert client.get("/batches/nobody").status_code == 404
