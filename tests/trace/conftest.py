"""The fake course with a third lesson, whose app can be traced; traces made by hand."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from docfliq_katas import catalogue
from docfliq_katas.state import state_dir
from docfliq_katas.trace.model import Call, Request, Trace
from tests.cli.conftest import course as plain_course  # noqa: F401 - a fixture
from tests.cli.conftest import program, template, terminal  # noqa: F401 - fixtures
from tests.fake_course import seal

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

REPORT = "03_report_on_a_thread"

_TOML = """\
slug = "report_on_a_thread"
title = "Report on a thread"
rule = "A report is made on a thread."
chapter = "writing"
guidelines = ["L4"]
services = []
minutes = 5
level = "everyday"
edit = ["src/main.py"]
prerequisites = []
hints = ["One.", "Two.", "Three."]
linters = []
out_of_scope = "Reports."

[[links]]
title = "asyncio.to_thread"
url = "https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread"

[red]
test_two_reports_at_once = "stood still"
"""

_MAIN = """\
import asyncio
import time

from fastapi import FastAPI

app = FastAPI()


def make_report():
    time.sleep(0.15)
    return "<b>\\u00e9</b>"


@app.get("/report")
async def report(name: str):
    return {call}
"""

_TEST = '''\
"""A report is made on a thread."""

import asyncio

from src.main import app, make_report


def test_a_report_has_words():
    """A report has words."""
    assert make_report()


async def test_one_report(serve):
    """A report comes with status 200 & in full."""
    async with serve(app) as client:
        serve.expect(await client.get("/report", params={"name": "<i>"}), 200, wants="a report")


async def test_two_reports_at_once(serve, loop_probe):
    """Two reports are made at the same time."""
    async with serve(app) as client, loop_probe.watch() as heartbeat:
        await asyncio.gather(*(client.get("/report", params={"name": name}) for name in "ab"))
    heartbeat.assert_free(wants="a report on a thread")
'''


@pytest.fixture
def course(plain_course: Path) -> Path:  # noqa: F811 - that fixture
    """Add the lesson to a course of the test's own."""
    lesson, solution = plain_course / "lessons" / REPORT, plain_course / "solutions" / REPORT
    for folder, call in {lesson: "make_report()", solution: "await asyncio.to_thread(make_report)"}.items():
        write(folder / "src/main.py", _MAIN.format(call=call))
    write(lesson / "src/__init__.py", "")
    write(lesson / "lesson.toml", _TOML)
    write(lesson / "README.md", "# Reports\n")
    write(lesson / "test_report_on_a_thread.py", _TEST)
    seal(plain_course, REPORT)
    return plain_course


@pytest.fixture
def report(course: Path) -> Lesson:
    """Give the test the lesson whose reports hold the loop."""
    return catalogue.read(course / "lessons" / REPORT)


@pytest.fixture
def service(course: Path) -> Path:
    """Name the file that the learner edits."""
    return course / "lessons" / REPORT / "src/main.py"


@pytest.fixture
def shared_servers(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the state folder whose servers are up already; ask for it before the course, which has its own."""
    return str(state_dir())


def write(path: Path, text: str) -> None:
    """Write a file, and the folders that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")


def a_request(number: int, began: float, seconds: float, **facts: Any) -> Request:  # noqa: ANN401 - any field
    """Make a request up."""
    return Request(
        **{
            "number": number,
            "method": "GET",
            "path": "/posts",
            "status": 200,
            "raised": "",
            "began": began,
            "seconds": seconds,
            **facts,
        }
    )


def a_call(began: float, seconds: float, request: int | None, **facts: Any) -> Call:  # noqa: ANN401 - any field
    """Make a call up: a statement, where nothing else is said."""
    return Call(
        **{
            "kind": "sql",
            "name": "SELECT users",
            "what": "SELECT users.id FROM users",
            "where": "src/posts/service.py:28 (card)",
            "rows": 1,
            "began": began,
            "seconds": seconds,
            "waited": 0.0,
            "request": request,
            **facts,
        }
    )


def a_trace(*requests: Request, calls: list[Call] | None = None, **facts: Any) -> Trace:  # noqa: ANN401 - any field
    """Make a trace up: of a red test, where nothing else is said."""
    told = {"test": "test_posts", "law": "Posts are read at once.", "outcome": "failed", **facts}
    return Trace(requests=requests, calls=tuple(calls or ()), **told)
