from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas.catalogue import Chapter
from docfliq_katas.errors import Misuse
from docfliq_katas.pages import parts

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

WRITING = Chapter(key="writing", title="Writing")
TITLES = {"sum_of_fees": "Sum of fees", "fresh_tags": "Fresh tags"}


def test_facts_say_what_a_reader_asks_first(fees: Lesson) -> None:
    """The fact table names chapter, servers, time, level, lines, linters and files."""
    assert parts.facts(fees, WRITING, TITLES).splitlines() == [
        "| Lesson | 01, in the chapter Writing |",
        "| --- | --- |",
        "| Servers | none |",
        "| Time | about 5 minutes |",
        "| Level | first steps |",
        "| Lines of the rulebook | [L1](../guidelines.md#l1), [L2](../guidelines.md#l2) |",
        "| Can a linter see it? | no |",
        "| You edit | `src/fees/service.py` |",
    ]


def test_facts_name_the_linter_and_link_what_to_do_first(tags: Lesson) -> None:
    """A code that sees the fault is named with its tool; an earlier lesson is a link to its page."""
    rows = parts.facts(tags, WRITING, TITLES).splitlines()
    assert "| Can a linter see it? | yes: ruff `B006` |" in rows
    assert "| Do first | [Sum of fees](sum_of_fees.md) |" in rows


def test_broken_marks_the_lines_that_the_reference_changes(fees: Lesson) -> None:
    """The starter's file is shown whole, with the changed lines highlighted."""
    assert parts.broken(fees).splitlines() == [
        '```python title="src/fees/service.py" linenums="1" hl_lines="2"',
        "def total(fees: list[int]) -> int:",
        "    return sum(fees[:-1])",
        "```",
    ]


def test_broken_names_the_language_of_each_file() -> None:
    """A configuration is shown as what it is, and an unknown kind of file as text."""
    assert parts._marked("src/proxy.conf", "listen 80;", "listen 443 ssl;").startswith(
        '```nginx title="src/proxy.conf"'
    )
    assert parts._marked("src/notes", "one", "two").startswith("```text")


def test_broken_shows_the_starter_and_not_what_the_learner_made_of_it(fees: Lesson) -> None:
    """A learner who has solved the lesson still reads the published starter on the page."""
    published = parts.broken(fees)
    (fees.folder / "src/fees/service.py").write_text("def total(fees: list[int]) -> int:\n    return sum(fees)\n")
    assert published == parts.broken(fees)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        (["a", "b", "c"], ["a", "x", "c"], [2]),
        (["a", "b", "c"], ["a", "c"], [2]),
        (["a", "b", "c"], ["a", "b", "x", "c"], [2]),
        (["a", "b"], ["x", "a", "b"], [1]),
        (["a", "b"], ["a", "b"], []),
    ],
)
def test_an_insertion_marks_the_line_before_it(old: list[str], new: list[str], marked: list[int]) -> None:
    """Changed and removed lines are marked; for inserted ones, the line that they follow."""
    assert marked == parts._changed_lines(old, new)


def test_imports_are_marked_only_when_nothing_else_is() -> None:
    """The import that a repair needs does not draw the eye from the line that it repairs."""
    old = "import a\n\nuse(a)\n"
    assert 'hl_lines="3"' in parts._marked("src/x.py", old, "import a\nimport b\n\nuse(b)\n")
    assert 'hl_lines="1"' in parts._marked("src/x.py", old, "import b\n\nuse(a)\n")


def test_a_diff_goes_from_the_starter_to_the_overlay(fees: Lesson) -> None:
    """The diff takes out what the starter has and puts in what the reference has."""
    lines = parts.diff(fees, "reference").splitlines()
    assert lines[:3] == ["```diff", "--- src/fees/service.py", "+++ src/fees/service.py"]
    assert lines[-3:] == ["-    return sum(fees[:-1])", "+    return sum(fees)", "```"]


def test_a_new_file_is_all_additions(fees: Lesson) -> None:
    """A file that only the overlay has comes from nowhere."""
    (fees.solution / "src/fees/money.py").write_text("CENT = 100\n")
    assert "--- /dev/null\n+++ src/fees/money.py\n@@ -0,0 +1 @@\n+CENT = 100" in parts.diff(fees, "reference")


def test_hints_are_folded(fees: Lesson) -> None:
    """Each hint is a folded block of its own, the vaguest first."""
    assert parts.hints(fees).splitlines()[::4] == [
        '??? tip "Hint 1: where to look"',
        '??? tip "Hint 2: what happens"',
        '??? tip "Hint 3: how to repair it"',
    ]


def test_links_are_a_list(fees: Lesson) -> None:
    """The official pages are links with their titles."""
    address = "https://docs.python.org/3/library/functions.html#sum"
    assert f"- [Built-in functions: sum]({address})" == parts.links(fees)


def test_a_rejected_variant_says_what_why_and_who_refuses_it(fees: Lesson) -> None:
    """A wrong answer has a name in words, a reason, its diff folded, and the first message that refuses it."""
    refusals = {
        "rejected/always_three": {"test_a": "saw 3", "test_b": "saw 4"},
        "rejected/largest": {"test_c": "saw 5"},
        "rejected/last_only": {"test_d": "saw 6"},
    }
    first, second, _ = parts.rejected(fees, refusals).split("\n\n### ")
    assert first.startswith('### Always three\n\nSomebody would write it.\n\n??? example "The change"\n\n    ```diff\n')
    assert first.endswith("Refused by `test_a`, and by 1 more:\n\n```text\nsaw 3\n```")
    assert second.endswith("Refused by `test_c`:\n\n```text\nsaw 5\n```")


def test_a_rejected_variant_without_a_reason_is_told_in_one_line(fees: Lesson) -> None:
    """No page is written about a wrong answer that does not say why it is wrong."""
    (fees.solution / "rejected/largest/variant.toml").write_text("fails = []\n")
    names = ("rejected/always_three", "rejected/largest", "rejected/last_only")
    with pytest.raises(Misuse, match=r"rejected/largest/variant.toml does not say why"):
        parts.rejected(fees, {name: {"test_a": "saw 3"} for name in names})


def test_a_fence_is_longer_than_any_inside_it() -> None:
    """A code block that holds a code block ends where it should."""
    assert parts.fenced("```\na\n```", "text") == "````text\n```\na\n```\n````"
