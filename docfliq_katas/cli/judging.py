"""`kata test`: run a lesson in a throw-away copy, and close with what comes next."""

from __future__ import annotations

from contextlib import chdir
from typing import TYPE_CHECKING

from docfliq_katas import events, runner, warm
from docfliq_katas import overlay as overlays
from docfliq_katas.cli import voice
from docfliq_katas.closing import closing_words, next_words
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.runner import Run

_RED = 1


def judge_for_programs(lesson: Lesson, overlay: str) -> int:
    """Run the lesson as `judge` does, but write events to stdout (see `events`) instead of words."""
    with events.stream() as emit:
        emit(events.begun(lesson))
        with overlays.throw_away_copy(lesson, overlay) as folder:
            result = runner.run(folder, extra=[runner.SPREAD], begin=warm.hosted)
        if overlay == overlays.MINE:
            _closing_words(lesson, result)
        for test in result.tests:
            emit(events.tested(lesson, test))
        emit(events.ended(lesson, result))
    return 0 if result.green else _RED


def judge(lesson: Lesson, overlay: str, *, full: bool, paths: bool = False) -> int:
    """Run the lesson with `overlay` laid over it; return 0 when it is green and 1 when it is red.

    A green run of the learner's own files counts as solved, as in plain pytest.

    Args:
        lesson: The lesson.
        overlay: What is laid over it; see `overlay.overlay_files`.
        full: Show pytest's own reports.
        paths: Add a line for each red test that editors understand.

    """
    mine = overlay == overlays.MINE
    voice.say(f"Lesson {lesson.number} {lesson.title}: {'your files' if mine else overlay}, in a throw-away copy")
    # pytest tells paths from where it stands: beside the copy they are short.
    with overlays.throw_away_copy(lesson, overlay) as folder, chdir(folder.parent):
        result = runner.run(folder, show=True, extra=[runner.SPREAD, *(["--full"] if full else [])], begin=warm.hosted)
    voice.say(*_verdict(result))
    if paths:
        for line in events.path_lines(lesson, result):
            voice.say_raw(line)
    if mine:
        voice.say(*_closing_words(lesson, result))
    return 0 if result.green else _RED


def _verdict(result: Run) -> list[str]:
    if result.problem:
        return [f"No verdict: {result.problem.strip().splitlines()[0]}"]
    if result.red:
        return [f"Red: {result.red_of_all}"]
    return ["Green: every test passed" if result.green else "Not green: a test was skipped"]


def _closing_words(lesson: Lesson, result: Run) -> list[str]:
    passed = {test.name for test in result.tests if test.outcome == "passed"}
    try:
        lines = [] if result.problem else closing_words(lesson, passed=passed, red=result.red)
        return lines + (next_words(lesson) if result.green else [])
    except Misuse as error:
        return [str(error)]
