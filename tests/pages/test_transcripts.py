from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import runner
from docfliq_katas.check import golden
from docfliq_katas.errors import Misuse
from docfliq_katas.pages import transcripts
from docfliq_katas.runner import Run

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

OUTPUT = """\
============================= test session starts ==============================
collected 3 items

../../../tmp/x/.kata/runs/11660-r0h2ft90/01_sum_of_fees/test_sum_of_fees.py F [ 33%]
F.                                                                       [100%]

=================================== FAILURES ===================================
look at              src/fees/service.py:2 (total)
=========================== short test summary info ============================
FAILED ../../../tmp/x/.kata/runs/11660-r0h2ft90/01_sum_of_fees/test_sum_of_fees.py::test_every_fee_counts
========================= 2 failed, 1 passed in 0.03s ==========================
"""


def _run(output: str = "", outcome: str = "failed", problem: str | None = None) -> Run:
    return Run((runner.Test("test_a", outcome, "saw 0.41 s"),), problem, output, 0.1)


def test_a_session_is_what_the_learner_sees(fees: Lesson) -> None:
    """Paths are those of the learner's folder, the dots are on one line, and no time is in it."""
    assert transcripts.session(fees, _run(OUTPUT)).splitlines() == [
        "$ pytest lessons/01",
        "collected 3 items",
        "",
        "lessons/01_sum_of_fees/test_sum_of_fees.py FF.                            [100%]",
        "",
        "=================================== FAILURES ===================================",
        "look at              src/fees/service.py:2 (total)",
        "=========================== short test summary info ============================",
        "FAILED lessons/01_sum_of_fees/test_sum_of_fees.py::test_every_fee_counts",
        "============================== 2 failed, 1 passed ==============================",
    ]


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ("0.41 s in time.sleep(0.4)", "0.4 s in time.sleep(0.4)"),
        ("0.396 s in time.sleep(0.4)", "0.4 s in time.sleep(0.4)"),
        ("<Post object at 0x7f3a2b1c9d>", "<Post object at 0x…>"),
        ("database kata_11660_0a1b2c3d4e5f is gone", "database kata_… is gone"),
        ("post 3f2b8c1e-0d4a-4c5b-9e6f-7a8b9c0d1e2f", "post a UUID"),
        ("121 statements for 30 posts", "121 statements for 30 posts"),
        ("src/posts/service.py:40", "src/posts/service.py:40"),
    ],
)
def test_what_changes_from_run_to_run_is_taken_out(seen: str, shown: str) -> None:
    """Hundredths of seconds, addresses, databases and ids go; counts and lines stay."""
    assert shown == transcripts.normalised(seen)


def test_a_slice_that_cannot_be_imported_is_refused_by_that() -> None:
    """Without a test that ran, the message is the import error's."""
    assert transcripts.messages(_run(problem="src/a.py:1: SyntaxError")) == {"the import": "src/a.py:1: SyntaxError"}


def test_a_recorded_message_is_shown_as_it_was_recorded(fees: Lesson) -> None:
    """The page shows golden.txt; what varies, which it names by its kind, becomes an ellipsis."""
    said = "saw                  held for 0.51 s\nlook at              src/a.py:1 (f)"
    golden.write(fees.solution / "rejected/largest", {"test_a": said})
    assert transcripts.recorded(fees, "rejected/largest") == {
        "test_a": "saw                  held for …\nlook at              src/a.py:1 (f)"
    }


def test_without_a_recorded_message_there_is_none(fees: Lesson) -> None:
    """A variant that nobody recorded has to be run."""
    assert transcripts.recorded(fees, "rejected/largest") == {}


def test_a_green_starter_gets_no_page(fees: Lesson) -> None:
    """A page about a fault that no test sees is refused in one line."""
    with pytest.raises(Misuse, match=r"lesson 01: the starter is green; `kata check 01` says more"):
        transcripts.expect_red(fees, "the starter", _run(outcome="passed"))


def test_a_red_reference_gets_no_page(fees: Lesson) -> None:
    """A page whose solution does not solve is refused in one line."""
    with pytest.raises(Misuse, match=r"lesson 01: the reference is not green"):
        transcripts.expect_green(fees, "the reference", _run())


def test_what_has_not_changed_is_not_run_again(fees: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second build of a page takes what is known; a changed slice is run."""
    wanted = [(fees, "starter"), (fees, "reference")]
    first = transcripts.run_overlays(wanted)
    with monkeypatch.context() as patch:
        patch.setattr(transcripts, "_runs", lambda folders: [] if not folders else pytest.fail("it was run again"))
        assert transcripts.run_overlays(wanted) == first
    (fees.solution / "src/fees/service.py").write_text("total = sum\n")
    again = transcripts.run_overlays(wanted)
    assert again["sum_of_fees", "starter"] == first["sum_of_fees", "starter"]
    assert again["sum_of_fees", "reference"] != first["sum_of_fees", "reference"]


def test_a_wrong_colour_is_not_remembered(fees: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that must not be shown is done anew by the next build, which may find it mended."""
    monkeypatch.setattr(transcripts, "_runs", lambda folders: [(folder, _run(outcome="passed")) for folder in folders])
    assert transcripts.run_overlays([(fees, "starter")])["sum_of_fees", "starter"].run.green
    monkeypatch.undo()
    monkeypatch.setattr(transcripts, "_runs", lambda folders: [(folder, _run()) for folder in folders])
    assert transcripts.run_overlays([(fees, "starter")])["sum_of_fees", "starter"].run.red
