"""The loop of `kata watch`: saved files, keys and the run on its way, whichever speaks first."""

from __future__ import annotations

import os
import selectors
import sys
from typing import TYPE_CHECKING, NoReturn

from docfliq_katas import catalogue, dashboard, events, order, runner, starter
from docfliq_katas.cli import attempting, helping, serving, voice
from docfliq_katas.errors import Misuse
from docfliq_katas.runner import Running
from docfliq_katas.state import project_root
from docfliq_katas.warm import libraries
from docfliq_katas.warm.ahead import Ahead
from docfliq_katas.watch.files import SavedFiles
from docfliq_katas.watch.keyboard import Keyboard
from docfliq_katas.watch.screen import Events, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.watch.screen import Screen

# Progress, closing words and databases are kept here.
_OPTIONS = ("-p", "no:kata-recorder", libraries.TIDIED, runner.SPREAD)
_PULSE = 0.5  # seconds between two looks whether a run is overdue


def watch(lesson: Lesson, *, paths: bool = False) -> int:
    """Run the lesson, and again after each save, until the key q or Ctrl-C; return 0.

    Args:
        lesson: The lesson to begin with.
        paths: Add a line for each red test that editors understand.

    Raises:
        Misuse: a server that the lesson needs cannot be started.

    """
    return _watch(lesson, Words(paths=paths), ["--paths"] if paths else [])


def watch_for_programs(lesson: Lesson) -> int:
    """Watch as `watch` does, but write events to stdout (see `events`) instead of words."""
    with events.stream() as emit:
        return _watch(lesson, Events(emit), ["--json"])


def _watch(lesson: Lesson, screen: Screen, options: list[str]) -> int:
    died = serving.start_for(lesson)
    root = project_root()
    folders = [folder for folder in (root / "lessons", root / "docfliq_katas") if folder.is_dir()]
    with SavedFiles(folders) as saved, Keyboard() as keyboard:
        screen.overview(lesson)
        libraries.warm_up()
        session = Session(lesson, screen, keyboard, died)
        try:
            session.follow(saved)
        except KeyboardInterrupt:
            voice.say("Stopped.")
        finally:
            session.close()
        restart = session.outdated
    if restart:
        _start_again(session.lesson, options)
    return 0


class Session:
    """One user at work.

    Attributes:
        lesson: The lesson that is followed now.
        outdated: Whether the machinery changed, so that this process has to be replaced.
    """

    def __init__(self, lesson: Lesson, screen: Screen, keyboard: Keyboard, died: list[str]) -> None:
        self.lesson = lesson
        self.outdated = False
        self._screen = screen
        self._keyboard = keyboard
        self._selector = selectors.DefaultSelector()
        self._running: Running | None = None
        self._ahead: Ahead | None = None  # the next run
        self._files: dict[str, bytes] = {}  # of the run on its way
        self._died = died  # a line for each server that had to be started again since the last verdict
        self._told = 0  # how many of its tests the user knows of
        self._fingerprint = libraries.fingerprint()
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
        if libraries.fingerprint() != self._fingerprint:
            self._give_way()
            return
        try:
            self.lesson = catalogue.read(self.lesson.folder)
            self._died += serving.start_for(self.lesson)
            self._files = starter.files(self.lesson.folder)
        except (Misuse, OSError) as error:
            voice.say(str(error))
            return
        self._screen.running(self.lesson)
        self._told = 0
        self._running = running = self._taken() or Running(self.lesson.folder, extra=_OPTIONS)
        self._selector.register(running.results, selectors.EVENT_READ, lambda: self._read(running))

    def close(self) -> None:
        """End the run on its way and the one that waits."""
        self.cancel()
        if self._ahead:
            self._ahead.drop()
            self._ahead = None

    def cancel(self) -> None:
        """End the run on its way, if there is one."""
        if self._running:
            self._selector.unregister(self._running.results)
            self._running.abandon()
            self._running = None

    def _taken(self) -> Running | None:
        """Return the run that waits, where it is one of this lesson; it is used up."""
        ahead, self._ahead = self._ahead, None
        if ahead and ahead.folder != self.lesson.folder:
            ahead.drop()
            return None
        return ahead.go() if ahead else None

    def _read(self, running: Running) -> None:
        ended = running.read()
        for test in running.told[self._told :]:
            self._screen.test(self.lesson, test)
            self._told += 1
        if ended:
            self._finish(running, hung=False)

    def _finish(self, running: Running, *, hung: bool) -> None:
        self._selector.unregister(running.results)
        self._running = None
        try:
            self._screen.verdict(self.lesson, running.finish(hung=hung))
        except Misuse as error:
            voice.say(str(error))
        voice.say(*self._died)
        self._died.clear()
        self._screen.prompt(keys=self._keyboard.descriptor is not None)
        if "postgres" in self.lesson.services:
            libraries.make_databases()
        self._ahead = Ahead(self.lesson.folder, _OPTIONS)

    def _give_way(self) -> None:
        voice.say("The course or what it is built on has changed: starting again.")
        self.outdated = self._done = True

    def _saved(self, paths: Iterable[Path]) -> None:
        root = project_root()
        if any(path.is_relative_to(root / "docfliq_katas") for path in paths):
            self._give_way()
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
        self._screen.overview(lesson)
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
                    self._screen.prompt(keys=True)
        except Misuse as error:
            voice.say(str(error))

    def _next(self) -> None:
        following = order.next_lesson()
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
        self._screen.prompt(keys=True)


def _start_again(lesson: Lesson, options: list[str]) -> NoReturn:
    """Replace this process by a new one: what it has imported is no longer what lies on the disk."""
    sys.stdout.flush()
    code = "import sys; from docfliq_katas.cli import main; sys.exit(main(sys.argv[1:]))"
    os.execv(sys.executable, [sys.executable, "-c", code, "watch", lesson.number, *options])  # noqa: S606 - itself
