"""The desk in Chromium: from a file to a decision, edited, allocated and compared, with and without script."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
SIZE = "/fund/tiers/eu/size"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system, for this module alone: its event loop would be in other tests' way."""
    with sync_playwright() as playwright:
        # No sandbox: tests may run as root, and open nothing but this service.
        found = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"], timeout=PATIENCE_MS
        )
        yield found
        found.close()


def opened(browser: Browser, address: str, **context: Any) -> tuple[Page, list[str]]:
    """A new page, and the complaints of its console, to be looked at in the end."""
    page = browser.new_context(base_url=address, **context).new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def scenario(size: float = 10) -> dict[str, Any]:
    """Two sites, and money for one of them."""
    return {
        "name": "two sites",
        "description": "Which one? There is money for one.",
        "confidential": ["/candidates/*/private_pledge"],
        "fund": {"tiers": [{"id": "eu", "name": "Union", "instrument": "grant", "size": size}]},
        "candidates": [
            {"id": "a", "country": "PT", "cost": {"2027": 6}, "private_pledge": 0, "attributes": {"x": 2}},
            {"id": "b", "country": "ES", "cost": {"2027": 6}, "private_pledge": 0, "attributes": {"x": 1}},
        ],
        "objective": {"terms": [{"term": "attribute", "attribute": "x"}]},
    }


def sign(page: Page, button: str) -> None:
    """Fill in who and why, and send the form."""
    page.fill("#who", "Ana Sousa")
    page.fill("#why", "the June budget")
    page.click(button)


@pytest.mark.parametrize("script", [True, False])
def test_from_a_file_to_a_decision(browser: Browser, address: str, script: bool) -> None:
    page, complaints = opened(browser, address, java_script_enabled=script)
    page.goto("/?lang=en")
    content = json.dumps(scenario()).encode()
    page.set_input_files("#file", files=[{"name": "mine.json", "mimeType": "application/json", "buffer": content}])
    sign(page, "form.desk button")
    expect(page.locator("h1")).to_have_text("two sites")
    # Edit and allocate: the link carries the lever, and the link to save carries it on.
    page.locator(f'input[name="{SIZE}"]').fill("12")
    if not script:
        page.locator("form.levers button").click()
    expect(page.locator(".lever.moved")).to_have_count(1)
    # Compare, and come back: the lever goes along.
    page.locator(".tabs a", has_text="Compare strategies").click()
    expect(page.locator("#answer table").first).to_contain_text("share-by-key")
    page.locator(".tabs a", has_text="Allocation").click()
    expect(page.locator(".lever.moved")).to_have_count(1)
    page.locator("a.button", has_text="Save changes").click()
    expect(page.locator("tbody code")).to_have_text(SIZE)
    sign(page, "form.desk button")
    expect(page.locator(".log > li")).to_have_count(2)
    expect(page.locator(".log > li").first.locator("tbody td")).to_have_text(["10", "12"])
    with page.expect_download() as download:
        page.locator(".log > li").first.locator("a", has_text="JSON").click()
    assert json.loads(download.value.path().read_bytes())["fund"]["tiers"][0]["size"] == 12
    page.locator("main a", has_text="Decide on the plan").click()
    sign(page, 'button[value="adopted"]')
    expect(page.locator(".badge")).to_have_text("adopted")
    assert "Ana Sousa" in page.locator(".log").inner_text()
    assert complaints == []
    page.context.close()


def test_a_batch_is_watched_until_it_ends(browser: Browser, address: str) -> None:
    page, complaints = opened(browser, address)
    page.goto("/batches?lang=en")
    sweep = {"base": scenario(), "grid": {SIZE: [6, 12, -1]}}
    content = json.dumps(sweep).encode()
    page.set_input_files("#file", files=[{"name": "s.json", "mimeType": "application/json", "buffer": content}])
    page.locator("form.desk button").click()
    # The page is not loaded again: events tell it.
    page.evaluate("window.here = true")
    expect(page.locator("#batch")).to_contain_text("some failed", timeout=PATIENCE_MS)
    assert page.evaluate("window.here")
    expect(page.locator("#batch tbody tr")).to_have_count(3)
    expect(page.locator("#batch form")).to_have_count(0)
    assert complaints == []
    page.context.close()


@pytest.fixture(scope="module")
def places(browser: Browser, address: str) -> dict[str, str]:
    """Addresses of the desk's pages, with something on each."""
    context = browser.new_context(base_url=address)
    signed = {"who": "Ana Sousa", "why": "the June budget"}

    def post(path: str, **form: str) -> str:
        answer = context.request.post(f"{path}?lang=en", form={**signed, **form}, max_redirects=0)
        assert answer.status == 303, answer.text()
        return answer.headers["location"].partition("?")[0]

    saved = post("/scenarios", text=json.dumps(scenario()))
    post(f"{saved}/versions", version="1", **{SIZE: "12"})
    plan = re.search(r'name="plan" value="(\w+)"', context.request.get(f"{saved}/decide").text())
    assert plan is not None
    post(f"{saved}/decisions", version="2", plan=plan[1], verdict="rejected")
    batch = post("/batches", scenario="first-loss-design")
    context.close()
    return {
        "desk-start": "/?lang=",
        "desk-save": f"{saved}/save?{SIZE}=7&lang=",
        "desk-stale": f"{saved}@1/save?{SIZE}=7&lang=",
        "desk-history": f"{saved}/history?lang=",
        "desk-decide": f"{saved}/decide?lang=",
        "desk-decisions": f"{saved}/decisions?lang=",
        "desk-batches": "/batches?lang=",
        "desk-batch": f"{batch}?lang=",
    }


@pytest.mark.parametrize(("width", "scheme", "lang"), [(1280, "light", "en"), (390, "dark", "fr")])
def test_everybody_can_use_it(
    browser: Browser, address: str, places: dict[str, str], width: int, scheme: Any, lang: str
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page, complaints = opened(browser, address, color_scheme=scheme, viewport={"width": width, "height": 900})
    for name, path in places.items():
        page.goto(path + lang)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}-{lang}.png", full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, (name, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    # Chromium itself complains about the status of what is refused.
    assert [c for c in complaints if "412" not in c] == []
    page.context.close()
