"""The built site as readers meet it: it asks nobody, everybody can read it, and it fits a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.reading import PHONE, Scheme, broken_rules, reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LESSON = "/lessons/n_plus_one/"


def test_no_page_asks_another_host(chromium: Browser, site: str, path: str) -> None:
    """The site works on a machine without a network: all that it loads, it brings along, and all of it is there."""
    asked: set[str] = set()
    failed: list[str] = []
    said: list[str] = []
    with reader(chromium) as page:
        page.on("request", lambda request: asked.add(request.url))
        page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(site + path, wait_until="networkidle")
    elsewhere = {url for url in asked if not url.startswith((f"{site}/", "data:", "blob:"))}
    assert asked
    assert (elsewhere, failed, said) == (set(), [], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Browser, site: str, path: str, scheme: Scheme) -> None:
    """Headings in order, contrast, names, landmarks: no rule of axe is broken on any page, in light and in dark."""
    with reader(chromium, color_scheme=scheme, reduced_motion="reduce") as page:
        page.goto(site + path)
        shown = page.locator("body").get_attribute("data-md-color-scheme")
        broken = broken_rules(page)
    assert shown == {"light": "default", "dark": "slate"}[scheme]
    assert broken == []


def test_every_page_fits_a_phone(chromium: Browser, site: str, path: str) -> None:
    """On a screen of 360 pixels nothing but code, tables and figures of their own is scrolled sideways."""
    with reader(chromium, PHONE) as page:
        page.goto(site + path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_without_scripts_there_is_all_to_read(chromium: Browser, site: str, path: str) -> None:
    """A reader without JavaScript sees the same words under the same headings."""
    words = []
    for scripts in (True, False):
        with reader(chromium, java_script_enabled=scripts) as page:
            page.goto(site + path)
            words.append(" ".join(page.locator("article").inner_text().split()))
    assert words[0]
    assert words[0] == words[1]


def test_the_keyboard_is_enough(chromium: Browser, site: str) -> None:
    """Tab first offers to skip to the content; a folded hint opens with Enter."""
    with reader(chromium) as page:
        page.goto(site + LESSON)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").strip() == "Skip to content"
        hint = page.locator("details.tip").first
        hint.locator("summary").focus()
        assert not hint.evaluate("fold => fold.open")
        page.keyboard.press("Enter")
        assert hint.evaluate("fold => fold.open")


def test_search_finds_an_error(chromium: Browser, site: str) -> None:
    """Whoever types the error that they see finds its lesson, without a server that searches."""
    with reader(chromium) as page:
        page.goto(site)
        page.keyboard.press("/")
        page.keyboard.type("MissingGreenlet")
        page.locator("a.md-search-result__link[href*='/lessons/no_lazy_loading/']").first.wait_for()
