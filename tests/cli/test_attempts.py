from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import attempts, progress, starter
from docfliq_katas.errors import Misuse
from docfliq_katas.state import lock, state_dir
from tests.cli.conftest import WRONG
from tests.fake_course import fake_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docfliq_katas.catalogue import Lesson
    from tests.cli.conftest import Kata


@pytest.fixture
def worked_on(lesson: Lesson, service: Path) -> dict[str, bytes]:
    """Leave a learner's work in the lesson: a file edited, one added in a new folder, one removed, one test edited."""
    service.write_text(WRONG)
    (lesson.folder / "src/rates").mkdir()
    (lesson.folder / "src/rates/table.py").write_text("RATE = 2\n")
    (lesson.folder / "src/__init__.py").unlink()
    lesson.test_file.write_text("def test_mine() -> None: ...\n")
    return starter.files(lesson.folder)


def test_a_reset_brings_the_starter_back_and_keeps_the_attempt(
    kata: Kata, lesson: Lesson, worked_on: dict[str, bytes]
) -> None:
    """Every published file is back, added files are gone, and the attempt holds all of it."""
    done = kata("reset", "01")
    assert (done.returncode, done.stderr) == (0, "")
    assert starter.edited(lesson) == []
    assert not (lesson.folder / "src/rates").exists()
    (attempt,) = attempts.kept(lesson)
    assert starter.files(attempt.folder) == worked_on
    told = " ".join(done.stdout.split())
    assert "Written: src/__init__.py, src/fees/service.py, test_sum_of_fees.py" in told
    assert "Removed: src/rates/table.py" in told
    assert f"`kata attempts 01 --restore {attempt.name}` brings it back" in told


def test_a_reset_works_after_commits(kata: Kata, course: Path, lesson: Lesson, worked_on: dict[str, bytes]) -> None:
    """What the learner committed does not hide the starter: it is taken from the history."""
    assert worked_on
    identity = ["-c", "user.name=Learner", "-c", "user.email=learner@example.org"]
    subprocess.run(["git", *identity, "commit", "--quiet", "--all", "--message=Mine"], cwd=course, check=True)
    assert kata("reset", "01").returncode == 0
    assert starter.edited(lesson) == []


def test_an_attempt_is_listed_and_restored_byte_for_byte(
    kata: Kata, lesson: Lesson, service: Path, worked_on: dict[str, bytes]
) -> None:
    """A restore brings the whole folder back, and keeps what it replaces."""
    kata("reset", "01")
    (first,) = attempts.kept(lesson)
    listed = " ".join(kata("attempts", "01").stdout.split())
    assert f"{first.name} kept 20" in listed
    assert "differs from the starter in src/__init__.py, src/fees/service.py, src/rates/table.py, test" in listed
    service.write_text("a second idea\n")
    done = kata("attempts", "01", "--restore", first.name)
    assert done.returncode == 0
    assert starter.files(lesson.folder) == worked_on
    assert "`kata reset 01 --tests` puts the course's back" in " ".join(done.stdout.split())
    second = attempts.kept(lesson)[-1]
    assert starter.files(second.folder)["src/fees/service.py"] == b"a second idea\n"


def test_an_unknown_attempt_is_misuse(kata: Kata) -> None:
    """A name that no attempt has is one line, and 2."""
    done = kata("attempts", "01", "--restore", "../..")
    assert done.returncode == 2
    assert done.stderr == "kata: lesson 01 has no attempt '../..': `kata attempts 01` lists them\n"
    assert "has no kept attempt" in kata("attempts", "01").stdout


def test_the_beginning_of_a_name_will_do(lesson: Lesson, service: Path) -> None:
    """A name may be shortened as long as one attempt answers to it."""
    for idea in ("one\n", "two\n"):
        service.write_text(idea)
        attempts.reset(lesson)
    one, two = attempts.kept(lesson)
    with pytest.raises(Misuse, match="several attempts '20'"):
        attempts.restore(lesson, "20")
    attempts.restore(lesson, one.name)
    assert service.read_text() == "one\n"
    attempts.restore(lesson, two.name)
    assert [one, two] == attempts.kept(lesson), "what an attempt holds already is not kept twice"


def test_tests_puts_back_the_test_file_only(
    kata: Kata, lesson: Lesson, service: Path, worked_on: dict[str, bytes]
) -> None:
    """`--tests` brings the course's test file back and leaves the learner's work where it is."""
    progress.record_green(lesson)
    assert kata("reset", "01", "--tests").returncode == 0
    assert "test_sum_of_fees.py" not in starter.edited(lesson)
    assert service.read_text() == WRONG
    assert (lesson.folder / "src/rates/table.py").exists()
    (attempt,) = attempts.kept(lesson)
    assert starter.files(attempt.folder) == worked_on
    assert progress.of(lesson).state == "solved"


def test_a_reset_opens_a_solved_lesson_again(kata: Kata, lesson: Lesson, service: Path) -> None:
    """After a reset the lesson is open; hints stay counted."""
    service.write_text(WRONG)
    progress.record_green(lesson)
    progress.record_hint(lesson, 2)
    kata("reset", "01")
    assert (progress.of(lesson).state, progress.of(lesson).hints) == ("open", 2)


def test_nothing_to_put_back_keeps_nothing(kata: Kata, lesson: Lesson) -> None:
    """A lesson that is as published makes no attempt."""
    assert kata("reset", "01").stdout == "Nothing to put back: lesson 01 is as the course published it.\n"
    assert attempts.kept(lesson) == []


