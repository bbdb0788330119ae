from __future__ import annotations

import errno
import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, progress, starter, state
from docfliq_katas.errors import Misuse
from tests.fake_course import SUM

if TYPE_CHECKING:
    from pathlib import Path


def test_a_lesson_is_open_until_it_was_green(course: Path) -> None:
    """Green makes a lesson solved, and is news once."""
    lesson = catalogue.find("01")
    assert progress.of(lesson).state == "open"
    assert progress.record_green(lesson)
    assert not progress.record_green(lesson)
    assert progress.of(lesson).state == "solved"


def test_a_lesson_that_the_course_changed_says_so(course: Path) -> None:
    """A solved lesson whose published files changed is neither open nor solved."""
    lesson = catalogue.find("01")
    progress.record_green(lesson)
    (course / "lessons" / SUM / "README.md").write_text("# A better ticket\n")
    starter.seal(lesson)
    assert progress.of(lesson).state == "changed"
    assert progress.record_green(lesson)
    assert progress.of(lesson).state == "solved"


def test_hints_are_counted_beside_the_verdict(course: Path) -> None:
    """The number of hints stays when the verdict changes."""
    lesson = catalogue.find("01")
    progress.record_hint(lesson, 2)
    progress.record_green(lesson)
    progress.forget(lesson)
    assert (progress.of(lesson).state, progress.of(lesson).hints) == ("open", 2)


def _record(number: int) -> None:
    progress.record_hint(catalogue.find("01" if number % 2 else "02"), number)
    progress.record_green(catalogue.find("02" if number % 2 else "01"))


def test_runs_that_end_together_lose_nothing(course: Path) -> None:
    """Two processes that record at the same moment both arrive."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_record, range(1, 21)))
    states = [progress.of(lesson) for lesson in catalogue.lessons()]
    assert [(found.state, found.hints > 0) for found in states] == [("solved", True)] * 2


def test_a_progress_file_that_cannot_be_read_is_put_aside(course: Path) -> None:
    """A damaged file is kept under another name, and progress starts anew."""
    file = state.state_dir() / "progress.json"
    file.write_text('{"sum_of_fees": ')
    progress.record_green(catalogue.find("01"))
    assert (state.state_dir() / "progress.broken.json").read_text() == '{"sum_of_fees": '
    assert "sum_of_fees" in json.loads(file.read_text())


def test_the_state_folder_is_private_and_ignored(course: Path) -> None:
    """Only its owner can read the state folder, and git does not see it."""
    folder = state.state_dir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_written_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place where nobody can make a folder is refused in one line that names it and says what to do."""
    monkeypatch.setenv("KATA_STATE_DIR", "/proc/kata")
    with pytest.raises(Misuse, match=r"cannot write /proc/kata: .*KATA_STATE_DIR"):
        state.state_dir()


def test_a_full_disk_is_one_line() -> None:
    """No space left on the device becomes one line that says what to do."""
    with pytest.raises(Misuse, match="the disk is full: free some space"), state.disk_faults(state.project_root()):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """A reader sees the old file or the new one, never half of one, and no litter stays."""
    file = tmp_path / "progress.json"
    state.write_atomic(file, "old")
    with pytest.raises(UnicodeEncodeError):
        state.write_atomic(file, "new \ud800")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]
