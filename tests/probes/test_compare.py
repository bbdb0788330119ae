from __future__ import annotations

import pytest

from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.verdict import Verdict


def test_equal_values_pass() -> None:
    """Values that are equal raise nothing, however deep they nest."""
    expect_equal({"items": [{"a": 1}]}, {"items": [{"a": 1}]}, wants="the same")


@pytest.mark.parametrize(
    ("seen", "expected", "saw"),
    [
        ({"items": [{"a": 1}]}, {"items": [{"a": 2}]}, "the answer.items[0].a is 1 instead of 2"),
        ({"a": 1, "b": 2}, {"a": 1}, "the answer.b is 2 instead of absent"),
        ({"a": 1}, {"a": 1, "b": 2}, "the answer.b is absent instead of 2"),
        ({"items": []}, {"items": [1]}, "the answer.items is [] instead of [1]"),
        (None, [1], "the answer is None instead of [1]"),
    ],
)
def test_the_first_difference_is_named(seen: object, expected: object, saw: str) -> None:
    """A verdict names the path to the first difference, and both values."""
    with pytest.raises(Verdict) as caught:
        expect_equal(seen, expected, wants="the same")
    assert caught.value.saw == saw


@pytest.mark.parametrize(
    ("seen", "expected", "saw"),
    [
        (" a b ", "a b", "the answer is '·a b·' instead of 'a b' (· is a blank)"),
        ("a b", "a   b", "the answer is 'a b' instead of 'a···b' (· is a blank)"),
        ("Kochi · Pune", "Kochi", "the answer is 'Kochi · Pune' instead of 'Kochi'"),
        ("a\n    b", "a\n b", "the answer is 'a\\n····b' instead of 'a\\n b' (· is a blank)"),
    ],
)
def test_blanks_that_matter_are_seen(seen: str, expected: str, saw: str) -> None:
    """A wrapped line would swallow those at its end, and two of three."""
    with pytest.raises(Verdict) as caught:
        expect_equal(seen, expected, wants="the same")
    assert caught.value.saw == saw


def test_long_values_are_shortened() -> None:
    """A long value does not fill the screen."""
    with pytest.raises(Verdict) as caught:
        expect_equal("x" * 1000, "y" * 1000, wants="the same")
    assert len(caught.value.saw) < 300
