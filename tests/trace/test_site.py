from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue
from docfliq_katas.overlay import REFERENCE, STARTER
from docfliq_katas.pages import traces, transcripts
from tests.trace.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy


def test_a_page_shows_the_traces_that_it_asks_for(course: Path, report: Lesson) -> None:
    """Each include of `traces/NN.md` is drawn from a run of the starter and one of the reference; no other is."""
    runs = transcripts.run_overlays([(report, STARTER), (report, REFERENCE)])
    assert traces.wanted(catalogue.lessons(), runs) == {}
    write(course / "docs/trace.md", '# Trace\n\n--8<-- "generated/traces/03.md"\n')
    ((name, text),) = traces.wanted(catalogue.lessons(), runs).items()
    assert name == "traces/03.md"
    assert text.startswith("```text\n$ kata trace 03 --compare\nLesson 03 Report on a thread\n")
    assert "Before: the starter (red)" in text
    assert "After: the reference (green)" in text
