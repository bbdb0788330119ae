"""What the gate found, as lines for people and as one JSON document for programs."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from docfliq_katas.check.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docfliq_katas.check.runs import Verdict

_COLOURS = {"starter": "red", "reference": "green", "accepted": "green", "rejected": "refused"}


@dataclass
class Findings:
    """Everything that one call of the gate has found.

    Attributes:
        lessons: The folder names of the lessons that were checked.
        verdicts: One for each run.
        violations: What is wrong.
        notes: What the reader should know, and what is not wrong.

    """

    lessons: Sequence[str]
    verdicts: list[Verdict] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, lesson: str, problems: Iterable[str]) -> None:
        """Add what is wrong with one lesson."""
        self.violations += [Violation(lesson, what) for what in problems]

    def sort(self) -> None:
        """Bring everything into an order that does not depend on which run ended first."""
        self.violations = sorted(set(self.violations), key=_natural)
        self.verdicts.sort(key=lambda verdict: (verdict.lesson, verdict.overlay))
        self.notes.sort()

    def lines(self, seconds: float) -> str:
        """Return one line for each lesson, then one for each note and violation, then the sum."""
        wrong = Counter(violation.lesson for violation in self.violations)
        lines = [f"{name}: {self._counts(name)}; {_count(wrong[name], 'violation')}" for name in self.lessons]
        lines += [*self.notes, *map(str, self.violations)]
        closing = f"{_count(len(self.lessons), 'lesson')}, {_count(len(self.verdicts), 'run')} in {seconds} s"
        return "\n".join([*lines, f"{closing}: {_count(len(self.violations), 'violation')}"])

    def document(self, seconds: float) -> str:
        """Return everything as one JSON document: verdicts, violations, notes and seconds."""
        document = {
            "verdicts": [_facts(verdict) for verdict in self.verdicts],
            "violations": [asdict(violation) for violation in self.violations],
            "notes": self.notes,
            "seconds": seconds,
        }
        return json.dumps(document, indent=2)

    def _counts(self, lesson: str) -> str:
        words = []
        for kind, colour in _COLOURS.items():
            verdicts = [item for item in self.verdicts if item.lesson == lesson and item.overlay.startswith(kind)]
            good = sum(not verdict.problems for verdict in verdicts)
            if kind in {"accepted", "rejected"}:
                words.append(f"{good} of {len(verdicts)} {kind} {colour}")
            else:
                words.append(f"{kind} {colour if good else 'NOT as declared' if verdicts else 'not run'}")
        return ", ".join(words)


def _natural(violation: Violation) -> tuple[str, list[str | int]]:
    """Return what sorts line 9 of a file before its line 12."""
    pieces = re.split(r"(\d+)", violation.what)
    return violation.lesson, [int(piece) if piece.isdecimal() else piece for piece in pieces]


def _facts(verdict: Verdict) -> dict[str, object]:
    facts = asdict(replace(verdict, traces=())) | {"outcome": verdict.outcome}
    del facts["traces"]  # long, and for the pages alone
    return facts


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
