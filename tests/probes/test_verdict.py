from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

from docfliq_katas import probes
from docfliq_katas.probes.verdict import Verdict, refuse, shorten


def test_a_verdict_speaks_in_three_lines() -> None:
    """Saw, wants, look at: each with its label in one column."""
    with pytest.raises(Verdict) as caught:
        refuse(
            saw="31 statements for 30 posts, 4 for 3 posts",
            wants="the same number of statements for any number of posts",
            look_at="src/posts/service.py:42 (channel_of)",
        )
    assert str(caught.value).splitlines() == [
        "saw                  31 statements for 30 posts, 4 for 3 posts",
        "the guideline wants  the same number of statements for any number of posts",
        "look at              src/posts/service.py:42 (channel_of)",
    ]


def test_long_lines_continue_below_the_text() -> None:
    """No line is longer than 80 columns, and a continuation stands under the text."""
    lines = str(Verdict(saw="many words " * 12, wants="one\ntwo")).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith(" " * 21 + "words")
    assert lines[-2:] == ["the guideline wants  one", " " * 21 + "two"]


def test_a_verdict_without_a_place_has_no_such_line() -> None:
    """What is not known is not said."""
    assert "look at" not in str(Verdict(saw="a", wants="b"))


def test_a_verdict_crosses_a_process_border() -> None:
    """A worker of xdist hands the same verdict to its master."""
    verdict = pickle.loads(pickle.dumps(Verdict(saw="a", wants="b", look_at="c")))
    assert (verdict.saw, verdict.wants, verdict.look_at) == ("a", "b", "c")


def test_the_frame_of_refuse_is_hidden() -> None:
    """A traceback ends in the test, not in the instrument."""
    with pytest.raises(Verdict) as caught:
        refuse(saw="a", wants="b")
    shown = [entry.name for entry in caught.traceback.filter(caught)]
    assert shown == ["test_the_frame_of_refuse_is_hidden"]


@pytest.mark.parametrize("module", sorted(Path(probes.__path__[0]).glob("*.py")), ids=lambda path: path.stem)
def test_every_function_that_refuses_hides_its_frame(module: Path) -> None:
    """No frame of an instrument is between the learner and the line that matters."""
    functions = [
        node
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    refusing = [function for function in functions if _calls(function, "refuse")]
    shown = [function.name for function in refusing if "__tracebackhide__ = True" not in ast.unparse(function)]
    assert shown == []


def _calls(function: ast.AST, name: str) -> bool:
    """Say whether the function calls another of that name."""
    return any(isinstance(node, ast.Call) and ast.unparse(node.func) == name for node in ast.walk(function))


def test_shorten_keeps_one_line() -> None:
    """A long text is cut with an ellipsis."""
    assert [shorten("a\n  b"), shorten("abcdef", 4)] == ["a b", "abc…"]
