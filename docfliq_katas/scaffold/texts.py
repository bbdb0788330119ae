"""The files of a lesson that is not written yet: path -> text, both with `$names` to fill in.

The scaffold runs: its starter is red, its reference is green, its wrong answer is refused. So an author replaces one
thing after the other in something that works. What is to be written begins with `WRITE:`, and the gate names it.
"""

from __future__ import annotations

_TOML = """\
slug = "$slug"
title = "$title"
rule = "WRITE: the rule in one sentence."
chapter = "$chapter"
guidelines = [$guidelines]
services = []  # of "postgres", "mongodb", "valkey"
minutes = 20
level = "everyday"  # or "first steps", "advanced"
edit = ["src/example/service.py"]  # what the fix touches
prerequisites = []  # slugs of earlier lessons
hints = [
  "WRITE: where to look.",
  "WRITE: what happens there.",
  "WRITE: how to repair it; the typing is still the learner's.",
]
linters = []  # codes that see the fault, as "ruff:RUF006"
out_of_scope = "WRITE: what a learner may see and leave alone."

[red]  # each goal test, with a fragment of what it says on the starter
test_every_letter_counts = "WRITE: words from what it saw"

[[links]]
title = "WRITE: the title of an official page"
url = "https://WRITE: its address"
"""

_TICKET = """\
# $number · WRITE: the symptom in a few words

> **DOC-0000** · reported by WRITE: who, and when
>
> WRITE: the ticket as it reached the team. A symptom and a number, never the cure.

## Your task

WRITE: which file to change, until what is true, and what must stay as it is.

## Run it

```
pytest lessons/$number     # red now: each test says its law, what it saw, and where to look
kata hint $number          # one hint more each time
kata reset $number         # start over; your attempt is kept
```

Green means solved. Then read why in `docs/lessons/$slug.md`; `kata next` goes on.

## WRITE: the lesson, in this order; then take this section out

1. `src/`: a slice with one fault. The example in `src/example` shows where files go.
2. `test_$slug.py`: goal tests, red at first, and guards, green at first.
3. `solutions/$folder/src/`: the smallest fix.
4. `accepted/` and `rejected/` beside it: two right answers at least, three wrong ones.
5. `lesson.toml`, this ticket, `docs/lessons/$slug.md`.
6. `kata check $number` names what is left. Then `kata check $number --record`, read each
   `golden.txt` as a learner would, and `kata check $number` once more.
"""

_TESTS = '''\
# WRITE: the tests. They ask probes and HTTP, never the source; counts are compared at two sizes.
import pytest

from src.example.service import code


@pytest.mark.guideline($guidelines)
def test_every_letter_counts() -> None:
    """WRITE: the law that the starter breaks, in one sentence."""
    assert code("ecg") == "ECG"


def test_nothing_stays_nothing() -> None:
    """WRITE: a law that holds already, and that keeps the fix honest."""
    assert code("") == ""
'''

_SERVICE = '''\
"""WRITE: the slice. It breaks the one rule that the lesson teaches; all else in it is exemplary."""


def code(text: str) -> str:
    return text[:-1].upper() + text[-1:]
'''

_REFERENCE = '''\
"""WRITE: the smallest fix that you would defend in review."""


def code(text: str) -> str:
    return text.upper()
'''

_ACCEPTED = '''\
"""WRITE: another right answer, the most unusual one first; a folder for each, two at least."""


def code(text: str) -> str:
    return "".join(map(str.upper, text))
'''

_ACCEPTED_WHY = 'why = "WRITE: how it is done here, in one sentence."\n'

_REJECTED = '''\
"""WRITE: a wrong answer that a competent person hands in; a folder for each, three at least."""


def code(_text: str) -> str:
    return "ECG"
'''

_REJECTED_WHY = """\
why = "WRITE: why it tempts, and why it is wrong, in one sentence."
fails = ["test_nothing_stays_nothing"]  # exactly the tests that must refuse it
"""

_PAGE = """\
---
symptoms:
  - "WRITE: what people see before they know the reason"
---
# $title

WRITE: the rule in one sentence.

--8<-- "generated/$slug/facts.md"

## The incident

WRITE: what happened, to whom, and how much of it.

## See it fail

--8<-- "generated/$slug/red.md"

## The broken lines

--8<-- "generated/$slug/broken.md"

## Why it happens

WRITE: the mechanism, with a picture, and numbers that you measured on the lesson.

## Hints

--8<-- "generated/$slug/hints.md"

## The solution

??? success "Solution"

    --8<-- "generated/$slug/diff.md"

    --8<-- "generated/$slug/green.md"

## Tempting but wrong

--8<-- "generated/$slug/rejected.md"

## When the rule does not apply

WRITE: where it costs more than it gives, and who disagrees.

## What the rulebook says

WRITE: where the page corrects it: what it says, what you measured, on which versions.

## How to spot it in review

WRITE: what to look for in a diff.

## Read on

--8<-- "generated/$slug/links.md"
"""

LESSON = "lessons/$folder"
SOLUTION = "solutions/$folder"
PAGE = "docs/lessons/$slug.md"

FILES = {
    PAGE: _PAGE,
    f"{SOLUTION}/src/example/service.py": _REFERENCE,
    f"{SOLUTION}/accepted/letter_by_letter/variant.toml": _ACCEPTED_WHY,
    f"{SOLUTION}/accepted/letter_by_letter/src/example/service.py": _ACCEPTED,
    f"{SOLUTION}/rejected/hard_coded/variant.toml": _REJECTED_WHY,
    f"{SOLUTION}/rejected/hard_coded/src/example/service.py": _REJECTED,
    f"{LESSON}/src/__init__.py": "",
    f"{LESSON}/src/example/__init__.py": "",
    f"{LESSON}/src/example/service.py": _SERVICE,
    f"{LESSON}/test_$slug.py": _TESTS,
    f"{LESSON}/README.md": _TICKET,
    f"{LESSON}/lesson.toml": _TOML,  # the last: a folder is a lesson from then on
}
