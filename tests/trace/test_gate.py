from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import check, known, overlay
from docfliq_katas.check import examine, runs
from docfliq_katas.check.summary import Findings
from tests.trace.conftest import REPORT, write

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy
PAGE = "docs/lessons/report_on_a_thread.md"
INCLUDE = '--8<-- "generated/report_on_a_thread/trace.md"'
SECTION = "## Why it happens\n\n{}\n\n## Hints\n"


def test_the_gate_records_what_pages_show_and_asks_for_the_figure(course: Path, report: Lesson) -> None:
    """Starter and reference are recorded in the gate's own runs, which demand the figure once and in its place."""
    found = Findings([REPORT])
    published = examine(found)
    found.violations.clear()  # the page has nothing of the contract
    found.verdicts += runs.verdicts(published, workers=2, record=True)
    assert {(verdict.overlay, len(verdict.traces), verdict.problems) for verdict in found.verdicts} == {
        ("starter", 3, ()),
        ("reference", 3, ()),
    }
    complaint = f"{PAGE} does not include `{INCLUDE}` once, in `## Why it happens`; there is something to draw"
    pages = {
        SECTION.format("Words."): [complaint],
        SECTION.format(INCLUDE): [],
        SECTION.format(f"{INCLUDE}\n\n{INCLUDE}"): [complaint],
        SECTION.format("Words.") + INCLUDE: [complaint],
    }
    for text, complaints in pages.items():
        write(course / PAGE, text)
        found.violations.clear()
        check._look_at_figures(published, found)
        assert [violation.what for violation in found.violations] == complaints
    for name in runs.SHOWN:
        with overlay.throw_away_copy(report, name) as folder:
            kept = known.recall(folder, name)
        assert kept
        assert len(kept.traces) == 3


def test_traces_are_no_part_of_the_document(course: Path, report: Lesson) -> None:
    """The document for programs has the verdicts, and not what was recorded."""
    found = Findings([REPORT])
    found.verdicts += runs.verdicts(examine(found), workers=2, record=True)
    assert '"traces"' not in found.document(1.0)
