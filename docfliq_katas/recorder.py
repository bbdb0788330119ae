"""The part of the pytest plugin that listens to results: progress, and the closing words of a run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from docfliq_katas import catalogue
from docfliq_katas.closing import closing_words, next_words
from docfliq_katas.errors import Misuse
from docfliq_katas.fixtures import RESTARTED
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


class Recorder:
    """Follows one session, in the process that the user started (not in xdist workers)."""

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._passed: defaultdict[Path, set[str]] = defaultdict(set)
        self._restarted: set[str] = set()
        self._red: defaultdict[Path, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the verdict of one test of a lesson."""
        file, _, test = report.nodeid.partition("::")
        folder = (self._root / file).resolve().parent
        if folder.parent != project_root() / "lessons":
            return
        self._restarted |= {str(value) for name, value in report.user_properties if name == RESTARTED}
        if report.failed:
            self._red[folder].add(test)
        elif report.passed and report.when == "call":
            self._passed[folder].add(test.partition("[")[0])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Close with what the learner does next: a few lines for each lesson that ran, and once which one follows."""
        for server in sorted(self._restarted):
            terminalreporter.write_line(f"{server} had died and was started again.")
        folders = sorted(self._passed.keys() | self._red.keys())
        green = [folder for folder in folders if not self._red[folder]]
        for folder in folders:
            lines: list[str] = []
            try:
                lesson = catalogue.read(folder)
                red = sorted(self._red[folder])
                lines += [f"red: {name}" for name in red]
                lines += closing_words(lesson, passed=self._passed[folder], red=red)
                lines += next_words(lesson) if folder in green[-1:] else []
            except Misuse as error:
                lines.append(str(error))
            terminalreporter.section(folder.name, sep="-")
            for line in lines:
                terminalreporter.write_line(line)
