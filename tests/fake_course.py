"""A course of two tiny lessons, for the tests of the machinery: pure Python, no server, valid by the contract.

Written by the gate's tests; the CLI's tests may use it too. Golden messages are not in it: the gate records them.
"""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUM = "01_sum_of_fees"
TAGS = "02_fresh_tags"
_SYMPTOMS = {SUM: "the last fee is missing", TAGS: "`tags` of somebody else"}

_SUM_TESTS = '''\
"""Every fee counts."""

import pytest

from src.fees.service import total


@pytest.mark.guideline("L1")
def test_every_fee_counts() -> None:
    """The total of fees holds every one of them."""
    assert total([1, 2]) == 3


@pytest.mark.guideline("L2")
def test_one_fee_is_its_own_total() -> None:
    """The total of one fee is that fee."""
    assert total([7]) == 7


def test_no_fee_costs_nothing() -> None:
    """The total of no fees is zero."""
    assert total([]) == 0
'''

_TAGS_TESTS = '''\
"""Every call starts with a list of its own."""

import pytest

from src.tags.service import tagged


@pytest.mark.guideline("L3")
def test_a_call_does_not_see_the_one_before() -> None:
    """A call without tags starts with an empty list."""
    tagged("ecg")
    assert tagged("qrs") == ["qrs"]


def test_a_tag_comes_last() -> None:
    """A tag is added after the ones that are there."""
    assert tagged("qrs", ["ecg"]) == ["ecg", "qrs"]
'''


_RULEBOOK = """\
planned = ["tagged_once"]

["Adding up"]
L1 = { lesson = "sum_of_fees", says = "Count every fee." }
L2 = { lesson = "sum_of_fees", says = "A fee alone is the total." }

["Lists"]
L3 = { lesson = "fresh_tags", says = "Begin with a list of your own." }
L5 = { lesson = "tagged_once", says = "Add a tag once." }
"""

_CORRECTIONS = """\
[[corrections]]
lines = ["L2"]
says = "The sum of one fee is always that fee."
measured = "It is, unless it is not a number."
packages = ["pytest"]
tests = ["lessons/01_sum_of_fees/test_sum_of_fees.py::test_one_fee_is_its_own_total"]
"""


def fake_course(root: Path) -> Path:
    """Write the course into `root`, commit it there, and return `root`; point $KATA_ROOT at it to use it."""
    _write(root / "lessons/chapters.toml", 'writing = "Writing"\nstructure = "Structure"\n')
    _write(root / "lessons/rulebook.toml", _RULEBOOK)
    _write(root / "lessons/corrections.toml", _CORRECTIONS)
    _write(root / "lessons/first_week.toml", 'days = [["sum_of_fees"], ["fresh_tags"]]\n')
    _write(root / "lessons/mypy.ini", "[mypy]\nstrict = True\n")
    _write(root / "lessons/ruff.toml", _RUFF)
    _write(root / ".gitignore", "/.kata/\n__pycache__/\n")
    _sum_of_fees(root)
    _fresh_tags(root)
    _git(root, "init", "--quiet", "--initial-branch=main", "--template=")
    for name in (SUM, TAGS):
        _page(root, name)
        seal(root, name)
    _git(root, "add", "--all")
    identity = ["-c", "user.name=Fake", "-c", "user.email=fake@example.org"]
    _git(root, *identity, "commit", "--quiet", "--message=A course")
    return root


