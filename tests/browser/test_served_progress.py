"""The reader's progress on the pages that `kata docs` serves, as the browser shows it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal

from docfliq_katas import catalogue, order, progress, starter
from docfliq_katas.pages.served import Board, Files, application
from tests.browser.reading import Scheme, broken_rules, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from docfliq_katas.catalogue import Lesson

SLUG = "n_plus_one"
PAGE = f"/lessons/{SLUG}/"


class Served:
    """The built site with the progress of a reader who has solved nothing yet.

    Attributes:
        url: where, without a slash at the end.
        lesson: the one that the tests solve.
    """

    def __init__(self, files: Files, listener: socket.socket, portal: BlockingPortal) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.lesson: Lesson = catalogue.find(SLUG)
        self.all = starter.published()
        self._files, self._portal = files, portal
        self._board = Board(self.all, files)
        self._server = uvicorn.Server(uvicorn.Config(application(self._board), log_level="warning"))
        self._ended = portal.start_task_soon(self._server.serve, [listener])

    def solve(self) -> None:
        """Do what a green test run does."""
        assert progress.record_green(self.lesson)
        self._portal.call(self._board.tell)

    def build_again(self, name: str, old: str, new: str) -> None:
        """Serve another build, with other words in one file."""
        page = self._files[name].replace(old.encode(), new.encode())
        assert page != self._files[name]
        self._portal.call(self._board.show, {**self._files, name: page})

    def end(self) -> None:
        """End the streams and the server."""
        self._portal.call(self._board.close)
        self._server.should_exit = True
        self._ended.result()


@pytest.fixture(scope="session")
def files() -> Files:
    """The built site, in memory."""
    folder = Path(os.environ["KATA_SITE"])
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def served(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve it as `kata docs` does."""
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    with socket.create_server(("127.0.0.1", 0)) as listener, start_blocking_portal() as portal:
        served = Served(files, listener, portal)
        yield served
        served.end()


def test_a_lesson_says_whether_it_is_solved(chromium: Browser, served: Served) -> None:
    """Below the title stand the lesson and the course; a green run changes the words at once, without a reload."""
    first = order.following(served.all, progress.standing(served.all))
    assert first
    with reader(chromium) as page:
        page.goto(served.url + PAGE)
        page.evaluate("window.sameDocument = true")
        assert _standing(page, "Not solved yet") == (
            f"This lesson: Not solved yet 0 of {len(served.all)} solved. Next: {first.number} · {first.title}"
        )
        assert page.locator(".kata-standing a").get_attribute("href") == f"/lessons/{first.slug}/"
        served.solve()
        assert _standing(page, "Solved").startswith(f"This lesson: Solved 1 of {len(served.all)} solved. Next: ")
        assert page.evaluate("window.sameDocument")


def test_a_screen_reader_hears_what_changed(chromium: Browser, served: Served) -> None:
    """The live region is silent when a page opens; then it says which lesson changed, and how far the reader is."""
    with reader(chromium) as page:
        page.goto(served.url + PAGE)
        _standing(page, "Not solved yet")
        said = page.get_by_role("status").and_(page.locator(".kata-said"))
        assert said.inner_text() == ""
        served.solve()
        _standing(page, "Solved")
        assert said.inner_text() == (
            f"{served.lesson.number} · {served.lesson.title}: Solved. 1 of {len(served.all)} solved."
        )


def test_the_lists_mark_each_lesson_once(chromium: Browser, served: Served) -> None:
    """In the list of lessons the words stand behind the link, once, however often the page is told."""
    with reader(chromium) as page:
        page.goto(f"{served.url}/lessons/")
        page.locator(".kata-word").first.wait_for()
        assert page.locator(".kata-word").all_inner_texts() == ["Next"]
        served.solve()
        row = page.locator("tr", has=page.locator(f"a[href$='{SLUG}/']"))
        row.locator(".kata-word", has_text="Solved").wait_for()
        assert sorted(page.locator(".kata-word").all_inner_texts()) == ["Next", "Solved"]


def test_a_new_build_is_shown(chromium: Browser, served: Served) -> None:
    """An open page loads itself again when the site was built anew."""
    with reader(chromium) as page:
        page.goto(served.url + PAGE)
        _standing(page, "Not solved yet")
        served.build_again(f"lessons/{SLUG}/index.html", "<title>", "<title>Anew: ")
        page.wait_for_function("document.title.startsWith('Anew: ')")


def test_the_focus_stays_where_it_was(chromium: Browser, served: Served) -> None:
    """Who has tabbed to the link to the next lesson is there still when the words change."""
    with reader(chromium) as page:
        page.goto(served.url + PAGE)
        _standing(page, "Not solved yet")
        page.locator(".kata-standing a").focus()
        served.solve()
        _standing(page, "Solved")
        assert page.evaluate("document.activeElement.matches('.kata-standing a')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", [PAGE, "/lessons/"])
def test_axe_finds_nothing_in_the_words(chromium: Browser, served: Served, place: str, scheme: Scheme) -> None:
    """The words of the progress break no rule of axe."""
    served.solve()
    with reader(chromium, color_scheme=scheme, reduced_motion="reduce") as page:
        page.goto(served.url + place)
        page.locator(".kata-word").first.wait_for()
        assert broken_rules(page) == []


def _standing(page: Page, word: str) -> str:
    """Wait until the lesson's own word is this one, and return the line that it stands in."""
    line = page.locator(".kata-standing", has=page.locator(f".kata-word >> text=/^{word}$/"))
    line.wait_for()
    return " ".join(line.inner_text().split())
