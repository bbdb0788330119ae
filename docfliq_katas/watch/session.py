"""The loop of `kata watch`: saved files, keys and the run on its way, whichever speaks first."""

from __future__ import annotations

import os
import selectors
import sys
from typing import TYPE_CHECKING, NoReturn

from docfliq_katas import catalogue, dashboard, runner, starter
from docfliq_katas.cli import attempting, helping, serving, voice
from docfliq_katas.errors import Misuse
from docfliq_katas.runner import Running
from docfliq_katas.state import project_root
from docfliq_katas.watch import screen
from docfliq_katas.watch.files import SavedFiles
from docfliq_katas.watch.keyboard import Keyboard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

_QUIET = ("-p", "no:kata-recorder")  # progress and closing words are this process's own
_PULSE = 0.5  # seconds between two looks whether a run is overdue


def watch(lesson: Lesson) -> int:
    """Run the lesson, and again after each save, until the key q or Ctrl-C; return 0.

    Raises:
        Misuse: a server that the lesson needs cannot be started.
    """
    serving.start_for(lesson)
    root = project_root()
    folders = [folder for folder in (root / "lessons", root / "docfliq_katas") if folder.is_dir()]
    with SavedFiles(folders) as saved, Keyboard() as keyboard:
        screen.overview(lesson)
        runner.warm_up()
        session = Session(lesson, keyboard)
        try:
            session.follow(saved)
        except KeyboardInterrupt:
            voice.say("Stopped.")
        finally:
            session.cancel()
        restart = session.outdated
    if restart:
        _start_again(session.lesson)
    return 0


class Session:
    """One user at work.

    Attributes:
        lesson: The lesson that is followed now.
        outdated: Whether the machinery changed, so that this process has to be replaced.
    """

    def __init__(self, lesson: Lesson, keyboard: Keyboard) -> None:
        self.lesson = lesson
        self.outdated = False
        self._keyboard = keyboard
        self._selector = selectors.DefaultSelector()
        self._running: Running | None = None
        self._files: dict[str, bytes] = {}  # of the run on its way
        self._done = False

    def follow(self, saved: SavedFiles) -> None:
        """Listen until somebody ends it."""
        self._selector.register(saved.descriptor, selectors.EVENT_READ, lambda: self._saved(saved.read()))
        if self._keyboard.descriptor is not None:
            self._selector.register(self._keyboard.descriptor, selectors.EVENT_READ, self._pressed)
        self.start()
        while not self._done:
            for key, _ in self._selector.select(_PULSE):
                if key.fd in self._selector.get_map():  # an earlier one of this round may have cancelled the run
                    key.data()
            if self._running and self._running.overdue:
                self._finish(self._running, hung=True)

    def start(self) -> None:
        """Start a run of the files as they lie there; one on its way is cancelled."""
        self.cancel()
        try:
            self.lesson = catalogue.read(self.lesson.folder)
            serving.start_for(self.lesson)
            self._files = starter.files(self.lesson.folder)
        except (Misuse, OSError) as error:
            voice.say(str(error))
            return
        screen.running(self.lesson)
        self._running = running = Running(self.lesson.folder, extra=_QUIET)
        self._selector.register(running.results, selectors.EVENT_READ, lambda: self._read(running))

    def cancel(self) -> None:
        """End the run on its way, if there is one."""
        if self._running:
            self._selector.unregister(self._running.results)
            self._running.abandon()
            self._running = None

    def _read(self, running: Running) -> None:
        if running.read():
            self._finish(running, hung=False)

    def _finish(self, running: Running, *, hung: bool) -> None:
        self._selector.unregister(running.results)
        self._running = None
        screen.clear()
        try:
            run = running.finish(hung=hung)
            screen.verdict(self.lesson, run)
            if run.green:
                screen.debrief(self.lesson, dashboard.following())
        except Misuse as error:
            voice.say(str(error))
        screen.prompt(keys=self._keyboard.descriptor is not None)

    def _saved(self, paths: Iterable[Path]) -> None:
        root = project_root()
        if any(path.is_relative_to(root / "docfliq_katas") for path in paths):
            voice.say("The course itself has changed: starting again.")
            self.outdated = self._done = True
            return
        lessons = root / "lessons"
        names = [path.relative_to(lessons).parts[0] for path in paths if path.is_relative_to(lessons)]
        folders = [lessons / name for name in dict.fromkeys(names) if (lessons / name / "lesson.toml").is_file()]
        if folders and self.lesson.folder not in folders:
            self._turn_to(catalogue.read(folders[0]))
        elif folders and not (self._running and starter.files(self.lesson.folder) == self._files):
            self.start()

    def _turn_to(self, lesson: Lesson) -> None:
        self.cancel()
        self.lesson = lesson
        screen.clear()
        try:
            serving.start_for(lesson)
        except Misuse as error:
            voice.say(str(error))
        screen.overview(lesson)
        self.start()

    def _pressed(self) -> None:
        keys = self._keyboard.read()
        if not keys:
            self._done = True
        for key in keys:
            self._obey(key)

    def _obey(self, key: str) -> None:
        try:
            match key:
                case "q" | "\x04":
                    self._done = True
                case "n":
                    self._next()
                case "h":
                    helping.hint(self.lesson)
                case "d":
                    with self._keyboard.given_back():
                        helping.difference(self.lesson, agreed=False)
                case "r":
                    self._reset()
                case "l":
                    voice.say(*dashboard.listing())
                case "a":
                    self._run_all()
                case "\n" | "\r":
                    self.start()
                case _:
                    screen.prompt(keys=True)
        except Misuse as error:
            voice.say(str(error))

    def _next(self) -> None:
        following = dashboard.following()
        if following is None:
            voice.say("Every lesson is solved.")
        elif following.slug == self.lesson.slug:
            voice.say("This is the next lesson: it is not solved yet.")
        else:
            self._turn_to(following)

    def _reset(self) -> None:
        with self._keyboard.given_back():
            sure = voice.agrees(f"Bring back the starter of lesson {self.lesson.number}? What you have is kept.")
        if sure:
            attempting.reset(self.lesson, only_tests=False)

    def _run_all(self) -> None:
        self.cancel()
        lessons = {lesson.folder: lesson for lesson in catalogue.lessons()}
        for folder, run in runner.run_all(list(lessons), workers=os.cpu_count() or 1):
            word = "no verdict" if run.problem else "green" if run.green else "red"
            voice.say(f"{lessons[folder].number} {lessons[folder].title}: {word}, {run.seconds:.2f} s")
        screen.prompt(keys=True)


def _start_again(lesson: Lesson) -> NoReturn:
    """Replace this process by a new one: what it has imported is no longer what lies on the disk."""
    sys.stdout.flush()
    code = "import sys; from docfliq_katas.cli import main; sys.exit(main(sys.argv[1:]))"
    os.execv(sys.executable, [sys.executable, "-c", code, "watch", lesson.number])  # noqa: S606 - itself
