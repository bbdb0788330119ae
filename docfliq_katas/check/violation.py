"""What the gate finds, and the published lesson that it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson


@dataclass(frozen=True, order=True)
class Violation:
    """One broken rule of the contract: where, and `what is wrong; what to do`."""

    lesson: str
    what: str

    def __str__(self) -> str:
        return f"lessons/{self.lesson}: {self.what}"


@dataclass(frozen=True)
class Published:
    """A lesson as it was sealed, whatever a learner has done to the working copy.

    Attributes:
        lesson: What the sealed lesson.toml says.
        files: The sealed files: path inside the lesson -> bytes.

    """

    lesson: Lesson
    files: dict[str, bytes]

    def text(self, path: str) -> str:
        """Return the text of one file, or nothing where there is no such file."""
        return self.files.get(path, b"").decode("utf-8", errors="replace")

    @property
    def tests(self) -> str:
        """The source of the test file."""
        return self.text(self.lesson.test_file.name)


def first_line(text: str) -> str:
    """Return the first line of `text` that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "nothing")