def test_other_files_are_never_touched(kata: Kata, course: Path, lesson: Lesson, service: Path) -> None:
    """Hidden files, caches, other lessons and everything else stay as they are."""
    places = [lesson.folder / ".env", lesson.folder / "src/__pycache__/x.pyc", course / "notes.txt"]
    places.append(course / "lessons/02_fresh_tags/src/tags/service.py")
    for place in places:
        place.parent.mkdir(exist_ok=True)
        place.write_text("mine\n")
    service.write_text(WRONG)
    service.chmod(0o640)
    kata("reset", "01")
    assert [place.read_text() for place in places] == ["mine\n"] * 4
    assert service.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("failing", range(7))
def test_a_write_that_fails_in_the_middle_changes_nothing(
    failing: int, lesson: Lesson, worked_on: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write or removal fails, the learner's files are as they were, and no scrap is left."""
    calls = 0
    steps = {"write_bytes": Path.write_bytes, "replace": Path.replace, "unlink": Path.unlink}

    def step(name: str) -> Callable[..., object]:
        def attempt(path: Path, *arguments: object, **options: object) -> object:
            nonlocal calls
            if path.is_relative_to(lesson.folder) and "missing_ok" not in options:
                calls += 1
                if calls == failing + 1:
                    raise OSError(28, "No space left on device", str(path))
            return steps[name](path, *arguments, **options)  # type: ignore[operator]

        return attempt

    with monkeypatch.context() as patch:
        for name in steps:
            patch.setattr(Path, name, step(name))
        with pytest.raises(Misuse, match="No space left on device; your files are as they were"):
            attempts.reset(lesson)
    assert starter.files(lesson.folder) == worked_on
    assert [path for path in lesson.folder.rglob(".*") if path.is_file()] == []
    (attempt,) = attempts.kept(lesson)
    assert starter.files(attempt.folder) == worked_on


def test_a_full_disk_under_the_attempts_changes_nothing(
    lesson: Lesson, worked_on: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be kept is not replaced."""

    def full(path: Path, *_: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(Misuse, match="the disk is full: free some space"):
            attempts.reset(lesson)
    assert starter.files(lesson.folder) == worked_on
    assert attempts.kept(lesson) == []


def test_a_file_that_is_saved_meanwhile_is_not_lost(
    lesson: Lesson, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that an editor saves between keeping and replacing stops the reset."""
    service.write_text(WRONG)
    write = Path.write_bytes

    def and_save(path: Path, data: bytes) -> int:
        if path.is_relative_to(lesson.folder):
            service.write_text("saved in the last moment\n")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", and_save)
    with pytest.raises(Misuse, match="was changed meanwhile"):
        attempts.reset(lesson)
    assert service.read_text() == "saved in the last moment\n"


def test_without_git_nothing_changes(kata: Kata, lesson: Lesson, worked_on: dict[str, bytes], tmp_path: Path) -> None:
    """Without git a reset is refused in one line, and the learner's files stay."""
    done = kata("reset", "01", PATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == "kata: git is not installed: the course needs it to bring starters back\n"
    assert starter.files(lesson.folder) == worked_on


def test_two_resets_at_once_keep_one_attempt(
    start: Callable[..., subprocess.Popen[str]], lesson: Lesson, worked_on: dict[str, bytes]
) -> None:
    """Of two resets at once one does the work and the other finds nothing to do."""
    gate = state_dir() / "attempts" / "sum_of_fees.lock"
    with lock(gate):
        both = [start("reset", "01"), start("reset", "01")]
        end = time.monotonic() + 30
        while not all(str(gate) in {file.path for file in psutil.Process(one.pid).open_files()} for one in both):
            assert time.monotonic() < end
            time.sleep(0.02)
    told = sorted(process.communicate(timeout=30)[0].partition(":")[0] for process in both)
    assert told == ["Nothing to put back", "Put back"]
    (attempt,) = attempts.kept(lesson)
    assert starter.files(attempt.folder) == worked_on


_UNPRIVILEGED = """
import os, sys
from docfliq_katas.cli import judging, main
for command in (["hint", "02"], ["reset", "02"], ["list"]):
    main(command)                              # imports everything: another account may not read it
os.environ["KATA_STATE_DIR"] = sys.argv[1]
if os.geteuid() == 0:
    os.setegid(int(sys.argv[3])); os.seteuid(int(sys.argv[2]))
print("----", flush=True); print("----", file=sys.stderr, flush=True)
sys.exit(main(sys.argv[4:]))
"""


@pytest.fixture
def open_place() -> Iterator[Path]:
    """Give the test a folder that every account can pass through; the ones of pytest are closed."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("command", [["hint", "01"], ["reset", "01"], ["test", "01"]])
def test_a_state_folder_that_cannot_be_written_is_one_line(
    command: list[str], open_place: Path, tmp_path: Path
) -> None:
    """A state folder of somebody else: 2, one line that names KATA_STATE_DIR, and the work stays as it was."""
    root = fake_course(open_place / "course")
    service = root / "lessons/01_sum_of_fees/src/fees/service.py"
    service.write_text(WRONG)
    closed = open_place / "state"
    closed.mkdir(mode=0o555)
    (closed / ".gitignore").write_text("*\n")
    nobody = pwd.getpwnam("nobody")
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, closed, str(nobody.pw_uid), str(nobody.pw_gid), *command],
        env={
            **os.environ,
            "KATA_ROOT": str(root),
            "KATA_STATE_DIR": str(tmp_path / "state"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stderr.partition("----\n")[2]
    assert (done.returncode, len(told.splitlines())) == (2, 1), done.stderr
    assert "cannot write" in told
    assert "KATA_STATE_DIR" in told
    assert service.read_text() == WRONG