def seal(root: Path, name: str) -> None:
    """Seal a lesson as it is now, whatever its lesson.toml says."""
    folder = root / "lessons" / name
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    _git(root, "hash-object", "-w", "--", *map(str, paths))
    lines = [f"{_blob(path.read_bytes())}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    _write(root / "solutions" / name / "starter.lock", "".join(lines))


def _sum_of_fees(root: Path) -> None:
    lesson = root / "lessons" / SUM
    solution = root / "solutions" / SUM
    _write(lesson / "lesson.toml", _SUM_TOML)
    _write(lesson / "README.md", "# The invoice is too small\n\nRun `pytest lessons/01`.\n")
    _write(lesson / "test_sum_of_fees.py", _SUM_TESTS)
    for package in ("src", "src/fees"):
        _write(lesson / package / "__init__.py", "")
    _write(lesson / "src/fees/service.py", _total("sum(fees[:-1])"))
    _write(solution / "src/fees/service.py", _total("sum(fees)"))
    for name, body in {"from_zero": "sum(fees, start=0)", "backwards": "sum(reversed(fees))"}.items():
        _variant(solution / "accepted" / name, "src/fees/service.py", _total(body))
    for name, (body, fails) in {
        "always_three": ("3", ["test_one_fee_is_its_own_total", "test_no_fee_costs_nothing"]),
        "largest": ("max(fees, default=0)", ["test_every_fee_counts"]),
        "last_only": ("sum(fees[-1:])", ["test_every_fee_counts"]),
    }.items():
        _variant(solution / "rejected" / name, "src/fees/service.py", _total(body), fails)


def _fresh_tags(root: Path) -> None:
    lesson = root / "lessons" / TAGS
    solution = root / "solutions" / TAGS
    _write(lesson / "lesson.toml", _TAGS_TOML)
    _write(lesson / "README.md", "# Tags of another case\n\nRun `pytest lessons/02`.\n")
    _write(lesson / "test_fresh_tags.py", _TAGS_TESTS)
    for package in ("src", "src/tags"):
        _write(lesson / package / "__init__.py", "")
    _write(lesson / "src/tags/service.py", _tagged("list[str] = []", "tags.append(tag)\n    return tags"))
    optional = "list[str] | None = None"
    _write(solution / "src/tags/service.py", _tagged(optional, "return [*(tags or []), tag]"))
    for name, body in {
        "plus": "return (tags or []) + [tag]  # noqa: RUF005",
        "tuple": "return [*(tags or ()), tag]",
    }.items():
        _variant(solution / "accepted" / name, "src/tags/service.py", _tagged(optional, body))
    fresh, last = "test_a_call_does_not_see_the_one_before", "test_a_tag_comes_last"
    for name, (body, fails) in {
        "empty": ("return []", [fresh, last]),
        "first": ("return [tag, *(tags or [])]", [last]),
        "alone": ("return [tag]", [last]),
    }.items():
        _variant(solution / "rejected" / name, "src/tags/service.py", _tagged(optional, body), fails)


def _total(body: str) -> str:
    return f"def total(fees: list[int]) -> int:\n    return {body}\n"


def _tagged(kind: str, body: str) -> str:
    return f"def tagged(tag: str, tags: {kind}) -> list[str]:\n    {body}\n"


def _variant(folder: Path, path: str, source: str, fails: list[str] | None = None) -> None:
    _write(folder / path, source)
    lines = ['why = "Somebody would write it."', *([f"fails = {fails}"] if fails else [])]
    _write(folder / "variant.toml", "\n".join(lines) + "\n")


def _page(root: Path, name: str) -> None:
    slug = name[3:]
    text = "".join(
        f"## {heading}\n\nWords.\n\n" + "".join(f'--8<-- "generated/{slug}/{part}.md"\n\n' for part in parts)
        for heading, parts in _HEADINGS.items()
    )
    head = f'---\nsymptoms:\n  - "{_SYMPTOMS[name]}"\n---\n# A page\n\nA rule.\n\n'
    _write(root / "docs/lessons" / f"{slug}.md", f'{head}--8<-- "generated/{slug}/facts.md"\n\n{text}')


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


_SUM_TOML = """\
slug = "sum_of_fees"
title = "Sum of fees"
rule = "Every fee counts."
chapter = "writing"
guidelines = ["L1", "L2"]
services = []
minutes = 5
level = "first steps"
edit = ["src/fees/service.py"]
prerequisites = []
hints = ["Look at the slice of the list.", "The last fee is left out.", "Sum the whole list."]
linters = []
out_of_scope = "Currencies."

[[links]]
title = "Built-in functions: sum"
url = "https://docs.python.org/3/library/functions.html#sum"

[red]
test_every_fee_counts = "assert 1 == 3"
test_one_fee_is_its_own_total = "assert 0 == 7"
"""

_TAGS_TOML = """\
slug = "fresh_tags"
title = "Fresh tags"
rule = "Every call starts with a list of its own."
chapter = "writing"
guidelines = ["L3"]
services = []
minutes = 5
level = "everyday"
edit = ["src/tags/service.py"]
prerequisites = ["sum_of_fees"]
hints = ["Look at the default.", "It is made once.", "Make it in the function."]
linters = ["ruff:B006"]
out_of_scope = "Other mutable things."

[[links]]
title = "Function definitions: default parameter values"
url = "https://docs.python.org/3/reference/compound_stmts.html#function-definitions"

[red]
test_a_call_does_not_see_the_one_before = "['ecg', 'qrs']"
"""

_RUFF = """\
line-length = 100
target-version = "py311"

[lint]
select = ["ALL"]
ignore = ["ANN", "COM812", "CPY001", "D", "FIX", "TD", "PLR2004"]

[lint.per-file-ignores]
"**/test_*.py" = ["S101", "INP001"]

[lint.isort]
known-first-party = ["src"]
"""

_HEADINGS = {
    "The incident": [],
    "See it fail": ["red"],
    "The broken lines": ["broken"],
    "Why it happens": [],
    "Hints": ["hints"],
    "The solution": ["diff", "green"],
    "Tempting but wrong": ["rejected"],
    "When the rule does not apply": [],
    "What the rulebook says": [],
    "How to spot it in review": [],
    "Read on": ["links"],
}
