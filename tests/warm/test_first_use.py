from __future__ import annotations

import shutil
import threading
from pathlib import Path

from docfliq_katas import runner
from docfliq_katas.warm import first_use, libraries


def test_the_lesson_that_teaches_nothing_does_what_it_is_for(folder: Path) -> None:
    """It answers a request, compiles a statement and makes one report; nothing of it breaks in silence."""
    (folder / "test_thing.py").unlink()
    (folder / "lesson.toml").touch()
    shutil.copy(Path(first_use.__file__), folder / "test_first_use.py")
    run = runner.run(folder, extra=["-p", "no:kata-recorder"])
    assert [(test.name, test.outcome) for test in run.tests] == [
        ("test_a_route_answers", "passed"),
        ("test_a_statement_is_compiled", "passed"),
        ("test_a_report_is_made", "failed"),
    ]


def test_who_has_warmed_up_may_fork() -> None:
    """No thread is left: a fork would not have it, and could wait for it for ever."""
    before = threading.enumerate()
    libraries.warm_up()
    assert threading.enumerate() == before
