from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import check as gate
from docfliq_katas import pages
from docfliq_katas.cli import main, verifying
from tests.cli.test_entry import same_signals  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

LOOKS = """
import os
import pathlib

def test_it():
    assert pathlib.Path(os.environ["KATA_SITE"]).is_dir()
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Note what the gate is asked, instead of running it; it has tests of its own."""
    notes: list[dict[str, object]] = []

    def check(queries: list[str], **options: object) -> int:
        notes.append({"queries": queries, **options})
        return 1 if queries == ["02"] else 0

    monkeypatch.setattr(gate, "check", check)
    return notes


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note where the site is built, instead of building it; that has tests of its own."""
    folders: list[Path] = []

    def build(*, site: Path) -> int:
        site.mkdir()
        folders.append(site)
        return 0

    monkeypatch.setattr(pages, "build", build)
    return folders


@pytest.fixture
def course(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the course a test of its own, and one for the browser, which has a site to look at."""
    monkeypatch.setattr(verifying, "_WORKERS", 0)  # one test needs no others to share the work
    (course / "tests/browser").mkdir(parents=True)
    (course / "tests/test_it.py").write_text("def test_it(): pass\n")
    (course / "tests/browser/test_site.py").write_text(LOOKS)
    return course


@pytest.fixture
def with_browser(monkeypatch: pytest.MonkeyPatch, builds: list[Path]) -> None:
    """Let the machine have a browser, and a site to look at."""
    monkeypatch.setattr("shutil.which", str)
    monkeypatch.setattr(verifying, "find_spec", str)


@pytest.fixture
def without_browser(monkeypatch: pytest.MonkeyPatch, builds: list[Path]) -> None:
    """Let the machine have none, nor what drives it."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(verifying, "find_spec", lambda _: None)


def test_check_hands_its_arguments_to_the_gate(course: Path, asked: list[dict[str, object]]) -> None:
    """`kata check` ends with the gate's own exit code."""
    assert course.is_dir()
    assert [main(["check"]), main(["check", "01", "02", "--json"]), main(["check", "02", "--record"])] == [0, 0, 1]
    assert asked == [
        {"queries": [], "as_json": False, "record": False},
        {"queries": ["01", "02"], "as_json": True, "record": False},
        {"queries": ["02"], "as_json": False, "record": True},
    ]


@pytest.mark.usefixtures("with_browser")
def test_verify_runs_everything(
    course: Path,
    asked: list[dict[str, object]],
    builds: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """`kata verify` runs all four, says how long each took, and on CI demands sealed lessons."""
    monkeypatch.setenv("CI", "true")
    assert main(["verify"]) == 0
    told = capfd.readouterr().out
    assert "The project's own tests: green, " in told
    assert "The gate over every lesson: green, 0 s" in told
    assert "The site: green, 0 s" in told
    assert "The site in a browser: green, " in told
    assert not builds[0].is_relative_to(course)
    assert asked == [{"queries": [], "as_json": False, "record": False, "sealed": True}]


@pytest.mark.usefixtures("with_browser", "asked")
@pytest.mark.parametrize("broken", ["tests/test_it.py", "tests/browser/test_site.py"])
def test_verify_is_red_when_a_test_is(broken: str, course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A red test of the project, or one in the browser, is not hidden by what is green."""
    (course / broken).write_text("def test_it(): assert False\n")
    assert main(["verify"]) == 1
    assert capfd.readouterr().out.count(": red, ") == 1


@pytest.mark.usefixtures("course", "without_browser", "asked")
@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_a_missing_browser_is_said(
    ci: str, code: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a browser the other three are run; on CI that is not enough."""
    monkeypatch.setenv("CI", ci)
    assert main(["verify"]) == code
    told = " ".join(capfd.readouterr().out.split())
    assert "Not looked at: Chromium and requirements-browser.lock not installed. CONTRIBUTING.md says how." in told
    assert f"The site in a browser: {'red' if code else 'not looked at'}, 0 s" in told


@pytest.mark.usefixtures("course", "with_browser")
def test_verify_is_red_when_the_gate_is(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Green tests do not hide a red gate."""
    monkeypatch.setattr(gate, "check", lambda *_, **__: 1)
    assert main(["verify"]) == 1
    assert "The gate over every lesson: red" in capfd.readouterr().out
