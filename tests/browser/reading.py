"""A reader of the site: a page in a browser, as wide as their screen, and axe beside it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
_SCRIPTED = {"exclude": [[".md-code__nav"]]}  # the theme's script gives every block of code a landmark without a name


@contextmanager
def reader(chromium: Browser, size: dict[str, int] = DESK, **how: Any) -> Iterator[Page]:  # noqa: ANN401 - the browser's options
    """Open a page of a reader's own, with the browser's options for a new context."""
    context = chromium.new_context(viewport={"width": size["width"], "height": size["height"]}, **how)
    try:
        yield context.new_page()
    finally:
        context.close()


def broken_rules(page: Page) -> list[str]:
    """Return a line for each rule of axe that something on the page breaks."""
    found = Axe().run(page, context=_SCRIPTED).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
