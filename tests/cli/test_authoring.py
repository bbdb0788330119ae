"""`kata new`: where a lesson goes, what is refused, and that it is made whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, scaffold
from docfliq_katas.errors import Misuse
from docfliq_katas.scaffold import place, texts
from docfliq_katas.state import state_dir
from tests.fake_course import SUM, TAGS

if TYPE_CHECKING:
    from tests.cli.conftest import Kata

NEW = "03_tagged_once"


def test_it_says_what_it_made_and_what_comes_next(kata: Kata, course: Path) -> None:
    """A planned lesson goes where the plan has it, with the lines that the rulebook gives to it."""
    done = kata("new", "tagged_once")
    assert (done.returncode, done.stderr) == (0, "")
    told = " ".join(done.stdout.split())
    assert f"Made lesson 03 Tagged once, in the chapter writing: lessons/{NEW}/ solutions/{NEW}/ docs/" in told
    assert "It owns the line L5" in told
    assert f"lessons/{NEW}/README.md says what to write, `kata check 03` what is left." in told
    made = catalogue.read(course / "lessons" / NEW)
    assert (made.slug, made.title, made.chapter, made.guidelines) == (
        "tagged_once",
        "Tagged once",
        "writing",
        ("L5",),
    )
    assert "kata check 03" in (course / "lessons" / NEW / "README.md").read_text()


def test_a_slug_that_the_rulebook_does_not_know_is_told_so(kata: Kata, course: Path) -> None:
    """Outside the plan a lesson gets the first number that nobody waits for, and no line."""
    done = kata("new", "money_in_cents", "--chapter", "structure")
    assert "No line of lessons/rulebook.toml names it: give it one there" in " ".join(done.stdout.split())
    made = catalogue.read(course / "lessons/04_money_in_cents")
    assert (made.chapter, made.guidelines) == ("structure", ("L0",))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Missing argument 'SLUG'"),
        (["Tagged-Once"], "'Tagged-Once' is no slug: write it in snake_case, as n_plus_one"),
        (["tagged__once"], "is no slug"),
        (["../escape"], "is no slug"),
        (["3_tags"], "is no slug"),
        (["async"], "'async' is a word of Python: choose another slug"),
        (["fresh_tags"], "there is a lesson 'fresh_tags' already"),
        (["money", "--number", "2"], "number 02 is taken by 'fresh_tags'"),
        (["money", "--number", "100"], "Invalid value for '--number'"),
        (["tagged_once", "--number", "9"], "lessons/rulebook.toml plans 'tagged_once' as 03: leave out --number"),
        (["money", "--chapter", "poetry"], "no chapter 'poetry': the chapters are writing, structure"),
        (["x" * 300], "the slug has 300 characters: take 40 at most"),
    ],
)
def test_what_is_refused_is_one_line_and_2(kata: Kata, course: Path, arguments: list[str], told: str) -> None:
    """A refusal says what is wrong and what to do, and nothing is made."""
    before = _tree(course)
    done = kata("new", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert _tree(course) == before


@pytest.mark.parametrize("root", [f"solutions/{NEW}", "docs/lessons/tagged_once.md"])
@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_nothing_is_overwritten(kata: Kata, course: Path, root: str, kind: str) -> None:
    """Whatever stands where a part of the lesson would go stays as it is, and the rest is not made."""
    path = course / root
    if kind == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine\n")
    elif kind == "file":
        path.write_text("mine\n")
    else:
        path.symlink_to("nowhere")
    before = _tree(course)
    done = kata("new", "tagged_once")
    assert done.returncode == 2
    assert done.stderr == (f"kata: {root} exists and is never overwritten: move it away, or choose another slug\n")
    assert _tree(course) == before


def test_the_same_lesson_is_made_once(kata: Kata, course: Path) -> None:
    """The second call is refused, and the first one's files stay."""
    kata("new", "tagged_once")
    before = _tree(course)
    done = kata("new", "tagged_once")
    assert done.returncode == 2
    assert "there is a lesson 'tagged_once' already" in done.stderr
    assert _tree(course) == before


