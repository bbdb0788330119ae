from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas.pages import symptoms
from docfliq_katas.plain_rows import ROWS

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

FEES = "[01 · Sum of fees](lessons/sum_of_fees.md)"
TAGS = "[02 · Fresh tags](lessons/fresh_tags.md)"


def test_symptoms_are_sorted_by_their_words(fees: Lesson, tags: Lesson) -> None:
    """Whoever looks for a symptom finds it by its first word, code or not."""
    assert symptoms.by_symptom([tags, fees]).splitlines()[2:] == [
        f"| `tags` of somebody else | {TAGS} |",
        f"| the last fee is missing | {FEES} |",
    ]


def test_a_page_without_symptoms_is_in_no_row(fees: Lesson) -> None:
    """A page that names none, or names them in a way that is no list, breaks nothing; the gate complains of it."""
    for head in ("", "---\nsymptoms: late\n---\n"):
        fees.page.write_text(f"{head}# A page\n")
        assert symptoms.of_page(fees.page) == []


def test_every_explained_error_is_listed_with_its_lesson(fees: Lesson) -> None:
    """A row of the table of plain words leads to the lessons that own its lines, or to those lines of the rulebook."""
    line = next(row for row in ROWS if row.kind == "CollectionWasNotInitialized").guidelines[0]
    known = symptoms.by_error([fees.model_copy(update={"guidelines": (line,)})])
    assert len(known.splitlines()) == len(ROWS) + 2
    (row,) = (text for text in known.splitlines() if "CollectionWasNotInitialized" in text)
    assert row.endswith(f"| {FEES} |")
    (row,) = (text for text in symptoms.by_error([fees]).splitlines() if "CollectionWasNotInitialized" in text)
    assert row.endswith(f"| [{line}](guidelines.md#{line.lower()}) |")
