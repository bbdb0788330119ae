"""Rules about the lesson's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue
from docfliq_katas.check import page

if TYPE_CHECKING:
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)

PAGE = "docs/lessons/sum_of_fees.md"
PARTS = ["facts", "red", "broken", "hints", "diff", "green", "rejected", "links"]
HEADINGS = [
    "The incident",
    "See it fail",
    "The broken lines",
    "Why it happens",
    "Hints",
    "The solution",
    "Tempting but wrong",
    "When the rule does not apply",
    "What the rulebook says",
    "How to spot it in review",
    "Read on",
]
QUESTION = '??? question "What comes out?"\n\n    Nothing, and why.\n\n'


def test_a_lesson_has_a_page(course: Course) -> None:
    """Every lesson is explained."""
    (course.root / PAGE).unlink()
    assert course.complaints() == [f"{PAGE} is missing; write the page by the contract"]


def test_a_page_begins_with_a_title(course: Course) -> None:
    """The title is the page's first line."""
    course.edit(PAGE, "# A page\n", "")
    assert course.complaints() == [f"{PAGE} does not begin with a title; begin with `# Sum of fees`"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('symptoms:\n  - "the last fee is missing"\n', ""),
        ('  - "the last fee is missing"\n', ""),
        ("symptoms:", "tags:"),
    ],
)
def test_a_page_names_what_people_see(course: Course, old: str, new: str) -> None:
    """A page that names no symptom would not be found by one."""
    course.edit(PAGE, old, new)
    words = "begin with front matter whose `symptoms:` lists what people see"
    assert course.complaints() == [f"{PAGE} names no symptom; {words}"]


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_page_has_every_heading_of_the_contract(course: Course, heading: str) -> None:
    """A heading that is left out is named."""
    course.edit(PAGE, f"## {heading}\n", "")
    assert course.complaints() == [f"{PAGE} lacks `## {heading}`, or has it out of order; follow the contract"]


def test_the_headings_are_in_order(course: Course) -> None:
    """The solution does not come before the hints."""
    course.edit(PAGE, "## Hints", "## Hunts")
    course.edit(PAGE, "## The solution", "## Hints")
    course.edit(PAGE, "## Hunts", "## The solution")
    found = course.complaints()
    assert found == [f"{PAGE} lacks `## The solution`, or has it out of order; follow the contract"]


@pytest.mark.parametrize("part", PARTS)
def test_a_page_includes_every_generated_part(course: Course, part: str) -> None:
    """Code, diffs and transcripts come from the tested folders, so the page cannot lie."""
    include = f'--8<-- "generated/sum_of_fees/{part}.md"'
    course.edit(PAGE, include, "")
    assert course.complaints() == [f"{PAGE} does not include `{include}` in its place; add that line"]


def test_a_page_includes_parts_of_its_own_lesson(course: Course) -> None:
    """A page that was copied shows another lesson's facts."""
    course.edit(PAGE, "generated/sum_of_fees/facts.md", "generated/fresh_tags/facts.md")
    include = '--8<-- "generated/sum_of_fees/facts.md"'
    assert course.complaints() == [f"{PAGE} does not include `{include}` in its place; add that line"]


def test_a_page_may_ask_three_questions(course: Course) -> None:
    """Before the last heading a page may have a self-check of three folded questions."""
    course.edit(PAGE, "## Read on\n", f"## Check yourself\n\n{QUESTION * 3}## Read on\n")
    assert course.complaints() == []


@pytest.mark.parametrize(
    ("questions", "asked"),
    [
        (QUESTION * 2, 2),
        (QUESTION * 4, 4),
        (QUESTION * 2 + QUESTION.replace("???", "???+"), 2),
        (QUESTION * 2 + QUESTION.replace("???", "!!!"), 2),
        (QUESTION * 2 + QUESTION.replace("    ", ""), 2),
    ],
    ids=["two", "four", "one unfolded", "one that does not fold", "one without an answer inside"],
)
def test_a_self_check_has_three_folded_questions(course: Course, questions: str, asked: int) -> None:
    """Whoever has an answer before her eyes does not check herself; and three are as many as people answer."""
    course.edit(PAGE, "## Read on\n", f"## Check yourself\n\n{questions}## Read on\n")
    words = 'ask 3, each as `??? question "…"`, with the answer indented below it'
    assert course.complaints() == [f"{PAGE} asks {asked} folded questions in `## Check yourself`; {words}"]


def test_a_self_check_comes_right_before_the_last_heading(course: Course) -> None:
    """Questions come when everything has been said."""
    course.edit(
        PAGE, "## How to spot it in review\n", f"## Check yourself\n\n{QUESTION * 3}## How to spot it in review\n"
    )
    words = "put it once, right before `## Read on`"
    assert course.complaints() == [f"{PAGE} has `## Check yourself` out of place; {words}"]


def test_a_page_has_a_figure_only_where_there_is_something_to_draw(course: Course) -> None:
    """A page that includes what is not drawn would not build; a page without it is right then."""
    lesson = catalogue.find("01")
    assert list(page.problems_of_picture(lesson, drawable=False)) == []
    include = '--8<-- "generated/sum_of_fees/trace.md"'
    course.edit(PAGE, "## Why it happens\n", f"## Why it happens\n\n{include}\n")
    assert list(page.problems_of_picture(lesson, drawable=True)) == []
    assert list(page.problems_of_picture(lesson, drawable=False)) == [
        f"{PAGE} includes `{include}`, and no test tells starter and reference apart; take that line out"
    ]