def test_a_folder_that_cannot_be_written_is_told(kata: Kata, course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the disk is one line with the path, and 2."""
    before = _tree(course)
    state_dir()

    def refuse(path: Path, text: str, **_: str) -> int:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", refuse)
        done = kata("new", "tagged_once")
    what = "cannot write docs/lessons/tagged_once.md: Read-only file system; nothing of the lesson is left behind"
    assert (done.returncode, done.stderr) == (2, f"kata: {what}\n")
    assert _tree(course) == before


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("failing", range(len(texts.FILES)))
def test_a_write_that_fails_in_the_middle_leaves_nothing(
    course: Path, monkeypatch: pytest.MonkeyPatch, failing: int, fault: BaseException
) -> None:
    """Whichever file the disk does not take, and whenever Ctrl-C comes, nothing half-made is left."""
    before = _tree(course)
    state_dir()
    written = 0
    write = Path.write_text

    def attempt(path: Path, text: str, **options: str) -> int:
        nonlocal written
        write(path, text[: len(text) // 2], **options)
        written += 1
        if written == failing + 1:
            raise fault
        return write(path, text, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", attempt)
        with pytest.raises((Misuse, KeyboardInterrupt)) as caught:
            scaffold.new("tagged_once")
    if isinstance(fault, OSError):
        assert str(caught.value).endswith("No space left on device; nothing of the lesson is left behind")
    assert _tree(course) == before


def test_what_somebody_else_made_meanwhile_is_not_taken_away(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that appears between the look and the writing is not ours to remove."""
    page = course / "docs/lessons/tagged_once.md"
    make = Path.mkdir

    def slowly(path: Path, **options: bool) -> None:
        if path.is_relative_to(course / "solutions"):
            page.write_text("mine\n")
        make(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", slowly)
        with pytest.raises(Misuse, match=r"cannot write docs/lessons/tagged_once\.md: File exists"):
            scaffold.new("tagged_once")
    assert page.read_text() == "mine\n"
    assert not (course / "lessons" / NEW).exists()
    assert not (course / "solutions" / NEW).exists()


def test_a_draft_is_listed_and_no_learner_is_sent_to_it(kata: Kata, course: Path) -> None:
    """`kata list` names it a draft; `kata` does not count it and `kata next` passes it over."""
    kata("new", "tagged_once")
    assert "  03  draft    Tagged once" in kata("list").stdout
    assert "0 of 2 lessons solved" in kata().stdout
    for name in (SUM, TAGS):
        (course / "solutions" / name / "starter.lock").unlink()
    assert kata("next").stdout.startswith("Every lesson is solved.")


def test_the_doctor_looks_past_a_draft(kata: Kata, lesson: catalogue.Lesson) -> None:
    """A lesson without a seal is told, and so is what is wrong with the others."""
    kata("new", "tagged_once")
    lesson.test_file.write_text("def test_mine() -> None: ...\n")
    told = " ".join(kata("doctor").stdout.split())
    assert f"problem: solutions/{NEW}/starter.lock is missing: restore it, or seal a new lesson" in told
    assert f"problem: lessons/{SUM}/test_sum_of_fees.py is not the course's file" in told


def test_planned_lessons_fill_the_gaps_in_their_order(course: Path) -> None:
    """The first planned lesson has the first free number, whatever is written already; others come after the plan."""
    _plan(course, ["fresh_tags", "first", "tagged_once", "last"])
    (course / "lessons/04_taken").mkdir()
    assert [place.find(slug).number for slug in ("first", "tagged_once", "last", "unplanned")] == [3, 5, 6, 7]
    assert place.find("unplanned", number=5).number == 5


def test_a_course_of_99_lessons_is_full(course: Path) -> None:
    """Where every number is taken or planned, the author chooses, or hears that there is none."""
    for number in range(4, 99):
        (course / f"lessons/{number:02}_x{number}").mkdir()
    _plan(course, ["tagged_once", "last", "one_too_many"])
    assert place.find("last").number == 99
    with pytest.raises(Misuse, match="every number up to 99 is taken or planned: choose one with --number"):
        place.find("one_too_many")
    assert place.find("one_too_many", number=3).number == 3


@pytest.mark.parametrize(("line", "chapter"), [("L4", "writing"), ("L40", "structure")])
def test_the_chapter_is_that_of_the_neighbour_whose_lines_are_nearest(course: Path, line: str, chapter: str) -> None:
    """Between two chapters the rulebook decides: its lines go by topics."""
    tags = course / "lessons" / TAGS
    tags.rename(course / "lessons/09_fresh_tags")
    toml = course / "lessons/09_fresh_tags/lesson.toml"
    toml.write_text(toml.read_text().replace('"writing"', '"structure"').replace('["L3"]', '["L30"]'))
    book = course / "lessons/rulebook.toml"
    book.write_text(book.read_text().replace("L3 =", "L30 =" if line == "L40" else "L3 =").replace("L5 =", f"{line} ="))
    assert place.find("tagged_once").chapter == chapter


def _plan(course: Path, slugs: list[str]) -> None:
    book = course / "lessons/rulebook.toml"
    book.write_text(book.read_text().replace('["tagged_once"]', str(slugs)))


def _tree(root: Path) -> dict[str, bytes | str | None]:
    """Return everything below `root` but the history: path -> bytes, where a link leads, or None for a folder."""
    return {
        path.relative_to(root).as_posix(): path.readlink().as_posix()
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in root.rglob("*")
        if ".git" not in path.relative_to(root).parts
    }
