from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from docfliq_katas import catalogue, progress, starter
from docfliq_katas.pages.served import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

pytestmark = pytest.mark.timeout(150)  # sites are built here, by processes of their own
SCRIPT = "/kata/progress.js"


class Docs:
    """`kata docs`, running.

    Attributes:
        root: the course that it serves.
        url: where, without a slash at the end.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [*_KATA, "docs", "--port", "0"],
            env=_environment(root),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = self.line_with("The site is at").split()[4].rstrip("/")

    def line_with(self, words: str) -> str:
        """Return the next line of its output with these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(self.process.communicate()[1])


@pytest.fixture(scope="module")
def docs(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docs]:
    """Serve a course of this module's own."""
    with _served(built, tmp_path_factory.mktemp("served")) as docs:
        yield docs


@pytest.fixture
def mine(docs: Docs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lesson]:
    """Give the test the first lesson of the served course, as the reader's own tests see it; it ends as open again."""
    monkeypatch.setenv("KATA_ROOT", str(docs.root))
    monkeypatch.setenv("KATA_STATE_DIR", str(docs.root / ".kata"))
    lesson = catalogue.find("01")
    yield lesson
    progress.forget(lesson)


def test_served_pages_ask_for_the_progress_and_built_ones_do_not(docs: Docs, built: Path) -> None:
    """The script is in every page that is served, and nothing of it in any file of the built site."""
    for path in ("/", "/lessons/", "/lessons/sum_of_fees/"):
        assert SCRIPT in httpx.get(docs.url + path).text
    assert "javascript" in httpx.get(docs.url + SCRIPT).headers["Content-Type"]
    files = [path for path in (built / "site").rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if path.name.startswith("progress.") or b"/kata/" in path.read_bytes()] == []


def test_addresses_are_those_of_any_web_server(docs: Docs) -> None:
    """A folder without its slash leads to the page, and what is not there is the site's own page and 404."""
    assert httpx.get(f"{docs.url}/lessons/sum_of_fees").headers["Location"] == "/lessons/sum_of_fees/"
    missing = httpx.get(f"{docs.url}/nowhere/")
    assert (missing.status_code, SCRIPT in missing.text) == (404, True)


def test_a_green_run_is_told_to_open_pages(docs: Docs, mine: Lesson) -> None:
    """A page hears how things are when it opens, and hears again when a test run has recorded a solved lesson."""
    with _events(docs) as events:
        before = next(events)
        assert progress.record_green(mine)
        after = next(event for event in events if event["solved"] != before["solved"])
    assert (before["lessons"]["sum_of_fees"]["words"], before["next"]) == (["Next"], "sum_of_fees")
    assert (after["lessons"]["sum_of_fees"]["words"], after["next"]) == (["Solved"], "fresh_tags")
    assert after["lessons"]["fresh_tags"] == {"title": "02 · Fresh tags", "words": ["Next"]}
    assert (before["solved"], after["solved"]) == ("0 of 2 solved.", "1 of 2 solved.")
    assert before["build"] == after["build"]


def test_a_saved_page_is_built_anew(docs: Docs) -> None:
    """Open pages hear of another build, and the page then has the new words and the mark of that build."""
    with _events(docs) as events:
        before = next(events)
        (docs.root / "docs/index.md").write_text("# Home\n\nNew words. [All lessons](lessons/index.md)\n")
        after = _after(before, events)
    page = httpx.get(docs.url).text
    assert "New words." in page
    assert after["build"] in page


def test_a_page_that_cannot_be_built_leaves_the_last_site(docs: Docs) -> None:
    """A page that includes what does not exist is told in the terminal; readers keep what they had."""
    page = docs.root / "docs/guidelines.md"
    text = page.read_text()
    page.write_text('# Lost\n\n--8<-- "generated/nowhere.md"\n')
    docs.line_with("The pages stay as they were.")
    assert "About the rulebook" in httpx.get(f"{docs.url}/guidelines/").text
    with _events(docs) as events:
        before = next(events)
        page.write_text(text)
        _after(before, events)


