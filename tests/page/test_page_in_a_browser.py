"""The page in Chromium: levers redraw the answer, everybody can use it, and nothing is complained about."""

from __future__ import annotations

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
SCENARIO = "/scenarios/first-loss-design"
LIMIT = "/fund/tiers/private-senior/limits/cvar/at_most"
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


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
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} {request.failure}"))
    return page, complaints


def test_a_lever_redraws_the_answer_and_the_link(browser: Browser, address: str) -> None:
    page, complaints = opened(browser, address)
    page.goto("/?lang=en")
    page.locator(f'a[href^="{SCENARIO}?"]').click()
    field = page.locator(f'input[name="{LIMIT}"]')
    assert field.input_value() == "0.2"
    before = page.locator("#answer").inner_text()
    field.fill("0.3")
    expect(page.locator(".lever.moved")).to_have_count(1, timeout=PATIENCE_MS)
    assert page.locator("#answer").inner_text() != before
    link = page.url
    assert f"{LIMIT}=0.3" in link.replace("%2F", "/")
    # The link alone shows the same to whoever gets it. What is still under way would end as a failed request.
    answer = page.locator("#answer table").first.inner_text()
    page.wait_for_load_state("networkidle")
    page.goto(link)
    assert page.locator("#answer table").first.inner_text() == answer
    assert field.input_value() == "0.3"
    assert complaints == []
    page.context.close()


def test_a_chart_that_is_pointed_at_says_what_its_parts_are(browser: Browser, address: str) -> None:
    page, complaints = opened(browser, address)
    page.goto(f"{SCENARIO}?lang=fr")
    chart = page.locator("[data-chart]")
    chart.scroll_into_view_if_needed()
    before = chart.bounding_box()
    chart.hover()
    expect(page.locator("[data-chart][data-drawn=again]")).to_have_count(1, timeout=PATIENCE_MS)
    assert chart.bounding_box() == before, "it stays where it was"
    page.locator("[data-chart] .mark-rect path").first.hover()
    tip = page.locator("#vg-tooltip-element.visible")
    expect(tip).to_be_visible(timeout=PATIENCE_MS)
    name, year, amount = tip.locator("td.value").all_inner_texts()
    assert name in page.locator(".legend").inner_text() and re.fullmatch("20[0-9][0-9]", year)
    assert re.fullmatch("[0-9]+|[0-9]{1,3}([\u00a0\u202f][0-9]{3})+", amount)
    # Nothing was evaluated that the page's policy forbids.
    assert complaints == []
    page.context.close()


def test_without_script_the_button_does_the_same(browser: Browser, address: str) -> None:
    page, complaints = opened(browser, address, java_script_enabled=False)
    page.goto(f"{SCENARIO}?lang=en")
    page.locator(f'input[name="{LIMIT}"]').fill("0.3")
    page.locator("form.levers button").click()
    expect(page.locator(".lever.moved")).to_have_count(1, timeout=PATIENCE_MS)
    assert "form=" not in page.url
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("width, scheme, lang", [(1280, "light", "fr"), (390, "light", "en"), (390, "dark", "fr")])
@pytest.mark.parametrize(("name", "path"), [("start", "/"), ("scenario", SCENARIO), ("problem", "/nowhere")])
def test_everybody_can_use_it(
    browser: Browser, address: str, name: str, path: str, width: int, scheme: Any, lang: str
) -> None:
    """Colours do not depend on the width, nor does the width on the colours: not every pair of them is looked at."""
    page, complaints = opened(browser, address, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(f"{path}?lang={lang}")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}-{lang}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    # Nothing is wider than the screen: long tables scroll by themselves.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Chromium itself complains about the status of the page that is not there.
    assert [c for c in complaints if "404" not in c] == []
    page.context.close()


VIEWS = {
    "compare": f"{SCENARIO}/compare?strategies=pro-rata",
    "frontier": f"{SCENARIO}/frontier?first=private_money&second=public_money&points=5",
    "robustness": f"{SCENARIO}/robustness?draws=3",
    "explain": f"{SCENARIO}/explain?country=PT",
    "differences": "/differences?a=first-loss-design&b=first-loss-design&/fund/tiers/first-loss/size=4500",
    "repairs": f"{SCENARIO}?/fund/tiers/first-loss/size=10&{LIMIT}=0.0001",
}
"""A question of each view; half of them is looked at in one scheme and language, half in the other."""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", VIEWS)
def test_everybody_can_use_every_view(browser: Browser, address: str, name: str, width: int) -> None:
    other = (list(VIEWS).index(name) + (width == 390)) % 2
    lang, scheme = ("en", "light") if other else ("fr", "dark")
    page, complaints = opened(browser, address, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto(f"{VIEWS[name]}&lang={lang}")
    expect(page.locator("#answer .verdict")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".waiting")).to_be_hidden()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}-{lang}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    page.context.close()


def test_a_point_of_the_frontier_shows_its_plan_by_keyboard(browser: Browser, address: str) -> None:
    page, complaints = opened(browser, address, java_script_enabled=False)
    page.goto(f"{VIEWS['frontier']}&lang=en")
    expect(page.locator(".plan:visible")).to_have_count(0)
    page.locator('svg.frontier a[href="#plan-2"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".plan:visible")).to_have_count(1)
    expect(page.locator("#plan-2")).to_be_visible()
    assert complaints == []
    page.context.close()


def test_a_moved_lever_goes_along_to_the_other_views(browser: Browser, address: str) -> None:
    page, complaints = opened(browser, address)
    page.goto(f"{SCENARIO}?lang=fr")
    page.locator(f'input[name="{LIMIT}"]').fill("0,3")
    expect(page.locator(".lever.moved")).to_have_count(1, timeout=PATIENCE_MS)
    page.locator('nav a[href*="/explain"]').click()
    expect(page.locator(".changes")).to_contain_text(LIMIT)
    assert complaints == []
    page.context.close()


def test_nothing_moves_while_a_page_comes(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address)
    page.add_init_script(
        "window.moved = 0; const add = (list) => list.getEntries().forEach((e) => { window.moved += e.value; });"
        "new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(f"{SCENARIO}?lang=en")
    assert page.evaluate("window.moved") < 0.02
    page.context.close()


def test_paper_holds_the_answer_and_nothing_to_click(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, color_scheme="dark", viewport={"width": 794, "height": 1123})
    page.goto(f"{SCENARIO}?lang=en")
    page.emulate_media(media="print")
    for hidden in (".levers", ".tabs", ".files", ".bar"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#answer table").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.context.close()
