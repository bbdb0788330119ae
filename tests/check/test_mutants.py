from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas.check import check_mutants
from docfliq_katas.check.mutation import mutants
from docfliq_katas.errors import Misuse
from tests.fake_course import SUM

if TYPE_CHECKING:
    from tests.check.conftest import Course

SURVIVORS = f"solutions/{SUM}/survivors.toml"
SERVICE = f"solutions/{SUM}/src/fees/service.py"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = a == b\n", ["module: a != b instead of a == b"]),
        ("x = a and b\n", ["module: a or b instead of a and b"]),
        ("x = not a\n", ["module: a instead of not a"]),
        ("x = a + b\n", ["module: a - b instead of a + b"]),
        ("x = 5\n", ["module: 6 instead of 5"]),
        ("x = True\n", ["module: False instead of True"]),
        ("x = f(a=b)\n", ["module: without a= in f(…)"]),
        ("x = f().g()\n", ["module: without .g(…)"]),
        ("def f():\n    return a\n", ["f: returns None instead of a"]),
        ("def f():\n    return None\n", []),
        ("def f():\n    raise a\n", ["f: left out: raise a"]),
        ("async def f():\n    await a\n", ["f: left out: await a", "f: without await: a"]),
        ("x = a if b else c\n", ["module: if True instead of b", "module: if False instead of b"]),
        ("x: Literal[5]\n", []),
        ("@f(a=b)\ndef g():\n    pass\n", []),
        ("x = 'text'\n", []),
    ],
)
def test_each_kind_of_change_is_made_and_named(source: str, names: list[str]) -> None:
    """Every mutant has one change, named by its function; annotations, decorators and strings are left alone."""
    found = list(mutants(source))
    assert [mutant.name for mutant in found] == names
    assert all(compile(mutant.source, "mutant", "exec") and mutant.source != source for mutant in found)


def test_equal_changes_in_one_function_have_names_of_their_own() -> None:
    """A name means one mutant of a file."""
    assert [mutant.name for mutant in mutants("x = [5, 5]\n")] == [
        "module: 6 instead of 5",
        "module: 6 instead of 5 (2)",
    ]


def test_killed_mutants_reach_the_floor(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that notice every change of the reference reach the floor."""
    assert check_mutants(["01"]) == 0
    assert f"{SUM}: 1 of 1 mutants killed" in capsys.readouterr().out


def test_what_is_not_python_is_left_alone(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A reference may change other files too, such as a configuration."""
    (course.root / f"solutions/{SUM}/src/proxy.conf").write_text("listen 80;\n")
    assert check_mutants(["01"]) == 0
    assert f"{SUM}: 1 of 1 mutants killed" in capsys.readouterr().out


def test_a_survivor_is_named_until_it_has_its_reason(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A change that no test notices is refused by name; a reason in survivors.toml takes it out of the count."""
    course.edit(SERVICE, "sum(fees)", "sum(fees, start=0)")
    survivor = "src/fees/service.py total: without start= in sum(…)"
    assert check_mutants(["01"]) == 1
    said = capsys.readouterr().out
    assert f"lessons/{SUM}: {survivor} (line 2) survives" in said
    assert f"{SUM}: 2 of 3 mutants killed\n" in said
    (course.root / SURVIVORS).write_text(f'[equal]\n"{survivor}" = "0 is the default"\n')
    assert check_mutants(["01"]) == 0
    assert f"{SUM}: 2 of 2 mutants killed; 1 more are no fault\n" in capsys.readouterr().out


def test_a_fault_that_the_lesson_does_not_look_for_counts(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """It may stay, with its reason, in a lesson; over the whole course the floor holds."""
    course.edit(SERVICE, "sum(fees)", "sum(fees, start=0)")
    survivor = "src/fees/service.py total: without start= in sum(…)"
    (course.root / SURVIVORS).write_text(f'[unseen]\n"{survivor}" = "another lesson"\n')
    assert check_mutants(["01"]) == 0
    assert "66.7 % killed; the floor is 98 % over the whole course" in capsys.readouterr().out
    assert check_mutants([]) == 1


def test_a_reason_without_a_survivor_is_named(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A reason for something that does not survive any more is refused by name."""
    (course.root / SURVIVORS).write_text('[equal]\n"src/fees/service.py total: gone" = "long ago"\n')
    assert check_mutants(["01"]) == 1
    assert "has src/fees/service.py total: gone, which does not survive" in capsys.readouterr().out


@pytest.mark.parametrize("text", ['"loose" = "no table"\n', "[other]\n", "[equal\n"])
def test_a_broken_list_is_one_line(course: Course, text: str) -> None:
    """What cannot be read is named, with what it should look like."""
    (course.root / SURVIVORS).write_text(text)
    with pytest.raises(Misuse, match=r"survivors.toml cannot be read .*: it has the tables \[equal\] and"):
        check_mutants(["01"])