@pytest.mark.parametrize(
    "path", ["/../mkdocs.yml", "/%2e%2e/mkdocs.yml", "/..%2fmkdocs.yml", "//etc/passwd", "/.git/config"]
)
def test_no_path_leads_out_of_the_site(docs: Docs, path: str) -> None:
    """Only files of the site are answered with, however the path is written."""
    assert _status(docs, path, "localhost") == 404


@pytest.mark.parametrize("path", ["/", "/kata/events", SCRIPT])
@pytest.mark.parametrize("host", ["docfliq.example", "localhost.docfliq.example", "127.0.0.1.docfliq.example", ""])
def test_a_foreign_name_is_refused(docs: Docs, path: str, host: str) -> None:
    """A page of another site whose name was made to lead here gets nothing."""
    assert _status(docs, path, host) == 400


def test_nobody_else_can_connect(docs: Docs) -> None:
    """It listens on the loopback address alone."""
    listening = [
        each for each in psutil.Process(docs.process.pid).net_connections() if each.status == psutil.CONN_LISTEN
    ]
    assert {each.laddr.ip for each in listening} == {"127.0.0.1"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_at_once_and_leaves_nothing(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Ctrl-C or a closed terminal ends it with 0 while a page is open: no process, no file and no traceback stays."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    with _served(built, tmp_path) as docs, _events(docs) as events:
        next(events)
        children = psutil.Process(docs.process.pid).children(recursive=True)
        docs.process.send_signal(number)
        assert list(events) == []
        out, err = docs.process.communicate(timeout=30)
    assert (docs.process.returncode, out, err, children) == (0, "Stopped.\n", "", [])
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_port_that_is_taken_is_told_in_one_line(course: Path) -> None:
    """Before any lesson runs, one line says which port, and what to do; that is exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = subprocess.run(
            [*_KATA, "docs", "--port", str(port)], capture_output=True, text=True, timeout=100, check=False
        )
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert f"port {port} cannot be used" in run.stderr
    assert not (course / "docs/generated").exists()


def test_a_lesson_that_changed_says_so(course: Path, fees: Lesson, tags: Lesson) -> None:
    """What the course has changed since is not solved; it is next when nothing is open."""
    progress.record_green(fees)
    progress.record_green(tags)
    assert standing([fees, tags])["next"] is None
    (fees.folder / "README.md").write_text("# A better ticket\n")
    starter.seal(fees)
    found = standing([fees, tags])
    assert found["lessons"]["sum_of_fees"]["words"] == ["Changed since you solved it", "Next"]
    assert (found["next"], found["solved"]) == ("sum_of_fees", "1 of 2 solved.")


_KATA = [sys.executable, "-c", "import sys; from docfliq_katas.cli import main; sys.exit(main())"]


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "KATA_ROOT": str(root), "KATA_STATE_DIR": str(root / ".kata"), "PYTHONUNBUFFERED": "1"}


@contextmanager
def _served(built: Path, folder: Path) -> Iterator[Docs]:
    shutil.copytree(built, folder / "course", ignore=shutil.ignore_patterns("site"))
    docs = Docs(folder / "course")
    try:
        yield docs
    finally:
        docs.process.terminate()
        docs.process.communicate()


@contextmanager
def _events(docs: Docs) -> Iterator[Iterator[dict[str, Any]]]:
    """Listen as an open page does."""
    with httpx.stream("GET", f"{docs.url}/kata/events", timeout=100) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield (json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line)


def _after(before: dict[str, Any], events: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """Return the first event of another build; between them, progress may be told again."""
    return next(event for event in events if event["build"] != before["build"])


def _status(docs: Docs, path: str, host: str) -> int:
    """Ask for the path as it is written; httpx would put it in order first."""
    connection = http.client.HTTPConnection(docs.url.removeprefix("http://"), timeout=30)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()
