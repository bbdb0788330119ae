from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import order
from docfliq_katas.errors import Misuse
from docfliq_katas.pages import first_week

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson


def test_days_come_with_their_lessons_and_minutes(fees: Lesson, tags: Lesson) -> None:
    """The table has a row for each lesson; below it stand the sums, of all and of each day."""
    assert first_week.table([fees, tags]).splitlines()[2:] == [
        f"| 1 | [01 · Sum of fees](lessons/sum_of_fees.md) | {fees.rule} | {fees.minutes} |",
        f"| 2 | [02 · Fresh tags](lessons/fresh_tags.md) | {tags.rule} | {tags.minutes} |",
        "",
        f"2 lessons, {fees.minutes + tags.minutes} minutes: {fees.minutes}, {tags.minutes} a day.",
    ]


def test_a_lesson_that_does_not_exist_is_named(course: Path, fees: Lesson) -> None:
    """A slug that was renamed is told with its file."""
    (course / order.FIRST_WEEK).write_text('days = [["sum_of_fares"]]\n')
    with pytest.raises(Misuse, match="no lesson 'sum_of_fares'"):
        first_week.table([fees])
