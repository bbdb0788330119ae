from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import check as gate
from docfliq_katas import pages
from docfliq_katas.cli import main
from tests.cli.test_entry import same_signals  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path


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
        folders.append(site)
        return 0

    monkeypatch.setattr(pages, "build", build)
    return folders


def test_check_hands_its_arguments_to_the_gate(course: Path, asked: list[dict[str, object]]) -> None:
    """`kata check` ends with the gate's own exit code."""
    assert course.is_dir()
    assert [main(["check"]), main(["check", "01", "02", "--json"]), main(["check", "02", "--record"])] == [0, 0, 1]
    assert asked == [
        {"queries": [], "as_json": False, "record": False},
        {"queries": ["01", "02"], "as_json": True, "record": False},
        {"queries": ["02"], "as_json": False, "record": True},
    ]


@pytest.mark.parametrize(
    ("source", "ci", "code"), [("def test_it(): pass\n", "true", 0), ("def test_it(): assert False\n", "", 1)]
)
def test_verify_runs_the_tests_the_gate_and_the_site(  # noqa: PLR0913, PLR0917 - what is asked for is what is used
    source: str,
    ci: str,
    code: int,
    course: Path,
    asked: list[dict[str, object]],
    builds: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """`kata verify` runs all, says how long each took, is red when one is, and on CI demands sealed lessons."""
    (course / "tests").mkdir()
    (course / "tests/test_it.py").write_text(source)
    monkeypatch.setenv("CI", ci)
    assert main(["verify"]) == code
    told = capfd.readouterr().out
    assert f"The project's own tests: {'red' if code else 'green'}, " in told
    assert "The gate over every lesson: green, 0 s" in told
    assert "The site: green, 0 s" in told
    assert not builds[0].is_relative_to(course)
    assert asked == [{"queries": [], "as_json": False, "record": False, "sealed": ci == "true"}]


def test_verify_is_red_when_the_gate_is(
    course: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Green tests do not hide a red gate."""
    (course / "tests").mkdir()
    (course / "tests/test_it.py").write_text("def test_it(): pass\n")
    monkeypatch.setattr(gate, "check", lambda *_, **__: 1)
    assert main(["verify"]) == 1
    assert "The gate over every lesson: red" in capfd.readouterr().out
